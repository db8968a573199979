"""The plan follows the configuration: nothing that is due is lost, nothing runs twice, a wrong clock is put right."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advocacy_monitor import schedule, schedule_jobs
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.schedule_jobs import ALERTS, BACKUP, CLEAN, RETENTION, VERIFY, Work
from advocacy_monitor.store import Store

HEAD = "campaign: {name: T, sponsor: S, contact: C}\nenrichers: {language: }\n"


def loaded_of(folder: Path, collectors: dict[str, str], *, jitter: int = 0, more: str = "") -> Loaded:
    """A campaign whose collectors have these hours."""
    lines = "".join(
        f'  {name}: {{source: file, hours: "{hours}", jitter_minutes: {jitter}, settings: {{path: a.jsonl}}}}\n'
        for name, hours in collectors.items()
    )
    path = folder / "config.yaml"
    path.write_text(f"{HEAD}{more}collectors:\n{lines}", encoding="utf-8")
    return load_config(path)


@pytest.fixture
def scheduler() -> Iterator[schedule.Scheduler]:
    made = schedule.Scheduler(State())
    made.start(paused=True)
    yield made
    made.shutdown()


def test_jobs_come_go_and_change_their_hours(tmp_path: Path, scheduler: schedule.Scheduler) -> None:
    state, work = State(), Work()
    first = schedule.follow(scheduler, state, loaded_of(tmp_path, {"a": "1", "b": "2"}), work)
    assert {"a", "b", BACKUP} <= set(first.added)
    before = schedule.next_runs(scheduler)
    changed = schedule.follow(scheduler, state, loaded_of(tmp_path, {"b": "5", "c": "3"}), work)
    assert (changed.added, changed.removed, changed.moved) == (("c",), ("a",), ("b",))
    after = schedule.next_runs(scheduler)
    assert after["b"].hour == 5
    assert after[BACKUP] == before[BACKUP]
    assert schedule.follow(scheduler, state, loaded_of(tmp_path, {"b": "5", "c": "3"}), work) == schedule.Changed()


def test_a_job_gets_the_new_configuration_and_keeps_its_planned_moment(
    tmp_path: Path, scheduler: schedule.Scheduler
) -> None:
    state, work = State(), Work()
    schedule.follow(scheduler, state, loaded_of(tmp_path, {"a": "*"}, jitter=30), work)
    planned = datetime.now(UTC) + timedelta(seconds=90)  # put off by its jitter
    scheduler.get_job("a").modify(next_run_time=planned)
    new = loaded_of(tmp_path, {"a": "*"}, jitter=30, more="thresholds: {quotes: 7}\n")
    schedule.follow(scheduler, state, new, work)
    assert scheduler.get_job("a").next_run_time == planned
    assert scheduler.get_job("a").args[3].config.thresholds.quotes == 7
    # Other hours: what is due just now is done all the same, and then the new hours hold.
    schedule.follow(scheduler, state, loaded_of(tmp_path, {"a": "*/6"}, jitter=30), work)
    assert scheduler.get_job("a").next_run_time == planned
    later = scheduler.get_job("a").trigger.get_next_fire_time(planned, planned)
    assert later.hour % 6 == 0


def test_what_runs_ends_with_what_it_began_with_and_not_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running, go_on, seen = threading.Event(), threading.Event(), []

    def slow(loaded: Loaded, work: Work, name: str) -> str | None:
        seen.append(loaded.config.thresholds.quotes)
        running.set()
        go_on.wait(20)
        return None

    monkeypatch.setattr(schedule_jobs, "collect_job", slow)
    state, work = State(), Work()
    made = schedule.Scheduler(state)
    made.start()
    try:
        schedule.follow(made, state, loaded_of(tmp_path, {"a": "*"}), work)
        made.get_job("a").modify(next_run_time=datetime.now(UTC))
        assert running.wait(10)
        assert state.doing().running.keys() == {"a"}
        # Away, back again with another setting, and due at once, while it still runs.
        schedule.follow(made, state, loaded_of(tmp_path, {"b": "1"}), work)
        schedule.follow(made, state, loaded_of(tmp_path, {"a": "*"}, more="thresholds: {quotes: 7}\n"), work)
        made.get_job("a").modify(next_run_time=datetime.now(UTC))
        time.sleep(0.3)
        assert seen == [200]
        go_on.set()
        _until(lambda: not state.doing().running)
        made.get_job("a").modify(next_run_time=datetime.now(UTC))
        _until(lambda: seen == [200, 7])
    finally:
        go_on.set()
        made.shutdown()


def test_an_error_that_nobody_foresaw_is_told_and_the_next_run_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen = []

    def wrong(loaded: Loaded, work: Work, name: str) -> str | None:
        seen.append(name)
        raise ZeroDivisionError("one by nothing")

    monkeypatch.setattr(schedule_jobs, "collect_job", wrong)
    state = State()
    made = schedule.Scheduler(state)
    made.start()
    try:
        schedule.follow(made, state, loaded_of(tmp_path, {"a": "*"}), Work())
        for count in (1, 2):
            made.get_job("a").modify(next_run_time=datetime.now(UTC))
            _until(lambda count=count: state.doing().failures.get("a") == count)
    finally:
        made.shutdown()
    assert state.doing().errors == {"a": "ZeroDivisionError: one by nothing"}
    assert "one by nothing" in caplog.text


def test_a_clock_set_back_by_a_day_does_not_silence_a_job_for_a_day(
    tmp_path: Path, scheduler: schedule.Scheduler
) -> None:
    never = "verification: {hours: ''}\n"  # it has a delay at random
    schedule.follow(scheduler, State(), loaded_of(tmp_path, {"a": "*"}, more=never), Work())
    right = schedule.next_runs(scheduler)
    for job in scheduler.get_jobs():  # as a clock that goes a day ahead had planned them
        job.modify(next_run_time=job.next_run_time + timedelta(days=1))
    schedule.after_a_step(scheduler, -86400)
    assert schedule.next_runs(scheduler) == right


def test_a_clock_set_forward_by_a_month_makes_up_each_job_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(schedule_jobs, "collect_job", lambda loaded, work, name: seen.append(name))
    for name in ("alerts_job", "settle_job", "backup_job", "clean_backups_job", "verify_job"):
        monkeypatch.setattr(schedule_jobs, name, lambda loaded, work: None)
    state = State()
    made = schedule.Scheduler(state)
    made.start()
    try:
        schedule.follow(made, state, loaded_of(tmp_path, {"a": "*"}), Work())
        for job in made.get_jobs():  # they were planned a month ago
            job.modify(next_run_time=datetime.now(UTC) - timedelta(days=30))
        schedule.after_a_step(made, 30 * 86400)
        _until(lambda: seen == ["a"])
        time.sleep(0.3)
    finally:
        made.shutdown()
    assert seen == ["a"]
    assert state.doing().runs[ALERTS] == 1


def test_what_was_missed_while_no_daemon_ran_is_made_up(tmp_path: Path, scheduler: schedule.Scheduler) -> None:
    more = "timezone: Europe/Berlin\nretention: {hours: '3'}\n"
    loaded = loaded_of(tmp_path, {"daily": "1", "new": "1", "often": "*"}, more=more)
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    night = (at - timedelta(hours=20)).isoformat()
    begun = {
        ("", ""): night,
        ("daily", "collect"): night,
        ("often", "collect"): (at - timedelta(minutes=20)).isoformat(),
    }
    assert schedule.missed(loaded, begun, at) == ["daily", VERIFY, RETENTION, BACKUP, CLEAN]
    ran = {**begun, ("verify:x", "verify"): at.isoformat(), ("backup", "backup"): at.isoformat()}
    assert schedule.missed(loaded, ran, at) == ["daily", RETENTION, CLEAN]
    assert schedule.missed(loaded, {}, at) == [], "nothing has ever run here"

    schedule.follow(scheduler, State(), loaded, Work())
    schedule.make_up(scheduler, loaded, ["daily", BACKUP])
    runs, now = schedule.next_runs(scheduler), datetime.now(UTC)
    assert now < runs["daily"] <= now + timedelta(minutes=1)
    assert now < runs[BACKUP] <= now + timedelta(minutes=10)


def test_the_runs_that_began_are_known_by_name_and_kind(tmp_path: Path) -> None:
    moments = [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in (1, 2, 3)]
    with Store.open(tmp_path / "a.db", clock=lambda: moments[0]) as store:
        assert store.runs.begun() == {}
        for name, kind in (("a", "collect"), ("a", "collect"), ("backup", "backup")):
            store.runs.finish(store.runs.start(name, kind), "done")
            if len(moments) > 1:
                moments.pop(0)
        assert store.runs.begun() == {
            ("a", "collect"): "2026-11-01T02:00:00+00:00",
            ("backup", "backup"): "2026-11-01T03:00:00+00:00",
            ("", ""): "2026-11-01T01:00:00+00:00",
        }


def _until(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
