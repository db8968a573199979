"""Reddit and YouTube where one person's words are odd (half an emoji, control characters), and threads that are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.models import Cursor, Known, Standing
from advocacy_monitor.sources.reddit_listings import GONE
from advocacy_monitor.sources.reddit_thing import alone, branches, comments, listed, more_comments, name_of, to_post
from advocacy_monitor.sources.youtube_comment import listed as listed_comments
from advocacy_monitor.sources.youtube_comment import thread
from tests.sources import platform_reddit, platform_youtube
from tests.sources.platform_reddit import NOW, a_comment, a_post, listing
from tests.sources.replay import Answer

HALF, CONTROL, DEEP = b"\\ud83d", b"\x01", b'", "deep": ' + b"[" * 3000 + b"]" * 3000 + b', "rest": "'
ODD = pytest.mark.parametrize("odd", [HALF, CONTROL, DEEP], ids=["half", "control", "deep"])


def encoded(value: object, odd: bytes) -> bytes:
    return json.dumps(value).encode().replace(b"ODD", odd)


@pytest.fixture
def reddit() -> Iterator[platform_reddit.Platform]:
    with platform_reddit.running() as platform:
        yield platform


def collected(platform: platform_reddit.Platform, since: Cursor | None) -> tuple[list[str], Cursor | None, str]:
    """Which things came, the cursor, and how the run failed."""
    names: list[str] = []
    try:
        for page in platform.source(page_size=100).pages(since):
            names += [item.source_id for item in page.items]
            since = page.checkpoint if page.checkpoint is not None else since
    except FatalSourceError as error:
        return names, since, str(error)
    return names, since, ""


@ODD
def test_one_odd_thing_keeps_nothing_back(odd: bytes) -> None:
    post, bad = a_post(1, NOW), a_post(2, NOW, title="ODD")
    found = listed(encoded(listing([bad, post], "t3_9"), odd))
    assert found.after == "t3_9"
    # Some versions of Python read deeper nesting than others: an odd one comes last, or where it stood.
    assert sorted(name_of(thing) or "" for thing in found.things) == ["t3_1", "t3_2"]
    reply, odd_reply = a_comment(5, NOW, post="t3_1"), a_comment(6, NOW, post="t3_1", body="ODD")
    upper = a_comment(4, NOW, post="t3_1", replies=listing([reply, odd_reply]))
    below_odd = a_comment(7, NOW, post="t3_1", body="ODD", replies=listing([a_comment(8, NOW, post="t3_1")]))
    trees = comments(encoded([listing([post]), listing([upper, below_odd])], odd))
    assert sorted(name_of(one) or "" for one in branches(trees) if isinstance(one, bytes)) == [
        "t1_4", "t1_5", "t1_6", "t1_7", "t1_8",
    ]  # fmt: skip
    more = more_comments(encoded({"json": {"data": {"things": [odd_reply, reply]}}}, odd))
    assert sorted(name_of(one) or "" for one in more) == ["t1_5", "t1_6"]


def test_a_crosspost_holds_neither_the_words_nor_the_payload_of_the_original() -> None:
    original = a_post(3, NOW, title="ODD")["data"]
    given = a_post(4, NOW, title="Mine", selftext="theirs", crosspost_parent="t3_3", crosspost_parent_list=[original])
    own, _ = alone(encoded(given, HALF))
    assert b"\\ud83d" not in own
    assert to_post(own).text == "Mine"


@ODD
def test_one_odd_comment_of_youtube_keeps_nothing_back(odd: bytes) -> None:
    at = platform_youtube.NOW
    good, bad = platform_youtube.a_comment("Ug1", at), platform_youtube.a_comment("Ug2", at, textOriginal="ODD")
    found = listed_comments(encoded({"items": [bad, good], "nextPageToken": "n"}, odd))
    assert found.next_page == "n" and len(found.records) == 2
    whole = {"id": "Ug1", "snippet": {"topLevelComment": good}, "replies": {"comments": [bad, good]}}
    assert len(thread(encoded(whole, odd)).replies) == 2


def test_what_was_edited_into_odd_words_is_not_called_gone(reddit: platform_reddit.Platform) -> None:
    reddit.reddit.posts = [a_post(36, NOW, title="half \ud83d")]
    known = Known(item_id=1, source="reddit", source_id="t3_10", url=None, text="before", raw=b"{}")
    assert [v.standing for page in reddit.source().verify([known]) for v in page.verdicts] == [Standing.UNKNOWN]
    with platform_youtube.running() as youtube:
        youtube.youtube.comments = [platform_youtube.a_comment("Ug1", NOW, textOriginal="half \ud83d")]
        asked = Known(item_id=1, source="youtube", source_id="Ug1", url=None, text="before", raw=b"{}")
        assert [v.standing for page in youtube.source().verify([asked]) for v in page.verdicts] == [Standing.UNKNOWN]


def test_two_spoiled_records_stop_nothing(reddit: platform_reddit.Platform) -> None:
    with platform_youtube.running() as youtube:
        for platform in (reddit, youtube):
            platform.arrive(2)
            platform.spoil()
            platform.spoil()
            platform.arrive(2)
            pages = list(platform.source().pages(None))
            assert {item.source_id for page in pages for item in page.items} == platform.expected()
            assert sum(len(page.rejects) for page in pages) == 2


def test_a_403_is_a_failure_of_this_run_and_forgets_no_thread(reddit: platform_reddit.Platform) -> None:
    reddit.arrive(6)
    server = reddit.server
    assert server is not None
    _, cursor, _ = collected(reddit, None)
    whole = server.route
    blocked = Answer(status=403, body=b"<html>blocked</html>", headers={"Content-Type": "text/html"})
    server.route = lambda request: blocked if "/comments/" in request.path else whole(request)
    _, after, failure = collected(reddit, cursor)
    assert "refuses access" in failure and "<" not in failure
    assert GONE not in json.dumps(after)
    server.route = whole
    names, _, failure = collected(reddit, after)
    assert not failure and any(name.startswith("t1_") for name in names)


def test_a_thread_that_is_found_again_is_watched_again(reddit: platform_reddit.Platform) -> None:
    reddit.arrive(6)
    _, cursor, _ = collected(reddit, None)
    marked = {key: {"high": GONE} if key.startswith("t3_") else known for key, known in (cursor or {}).items()}
    assert GONE in json.dumps(marked)
    names, after, _ = collected(reddit, marked)
    newest = reddit.reddit.posts[-1]["data"]["name"]
    assert newest in names
    assert {known["high"] == GONE for key, known in (after or {}).items() if key.startswith(newest)} == {False}
