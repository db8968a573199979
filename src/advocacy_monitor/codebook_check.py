"""What a careful editor would look at in a valid codebook: indicators, languages and examples.

codebook_occurrence.py does the same with texts at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from advocacy_monitor.codebook_shapes import Codebook, Theme
from advocacy_monitor.indicators import ANY_WORD, Step, parse_indicator

_SHORTEST_STEM = 3
_CHARACTER_LANGUAGES = frozenset({"zh"})
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a valid codebook that is worth a look.

    `grave` is False for what is often meant, such as one indicator that points to two themes.
    """

    theme: str
    language: str | None
    pattern: str | None
    problem: str
    grave: bool

    def __str__(self) -> str:
        place = "/".join(part for part in (self.theme, self.language) if part)
        return f"{place}: {self.problem}" + (f": {self.pattern}" if self.pattern else "")


def check(codebook: Codebook) -> list[Finding]:
    """Repeated, covered, short and shared indicators, missing languages, examples that are missing or not kept."""
    findings = [finding for theme in codebook.themes for finding in _theme_findings(codebook, theme)]
    findings.extend(_shared_indicators(codebook))
    findings.extend(_broken_examples(codebook))
    return findings


def _theme_findings(codebook: Codebook, theme: Theme) -> Iterator[Finding]:
    def finding(problem: str, *, language: str | None, pattern: str | None = None, grave: bool = True) -> Finding:
        return Finding(theme=theme.code, language=language, pattern=pattern, problem=problem, grave=grave)

    for language, standing in codebook.languages.items():
        if language not in theme.title:
            yield finding("no title in this language", language=language)
        if not (language in theme.indicators and theme.indicators[language].pointing):
            yield finding("no indicators in this language", language=language)
        if standing == "checked" and language not in {example.language for example in theme.examples}:
            yield finding("no example in this language", language=language, grave=False)
    for language, indicators in theme.indicators.items():
        for patterns in (indicators.pointing, indicators.not_):
            rows = [(pattern, row) for pattern in patterns for row in parse_indicator(pattern, language)]
            for pattern, problem in _repetitions(rows):
                yield finding(problem, language=language, pattern=pattern)
            for pattern, row in rows:
                if language not in _CHARACTER_LANGUAGES and (stem := _short_stem(row)):
                    problem = f"{stem!r} is shorter than {_SHORTEST_STEM} letters"
                    yield finding(problem, language=language, pattern=pattern, grave="*" in stem)


def _broken_examples(codebook: Codebook) -> Iterator[Finding]:
    """Examples that the indicators do not find, and counterexamples that they do, where a language has indicators."""
    from advocacy_monitor.lexicon import Lexicon

    lexicon = Lexicon(codebook)
    for theme in codebook.themes:
        for example in theme.examples:
            if example.language in theme.indicators and theme.code not in lexicon.match(example.text, example.language):
                problem = "its example is not found by any indicator"
                yield _example_finding(theme, example.language, example.text, problem)
        for example in theme.counterexamples:
            spans = lexicon.match(example.text, example.language).get(theme.code, ())
            if spans:
                words = ", ".join(example.text[span.start : span.end] for span in spans)
                problem = f"its counterexample is found by {words!r}"
                yield _example_finding(theme, example.language, example.text, problem)


def _example_finding(theme: Theme, language: str, text: str, problem: str) -> Finding:
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return Finding(theme=theme.code, language=language, pattern=shown, problem=problem, grave=True)


def _repetitions(rows: Iterable[tuple[str, tuple[Step, ...]]]) -> Iterator[tuple[str, str]]:
    """Indicators that find nothing of their own, each with what is wrong; of longer ones only exact repetitions."""
    seen: set[tuple[Step, ...]] = set()
    single: list[tuple[str, Step]] = []
    for pattern, row in rows:
        if row in seen:
            yield pattern, "the indicator is there twice"
        elif len(row) == 1:
            single.append((pattern, row[0]))
        seen.add(row)
    for (earlier, step), (later, other) in combinations(single, 2):
        if _covers(step, other):
            yield later, "covered by another indicator of this theme"
        elif _covers(other, step):
            yield earlier, "covered by another indicator of this theme"


def _short_stem(row: tuple[Step, ...]) -> str | None:
    """The first pattern of a one-word indicator that is too short to stand for a theme."""
    if len(row) > 1:
        return None
    return next((word for word in sorted(row[0].words) if len(word.strip("*")) < _SHORTEST_STEM), None)


def _covers(one: Step, other: Step) -> bool:
    """Whether every word that fits `other` fits `one`, so that `other` adds nothing."""
    return ANY_WORD not in (one.words, other.words) and all(
        any(_wider(word, narrow) for word in one.words) for narrow in other.words
    )


def _wider(pattern: str, narrow: str) -> bool:
    stem, narrow_stem = pattern.strip("*"), narrow.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return stem in narrow_stem
    if pattern.endswith("*"):
        return narrow_stem.startswith(stem) and not narrow.startswith("*")
    if pattern.startswith("*"):
        return narrow_stem.endswith(stem) and not narrow.endswith("*")
    return pattern == narrow


def _shared_indicators(codebook: Codebook) -> Iterator[Finding]:
    """One-word indicators that two themes have in common: such themes will often occur together."""
    for language in codebook.languages:
        words = {theme.code: _single_words(theme, language) for theme in codebook.themes}
        for (one, mine), (other, theirs) in combinations(words.items(), 2):
            for word in sorted(word for group in mine.values() for word in group):
                near = theirs.values() if word.startswith("*") else (theirs[word[0]], theirs["*"])
                if any(_wider(word, their) or _wider(their, word) for group in near for their in group):
                    problem = f"also points to {other}"
                    yield Finding(theme=one, language=language, pattern=word, problem=problem, grave=False)


def _single_words(theme: Theme, language: str) -> dict[str, set[str]]:
    """The word patterns of one-word indicators, by their first sign, without which none covers another."""
    groups: dict[str, set[str]] = defaultdict(set)
    if language in theme.indicators:
        for pattern in theme.indicators[language].pointing:
            for row in parse_indicator(pattern, language):
                for word in row[0].words if len(row) == 1 else ():
                    groups[word[0]].add(word)
    return groups
