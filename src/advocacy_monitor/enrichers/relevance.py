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
from advocacy_monitor.enrichers.cue_index import CueIndex
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.models import Annotation, Relation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

KINDS = (
    *("statement", "announcement", "news", "mention", "job_ad", "software", "spam", "other_meaning"),
    *("unclear", "no_words"),
)

_INDEX = CueIndex(
    {
        "library": cues.LIBRARY,
        "topic": cues.TOPIC,
        "first_person": cues.FIRST_PERSON,
        "we": cues.WE,
        "place": cues.PLACE,
        "policy": cues.POLICY,
        "beta_library": cues.BETA_LIBRARY,
        "library_is": cues.LIBRARY_IS,
        "appraisal": cues.APPRAISAL,
        "protest": cues.PROTEST,
        **{f"strong {kind}": words for kind, words in cues.STRONG.items()},
        **{f"weak {kind}": words for kind, words in cues.WEAK.items()},
    }
)
# What these say is about the thing, not about who speaks: "I" does not speak against them.
_WHOEVER_SPEAKS = ("spam", "software", "other_meaning")
_VOICES = ("job_ad", "announcement", "news")
# Somebody who says "we" may be a family or an institution; "I" is one person.
_I, _WE = 4, 1
_LIBRARY_TAG = re.compile(r"librar|biblio|b(?:ü|ue)cher|mediath|библиот|مكتب|图书馆|圖書館", re.IGNORECASE)
_SEVERAL = re.compile(r"(?<!\w)(?:we|wir)(?!\w)")
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


class _Found:
    """The cues of one text by the name of their list."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = _INDEX.find(text)

    def __getitem__(self, name: str) -> Sequence[Span]:
        return self._spans.get(name, ())

    def person_points(self) -> int:
        """What the first person weighs against an institution as the speaker."""
        spoken = self["first_person"]
        if not spoken:
            return 0
        return _I if any(not _SEVERAL.search(self._text, span.start, span.end) for span in spoken) else _WE

    def signs(self, kind: str) -> _Signs:
        strong, weak = self[f"strong {kind}"], self[f"weak {kind}"]
        if not strong and not weak:
            return _NO_SIGNS
        return _Signs(2 * len(strong) + len(weak), len(strong), (*strong, *weak)[:_MOST_SPANS])


_NO_SIGNS = _Signs(0, 0, ())


def is_organisation(*names: str | None) -> bool:
    """Whether one of an account's names is that of a library, not of somebody who likes libraries."""
    return any(name and cues.ORGANISATION.search(name) for name in names)


class RelevanceEnricher(Plugin):
    """Asserts `relevance` for every item, with the cues as spans.

    Values: statement, announcement, news, mention (named in passing), job_ad, software, spam, other_meaning, unclear,
    no_words. An answer to a form or survey is a statement unless it has no words or is plainly spam.
    """

    version: ClassVar[str] = "cues-2"

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """One annotation for every item."""
        by = f"relevance@{self.version}"
        for item in items:
            verdict = self.judge(item)
            yield Annotation(
                item_id=item.id,
                label="relevance",
                value=verdict.kind,
                score=verdict.score,
                spans=tuple(sorted(set(verdict.spans), key=lambda span: (span.start, span.end))),
                by=by,
            )

    def judge(self, item: StoredItem) -> Verdict:
        """What one item is."""
        text = lower_case(item.text)
        if not any(map(str.isalnum, text)):
            return Verdict("no_words", 1.0)
        found = _Found(text)
        if item.kind == "submission":
            return self._judge_submission(found)
        if item.relation is not Relation.REPOST and is_organisation(item.author_name, item.author_handle):
            return Verdict("announcement", 0.9, found.signs("announcement").spans)
        return (
            self._about_something_else(found)
            or self._institution_speaks(found)
            or self._in_passing(found)
            or self._person_speaks(item, found)
        )

    def _judge_submission(self, found: _Found) -> Verdict:
        spam = found.signs("spam")
        if spam.points >= 4:
            return Verdict("spam", 0.8, spam.spans)
        return Verdict("statement", 1.0)

    def _about_something_else(self, found: _Found) -> Verdict | None:
        for kind in _WHOEVER_SPEAKS:
            signs = found.signs(kind)
            if signs.strong and (found["library"] or kind == "spam"):
                return Verdict(kind, min(0.9, 0.5 + 0.1 * signs.points), signs.spans)
        return None

    def _institution_speaks(self, found: _Found) -> Verdict | None:
        against = found.person_points() + min(2, len(found["appraisal"])) + 2 * bool(found["protest"])
        for kind in _VOICES:
            signs = found.signs(kind)
            if signs.points >= 2 and signs.points > against:
                return Verdict(kind, min(0.9, 0.5 + 0.1 * signs.points), signs.spans)
        return None

    def _in_passing(self, found: _Found) -> Verdict | None:
        """A library is named as a place or a job, and nothing is said of it: no praise, no protest, hardly a topic."""
        if found["appraisal"] or found["protest"]:
            return None
        if staff := found["strong staff"]:
            return Verdict("announcement", 0.6, tuple(staff[:_MOST_SPANS]))
        mention = found["strong mention"]
        if mention and found["library"] and len(found["topic"]) <= 1:
            return Verdict("mention", 0.6, tuple(mention[:_MOST_SPANS]))
        return None

    def _person_speaks(self, item: StoredItem, found: _Found) -> Verdict:
        personal, library, topic = found["first_person"], found["library"], found["topic"]
        meant = library or item.relation is Relation.REPLY or any(map(_LIBRARY_TAG.search, item.hashtags))
        voice = personal or found["we"] or found["appraisal"]
        spans = (*voice[:4], *library[:2], *topic[:2])
        announced = not personal and found.signs("announcement").points > 0
        if (library or not announced) and voice and meant and (personal or topic or not found["policy"]):
            return Verdict("statement", 0.9 if personal else 0.8, spans)
        if announced:
            return Verdict("unclear", 0.5, spans)
        if voice and topic:
            return Verdict("statement", 0.7, spans)
        if voice and (place := found["place"]):
            return Verdict("statement", 0.5, (*spans, *place[:2]))
        if len(topic) >= 2 or (meant and (topic or found["library_is"])) or found["beta_library"]:
            return Verdict("statement", 0.5, spans)
        return Verdict("unclear", 0.5, spans)
