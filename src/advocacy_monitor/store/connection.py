"""Opening a database file: checks before trust, pragmas, and errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database, Migrations

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.owning import like

_making = threading.Lock()
"""While a file is made, nobody else of this process may have it open already."""
_BUSY_SECONDS = 30.0
_CHECKPOINT_PAGES = 8192
"""32 MB of log before it is written back: an import touches the same index pages again and again."""
_REMEDIES = (
    ("database is locked", "another program holds it; wait for it to finish, then try again"),
    ("database table is locked", "another program holds it; wait for it to finish, then try again"),
    ("disk is full", "free some space; everything confirmed before is still there"),
    ("readonly database", "the file or its folder is read-only; give write permission or use another folder"),
    ("disk i/o error", "the disk did not take the write; check free space, quota and the disk itself"),
    (
        "malformed",
        "the file is damaged; `advocacy-monitor restore --latest` puts the newest backup in its place "
        "(without one, `sqlite3 FILE .recover` may save what is left)",
    ),
    ("not a database", "this file is not an SQLite database; check `database:` in config.yaml"),
    ("unable to open", "the folder is missing or not writable, or its disk is mounted read-only"),
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


def _check_place(path: Path) -> None:
    """Refuses a place where no database can be."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; create it or correct `database:`")
    if path.is_dir():
        raise StoreError(f"{path}: is a folder, not a database file")
    refuse_half_restored(path)


def half_restored(path: Path) -> Path:
    """The file that is beside a database while a backup's files take their places: they belong together."""
    return path.with_name(f"{path.stem}.restoring")


def refuse_half_restored(path: Path) -> None:
    """Raises StoreError for a database beside which only a part of a backup's files is in its place."""
    if half_restored(path).exists():
        raise StoreError(
            f"{path}: a restore was cut off, and the files here are not of one backup; "
            "`advocacy-monitor restore` the same one again"
        )


def _check_file(conn: sqlite3.Connection, path: Path) -> None:
    """Refuses what is not a database before anything is written to it.

    SQLite itself has to look. Whoever opens and closes a database's file by hand takes away the locks that all other
    connections of this process hold on it (POSIX); the next program that ends then takes itself for the last one,
    removes the log in which we write, and with it whatever we confirm from then on (sqlite.org/howtocorrupt, 2.2).
    """
    try:
        conn.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        with path.open("rb") as file:  # it is none, so nobody holds a lock on it
            head = file.read(8)
        raise StoreError(
            f"{path}: is not an SQLite database (it begins with {head!r}); "
            "it was left as it is; check `database:` in config.yaml"
        ) from error


def _make_private(path: Path) -> None:
    """Makes a file that its owner alone may read. One that is there is never opened by hand, see above."""
    try:
        with _making, suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            like(path.parent, path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be made: {error.strerror}") from error


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
    path: Path,
    migrations: Migrations,
    *,
    private: bool = False,
    busy_seconds: float = _BUSY_SECONDS,
    before_upgrade: Callable[[], object] | None = None,
) -> Database:
    """Opens (or makes) a database file and brings its schema up to date.

    A new file is readable by its owner only; a `private` one stays so, whatever somebody allowed since.
    `before_upgrade` is called before the schema of a file that exists is changed; where it raises, nothing is. Raises
    StoreError.
    """
    _check_place(path)
    _make_private(path)
    with translated(path):
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        with translated(path):
            _check_file(conn, path)
            if private and path.stat().st_mode & 0o077:
                path.chmod(0o600)
            db = Database(conn)
            _refuse_newer(db, migrations, path)
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            conn.execute("PRAGMA cache_size = -65536")
            conn.execute("PRAGMA secure_delete = ON")  # what is removed must not stay in free pages
            conn.execute("PRAGMA foreign_keys = OFF")  # a migration may make a table anew that others point to
            if migrations.pending(db):
                _upgrade(db, migrations, path, before_upgrade)
            conn.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        conn.close()
        raise
    return db


def _upgrade(db: Database, migrations: Migrations, path: Path, before: Callable[[], object] | None) -> None:
    """All steps or none: what fails leaves the file as it was."""
    steps = [step.name for step in migrations.pending(db)]
    is_new = not migrations.applied(db)
    if before is not None and not is_new:
        before()
    try:
        with immediate(db):
            migrations.apply(db)
    except sqlite3.Error as error:
        if is_new:
            raise
        raise StoreError(
            f"{path.name}: could not be brought up to date ({', '.join(steps)}): {error}; it is as it was before. "
            "The version that wrote it still reads it"
        ) from error


def open_read_only(path: Path, migrations: Migrations) -> Database:
    """Opens an existing database without ever writing to it. Raises StoreError."""
    if not path.exists():
        raise StoreError(f"{path}: there is no database yet; `advocacy-monitor collect` or `import` makes it")
    _check_place(path)
    with translated(path):
        conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        with translated(path):
            _check_file(conn, path)
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
