"""How the campaign's machinery stands: runs by name, queues, sizes of files. For status, metrics and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.errors import StoreError
from advocacy_monitor.store import Store
from advocacy_monitor.store.connection import open_read_only, translated

_BAD = ("failed", "interrupted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One run, without its name. `finished_at` is None while it runs, and when the program died in it."""

    status: str
    started_at: datetime
    finished_at: datetime | None
    stored: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What lies in the contacts file and waits. `stuck_since` is since when the mail waits that waits the
    longest, where it was tried before or goes at once: thanks may be so many that they take hours. `given_up` and
    `reasons` are of the last day."""

    mails: int
    stuck_since: datetime | None
    given_up: int
    reasons: tuple[str, ...]


class Condition:
    """Reads how things stand; a reader for the other modules, which never see SQL."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path

    @classmethod
    def of(cls, store: Store) -> Condition:
        """The same over a store that is open."""
        return cls(store._db, store.path)

    def runs(self, name: str, *, since: datetime | None = None, most: int = 5000) -> list[Ended]:
        """The runs of a name, newest first."""
        return [*self._runs("name = ? AND started_at >= ?", [name, since.isoformat() if since else "", most])]

    def _runs(self, where: str, given: list[object]) -> Iterator[Ended]:
        rows = self._db.execute(
            f"SELECT status, started_at, finished_at, stored, message FROM runs WHERE {where} "  # noqa: S608  # ours
            "ORDER BY id DESC LIMIT ?",
            given,
        ).fetchall()
        for row in rows:
            yield Ended(
                status=row[0],
                started_at=datetime.fromisoformat(row[1]),
                finished_at=datetime.fromisoformat(row[2]) if row[2] else None,
                stored=row[3],
                message=row[4],
            )

    def last_good(self, name: str) -> datetime | None:
        """When a run of a name last ended well."""
        row = self._db.execute(
            "SELECT finished_at FROM runs WHERE name = ? AND status = 'done' AND finished_at IS NOT NULL "
            "ORDER BY id DESC LIMIT 1",
            [name],
        ).fetchone()
        return None if row is None else datetime.fromisoformat(row[0])

    def failures(self, name: str) -> int:
        """How many runs of a name failed or were broken off in a row, up to the newest; stopped ones do not count."""
        row = self._db.execute(
            f"SELECT count(*) FROM runs WHERE name = ?1 AND status IN {_BAD} AND id > coalesce("  # noqa: S608
            "(SELECT id FROM runs WHERE name = ?1 AND status = 'done' ORDER BY id DESC LIMIT 1), 0)",
            [name],
        ).fetchone()
        return int(row[0])

    def last_failure(self, name: str) -> Ended | None:
        """The newest run of a name that failed or was broken off."""
        return next(self._runs(f"name = ? AND status IN {_BAD}", [name, 1]), None)

    def jobs(self) -> list[str]:
        """The names of runs that are neither collections nor imports: lookups, training, backups and so on."""
        rows = self._db.execute("SELECT DISTINCT name FROM runs WHERE kind NOT IN ('collect', 'import') ORDER BY name")
        return [row[0] for row in rows.fetchall()]

    def running(self) -> Iterator[tuple[str, datetime]]:
        """Name and beginning of what runs; what comes in one by one is a run a day and is left out."""
        rows = self._db.execute(
            "SELECT name, started_at FROM runs WHERE status = 'running' AND kind <> 'import' ORDER BY id"
        ).fetchall()
        for name, started_at in rows:
            yield name, datetime.fromisoformat(started_at)

    def hours_at_work(self, since: datetime) -> set[str]:
        """The hours, as 2026-11-01T08 in UTC, in which something began to run."""
        rows = self._db.execute(
            "SELECT DISTINCT substr(started_at, 1, 13) FROM runs WHERE started_at >= ?", [since.isoformat()]
        ).fetchall()
        return {row[0] for row in rows}

    def first_run(self) -> datetime | None:
        """When the first run began: how old the campaign is."""
        row = self._db.execute("SELECT started_at FROM runs ORDER BY id LIMIT 1").fetchone()
        return None if row is None else datetime.fromisoformat(row[0])

    def last_item(self) -> int:
        """The highest number of an item."""
        row = self._db.execute("SELECT max(id) FROM items").fetchone()
        return int(row[0] or 0)

    def waiting_since(self, seen: int) -> datetime | None:
        """When the first item after this number came in; None where there is none."""
        row = self._db.execute("SELECT collected_at FROM items WHERE id > ? ORDER BY id LIMIT 1", [seen]).fetchone()
        return None if row is None else datetime.fromisoformat(row[0])

    def rejected(self) -> int:
        """How many records could not be read."""
        return int(self._db.execute("SELECT count(*) FROM rejects").fetchone()[0])

    def open_batches(self) -> tuple[int, int]:
        """Batches of paper that are not closed, and flyers in them that were typed in once."""
        row = self._db.execute(
            "SELECT count(DISTINCT paper_batches.id), count(transcriptions.id) FROM paper_batches LEFT JOIN "
            "transcriptions ON batch_id = paper_batches.id AND entry = 'first' WHERE closed_at IS NULL"
        ).fetchone()
        return int(row[0]), int(row[1])

    def sizes(self) -> dict[str, int]:
        """Bytes of the main database and of its log."""
        return dict(_sizes(self._path))


def _sizes(path: Path) -> Iterator[tuple[str, int]]:
    for part, file in (("database", path), ("log", path.with_name(f"{path.name}-wal"))):
        yield part, file.stat().st_size if file.exists() else 0


def waiting(contacts: Path, *, since: datetime) -> Waiting | None:
    """What waits in the contacts file, read without changing it; None where it is not there or may not be read."""
    try:
        db = open_read_only(contacts, schema.contacts)
    except (StoreError, OSError):
        return None
    try:
        with translated(contacts):
            states = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
            stuck = db.execute(
                "SELECT min(CASE WHEN attempts > 0 THEN made_at ELSE due_at END) FROM outbox "
                "WHERE state IN ('waiting', 'sending') AND (attempts > 0 OR kind <> 'thanks')"
            ).fetchone()[0]
            lost = db.execute(
                "SELECT reason FROM outbox WHERE state = 'failed' AND coalesce(tried_at, made_at) >= ? ORDER BY id",
                [since.isoformat()],
            ).fetchall()
    finally:
        db.close()
    return Waiting(
        mails=states.get("waiting", 0) + states.get("sending", 0),
        stuck_since=datetime.fromisoformat(stuck) if stuck else None,
        given_up=len(lost),
        reasons=tuple(dict.fromkeys(row[0] for row in lost)),
    )
