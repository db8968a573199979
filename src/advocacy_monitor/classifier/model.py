"""A trained model as a folder of plain files: model.json, weights.npz and a card; never a pickle.

The folder bears the model's version: the codebook's name, version and digest, then a digest of what it was trained on
and how. The same statements and the same seed give the same bytes. `current` beside the folders names the one in use.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier.calibration import Sigmoid
from advocacy_monitor.classifier.features import BUCKETS, Centring, Ngrams
from advocacy_monitor.classifier.head import Head
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import VERSION as LEXICON

FORMAT = 1
CURRENT = "current"
RETRAIN = "train again with `advocacy-monitor train`"
_JSON, _WEIGHTS = "model.json", "weights.npz"
_NGRAM_KINDS = ("words", "letters")
_LONGEST_VERSION = 200
_MOST_UNPACKED = 256 * 2**20
Arrays = Mapping[str, npt.NDArray[Any]]


class ThemeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one theme is coded. `needs_words`: only where the lexicon finds some; the hybrid may take back (R11)."""

    code: str
    switched: bool
    needs_words: bool
    threshold: float
    slope: float
    offset: float


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """model.json: what the weights belong to. `switched_languages` are those in which the hybrid codes."""

    format: int
    version: str
    codebook: str
    codebook_version: int
    codebook_digest: str
    lexicon: str
    encoder: str
    dimensions: int
    themes: tuple[ThemeSettings, ...]
    switched_languages: tuple[str, ...]
    centred_languages: tuple[str, ...]
    ngrams: bool
    macro_f1: float | None
    lexicon_macro_f1: float | None
    statements: int
    tested_keys: tuple[str, ...] = ()
    weights_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model ready for use. `tested` is what was coded out of fold (statements x themes), by `tested_keys`."""

    about: Description
    head: Head
    tested: npt.NDArray[np.bool_] | None = None

    @property
    def version(self) -> str:
        """The name of its folder."""
        return self.about.version

    @property
    def codes(self) -> tuple[str, ...]:
        """All themes of its codebook, in order."""
        return tuple(theme.code for theme in self.about.themes)

    def sigmoids(self) -> tuple[Sigmoid, ...]:
        """By theme, from margins to probabilities."""
        return tuple(Sigmoid(slope=theme.slope, offset=theme.offset) for theme in self.about.themes)


def _arrays(model: Model) -> dict[str, npt.NDArray[Any]]:
    head = model.head
    made: dict[str, npt.NDArray[Any]] = {
        "weights": head.weights,
        "offsets": head.offsets,
        "taught": head.taught,
        "common": head.centring.common.astype(np.float16),
        "means": np.stack([head.centring.languages[each] for each in model.about.centred_languages]).astype(np.float16),
    }
    if head.ngrams is not None:
        for kind in _NGRAM_KINDS:
            made[f"{kind}_columns"] = head.ngrams.columns[kind]
            made[f"{kind}_idf"] = head.ngrams.idf[kind]
    if model.tested is not None:
        made["tested"] = model.tested
    return made


def files_of(model: Model, cards: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a model's folder, by name; `cards` are put beside."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **_arrays(model))
    weights = packed.getvalue()
    about = msgspec.structs.replace(model.about, weights_sha256=hashlib.sha256(weights).hexdigest())
    text = json.dumps(msgspec.to_builtins(about), indent=1, ensure_ascii=False) + "\n"
    return {_JSON: text.encode(), _WEIGHTS: weights, **cards}


def save(model: Model, folder: Path, *, cards: Mapping[str, bytes]) -> Path:
    """Writes a model's folder below `folder`, whole or not at all. Returns its path. Raises ConfigError."""
    path, part = folder / model.version, folder / f".{secrets.token_hex(8)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.mkdir()
        for name, content in files_of(model, cards).items():
            _write(part / name, content)
        if path.exists():
            old = folder / f".{secrets.token_hex(8)}.old"
            path.rename(old)
            part.rename(path)
            shutil.rmtree(old)
        else:
            part.rename(path)
    except OSError as error:
        raise ConfigError(f"{path}: the model was not written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return path


def make_current(folder: Path, version: str) -> None:
    """Notes which model of a folder is in use. Raises ConfigError."""
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        _write(part, f"{version}\n".encode())
        part.replace(folder / CURRENT)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigError(f"{folder / CURRENT}: was not written: {error.strerror or error}") from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def find_model(path: Path) -> Path | None:
    """The folder of a model: `path` itself, or the current one of a folder of models; None when there is none.

    Raises ConfigError when `current` names a model that is not there.
    """
    if (path / _JSON).is_file():
        return path
    try:
        version = (path / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path / CURRENT}: cannot be read: {error}") from error
    is_name = 0 < len(version) <= _LONGEST_VERSION and not version.startswith(".") and Path(version).name == version
    if not is_name or not (path / version / _JSON).is_file():
        raise ConfigError(f"{path / CURRENT}: names the model {version[:60]!r}, which is not there; {RETRAIN}")
    return path / version


def load(folder: Path, codebook: Codebook | None = None) -> Model:
    """A model from its folder, checked. Raises ConfigError: damaged, or made for something else than `codebook`."""
    try:
        text, weights = (folder / _JSON).read_bytes(), (folder / _WEIGHTS).read_bytes()
        about = msgspec.json.decode(text, type=Description)
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read: {error.strerror or error}; {RETRAIN}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"{folder / _JSON}: is damaged or of another version: {error}; {RETRAIN}") from error
    if about.format != FORMAT:
        raise ConfigError(f"{folder}: has format {about.format}, this program reads {FORMAT}; {RETRAIN}")
    if hashlib.sha256(weights).hexdigest() != about.weights_sha256:
        raise ConfigError(f"{folder / _WEIGHTS}: is damaged: it is not what model.json describes; {RETRAIN}")
    if codebook is not None:
        _check_fit(about, codebook, folder)
    try:
        arrays = _unpacked(weights)
        return Model(about=about, head=_head(about, arrays), tested=_tested(about, arrays))
    except (KeyError, ValueError, OSError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise ConfigError(f"{folder / _WEIGHTS}: is damaged: {error}; {RETRAIN}") from error


def _unpacked(weights: bytes) -> Arrays:
    """The arrays of weights.npz. Raises ValueError where a small file would fill the memory."""
    with zipfile.ZipFile(io.BytesIO(weights)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
            raise ValueError(f"it unpacks to more than {_MOST_UNPACKED >> 20} MB")
    with np.load(io.BytesIO(weights), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def fits(about: Description, codebook: Codebook) -> bool:
    """Whether a model was trained with this very codebook and this lexicon."""
    return about.codebook_digest == codebook.digest and about.lexicon == LEXICON


def _check_fit(about: Description, codebook: Codebook, folder: Path) -> None:
    if about.codebook_digest != codebook.digest:
        raise ConfigError(
            f"{folder}: was trained with codebook {about.codebook}-{about.codebook_version}."
            f"{about.codebook_digest[:8]}, the campaign uses {codebook.name}-{codebook.version}."
            f"{codebook.digest[:8]}; {RETRAIN}, or use `stage: lexicon` until then"
        )
    if about.lexicon != LEXICON:
        raise ConfigError(f"{folder}: was trained with {about.lexicon}, this program has {LEXICON}; {RETRAIN}")


def _shaped(arrays: Arrays, name: str, *shape: int | None) -> npt.NDArray[Any]:
    """An array of finite numbers that has the shape it must have. Raises KeyError, ValueError."""
    found = arrays[name]
    if found.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, found.shape, strict=True)):
        raise ValueError(f"{name} has the shape {found.shape}, expected {shape}")
    if found.dtype.kind not in "biuf" or not np.isfinite(found).all():
        raise ValueError(f"{name} holds something that is no number")
    return found


def _head(about: Description, arrays: Arrays) -> Head:
    themes, width = len(about.themes), about.dimensions + len(about.themes)
    ngrams = None
    if about.ngrams:
        columns = {kind: _shaped(arrays, f"{kind}_columns", None).astype(np.int32) for kind in _NGRAM_KINDS}
        if any(((each < 0) | (each >= BUCKETS)).any() for each in columns.values()):
            raise ValueError(f"its columns are not within 0 and {BUCKETS}")
        idf = {kind: _shaped(arrays, f"{kind}_idf", len(columns[kind])) for kind in _NGRAM_KINDS}
        ngrams = Ngrams(columns=columns, idf=idf)
        width += ngrams.width
    means = _shaped(arrays, "means", len(about.centred_languages), about.dimensions).astype(np.float32)
    return Head(
        centring=Centring(
            common=_shaped(arrays, "common", about.dimensions).astype(np.float32),
            languages=dict(zip(about.centred_languages, means, strict=True)),
        ),
        ngrams=ngrams,
        weights=_shaped(arrays, "weights", width, themes),
        offsets=_shaped(arrays, "offsets", themes),
        taught=_shaped(arrays, "taught", themes).astype(np.bool_),
    )


def _tested(about: Description, arrays: Arrays) -> npt.NDArray[np.bool_] | None:
    if not about.tested_keys:
        return None
    return _shaped(arrays, "tested", len(about.tested_keys), len(about.themes)).astype(np.bool_)
