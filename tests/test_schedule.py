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
from advocacy_monitor.errors import StoreError
from advocacy_monitor.schedule import SETTLE, VERIFY, build, job, only_one, run, train_themes, verify_job
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
    loaded = _loaded(tmp_path, _file("early", posts, "6") + _file("often", posts, "8-20/2"))
    scheduler = build(loaded, threading.Event())
    jobs = {planned.id: planned for planned in scheduler.get_jobs()}
    start = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 06:30 in Berlin
    early = jobs["early"].trigger.get_next_fire_time(None, start)
    often = jobs["often"].trigger.get_next_fire_time(None, start)
    assert early.isoformat() == "2026-11-02T06:00:00+01:00"
    assert often.isoformat() == "2026-11-01T08:00:00+01:00"


def test_missed_runs_are_made_up_once_and_never_overlap(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("often", _posts(tmp_path)))
    scheduler = build(loaded, threading.Event())
    scheduler.start(paused=True)
    jobs = scheduler.get_jobs()
    assert {planned.id for planned in jobs} == {"often", VERIFY, SETTLE}
    for planned in jobs:
        assert (planned.coalesce, planned.max_instances, planned.misfire_grace_time) == (True, 1, None)
    scheduler.shutdown()


def test_posts_are_looked_up_in_their_own_hours_or_never(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("often", _posts(tmp_path)))
    with Store.open(loaded.database) as store:
        posts = _posts(tmp_path)
        collect(store, "posts", FileSource(path=posts))
    verify_job(loaded, threading.Event())
    with Store.open_read_only(loaded.database) as store:
        assert store.verifications.counts() == {"x": {"unknown": 3}}
        assert store.verifications.of(1, 1)[1].detail == "no collector that can look posts up"
        assert store.runs.recent(1)[0].kind == "verify"
    never = loaded.config.model_copy(update={"verification": Verification(hours="")})
    jobs = build(loaded.model_copy(update={"config": never}), threading.Event()).get_jobs()
    assert [planned.id for planned in jobs] == ["often", SETTLE]


def test_training_has_hours_of_its_own_and_too_little_to_learn_from_ends_nothing(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("often", _posts(tmp_path)))
    config = loaded.config.model_copy(update={"training": Training(hours="3"), "timezone": "Europe/Berlin"})
    loaded = loaded.model_copy(update={"config": config})
    jobs = {planned.id: planned for planned in build(loaded, threading.Event()).get_jobs()}
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert jobs[TRAIN].trigger.get_next_fire_time(None, start).isoformat() == "2026-11-02T03:15:00+01:00"
    train_themes(loaded, threading.Event())
    with Store.open_read_only(loaded.database) as store:
        (found,) = store.runs.recent(1)
        assert (found.name, found.kind, found.status) == (TRAIN, "train", "failed")
        assert "too little to learn from: 0 coded statements" in found.message


def test_one_failing_collector_never_stops_another(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _file("bad", tmp_path / "missing.jsonl") + _file("good", _posts(tmp_path)))
    stop, lock = threading.Event(), threading.Lock()
    for name in ("bad", "good"):
        job(loaded, name, stop, lock)
    with Store.open_read_only(loaded.database) as store:
        runs = {found.name: found for found in store.runs.recent()}
        assert runs["bad"].status == "failed"
        assert "missing.jsonl" in runs["bad"].message
        assert (runs["good"].status, runs["good"].tally.stored) == ("done", 3)
        assert store.items.annotations(1, 3, labels=["language"])


def test_two_daemons_on_one_database_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with only_one(path), pytest.raises(StoreError, match="another `advocacy-monitor run`"), only_one(path):
        raise AssertionError("the second lock was given")
    with only_one(path):
        pass


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
