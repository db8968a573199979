"""Quotes on the report page: each printed in full once with its anchor, then listed in an index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.page_text import direction, language_tag, safe_link
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording
from advocacy_monitor.models import EvidencePack, Exhibit, Translation

_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line end, and marks that steer the direction of text."""


def shown(text: str) -> str:
    """A text without characters that HTML does not allow and without marks that reverse what is beside them."""
    return _UNSHOWN.sub("", text)


class Quotes:
    """The quotes of one page. The first time that a quote is printed it gets its anchor."""

    def __init__(self, pack: EvidencePack, words: Wording) -> None:
        self._pack = pack
        self._words = words
        self._exhibits = sorted(pack.exhibits, key=lambda each: each.number)
        self._printed: set[int] = set()

    def all_of(self, exhibits: Sequence[Exhibit]) -> list[dict[str, Any]]:
        """Quotes to be printed at this place of the page."""
        return [self._quote(exhibit) for exhibit in exhibits]

    def before(self, exhibits: Sequence[Exhibit]) -> list[dict[str, Any]]:
        """Those that were printed further up, for links to them."""
        printed = [each for each in exhibits if each.number in self._printed]
        return [{"number": each.number, "label": self._label(each)} for each in printed]

    def new(self, exhibits: Sequence[Exhibit]) -> list[dict[str, Any]]:
        """Those that were not, to be printed at this place of the page."""
        return self.all_of([each for each in exhibits if each.number not in self._printed])

    def others(self) -> list[dict[str, Any]]:
        """Every quote that was not printed before."""
        return self.new(self._exhibits)

    def index(self) -> list[dict[str, Any]]:
        """Every quote by its number: where it came from, what was consented to, its digests."""
        return [
            {"number": each.number, "label": self._label(each), "said": self._said(each), "proof": self._proof(each)}
            for each in self._exhibits
        ]

    def _quote(self, exhibit: Exhibit) -> dict[str, Any]:
        language = language_tag(exhibit.language)
        opening, closing = QUOTE_MARKS.get(language, QUOTE_MARKS["en"])
        first = exhibit.number not in self._printed
        self._printed.add(exhibit.number)
        return {
            "anchor": f"exhibit-{exhibit.number}" if first else "",
            "label": self._label(exhibit),
            "language": language,
            "direction": direction(exhibit.language, exhibit.printed),
            "text": f"{opening}{shown(exhibit.printed)}{closing}",
            "said": self._said(exhibit),
            "url": safe_link(exhibit.url),
            "translation": self._translation(exhibit),
        }

    def _label(self, exhibit: Exhibit) -> str:
        own = self._words.t.text("statement {n}", n=exhibit.item_id)
        return f"{self._words.exhibit.format(n=exhibit.number)} · {own}"

    def _said(self, exhibit: Exhibit) -> list[str]:
        """Who, where, when, through which channel, and in which language where that is not the page's."""
        words = self._words
        places = dict.fromkeys(place for place in (exhibit.library, exhibit.area) if place)
        said = [exhibit.attribution or "", *places, words.t.day(exhibit.said_on), exhibit.source]
        if language_tag(exhibit.language) not in (words.code, "und"):
            said.append(words.original.format(language=figures.language(language_tag(exhibit.language), words)))
        return [each for each in map(shown, said) if each.strip()]

    def _translation(self, exhibit: Exhibit) -> dict[str, str] | None:
        """The staff's translation into the pack's language, or the first there is; never in quote marks."""
        own = language_tag(self._pack.language)
        if not exhibit.translations or language_tag(exhibit.language) == own:
            return None
        found = next((each for each in exhibit.translations if language_tag(each.language) == own), None)
        return self._translated(found or exhibit.translations[0])

    def _translated(self, made: Translation) -> dict[str, str]:
        before, _, after = self._words.t.text("Translation: {text}").partition("{text}")
        return {
            "before": before,
            "after": after,
            "text": shown(made.text),
            "language": language_tag(made.language),
            "direction": direction(made.language, made.text),
        }

    def _proof(self, exhibit: Exhibit) -> Iterable[tuple[str, str]]:
        """What a reader can check: consent, when it was last seen, in how many places, digests."""
        t = self._words.t
        uses = [self._words.uses[use.value] for use in exhibit.consents]
        yield t.text("Consent: {uses}", uses=", ".join(uses)), ""
        if exhibit.verified_on:
            yield t.text("Last seen at its platform on {day}", day=t.day(exhibit.verified_on)), ""
        if exhibit.appearances > 1:
            yield t.counted("Seen in {n} place", "Seen in {n} places", exhibit.appearances), ""
        yield t.text("Digest of the text:"), exhibit.text_sha256
        if exhibit.capture_sha256:
            yield t.text("Digest of the record as it was received:"), exhibit.capture_sha256
