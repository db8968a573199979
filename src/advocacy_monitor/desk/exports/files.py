"""Rows of statements as CSV, JSON and XLSX, each written batch by batch and never held as a whole."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy_monitor.desk.exports.about import About
from advocacy_monitor.desk.exports.rows import COLUMNS, Cell
from advocacy_monitor.exporters.cells import neutralised, within
from advocacy_monitor.translate import Texts

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_XLSX = 100_000
"""Rows of the largest workbook: it cannot be sent while it is being written, and nobody waits for ten minutes."""

_CELL_LIMIT = 32_000
"""Characters in a cell; Excel holds 32,767 UTF-16 units and drops the rest without a word."""
_WIDTHS = {"text": 80, "library": 26, "area": 22, "themes": 26, "theme_titles": 40, "consents": 30}
_WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Batches = Iterable[list[tuple[Cell, ...]]]


def csv_parts(batches: Batches) -> Iterator[bytes]:
    """A clean table (RFC 4180), UTF-8 with a byte order mark; nothing in it runs as a formula."""
    yield _csv_lines([COLUMNS], encoding="utf-8-sig")
    for rows in batches:
        yield _csv_lines(([neutralised(c) if isinstance(c, str) else c for c in row] for row in rows), encoding="utf-8")


def _csv_lines(rows: Iterable[Iterable[Cell]], *, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def json_parts(batches: Batches, about: About) -> Iterator[bytes]:
    """One object: `about`, `statements`, and at the end how many there are, so that a cut file is known as one."""
    yield b'{"about": ' + _json(about.document) + b',\n"statements": ['
    number = 0
    for rows in batches:
        lines = [_json(dict(zip(COLUMNS, row, strict=True))) for row in rows]
        if lines:
            yield (b",\n" if number else b"\n") + b",\n".join(lines)
        number += len(lines)
    yield b'\n],\n"rows": ' + str(number).encode() + b"}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def csv_metadata(about: About, *, url: str) -> bytes:
    """What the CSV file says of itself, as the W3C's "CSV on the Web" has it: the table itself stays clean."""
    document = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": url,
        "dc:title": about.document["campaign"],
        "dc:publisher": about.document["sponsor"],
        "dc:description": about.document["notes"],
        "tableSchema": {
            "columns": [{"name": name, "titles": name, "dc:description": about.columns[name]} for name in COLUMNS]
        },
        "notes": [{name: value for name, value in about.document.items() if name != "columns"}],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def xlsx_file(batches: Batches, about: About, t: Texts) -> Path:
    """A workbook in a temporary file, which the caller removes: one sheet about it, one with the statements."""
    from xlsxwriter import Workbook

    with tempfile.NamedTemporaryFile(prefix="statements-", suffix=".xlsx", delete=False) as handle:
        path = Path(handle.name)
    try:
        with Workbook(str(path), _WORKBOOK) as workbook:
            cell = {"valign": "top", "text_wrap": True, "quote_prefix": True}
            text, strong = workbook.add_format(cell), workbook.add_format(cell | {"bold": True})
            told = workbook.add_worksheet(t.text("About")[:31])
            sheet = workbook.add_worksheet(t.text("Statements")[:31])
            number = _fill(sheet, batches, text, strong)
            lines = [*about.lines, (t.text("Rows in this file"), t.number(number)), ("", "")]
            _pairs(told, [*lines, *((name, about.columns[name]) for name in COLUMNS)], text, strong)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _fill(sheet: Worksheet, batches: Batches, text: Format, strong: Format) -> int:
    """Writes the rows as they come; what is written is not held in memory."""
    for at, name in enumerate(COLUMNS):
        sheet.set_column(at, at, _WIDTHS.get(name, 16))
        sheet.write_string(0, at, name, strong)
    sheet.freeze_panes(1, 0)
    number = 0
    for rows in batches:
        for row in rows:
            number += 1
            for at, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, at, within(value, _CELL_LIMIT), text)
                elif value is not None:
                    sheet.write_number(number, at, value)
    sheet.autofilter(0, 0, number, len(COLUMNS) - 1)
    return number


def _pairs(sheet: Worksheet, pairs: Iterable[tuple[str, str]], text: Format, strong: Format) -> None:
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 100)
    for at, (head, said) in enumerate(pairs):
        sheet.write_string(at, 0, within(head, _CELL_LIMIT), strong)
        sheet.write_string(at, 1, within(said, _CELL_LIMIT), text)
