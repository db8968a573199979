"""The facebook source: whose words are collected, how long posts are asked, what a failure stops, what still stands."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Item, Known, Page, Post, Relation, Standing, Verdict
from advocacy_monitor.protocols import Host, Verifier
from advocacy_monitor.sources.facebook import FacebookSource
from advocacy_monitor.store import Store
from tests.sources.graph_replay import TOKEN, batch, error
from tests.sources.platform_facebook import NOW, PAGE, PAGE_TOKEN, FacebookPlatform, recorded, running
from tests.sources.replay import Answer, Request

RECORDED_POST = "19292868552_10158407654328553"
OURS = {"id": PAGE, "name": "Stadtbibliothek Lindenrode"}


@pytest.fixture
def page() -> Iterator[FacebookPlatform]:
    with running() as platform:
        yield platform


def posts(pages: Sequence[Page]) -> list[Item]:
    return [item for one in pages for item in one.items]


def read(page: FacebookPlatform, since: Any = None, **more: Any) -> tuple[list[Page], Any]:
    """All pages of a run, and the cursor after it."""
    pages = list(page.source(**more).pages(since))
    return pages, next((one.checkpoint for one in reversed(pages) if one.checkpoint is not None), since)


def asked(page: FacebookPlatform, edge: str) -> list[Request]:
    return [request for request in page.server.requests if request.path.endswith(edge)]


def as_known(items: Sequence[Item]) -> list[Known]:
    return [
        Known(item_id=n, source=i.source, source_id=i.source_id, url=i.url, text=i.text, raw=i.raw)
        for n, i in enumerate(items, start=1)
    ]


def standings(page: FacebookPlatform, known: Sequence[Known], **more: Any) -> dict[str, Standing]:
    source = page.source(**more)
    assert isinstance(source, Verifier)
    verdicts = [verdict for one in source.verify(known) for verdict in one.verdicts]
    assert sorted(verdict.source_id for verdict in verdicts) == sorted(one.source_id for one in known)
    return {verdict.source_id: verdict.standing for verdict in verdicts}


def test_people_s_words_are_collected_and_know_their_library(page: FacebookPlatform) -> None:
    page.arrive(8)
    found = posts(read(page)[0])
    assert {item.source_id for item in found} == page.expected()
    assert all(isinstance(item, Post) and item.library == "Lindenrode" and item.area == "Weststadt" for item in found)
    assert sum(isinstance(item, Post) and item.relation is Relation.REPLY for item in found) == 4


def test_an_area_stands_for_a_page_of_no_single_library(page: FacebookPlatform) -> None:
    page.arrive(1)
    found = posts(read(page, facebook_pages=[{"page": "lindenrode", "area": "Weststadt"}])[0])
    assert isinstance(found[0], Post) and (found[0].library, found[0].area) == (None, "Weststadt")


def test_the_page_s_own_words_are_no_testimony_unless_they_are_asked_for(page: FacebookPlatform) -> None:
    own = page.comment(page.feed[-1]["id"], "Thanks for your kind words!", by=OURS)
    assert posts(read(page)[0]) == []
    found = {item.source_id for item in posts(read(page, page_posts=True)[0])}
    assert found == {own["id"], *(post["id"] for post in page.feed)}


def test_hidden_words_leave_nothing_behind_but_the_fact(page: FacebookPlatform) -> None:
    page.comment(page.feed[-1]["id"], "Somebody's words", is_hidden=True)
    pages, _ = read(page)
    assert posts(pages) == []
    rejects = [reject for one in pages for reject in one.rejects]
    assert len(rejects) == 1 and rejects[0].payload == b"" and "hidden" in rejects[0].reason


def test_posts_without_comments_cost_no_request(page: FacebookPlatform) -> None:
    page.comment(page.feed[-1]["id"], "one")
    read(page)
    assert len(asked(page, "/comments")) == 1
    assert asked(page, "/comments")[0].query["filter"] == "stream"


def test_a_new_comment_under_an_old_post_is_found(page: FacebookPlatform) -> None:
    first = page.feed[-1]["id"]
    page.comment(first, "early")
    _, cursor = read(page)
    late = page.comment(first, "late")
    pages, cursor = read(page, cursor)
    assert late["id"] in {item.source_id for item in posts(pages)}
    assert int(asked(page, "/comments")[-1].query["since"]) > 0
    assert set(cursor) == {"lindenrode/feed", f"lindenrode/comments/{first}", "lindenrode/whole"}


def test_a_comment_that_was_hidden_for_a_while_is_found_when_it_is_shown(page: FacebookPlatform) -> None:
    first = page.feed[-1]["id"]
    hidden = page.comment(first, "shown later", is_hidden=True)
    page.comment(first, "newer")
    _, cursor = read(page)
    del hidden["is_hidden"]
    assert "shown later" in {item.text for item in posts(read(page, cursor)[0])}


def test_posts_are_asked_again_for_comment_days_and_then_forgotten(page: FacebookPlatform) -> None:
    first = page.feed[-1]["id"]
    page.comment(first, "early")
    _, cursor = read(page, comment_days=60)
    later = Host(clock=lambda: NOW + timedelta(days=100), sleep=lambda seconds: None)
    middle = [page.source(comment_days=60).hosted_by(later) for _ in range(2)]
    for source in middle:
        late = page.comment(first, "late")
        pages = list(source.pages(cursor))
        cursor = next(one.checkpoint for one in reversed(pages) if one.checkpoint is not None)
    assert late["id"] not in {item.source_id for item in posts(pages)}
    assert f"lindenrode/comments/{first}" not in cursor


def test_after_a_pause_of_months_nothing_between_is_missed(page: FacebookPlatform) -> None:
    first = page.feed[-1]["id"]
    page.comment(first, "early")
    _, cursor = read(page, comment_days=60)
    late = page.comment(first, "while nobody looked")
    source = page.source(comment_days=60).hosted_by(Host(clock=lambda: NOW + timedelta(days=300)))
    assert late["id"] in {item.source_id for item in posts(list(source.pages(cursor)))}


def test_the_first_run_looks_back_so_far(page: FacebookPlatform) -> None:
    page.comment(page.feed[-1]["id"], "old")
    assert posts(read(page, lookback_days=1)[0]) == []
    assert len(posts(read(page, lookback_days=30)[0])) == 1


def test_a_post_that_is_deleted_while_the_page_is_read_is_no_failure(page: FacebookPlatform) -> None:
    first, second = page.feed[-1]["id"], page.feed[0]["id"]
    page.comment(first, "kept")
    page.comment(second, "gone with its post")
    pages = page.source().pages(None)
    found = [next(pages)]
    page.feed = [post for post in page.feed if post["id"] != second]
    found += list(pages)
    assert [item.text for item in posts(found)] == ["kept"]


def test_a_post_that_hides_its_comments_is_a_failure_and_stops_no_other(page: FacebookPlatform) -> None:
    first, second = page.feed[-1]["id"], page.feed[0]["id"]
    kept = page.comment(first, "kept")
    page.comment(second, "not shown")
    whole = page.server.route

    def hiding(request: Request) -> Answer:
        return error(100, subcode=33) if request.path.endswith(f"{second}/comments") else whole(request)

    page.server.route = hiding
    found: list[Page] = []
    with pytest.raises(FatalSourceError, match=f"lindenrode/comments/{second}: shows the post but not its comments"):
        found.extend(page.source().pages(None))
    assert [item.source_id for item in posts(found)] == [kept["id"]]
    assert not any("lindenrode/whole" in (one.checkpoint or {}) for one in found)


def test_a_person_s_token_that_is_shown_no_comments_is_told(page: FacebookPlatform) -> None:
    page.gives_page_token = False
    for _ in range(5):
        page.comment(page.feed[-1]["id"], "not shown")
    with pytest.raises(FatalSourceError, match="counts 5 comments and shows none"):
        read(page)


def test_comments_are_read_with_the_page_s_own_token(page: FacebookPlatform) -> None:
    page.comment(page.feed[-1]["id"], "one")
    assert len(posts(read(page)[0])) == 1
    tokens = {request.path: request.headers["Authorization"] for request in page.server.requests}
    assert tokens["/v26.0/lindenrode"] == f"Bearer {TOKEN}"
    assert tokens[f"/v26.0/{page.feed[-1]['id']}/comments"] == f"Bearer {PAGE_TOKEN}"


def test_a_page_may_bring_its_own_token(page: FacebookPlatform) -> None:
    page.comment(page.feed[-1]["id"], "one")
    own = [{"page": "lindenrode", "access_token": PAGE_TOKEN}]
    assert len(posts(read(page, facebook_pages=own, access_token=None)[0])) == 1


def test_a_page_that_fails_does_not_stop_the_next(page: FacebookPlatform) -> None:
    page.arrive(4)
    both = [{"page": "nobody"}, {"page": "lindenrode"}]
    found: list[Item] = []
    with pytest.raises(FatalSourceError, match="nobody: has no such object"):
        for one in page.source(facebook_pages=both).pages(None):
            found.extend(one.items)
    assert {item.source_id for item in found} == page.expected()


def test_three_failures_end_the_page_for_this_run(page: FacebookPlatform) -> None:
    for _ in range(8):
        page.comment(page.post("A post", by=OURS)["id"], "not reached")
    whole = page.server.route
    page.server.route = lambda request: Answer(status=500) if request.path.endswith("/comments") else whole(request)
    with pytest.raises(RetryableSourceError) as caught:
        read(page)
    assert len(asked(page, "/comments")) == 3
    assert str(caught.value).count("in trouble (500)") == 3


def test_a_limit_ends_the_run_at_once(page: FacebookPlatform) -> None:
    for _ in range(8):
        page.comment(page.post("A post", by=OURS)["id"], "not reached")
    whole = page.server.route
    page.server.route = lambda request: error(32) if request.path.endswith("/comments") else whole(request)
    with pytest.raises(RetryableSourceError, match="limits requests"):
        read(page)
    assert len(asked(page, "/comments")) == 1
    assert asked(page, "/tagged") == []


def test_a_token_that_has_expired_is_told_and_never_shown(page: FacebookPlatform, store: Store) -> None:
    outcome = collect(store, "fb", page.source(access_token="EAAB-old-token"))
    assert outcome.status == "failed"
    assert "it has expired" in outcome.message
    assert "EAAB" not in outcome.message


def test_no_token_is_in_a_log_a_cursor_or_a_capture(page: FacebookPlatform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page.arrive(12)
    pages, _ = read(page, page_size=2)
    told = caplog.text + json.dumps([one.checkpoint for one in pages]) + repr(pages) + repr(page.source())
    assert TOKEN not in told and PAGE_TOKEN not in told
    assert len(posts(pages)) == 12


def test_a_list_in_another_order_is_read_to_its_end(page: FacebookPlatform) -> None:
    """The recorded comments came oldest first although nothing else was asked for."""
    first = page.feed[-1]["id"]
    for _ in range(6):
        page.comment(first, "early")
    page.comments[first].reverse()
    _, cursor = read(page, page_size=2, overlap_hours=0)
    page.comments[first].append(page.comment(first, "late"))
    del page.comments[first][0]
    assert "late" in {item.text for item in posts(read(page, cursor, page_size=2, overlap_hours=0)[0])}


def test_each_verdict(page: FacebookPlatform) -> None:
    first = page.feed[-1]["id"]
    stands, edited, gone, hidden = (page.comment(first, word) for word in ("stands", "before", "gone", "hidden"))
    visitor, tagging = page.post("A visitor's words"), page.tag("tagging")
    known = as_known(posts(read(page)[0]))
    assert len(known) == 6
    edited["message"] = "after"
    hidden["is_hidden"] = True
    tagging["privacy"] = {"value": "ALL_FRIENDS"}
    page.comments[first].remove(gone)
    found = standings(page, known)
    assert found == {
        stands["id"]: Standing.STANDS,
        edited["id"]: Standing.EDITED,
        gone["id"]: Standing.GONE,
        hidden["id"]: Standing.WITHHELD,
        visitor["id"]: Standing.STANDS,
        tagging["id"]: Standing.PROTECTED,
    }
    new = posts(list(page.source().verify(known)))
    assert [(item.source_id, item.text) for item in new] == [(edited["id"], "after")]


def test_fifty_at_a_time(page: FacebookPlatform) -> None:
    for number in range(60):
        page.comment(page.feed[-1]["id"], f"number {number}")
    known = as_known(posts(read(page, page_size=100)[0]))
    page.server.requests.clear()
    assert set(standings(page, known).values()) == {Standing.STANDS}
    batches = [json.loads(request.body)["batch"] for request in page.server.requests if request.method == "POST"]
    assert [len(batch) for batch in batches] == [50, 12]


def test_what_is_not_shown_is_gone_only_where_something_is_shown(page: FacebookPlatform) -> None:
    page.arrive(4)
    known = as_known(posts(read(page)[0]))
    whole = page.route

    def blind(request: Request) -> Answer:
        """The Page may be opened, and nothing on it is shown."""
        return whole(request) if request.path.endswith("lindenrode") else error(100, subcode=33)

    def in_a_batch(request: Request) -> Answer:
        return batch(request, blind) if request.method == "POST" else blind(request)

    page.server.route = in_a_batch
    assert set(standings(page, known).values()) == {Standing.UNKNOWN}


def test_a_page_that_is_no_longer_ours_cannot_be_asked(page: FacebookPlatform) -> None:
    page.arrive(3)
    known = as_known(posts(read(page)[0]))
    moved = [Known(item_id=9, source="facebook", source_id="1_2", url=None, text="x", raw=b"{}"), *known]
    found = standings(page, moved)
    assert found["1_2"] is Standing.UNKNOWN
    assert Standing.STANDS in found.values()


def test_when_nothing_can_be_asked_everything_is_unknown_and_the_failure_is_told(page: FacebookPlatform) -> None:
    page.arrive(3)
    known = as_known(posts(read(page)[0]))
    page.server.always = error(190)
    verdicts: list[Verdict] = []
    with pytest.raises(FatalSourceError, match="access_token"):
        for one in page.source().verify(known):
            verdicts.extend(one.verdicts)
    assert [verdict.standing for verdict in verdicts] == [Standing.UNKNOWN] * 3
    assert all("does not accept the access_token" in verdict.detail for verdict in verdicts)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"facebook_pages": []}, "at least 1"),
        ({"facebook_pages": [{"page": "two words"}]}, "number or name"),
        ({"facebook_pages": [{"page": "a"}, {"page": "A"}]}, "twice"),
        ({"access_token": None}, "needs an access_token"),
        ({"version": "newest"}, "version"),
        ({"base_url": "http://graph.example.org"}, "https"),
        ({"page_size": 101}, "100"),
    ],
)
def test_wrong_settings_are_told_without_secrets(more: dict[str, Any], words: str) -> None:
    given = {"facebook_pages": [{"page": "a"}], "access_token": TOKEN, **more}
    with pytest.raises(ValidationError, match=words) as caught:
        FacebookSource.model_validate(given)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("given", [102938, "102938", "https://www.facebook.com/102938/", "@102938"])
def test_pages_are_named_as_people_write_them(given: Any) -> None:
    source = FacebookSource.model_validate({"facebook_pages": [{"page": given}], "access_token": TOKEN})
    assert source.facebook_pages[0].page == "102938"


def test_the_recordings_through_the_line(recordings: Callable[[str], Path], store: Store) -> None:
    with recorded(recordings("facebook")) as server:
        source = FacebookSource.model_validate(
            {
                "facebook_pages": [{"page": "19292868552", "library": "Lindenrode"}, {"page": "4"}],
                "access_token": TOKEN,
                "base_url": server.url,
                "lookback_days": 3650,
            }
        )
        first = collect(store, "fb", source)
        second = collect(store, "fb", source)
        read_again = posts(list(source.pages(None)))
        found = [verdict for one in source.verify(as_known(read_again)) for verdict in one.verdicts]
    assert {verdict.standing for verdict in found} == {Standing.STANDS}
    assert len(found) == len(read_again)
    assert first.status == "done", first.message
    assert first.tally.rejected == 0
    assert second.tally.stored == 0
    stored = [item for some in store.items.each() for item in some]
    assert len({item.source_id for item in stored}) == first.tally.stored > 20
    assert {item.related_id for item in stored if item.relation is Relation.REPLY} > {RECORDED_POST}
