"""What happened to which items since a moment: for whoever must know, without reading everything again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.store.connection import open_read_only, translated

_LOGS = ("decisions", "consents", "annotations")
"""Tables that are only added to, but for erasure, which leaves a tombstone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, as the newest row of each table; `enrichers` are those whose annotations were current."""

    newest: tuple[int, ...]
    tombstones: frozenset[int]
    verified_at: str
    enrichers: tuple[str, ...]


class Changes:
    """Reads a campaign's database on a connection of its own, always as it is now."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path

    @classmethod
    @contextmanager
    def of(cls, path: Path) -> Iterator[Changes]:
        """Opens a campaign's database for this. Raises StoreError."""
        db = open_read_only(path, schema.main)
        try:
            yield cls(db, path)
        finally:
            db.close()

    def mark(self) -> Mark:
        """This moment."""
        with translated(self._path):
            newest = tuple(
                int(self._db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608
                for table in _LOGS
            )
            verified = self._db.execute("SELECT coalesce(max(changed_at), '') FROM verifications").fetchone()
            return Mark(
                newest,
                frozenset(row[0] for row in self._db.execute("SELECT item_id FROM tombstones")),
                str(verified[0]),
                self._enrichers(),
            )

    def since(self, mark: Mark) -> set[int] | None:
        """The ids of the items of which something was said since; None where it may be any of them."""
        with translated(self._path):
            if self._enrichers() != mark.enrichers:
                return None
            found = {
                row[0]
                for table, newest in zip(_LOGS, mark.newest, strict=True)
                for row in self._db.execute(f"SELECT item_id FROM {table} WHERE id > ?", [newest])  # noqa: S608
            }
            found |= {row[0] for row in self._db.execute("SELECT item_id FROM tombstones")} - mark.tombstones
            seen = self._db.execute("SELECT item_id FROM verifications WHERE changed_at >= ?", [mark.verified_at])
            return found | {row[0] for row in seen}

    def _enrichers(self) -> tuple[str, ...]:
        rows = self._db.execute('SELECT "by" FROM enrichments WHERE is_current = 1 ORDER BY "by"').fetchall()
        return tuple(row[0] for row in rows)
