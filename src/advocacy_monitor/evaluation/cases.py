"""Statements with the codes that people gave them: from a JSONL file, or from the campaign's database.

`themes` of an answer "none of these" are empty; an answer "too short to say" is told apart, because a statement that
nobody can code is no example of a statement without themes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Annotation
from advocacy_monitor.store import Store

ANSWERS = ("themes", "none", "too_short")
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A text with the codes of a person; `place` says where it stands, for messages, `id` names it in a report.

    `drawn` is 'random' for a statement of a coding round's random slice, 'uncertain' for one that was picked, None
    for one that somebody coded outside of rounds.
    """

    text: str
    language: str | None
    themes: frozenset[str]
    place: str
    answer: str = ""
    id: str = ""
    drawn: str | None = None
    coder: str = ""

    @property
    def too_short(self) -> bool:
        """Whether the person found it too short to say."""
        return self.answer == "too_short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The statements of one evaluation. `random_drawn` is how many were drawn at random, coded or not."""

    kind: str
    name: str
    statements: tuple[Statement, ...]
    unknown_codes: int = 0
    random_drawn: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of everything that was measured on, as hexadecimal digits."""
        rows = sorted(
            json.dumps([each.id, each.text, each.language, sorted(each.themes), each.answer, each.drawn])
            for each in self.statements
        )
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def read_file(path: Path, codebook: Codebook) -> Cases:
    """Coded statements from a JSONL file: text, language, themes, and if wanted answer and id.

    Raises ConfigError that names file and line of everything that cannot be read, and of unknown themes.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    statements: list[Statement] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            made = _statement(json.loads(line.decode()), place=place)
            statements.append(replace(made, id=made.id or f"line {number}"))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place}: {_reason(error)}")
    problems = problems or list(_unknown(statements, codebook)) or list(_repeated(statements))
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
    if not statements:
        raise ConfigError(f"{path}: there are no statements; expected JSON lines with text, language and themes")
    return Cases(kind="file", name=path.name, statements=tuple(statements))


def _reason(error: ValueError | RecursionError) -> str:
    """Why a line could not be read, in words."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8; save the file as UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _statement(record: Any, *, place: str) -> Statement:
    """One line's object as a statement. Raises ValueError."""
    if not isinstance(record, dict):
        raise ValueError(f"expected an object with text, language and themes, found {record!r:.40}")
    for key in ("text", "language", "themes"):
        if key not in record:
            raise ValueError(f"the key {key!r} is missing; expected text, language and themes")
    text, language, themes = record["text"], record["language"], record["themes"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"text: expected words, found {text!r:.40}")
    if not (language is None or isinstance(language, str)):
        raise ValueError(f"language: expected a code such as 'en', or null, found {language!r:.40}")
    if not isinstance(themes, list) or not all(isinstance(theme, str) for theme in themes):
        raise ValueError(f"themes: expected a list of codes, found {themes!r:.40}")
    answer, name = record.get("answer", "themes" if themes else "none"), record.get("id", "")
    if answer not in ANSWERS:
        raise ValueError(f"answer: expected one of {', '.join(ANSWERS)}, found {answer!r:.40}")
    if (answer == "themes") != bool(themes):
        raise ValueError(f"answer: {answer!r} does not go with {len(themes)} themes")
    if not isinstance(name, str | int):
        raise ValueError(f"id: expected a name or a number, found {name!r:.40}")
    return Statement(
        text=text, language=language, themes=frozenset(themes), place=place, answer=answer, id=str(name)[:80]
    )


def _unknown(statements: Iterable[Statement], codebook: Codebook) -> Iterable[str]:
    known = set(codebook.codes)
    for statement in statements:
        for theme in sorted(statement.themes - known):
            try:
                codebook.theme(theme)
            except ConfigError as error:
                yield f"{statement.place}: {error}"


def _repeated(statements: Iterable[Statement]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for statement in statements:
        if statement.id in seen:
            yield f"{statement.place}: the id {statement.id!r} stands at {seen[statement.id]} as well"
        seen.setdefault(statement.id, statement.place)


def read_campaign(store: Store, codebook: Codebook) -> Cases:
    """The statements that people coded in the campaign's database, each with its newest codes.

    Codes of an older codebook that this one does not have are left out and counted; a statement that had no other is
    left out. Raises ConfigError when nobody has coded anything.
    """
    coded = {code.item_id: code for code in store.gold.codes()}
    if not coded:
        raise ConfigError(
            "nobody has coded a statement of this campaign yet; draw a round with `advocacy-monitor code sample`, or "
            "give a JSONL file of coded statements"
        )
    first, last = min(coded), max(coded)
    languages = store.items.annotations(first, last, labels=["language"])
    known, unknown = set(codebook.codes), 0
    statements = []
    for item in store.items.get(sorted(coded)):
        code = coded[item.id]
        themes = frozenset(code.themes) & known
        unknown += len(set(code.themes) - known)
        if not item.text.strip() or (code.themes and not themes):
            continue
        statements.append(
            Statement(
                text=item.text,
                language=_language(item.language, languages.get(item.id, [])),
                themes=themes,
                place=f"item {item.id}",
                # Staff may have coded by hand before there were answers: "themes" without one is none of these.
                answer=code.answer if code.answer != "themes" or themes else "none",
                id=str(item.id),
                drawn=code.drawn,
                coder=code.coder,
            )
        )
    drawn = store.gold.drawn_at_random()
    return Cases(
        kind="campaign",
        name="people's codes in this campaign",
        statements=tuple(statements),
        unknown_codes=unknown,
        random_drawn=drawn or None,
    )


def _language(declared: str | None, found: Sequence[Annotation]) -> str | None:
    """What a person said, else what an enricher found, else what the source declared; as the themes enricher does."""
    people = [annotation for annotation in found if annotation.by.startswith("person:")]
    chosen = (people or list(found))[-1:]
    return chosen[0].value if chosen else declared
