"""A Word document of a pack: what every such document carries, and how texts, quotes, tables and charts go into it.

Every text is cleaned on its way in, has its language and direction set, and links go to web addresses only.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import docx
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from advocacy_monitor.exporters import office
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.page_text import language_tag
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.word import frame, pictures
from advocacy_monitor.exporters.word.looks import MARGIN, PAGE, TABLE, lay_out
from advocacy_monitor.exporters.word.markup import part_of, put
from advocacy_monitor.exporters.word.tongue import harmless, pieces, runs_right_to_left, said, word_tag
from advocacy_monitor.exporters.word.voice import opening_and_closing, source_line, translated
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack, Exhibit

WIDTH = PAGE[0] - 2 * MARGIN
"""The width of the text, in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell of a table, where it is more than a text of the document's own language.

    `language` is the text's own, `link` a web address that it leads to, `style` a paragraph style. `below` are further
    paragraphs of the same cell. `quote` is the number of an exhibit that it leads to, where that is printed further up.
    """

    text: str
    language: str = ""
    link: str = ""
    style: str = ""
    strong: bool = False
    quote: int = 0
    below: tuple[Cell, ...] = ()


class Paper:
    """One Word document of a pack. `document` is what it is in words: 'Evidence report'."""

    def __init__(self, pack: EvidencePack, *, document: str, compact: bool = False) -> None:
        """`compact` gives smaller headings and less room between parts."""
        self.pack, self.words = pack, wording(pack.language)
        self.language = self.words.code
        self.right_to_left = self.words.t.right_to_left
        self.kind = document
        self.document = docx.Document()
        self._headings: list[tuple[int, str, str]] = []
        self._marks: set[str] = set()
        self._style_ids: dict[str, str] = {}
        self._contents: Paragraph | None = None
        way = self.right_to_left
        lay_out(self.document, palette(pack.brand), language=self.language, right_to_left=way, compact=compact)
        frame.head_and_foot(self)
        title = harmless(pack.title) or document
        office.describe(
            self.document.core_properties,
            title=f"{self.words.sample_title}: {title}" if pack.sample else title,
            author=pack.brand.name or pack.sponsor,
            language=word_tag(self.language),
            keywords=f"{self.words.pack} {pack.number}" if pack.number else document,
            as_of=pack.as_of,
        )

    def heading(self, text: str, level: int, *, language: str = "") -> Paragraph:
        """A heading: 0 is the title, 1 to 3 are parts. Those of 1 and 2 stand in the list of contents."""
        made = self.paragraph(text, style=f"Heading {level}" if level else "Title", language=language)
        if 1 <= level <= 2:
            self._headings.append((level, text, self._mark(made, f"_Toc{len(self._marks) + 1:08d}")))
        return made

    def paragraph(
        self, text: str, *, style: str = "Normal", language: str = "", link: str = "", bold: bool = False
    ) -> Paragraph:
        """A paragraph of one text. `language` is that of the text where it is not the document's."""
        made = self.empty(style, right_to_left=self._runs_right_to_left(text, language))
        self.add(made, text, language=language, link=link, bold=bold)
        return made

    def empty(self, style: str = "Normal", *, right_to_left: bool | None = None) -> Paragraph:
        """A paragraph to `add` texts to, in the document's direction where none is given."""
        return self.turn(self.styled(self.document.add_paragraph(), style), right_to_left)

    def add(
        self,
        paragraph: Paragraph,
        text: str,
        *,
        language: str = "",
        link: str = "",
        bold: bool = False,
        verbatim: bool = False,
    ) -> list[Run]:
        """Add a text to a paragraph. A `verbatim` one gets no marks for the order of its letters."""
        right_to_left = self._runs_right_to_left(text, language)
        made = []
        for piece in pieces(text, right_to_left=right_to_left, marked=not verbatim):
            run = paragraph.add_run(piece.text)
            if bold:
                run.bold = True
                put(run._r.get_or_add_rPr(), "w:bCs")
            self._told(run, language or self.language, right_to_left=piece.right_to_left)
            made.append(run)
        if link:
            frame.linked([run for run in made if said(run.text)], link)
        return made

    def bullets(self, texts: Sequence[str], *, language: str = "") -> None:
        """A list with bullets."""
        for each in texts:
            self.paragraph(each, style="List Bullet", language=language)

    def labelled(
        self, label: str, text: str, *, style: str = "Normal", language: str = "", link: str = ""
    ) -> Paragraph:
        """'Label: text', the label in bold and in the document's language."""
        made = self.empty(style)
        self.add(made, f"{label}: ", bold=True)
        self.add(made, text, language=language, link=link)
        return made

    def quote(self, exhibit: Exhibit, *, limit: int | None = None) -> None:
        """A quote word for word in its own language, then a marked translation, then where it comes from.

        Of more than `limit` characters only the beginning is shown, with a marked omission.
        """
        printed = exhibit.printed if limit is None else shortened(exhibit.printed, limit)
        opening, closing = opening_and_closing(exhibit)
        language = language_tag(exhibit.language)
        made = self.empty("Quote", right_to_left=runs_right_to_left(language, printed))
        self.add(made, f"{opening}{printed}{closing}", language=language, verbatim=True)
        if (mark := f"exhibit_{exhibit.number}") not in self._marks:
            self._mark(made, mark)
        if (found := translated(exhibit, self.pack)) is not None:
            before, _, after = self.words.t.text("Translation: {text}").partition("{text}")
            below = self.empty("Quote Translation", right_to_left=runs_right_to_left(found.language, found.text))
            self.add(below, before)
            self.add(below, found.text, language=language_tag(found.language), verbatim=True)
            self.add(below, after)
        source = self.empty("Quote Source")
        for part in source_line(exhibit, self.pack, self.words):
            self.add(source, part.text, link=part.link, bold=part.strong)

    def table(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str | Cell]],
        *,
        widths: Sequence[float] = (),
        numbers: Collection[int] = (),
        about: str = "",
        keep: bool = False,
    ) -> Table:
        """A table with a head that comes again on every page; rows stay whole.

        `widths` are parts of the text's width, `numbers` the columns that end at the same side; `about` says what it
        holds to those who do not see it. One to `keep` stands on the same page as what follows.
        """
        table: Table = self.document.add_table(rows=len(rows) + 1, cols=len(headings), style=TABLE)
        frame.set_up(table, widths or [1.0] * len(headings), WIDTH, right_to_left=self.right_to_left, about=about)
        for row, values in zip(table.rows, [headings, *rows], strict=True):
            put(row._tr.get_or_add_trPr(), "w:cantSplit")
            first = values is headings
            if first:
                put(row._tr.get_or_add_trPr(), "w:tblHeader")
            for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
                self._fill(cell, Cell(text=value) if isinstance(value, str) else value, head=first)
                if column in numbers:
                    self._at_the_end(cell)
        after = self.empty("After Table")  # or the next table would grow together with this one
        if keep:
            for each in (*table._tbl.iter(qn("w:p")), after._p):
                put(part_of(each, "w:pPr"), "w:keepNext")
        return table

    def chart(self, svg: str, alternative: str, *, width: float = WIDTH) -> None:
        """A chart, `width` millimetres wide, with what it shows in words for those who do not see it."""
        paragraph = self.empty()
        paragraph.paragraph_format.keep_with_next = True
        pictures.place_chart(paragraph, storable(svg), harmless(alternative), width=Mm(width))

    def placeholder(self, text: str, *, paragraph: Paragraph | None = None) -> Paragraph:
        """A marked '[text]' that somebody has to replace before the document leaves the house."""
        made = paragraph if paragraph is not None else self.empty()
        for run in self.add(made, f"[{harmless(text)}]"):
            put(run._r.get_or_add_rPr(), "w:highlight", val="yellow")
        return made

    def logo(self) -> None:
        """The brand's logo, where there is one."""
        if self.pack.brand.logo is not None:
            pictures.place_logo(self.empty(), self.pack.brand.logo, name=self.pack.brand.name or self.pack.sponsor)

    def contents(self) -> None:
        """A list of contents in this place: links to all headings, which Word can renew."""
        self._contents = self.empty("toc 1")

    def save(self, path: Path) -> None:
        """Write the document. Raises ExportError, and then leaves no file behind."""
        with whole_file(path) as handle:
            handle.write(self.content())

    def content(self) -> bytes:
        """The document as the bytes of its file; nothing is added to it afterwards."""
        if self._contents is not None:
            frame.fill_contents(self, self._contents, self._headings)
            self._contents = None
        buffer = io.BytesIO()
        self.document.save(buffer)
        return office.fixed(buffer.getvalue(), self.pack.as_of)

    def _fill(self, cell: _Cell, value: Cell, *, head: bool) -> None:
        for index, each in enumerate((value, *value.below)):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            name = "Table Heading" if head else each.style or "Table Text"
            self.turn(self.styled(paragraph, name), self._runs_right_to_left(each.text, each.language))
            quoted = bool(each.language)
            runs = self.add(
                paragraph, each.text, language=each.language, link=each.link, bold=each.strong, verbatim=quoted
            )
            if (mark := f"exhibit_{each.quote}") in self._marks:
                frame.joined(runs, mark)

    def _at_the_end(self, cell: _Cell) -> None:
        """Numbers stand under each other at the end of their column, in a paragraph of the document's direction."""
        for paragraph in cell.paragraphs:
            self.turn(paragraph, self.right_to_left)
            put(paragraph._p.get_or_add_pPr(), "w:jc", val="right")

    def _mark(self, paragraph: Paragraph, name: str) -> str:
        self._marks.add(name)
        return frame.bookmark(paragraph, name, len(self._marks))

    def _runs_right_to_left(self, text: str, language: str) -> bool:
        return runs_right_to_left(language, text) if language else self.right_to_left

    def style(self, name: str) -> ParagraphStyle:
        """A paragraph style by its name."""
        return cast(ParagraphStyle, self.document.styles[name])

    def styled(self, paragraph: Paragraph, name: str) -> Paragraph:
        """Give a paragraph its style. python-docx looks through all styles for each, which a long table feels."""
        if name not in self._style_ids:
            self._style_ids[name] = self.style(name).style_id
        paragraph._p.style = self._style_ids[name]
        return paragraph

    def turn(self, paragraph: Paragraph, right_to_left: bool | None = None) -> Paragraph:
        """Set a paragraph's direction: the document's where none is given."""
        way = self.right_to_left if right_to_left is None else right_to_left
        if way or self.right_to_left:
            put(paragraph._p.get_or_add_pPr(), "w:bidi", val="1" if way else "0")
        return paragraph

    def _told(self, run: Run, language: str, *, right_to_left: bool) -> None:
        """Set a run's language for Latin, Asian and right-to-left letters, and its direction."""
        tag, properties = word_tag(language), run._r.get_or_add_rPr()
        kinds = {"val": tag}
        if tag.startswith(("zh", "ja", "ko")):
            kinds["eastAsia"] = tag
        if right_to_left:
            kinds["bidi"] = tag
            put(properties, "w:rtl")
        put(properties, "w:lang", **kinds)
