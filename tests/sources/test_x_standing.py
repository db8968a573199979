"""Whether posts still stand on X: one verdict each, also when X does not answer; results of batch compliance."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Known, Page, Post, Standing, Verdict
from advocacy_monitor.protocols import Host, Verifier
from advocacy_monitor.sources.x import XSource, read_compliance
from advocacy_monitor.sources.x_payload import remap
from tests.sources.platform_x import XPlatform, a_post, running
from tests.sources.replay import Answer, as_json


@pytest.fixture
def platform() -> Iterator[XPlatform]:
    with running() as found:
        yield found


def known(record: dict[str, Any], *, number: int = 1, **given: Any) -> Known:
    raw = json.dumps({"data": record}).encode()
    post = remap(raw)
    values = {"source_id": post.source_id, "url": post.url, "text": post.text, "raw": raw} | given
    return Known(item_id=number, source="x", **values)


def verified(source: XSource, asked: list[Known]) -> tuple[dict[str, Verdict], list[Page]]:
    pages = list(source.verify(asked))
    verdicts = [verdict for page in pages for verdict in page.verdicts]
    assert sorted(verdict.source_id for verdict in verdicts) == sorted(post.source_id for post in asked)
    return {verdict.source_id: verdict for verdict in verdicts}, pages


def asked_ids(platform: XPlatform) -> list[list[str]]:
    assert platform.server is not None
    return [request.query["ids"].split(",") for request in platform.server.requests]


def test_half_a_character_in_one_post_hides_no_other(platform: XPlatform) -> None:
    """Such an answer is taken apart by hand; the odd post comes last, and is found by its id as well."""
    ids = [platform.next_id() for _ in range(3)]
    records = [a_post(post_id, "half a character \ud83d" if post_id == ids[1] else "whole") for post_id in ids]
    for record in records:
        platform.timeline.add(record)
    verdicts, _ = verified(platform.serving(500), [known(record) for record in records])
    assert {verdicts[post_id].standing for post_id in ids} == {Standing.STANDS}


def test_every_answer_of_x_is_a_verdict(platform: XPlatform) -> None:
    timeline = platform.timeline
    ids = [platform.next_id() for _ in range(9)]
    records = [a_post(post_id) for post_id in ids]
    for record in records:
        timeline.add(record)
    timeline.missing(ids[1], "resource-not-found", f"Could not find tweet with ids: [{ids[1]}].")
    timeline.missing(ids[2], "not-authorized-for-resource", "Sorry, you are not authorized to see the Tweet")
    timeline.missing(ids[3], "resource-not-found", "User has been suspended: [ana].")
    timeline.missing(ids[4], "resource-unavailable", "withheld in DE")
    timeline.missing(ids[5], "disallowed-resource", "Ana")
    timeline.missing(ids[6], "internal-error", "Ana")
    timeline.add(a_post(ids[7], withheld={"copyright": False, "country_codes": ["DE"]}))
    del timeline.posts[int(ids[8])]  # X says nothing about it
    source = platform.serving(500)
    assert isinstance(source, Verifier)
    verdicts, pages = verified(source, [known(record) for record in records])
    assert [verdicts[post_id].standing for post_id in ids] == [
        Standing.STANDS,
        Standing.GONE,
        Standing.PROTECTED,
        Standing.GONE,
        Standing.WITHHELD,
        Standing.WITHHELD,
        Standing.UNKNOWN,
        Standing.WITHHELD,
        Standing.UNKNOWN,
    ]
    assert verdicts[ids[3]].detail == "its account is suspended"
    assert verdicts[ids[7]].detail == "X withholds it in DE"
    assert not any("Ana" in verdict.detail or "ana" in verdict.detail for verdict in verdicts.values())
    assert [usage.amount for page in pages for usage in page.usage] == [2.0, 0.01]


def test_people_are_not_asked_for_because_each_is_charged(platform: XPlatform) -> None:
    platform.arrive(1)
    list(platform.serving(500).verify([known(post) for post in platform.timeline.posts.values()]))
    assert platform.server is not None
    assert "expansions" not in platform.server.requests[0].query


@pytest.mark.parametrize("spelling", ["tweet", "post"])
def test_an_edited_post_comes_with_its_new_version(platform: XPlatform, spelling: str) -> None:
    first, second = platform.next_id(), platform.next_id()
    before = known(a_post(first, "My libary"))
    history = [first, second]
    platform.timeline.add(a_post(second, "My library", edit_history_tweet_ids=history))
    platform.timeline.include("tweets", a_post(first, "My libary", edit_history_tweet_ids=history))
    verdicts, (page,) = verified(platform.serving(500, spelling=spelling), [before])
    assert verdicts[first].standing is Standing.EDITED
    (version,) = page.items
    assert isinstance(version, Post)
    assert (version.source_id, version.text, version.author_handle) == (first, "My library", "reader_one")
    assert f'"id": "{second}"'.encode() in version.raw
    assert asked_ids(platform) == [[first], [second]]
    assert [usage.amount for usage in page.usage] == [1.0, 0.005, 1.0, 0.015]

    after = replace(before, raw=version.raw)
    verdicts, (page,) = verified(platform.serving(500, spelling=spelling), [after])
    assert asked_ids(platform)[2] == [second]
    assert verdicts[first].standing is Standing.EDITED  # until the item says what X says


def test_an_archive_keeps_its_own_ids(platform: XPlatform) -> None:
    """A file holds a version under that version's id, and the verdict is about what is stored."""
    first, second, third = (platform.next_id() for _ in range(3))
    record = a_post(second, "Two", edit_history_tweet_ids=[first, second])
    platform.timeline.include("tweets", a_post(second, "Two", edit_history_tweet_ids=[first, second, third]))
    platform.timeline.add(a_post(third, "Three", edit_history_tweet_ids=[first, second, third]))
    verdicts, (page,) = verified(platform.serving(500), [known(record, source_id=second)])
    assert verdicts[second].standing is Standing.EDITED
    assert [(item.source_id, item.text) for item in page.items] == [(second, "Three")]


def test_other_words_under_the_same_id_are_an_edit_and_links_are_not(platform: XPlatform) -> None:
    ids = [platform.next_id() for _ in range(4)]
    texts = ["My library https://t.co/abc", "My library", "RT @x: My lib…", "Long"]
    for post_id, text in zip(ids, texts, strict=True):
        platform.timeline.add(a_post(post_id, text))
    platform.timeline.posts[int(ids[3])]["note_tweet"] = {"text": "Longer words"}
    stored = ["My library https://example.org/page", "My school", "RT @x: My library is…", "Longer  words"]
    asked = [known(a_post(post_id), text=text) for post_id, text in zip(ids, stored, strict=True)]
    verdicts, (page,) = verified(platform.serving(500), asked)
    found = [verdicts[post_id].standing for post_id in ids]
    assert found == [Standing.STANDS, Standing.EDITED, Standing.STANDS, Standing.STANDS]
    assert [item.text for item in page.items] == ["My library"]


def test_hundreds_are_asked_for_at_once(platform: XPlatform) -> None:
    platform.arrive(250)
    verdicts, pages = verified(platform.serving(500), [known(post) for post in platform.timeline.posts.values()])
    assert {verdict.standing for verdict in verdicts.values()} == {Standing.STANDS}
    assert [len(page.verdicts) for page in pages] == [100, 100, 50]


def test_what_is_no_id_of_x_is_not_asked(platform: XPlatform) -> None:
    post = Known(item_id=1, source="x", source_id="../2/users", url=None, text="x", raw=b"\xff")
    verdicts, _ = verified(platform.serving(500), [post])
    assert verdicts["../2/users"].standing is Standing.UNKNOWN
    assert asked_ids(platform) == []


def test_captures_of_other_tools_can_be_asked_about(platform: XPlatform) -> None:
    """The browser's capture has ids of other things in it."""
    platform.arrive(1)
    (post_id,) = platform.expected()
    raw = json.dumps({"id": "77", "nav_index": "1", "data": {"id": "VHdlZXQ6", "rest_id": post_id}}).encode()
    text = platform.timeline.posts[int(post_id)]["text"]
    post = Known(item_id=1, source="x", source_id=post_id, url=None, text=text, raw=raw)
    assert verified(platform.serving(500), [post])[0][post_id].standing is Standing.STANDS


def test_a_failure_leaves_no_post_without_a_verdict(platform: XPlatform) -> None:
    platform.arrive(250)
    posts = [known(post) for post in platform.timeline.posts.values()]
    assert platform.server is not None
    whole = platform.server.route
    platform.server.route = lambda request: whole(request) if len(asked_ids(platform)) == 1 else Answer(status=503)
    verdicts: list[Verdict] = []
    with pytest.raises(RetryableSourceError, match="503"):
        for page in platform.serving(500, attempts=1).verify(posts):
            verdicts += page.verdicts
    assert [verdict.standing for verdict in verdicts] == [Standing.STANDS] * 100 + [Standing.UNKNOWN] * 150
    assert "not asked: is in trouble (503)" in verdicts[-1].detail


def test_a_new_version_that_cannot_be_read_leaves_the_verdict(platform: XPlatform) -> None:
    first, second = platform.next_id(), platform.next_id()
    platform.timeline.include("tweets", a_post(first, edit_history_tweet_ids=[first, second]))
    server = platform.server
    assert server is not None
    server.instead.append(as_json({"data": [a_post(first, edit_history_tweet_ids=[first, second])]}))
    server.always = Answer(status=500)
    walk = platform.serving(500, attempts=1).verify([known(a_post(first))])
    page = next(iter(walk))
    assert [verdict.standing for verdict in page.verdicts] == [Standing.EDITED]
    assert page.items == ()
    with pytest.raises(RetryableSourceError):
        next(iter(walk))


def test_a_record_that_cannot_be_read_is_unknown(platform: XPlatform) -> None:
    platform.spoil()
    post_id = min(platform.timeline.posts)
    verdicts, _ = verified(platform.serving(500), [known(a_post(str(post_id)))])
    assert verdicts[str(post_id)].standing is Standing.UNKNOWN


def test_verifying_has_the_same_budget(platform: XPlatform) -> None:
    platform.arrive(30)
    posts = [known(post) for post in platform.timeline.posts.values()]
    source = platform.serving(500, attempts=1, budget_posts=100)
    source = source.hosted_by(Host(spent=lambda unit, since: 80.0 if unit == "posts" else 0.0))
    verdicts: list[Verdict] = []
    with pytest.raises(FatalSourceError, match="100 of 100 posts are used"):
        for page in source.verify(posts):
            verdicts += page.verdicts
    assert [verdict.standing for verdict in verdicts] == [Standing.STANDS] * 20 + [Standing.UNKNOWN] * 10
    assert [len(ids) for ids in asked_ids(platform)] == [20]


def test_nothing_to_ask(platform: XPlatform) -> None:
    assert list(platform.serving(500).verify([])) == []


LINES: list[str | bytes] = [
    "",
    '{"id":"11","action":"delete","created_at":"2019-09-06T17:25:54.667Z","reason":"protected"}',
    '{"id":"12","action":"delete","redacted_at":"2021-08-17T17:26:15.788Z","reason":"deactivated"}',
    b'{"id":"13","action":"delete","reason":"deleted"}',
    '{"id":"14","action":"delete","reason":"suspended"}',
    '{"id":"15","action":"delete","reason":"bounced"}',
    '{"id":"16","action":"delete"}',
    '{"id":"17","action":"scrub_geo","reason":"scrub_geo"}',
    '{"id":"18","action":"dance","reason":"music"}\n',
    "   \r\n",
]


def test_each_line_of_a_compliance_result_is_a_verdict() -> None:
    found = {verdict.source_id: verdict for verdict in read_compliance(LINES)}
    gone = {"12", "13", "14", "15", "16"}
    assert {post_id for post_id, verdict in found.items() if verdict.standing is Standing.GONE} == gone
    assert found["11"].standing is Standing.PROTECTED
    assert found["17"].standing is Standing.EDITED
    assert found["18"].standing is Standing.UNKNOWN
    assert "'dance'" in found["18"].detail
    assert len(found) == 8


@pytest.mark.parametrize(
    "line",
    ['{"id":"11","action":"del', "[]", '{"id":"11"}', '{"action":"delete"}', '{"id":"a","action":"delete"}', "x"],
)
def test_a_line_that_cannot_be_read_is_never_passed_over(line: str) -> None:
    with pytest.raises(BadRecordError, match=r"^line 2 "):
        read_compliance([LINES[1], line, LINES[2]])
    unread: list[str] = []
    assert len(read_compliance([LINES[1], line, LINES[2]], unread=unread)) == 2
    assert len(unread) == 1
    assert unread[0].startswith("line 2 ")


def test_the_last_line_about_a_post_counts() -> None:
    lines = ['{"id":"1","action":"delete","reason":"protected"}', '{"id":"1","action":"delete","reason":"deleted"}']
    (verdict,) = read_compliance(lines)
    assert verdict.standing is Standing.GONE


@given(st.lists(st.text() | st.binary(), max_size=5))
def test_anything_is_read_or_told(lines: list[str | bytes]) -> None:
    unread: list[str] = []
    read_compliance(lines, unread=unread)
    assert len(unread) <= len(lines)


def test_recorded_compliance_results(recordings: Callable[[str], Path]) -> None:
    lines = (recordings("x") / "twarc_tweets_compliance.jsonl").read_bytes().splitlines()
    assert [verdict.standing for verdict in read_compliance(lines)] == [Standing.PROTECTED, Standing.GONE]


def test_recorded_edits_are_seen(platform: XPlatform, recordings: Callable[[str], Path]) -> None:
    before, after = (
        json.loads((recordings("x") / f"twarc_edited_{name}.jsonl").read_text())["data"][0]
        for name in ("before", "after")
    )
    platform.timeline.add(after)
    platform.timeline.include("tweets", before)
    verdicts, (page,) = verified(platform.serving(500), [known(before)])
    assert [verdict.standing for verdict in verdicts.values()] == [Standing.EDITED]
    assert [(item.source_id, item.text) for item in page.items] == [(before["id"], after["text"])]
