"""How well a coding agrees with people's: precision, recall and F1 by theme, each with its range.

A range holds 95 % of the values when the statements are drawn again with replacement (1,000 times, seeded). It says
nothing about whether the people were right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier.calibration import Flags

DRAWS = 1_000
_AT_ONCE = 100
_Counts: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One theme: how often people gave it, the machine found it, and both; and F1's range."""

    people: int
    machine: int
    both: int
    low: float | None = None
    high: float | None = None

    @property
    def precision(self) -> float | None:
        """The share of the machine's codes that people gave as well."""
        return self.both / self.machine if self.machine else None

    @property
    def recall(self) -> float | None:
        """The share of people's codes that the machine found."""
        return self.both / self.people if self.people else None

    @property
    def f1(self) -> float | None:
        """Their harmonic mean; None where nobody gave the theme."""
        return 2 * self.both / (self.people + self.machine) if self.people else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean F1 of the themes that people gave at all (macro), over `n` statements, with its range."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of one way of coding."""

    themes: tuple[Figure, ...]
    macro: Mean
    micro: float | None


class Draws:
    """Statements drawn again and again with replacement; the same draws for everything that is compared."""

    def __init__(self, number: int, *, seed: int, groups: Sequence[str] | None = None) -> None:
        """`groups`: copies of one statement are drawn together, as they come."""
        names = list(groups) if groups is not None else [str(each) for each in range(number)]
        _, self._group = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
        self._seed = seed

    def f1(self, truth: Flags, said: Flags) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """F1 by draw and theme, and which of them have a positive at all."""
        random, groups = np.random.default_rng(self._seed), int(self._group.max(initial=-1)) + 1
        stacked = np.hstack([truth & said, truth, said]).astype(np.float32)
        values, defined = [], []
        for _ in range(0, DRAWS, _AT_ONCE):
            weights = random.multinomial(groups, np.full(groups, 1 / groups), size=_AT_ONCE)[:, self._group]
            both, people, machine = np.split(weights.astype(np.float32) @ stacked, 3, axis=1)
            values.append(2 * both / np.maximum(people + machine, 1))
            defined.append(people > 0)
        return np.vstack(values).astype(np.float64), np.vstack(defined)


def measure(truth: Flags, said: Flags, draws: Draws) -> Figures:
    """Figures of `said` against `truth`, both statements x themes."""
    if not len(truth):
        return Figures(themes=(), macro=Mean(n=0, value=None), micro=None)
    values, defined = draws.f1(truth, said)
    themes = []
    for theme in range(truth.shape[1]):
        drawn = values[defined[:, theme], theme]
        low, high = _range(drawn) if truth[:, theme].any() and len(drawn) else (None, None)
        people, machine = int(truth[:, theme].sum()), int(said[:, theme].sum())
        both = int((truth[:, theme] & said[:, theme]).sum())
        themes.append(Figure(people=people, machine=machine, both=both, low=low, high=high))
    known = [figure.f1 for figure in themes if figure.f1 is not None]
    low, high = _range(_macro(values, defined)) if known else (None, None)
    macro = Mean(n=len(truth), value=float(np.mean(known)) if known else None, low=low, high=high)
    total = int(truth.sum()) + int(said.sum())
    return Figures(themes=tuple(themes), macro=macro, micro=2 * int((truth & said).sum()) / total if total else None)


def gain(truth: Flags, before: Flags, after: Flags, draws: Draws) -> Mean:
    """By how much the macro-F1 of `after` is above that of `before`, on the same statements in the same draws."""
    first, second = measure(truth, before, draws).macro, measure(truth, after, draws).macro
    if first.value is None or second.value is None:
        return Mean(n=len(truth), value=None)
    drawn = _macro(*draws.f1(truth, after)) - _macro(*draws.f1(truth, before))
    low, high = _range(drawn)
    return Mean(n=len(truth), value=second.value - first.value, low=low, high=high)


def _macro(values: npt.NDArray[np.float64], defined: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The mean over the themes that a draw has positives of, by draw."""
    made: npt.NDArray[np.float64] = np.where(defined, values, 0).sum(axis=1) / np.maximum(defined.sum(axis=1), 1)
    return made


def _range(drawn: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)
