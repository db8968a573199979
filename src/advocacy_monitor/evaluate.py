"""Measures the theme coding against statements that people coded: precision, recall and F1 of every theme.

The statements come as JSONL with `text`, `language` and `themes`. The machine's themes are those of `lexicon.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import VERSION, Lexicon

ALL = "all"
"""The name under which the figures over all languages stand."""

_RESAMPLES = 1_000
_MOST_PROBLEMS = 20
_Matrix = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A text with the themes that a person gave it; `place` says where it stands, for messages."""

    text: str
    language: str | None
    themes: frozenset[str]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of statements: coded by both, by the machine alone, by the person alone."""

    both: int
    machine_only: int
    person_only: int

    @property
    def support(self) -> int:
        """How many statements a person gave the theme."""
        return self.both + self.person_only

    @property
    def precision(self) -> float | None:
        """The share of the machine's codes that a person gave as well; None where the machine gave none."""
        found = self.both + self.machine_only
        return self.both / found if found else None

    @property
    def recall(self) -> float | None:
        """The share of a person's codes that the machine found; None where there are none."""
        return self.both / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall: 2·both / (2·both + machine only + person only)."""
        weight = 2 * self.both + self.machine_only + self.person_only
        return 2 * self.both / weight if weight else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageReport:
    """The figures of one language, or of all. `macro_f1` is the mean over the themes with support.

    `interval` holds 95 % of the macro-F1 values when the statements are drawn again with replacement; None below
    two statements. It says nothing about whether the coder was right.
    """

    language: str
    statements: int
    themes: Mapping[str, Score]
    micro: Score
    macro_f1: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was measured, with which versions; `unread` counts statements in languages without a lexicon."""

    codebook: str
    codebook_version: int
    codebook_digest: str
    lexicon: str
    unread: int
    languages: tuple[LanguageReport, ...]


def read_statements(path: Path) -> list[Statement]:
    """Coded statements from a JSONL file. Raises ConfigError that names file and line of what cannot be read."""
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    statements: list[Statement] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            statements.append(_statement(json.loads(line.decode()), place=place))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place}: {_reason(error)}")
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
    if not statements:
        raise ConfigError(f"{path}: there are no statements; expected JSON lines with text, language and themes")
    return statements


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
    return Statement(text=text, language=language, themes=frozenset(themes), place=place)


def evaluate(codebook: Codebook, statements: Sequence[Statement], *, seed: int = 1) -> Report:
    """Codes the statements with the codebook's lexicon and compares. Raises ConfigError on a theme unknown to it."""
    _check_themes(codebook, statements)
    lexicon = Lexicon(codebook)
    languages: list[str | None] = [lexicon.language_of(each.text, each.language) for each in statements]
    person = _matrix(codebook, (statement.themes for statement in statements))
    machine = _matrix(codebook, (lexicon.match(each.text, each.language) for each in statements))
    rows = {ALL: list(range(len(statements)))}
    for language in codebook.languages:
        if found := [row for row, code in enumerate(languages) if code == language]:
            rows[language] = found
    reports = (
        _language_report(name, codebook.codes, machine=machine[which], person=person[which], seed=seed)
        for name, which in rows.items()
    )
    return Report(
        codebook=codebook.name,
        codebook_version=codebook.version,
        codebook_digest=codebook.digest,
        lexicon=VERSION,
        unread=languages.count(None),
        languages=tuple(reports),
    )


def _check_themes(codebook: Codebook, statements: Iterable[Statement]) -> None:
    known = set(codebook.codes)
    for statement in statements:
        for theme in sorted(statement.themes - known):
            try:
                codebook.theme(theme)
            except ConfigError as error:
                raise ConfigError(f"{statement.place}: {error}") from error


def _matrix(codebook: Codebook, themes: Iterable[Iterable[str]]) -> _Matrix:
    """One row a statement, one column a theme, 1 where it was coded."""
    rows = [[int(code in given) for code in codebook.codes] for given in map(set, themes)]
    return np.array(rows, dtype=np.int64).reshape(-1, len(codebook.codes))


def _language_report(
    language: str, codes: Sequence[str], *, machine: _Matrix, person: _Matrix, seed: int
) -> LanguageReport:
    counts = (machine & person, machine & ~person & 1, person & ~machine & 1)
    sums = [part.sum(axis=0) for part in counts]
    scores = {
        code: Score(both=int(both), machine_only=int(extra), person_only=int(lacking))
        for code, both, extra, lacking in zip(codes, *sums, strict=True)
    }
    both, extra, lacking = (int(part.sum()) for part in sums)
    with_support = [score.f1 for score in scores.values() if score.support and score.f1 is not None]
    return LanguageReport(
        language=language,
        statements=len(person),
        themes=scores,
        micro=Score(both=both, machine_only=extra, person_only=lacking),
        macro_f1=sum(with_support) / len(with_support) if with_support else None,
        interval=_interval(counts, seed=seed),
    )


def _interval(counts: Sequence[_Matrix], *, seed: int) -> tuple[float, float] | None:
    """The percentile bootstrap of macro-F1 over statements (Efron 1979), each draw over its themes with support."""
    size = len(counts[0])
    if size < 2:
        return None
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    both, extra, lacking = (draws @ part for part in counts)
    support = both + lacking
    values = np.divide(2 * both, 2 * both + extra + lacking, out=np.zeros(both.shape), where=support > 0)
    themes = (support > 0).sum(axis=1)
    macro = values.sum(axis=1)[themes > 0] / themes[themes > 0]
    if not macro.size:
        return None
    low, high = np.percentile(macro, (2.5, 97.5))
    return float(low), float(high)


def format_table(report: Report) -> str:
    """The report as plain text of at most 100 columns: one block a language, themes that occur in it."""
    version = f"version {report.codebook_version} ({report.codebook_digest[:8]})"
    lines = [
        f"codebook {report.codebook}, {version}, {report.lexicon}",
        f"{report.languages[0].statements} statements coded by people",
    ]
    if report.unread:
        lines.append(f"{report.unread} of them in a language without a lexicon: counted as coded with no theme")
    shown = report.languages if len(report.languages) > 2 else report.languages[:1]
    for part in shown:
        name = ", ".join(other.language for other in report.languages[1:]) if part.language == ALL else part.language
        lines += ["", *_block(part, name=name or "no language of the codebook")]
    lines += ["", "precision: share of the machine's codes that people gave; recall: share of people's codes it found;"]
    lines.append(f"range: 95 % of {_RESAMPLES:,} draws of as many statements, with replacement.")
    return "\n".join(lines)


def _block(part: LanguageReport, *, name: str) -> list[str]:
    lines = [
        f"{name} ({part.statements} statements)",
        f"  {'theme':<28}{'precision':>11}{'recall':>9}{'F1':>7}{'people':>9}{'machine':>9}",
    ]
    for code, score in part.themes.items():
        if score.support or score.machine_only:
            lines.append(_row(code if len(code) < 28 else f"{code[:26]}…", score))
    lines.append(_row("all codes (micro)", part.micro))
    low, high = part.interval or (None, None)
    around = f"   range {_number(low)} to {_number(high)}" if part.interval else ""
    lines.append(f"  {'mean of the themes (macro)':<28}{'':>20}{_number(part.macro_f1):>7}{around}")
    return lines


def _row(name: str, score: Score) -> str:
    figures = f"{_number(score.precision):>11}{_number(score.recall):>9}{_number(score.f1):>7}"
    return f"  {name:<28}{figures}{score.support:>9}{score.both + score.machine_only:>9}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def to_json(report: Report) -> str:
    """The report as one JSON object, the same bytes for the same report."""
    content = {
        "codebook": report.codebook,
        "codebook_version": report.codebook_version,
        "codebook_digest": report.codebook_digest,
        "lexicon": report.lexicon,
        "unread": report.unread,
        "languages": {part.language: _language_json(part) for part in report.languages},
    }
    return json.dumps(content, indent=2)


def _language_json(part: LanguageReport) -> dict[str, Any]:
    return {
        "statements": part.statements,
        "macro_f1": part.macro_f1,
        "macro_f1_interval": list(part.interval) if part.interval else None,
        "micro": _score_json(part.micro),
        "themes": {code: _score_json(score) for code, score in part.themes.items()},
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
        "support": score.support,
        "found": score.both + score.machine_only,
    }
