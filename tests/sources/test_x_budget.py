"""What X costs: every answer is counted, no cap is passed, and a long run is told before it is paid for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.models import Usage
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.x import XSource
from advocacy_monitor.sources.x_budget import Each, Prices, Purse
from advocacy_monitor.sources.x_ids import id_at
from advocacy_monitor.store import Store
from tests.conftest import Clock
from tests.sources.platform_x import XPlatform, a_post, running
from tests.sources.replay import as_json

PRICES = Prices(post=0.005, user=0.010, count=0.005)
ALONE = Each(posts=1, users=1)
NOW = datetime(2026, 11, 15, tzinfo=UTC)


def purse(
    *, posts: int | None = None, usd: float | None = None, spent: dict[str, float] | None = None, live: bool = False
) -> Purse:
    """A purse whose host says what was `spent` before; a `live` one's also says what this run's stored pages used."""
    used = {"posts": 0.0, "usd": 0.0} | (spent or {})
    host = Host(clock=lambda: NOW, spent=lambda unit, since: used[unit])
    made = Purse(budget_posts=posts, budget_usd=usd, prices=PRICES, host=host)
    if live:
        spend = made.spend

        def stored(**amounts: int) -> tuple[Usage, ...]:
            found = spend(**amounts)
            for usage in found:
                used[usage.unit] += usage.amount
            return found

        made.spend = stored  # type: ignore[method-assign]  # stores what it says, as a run does
    return made


def total(usage: list[Usage], unit: str) -> float:
    return sum(one.amount for one in usage if one.unit == unit)


def test_an_answer_costs_its_posts_and_people() -> None:
    used = purse().spend(posts=7, users=3)
    assert used == (Usage(source="x", unit="posts", amount=7.0), Usage(source="x", unit="usd", amount=0.065))
    assert purse().spend() == ()
    assert purse().spend(counts=1) == (Usage(source="x", unit="usd", amount=0.005),)


def test_without_a_cap_there_is_room_for_all() -> None:
    assert purse(spent={"posts": 1e9, "usd": 1e9}).room(500, each=ALONE, least=10) == 500


def test_money_and_posts_both_limit() -> None:
    assert purse(posts=250).room(100, each=Each(posts=3, users=1)) == 83
    assert purse(usd=0.9).room(100, each=ALONE) == 60
    assert purse(posts=30, usd=0.9).room(100, each=ALONE) == 30


@pytest.mark.parametrize("live", [False, True], ids=["pages stored later", "pages stored at once"])
def test_what_this_run_used_is_counted_once(live: bool) -> None:
    one = purse(posts=100, spent={"posts": 40}, live=live)
    assert one.room(100, each=ALONE) == 60
    one.spend(posts=25)
    assert one.room(100, each=ALONE) == 35
    one.spend(posts=35)
    with pytest.raises(FatalSourceError, match="100 of 100 posts are used"):
        one.room(100, each=ALONE)


def test_a_cap_says_what_is_used_when_it_begins_anew_and_where_it_stands() -> None:
    with pytest.raises(FatalSourceError) as caught:
        purse(usd=20, spent={"usd": 19.95}).room(100, each=ALONE, least=10)
    words = str(caught.value)
    assert "19.95 of 20.00 US dollars are used" in words
    assert "2026-12-01" in words
    assert "raise budget_usd in config.yaml" in words


def test_a_new_month_begins_anew() -> None:
    now = [datetime(2026, 12, 31, 23, 59, tzinfo=UTC)]
    asked: list[date] = []

    def spent(unit: str, since: date) -> float:
        asked.append(since)
        return 90.0 if since == date(2026, 12, 1) else 0.0

    one = Purse(budget_posts=100, budget_usd=None, prices=PRICES, host=Host(clock=lambda: now[0], spent=spent))
    one.spend(posts=10)
    with pytest.raises(FatalSourceError, match="2027-01-01"):
        one.room(10, each=ALONE)
    now[0] += timedelta(minutes=2)
    assert one.room(10, each=ALONE) == 10
    assert set(asked) == {date(2026, 12, 1), date(2027, 1, 1)}


@given(
    cap=st.integers(0, 400),
    dollars=st.floats(0, 5),
    bring=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=30),
)
def test_no_cap_is_ever_passed(cap: int, dollars: float, bring: list[tuple[int, int]]) -> None:
    """However many originals and authors each answer brings, within what a post can bring."""
    one = purse(posts=cap, usd=dollars)
    used: list[Usage] = []
    for posts_each, users_each in bring:
        try:
            size = one.room(100, each=Each(posts=3, users=1), least=10)
        except FatalSourceError:
            break
        assert 10 <= size <= 100
        used += one.spend(posts=size * posts_each, users=size * users_each)
    assert total(used, "posts") <= cap
    assert total(used, "usd") <= dollars or math.isclose(total(used, "usd"), dollars, abs_tol=1e-6)


@pytest.fixture
def platform() -> Iterator[XPlatform]:
    with running() as found:
        yield found


def hosted(platform: XPlatform, store: Store, **settings: Any) -> XSource:
    """A source whose host knows what is stored, as the program's does."""
    source = platform.serving(500, attempts=1, **settings)
    return source.hosted_by(Host(sleep=lambda seconds: None, spent=store.spending.of("x")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One that knows the time: usage is counted by days."""
    with Store.open(tmp_path / "a.db") as opened:
        yield opened


def spent(store: Store, unit: str) -> float:
    return store.spending.since("x", unit, date(2000, 1, 1))


def test_originals_and_authors_are_counted_where_they_come_along(platform: XPlatform, store: Store) -> None:
    platform.arrive(2)
    original = a_post(platform.next_id())
    platform.timeline.include("tweets", original)
    references = [{"type": "quoted", "id": original["id"]}]
    platform.timeline.add(a_post(platform.next_id(), "Look #Books", referenced_tweets=references))
    assert collect(store, "x", hosted(platform, store)).status == "done"
    assert spent(store, "posts") == 4
    assert spent(store, "usd") == pytest.approx(4 * 0.005 + 0.010)


def test_a_run_stops_before_the_cap_and_the_next_one_goes_on(platform: XPlatform, store: Store) -> None:
    platform.arrive(120)
    stopped = collect(store, "x", hosted(platform, store, budget_posts=100))
    assert stopped.status == "failed"
    assert "posts are used" in stopped.message
    assert 70 < spent(store, "posts") <= 100
    again = collect(store, "x", hosted(platform, store, budget_posts=100))
    assert again.tally.read == 0
    assert again.status == "failed"
    assert platform.server is not None
    before = len(platform.server.requests)
    on = collect(store, "x", hosted(platform, store, budget_posts=1000))
    assert on.status == "done"
    assert before == len(platform.server.requests) - 2
    assert sorted(item.source_id for batch in store.items.each() for item in batch) == sorted(platform.expected())
    assert spent(store, "posts") == 120


def test_ten_is_the_least_that_x_gives(platform: XPlatform, store: Store) -> None:
    platform.arrive(20)
    outcome = collect(store, "x", hosted(platform, store, budget_posts=29))
    assert outcome.status == "failed"
    assert platform.server is not None
    assert platform.server.requests == []
    assert collect(store, "x", hosted(platform, store, budget_posts=9, originals=False)).status == "failed"
    assert platform.server.requests == []
    assert collect(store, "x", hosted(platform, store, budget_posts=10, originals=False)).tally.stored == 10


def test_a_short_run_needs_no_confirmation(platform: XPlatform, store: Store) -> None:
    platform.arrive(999)
    assert hosted(platform, store).estimate(None) is None
    assert platform.server is not None
    assert [request.path for request in platform.server.requests] == ["/2/tweets/counts/recent"]


def test_a_long_run_is_told_before_it_is_paid_for(platform: XPlatform, store: Store) -> None:
    platform.arrive(1000)
    source = hosted(platform, store, budget_usd=16.005)
    estimate = source.estimate(None)
    assert estimate is not None
    assert estimate.posts == 1000
    assert estimate.usd == 25.0
    assert "1,000 posts (as X counts them) for 15.00 US dollars, or up to 25.00 with the posts" in estimate.words
    assert estimate.words.endswith("; the run ends when this month's last 16.00 US dollars are used")
    collect(store, "x", source, stop=lambda: True)
    assert spent(store, "usd") == pytest.approx(0.005)  # the counts themselves


@pytest.mark.parametrize("settings", [{"budget_posts": 999}, {"budget_usd": 14.9}, {"confirm_above_posts": None}])
def test_where_no_run_can_be_long_nothing_is_counted(
    platform: XPlatform, store: Store, settings: dict[str, Any]
) -> None:
    platform.arrive(1500)
    assert hosted(platform, store, **settings).estimate(None) is None
    assert platform.server is not None
    assert platform.server.requests == []


def test_only_what_was_not_read_yet_is_estimated(platform: XPlatform, store: Store) -> None:
    platform.arrive(30)
    source = hosted(platform, store, confirm_above_posts=1)
    cut = platform.serving(10, attempts=1).hosted_by(Host(sleep=lambda seconds: None))
    cursor = next(iter(cut.pages(None))).checkpoint
    platform.arrive(5)
    estimate = source.estimate(cursor)
    assert estimate is not None
    assert estimate.posts == 20 + 5


def test_the_archive_is_counted_in_pages(platform: XPlatform, store: Store) -> None:
    server = platform.server
    assert server is not None
    server.instead.extend(
        [
            as_json({"meta": {"total_tweet_count": 4000, "next_token": "n1"}}),
            as_json({"meta": {"total_post_count": 500}}),
        ]
    )
    slept: list[float] = []
    source = platform.serving(500, attempts=1, archive=True, since="2020-05-13", originals=False)
    estimate = source.hosted_by(Host(clock=lambda: NOW, sleep=slept.append)).estimate(None)
    assert estimate is not None
    assert estimate.posts == 4500
    assert estimate.usd == pytest.approx(4500 * 0.015)
    assert "up to" not in estimate.words
    assert [request.path for request in server.requests] == ["/2/tweets/counts/all"] * 2
    assert server.requests[1].query["next_token"] == "n1"
    assert server.requests[0].query["since_id"] == id_at(datetime(2020, 5, 13, tzinfo=UTC))
    assert slept == [1.0]


def test_the_clock_of_the_tests_is_the_stores(clock: Clock, tmp_path: Path, platform: XPlatform) -> None:
    """What was used on the last day of a month is not of the next one."""
    clock.now = datetime(2026, 10, 31, 23, tzinfo=UTC)
    with Store.open(tmp_path / "b.db", clock=clock) as store:
        platform.arrive(3)
        collect(store, "x", hosted(platform, store))
        assert store.spending.since("x", "posts", date(2026, 10, 1)) == 3
        assert store.spending.since("x", "posts", date(2026, 11, 1)) == 0
