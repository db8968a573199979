"""The youtube source: settings, replies that come late, units, one video's failure, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.models import Known, Page, Standing, Usage
from advocacy_monitor.protocols import Host, Verifier
from advocacy_monitor.sources.youtube import YoutubeSource
from advocacy_monitor.sources.youtube_comment import About, wrapped
from advocacy_monitor.store import Store
from tests.sources.platform_youtube import CHANNEL, KEY, NOW, VIDEO, Youtube, a_comment, refusal
from tests.sources.replay import Answer, ReplayServer, Request


@pytest.fixture
def youtube() -> Youtube:
    return Youtube()


@pytest.fixture
def server(youtube: Youtube) -> Iterator[ReplayServer]:
    with ReplayServer(youtube.route) as running:
        yield running


def make_source(server: ReplayServer, youtube: Youtube, *, spent: float = 0, **more: Any) -> YoutubeSource:
    given = {"api_key": KEY, "videos": [VIDEO], "base_url": server.url, "attempts": 1} | more
    host = Host(clock=lambda: youtube.now, sleep=lambda seconds: None, spent=lambda unit, since: spent)
    return YoutubeSource.model_validate(given).hosted_by(host)


def stored(store: Store) -> list[str]:
    return sorted(item.source_id for batch in store.items.each() for item in batch)


def asked(server: ReplayServer) -> list[str]:
    """What was asked for since the last look."""
    found = [request.path.rsplit("/", 1)[1] for request in server.requests]
    server.requests.clear()
    return found


@pytest.mark.parametrize(
    "given",
    [
        VIDEO,
        f"https://www.youtube.com/watch?v={VIDEO}",
        f"https://m.youtube.com/watch?app=desktop&v={VIDEO}&t=3s",
        f"youtube.com/watch?v={VIDEO}#comments",
        f"https://youtu.be/{VIDEO}?si=abc",
        f"https://www.youtube.com/shorts/{VIDEO}",
        f"https://www.youtube.com/live/{VIDEO}?feature=share",
        f" https://www.youtube.com/embed/{VIDEO} ",
    ],
)
def test_videos_are_named_by_id_or_address(given: str) -> None:
    assert YoutubeSource.model_validate({"api_key": KEY, "videos": [given, VIDEO]}).videos == (VIDEO,)


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        (CHANNEL, CHANNEL),
        (f"https://www.youtube.com/channel/{CHANNEL}/videos", CHANNEL),
        ("@library", "@library"),
        ("https://www.youtube.com/@stadtbücherei.köln/featured", "@stadtbücherei.köln"),
    ],
)
def test_channels_are_named_by_id_handle_or_address(given: str, channel: str) -> None:
    assert YoutubeSource.model_validate({"api_key": KEY, "channels": [given]}).channels == (channel,)


@pytest.mark.parametrize(
    "given",
    [
        {"videos": []},
        {"videos": ["short"]},
        {"videos": [f"https://example.org/watch?v={VIDEO}"]},
        {"videos": [f"https://www.youtube.com.example.org/watch?v={VIDEO}"]},
        {"channels": ["https://www.youtube.com/c/library"]},
        {"channels": ["library"]},
        {"search_terms": [" "]},
        {"api_key": ""},
        {"api_key": "AIza-a-secret-key\n"},
        {"base_url": "http://example.org"},
        {"page_size": 101},
        {"unknown": 1},
    ],
)
def test_settings_that_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        YoutubeSource.model_validate({"api_key": KEY, "videos": [VIDEO]} | given)
    assert KEY not in str(caught.value)


def test_comments_and_all_replies_are_read(server: ReplayServer, youtube: Youtube, store: Store) -> None:
    youtube.comments = [a_comment("Ug1", NOW), a_comment("Ug2", NOW)]
    youtube.replies = {
        "Ug1": [a_comment(f"Ug1.{n}", NOW, parent="Ug1") for n in range(7)],
        "Ug2": [a_comment(f"Ug2.{n}", NOW, parent="Ug2") for n in range(2)],
    }
    outcome = collect(store, "y", make_source(server, youtube))
    assert outcome.status == "done"
    assert len(stored(store)) == 11
    assert asked(server) == ["commentThreads", "comments", "comments", "comments"], "Ug2's came with it"


def test_late_replies_are_found_and_known_ones_cost_nothing(
    server: ReplayServer, youtube: Youtube, store: Store
) -> None:
    youtube.sent_with = 0
    youtube.comments = [a_comment("Ug1", NOW), a_comment("Ug2", NOW - timedelta(days=5))]
    youtube.replies["Ug2"] = [a_comment("Ug2.1", NOW, parent="Ug2")]
    source = make_source(server, youtube)
    collect(store, "y", source)
    assert asked(server) == ["commentThreads", "comments"]
    collect(store, "y", source)
    assert asked(server) == ["commentThreads"]
    youtube.replies["Ug2"].append(a_comment("Ug2.2", NOW, parent="Ug2"))
    assert collect(store, "y", source).tally.stored == 1
    assert asked(server) == ["commentThreads", "comments"]
    collect(store, "y", source)
    assert asked(server) == ["commentThreads"], "the number is kept also when the walk's mark has not moved"
    youtube.replies["Ug2"].pop(0)
    collect(store, "y", source)
    assert asked(server) == ["commentThreads", "comments"], "one was deleted; another may have come"
    youtube.comments.append(a_comment("Ug3", NOW + timedelta(days=3)))
    youtube.now += timedelta(days=3)
    collect(store, "y", source)
    collect(store, "y", source)
    assert sorted(store.cursor("y") or {}) == [f"video {VIDEO}"], "Ug2 is looked at no more, and is forgotten"


def test_a_walk_ends_at_its_mark_and_the_days_for_replies(server: ReplayServer, youtube: Youtube, store: Store) -> None:
    youtube.comments = [a_comment(f"Ug{n:03}", NOW - timedelta(days=n)) for n in range(40)]
    pinned = a_comment("Ugp", NOW - timedelta(days=900))
    source = make_source(server, youtube, page_size=5, reply_days=7, lookback_days=20)
    whole = server.route

    def with_pin(request: Request) -> Answer:
        """A pinned comment comes first, however old it is."""
        answer = whole(request)
        if "pageToken" in request.query:
            return answer
        youtube.comments.append(pinned)
        record = whole(
            Request(
                method="GET",
                path=request.path,
                query={"maxResults": "1", "pageToken": "Ug039"},
                headers=request.headers,
            )
        )
        youtube.comments.pop()
        first = record.body[record.body.index(b'"items": [') + 10 : record.body.rindex(b"]")]
        return Answer(body=answer.body.replace(b'"items": [', b'"items": [' + first + b", "))

    server.route = with_pin
    collect(store, "y", source)
    assert len(stored(store)) == 26
    assert len(asked(server)) == 5
    collect(store, "y", source)
    assert len(asked(server)) == 2


def test_search_terms_make_listings_of_their_own(server: ReplayServer, youtube: Youtube, store: Store) -> None:
    youtube.comments = [a_comment("Ug1", NOW, textOriginal="a library"), a_comment("Ug2", NOW, textOriginal="a song")]
    source = make_source(server, youtube, search_terms=["library", "reading  room"], channels=["@library"])
    assert collect(store, "y", source).status == "done"
    assert stored(store) == ["Ug1"]
    assert sorted(store.cursor("y") or {}) == ['channel @library "library"', f'video {VIDEO} "library"']
    terms = [request.query.get("searchTerms") for request in server.requests if "Threads" in request.path]
    assert terms == ["library", "reading room", "library", "reading room"]


def test_a_channel_is_asked_for_by_its_id(server: ReplayServer, youtube: Youtube, store: Store) -> None:
    youtube.comments = [a_comment("Ug1", NOW)]
    assert collect(store, "y", make_source(server, youtube, videos=[], channels=["@library"])).status == "done"
    assert server.requests[-1].query["allThreadsRelatedToChannelId"] == CHANNEL
    failed = collect(store, "z", make_source(server, youtube, videos=[], channels=["@nobody"]))
    assert failed.status == "failed" and "channel @nobody: has no channel with this handle" in failed.message


def test_a_video_without_comments_stops_no_other(server: ReplayServer, youtube: Youtube, store: Store) -> None:
    youtube.comments = [a_comment("Ug1", NOW)]
    whole = server.route
    server.route = lambda request: (
        refusal(403, "commentsDisabled") if request.query.get("videoId") == "x" * 11 else whole(request)
    )
    failed = collect(store, "y", make_source(server, youtube, videos=["x" * 11, VIDEO]))
    assert failed.status == "failed"
    assert failed.message == f"1 of 2 failed. video {'x' * 11}: has its comments turned off (403)"
    assert stored(store) == ["Ug1"]


def used(pages: list[Page]) -> float:
    return sum(usage.amount for page in pages for usage in page.usage)


def test_units_are_reported_also_those_of_failed_requests(server: ReplayServer, youtube: Youtube) -> None:
    youtube.comments = [a_comment(f"Ug{n}", NOW - timedelta(minutes=n)) for n in range(5)]
    pages = list(make_source(server, youtube, page_size=2).pages(None))
    assert used(pages) == 3
    server.always = Answer(status=503)
    gathered: list[Page] = []
    with pytest.raises(Exception, match="in trouble"):
        gathered.extend(make_source(server, youtube, attempts=3).pages(None))
    gathered = []
    walk = make_source(server, youtube, attempts=3).pages(None)
    gathered.append(next(walk))
    assert gathered[0].usage == (Usage(source="youtube", unit="units", amount=3),)


def test_a_run_stops_before_it_uses_more_than_the_quota(server: ReplayServer, youtube: Youtube, store: Store) -> None:
    youtube.comments = [a_comment(f"Ug{n}", NOW - timedelta(minutes=n)) for n in range(9)]
    days: list[tuple[str, date]] = []

    def spent(unit: str, since: date) -> float:
        days.append((unit, since))
        return 97

    source = make_source(server, youtube, units_per_day=99, page_size=2, videos=[VIDEO, "x" * 11])
    source = source.hosted_by(Host(clock=lambda: datetime(2026, 11, 2, 3, tzinfo=UTC), spent=spent))
    failed = collect(store, "y", source)
    assert failed.status == "failed"
    assert f"1 of 2 failed. video {VIDEO}: `units_per_day` (99) is used up" in failed.message
    assert len(asked(server)) == 2
    assert days == [("units", date(2026, 11, 1))]
    assert len(stored(store)) == 4, "what was read is kept"


def test_a_comment_that_is_deleted_while_its_replies_are_asked_for(
    server: ReplayServer, youtube: Youtube, store: Store
) -> None:
    youtube.comments = [a_comment("Ug1", NOW)]
    youtube.replies["Ug1"] = [a_comment(f"Ug1.{n}", NOW, parent="Ug1") for n in range(7)]
    whole = server.route
    server.route = lambda request: refusal(404, "commentNotFound") if "parentId" in request.query else whole(request)
    assert collect(store, "y", make_source(server, youtube)).status == "done"
    server.route = lambda request: refusal(403, "forbidden") if "parentId" in request.query else whole(request)
    assert collect(store, "y", make_source(server, youtube)).status == "failed"


def test_records_that_cannot_be_read_and_threads_that_are_not_public(
    server: ReplayServer, youtube: Youtube, store: Store
) -> None:
    youtube.comments = [a_comment("Ug1", NOW), a_comment("Ug2", NOW, likeCount="many"), a_comment("Ug3", NOW)]
    whole = server.route
    server.route = lambda request: Answer(
        body=whole(request).body.replace(b'"isPublic": true', b'"isPublic": false', 1).replace(b"[{", b"[5, {", 1)
    )
    outcome = collect(store, "y", make_source(server, youtube))
    assert outcome.status == "done"
    assert stored(store) == ["Ug1"]
    told = {position: reason for _, position, reason in store.recent_rejects(5)}
    assert told[f"video {VIDEO}, thread Ug3"] == "is not public: not collected"
    assert "likeCount" in told[f"video {VIDEO}, comment Ug2"]
    assert "not a comment thread" in told[f"video {VIDEO}, thread without an id"]


def test_the_same_page_for_ever_is_ended(server: ReplayServer, youtube: Youtube) -> None:
    server.always = Answer(body=b'{"items": [], "nextPageToken": "again"}')
    with pytest.raises(FatalSourceError, match="the same page again"):
        list(make_source(server, youtube).pages(None))
    youtube.comments = [a_comment("Ug1", NOW)]
    youtube.replies["Ug1"] = [a_comment(f"Ug1.{n}", NOW, parent="Ug1") for n in range(7)]
    server.always = None
    whole = server.route
    again = Answer(body=b'{"items": [], "nextPageToken": "again"}')
    server.route = lambda request: again if "parentId" in request.query else whole(request)
    with pytest.raises(FatalSourceError, match="the same page of replies"):
        list(make_source(server, youtube).pages(None))


def test_the_cursor_of_another_source_is_refused(server: ReplayServer, youtube: Youtube) -> None:
    for cursor in ({"https://m.example.org": {"books": "1"}}, {f"video {VIDEO}": {"high": "12345"}}):
        with pytest.raises(FatalSourceError, match="not one of the youtube source"):
            list(make_source(server, youtube).pages(cursor))


def known(source_id: str, text: str | None = None) -> Known:
    raw = wrapped(b"{}", About(video_id=VIDEO))
    said = f"My library got me through, {source_id}." if text is None else text
    return Known(item_id=1, source="youtube", source_id=source_id, url=None, text=said, raw=raw)


def verdicts(pages: list[Page]) -> dict[str, Standing]:
    found = [verdict for page in pages for verdict in page.verdicts]
    assert len({verdict.source_id for verdict in found}) == len(found)
    return {verdict.source_id: verdict.standing for verdict in found}


def test_each_comment_gets_one_verdict(server: ReplayServer, youtube: Youtube) -> None:
    youtube.comments = [
        a_comment("Ug1", NOW),
        a_comment("Ug2", NOW, textOriginal="Changed"),
        a_comment("Ug3", NOW, likeCount="many"),
    ]
    source = make_source(server, youtube)
    assert isinstance(source, Verifier)
    pages = list(source.verify([known("Ug1"), known("Ug2"), known("Ug3"), known("Ug4"), known("no id!")]))
    assert verdicts(pages) == {
        "Ug1": Standing.STANDS,
        "Ug2": Standing.EDITED,
        "Ug3": Standing.UNKNOWN,
        "Ug4": Standing.GONE,
        "no id!": Standing.UNKNOWN,
    }
    (edited,) = (item for page in pages for item in page.items)
    assert edited.text == "Changed"
    assert edited.url == f"https://www.youtube.com/watch?v={VIDEO}&lc=Ug2", "the video is known from what is stored"
    assert used(pages) == 2, "what was left out was asked for once more"


def test_an_answer_that_is_cut_short_is_not_taken_for_deletions(server: ReplayServer, youtube: Youtube) -> None:
    youtube.comments = [a_comment(f"Ug{n:03}", NOW) for n in range(120)]
    youtube.id_limit = 20
    pages = list(make_source(server, youtube).verify([known(f"Ug{n:03}") for n in range(121)]))
    found = verdicts(pages)
    assert found.pop("Ug120") is Standing.GONE
    assert set(found.values()) == {Standing.STANDS}
    assert [len(page.verdicts) for page in pages] == [50, 50, 21]


def test_a_refusal_over_one_missing_comment_is_narrowed_down(server: ReplayServer, youtube: Youtube) -> None:
    youtube.comments = [a_comment(f"Ug{n}", NOW) for n in range(8)]
    whole = server.route

    def refusing(request: Request) -> Answer:
        missing = set(request.query["id"].split(",")) - {one["id"] for one in youtube.comments}
        return refusal(404, "commentNotFound") if missing else whole(request)

    server.route = refusing
    found = verdicts(list(make_source(server, youtube).verify([known(f"Ug{n}") for n in range(10)])))
    assert [name for name, standing in found.items() if standing is Standing.GONE] == ["Ug8", "Ug9"]
    assert len(found) == 10


def test_what_cannot_be_asked_is_unknown_and_says_why(server: ReplayServer, youtube: Youtube) -> None:
    youtube.comments = [a_comment(f"Ug{n:03}", NOW) for n in range(150)]
    everything = [known(f"Ug{n:03}") for n in range(150)]
    pages = make_source(server, youtube).verify(everything)
    server.instead.append(Answer(status=503))
    assert set(verdicts([next(pages)]).values()) == {Standing.UNKNOWN}
    assert set(verdicts([next(pages)]).values()) == {Standing.STANDS}
    few = list(make_source(server, youtube, units_per_day=1).verify(everything))
    assert [{verdict.standing for verdict in page.verdicts} for page in few] == [
        {Standing.STANDS},
        {Standing.UNKNOWN},
        {Standing.UNKNOWN},
    ]
    assert "units_per_day" in few[2].verdicts[0].detail
    assert used(few) == 1
