"""Whether probabilities mean what they say: reliability bins, expected calibration error, Brier score.

Over all themes together the figures flatter, because most pairs of statement and theme are easy negatives; so each
theme has its own, and the bins show the few pairs in the middle for which it matters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from advocacy_monitor.evaluation.measures import wilson
from advocacy_monitor.evaluation.report import Bin, Calibration, Figure

_BINS = 10
_Floats = npt.NDArray[np.float64]


def calibrate(probabilities: _Floats, said: _Floats, themes: Sequence[str], *, slice_name: str) -> Calibration | None:
    """The calibration over all pairs that have a probability; None when none has."""
    known = ~np.isnan(probabilities)
    if not known.any():
        return None
    flat, truth = probabilities[known], said[known]
    bins = _bins(flat, truth)
    per_theme = {
        theme: _summary(probabilities[known[:, column], column], said[known[:, column], column])
        for column, theme in enumerate(themes)
        if known[:, column].any()
    }
    pairs, ece, brier = _summary(flat, truth)
    return Calibration(
        slice=slice_name,
        of_all=bool((known.any(axis=0) == known[known.any(axis=1)].all(axis=0)).all()),
        pairs=pairs,
        ece=ece,
        brier=brier,
        bins=bins,
        themes=per_theme,
    )


def _places(flat: _Floats) -> npt.NDArray[np.int64]:
    return np.minimum((flat * _BINS).astype(np.int64), _BINS - 1)


def _bins(flat: _Floats, truth: _Floats) -> tuple[Bin, ...]:
    made = []
    for number in range(_BINS):
        inside = _places(flat) == number
        if count := int(inside.sum()):
            right = int(truth[inside].sum())
            made.append(
                Bin(
                    low=number / _BINS,
                    high=(number + 1) / _BINS,
                    pairs=count,
                    promised=round(float(flat[inside].mean()), 6),
                    held=Figure(value=right / count, interval=wilson(right, count)),
                )
            )
    return tuple(made)


def _summary(flat: _Floats, truth: _Floats) -> tuple[int, float, float]:
    """Pairs, expected calibration error over ten bins (Naeini 2015), Brier score (1950)."""
    places = _places(flat)
    sums = [np.bincount(places, weights=values, minlength=_BINS) for values in (flat, truth)]
    return (
        len(flat),
        round(float(np.abs(sums[0] - sums[1]).sum() / len(flat)), 6),
        round(float(((flat - truth) ** 2).mean()), 6),
    )
