"""An encoder that encodes every text once: its vectors are kept in memory, and in a file for the next run.

The file holds digests of texts and their vectors, no text.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from advocacy_monitor.classifier.encoder import Encoder, Vectors


class KeptVectors:
    """An encoder behind which another one stands. `encoded` counts the texts that it had to encode."""

    def __init__(self, encoder: Encoder, file: Path | None) -> None:
        self._encoder = encoder
        self._file = file
        self._known: dict[str, Vectors] = {}
        self.encoded = 0
        if file is not None and file.is_file():
            self._load(file)

    @property
    def name(self) -> str:
        """That of the encoder: the vectors are its own."""
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        """That of the encoder."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, from what is kept where it is there."""
        keys = [self._key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._known.update(zip(new, self._encoder.encode(list(new.values())), strict=True))
            self.encoded += len(new)
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, key in enumerate(keys):
            made[row] = self._known[key]
        return made

    def keep(self) -> None:
        """Writes the file, whole or not at all, when anything was encoded."""
        if self._file is None or not self.encoded:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(f".{os.getpid()}.npz")
        np.savez(part, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        part.replace(self._file)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self.name}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _load(self, file: Path) -> None:
        """What an earlier run kept; a file that is no such thing is encoded anew."""
        try:
            with np.load(file, allow_pickle=False) as kept:
                keys, vectors = kept["keys"], kept["vectors"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return
        if vectors.shape == (len(keys), self.dimensions):
            self._known = dict(zip(keys.tolist(), vectors.astype(np.float32), strict=True))
