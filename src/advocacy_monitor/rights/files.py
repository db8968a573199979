"""Files of the campaign folder that still hold what a person said, or lead to them: found, named, removed if wanted.

A file is read as text, with the escapes of JSON and HTML undone, and so are the parts of ZIP files (Word, Excel,
PowerPoint, bundles), gzip and Zstandard. Files whose name holds the number of a pack with the person's words count as
holding them: what stands in a PDF or in a picture is not read.
"""

from __future__ import annotations

import gzip
import html
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import zstandard

from advocacy_monitor.config import Loaded
from advocacy_monitor.store.journal import Journal

_RUN = 5
"""So many words in a row are taken for a person's own: fewer are anybody's."""
_LEAST = 12
_MOST, _PIECE, _OVERLAP = 256 << 20, 4 << 20, 4096
_FEW_RUNS = 200
_ZIP, _GZIP, _ZSTD = b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_MOST_PARTS = 2000
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_WORD = re.compile(r"\w+")
_CHOSEN = re.compile(r"^[ -]*item: *(\d{1,18}) *$", re.MULTILINE)
"""How a choice of quotes names a statement."""
_UNREADABLE = (
    *(OSError, EOFError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, zstandard.ZstdError),
)
WAITS, DATABASE = "delivery that waits", "copy of a database"
_A_NAME = "a name of the person stands in it, and may be another's"
_SQLITE = b"SQLite format 3\0"
_KINDS = (
    ("packs", "pack"),
    ("selections", "choice of quotes"),
    ("models", "model"),
    ("kit", "campaign kit"),
    ("results", "results"),
    ("public", "public database"),
)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A file with something of the person. `why` says in words how that is known; `kind` what the file is, if known."""

    path: Path
    kind: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found. `unread` are files that could not be looked into: too large, or not to be opened."""

    holding: tuple[Holding, ...]
    unread: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Traces:
    """What to look for, to be gathered before anything is removed: runs of words, names, and numbers of packs."""

    runs: frozenset[str]
    names: tuple[str, ...]
    packs: tuple[str, ...]
    item_ids: frozenset[int] = frozenset()
    sure: tuple[str, ...] = ()


def traces(
    texts: Sequence[str],
    *,
    names: Sequence[str],
    packs: Sequence[str],
    item_ids: Sequence[int] = (),
    sure: Sequence[str] = (),
) -> Traces:
    """What leads to a person: every few words in a row of what they said, their names, packs that quote them.

    `sure` are those of the names that nobody else has.
    """
    runs: set[str] = set()
    for text in texts:
        words = _WORD.findall(_plain(text))
        runs |= {" ".join(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}
    plain, certain = (dict.fromkeys(" ".join(_WORD.findall(_plain(name))) for name in given) for given in (names, sure))
    return Traces(
        runs=frozenset(run for run in runs if len(run) >= _LEAST),
        names=tuple(filter(None, plain)),
        packs=tuple(packs),
        item_ids=frozenset(item_ids),
        sure=tuple(filter(None, certain)),
    )


def look(loaded: Loaded, wanted: Traces) -> Looked:
    """The files of the campaign folder that hold any of it, but for the databases and backups, which are cleaned."""
    holding, unread = [], []
    for path in _files(loaded):
        if path.is_symlink():
            if path.exists():
                unread.append(path)  # it may lead anywhere
            continue
        number = next((each for each in wanted.packs if each in shown(path, loaded)), None)
        try:
            why = f"it is of pack {number}, which quotes this person" if number else _found(path, wanted)
        except _UNREADABLE:
            unread.append(path)
            continue
        if not number and _kind(path, loaded) == "file" and _is_copy(path):
            why = "in it words and names run into one another, so nobody can say what it holds; delete it when you can"
            holding.append(Holding(path=path, kind=DATABASE, why=why))
        elif why:
            holding.append(Holding(path=path, kind=_kind(path, loaded), why=why))
        elif path.stat().st_size > _MOST:
            unread.append(path)
    return Looked(holding=tuple(holding), unread=tuple(unread))


def _files(loaded: Loaded) -> Iterator[Path]:
    """Every file of the campaign folder and of the spools, wherever they are; neither databases nor backups."""
    found = {path for root in (loaded.folder, *_spools(loaded)) for path in root.rglob("*")}
    for path in sorted(found):
        if path == loaded.path or _is_database(path, loaded) or not (path.is_symlink() or path.is_file()):
            continue
        if loaded.backups not in path.parents:
            yield path


def _is_copy(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _spools(loaded: Loaded) -> list[Path]:
    """The folders in which deliveries wait to be collected."""
    spools = (each.settings.get("spool") for each in loaded.config.collectors.values())
    return [loaded.folder / str(spool) for spool in spools if spool]


def shown(path: Path, loaded: Loaded) -> str:
    """A file's name from the campaign folder on, or in full where it lies elsewhere."""
    return str(path.relative_to(loaded.folder) if path.is_relative_to(loaded.folder) else path)


def removable(found: Sequence[Holding], loaded: Loaded) -> tuple[Holding, ...]:
    """Those that may be removed without a person's look: not what waits to be collected, no copy of a database, nothing
    that config.yaml names, and nothing in which only a name stands, which may be somebody else's."""
    named = _named(loaded.config.model_dump(mode="json"), loaded.folder)
    kept = (WAITS, DATABASE)
    return tuple(
        each
        for each in found
        if each.kind not in kept and (each.kind != "file" or each.why != _A_NAME) and each.path.resolve() not in named
    )


def _named(settings: object, folder: Path) -> set[Path]:
    """Every file that a text of the configuration may mean, by the place that it would have."""
    if isinstance(settings, dict):
        return {each for value in settings.values() for each in _named(value, folder)}
    if isinstance(settings, list):
        return {each for value in settings for each in _named(value, folder)}
    return {(folder / settings).resolve()} if isinstance(settings, str) and settings and "\0" not in settings else set()


def remove(found: Sequence[Holding]) -> list[tuple[Path, str]]:
    """Removes these files. Returns those that could not be removed, with why."""
    failed = []
    for each in found:
        try:
            each.path.unlink()
        except OSError as error:
            failed.append((each.path, error.strerror or str(error)))
    return failed


def _is_database(path: Path, loaded: Loaded) -> bool:
    """Whether it is one of the campaign's own. A copy that a restore has put aside is not: nobody cleans it."""
    bases = (loaded.database, loaded.contacts, loaded.accounts)
    own = {each.with_name(f"{each.name}{end}") for each in bases for end in ("", "-wal", "-shm", "-journal")}
    return path in own or path == Journal.beside(loaded.database).path


def _kind(path: Path, loaded: Loaded) -> str:
    if path.parent in _spools(loaded):
        return WAITS
    parts = Path(shown(path, loaded)).parts
    return next((told for name, told in _KINDS if parts[0].startswith(name)), "file")


def _found(path: Path, wanted: Traces) -> str:
    """How a file leads to the person, or ''. Looks at every text in it, and at most at so much of each."""
    for content in _contents(path):
        for text in _readings(content):
            if why := _why(text, wanted):
                return why
            if path.suffix in (".yaml", ".yml") and any(int(each) in wanted.item_ids for each in _CHOSEN.findall(text)):
                return "a statement that is removed is chosen in it"
    return ""


def _contents(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(len(_ZSTD))
        file.seek(0)
        yield from _pieces(file)
    if head[:4] == _ZIP:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist()[:_MOST_PARTS]:
                with archive.open(part) as opened:
                    yield from _pieces(opened)
    elif head[:2] == _GZIP:
        with gzip.open(path) as unfolded:
            yield from _pieces(unfolded)
    elif head == _ZSTD:
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
            yield from _pieces(stream)


def _pieces(file: _Readable) -> Iterator[bytes]:
    """A file in pieces that overlap, so that nothing is cut in two; at most so much of it."""
    before, left = b"", _MOST
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        yield before + piece
        before, left = piece[-_OVERLAP:], left - len(piece)


def _readings(content: bytes) -> Iterator[str]:
    """What the bytes say as text, with escapes undone and without the marks of HTML and XML."""
    encodings = ["utf-8"]
    if b"\0" in content[:4096]:
        encodings.append("utf-16-le")
    for encoding in encodings:
        text = content.decode(encoding, errors="ignore")
        if "\\" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", " ")
        yield text
        if "<" in text or "&" in text:
            for between in ("", " "):  # within a word that Word has cut, and between paragraphs
                yield html.unescape(_TAG.sub(between, text))


def _why(text: str, wanted: Traces) -> str:
    plain = _plain(text)
    words = _WORD.findall(plain)
    joined = f" {' '.join(words)} "
    if _has_run(words, joined, wanted.runs):
        return "the person's words stand in it"
    if any(f" {name} " in joined for name in wanted.sure):
        return "an address, number or handle of the person stands in it"
    named = any(f" {name} " in joined for name in wanted.names)
    return _A_NAME if named else ""


def _has_run(words: Sequence[str], joined: str, runs: frozenset[str]) -> bool:
    if len(runs) < _FEW_RUNS:
        return any(f" {run} " in joined for run in runs)
    short = [run for run in runs if run.count(" ") < _RUN - 1]
    return any(f" {run} " in joined for run in short) or any(
        " ".join(words[at : at + _RUN]) in runs for at in range(len(words) - _RUN + 1)
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
