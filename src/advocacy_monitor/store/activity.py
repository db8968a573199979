"""How much came in when, and which collections fail: what a digest for staff tells."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlite_utils import Database

from advocacy_monitor.store import Store


class Activity:
    """Reads counts over time. No words, no names."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @classmethod
    def of(cls, store: Store) -> Activity:
        """The same over a store that is open."""
        return cls(store._db)

    def stored(self, since: datetime) -> dict[str, int]:
        """By source how many statements were stored since a moment, most first."""
        row = self._db.execute("SELECT max(id) FROM items WHERE collected_at < ?", [since.isoformat()]).fetchone()
        rows = self._db.execute(
            "SELECT source, count(*) FROM items WHERE id > ? AND collected_at >= ? GROUP BY source ORDER BY 2 DESC, 1",
            [row[0] or 0, since.isoformat()],
        ).fetchall()
        return {row[0]: row[1] for row in rows}

    def said(self, start: datetime, end: datetime) -> Counter[str]:
        """By source how many statements were made from one moment until another, reposts left out."""
        rows = self._db.execute(
            "SELECT source, count(*) FROM items WHERE created_at >= ? AND created_at < ? "
            "AND (relation IS NULL OR relation <> 'repost') GROUP BY source",
            [start.isoformat(), end.isoformat()],
        ).fetchall()
        return Counter({row[0]: row[1] for row in rows})

    def read_until(self) -> dict[str, datetime]:
        """By collector's name until when it has read: the beginning of its newest collection that did not fail."""
        rows = self._db.execute(
            "SELECT name, max(started_at) FROM runs WHERE kind = 'collect' AND status = 'done' GROUP BY name"
        ).fetchall()
        return {row[0]: datetime.fromisoformat(row[1]) for row in rows}

    def oldest_pending(self) -> str | None:
        """When the statement that waits longest for moderation came in."""
        row = self._db.execute(
            "SELECT min(collected_at) FROM items WHERE NOT EXISTS (SELECT 1 FROM decisions WHERE item_id = items.id)"
        ).fetchone()
        return None if row is None else row[0]

    def failing(self) -> list[tuple[str, str]]:
        """The collectors whose last run failed, each with what it said."""
        rows = self._db.execute(
            "SELECT name, message FROM runs WHERE id IN "
            "(SELECT max(id) FROM runs WHERE kind = 'collect' AND status <> 'running' GROUP BY name) "
            "AND status = 'failed' ORDER BY name"
        ).fetchall()
        return [(row[0], row[1]) for row in rows]
