"""The relevance enricher: a person's own statement about a library, or something else with library words in it (R19).

Cues are counted, never learned: every verdict names the words that it rests on. It leans to one side on purpose: a
statement that is called an announcement is a voice lost, an announcement that is called a statement costs a moderator
one look. What is said here filters reversibly; nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

from advocacy_monitor.enrichers import relevance_cues as cues
from advocacy_monitor.enrichers.cues import pattern
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.models import Annotation, Relation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

KINDS = ("statement", "announcement", "job_ad", "software", "spam", "other_meaning", "unclear", "no_words")

_LIBRARY = pattern(cues.LIBRARY)
_TOPIC = pattern(cues.TOPIC)
_FIRST_PERSON = pattern(cues.FIRST_PERSON)
_WE = pattern(cues.WE)
_PLACE = pattern(cues.PLACE)
_POLICY = pattern(cues.POLICY)
_BETA_LIBRARY = pattern(cues.BETA_LIBRARY)
_LIBRARY_IS = pattern(cues.LIBRARY_IS)
_APPRAISAL = pattern(cues.APPRAISAL)
_PROTEST = pattern(cues.PROTEST)
_STRONG = {kind: pattern(words) for kind, words in cues.STRONG.items()}
_WEAK = {kind: pattern(words) for kind, words in cues.WEAK.items()}
# What these say is about the thing, not about who speaks: "I" does not speak against them.
_WHOEVER_SPEAKS = ("spam", "software", "other_meaning")
_VOICES = ("job_ad", "announcement")
_LIBRARY_TAG = re.compile(r"librar|biblio|b(?:ü|ue)cher|mediath|библиот|مكتب|图书馆|圖書館", re.IGNORECASE)
_MOST_SPANS = 8


class Verdict(NamedTuple):
    """What an item is (one of KINDS), how sure (0 to 1), and the words that say so."""

    kind: str
    score: float
    spans: tuple[Span, ...] = ()


class _Signs(NamedTuple):
    """How many points speak for a kind, and where they stand in the text."""

    points: int
    strong: int
    spans: tuple[Span, ...]


def _spans(found: re.Pattern[str], text: str) -> tuple[Span, ...]:
    return tuple(Span(*match.span()) for match in found.finditer(text) if match.end() > match.start())


def _signs(kind: str, text: str) -> _Signs:
    strong, weak = _spans(_STRONG[kind], text), _spans(_WEAK[kind], text)
    return _Signs(2 * len(strong) + len(weak), len(strong), (strong + weak)[:_MOST_SPANS])


def is_organisation(*names: str | None) -> bool:
    """Whether one of an account's names is that of a library, not of somebody who likes libraries."""
    return any(name and cues.ORGANISATION.search(name) for name in names)


class RelevanceEnricher(Plugin):
    """Asserts `relevance` for every item, with the cues as spans.

    Values: statement, announcement, job_ad, software, spam, other_meaning, unclear, no_words. An answer to a form or
    survey is a statement unless it has no words or is plainly spam.
    """

    version: ClassVar[str] = "cues-1"

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """One annotation for every item."""
        for item in items:
            verdict = self.judge(item)
            yield Annotation(
                item_id=item.id,
                label="relevance",
                value=verdict.kind,
                score=verdict.score,
                spans=tuple(sorted(set(verdict.spans), key=lambda span: (span.start, span.end))),
                by=f"relevance@{self.version}",
            )

    def judge(self, item: StoredItem) -> Verdict:
        """What one item is."""
        text = lower_case(item.text)
        if not any(map(str.isalnum, text)):
            return Verdict("no_words", 1.0)
        if item.kind == "submission":
            return self._judge_submission(text)
        if item.relation is not Relation.REPOST and is_organisation(item.author_name, item.author_handle):
            return Verdict("announcement", 0.9, _signs("announcement", text).spans)
        personal = _spans(_FIRST_PERSON, text)
        appraisal = _spans(_APPRAISAL, text)
        return (
            self._about_something_else(text)
            or self._institution_speaks(text, personal, appraisal)
            or self._person_speaks(item, text, personal, appraisal)
        )

    def _judge_submission(self, text: str) -> Verdict:
        spam = _signs("spam", text)
        if spam.points >= 4:
            return Verdict("spam", 0.8, spam.spans)
        return Verdict("statement", 1.0)

    def _about_something_else(self, text: str) -> Verdict | None:
        library = _LIBRARY.search(text)
        for kind in _WHOEVER_SPEAKS:
            signs = _signs(kind, text)
            if signs.strong and (library or kind == "spam"):
                return Verdict(kind, min(0.9, 0.5 + 0.1 * signs.points), signs.spans)
        return None

    def _institution_speaks(self, text: str, personal: tuple[Span, ...], appraisal: tuple[Span, ...]) -> Verdict | None:
        against = (4 if personal else 0) + min(2, len(appraisal)) + 2 * bool(_PROTEST.search(text))
        for kind in _VOICES:
            signs = _signs(kind, text)
            if signs.points >= 2 and signs.points > against:
                return Verdict(kind, min(0.9, 0.5 + 0.1 * signs.points), signs.spans)
        return None

    def _person_speaks(
        self, item: StoredItem, text: str, personal: tuple[Span, ...], appraisal: tuple[Span, ...]
    ) -> Verdict:
        library = _spans(_LIBRARY, text)
        meant = library or item.relation is Relation.REPLY or any(map(_LIBRARY_TAG.search, item.hashtags))
        topic = _spans(_TOPIC, text)
        voice = personal or _spans(_WE, text) or appraisal
        spans = (*voice[:4], *library[:2], *topic[:2])
        announced = not personal and _signs("announcement", text).points > 0
        if (library or not announced) and voice and meant and (personal or topic or not _POLICY.search(text)):
            return Verdict("statement", 0.9 if personal else 0.8, spans)
        if announced:
            return Verdict("unclear", 0.5, spans)
        if voice and topic:
            return Verdict("statement", 0.7, spans)
        if voice and (place := _spans(_PLACE, text)):
            return Verdict("statement", 0.5, (*spans, *place[:2]))
        if len(topic) >= 2 or (meant and (topic or _LIBRARY_IS.search(text))) or _BETA_LIBRARY.search(text):
            return Verdict("statement", 0.5, spans)
        return Verdict("unclear", 0.5, spans)
