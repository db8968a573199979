"""The audit log: who did what, when, to which item. Rows are only ever added, and chained by a keyed hash.

Triggers of the database write the rows, whichever program did the deed, so nobody has to think of it. `seal` gives each
row the hash of itself and of the row before it, keyed with a key of the contacts file: who can write to the main
database and not read that file can take a row out or alter it, and cannot hide that. The newest hash is noted beside
the database as well, so that the end cannot be cut off unseen. There are no words of a person and none about one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.schema_care import care_triggers
from advocacy_monitor.store.audit_heads import Head, Heads, standing
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts

_BATCH = 5000
_MOST_FOUND = 20
_COLUMNS = "id, noted_at, actor, action, item_id, subject"
_Fields = tuple[int, str, str, str, int | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing that was done. `actor` is '' where the program did it; `subject` a pack's number, where it is one."""

    id: int
    noted_at: datetime
    actor: str
    action: str
    item_id: int | None
    subject: str
    is_sealed: bool


class Audit:
    """Reads the log, seals and checks it. `seal` and `verify` need the contacts file and raise StoreError without."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._contacts = contacts
        self._clock = clock
        self._heads = Heads.beside(path)

    def _key(self) -> bytes:
        if self._contacts is None:
            raise StoreError(f"{self._path}: is open for reading only, and the audit log's key is in the contacts file")
        return self._contacts.key("audit")

    def seal(self) -> int:
        """Chains the rows that are not yet, and notes the newest hash beside the database. Returns how many it were.

        In several short transactions, so that nobody waits for a long log. Raises StoreError.
        """
        key, count = self._key(), 0
        if self.head() is None and not self._heads.read():  # so that no sealed row is ever without the file
            self._heads.add(Head(at=self._clock().isoformat(), id=0, hash=""))
        while sealed := self._seal_some(key):
            count += sealed
        head, last = self.head(), self._heads.last()
        if head is not None and (last is None or (last.id, last.hash) != head):
            self._heads.add(Head(at=self._clock().isoformat(), id=head[0], hash=head[1]))
        return count

    def _seal_some(self, key: bytes) -> int:
        waits = "SELECT 1 FROM audit WHERE hash IS NULL LIMIT 1"
        with translated(self._path):
            if self._db.execute(waits).fetchone() is None:
                return 0
            with immediate(self._db):
                rows: list[_Fields] = self._db.execute(
                    f"SELECT {_COLUMNS} FROM audit WHERE hash IS NULL ORDER BY id LIMIT ?",  # noqa: S608  # no input
                    [_BATCH],
                ).fetchall()
                before = self._hash_before(rows[0][0]) if rows else ""
                made = []
                for row in rows:
                    before = _chained(key, before, row)
                    made.append((before, row[0]))
                self._db.conn.executemany("UPDATE audit SET hash = ? WHERE id = ?", made)
        return len(made)

    def _hash_before(self, row_id: int) -> str:
        row = self._db.execute("SELECT hash FROM audit WHERE id < ? ORDER BY id DESC LIMIT 1", [row_id]).fetchone()
        return "" if row is None else str(row[0])

    def head(self) -> tuple[int, str] | None:
        """The last sealed row and its hash: to be noted where who can alter this database cannot, as in a backup's
        manifest; None before the first sealing."""
        row = self._db.execute(
            "SELECT id, hash FROM audit WHERE hash IS NOT NULL "
            "AND id < coalesce((SELECT min(id) FROM audit WHERE hash IS NULL), 9e18) ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def unsealed(self) -> int:
        """How many rows wait to be chained."""
        return int(self._db.execute("SELECT count(*) FROM audit WHERE hash IS NULL").fetchone()[0])

    def verify(self) -> list[str]:
        """What is wrong with the log, in words: rows that are missing or altered, an end that was cut off, triggers
        that do not write it. Empty when all is well; rows that wait for their hash are no fault. Raises StoreError."""
        key, heads = self._key(), self._heads.read()
        with translated(self._path):
            self._db.conn.execute("BEGIN")  # one state of the log, whatever others write meanwhile
            try:
                found = [*self._triggers(), *self._rows(key, standing(heads))]
                is_sealed = self.head() is not None
            finally:
                self._db.conn.execute("ROLLBACK")
        if is_sealed and not heads and not self._heads.read():  # it may have begun meanwhile
            found.append(
                f"{self._heads.path.name} is missing, in which the newest hash was noted; if you moved the "
                "database without it, copy it as well"
            )
        more = len(found) - _MOST_FOUND
        return [*found[:_MOST_FOUND], f"and {more} more"] if more > 0 else found

    def _triggers(self) -> Iterator[str]:
        rows = self._db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        there = {row[0]: _plain(row[1]) for row in rows}
        for statement in care_triggers():
            name = statement.split()[2]
            if name not in there:
                yield f"the trigger {name}, which writes or guards the log, is missing"
            elif there[name] != _plain(statement):
                yield f"the trigger {name}, which writes or guards the log, was altered"

    def _rows(self, key: bytes, heads: dict[int, Head]) -> Iterator[str]:
        last, before, is_gap, waiting = 0, "", False, False
        rows = self._db.execute(f"SELECT {_COLUMNS}, hash FROM audit ORDER BY id")  # noqa: S608  # no input
        for *fields, found in rows:
            row_id = fields[0]
            if row_id != last + 1:
                yield _missing(last + 1, row_id - 1)
                is_gap = True
            if found is None:
                waiting = True
            elif waiting:
                yield f"row {row_id} is sealed, and a row before it is not"
            elif not is_gap and found != _chained(key, before, tuple(fields)):
                yield f"row {row_id}, of {fields[1]}, was altered, or the row before it was exchanged"
            head = heads.pop(row_id, None)
            if head is not None and head.hash != found:
                yield f"row {row_id} is not the one that was sealed on {head.at}"
            last, before, is_gap = row_id, found or "", False
        yield from self._end(last, heads)

    def _end(self, last: int, heads: dict[int, Head]) -> Iterator[str]:
        """Rows that were there once, after the last one."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
        noted = max([*heads, row[0] if row else 0])
        if noted > last:
            yield f"{_missing(last + 1, noted)} at the end"
        elif last and not row:
            yield "the database's own count of the log's rows is missing"

    def rows(
        self,
        limit: int = 100,
        *,
        before: int | None = None,
        since: datetime | None = None,
        actor: str | None = None,
        item_id: int | None = None,
        action: str | None = None,
    ) -> list[AuditRow]:
        """The newest first, from before one's id; `action` is how it begins, as 'remove' or 'decide: rejected'."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, hash IS NOT NULL FROM audit WHERE id < ? "  # noqa: S608  # no input
            "AND (?2 IS NULL OR julianday(noted_at) >= julianday(?2)) AND (?3 IS NULL OR actor = ?3) "
            "AND (?4 IS NULL OR item_id = ?4) AND (?5 IS NULL OR substr(action, 1, length(?5)) = ?5) "
            "ORDER BY id DESC LIMIT ?6",
            [2**62 if before is None else before, since.isoformat() if since else None, actor, item_id, action, limit],
        ).fetchall()
        return [
            AuditRow(
                id=row[0],
                noted_at=datetime.fromisoformat(row[1]),
                actor=row[2],
                action=row[3],
                item_id=row[4],
                subject=row[5],
                is_sealed=bool(row[6]),
            )
            for row in rows
        ]


def _chained(key: bytes, before: str, row: tuple[object, ...]) -> str:
    """The hash of a row and of the one before it: BLAKE2b, keyed, 16 bytes in hex."""
    return hashlib.blake2b(before.encode() + b"\n" + msgspec.json.encode(row), key=key, digest_size=16).hexdigest()


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _plain(statement: str) -> str:
    return " ".join(statement.split())
