"""The feed source: conditional requests, windows with gaps, redirects, isolation of feeds, nothing secret in errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Page
from advocacy_monitor.protocols import Host, Source
from advocacy_monitor.sources.feed import FeedSource, feed_key, shown
from advocacy_monitor.store import Store
from tests.sources.platform_feed import XML, Paper, item, running
from tests.sources.replay import Answer, ReplayServer, Request

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FEED = '<rss version="2.0"><channel><title>t</title>%s</channel></rss>'


@pytest.fixture
def paper() -> Iterator[Paper]:
    with running() as found:
        yield found


def source(*feeds: str, said: list[str] | None = None, **given: Any) -> FeedSource:
    made = FeedSource(feeds=feeds, **{"attempts": 1, "request_timeout": 5, **given})
    told = (said if said is not None else []).append
    host = Host(clock=lambda: NOW, sleep=lambda seconds: None, note=told, missed=told)
    return made.hosted_by(host)


def server(paper: Paper) -> ReplayServer:
    assert paper.server is not None
    return paper.server


def xml(*items: str, **headers: str) -> Answer:
    return Answer(body=(FEED % "".join(items)).encode(), headers={**XML, **headers})


def test_it_is_a_source() -> None:
    assert isinstance(source("https://a.example/"), Source)


def test_nothing_is_sent_again_when_nothing_has_changed(paper: Paper) -> None:
    paper.arrive(3)
    first = list(paper.source().pages(None))
    cursor = first[-1].checkpoint
    assert cursor is not None
    assert list(paper.source().pages(cursor)) == []
    assert "If-None-Match" in server(paper).requests[-1].headers
    paper.arrive(1)
    assert sum(len(page.items) for page in paper.source().pages(cursor)) == 4


def test_last_modified_is_sent_back_as_it_came(paper: Paper) -> None:
    stamp = "Thu, 01 Oct 2026 10:00:00 GMT"
    server(paper).always = xml(item(1, "a"), **{"Last-Modified": stamp})
    (page,) = paper.source().pages(None)
    list(paper.source().pages(page.checkpoint))
    assert server(paper).requests[0].headers.get("If-Modified-Since") is None
    assert server(paper).requests[1].headers.get("If-Modified-Since") == stamp


def test_the_validators_move_with_the_last_page_only(paper: Paper, store: Store) -> None:
    """Else a run that was cut after its first page would be told that nothing is new."""
    paper.arrive(7)
    pages = list(paper.source(page_size=3).pages(None))
    assert [page.checkpoint is not None for page in pages] == [False, False, True]
    collect(store, "paper", paper.source(page_size=3), stop=lambda: True)
    assert store.cursor("paper") is None
    assert collect(store, "paper", paper.source(page_size=3)).tally.stored == 4


def test_a_304_that_nobody_asked_for_is_a_fault(paper: Paper) -> None:
    server(paper).always = Answer(status=304, body=b"", headers={})
    with pytest.raises(RetryableSourceError, match="nothing has changed"):
        list(paper.source().pages(None))


@pytest.mark.parametrize("etag", ["x" * 2000, "caf\xe9"])
def test_a_validator_that_cannot_be_sent_back_is_left_out(paper: Paper, etag: str) -> None:
    server(paper).always = xml(item(1, "a"), ETag=etag)
    (page,) = paper.source().pages(None)
    (again,) = paper.source().pages(page.checkpoint)
    assert len(again.items) == 1


def test_an_edited_entry_is_seen_again(paper: Paper, store: Store) -> None:
    paper.items.append(item(1, "I miss it."))
    collect(store, "paper", paper.source())
    paper.items[0] = item(1, "I miss it very much.")
    tally = collect(store, "paper", paper.source()).tally
    assert (tally.stored, tally.changed) == (0, 1)


def test_a_window_without_anything_known_is_told(paper: Paper, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    feed = f"{server(paper).url}/letters.xml"
    paper.arrive(4)
    (page,) = source(feed, said=said).pages(None)
    paper.items = [item(number, "new") for number in range(4, 8)]
    (second,) = source(feed, said=said).pages(page.checkpoint)
    assert said == [], "one entry of the last reading is still there"
    paper.items = [item(number, "newer") for number in range(20, 24)]
    (third,) = source(feed, said=said).pages(second.checkpoint)
    assert len(third.items) == 4
    assert "was there at the last reading" in said[-1]
    assert "none of the 4 entries" in caplog.text


def test_an_empty_answer_in_between_does_not_hide_a_gap(paper: Paper) -> None:
    said: list[str] = []
    feed = f"{server(paper).url}/letters.xml"
    paper.arrive(2)
    (page,) = source(feed).pages(None)
    paper.items = []
    (empty,) = source(feed, said=said).pages(page.checkpoint)
    assert (empty.items, said) == ((), [])
    paper.items = [item(9, "x")]
    list(source(feed, said=said).pages(empty.checkpoint))
    assert "none of the 1 entries" in said[-1]


def test_a_feed_that_breaks_off_gives_what_is_whole_and_is_read_again(paper: Paper) -> None:
    said: list[str] = []
    whole = (FEED % (item(1, "one") + item(2, "two, which is long"))).encode()
    server(paper).always = Answer(body=whole[: whole.index(b"which is")], headers={**XML, "ETag": '"1"'})
    (page,) = source(f"{server(paper).url}/letters.xml", said=said).pages(None)
    assert [post.source_id for post in page.items] == ["tag:paper.example.org,2026:1"]
    assert "breaks off" in page.rejects[0].reason
    assert page.checkpoint is None
    assert "breaks off" in said[-1]


def test_entries_that_share_an_id_do_not_overwrite_each_other(paper: Paper) -> None:
    server(paper).always = xml(item(1, "one"), item(1, "another"), item(1, "one"))
    (page,) = paper.source().pages(None)
    assert [post.text for post in page.items] == ["Letter 1\n\none"] * 2
    assert "id is that of an earlier entry" in page.rejects[0].reason
    assert page.rejects[0].position.endswith("/letters.xml, entry 2")


def test_undated_entries_are_told(paper: Paper) -> None:
    said: list[str] = []
    server(paper).always = xml("<item><title>a</title></item>", item(1, "b"))
    (page,) = source(f"{server(paper).url}/x", said=said).pages(None)
    assert page.items[0].created_at == NOW
    assert "1 of 2 entries have no usable date" in said[-1]


def test_one_feed_that_fails_does_not_stop_the_others(paper: Paper) -> None:
    def route(request: Request) -> Answer:
        return Answer(status=404) if "gone" in request.path else paper.answer(request)

    server(paper).route = route
    paper.arrive(2)
    url = server(paper).url
    read: list[Page] = []
    with pytest.raises(FatalSourceError, match=r"1 of 3 failed\. .*/gone\.xml: has no feed at this address") as caught:
        read.extend(source(f"{url}/a.xml", f"{url}/gone.xml?token=hunter2", f"{url}/b.xml").pages(None))
    assert "hunter2" not in str(caught.value)
    walk = source(f"{url}/a.xml", f"{url}/gone.xml", f"{url}/b.xml").pages(None)
    read = [next(walk), next(walk)]
    assert [len(page.items) for page in read] == [2, 2]
    assert set(read[-1].checkpoint or {}) == {f"{url}/a.xml", f"{url}/b.xml"}


def test_feeds_that_are_no_longer_named_leave_the_cursor(paper: Paper) -> None:
    paper.arrive(1)
    url = server(paper).url
    first = list(source(f"{url}/a.xml", f"{url}/b.xml").pages(None))
    (page,) = source(f"{url}/b.xml", f"{url}/c.xml").pages(first[-1].checkpoint)
    assert set(page.checkpoint or {}) == {f"{url}/b.xml", f"{url}/c.xml"}


def test_redirects_are_followed(paper: Paper) -> None:
    def route(request: Request) -> Answer:
        moved = {"/old": "/new", "/new": "letters.xml?token=1", "/round": "/round"}.get(request.path)
        return Answer(status=302, headers={"Location": moved}) if moved else paper.answer(request)

    server(paper).route = route
    paper.arrive(1)
    (page,) = source(f"{server(paper).url}/old").pages(None)
    assert len(page.items) == 1
    assert page.items[0].seen_on == shown(f"{server(paper).url}/old")
    with pytest.raises(FatalSourceError, match="redirects without end"):
        list(source(f"{server(paper).url}/round").pages(None))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[broken", ""])
def test_redirects_to_what_is_no_web_address_are_not_followed(paper: Paper, location: str) -> None:
    server(paper).always = Answer(status=302, headers={"Location": location})
    with pytest.raises(FatalSourceError, match="redirects"):
        list(paper.source().pages(None))


def test_no_redirect_leads_out_of_the_encryption_or_into_this_network() -> None:
    from advocacy_monitor.sources.feed import _redirected

    assert _redirected("https://a.example/x", "/y") == "https://a.example/y"
    assert _redirected("http://a.example/x", "https://b.example/") == "https://b.example/"
    with pytest.raises(FatalSourceError, match="without encryption"):
        _redirected("https://a.example/x", "http://a.example/x?token=hunter2")
    for inside in ("http://127.0.0.1/x", "http://localhost/x", "http://10.0.0.8/x", "http://169.254.169.254/x"):
        with pytest.raises(FatalSourceError, match="inside of this network"):
            _redirected("http://a.example/x", inside)


def test_a_feed_that_is_too_large_is_not_read(paper: Paper) -> None:
    server(paper).always = xml(item(1, "a" * 3000))
    with pytest.raises(FatalSourceError, match="more than max_feed_bytes"):
        list(source(f"{server(paper).url}/x", max_feed_bytes=2048).pages(None))


def test_errors_and_cursor_hold_no_password_and_no_token(paper: Paper) -> None:
    host = server(paper).url.removeprefix("http://")
    feed = f"http://reader:hunter2@{host}/letters.xml?token=hunter3"
    paper.arrive(1)
    (page,) = source(feed).pages(None)
    assert "hunter" not in str(page)
    assert server(paper).requests[-1].headers.get("Authorization", "").startswith("Basic ")
    server(paper).always = Answer(status=500)
    with pytest.raises(RetryableSourceError) as caught:
        list(source(feed).pages(None))
    assert str(caught.value) == f"{host}/letters.xml: is in trouble (500)"
    assert feed_key(feed) != feed_key(feed.replace("hunter3", "hunter4")), "they are two feeds"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("feed://a.example/x", "https://a.example/x"),
        ("feed:https://a.example/x", "https://a.example/x"),
        (" a.example/x#top ", "https://a.example/x"),
        ("http://a.example", "http://a.example"),
    ],
)
def test_addresses_as_people_write_them(given: str, wanted: str) -> None:
    assert source(given).feeds == (wanted,)


@pytest.mark.parametrize("given", ["", "ftp://a.example/x", "https://", "https://a b/", "https://a:0/", "https://a:x/"])
def test_addresses_that_cannot_be_asked(given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        source(given)
    assert not given or f"'{given}'" not in str(caught.value)


def test_a_strangers_cursor_is_refused() -> None:
    with pytest.raises(FatalSourceError, match="not one of the feed source"):
        list(source("https://a.example/").pages({"INBOX": {"uid": 1}}))
