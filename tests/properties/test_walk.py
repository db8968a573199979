"""The cursor promise: runs cut after any page, posts arriving in between, faults: nothing lost, nothing stored twice.

The platform lists newest first, as most do, and its source keeps the newest id and the open gap in its checkpoint.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import RetryableSourceError
from advocacy_monitor.models import Cursor, Page
from advocacy_monitor.store import Store
from tests.conftest import make_post


class Platform:
    """A newest-first listing of numbered posts, as a service would have it."""

    def __init__(self) -> None:
        self.newest = 0

    def listing(self, *, above: int, below: int | None, limit: int) -> list[int]:
        top = self.newest if below is None else below - 1
        return list(range(top, above, -1))[:limit]


class NewestFirst:
    """A source that walks down from the newest post to its cursor; `{high, gap}` says what is still missing.

    `gap` is `[low, top]`: posts with low < id < top have not been read yet, while everything up to low, and from top
    to high, has. A run first closes the gap, then walks what is newer.
    """

    def __init__(self, platform: Platform, *, size: int, fail_after: int | None) -> None:
        self.platform = platform
        self.size = size
        self.left = fail_after

    def _fault(self) -> None:
        if self.left is not None:
            if self.left == 0:
                raise RetryableSourceError("503 from the service", retry_after=1)
            self.left -= 1

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        state: dict[str, Any] = dict(since or {"high": 0, "gap": None})
        if state["gap"]:
            low, top = state["gap"]
            yield from self._down(state["high"], low, top)
        high = state["high"]
        yield from self._down(None, high, None)

    def _down(self, high: int | None, low: int, top: int | None) -> Iterator[Page]:
        while True:
            self._fault()
            ids = self.platform.listing(above=low, below=top, limit=self.size)
            if not ids:
                if high is not None:
                    yield Page(items=(), checkpoint={"high": high, "gap": None})
                return
            high = ids[0] if high is None else high
            top = ids[-1]
            gap = [low, top] if top > low + 1 else None
            posts = tuple(make_post(f"post {number}", source_id=str(number)) for number in ids)
            yield Page(items=posts, checkpoint={"high": high, "gap": gap})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    schedule=st.lists(
        st.tuples(
            st.integers(0, 12),  # posts that arrive before the run
            st.integers(0, 4) | st.none(),  # the run is asked to stop after so many pages
            st.integers(0, 5) | st.none(),  # the service fails after so many requests
        ),
        min_size=1,
        max_size=8,
    ),
    size=st.integers(1, 5),
)
def test_nothing_is_lost_and_nothing_stored_twice(
    schedule: list[tuple[int, int | None, int | None]], size: int
) -> None:
    platform = Platform()
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db") as store:
        for arrivals, stop_after, fail_after in [*schedule, (0, None, None), (0, None, None)]:
            platform.newest += arrivals
            pages = iter(range(1000))
            outcome = collect(
                store,
                "walk",
                NewestFirst(platform, size=size, fail_after=fail_after),
                stop=lambda limit=stop_after, pages=pages: limit is not None and next(pages) >= limit,  # type: ignore[misc]
            )
            tally = outcome.tally
            assert tally.read == tally.stored + tally.already + tally.rejected
        stored = [item.source_id for batch in store.items.each() for item in batch]
        assert sorted(map(int, stored)) == list(range(1, platform.newest + 1))
        assert store.check() == []
        runs = store.runs.recent(100)
        assert sum(run.tally.stored for run in runs) == platform.newest
