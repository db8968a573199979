"""The stance enricher: does a statement thank, praise, complain, ask for something? What staff act on, not polarity.

Cues are found and shown, and a question that asks for nothing counts as a complaint; cues of the lists named `no ...`
take others back ("no fines any more" is no complaint). A complaint is what an association must hear, and must show:
nothing is ever dropped because of it (R14). English and German; other languages get no stance. How often it is wrong
stands in docs/explanation/enrichers.md: complaints in plain facts ("The lift stops at two") are mostly missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from advocacy_monitor.enrichers import stance_cues
from advocacy_monitor.enrichers.cue_index import CueIndex
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.told_language import told_languages
from advocacy_monitor.models import Annotation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

LANGUAGES = ("en", "de")
STANCES = ("thanks", "praise", "complaint", "request", "mixed")

_INDEX = CueIndex(stance_cues.LISTS)
_GOOD = ("thanks", "praise")
_QUESTION = re.compile(r"[^.!?\n…\s][^.!?\n…]*\?")
_MOST_SPANS = 6


def stances(text: str, language: str | None) -> dict[str, tuple[Span, ...]]:
    """The stances of a text with the words that show them, in the order of STANCES; empty outside `LANGUAGES`.

    `mixed` stands beside `complaint` and `thanks` or `praise` where a text has both, with the words of both.
    """
    if language not in LANGUAGES:
        return {}
    found = _INDEX.find(lower_case(text))
    taken = {name: tuple(_left(found.get(name, ()), found.get(f"no {name}", ()))) for name in STANCES[:-1]}
    if not taken["request"] and not taken["complaint"]:
        # Who asks without asking for anything mostly complains: "Who on earth can be there by four?"
        taken["complaint"] = tuple(Span(*question.span()) for question in _QUESTION.finditer(text))
    shown = {name: spans[:_MOST_SPANS] for name, spans in taken.items() if spans}
    good = tuple(span for name in _GOOD for span in shown.get(name, ()))
    if good and "complaint" in shown:
        both = {*good, *shown["complaint"]}
        shown["mixed"] = tuple(sorted(both, key=lambda span: (span.start, span.end)))[:_MOST_SPANS]
    return shown


def _left(spans: Iterable[Span], taken_back: Sequence[Span]) -> Iterator[Span]:
    """The spans that share no character with one that takes them back."""
    for span in spans:
        if not any(span.start < other.end and other.start < span.end for other in taken_back):
            yield span


class StanceEnricher(Plugin):
    """Asserts `stance`: thanks, praise, complaint, request, mixed; one annotation for each that is found."""

    version: ClassVar[str] = "cues-1"

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """The stances of each item, in English and German."""
        by = f"stance@{self.version}"
        languages = told_languages(items, reader)
        for item in items:
            for value, spans in stances(item.text, languages[item.id]).items():
                yield Annotation(item_id=item.id, label="stance", value=value, spans=spans, by=by)
