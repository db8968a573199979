"""What of a flyer may not lie in the main database: pictures of the sheet, and the contact details that stand on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.store.connection import immediate, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A picture of a flyer, or a PDF where no program could make pictures of it. `sha256` is that of its content."""

    id: int
    batch_id: int
    flyer: int
    media_type: str
    added_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """Who wrote it, as far as it stands on the flyer, and the code that was printed on it. Never print or log it."""

    name: str = ""
    email: str = ""
    code: str = ""

    def __repr__(self) -> str:
        return "OnPaper(...)"


class Scans:
    """Reads and writes the part of the contacts file that belongs to flyers."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def add(self, batch_id: int, flyer: int, pictures: Iterable[tuple[str, bytes]], *, by: str) -> int:
        """Keeps pictures of a flyer, each with its media type; the same one once. Returns how many are new."""
        now, new = self._clock().isoformat(), 0
        with translated(self._path), immediate(self._db):
            for media_type, content in pictures:
                done = self._db.execute(
                    "INSERT INTO scans (batch_id, flyer, media_type, sha256, content, added_by, added_at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (batch_id, flyer, sha256) DO NOTHING",
                    [batch_id, flyer, media_type, hashlib.sha256(content).hexdigest(), content, by, now],
                )
                new += done.rowcount
        return new

    def of(self, batch_id: int, flyer: int | None = None) -> list[Scan]:
        """The pictures of one flyer, or of all flyers of a batch, without their content."""
        with translated(self._path):
            rows = self._db.execute(
                "SELECT id, batch_id, flyer, media_type, added_by FROM scans WHERE batch_id = ?1 "
                "AND (?2 IS NULL OR flyer = ?2) ORDER BY flyer, id",
                [batch_id, flyer],
            ).fetchall()
        return [Scan(id=row[0], batch_id=row[1], flyer=row[2], media_type=row[3], added_by=row[4]) for row in rows]

    def content(self, batch_id: int, scan_id: int) -> tuple[str, bytes] | None:
        """Media type and content of one picture of a batch."""
        with translated(self._path):
            row = self._db.execute(
                "SELECT media_type, content FROM scans WHERE id = ? AND batch_id = ?", [scan_id, batch_id]
            ).fetchone()
        return None if row is None else (str(row[0]), bytes(row[1]))

    def remove(self, batch_id: int, scan_id: int | None = None, *, flyer: int | None = None) -> int:
        """Removes one picture, all of a flyer, or all of a batch, for good. Returns how many there were."""
        with translated(self._path):
            with immediate(self._db):
                done = self._db.execute(
                    "DELETE FROM scans WHERE batch_id = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR flyer = ?3)",
                    [batch_id, scan_id, flyer],
                )
            self._checkpoint()
        return done.rowcount

    def keep(self, sending: str, batch_id: int, flyer: int, found: OnPaper) -> None:
        """Keeps the contact details of one entry until the batch is closed."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO paper_contacts (sending, batch_id, flyer, name, email, code) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [sending, batch_id, flyer, found.name, found.email, found.code],
            )

    def kept(self, sending: str) -> OnPaper:
        """The contact details of one entry."""
        with translated(self._path):
            row = self._db.execute(
                "SELECT name, email, code FROM paper_contacts WHERE sending = ?", [sending]
            ).fetchone()
        return OnPaper() if row is None else OnPaper(name=row[0], email=row[1], code=row[2])

    def forget(self, sending: str) -> None:
        """Removes the contact details of an entry that was not stored."""
        with translated(self._path), immediate(self._db):
            self._db.execute("DELETE FROM paper_contacts WHERE sending = ?", [sending])

    def forget_batch(self, batch_id: int) -> None:
        """Removes the contact details of all entries of a batch: what may be kept of them stands with the answers."""
        with translated(self._path):
            with immediate(self._db):
                self._db.execute("DELETE FROM paper_contacts WHERE batch_id = ?", [batch_id])
            self._checkpoint()

    def forget_address(self, source: str, source_id: str) -> None:
        """Stops asking an address that was read wrongly whether it is right."""
        with translated(self._path), immediate(self._db):
            self._db.execute("DELETE FROM opt_ins WHERE source = ? AND source_id = ?", [source, source_id])

    def _checkpoint(self) -> None:
        """What was removed must not stay in the log."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
