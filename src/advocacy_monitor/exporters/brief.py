"""Turns a pack into what the brief's template prints: every text final, cleaned and in the pack's language.

The template decides how it looks and knows nothing of packs; this module decides what is said. All values are plain
JSON, handed over as data and never as markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.brief_charts import month_section, theme_sections
from advocacy_monitor.exporters.glyphs import Cleaning, breakable, isolated
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, for_brief, shortened
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording, wording
from advocacy_monitor.models import Count, EvidencePack, Exhibit

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_UNMARKED = re.compile("[\u200b\u2066\u2069]")
"""The marks for line breaks and direction that this module adds; a file's properties do without them."""
_ROWS = 5
"""So many channels, areas and languages are listed; the annex has all of them."""


def brief(pack: EvidencePack, *, quotes: int) -> dict[str, Any]:
    """Compile everything that the brief prints, as JSON. `quotes` is the most quotes to show."""
    words = wording(pack.language)
    texts = _Texts()
    method = [{"heading": texts.line(head)} | texts.directed(body) for head, body in pack.method]
    view: dict[str, Any] = {
        "head": _head(pack, words, texts),
        "figures": _headline(pack, words, texts),
        "themes": theme_sections(pack, words, texts.cleaning),
        "counts": _counts(pack, words, texts),
        "places": _places(pack, words, texts),
        "months": month_section(pack, words),
        "words": _labels(words),
        "method": _two_columns(method),
        "quotes": [],
        "closing": [_closing(0, pack, words, texts.cleaning)],
    }
    for shown, exhibit in enumerate(for_brief(pack.exhibits, most=quotes), start=1):
        view["quotes"].append(_quote(exhibit, pack, words, texts))
        view["closing"].append(_closing(shown, pack, words, texts.cleaning))
    return view


class _Texts:
    """Cleans the texts of one brief and remembers what it had to change."""

    def __init__(self) -> None:
        self.cleaning = Cleaning()

    def line(self, text: str, *, limit: int = 4000, room: int = 32) -> str:
        """A text as the fonts can show it, with a place to break in long words; shortened only beyond `limit`."""
        return breakable(self.cleaning.clean(shortened(text, limit)), room=room)

    def directed(self, text: str, *, limit: int = 4000, room: int = 32, language: str = "") -> dict[str, str]:
        """The same with its direction: where it runs from right to left, dates and the like stay left to right."""
        way, shown = direction(language, text), self.line(text, limit=limit, room=room)
        return {"text": isolated(shown) if way == "rtl" else shown, "direction": way}


def _head(pack: EvidencePack, words: Wording, texts: _Texts) -> dict[str, Any]:
    title = texts.directed(pack.title, limit=200)
    title["text"] = title["text"] or words.document  # PDF/UA refuses a document without a title
    plain = _UNMARKED.sub("", title["text"])
    sponsor = texts.line(pack.sponsor, limit=120)
    return {
        "language": words.code,
        "text_language": language_tag(pack.language),
        "title": title,
        "document_title": f"{words.sample_title}: {plain}" if pack.sample else plain,
        "sponsor": sponsor,
        "author": _UNMARKED.sub("", sponsor),
        "campaign": texts.line(pack.campaign, limit=80),
        "recipient": texts.line(words.for_recipient.format(recipient=pack.recipient), limit=160)
        if pack.recipient
        else "",
        "ask": texts.directed(pack.ask, limit=600) if pack.ask else None,
        "contact": texts.line(pack.contact, limit=300),
        "number": texts.line(pack.number, limit=60),
        "digest": figures.short_digest(texts.line(pack.digest, limit=100)),
        "sample": pack.sample,
    }


def _headline(pack: EvidencePack, words: Wording, texts: _Texts) -> list[dict[str, str]]:
    """The figures at the top: each with its base beside it (R9), statements and people apart (R8)."""
    unknown = figures.plural(pack.authors_unknown, words.authors_unknown, words)
    return [
        {
            "figure": figures.number(pack.statements, words),
            "label": words.statements[pack.statements != 1],
            "note": words.statements_of.format(n=figures.number(pack.found, words)),
        },
        {
            "figure": figures.number(pack.people, words),
            "label": words.people[pack.people != 1],
            "note": f"+ {unknown}" if pack.authors_unknown else words.authors_known,
        },
        {
            "figure": figures.number(len(pack.sources), words),
            "label": words.channels[len(pack.sources) != 1],
            "note": texts.line(", ".join(count.label for count in pack.sources), limit=70, room=24),
        },
        {"figure": "", "label": figures.period(pack.period, words, unbroken=True), "note": words.period_label},
    ]


def _quote(exhibit: Exhibit, pack: EvidencePack, words: Wording, texts: _Texts) -> dict[str, Any]:
    """One quote with place, date, source and number; the text is verbatim but for marked omissions (R6)."""
    language = language_tag(exhibit.language)
    opening, closing = QUOTE_MARKS.get(language, QUOTE_MARKS["en"])
    places = [place for place in (exhibit.library, exhibit.area) if place]
    name = words.language_names.get(language, exhibit.language)
    foreign = language not in (language_tag(pack.language), "und")
    return texts.directed(exhibit.text, limit=LONGEST_QUOTE, room=48, language=exhibit.language) | {
        "label": words.exhibit.format(n=exhibit.number),
        "opening": opening,
        "closing": closing,
        "language": language,
        "by": texts.line(exhibit.attribution or "", limit=60),
        "place": texts.line(", ".join(dict.fromkeys(places)), limit=110),
        "day": figures.day(exhibit.said_on, words),
        "source": texts.line(exhibit.source, limit=60),
        "url": safe_link(exhibit.url),
        "original": texts.line(words.original.format(language=name), limit=60) if foreign else "",
    }


def _closing(shown: int, pack: EvidencePack, words: Wording, cleaning: Cleaning) -> dict[str, str]:
    """What is said under the quotes and at the end of the method box when the page has room for `shown` quotes."""
    note = words.quotes_none
    if pack.exhibits:
        quotable = figures.number(len(pack.exhibits), words)
        note = words.quotes_note.format(shown=figures.number(shown, words), n=quotable)
    return {"note": note, "how_set": _how_set(cleaning, words)}


def _counts(pack: EvidencePack, words: Wording, texts: _Texts) -> list[dict[str, Any]]:
    """From found to counted: each reason with its number, then statements and people apart (R8)."""

    def row(label: str, value: int | None, *, strong: bool = False) -> dict[str, Any]:
        shown = figures.counted(value, words, smallest_cell=pack.smallest_cell)
        return {"label": texts.line(label, limit=160), "value": shown, "strong": strong}

    return [
        row(words.counts_found, pack.found, strong=True),
        *(row(words.counts_minus.format(label=count.label), count.value) for count in pack.left_out),
        row(words.counts_counted, pack.statements, strong=True),
        row(words.counts_people, pack.people),
        row(words.counts_unknown, pack.authors_unknown),
    ]


def _places(pack: EvidencePack, words: Wording, texts: _Texts) -> list[dict[str, Any]]:
    """Areas, channels and languages: the largest of each, hidden counts in words."""
    groups = ((words.areas, pack.areas), (words.sources, pack.sources), (words.languages, pack.languages))
    return [
        {
            "heading": heading,
            "rows": [
                {
                    "label": texts.line(_label(count.label, words), limit=80),
                    "value": figures.counted(count.value, words, smallest_cell=pack.smallest_cell),
                }
                for count in _largest(counts)
            ],
            "more": words.more if len(counts) > _ROWS else "",
        }
        for heading, counts in groups
        if counts
    ]


def _largest(counts: Sequence[Count]) -> list[Count]:
    return sorted(counts, key=lambda count: (-(count.value or 0), count.label))[:_ROWS]


def _label(label: str, words: Wording) -> str:
    """A language by its name, and an area that nobody knows in words."""
    return words.language_names.get(label) or (words.not_known if label in ("?", "") else label)


def _how_set(cleaning: Cleaning, words: Wording) -> str:
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


def _two_columns(boxes: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Split the method box where both columns come out about equally long, the closing item included."""
    sizes = [1.7 + -(-len(box["text"]) // 54) for box in boxes]  # in lines of about 54 letters
    total = sum(sizes) + 4
    split = min(range(1, len(boxes) + 1), key=lambda end: abs(total - 2 * sum(sizes[:end])))
    return [boxes[:split], boxes[split:]]


def _labels(words: Wording) -> dict[str, str]:
    names = "document sample_banner sample_note ask_heading quotes_heading counts_heading counts_label counts_number"
    names += " method_heading method_quotes contact pack digest page"
    return {name: str(getattr(words, name)) for name in names.split()}


def language_tag(language: str) -> str:
    """The primary language of a tag such as 'zh-Hans', or 'und' when it is none."""
    primary = re.split("[-_]", language.strip().lower())[0]
    return primary if re.fullmatch("[a-z]{2,3}", primary) else "und"


def direction(language: str, text: str) -> str:
    """'rtl' or 'ltr': by the language, and for others by what most letters of the text are."""
    if language_tag(language) in _RIGHT_TO_LEFT:
        return "rtl"
    sides = [unicodedata.bidirectional(character) for character in text[:LONGEST_QUOTE]]
    return "rtl" if sum(side in ("R", "AL") for side in sides) > sides.count("L") else "ltr"


def safe_link(url: str | None) -> str:
    """A web address that may become a link in the file, or '': nothing but http and https, printable ASCII."""
    if not url or len(url) > 2000 or not re.fullmatch(r"(?i)https?://[!#-;=?-\[\]_a-z~]+", url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.hostname and parts.username is None else ""
    except ValueError:  # such as a broken IPv6 address
        return ""
