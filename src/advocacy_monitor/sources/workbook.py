"""From an XLSX workbook to rows of cells. A workbook is a ZIP archive of XML, and as hostile as one can be."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.sources.tabular import MAX_COLUMNS, MAX_TABLE_BYTES, Row, Table
from advocacy_monitor.sources.x_shapes import NOT_TO_BE_STORED, REPLACEMENT

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, OSError, RuntimeError, NotImplementedError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, AssertionError, OverflowError, MemoryError),
)
"""What openpyxl and the standard library were seen to raise, or may raise, over a damaged workbook.

Broken XML is a SyntaxError, whether the standard library reads it or lxml, which openpyxl takes where it is there.
"""


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a ZIP archive that says it is a workbook; it may be damaged all the same."""
    return data.startswith(b"PK\x03\x04") and b"xl/" in data


def read_workbook(data: bytes, *, where: str, sheet: str | None = None, limit: int = MAX_TABLE_BYTES) -> Table:
    """The rows of a sheet, as text; formulas give the value that was last shown.

    Without `sheet` the first one that is not empty. Raises FatalSourceError for a damaged or swollen workbook,
    ConfigError for a sheet that is not there.
    """
    _check_size(data, where, limit)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not matter here
            return _read(data, where, sheet)
    except _BROKEN as error:
        raise FatalSourceError(f"{where} is a damaged workbook ({type(error).__name__}: {error})") from error


def _check_size(data: bytes, where: str, limit: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except _BROKEN as error:
        raise FatalSourceError(f"{where} is a damaged workbook ({error})") from error
    if size > limit:
        raise FatalSourceError(f"{where} would unpack to {size:,} bytes; at most {limit:,} are read")


def _read(data: bytes, where: str, wanted: str | None) -> Table:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if wanted is not None and wanted not in book.sheetnames:
            raise ConfigError(f"{where}: sheet {wanted!r} is not there; there are: {', '.join(book.sheetnames)}")
        filled: list[tuple[str, tuple[Row, ...]]] = []
        for sheet in book.worksheets:
            if wanted in (None, sheet.title):
                sheet.reset_dimensions()  # a file may claim a million rows that it does not have
                if rows := tuple(_rows(sheet.iter_rows(values_only=True), where)):
                    filled.append((sheet.title, rows))
    finally:
        book.close()
    if not filled:
        raise FatalSourceError(f"{where} is a workbook without a single filled cell")
    others = ", ".join(repr(title) for title, _ in filled[1:])
    note = (f"the sheets {others} were not read; name one with sheet: in the mapping",) if others else ()
    return Table(rows=filled[0][1], sheet=filled[0][0], notes=note)


def _rows(rows: Iterable[tuple[Any, ...]], where: str) -> Iterator[Row]:
    for number, values in enumerate(rows, 1):
        if len(values) > MAX_COLUMNS:
            raise FatalSourceError(f"{where}: row {number} has more than {MAX_COLUMNS:,} cells; that is no survey")
        cells = tuple(_as_text(value) for value in values)
        if any(cell and not cell.isspace() for cell in cells):
            yield Row(number, cells)


def _as_text(value: Any) -> str:
    """A cell as one would type it; dates as ISO 8601, whole numbers without '.0'."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return NOT_TO_BE_STORED.sub(REPLACEMENT, str(value))
