"""Instagram's records as Posts: media with and without an author, comments, what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Relation
from advocacy_monitor.sources.instagram_media import Found, capture, found, to_post

MEDIUM: dict[str, Any] = {
    "id": "17900",
    "caption": "Our third place 📚\n#DankeBibliothek #books",
    "media_type": "CAROUSEL_ALBUM",
    "permalink": "https://www.instagram.com/p/Abc/",
    "timestamp": "2026-10-31T09:15:30+0000",
    "like_count": 12,
    "comments_count": 0,
}
COMMENT: dict[str, Any] = {
    "id": "17901",
    "text": "I missed you!",
    "timestamp": "2026-10-31T10:00:00+0000",
    "username": "Mira.Reads",
    "like_count": 1,
}
UNDER = Found(list="comments", media="900", media_url="https://www.instagram.com/p/O/")


def raw(record: dict[str, Any], where: Found) -> bytes:
    return capture(json.dumps(record).encode(), where)


def test_a_medium_with_a_hashtag_has_no_author() -> None:
    made = to_post(raw(MEDIUM, Found(list="hashtag", hashtag="missedmylibrary")))
    assert (made.source, made.source_id) == ("instagram", "17900")
    assert made.text == "Our third place 📚\n#DankeBibliothek #books"
    assert made.created_at == datetime(2026, 10, 31, 9, 15, 30, tzinfo=UTC)
    assert made.url == "https://www.instagram.com/p/Abc/"
    assert made.hashtags == ("dankebibliothek", "books", "missedmylibrary")
    assert (made.author_id, made.author_handle, made.author_name) == (None, None, None)
    assert made.counts == {"likes": 12, "comments": 0}
    assert (made.relation, made.related_id) == (None, None)


def test_a_medium_that_tags_the_account_has_one() -> None:
    made = to_post(raw(MEDIUM | {"username": "Mira.Reads"}, Found(list="tagged")))
    assert (made.author_id, made.author_handle) == ("mira.reads", "mira.reads")
    assert made.hashtags == ("dankebibliothek", "books")


def test_a_comment_has_the_address_of_its_medium() -> None:
    made = to_post(raw(COMMENT, UNDER))
    assert (made.text, made.author_handle) == ("I missed you!", "mira.reads")
    assert made.url == "https://www.instagram.com/p/O/"
    assert (made.relation, made.related_id) == (Relation.REPLY, "900")
    answer = to_post(raw(COMMENT | {"parent_id": "17800"}, UNDER))
    assert answer.related_id == "17800"


def test_the_capture_is_the_record_as_sent_and_is_mapped_again() -> None:
    record = b'{"id" :"17901","text":"B\\u00fccher" ,"timestamp":"2026-10-31T10:00:00+0000"}'
    kept = capture(record, UNDER)
    assert record in kept
    assert found(kept) == (UNDER, record)
    assert (to_post(kept).text, to_post(kept).raw) == ("Bücher", kept)


def test_a_medium_without_words_is_one_without_words() -> None:
    made = to_post(raw({"id": "1", "timestamp": "2026-10-31T10:00:00+0000"}, Found(list="tagged")))
    assert (made.text, made.url, made.counts, made.hashtags) == ("", None, {}, ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"timestamp": None}, "has no timestamp"),
        ({"timestamp": "soon"}, "timestamp is not a time"),
        ({"timestamp": 5}, "timestamp"),
        ({"id": None}, "has no id"),
        ({"id": ""}, "has no id"),
        ({"caption": 7}, "caption"),
    ],
)
def test_what_cannot_be_read_names_the_field(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRecordError, match=words):
        to_post(raw(MEDIUM | change, Found(list="tagged")))


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"data": {}}', b'{"list": "likes", "data": {}}', b"\xff", b"[" * 9999])
def test_what_is_no_capture_is_no_post(kept: bytes) -> None:
    with pytest.raises(BadRecordError):
        to_post(kept)


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    assert to_post(raw(MEDIUM | {"permalink": "javascript:alert(1)"}, Found(list="tagged"))).url is None


def test_the_recorded_records_are_read(recordings: Callable[[str], Path]) -> None:
    folder = recordings("instagram")
    tagged = json.loads((folder / "users__tagged_medias.json").read_text())["data"]
    made = [to_post(raw(record, Found(list="tagged"))) for record in tagged]
    assert len(made) == 5
    assert sum(post.text == "" for post in made) == 1
    comments = json.loads((folder / "comments__comments_fields.json").read_text())
    assert [to_post(raw(record, UNDER)).source_id for record in comments.values()] == list(comments)
