"""Vectors of the sentence encoder, kept so that a text is encoded once however often themes are coded anew.

A vector says roughly what its text said, so it goes with the text: removed items never get one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.store.connection import immediate, translated

_AT_ONCE = 500
_KEEP = """
INSERT OR IGNORE INTO vectors (item_id, encoder, vector)
SELECT id, ?2, ?3 FROM items
WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.item_id = items.id)
"""


class Vectors:
    """Reads and keeps vectors as the bytes that an encoder's name stands for; another encoder has its own."""

    def __init__(self, db: Database, path: Path, *, writable: bool) -> None:
        self._db = db
        self._path = path
        self._writable = writable

    def get(self, item_ids: Sequence[int], encoder: str) -> dict[int, bytes]:
        """The kept vectors of an encoder by item id; items without one are absent."""
        found: dict[int, bytes] = {}
        with translated(self._path):
            for start in range(0, len(item_ids), _AT_ONCE):
                part = list(item_ids[start : start + _AT_ONCE])
                rows = self._db.execute(
                    "SELECT item_id, vector FROM vectors "  # noqa: S608  # only question marks are put in
                    f"WHERE encoder = ? AND item_id IN ({', '.join('?' * len(part))})",
                    [encoder, *part],
                ).fetchall()
                found.update(rows)
        return found

    def keep(self, encoder: str, vectors: Mapping[int, bytes]) -> int:
        """Keeps vectors of items that stand. Returns how many are new.

        They can be made again at any time. So nothing is kept, and nothing is wrong, where the database is open for
        reading only or in the middle of a transaction.
        """
        if not vectors or not self._writable or self._db.conn.in_transaction:
            return 0
        with translated(self._path), immediate(self._db, durable=False):
            rows = [(item_id, encoder, vector) for item_id, vector in sorted(vectors.items())]
            return max(self._db.conn.executemany(_KEEP, rows).rowcount, 0)

    def forget_others(self, encoder: str) -> int:
        """Drops the vectors of other encoders, which nobody asks for after a change. Returns how many."""
        with translated(self._path), immediate(self._db):
            return int(self._db.execute("DELETE FROM vectors WHERE encoder <> ?", [encoder]).rowcount)
