"""A page of the database is not what it was: that is found, nothing goes on with it, and one command brings it back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from advocacy_monitor import backups
from advocacy_monitor.config import load_config
from advocacy_monitor.store import now
from tests.faults.process import (
    Told,
    arrive,
    campaign,
    goes_on,
    ids,
    look,
    mastodon,
    platform,
    tell,
)

_BROKEN = b"\xa5" * 512


def _damage(path: Path, table: str) -> None:
    """Overwrites a page of a table in the file, as a failing disk does."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(_BROKEN + b"\xa5" * (size - len(_BROKEN)))


def _says_damaged(told: Told) -> None:
    assert told.code == 1, told.words
    assert "Traceback" not in told.words
    assert "advocacy-monitor restore --latest" in told.words, told.words


@pytest.mark.parametrize(
    ("name", "table"), [("advocacy.db", "items"), pytest.param("contacts.db", "keys", marks=pytest.mark.long)]
)
def test_a_damaged_page_is_found_refused_and_restored(tmp_path: Path, name: str, table: str) -> None:
    with platform(25) as server:
        config = campaign(tmp_path, collectors=mastodon(server.url))
        goes_on(tmp_path, server)
        assert backups.make(load_config(config), clock=now).ok
        _damage(tmp_path / name, table)
        before = (tmp_path / name).read_bytes()
        arrive(server, 5)
        _says_damaged(tell(config, "run", "--now"))
        assert (tmp_path / name).read_bytes() == before  # what is left of it may still be of use
        restored = tell(config, "restore", "--latest", "--yes")
        assert restored.code == 0, restored.words
        assert len(ids(tmp_path / "advocacy.db")) == 25
        kept = [path for path in tmp_path.rglob(name) if path.parent != tmp_path and _BROKEN in path.read_bytes()]
        assert kept, "the damaged file was not kept aside"
        goes_on(tmp_path, server)


@pytest.mark.long
def test_a_damaged_page_that_only_a_collection_meets_ends_it_in_words(tmp_path: Path) -> None:
    with platform(25) as server:
        config = campaign(tmp_path, collectors=mastodon(server.url))
        goes_on(tmp_path, server)
        _damage(tmp_path / "advocacy.db", "items")
        arrive(server, 5)
        _says_damaged(tell(config, "collect"))
        assert look(tmp_path / "contacts.db", "PRAGMA integrity_check") == [("ok",)]
