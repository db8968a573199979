"""How alike texts are, in any language: runs of four letters, the rarer the heavier, hashed into short vectors.

The cosine of TF-IDF vectors (Salton and Buckley 1988) over letter n-grams, with the hashing trick and its signs
(Weinberger and others 2009). All weights are whole numbers that float32 adds without rounding, so the same texts give
the same bits on every machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_RUN = 4
_DIMENSIONS = 512
_FINE = 1 << 15
_LONGEST = 400
"""So many letters of a text are looked at. With more of them, sums could be rounded."""
_FACTORS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint32)


class Likeness:
    """How alike the texts of one set are. What is rare in this set counts more than what stands in all of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._vectors = _vectors([_tidy(text) for text in texts])
        self._norms = np.sqrt(np.maximum(np.einsum("ij,ij->i", self._vectors, self._vectors), 1))

    def to(self, place: int) -> npt.NDArray[np.float32]:
        """The cosine of each text with the one at a place: 1 for the same words, about 0 for nothing in common.

        A text without words is like none, itself included.
        """
        # Not a product of matrices: that would wake threads on every core, for half a millisecond of work.
        products = np.einsum("ij,j->i", self._vectors, self._vectors[place])
        return np.asarray(products / (self._norms * self._norms[place]), dtype=np.float32)


def _tidy(text: str) -> str:
    """The letters that count: no matter how they are composed, written large or spaced."""
    return " ".join(unicodedata.normalize("NFKC", text[: 2 * _LONGEST]).casefold().split())[:_LONGEST]


def _vectors(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    count = len(texts)
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    text_of = np.repeat(np.arange(count), [len(text) for text in texts])
    if len(letters) < _RUN:
        return np.zeros((count, _DIMENSIONS), dtype=np.float32)
    within = text_of[: 1 - _RUN] == text_of[_RUN - 1 :]
    hashes = _hashes(letters)[within]
    fine = hashes & (_FINE - 1)
    seen = np.bincount(fine, minlength=_FINE)
    # 1 for a run that stands about once in every text, and one more with each halving of how often it stands.
    weights = np.maximum(np.frexp(count // np.maximum(seen, 1))[1], 1)
    signed = weights[fine] * np.where(hashes & (1 << 31), 1, -1)
    cells = text_of[: 1 - _RUN][within] * _DIMENSIONS + ((hashes >> 16) & (_DIMENSIONS - 1))
    summed = np.bincount(cells, weights=signed, minlength=count * _DIMENSIONS)
    return summed.reshape(count, _DIMENSIONS).astype(np.float32)


def _hashes(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """A number below 2**32 for each run of letters; runs across two texts are among them."""
    length = len(letters) - _RUN + 1
    mixed = np.zeros(length, dtype=np.uint32)
    for place, factor in enumerate(_FACTORS):
        mixed = (mixed ^ letters[place : place + length]) * factor
        mixed ^= mixed >> np.uint32(15)
    return mixed.astype(np.int64)
