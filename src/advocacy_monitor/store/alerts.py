"""Alerts: what needs a person, since when, and when who was told by which road. No words of people, no names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from advocacy_monitor.store import Store
from advocacy_monitor.store.connection import immediate, translated

Road = Literal["mail", "webhook"]
_ROADS: tuple[Road, Road] = ("mail", "webhook")
_COLUMN: dict[Road, str] = {"mail": "mailed_at", "webhook": "posted_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that needs a person. `subject` says which thing it is about: one alert each, however long it lasts."""

    subject: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Found):
    """The same as it is remembered. `told` holds, by road, when it was last told; it is over once `ended_at` is set."""

    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    told: dict[Road, datetime]


class Alerts:
    """Remembers alerts from the first time that they are seen until everybody was told that they are over."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path

    @classmethod
    def of(cls, store: Store) -> Alerts:
        """The same over a store that is open."""
        return cls(store._db, store.path)

    def all(self) -> list[Alert]:
        """Those that go on and those that are over and not told yet, the oldest first."""
        rows = self._db.execute(
            "SELECT subject, kind, message, began_at, seen_at, ended_at, mailed_at, posted_at FROM alerts "
            "ORDER BY began_at, subject"
        ).fetchall()
        return [
            Alert(
                subject=row[0],
                kind=row[1],
                message=row[2],
                began_at=datetime.fromisoformat(row[3]),
                seen_at=datetime.fromisoformat(row[4]),
                ended_at=datetime.fromisoformat(row[5]) if row[5] else None,
                told={road: datetime.fromisoformat(at) for road, at in zip(_ROADS, row[6:8], strict=True) if at},
            )
            for row in rows
        ]

    def open(self) -> list[Alert]:
        """Those that go on."""
        return [alert for alert in self.all() if alert.ended_at is None]

    def note(self, found: Iterable[Found], *, now: datetime, over_before: datetime) -> None:
        """Remembers what was found now. What was last seen before `over_before` is over, and what was seen later than
        now, before somebody set the clock."""
        stamp = now.isoformat()
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                "INSERT INTO alerts (subject, kind, message, began_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?4) "
                "ON CONFLICT (subject) DO UPDATE SET kind = ?2, message = ?3, seen_at = ?4, ended_at = NULL",
                [(each.subject, each.kind, each.message, stamp) for each in found],
            )
            self._db.execute(
                "UPDATE alerts SET ended_at = ? WHERE ended_at IS NULL AND (seen_at < ? OR seen_at > ?)",
                [stamp, over_before.isoformat(), stamp],
            )

    def told(self, subjects: Sequence[str], road: Road, at: datetime | None) -> None:
        """Notes by which road and when these were told; None: that road knows that they are over."""
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                f"UPDATE alerts SET {_COLUMN[road]} = ? WHERE subject = ?",  # noqa: S608
                [(at.isoformat() if at else None, subject) for subject in subjects],
            )

    def forget_told(self) -> None:
        """Forgets what is over and needs to be told to nobody any more."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "DELETE FROM alerts WHERE ended_at IS NOT NULL AND mailed_at IS NULL AND posted_at IS NULL"
            )

    def inspected(self, what: str) -> tuple[datetime, str] | None:
        """When something that takes long was last looked at, and what was found: '' for nothing."""
        row = self._db.execute("SELECT made_at, found FROM inspections WHERE what = ?", [what]).fetchone()
        return None if row is None else (datetime.fromisoformat(row[0]), row[1])

    def inspect(self, what: str, found: str, *, now: datetime) -> None:
        """Notes such a look."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "INSERT INTO inspections (what, made_at, found) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (what) DO UPDATE SET made_at = ?2, found = ?3",
                [what, now.isoformat(), found],
            )
