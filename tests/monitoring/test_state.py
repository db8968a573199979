"""The daemon's state: told by some threads, read by others, untouched by whoever sets the clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from advocacy_monitor.monitoring.state import LATE, State

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


def test_a_job_from_its_beginning_to_its_end() -> None:
    ticks = iter(range(100)).__next__
    state = State(ticks=ticks, clock=lambda: NOW)
    state.planned({"toots": NOW})
    state.began("toots")
    assert state.doing().running == {"toots": 1}
    state.ended("toots", "401")
    doing = state.doing()
    assert (doing.running, doing.runs, doing.failures, doing.errors) == (
        {},
        {"toots": 1},
        {"toots": 1},
        {"toots": "401"},
    )
    state.began("toots")
    state.ended("toots")
    doing = state.doing()
    assert (doing.runs, doing.failures, doing.errors) == ({"toots": 2}, {"toots": 1}, {})
    assert doing.started_at == NOW


def test_it_is_alive_while_it_beats() -> None:
    now = [0.0]
    state = State(ticks=lambda: now[0])
    now[0] = LATE
    assert state.is_alive()
    now[0] = LATE + 1
    assert not state.is_alive()
    assert not state.doing().is_alive
    assert state.is_alive(LATE)
    state.beat()
    assert state.is_alive()


def test_jobs_that_are_no_longer_planned_are_forgotten_once_they_are_over() -> None:
    state = State()
    state.planned({"a": NOW, "b": NOW})
    for job in ("a", "b"):
        state.began(job)
    state.ended("a", "x")
    state.planned({"b": NOW})
    doing = state.doing()
    assert (doing.runs, doing.errors, list(doing.running)) == ({}, {}, ["b"])


def test_many_threads_at_once() -> None:
    state = State()

    def work(name: str) -> None:
        for number in range(500):
            state.began(name)
            state.beat()
            state.doing()
            state.ended(name, "x" if number % 2 else None)

    threads = [threading.Thread(target=work, args=(f"job {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    doing = state.doing()
    assert set(doing.runs.values()) == {500}
    assert set(doing.failures.values()) == {250}
    assert doing.running == {}
