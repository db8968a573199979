"""Finds the indicators of a codebook in a text: the theme coding of stage 0, with the words found as evidence.

Every distinct word is looked up once and remembered, so the cost of a text does not grow with the number of
indicators; see docs/reference/codebook.md for how indicators are written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.indicators import ANY_WORD, ENDS, WORDS, Step, fold, parse_indicator
from advocacy_monitor.models import Span

VERSION = "lexicon-1"
"""Raised whenever the same codebook may find something else in the same text."""

UNKNOWN_LANGUAGES = frozenset({"", "und", "mul"})

_MOST_REMEMBERED = 100_000
_LONGEST_REMEMBERED = 60
_ADDRESSES = re.compile(
    r"https?://\S+|www\.\S+|[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,255}|@[a-z0-9_][a-z0-9_.-]{0,254}", re.IGNORECASE
)
_SCRIPTS = {
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
    "other": re.compile(r"[\u0370-\u03ff\u0590-\u05ff\u0900-\u0dff\u0e00-\u0fff\u3040-\u30ff\uac00-\ud7af]"),
}
_SCRIPT_OF = {"ar": "arabic", "fa": "arabic", "ur": "arabic", "zh": "han"} | dict.fromkeys(
    ("ru", "uk", "bg", "sr", "be", "mk"), "cyrillic"
)
_ARABIC_PREFIXES = re.compile(r"[وف]?(?:[بكل]?ال|لل|[بكلس])?")
_SHORTEST_ARABIC_STEM = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """One indicator: which theme it points to (or away from), and the numbers of its words' patterns.

    `steps` are pairs of the number of the word patterns (-1 fits any word) and the gap before them; `needs` are
    these numbers, for a quick look whether all its words are in a text at all.
    """

    theme: int
    steps: tuple[tuple[int, int], ...]
    needs: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Word:
    """What one word can mean: the numbers of the patterns that it fits, and the rules whose anchor it is.

    The anchor of a rule is its rarest step, so that `the` and `my` call up no rules.
    """

    fits: frozenset[int] = frozenset()
    points: tuple[_Rule, ...] = ()
    blocks: tuple[_Rule, ...] = ()


_NOTHING = _Word()
_END = _Word()


class Lexicon:
    """A codebook made ready to be looked for in texts."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self._languages: dict[str, _Language] = {}

    def match(self, text: str, language: str | None) -> dict[str, tuple[Span, ...]]:
        """The themes of a text, each with its evidence: code -> spans of `text`, in code points.

        `language` is a BCP 47 tag, of which the first part counts. A language that the codebook does not know
        gives nothing. Where it is None or 'und', the script decides, if exactly one language of the codebook is
        written in it: Arabic, Russian and Chinese can be told that way, the Latin ones cannot, and a stem taken
        for one of another language (`Kind`, `chat`) would be worse than no theme. Never raises.
        """
        primary = self.language_of(text, language)
        if primary is None:
            return {}
        if primary not in self._languages:
            self._languages[primary] = _Language(self.codebook, primary)
        found = self._languages[primary].spans(_without_addresses(text))
        return {self.codebook.themes[theme].code: found[theme] for theme in sorted(found)}

    def language_of(self, text: str, language: str | None) -> str | None:
        """The language of the codebook to read a text in, or None when it cannot be read."""
        primary = (language or "").replace("_", "-").split("-")[0].strip().lower()
        if primary not in UNKNOWN_LANGUAGES:
            return primary if primary in self.codebook.languages else None
        script = _script(text)
        written = [code for code in self.codebook.languages if _SCRIPT_OF.get(code, "latin") == script]
        return written[0] if len(written) == 1 else None


def _without_addresses(text: str) -> str:
    """The text with links, e-mail addresses and handles blanked out, every other character in its old place."""
    if "@" in text or "://" in text or "www." in text.lower():
        return _ADDRESSES.sub(lambda found: "\n" * len(found[0]), text)
    return text


def _script(text: str) -> str | None:
    """The script of more than half of the first 400 characters' letters, or None."""
    counts = {script: len(letters.findall(text[:400])) for script, letters in _SCRIPTS.items()}
    script = max(counts, key=counts.__getitem__)
    return script if counts[script] * 2 > sum(counts.values()) else None


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

    def numbers(self, word: str) -> Iterable[int]:
        """The steps that a folded word fits."""
        yield from self.whole.get(word, ())
        for cut in range(1, min(len(word), self.longest) + 1):
            yield from self.starts.get(word[:cut], ())
            yield from self.ends.get(word[-cut:], ())
        for stem, numbers in self.inside.items():
            if stem in word:
                yield from numbers


class _Language:
    """All indicators of one language, indexed by their rarest word."""

    def __init__(self, codebook: Codebook, language: str) -> None:
        self.language = language
        self._patterns = _Patterns()
        self._points: dict[int, list[_Rule]] = {}
        self._blocks: dict[int, list[_Rule]] = {}
        self._remembered: dict[str, _Word] = dict.fromkeys(ENDS, _END)
        rows = list(_rows(codebook, language))
        numbers = self._number(step.words for _, _, row in rows for step in row)
        uses = Counter(word for _, _, row in rows for step in row for word in step.words)
        for theme, blocks, row in rows:
            steps = tuple((numbers.get(step.words, -1), step.gap) for step in row)
            rule = _Rule(theme, steps, frozenset(number for number, _ in steps if number >= 0))
            rarest = min((step for step in row if step.words != ANY_WORD), key=lambda step: _frequency(step, uses))
            (self._blocks if blocks else self._points).setdefault(numbers[rarest.words], []).append(rule)

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
        """The evidence in a text by theme number."""
        places = list(WORDS.finditer(text))
        words = [self._remembered.get(place[0]) or self._look_up(place[0]) for place in places]
        present = frozenset().union(*[word.fits for word in words])
        hits: dict[int, list[tuple[int, int]]] = {}
        candidates = [(at, word.points) for at, word in enumerate(words) if word.points]
        for rule, first, last in _applied(candidates, words, present):
            hits.setdefault(rule.theme, []).append((first, last))
        blocked: dict[int, set[int]] = {}
        candidates = [(at, word.blocks) for at, word in enumerate(words) if word.blocks]
        for rule, first, last in _applied(candidates, words, present) if hits else ():
            blocked.setdefault(rule.theme, set()).update(range(first, last + 1))
        left = {theme: _unblocked(ranges, blocked.get(theme)) for theme, ranges in hits.items()}
        return {theme: _merged(ranges, places) for theme, ranges in left.items() if ranges}

    def _look_up(self, raw: str) -> _Word:
        fits = {number for form in self._forms(raw) for number in self._patterns.numbers(form)}
        points, blocks = (
            tuple(rule for number in sorted(fits) for rule in rules.get(number, ()))
            for rules in (self._points, self._blocks)
        )
        word = _Word(frozenset(fits), points, blocks) if fits else _NOTHING
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered = dict.fromkeys(ENDS, _END)
        if len(raw) <= _LONGEST_REMEMBERED:
            self._remembered[raw] = word
        return word

    def _forms(self, raw: str) -> set[str]:
        """The folded word; in Arabic also without the and, so, in, to, as, the that are written onto it."""
        folded = fold(raw, self.language)
        forms = {folded}
        if self.language == "ar":
            for cut in range(1, len(folded) - _SHORTEST_ARABIC_STEM + 1):
                if _ARABIC_PREFIXES.fullmatch(folded, 0, cut):
                    forms.add(folded[cut:])
        return forms


def _rows(codebook: Codebook, language: str) -> Iterator[tuple[int, bool, tuple[Step, ...]]]:
    """Every row of steps in a language: the number of its theme, whether it is of the `not` list, the steps."""
    for number, theme in enumerate(codebook.themes):
        indicators = theme.indicators.get(language)
        if indicators is not None:
            for blocks, patterns in ((False, indicators.any), (True, indicators.not_)):
                for pattern in patterns:
                    for row in parse_indicator(pattern, language):
                        yield number, blocks, row


def _frequency(step: Step, uses: Counter[str]) -> int:
    """How common a step's words are; the indicators themselves show which words are the frequent ones."""
    return sum(uses[word] for word in step.words)


def _applied(
    candidates: Iterable[tuple[int, tuple[_Rule, ...]]], words: Sequence[_Word], present: frozenset[int]
) -> Iterator[tuple[_Rule, int, int]]:
    """Every place where a rule fits: the rule, its first and its last word. `candidates` are places of anchors."""
    tried: set[_Rule] = set()
    beginnings: dict[int, list[int]] = {}
    for at, rules in candidates:
        for rule in rules:
            if len(rule.steps) == 1:
                yield rule, at, at
            elif rule not in tried and rule.needs <= present:
                tried.add(rule)
                begins = rule.steps[0][0]
                if begins not in beginnings:
                    beginnings[begins] = [place for place, word in enumerate(words) if begins in word.fits]
                for first in beginnings[begins]:
                    last = _last_word(words, first, rule.steps)
                    if last is not None:
                        yield rule, first, last


def _last_word(words: Sequence[_Word], at: int, steps: Sequence[tuple[int, int]]) -> int | None:
    """Where a phrase whose first word stands at `at` ends, taking the shortest gaps; None when it is not there."""
    if len(steps) == 1:
        return at
    number, gap = steps[1]
    for following in range(at + 1, min(at + 2 + gap, len(words))):
        word = words[following]
        if word is _END:
            return None
        if number < 0 or number in word.fits:
            last = _last_word(words, following, steps[1:])
            if last is not None:
                return last
    return None


def _unblocked(ranges: list[tuple[int, int]], blocked: set[int] | None) -> list[tuple[int, int]]:
    """The ranges that hold no blocked word."""
    if not blocked:
        return ranges
    return [(first, last) for first, last in ranges if blocked.isdisjoint(range(first, last + 1))]


def _merged(ranges: Iterable[tuple[int, int]], places: Sequence[re.Match[str]]) -> tuple[Span, ...]:
    """Ranges of words as spans of the text, in order, those that share a word made one."""
    merged: list[list[int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return tuple(Span(places[first].start(), places[last].end()) for first, last in merged)
