"""A campaign of every released version is brought up to date: a backup first, then all steps or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from advocacy_monitor import backups, schema
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import StoreError
from advocacy_monitor.hosting import open_store
from tests.backups.conftest import Time
from tests.test_schema import RELEASED

STAMP = "2026-11-01T12:00:00+00:00"
CONTACTS = [step.name for step in schema.contacts.pending(Database(memory=True))]
_CONTACTS_OF = {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 2, 7: 3}
"""How many steps the contacts file had when the database had so many."""


def _at(path: Path, migrations: Migrations, steps: int, names: list[str]) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    if steps < len(names):
        migrations.apply(Database(conn), stop_before=names[steps])
    else:
        migrations.apply(Database(conn))
    return conn


def campaign_of(loaded: Loaded, steps: int) -> None:
    """A database with so many steps, with a statement, a decision, a consent and contact details."""
    names = [step.name for step in schema.main.pending(Database(memory=True))]
    conn = _at(loaded.database, schema.main, steps, names)
    conn.execute(
        "INSERT INTO runs (id, name, kind, status, started_at, pages, read, stored) "
        "VALUES (7, 'old', 'import', 'done', ?, 1, 1, 1)",
        [STAMP],
    )
    conn.execute(
        "INSERT INTO items (id, kind, source, source_id, text, created_at, collected_at, legal_basis, run_id) "
        "VALUES (3, 'submission', 'survey', '1', 'My library', ?, ?, 'consent', 7)",
        [STAMP, STAMP],
    )
    conn.execute("INSERT INTO items_fts (rowid, text, search_words) VALUES (3, 'My library', '')")
    conn.execute(
        "INSERT INTO decisions (item_id, status, moderator, decided_at) VALUES (3, 'approved', 'eva', ?)", [STAMP]
    )
    conn.execute(
        "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (3, 'analyse', 1, 'x', ?)", [STAMP]
    )
    conn.close()
    contacts = _at(loaded.contacts, schema.contacts, _CONTACTS_OF[steps], CONTACTS)
    contacts.execute("INSERT INTO contacts VALUES ('survey', '1', 'Ada', 'ada@example.org', NULL, '{}', ?)", [STAMP])
    contacts.close()


@pytest.mark.parametrize("steps", range(1, len(RELEASED) + 1), ids=RELEASED)
def test_everything_is_kept_and_a_backup_was_made_before(
    campaign: Callable[..., Loaded], time: Time, steps: int
) -> None:
    loaded = campaign()
    campaign_of(loaded, steps)
    with open_store(loaded, clock=time) as store:
        assert store.check() == []
        assert store.items.get([3])[0].text == "My library"
        assert store.search("library") == [3]
        assert store.status_counts() == {"approved": 1}
    (made,) = backups.listed(loaded)
    assert made.ok
    assert made.manifest is not None
    assert made.manifest.reason == "before an upgrade"
    assert made.manifest.parts[0].steps == tuple(RELEASED[:steps])
    assert made.manifest.parts[1].rows["contacts"] == 1
    with open_store(loaded, clock=time):
        assert len(backups.listed(loaded)) == 1  # only when there is something to change
    assert backups.restore(loaded, made, clock=time).statements == 1  # an old backup is brought up to date as well


def test_a_new_campaign_needs_no_backup(loaded: Loaded) -> None:
    assert backups.listed(loaded) == []


def test_a_step_that_fails_leaves_the_old_state(
    campaign: Callable[..., Loaded], time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = campaign()
    campaign_of(loaded, 4)
    before = _dump(loaded.database)

    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half (id INTEGER)")
        db.execute("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(schema, "_run", lambda db, statements: broken(db))
    with pytest.raises(StoreError, match=r"could not be brought up to date .* it is as it was before"):
        open_store(loaded, clock=time)
    monkeypatch.undo()
    assert _dump(loaded.database) == before
    assert len(backups.listed(loaded)) == 1
    with open_store(loaded, clock=time) as store:
        assert store.items.count() == 1


def test_without_room_for_a_backup_nothing_is_changed(
    campaign: Callable[..., Loaded], time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = campaign()
    campaign_of(loaded, 2)
    before = _dump(loaded.database)
    loaded.backups.write_text("a file in its place", encoding="utf-8")
    with pytest.raises(StoreError, match="no backup could be made before"):
        open_store(loaded, clock=time)
    assert _dump(loaded.database) == before


def _dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as conn:
        found = [row[0] for row in conn.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")]
        found += [str(row) for row in conn.execute("SELECT * FROM items")]
    conn.close()
    return found
