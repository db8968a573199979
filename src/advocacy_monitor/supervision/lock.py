"""One daemon for one database: a lock beside it, in which stands who holds it.

The operating system gives the lock back when its holder ends, however it ends. The file stays; its text counts only
while the lock is held.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.alive import lock_of
from advocacy_monitor.store.owning import like

RUN = "advocacy-monitor run"
_TRIES, _PAUSE_SECONDS = 5, 0.1
"""Who only looks holds the lock for a moment; a daemon that begins just then is not to be refused."""
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who works on a database. `beat_at` is when it last said that it is well; None where nothing could be read."""

    process: int | None = None
    since: datetime | None = None
    command: str = RUN
    host: str = ""
    beat_at: datetime | None = None

    @property
    def words(self) -> str:
        """For a person: the command, the process, since when, and where, if that is another computer or container."""
        known = [f"`{self.command}`"]
        if self.process is not None:
            known.append(f"process {self.process}")
        if self.since is not None:
            known.append(f"since {self.since.isoformat(sep=' ', timespec='seconds')}")
        if self.host and self.host != socket.gethostname():
            known.append(f"on {self.host}")
        return ", ".join(known)


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def only_one(
    database: Path, *, command: str = RUN, clock: Callable[[], datetime] = _now
) -> Iterator[Callable[[], None]]:
    """Holds the lock: two daemons would run every collector twice. Yields what notes that the holder is well.

    `command` is what the refused one reads. Raises StoreError, which names the holder.
    """
    path = lock_of(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written, so nothing can run here: {error.strerror}") from error
    try:
        like(path.parent, path)
        if not _locked(descriptor, fcntl.LOCK_EX, tries=_TRIES):
            raise StoreError(f"{database}: another program works on it already: {_read(descriptor).words}")
        _write(descriptor, command, clock())
        yield lambda: _beat(descriptor)
    finally:
        os.close(descriptor)


def holder(database: Path) -> Holder | None:
    """Who holds the lock now; None when nobody does. Raises StoreError where that cannot be seen."""
    try:
        descriptor = os.open(lock_of(database), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{lock_of(database)}: cannot be read: {error.strerror}") from error
    try:
        return None if _locked(descriptor, fcntl.LOCK_SH) else _read(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int, *, tries: int = 1) -> bool:
    for tried in range(tries):
        if tried:
            time.sleep(_PAUSE_SECONDS)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
    return False


def _write(descriptor: int, command: str, since: datetime) -> None:
    said = {"pid": os.getpid(), "since": since.isoformat(), "command": command, "host": socket.gethostname()}
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{json.dumps(said)}\n".encode(), 0)
    except OSError as error:  # a full disk: the lock itself needs no space
        sys.stderr.write(f"the lock's file says nobody's name: {error.strerror}\n")


def _beat(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # a file system that has become read-only; others tell that better
        os.utime(descriptor)


def _read(descriptor: int) -> Holder:
    """What the file says. Whoever may write there may write anything, so it is taken for no more than words."""
    try:
        said: Any = json.loads(os.pread(descriptor, 4096, 0))
        beat_at = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
        return Holder(
            process=int(said["pid"]),
            since=datetime.fromisoformat(said["since"]),
            command=_short(said["command"]),
            host=_short(said["host"]),
            beat_at=beat_at,
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Holder()


def _short(text: object) -> str:
    return "".join(c for c in str(text) if c.isprintable())[:_LONGEST]
