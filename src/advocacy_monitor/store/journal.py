"""The journal of erasures: what was removed, beside the database, so that a restored backup does not bring it back.

A line for each removal is on the disk before the removal itself is. It holds keyed hashes and no personal data: the
key lies in the contacts file. Should the program die in between, the line is there and the words still are; removing
them again, as `reapply` does, is what was wanted.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.owning import like
from advocacy_monitor.store.wiping import Gone

if TYPE_CHECKING:
    from advocacy_monitor.store import Store

SUFFIX = ".erasures"
_log = logging.getLogger(__name__)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One removal. `hash` is that of a tombstone or a person's key, `key` says with which contacts file it was made.

    `at` is when, in ISO 8601 and UTC; `reason` is one of the program's own words.
    """

    at: str
    kind: Literal["item", "person"]
    hash: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reapplied:
    """What was still there and is removed now: statements, contact details, people's posts kept out from now on.

    `foreign` entries were made with the key of another contacts file, and say nothing about this database. `done` are
    the entries of what was removed beyond those that were given, such as reposts. `kept` answers were corrected
    later, and their newer words are not in this database: nobody took them back, so they stay for a second look.
    """

    items: int
    contacts: int
    people: int
    foreign: int = 0
    kept: int = 0
    done: tuple[Entry, ...] = field(default=(), repr=False)

    @property
    def any(self) -> bool:
        """Whether anything was still there."""
        return bool(self.items or self.contacts or self.people)


class Journal:
    """An append-only file, readable by its owner only. It belongs to the database whose name it has."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, database: Path) -> Journal:
        """The journal of a database, whether there is one yet or not."""
        return cls(database.with_name(f"{database.stem}{SUFFIX}"))

    def add(self, entries: Iterable[Entry]) -> None:
        """Appends entries, and is back when they are on the disk. Raises StoreError; then none of them is there."""
        lines = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        if lines:
            self._append(lines)

    def check(self) -> None:
        """Raises StoreError where nothing can be added: to be asked before something goes that is noted later."""
        self._append(b"")

    def _append(self, lines: bytes) -> None:
        try:
            is_new = not self.path.exists()
            with self._locked() as file:
                _append(file, lines)
            if is_new:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise StoreError(
                f"{self.path}: the journal of erasures cannot be written ({error.strerror}); nothing was removed"
            ) from error

    def add_missing(self, entries: Iterable[Entry]) -> int:
        """Appends those that are not there yet, such as another journal's. Returns how many."""
        known = {(entry.kind, entry.hash) for entry in self.read()}
        missing = {(entry.kind, entry.hash): entry for entry in entries if (entry.kind, entry.hash) not in known}
        self.add(missing.values())
        return len(missing)

    def read(self) -> tuple[Entry, ...]:
        """Every entry, oldest first; () where there is no journal. A line that a power cut tore is passed over.

        Raises StoreError when the file cannot be read.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be read ({error.strerror})") from error
        return tuple(self._entries(content))

    def _entries(self, content: bytes) -> Iterator[Entry]:
        for number, line in enumerate(content.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                yield msgspec.json.decode(line, type=Entry)
            except (msgspec.DecodeError, UnicodeDecodeError):
                _log.warning(
                    "%s, line %d: is torn, as after a power cut, and was passed over; what it was about was not yet "
                    "removed from the database then",
                    self.path.name,
                    number,
                )

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, opened for appending, and held against other programs that do the same."""
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            like(self.path.parent, self.path)
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _append(file: int, lines: bytes) -> None:
    """All of it or nothing: half a line that a full disk left is cut off again."""
    size = os.fstat(file).st_size
    if lines and size and os.pread(file, 1, size - 1) != b"\n":
        lines = b"\n" + lines
    try:
        written = 0
        while written < len(lines):
            written += os.write(file, lines[written:])
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk only after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def entries_of(gone: Iterable[Gone], *, key: str) -> tuple[Entry, ...]:
    """Items that were removed, as entries; `key` is the fingerprint of the contacts file."""
    return tuple(Entry(at=each.at, kind="item", hash=each.hash, key=key, reason=each.reason) for each in gone)


def reapply(store: Store, entries: Sequence[Entry]) -> Reapplied:
    """Removes what of these a restored database still holds: statements, contact details, people's posts.

    Nothing is added to the journal beside the store: the caller knows which one is to have them (`add_missing`).
    `vacuum` of `store.erasures` then takes the bytes out of the files. Raises StoreError.
    """
    return store.erasures.reapply(entries)


def of_tombstones(store: Store) -> tuple[Entry, ...]:
    """What the database itself knows to have been removed, as entries: for one that is older than its journal."""
    return store.erasures.journaled()
