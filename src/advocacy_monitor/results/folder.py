"""The folder of results: made beside the older one and put in its place as a whole, or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import cause_of, whole_file
from advocacy_monitor.results.page import GENERATOR

_INDEX = "index.html"
_KINDS = (".html", ".csv")
_HEAD = 4096


def refuse(folder: Path) -> None:
    """Nothing but an older folder of results, or an empty one, is ever replaced. Raises ExportError."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExportError(f"{folder}: is no folder; give another name")
    try:
        found = list(folder.iterdir()) if folder.exists() else []
        if found and not _is_ours(folder, found):
            raise ExportError(
                f"{folder}: holds something else than what `results` has made, and is left as it is; give another name"
            )
    except OSError as error:
        raise ExportError(f"{folder} was not written: {cause_of(error)}") from error


def _is_ours(folder: Path, found: Iterable[Path]) -> bool:
    if not all(each.suffix in _KINDS and each.is_file() and not each.is_symlink() for each in found):
        return False
    index = folder / _INDEX
    if not index.is_file():
        return False
    with index.open("rb") as file:
        return f'<meta name="generator" content="{GENERATOR}">'.encode() in file.read(_HEAD)


@dataclass(slots=True)
class NewFolder:
    """A folder of results that nobody sees yet."""

    hidden: Path
    wanted: Path
    names: list[str] = field(default_factory=list)

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Writes the files in the place of those that were written before. Raises ExportError."""
        _clear(self.hidden)
        self.names = []
        try:
            self.hidden.mkdir()
        except OSError as error:
            raise ExportError(f"{self.wanted} was not written: {cause_of(error)}") from error
        for name, content in files:
            with whole_file(self.hidden / name) as handle:
                handle.write(content)
            self.names.append(name)

    def put_in_place(self) -> list[Path]:
        """Gives the folder its name; the older one goes. Returns its files. Raises ExportError."""
        refuse(self.wanted)
        old = self.hidden.with_name(f"{self.hidden.name}.old")
        try:
            if self.wanted.exists():
                self.wanted.replace(old)
            try:
                self.hidden.replace(self.wanted)
            except OSError:
                if old.exists():
                    old.replace(self.wanted)
                raise
        except OSError as error:
            raise ExportError(f"{self.wanted} was not written: {cause_of(error)}") from error
        _clear(old)
        return [self.wanted / name for name in self.names]


@contextmanager
def new_folder(wanted: Path) -> Iterator[NewFolder]:
    """A hidden folder beside the wanted one; what is left of it goes at the end, and what a killed run left goes too.

    Raises ExportError when the same is being done already, or nothing can be written there.
    """
    wanted = wanted.absolute()
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        holder = os.open(wanted.parent, os.O_RDONLY)
    except OSError as error:
        raise ExportError(f"{wanted} was not written: {cause_of(error)}") from error
    hidden = wanted.parent / f".{wanted.name}.results-{secrets.token_hex(6)}"
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _recover(wanted)
        yield NewFolder(hidden, wanted)
    except BlockingIOError as error:
        raise ExportError(f"{wanted} was not written: another `results` is at work beside it") from error
    finally:
        _clear(hidden)
        os.close(holder)


def _recover(wanted: Path) -> None:
    """Clears what a killed run left; a folder that it had put aside comes back where nothing took its place."""
    ours = re.compile(rf"\.{re.escape(wanted.name)}\.results-[0-9a-f]{{12}}(\.old)?")
    for left in sorted(each for each in wanted.parent.iterdir() if ours.fullmatch(each.name)):
        if left.name.endswith(".old") and not wanted.exists():
            with contextlib.suppress(OSError):
                left.replace(wanted)
                continue
        _clear(left)


def _clear(folder: Path) -> None:
    with contextlib.suppress(OSError):
        shutil.rmtree(folder, ignore_errors=True)
