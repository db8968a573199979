"""The jobs that look after a campaign, with the real parts: a backup, what clears and seals, what is too old, alerts."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from advocacy_monitor import backups
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.schedule_jobs import (
    BACKUP,
    CLEAN,
    RETENTION,
    Work,
    alerts_job,
    backup_job,
    clean_backups_job,
    retention_job,
    settle_job,
)
from advocacy_monitor.store import Store
from advocacy_monitor.store.journal import Entry, Journal


def _campaign(folder: Path) -> Loaded:
    path = folder / "config.yaml"
    path.write_text("campaign: {name: T, sponsor: S, contact: C}\n", encoding="utf-8")
    loaded = load_config(path)
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    return loaded


def _runs(loaded: Loaded) -> list[tuple[str, str, str]]:
    with Store.open_read_only(loaded.database) as store:
        return [(run.name, run.kind, run.status) for run in store.runs.recent()]


def test_a_backup_is_made_and_none_is_open_in_its_copy(tmp_path: Path) -> None:
    loaded = _campaign(tmp_path)
    assert backup_job(loaded, Work()) is None
    assert [backup.ok for backup in backups.listed(loaded)] == [True]
    assert _runs(loaded) == [(BACKUP, "backup", "done")]


def test_a_backup_that_cannot_be_made_is_a_failed_run_with_its_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = _campaign(tmp_path)
    loaded.backups.write_text("a file stands where the folder should be")
    failure = backup_job(loaded, Work())
    assert failure is not None
    assert "backups" in failure
    assert failure in caplog.text
    assert _runs(loaded) == [(BACKUP, "backup", "failed")]
    with Store.open_read_only(loaded.database) as store:
        assert store.runs.recent(1)[0].message == failure


def test_upkeep_on_a_campaign_where_nothing_is_to_do(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    loaded = _campaign(tmp_path)
    caplog.set_level(logging.INFO)
    for job in (settle_job, retention_job, clean_backups_job, alerts_job):
        assert job(loaded, Work()) is None
    assert _runs(loaded) == [(RETENTION, "retention", "done")], "retention ran, and removed nothing"


def test_backups_are_cleaned_of_what_was_erased_since(tmp_path: Path) -> None:
    loaded = _campaign(tmp_path)
    assert backup_job(loaded, Work()) is None
    with Store.open(loaded.database, contacts_path=loaded.contacts) as store:
        at = store.now().isoformat()
    Journal.beside(loaded.database).add([Entry(at=at, kind="item", hash="0" * 64, key="0" * 16, reason="erased")])
    assert clean_backups_job(loaded, Work()) is None
    assert _runs(loaded)[0] == (CLEAN, "erase", "done")
    assert [backup.ok for backup in backups.listed(loaded)] == [True]


def test_a_database_that_is_no_more_is_said_by_every_job(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    loaded = _campaign(tmp_path)
    loaded.database.write_bytes(b"damaged" * 1000)
    for job in (settle_job, retention_job, alerts_job, backup_job):
        assert job(loaded, Work()) is not None
