"""Ending a daemon: it waits for what is at work, and says so; who asks again does not wait."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.faults.process import Daemon, campaign, goes_on, look, mastodon, platform, until

_OPEN = "SELECT count(*) FROM runs WHERE status = 'running'"


def _runs(database: Path) -> bool:
    return look(database, _OPEN) == [(1,)]


def test_who_asks_again_does_not_wait_and_nothing_is_lost(tmp_path: Path) -> None:
    with platform(20) as server:
        at_once = server.route
        server.route = lambda request: replace(at_once(request), delay=60 if "timelines" in request.target else 0)
        config = campaign(tmp_path, collectors=mastodon(server.url, request_timeout=120))
        with Daemon(config) as daemon:
            until(partial(_runs, tmp_path / "advocacy.db"), what="a collection", of=daemon)
            until(lambda: server.asked("timelines"), what="a page that does not come", of=daemon)
            daemon.process.send_signal(signal.SIGINT)
            until(lambda: "finishing the pages in hand" in daemon.words, what="the first word")
            time.sleep(1)
            assert daemon.process.poll() is None
            daemon.process.send_signal(signal.SIGINT)
            assert daemon.process.wait(10) == 1
            assert "asked again to stop; ending at once" in daemon.words
        server.route = at_once
        goes_on(tmp_path, server)
