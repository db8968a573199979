"""A quote with what makes it checkable, as slides and cards print it: number, day, place, source, link, translation."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy_monitor.exporters.page_text import language_tag, safe_link
from advocacy_monitor.exporters.wording import QUOTE_MARKS, wording
from advocacy_monitor.models import EvidencePack, Exhibit, Translation
from advocacy_monitor.translate import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """`text` is verbatim. `who` is '' without consent to be named; `place` and `link` are '' where there is none.

    `exhibit` and `statement` are both numbers in words. `translation` is '' or marked as one, in `translated_into`.
    """

    text: str
    language: str
    opening: str
    closing: str
    exhibit: str
    statement: str
    day: str
    who: str
    place: str
    source: str
    link: str
    original: str
    translation: str
    translated_into: str

    @property
    def credit(self) -> str:
        """Where and when it was said, and by whom where they allowed it, on one line."""
        return " · ".join(part for part in (self.who, self.place, self.day) if part)

    @property
    def numbers(self) -> str:
        """Both numbers, original language and source on one line."""
        return " · ".join(part for part in (self.exhibit, self.statement, self.original, self.source) if part)


def quoted(exhibit: Exhibit, pack: EvidencePack, *, language: str = "") -> Quoted:
    """What is printed of an exhibit. `language` is that of the words around it, the pack's when it is ''."""
    spoken = language or pack.language
    t, words = texts(spoken), wording(spoken)
    tag = language_tag(exhibit.language)
    opening, closing = QUOTE_MARKS.get(tag, QUOTE_MARKS["en"])
    foreign = tag not in (language_tag(spoken), "und")
    made = _translation(exhibit, spoken) if foreign else None
    name = words.language_names.get(tag, exhibit.language)
    return Quoted(
        text=exhibit.printed,
        language=exhibit.language,
        opening=opening,
        closing=closing,
        exhibit=words.exhibit.format(n=exhibit.number),
        statement=t.text("statement {n}", n=exhibit.item_id),
        day=t.day(exhibit.said_on),
        who=exhibit.attribution or "",
        place=", ".join(dict.fromkeys(place for place in (exhibit.library, exhibit.area) if place)),
        source=exhibit.source,
        link=safe_link(exhibit.url),
        original=words.original.format(language=name) if foreign else "",
        translation=t.text("Translation: {text}", text=made.text) if made else "",
        translated_into=made.language if made else "",
    )


def _translation(exhibit: Exhibit, language: str) -> Translation | None:
    """The translation into a language, or the first one that there is."""
    mine = language_tag(language)
    fitting = [each for each in exhibit.translations if language_tag(each.language) == mine]
    return next(iter([*fitting, *exhibit.translations]), None)
