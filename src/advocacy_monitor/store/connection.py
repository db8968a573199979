"""Opening a database file: checks before trust, pragmas, and errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database, Migrations

from advocacy_monitor.errors import StoreError

_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 30.0
_CHECKPOINT_PAGES = 8192
"""32 MB of log before it is written back: an import touches the same index pages again and again."""
_REMEDIES = (
    ("database is locked", "another program holds it; wait for it to finish, then try again"),
    ("database table is locked", "another program holds it; wait for it to finish, then try again"),
    ("disk is full", "free some space; everything confirmed before is still there"),
    ("readonly database", "the file or its folder is read-only; give write permission or use another folder"),
    ("disk i/o error", "the disk did not take the write; check free space, quota and the disk itself"),
    ("malformed", "the file is damaged; restore a backup (`sqlite3 FILE .recover` may save what is left)"),
    ("not a database", "this file is not an SQLite database; check `database:` in config.yaml"),
    ("unable to open", "the folder is missing or not writable"),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns errors of SQLite into StoreError with the file's name and a remedy."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        found = str(error)
        remedy = next((advice for part, advice in _REMEDIES if part in found.lower()), None)
        if remedy is None and isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
            raise
        raise StoreError(f"{path.name}: {found}" + (f": {remedy}" if remedy else "")) from error


def _check_file(path: Path) -> None:
    """Refuses what is not a database before SQLite writes a single byte beside it."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; create it or correct `database:`")
    if path.is_dir():
        raise StoreError(f"{path}: is a folder, not a database file")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        if head != _MAGIC:
            raise StoreError(
                f"{path}: is not an SQLite database (it begins with {head[:8]!r}); "
                "it was left as it is; check `database:` in config.yaml"
            )


def _refuse_newer(db: Database, migrations: Migrations, path: Path) -> None:
    known = {step.name for step in migrations.pending(db)} | {step.name for step in migrations.applied(db)}
    empty = Database(memory=True)
    try:
        ours = {step.name for step in migrations.pending(empty)}
    finally:
        empty.close()
    unknown = sorted(known - ours)
    if unknown:
        raise StoreError(
            f"{path}: was written by a newer version of advocacy-monitor (it has {', '.join(unknown)}); "
            "install that version; the file was not changed"
        )


@contextmanager
def immediate(db: Database, *, durable: bool = True) -> Iterator[None]:
    """One write transaction, begun at once so that a read inside it can never be out of date.

    A durable one survives a power cut as soon as it is over. The others survive it from the next durable one on:
    pages of a run need no more, since their cursor goes with them and the run's end is durable.
    """
    db.conn.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            db.conn.execute("ROLLBACK")
        raise
    else:
        try:
            db.conn.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.conn.execute("ROLLBACK")
            raise


def open_database(
    path: Path, migrations: Migrations, *, private: bool = False, busy_seconds: float = _BUSY_SECONDS
) -> Database:
    """Opens (or makes) a database file and brings its schema up to date.

    `private` makes the file readable by its owner only, before anything is written to it. Raises StoreError.
    """
    _check_file(path)
    if private:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
    with translated(path):
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        with translated(path):
            db = Database(conn)
            _refuse_newer(db, migrations, path)
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            conn.execute("PRAGMA cache_size = -65536")
            conn.execute("PRAGMA secure_delete = ON")  # what is removed must not stay in free pages
            conn.execute("PRAGMA foreign_keys = OFF")  # a migration may make a table anew that others point to
            if migrations.pending(db):
                with immediate(db):
                    migrations.apply(db)
            conn.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        conn.close()
        raise
    return db


def open_read_only(path: Path, migrations: Migrations) -> Database:
    """Opens an existing database without ever writing to it. Raises StoreError."""
    if not path.exists():
        raise StoreError(f"{path}: there is no database yet; `advocacy-monitor collect` or `import` makes it")
    _check_file(path)
    with translated(path):
        conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        with translated(path):
            db = Database(conn)
            _refuse_newer(db, migrations, path)
            if migrations.pending(db):
                raise StoreError(
                    f"{path}: its tables are not up to date; `advocacy-monitor enrich` brings them up to date"
                )
    except BaseException:
        conn.close()
        raise
    return db
