"""An index of texts that finds near copies: MinHash finds candidates, the true Jaccard similarity decides.

64 permutations in 16 bands of 4 find 89 % of the pairs that are exactly .6 alike, 99 % at .7 and all at .8; Jaccard
is that of the sets of 4-character shingles (Broder 1997). rensa makes the MinHashes. The bands are kept here, sorted:
with rensa's own index a million texts took 3 GB, so they take .85 GB.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from advocacy_monitor.errors import EnrichError

_Words: TypeAlias = NDArray[np.uint64]

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

# A band's word is 40 bits of hash and 24 bits of position: room for 16 million texts.
_POSITION_BITS = 24
_POSITION = np.uint64((1 << _POSITION_BITS) - 1)
_NEXT = np.uint64(1 << _POSITION_BITS)
_HASH = ~_POSITION
_MOST_TEXTS = 1 << _POSITION_BITS
_MIXING = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], dtype=np.uint64)
_BAND_SALT = np.arange(1, _BANDS + 1, dtype=np.uint64) * np.uint64(0xA0761D6478BD642F)
_FOLD = np.uint64(29)
_RECENT_TEXTS = 4096


class Sketch(NamedTuple):
    """What the index needs to know of one text."""

    shingles: set[str]
    bands: list[int]
    edges: _Words
    """The least words of the 16 bands, then the least words beyond them."""
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


class _Bands:
    """Which texts share a band: the newest in a dictionary, the others in a few sorted arrays."""

    def __init__(self) -> None:
        self._recent: dict[int, list[int]] = {}
        self._recent_texts = 0
        self._sorted: list[_Words] = []

    def add(self, position: int, bands: list[int]) -> None:
        for band in bands:
            self._recent.setdefault(band, []).append(position)
        self._recent_texts += 1
        if self._recent_texts >= _RECENT_TEXTS:
            self._settle()

    def find(self, sketch: Sketch) -> list[int]:
        """The positions that share a band, in no order."""
        found = {position for band in sketch.bands for position in self._recent.get(band, ())}
        for words in self._sorted:
            places = words.searchsorted(sketch.edges)
            first, beyond = places[:_BANDS], places[_BANDS:]
            if (first != beyond).any():
                for band in np.flatnonzero(first != beyond):
                    found.update((words[first[band] : beyond[band]] & _POSITION).tolist())
        return list(found)

    def _settle(self) -> None:
        """Moves the newest into the arrays; arrays of like size become one, so that there are never many."""
        recent = [band | position for band, positions in self._recent.items() for position in positions]
        self._sorted.append(np.sort(np.array(recent, dtype=np.uint64)))
        while len(self._sorted) > 1 and self._sorted[-2].size <= 3 * self._sorted[-1].size:
            newer, older = self._sorted.pop(), self._sorted.pop()
            self._sorted.append(np.sort(np.concatenate((older, newer))))
        self._recent = {}
        self._recent_texts = 0


class NearCopies:
    """Texts under growing keys. Ask with `most_alike` before `add`: the index never finds what it was not given."""

    def __init__(self, *, floor: float) -> None:
        """`floor` is the least similarity that is reported."""
        from rensa import RMinHash

        self._floor = floor
        self._new_minhash = RMinHash
        self._bands = _Bands()
        # By position, which is what the bands know: a million tuples and dictionary entries would be 200 MB.
        self._keys = array("q")
        self._texts: list[str] = []
        self._signatures = bytearray()

    def sketch(self, text: str) -> Sketch:
        """The shingles, bands and signature of a normalised text."""
        shingles = _shingles(text)
        minhash = self._new_minhash(_PERMUTATIONS, _SEED)
        minhash.update(shingles)
        values = np.array(minhash.digest(), dtype=np.uint64)
        # Multiplication wraps around, which is what a hash wants.
        mixed = (values.reshape(_BANDS, -1) * _MIXING).sum(axis=1, dtype=np.uint64) ^ _BAND_SALT
        bands = ((mixed ^ (mixed >> _FOLD)) * _MIXING[1]) & _HASH
        edges = np.concatenate((bands, bands + _NEXT))
        return Sketch(shingles, bands.tolist(), edges, values.astype(np.uint8).tobytes())

    def add(self, key: int, text: str, sketch: Sketch) -> None:
        """Let later texts be compared with this one. Raises EnrichError beyond 16 million texts."""
        position = len(self._keys)
        if position >= _MOST_TEXTS:
            raise EnrichError(f"duplicates: the index holds {_MOST_TEXTS} different texts and no more")
        self._bands.add(position, sketch.bands)
        self._keys.append(key)
        self._texts.append(text)
        self._signatures += sketch.signature

    def most_alike(self, sketch: Sketch) -> Likeness | None:
        """The indexed text most like this one, the earliest of equals, or None when none reaches the floor."""
        best: Likeness | None = None
        for position in self._candidates(sketch):
            other = _shingles(self._texts[position])
            shared = len(sketch.shingles & other)
            jaccard = shared / (len(sketch.shingles) + len(other) - shared)
            if jaccard < self._floor:
                continue
            key = self._keys[position]
            if best is None or (jaccard, -key) > (best.jaccard, -best.key):
                best = Likeness(key, jaccard)
        return best

    def _candidates(self, sketch: Sketch) -> list[int]:
        positions = self._bands.find(sketch)
        if not positions:
            return []
        signatures = np.frombuffer(self._signatures, dtype=np.uint8).reshape(-1, _PERMUTATIONS)[positions]
        estimates = (signatures == np.frombuffer(sketch.signature, dtype=np.uint8)).mean(axis=1)
        likely = np.flatnonzero(estimates >= self._floor - _ESTIMATE_SLACK)
        ranked = sorted((-float(estimates[place]), positions[place]) for place in likely)
        return [position for _, position in ranked[:_MOST_CONFIRMED]]
