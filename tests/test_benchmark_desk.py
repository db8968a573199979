"""The desk's benchmark: its campaigns are such that the program can read them, and are the same each time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.desk_campaign import DATA, campaign

from advocacy_monitor.config import load_config
from advocacy_monitor.counting import read_ledger
from advocacy_monitor.hosting import open_store
from advocacy_monitor.left_out import LEFT_OUT, Looked
from advocacy_monitor.line import check_versions
from advocacy_monitor.models import Query


def _silent(words: str) -> None:
    assert words


def test_a_campaign_is_skewed_whole_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA, str(tmp_path))
    folder = campaign(1500, say=_silent)
    before = (folder / "desk.db").stat().st_mtime_ns
    assert campaign(1500, say=_silent) == folder
    assert (folder / "desk.db").stat().st_mtime_ns == before
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        assert store.check() == []
        ledger = read_ledger(store, check_versions(loaded), Looked(at=store.now(), unverified_too=True))
        made = ledger.part(Query(title="All"))
        assert made.found == 1500
        assert store.search("library printer")
    reasons = {"repost", "rejected", "escalated", "pending", "copy"}
    assert reasons <= set(made.left_out) <= set(LEFT_OUT)
    sizes = sorted((len(part) for part in ledger.by_name(ledger.areas, made.counted).values()), reverse=True)
    assert sizes[1] > 5 * sizes[-1]
    with closing(sqlite3.connect(loaded.database)) as db:
        assert db.execute("SELECT count(*) FROM summary_items").fetchone() == (1500,)
        assert db.execute("SELECT count(*) FROM items WHERE area IS NULL OR language IS NULL").fetchone()[0] > 300
