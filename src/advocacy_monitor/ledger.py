"""Every stored item in columns, read once: which of them a pack counts is then a matter of milliseconds.

A campaign makes one pack for each of three hundred recipients out of the same million items. What decides about an
item's way into a pack does not depend on the pack, but for two things: whether the pack is about it, and whether it is
a copy of one that is counted. So items are read one by one once (candidates.py), and stand here as arrays; memory is
some 100 bytes an item, whatever their texts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import numpy as np
import numpy.typing as npt

from advocacy_monitor.candidates import Candidate, gone, held, is_verified, quotes_allowed
from advocacy_monitor.closed_answers import Reader
from advocacy_monitor.left_out import LEFT_OUT, Looked, why_not
from advocacy_monitor.models import Query, Status, Use
from advocacy_monitor.terms import recheck_hours

Positions = npt.NDArray[np.int64]

_COUNTED = 0
_REPOST = 1 + LEFT_OUT.index("repost")
_COPY = 1 + LEFT_OUT.index("copy")

QUOTABLE, SENDABLE, HELD, CODED, CRITICAL, COMPLAINT, LOOKED_UP_AT_PLATFORM, UNVERIFIED, SEEN, LOCAL = (
    1 << bit for bit in range(10)
)
"""What is known of an item, as bits: may be quoted; may be sent to a representative as well; waits for a person; was
coded by a person; holds a complaint, as a person or the software says; as a person says; is a post that its platform
can be asked about; could not be looked up lately; its repost counts as an appearance; its area is known."""


class Names:
    """The different values of one column, numbered in the order in which they come; None is one of them."""

    def __init__(self) -> None:
        self.numbers: dict[str | None, int] = {}
        self.values = array("i")

    def add(self, value: str | None) -> None:
        self.values.append(self.numbers.setdefault(value, len(self.numbers)))

    def within(self, wanted: Iterable[str | None]) -> list[int]:
        """The numbers of some values."""
        return [self.numbers[value] for value in wanted if value in self.numbers]

    @property
    def names(self) -> list[str | None]:
        return list(self.numbers)

    @property
    def column(self) -> npt.NDArray[np.int32]:
        return np.frombuffer(self.values, dtype=np.int32) if self.values else np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Parted:
    """What a query finds, parted: positions in the ledger of the statements that are counted and of their copies.

    `appearances` are the places in which each counted statement was seen, in the order of `counted`. `left_out` are
    all others by reason; `found` all of them together.
    """

    counted: Positions
    copies: Positions
    appearances: Positions
    left_out: Mapping[str, int]
    found: int


class Ledger:
    """What decides about each item, as columns in the order of the items' ids."""

    def __init__(self) -> None:
        self._ids, self._roots, self._people = array("q"), array("q"), array("q")
        self._why, self._bits, self._places = array("b"), array("h"), array("i")
        self._said, self._collected = array("i"), array("i")
        self._lengths, self._richness = array("i"), array("b")
        self.languages, self.areas, self.libraries, self.sources = Names(), Names(), Names(), Names()
        self.answers, self.postcodes = Names(), Names()
        self._themes: dict[str, array[int]] = {}
        self._keys: dict[str, int] = {}
        self._first_of: dict[int, int] = {}

    @classmethod
    def of(
        cls,
        found: Iterable[Candidate],
        unchecked: frozenset[int],
        looked: Looked,
        *,
        chosen: Reader = lambda item: None,
    ) -> Ledger:
        """Reads all candidates, which come in the order of their ids. `chosen` reads the closed answers of each."""
        made = cls()
        for candidate in found:
            made._add(candidate, unchecked, looked, chosen)
        made._first_of.clear()
        made._keys.clear()
        return made

    def _add(self, found: Candidate, unchecked: frozenset[int], looked: Looked, chosen: Reader) -> None:
        item = found.item
        # What is a copy of a copy is a copy of the first: that happens when the first one's words were removed.
        root = self._first_of.get(found.root, found.root)
        if root != item.id:
            self._first_of[item.id] = root
        why = why_not(found, unchecked, looked)
        position = len(self._ids)
        self._ids.append(item.id)
        self._roots.append(root)
        self._people.append(-1 if item.person_key is None else self._keys.setdefault(item.person_key, len(self._keys)))
        self._why.append(_COUNTED if why is None else 1 + LEFT_OUT.index(why))
        self._bits.append(_bits(found, looked))
        self._places.append(found.places)
        self._said.append(item.created_at.astimezone(UTC).date().toordinal())
        self._collected.append(item.collected_at.astimezone(UTC).date().toordinal())
        self._lengths.append(len(item.text))
        self._richness.append(min(found.richness, 3))
        self.languages.add(found.language)
        self.areas.add(found.area)
        self.libraries.add(found.library)
        self.sources.add(item.source)
        self.answers.add(chosen(item))
        self.postcodes.add(item.postcode)
        for theme in found.themes:
            self._themes.setdefault(theme, array("q")).append(position)

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self, positions: Positions) -> list[int]:
        """The ids of the items at these positions."""
        return [int(number) for number in _column(self._ids, np.int64)[positions]]

    def appearances_of(self, made: Parted, item_ids: Sequence[int]) -> list[int]:
        """In how many places each of these counted items was seen."""
        positions = np.searchsorted(_column(self._ids, np.int64), np.asarray(item_ids, dtype=np.int64))
        return [int(number) for number in made.appearances[np.searchsorted(made.counted, positions)]]

    @staticmethod
    def at(positions: Iterable[int]) -> Positions:
        """Positions as the ledger takes them."""
        return np.fromiter(positions, dtype=np.int64)

    def part(self, query: Query) -> Parted:
        """Parts what a query finds into statements, copies and the rest."""
        wanted = self._matching(query)
        why = _column(self._why, np.int8)[wanted]
        left_out = {name: int((why == number).sum()) for number, name in enumerate(LEFT_OUT, start=1)}
        roots = _column(self._roots, np.int64)
        open_ones = wanted[why == _COUNTED]
        # The first of each cluster is counted: positions are in the order of the ids.
        first = np.unique(roots[open_ones], return_index=True)[1]
        counted = open_ones[np.sort(first)]
        copies = np.setdiff1d(open_ones, counted, assume_unique=True)
        left_out["copy"] += len(copies)
        seen = wanted[(why == _COUNTED) | ((why == _REPOST) & self.has(wanted, SEEN))]
        return Parted(
            counted=counted,
            copies=copies,
            appearances=self._appearances(roots, counted, seen),
            left_out={name: number for name, number in left_out.items() if number},
            found=len(wanted),
        )

    def _appearances(self, roots: Positions, counted: Positions, seen: Positions) -> Positions:
        """For each counted statement the places of all that says the same."""
        clusters, inverse = np.unique(roots[seen], return_inverse=True)
        sums = np.bincount(inverse, weights=_column(self._places, np.int32)[seen], minlength=len(clusters))
        return sums.astype(np.int64)[np.searchsorted(clusters, roots[counted])] if len(counted) else counted

    def _matching(self, query: Query) -> Positions:
        keep = np.ones(len(self), dtype=bool)
        if query.themes:
            said = np.zeros(len(self), dtype=bool)
            for theme in query.themes:
                said[self.with_theme(theme)] = True
            keep &= said
        for names, wanted in (
            (self.areas, query.areas),
            (self.languages, query.languages),
            (self.sources, query.sources),
            (self.libraries, query.libraries),
        ):
            if wanted:
                keep &= np.isin(names.column, names.within(wanted))
        days = _column(self._said, np.int32)
        if query.since:
            keep &= days >= query.since.toordinal()
        if query.until:
            keep &= days <= query.until.toordinal()
        return np.flatnonzero(keep)

    def with_theme(self, theme: str) -> Positions:
        """The positions of all items that carry a theme."""
        return _column(self._themes.get(theme, array("q")), np.int64)

    def themes_of(self, positions: Positions) -> dict[str, Positions]:
        """By theme, those of the positions that carry it; themes that none carries are absent."""
        within = np.zeros(len(self), dtype=bool)
        within[positions] = True
        found = {theme: self.with_theme(theme) for theme in sorted(self._themes)}
        return {theme: carrying[within[carrying]] for theme, carrying in found.items() if within[carrying].any()}

    def has(self, positions: Positions, bit: int) -> npt.NDArray[np.bool_]:
        """Which of the positions have a bit set."""
        found: npt.NDArray[np.bool_] = (_column(self._bits, np.int16)[positions] & bit) != 0
        return found

    def people(self, positions: Positions) -> int:
        """How many different people are known to have made these statements."""
        people = _column(self._people, np.int64)[positions]
        return len(np.unique(people[people >= 0]))

    def unknown(self, positions: Positions) -> int:
        """How many of these statements are by authors who are not known."""
        return int((_column(self._people, np.int64)[positions] < 0).sum())

    def by_name(self, names: Names, positions: Positions) -> dict[str | None, Positions]:
        """The positions by the value of a column."""
        values = names.column[positions]
        order = np.argsort(values, kind="stable")
        numbers, starts = np.unique(values[order], return_index=True)
        known = names.names
        parts = np.split(positions[order], starts[1:]) if len(numbers) else []
        return {known[number]: part for number, part in zip(numbers, parts, strict=True)}

    def months(self, positions: Positions) -> dict[str, Positions]:
        """The positions by the month (UTC) in which they were said, as '2026-11', in their order."""
        days = _column(self._said, np.int32)[positions]
        months = (days.astype("timedelta64[D]") + np.datetime64("0001-01-01") - 1).astype("datetime64[M]")
        return {str(month): positions[months == month] for month in np.unique(months)}

    def said(self, positions: Positions) -> tuple[date, date] | None:
        """The first and the last day on which they were said."""
        return _first_and_last(_column(self._said, np.int32)[positions])

    def collected(self, positions: Positions) -> tuple[date, date] | None:
        """The first and the last day on which they were collected."""
        return _first_and_last(_column(self._collected, np.int32)[positions])

    def best(self, positions: Positions, *, language: str, most: int, of_each_theme: int) -> Positions:
        """The quotes that are looked at closely: by story, language, place and length, and some of each theme.

        A first, rough sifting of perhaps half a million statements, so that only few texts have to be read.
        """
        length = _column(self._lengths, np.int32)[positions]
        merit = _column(self._richness, np.int8)[positions] * 4
        merit = merit + 4 * np.isin(self.languages.column[positions], self.languages.within([language]))
        merit = merit + 3 * self.has(positions, LOCAL) + 4 * ((length >= 80) & (length <= 420)) + (length >= 40)
        ranked = positions[np.lexsort((positions, -merit))]
        chosen = [ranked[:most]]
        if len(ranked) > most:
            within = np.full(len(self), -1, dtype=np.int64)
            within[ranked] = np.arange(len(ranked))
            parts = [*self.themes_of(ranked).values(), ranked[self.has(ranked, CRITICAL)]]
            chosen += [part[np.argsort(within[part])][:of_each_theme] for part in parts]
        return np.unique(np.concatenate(chosen))


def _bits(found: Candidate, looked: Looked) -> int:
    post = found.item.kind == "post" and recheck_hours(found.item.source) is not None
    flags: Sequence[tuple[int, bool]] = (
        (QUOTABLE, quotes_allowed(found.uses)),
        (SENDABLE, quotes_allowed(found.uses) and Use.SEND_TO_REPRESENTATIVE in found.uses),
        (HELD, held(found)),
        (CODED, found.coded_themes is not None),
        (CRITICAL, "complaint" in found.stances),
        (COMPLAINT, found.complaint_by_person),
        (LOOKED_UP_AT_PLATFORM, post),
        (UNVERIFIED, not is_verified(found, looked.at)),
        (SEEN, not gone(found) and found.status is not Status.REJECTED),
        (LOCAL, found.area is not None),
    )
    return sum(bit for bit, is_set in flags if is_set)


def _column(values: array[int], kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.frombuffer(values, dtype=kind) if values else np.empty(0, kind)


def _first_and_last(days: npt.NDArray[np.int32]) -> tuple[date, date] | None:
    return (date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))) if len(days) else None
