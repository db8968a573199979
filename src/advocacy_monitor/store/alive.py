"""Whether the program that began a run is still there: it holds a byte of a file locked for as long as it lives.

The operating system gives the byte back when the program ends, however it ends, so neither a number that another
program has now, nor another container in which numbers mean something else, can be mistaken for it. The locks are those
of an open file (`F_OFD_SETLK`, fcntl(2)): closing the file in another thread does not give them back.
"""

from __future__ import annotations

import fcntl
import os
import struct
import weakref
from pathlib import Path

from advocacy_monitor.store.owning import like

_FLOCK = "hhqqi4x"
"""struct flock: type, whence, start, length, process."""


def lock_of(database: Path) -> Path:
    """The file beside a database that its daemon locks as a whole, and every program a byte for each run."""
    return database.with_name(f"{database.name}.run-lock")


class Alive:
    """The runs of one open store. Where the system has no such locks nothing is known, and `is_held` says so."""

    def __init__(self, database: Path) -> None:
        self._path = lock_of(database)
        self._file: int | None = None
        self._ours: set[int] = set()

    def hold(self, run_id: int) -> None:
        """From now on others see that this run goes on."""
        self._ours.add(run_id)
        self._asked("F_OFD_SETLK", fcntl.F_WRLCK, run_id)

    def release(self, run_id: int) -> None:
        """This run is over."""
        if run_id in self._ours:
            self._ours.discard(run_id)
            self._asked("F_OFD_SETLK", fcntl.F_UNLCK, run_id)

    def is_held(self, run_id: int) -> bool | None:
        """Whether a program that is there goes on with a run; None where that cannot be told."""
        if run_id in self._ours:
            return True
        answer = self._asked("F_OFD_GETLK", fcntl.F_WRLCK, run_id)
        return None if answer is None else bool(struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK)

    def close(self) -> None:
        """Gives everything back."""
        if self._file is not None:
            self._closing()
        self._file = None
        self._ours.clear()

    def _asked(self, command: str, kind: int, run_id: int) -> bytes | None:
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                like(self._path.parent, self._path)
                self._closing = weakref.finalize(self, os.close, self._file)
            asked = struct.pack(_FLOCK, kind, os.SEEK_SET, run_id, 1, 0)
            return bytes(fcntl.fcntl(self._file, getattr(fcntl, command), asked))
        except (OSError, AttributeError):  # a file system or a system without them
            return None
