"""The data annex as a workbook: about the pack, quotes, themes, counts, codebook, versions and a data dictionary.

Every text is written as text and never as a formula or a link. The bytes depend on the pack alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters import annex
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.cells import storable, within
from advocacy_monitor.exporters.colours import INK, palette
from advocacy_monitor.exporters.word.tongue import harmless
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_CELL_LIMIT = 32_000
"""Characters in a cell; Excel holds 32,767 UTF-16 units and drops the rest without a word."""
_ROW_LIMIT = 1_048_575
_WIDTHS = {"text": 80, "printed": 60, "translations": 60, "title": 40, "url": 36, "coding": 44, "label": 44, "kind": 22}
_WIDTHS |= {"capture_sha256": 20, "text_sha256": 20, "library": 26, "area": 22, "themes": 26, "consents": 26}
_WIDTHS |= {"definition": 80, "goals": 50, "name": 26, "version": 40}
_DICTIONARY = (22, 22, 90)
_ABOUT = (36, 100)
"""Widths of columns, in letters."""
_LINE, _TALLEST = 15.0, 20
"""Points for a line, and the most lines that a row shows: not every program finds the height of a row by itself."""
_NO_FORMULAS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class XlsxExporter(Plugin):
    """Writes the workbook."""

    suffix: ClassVar[str] = ".xlsx"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the workbook to `path`. Raises ExportError, and then leaves no file behind."""
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import XlsxWriterException

        if len(pack.exhibits) > _ROW_LIMIT:
            raise ExportError(f"{path} was not written: {len(pack.exhibits)} quotes; a sheet holds {_ROW_LIMIT}")
        data = io.BytesIO()
        try:
            with Workbook(data, _NO_FORMULAS) as workbook:
                _Book(workbook, pack).fill()
        except (XlsxWriterException, TypeError) as error:  # the latter for a number such as NaN
            raise ExportError(f"{path} was not written: {error}") from error
        with whole_file(path) as handle:
            handle.write(data.getvalue())


class _Book:
    """A workbook with the formats that its sheets share."""

    def __init__(self, workbook: Workbook, pack: EvidencePack) -> None:
        self._workbook = workbook
        self._pack = pack
        self._words: Wording = wording(pack.language)
        # The quote prefix keeps a text a text even when somebody edits the cell.
        cell = {"valign": "top", "text_wrap": True, "quote_prefix": True}
        self._text: Format = workbook.add_format(cell)
        self._strong: Format = workbook.add_format(cell | {"bold": True})
        self._number: Format = workbook.add_format({"valign": "top"})
        self._header: Format = workbook.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": palette(pack.brand).accent, "valign": "vcenter"}
        )
        self._banner: Format = workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": INK})

    def fill(self) -> None:
        """Write every sheet, with a creation date that is the pack's own."""
        pack, words = self._pack, self._words
        title = f"{words.sample_title}: {pack.title}" if pack.sample else pack.title
        self._workbook.set_properties(
            {
                "title": harmless(title)[:255],
                "author": harmless(pack.brand.name or pack.sponsor)[:255],
                "comments": words.sample_banner if pack.sample else "",
                "created": pack.as_of.astimezone(UTC).replace(tzinfo=None),
            }
        )
        self._about()
        *tables, dictionary = annex.tables(pack, words)
        for table in tables:
            self._table(table, [_WIDTHS.get(name, 15) for name in table.columns])
        self._table(dictionary, _DICTIONARY)

    def _about(self) -> None:
        """Names on the left, values on the right; a banner first where the statements are invented."""
        sheet = self._sheet(self._words.sheet_about)
        for position, width in enumerate(_ABOUT):
            sheet.set_column(position, position, width)
        rows = annex.about_rows(self._pack, self._words)
        first = 0
        if self._pack.sample:
            sheet.write_string(0, 0, self._words.sample_banner, self._banner)
            sheet.write_string(0, 1, self._words.sample_all, self._banner)
            first = 1
        for number, (name, value) in enumerate([*rows, ("", self._words.dictionary_cells)], start=first):
            sheet.set_row(number, _height((name, value), _ABOUT))
            self._write(sheet, number, 0, name, self._strong)
            self._write(sheet, number, 1, value, self._text)

    def _table(self, table: annex.Table, widths: Sequence[int]) -> None:
        """A header row that stays in sight, a filter on every column, widths for what the columns hold."""
        sheet = self._sheet(table.name)
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 20)
        for position, name in enumerate(table.columns):
            sheet.set_column(position, position, widths[position])
            sheet.write_string(0, position, name, self._header)
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        for number, row in enumerate(table.rows, start=1):
            sheet.set_row(number, _height(row, widths))
            for position, cell in enumerate(row):
                self._write(sheet, number, position, cell, self._text)

    def _sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self._workbook.add_worksheet(name)
        sheet.hide_gridlines(0)
        if self._words.t.right_to_left:
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if self._pack.sample:
            sheet.set_header(f"&C&B{self._words.sample_banner}")
            sheet.set_tab_color(INK)
        return sheet

    def _write(self, sheet: Worksheet, row: int, column: int, cell: annex.Cell, text_format: Format) -> None:
        """Numbers as numbers, everything else as text; nothing is left to guessing."""
        if cell is None or cell == "":
            sheet.write_blank(row, column, None, self._number)
        elif isinstance(cell, str):
            lines = storable(cell).replace("\r\n", "\n").replace("\r", "\n")  # Excel's own kind of line end
            sheet.write_string(row, column, within(lines, _CELL_LIMIT), text_format)
        else:
            sheet.write_number(row, column, cell, self._number)


def _height(row: annex.Row, widths: Sequence[int]) -> float:
    """The height of a row in points, so that its longest text can be read."""
    lines = (
        sum(1 + len(line) // width for line in cell.splitlines() or [""])
        for cell, width in zip(row, widths, strict=True)
        if isinstance(cell, str)
    )
    return _LINE * min(max(lines, default=1), _TALLEST)
