"""The cursor promise: runs cut after any page, posts arriving in between, faults: nothing lost, nothing stored twice.

The platform lists newest first, as most do; several posts bear the same time, and one listing may fail while the other
goes on. `listings.walk` is what the sources use.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import RetryableSourceError
from advocacy_monitor.models import Cursor, Page
from advocacy_monitor.sources.listings import Part, by_length, walk
from advocacy_monitor.store import Store
from tests.conftest import make_post

PER_MARK = 3
"""So many posts bear the same mark."""


@dataclass
class Numbered:
    """A newest-first listing of numbered posts, as a service would have it; also the Listing that reads it."""

    key: str
    size: int
    resumable: bool
    fail_after: int | None = None
    newest: int = 0

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        least = 1 if low is None else max(1, int(low) * PER_MARK)
        number = self.newest if top is None or not self.resumable else min(self.newest, int(top) * PER_MARK + 2)
        while number >= least:
            if self.fail_after is not None:
                if self.fail_after == 0:
                    raise RetryableSourceError("503 from the service", retry_after=1)
                self.fail_after -= 1
            ids = range(number, max(number - self.size, least - 1), -1)
            posts = tuple(make_post(f"post {each}", source_id=f"{self.key}/{each}") for each in ids)
            yield Part(items=posts, marks=tuple(str(each // PER_MARK) for each in ids))
            number -= self.size


@dataclass
class Both:
    """A source of two listings."""

    listings: list[Numbered]

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        yield from walk(self.listings, since, of="numbered", order=by_length)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    schedule=st.lists(
        st.tuples(
            st.tuples(st.integers(0, 12), st.integers(0, 4)),  # posts that arrive before the run
            st.integers(0, 4) | st.none(),  # the run is asked to stop after so many pages
            st.integers(0, 5) | st.none(),  # the first listing fails after so many requests
        ),
        min_size=1,
        max_size=8,
    ),
    size=st.integers(1, 7),
    resumable=st.booleans(),
)
def test_nothing_is_lost_and_nothing_stored_twice(
    schedule: list[tuple[tuple[int, int], int | None, int | None]], size: int, resumable: bool
) -> None:
    one, other = (Numbered(key, size, resumable) for key in ("one", "other"))
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db") as store:
        for arrivals, stop_after, fail_after in [*schedule, ((0, 0), None, None), ((0, 0), None, None)]:
            one.newest += arrivals[0]
            other.newest += arrivals[1]
            one.fail_after = fail_after
            pages = iter(range(1000))
            outcome = collect(
                store,
                "walk",
                Both([one, other]),
                stop=lambda limit=stop_after, pages=pages: limit is not None and next(pages) >= limit,  # type: ignore[misc]
            )
            tally = outcome.tally
            assert tally.read == tally.stored + tally.already + tally.rejected
        stored = sorted(item.source_id for batch in store.items.each() for item in batch)
        there = {f"{each.key}/{number}" for each in (one, other) for number in range(1, each.newest + 1)}
        assert stored == sorted(there)
        assert store.check() == []
        cursor: dict[str, Any] = dict(store.cursor("walk") or {})
        for each in (one, other):
            assert cursor.get(each.key) == ({"high": str(each.newest // PER_MARK)} if each.newest else None)


def test_a_walk_that_is_cut_does_not_read_again_what_it_has() -> None:
    listing = Numbered("one", 5, resumable=True, newest=40)
    pages = Both([listing]).pages(None)
    cursor = [next(pages) for _ in range(4)][-1].checkpoint
    again = [post.source_id for page in Both([listing]).pages(cursor) for post in page.items]
    assert "one/30" not in again
    assert len(again) < 40 - 4 * 5 + 2 * PER_MARK + 5


def test_listings_that_are_no_longer_asked_are_forgotten_after_a_whole_walk() -> None:
    one, other = Numbered("one", 5, resumable=True, newest=4), Numbered("other", 5, resumable=True, newest=4)
    cursor = list(Both([one, other]).pages(None))[-1].checkpoint
    assert cursor is not None
    assert set(cursor) == {"one", "other"}
    last = list(Both([one]).pages(cursor))[-1].checkpoint
    assert last is not None
    assert set(last) == {"one"}
