"""The clock steps a day forward and back, and from summer time to winter time, under a running daemon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.clock import Clock
from tests.faults.process import Daemon, arrive, campaign, expected, ids, is_whole, look, mastodon, platform, until
from tests.sources.mastodon_server import MastodonServer

_RUNS = "SELECT count(*) FROM runs WHERE kind = 'collect' AND status = 'done'"
_HOUR = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@contextmanager
def _running(folder: Path, clock: Clock, begin: datetime, hours: str) -> Iterator[tuple[Daemon, MastodonServer]]:
    with platform(4) as server:
        config = campaign(folder, collectors=mastodon(server.url, hours=hours))
        clock.set(begin)
        with Daemon(config, "run", environment=clock.environment) as daemon:
            until(lambda: "next at" in daemon.words, what="the start", of=daemon)
            yield daemon, server


def _runs(folder: Path) -> int:
    found = look(folder / "advocacy.db", _RUNS)
    return int(str(found[0][0])) if found else 0


def test_a_day_forward_makes_up_what_was_missed_once(tmp_path: Path) -> None:
    clock, folder = Clock(tmp_path / "clock"), tmp_path / "campaign"
    with _running(folder, clock, _HOUR - timedelta(minutes=20), "*") as (daemon, server):
        clock.set(_HOUR + timedelta(days=1))
        until(lambda: _runs(folder) == 1, what="the missed runs, as one", of=daemon)
        assert daemon.stop() == 0
        is_whole(folder, expected(server))


@pytest.mark.long
def test_a_day_forward_and_a_day_back(tmp_path: Path) -> None:
    clock, folder = Clock(tmp_path / "clock"), tmp_path / "campaign"
    with _running(folder, clock, _HOUR - timedelta(minutes=20), "*") as (daemon, server):
        clock.set(_HOUR - timedelta(seconds=1))
        until(lambda: _runs(folder) == 1, what="the run of the hour", of=daemon)
        arrive(server, 3)
        clock.set(_HOUR + timedelta(days=1, minutes=20))
        until(lambda: _runs(folder) == 2, what="the missed runs, as one", of=daemon)
        arrive(server, 3)
        clock.set(_HOUR + timedelta(minutes=50))
        until(lambda: "went back by" in daemon.words, what="noticing", of=daemon)
        assert _runs(folder) == 2  # one for all that were missed, and none for going back
        clock.set(_HOUR + timedelta(minutes=60, seconds=-1))
        until(lambda: _runs(folder) == 3, what="the run of the next hour", of=daemon)
        until(lambda: set(ids(folder / "advocacy.db")) == expected(server), what="storing", of=daemon)
        assert daemon.stop() == 0
        is_whole(folder, expected(server))


@pytest.mark.long
def test_two_o_clock_comes_twice_and_is_run_once(tmp_path: Path) -> None:
    """In Berlin on 25 October 2026 it is two o'clock at midnight UTC and again an hour later."""
    clock, folder = Clock(tmp_path / "clock"), tmp_path / "campaign"
    night = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    with _running(folder, clock, night - timedelta(minutes=30), "2") as (daemon, _):
        clock.set(night - timedelta(seconds=1))
        until(lambda: _runs(folder) == 1, what="the run at two", of=daemon)
        clock.set(night + timedelta(hours=1, seconds=-2))
        time.sleep(9)
        assert _runs(folder) == 1
        clock.set(night + timedelta(hours=25, seconds=-2))  # two o'clock of the next day, in winter time
        until(lambda: _runs(folder) == 2, what="the run of the next night", of=daemon)
        assert daemon.stop() == 0


@pytest.mark.long
def test_two_o_clock_that_never_comes_is_run_all_the_same(tmp_path: Path) -> None:
    """In Berlin on 28 March 2027 three o'clock follows on one, at one o'clock UTC."""
    clock, folder = Clock(tmp_path / "clock"), tmp_path / "campaign"
    night = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    with _running(folder, clock, night - timedelta(minutes=30), "2") as (daemon, _):
        clock.set(night - timedelta(seconds=1))
        until(lambda: _runs(folder) == 1, what="the run of the night", of=daemon)
        time.sleep(6)
        assert _runs(folder) == 1
        assert daemon.stop() == 0
