"""The campaign's decision makers: read from CSV, XLSX or YAML with every mistake at once, written as CSV.

A recipient is a name with what their pack and letter need. Their address is nobody's business here: an e-mail address
or a telephone number in the file is passed over and named.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.cells import TRIGGERS, starts_a_formula
from advocacy_monitor.models import Recipient
from advocacy_monitor.plugins import nearest
from advocacy_monitor.recipients_keys import LONGEST, is_key, made_key
from advocacy_monitor.recipients_rows import Cells, read_entries, tidy
from advocacy_monitor.translate import LANGUAGES

COLUMNS = ("key", "name", "office", "party", "area", "committee", "language", "salutation", "ask")
"""The columns of the file, in the order in which they are written. Only `name` is needed."""

_LONGEST = dict.fromkeys(COLUMNS, 200) | {"ask": 1_000}
_MOST_PROBLEMS = 50
_FOUND = 60
_RUN = "".join(sign for sign in TRIGGERS if sign not in "-\t\r")
# As cells.neutralised has them, with the apostrophes that a text may have there of its own.
_UNGUARDED = re.compile(rf"(?<=;)(?='*(?:[{re.escape(_RUN)}]|-(?!\))))")
_GUARDED = re.compile(rf"(?<=;)'(?='*(?:[{re.escape(_RUN)}]|-(?!\))))")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientList:
    """The recipients of a file in its order, its columns that are not known, and what a person should look at."""

    recipients: tuple[Recipient, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_recipients(path: Path) -> Sequence[Recipient]:
    """The recipients of a file. Raises ConfigError with a line for each mistake."""
    return read_list(path).recipients


def read_list(path: Path) -> RecipientList:
    """The recipients of a file, with what is not known in it. Raises ConfigError with a line for each mistake."""
    entries = read_entries(path, COLUMNS, "name")
    rows = [
        Cells(place=row.place, cells={name: _unguarded(cell) for name, cell in row.cells.items()})
        for row in entries.rows
        if any(row.cells.values())
    ]
    problems = [*entries.problems, *(problem for row in rows for problem in _mistakes(row, path))]
    problems += _doubled(rows, path)
    if not rows and not problems:
        raise ConfigError(f"{path}: has no recipient in it; a row needs at least a name")
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
    return RecipientList(recipients=tuple(_made(rows)), unknown=entries.unknown, notes=entries.notes)


def _mistakes(row: Cells, path: Path) -> Iterator[str]:
    """What is wrong in the cells of one row, in the order of the columns."""
    for name in COLUMNS:
        cell = row.cells.get(name, "")
        where, found = f"{path}, {row.place}, {name}", f"found {cell[:_FOUND]!r}"
        if name == "name" and not cell:
            yield f"{where}: is empty; every recipient needs a name"
        elif name == "key" and cell and not is_key(cell):
            yield (
                f"{where}: {found}, allowed are up to {LONGEST} of a-z, 0-9, hyphen and underscore "
                f"(such as {made_key(cell, '', ())!r}), or leave it empty: it is made from the name"
            )
        elif name == "language" and cell and cell.lower() not in LANGUAGES:
            yield f"{where}: {found}, allowed are {', '.join(LANGUAGES)}, or empty for the campaign's own"
        elif len(cell) > _LONGEST[name]:
            yield f"{where}: {found}... with {len(cell):,} characters, allowed are {_LONGEST[name]:,}"


def _doubled(rows: Sequence[Cells], path: Path) -> Iterator[str]:
    first: dict[str, str] = {}
    for row in rows:
        key = row.cells.get("key", "")
        if key and (before := first.setdefault(key, row.place)) != row.place:
            yield f"{path}, {row.place}, key: found {key[:_FOUND]!r}, which {before} has already; keys are unique"


def _made(rows: Sequence[Cells]) -> Iterator[Recipient]:
    taken = {row.cells["key"] for row in rows if row.cells.get("key")}
    for row in rows:
        cells = {name: row.cells.get(name, "") for name in COLUMNS}
        cells["key"] = cells["key"] or made_key(cells["name"], cells["area"], taken)
        taken.add(cells["key"])
        yield Recipient(**(cells | {"language": cells["language"].lower()}))


def with_keys(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """The same recipients, tidied and within the lengths that a file may have; those without a key are given one."""
    rows = []
    for number, each in enumerate(recipients):
        cells = {name: tidy(getattr(each, name))[: _LONGEST[name]].strip() for name in COLUMNS}
        rows.append(Cells(place=str(number), cells=cells))
    return tuple(_made(rows))


def by_key(recipients: Sequence[Recipient], key: str) -> Recipient:
    """The recipient of a key. Raises ConfigError that names near ones."""
    found = {recipient.key: recipient for recipient in recipients}
    if key not in found:
        shown = ", ".join(sorted(found)[:10]) + (", ..." if len(found) > 10 else "")
        raise ConfigError(f"no recipient has the key {key!r}{nearest(key, list(found))}; there are: {shown or 'none'}")
    return found[key]


def write_recipients(recipients: Iterable[Recipient], path: Path) -> None:
    """Writes the list as CSV: UTF-8 with a byte order mark, commas, lines that end in CR LF, as Excel reads it.

    An apostrophe stands before what a spreadsheet would run; reading takes it away. Raises ExportError.
    """
    with whole_file(path) as handle:
        text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([_guarded(tidy(getattr(each, name))) for name in COLUMNS] for each in recipients)
        text.detach()  # writes out what is left and leaves closing the file to its owner


def _guarded(cell: str) -> str:
    guarded = _UNGUARDED.sub("'", cell)
    return f"'{guarded}" if starts_a_formula(guarded.lstrip("'")) else guarded


def _unguarded(cell: str) -> str:
    if cell.startswith("'") and starts_a_formula(cell.lstrip("'")):
        cell = cell[1:]
    return _GUARDED.sub("", cell)
