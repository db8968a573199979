"""Copies a database while it is in use, and looks whether a copy is whole."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.connection import translated

_BUSY_SECONDS = 60.0
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a database file holds: rows by table, the steps of its schema, and what is wrong with the file."""

    rows: dict[str, int]
    steps: tuple[str, ...]
    problems: tuple[str, ...]


def copy_database(source: Path, target: Path) -> dict[str, int]:
    """Copies a database as it is at one moment, by SQLite's online backup (sqlite.org/backup.html); writers go on.

    Returns the rows of each table at that moment. The copy is one file without a log, readable by its owner only, and
    on the disk when this is over. Raises StoreError.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with translated(source), closing(_opened(source, read_only=True)) as live:
        live.execute("BEGIN")  # the count and the copy are of the same moment
        rows = _rows(live)
        with translated(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        live.execute("ROLLBACK")
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return rows


def examine(path: Path) -> Examined:
    """Reads a database file from its first to its last page, and counts its rows. It never raises for what it finds."""
    try:
        with translated(path), closing(_opened(path, read_only=True)) as db:
            found = [row[0] for row in db.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})").fetchall()]
            found += [f"{row[0]} {row[1]}: points to nothing" for row in db.execute("PRAGMA foreign_key_check")]
            rows, steps = _rows(db), _steps(db)
    except (StoreError, sqlite3.Error) as error:
        return Examined(rows={}, steps=(), problems=(str(error),))
    return Examined(rows=rows, steps=steps, problems=tuple(each for each in found if each != "ok")[:_MOST_PROBLEMS])


def refuse_damaged(path: Path) -> None:
    """Looks at every page of a database without comparing its indexes: some seconds for a gigabyte.

    Raises StoreError with the command that restores a backup.
    """
    with translated(path), closing(_opened(path, read_only=False)) as db:
        found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        if found != "ok":
            raise sqlite3.DatabaseError(f"malformed ({' '.join(found.split())})")


def is_alone(path: Path) -> bool:
    """Whether no other program has a database open; the log is then written back. A damaged file counts as alone."""
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as db:
            return str(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0]) == "delete"
    except sqlite3.OperationalError as error:
        return "locked" not in str(error).lower()
    except sqlite3.DatabaseError:
        return True


def _opened(path: Path, *, read_only: bool) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def _rows(db: sqlite3.Connection) -> dict[str, int]:
    """Rows by table; the inner tables of the search index are left out."""
    names = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@' "
        "AND name NOT LIKE '%@_fts%' ESCAPE '@' ORDER BY name"
    ).fetchall()
    return {
        name: int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608  # names of the schema
        for (name,) in names
    }


def _steps(db: sqlite3.Connection) -> tuple[str, ...]:
    with suppress(sqlite3.OperationalError):  # no table of steps: no database of ours
        return tuple(row[0] for row in db.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid").fetchall())
    return ()
