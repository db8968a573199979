"""Writing annotations, decisions and consents: all append-only, each with who, when and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Annotation, Decision, Status, Use
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.wiping import sweep

_encode = msgspec.json.Encoder().encode


def _row(annotation: Annotation, now: str) -> tuple[object, ...]:
    spans = _encode([(span.start, span.end) for span in annotation.spans]).decode() if annotation.spans else "[]"
    return (
        *(annotation.item_id, annotation.label, annotation.value, annotation.score),
        *(spans, annotation.by, now),
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with its number, and where the item stood before it."""

    id: int
    decision: Decision
    before: Status


def _decision(row: Sequence[Any]) -> Decision:
    """A decision of the columns item_id, status, moderator, reason, decided_at."""
    return Decision(
        item_id=row[0],
        status=Status(row[1]),
        moderator=row[2],
        reason=row[3],
        decided_at=datetime.fromisoformat(row[4]),
    )


class Assertions:
    """Facts about items, from enrichers and from people. Nothing that stands is ever changed."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def begin(self, enricher: str, by: str) -> int:
        """Makes `by` (name@version) the current version of an enricher; returns the last item id that it has seen."""
        now = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            self._db.execute("UPDATE enrichments SET is_current = 0 WHERE enricher = ?", [enricher])
            row = self._db.execute(
                'INSERT INTO enrichments ("by", enricher, updated_at) VALUES (?, ?, ?) '
                'ON CONFLICT ("by") DO UPDATE SET is_current = 1 RETURNING last_item_id',
                [by, enricher, now],
            ).fetchone()
        return int(row[0])

    def _insert(self, annotations: Iterable[Annotation], now: str) -> int:
        rows = [_row(annotation, now) for annotation in annotations]
        self._db.conn.executemany(
            'INSERT INTO annotations (item_id, label, value, score, spans, "by", made_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
            rows,
        )
        sweep(self._db, sorted({int(str(row[0])) for row in rows}))
        return len(rows)

    def _move(self, by: str, *, after: int, to: int, now: str) -> None:
        """Moves how far an enricher has come, unless another program has moved it in the meantime."""
        moved = self._db.execute(
            'UPDATE enrichments SET last_item_id = ?, updated_at = ? WHERE "by" = ? AND last_item_id = ?',
            [to, now, by, after],
        ).rowcount
        if not moved:
            raise StoreError(f"{by}: another program is running this enricher; this one stops, nothing is lost")

    def add_batch(self, by: str, annotations: Iterable[Annotation], *, after: int, last_item_id: int) -> int:
        """Stores what an enricher said of the batch `after` an id, and how far it has come. Returns how many.

        Raises StoreError, and stores nothing, when another program has enriched that batch.
        """
        now = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            count = self._insert(annotations, now)
            self._move(by, after=after, to=last_item_id, now=now)
        return count

    def set_aside(self, by: str, item_id: int, reason: str, *, after: int) -> None:
        """Notes an item that an enricher could not read, to be tried again, and goes past it."""
        with translated(self._path), immediate(self._db):
            self._db.execute("INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?)", [by, item_id, reason])
            self._move(by, after=after, to=item_id, now=self._clock().isoformat())

    def waiting(self, by: str) -> list[int]:
        """The ids of items that this enricher could not read before."""
        rows = self._db.execute('SELECT item_id FROM set_aside WHERE "by" = ? ORDER BY item_id', [by]).fetchall()
        return [row[0] for row in rows]

    def seen(self, enricher: str) -> tuple[str, int, frozenset[int]]:
        """The current version of an enricher, how far it has come, and the items it could not read.

        ('', 0, empty) when it never ran.
        """
        row = self._db.execute(
            'SELECT "by", last_item_id FROM enrichments WHERE enricher = ? AND is_current = 1', [enricher]
        ).fetchone()
        return ("", 0, frozenset()) if row is None else (row[0], row[1], frozenset(self.waiting(row[0])))

    def retried(self, by: str, annotations: Iterable[Annotation], item_ids: Sequence[int]) -> int:
        """Stores what an enricher said of items that were set aside, and takes them off that list."""
        with translated(self._path), immediate(self._db):
            taken = {
                item_id
                for item_id in item_ids
                if self._db.execute('DELETE FROM set_aside WHERE "by" = ? AND item_id = ?', [by, item_id]).rowcount
            }
            # What another program has taken off the list in the meantime, it has annotated as well.
            mine = [annotation for annotation in annotations if annotation.item_id in taken]
            return self._insert(mine, self._clock().isoformat())

    def add(self, annotations: Iterable[Annotation], *, decided: Callable[[], Iterable[Decision]] = tuple) -> int:
        """Stores what people said of items. Returns how many.

        `decided` tells the decisions that follow from it, or raises when it may not be said; nobody can write in
        between.
        """
        with translated(self._path), immediate(self._db):
            self._decide(decided())
            return self._insert(annotations, self._clock().isoformat())

    def newest_decisions(self, item_ids: Sequence[int]) -> dict[int, tuple[int, Decision]]:
        """The newest decision about each item with its number, by item; those without one are absent."""
        marks = ", ".join("?" * len(item_ids))
        rows = self._db.execute(
            "SELECT id, item_id, status, moderator, reason, decided_at FROM decisions AS newest "  # noqa: S608
            f"WHERE item_id IN ({marks}) "
            "AND id = (SELECT max(id) FROM decisions WHERE decisions.item_id = newest.item_id)",
            list(item_ids),
        ).fetchall()
        return {row[1]: (row[0], _decision(row[1:])) for row in rows}

    def last_decisions(self, moderator: str) -> list[Decided]:
        """What somebody decided last: all items that were decided at that moment, in the order of their numbers."""
        rows = self._db.execute(
            "SELECT item_id, status, moderator, reason, decided_at, id, coalesce("
            "(SELECT status FROM decisions AS older WHERE older.item_id = mine.item_id AND older.id < mine.id "
            "ORDER BY older.id DESC LIMIT 1), 'pending') FROM decisions AS mine WHERE moderator = ? ORDER BY id DESC",
            [moderator],
        )
        found: list[Decided] = []
        with closing(rows):  # newest first, no further than need be: somebody may have decided a hundred thousand times
            for row in rows:
                if found and row[4] != found[0].decision.decided_at.isoformat():
                    break
                found.append(Decided(row[5], _decision(row), Status(row[6])))
        return found[::-1]

    def decide(self, decisions: Iterable[Decision], *, check: Callable[[], None] = lambda: None) -> None:
        """Stores decisions, all or none. `check` raises when one is not allowed; nobody can decide in between.

        It runs before the decisions are read, inside the transaction, and may still make them.
        """
        with translated(self._path), immediate(self._db):
            check()
            self._decide(decisions)

    def _decide(self, decisions: Iterable[Decision]) -> None:
        self._db.conn.executemany(
            "INSERT INTO decisions (item_id, status, moderator, reason, decided_at) VALUES (?, ?, ?, ?, ?)",
            [(d.item_id, d.status, d.moderator, d.reason, d.decided_at.isoformat()) for d in decisions],
        )

    def consent(self, item_ids: Iterable[int], use: Use, *, granted: bool, proof: str) -> None:
        """Notes that a use was consented to, or no longer is, and how that is known."""
        now = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (?, ?, ?, ?, ?)",
                [(item_id, use, int(granted), proof, now) for item_id in item_ids],
            )

    def history(self, item_id: int) -> list[Decision]:
        """All decisions about an item, oldest first."""
        rows = self._db.execute(
            "SELECT item_id, status, moderator, reason, decided_at FROM decisions WHERE item_id = ? ORDER BY id",
            [item_id],
        ).fetchall()
        return [_decision(row) for row in rows]
