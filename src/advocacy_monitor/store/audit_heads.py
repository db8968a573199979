"""The heads of the audit log, noted in a file beside the database: whoever cuts off the log's end cannot hide it there.

A line for each sealing: up to which row, and that row's hash; the first line stands before the first sealing and is of
row 0. No personal data. A restored backup has fewer rows; a
line of its own says from which row on the log begins anew, so that an honest restore is no alarm for ever.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.owning import like

SUFFIX = ".audit"
_log = logging.getLogger(__name__)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The last sealed row at a time (ISO 8601, UTC). After a `restored` one there is nothing of what came later."""

    at: str
    id: int
    hash: str
    restored: bool = False


class Heads:
    """The file; readable by its owner only, and only ever appended to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, database: Path) -> Heads:
        """The file of a database, whether it is there yet or not."""
        return cls(database.with_name(f"{database.stem}{SUFFIX}"))

    def add(self, head: Head) -> None:
        """Appends a head, and is back when it is on the disk. Raises StoreError."""
        line = msgspec.json.encode(head) + b"\n"
        try:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                like(self.path.parent, self.path)
                size = os.fstat(file).st_size
                torn = size and os.pread(file, 1, size - 1) != b"\n"
                os.write(file, b"\n" + line if torn else line)  # a torn line is not read, a short one neither
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise StoreError(f"{self.path}: the head of the audit log cannot be noted ({error.strerror})") from error

    def read(self) -> tuple[Head, ...]:
        """Every head, oldest first; () where there is no file. A torn line is passed over. Raises StoreError."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be read ({error.strerror})") from error
        found = []
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    found.append(msgspec.json.decode(line, type=Head))
            except (msgspec.DecodeError, UnicodeDecodeError):
                _log.warning("%s, line %d: is torn, as after a power cut, and was passed over", self.path.name, number)
        return tuple(found)

    def last(self) -> Head | None:
        """The newest head, or None."""
        heads = self.read()
        return heads[-1] if heads else None


def standing(heads: Sequence[Head]) -> dict[int, Head]:
    """The heads that must still be in the log, by row: since the last restore, which may have brought any other log.

    What came before it is vouched for by the chain, up to the row that the restore noted.
    """
    found: dict[int, Head] = {}
    for head in heads:
        if head.restored:
            found = {}
        if head.id:
            found[head.id] = head
    return found
