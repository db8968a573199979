"""Makes the list of recipients from open data about members of parliaments, out of files that a person downloaded.

A small module for each data set maps its records; this one reads the files and puts the pages of a data set together.
E-mail addresses and telephone numbers in those data are not kept: a pack needs a name and a letter's beginning. Which
shapes were seen where is told in docs/how-to/packs-for-recipients.md; nothing here reaches for the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients import with_keys
from advocacy_monitor.recipients_abgeordnetenwatch import from_abgeordnetenwatch
from advocacy_monitor.recipients_aph import from_aph
from advocacy_monitor.recipients_popolo import from_popolo
from advocacy_monitor.recipients_records import LeftOut, Made
from advocacy_monitor.recipients_uk import from_uk_parliament
from advocacy_monitor.recipients_wikidata import from_wikidata
from advocacy_monitor.sources.tabular import Table, read_bytes, read_csv
from advocacy_monitor.sources.text_encoding import decode
from advocacy_monitor.translate import LANGUAGES

_LARGEST = 256 * 1024 * 1024
_SHOWN = 3


class _FromPages(Protocol):
    def __call__(self, pages: Sequence[Any], *, on: date, language: str) -> Made: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The recipients of some files, with keys and in their order, the records that were left out, what to know."""

    recipients: tuple[Recipient, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


_JSON: Mapping[str, tuple[_FromPages, str]] = {
    "abgeordnetenwatch": (from_abgeordnetenwatch, "de"),
    "uk-parliament": (from_uk_parliament, "en"),
    "popolo": (from_popolo, ""),
    "wikidata": (from_wikidata, ""),
}
_APH = "aph"
FORMATS = tuple(sorted((*_JSON, _APH)))
"""The data sets that can be read."""


def import_recipients(paths: Sequence[Path], kind: str, *, on: date, language: str | None = None) -> Imported:
    """The recipients in the files of one data set; `on` tells who is in office.

    `language` is that of their packs and of the salutation, the data set's own where it is None. Raises ConfigError
    for a file that is none of that data set.
    """
    if language and language not in LANGUAGES:
        raise ConfigError(f"--language {language}: is not one of {', '.join(LANGUAGES)}")
    if kind != _APH and kind not in _JSON:
        raise ConfigError(f"--as {kind}: is not one of {', '.join(FORMATS)}")
    shown = ", ".join(map(str, paths[:_SHOWN])) + (", ..." if len(paths) > _SHOWN else "")
    if kind == _APH:
        return _imported(from_aph(_tables(paths), language="en" if language is None else language), shown)
    pages = [page for path in paths for page in _pages(path)]
    of_pages, own = _JSON[kind]
    return _imported(of_pages(pages, on=on, language=own if language is None else language), shown)


def _imported(made: Made, shown: str) -> Imported:
    found, left_out, notes = [], [], []
    try:
        for each in made:
            if isinstance(each, Recipient):
                found.append(each)
            elif isinstance(each, LeftOut):
                left_out.append(each)
            else:
                notes.append(each.text)
    except ConfigError as error:
        raise ConfigError(f"{shown}: {error}") from error
    return Imported(recipients=with_keys(found), left_out=tuple(left_out), notes=tuple(notes))


def _tables(paths: Sequence[Path]) -> list[Table]:
    try:
        return [read_csv(read_bytes(path, _LARGEST), where=str(path)) for path in paths]
    except FatalSourceError as error:
        raise ConfigError(str(error)) from error


def _pages(path: Path) -> list[Any]:
    """The JSON of a file: an answer, or a list of answers or of records. Raises ConfigError."""
    try:
        decoded = decode(read_bytes(path, _LARGEST), where=str(path))
        found = msgspec.json.decode(decoded.text.removeprefix("\ufeff"))
    except FatalSourceError as error:
        raise ConfigError(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is not JSON: {error}") from error
    return found if isinstance(found, list) else [found]
