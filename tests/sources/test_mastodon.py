"""The walk over hashtags and servers, against a running mastodon-mock and a server that replays given statuses."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Cursor, Page, Reject
from advocacy_monitor.protocols import Host, Hosted, Replying, Source, Verifier
from advocacy_monitor.sources.mastodon import MastodonSource
from tests.sources.mastodon_server import PLAIN, MastodonServer, Mock, recorded_timelines, running_mock, status_at
from tests.sources.replay import Answer

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_tags = count(1)


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with running_mock() as running:
        yield running


@pytest.fixture(scope="module")
def replay() -> Iterator[MastodonServer]:
    with MastodonServer() as running:
        yield running


def fresh_tag() -> str:
    return f"books{next(_tags)}"


def make_source(*urls: str, tags: tuple[str, ...] = ("books",), **given: Any) -> MastodonSource:
    clock, sleep = given.pop("clock", lambda: NOW), given.pop("sleep", lambda seconds: None)
    return MastodonSource(hashtags=tags, instances=urls, **given).hosted_by(Host(clock=clock, sleep=sleep))


class Shelf:
    """Stands for the store: keeps a page and its checkpoint together, an item once, and looks hard at cursors."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.rejects: list[Reject] = []
        self.cursor: Cursor | None = None
        self.read = 0

    def run(self, source: MastodonSource, *, cut_after: int | None = None) -> Shelf:
        pages = source.pages(self.cursor)
        for page in islice(pages, cut_after):
            self.add(page)
        pages.close()  # type: ignore[attr-defined]  # it is a generator; a cut run closes it
        return self

    def add(self, page: Page) -> None:
        self.read += len(page.items) + len(page.rejects)
        for item in page.items:
            self.kept.setdefault(item.source_id, item.text)
        self.rejects.extend(page.rejects)
        if page.checkpoint is not None:
            assert json.loads(json.dumps(page.checkpoint)) == page.checkpoint
            for instance, tags in (self.cursor or {}).items():
                for tag, mark in tags.items():
                    new = page.checkpoint[instance][tag]
                    assert (len(new), new) >= (len(mark), mark), "a checkpoint went back"
            self.cursor = page.checkpoint


def said(mock: Mock, tag: str, number: int) -> list[str]:
    return [str(mock.say(f"Post {n} about #{tag}")["uri"]) for n in range(number)]


def test_it_is_a_source() -> None:
    for plug in (Source, Hosted, Verifier, Replying):
        assert isinstance(make_source("https://example.org"), plug)


def test_a_whole_walk_over_several_pages_takes_every_post_once_oldest_page_first(mock: Mock) -> None:
    tag = fresh_tag()
    uris = said(mock, tag, 10)
    source = make_source(mock.url, tags=(tag,), page_size=3, respect_indexable=False)
    pages = list(source.pages(None))
    assert [len(page.items) for page in pages] == [3, 3, 3, 1]
    assert [item.source_id for page in pages for item in reversed(page.items)] == uris
    assert all(json.loads(item.raw)["uri"] == item.source_id for page in pages for item in page.items)
    marks = [page.checkpoint[mock.url][tag] for page in pages if page.checkpoint]
    assert marks == [page.items[0].url.rpartition("/")[2] for page in pages if page.items[0].url]
    assert list(source.pages(pages[-1].checkpoint)) == []


@pytest.mark.parametrize("cut_after", range(5))
def test_nothing_is_lost_when_a_run_is_cut_after_any_page_and_posts_arrive(mock: Mock, cut_after: int) -> None:
    tag = fresh_tag()
    source = make_source(mock.url, tags=(tag,), page_size=3, respect_indexable=False)
    uris = said(mock, tag, 7)
    shelf = Shelf().run(source, cut_after=cut_after)
    uris += said(mock, tag, 4)
    shelf.run(source, cut_after=cut_after % 2)
    uris += said(mock, tag, 1)
    assert sorted(shelf.run(source).kept) == sorted(uris)
    assert shelf.read == 12, "ids of mastodon-mock hold no time: nothing is read a second time"


def test_many_random_cuts(mock: Mock) -> None:
    chance = random.Random(20261102)
    tags = (fresh_tag(), fresh_tag())
    source = make_source(mock.url, tags=tags, page_size=2, respect_indexable=False)
    shelf, uris = Shelf(), []
    for _ in range(12):
        uris += said(mock, chance.choice(tags), chance.randrange(4))
        shelf.run(source, cut_after=chance.randrange(4))
    assert sorted(shelf.run(source).kept) == sorted(uris)


minutes = st.integers(min_value=0, max_value=11 * 60)
arrivals = st.lists(minutes, max_size=5)


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.tuples(arrivals, st.integers(min_value=0, max_value=3), minutes), max_size=6),
    page_size=st.integers(min_value=1, max_value=4),
)
def test_posts_that_arrive_late_are_found_whatever_the_cuts(
    replay: MastodonServer, steps: list[tuple[list[int], int, int]], page_size: int
) -> None:
    """A post reaches the server up to 11 hours after it was written, with an id of when it was written."""
    tag, shelf, now = fresh_tag(), Shelf(), NOW
    there = replay.timelines.setdefault(tag, [])
    source = make_source(replay.url, tags=(tag,), page_size=page_size, overlap_hours=12, clock=lambda: now)
    for ages, cut_after, later in steps:
        there += [status_at(now - timedelta(minutes=age)) for age in ages]
        shelf.run(source, cut_after=cut_after)
        now += timedelta(minutes=later)
    shelf.run(source)
    assert sorted(shelf.kept) == sorted(str(status["uri"]) for status in there)


def test_a_short_page_is_not_taken_for_the_last_one(replay: MastodonServer) -> None:
    tag = fresh_tag()
    posts = [status_at(NOW - timedelta(minutes=10 - minute)) for minute in range(7)]
    replay.timelines[tag] = posts
    short = json.dumps(posts[:1]).encode()  # as when the server drops two of three that it has counted
    replay.instead.extend([Answer(body=json.dumps(posts).encode()), Answer(body=short)])
    assert len(Shelf().run(make_source(replay.url, tags=(tag,), page_size=3)).kept) == 7


def test_without_an_overlap_a_late_post_would_be_lost(replay: MastodonServer) -> None:
    tag = fresh_tag()
    replay.timelines[tag] = [status_at(NOW - timedelta(hours=1))]
    early = {hours: Shelf().run(make_source(replay.url, tags=(tag,), overlap_hours=hours)) for hours in (0, 12)}
    replay.timelines[tag].append(status_at(NOW - timedelta(hours=10)))
    found = {
        hours: len(shelf.run(make_source(replay.url, tags=(tag,), overlap_hours=hours)).kept)
        for hours, shelf in early.items()
    }
    assert found == {0: 1, 12: 2}


def test_the_first_run_goes_back_as_far_as_it_is_told(replay: MastodonServer) -> None:
    tag = fresh_tag()
    days = (1, 29, 31, 400)
    replay.timelines[tag] = [status_at(NOW - timedelta(days=each)) for each in days]
    for lookback, expected in ((30, 2), (3650, 4), (0, 0)):
        assert len(Shelf().run(make_source(replay.url, tags=(tag,), lookback_days=lookback)).kept) == expected


def test_ids_that_hold_no_time_are_walked_from_the_beginning_and_from_the_cursor(replay: MastodonServer) -> None:
    tag = fresh_tag()
    ids = ["9", "10", "01HQZ0000000000000000000AA", "01HQZ0000000000000000000AB"]
    replay.timelines[tag] = [{**PLAIN, "id": each, "uri": f"https://x.example/{each}"} for each in ids[:3]]
    shelf = Shelf().run(make_source(replay.url, tags=(tag,), page_size=1))
    assert len(shelf.kept) == 3
    replay.timelines[tag].append({**PLAIN, "id": ids[3], "uri": f"https://x.example/{ids[3]}"})
    replay.requests.clear()
    assert len(shelf.run(make_source(replay.url, tags=(tag,))).kept) == 4
    assert replay.asked(f"min_id={ids[2]}")
    assert shelf.cursor == {replay.url: {tag: ids[3]}}


def test_a_hashtag_that_nobody_used_has_no_cursor_yet(replay: MastodonServer) -> None:
    assert list(make_source(replay.url, tags=(fresh_tag(),)).pages(None)) == []


def test_a_cursor_keeps_what_is_not_asked_for_today(replay: MastodonServer) -> None:
    tag = fresh_tag()
    replay.timelines[tag] = [status_at(NOW)]
    old = {"https://old.example": {"books": "7"}, replay.url: {"other": "8"}}
    (page,) = make_source(replay.url, tags=(tag,)).pages(old)
    assert page.checkpoint == {**old, replay.url: {"other": "8", tag: replay.timelines[tag][0]["id"]}}
    assert old[replay.url] == {"other": "8"}, "the cursor that was handed in is not the source's to change"


@pytest.mark.parametrize("cursor", [{"https://a.example": "7"}, {"https://a.example": {"books": 7}}, {"page": 3}])
def test_a_cursor_of_another_source_is_refused(cursor: Cursor) -> None:
    with pytest.raises(FatalSourceError, match="not one of the mastodon source"):
        list(make_source("https://example.org").pages(cursor))


def test_a_server_that_ignores_min_id_gets_no_checkpoint(replay: MastodonServer) -> None:
    tag = fresh_tag()
    replay.timelines[tag] = [status_at(NOW)]
    newest = json.dumps([status_at(NOW), status_at(NOW - timedelta(days=40))]).encode()
    replay.instead.extend([Answer(body=newest)] * 2)
    shelf = Shelf()
    with pytest.raises(FatalSourceError, match="does not honour min_id"):
        shelf.run(make_source(replay.url, tags=(tag,)))
    assert (len(shelf.kept), shelf.cursor) == (2, None)


def test_records_that_cannot_be_read_are_set_aside_and_the_others_go_in(replay: MastodonServer) -> None:
    tag = fresh_tag()
    good, late = status_at(NOW), status_at(NOW)
    no_content = {name: value for name, value in status_at(NOW).items() if name != "content"}
    private = status_at(NOW, visibility="private", content="<p>Not for you.</p>")
    hidden = status_at(NOW, account=PLAIN["account"] | {"indexable": False})
    body = [late, hidden, private, no_content, 7, good]
    replay.timelines[tag] = [good]
    sent = json.dumps(body).encode().replace(b'"7"', b"7")[:-1] + b', {"id": "\xff"}]'
    replay.instead.extend([Answer(body=json.dumps([good]).encode()), Answer(body=sent), Answer(body=b"[]")])
    shelf = Shelf().run(make_source(replay.url, tags=(tag,)))
    assert list(shelf.kept) == [late["uri"], good["uri"]]
    assert [(reject.reason.split(":")[0], reject.payload == b"") for reject in shelf.rejects] == [
        ("account says indexable", True),
        ("visibility private", True),
        ("not a Mastodon status", False),
        ("not a Mastodon status", False),
        ("cannot be read as JSON", False),
    ]
    assert shelf.rejects[0].position == f"{replay.url} #{tag}, page 1, record 2"
    assert json.loads(shelf.rejects[2].payload) == no_content
    assert shelf.read == 7


def test_people_of_the_mock_are_not_indexable_and_are_left_out_by_default(mock: Mock) -> None:
    tag = fresh_tag()
    mock.say(f"Only a test of #{tag}")
    shelf = Shelf().run(make_source(mock.url, tags=(tag,)))
    assert (shelf.kept, [reject.payload for reject in shelf.rejects]) == ({}, [b""])


def test_the_same_post_on_two_servers_is_one_item(replay: MastodonServer) -> None:
    tag = fresh_tag()
    post = status_at(NOW)
    replay.timelines[tag] = [post]
    with MastodonServer({tag: [{**post, "id": "112"}]}) as other:
        pages = list(make_source(replay.url, other.url, tags=(tag,)).pages(None))
    assert [item.source_id for page in pages for item in page.items] == [post["uri"]] * 2
    assert [item.seen_on for page in pages for item in page.items] == [replay.url, other.url]
    assert pages[-1].checkpoint == {replay.url: {tag: post["id"]}, other.url: {tag: "112"}}


def faulty(mock: Mock, **given: Any) -> tuple[MastodonSource, list[float]]:
    tag = fresh_tag()
    said(mock, tag, 2)
    slept: list[float] = []
    more = {"sleep": slept.append, "clock": lambda: datetime.now(UTC), **given}
    return make_source(mock.url, tags=(tag,), respect_indexable=False, **more), slept


@pytest.mark.parametrize(
    ("fault", "low", "high"),
    [
        ({"kind": "ratelimit"}, 301, 301),
        ({"kind": "status", "status": 429}, 2, 3),
        ({"kind": "status", "status": 429, "headers": {"X-RateLimit-Reset": "2999-01-01T00:00:00Z"}}, None, None),
        ({"kind": "status", "status": 503}, 2, 3),
        ({"kind": "status", "status": 503, "headers": {"Retry-After": "20"}}, 21, 21),
        ({"kind": "malformed"}, 2, 3),
        ({"kind": "latency", "delay_ms": 1500}, 2, 3),
    ],
)
def test_a_passing_fault_is_waited_out(mock: Mock, fault: dict[str, Any], low: float | None, high: float) -> None:
    source, slept = faulty(mock, request_timeout=1)
    mock.fault(**fault)
    if low is None:
        with pytest.raises(RetryableSourceError, match=r"limits requests \(429\) and asks to wait 86400 s"):
            list(source.pages(None))
        assert slept == []
    else:
        assert len(Shelf().run(source).kept) == 2
        assert len(slept) == 1 and low <= slept[0] <= high


@pytest.mark.parametrize("status", [401, 404])
def test_a_lasting_fault_is_not_waited_out(mock: Mock, status: int) -> None:
    source, slept = faulty(mock)
    mock.fault(kind="status", status=status)
    with pytest.raises(
        FatalSourceError, match=rf"1 of 1 Mastodon servers failed\. {mock.url}: #books\d+ .*\({status}\)"
    ):
        list(source.pages(None))
    assert slept == []


def test_patience_ends_and_the_next_run_goes_on(mock: Mock, caplog: pytest.LogCaptureFixture) -> None:
    source, slept = faulty(mock, max_wait_seconds=50)
    mock.fault(kind="status", status=503, count=None)
    with caplog.at_level(logging.INFO), pytest.raises(RetryableSourceError, match=r"is in trouble \(503\)"):
        list(source.pages(None))
    assert len(slept) == 4 and sum(slept) <= 50
    assert "attempt 1 of 5 failed" in caplog.text and "Post 1" not in caplog.text
    mock.clear_faults()
    assert len(Shelf().run(source).kept) == 2


def test_what_fails_does_not_stop_the_others_and_all_of_it_is_named(mock: Mock, replay: MastodonServer) -> None:
    tag, other = fresh_tag(), fresh_tag()
    replay.timelines = {tag: [status_at(NOW)], other: [status_at(NOW)]}
    said(mock, tag, 1)
    with MastodonServer() as gone:
        pass
    with MastodonServer() as barred, MastodonServer({other: [status_at(NOW)]}) as limping:
        barred.always = Answer(status=401, body=b"{}")
        limping.instead.extend([Answer(status=503)] * 2)
        urls = (gone.url, barred.url, limping.url, mock.url, replay.url)
        source = make_source(*urls, tags=(tag, other), respect_indexable=False, attempts=2)
        shelf = Shelf()
        with pytest.raises(FatalSourceError) as caught:
            shelf.run(source)
        asked = barred.asked("timelines")
    assert len(shelf.kept) == 4
    assert str(caught.value).startswith("3 of 5 Mastodon servers failed. ")
    for part in (
        f"{gone.url}: cannot be reached",
        f"{barred.url}: #{tag} asks",
        f"; #{other} asks",
        f"{limping.url}: #{tag} is in",
    ):
        assert part in str(caught.value)
    assert mock.url not in str(caught.value) and replay.url not in str(caught.value)
    assert len(asked) == 2


def test_after_a_failure_the_other_hashtags_of_a_server_get_one_attempt_each(replay: MastodonServer) -> None:
    tags = (fresh_tag(), fresh_tag(), fresh_tag())
    with MastodonServer({tags[2]: [status_at(NOW)]}) as server:
        server.instead.extend([Answer(status=429, headers={"Retry-After": "3"})] * 6)
        with pytest.raises(RetryableSourceError) as caught:
            list(make_source(server.url, tags=tags, attempts=5).pages(None))
        asked = server.asked("timelines")
    assert caught.value.retry_after == 3
    assert [sum(tag in request for request in asked) for tag in tags] == [5, 1, 3]


def test_settings_are_checked_without_showing_a_token() -> None:
    made = MastodonSource(hashtags=("#Books", "books"), instances=("example.org", "https://example.org/"))
    assert (made.hashtags, made.instances) == (("books",), ("https://example.org",))
    for wrong in (
        {"instances": ()},
        {"hashtags": ()},
        {"hashtags": ("two words",)},
        {"instances": ("http://example.org",)},
        {"instances": ("https://a.example", "https://b.example")},
        {"page_size": 41},
        {"overlap_hours": -1},
        {"token": "typo"},
    ):
        settings_given = {
            "hashtags": ("books",),
            "instances": ("https://a.example",),
            "access_token": SecretStr("s3cret"),
        }
        with pytest.raises(ValidationError) as caught:
            MastodonSource.model_validate(settings_given | wrong)
        assert "s3cret" not in f"{caught.value} {caught.value.errors()}"


def test_a_recorded_timeline_is_collected(recordings: Callable[[str], Path], replay: MastodonServer) -> None:
    replay.timelines = recorded_timelines(recordings("mastodon") / "mpy_test_hashtag_tl.json")
    source = make_source(replay.url, tags=tuple(replay.timelines), lookback_days=365)
    (page,) = source.pages(None)
    assert [item.text for item in page.items] == ["#hoot (hashtag toot)"]
    assert page.items[0].hashtags == ("hoot",)
    assert json.loads(page.items[0].raw) == replay.timelines["hoot"][0]
