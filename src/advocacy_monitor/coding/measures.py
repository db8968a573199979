"""The measures of agreement, over arrays. Values come first, then the same for many draws of statements at once.

`votes` are the codings: one row a coder, one column a statement, a third axis for themes, 1 given, 0 not given, nan not
coded. `draws` are how often each statement was drawn: one row a draw. Undefined values are nan, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def draw(units: int, *, times: int, seed: int) -> Floats:
    """How often each of `units` statements is drawn, in `times` draws of as many statements with replacement."""
    if not units:
        return np.zeros((times, 0))
    return np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=times).astype(float)


def _ratio(above: Floats, below: Floats) -> Floats:
    """A quotient with nan where it is not defined."""
    made: Floats = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=made, where=~np.isclose(below, 0, atol=1e-12))
    return made


def alpha(votes: Floats) -> Floats:
    """Krippendorff's alpha of each theme, nominal, by the krippendorff package; nan where it is not defined."""
    from krippendorff import alpha as package_alpha

    made = np.full(votes.shape[2], np.nan)
    for theme in range(votes.shape[2]):
        values = votes[:, :, theme]
        pairable = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
        if len(np.unique(pairable[~np.isnan(pairable)])) > 1:
            made[theme] = package_alpha(values, value_domain=[0.0, 1.0], level_of_measurement="nominal")
    return made


def alpha_of_draws(votes: Floats, draws: Floats) -> Floats:
    """The same of every draw, one row a draw: 1 - (n - 1)·o01 / (n0·n1), from the coincidences of each statement."""
    given = np.nansum(votes, axis=0)
    coders = (~np.isnan(votes)).sum(axis=0)
    pairable = coders >= 2
    given = np.where(pairable, given, 0.0)
    lacking = np.where(pairable, coders - given, 0.0)
    mixed = given * lacking / np.maximum(coders - 1, 1)
    n1, n0, o01 = draws @ given, draws @ lacking, draws @ mixed
    return 1 - _ratio((n1 + n0 - 1) * o01, n1 * n0)


def agreed(votes: Floats, draws: Floats) -> Floats:
    """The share of pairs of codings that are the same, of each draw and theme."""
    same, pairs = np.zeros((len(draws), votes.shape[2])), np.zeros((len(draws), votes.shape[2]))
    for one, other in combinations(votes, 2):
        both = ~np.isnan(one) & ~np.isnan(other)
        same += draws @ (both & (one == other)).astype(float)
        pairs += draws @ both.astype(float)
    return _ratio(same, pairs)


def kappa(votes: Floats, draws: Floats) -> Floats:
    """Cohen's kappa (1960) of each draw and theme: the mean over pairs of coders, weighted by shared statements."""
    return _over_pairs(votes, draws, _kappa)


def ac1(votes: Floats, draws: Floats) -> Floats:
    """Gwet's AC1 (2008) of each draw and theme: the mean over pairs of coders, weighted by shared statements."""
    return _over_pairs(votes, draws, _ac1)


class _Table:
    """The four shares of a pair of coders: both gave it, one, the other, none; over `total` statements."""

    def __init__(self, one: Floats, other: Floats, draws: Floats) -> None:
        both = ~np.isnan(one) & ~np.isnan(other)
        self.total = draws @ both.astype(float)
        self.one = _ratio(draws @ np.where(both, one, 0.0), self.total)
        self.other = _ratio(draws @ np.where(both, other, 0.0), self.total)
        self.same = _ratio(draws @ (both & (one == other)).astype(float), self.total)


def _kappa(table: _Table) -> Floats:
    expected = table.one * table.other + (1 - table.one) * (1 - table.other)
    return _ratio(table.same - expected, 1 - expected)


def _ac1(table: _Table) -> Floats:
    share = (table.one + table.other) / 2
    expected = 2 * share * (1 - share)
    return _ratio(table.same - expected, 1 - expected)


def _over_pairs(votes: Floats, draws: Floats, measure: Callable[[_Table], Floats]) -> Floats:
    total, weights = np.zeros((len(draws), votes.shape[2])), np.zeros((len(draws), votes.shape[2]))
    for one, other in combinations(votes, 2):
        table = _Table(one, other, draws)
        found = measure(table)
        known = ~np.isnan(found)
        total += np.where(known, found * table.total, 0.0)
        weights += np.where(known, table.total, 0.0)
    return _ratio(total, weights)


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    """The MASI distance of two sets (Passonneau 2006): 1 - Jaccard·monotonicity; 0 for two empty sets.

    Monotonicity is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where they do not.
    """
    if one == other:
        return 0.0
    shared = len(one & other)
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - shared / len(one | other) * monotonicity


class Sets:
    """Whole answers of coders: `answers` has one row a coder, one column a statement, None where not coded."""

    def __init__(self, answers: Sequence[Sequence[frozenset[str] | None]]) -> None:
        domain: dict[frozenset[str], int] = {}
        known: list[frozenset[str]] = []
        for row in answers:
            for answer in row:
                if answer is not None and answer not in domain:
                    domain[answer] = len(known)
                    known.append(answer)
        units = len(answers[0]) if answers else 0
        self.counts = np.zeros((units, len(known)))
        for row in answers:
            for unit, answer in enumerate(row):
                if answer is not None:
                    self.counts[unit, domain[answer]] += 1
        self.counts[self.counts.sum(axis=1) < 2] = 0  # what one coder coded cannot agree with anything
        self.distances = np.array([[masi(a, b) for b in known] for a in known]).reshape(len(known), len(known))

    def alpha(self) -> float:
        """Krippendorff's alpha with the MASI distance, by the krippendorff package; nan where it is not defined."""
        from krippendorff import alpha as package_alpha

        if np.count_nonzero(self.counts.sum(axis=0)) < 2:
            return float("nan")
        distances, measure_type = self.distances, np.dtype(np.float64)

        def metric(
            v1: npt.NDArray[Any],
            v2: npt.NDArray[Any],
            i1: npt.NDArray[np.int_],
            i2: npt.NDArray[np.int_],
            n_v: npt.NDArray[Any],
            dtype: np.dtype[Any] = measure_type,
        ) -> npt.NDArray[Any]:
            return distances[i1, i2].astype(dtype)

        return float(package_alpha(value_counts=self.counts, level_of_measurement=metric))

    def apart(self) -> Floats:
        """The mean distance of the pairs of answers of each statement; nan where fewer than two coded it."""
        coders = self.counts.sum(axis=1)
        total = ((self.counts @ self.distances) * self.counts).sum(axis=1)
        return _ratio(total, coders * (coders - 1))

    def alpha_of_draws(self, draws: Floats) -> Floats:
        """The same alpha of every draw."""
        coders = self.counts.sum(axis=1)
        observed = draws @ np.nan_to_num(self.apart() * coders)
        values = draws @ self.counts
        expected = ((values @ self.distances) * values).sum(axis=1)
        return 1 - _ratio(observed * (values.sum(axis=1) - 1), expected)

    def identical(self, draws: Floats) -> Floats:
        """The share of pairs of answers that are the same, of every draw."""
        coders = self.counts.sum(axis=1)
        same = draws @ (self.counts * (self.counts - 1)).sum(axis=1)
        return _ratio(same, draws @ (coders * (coders - 1)))
