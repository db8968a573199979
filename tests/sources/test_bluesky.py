"""The search of Bluesky: what the tests that every source passes do not ask. Settings, verifying, answering."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Known, Page, Standing
from advocacy_monitor.protocols import Host, Hosted, Replying, Source, Verifier
from advocacy_monitor.sources.bluesky import BlueskySource
from advocacy_monitor.sources.bluesky_post import as_mark, remap
from tests.sources.platform_bluesky import (
    DID,
    HANDLE,
    NOW,
    PASSWORD,
    TAG,
    BlueskyPlatform,
    recorded_views,
    running,
    view,
)
from tests.sources.replay import Answer, ReplayServer

ACCOUNT = {"hashtags": (TAG,), "handle": HANDLE, "app_password": SecretStr(PASSWORD)}


@pytest.fixture
def platform() -> Iterator[BlueskyPlatform]:
    with running() as found:
        yield found


def server_of(platform: BlueskyPlatform) -> ReplayServer:
    assert platform.server is not None
    return platform.server


def ids(pages: list[Page]) -> list[str]:
    return [item.source_id for page in pages for item in page.items]


def searches(platform: BlueskyPlatform) -> list[dict[str, str]]:
    return [dict(request.query) for request in server_of(platform).requests if "searchPosts" in request.path]


def test_it_is_what_it_says() -> None:
    source = BlueskySource.model_validate(ACCOUNT)
    for plug in (Source, Hosted, Verifier, Replying):
        assert isinstance(source, plug)


def test_a_search_asks_for_the_hashtag_newest_first_from_the_lookback(platform: BlueskyPlatform) -> None:
    platform.arrive(1)
    list(platform.source(lookback_days=20, page_size=100).pages(None))
    asked = searches(platform)
    assert asked[0] == {
        "q": f"#{TAG}",
        "tag": TAG,
        "sort": "latest",
        "limit": "100",
        "since": as_mark(NOW - timedelta(days=20)),
    }
    assert asked[1]["until"] == as_mark(NOW - timedelta(days=10) + timedelta(minutes=1, seconds=1))
    assert len(asked) == 2


def test_the_next_search_begins_an_overlap_below_the_last_one(platform: BlueskyPlatform) -> None:
    platform.arrive(3)
    pages = list(platform.source().pages(None))
    cursor = pages[-1].checkpoint
    newest = NOW - timedelta(days=10) + timedelta(minutes=3)
    assert cursor == {f"#{TAG}": {"high": as_mark(newest)}}
    server_of(platform).requests.clear()
    late = view(99, newest - timedelta(hours=11))
    platform.service.views.append(late)
    assert late["uri"] in ids(list(platform.source(overlap_hours=12).pages(cursor)))
    assert searches(platform)[0]["since"] == as_mark(newest - timedelta(hours=12))
    assert late["uri"] not in ids(list(platform.source(overlap_hours=1).pages(cursor)))


@pytest.mark.parametrize("page_limit", [1, 2, 3])
def test_a_service_that_ends_its_pages_early_is_asked_again_below(platform: BlueskyPlatform, page_limit: int) -> None:
    platform.arrive(23)
    platform.service.page_limit = page_limit
    found = ids(list(platform.source(page_size=5).pages(None)))
    assert sorted(found) == sorted(platform.expected())
    assert len(found) == 23, "no post is handed over twice in one walk"


def test_a_service_that_ignores_since_is_not_read_to_its_beginning(platform: BlueskyPlatform) -> None:
    platform.service.views = [view(number, NOW - timedelta(days=number)) for number in range(1, 40)]
    whole = server_of(platform).route

    def without_since(request: Any) -> Answer:
        query = {name: value for name, value in request.query.items() if name != "since"}
        return whole(type(request)(**{**vars(request), "query": query}))

    server_of(platform).route = without_since
    list(platform.source(lookback_days=3, page_size=5).pages(None))
    assert len(searches(platform)) == 2


def test_one_post_that_claims_an_old_time_does_not_hide_what_stands_below_it(platform: BlueskyPlatform) -> None:
    """A walk cut after a page whose last post is dated back goes on below the others."""
    service = platform.service
    service.views = [view(number, NOW - timedelta(hours=1, minutes=number)) for number in range(90)]
    odd = view(100, NOW - timedelta(hours=1), createdAt="2011-01-01T00:00:00Z")
    whole = server_of(platform).route

    def with_an_odd_one(request: Any) -> Answer:
        answer = whole(request)
        if "searchPosts" in request.path and "until" not in request.query and "cursor" not in request.query:
            body = json.loads(answer.body)
            body["posts"].insert(len(body["posts"]) - 1, odd)
            body["posts"].append(dict(odd, uri=odd["uri"] + "b"))
            return Answer(body=json.dumps(body).encode())
        return answer

    server_of(platform).route = with_an_odd_one
    source = platform.source(page_size=50)
    first = next(iter(source.pages(None)))
    found = set(ids([first])) | set(ids(list(source.pages(first.checkpoint))))
    assert {each["uri"] for each in service.views} <= found


def test_what_must_not_be_collected_leaves_nothing_behind(platform: BlueskyPlatform) -> None:
    hidden, shy, broken, good = (view(number, NOW - timedelta(hours=number)) for number in range(1, 5))
    hidden["labels"] = [{"val": "!takedown"}]
    shy["author"] = {**shy["author"], "labels": [{"val": "!no-unauthenticated"}]}
    broken["likeCount"] = "many"
    platform.service.views = [hidden, shy, broken, good]
    pages = list(platform.source().pages(None))
    assert ids(pages) == [good["uri"]]
    rejects = [reject for page in pages for reject in page.rejects]
    assert [(reject.position, reject.payload == b"") for reject in rejects] == [
        (f"#{TAG}, page 1, record 1", True),
        (f"#{TAG}, page 1, record 2", True),
        (f"#{TAG}, page 1, record 3", False),
    ]
    assert [reject.reason.split(":")[0] for reject in rejects][2] == "not a post of Bluesky"
    assert json.loads(rejects[2].payload) == broken


def test_a_hashtag_that_fails_does_not_stop_the_others(platform: BlueskyPlatform) -> None:
    platform.arrive(2)
    whole = server_of(platform).route

    def failing(request: Any) -> Answer:
        if request.query.get("tag") in ("one", "two"):
            return Answer(status=429, headers={"Retry-After": "3"})
        return whole(request)

    server_of(platform).route = failing
    found: list[Page] = []
    with pytest.raises(RetryableSourceError, match=r"2 of 3 failed\. #one: limits requests .* \| #two: ") as caught:
        found.extend(platform.source(hashtags=("one", "two", TAG), attempts=4).pages(None))
    assert caught.value.retry_after == 3
    assert [sum(query["tag"] == tag for query in searches(platform)) for tag in ("one", "two")] == [4, 1]


def test_log_in_is_once_for_all_hashtags_and_its_failure_is_told_once(platform: BlueskyPlatform) -> None:
    list(platform.source(hashtags=("one", "two")).pages(None))
    assert len([request for request in server_of(platform).requests if "createSession" in request.path]) == 1
    with pytest.raises(FatalSourceError, match="app password") as caught:
        list(platform.source(app_password=SecretStr("wrong")).pages(None))
    assert "wrong" not in str(caught.value)
    assert str(caught.value).count("app password") == 1


@pytest.mark.parametrize("cursor", [{"time_us": 7}, {"https://a.example": {"books": "7"}}])
def test_a_cursor_of_another_source_or_mode_is_refused(platform: BlueskyPlatform, cursor: dict[str, Any]) -> None:
    with pytest.raises(FatalSourceError, match="not one of the bluesky source"):
        list(platform.source().pages(cursor))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"handle": None}, "mode search needs handle and app_password"),
        ({"app_password": None}, "mode search needs handle and app_password"),
        ({"handle": "mira@example.org"}, "must be a handle"),
        ({"handle": "Mira"}, "must be a handle"),
        ({"service": "http://bsky.example.org"}, "https://"),
        ({"jetstream": "ws://jetstream.example.org/subscribe"}, "wss://"),
        ({"jetstream": "https://jetstream.example.org"}, "wss://"),
        ({"hashtags": ()}, "at least 1"),
        ({"hashtags": ("two words",)}, "not a hashtag"),
        ({"page_size": 101}, "100"),
        ({"mode": "firehose"}, "jetstream"),
        ({"password": "x"}, "Extra inputs"),
    ],
)
def test_settings_are_checked_without_showing_a_password(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        BlueskySource.model_validate(ACCOUNT | wrong)
    assert PASSWORD not in f"{caught.value} {caught.value.errors()}"


def test_handles_are_taken_as_people_write_them() -> None:
    assert BlueskySource.model_validate(ACCOUNT | {"handle": "@Mira.example.org "}).handle == HANDLE
    assert BlueskySource(mode="jetstream", hashtags=("#Books", "books")).hashtags == ("books",)


def known(each: dict[str, Any], **more: Any) -> Known:
    raw = json.dumps(each).encode()
    post = remap(raw)
    values: dict[str, Any] = {"item_id": 1, "source": "bluesky", "source_id": post.source_id, "url": post.url}
    return Known(**{**values, "text": post.text, "raw": raw, **more})


def changed(each: dict[str, Any], *, cid: str, **record: Any) -> dict[str, Any]:
    return {**each, "cid": cid, "record": {**each["record"], **record}}


def test_every_post_gets_one_verdict_and_an_edited_one_its_new_version(platform: BlueskyPlatform) -> None:
    views = [view(number, NOW - timedelta(days=1, minutes=number)) for number in range(9)]
    gone_author = "did:plc:gone0000000000000000000"
    far = {**views[8], "uri": f"at://{gone_author}/app.bsky.feed.post/3k", "author": {"did": gone_author}}
    platform.service.gone_accounts = {gone_author}
    platform.service.views = [
        views[0],
        changed(views[1], cid="bafynew", text="I changed my mind. #MissedMyLibrary"),
        changed(views[2], cid="bafynew", langs=["fr"]),
        {**views[3], "labels": [{"val": "!takedown"}]},
        {**views[4], "author": {**views[4]["author"], "labels": [{"val": "!no-unauthenticated"}]}},
        {**views[5], "likeCount": "many"},
    ]
    asked = [known(each) for each in (*views[:7], far)]
    asked.append(known(views[7], source_id="https://bsky.app/profile/x/post/1"))
    (page,) = platform.source().verify(asked)
    assert [verdict.source_id for verdict in page.verdicts] == [each.source_id for each in asked]
    assert [str(verdict.standing) for verdict in page.verdicts] == [
        Standing.STANDS, Standing.EDITED, Standing.STANDS, Standing.WITHHELD, Standing.PROTECTED, Standing.UNKNOWN,
        Standing.GONE, Standing.GONE, Standing.UNKNOWN,
    ]  # fmt: skip
    details = [verdict.detail for verdict in page.verdicts]
    assert "$.likeCount" in details[5]
    assert details[6].startswith("deleted, or hidden")
    assert details[7] == "the author's account is deleted, deactivated or suspended"
    assert details[8] == "not the address of a post of Bluesky"
    assert [(item.source_id, item.text) for item in page.items] == [
        (views[1]["uri"], "I changed my mind. #MissedMyLibrary")
    ]
    assert not any("createSession" in request.path for request in server_of(platform).requests), "needs no account"


def test_posts_are_asked_for_in_batches_and_a_failure_ends_the_asking(platform: BlueskyPlatform) -> None:
    platform.arrive(60)
    asked = [known(each) for each in platform.service.views]
    pages = list(platform.source().verify(asked))
    assert [len(page.verdicts) for page in pages] == [25, 25, 10]
    assert {verdict.standing for page in pages for verdict in page.verdicts} == {Standing.STANDS}
    asking = platform.source().verify(asked)
    next(asking)
    server_of(platform).always = Answer(status=403)
    with pytest.raises(FatalSourceError, match="403"):
        next(asking)


def test_a_post_found_in_the_stream_is_verified_as_well(platform: BlueskyPlatform) -> None:
    each = view(1, NOW)
    platform.service.views = [each]
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": each["uri"].rpartition("/")[2]}
    event = {"did": DID, "time_us": 1, "kind": "commit", "commit": {**commit, "record": each["record"], "cid": each["cid"]}}  # fmt: skip
    source = BlueskySource(mode="jetstream", hashtags=(TAG,), public_service=platform.url)
    (page,) = source.verify([known(event)])
    assert page.verdicts[0].standing is Standing.STANDS
    platform.service.views = [changed(each, cid="bafynew", text="Other words")]
    (page,) = source.verify([known(event)])
    assert (page.verdicts[0].standing, page.items[0].text) == (Standing.EDITED, "Other words")


def test_an_answer_stands_below_the_post_with_its_link_marked(platform: BlueskyPlatform) -> None:
    each = view(1, NOW)
    platform.service.views = [each]
    text = "Dürfen wir Sie zitieren? https://form.example.org/c?code=1"
    assert platform.source().reply(known(each), text) == f"https://bsky.app/profile/{DID}/post/3answer"
    (written,) = platform.service.created
    own = {"uri": each["uri"], "cid": each["cid"]}
    assert written["repo"] == DID
    assert written["collection"] == "app.bsky.feed.post"
    for place in ("root", "parent"):
        assert {name: written["record"]["reply"][place][name] for name in own} == own
    assert (written["record"]["text"], written["record"]["createdAt"]) == (text, as_mark(NOW))
    (facet,) = written["record"]["facets"]
    assert facet["features"][0]["uri"] == "https://form.example.org/c?code=1"
    assert (
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]] == b"https://form.example.org/c?code=1"
    )


def test_an_answer_is_tried_once_and_never_to_a_post_that_is_gone(platform: BlueskyPlatform) -> None:
    each = view(1, NOW)
    with pytest.raises(FatalSourceError, match="not there any more"):
        platform.source().reply(known(each), "?")
    platform.service.views = [each]
    whole = server_of(platform).route

    def failing(request: Any) -> Answer:
        return Answer(status=503) if "createRecord" in request.path else whole(request)

    server_of(platform).route = failing
    waited: list[float] = []
    source = platform.source(attempts=5).hosted_by(Host(sleep=waited.append))
    with pytest.raises(RetryableSourceError, match="503"):
        source.reply(known(each), "?")
    assert len([request for request in server_of(platform).requests if "createRecord" in request.path]) == 1
    assert waited == []
    with pytest.raises(FatalSourceError, match="handle and app_password"):
        BlueskySource(mode="jetstream", hashtags=(TAG,)).reply(known(each), "?")


def test_recorded_searches_are_collected(recordings: Callable[[str], Path], platform: BlueskyPlatform) -> None:
    paths = sorted((recordings("bluesky") / "devenv").glob("searchPosts_*.json"))
    platform.service.views = recorded_views(paths)
    source = platform.source(hashtags=("DankeBibliothek", "MissedMyLibrary"), lookback_days=3650, page_size=5)
    found = ids(list(source.pages(None)))
    assert len(set(found)) == len(platform.service.views) == 14
