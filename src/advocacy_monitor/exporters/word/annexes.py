"""The report's last parts: method, questions, codebook, index of quotes, and who made it with what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from advocacy_monitor.exporters import figures, pack_notes, report_charts
from advocacy_monitor.exporters.page_text import language_tag, safe_link
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.word.chapters import facts
from advocacy_monitor.exporters.word.paper import Cell, Paper
from advocacy_monitor.exporters.word.voice import opening_and_closing
from advocacy_monitor.models import Exhibit, ThemeCount

_BEGINNING = 64
"""So many characters of a quote stand in the index."""


def method(paper: Paper) -> None:
    """The method box, whole (R10)."""
    paper.heading(paper.words.method_heading, 1)
    for heading, body in paper.pack.method:
        paper.labelled(heading, body)


def questions(paper: Paper) -> None:
    """The wording of what was asked."""
    asked = [each for each in paper.pack.questions if each.strip()]
    if asked:
        paper.heading(paper.words.t.text("Questions that were asked"), 1)
        paper.bullets(asked)


def codebook(paper: Paper) -> None:
    """Every theme: its code, count, definition, targets, and how good its coding is known to be (R12)."""
    pack, t = paper.pack, paper.words.t
    if not pack.themes:
        return
    paper.heading(t.text("Codebook"), 1)
    if pack.codebook:
        paper.paragraph(pack.codebook, style="Note")
    heads = [t.text("Theme"), t.text("Statements"), t.text("What it means")]
    rows = [_theme(theme, paper) for theme in report_charts.by_size(pack.themes)]
    paper.table(heads, rows, widths=(2, 2, 4), about=t.text("Codebook"))


def _theme(theme: ThemeCount, paper: Paper) -> list[str | Cell]:
    said = facts(theme, paper)
    cells = [Cell(text=text, language=language) for _, text, language in said]
    return [
        Cell(text=shortened(theme.title, 160), strong=True, below=(Cell(text=theme.code, style="Table Small"),)),
        report_charts.label(theme, paper.pack, paper.words),
        Cell(text=cells[0].text, language=cells[0].language, below=tuple(cells[1:])),
    ]


def index(paper: Paper) -> None:
    """A row for each quote of the pack, printed in the report or not."""
    pack, t = paper.pack, paper.words.t
    if not pack.exhibits:
        return
    paper.heading(t.text("Index of quotes"), 1)
    paper.paragraph(
        t.text(
            "Every quote with its number in this pack, the statement's own number, which is the same in every pack of "
            "the campaign, and the SHA-256 digest of its text."
        )
    )
    heads = [t.text("No."), t.text("How it begins, and place"), t.text("Day and source"), t.text("Consent")]
    heads.append(t.text("Statement and digest"))
    rows = [_row(each, paper) for each in sorted(pack.exhibits, key=lambda each: each.number)]
    paper.table(heads, rows, widths=(0.8, 3.3, 1.7, 1.6, 2.4), about=t.text("Index of quotes"))


def _row(exhibit: Exhibit, paper: Paper) -> list[str | Cell]:
    words = paper.words
    opening, closing = opening_and_closing(exhibit)
    begun = f"{opening}{shortened(exhibit.printed, _BEGINNING)}{closing}"
    places = ", ".join(dict.fromkeys(place for place in (exhibit.library, exhibit.area) if place))
    uses = ", ".join(words.uses[use.value] for use in exhibit.consents)
    source = Cell(text=exhibit.source, link=safe_link(exhibit.url))
    return [
        Cell(text=words.t.number(exhibit.number), strong=True, quote=exhibit.number),
        Cell(text=begun, language=language_tag(exhibit.language), below=_below(places)),
        Cell(text=words.t.day(exhibit.said_on), below=(source,)),
        Cell(text=uses, style="Table Small"),
        Cell(text=words.t.text("statement {n}", n=exhibit.item_id), below=_below(exhibit.text_sha256)),
    ]


def _below(text: str) -> tuple[Cell, ...]:
    return (Cell(text=text, style="Table Small"),) if text else ()


def about(paper: Paper) -> None:
    """Who made it, whom to ask, and how to tell the pack from another."""
    paper.heading(paper.words.t.text("About this report"), 1)
    for label, value, url in _rows(paper):
        paper.labelled(label, value, link=url)


def _rows(paper: Paper) -> Iterator[tuple[str, str, str]]:
    """Label, text, link; nothing for what the pack does not have."""
    pack, words, t = paper.pack, paper.words, paper.words.t
    brand = pack.brand
    rows = (
        (t.text("Sponsor"), brand.name or pack.sponsor, ""),
        (words.contact, brand.contact or pack.contact, ""),
        (t.text("Website"), brand.website, safe_link(brand.website)),
        (t.text("Imprint"), brand.imprint, ""),
        (t.text("Licence"), brand.licence, ""),
        (t.text("Pack number"), pack.number, ""),
        (t.text("Digest"), pack.digest, ""),
        (t.text("Newest fact used, UTC"), figures.day(pack.as_of.astimezone(UTC).date(), words), ""),
        (t.text("Choice of quotes"), pack_notes.choice(pack, words), ""),
        (t.text("Codebook"), pack.codebook, ""),
        (t.text("Made with"), pack_notes.made_with(pack), ""),
    )
    return (row for row in rows if row[1].strip())
