"""The reddit source: settings, searches that end too early, watched threads, comments left out, verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor.collect import Outcome, collect
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Cursor, Known, Page, Standing
from advocacy_monitor.protocols import Host, Verifier
from advocacy_monitor.sources.reddit import RedditSource
from advocacy_monitor.sources.reddit_listings import _period_back_to
from advocacy_monitor.store import Store
from tests.sources.platform_reddit import NOW, SETTINGS, Reddit, a_comment, a_post, base36
from tests.sources.replay import Answer, ReplayServer, as_json


@pytest.fixture
def reddit() -> Reddit:
    return Reddit()


@pytest.fixture
def server(reddit: Reddit) -> Iterator[ReplayServer]:
    with ReplayServer(reddit.route, spared=lambda request: "access_token" in request.path) as running:
        yield running


def make_source(server: ReplayServer, reddit: Reddit, **more: Any) -> RedditSource:
    given = SETTINGS | {"attempts": 1, "overlap_hours": 0, "reddit_url": server.url, "oauth_url": server.url} | more
    source = RedditSource.model_validate(given)
    return source.hosted_by(Host(clock=lambda: reddit.now, sleep=lambda seconds: None))


def stored(store: Store) -> list[str]:
    return sorted(item.source_id for batch in store.items.each() for item in batch)


def asked(server: ReplayServer, what: str) -> list[str]:
    """The paths asked for since the last look."""
    found = [request.path for request in server.requests if request.path.startswith(what)]
    server.requests.clear()
    return found


def last_cursor(source: RedditSource, since: Cursor | None = None) -> Cursor:
    return [page.checkpoint for page in source.pages(since) if page.checkpoint is not None][-1]


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({"phrases": ["missed  my library"]}, '"missed my library"'),
        ({"phrases": [], "hashtags": ["#DankeBibliothek"]}, '"DankeBibliothek" OR "#DankeBibliothek"'),
        ({"phrases": [], "hashtags": ["DankeBibliothek"]}, '"DankeBibliothek" OR "#DankeBibliothek"'),
        ({"phrases": ["Bücherei"], "hashtags": ["#x"]}, '"Bücherei"'),
    ],
)
def test_phrases_or_hashtags_are_searched_for(
    given: dict[str, Any], query: str, server: ReplayServer, reddit: Reddit
) -> None:
    list(make_source(server, reddit, **given).pages(None))
    assert [request.query["q"] for request in server.requests if "search" in request.path] == [query]


def test_each_phrase_is_searched_for_in_each_subreddit(server: ReplayServer, reddit: Reddit) -> None:
    source = make_source(server, reddit, subreddits=["r/Libraries", "/r/libraries/", "de"], phrases=["a", "b", "a"])
    list(source.pages(None))
    assert asked(server, "/r/") == ["/r/Libraries/search/"] * 2 + ["/r/de/search/"] * 2


@pytest.mark.parametrize(
    "given",
    [
        {"phrases": []},
        {"phrases": ['say "it"']},
        {"phrases": ["  "]},
        {"phrases": ["#"]},
        {"phrases": ["x" * 600]},
        {"subreddits": ["r/a/b"]},
        {"subreddits": ["../api"]},
        {"subreddits": []},
        {"client_id": ""},
        {"client_secret": "two words"},
        {"client_secret": ""},
        {"user_agent": "short"},
        {"user_agent": "a\nnew: header"},
        {"oauth_url": "http://example.org"},
        {"time_filter": "fortnight"},
        {"page_size": 101},
        {"unknown": 1},
    ],
)
def test_settings_that_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        RedditSource.model_validate(SETTINGS | given)
    assert "its-secret" not in str(caught.value)
    assert "its-secret" not in repr(RedditSource.model_validate(SETTINGS))


def test_comments_come_with_their_posts_and_later_ones_too(server: ReplayServer, reddit: Reddit, store: Store) -> None:
    reddit.posts = [a_post(36, NOW, num_comments=1), a_post(40, NOW - timedelta(days=3))]
    reddit.comments["t3_10"] = [a_comment(37, NOW, post="t3_10")]
    source = make_source(server, reddit)
    assert collect(store, "r", source).status == "done"
    assert stored(store) == ["t1_11", "t3_10", "t3_14"]
    assert asked(server, "/comments") == ["/comments/10/"], "a post without comments costs no request yet"
    reddit.comments["t3_10"].append(a_comment(38, NOW, post="t3_10", parent="t1_11", body="Me too"))
    reddit.comments["t3_14"] = [a_comment(39, NOW, post="t3_14")]
    assert collect(store, "r", source).status == "done"
    assert stored(store) == ["t1_11", "t1_12", "t1_13", "t3_10", "t3_14"]
    reddit.now += timedelta(days=6)
    asked(server, "/")
    collect(store, "r", source)
    assert asked(server, "/comments") == ["/comments/10/"], "the other one is more than comment_days old"
    reddit.now += timedelta(days=2)
    collect(store, "r", source)
    assert asked(server, "/comments") == []
    left = [key for key in store.cursor("r") or {} if key.startswith("t3_")]
    assert left == ["t3_10 2026-11-02T12:00:00Z"], "a search begins there, and is not to take it for a new one"


def test_an_old_thread_that_is_found_is_read_once(server: ReplayServer, reddit: Reddit, store: Store) -> None:
    old = NOW - timedelta(days=25)
    reddit.posts = [a_post(36, old, num_comments=1), a_post(40, old - timedelta(days=1), num_comments=1)]
    reddit.comments = {"t3_10": [a_comment(37, NOW, post="t3_10")], "t3_14": [a_comment(41, NOW, post="t3_14")]}
    source = make_source(server, reddit)
    collect(store, "r", source)
    assert stored(store) == ["t1_11", "t1_15", "t3_10", "t3_14"]
    for _ in range(2):
        asked(server, "/")
        collect(store, "r", source)
        assert asked(server, "/comments") == []


def test_threads_found_by_a_run_that_was_cut_are_read_by_the_next(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    """The search's mark is stored before its threads are read: only the cursor can remember them."""
    reddit.posts = [a_post(36 + n, NOW - timedelta(days=20, hours=n), num_comments=1) for n in range(3)]
    for n in range(3):
        name = f"t3_{base36(36 + n)}"
        reddit.comments[name] = [a_comment(50 + n, NOW, post=name)]
    source = make_source(server, reddit)
    pages = iter(range(10))
    cut = collect(store, "r", source, stop=lambda: next(pages) == 2)
    assert cut.status == "stopped"
    assert len(stored(store)) == 4
    assert collect(store, "r", source).status == "done"
    assert len(stored(store)) == 6


def test_without_comments_none_are_asked_for(server: ReplayServer, reddit: Reddit, store: Store) -> None:
    reddit.posts = [a_post(36, NOW, num_comments=1)]
    source = make_source(server, reddit)
    cursor = last_cursor(source)
    asked(server, "/")
    without = make_source(server, reddit, comments=False)
    list(without.pages(cursor))
    assert asked(server, "/comments") == []


def test_a_search_goes_back_to_its_mark_and_its_overlap_and_no_further(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    reddit.posts = [a_post(100 + n, NOW - timedelta(hours=n)) for n in range(60)]
    source = make_source(server, reddit, page_size=10, overlap_hours=12, time_filter="week")
    collect(store, "r", source)
    assert len(asked(server, "/r/")) == 6
    late = a_post(99, NOW - timedelta(hours=11, minutes=30))
    reddit.posts += [late, a_post(200, NOW + timedelta(hours=1))]
    reddit.now += timedelta(hours=1)
    requests = server.requests
    outcome = collect(store, "r", source)
    assert [request.query["t"] for request in requests if "search" in request.path] == ["day", "day"]
    assert outcome.tally.stored == 2


@pytest.mark.parametrize(
    ("ago", "period"),
    [(0, "hour"), (50, "hour"), (55, "day"), (21 * 60, "day"), (23 * 60, "week"), (6 * 1440, "week"), (6.9 * 1440, "month"), (300 * 1440, "year"), (360 * 1440, "all")],
)  # fmt: skip
def test_a_period_that_surely_holds_everything_since_then(ago: float, period: str) -> None:
    since = (NOW - timedelta(minutes=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert _period_back_to(since, NOW) == period


def run(store: Store, source: RedditSource) -> Outcome:
    return collect(store, "r", source)


def test_a_search_that_reddit_ends_too_early_is_a_failure_told_once(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    reddit.cap = 250
    reddit.posts = [a_post(100 + n, NOW - timedelta(hours=n)) for n in range(300)]
    source = make_source(server, reddit)
    first = run(store, source)
    assert first.status == "failed"
    assert "ended the search after 250 posts; posts before 2026-10-23T03:00:00Z may be missing" in first.message
    assert len(stored(store)) == 250
    assert run(store, source).status == "done"
    reddit.posts += [a_post(1000 + n, NOW + timedelta(minutes=n)) for n in range(400)]
    reddit.now += timedelta(minutes=400)
    second = run(store, source)
    assert second.status == "failed"
    assert "posts between 2026-11-02T12:00:00Z and 2026-11-02T14:30:00Z may be missing" in second.message
    assert run(store, source).status == "done"


def test_a_search_that_sends_the_same_page_for_ever_is_ended(server: ReplayServer, reddit: Reddit) -> None:
    again = as_json({"kind": "Listing", "data": {"after": "t3_10", "children": [a_post(36, NOW)]}})
    server.always = again
    with pytest.raises(FatalSourceError, match="the same page again"):
        list(make_source(server, reddit, comments=False).pages(None))


def test_comments_that_were_left_out_are_fetched_up_to_a_limit_which_is_told(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    reddit.posts = [a_post(36, NOW, num_comments=260)]
    reddit.comments["t3_10"] = [a_comment(1000 + n, NOW, post="t3_10") for n in range(260)]
    reddit.at_once = 10
    few = run(store, make_source(server, reddit, more_requests=2))
    assert few.status == "done"
    assert few.tally.stored == 1 + 10 + 200
    assert few.tally.rejected == 1
    _, position, reason = store.recent_rejects(1)[0]
    assert position == "t3_10, further comments"
    assert reason == "about 50 comments are not read: `more_requests` (2) allows no more"
    assert run(store, make_source(server, reddit)).tally.stored == 50


def test_a_branch_that_goes_deeper_than_reddit_shows_is_followed(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    deeper = {"kind": "more", "data": {"count": 0, "name": "t1__", "id": "_", "parent_id": "t1_12", "children": []}}
    listed = {"kind": "Listing", "data": {"children": [deeper]}}
    reddit.posts = [a_post(36, NOW, num_comments=3)]
    reddit.comments["t3_10"] = [
        a_comment(37, NOW, post="t3_10"),
        a_comment(38, NOW, post="t3_10", parent="t1_11"),
        a_comment(39, NOW, post="t3_10", parent="t1_12"),
    ]
    whole = server.route

    def hiding(request: Any) -> Answer:
        answer = whole(request)
        if request.path != "/comments/10/":
            return answer
        body = json.loads(answer.body)
        body[1]["data"]["children"][0]["data"]["replies"]["data"]["children"][0]["data"]["replies"] = listed
        return as_json(body)

    server.route = hiding
    assert run(store, make_source(server, reddit)).status == "done"
    assert stored(store) == ["t1_11", "t1_12", "t1_13", "t3_10"]
    assert "/comments/10/_/12/" in [request.path + "/" for request in server.requests]


def test_what_was_deleted_leaves_nothing_but_the_fact(server: ReplayServer, reddit: Reddit, store: Store) -> None:
    reddit.posts = [a_post(36, NOW, num_comments=2), a_post(40, NOW, author="[deleted]", selftext="Secret words")]
    reddit.comments["t3_10"] = [
        a_comment(37, NOW, post="t3_10", author="[deleted]", body="[deleted]"),
        a_comment(38, NOW, post="t3_10", parent="t1_11"),
    ]
    outcome = run(store, make_source(server, reddit))
    assert stored(store) == ["t1_12", "t3_10"]
    assert outcome.tally.rejected == 2
    told = {position: reason for _, position, reason in store.recent_rejects(5)}
    assert told == {
        'r/all "missed my library", t3_14': "its author's account is deleted: not collected",
        "t3_10, t1_11": "deleted by its author: not collected",
    }
    run(store, make_source(server, reddit))
    assert len(store.recent_rejects(5)) == 2


def test_a_thread_that_went_away_is_told_and_not_asked_for_again(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    reddit.posts = [a_post(36, NOW, num_comments=1)]
    reddit.comments["t3_10"] = [a_comment(37, NOW, post="t3_10")]
    source = make_source(server, reddit)
    run(store, source)
    reddit.posts.clear()
    assert run(store, source).status == "done"
    assert "does not show this thread's comments any more" in store.recent_rejects(1)[0][2]
    asked(server, "/")
    run(store, source)
    assert asked(server, "/comments") == []


def test_when_threads_fail_one_after_the_other_the_rest_is_left_to_the_next_run(
    server: ReplayServer, reddit: Reddit, store: Store
) -> None:
    reddit.posts = [a_post(36 + n, NOW, num_comments=1) for n in range(8)]
    for post in reddit.posts:
        name = post["data"]["name"]
        reddit.comments[name] = [a_comment(int(name[3:], 36) + 100, NOW, post=name)]
    whole = server.route
    server.route = lambda request: Answer(status=503) if "/comments/" in request.path else whole(request)
    source = make_source(server, reddit)
    with pytest.raises(RetryableSourceError, match="the other threads: are not asked for"):
        list(source.pages(None))
    failed = run(store, source)
    assert failed.status == "failed" and len(asked(server, "/comments")) == 6
    server.route = whole
    assert run(store, source).status == "done"
    assert len(stored(store)) == 16


def test_the_cursor_of_another_source_is_refused(server: ReplayServer, reddit: Reddit) -> None:
    for cursor in ({"https://m.example.org": {"books": "1"}}, {'r/all "missed my library"': {"high": "12345"}}):
        with pytest.raises(FatalSourceError, match="not one of the reddit source"):
            list(make_source(server, reddit).pages(cursor))


def known(source_id: str, text: str, number: int = 1) -> Known:
    return Known(item_id=number, source="reddit", source_id=source_id, url=None, text=text, raw=b"{}")


def verdicts(pages: list[Page]) -> dict[str, tuple[Standing, str]]:
    found = [verdict for page in pages for verdict in page.verdicts]
    assert len({verdict.source_id for verdict in found}) == len(found)
    return {verdict.source_id: (verdict.standing, verdict.detail) for verdict in found}


def test_each_post_gets_one_verdict(server: ReplayServer, reddit: Reddit) -> None:
    reddit.posts = [
        a_post(36, NOW),
        a_post(37, NOW, selftext="Changed"),
        a_post(38, NOW, removed_by_category="moderator"),
        a_post(39, NOW, title=None, selftext=None),
    ]
    reddit.comments["t3_10"] = [
        a_comment(50, NOW, post="t3_10", author="[deleted]", body="[deleted]"),
        a_comment(51, NOW, post="t3_10", body=" So did I, number 51."),
    ]
    said = "I missed my library, number {}\n\nThe storytime, the quiet, the people."
    asked_about = [known(f"t3_{base36(number)}", said.format(number)) for number in (36, 37, 38, 39, 40)]
    asked_about += [known("t1_1e", "So did I"), known("t1_1f", "So did I, number 51."), known("18446", "An import")]
    source = make_source(server, reddit)
    assert isinstance(source, Verifier)
    pages = list(source.verify(asked_about))
    assert verdicts(pages) == {
        "t3_10": (Standing.STANDS, ""),
        "t3_11": (Standing.EDITED, "its words were changed"),
        "t3_12": (Standing.WITHHELD, "removed by its moderators"),
        "t3_13": (Standing.UNKNOWN, "Reddit's answer cannot be read: holds no text"),
        "t3_14": (Standing.GONE, "Reddit does not show it any more"),
        "t1_1e": (Standing.GONE, "deleted by its author"),
        "t1_1f": (Standing.STANDS, ""),
        "18446": (Standing.UNKNOWN, "its id is no fullname of Reddit, such as t3_abc"),
    }
    assert [item.text for page in pages for item in page.items] == ["I missed my library, number 37\n\nChanged"]


def test_verdicts_come_a_hundred_at_a_time_and_what_cannot_be_asked_is_unknown(
    server: ReplayServer, reddit: Reddit
) -> None:
    reddit.posts = [a_post(1000 + number, NOW) for number in range(250)]
    asked_about = [
        known(post["data"]["name"], f"{post['data']['title']}\n\n{post['data']['selftext']}") for post in reddit.posts
    ]
    source = make_source(server, reddit)
    pages = source.verify(asked_about)
    assert {standing for standing, _ in verdicts([next(pages)]).values()} == {Standing.STANDS}
    server.always = Answer(status=503)
    assert set(verdicts([next(pages)]).values()) == {(Standing.UNKNOWN, "is in trouble (503)")}
    server.always = None
    assert len(verdicts([next(pages)])) == 50
    assert list(pages) == []
    server.always = Answer(status=401)
    asked(server, "/")
    refused = verdicts(list(source.verify(asked_about)))
    assert len(refused) == 250
    assert all(standing is Standing.UNKNOWN and "token" in detail for standing, detail in refused.values())
    assert len(asked(server, "/api/info")) == 1, "a refusal will not pass: nothing more is asked"
    assert next(source.verify([replace(asked_about[0], source_id="1")])).verdicts[0].standing is Standing.UNKNOWN


def test_the_clock_is_passed_in(server: ReplayServer, reddit: Reddit) -> None:
    reddit.now = datetime(2031, 1, 1, tzinfo=UTC)
    reddit.posts = [a_post(36, datetime(2030, 12, 31, tzinfo=UTC))]
    cursor = last_cursor(make_source(server, reddit))
    assert cursor["t3_10 2030-12-31T00:00:00Z"] == {"high": "2030-12-31T00:00:00Z"}
