"""What surrounds the texts of a Word document: header, footer, contents, bookmarks, links, the frame of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm

from advocacy_monitor.exporters.page_text import safe_link
from advocacy_monitor.exporters.word.looks import MARGIN, PAGE
from advocacy_monitor.exporters.word.markup import element, field, part_of, place, put
from advocacy_monitor.exporters.word.tongue import harmless

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

    from advocacy_monitor.exporters.word.paper import Paper

_TWIPS = 1440 / 25.4
_LONGEST = 70
"""So many letters of the sponsor's name stand in the footer."""


def head_and_foot(paper: Paper) -> None:
    """The banner of sample data and what the document is, above; who sends it, pack number and page, below.

    The first page says itself what it is.
    """
    section, pack, words = paper.document.sections[0], paper.pack, paper.words
    section.different_first_page_header_footer = True
    for head in (section.first_page_header, section.header):
        line = head.paragraphs[0]
        if pack.sample:
            paper.turn(line).style = paper.style("Sample Banner")
            paper.add(line, words.sample_banner)
            line = head.add_paragraph() if head is section.header else line
        if head is section.header:
            _line(paper, line, "Header", [paper.kind, _short(pack.campaign)])
    for foot in (section.first_page_footer, section.footer):
        line = foot.paragraphs[0]
        number = f"{words.pack} {_short(pack.number)}" if pack.number else ""  # what counts nothing yet has none
        _line(paper, line, "Footer", [_short(pack.brand.name or pack.sponsor), number])
        line.add_run().add_tab()
        _page(paper, line)


def _line(paper: Paper, paragraph: Paragraph, style: str, said: Sequence[str]) -> None:
    paper.turn(paragraph)
    paragraph.style = paper.style(style)
    tabs = element("w:tabs")
    for middle in ("4320", "8640", "4680", "9360"):  # those of the template
        tabs.append(element("w:tab", val="clear", pos=middle))
    tabs.append(element("w:tab", val="right", pos=str(round((PAGE[0] - 2 * MARGIN) * _TWIPS))))
    place(paragraph._p.get_or_add_pPr(), tabs)
    paper.add(paragraph, " · ".join(each for each in map(harmless, said) if each.strip()))


def _page(paper: Paper, paragraph: Paragraph) -> None:
    """'Page 3 of 12', as fields."""
    for part in re.split(r"(\{page\}|\{pages\})", paper.words.page):
        if part in ("{page}", "{pages}"):
            for each in field({"{page}": "PAGE", "{pages}": "NUMPAGES"}[part], "1"):
                paragraph._p.append(_run(each))
        elif part:
            paper.add(paragraph, part)


def _short(text: str) -> str:
    text = " ".join(harmless(text).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def bookmark(paragraph: Paragraph, name: str, number: int) -> str:
    """Mark a paragraph, so that a link inside the document leads to it; returns the mark's name."""
    begin = element("w:bookmarkStart", id=str(number), name=name)
    properties = part_of(paragraph._p, "w:pPr")
    properties.addnext(begin)
    paragraph._p.append(element("w:bookmarkEnd", id=str(number)))
    return name


def linked(runs: Sequence[Run], url: str) -> None:
    """Make runs that stand side by side a link to a web address; other addresses are no links."""
    address = safe_link(url)
    if not runs or not address:
        return
    identifier = runs[0].part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = element("w:hyperlink", history="1")
    link.set(qn("r:id"), identifier)
    runs[0]._r.addprevious(link)
    for run in runs:
        put(run._r.get_or_add_rPr(), "w:rStyle", val="Hyperlink")
        link.append(run._r)


def joined(runs: Sequence[Run], mark: str) -> None:
    """Make runs that stand side by side a link to a place in this document."""
    if runs:
        link = element("w:hyperlink", anchor=mark, history="1")
        runs[0]._r.addprevious(link)
        for run in runs:
            put(run._r.get_or_add_rPr(), "w:rStyle", val="Hyperlink")
            link.append(run._r)


def fill_contents(paper: Paper, start: Paragraph, headings: Sequence[tuple[int, str, str]]) -> None:
    """Links to the headings inside a field that Word can renew, in the frame by which it knows a list of contents.

    There are no page numbers: only the program that sets the pages knows them, and wrong ones would stand until asked.
    """
    frame = element("w:sdt")
    kind = element("w:docPartObj")
    kind.append(element("w:docPartGallery", val="Table of Contents"))
    kind.append(element("w:docPartUnique"))
    part_of(frame, "w:sdtPr").append(kind)
    content = element("w:sdtContent")
    frame.append(content)
    start._p.addprevious(frame)
    begin, instruction, middle, _, end = field(r'TOC \o "1-2" \n \h \z \u', "")
    for index, (level, text, mark) in enumerate(headings):
        entry = paper.empty(f"toc {level}") if index else start
        entry.style = paper.style(f"toc {level}")
        runs = paper.add(entry, text)
        link = element("w:hyperlink", anchor=mark, history="1")
        for run in runs:
            link.append(run._r)
        entry._p.append(link)
        if index == 0:
            for each in (begin, instruction, middle):
                link.addprevious(_run(each))
        content.append(entry._p)
    if not headings:
        for each in (begin, instruction, middle):
            start._p.append(_run(each))
        content.append(start._p)
    content[-1].append(_run(end))


def _run(child: BaseOxmlElement) -> BaseOxmlElement:
    made = element("w:r")
    made.append(child)
    return made


def set_up(table: Table, widths: Sequence[float], whole: float, *, right_to_left: bool, about: str) -> None:
    """Fixed widths of columns (parts of `whole` millimetres), direction, and what the table holds in words."""
    properties = table._tbl.tblPr
    if right_to_left:
        put(properties, "w:bidiVisual")
    put(properties, "w:tblW", w=str(round(whole * _TWIPS)), type="dxa")
    put(properties, "w:tblLayout", type="fixed")
    put(
        properties,
        "w:tblLook",
        val="0020",
        firstRow="1",
        lastRow="0",
        firstColumn="0",
        lastColumn="0",
        noHBand="1",
        noVBand="1",
    )
    if about:
        put(properties, "w:tblDescription", val=harmless(about))
    lengths = [Mm(whole * width / sum(widths)) for width in widths]
    for column, length in zip(table._tbl.tblGrid.gridCol_lst, lengths, strict=True):
        column.w = length
    for row in table.rows:
        for cell, length in zip(row.cells, lengths, strict=True):
            cell.width = length
