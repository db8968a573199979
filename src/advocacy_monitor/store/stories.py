"""Reading what only one statement's own page shows: its captures, consents and decisions one by one, its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlite_utils import Database

from advocacy_monitor.models import Decision, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A payload as it was received. Both digests are empty where it was removed."""

    received_at: datetime
    length: int
    sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStep:
    """A use that was allowed or taken back, and how that is known."""

    use: Use
    granted: bool
    proof: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item was seen, such as a page or an account that shared it."""

    seen_on: str
    first_seen_at: datetime


class Stories:
    """What is known of one item, in the order in which it was noted; nothing here writes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def captures(self, item_id: int) -> list[Capture]:
        """Every payload that was stored of an item."""
        rows = self._db.execute(
            "SELECT received_at, length, sha256, content_sha256 FROM captures "
            "JOIN segments ON segments.id = segment_id WHERE item_id = ? ORDER BY captures.id",
            [item_id],
        ).fetchall()
        return [
            Capture(received_at=datetime.fromisoformat(row[0]), length=row[1], sha256=row[2], content_sha256=row[3])
            for row in rows
        ]

    def capture_count(self, item_ids: Sequence[int]) -> int:
        """How many payloads are stored of these items."""
        row = self._db.execute(
            "SELECT count(*) FROM captures WHERE sha256 <> '' AND item_id IN (SELECT value FROM json_each(?))",
            [msgspec.json.encode(list(item_ids)).decode()],
        ).fetchone()
        return int(row[0])

    def consents(self, item_id: int) -> list[ConsentStep]:
        """What was noted about an item's uses; a post that is only counted has nothing."""
        rows = self._db.execute(
            "SELECT use, granted, proof, recorded_at FROM consents WHERE item_id = ? ORDER BY id", [item_id]
        ).fetchall()
        return [
            ConsentStep(use=Use(row[0]), granted=bool(row[1]), proof=row[2], noted_at=datetime.fromisoformat(row[3]))
            for row in rows
        ]

    def decisions(self, item_id: int) -> list[tuple[int, Decision]]:
        """Every decision with its number, oldest first."""
        rows = self._db.execute(
            "SELECT id, status, moderator, reason, decided_at FROM decisions WHERE item_id = ? ORDER BY id", [item_id]
        ).fetchall()
        return [
            (
                row[0],
                Decision(
                    item_id=item_id,
                    status=row[1],
                    moderator=row[2],
                    reason=row[3],
                    decided_at=datetime.fromisoformat(row[4]),
                ),
            )
            for row in rows
        ]

    def places(self, item_id: int) -> list[Place]:
        """Where an item was seen, where its source says places."""
        rows = self._db.execute(
            "SELECT seen_on, first_seen_at FROM appearances WHERE item_id = ? ORDER BY first_seen_at, seen_on",
            [item_id],
        ).fetchall()
        return [Place(row[0], datetime.fromisoformat(row[1])) for row in rows]

    def related(self, item_id: int) -> list[tuple[int, str]]:
        """Items that answer, quote or repost this one, and that it answers, quotes or reposts, with the relation."""
        rows = self._db.execute(
            "SELECT others.id, others.relation FROM items JOIN items AS others ON others.source = items.source "
            "AND others.related_id = items.source_id WHERE items.id = ?1 UNION ALL "
            "SELECT others.id, 'said first' FROM items JOIN items AS others ON others.source = items.source "
            "AND others.source_id = items.related_id WHERE items.id = ?1 ORDER BY 1",
            [item_id],
        ).fetchall()
        return [(row[0], row[1] or "") for row in rows]
