"""From a classifier's margins to probabilities that mean what they say, and from those to yes or no.

Platt (1999): a sigmoid is fitted to margins of statements that were kept apart, with his smoothed targets. A theme's
threshold is the best of its own, drawn towards the best common one as if 8 more positives stood for that: with few
positives its own is chance. Both are measured in THEMES.md, section 3.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

PSEUDO_POSITIVES = 8
_GRID = np.round(np.arange(0.05, 0.96, 0.01), 2)
_ROUNDS = 100
_SMALL = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sigmoid:
    """probability = 1 / (1 + exp(-(slope x margin + offset)))."""

    slope: float
    offset: float

    def __call__(self, margins: npt.NDArray[np.floating]) -> Numbers:
        """Margins as probabilities."""
        raised = np.clip(self.slope * margins + self.offset, -30, 30)
        made: Numbers = 1 / (1 + np.exp(-raised))
        return made


def platt(margins: Numbers, truth: Flags) -> Sigmoid:
    """The sigmoid that fits best, by Newton's method on two parameters (Lin, Lin and Weng 2007).

    The slope is never below zero: a margin that points the wrong way says nothing.
    """
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return Sigmoid(slope=0.0, offset=float(np.log((positives + 1) / (negatives + 1))))
    target = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    slope, offset = 0.0, float(np.log((positives + 1) / (negatives + 1)))
    design = np.column_stack([margins, np.ones_like(margins)])
    loss = _loss(margins, target, slope, offset)
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(slope * margins + offset, -30, 30)))
        gradient = design.T @ (p - target)
        curvature = design.T @ (design * (p * (1 - p))[:, None]) + 1e-9 * np.eye(2)
        step, scale = np.linalg.solve(curvature, gradient), 1.0
        while (better := _loss(margins, target, slope - scale * step[0], offset - scale * step[1])) > loss + _SMALL:
            scale /= 2
            if scale < _SMALL:
                break
        slope, offset = slope - scale * step[0], offset - scale * step[1]
        if abs(loss - better) < _SMALL:
            break
        loss = better
    if slope < 0:
        return Sigmoid(slope=0.0, offset=float(np.log((positives + 1) / (negatives + 1))))
    return Sigmoid(slope=float(slope), offset=float(offset))


def _loss(margins: Numbers, target: Numbers, slope: float, offset: float) -> float:
    raised = slope * margins + offset
    return float(np.sum(np.logaddexp(0, raised) - target * raised))


def best_threshold(probabilities: Numbers, truth: Flags) -> float | None:
    """The threshold with the best F1, midway between two probabilities; None without positives."""
    if not truth.any():
        return None
    order = np.argsort(-probabilities, kind="stable")
    sorted_p, found = probabilities[order], np.cumsum(truth[order])
    f1 = 2 * found / (np.arange(1, len(found) + 1) + truth.sum())
    ends = np.append(sorted_p[1:] < sorted_p[:-1], True)  # a threshold cannot part equal probabilities
    best = int(np.argmax(np.where(ends, f1, -1)))
    below = sorted_p[best + 1] if best + 1 < len(sorted_p) else 0.0
    return float((sorted_p[best] + below) / 2)


def thresholds(probabilities: Numbers, truth: Flags) -> Numbers:
    """A threshold for each theme (column), its own one drawn to the common one."""
    common = _common(probabilities, truth)
    made = np.full(truth.shape[1], common)
    for theme in range(truth.shape[1]):
        own, positives = best_threshold(probabilities[:, theme], truth[:, theme]), int(truth[:, theme].sum())
        if own is not None:
            made[theme] = (positives * own + PSEUDO_POSITIVES * common) / (positives + PSEUDO_POSITIVES)
    return made


def _common(probabilities: Numbers, truth: Flags) -> float:
    """The threshold with the best mean F1 over the themes that have positives."""
    with_positives = truth.any(axis=0)
    if not with_positives.any():
        return 0.5
    said = probabilities[None, :, :] >= _GRID[:, None, None]
    both = (said & truth[None]).sum(axis=1)
    f1 = 2 * both / np.maximum(said.sum(axis=1) + truth.sum(axis=0)[None], 1)
    return float(_GRID[int(np.argmax(f1[:, with_positives].mean(axis=1)))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Statements whose probability lies in one tenth: how many, what was said on average, what was true."""

    low: float
    high: float
    n: int
    said: float
    true: float


def reliability(probabilities: Numbers, truth: Flags, *, bins: int = 10) -> tuple[Bin, ...]:
    """The bins that hold anything, of a calibration table."""
    flat, right = probabilities.ravel(), truth.ravel()
    place = np.minimum((flat * bins).astype(int), bins - 1)
    made = []
    for number in range(bins):
        inside = place == number
        if n := int(inside.sum()):
            said, true = float(flat[inside].mean()), float(right[inside].mean())
            made.append(Bin(low=number / bins, high=(number + 1) / bins, n=n, said=said, true=true))
    return tuple(made)


def expected_error(table: Sequence[Bin]) -> float | None:
    """The expected calibration error: how far what was said is from what was true, on average; None of nothing."""
    total = sum(each.n for each in table)
    return sum(each.n * abs(each.said - each.true) for each in table) / total if total else None
