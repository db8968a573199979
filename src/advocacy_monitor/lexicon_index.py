"""The indicators of one language, made ready to be found: every word of a text calls up the few that it may complete.

Each indicator is anchored at its rarest word. A word that was met before costs one look into a dictionary, and an
indicator is compared with the words around its anchor only, so a text's cost hardly grows with their number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, NamedTuple

from advocacy_monitor.codebook_shapes import Codebook
from advocacy_monitor.indicators import (
    ANY_WORD,
    ENDS,
    MOST_GAPS,
    MOST_WORDS,
    WIDEST_GAP,
    Step,
    fold,
    parse_indicator,
    parted,
)
from advocacy_monitor.models import Span

NEGATED_WITHIN = 3
"""How many words before an indicator of `unless_negated` a negator may end, in the same sentence."""

_MOST_REMEMBERED = 100_000
_LONGEST_REMEMBERED = 60
_ARABIC_PREFIXES = re.compile(r"[وف]?(?:[بكل]?ال|لل|[بكلس])?")
_SHORTEST_ARABIC_STEM = 3

_ANY = -1
"""The number that every word fits, and no sentence end."""

_Range = tuple[int, int]
_Steps = tuple[tuple[int, int], ...]


class _Loose(NamedTuple):
    """What a rule with gaps needs: all its steps (number, gap before), and where they may stand.

    `beyond` is a number across the nearest gap, that must stand between `nearest` and `farthest`; the first word
    stands between `earliest` and `latest`. Distances are counted from the anchor.
    """

    steps: _Steps
    beyond: int
    nearest: int
    farthest: int
    earliest: int
    latest: int


class _Rule(NamedTuple):
    """One indicator, seen from its anchor, which is its rarest word.

    `first` and `last` are where its words begin and end, `near` the numbers that the words at fixed distances must
    fit; `loose` says how it goes on across gaps. `negatable` rules do not count after a negator.
    """

    theme: int
    first: int
    last: int
    near: tuple[tuple[int, int], ...]
    loose: _Loose | None
    negatable: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules with one anchor, by a neighbour that they need, so that a look at two neighbours refuses most."""

    alone: tuple[_Rule, ...] = ()
    before: Mapping[int, tuple[_Rule, ...]] = field(default_factory=dict)
    after: Mapping[int, tuple[_Rule, ...]] = field(default_factory=dict)
    wanted_before: frozenset[int] = frozenset()
    wanted_after: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Word:
    """What one word can mean: the numbers that it fits, and the rules that point and that block from it."""

    fits: frozenset[int]
    points: _Rules | None = None
    blocks: _Rules | None = None


_END = _Word(frozenset())
_NOTHING = _Word(frozenset({_ANY}))
_BEFORE = MOST_WORDS + MOST_GAPS * WIDEST_GAP
_MARGIN = [_END] * _BEFORE
"""Stands before and after the words of a text, so that no distance leads out of the list."""


@dataclass(slots=True)
class _Patterns:
    """Word patterns by where their wildcard stands, each with the numbers of the steps that they belong to."""

    whole: dict[str, list[int]] = field(default_factory=dict)
    starts: dict[str, list[int]] = field(default_factory=dict)
    ends: dict[str, list[int]] = field(default_factory=dict)
    inside: dict[str, list[int]] = field(default_factory=dict)
    longest: int = 0

    def add(self, pattern: str, number: int) -> None:
        begins, ends = pattern.endswith("*"), pattern.startswith("*")
        shelf = self.inside if begins and ends else self.starts if begins else self.ends if ends else self.whole
        stem = pattern.strip("*")
        shelf.setdefault(stem, []).append(number)
        self.longest = max(self.longest, len(stem))

    def numbers(self, word: str) -> Iterator[int]:
        """The steps that a folded word fits."""
        yield from self.whole.get(word, ())
        starts, ends = self.starts, self.ends
        for cut in range(1, min(len(word), self.longest) + 1):
            if (stem := word[:cut]) in starts:
                yield from starts[stem]
            if ends and (stem := word[-cut:]) in ends:
                yield from ends[stem]
        for stem, numbers in self.inside.items():
            if stem in word:
                yield from numbers


class Pattern(NamedTuple):
    """One indicator to be looked for: what it points to, as a number of the caller's, and on which list it stands."""

    target: int
    kind: Literal["any", "unless_negated", "not"]
    text: str


def patterns_of(codebook: Codebook, language: str) -> Iterator[Pattern]:
    """All indicators of one language, each with the number of its theme."""
    for number, theme in enumerate(codebook.themes):
        indicators = theme.indicators.get(language)
        if indicators is not None:
            yield from (Pattern(number, "any", text) for text in indicators.any)
            yield from (Pattern(number, "unless_negated", text) for text in indicators.unless_negated)
            yield from (Pattern(number, "not", text) for text in indicators.not_)


class LanguageIndex:
    """Indicators of one language. A text's evidence is told by the number of what they point to."""

    def __init__(self, patterns: Iterable[Pattern], language: str, *, negators: Iterable[str] = ()) -> None:
        self.language = language
        self._patterns = _Patterns()
        self._points: dict[int, list[_Rule]] = {}
        self._blocks: dict[int, list[_Rule]] = {}
        self._remembered: dict[str, _Word] = dict.fromkeys(ENDS, _END)
        self._alike: dict[frozenset[int], _Word] = {}
        rows = [(each.target, each.kind, row) for each in patterns for row in parse_indicator(each.text, language)]
        negating = [row for words in negators for row in parse_indicator(words, language)]
        steps = [step for row in (*(row for *_, row in rows), *negating) for step in row]
        numbers = self._number(step.words for step in steps)
        uses = Counter(word for *_, row in rows for step in row for word in step.words)
        for theme, kind, row in rows:
            anchor = min((at for at, step in enumerate(row) if step.words != ANY_WORD), key=_rareness(row, uses))
            rules = self._blocks if kind == "not" else self._points
            rule = _rule(theme, row, anchor, numbers, negatable=kind == "unless_negated")
            rules.setdefault(numbers[row[anchor].words], []).append(rule)
        self._negators = [tuple(numbers.get(step.words, _ANY) for step in row) for row in negating]

    def _number(self, steps: Iterable[frozenset[str]]) -> dict[frozenset[str], int]:
        """Gives every different set of word patterns a number, and shelves its patterns."""
        numbers: dict[frozenset[str], int] = {}
        for words in steps:
            if words != ANY_WORD and words not in numbers:
                numbers[words] = len(numbers)
                for pattern in words:
                    self._patterns.add(pattern, numbers[words])
        return numbers

    def spans(self, text: str) -> dict[int, tuple[Span, ...]]:
        """The evidence in a text by theme number, in the order of the themes."""
        parts = parted(text)
        try:
            found = list(map(self._remembered.__getitem__, parts[1::2]))
        except KeyError:
            found = [self._remembered.get(word) or self._look_up(word) for word in parts[1::2]]
        words = [*_MARGIN, *found, *_MARGIN]
        hits: dict[int, list[_Range]] = {}
        blocks: list[tuple[int, _Rules]] = []
        for at, word in enumerate(found, _BEFORE):
            if word.points is not None:
                for theme, first, last, near, loose, negatable in _candidates(words, at, word.points):
                    for distance, number in near:
                        if number not in words[at + distance].fits:
                            break
                    else:
                        if loose is None and not negatable:
                            hits.setdefault(theme, []).append((at + first, at + last))
                            continue
                        ranges = [(at + first, at + last)] if loose is None else _loose(words, at, loose)
                        if negatable:
                            ranges = [each for each in ranges if not self._negated(words, each[0])]
                        if ranges:
                            hits.setdefault(theme, []).extend(ranges)
            if word.blocks is not None:
                blocks.append((at, word.blocks))
        if not hits:
            return {}
        for theme, blocked in _blocked(words, blocks, hits).items():
            hits[theme] = [each for each in hits[theme] if blocked.isdisjoint(range(each[0], each[1] + 1))]
        return _placed(parts, hits)

    def _negated(self, words: Sequence[_Word], first: int) -> bool:
        """Whether a negator ends within the last words before a place, in the same sentence."""
        for at in range(first - 1, first - 1 - NEGATED_WITHIN, -1):
            if words[at] is _END:
                return False
            for negator in self._negators:
                begins = at + 1 - len(negator)
                if all(number in words[begins + i].fits for i, number in enumerate(negator)):
                    return True
        return False

    def _look_up(self, raw: str) -> _Word:
        fits = frozenset(number for form in self._forms(raw) for number in self._patterns.numbers(form))
        word = self._word(fits) if fits else _NOTHING
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered = dict.fromkeys(ENDS, _END)
        if len(raw) <= _LONGEST_REMEMBERED:
            self._remembered[raw] = word
        return word

    def _word(self, fits: frozenset[int]) -> _Word:
        """The meaning of all words that fit the same numbers."""
        if fits not in self._alike:
            self._alike[fits] = _Word(fits | {_ANY}, _rules(fits, self._points), _rules(fits, self._blocks))
        return self._alike[fits]

    def _forms(self, raw: str) -> set[str]:
        """The folded word; in Arabic also without the and, so, in, to, as, the that are written onto it."""
        folded = fold(raw, self.language)
        forms = {folded}
        if self.language == "ar":
            for cut in range(1, len(folded) - _SHORTEST_ARABIC_STEM + 1):
                if _ARABIC_PREFIXES.fullmatch(folded, 0, cut):
                    forms.add(folded[cut:])
        return forms


def _rareness(row: Sequence[Step], uses: Counter[str]) -> Callable[[int], float]:
    """How common the words of a step are: those that many indicators have are, and so are short ones."""
    return lambda at: sum(uses[word] / len(word.strip("*")) ** 2 for word in row[at].words)


def _rule(
    theme: int, row: Sequence[Step], anchor: int, numbers: Mapping[frozenset[str], int], *, negatable: bool
) -> _Rule:
    """A row of steps as seen from its anchor."""
    steps = tuple((numbers.get(step.words, _ANY), step.gap) for step in row)
    # Only what no gap parts from the anchor stands at a fixed distance from it.
    first = max((at for at in range(anchor + 1) if steps[at][1]), default=0)
    after = next((at for at in range(anchor + 1, len(steps)) if steps[at][1]), len(steps))
    near = tuple((at - anchor, steps[at][0]) for at in range(first, after) if at != anchor)
    near = tuple(sorted(near, key=lambda pair: (pair[1] == _ANY, abs(pair[0]))))
    loose = None
    if len(near) < len(steps) - 1:
        earliest = -anchor - sum(gap for _, gap in steps[: anchor + 1])
        beyond, distance, gap = (
            (steps[after][0], after - anchor, steps[after][1])
            if after < len(steps)
            else (steps[first - 1][0], first - 1 - anchor - steps[first][1], steps[first][1])
        )
        loose = _Loose(steps, beyond, distance, distance + gap, earliest, -anchor)
    return _Rule(theme, -anchor, len(steps) - 1 - anchor, near, loose, negatable)


def _rules(fits: Iterable[int], rules: Mapping[int, Sequence[_Rule]]) -> _Rules | None:
    """All rules of the anchors that a word fits; None when there are none."""
    alone: list[_Rule] = []
    sides: dict[int, dict[int, list[_Rule]]] = {-1: {}, 1: {}}
    for rule in (rule for number in sorted(fits) for rule in rules.get(number, ())):
        distance, number = rule.near[0] if rule.near else (0, _ANY)
        if distance in sides and number != _ANY:
            sides[distance].setdefault(number, []).append(rule._replace(near=rule.near[1:]))
        else:
            alone.append(rule)
    if not alone and not sides[-1] and not sides[1]:
        return None
    before, after = ({number: tuple(group) for number, group in sides[side].items()} for side in (-1, 1))
    return _Rules(tuple(alone), before, after, frozenset(before), frozenset(after))


def _candidates(words: Sequence[_Word], at: int, rules: _Rules) -> Sequence[_Rule]:
    """The rules of an anchor whose wanted neighbour stands beside it."""
    candidates = rules.alone
    fits = words[at - 1].fits
    if not rules.wanted_before.isdisjoint(fits):
        for number in rules.wanted_before & fits:
            candidates += rules.before[number]
    fits = words[at + 1].fits
    if not rules.wanted_after.isdisjoint(fits):
        for number in rules.wanted_after & fits:
            candidates += rules.after[number]
    return candidates


def _loose(words: Sequence[_Word], at: int, loose: _Loose) -> list[_Range]:
    """Every place where a rule with gaps begins that may have its anchor at `at`, and where it ends there."""
    steps, beyond, nearest, farthest, earliest, latest = loose
    for word in words[at + nearest : at + farthest + 1]:
        if beyond in word.fits:
            break
    else:
        return []
    ranges = []
    begins = steps[0][0]
    for first in range(at + earliest, at + latest + 1):
        if begins in words[first].fits:
            last = _last_word(words, first, steps)
            if last is not None:
                ranges.append((first, last))
    return ranges


def _last_word(words: Sequence[_Word], at: int, steps: _Steps) -> int | None:
    """Where a phrase whose first word stands at `at` ends, taking the shortest gaps; None when it is not there."""
    if len(steps) == 1:
        return at
    number, gap = steps[1]
    for following in range(at + 1, at + 2 + gap):
        word = words[following]
        if word is _END:
            return None
        if number in word.fits:
            last = _last_word(words, following, steps[1:])
            if last is not None:
                return last
    return None


def _blocked(
    words: Sequence[_Word], blocks: Iterable[tuple[int, _Rules]], hits: Mapping[int, object]
) -> dict[int, set[int]]:
    """The places of words that do not count, for each theme that has something to lose."""
    blocked: dict[int, set[int]] = {}
    for at, rules in blocks:
        for theme, first, last, near, loose, _ in _candidates(words, at, rules):
            if theme in hits:
                for distance, number in near:
                    if number not in words[at + distance].fits:
                        break
                else:
                    ranges = [(at + first, at + last)] if loose is None else _loose(words, at, loose)
                    for begin, end in ranges:
                        blocked.setdefault(theme, set()).update(range(begin, end + 1))
    return blocked


def _placed(parts: Sequence[str], found: Mapping[int, list[_Range]]) -> dict[int, tuple[Span, ...]]:
    """Ranges of words as spans of the text, in order, those that share a word made one."""
    places = [0] * (2 * _BEFORE) + list(accumulate(map(len, parts)))
    spans: dict[int, tuple[Span, ...]] = {}
    for theme in sorted(found):
        ranges = found[theme]
        if ranges:
            merged = ranges if len(ranges) == 1 else _merged(ranges)
            spans[theme] = tuple([Span(places[2 * first], places[2 * last + 1]) for first, last in merged])
    return spans


def _merged(ranges: Iterable[_Range]) -> list[_Range]:
    merged: list[_Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
