"""Opens what somebody sent as a pack, without trusting it: a bundle (ZIP), an unpacked bundle, or a `.json` file.

Nothing is ever unpacked to the disk. Names that lead out of the folder, links, two files of one name, encrypted or
oddly compressed entries, and anything that would unfold beyond the limits are refused in words before they are read.
"""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from advocacy_monitor.errors import ExportError

MOST_FILES = 5_000
MOST_BYTES = 2**30
MOST_BYTES_OF_A_FILE = 512 * 2**20
MOST_UNFOLDING = 1_000
"""How many times as long as its compressed form an entry may be; deflate reaches 1,032 on nothing but one letter."""

_PIECE = 2**20


class _Entries(Protocol):
    """Where the files come from: names with their sizes, and a way to read one."""

    def sizes(self) -> dict[str, int]: ...

    def open(self, name: str) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of a bundle by their names within it, or the one file that was given.

    `is_bag` says that it is a bundle. `base` is the folder in the ZIP that everything lies in, '' where there is none.
    """

    path: Path
    sizes: Mapping[str, int]
    is_bag: bool
    base: str
    entries: _Entries

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file in pieces, no more of them than its size said. Raises ExportError."""
        left = self.sizes[name]
        try:
            with self.entries.open(self.base + name) as file:
                while piece := file.read(min(_PIECE, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise ExportError(f"{self.path.name}: {shown(name)} is longer than it says")
                    yield piece
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ExportError(f"{self.path.name}: {shown(name)} cannot be read: {error}") from error
        if left:
            raise ExportError(f"{self.path.name}: {shown(name)} is shorter than it says")

    def read(self, name: str, *, most: int) -> bytes:
        """A whole file. Raises ExportError when it is longer than `most` bytes or cannot be read."""
        if self.sizes[name] > most:
            raise ExportError(
                f"{self.path.name}: {shown(name)} has {self.sizes[name]:,} bytes; at most {most:,} are read"
            )
        return b"".join(self.pieces(name))


def shown(name: str) -> str:
    """A name from a stranger's file, harmless on a terminal and not endless."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "�" for c in name[:200])


@contextmanager
def open_files(path: Path) -> Iterator[PackFiles]:
    """The files of a bundle, or a `.json` file alone. Raises ExportError when they are not what they should be."""
    try:
        if path.is_dir():
            yield _checked(path, _Folder(path), is_bag=True)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield _checked(path, _Archive(path, archive), is_bag=True)
        else:
            yield _checked(path, _Single(path), is_bag=False)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ExportError(f"{path}: cannot be opened: {cause}") from error


def pack_document(files: PackFiles) -> str:
    """The name of the one JSON file that holds the pack. Raises ExportError when there is none, or more than one."""
    if not files.is_bag:
        return next(iter(files.sizes))
    found = [
        name
        for name in sorted(files.sizes)
        if name.startswith("data/") and name.count("/") == 1 and name.endswith(".json") and name not in _OTHERS
    ]
    if len(found) != 1:
        names = ", ".join(map(shown, found)) or "none"
        raise ExportError(f"{files.path.name}: there must be one JSON file with the pack in data/; there is: {names}")
    return found[0]


_OTHERS = ("data/manifest.json", "data/ro-crate-metadata.json")


class _Archive:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive

    def sizes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        entries = self._archive.infolist()
        if self._archive.comment or min((entry.header_offset for entry in entries), default=0):
            # Another program may show what lies there: two archives one behind the other, or a page before one.
            raise ExportError(f"{self._path.name}: holds something beside its files, before or after them")
        for entry in entries:
            if why := _why_refused(entry):
                raise ExportError(f"{self._path.name}: {shown(entry.filename)} {why}; nothing was unpacked")
            if entry.filename in found:
                raise ExportError(
                    f"{self._path.name}: {shown(entry.filename)} stands in it twice; nothing was unpacked"
                )
            if not entry.is_dir():
                found[entry.filename] = entry.file_size
        return found

    def open(self, name: str) -> BinaryIO:
        return self._archive.open(name)  # type: ignore[return-value]  # typeshed says IO[bytes], which it is


def _why_refused(entry: zipfile.ZipInfo) -> str:
    mode = entry.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        return "is a link or a device, not a file"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in a way that bundles are not"
    if entry.file_size > MOST_UNFOLDING * max(entry.compress_size, 64):
        return f"would unfold to more than {MOST_UNFOLDING} times its size"
    return ""


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def sizes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        waiting = [self._path]
        while waiting:
            for each in sorted(waiting.pop().iterdir()):
                state = each.lstat()
                name = each.relative_to(self._path).as_posix()
                if stat.S_ISDIR(state.st_mode):
                    waiting.append(each)
                elif stat.S_ISREG(state.st_mode):
                    found[name] = state.st_size
                else:
                    raise ExportError(f"{self._path}: {shown(name)} is a link or a device, not a file")
                if len(found) + len(waiting) > MOST_FILES:
                    raise ExportError(f"{self._path}: holds more than {MOST_FILES:,} files")
        return found

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")


class _Single:
    def __init__(self, path: Path) -> None:
        self._path = path

    def sizes(self) -> dict[str, int]:
        if not stat.S_ISREG(self._path.stat().st_mode):
            raise ExportError(f"{self._path}: is not a file")
        return {self._path.name: self._path.stat().st_size}

    def open(self, name: str) -> BinaryIO:
        return self._path.open("rb")


def _checked(path: Path, entries: _Entries, *, is_bag: bool) -> PackFiles:
    sizes = entries.sizes()
    if not sizes:
        raise ExportError(f"{path.name}: holds no file")
    _check_limits(path, sizes)
    for name in sizes if is_bag else ():
        if why := _why_no_name(name):
            raise ExportError(f"{path.name}: the name {shown(name)!r} {why}; nothing was unpacked")
    base = _base(path, tuple(sizes)) if is_bag else ""
    inside = {name.removeprefix(base): size for name, size in sizes.items()}
    folded = [unicodedata.normalize("NFC", name).casefold() for name in inside]
    if len(set(folded)) != len(folded):
        twice = next(name for name, fold in zip(inside, folded, strict=True) if folded.count(fold) > 1)
        raise ExportError(f"{path.name}: {shown(twice)} and another name are the same on many computers")
    return PackFiles(path, inside, is_bag, base, entries)


def _check_limits(path: Path, sizes: Mapping[str, int]) -> None:
    if len(sizes) > MOST_FILES:
        raise ExportError(f"{path.name}: holds more than {MOST_FILES:,} files; nothing was unpacked")
    if max(sizes.values()) > MOST_BYTES_OF_A_FILE or sum(sizes.values()) > MOST_BYTES:
        raise ExportError(
            f"{path.name}: would unfold to {sum(sizes.values()):,} bytes; at most {MOST_BYTES:,}, and "
            f"{MOST_BYTES_OF_A_FILE:,} for one file, are read; nothing was unpacked"
        )


def _base(path: Path, names: Sequence[str]) -> str:
    """'name/' where everything lies in one folder, '' where the bag begins at once."""
    if "bagit.txt" in names:
        return ""
    first = names[0].partition("/")[0] + "/"
    if first == "/" or any(not name.startswith(first) for name in names) or f"{first}bagit.txt" not in names:
        raise ExportError(f"{path.name}: is no bundle: there is no bagit.txt in it, alone or in one folder")
    return "" if path.is_dir() else first


def _why_no_name(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "." in parts or "" in parts or "\\" in name or ":" in parts[0]:
        return "leads out of the folder"
    if any(unicodedata.category(c)[0] == "C" for c in name):
        return "holds invisible characters"
    if len(name) > 500:
        return "is too long"
    return ""
