"""What staff did at the desk: who, when, what, to which item. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.store.connection import immediate, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that somebody did. `action` is a code such as 'decide'; `detail` says more, never a person's words."""

    id: int
    done_at: datetime
    actor: str
    action: str
    item_id: int | None
    detail: str


class Actions:
    """The log of what was done at the desk."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def add(self, actor: str, action: str, *, item_ids: Sequence[int] = (), detail: str = "") -> None:
        """Notes what somebody did, once for each item, or once where it concerns none."""
        now = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                "INSERT INTO actions (done_at, actor, action, item_id, detail) VALUES (?, ?, ?, ?, ?)",
                [(now, actor, action, item_id, detail) for item_id in item_ids or (None,)],
            )

    def newest(
        self, limit: int = 100, *, before: int | None = None, actor: str | None = None, item_id: int | None = None
    ) -> list[Action]:
        """The newest actions first, from before one's id, of one person or about one item if wanted."""
        rows = self._db.execute(
            "SELECT id, done_at, actor, action, item_id, detail FROM actions "
            "WHERE id < ? AND (? IS NULL OR actor = ?) AND (? IS NULL OR item_id = ?) ORDER BY id DESC LIMIT ?",
            [2**62 if before is None else before, actor, actor, item_id, item_id, limit],
        ).fetchall()
        return [
            Action(
                id=row[0],
                done_at=datetime.fromisoformat(row[1]),
                actor=row[2],
                action=row[3],
                item_id=row[4],
                detail=row[5],
            )
            for row in rows
        ]
