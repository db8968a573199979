"""`kill -9` of the daemon at random, a kill by the kernel for want of memory, and two daemons."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults.process import (
    Daemon,
    arrive,
    campaign,
    expected,
    goes_on,
    ids,
    is_whole,
    look,
    mastodon,
    platform,
    tell,
    until,
)
from tests.sources.mastodon_server import MastodonServer

_OPEN = "SELECT count(*) FROM runs WHERE status = 'running'"


def _asked_since(server: MastodonServer, count: int) -> bool:
    return len(server.requests) > count


def _killed_again_and_again(folder: Path, kills: int, seed: int) -> None:
    """More and more posts arrive; every daemon but the last one is killed while it stores or enriches them."""
    moments = random.Random(seed)
    with platform(0) as server:
        at_once = server.route
        server.route = lambda request: replace(at_once(request), delay=0.03)  # so that there is time to be killed in
        config = campaign(folder, collectors=mastodon(server.url))
        database, killed_at_work = folder / "advocacy.db", 0
        for _ in range(kills):
            arrive(server, 60)
            asked = len(server.requests)
            with Daemon(config) as daemon:
                until(partial(_asked_since, server, asked + 1), what="a collection", of=daemon)
                time.sleep(moments.uniform(0, 0.25))
                daemon.kill()
            killed_at_work += set(ids(database)) != expected(server)
        assert killed_at_work >= max(kills // 3, 1)
        asked = len(server.requests)
        with Daemon(config) as daemon:
            until(partial(_asked_since, server, asked), what="the last collection", of=daemon)
            until(lambda: set(ids(database)) == expected(server), what="every post", of=daemon)
            until(lambda: look(database, _OPEN) == [(0,)], what="the end of the run", of=daemon)
            _refuses_a_second(config, daemon)
            assert daemon.stop() == 0
        is_whole(folder, expected(server))
        interrupted = look(
            database, "SELECT count(*) FROM runs WHERE status = 'interrupted' OR message LIKE '%interrupt%'"
        )
        assert interrupted[0] >= (max(kills // 3, 1),)  # the killed ones are closed, and it is said


def _refuses_a_second(config: Path, first: Daemon) -> None:
    second = tell(config, "run", "--now")
    assert second.code == 1
    assert str(first.process.pid) in second.err
    assert "Traceback" not in second.err
    assert first.process.poll() is None


def test_a_daemon_killed_at_random_loses_and_doubles_nothing(tmp_path: Path) -> None:
    _killed_again_and_again(tmp_path, kills=2, seed=1)


@pytest.mark.long
def test_a_daemon_killed_thirty_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    _killed_again_and_again(tmp_path, kills=30, seed=2)


@pytest.fixture
def small_memory() -> Iterator[Path]:
    """A control group whose members the kernel kills when they take more than 80 MB."""
    where = Path("/sys/fs/cgroup/memory") if Path("/sys/fs/cgroup/memory").is_dir() else Path("/sys/fs/cgroup")
    group = where / f"advocacy-monitor-{uuid4().hex}"
    try:
        group.mkdir()
        limit = next(name for name in ("memory.limit_in_bytes", "memory.max") if (group / name).exists())
        (group / limit).write_text(str(80 << 20))
    except (OSError, StopIteration) as error:
        with suppress(OSError):
            group.rmdir()
        pytest.skip(f"no memory can be limited here: {error}")
    yield group
    for _ in range(100):
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.05)
        else:
            return


def test_a_kill_for_want_of_memory_loses_nothing(small_memory: Path, tmp_path: Path) -> None:
    with platform(5) as server:
        config = campaign(tmp_path, collectors=mastodon(server.url, page_size=40, request_timeout=30))
        goes_on(tmp_path, server)
        arrive(server, 14, words="library " * 100_000)
        asked = len(server.requests)

        def join() -> None:
            (small_memory / "cgroup.procs").write_text(str(os.getpid()))

        killed = tell(config, "collect", before=join)
        assert killed.code == -signal.SIGKILL, killed.words
        assert len(server.requests) > asked + 1, "it was killed before it began"
        goes_on(tmp_path, server)


@pytest.mark.long
def test_memory_that_is_refused_ends_a_collection_in_words(tmp_path: Path) -> None:
    """Where a limit of the address space stands instead, Python says MemoryError: no trace, and the next run goes on."""
    with platform(0) as server:
        arrive(server, 12, words="library " * 500_000)
        config = campaign(tmp_path, collectors=mastodon(server.url, page_size=40, request_timeout=30))

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (380 << 20, 380 << 20))

        refused = tell(config, "collect", before=limit)
        assert refused.code == 1, refused.words
        assert "memory" in refused.words.lower(), refused.words
        assert "Traceback" not in refused.words
        goes_on(tmp_path, server)
