"""What guards GONE at Facebook and Instagram: a control that shows nothing, ids and addresses that are none, odd words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Item, Known, Page, Standing, Verdict
from advocacy_monitor.sources import facebook_post, instagram_media
from advocacy_monitor.sources.graph_values import web_address
from tests.sources import platform_facebook, platform_instagram
from tests.sources.graph_replay import batch, gone
from tests.sources.replay import Answer, ReplayServer, Request, as_json

RECORD: dict[str, Any] = {"id": "1_2", "message": "hi", "created_time": "2026-11-01T09:30:00+0000"}
EMPTY: dict[str, Any] = {"data": []}
NO_COMMENTS: dict[str, Any] = {"data": [{"id": "1_9", "comments": {"data": []}}, {"id": "1_8"}]}
SHOWN: dict[str, Any] = {"data": [{"id": "1_9"}, {"id": "1_8", "comments": {"data": [{"id": "9_1"}]}}]}
REFUSED: dict[str, Any] = {**SHOWN, "error": {"message": "no"}}


def loses_sight(server: ReplayServer, edge: str, control: dict[str, Any]) -> None:
    """Nothing is shown by its number any more, as to a token that lost a permission; the control answers `control`."""
    whole = server.route

    def route(request: Request) -> Answer:
        if request.method == "POST":
            return batch(request, route)
        if request.path.endswith(edge):
            return as_json(control)
        return whole(request) if request.path.endswith("lindenrode") else gone()

    server.route = route


def known(items: list[Item]) -> list[Known]:
    return [
        Known(item_id=n, source=i.source, source_id=i.source_id, url=i.url, text=i.text, raw=i.raw)
        for n, i in enumerate(items, start=1)
    ]


def items_of(pages: list[Page]) -> list[Item]:
    return [item for page in pages for item in page.items]


def verdicts(pages: list[Page]) -> list[Verdict]:
    return [verdict for page in pages for verdict in page.verdicts]


@pytest.mark.parametrize(
    ("control", "post", "comment"),
    [
        (EMPTY, Standing.UNKNOWN, Standing.UNKNOWN),
        (REFUSED, Standing.UNKNOWN, Standing.UNKNOWN),
        ({}, Standing.UNKNOWN, Standing.UNKNOWN),
        (NO_COMMENTS, Standing.GONE, Standing.UNKNOWN),
        (SHOWN, Standing.GONE, Standing.GONE),
    ],
)
def test_at_facebook_gone_needs_a_control_that_shows_its_kind(
    control: dict[str, Any], post: Standing, comment: Standing
) -> None:
    with platform_facebook.running() as page:
        written = page.post("My library is my home", by={"id": "77", "name": "Ann"})
        said = page.comment(written["id"], "So true")
        stored = known(items_of(list(page.source().pages(None))))
        loses_sight(page.server, "/feed", control)
        found = verdicts(list(page.source().verify(stored)))
    assert {one.source_id: one.standing for one in found} == {written["id"]: post, said["id"]: comment}
    assert all("permission" in one.detail for one in found if one.standing is Standing.UNKNOWN)


@pytest.mark.parametrize(
    ("control", "standing"),
    [(EMPTY, Standing.UNKNOWN), (NO_COMMENTS, Standing.UNKNOWN), (REFUSED, Standing.UNKNOWN), (SHOWN, Standing.GONE)],
)
def test_at_instagram_gone_needs_a_control_that_shows_a_comment(control: dict[str, Any], standing: Standing) -> None:
    with platform_instagram.running() as account:
        account.comment("I love the library")
        stored = known(items_of(list(account.source().pages(None))))
        loses_sight(account.server, "/media", control)
        assert [one.standing for one in verdicts(list(account.source().verify(stored)))] == [standing]


def test_a_tagged_medium_with_odd_words_is_not_gone_and_the_others_go_in() -> None:
    with platform_instagram.running() as account:
        account.tag("the oldest")
        edited = account.tag("before")
        stored = known(items_of(list(account.source().pages(None))))
        edited["caption"] = "half an emoji \ud83d"
        pages = list(account.source().pages(None))
        found = {one.source_id: one.standing for one in verdicts(list(account.source().verify(stored)))}
    assert len(items_of(pages)) == 1
    assert [b"half an emoji" in reject.payload for page in pages for reject in page.rejects] == [True]
    assert found[edited["id"]] is Standing.UNKNOWN and Standing.GONE not in found.values()


def test_an_answer_with_odd_words_does_not_keep_the_other_answers_back() -> None:
    with platform_instagram.running() as account:
        account.comment("said")
        odd, good = account.answer("odd \ud83d"), account.answer("good")
        found = {item.source_id for item in items_of(list(account.source().pages(None)))}
    assert found == account.expected() - {odd["id"]} and good["id"] in found


@pytest.mark.parametrize(
    "more",
    [{"id": "1_2\u0000\n"}, {"id": "1 2"}, {"from": {"id": "7\u0000"}}, {"from": {"id": "7\n8"}}],
)
def test_ids_that_are_none_are_refused(more: dict[str, Any]) -> None:
    raw = facebook_post.capture(json.dumps(RECORD | more).encode(), page="1")
    with pytest.raises(BadRecordError, match="id is no id"):
        facebook_post.to_post(raw)


def test_ids_of_instagram_that_are_none_are_refused() -> None:
    record = {"id": "1\n", "caption": "hi", "timestamp": "2026-11-01T09:30:00+0000"}
    with pytest.raises(BadRecordError, match="id is no id"):
        instagram_media.to_post(json.dumps({"data": record, "list": "tagged"}).encode())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.facebook.com/1/posts/2?comment_id=3", True),
        ("http://example.org/ä", True),
        ("https://www.facebook.com/\n<script>", False),
        ("https://example.org/a b", False),
        ("https://example.org/<b>", False),
        ("https://example.org/\u202egnp", False),
        ("https://example.org/\u0000", False),
        ("https://", False),
        ("https://[::1", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_whole_addresses_are_kept(given: str, kept: bool) -> None:
    assert web_address(given) == (given if kept else None)
