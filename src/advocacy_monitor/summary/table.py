"""The rows of the summary as arrays in the order of the items' ids, some 100 bytes an item, patched as rows change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from advocacy_monitor.store.summary import REMOVED, SummaryRow
from advocacy_monitor.summary.rows import KINDS, MEMBERS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_KINDS_OF_NUMBERS: dict[str, type[np.generic]] = {
    "item_id": np.int64,
    "said": np.int64,
    "person": np.int32,
    "raw_root": np.int64,
    "why": np.int8,
    "places": np.int32,
    "flags": np.int16,
    "doubt": np.int16,
    **dict.fromkeys(KINDS, np.int32),
}
_PLACES = {name: SummaryRow.__slots__.index(name) for name in _KINDS_OF_NUMBERS}
_NOBODY = -1
_FIRST_CAPACITY = 1024


class Table:
    """The arrays, and the names behind their numbers. Not safe for several threads: Columns sees to that."""

    def __init__(self) -> None:
        self._arrays = {name: np.zeros(_FIRST_CAPACITY, kind) for name, kind in _KINDS_OF_NUMBERS.items()}
        self._months = np.zeros(_FIRST_CAPACITY, np.int16)
        self._size = 0
        self.names: list[str | None] = [None]
        self._numbers: dict[tuple[str, str], int] = {}
        self._of_kind: dict[str, list[int]] = {kind: [] for kind in KINDS}
        self._roots: Ints | None = None
        self._clustered: Bools | None = None
        self._order: tuple[Ints, Ints] | None = None
        self._people = np.zeros(0, np.int64)
        self._people_numbers = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return self._size

    def column(self, name: str) -> npt.NDArray[Any]:
        """One column of all items: a view, valid until the next change."""
        array: npt.NDArray[Any] = self._arrays[name][: self._size]
        return array

    @property
    def months(self) -> npt.NDArray[np.int16]:
        """Months (UTC) since January 1970."""
        return self._months[: self._size]

    @property
    def alive(self) -> Bools:
        """Which items are still there."""
        there: Bools = self.column("why") != REMOVED
        return there

    def learn(self, names: Sequence[tuple[int, str, str]]) -> None:
        """Takes in names: number, kind, name."""
        for number, kind, name in names:
            self.names += [None] * (number + 1 - len(self.names))
            self.names[number] = name
            self._numbers[kind, name] = number
            self._of_kind.setdefault(kind, []).append(number)

    def number(self, kind: str, name: str) -> int:
        """The number of a name, -1 where no item ever had it."""
        return self._numbers.get((kind, name), -1)

    def numbers(self, kind: str) -> list[int]:
        """All numbers of a kind."""
        return self._of_kind[kind]

    def members(self, number: int) -> list[str]:
        """The members of a name that is a set."""
        name = self.names[number] if number else None
        return name.split(MEMBERS) if name else []

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        """Takes in rows that are new or changed, in any order."""
        table = np.array(rows, np.int64)
        fresh = {name: table[:, place].astype(_KINDS_OF_NUMBERS[name]) for name, place in _PLACES.items()}
        fresh["person"] = self._numbered(table[:, _PLACES["person"]])
        ids = fresh["item_id"]
        if len(ids) > 1 and not (np.diff(ids) > 0).all():
            fresh = {name: array[np.argsort(ids, kind="stable")] for name, array in fresh.items()}
            ids = fresh["item_id"]
        at = np.searchsorted(self.column("item_id"), ids)
        known = at < self._size
        known[known] = self.column("item_id")[at[known]] == ids[known]
        if known.any():
            self._change(at[known], {name: array[known] for name, array in fresh.items()})
        if not known.all():
            self._add({name: array[~known] for name, array in fresh.items()})

    @property
    def people(self) -> int:
        """How many different people there are; the column numbers them from 0, with -1 for those not known."""
        return len(self._people)

    def _numbered(self, keys: Ints) -> npt.NDArray[np.int32]:
        """People's keys as numbers in the order in which they came, so that people can be counted without sorting."""
        new = np.unique(keys[keys >= 0])
        places = np.searchsorted(self._people, new)
        unknown = places == len(self._people)
        unknown[~unknown] = self._people[places[~unknown]] != new[~unknown]
        new, places = new[unknown], places[unknown]
        numbers = np.arange(len(self._people), len(self._people) + len(new))
        self._people = np.insert(self._people, places, new)
        self._people_numbers = np.insert(self._people_numbers, places, numbers)
        made = np.full(len(keys), _NOBODY, np.int32)
        known = keys >= 0
        made[known] = self._people_numbers[np.searchsorted(self._people, keys[known])]
        return made

    def _change(self, at: Ints, fresh: dict[str, npt.NDArray[Any]]) -> None:
        if (self._arrays["raw_root"][at] != fresh["raw_root"]).any():
            self._roots = self._clustered = None
        if (self._arrays["said"][at] != fresh["said"]).any():
            self._order = None
        for name, array in fresh.items():
            self._arrays[name][at] = array
        self._months[at] = _months(fresh["said"])

    def _add(self, fresh: dict[str, npt.NDArray[Any]]) -> None:
        first, count = self._size, len(fresh["item_id"])
        in_order = not first or fresh["item_id"][0] > self._arrays["item_id"][first - 1]
        self._grow(first + count)
        for name, array in fresh.items():
            self._arrays[name][first : first + count] = array
        self._months[first : first + count] = _months(fresh["said"])
        self._size = first + count
        self._roots = self._clustered = None
        if in_order:
            self._insert_into_order(first)
        else:
            self._sort()

    def _sort(self) -> None:
        order = np.argsort(self.column("item_id"), kind="stable")
        for array in (*self._arrays.values(), self._months):
            array[: self._size] = array[: self._size][order]
        self._order = None

    def _grow(self, size: int) -> None:
        if size > len(self._months):
            capacity = max(size, len(self._months) * 3 // 2)
            for name, array in self._arrays.items():
                self._arrays[name] = np.resize(array, capacity)
            self._months = np.resize(self._months, capacity)

    @property
    def order(self) -> tuple[Ints, Ints]:
        """All positions by the time at which they were said, then by id; and those times."""
        if self._order is None:
            said = self.column("said")
            order = np.argsort(said, kind="stable")  # positions are in the order of the ids
            self._order = (order, said[order])
        return self._order

    def _insert_into_order(self, first: int) -> None:
        """Puts the newest positions in their places: all others stay in theirs."""
        if self._order is not None:
            order, times = self._order
            said = self.column("said")[first:]
            new = np.argsort(said, kind="stable")
            places = np.searchsorted(times, said[new], side="right")
            self._order = (np.insert(order, places, new + first), np.insert(times, places, said[new]))

    @property
    def roots(self) -> Ints:
        """Of which item each is a copy, or itself; copies of copies are copies of the first, as in the ledger."""
        if self._roots is None:
            ids, raw = self.column("item_id"), self.column("raw_root")
            roots = raw.copy()
            copies = np.flatnonzero(raw != ids)
            at = np.searchsorted(ids, raw[copies])
            # What comes later was not known when the ledger read the copy; what is not there points to itself.
            earlier = raw[copies] < ids[copies]
            copies, at = copies[earlier], at[earlier]
            there = (at < len(ids)) & (ids[np.minimum(at, len(ids) - 1)] == raw[copies])
            copies, at = copies[there], at[there]
            while len(copies) and (roots[copies] != roots[at]).any():
                roots[copies] = roots[at]
            self._roots = roots
        return self._roots

    @property
    def clustered(self) -> Bools:
        """Which items say what another one says."""
        if self._clustered is None:
            ids, roots = self.column("item_id"), self.roots
            copies = roots != ids
            found = copies.copy()
            at = np.searchsorted(ids, roots[copies])
            at = at[at < len(ids)]
            found[at] = True
            self._clustered = found
        return self._clustered


def _months(said: Ints) -> npt.NDArray[np.int16]:
    return said.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64).astype(np.int16)
