"""What stands around a quote in a Word document: its marks, its translation, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.page_text import language_tag, safe_link
from advocacy_monitor.exporters.word.tongue import harmless
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording
from advocacy_monitor.models import EvidencePack, Exhibit, Translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a source line."""

    text: str
    link: str = ""
    strong: bool = False


def opening_and_closing(exhibit: Exhibit) -> tuple[str, str]:
    """The quote marks of the quote's own language."""
    return QUOTE_MARKS.get(language_tag(exhibit.language), QUOTE_MARKS["en"])


def translated(exhibit: Exhibit, pack: EvidencePack) -> Translation | None:
    """The staff's translation into the pack's language, or the first there is; None where none is needed."""
    own = language_tag(pack.language)
    if not exhibit.translations or language_tag(exhibit.language) == own:
        return None
    return next((each for each in exhibit.translations if language_tag(each.language) == own), exhibit.translations[0])


def source_line(exhibit: Exhibit, pack: EvidencePack, words: Wording) -> Iterator[Part]:
    """Number in the pack, who, where, when, through which channel, the statement's own number, language."""
    places = dict.fromkeys(place for place in (exhibit.library, exhibit.area) if place)
    said = [
        Part(text=words.exhibit.format(n=exhibit.number), strong=True),
        Part(text=exhibit.attribution or ""),
        *(Part(text=place) for place in places),
        Part(text=words.t.day(exhibit.said_on)),
        Part(text=exhibit.source, link=safe_link(exhibit.url)),
        Part(text=words.t.text("statement {n}", n=exhibit.item_id)),
    ]
    language = language_tag(exhibit.language)
    if language not in (language_tag(pack.language), "und"):
        said.append(Part(text=words.original.format(language=figures.language(language, words))))
    kept = [each for each in said if harmless(each.text).strip()]
    for index, each in enumerate(kept):
        if index:
            yield Part(text=" · ")
        yield each
