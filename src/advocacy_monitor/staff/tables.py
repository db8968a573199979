"""The file of accounts: its tables, and how it is opened. Append only: a released step is never edited.

It lies beside the database, is readable by its owner only, and Datasette is never given it. It holds no password and no
token in clear: of passwords an Argon2 hash, of tokens and one-time keys a SHA-256, of addresses and mistyped names a
keyed hash that is forgotten after a day.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from advocacy_monitor.store.connection import immediate, open_database, translated

accounts = Migrations("advocacy_monitor_desk")

_TABLES = """
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'coder', 'moderator', 'advocate', 'administrator')),
    language TEXT,
    password TEXT NOT NULL,
    made_at TEXT NOT NULL,
    password_at TEXT NOT NULL,
    last_in_at TEXT,
    disabled_at TEXT
) STRICT;
CREATE TABLE sessions (
    token_sha256 TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT CHECK (role = 'administrator'),
    language TEXT,
    begun_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_key ON sessions (key);
CREATE TABLE entry_keys (
    key_sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE failures (
    subject TEXT PRIMARY KEY,
    level REAL NOT NULL,
    last_at TEXT NOT NULL,
    until_at TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE keys (
    purpose TEXT PRIMARY KEY,
    key BLOB NOT NULL
) STRICT;
"""

_BUSY_SECONDS = 10.0


@accounts()
def d001_first_tables(db: Database) -> None:
    """Version 0.5.0. A session with a role of its own was begun at the terminal, without an account."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)


_PEOPLE = """
CREATE TABLE people_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL
        CHECK (role IN ('viewer', 'transcriber', 'coder', 'moderator', 'advocate', 'administrator')),
    language TEXT,
    password TEXT NOT NULL,
    made_at TEXT NOT NULL,
    password_at TEXT NOT NULL,
    last_in_at TEXT,
    disabled_at TEXT
) STRICT;
INSERT INTO people_new SELECT * FROM people;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'people') WHERE name = 'people_new';
DROP TABLE people;
ALTER TABLE people_new RENAME TO people;
"""


@accounts()
def d002_transcribers(db: Database) -> None:
    """Version 0.6.0: the role of those who enter flyers and do nothing else."""
    for statement in _PEOPLE.split(";\n"):
        if statement.strip():
            db.execute(statement)


class AccountsFile:
    """Two connections, one to read and one to write, each used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        open_database(path, accounts, private=True).close()
        self._reading, self._writing = threading.Lock(), threading.Lock()
        with translated(path):
            self._reader = self._connect()
            self._writer = Database(self._connect())

    def _connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        conn.execute("PRAGMA secure_delete = ON")
        return conn

    def close(self) -> None:
        """Closes the file."""
        with self._reading:
            self._reader.close()
        with self._writing:
            self._writer.close()

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """What a question finds, as the file is now. Raises StoreError."""
        with self._reading, translated(self.path):
            return self._reader.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction. Raises StoreError."""
        with self._writing, translated(self.path), immediate(self._writer):
            yield self._writer.conn

    def write_if_free(self, sql: str, values: tuple[Any, ...]) -> None:
        """A write that may as well be left out: it waits for nobody."""
        if not self._writing.acquire(blocking=False):
            return
        conn = self._writer.conn
        try:
            conn.execute("PRAGMA busy_timeout = 0")
            with immediate(self._writer, durable=False):
                conn.execute(sql, values)
        except sqlite3.OperationalError:  # locked by another program, or the disk is full: the next time then
            return
        finally:
            conn.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")
            self._writing.release()
