"""A Mastodon server on 127.0.0.1 for the tests that every source passes (`mastodon_server.py` says how it answers).

`python -m tests.sources.mastodon_server RECORDING.json` serves a recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.mastodon import MastodonSource
from tests.sources.mastodon_server import MastodonServer, status_at
from tests.sources.platforms import Platform
from tests.sources.replay import ReplayServer

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TAG = "missedmylibrary"


class MastodonPlatform:
    """One server and one hashtag."""

    def __init__(self, server: MastodonServer) -> None:
        self.server: ReplayServer | None = server
        self.url = server.url
        self._statuses = server.timelines.setdefault(TAG, [])
        self._minutes = count(1)
        self._spoiled = 0
        self._good: set[str] = set()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> MastodonSource:
        given = {"hashtags": (TAG,), "instances": (self.url,), "lookback_days": 3650}  # some tests run by today's clock
        made = MastodonSource.model_validate(
            given | {"attempts": attempts, "request_timeout": timeout, "page_size": page_size}
        )
        return made.hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        for _ in range(count):
            made = status_at(self._next())
            self._statuses.append(made)
            self._good.add(made["uri"])

    def spoil(self) -> None:
        """A post without words or, every second time, with half a character, which is sent as a JSON escape."""
        self._spoiled += 1
        self._statuses.append(status_at(self._next(), content=None if self._spoiled % 2 else "<p>Half \ud83d</p>"))

    def expected(self) -> set[str]:
        return set(self._good)

    def _next(self) -> datetime:
        return NOW - timedelta(days=10) + timedelta(minutes=next(self._minutes))


@contextmanager
def running() -> Iterator[MastodonPlatform]:
    """A server without posts."""
    with MastodonServer() as server:
        yield MastodonPlatform(server)


_: type[Platform] = MastodonPlatform
