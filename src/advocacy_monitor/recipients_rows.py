"""From a file of recipients to named cells, each with its place: CSV, XLSX or YAML; nothing is understood here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.plugins import nearest
from advocacy_monitor.sources.tabular import Row, Table, read_bytes, read_csv
from advocacy_monitor.sources.text_encoding import decode
from advocacy_monitor.sources.workbook import is_workbook, read_workbook

LARGEST = 32 * 1024 * 1024
"""Bytes of a file. A larger one is no list of decision makers."""

_YAML = (".yaml", ".yml")
_LIST = "recipients"
_STAY = "\u200c\u200d"
"""Joiners belong to words of Persian and to emoji; every other control and direction character goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One entry: `place` is how a person finds it ('row 3', 'line 12'), `cells` the tidied texts by column."""

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What a file holds: its entries, the columns that are not known, what to tell, and what is wrong with it."""

    rows: tuple[Cells, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """A text on one line: no control or direction characters, no doubled spaces."""
    spaced = "".join(" " if c in "\t\n\r\v\f\x85\u2028\u2029" else c for c in text)
    kept = (c for c in spaced if c in _STAY or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


def read_entries(path: Path, columns: Sequence[str], needed: str) -> Entries:
    """The entries of a file with the columns that are known. Raises ConfigError when it is no such file."""
    try:
        data = read_bytes(path, LARGEST)
        if path.suffix.lower() in _YAML:
            return _from_yaml(decode(data, where=str(path)).text, path, columns)
        table = read_workbook(data, where=str(path)) if is_workbook(data) else read_csv(data, where=str(path))
    except FatalSourceError as error:
        raise ConfigError(str(error)) from error
    return _from_table(table, path, columns, needed)


def _from_table(table: Table, path: Path, columns: Sequence[str], needed: str) -> Entries:
    header, *body = table.rows
    headings = [tidy(cell).casefold() for cell in header.cells]
    if needed not in headings:
        found = ", ".join(repr(tidy(cell)) for cell in header.cells if tidy(cell))
        raise ConfigError(
            f"{path}: has no column {needed!r} in row {header.number}; found {found}; allowed are {', '.join(columns)}"
        )
    twice = sorted({name for name in headings if name in columns and headings.count(name) > 1})
    problems = [f"{path}, row {header.number}: the column {name!r} stands twice" for name in twice]
    rows = []
    for row in body:
        problems += _misshapen(row, len(headings), path)
        cells = {name: tidy(cell) for name, cell in zip(headings, row.cells, strict=False) if name in columns}
        rows.append(Cells(place=f"row {row.number}", cells=cells))
    unknown = [cell for cell, name in zip(header.cells, headings, strict=True) if name and name not in columns]
    return Entries(
        rows=tuple(rows),
        unknown=_named(unknown, columns),
        notes=_guess(table),
        problems=tuple(problems),
    )


def _misshapen(row: Row, width: int, path: Path) -> list[str]:
    """A row that cannot be what was meant: an open quotation mark, or more cells than there are columns."""
    if row.open_quote:
        return [f"{path}, row {row.number}: a quotation mark is opened and never closed"]
    extra = [cell for cell in row.cells[width:] if cell.strip()]
    if extra:
        return [
            f"{path}, row {row.number}: has {len(row.cells)} cells, the columns are {width}; "
            f"put texts that hold the separator in quotation marks (found {tidy(extra[0])[:40]!r} too many)"
        ]
    return []


def _guess(table: Table) -> tuple[str, ...]:
    if table.encoding in (None, "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        return ()
    return (f"read as {table.encoding}, which is a guess: look at the accents, and save as UTF-8 if they are wrong",)


def _named(unknown: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    shown = dict.fromkeys(tidy(name)[:60] for name in unknown)
    return tuple(f"{name}{nearest(name.casefold(), list(columns))}" for name in shown)


def _from_yaml(text: str, path: Path, columns: Sequence[str]) -> Entries:
    """A list of mappings, or a mapping whose key `recipients` holds one."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}, line {line}: is not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}: is not YAML: {error}") from error
    if isinstance(node, yaml.MappingNode):
        held = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
        node = held.get(_LIST)
    if not isinstance(node, yaml.SequenceNode):
        raise ConfigError(f"{path}: must be a list of recipients, or have the key `{_LIST}` with such a list")
    rows: list[Cells] = []
    problems: list[str] = []
    unknown: list[str] = []
    for entry in node.value:
        rows += _from_mapping(entry, path, columns, problems, unknown)
    return Entries(rows=tuple(rows), unknown=_named(unknown, columns), problems=tuple(problems))


def _from_mapping(
    entry: yaml.Node, path: Path, columns: Sequence[str], problems: list[str], unknown: list[str]
) -> list[Cells]:
    line = entry.start_mark.line + 1
    if not isinstance(entry, yaml.MappingNode):
        problems.append(f"{path}, line {line}: must be a mapping such as {{name: A. Member, area: Riverside}}")
        return []
    cells: dict[str, str] = {}
    for key, value in entry.value:
        at = key.start_mark.line + 1
        name = tidy(str(key.value)).casefold() if isinstance(key, yaml.ScalarNode) else ""
        if name not in columns:
            unknown.append(name or "(no text)")
        elif name in cells:
            problems.append(f"{path}, line {at}, {name}: stands twice in the same entry")
        elif not isinstance(value, yaml.ScalarNode):
            problems.append(f"{path}, line {at}, {name}: must be a text, found a {value.id}")
            cells[name] = ""
        else:
            cells[name] = "" if value.tag.endswith(":null") else tidy(value.value)
    return [Cells(place=f"line {line}", cells=cells)]
