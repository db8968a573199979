"""What collectors have used up: posts of a paid plan, money, units of a quota."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.models import Usage
from advocacy_monitor.store.connection import immediate, translated

_ADD = """
INSERT INTO usage (source, collector, day, unit, amount) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (source, unit, day, collector) DO UPDATE SET amount = amount + excluded.amount
"""


def add_usage(db: Database, usage: Sequence[Usage], *, day: str, collector: str) -> None:
    """Adds to what a collector used on a day; inside a write transaction."""
    db.conn.executemany(_ADD, [(used.source, collector, day, used.unit, used.amount) for used in usage])


class Spending:
    """Reads the sums; they are written with the pages that cost something, or on their own where no page came."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def add(self, collector: str, usage: Sequence[Usage]) -> None:
        """Notes what was used up for no page, such as for an estimate."""
        with translated(self._path), immediate(self._db):
            add_usage(self._db, usage, day=self._clock().isoformat()[:10], collector=collector)

    def since(self, source: str, unit: str, day: date) -> float:
        """How much of a unit all collectors of one kind of source used since the beginning of a day (UTC)."""
        row = self._db.execute(
            "SELECT coalesce(sum(amount), 0) FROM usage WHERE source = ? AND unit = ? AND day >= ?",
            [source, unit, day.isoformat()],
        ).fetchone()
        return float(row[0])

    def of(self, source: str) -> Callable[[str, date], float]:
        """The same for one kind of source, as a source is given it."""
        return lambda unit, day: self.since(source, unit, day)

    def by_source(self, day: date) -> list[tuple[str, str, float]]:
        """Source, unit and sum since the beginning of a day, for `status`."""
        rows = self._db.execute(
            "SELECT source, unit, sum(amount) FROM usage WHERE day >= ? GROUP BY source, unit ORDER BY source, unit",
            [day.isoformat()],
        ).fetchall()
        return [(row[0], row[1], float(row[2])) for row in rows]
