"""Facebook's records as Posts: whose words, when, under what; what must not be collected; derived numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Relation
from advocacy_monitor.sources.facebook_post import Owner, capture, found, read, refusal, to_post

POST: dict[str, Any] = {
    "id": "1029_77",
    "message": "Thank you, Library!\r\nBest place. #DankeBibliothek #Lesen2026 #42",
    "created_time": "2026-10-30T09:15:30+0000",
    "permalink_url": "https://www.facebook.com/1029/posts/77",
    "from": {"id": "555", "name": "Mira  Moon"},
    "attachments": {
        "data": [
            {"media_type": "photo", "description": "A reading corner with two chairs"},
            {"media_type": "link", "description": "A newspaper's words"},
        ]
    },
    "shares": {"count": 2},
    "reactions": {"data": [], "summary": {"total_count": 9}},
    "comments": {"data": [], "summary": {"total_count": 4}},
}
COMMENT: dict[str, Any] = {
    "id": "77_501",
    "message": "Me too \u0007 📚",
    "created_time": "2026-10-31T23:59:59+0000",
    "permalink_url": "https://www.facebook.com/1029/posts/77/?comment_id=501",
    "like_count": 3,
    "comment_count": 1,
}


def raw(record: dict[str, Any], *, post: str | None = None) -> bytes:
    return capture(json.dumps(record).encode(), page="1029", post=post)


def test_a_post() -> None:
    made = to_post(raw(POST), owner=Owner(library="Lindenrode", area="Weststadt"))
    assert made.source == "facebook"
    assert made.source_id == "1029_77"
    assert made.text == "Thank you, Library!\nBest place. #DankeBibliothek #Lesen2026 #42"
    assert made.created_at == datetime(2026, 10, 30, 9, 15, 30, tzinfo=UTC)
    assert made.url == "https://www.facebook.com/1029/posts/77"
    assert made.hashtags == ("dankebibliothek", "lesen2026")
    assert (made.author_id, made.author_handle, made.author_name) == ("555", None, "Mira Moon")
    assert (made.relation, made.related_id) == (None, None)
    assert made.media_alt == ("A reading corner with two chairs",)
    assert made.counts == {"reactions": 9, "comments": 4, "shares": 2}
    assert (made.library, made.area, made.place) == ("Lindenrode", "Weststadt", None)


def test_a_comment_answers_its_post_and_an_answer_its_comment() -> None:
    made = to_post(raw(COMMENT, post="1029_77"))
    assert made.text == "Me too  📚"
    assert (made.relation, made.related_id) == (Relation.REPLY, "1029_77")
    assert made.counts == {"reactions": 3, "comments": 1}
    assert (made.author_id, made.author_name, made.library, made.area) == (None, None, None, None)
    answer = to_post(raw({**COMMENT, "parent": {"id": "77_400"}}, post="1029_77"))
    assert (answer.relation, answer.related_id) == (Relation.REPLY, "77_400")


@pytest.mark.parametrize(
    ("address", "post", "source_id", "related"),
    [
        ("https://www.facebook.com/1029/posts/77/?comment_id=501", "1029_77", "77_501", "1029_77"),
        ("https://www.facebook.com/1029/posts/77/?comment_id=501&reply_comment_id=502", "1029_77", "77_502", "77_501"),
        ("https://www.facebook.com/permalink.php?story_fbid=pfbid0x&comment_id=501", "1029_77", "77_501", "1029_77"),
    ],
)
def test_the_number_of_a_comment_is_read_from_its_address(
    address: str, post: str, source_id: str, related: str
) -> None:
    """Apps with Page Public Content Access are not given it."""
    record = {name: value for name, value in COMMENT.items() if name != "id"} | {"permalink_url": address}
    made = to_post(raw(record, post=post))
    assert (made.source_id, made.related_id) == (source_id, related)


def test_a_comment_has_one_number_however_graph_writes_it() -> None:
    long = {**COMMENT, "id": "1029_77_501", "parent": {"id": "1029_77_400"}}
    made = to_post(raw(long, post="1029_77"))
    assert (made.source_id, made.related_id) == ("77_501", "77_400")


def test_the_capture_is_the_record_as_sent_and_is_mapped_again() -> None:
    record = b'{"id": "77_501",  "message":"B\\u00fccher", "created_time": "2026-10-31T23:59:59+0000"}'
    kept = capture(record, page="1029", post="1029_77")
    assert record in kept
    again = to_post(kept)
    assert again.raw == kept
    assert again.text == "Bücher"
    assert (found(kept).page, found(kept).post) == ("1029", "1029_77")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"created_time": None}, "created_time"),
        ({"created_time": "yesterday"}, "created_time is not a time"),
        ({"created_time": "0001-01-01T00:00:00+1400"}, "created_time is not a time"),
        ({"id": 5}, "id"),
        ({"id": None, "permalink_url": None}, "neither an id nor an address"),
        ({"message": ["words"]}, "message"),
    ],
)
def test_what_cannot_be_read_names_the_field(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRecordError, match=words):
        to_post(raw({**COMMENT, **change}, post="1029_77"))


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"data": 5}', b'{"data": "words"}', b"\xff", b"[" * 100_000])
def test_what_is_no_capture_is_no_post(kept: bytes) -> None:
    with pytest.raises(BadRecordError):
        to_post(kept)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://[broken?comment_id=1", "", None])
def test_a_hostile_address_is_no_link_and_no_error(address: str | None) -> None:
    made = to_post(raw({**COMMENT, "permalink_url": address}, post="1029_77"))
    assert made.url is None or made.url.startswith("https://")
    assert made.source_id == "77_501"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"is_hidden": False, "is_private": False, "privacy": {"value": "EVERYONE"}}, None),
        ({"privacy": {"value": ""}}, None),
        ({"is_hidden": True}, "hidden on the Page"),
        ({"is_private": True}, "private comment"),
        ({"privacy": {"value": "ALL_FRIENDS"}}, "not shown to everybody"),
        ({"privacy": {"value": "SELF"}}, "not shown to everybody"),
    ],
)
def test_only_what_everybody_may_see_is_collected(change: dict[str, Any], reason: str | None) -> None:
    said = refusal(read(json.dumps({**POST, **change}).encode()))
    assert said is None if reason is None else said is not None and reason in said


def test_a_post_without_words_is_a_post_without_words() -> None:
    made = to_post(raw({"id": "1_2", "created_time": "2026-10-30T09:15:30+0000"}))
    assert (made.text, made.url, made.counts, made.hashtags) == ("", None, {}, ())


def test_the_recorded_comments_have_the_numbers_that_a_token_of_the_page_would_see(
    recordings: Callable[[str], Path],
) -> None:
    folder = recordings("facebook")
    known = json.loads((folder / "comments__comments_info.json").read_text())
    for number, record in known.items():
        bare = {name: value for name, value in record.items() if name != "id"}
        assert to_post(raw(bare, post="19292868552_10158371815748553")).source_id == number
