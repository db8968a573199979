"""One library's answers by postcode, without cells that are too small and without any that could be worked out (R9).

Postcodes with few statements stand together, and so do answers that are rare in the whole library. In the table that is
left, small cells are not shown, and neither is the next smallest of a row or column where the sum would tell them: the
sums of columns stand on the library's page, those of rows in the table itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from advocacy_monitor import breakdowns
from advocacy_monitor.answer_counts import Answers, Row, Tally, in_words, shown
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.ledger import Ledger, Positions
from advocacy_monitor.translate import Texts

_OTHERS, _UNKNOWN, _ALL = "\nothers", "\nunknown", "\nall"
_BLANK = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST = 16
"""Characters of a postcode; what is longer is something else, and nobody's address may stand in a table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: of a question how many `answered` it, or how many chose the options of a row."""

    tally: int
    row: Row | None
    heading: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table by postcode: a first column with its words, then numbers, None where one is not shown."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def by_postcode(
    ledger: Ledger, answers: Answers, positions: Positions, *, t: Texts, language: str, smallest: int
) -> Table:
    """Statements and answers by postcode, the largest first."""
    groups = _grouped(ledger, positions, smallest)
    wholes = [answers.tally(each, positions) for each in answers.questions]
    wholes = [each for each in wholes if each.answered >= smallest]
    columns = list(_columns(wholes, t, language, smallest))
    counted = {name: [answers.tally(each.question, group) for each in wholes] for name, group in groups.items()}
    cells = [[_value(counted[name][c.tally], c.row) for c in columns] for name in groups]
    lines = _lines(wholes, columns, len(groups))
    protected = guarded([value for row in cells for value in row], lines, smallest)
    width = len(columns)
    return Table(
        columns=(t.text("Postcode"), wording(language).counts_counted, *(each.heading for each in columns)),
        rows=tuple(
            (_label(name, t), (breakdowns.cell(len(group), smallest), *protected[at * width : (at + 1) * width]))
            for at, (name, group) in enumerate(groups.items())
        ),
    )


def _grouped(ledger: Ledger, positions: Positions, smallest: int) -> dict[str, Positions]:
    """The positions by postcode: those with enough statements, then all others, then those who gave none.

    One part where parts would tell what is hidden.
    """
    found = ledger.by_name(ledger.postcodes, positions)
    spelled = Counter({name: len(part) for name, part in found.items() if name is not None})
    parts: dict[str, list[Positions]] = {}
    for name, part in found.items():
        parts.setdefault(_code(name), []).append(part)
    sizes = {code: sum(map(len, each)) for code, each in parts.items()}
    alone = [each.label for each in breakdowns.parts(sizes, smallest, others=_OTHERS)]
    if not alone:
        return {_ALL: positions}
    groups = {code: ledger.at(p for each in parts[code] for p in each.tolist()) for code in alone if code in parts}
    rest = [p for code, each in parts.items() if code not in groups for part in each for p in part.tolist()]
    if not groups:
        return {_ALL: positions}
    named = {_spelling(code, spelled): groups[code] for code in groups if code != _UNKNOWN}
    named |= {_OTHERS: ledger.at(rest)} if rest else {}
    return named | ({_UNKNOWN: groups[_UNKNOWN]} if _UNKNOWN in groups else {})


def _code(name: str | None) -> str:
    """A postcode as it is compared: without blanks, dashes and case."""
    code = _BLANK.sub("", _UNSEEN.sub("", name or "")).upper()
    return code if code and len(code) <= _LONGEST else _UNKNOWN


def _spelling(code: str, spelled: Mapping[str, int]) -> str:
    """A postcode as most people wrote it."""
    names = [name for name in spelled if _code(name) == code]
    return " ".join(_UNSEEN.sub("", min(names, key=lambda name: (-spelled[name], name))).split())


def _label(name: str, t: Texts) -> str:
    labels = {
        _OTHERS: t.text("other postcodes"),
        _UNKNOWN: t.text("postcode not known"),
        _ALL: t.text("all postcodes"),
    }
    return labels.get(name, name)


def _columns(wholes: Sequence[Tally], t: Texts, language: str, smallest: int) -> Iterator[Column]:
    """For each question those who answered it, then the rows that the library's page shows of it."""
    for number, tally in enumerate(wholes):
        question = tally.question.said(language)
        yield Column(number, None, f"{question} – {t.text('statements with an answer')}")
        for row in shown(tally, smallest):
            if row.value is not None:
                yield Column(number, row, f"{question} – {in_words(row, tally.question, language)}")


def _value(tally: Tally, row: Row | None) -> int:
    return tally.answered if row is None else tally.any_of(row.options)


def _lines(wholes: Sequence[Tally], columns: Sequence[Column], rows: int) -> list[list[int]]:
    """The cells, by their places, of which a reader knows the sum: columns; and where everybody gave one answer, those
    of one postcode together with how many answered there.
    """
    width = len(columns)
    made = [[row * width + at for row in range(rows)] for at in range(width)]
    for number, tally in enumerate(wholes):
        own = [at for at, column in enumerate(columns) if column.tally == number]
        if not tally.overlaps:
            made += [[row * width + at for at in own] for row in range(rows)]
    return made


def guarded(cells: Sequence[int], lines: Sequence[Sequence[int]], smallest: int) -> list[int | None]:
    """The cells with None in the place of those that are too small, and of as many others as it takes.

    That nobody did is told. Each line is known to its readers as a sum, so what is hidden of it must be enough
    together, and more than one cell.
    """
    small = {at for at, value in enumerate(cells) if 0 < value < smallest}
    hidden = set(small)
    while (more := _to_hide(cells, lines, small, hidden, smallest)) is not None:
        hidden.add(more)
    return [None if at in hidden else value for at, value in enumerate(cells)]


def _to_hide(
    cells: Sequence[int], lines: Sequence[Sequence[int]], small: set[int], hidden: set[int], smallest: int
) -> int | None:
    """One more cell to be hidden, the smallest of a line that tells too much, nobody's last; None when all is well.

    A cell that is alone in a line protects nothing in its others: what it is can be worked out. Then that line has to
    hide more.
    """
    told = _worked_out(lines, hidden)
    first = [line for line in lines if any(at in small and at in told for at in line)]
    then = [line for line in lines if any(at in told for at in line)] if first else []
    sums = [line for line in lines if _told([cells[at] for at in line if at in hidden and at not in told], smallest)]
    for line in (*first, *then, *sums):
        if open_ones := [at for at in line if at not in hidden]:
            return min(open_ones, key=lambda at: (cells[at] == 0, cells[at], at))
    return None


def _worked_out(lines: Sequence[Sequence[int]], hidden: set[int]) -> set[int]:
    """The hidden cells that follow from the sums of the lines and from what is shown."""
    told: set[int] = set()
    found = True
    while found:
        alone = (rest[0] for line in lines if len(rest := [at for at in line if at in hidden and at not in told]) == 1)
        found = (one := next(alone, None)) is not None
        if one is not None:
            told.add(one)
    return told


def _told(values: Sequence[int], smallest: int) -> bool:
    """Whether the sum of hidden numbers tells one of them, or is too small itself."""
    total, number = sum(values), len(values)
    if not number:
        return False
    return number == 1 or total < smallest or total in (number, number * (smallest - 1))
