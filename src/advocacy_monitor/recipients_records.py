"""What the importers of recipients share: what they yield, and safe looks into records that others wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_rows import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A record of which no recipient was made: which one, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the person should know about the files."""

    text: str


Made = Iterator[Recipient | LeftOut | Note]
"""What an importer yields, in the order of its files. Recipients have no key yet."""


def text(record: Any, *path: str) -> str:
    """The text at a path of keys, tidied; '' where anything on the way is missing, null or of another kind."""
    for key in path:
        record = record.get(key) if isinstance(record, Mapping) else None
    return tidy(record) if isinstance(record, str) else ""


def identity(record: Mapping[str, Any]) -> object:
    """What tells a record from the others: its number or text `id`; where it has none, nothing equals it."""
    own = record.get("id")
    return own if isinstance(own, int | str) else object()


def mappings(found: Any) -> list[Mapping[str, Any]]:
    """The mappings in a list; nothing for what is no list."""
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def has_ended(end: str, on: date) -> bool:
    """Whether a day such as '2025-03-25', a month or a year lies before a day; '' never does."""
    return bool(end) and end[:10] < on.isoformat()[: len(end[:10])]


def records(pages: Iterable[Any], key: str, *, of: str, alone: str) -> Iterator[Mapping[str, Any]]:
    """The records of pages that hold them under a key, and records that stand alone, which have the key `alone`.

    Raises ConfigError for anything else.
    """
    for page in pages:
        held = page.get(key) if isinstance(page, Mapping) else None
        if isinstance(held, Mapping):
            held = [held]
        if isinstance(held, list):
            yield from mappings(held)
        elif isinstance(page, Mapping) and alone in page:
            yield page
        else:
            found = f"the keys {', '.join(map(str, list(page)[:6]))}" if isinstance(page, Mapping) else repr(page)[:40]
            raise ConfigError(f"this is no answer of {of}: expected a key {key!r} with records, found {found}")
