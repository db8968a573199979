"""The daemon: hours with jitter, one instance at a time, one failing collector never stops another, SIGTERM."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.collect import collect
from advocacy_monitor.config import Loaded, Training, Verification, load_config
from advocacy_monitor.daemon import run
from advocacy_monitor.errors import StoreError
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.schedule import Scheduler, follow, plan
from advocacy_monitor.schedule_jobs import (
    ALERTS,
    BACKUP,
    CLEAN,
    DIGEST,
    ENRICH,
    MAIL,
    RETENTION,
    SETTLE,
    VERIFY,
    Work,
    collect_job,
    train_themes,
    verify_job,
)
from advocacy_monitor.sources.file import FileSource
from advocacy_monitor.store import Store
from advocacy_monitor.training_job import RUN as TRAIN

_HEAD = "campaign: {name: T, sponsor: S, contact: C}\nenrichers: {language: }\ntimezone: Europe/Berlin\ncollectors:\n"


def _loaded(folder: Path, collectors: str) -> Loaded:
    path = folder / "config.yaml"
    path.write_text(_HEAD + collectors, encoding="utf-8")
    return load_config(path)


def _file(name: str, path: Path, hours: str = "*") -> str:
    return f'  {name}: {{source: file, hours: "{hours}", jitter_minutes: 0, settings: {{path: {path}}}}}\n'


def _posts(folder: Path, count: int = 3) -> Path:
    path = folder / "posts.jsonl"
    line = '{"id": "%d", "text": "My library", "created_at": "2026-10-01T10:00:00.000Z", "author_id": "1"}\n'
    path.write_text("".join(line % (10**18 + n) for n in range(count)), encoding="utf-8")
    return path


def test_every_collector_has_its_own_hours_in_the_campaign_s_zone(tmp_path: Path) -> None:
    posts = _posts(tmp_path)
    jobs = plan(_loaded(tmp_path, _file("early", posts, "6") + _file("often", posts, "8-20/2")))
    start = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 06:30 in Berlin
    early = jobs["early"].trigger.get_next_fire_time(None, start)
    often = jobs["often"].trigger.get_next_fire_time(None, start)
    assert early.isoformat() == "2026-11-02T06:00:00+01:00"
    assert often.isoformat() == "2026-11-01T08:00:00+01:00"


def test_missed_runs_are_made_up_once_and_never_overlap(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("often", _posts(tmp_path)))
    scheduler = Scheduler(State())
    follow(scheduler, State(), loaded, Work())
    scheduler.start(paused=True)
    jobs = scheduler.get_jobs()
    assert {planned.id for planned in jobs} == {"often", VERIFY, BACKUP, CLEAN, SETTLE, ALERTS}
    for planned in jobs:
        assert (planned.coalesce, planned.max_instances, planned.misfire_grace_time) == (True, 1, None)
    scheduler.shutdown()


def test_every_part_of_the_configuration_has_its_job(tmp_path: Path) -> None:
    """Mail, digest, retention, training, enrichment of the form's answers: each only where it is set."""
    more = (
        "form: {port: 8003}\nmail: {host: mail.example.org, sender: a@example.org}\n"
        "digest: {hours: '7', to: [b@example.org]}\nretention: {hours: '3'}\ntraining: {hours: '4'}\nbackups: {hours: ''}\n"
    )
    jobs = plan(_loaded(tmp_path, _file("often", _posts(tmp_path)) + more))
    assert set(jobs) == {"often", VERIFY, CLEAN, SETTLE, ALERTS, MAIL, DIGEST, RETENTION, TRAIN, ENRICH}
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert jobs[RETENTION].trigger.get_next_fire_time(None, start).isoformat() == "2026-11-02T03:25:00+01:00"


def test_posts_are_looked_up_in_their_own_hours_or_never(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("often", _posts(tmp_path)))
    with Store.open(loaded.database) as store:
        posts = _posts(tmp_path)
        collect(store, "posts", FileSource(path=posts))
    assert verify_job(loaded, Work()) is None
    with Store.open_read_only(loaded.database) as store:
        assert store.verifications.counts() == {"x": {"unknown": 3}}
        assert store.verifications.of(1, 1)[1].detail == "no collector that can look posts up"
        assert store.runs.recent(1)[0].kind == "verify"
    never = loaded.config.model_copy(update={"verification": Verification(hours="")})
    assert VERIFY not in plan(loaded.model_copy(update={"config": never}))


def test_training_has_hours_of_its_own_and_too_little_to_learn_from_ends_nothing(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("often", _posts(tmp_path)))
    config = loaded.config.model_copy(update={"training": Training(hours="3"), "timezone": "Europe/Berlin"})
    loaded = loaded.model_copy(update={"config": config})
    jobs = plan(loaded)
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert jobs[TRAIN].trigger.get_next_fire_time(None, start).isoformat() == "2026-11-02T03:15:00+01:00"
    train_themes(loaded, Work())
    with Store.open_read_only(loaded.database) as store:
        (found,) = store.runs.recent(1)
        assert (found.name, found.kind, found.status) == (TRAIN, "train", "failed")
        assert "too little to learn from: 0 coded statements" in found.message


def test_one_failing_collector_never_stops_another(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("bad", tmp_path / "missing.jsonl") + _file("good", _posts(tmp_path)))
    failures = [collect_job(loaded, Work(), name) for name in ("bad", "good")]
    assert "missing.jsonl" in str(failures[0])
    assert failures[1] is None
    with Store.open_read_only(loaded.database) as store:
        runs = {found.name: found for found in store.runs.recent()}
        assert runs["bad"].status == "failed"
        assert "missing.jsonl" in runs["bad"].message
        assert (runs["good"].status, runs["good"].tally.stored) == ("done", 3)
        assert store.items.annotations(1, 3, labels=["language"])


def test_a_daemon_with_a_wrong_database_says_so_at_once(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("good", _posts(tmp_path)))
    loaded.database.write_bytes(b"not a database")
    with pytest.raises(StoreError, match="is not an SQLite database"):
        run(loaded, stop=threading.Event())


def _wait_for(condition: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_sigterm_ends_the_daemon_in_good_order(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("good", _posts(tmp_path)))
    command = [sys.executable, "-m", "advocacy_monitor", "-c", str(loaded.path), "run", "--now"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as daemon:

        def enriched() -> bool:
            if not loaded.database.exists():
                return False
            try:
                with Store.open_read_only(loaded.database) as store:
                    return store.assertions.seen("language")[1] == 3
            except StoreError:
                return False  # the daemon is making its tables just now

        try:
            _wait_for(enriched)
            daemon.send_signal(signal.SIGTERM)
            _, log = daemon.communicate(timeout=60)
        finally:
            daemon.kill()
    assert daemon.returncode == 0
    assert "good: next at" in log
    assert "stopped" in log
    with Store.open_read_only(loaded.database) as store:
        assert [found.status for found in store.runs.recent()] == ["done"]
