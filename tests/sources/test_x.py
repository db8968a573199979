"""The walk over X's search: what is asked for, what becomes of the answers, and what can no longer be read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Cursor, Page, Post, Relation, Standing
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.x import XSource
from advocacy_monitor.sources.x_ids import id_at, time_of
from advocacy_monitor.sources.x_payload import remap
from tests.sources.platform_x import XPlatform, a_post, running
from tests.sources.replay import Answer, as_json

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


class World:
    """X, a clock that X and the source share, and what the source said."""

    def __init__(self, platform: XPlatform) -> None:
        assert platform.server is not None
        self.platform = platform
        self.timeline = platform.timeline
        self.server = platform.server
        self.now = NOW
        self.timeline.now = lambda: self.now
        self.said: list[str] = []
        self.slept: list[float] = []

    def source(self, **settings: Any) -> XSource:
        made = self.platform.serving(settings.pop("served", 500), **{"attempts": 1, **settings})
        return made.hosted_by(Host(clock=lambda: self.now, sleep=self.slept.append, missed=self.said.append))

    def post(self, text: str | None = "I love #Books", *, ago: timedelta = timedelta(hours=3), **more: Any) -> str:
        post_id = str(int(id_at(self.now - ago)) + len(self.timeline.posts))
        self.timeline.add(a_post(post_id, text, **more))
        return post_id

    @property
    def asked(self) -> list[dict[str, str]]:
        return [dict(request.query) for request in self.server.requests]


@pytest.fixture
def world() -> Iterator[World]:
    with running() as platform:
        yield World(platform)


def walked(source: XSource, since: Cursor | None = None) -> tuple[list[Page], Cursor | None]:
    pages = list(source.pages(since))
    kept = [page.checkpoint for page in pages if page.checkpoint is not None]
    return pages, kept[-1] if kept else since


def posts(pages: list[Page]) -> list[Post]:
    return [item for page in pages for item in page.items if isinstance(item, Post)]


def test_the_request_names_what_is_needed_and_nobody_who_is_charged_for_nothing(world: World) -> None:
    world.post()
    walked(world.source())
    request = world.asked[0]
    assert world.server.requests[0].path == "/2/tweets/search/recent"
    assert request["query"] == "#books"
    assert request["max_results"] == "100"
    assert "note_tweet" in request["tweet.fields"]
    assert request["expansions"] == "author_id,attachments.media_keys,geo.place_id,referenced_tweets.id"
    assert not {"start_time", "end_time", "wait_on_rate_limit"} & request.keys()


def test_without_originals_only_posts_and_authors_are_asked_for(world: World) -> None:
    walked(world.source(originals=False))
    assert "referenced" not in world.asked[0]["expansions"]


@pytest.mark.parametrize("spelling", ["tweet", "post"])
def test_both_spellings_give_the_same_posts(world: World, spelling: str) -> None:
    original = a_post(id_at(NOW - timedelta(days=2)), "Long " * 60 + "#Books", author_id="7")
    world.timeline.include("tweets", original)
    world.timeline.include("media", {"media_key": "3_1", "type": "photo", "alt_text": "A reading room &amp; a lamp"})
    world.timeline.include("places", {"id": "p1", "full_name": "Ghent"})
    note = {"text": "Very " * 70 + "long. #Books #Libraries", "entities": {"hashtags": [{"tag": "Libraries"}]}}
    world.post("Very long…", note_tweet=note, attachments={"media_keys": ["3_1"]}, geo={"place_id": "p1"})
    world.post("RT @x: Long…", referenced_tweets=[{"type": "retweeted", "id": original["id"]}])
    world.post("Look at this #Books", referenced_tweets=[{"type": "quoted", "id": original["id"]}])
    pages, _ = walked(world.source(spelling=spelling))
    quote, repost, long = posts(pages)
    assert f"{spelling}.fields" in world.asked[0]
    assert f'"note_{spelling}"'.encode() in long.raw
    assert long.text == note["text"]
    assert long.hashtags == ("Libraries",)
    assert long.media_alt == ("A reading room & a lamp",)
    assert long.place == "Ghent"
    assert long.counts["reposts"] == 1
    assert (long.author_handle, long.author_name) == ("reader_one", "A reader")
    assert long.url == f"https://x.com/reader_one/status/{long.source_id}"
    assert (repost.relation, repost.related_id, repost.text) == (Relation.REPOST, original["id"], original["text"])
    assert (quote.relation, quote.text) == (Relation.QUOTE, "Look at this #Books")
    assert all(remap(post.raw) == post for post in (quote, repost, long))
    assert original["text"].encode() in quote.raw


def test_the_payload_is_what_x_sent_byte_for_byte(world: World) -> None:
    record = b'{ "text" : "caf\\u00e9 #Books",  "id":"%s" }' % id_at(NOW - timedelta(hours=1)).encode()
    world.server.always = Answer(body=b'{"meta": {"result_count": 1}, "data": [%s]}' % record)
    pages, _ = walked(world.source())
    assert record in posts(pages)[0].raw


def test_the_newest_id_counts_only_once_everything_below_is_read(world: World) -> None:
    ids = [world.post(ago=timedelta(hours=9 - hour)) for hour in range(6)]
    source = world.source(served=2)
    first = next(iter(source.pages(None)))
    low = id_at(NOW - timedelta(days=7))
    key = "search for #books"
    assert first.checkpoint == {key: {"high": ids[5], "low": low, "top": ids[4]}}
    pages, cursor = walked(source, first.checkpoint)
    assert [post.source_id for post in posts(pages)] == ids[3::-1]
    assert cursor == {key: {"high": ids[5]}}
    bounds = [(asked.get("since_id"), asked.get("until_id")) for asked in world.asked]
    assert bounds == [(None, None), (None, ids[4]), (None, ids[4]), (ids[5], None)]


def test_a_first_run_that_is_cut_still_ends_where_it_would_have(world: World) -> None:
    old = world.post(ago=timedelta(days=2, hours=23))
    world.post(ago=timedelta(hours=1))
    source = world.source(served=1, lookback_days=3)
    cursor = next(iter(source.pages(None))).checkpoint
    world.now += timedelta(days=2)
    pages, _ = walked(source, cursor)
    assert [post.source_id for post in posts(pages)] == [old]


def test_a_quiet_month_is_no_gap(world: World) -> None:
    """X refuses an id of more than seven days ago, also when there was nothing to read since."""
    world.post()
    source = world.source()
    _, cursor = walked(source)
    for _ in range(30):
        world.now += timedelta(days=1)
        pages, cursor = walked(source, cursor)
        assert posts(pages) == []
    late = world.post(ago=timedelta(hours=1))
    pages, _ = walked(source, cursor)
    assert [post.source_id for post in posts(pages)] == [late]
    assert world.said == []


def test_a_gap_that_nobody_can_read_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.post()
    source = world.source()
    _, cursor = walked(source)
    world.now += timedelta(days=10)
    world.post("#Books, missed", ago=timedelta(days=8))
    found = world.post(ago=timedelta(days=6))
    with caplog.at_level(logging.WARNING):
        pages, cursor = walked(source, cursor)
    assert [post.source_id for post in posts(pages)] == [found]
    assert "since_id" not in world.asked[-1]
    assert "may be missing" in caplog.text
    assert any("2026-11-18 12:00 UTC may be missing" in words for words in world.said)
    world.said.clear()
    walked(source, cursor)
    assert world.said == []


def test_an_open_gap_that_is_too_old_is_told_and_closed(world: World) -> None:
    for hour in range(4):
        world.post(ago=timedelta(hours=9 - hour))
    source = world.source(served=2)
    cursor = next(iter(source.pages(None))).checkpoint
    world.now += timedelta(days=9)
    new = world.post(ago=timedelta(hours=1))
    world.server.requests.clear()
    pages, cursor = walked(source, cursor)
    assert len(world.said) == 2
    assert new in [post.source_id for post in posts(pages)]
    assert all("until_id" not in asked for asked in world.asked)
    assert cursor == {"search for #books": {"high": new}}


def test_a_clock_that_is_slow_is_no_reason_to_stop(world: World) -> None:
    source = world.source()
    _, cursor = walked(source)
    world.timeline.now = lambda: world.now + timedelta(days=20)
    new = world.post(ago=-timedelta(days=19))
    pages, _ = walked(source, cursor)
    assert [post.source_id for post in posts(pages)] == [new]
    assert any("2026-11-14 12:00 and seven days ago may be missing" in words for words in world.said)


def test_the_archive_is_read_between_two_days_at_one_request_a_second(world: World) -> None:
    world.now = datetime(2020, 6, 30, tzinfo=UTC)
    before = world.post(ago=timedelta(days=60))
    within = [world.post(ago=timedelta(days=48 - day)) for day in range(3)]
    after = world.post(ago=timedelta(days=1))
    world.now = NOW
    source = world.source(archive=True, since="2020-05-13", until="2020-05-31", page_size=500, served=1)
    pages, cursor = walked(source)
    assert [post.source_id for post in posts(pages)] == within[::-1]
    assert {before, after}.isdisjoint(post.source_id for post in posts(pages))
    assert {request.path for request in world.server.requests} == {"/2/tweets/search/all"}
    assert world.asked[0]["max_results"] == "500"
    assert world.slept == [1.0, 1.0]
    world.server.requests.clear()
    assert posts(walked(source, cursor)[0]) == []
    assert world.server.requests == []


def test_another_query_begins_anew(world: World) -> None:
    older = world.post("#Books", ago=timedelta(days=2))
    _, cursor = walked(world.source())
    pages, cursor = walked(world.source(hashtags=["Books", "Libraries"]), cursor)
    assert [post.source_id for post in posts(pages)] == [older]
    assert list(cursor or {}) == ["search for (#books OR #libraries)"]


def test_an_edited_post_is_one_statement_and_its_newest_version(world: World) -> None:
    first, second = (id_at(NOW - timedelta(hours=hours)) for hours in (3, 2))
    world.timeline.add(a_post(first, "My libary #Books"))
    source = world.source()
    pages, cursor = walked(source)
    assert [(post.source_id, post.text) for post in posts(pages)] == [(first, "My libary #Books")]
    history = [first, second]
    world.timeline.add(a_post(second, "My library #Books", edit_history_tweet_ids=history))
    pages, _ = walked(source, cursor)
    assert [(post.source_id, post.text) for post in posts(pages)] == [(first, "My library #Books")]
    assert posts(pages)[0].url == f"https://x.com/reader_one/status/{second}"
    world.timeline.add(a_post(first, "My libary #Books", edit_history_tweet_ids=history))
    for served in (1, 500):
        pages, _ = walked(world.source(served=served))
        assert [post.text for post in posts(pages)] == ["My library #Books"]


def test_a_withheld_post_comes_with_its_verdict(world: World) -> None:
    post_id = world.post(withheld={"copyright": True, "country_codes": ["DE", "FR"]})
    world.post()
    verdicts = [verdict for page in walked(world.source())[0] for verdict in page.verdicts]
    assert [(verdict.source_id, verdict.standing) for verdict in verdicts] == [(post_id, Standing.WITHHELD)]
    assert verdicts[0].detail == "X withholds it in DE, FR for copyright"


def test_what_x_does_not_show_of_others_is_told_and_no_reject(world: World, caplog: pytest.LogCaptureFixture) -> None:
    missing = {
        "type": "https://api.x.com/2/problems/resource-not-found",
        "detail": "Ana",
        "parameter": "pinned_tweet_id",
    }
    body = {"data": [a_post(id_at(NOW - timedelta(hours=1)))], "errors": [missing], "meta": {"result_count": 1}}
    world.server.always = as_json(body)
    with caplog.at_level(logging.INFO):
        pages, _ = walked(world.source())
    assert len(posts(pages)) == 1
    assert not pages[0].rejects
    assert "1 × 'resource-not-found'" in caplog.text
    assert "Ana" not in caplog.text


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"data": {"id": "1"}}', b'{"data": 5, "meta": {}}', b"\xff"])
def test_an_answer_that_is_none_is_not_the_end_of_the_list(world: World, body: bytes) -> None:
    world.server.always = Answer(body=body)
    with pytest.raises(RetryableSourceError, match="JSON was expected"):
        walked(world.source())


def test_errors_in_place_of_posts_are_not_the_end_of_the_list(world: World) -> None:
    world.server.always = as_json({"errors": [{"type": "https://api.x.com/2/problems/internal-error"}]})
    with pytest.raises(RetryableSourceError, match=r"errors in place of posts .*internal-error"):
        walked(world.source())


def test_an_empty_page_is_not_the_end_of_the_list(world: World) -> None:
    new = id_at(NOW - timedelta(hours=1))
    empty = as_json({"meta": {"result_count": 0, "next_token": "b26x"}})
    last = as_json({"data": [a_post(new)], "meta": {"result_count": 1}})
    world.server.instead.extend([empty, last])
    pages, _ = walked(world.source())
    assert [post.source_id for post in posts(pages)] == [new]


def test_a_next_page_without_end_is_noticed(world: World) -> None:
    world.server.always = as_json({"data": [a_post(id_at(NOW))], "meta": {"next_token": "b26x"}})
    with pytest.raises(FatalSourceError, match="same next page twice"):
        walked(world.source())


def test_a_page_without_one_readable_post_stops_nothing(world: World) -> None:
    old = world.post(ago=timedelta(hours=5))
    for name in ("one", "two"):
        without_text = world.timeline.posts[int(world.post(None, username=name))]
        del without_text["text"]
    pages, _ = walked(world.source(served=2))
    assert [post.source_id for post in posts(pages)] == [old]
    rejects = [reject for page in pages for reject in page.rejects]
    assert len(rejects) == 2
    assert rejects[0].position == "search for #books, page 1, record 1"
    assert json.loads(rejects[0].payload)["username"] == "two"


def test_an_impossible_id_does_not_move_the_cursor(world: World) -> None:
    good = id_at(NOW - timedelta(hours=1))
    impossible = [{"id": "9" * 19, "text": "x"}, {"id": "5", "text": "x"}, {"id": None, "text": "x"}, 5]
    body = {"data": [a_post(good), *impossible], "meta": {"result_count": 5, "next_token": "b26x"}}
    world.server.instead.append(as_json(body))
    walk = world.source().pages(None)
    page = next(iter(walk))
    low = id_at(NOW - timedelta(days=7))
    assert page.checkpoint == {"search for #books": {"high": good, "low": low, "top": good}}
    assert len(page.rejects) == 4


def test_where_nothing_is_new_nothing_is_written(world: World) -> None:
    world.post(ago=timedelta(hours=1))
    _, cursor = walked(world.source())
    assert walked(world.source(), cursor)[0] == []


def test_a_cursor_of_another_source_is_refused(world: World) -> None:
    with pytest.raises(FatalSourceError, match="not one of the x source"):
        walked(world.source(), {"https://social.example.org": {"books": "1"}})


def test_a_wrong_token_is_told(world: World) -> None:
    with pytest.raises(FatalSourceError, match="search for #books: does not accept the bearer_token"):
        walked(world.source(bearer_token="old"))


def test_ids_hold_the_time() -> None:
    moment = datetime(2020, 5, 13, 9, 30, 15, 123000, tzinfo=UTC)
    assert time_of(id_at(moment)) == moment
    assert time_of("1577038200000000000").date().isoformat() == "2022-10-03"
    assert id_at(datetime(2006, 1, 1, tzinfo=UTC)) == "0"
