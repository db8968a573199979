"""Reddit's posts and comments as Posts: what is taken, what is refused, what is cut out of a payload."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation, Standing
from advocacy_monitor.sources.reddit_thing import (
    More,
    alone,
    branches,
    comments,
    fate,
    listed,
    more_comments,
    name_of,
    refusal,
    time_of,
    to_post,
)
from tests.sources.platform_reddit import NOW, Thing, a_comment, a_post, listing


def raw(thing: Any) -> bytes:
    return json.dumps(thing).encode()


def post(**more: Any) -> Post:
    return to_post(raw(a_post(36, NOW, **more)))


def comment(**more: Any) -> Post:
    return to_post(raw(a_comment(37, NOW, post="t3_10", **more)))


def test_a_post_is_its_title_and_its_text() -> None:
    found = post(selftext="I *love* it.\r\n\n#DankeBibliothek, see r/all\u0007", score=-2, num_comments=4)
    assert found.source == "reddit"
    assert found.source_id == "t3_10"
    assert found.text == "I missed my library, number 36\n\nI *love* it.\n\n#DankeBibliothek, see r/all"
    assert found.hashtags == ("DankeBibliothek",)
    assert found.created_at == datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    assert found.url == "https://www.reddit.com/r/libraries/comments/10/i_missed_my_library/"
    assert found.author_id == found.author_handle == "reader36"
    assert found.counts == {"score": -2, "comments": 4}
    assert found.relation is None and found.related_id is None
    assert json.loads(found.raw)["data"]["selftext"].endswith("\u0007")


def test_a_link_or_a_picture_is_its_title_and_the_captions() -> None:
    found = post(selftext="", gallery_data={"items": [{"caption": "Our reading corner", "id": 1}, {"media_id": "x"}]})
    assert found.text == "I missed my library, number 36"
    assert found.media_alt == ("Our reading corner",)
    assert post(gallery_data=None).media_alt == ()


def test_a_comment_answers_what_it_stands_below() -> None:
    found = comment(num_comments=900)
    assert found.source_id == "t1_11"
    assert found.text == "So did I, number 37."
    assert (found.relation, found.related_id) == (Relation.REPLY, "t3_10")
    assert found.counts == {"score": 1}, "num_comments is the thread's"
    assert comment(parent="t1_zz").related_id == "t1_zz"


def test_a_crosspost_repeats_its_original_and_does_not_hold_it() -> None:
    original = a_post(35, NOW, author="somebody_else", selftext="Somebody else's words")
    thing = a_post(36, NOW, crosspost_parent="t3_z", crosspost_parent_list=[original["data"]], selftext="")
    own, below = alone(raw(thing))
    found = to_post(own)
    assert (found.relation, found.related_id) == (Relation.REPOST, "t3_z")
    assert found.text == "I missed my library, number 36"
    assert b"somebody_else" not in own and b"Somebody else" not in own
    assert json.loads(own)["data"] == thing["data"] | {"crosspost_parent_list": []}
    assert below == []


@pytest.mark.parametrize(
    ("permalink", "url"),
    [
        (None, "https://www.reddit.com/comments/10/_/11/"),
        ("javascript:alert(1)", "https://www.reddit.com/comments/10/_/11/"),
        ('/r/a/"onload="x', "https://www.reddit.com/comments/10/_/11/"),
        ("/r/a/comments/10/b%C3%BCcher/11/", "https://www.reddit.com/r/a/comments/10/b%C3%BCcher/11/"),
    ],
)
def test_addresses(permalink: str | None, url: str) -> None:
    assert comment(permalink=permalink).url == url


def test_a_post_without_a_permalink_has_its_short_address() -> None:
    assert post(permalink=None).url == "https://www.reddit.com/comments/10/"


@pytest.mark.parametrize(
    ("thing", "standing", "words"),
    [
        (a_comment(1, NOW, post="t3_1", author="[deleted]", body="[deleted]"), Standing.GONE, "by its author"),
        (a_comment(1, NOW, post="t3_1", author="[deleted]", body="[removed]"), Standing.WITHHELD, "removed by"),
        (a_comment(1, NOW, post="t3_1", author="x", body="[ Removed by Reddit ]"), Standing.WITHHELD, "removed by"),
        (a_comment(1, NOW, post="t3_1", author="[deleted]", body="I loved it"), Standing.GONE, "account is deleted"),
        (a_comment(1, NOW, post="t3_1", author=None, body="I loved it"), Standing.GONE, "account is deleted"),
        (a_post(1, NOW, selftext="[removed]"), Standing.WITHHELD, "removed by"),
        (a_post(1, NOW, selftext="[deleted]", author="[deleted]"), Standing.GONE, "by its author"),
        (a_post(1, NOW, title="[deleted by user]", selftext="[removed]"), Standing.GONE, "by its author"),
        (a_post(1, NOW, removed_by_category="deleted"), Standing.GONE, "by its author"),
        (a_post(1, NOW, removed_by_category="moderator"), Standing.WITHHELD, "removed by its moderators"),
        (a_post(1, NOW, removed_by_category="copyright_takedown"), Standing.WITHHELD, "after a complaint"),
        (a_post(1, NOW, removed_by_category="a\nnew<one>"), Standing.WITHHELD, "removed by its moderators or Reddit"),
    ],
)
def test_what_is_deleted_or_removed_is_no_statement(thing: Thing, standing: Standing, words: str) -> None:
    found = fate(raw(thing))
    assert found is not None and found[0] is standing and words in found[1]
    reason = refusal(raw(thing))
    assert reason is not None and reason.endswith(": not collected") and "\n" not in reason


def test_what_else_is_refused() -> None:
    assert refusal(raw(a_post(1, NOW))) is None
    assert "private" in (refusal(raw(a_post(1, NOW, subreddit_type="private"))) or "")
    assert "a program" in (refusal(raw(a_comment(1, NOW, post="t3_1", author="AutoModerator"))) or "")


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"[]", "not a post or comment"),
        (b"\xff", "not a post or comment"),
        (b'{"kind": "t3"}', "data"),
        (raw({"kind": "more", "data": {}}), "neither a post"),
        (raw(a_post(1, NOW, name=5)), "name"),
        (raw(a_post(1, NOW, name="")), "name"),
        (raw(a_post(1, NOW, name="t1_1")), "no fullname"),
        (raw(a_post(1, NOW, name="t3_../x")), "no fullname"),
        (raw(a_post(1, NOW, created_utc="yesterday")), "created_utc"),
        (raw(a_post(1, NOW, created_utc=1e18)), "created_utc"),
        (raw(a_post(1, NOW, title=None, selftext=" ")), "holds no text"),
        (raw(a_comment(1, NOW, post="t3_1", body=["x"])), "body"),
    ],
)
def test_what_cannot_be_read_names_the_field(payload: bytes, words: str) -> None:
    with pytest.raises(BadRecordError, match=words):
        refusal(payload)
        to_post(payload)


def test_a_tree_is_taken_apart_and_each_payload_holds_one_person_only() -> None:
    leaf = a_comment(4, NOW, post="t3_1", parent="t1_3", body='a "replies": "trap"')
    stub = {"kind": "more", "data": {"count": 2, "parent_id": "t1_3", "children": ["x1", "../", "x2"], "id": "x1"}}
    middle = a_comment(3, NOW, post="t3_1", parent="t1_2", body="replies", replies=listing([leaf, stub]))
    root = a_comment(2, NOW, post="t3_1", replies=listing([middle]))
    other = a_comment(5, NOW, post="t3_1")
    found = list(branches(comments(raw([listing([a_post(1, NOW)]), listing([root, other])]))))
    things = [thing for thing in found if isinstance(thing, bytes)]
    assert [to_post(thing).source_id for thing in things] == ["t1_2", "t1_3", "t1_4", "t1_5"]
    for thing, whole in zip(things, (root, middle, leaf, other), strict=True):
        assert json.loads(thing)["data"] == whole["data"] | {"replies": ""}
    assert [more for more in found if isinstance(more, More)] == [More(ids=("x1", "x2"), parent_id="t1_3", count=2)]


def test_what_has_an_odd_shape_inside_of_a_tree_is_handed_on_to_be_set_aside() -> None:
    bad = [{"kind": "more", "data": {"children": [], "parent_id": "/etc", "count": 0}}, 5, {"kind": "t1", "data": []}]
    odd = a_comment(2, NOW, post="t3_1", replies={"kind": "Listing", "data": {"children": 5}})
    found = list(branches([raw(thing) for thing in (*bad, odd)]))
    assert len(found) == 5 and all(isinstance(thing, bytes) for thing in found)
    assert to_post(found[3]).source_id == "t1_2"  # type: ignore[arg-type]  # checked above


def test_marks_and_names_of_what_can_and_cannot_be_read() -> None:
    assert time_of(raw(a_post(1, NOW))) == "2026-11-02T12:00:00Z"
    assert time_of(raw(a_post(1, NOW, title=5))) == "2026-11-02T12:00:00Z"
    assert time_of(raw(a_post(1, NOW, created_utc=1e18))) is None
    assert time_of(b"5") is None
    assert name_of(raw(a_post(1, NOW, title=5))) == "t3_1"
    assert name_of(raw(a_post(1, NOW, name="x"))) is None
    assert name_of(b"5") is None


@given(st.text(min_size=1), st.text())
def test_any_words_come_through_or_are_refused(title: str, selftext: str) -> None:
    payload = raw(a_post(36, NOW, title=title, selftext=selftext))
    try:
        found = to_post(payload)
    except BadRecordError:
        return
    assert found.raw == payload
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in found.text)


def recorded(folder: Path) -> Iterator[bytes]:
    """Every thing in the recordings of listings, threads and api/info, taken apart as the source does it."""
    for file in sorted(folder.glob("*.json")):
        for interaction in json.loads(file.read_text(encoding="utf-8"))["interactions"]:
            body = interaction["body"]
            if interaction["status"] != 200 or interaction["body_kind"] != "json":
                continue
            answer = raw(body)
            if isinstance(body, list):
                things: list[bytes] = comments(answer)
            elif "json" in body:
                things = more_comments(answer)
            elif body.get("kind") == "Listing":
                things = list(listed(answer).things)
            else:
                continue
            yield from (thing for thing in branches(things) if isinstance(thing, bytes))


def test_recorded_posts_and_comments(recordings: Callable[[str], Path]) -> None:
    told: Counter[str] = Counter()
    for thing in recorded(recordings("reddit")):
        if json.loads(thing)["kind"] == "t5":
            told["a subreddit"] += 1
            continue
        reason = refusal(thing)
        if reason is not None:
            told[reason] += 1
            continue
        found = to_post(thing)
        told["kept"] += 1
        assert found.text and found.url and found.url.startswith("https://www.reddit.com/")
        assert found.author_handle and "[deleted]" not in found.text[:9]
        assert b'"replies": {' not in found.raw and b'"replies":{' not in found.raw
    assert told["kept"] > 2000
    assert told.pop("a subreddit") == 100
    assert {reason for reason in told if reason != "kept"} == {
        "deleted by its author: not collected",
        "removed by its moderators or Reddit: not collected",
        "its author's account is deleted: not collected",
        "written by AutoModerator, which is a program: not collected",
    }
