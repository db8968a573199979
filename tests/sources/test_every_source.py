"""What every source passes for nothing: cuts, repeats, arrivals, faults of the service, one bad record (issue 3)."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from advocacy_monitor import plugins
from advocacy_monitor.collect import Outcome, collect
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.protocols import Host, Hosted
from advocacy_monitor.store import Store
from tests.sources import platforms
from tests.sources.platforms import Platform
from tests.sources.replay import Answer, Request

NAMES = platforms.names()
WITHOUT_PLATFORM = {"file"}
"""Sources that ask nobody."""
NOT_HTTP = {"mailbox", "webhook"}
"""IMAP and a folder have faults of their own, tried in their own tests."""
FAULTS: dict[str, tuple[Answer, type[Exception]]] = {
    "429 with Retry-After": (Answer(status=429, headers={"Retry-After": "7"}), RetryableSourceError),
    "429 without a word": (Answer(status=429, headers={}), RetryableSourceError),
    "429 with a reset time": (Answer(status=429, headers={"x-rate-limit-reset": "1793534460"}), RetryableSourceError),
    "401": (Answer(status=401), FatalSourceError),
    "402": (Answer(status=402), FatalSourceError),
    "403": (Answer(status=403), FatalSourceError),
    "404": (Answer(status=404), FatalSourceError),
    "500": (Answer(status=500), RetryableSourceError),
    "503 in HTML": (
        Answer(status=503, body=b"<h1>Repairs</h1>", headers={"Content-Type": "text/html"}),
        RetryableSourceError,
    ),
    "a cut connection": (Answer(body=b'{"data": []}' * 100, cut=True), RetryableSourceError),
    "a slow answer": (Answer(delay=0.6), RetryableSourceError),
    "HTML where JSON was due": (
        Answer(body=b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html"}),
        RetryableSourceError,
    ),
}


@pytest.fixture(params=NAMES)
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    with platforms.running(request.param) as found:
        yield found


@pytest.fixture(params=[name for name in NAMES if name not in NOT_HTTP])
def http_platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    with platforms.running(request.param) as found:
        assert found.server is not None
        yield found


def stored(store: Store) -> list[str]:
    return [item.source_id for batch in store.items.each() for item in batch]


def run(store: Store, platform: Platform, *, pages: int | None = None, page_size: int = 5) -> Outcome:
    """One run, asked to stop after so many pages."""
    left = iter(range(pages if pages is not None else 10_000))
    source = platform.source(page_size=page_size)
    outcome = collect(store, "walk", source, stop=lambda: pages is not None and next(left, None) is None)
    assert outcome.tally.read == outcome.tally.stored + outcome.tally.already + outcome.tally.rejected
    return outcome


def test_every_installed_source_is_tried_here() -> None:
    built_in = {
        name for name, point in plugins.installed(plugins.SOURCES).items() if point.value.startswith("advocacy_monitor")
    }
    assert built_in - WITHOUT_PLATFORM == set(NAMES)


def test_everything_is_read_and_a_second_run_stores_nothing(platform: Platform, store: Store) -> None:
    platform.arrive(13)
    first = run(store, platform)
    assert first.status == "done", first.message
    assert set(stored(store)) == platform.expected()
    second = run(store, platform)
    assert second.status == "done", second.message
    assert second.tally.stored == 0
    assert len(stored(store)) == len(platform.expected()) == 13


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_a_walk_that_is_cut_goes_on(platform: Platform, store: Store, pages: int) -> None:
    platform.arrive(17)
    run(store, platform, pages=pages)
    platform.arrive(4)
    outcome = run(store, platform)
    assert outcome.status == "done", outcome.message
    assert sorted(stored(store)) == sorted(platform.expected())


def test_posts_that_arrive_while_it_walks_are_found(platform: Platform, store: Store) -> None:
    platform.arrive(12)

    def arriving() -> bool:
        platform.arrive(1)
        return len(platform.expected()) > 20

    collect(store, "walk", platform.source(page_size=5), stop=arriving)
    assert run(store, platform).status == "done"
    assert sorted(stored(store)) == sorted(platform.expected())


def test_one_record_that_cannot_be_read_stops_nothing(platform: Platform, store: Store) -> None:
    platform.arrive(3)
    platform.spoil()
    platform.spoil()
    platform.arrive(3)
    outcome = run(store, platform)
    assert outcome.status == "done", outcome.message
    assert outcome.tally.rejected >= 1
    assert sorted(stored(store)) == sorted(platform.expected())
    origin, position, reason = store.recent_rejects(1)[0]
    assert origin == "walk"
    assert position
    assert reason


def test_a_bad_record_that_is_met_again_at_another_place_is_set_aside_once(platform: Platform, store: Store) -> None:
    """A listing's newest come first, so a record moves down; a pack says how many records could not be read."""
    platform.arrive(2)
    platform.spoil()
    run(store, platform)
    before = store.recent_rejects(100)
    assert len(before) == 1
    platform.arrive(9)
    run(store, platform)
    assert store.recent_rejects(100) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_an_error_in_words_and_loses_nothing(http_platform: Platform, store: Store, fault: str) -> None:
    answer, kind = FAULTS[fault]
    platform = http_platform
    assert platform.server is not None
    platform.arrive(7)
    platform.server.always = answer
    with pytest.raises(kind) as caught:
        list(platform.source(timeout=0.3 if answer.delay else 5).pages(None))
    assert len(str(caught.value)) > 10
    assert "<" not in str(caught.value)
    assert type(caught.value) is kind
    if "Retry-After" in answer.headers and isinstance(caught.value, RetryableSourceError):
        assert caught.value.retry_after == 7
    platform.server.always = None
    assert run(store, platform).status == "done"
    assert sorted(stored(store)) == sorted(platform.expected())


def test_a_passing_fault_is_waited_for_and_told(http_platform: Platform, store: Store) -> None:
    platform = http_platform
    assert platform.server is not None
    platform.arrive(6)
    source = platform.source(attempts=3)
    waited: list[float] = []
    said: list[str] = []
    assert isinstance(source, Hosted)
    host: Host = source._host  # type: ignore[attr-defined]  # its clock is the platform's
    source = source.hosted_by(replace(host, sleep=waited.append, say=said.append))
    platform.server.instead.extend([Answer(status=429, headers={"Retry-After": "7"}), Answer(status=503)])
    outcome = collect(store, "walk", source)
    assert outcome.status == "done", outcome.message
    assert 8 in waited
    assert any("429" in words for words in said)
    assert said[-1] == ""
    assert sorted(stored(store)) == sorted(platform.expected())


def test_no_secret_stands_in_the_log_the_store_or_an_error(
    platform: Platform, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.arrive(3)
    source = platform.source()
    values = [getattr(source, name) for name in type(source).model_fields]  # type: ignore[attr-defined]
    secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    outcome = run(store, platform)
    if platform.server is not None:
        platform.server.always = Answer(status=503)
        outcome = run(store, platform)
    store.close()
    written = b"".join(file.read_bytes() for file in store.path.parent.iterdir())
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in outcome.message
        assert secret.encode() not in written


SCHEDULES = int(os.environ.get("ADVOCACY_MONITOR_SCHEDULES", "10"))
"""How many random schedules each source is tried with; `make test-long` asks for 300."""


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=SCHEDULES, suppress_health_check=[HealthCheck.too_slow])
@given(
    schedule=st.lists(
        st.tuples(
            st.integers(0, 9),  # posts that arrive before the run
            st.integers(0, 3) | st.none(),  # the run is asked to stop after so many pages
            st.integers(0, 4) | st.none(),  # the service fails after so many requests
        ),
        min_size=1,
        max_size=5,
    ),
    page_size=st.integers(2, 6),
)
def test_random_schedules_lose_nothing_and_store_nothing_twice(
    name: str, schedule: list[tuple[int, int | None, int | None]], page_size: int
) -> None:
    with (
        platforms.running(name) as platform,
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "a.db") as store,
    ):
        for arrivals, pages, fail_after in schedule:
            platform.arrive(arrivals)
            if platform.server is not None and fail_after is not None:
                _fail_after(platform, fail_after)
            run(store, platform, pages=pages, page_size=page_size)
            if platform.server is not None:
                platform.server.route = getattr(platform.server, "whole", platform.server.route)
        for _ in range(2):
            outcome = run(store, platform, page_size=page_size)
            assert outcome.status == "done", outcome.message
        assert sorted(stored(store)) == sorted(platform.expected())
        assert store.check() == []


def _fail_after(platform: Platform, count: int) -> None:
    """From the (count + 1)th request on, the service is in trouble; log-ins are spared."""
    server = platform.server
    assert server is not None
    whole = getattr(server, "whole", server.route)
    server.whole = whole  # type: ignore[attr-defined]
    left = [count]

    def failing(request: Request) -> Answer:
        if not server.spared(request):
            left[0] -= 1
            if left[0] < 0:
                return Answer(status=503)
        answer: Answer = whole(request)
        return answer

    server.route = failing
