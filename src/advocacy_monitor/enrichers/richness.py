"""The richness enricher: how much story a statement carries, from 0 (nothing to quote) to 3 (a story), and why.

A decision maker's office is moved by one person's own experience: what was hard, what happened, what changed. Signs of
that are counted, each at most once, with the words that show it; the length of the text counts as well, since six words
seldom tell anything. It ranks quotes for a person who chooses (R15) and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from advocacy_monitor.enrichers import richness_cues
from advocacy_monitor.enrichers.cue_index import CueIndex
from advocacy_monitor.enrichers.plain_text import is_wide, lower_case, without_marks
from advocacy_monitor.enrichers.told_language import told_languages
from advocacy_monitor.models import Annotation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

LANGUAGES = ("en", "de")
"""The languages with cues. In all others only length, numbers and sentences are looked at (beta)."""

_INDEX = CueIndex(richness_cues.LISTS)
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟](?=\s|$|[^\W\d_])")
_FEWEST_WORDS, _SHORT, _LONG, _TOO_LONG = 3, 10, 20, 80
_STATEMENT, _STORY = 2, 6
_MOST_POINTS = 9
_MOST_SPANS = 6
# Each sign is worth one point, except that a text in which somebody speaks of themselves twice tells something.
_SIGNS = {
    "own_experience": ("own",),
    "other_people": ("people",),
    "detail": ("number", "when"),
    "change": ("change", "contrast"),
    "difficulty": ("hardship",),
    "emotion": ("emotion",),
}


class Reason(NamedTuple):
    """One sign of richness, the points that it was worth, and the words that show it."""

    name: str
    points: int
    spans: tuple[Span, ...] = ()


class Richness(NamedTuple):
    """How much story there is, 0 to 3, and why. `points` order statements within a value."""

    value: int
    points: int
    reasons: tuple[Reason, ...] = ()


def richness(text: str, language: str | None) -> Richness:
    """How much story a text carries; `language` is a primary subtag ('en', 'de'), anything else is beta."""
    words = count_words(text)
    if words < _FEWEST_WORDS:
        return Richness(0, 0, (Reason("too_short", 0),))
    reasons = [*_length(words), *(_signs(text) if language in LANGUAGES else _signs_anywhere(text))]
    points = sum(reason.points for reason in reasons)
    value = 1 + (points >= _STATEMENT) + (points >= _STORY)
    if words > _TOO_LONG:
        value = min(value, 2)  # nobody can quote it as it is: a person must cut it
    return Richness(value, max(0, points), tuple(reasons))


def count_words(text: str) -> int:
    """The words of a text without links, handles and hashtags; two letters of Chinese or Japanese count as one."""
    plain = without_marks(text)
    if is_wide(plain):
        return sum(map(str.isalnum, plain)) // 2
    return len(_WORD.findall(plain))


def _length(words: int) -> Iterator[Reason]:
    if words < _SHORT:
        yield Reason("short", -2)
    elif words > _TOO_LONG:
        yield Reason("too_long", 0)
    elif words >= _LONG:
        yield Reason("room_for_a_story", 2)


def _signs(text: str) -> Iterator[Reason]:
    found = _INDEX.find(lower_case(text))
    for name, lists in _SIGNS.items():
        spans = _in_order(found, lists)
        if spans:
            yield Reason(name, 2 if name == "own_experience" and len(spans) > 1 else 1, spans[:_MOST_SPANS])


def _signs_anywhere(text: str) -> Iterator[Reason]:
    """What can be told without knowing the words: numbers, and more than one sentence."""
    yield Reason("not_short", 2)
    numbers = tuple(Span(*found.span()) for found in _DIGITS.finditer(text))
    if numbers:
        yield Reason("detail", 1, numbers[:_MOST_SPANS])
    if len(_SENTENCE_END.findall(text)) > 1:
        yield Reason("sentences", 1)


def _in_order(found: Mapping[str, Sequence[Span]], lists: Iterable[str]) -> tuple[Span, ...]:
    spans = {span for name in lists for span in found.get(name, ())}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


class RichnessEnricher(Plugin):
    """Asserts `richness` ("0" to "3", the score from 0 to 1 orders within) and a `richness_reason` for each sign."""

    version: ClassVar[str] = "signs-1"

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """One `richness` for every item, and its reasons with the words that show them."""
        by = f"richness@{self.version}"
        languages = told_languages(items, reader)
        for item in items:
            rich = richness(item.text, languages[item.id])
            score = min(1.0, rich.points / _MOST_POINTS)
            yield Annotation(item_id=item.id, label="richness", value=str(rich.value), score=score, by=by)
            for reason in rich.reasons:
                yield Annotation(item_id=item.id, label="richness_reason", value=reason.name, spans=reason.spans, by=by)
