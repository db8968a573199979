"""Counts statements, people and appearances for charts, from the summary in memory, as `count` and packs do."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advocacy_monitor.breakdowns import merged
from advocacy_monitor.closed_answers import OPTION, options_of
from advocacy_monitor.desk.charts import reach
from advocacy_monitor.desk.charts.definitions import Measure
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.rows import CODED
from advocacy_monitor.summary.table import Ints

UNKNOWN = "unknown"
"""Stands for what is not known; people write that as well."""

OTHERS = "\n others"
"""Stands for several values together; no value of a field holds a new line."""

NO_THEME = "none"
OVERLAPPING = frozenset({"theme"})
"""Fields of which a statement may have several values: their numbers add up to no whole."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of one field. `base` are the statements (or people, or places) that could have one.

    `together` gives one number for several values: a person who stands under two of them is one person. `overlap`
    says that a statement may have several values, so that the numbers add up to no whole.
    """

    numbers: Mapping[str, int]
    base: int
    together: Callable[[Collection[str]], int]
    overlap: bool = False


class Counts:
    """What a filter lets through, counted. `found` are all of its items, `statements` those that count."""

    def __init__(self, columns: Columns, found: Ints) -> None:
        self.columns = columns
        self.found = found
        self.statements = columns.counted(found)
        self._places: Ints | None = None
        self._known: dict[tuple[str, str, str], Counted] = {}

    def size(self, positions: Ints, measure: Measure) -> int:
        """One number: statements, different people known to have made them, or places in which they were seen."""
        if measure == "people":
            return self.columns.people(positions)
        return int(self.places[positions].sum()) if measure == "appearances" else len(positions)

    @property
    def places(self) -> Ints:
        """For each position, in how many places its statement was seen; 0 for what is no statement."""
        if self._places is None:
            self._places = reach.places(self.columns, self.found, self.statements)
        return self._places

    def by(self, field: str, measure: Measure = "statements", question: str = "") -> Counted:
        """The numbers by a field; the `answer`s to a question are counted among those who answered."""
        key = (field, measure, question)
        if key not in self._known:
            self._known[key] = self._by(field, measure, question)
        return self._known[key]

    def _by(self, field: str, measure: Measure, question: str) -> Counted:
        if field == "answer":
            return self._answers(question, measure)
        overlap = field in OVERLAPPING
        base = self.size(self.statements, measure)
        if measure == "statements":
            found = self.columns.tally_counts(self.statements, field)
            numbers = merged((_name(field, name), number) for name, number in found.items())
            return Counted(numbers, base, lambda names: sum(numbers.get(name, 0) for name in names), overlap)
        return self._of(self.parts(self.statements, field), base, measure, overlap=overlap)

    def _of(self, parts: Mapping[str, Ints], base: int, measure: Measure, *, overlap: bool) -> Counted:
        def together(names: Collection[str]) -> int:
            return self.size(_union([parts[name] for name in names if name in parts]), measure)

        numbers = {name: self.size(part, measure) for name, part in parts.items()}
        return Counted(numbers, base, together, overlap)

    def parts(self, positions: Ints, field: str) -> dict[str, Ints]:
        """The positions by a field."""
        found: dict[str, list[Ints]] = {}
        for name, part in self.columns.tally(positions, field).items():
            found.setdefault(_name(field, name), []).append(part)
        return {name: _union(several) for name, several in found.items()}

    def crossed(self, field: str, measure: Measure, columns: Collection[str]) -> dict[str, dict[str, int]]:
        """The numbers of each theme by another field; what is in none of the columns stands together as OTHERS.

        Statements without a theme are not in it.
        """
        found: dict[str, dict[str, int]] = {}
        if measure == "statements":
            for theme, values in reach.crossed(self.columns, self.statements, "theme", field).items():
                if theme is not None:
                    named = ((_name(field, value), number) for value, number in values.items())
                    found[theme] = merged((name if name in columns else OTHERS, number) for name, number in named)
            return found
        for theme, part in self.parts(self.statements, "theme").items():
            if theme != NO_THEME:
                several: dict[str, list[Ints]] = {}
                for name, each in self.parts(part, field).items():
                    several.setdefault(name if name in columns else OTHERS, []).append(each)
                found[theme] = {name: self.size(_union(each), measure) for name, each in several.items()}
        return found

    @functools.cached_property
    def coded(self) -> Ints:
        """The statements that a person coded."""
        return reach.flagged(self.columns, self.statements, CODED)

    def _answers(self, question: str, measure: Measure) -> Counted:
        """Two written answers are two lots of statements, so that numbers of statements can be added up."""
        field = f"answer:{question}"
        given = {name: number for name, number in self.columns.tally_counts(self.statements, field).items() if name}
        listed = any(OPTION in name for name in given)
        options = {name: tuple(name.split(OPTION)) for name in given} if listed else options_of(given.keys())
        overlap = any(len(each) > 1 for each in options.values())
        if measure == "statements":
            numbers = merged((option, number) for name, number in given.items() for option in options[name])
            return Counted(numbers, sum(given.values()), lambda names: sum(numbers[name] for name in names), overlap)
        several: dict[str, list[Ints]] = {}
        answered = {name: part for name, part in self.columns.tally(self.statements, field).items() if name}
        for name, part in answered.items():
            for option in options[name]:
                several.setdefault(option, []).append(part)
        everyone = self.size(_union(list(answered.values())), measure)
        return self._of({name: _union(each) for name, each in several.items()}, everyone, measure, overlap=overlap)


def _union(parts: Sequence[Ints]) -> Ints:
    if len(parts) == 1:
        return parts[0]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def _name(field: str, name: str | None) -> str:
    return name or (NO_THEME if field == "theme" else UNKNOWN)
