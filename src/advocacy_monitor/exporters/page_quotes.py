"""A quote as set pages print it, for `quoted` and `provenance` in `templates/common.typ`."""

from __future__ import annotations

from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.glyphs import Cleaning
from advocacy_monitor.exporters.page_text import PageText, language_tag, safe_link
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording
from advocacy_monitor.models import EvidencePack, Exhibit


def quote_view(exhibit: Exhibit, pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any]:
    """One quote with place, date, source and numbers; the words are verbatim but for marked omissions (R6)."""
    language = language_tag(exhibit.language)
    opening, closing = QUOTE_MARKS.get(language, QUOTE_MARKS["en"])
    places = [place for place in (exhibit.library, exhibit.area) if place]
    comma = "، " if text.direction == "rtl" else ", "
    foreign = language not in (language_tag(pack.language), "und")
    original = words.original.format(language=figures.language(language, words)) if foreign else ""
    return text.directed(exhibit.printed, limit=LONGEST_QUOTE, room=48, language=exhibit.language) | {
        "label": text.line(words.exhibit.format(n=exhibit.number)),
        "opening": opening,
        "closing": closing,
        "language": language,
        "by": text.line(exhibit.attribution or "", limit=60),
        "place": text.line(comma.join(dict.fromkeys(places)), limit=110),
        "day": text.line(figures.day(exhibit.said_on, words)),
        "source": text.line(exhibit.source, limit=60),
        "url": safe_link(exhibit.url),
        "statement": text.line(words.t.text("statement {n}", n=exhibit.item_id)),
        "original": text.line(original, limit=60),
        "translation": _translation(exhibit, words, text) if foreign else None,
    }


def _translation(exhibit: Exhibit, words: Wording, text: PageText) -> dict[str, str] | None:
    """The staff's translation into the pack's language, or the first there is; marked, and never in quote marks."""
    if not exhibit.translations:
        return None
    into = {language_tag(each.language): each for each in reversed(exhibit.translations)}
    found = into.get(text.language, exhibit.translations[0])
    shown = text.directed(found.text, limit=LONGEST_QUOTE, room=48, language=found.language)
    before, _, after = words.t.text("Translation: {text}").partition("{text}")
    return shown | {"label": before, "after": after, "language": language_tag(found.language)}


def how_set(cleaning: Cleaning, words: Wording) -> str:
    """Says what typesetting changed in the texts, with the code points that no font had."""
    said = [words.quotes_printed.format(limit=LONGEST_QUOTE)]
    missing, removed = cleaning.missing.total(), cleaning.removed.total()
    if missing:
        codes = sorted(f"U+{ord(character):04X}" for character in cleaning.missing)
        listed = ", ".join(codes[:8]) + (", …" if len(codes) > 8 else "")
        said.append(f"{figures.plural(missing, words.unshown, words)} ({listed}).")
    if removed:
        said.append(f"{figures.plural(removed, words.removed, words)}.")
    return " ".join(said)
