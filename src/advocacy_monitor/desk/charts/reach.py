"""What charts ask of the summary's columns beyond their questions: places statement by statement, and single flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from advocacy_monitor.left_out import LEFT_OUT
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.rows import SEEN
from advocacy_monitor.summary.table import Ints

_REPOST = 1 + LEFT_OUT.index("repost")


def places(columns: Columns, found: Ints, statements: Ints) -> Ints:
    """For every position the places in which its statement was seen, its copies and reposts among `found` included.

    0 for what is no statement. As `Columns.appearances` counts them all together.
    """
    with columns.still():
        table = columns._table
        why, flags = table.column("why")[found], table.column("flags")[found]
        seen = found[(why == 0) | ((why == _REPOST) & (flags & SEEN != 0))]
        clusters, numbers = np.unique(table.roots[seen], return_inverse=True)
        sums = np.bincount(numbers, weights=table.column("places")[seen], minlength=len(clusters)).astype(np.int64)
        made = np.zeros(len(table), dtype=np.int64)
        if len(statements):
            made[statements] = sums[np.searchsorted(clusters, table.roots[statements])]
    return made


def flagged(columns: Columns, positions: Ints, flag: int) -> Ints:
    """Those of the positions that have a flag of `summary.rows`."""
    with columns.still():
        found: Ints = positions[columns._table.column("flags")[positions] & flag != 0]
    return found


def crossed(columns: Columns, positions: Ints, split: str, by: str) -> dict[str | None, dict[str | None, int]]:
    """How many of the positions have each pair of values, as `Columns.cross_counts` counts them.

    Over millions of positions counting into a table is some ten times as fast as sorting pairs.
    """
    with columns.still():
        (one, ones), (other, others) = columns._coded(split), columns._coded(by)
        rows, down = _dense(one[positions], len(ones))
        places, across = _dense(other[positions], len(others))
    if len(down) * len(across) > _MOST_CELLS:
        return _as_rows(columns.cross_counts(positions, split, by))
    table = np.bincount(rows * len(across) + places, minlength=len(down) * len(across)).reshape(len(down), len(across))
    sums = _members(ones, down) @ table.astype(np.float64)
    found: dict[str | None, dict[str | None, int]] = {}
    for row, name in enumerate(_names(ones, down)):
        mine = found.setdefault(name, {})
        for column in np.flatnonzero(sums[row]):
            for value in others[across[column]]:
                mine[value] = mine.get(value, 0) + int(sums[row, column])
    return found


_MOST_CELLS = 16_000_000


def _dense(codes: npt.NDArray[Any], size: int) -> tuple[Ints, Ints]:
    """Numbers without gaps for those that occur, and which those are."""
    used = np.flatnonzero(np.bincount(codes, minlength=size))
    numbers = np.zeros(size, dtype=np.int64)
    numbers[used] = np.arange(len(used))
    return numbers[codes], used


def _names(names: Sequence[Sequence[str | None]], used: Ints) -> list[str | None]:
    return list(dict.fromkeys(name for number in used.tolist() for name in names[number]))


def _members(names: Sequence[Sequence[str | None]], used: Ints) -> npt.NDArray[np.float64]:
    """Which of the names each number stands for, as a table of ones."""
    places = {name: place for place, name in enumerate(_names(names, used))}
    made = np.zeros((len(places), len(used)))
    for column, number in enumerate(used.tolist()):
        for name in names[number]:
            made[places[name], column] = 1
    return made


def _as_rows(pairs: Mapping[tuple[str | None, str | None], int]) -> dict[str | None, dict[str | None, int]]:
    found: dict[str | None, dict[str | None, int]] = {}
    for (one, other), number in pairs.items():
        found.setdefault(one, {})[other] = number
    return found
