"""Turns a pack into what the brief's template prints: every text final, cleaned and in the pack's language.

The template decides how it looks and knows nothing of packs; this module decides what is said. All values are plain
JSON, handed over as data and never as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advocacy_monitor.exporters import figures, pack_notes
from advocacy_monitor.exporters.brief_charts import month_section, theme_sections
from advocacy_monitor.exporters.letterhead import letterhead
from advocacy_monitor.exporters.page_quotes import how_set, quote_view
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.page_text import direction as direction
from advocacy_monitor.exporters.page_text import language_tag as language_tag
from advocacy_monitor.exporters.page_text import safe_link as safe_link
from advocacy_monitor.exporters.quotes import for_brief
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import Count, EvidencePack

_ROWS = 5
"""So many channels, areas and languages are listed; the annex has all of them."""


def brief(pack: EvidencePack, *, quotes: int) -> dict[str, Any]:
    """Compile everything that the brief prints, as JSON. `quotes` is the most quotes to show."""
    words = wording(pack.language)
    texts = PageText(words.code)
    method = [{"heading": texts.line(head)} | texts.directed(body, limit=len(body)) for head, body in pack.method]
    view: dict[str, Any] = letterhead(pack, document=words.document, text=texts)
    view["head"] |= _addressed(pack, words, texts)
    view |= {
        "figures": _headline(pack, words, texts),
        "themes": theme_sections(pack, words, texts.cleaning),
        "counts": _counts(pack, words, texts),
        "places": _places(pack, words, texts),
        "months": month_section(pack, words),
        "words": _labels(words),
        "method": _two_columns(method),
        "quotes": [],
        "closing": [_closing(0, pack, words, texts)],
    }
    for shown, exhibit in enumerate(for_brief(pack.exhibits, most=quotes), start=1):
        view["quotes"].append(quote_view(exhibit, pack, words, texts))
        view["closing"].append(_closing(shown, pack, words, texts))
    return view


def _addressed(pack: EvidencePack, words: Wording, texts: PageText) -> dict[str, Any]:
    """For whom it is, what they are asked for, and where it had to look beyond their area."""
    who = pack.addressee
    named = who.with_area if who else pack.recipient
    ask = (who.ask if who else "") or pack.ask
    return {
        "recipient": texts.line(words.for_recipient.format(recipient=named), limit=200) if named else "",
        "ask": texts.directed(ask, limit=600) if ask else None,
        "widening": texts.line(pack_notes.about(pack, words), limit=600),
    }


def _headline(pack: EvidencePack, words: Wording, texts: PageText) -> list[dict[str, str]]:
    """The figures at the top: each with its base beside it (R9), statements and people apart (R8)."""
    unknown = figures.plural(pack.authors_unknown, words.authors_unknown, words)
    return [
        {
            "figure": figures.number(pack.statements, words),
            "label": words.statements.form(pack.statements),
            "note": words.statements_of.format(n=figures.number(pack.found, words)),
        },
        {
            "figure": figures.number(pack.people, words),
            "label": words.people.form(pack.people),
            "note": f"+ {unknown}" if pack.authors_unknown else words.authors_known,
        },
        {
            "figure": figures.number(pack.channel_count, words),
            "label": words.channels.form(pack.channel_count),
            "note": texts.line(", ".join(count.label for count in pack.sources), limit=70, room=24),
        },
        {"figure": "", "label": figures.period(pack.period, words, unbroken=True), "note": words.period_label},
    ]


def _closing(shown: int, pack: EvidencePack, words: Wording, texts: PageText) -> dict[str, str]:
    """What is said under the quotes and at the end of the method box when the page has room for `shown` quotes."""
    note = words.quotes_none
    if pack.exhibits:
        quotable = figures.number(len(pack.exhibits), words)
        note = words.quotes_note.format(shown=figures.number(shown, words), n=quotable)
        note = " ".join(part for part in (note, pack_notes.choice(pack, words)) if part)
    return {"note": texts.line(note), "how_set": texts.line(how_set(texts.cleaning, words))}


def _counts(pack: EvidencePack, words: Wording, texts: PageText) -> list[dict[str, Any]]:
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


def _places(pack: EvidencePack, words: Wording, texts: PageText) -> list[dict[str, Any]]:
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


def _two_columns(boxes: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Split the method box where both columns come out about equally long, the closing item included."""
    sizes = [1.7 + -(-len(box["text"]) // 54) for box in boxes]  # in lines of about 54 letters
    total = sum(sizes) + 4
    split = min(range(1, len(boxes) + 1), key=lambda end: abs(total - 2 * sum(sizes[:end])))
    return [boxes[:split], boxes[split:]]


def _labels(words: Wording) -> dict[str, str]:
    names = "sample_note ask_heading quotes_heading counts_heading counts_label counts_number"
    names += " method_heading method_quotes contact"
    return {name: str(getattr(words, name)) for name in names.split()}
