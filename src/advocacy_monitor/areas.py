"""Which area lies in which, and how far one must go up until there are enough statements to speak of (R16)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.models import Count, Widening
from advocacy_monitor.plugins import nearest
from advocacy_monitor.sources.tabular import Row, Table, read_bytes, read_csv
from advocacy_monitor.sources.workbook import is_workbook, read_workbook

COLUMNS = ("area", "part_of")
EVERYWHERE = ""
"""Stands for all areas: above every top of the hierarchy."""

_MOST_PROBLEMS = 50
_MOST_GUESSES = 10
_LARGEST = 32 * 1024 * 1024


def folded(area: str) -> str:
    """An area's name as it is compared: without regard to case, doubled spaces and how its accents are composed."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", area).split()).casefold())


@dataclass(frozen=True, slots=True)
class Areas:
    """The hierarchy: every area has at most one that it is part of. Names are compared folded, shown as written.

    An area that the hierarchy does not know has nothing below it, and all areas above it.
    """

    _names: Mapping[str, str]
    _above: Mapping[str, str]
    _below: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> Areas:
        """The hierarchy of a CSV or XLSX with the columns area and part_of. Raises ConfigError for all mistakes."""
        try:
            data = read_bytes(path, _LARGEST)
            table = read_workbook(data, where=str(path)) if is_workbook(data) else read_csv(data, where=str(path))
        except FatalSourceError as error:
            raise ConfigError(str(error)) from error
        pairs = list(_pairs(table, path))
        problems = [f"{path}, row {row}, {problem}" for row, problem in _mistakes(pairs)]
        if problems:
            more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
            raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
        return cls.of((area, part_of) for _, area, part_of in pairs)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Areas:
        """The hierarchy of pairs of area and what it is part of ('' for nothing). Raises ConfigError."""
        numbered = [
            (number, " ".join(area.split()), " ".join(up.split())) for number, (area, up) in enumerate(pairs, 1)
        ]
        if problems := [f"pair {number}, {problem}" for number, problem in _mistakes(numbered)]:
            raise ConfigError("\n".join(problems))
        names = {folded(area): area for _, area, _ in numbered}
        above = {folded(area): folded(part_of) for _, area, part_of in numbered}
        below: dict[str, list[str]] = {}
        for area, up in above.items():
            below.setdefault(up, []).append(area)
        return cls(names, above, {up: tuple(parts) for up, parts in below.items()})

    def __iter__(self) -> Iterator[str]:
        """The areas as written, in the order of the file."""
        return iter(self._names.values())

    def __contains__(self, area: object) -> bool:
        return isinstance(area, str) and folded(area) in self._names

    def wider(self, area: str) -> str | None:
        """The area that this one is part of, '' (all areas) above the top; None above '': there is nothing wider."""
        if not folded(area):
            return None
        return self._names.get(self._above.get(folded(area), EVERYWHERE), EVERYWHERE)

    def within(self, area: str) -> frozenset[str]:
        """The area and everything below it, as written in the hierarchy."""
        if folded(area) not in self._names:
            return frozenset({area})
        return frozenset(self._names[each] for each in self._reach(folded(area)))

    def among(self, area: str, spellings: Iterable[str]) -> frozenset[str]:
        """Those of the spellings that mean the area or one below it: statements may write RIVERSIDE for Riverside."""
        reached = set(self._reach(folded(area))) if folded(area) in self._names else {folded(area)}
        return frozenset(each for each in spellings if folded(each) in reached)

    def _reach(self, area: str) -> Iterator[str]:
        waiting = [area]
        while waiting:
            here = waiting.pop()
            yield here
            waiting += self._below.get(here, ())


_Pairs = Sequence[tuple[int, str, str]]


def _pairs(table: Table, path: Path) -> Iterator[tuple[int, str, str]]:
    """Row, area and what it is part of, spaces tidied. Raises ConfigError when a column is missing."""
    header, *body = table.rows
    headings = [folded(cell) for cell in header.cells]
    if missing := [name for name in COLUMNS if name not in headings]:
        found = ", ".join(repr(cell) for cell in header.cells if cell.strip())
        raise ConfigError(f"{path}: has no column {' and '.join(missing)}; needed are area and part_of; found {found}")
    at = [headings.index(name) for name in COLUMNS]
    for row in body:
        area, part_of = (_cell(row, each) for each in at)
        if area or part_of:
            yield row.number, area, part_of


def _cell(row: Row, at: int) -> str:
    return " ".join(row.cells[at].split()) if at < len(row.cells) else ""


def _mistakes(pairs: _Pairs) -> Iterator[tuple[int, str]]:
    """Row and words of every mistake: empty names, areas that stand twice, unknown ones above them, circles."""
    first: dict[str, int] = {}
    for row, area, _ in pairs:
        if not area:
            yield row, "area: is empty"
        elif (before := first.setdefault(folded(area), row)) != row:
            yield row, f"area: {area!r} stands in row {before} already; an area is part of one other at most"
    names = [area for _, area, _ in pairs]
    unknown = [(row, part_of) for row, _, part_of in pairs if part_of and folded(part_of) not in first]
    for number, (row, part_of) in enumerate(unknown):
        near = nearest(part_of, names) if number < _MOST_GUESSES else ""  # a guess takes a while in a long list
        yield (
            row,
            f"part_of: {part_of!r} has no row of its own{near}; "
            "add one, with an empty part_of if it is part of nothing",
        )
    yield from _circles(pairs)


def _circles(pairs: _Pairs) -> Iterator[tuple[int, str]]:
    """Every circle once, at its first row."""
    above = {folded(area): folded(part_of) for _, area, part_of in reversed(pairs) if area}
    names = {folded(area): area for _, area, _ in reversed(pairs)}
    sound: set[str] = set()
    for row, area, _ in pairs:
        walked: dict[str, None] = {}
        here = folded(area)
        while here in above and here not in sound and here not in walked:
            walked[here] = None
            here = above[here]
        if here in walked:
            round_trip = list(walked)
            circle = [names[each] for each in (*round_trip[round_trip.index(here) :], here)]
            yield row, f"part_of: goes round in a circle: {' > '.join(circle)}"
        sound.update(walked)


def widen(
    asked: str, count: Callable[[frozenset[str] | None], int], areas: Areas | None, *, least: int
) -> Widening | None:
    """Goes up from an area until there are `least` statements, or to all areas; None when the area itself will do.

    `count` says how many statements lie in a set of areas, None for all. The steps hold real numbers, also those that
    may not be shown. It is also None where no wider area has a single statement more: then a wider title would only
    hide where they come from.
    """
    known = areas or Areas({}, {}, {})
    if not folded(asked):
        return None
    steps: list[Count] = []
    here = asked
    while here != EVERYWHERE:
        found = count(known.within(here))
        if found >= least:
            break
        steps.append(Count(label=here, value=found))
        here = known.wider(here) or EVERYWHERE
    if not steps or (here == EVERYWHERE and count(None) <= (steps[0].value or 0)):
        return None
    return Widening(steps=tuple(steps), area=here, least=least)
