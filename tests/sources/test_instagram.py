"""The instagram source: the weekly limit of hashtags, the day that is shown, own words, answers, what still stands."""

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
from advocacy_monitor.models import Item, Known, Page, Post, Relation, Standing, Usage, Verdict
from advocacy_monitor.protocols import Host, Verifier
from advocacy_monitor.sources.instagram import InstagramSource
from advocacy_monitor.store import Store
from tests.sources.graph_replay import TOKEN, batch, error
from tests.sources.platform_instagram import ACCOUNT, NOW, TAG, InstagramPlatform, recorded, running
from tests.sources.replay import Answer, Request

ONCE = Usage(source="instagram", unit="hashtags", amount=1)


@pytest.fixture
def account() -> Iterator[InstagramPlatform]:
    with running() as platform:
        yield platform


def posts(pages: Sequence[Page]) -> list[Item]:
    return [item for one in pages for item in one.items]


def read(account: InstagramPlatform, since: Any = None, **more: Any) -> tuple[list[Page], Any]:
    """All pages of a run, and the cursor after it."""
    pages = list(account.source(**more).pages(since))
    return pages, next((one.checkpoint for one in reversed(pages) if one.checkpoint is not None), since)


def asked(account: InstagramPlatform, edge: str) -> list[Request]:
    return [request for request in account.server.requests if request.path.endswith(edge)]


def used(pages: Sequence[Page]) -> list[Usage]:
    return [usage for one in pages for usage in one.usage]


def as_known(items: Sequence[Item]) -> list[Known]:
    return [
        Known(item_id=n, source=i.source, source_id=i.source_id, url=i.url, text=i.text, raw=i.raw)
        for n, i in enumerate(items, start=1)
    ]


def verdicts(account: InstagramPlatform, known: Sequence[Known], **more: Any) -> dict[str, Verdict]:
    source = account.source(**more)
    assert isinstance(source, Verifier)
    found = [verdict for one in source.verify(known) for verdict in one.verdicts]
    assert sorted(verdict.source_id for verdict in found) == sorted(one.source_id for one in known)
    return {verdict.source_id: verdict for verdict in found}


def test_a_hashtag_is_counted_once_a_week(account: InstagramPlatform) -> None:
    pages, cursor = read(account)
    assert used(pages) == [ONCE]
    pages, cursor = read(account, cursor)
    assert used(pages) == []
    assert len(asked(account, "/ig_hashtag_search")) == 1
    account.searched.clear()  # a week later
    assert used(read(account, cursor)[0]) == [ONCE]


def test_the_limit_is_noted_before_anything_is_read(account: InstagramPlatform, store: Store) -> None:
    whole = account.server.route
    account.server.route = lambda request: (
        Answer(status=500) if request.path.endswith("/recent_media") else whole(request)
    )
    pages = []
    with pytest.raises(RetryableSourceError):
        for one in account.source().pages(None):
            pages.append(one)  # noqa: PERF402  # what came before the failure is what is looked at
    assert used(pages) == [ONCE]


def test_beyond_thirty_hashtags_nothing_new_is_asked(account: InstagramPlatform) -> None:
    account.searched = [{"id": str(n), "name": f"other{n}"} for n in range(30)]
    account.tag("still read")
    found: list[Item] = []
    with pytest.raises(FatalSourceError, match=r"#danke_bibliothek: the account has asked for 30 hashtags .* 7 days"):
        for one in account.source().pages(None):
            found.extend(one.items)
    assert asked(account, "/ig_hashtag_search") == []
    assert [item.text for item in found] == ["still read"]


def test_a_hashtag_that_counts_already_is_read_at_the_limit(account: InstagramPlatform) -> None:
    account.publish("shown")
    read(account)
    account.searched += [{"id": str(n), "name": f"other{n}"} for n in range(29)]
    pages, _ = read(account)
    assert len(posts(pages)) == 1
    assert used(pages) == []


def test_where_instagram_names_no_hashtags_it_is_left_to_decide(account: InstagramPlatform) -> None:
    """The documents show numbers only; the recording has names, since they were asked for."""
    account.names_hashtags = False
    account.publish("shown")
    assert used(read(account)[0]) == [ONCE]
    pages, _ = read(account)
    assert used(pages) == []
    assert len(posts(pages)) == 1


def test_a_hashtag_that_nobody_has_used_is_told_and_stops_no_other(account: InstagramPlatform) -> None:
    account.publish("shown")
    found: list[Item] = []
    with pytest.raises(FatalSourceError, match="#nobodysaidthis: nobody has used this hashtag"):
        for one in account.source(hashtags=["NobodySaidThis", TAG]).pages(None):
            found.extend(one.items)
    assert [item.text for item in found] == ["shown"]


def test_when_the_week_cannot_be_asked_for_no_hashtag_is(account: InstagramPlatform) -> None:
    whole = account.server.route
    account.server.route = lambda request: (
        error(10) if request.path.endswith("recently_searched_hashtags") else whole(request)
    )
    with pytest.raises(FatalSourceError) as caught:
        read(account, hashtags=["one", "two", "three"])
    assert str(caught.value).count("refuses access") == 1
    assert asked(account, "/ig_hashtag_search") == []


def test_media_in_no_order_are_all_read_again(account: InstagramPlatform) -> None:
    for _ in range(7):
        account.publish("one of seven")
    account.media[TAG].reverse()
    pages, cursor = read(account, page_size=2)
    assert len(posts(pages)) == 7
    assert len(posts(read(account, cursor, page_size=2)[0])) == 7


def test_a_gap_of_more_than_a_day_is_told(account: InstagramPlatform, caplog: pytest.LogCaptureFixture) -> None:
    _, cursor = read(account)
    for hours, told in ((20, False), (30, True)):
        caplog.clear()
        later = Host(clock=lambda hours=hours: NOW + timedelta(hours=hours), sleep=lambda seconds: None)  # type: ignore[misc]  # bound now
        list(account.source().hosted_by(later).pages(cursor))
        assert ("in a gap of 6:00:00 was not seen" in caplog.text) is told


def test_the_author_is_known_where_the_account_is_tagged(account: InstagramPlatform, store: Store) -> None:
    both = account.tag("Both tagged and with a hashtag")
    account.media[TAG].append({name: value for name, value in both.items() if name != "username"})
    outcome = collect(store, "ig", account.source())
    assert (outcome.tally.stored, outcome.tally.already) == (1, 1)
    stored = next(iter(store.items.each()))[0]
    assert stored.author_handle == "mira.reads"


def test_own_words_are_no_testimony_and_answers_to_them_are(account: InstagramPlatform) -> None:
    account.comment("Thank you all!", username="our_library")
    account.comment("Somebody's words")
    for word in ("first", "second", "third", "fourth"):
        account.answer(word)
    found = posts(read(account, page_size=3)[0])
    assert {item.text for item in found} == {"Somebody's words", "first", "second", "third", "fourth"}
    assert all(isinstance(item, Post) and item.relation is Relation.REPLY for item in found)


def test_the_capture_of_a_comment_holds_nobody_else_s_words(account: InstagramPlatform) -> None:
    account.comment("Somebody's words")
    account.answer("another person's words")
    for item in posts(read(account)[0]):
        assert (b"another" in item.raw) == ("another" in item.text)


def test_comments_are_read_only_when_asked_for(account: InstagramPlatform) -> None:
    account.comment("Somebody's words")
    assert posts(read(account, own_comments=False)[0]) == []
    assert asked(account, "/comments") == []


def test_hidden_comments_leave_nothing_behind(account: InstagramPlatform) -> None:
    account.comment("Somebody's words", hidden=True)
    pages, _ = read(account)
    rejects = [reject for one in pages for reject in one.rejects]
    assert posts(pages) == []
    assert [reject.payload for reject in rejects] == [b""]


def test_own_media_are_asked_again_for_comment_days(account: InstagramPlatform) -> None:
    account.comment("early")
    _, cursor = read(account)
    later = Host(clock=lambda: NOW + timedelta(days=100), sleep=lambda seconds: None)
    source = account.source().hosted_by(later)
    account.comment("while nobody looked")
    pages = list(source.pages(cursor))
    assert "while nobody looked" in {item.text for item in posts(pages)}
    cursor = next(one.checkpoint for one in reversed(pages) if one.checkpoint is not None)
    account.comment("too late")
    assert "too late" not in {item.text for item in posts(list(source.pages(cursor)))}


def test_tagged_media_are_read_back_to_the_first_run_s_limit(account: InstagramPlatform) -> None:
    account.tag("new")
    for _ in range(9):
        account.tags.append(account.tag("old", timestamp="2020-01-01T00:00:00+0000"))
        account.tags.pop(0)
    pages, _ = read(account, page_size=2)
    assert len(asked(account, "/tags")) == 3
    assert "new" in {item.text for item in posts(pages)}


def test_each_verdict(account: InstagramPlatform) -> None:
    oldest, stands, edited, gone = (account.tag(word) for word in ("oldest", "stands", "before", "gone"))
    found_by_hashtag = account.publish("by hashtag")
    said, deleted, hidden = (account.comment(word) for word in ("said", "deleted", "hidden"))
    known = as_known(posts(read(account)[0]))
    assert len(known) == 8
    edited["caption"] = "after"
    account.tags.remove(gone)
    account.comments.remove(deleted)
    hidden["hidden"] = True
    found = verdicts(account, known)
    assert {number: verdict.standing for number, verdict in found.items()} == {
        oldest["id"]: Standing.STANDS,
        stands["id"]: Standing.STANDS,
        edited["id"]: Standing.EDITED,
        gone["id"]: Standing.GONE,
        found_by_hashtag["id"]: Standing.UNKNOWN,
        said["id"]: Standing.STANDS,
        deleted["id"]: Standing.GONE,
        hidden["id"]: Standing.WITHHELD,
    }
    assert "nobody but its owner" in found[found_by_hashtag["id"]].detail
    new = posts(list(account.source().verify(known)))
    assert [(item.source_id, item.text) for item in new] == [(edited["id"], "after")]


def test_what_lies_beyond_the_list_is_not_called_gone(account: InstagramPlatform) -> None:
    oldest = account.tag("the oldest")
    newest = account.tag("the newest")
    known = as_known(posts(read(account)[0]))
    account.tags.remove(oldest)
    found = verdicts(account, known)
    assert found[oldest["id"]].standing is Standing.UNKNOWN
    assert found[newest["id"]].standing is Standing.STANDS
    account.tags.clear()
    assert {verdict.standing for verdict in verdicts(account, known).values()} == {Standing.UNKNOWN}


def test_comments_are_gone_only_where_something_is_shown(account: InstagramPlatform) -> None:
    account.comment("said")
    known = as_known(posts(read(account)[0]))
    account.server.route = lambda request: batch(request, lambda part: error(100, subcode=33))
    assert [verdict.standing for verdict in verdicts(account, known).values()] == [Standing.UNKNOWN]


def test_when_nothing_can_be_asked_everything_is_unknown_and_the_failure_is_told(account: InstagramPlatform) -> None:
    account.arrive(4)
    known = as_known(posts(read(account)[0]))
    account.server.always = error(4)
    found: list[Verdict] = []
    with pytest.raises(RetryableSourceError, match="limits requests"):
        for one in account.source().verify(known):
            found.extend(one.verdicts)
    assert [verdict.standing for verdict in found] == [Standing.UNKNOWN] * 4


def test_no_token_is_in_a_log_a_cursor_or_a_capture(
    account: InstagramPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account.arrive(12)
    pages, _ = read(account, page_size=2)
    told = caplog.text + json.dumps([one.checkpoint for one in pages]) + repr(pages) + repr(account.source())
    assert TOKEN not in told
    assert len({item.source_id for item in posts(pages)}) == 12


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"hashtags": [f"tag{n}" for n in range(31)]}, "names 31 hashtags; Instagram allows 30"),
        ({"hashtags": ["books📚"]}, "letters, digits and _ only"),
        ({"hashtags": ["2026"]}, "needs a letter"),
        ({"hashtags": [], "tagged": False}, "nothing to read"),
        ({"account": "our_library"}, "pattern"),
        ({"page_size": 51}, "50"),
        ({"version": "26"}, "version"),
    ],
)
def test_wrong_settings_are_told_without_secrets(more: dict[str, Any], words: str) -> None:
    given = {"account": ACCOUNT, "access_token": TOKEN, "hashtags": ["books"], **more}
    with pytest.raises(ValidationError, match=words) as caught:
        InstagramSource.model_validate(given)
    assert TOKEN not in str(caught.value)


def test_the_same_hashtag_in_two_spellings_is_one() -> None:
    given = {
        "account": int(ACCOUNT),
        "access_token": TOKEN,
        "hashtags": ["#Büchereien", "bu\u0308chereien", "x"] + ["x"] * 40,
    }
    assert InstagramSource.model_validate(given).hashtags == ("büchereien", "x")


def test_the_recordings_through_the_line(recordings: Callable[[str], Path], store: Store) -> None:
    with recorded(recordings("instagram")) as server:
        source = InstagramSource.model_validate(
            {
                "account": "17841406338772941",
                "hashtags": ["developers"],
                "own_comments": True,
                "access_token": TOKEN,
                "base_url": server.url,
                "lookback_days": 3650,
            }
        )
        first = collect(store, "ig", source)
        second = collect(store, "ig", source)
    assert first.status == "done", first.message
    assert second.tally.stored == 0
    assert (first.tally.read, first.tally.stored, first.tally.rejected) == (20, 10, 10)
    assert {reason for _, _, reason in store.recent_rejects(50)} == {"has no timestamp"}
