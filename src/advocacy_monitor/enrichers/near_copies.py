"""An index of texts that finds near copies: MinHash finds candidates, the true Jaccard similarity decides.

64 permutations in 16 bands of 4 find 89 % of the pairs that are exactly .6 alike, 99 % at .7 and all at .8; Jaccard
is that of the sets of 4-character shingles (Broder 1997). About 1.6 kB of memory a text, beside the text.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_PERMUTATIONS = 64
_BANDS = 16
_SEED = 20201113
_SHINGLE = 4
# Copies of long texts share their beginning; a text of many megabytes must not stop the line.
_COMPARED_CHARACTERS = 10_000
# The estimate from 64 permutations has a standard error of .06: .2 below the floor misses nothing that matters.
_ESTIMATE_SLACK = 0.2
# A bot's template gives thousands of candidates: only the most alike are compared in full.
_MOST_CONFIRMED = 50


class Sketch(NamedTuple):
    """What the index needs to know of one text."""

    shingles: set[str]
    minhash: Any
    signature: bytes
    """The lowest byte of each of the MinHash's values: enough to estimate the similarity (Li & König 2010)."""


class Likeness(NamedTuple):
    """How alike an indexed text is: its key and the Jaccard similarity, 0 to 1."""

    key: int
    jaccard: float


def _shingles(text: str) -> set[str]:
    text = text[:_COMPARED_CHARACTERS]
    if len(text) < _SHINGLE:
        return {text}
    return set(map("".join, zip(*(text[start:] for start in range(_SHINGLE)), strict=False)))


class NearCopies:
    """Texts under growing keys. Ask with `most_alike` before `add`: the index never finds what it was not given."""

    def __init__(self, *, floor: float) -> None:
        """`floor` is the least similarity that is reported."""
        from rensa import RMinHash, RMinHashLSH

        self._floor = floor
        self._new_minhash = RMinHash
        self._bands = RMinHashLSH(floor, _PERMUTATIONS, _BANDS)
        self._texts: dict[int, tuple[str, bytes]] = {}

    def sketch(self, text: str) -> Sketch:
        """The shingles and the MinHash of a normalised text."""
        shingles = _shingles(text)
        minhash = self._new_minhash(_PERMUTATIONS, _SEED)
        minhash.update(shingles)
        signature = np.array(minhash.digest(), dtype=np.uint32).astype(np.uint8).tobytes()
        return Sketch(shingles, minhash, signature)

    def add(self, key: int, text: str, sketch: Sketch) -> None:
        """Let later texts be compared with this one."""
        self._bands.insert(key, sketch.minhash)
        self._texts[key] = (text, sketch.signature)

    def most_alike(self, sketch: Sketch) -> Likeness | None:
        """The indexed text most like this one, the earliest of equals, or None when none reaches the floor."""
        best: Likeness | None = None
        for key in self._candidates(sketch):
            other = _shingles(self._texts[key][0])
            shared = len(sketch.shingles & other)
            jaccard = shared / (len(sketch.shingles) + len(other) - shared)
            if jaccard < self._floor:
                continue
            if best is None or (jaccard, -key) > (best.jaccard, -best.key):
                best = Likeness(key, jaccard)
        return best

    def _candidates(self, sketch: Sketch) -> list[int]:
        keys = self._bands.query(sketch.minhash)
        if not keys:
            return []
        signatures = np.frombuffer(b"".join([self._texts[key][1] for key in keys]), dtype=np.uint8)
        same = signatures.reshape(-1, _PERMUTATIONS) == np.frombuffer(sketch.signature, dtype=np.uint8)
        estimates = same.mean(axis=1)
        likely = np.flatnonzero(estimates >= self._floor - _ESTIMATE_SLACK)
        ranked = sorted((-float(estimates[position]), keys[position]) for position in likely)
        return [key for _, key in ranked[:_MOST_CONFIRMED]]
