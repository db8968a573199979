"""Statements that people coded, as the classifier learns from them, and how they are read from JSONL files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.plugins import nearest

Answer = Literal["themes", "none", "too_short"]
_ANSWERS = ("themes", "none", "too_short")
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A text with what a person answered to it.

    `group` is the same for a text and its copies, which must never stand on both sides of a test. `language` is a
    primary tag such as `en`, or `und`.
    """

    text: str
    language: str
    answer: Answer
    themes: frozenset[str]
    group: str
    coder: str = ""

    @property
    def key(self) -> str:
        """The same for the same text in every training."""
        return text_key(self.text)


def plain_language(given: str | None) -> str:
    """The primary tag of a BCP 47 language: `en` for `en-GB`, `und` for nothing."""
    return (given or "und").replace("_", "-").split("-")[0].strip().lower() or "und"


def text_key(text: str) -> str:
    """16 digits of a text's SHA-256, blind to case and spaces: it tells texts apart and holds none of them."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def teaching(gold: Iterable[Coded]) -> list[Coded]:
    """What can be learned from, copies in one group, in an order that depends on nothing but the statements.

    Too short to say is no negative example: nobody said that its themes are absent.
    """
    usable = [coded for coded in gold if coded.answer != "too_short" and coded.text.strip()]
    order = sorted(usable, key=lambda coded: (coded.key, coded.text, coded.language, sorted(coded.themes)))
    return _grouped(order)


def _grouped(gold: Sequence[Coded]) -> list[Coded]:
    """The same statements, those with the same words or the same given group in one group, which is a number."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    for coded in gold:
        above[top(f"words {coded.key}")] = top(f"group {coded.group}")
    numbers: dict[str, str] = {}
    return [replace(coded, group=numbers.setdefault(top(f"group {coded.group}"), str(len(numbers)))) for coded in gold]


def digest_of(gold: Sequence[Coded]) -> str:
    """SHA-256 of what `teaching` gave: texts, languages, groups and codes, whoever coded them, wherever they are."""
    rows = [(coded.text, coded.language, coded.group, sorted(coded.themes)) for coded in gold]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def read_gold(path: Path, codebook: Codebook) -> list[Coded]:
    """Coded statements of a JSONL file: `text`, `language`, `themes`; if there, `answer`, `group` and `coder`.

    Raises ConfigError with a line for each mistake.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    found: list[Coded] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(_coded(json.loads(line.decode()), codebook))
            except (ValueError, RecursionError) as error:
                problems.append(f"{path}, line {number}: {_reason(error)}")
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
    if not found:
        raise ConfigError(f"{path}: there are no statements; expected JSON lines with text, language and themes")
    return found


def _coded(record: Any, codebook: Codebook) -> Coded:
    """One line's object as a coded statement. Raises ValueError."""
    if not isinstance(record, dict):
        raise ValueError(f"expected an object with text, language and themes, found {record!r:.40}")
    text, themes = _words(record, "text"), record.get("themes")
    if not isinstance(themes, list) or not all(isinstance(code, str) for code in themes):
        raise ValueError(f"themes: expected a list of codes, found {themes!r:.40}")
    for code in themes:
        if code not in codebook.codes:
            near = nearest(code, list(codebook.codes))
            raise ValueError(f"themes: {code!r:.40} is not in codebook {codebook.name}{near}")
    answer = record.get("answer", "themes" if themes else "none")
    if answer not in _ANSWERS:
        raise ValueError(f"answer: found {answer!r:.40}; allowed: {', '.join(_ANSWERS)}")
    if (answer == "themes") != bool(themes):
        raise ValueError(f"answer: {answer!r} does not go with {len(themes)} themes")
    language = plain_language(_words(record, "language"))
    group = record.get("group")
    return Coded(
        text=text,
        language=language,
        answer=answer,
        themes=frozenset(themes),
        group=text_key(text) if group is None else str(group),
        coder=str(record.get("coder", "")),
    )


def _words(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name}: expected words, found {value!r:.40}")
    return value


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8; save the file as UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
