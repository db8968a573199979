"""Migrations: a database of every released schema is brought up to date, and steps are only ever appended."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.store import Store
from advocacy_monitor.store.connection import open_database
from tests.conftest import make_post

RELEASED = [
    *("m001_first_tables", "m002_verification", "m003_learning", "m004_packs", "m005_desk", "m006_form", "m007_paper"),
]
"""A step that was released is never renamed, removed or moved."""


def _at_first_release(path: Path) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    db = Database(conn)
    schema.main.apply(db, stop_before="m002_verification")
    stamp = "2026-11-01T12:00:00+00:00"
    conn.execute(
        "INSERT INTO runs (id, name, kind, status, started_at, pages, read, stored) "
        "VALUES (7, 'old', 'import', 'done', ?, 1, 1, 1)",
        [stamp],
    )
    conn.execute(
        "INSERT INTO items (id, kind, source, source_id, text, created_at, collected_at, legal_basis, run_id) "
        "VALUES (3, 'post', 'x', '1', 'My library', ?, ?, 'public', 7)",
        [stamp, stamp],
    )
    conn.close()


def test_the_steps_are_those_that_were_released_and_maybe_more() -> None:
    names = [step.name for step in schema.main.pending(Database(memory=True))]
    assert names[: len(RELEASED)] == RELEASED


def test_a_database_of_the_first_release_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _at_first_release(path)
    with Store.open(path) as store:
        assert store.check() == []
        assert store.items.get([3])[0].text == "My library"
        assert [(run.id, run.name, run.kind) for run in store.runs.recent()] == [(7, "old", "import")]
        assert store.runs.start("new", "verify") == 8
        assert make_post(source_id="1").source == "x"
        with pytest.raises(sqlite3.IntegrityError):
            store._db.execute("INSERT INTO captures VALUES (1, 99, 99, 0, 0, '', '')")
    with Store.open(path) as store:
        assert store.items.count() == 1


def test_a_view_that_somebody_made_over_the_runs_stands_in_no_migration_s_way(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _at_first_release(path)
    conn = sqlite3.connect(path)
    conn.execute("CREATE VIEW failed AS SELECT * FROM runs WHERE status = 'failed'")
    conn.close()
    with Store.open(path) as store:
        assert store._db.execute("SELECT count(*) FROM failed").fetchone() == (0,)


def test_a_migration_that_fails_leaves_the_old_state(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _at_first_release(path)
    before = sorted(row[0] for row in sqlite3.connect(path).execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL"))
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE usage (taken TEXT)")
    conn.commit()
    conn.close()
    with pytest.raises(Exception, match="usage"):
        open_database(path, schema.main)
    conn = sqlite3.connect(path)
    conn.execute("DROP TABLE usage")
    after = sorted(row[0] for row in conn.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL"))
    conn.close()
    assert after == before
    with Store.open(path) as store:
        assert store.items.count() == 1
