"""From the bytes of a CSV file to rows of cells, whatever separates them; nothing is understood here."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.sources.text_encoding import decode

MAX_TABLE_BYTES = 512 * 1024 * 1024
MAX_COLUMNS = 5_000
_DELIMITERS = ",;\t|"
_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "\\t": "\t"}
_SNIFFED_ROWS = 100
_SNIFFED_CHARACTERS = 300_000
_LAST = "end of the file 6f1c0b7a"
"""Stands on a line of its own behind the text: when it is not a row of its own, a quotation mark was left open."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as a spreadsheet shows it, from 1; `open_quote` when it swallowed the rest of the file."""

    number: int
    cells: tuple[str, ...]
    open_quote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file that are not blank, and how they were read."""

    rows: tuple[Row, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    notes: tuple[str, ...] = ()


def read_bytes(path: Path, limit: int = MAX_TABLE_BYTES) -> bytes:
    """The bytes of a file. Raises FatalSourceError when it is missing, a folder, empty, unreadable or too large."""
    try:
        if path.is_dir():
            raise FatalSourceError(f"{path} is a folder; name the files in it")
        size = path.stat().st_size
        if size > limit:
            raise FatalSourceError(f"{path} has {size:,} bytes; at most {limit:,} can be read as one table or document")
        data = path.read_bytes()
    except OSError as error:
        raise FatalSourceError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the name
        raise FatalSourceError(f"{str(path)!r} cannot be the name of a file: {error}") from error
    if not data.strip():
        raise FatalSourceError(f"{path} is empty ({len(data)} bytes)")
    return data


def read_csv(data: bytes, *, where: str, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """The rows of a CSV file. Raises FatalSourceError when it is no table, ConfigError for a wrong setting."""
    decoded = decode(data, where=where, encoding=encoding)
    text, announced = _without_announcement(decoded.text)
    chosen = _checked(delimiter, where) if delimiter else announced or sniffed_delimiter(text)
    _allow_fields_of(len(text))
    try:
        rows = tuple(_rows(text, chosen))
    except csv.Error as error:
        raise FatalSourceError(f"{where} cannot be read as CSV: {error}") from error
    if not rows:
        raise FatalSourceError(f"{where} has no filled cell")
    if any(len(row.cells) > MAX_COLUMNS for row in rows):
        raise FatalSourceError(f"{where} has rows of more than {MAX_COLUMNS:,} cells; that is no survey")
    return Table(rows=rows, encoding=decoded.encoding, delimiter=chosen, notes=decoded.notes)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    lines = io.StringIO(text if text.endswith(("\n", "\r")) else text + "\n", newline="")
    reader = csv.reader(_and_then(lines, _LAST), delimiter=delimiter)
    for number, cells in enumerate(reader, 1):
        if cells == [_LAST]:
            return
        if any(cell and not cell.isspace() for cell in cells):
            swallowed = bool(cells) and cells[-1].endswith(_LAST)
            if swallowed:
                cells[-1] = cells[-1].removesuffix(_LAST)
            yield Row(number, tuple(cells), swallowed)


def _and_then(lines: Iterator[str], last: str) -> Iterator[str]:
    yield from lines
    yield last


def _without_announcement(text: str) -> tuple[str, str | None]:
    """The text without the line `sep=;` with which Excel announces a delimiter, and that delimiter."""
    if text[:4].casefold() == "sep=" and text[5:6] in ("\r", "\n"):
        return text[5:].removeprefix("\r").removeprefix("\n"), text[4]
    return text, None


def _checked(delimiter: str, where: str) -> str:
    chosen = _NAMES.get(delimiter, delimiter)
    if len(chosen) != 1 or chosen in '"\r\n':
        raise ConfigError(f"{where}: delimiter is {delimiter!r}; allowed is one character, such as ';' or 'tab'")
    return chosen


def sniffed_delimiter(text: str) -> str:
    """The delimiter that gives most rows as many cells as the first row has, two or more; a comma when none does."""
    sample = text[:_SNIFFED_CHARACTERS]
    return max(_DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))


def _regularity(sample: str, delimiter: str) -> tuple[float, int]:
    _allow_fields_of(len(sample))
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in islice(reader, _SNIFFED_ROWS) if cells]
    except csv.Error:
        return 0.0, 0
    if not widths or widths[0] < 2:
        return 0.0, 0
    return Counter(widths)[widths[0]] / len(widths), widths[0]


def _allow_fields_of(length: int) -> None:
    """Raises csv's limit for one cell where a file needs it; the limit is one for the whole process."""
    if csv.field_size_limit() <= length:
        csv.field_size_limit(length + 1)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Column names that differ: a second 'Name' becomes 'Name (2)', an empty one 'column 5'."""
    taken: set[str] = set()
    result = []
    for number, name in enumerate(names, 1):
        plain = " ".join(name.split()) or f"column {number}"
        candidate, count = plain, 1
        while candidate in taken:
            count += 1
            candidate = f"{plain} ({count})"
        taken.add(candidate)
        result.append(candidate)
    return tuple(result)
