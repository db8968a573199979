"""Makes the campaign's lists of places from the tables that others publish: libraries with areas, postcodes with areas.

Registers of libraries and look-up tables of postcodes come as CSV or XLSX with columns of many names. The columns are
recognised by their headings, or named by the person; what is written are the two plain files that gazetteer.py reads.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.gazetteer import LIBRARY_COLUMNS, LIBRARY_EXTRAS, POSTCODE_COLUMNS, POSTCODE_EXTRAS
from advocacy_monitor.sources.tabular import read_bytes, read_csv
from advocacy_monitor.sources.workbook import is_workbook, read_workbook

KINDS: Mapping[str, tuple[str, ...]] = {
    "libraries": (*LIBRARY_COLUMNS, *LIBRARY_EXTRAS),
    "postcodes": (*POSTCODE_COLUMNS, *POSTCODE_EXTRAS),
}
"""The columns of the two files, the first one being the one that no row lacks."""

# Headings as registers and statistics offices write them, the more telling first; compared without case and signs.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "library": (
        *("library", "library name", "name of library", "branch", "branch name", "libname", "outlet name"),
        *("service point", "bibliothek", "name der bibliothek", "bücherei", "einrichtung", "bibliothèque"),
        *("nom de l établissement", "biblioteca", "nombre", "name"),
    ),
    "area": (
        *("area", "electorate", "electoral division", "federal division", "division", "constituency", "pcon name"),
        *("wahlkreis", "wahlkreisname", "circonscription", "distrito electoral", "council", "lga name", "lga"),
        *("local authority", "authority", "upper tier local authority", "county", "kreis", "landkreis", "bezirk"),
        *("region", "département", "provincia", "cd", "congressional district"),
    ),
    "postcode": (
        *("postcode", "post code", "pcds", "pcd", "postal code", "zip", "zip code", "zipcode", "plz", "postleitzahl"),
        *("code postal", "código postal", "codigo postal", "cp"),
    ),
    "municipality": (
        *("municipality", "locality", "suburb", "town", "city", "place name", "place", "gemeinde", "ort", "stadt"),
        *("ortsname", "commune", "municipio", "municipi", "localidad"),
    ),
    "aliases": ("aliases", "alias", "also known as", "other names", "short name", "kurzname"),
    "latitude": ("latitude", "lat", "breite", "breitengrad", "y"),
    "longitude": ("longitude", "long", "lon", "lng", "länge", "längengrad", "x"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was read: the rows of the plain file, which column became what, and the rows that were left out."""

    kind: str
    rows: tuple[Mapping[str, str], ...]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    read: int
    left_out: tuple[str, ...]


def read_table(path: Path, kind: str, columns: Mapping[str, str] | None = None) -> Imported:
    """Reads a table as `libraries` or `postcodes`. `columns` are the person's own choices, field -> heading.

    Rows without the first field are left out and named; equal rows become one. Raises ConfigError when a column is
    missing, FatalSourceError when the file is no table.
    """
    data = read_bytes(path)
    table = read_workbook(data, where=str(path)) if is_workbook(data) else read_csv(data, where=str(path))
    header, *body = table.rows
    chosen = _columns(header.cells, kind, columns or {}, where=str(path))
    made: dict[tuple[str, ...], Mapping[str, str]] = {}
    left_out = []
    for row in body:
        cells = {name: _cell(row.cells, at) for name, at in chosen.items()}
        lacking = [name for name in (KINDS[kind][0], "area") if not cells.get(name)]
        if lacking:
            left_out.append(f"{path}, row {row.number}: {' and '.join(lacking)} empty")
        else:
            made.setdefault(tuple(cells.values()), cells)
    return Imported(
        kind=kind,
        rows=tuple(made.values()),
        columns={name: header.cells[at] for name, at in chosen.items()},
        unused=tuple(cell for at, cell in enumerate(header.cells) if at not in chosen.values() and cell.strip()),
        read=len(body),
        left_out=tuple(left_out),
    )


def _cell(cells: Sequence[str], at: int) -> str:
    return " ".join(cells[at].split()) if at < len(cells) else ""


def _plain(heading: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in heading.casefold()).split())


def _columns(header: Sequence[str], kind: str, given: Mapping[str, str], *, where: str) -> dict[str, int]:
    """Which column is which field, by the person's word or by its heading. Raises ConfigError."""
    if unknown := sorted(set(given) - set(KINDS[kind])):
        raise ConfigError(f"--column {unknown[0]}=...: there is no such field; there are: {', '.join(KINDS[kind])}")
    headings = [_plain(cell) for cell in header]
    shown = ", ".join(repr(cell) for cell in header if cell.strip())
    chosen: dict[str, int] = {}
    for name in KINDS[kind]:
        wanted = (_plain(given[name]),) if name in given else _HEADINGS[name]
        found = [headings.index(each) for each in wanted if each in headings]
        free = [at for at in found if name in given or at not in chosen.values()]
        if free:
            chosen[name] = free[0]
        elif name in given:
            raise ConfigError(f"{where}: has no column {given[name]!r} for {name}; its columns are {shown}")
    needed = (KINDS[kind][0], "area")
    if missing := [name for name in needed if name not in chosen]:
        raise ConfigError(
            f"{where}: no column was recognised as {' or '.join(missing)}; its columns are {shown}. "
            f"Say which it is, such as: --column '{missing[0]}={header[0]}'"
        )
    return chosen


def write_places(path: Path, kind: str, rows: Iterable[Mapping[str, str]]) -> int:
    """Writes the plain file in one go, so that a crash leaves the old one. Returns the number of rows.

    Raises ConfigError where it cannot be written.
    """
    try:
        return _written(path, kind, rows)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error


def _written(path: Path, kind: str, rows: Iterable[Mapping[str, str]]) -> int:
    count = 0
    beside = path.with_name(f"{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, KINDS[kind], restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return count
