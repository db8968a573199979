"""A round as a sheet for one coder, to be filled in with a spreadsheet program, and read back.

A sheet is read whole or not at all. With half of it stored, a coder who corrects the rest in an older copy would put
old answers over new ones; nothing is lost by waiting, since every mistake is named by row and column at once. Every row
names its round and its coder, because the numbers are the same in every round, and one coder's sheet read as another's
would look like perfect agreement.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.rounds import answered_by, coding, record, require_open, shown
from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.cells import neutralised, storable, within
from advocacy_monitor.sources.tabular import Table, read_bytes, read_csv
from advocacy_monitor.sources.workbook import is_workbook, read_workbook
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Round

_FIRST = ("round", "coder", "number", "text", "language")
_LAST = ("none", "too_short", "note")
SUFFIXES = (".csv", ".xlsx")
_YES = frozenset({"x", "1", "yes", "y", "true", "ja", "j", "wahr", "✓", "✔"})
_NO = frozenset({"", "0", "no", "n", "false", "nein", "falsch", "-"})
_MOST_PROBLEMS = 40
_CELL_LIMIT = 32_000
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What reading a sheet did: rows with an answer, answers that were new or changed, rows left empty.

    `kept` of the empty rows have an answer of this coder from before: emptying a row takes nothing back.
    """

    answered: int
    stored: int
    empty: int
    kept: int = 0


def _columns(codebook: Codebook) -> tuple[str, ...]:
    return (*_FIRST, *codebook.codes, *_LAST)


def write_sheet(store: Store, codebook: Codebook, round_: Round, coder: str, path: Path) -> int:
    """Writes a coder's sheet, with the answers that this coder gave before. Returns the number of statements.

    No cell runs as a formula. Raises ConfigError for another suffix than .csv or .xlsx, ModerationError for a closed
    round, ExportError.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{path}: must end in {' or '.join(SUFFIXES)}")
    require_open(round_)
    before = answered_by(store, round_, coder)
    rows = []
    for each in shown(store, store.rounds.drawn(round_.id)):
        given = before.get(each.item_id)
        marks = [("x" if given and code in given.themes else "") for code in codebook.codes]
        marks += [("x" if given and given.answer == answer else "") for answer in ("none", "too_short")]
        rows.append((round_.name, coder, each.number, each.text, each.language, *marks, given.note if given else ""))
    data = _workbook(codebook, rows) if path.suffix.lower() == ".xlsx" else _csv(codebook, rows)
    with whole_file(path) as handle:
        handle.write(data)
    return len(rows)


def _csv(codebook: Codebook, rows: Sequence[tuple[object, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_columns(codebook))
    for row in rows:
        writer.writerow([neutralised(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig", "replace")


def _workbook(codebook: Codebook, rows: Sequence[tuple[object, ...]]) -> bytes:
    from xlsxwriter import Workbook

    data = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(data, settings) as book:
        sheet = book.add_worksheet("coding")
        text = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        head = book.add_format({"bold": True, "valign": "bottom", "rotation": 60})
        sheet.freeze_panes(1, len(_FIRST) - 1)
        sheet.set_column(3, 3, 80)
        sheet.set_column(len(_FIRST), len(_columns(codebook)) - 2, 4)
        sheet.set_column(len(_columns(codebook)) - 1, len(_columns(codebook)) - 1, 40)
        for place, name in enumerate(_columns(codebook)):
            sheet.write_string(0, place, name, head)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, place, cell, text)
                else:
                    sheet.write_string(number, place, within(storable(str(cell)), _CELL_LIMIT), text)
        _explain(book.add_worksheet("themes"), codebook, text)
    return data.getvalue()


def _explain(sheet: object, codebook: Codebook, text: object) -> None:
    """A second sheet with the rules, so that nobody codes from memory."""
    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 4, 50)
    rows = [("theme", "title", "definition", "counts", "does not count")]
    rows += [
        (theme.code, theme.title["en"], theme.definition, "\n".join(theme.include), "\n".join(theme.exclude))
        for theme in codebook.themes
    ]
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, storable(cell), text)


def read_sheet(store: Store, codebook: Codebook, round_: Round, coder: str, path: Path) -> Filled:
    """Reads a filled sheet back and stores its answers, all or none; rows without a mark are left open.

    Reading the same sheet twice changes nothing. Raises ConfigError that names row and column of every mistake.
    """
    table = _table(path)
    head = [cell.strip().casefold() for cell in table.rows[0].cells]
    problems = _heading_problems(head, codebook)
    codings: list[Coding] = []
    empty = kept = 0
    if not problems:
        before = answered_by(store, round_, coder)
        numbers = {each.number: each.item_id for each in shown(store, store.rounds.drawn(round_.id))}
        seen: dict[int, int] = {}
        for row in table.rows[1:]:
            cells = dict(zip(head, (*row.cells, *[""] * len(head)), strict=False))
            reader = _Row(cells, row.number, codebook, coder)
            reader.belongs(round_.name)
            number = reader.number(numbers, seen)
            found = reader.coding(numbers[number]) if number is not None else None
            problems += reader.problems
            if found is None and number is not None and not reader.problems:
                empty, kept = empty + 1, kept + (numbers[number] in before)
            codings += [found] if found else []
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        told = "\n".join(problems[:_MOST_PROBLEMS] + more)
        raise ConfigError(f"{path}: nothing was stored; correct this and import the whole sheet again\n{told}")
    return Filled(answered=len(codings), stored=record(store, round_, codings), empty=empty, kept=kept)


def _table(path: Path) -> Table:
    try:
        data = read_bytes(path)
        if is_workbook(data):
            return read_workbook(data, where=str(path), sheet=None)
        return read_csv(data, where=str(path))
    except FatalSourceError as error:
        raise ConfigError(str(error)) from error


def _heading_problems(head: Sequence[str], codebook: Codebook) -> list[str]:
    wanted = set(_columns(codebook)) - {"text", "language", "note"}
    problems = [f"row 1: the column {name!r} is missing" for name in _columns(codebook) if name in wanted - set(head)]
    for place, name in enumerate(head):
        if name and name not in _columns(codebook):
            problems.append(f"row 1, column {_letters(place)}: {name[:40]!r} is no theme of the codebook")
        elif name and name in head[:place]:
            problems.append(f"row 1, column {_letters(place)}: {name!r} stands there twice")
    return problems


def _letters(place: int) -> str:
    """A column as a spreadsheet names it: A, B, ... Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class _Row:
    """One row of a sheet, and what is wrong with it."""

    def __init__(self, cells: dict[str, str], row: int, codebook: Codebook, coder: str) -> None:
        self._cells = cells
        self._row = row
        self._codebook = codebook
        self._coder = coder
        self.problems: list[str] = []

    def _say(self, column: str, what: str) -> None:
        self.problems.append(f"row {self._row}, column {column}: {what}")

    def belongs(self, round_name: str) -> None:
        """Whether the row is of this round and this coder."""
        for column, wanted in (("round", round_name), ("coder", self._coder)):
            written = self._cells[column].strip().removeprefix("'")
            if written.casefold() != wanted.casefold():
                self._say(column, f"found {written[:40]!r}, but this is to be the sheet of {wanted!r}")

    def number(self, numbers: dict[int, int], seen: dict[int, int]) -> int | None:
        """The statement's number, once in a sheet; None when there is something wrong with it."""
        written = self._cells["number"].strip().lstrip("'")
        if not _NUMBER.fullmatch(written) or int(written) not in numbers:
            self._say("number", f"{written[:40]!r} is no number of a statement of this round")
            return None
        number = int(written)
        if number in seen:
            self._say("number", f"{number} stands in row {seen[number]} already")
            return None
        seen[number] = self._row
        return number

    def coding(self, item_id: int) -> Coding | None:
        """The row's answer, or None when it has none or something is wrong with it."""
        marked = [name for name in (*self._codebook.codes, "none", "too_short") if self._mark(name)]
        themes = [name for name in marked if name in self._codebook.codes]
        answers = [name for name in marked if name not in self._codebook.codes]
        note = self._cells.get("note", "").strip().removeprefix("'")
        if themes and answers:
            self._say(answers[0], f"is marked together with {', '.join(themes)}; it can only stand alone")
        if len(answers) > 1:
            self._say("too_short", "is marked together with none; only one of them can be meant")
        if self.problems or not marked:
            return None
        try:
            return coding(
                self._codebook, item_id, self._coder, answers[0] if answers else "themes", themes=themes, note=note
            )
        except ConfigError as error:
            self._say("note", str(error))
            return None

    def _mark(self, name: str) -> bool:
        written = self._cells[name].strip().lstrip("'").casefold()
        if written in _YES:
            return True
        if written not in _NO:
            self._say(name, f"found {written[:40]!r}; expected x or nothing")
        return False
