"""Runs: every execution is a row with its counts and, if it failed, its failure in words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.models import Tally
from advocacy_monitor.store.alive import Alive
from advocacy_monitor.store.connection import immediate, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a collector, an import or an enricher."""

    id: int
    name: str
    kind: str
    status: str
    started_at: str
    finished_at: str | None
    pages: int
    tally: Tally
    message: str


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Runs:
    """Starts, counts and ends runs."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock
        self._alive = Alive(path)

    def close(self) -> None:
        """Runs that are open now count as interrupted."""
        self._alive.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with translated(self._path), immediate(self._db):
            yield

    def start(self, name: str, kind: str, *, sha256: str | None = None) -> int:
        """Opens a run and returns its id. Runs that a crash left open are closed as interrupted."""
        with self._writing():
            self._close_dead()
            row = self._db.execute(
                "INSERT INTO runs (name, kind, status, started_at, sha256, process) "
                "VALUES (?, ?, 'running', ?, ?, ?) RETURNING id",
                [name, kind, self._clock().isoformat(), sha256, os.getpid()],
            ).fetchone()
            self._alive.hold(int(row[0]))
        return int(row[0])

    def resume(self, name: str, kind: str) -> int | None:
        """Goes on with today's newest run of a name, if it ended well: what comes in one by one is a run a day."""
        now = self._clock()
        with self._writing():
            row = self._db.execute(
                "UPDATE runs SET status = 'running', finished_at = NULL, process = ? WHERE status = 'done' "
                "AND id = (SELECT max(id) FROM runs WHERE name = ? AND kind = ?) AND substr(started_at, 1, 10) = ? "
                "RETURNING id",
                [os.getpid(), name, kind, now.isoformat()[:10]],
            ).fetchone()
            if row is not None:
                self._alive.hold(int(row[0]))
        return None if row is None else int(row[0])

    def dead(self) -> list[int]:
        """Runs that are open although the program that began them has ended."""
        open_runs = self._db.execute("SELECT id, process FROM runs WHERE status = 'running'").fetchall()
        found = []
        for run_id, process in open_runs:
            held = self._alive.is_held(run_id)
            if held is False or (held is None and (process is None or not _is_alive(process))):
                found.append(run_id)
        return found

    def close_dead(self) -> None:
        """Closes runs that a crash left open as interrupted."""
        with self._writing():
            self._close_dead()

    def _close_dead(self) -> None:
        for run_id in self.dead():
            self._db.execute(
                "UPDATE runs SET status = 'interrupted', message = ? WHERE id = ?",
                ["the program ended before this run did; what it had stored is kept", run_id],
            )

    def count(self, run_id: int, tally: Tally) -> None:
        """Adds a page's tally to a run. Call it inside the transaction that stores the page."""
        self._db.execute(
            "UPDATE runs SET pages = pages + 1, read = read + ?, stored = stored + ?, already = already + ?, "
            "rejected = rejected + ? WHERE id = ?",
            [tally.read, tally.stored, tally.already, tally.rejected, run_id],
        )

    def say(self, run_id: int, message: str) -> None:
        """Notes what a run is doing or waiting for, for `status`."""
        with self._writing():
            self._db.execute("UPDATE runs SET message = ? WHERE id = ?", [message, run_id])

    def say_of(self, name: str, message: str) -> None:
        """The same for the open run of a collector, of which there is one at a time; before it begins nobody hears."""
        with self._writing():
            self._db.execute("UPDATE runs SET message = ? WHERE name = ? AND status = 'running'", [message, name])

    def finish(self, run_id: int, status: str, message: str = "") -> None:
        """Closes a run as done, stopped or failed."""
        with self._writing():
            self._db.execute(
                "UPDATE runs SET status = ?, message = ?, finished_at = ? WHERE id = ?",
                [status, message, self._clock().isoformat(), run_id],
            )
        self._alive.release(run_id)

    def begun(self) -> dict[tuple[str, str], str]:
        """When the newest run of each name and kind began that did its work or failed in it; under ("", "") when the
        very first of all did.

        One that was stopped is still to be done, and one that was cut off as well; the second one in a row that was
        cut off is not, as it may be what ends the program.
        """
        rows = self._db.execute(
            "SELECT name, kind, max(CASE WHEN n = 1 AND NOT (status = 'interrupted' AND earlier <> 'interrupted') "
            "OR n = 2 THEN started_at END), min(started_at) FROM (SELECT name, kind, status, started_at, "
            "row_number() OVER newest AS n, lead(status, 1, '') OVER newest AS earlier FROM runs "
            "WHERE status <> 'stopped' WINDOW newest AS (PARTITION BY name, kind ORDER BY id DESC)) GROUP BY 1, 2"
        ).fetchall()
        found = {(row[0], row[1]): str(row[2]) for row in rows if row[2] is not None}
        first = self._db.execute("SELECT min(started_at) FROM runs").fetchone()[0]
        return {**found, ("", ""): str(first)} if first is not None else {}

    def recent(self, limit: int = 20, *, name: str | None = None) -> list[Run]:
        """The newest runs first."""
        rows = self._db.execute(
            "SELECT id, name, kind, status, started_at, finished_at, pages, read, stored, already, rejected, message "
            "FROM runs WHERE ?1 IS NULL OR name = ?1 ORDER BY id DESC LIMIT ?2",
            [name, limit],
        ).fetchall()
        return [
            Run(
                **dict(
                    zip(
                        ("id", "name", "kind", "status", "started_at", "finished_at", "pages"),
                        row[:7],
                        strict=True,
                    )
                ),
                tally=Tally(read=row[7], stored=row[8], already=row[9], rejected=row[10]),
                message=row[11],
            )
            for row in rows
        ]
