"""The arithmetic of an evaluation: counts, shares, means, and the draws that say how sure they are.

`said` and `found` are matrices of 0 and 1: one row a statement, one column a theme. Intervals are percentile bootstraps
over statements (Efron 1979), all from the same draws, so that two codings of the same statements can be compared draw
by draw. Where every draw gives the same value (all right, or all wrong), a bootstrap knows nothing; there Wilson's
interval for the underlying share is given instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from advocacy_monitor.evaluation.report import Agreement, Block, Figure, Means

DRAWS = 1_000
_AT_ONCE = 50
_Z = 1.959963984540054
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Codes:
    """What people said and what was found for the same statements."""

    said: Matrix
    found: Matrix

    def rows(self, which: Sequence[int]) -> Codes:
        """The same of some of the statements."""
        return Codes(self.said[list(which)], self.found[list(which)])


@dataclass(frozen=True, slots=True)
class _Sums:
    """Counts per theme, of the statements as they are (1 row) or of each draw; the last column is "none"."""

    both: Matrix
    extra: Matrix
    lacking: Matrix
    samples: Matrix


def wilson(right: float, base: float) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson 1927); None on an empty base."""
    if base <= 0:
        return None
    share, spread = right / base, _Z**2 / base
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * (share * (1 - share) / base + spread / (4 * base)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def measure(codes: Codes, themes: Sequence[str], *, seed: int) -> Block:
    """All figures of one set of statements."""
    now, drawn = _sums(codes, None), _drawn(codes, seed)
    agreements = [_agreement(now, drawn, [column]) for column in range(len(themes) + 1)]
    micro = _agreement(now, drawn, range(len(themes)))
    return Block(
        statements=len(codes.said),
        themes=dict(zip(themes, agreements, strict=False)),
        none=agreements[-1],
        micro=micro,
        macro=Means(
            themes=int(((now.both + now.lacking)[0, :-1] > 0).sum()),
            **{
                # Where no draw differs, all themes are right, or all wrong, and so are all codes together.
                name: _figure(_macro(now, share), _macro(drawn, share), getattr(micro, name).interval)
                for name, share in _SHARES.items()
            },
        ),
        samples_f1=_figure(now.samples, drawn.samples, _of_all_or_none(now.samples, len(codes.said))),
    )


def _of_all_or_none(value: Matrix, statements: int) -> tuple[float, float] | None:
    """Wilson's interval for a mean of 0 or of 1; other means are no share."""
    mean = float(value[0, 0])
    return wilson(mean * statements, statements) if mean in (0.0, 1.0) else None


def gain(mine: Codes, other: Codes, *, seed: int) -> Figure:
    """How much higher the macro-F1 of one coding is than that of another of the same statements, draw by draw."""
    value = _macro(_sums(mine, None), _f1) - _macro(_sums(other, None), _f1)
    draws = _macro(_drawn(mine, seed), _f1) - _macro(_drawn(other, seed), _f1)
    return _figure(value, draws)


def _counted(codes: Codes) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Per statement: both, extra, lacking for each theme and for "none"; and the F1 of its set of codes."""
    said, found = (np.column_stack([part, part.sum(axis=1) == 0]) for part in (codes.said, codes.found))
    both = said * found
    common, sizes = both[:, :-1].sum(axis=1), (said + found)[:, :-1].sum(axis=1)
    samples = np.divide(2 * common, sizes, out=np.ones(len(said)), where=sizes > 0)
    return both, found - both, said - both, samples[:, None]


def _sums(codes: Codes, weights: Matrix | None) -> _Sums:
    """The counts of the statements, or of draws of them: `weights` says how often each statement was drawn."""
    parts = _counted(codes)
    weights = np.ones((1, len(codes.said))) if weights is None else weights
    both, extra, lacking, samples = (weights @ part for part in parts)
    size = np.maximum(weights.sum(axis=1, keepdims=True), 1)
    made = samples / size if len(codes.said) else np.full_like(samples, np.nan)
    return _Sums(both, extra, lacking, made)


def _drawn(codes: Codes, seed: int) -> _Sums:
    parts = [_sums(codes, weights) for weights in _draws(len(codes.said), seed)]
    return _Sums(*(np.vstack([getattr(part, name) for part in parts]) for name in _Sums.__slots__))


def _draws(size: int, seed: int) -> Iterator[Matrix]:
    """How often each statement stands in each of 1,000 draws of as many with replacement, some draws at a time."""
    random = np.random.default_rng(seed)
    for _ in range(DRAWS // _AT_ONCE):
        if size == 0:
            yield np.zeros((_AT_ONCE, 0))
            continue
        places = random.integers(0, size, (_AT_ONCE, size)) + np.arange(_AT_ONCE)[:, None] * size
        yield np.bincount(places.ravel(), minlength=_AT_ONCE * size).reshape(_AT_ONCE, size).astype(float)


def _share(above: Matrix, below: Matrix) -> Matrix:
    made: Matrix = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return made


def _precision(both: Matrix, extra: Matrix, lacking: Matrix) -> Matrix:
    return _share(both, both + extra)


def _recall(both: Matrix, extra: Matrix, lacking: Matrix) -> Matrix:
    return _share(both, both + lacking)


def _f1(both: Matrix, extra: Matrix, lacking: Matrix) -> Matrix:
    return _share(2 * both, 2 * both + extra + lacking)


_Measure = Callable[[Matrix, Matrix, Matrix], Matrix]
_SHARES: dict[str, _Measure] = {"precision": _precision, "recall": _recall, "f1": _f1}


def _macro(sums: _Sums, share: _Measure) -> Matrix:
    """The mean over the themes that people gave, in each draw over those that it holds; "none" is no theme."""
    both, extra, lacking = (part[:, :-1] for part in (sums.both, sums.extra, sums.lacking))
    values = np.where(both + lacking > 0, share(both, extra, lacking), np.nan)
    known = (~np.isnan(values)).sum(axis=1, keepdims=True)
    return _share(np.nansum(values, axis=1, keepdims=True), known.astype(float))


def _figure(value: Matrix, draws: Matrix, fallback: tuple[float, float] | None = None) -> Figure:
    """A value with its interval. `fallback` is the interval where no draw differs from another."""
    number = float(value[0, 0])
    if np.isnan(number):
        return Figure()
    known = draws[~np.isnan(draws)]
    if not known.size or known.max() - known.min() < 1e-12:
        return Figure(value=number, interval=fallback and (min(fallback[0], number), max(fallback[1], number)))
    low, high = np.percentile(known, (2.5, 97.5))
    return Figure(value=number, interval=(min(float(low), number), max(float(high), number)))


def _agreement(now: _Sums, drawn: _Sums, columns: Sequence[int]) -> Agreement:
    """The figures of one code, or of several added up."""
    counts = [part[:, list(columns)].sum(axis=1, keepdims=True) for part in (now.both, now.extra, now.lacking)]
    draws = [part[:, list(columns)].sum(axis=1, keepdims=True) for part in (drawn.both, drawn.extra, drawn.lacking)]
    both, extra, lacking = (int(part[0, 0]) for part in counts)
    jaccard = wilson(both, both + extra + lacking)  # F1 = 2J / (1 + J) rises with J, a plain share
    fallbacks = {
        "precision": wilson(both, both + extra),
        "recall": wilson(both, both + lacking),
        "f1": jaccard and (2 * jaccard[0] / (1 + jaccard[0]), 2 * jaccard[1] / (1 + jaccard[1])),
    }
    return Agreement(
        both=both,
        machine_only=extra,
        person_only=lacking,
        **{name: _figure(share(*counts), share(*draws), fallbacks[name]) for name, share in _SHARES.items()},
    )
