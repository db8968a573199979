"""Macro- and micro-F1 of a way of coding, averaged over samples, with 95 % bootstrap intervals over statements.

The same draws are used for everything that is tested on the same statements; copies of one are drawn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier.calibration import Flags

DRAWS = 1_000
SEED = 20261122
_AT_ONCE = 50
_Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value with the range that holds 95 % of the draws."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Both means over `n` statements; `themes` of them have a positive among these."""

    n: int
    themes: int
    macro: Interval
    micro: Interval


def score(truth: Flags, said: Sequence[Flags], groups: Sequence[str]) -> Score:
    """The mean over several codings of the same statements (samples to learn from), each statements x themes."""
    once = np.ones((1, len(truth)))
    macro, micro = (np.mean(each) for each in zip(*(_f1(truth, each, once) for each in said), strict=True))
    drawn = _drawn(truth, said, groups)
    return Score(
        n=len(truth),
        themes=int(truth.any(axis=0).sum()),
        macro=_interval(float(macro), drawn[0]),
        micro=_interval(float(micro), drawn[1]),
    )


def macro_f1(truth: Flags, said: Sequence[Flags]) -> float:
    """The mean F1 of the themes that people gave at all, averaged over several codings."""
    once = np.ones((1, len(truth)))
    return float(np.mean([_f1(truth, each, once)[0] for each in said]))


def _drawn(truth: Flags, said: Sequence[Flags], groups: Sequence[str]) -> tuple[_Floats, _Floats]:
    _, places = np.unique(np.array(groups, dtype=str), return_inverse=True)
    random, number = np.random.default_rng(SEED), int(places.max()) + 1
    macros, micros = [], []
    for _ in range(0, DRAWS, _AT_ONCE):
        weights = random.multinomial(number, np.full(number, 1 / number), size=_AT_ONCE)[:, places].astype(float)
        both = [_f1(truth, each, weights) for each in said]
        macros.append(np.mean([macro for macro, _ in both], axis=0))
        micros.append(np.mean([micro for _, micro in both], axis=0))
    return np.concatenate(macros), np.concatenate(micros)


def _f1(truth: Flags, said: Flags, weights: _Floats) -> tuple[_Floats, _Floats]:
    """Macro- and micro-F1 by row of weights. A theme without a positive in a draw is left out of its macro-F1."""
    both, people, machine = (weights @ each.astype(float) for each in (truth & said, truth, said))
    given = people > 0
    each = np.where(given, 2 * both / np.maximum(people + machine, 1), 0)
    macro: _Floats = each.sum(axis=1) / np.maximum(given.sum(axis=1), 1)
    micro: _Floats = 2 * both.sum(axis=1) / np.maximum((people + machine).sum(axis=1), 1)
    return macro, micro


def _interval(value: float, drawn: _Floats) -> Interval:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(value=value, low=float(low), high=float(high))
