"""The index of quotes: everything that it takes to find a statement again and to check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.page_text import PageText, direction, language_tag, safe_link
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording
from advocacy_monitor.models import EvidencePack, Exhibit, Use

_BEGINNING = 64


def index(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    """A row for each quote of the pack, printed in the report or not; None without any."""
    if not pack.exhibits:
        return None
    t = words.t
    exhibits = sorted(pack.exhibits, key=lambda each: each.number)
    keys = _keys(exhibits)
    uses = "; ".join(f"{key}: {words.uses[use.value]}" for use, key in keys.items())
    return {
        "heading": t.text("Index of quotes"),
        "note": t.text(
            "Every quote of this pack, with the page on which it stands here; “–” where it is in the data annex only. "
            "The digest is that of the record as it was received, its first digits; the attached manifest has it whole."
        ),
        "key": text.line(t.text("Consent: {uses}", uses=uses)) if keys else "",
        "columns": [
            t.text("No."),
            t.text("How it begins, and place"),
            t.text("Day and source"),
            t.text("Statement and digest"),
            t.text("Consent"),
            t.text("Page"),
        ],
        "rows": [_row(each, keys, words, text) for each in exhibits],
    }


def _keys(exhibits: Sequence[Exhibit]) -> dict[Use, str]:
    """A letter for each use that somebody consented to: the column would be too narrow for the words."""
    given = {use for each in exhibits for use in each.consents}
    return dict(zip((use for use in Use if use in given), "abcdefg", strict=False))


def _row(exhibit: Exhibit, keys: Mapping[Use, str], words: Wording, text: PageText) -> dict[str, Any]:
    language = language_tag(exhibit.language)
    opening, closing = QUOTE_MARKS.get(language, QUOTE_MARKS["en"])
    begun = text.directed(shortened(exhibit.printed, _BEGINNING), limit=_BEGINNING, room=22, language=exhibit.language)
    places = dict.fromkeys(place for place in (exhibit.library, exhibit.area) if place)
    return {
        "number": exhibit.number,
        "begins": {
            "text": f"{opening}{begun['text']}{closing}",
            "direction": direction(exhibit.language, exhibit.printed),
            "language": language,
        },
        "place": text.line(", ".join(places), limit=70, room=20),
        "day": text.line(figures.day(exhibit.said_on, words)),
        "source": text.line(exhibit.source, limit=40, room=16),
        "url": safe_link(exhibit.url),
        "statement": text.line(words.t.text("statement {n}", n=exhibit.item_id)),
        "digest": figures.short_digest(exhibit.capture_sha256),
        "consent": " ".join(keys[use] for use in Use if use in exhibit.consents),
    }
