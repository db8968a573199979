"""The texts on which a codebook is tried out: the statements of a campaign's database, or those of a JSONL file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy_monitor.errors import ConfigError

if TYPE_CHECKING:
    from advocacy_monitor.models import Annotation
    from advocacy_monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text and its language. `themes` are the codes that a person gave it; None where nobody has coded it."""

    id: str
    text: str
    language: str | None
    themes: frozenset[str] | None = None


def texts_in(path: Path) -> Iterator[Text]:
    """The texts of a JSONL file: `text`, and optionally `id`, `language` and `themes`, which are people's codes.

    Without an id the number of the line stands in its place. Raises ConfigError that names file and line.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _text(line, number=number, place=f"{path}, line {number}")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8; save the file as UTF-8") from error


def _text(line: str, *, number: int, place: str) -> Text:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{place}: not JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ConfigError(f"{place}: 'text' must be there, as a JSON text; found {line.strip()!r:.60}")
    language, themes = record.get("language"), record.get("themes")
    if language is not None and not isinstance(language, str):
        raise ConfigError(f"{place}: 'language' must be a text such as \"en\", found {language!r:.60}")
    if themes is not None and not (isinstance(themes, list) and all(isinstance(code, str) for code in themes)):
        raise ConfigError(f"{place}: 'themes' must be a list of codes, found {themes!r:.60}")
    return Text(
        id=str(record.get("id", number)),
        text=record["text"],
        language=language,
        themes=None if themes is None else frozenset(themes),
    )


def stored_texts(store: Store) -> Iterator[Text]:
    """The statements of a campaign, each with the language that it is coded in, in the order of their ids."""
    for batch in store.items.each():
        facts = store.items.annotations(batch[0].id, batch[-1].id, labels=("language", "theme", "coded"))
        for item in batch:
            known = facts.get(item.id, [])
            yield Text(
                id=str(item.id),
                text=item.text,
                language=_newest([fact for fact in known if fact.label == "language"]) or item.language,
                themes=_coded(known),
            )


def _newest(facts: Sequence[Annotation]) -> str | None:
    """What a person said, else what an enricher found."""
    people = [fact for fact in facts if fact.by.startswith("person:")]
    found = (people or facts)[-1:]
    return found[0].value if found else None


def _coded(facts: Sequence[Annotation]) -> frozenset[str] | None:
    """The themes of the newest coding by a person: those that the same person gave after it."""
    places = [place for place, fact in enumerate(facts) if fact.label == "coded" and fact.by.startswith("person:")]
    if not places:
        return None
    newest = facts[places[-1]]
    later = facts[places[-1] + 1 :]
    return frozenset(fact.value for fact in later if fact.label == "theme" and fact.by == newest.by)
