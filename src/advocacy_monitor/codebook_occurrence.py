"""How a codebook fares on texts: indicators and themes that find nothing, themes that nearly always come together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Literal

from advocacy_monitor.codebook_shapes import Codebook
from advocacy_monitor.codebook_texts import Text
from advocacy_monitor.lexicon import Lexicon, without_addresses
from advocacy_monitor.lexicon_index import LanguageIndex, Pattern, patterns_of

TOGETHER = 0.6
"""From which Jaccard index or phi on two themes count as nearly always together."""

LEAST = 5
"""In how many texts both of two themes must stand for their figures to be worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """An indicator that stands in none of the texts of its language. `list` is the list it stands on."""

    theme: str
    language: str
    list: str
    pattern: str
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two themes and in how many texts they stand: both, the one, the other. `by` is who coded the texts.

    Jaccard index: both / (one or other). Phi: the correlation of the two as yes and no; None where it is undefined,
    that is where one of them stands in every text.
    """

    one: str
    other: str
    both: int
    ones: int
    others: int
    texts: int
    by: Literal["lexicon", "people"]

    @property
    def jaccard(self) -> float:
        """The share of texts with either theme that have both, 0 to 1."""
        return self.both / (self.ones + self.others - self.both)

    @property
    def phi(self) -> float | None:
        """The correlation of the two themes over all texts, -1 to 1."""
        spread = self.ones * (self.texts - self.ones) * self.others * (self.texts - self.others)
        return (self.both * self.texts - self.ones * self.others) / sqrt(spread) if spread else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """What stands in the texts. `texts` counts those of each language; `unread` are in none of the codebook's.

    `never` are the themes found nowhere, with the number of texts in a language in which they have indicators.
    """

    texts: dict[str, int]
    unread: int
    coded: int
    found: dict[str, int]
    dead: tuple[Dead, ...]
    never: dict[str, int]
    pairs: tuple[Pair, ...]


def occurrence(codebook: Codebook, texts: Iterable[Text], *, together: float = TOGETHER) -> Occurrence:
    """Looks for all indicators in texts. `together` is the least Jaccard index or phi of the pairs that are told."""
    lexicon = Lexicon(codebook)
    patterns = {language: list(patterns_of(codebook, language)) for language in codebook.languages}
    indexes = {language: _singly(patterns[language], language) for language in patterns}
    used = {language: [0] * len(patterns[language]) for language in patterns}
    read: Counter[str] = Counter()
    machine: Counter[frozenset[str]] = Counter()
    people: Counter[frozenset[str]] = Counter()
    unread = 0
    for text in texts:
        if text.themes is not None:
            people[text.themes] += 1
        language = lexicon.language_of(text.text, text.language)
        if language is None:
            unread += 1
            continue
        read[language] += 1
        # No theme without an indicator; and most texts of a large set have none.
        found = indexes[language].spans(without_addresses(text.text))
        for number in found:
            used[language][number] += 1
        machine[frozenset(lexicon.match(text.text, language)) if found else frozenset()] += 1
    counts = {code: sum(count for themes, count in machine.items() if code in themes) for code in codebook.codes}
    return Occurrence(
        texts={language: read[language] for language in codebook.languages if read[language]},
        unread=unread,
        coded=people.total(),
        found=counts,
        dead=tuple(_dead(codebook, patterns, used, read)),
        never=dict(_never(codebook, counts, read)),
        pairs=(
            *_pairs(codebook, machine, together=together, by="lexicon"),
            *_pairs(codebook, people, together=together, by="people"),
        ),
    )


def _singly(patterns: Iterable[Pattern], language: str) -> LanguageIndex:
    """An index that tells every indicator apart, those of the `not` lists as well."""
    return LanguageIndex((Pattern(place, "any", each.text) for place, each in enumerate(patterns)), language)


def _dead(
    codebook: Codebook, patterns: dict[str, list[Pattern]], used: dict[str, list[int]], read: Counter[str]
) -> Iterator[Dead]:
    for language, listed in patterns.items():
        for pattern, count in zip(listed, used[language], strict=True):
            if read[language] and not count:
                code = codebook.themes[pattern.target].code
                yield Dead(theme=code, language=language, list=pattern.kind, pattern=pattern.text, texts=read[language])


def _never(codebook: Codebook, counts: dict[str, int], read: Counter[str]) -> Iterator[tuple[str, int]]:
    for theme in codebook.themes:
        tried = sum(read[language] for language, indicators in theme.indicators.items() if indicators.pointing)
        if tried and not counts[theme.code]:
            yield theme.code, tried


def _pairs(
    codebook: Codebook, coded: Counter[frozenset[str]], *, together: float, by: Literal["lexicon", "people"]
) -> list[Pair]:
    """The pairs at or above the threshold, the closest first."""
    single: Counter[str] = Counter()
    double: Counter[tuple[str, str]] = Counter()
    for themes, count in coded.items():
        known = [code for code in codebook.codes if code in themes]
        for code in known:
            single[code] += count
        for pair in combinations(known, 2):
            double[pair] += count
    pairs = [
        Pair(one=one, other=other, both=both, ones=single[one], others=single[other], texts=coded.total(), by=by)
        for (one, other), both in double.items()
        if both >= LEAST
    ]
    close = [pair for pair in pairs if pair.jaccard >= together or (pair.phi or 0) >= together]
    return sorted(close, key=lambda pair: (-pair.jaccard, pair.one, pair.other))
