"""YouTube's comments as Posts: what is taken, how a thread is taken apart, and recorded answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.youtube_comment import (
    About,
    about_of,
    id_of,
    listed,
    reply_about,
    thread,
    time_of,
    to_post,
    wrapped,
)
from tests.sources.platform_youtube import NOW, VIDEO, Youtube, a_comment


def raw(value: Any) -> bytes:
    return json.dumps(value).encode()


def post(about: About | None = None, **more: Any) -> Post:
    return to_post(wrapped(raw(a_comment("Ugx1", NOW, **more)), about or About()))


def test_a_comment_as_a_post() -> None:
    found = post(About(video_id="other", total_reply_count=4), textOriginal="Danke!\r\n#DankeBibliothek\u0000 & <3")
    assert found.source == "youtube" and found.source_id == "Ugx1"
    assert found.text == "Danke!\n#DankeBibliothek & <3"
    assert found.hashtags == ("DankeBibliothek",)
    assert found.created_at == datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    assert found.url == f"https://www.youtube.com/watch?v={VIDEO}&lc=Ugx1"
    assert found.author_id == "UC" + "Ugx1".rjust(22, "x")
    assert found.author_handle == found.author_name == "@reader-Ugx1"
    assert found.counts == {"likes": 2, "replies": 4}
    assert (found.relation, found.related_id) == (None, None)


def test_a_reply_names_what_it_replies_to_and_takes_the_video_from_its_thread() -> None:
    found = post(About(video_id="abc-DEF_123"), parentId="Ugx0", videoId=None)
    assert (found.relation, found.related_id) == (Relation.REPLY, "Ugx0")
    assert found.url == "https://www.youtube.com/watch?v=abc-DEF_123&lc=Ugx1"


@pytest.mark.parametrize("video", [None, "", "a b", "x&y=z", '"><script>'])
def test_without_a_video_there_is_no_address(video: str | None) -> None:
    assert post(videoId=video).url is None


def test_displayed_text_is_html_unless_plain_text_was_asked_for() -> None:
    comment = a_comment("Ugx1", NOW, textOriginal=None, textDisplay='1 &lt; 2<br>see <a href="https://a.example">x</a>')
    html = raw({"comment": comment, "thread": {"videoId": VIDEO}})
    assert to_post(html).text == "1 < 2\nsee x"
    assert to_post(wrapped(raw(comment), About())).text == comment["snippet"]["textDisplay"]


def test_older_names_and_missing_authors() -> None:
    old = post(authorDisplayName=" Mira\nM. ", authorChannelUrl="http://www.youtube.com/channel/UC1")
    assert (old.author_handle, old.author_name) == ("UC" + "Ugx1".rjust(22, "x"), "Mira M.")
    nobody = post(authorDisplayName="", authorChannelUrl="", authorChannelId=None)
    assert (nobody.author_id, nobody.author_handle, nobody.author_name) == (None, None, None)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"[]", "not a comment"),
        (b"\xff", "not a comment"),
        (b"{}", "comment"),
        (wrapped(raw(a_comment("a b", NOW)), About()), "its id"),
        (wrapped(raw(a_comment("Ug1", NOW, publishedAt="today")), About()), "publishedAt"),
        (wrapped(raw(a_comment("Ug1", NOW, publishedAt="0001-01-01T00:00:00+14:00")), About()), "publishedAt lies"),
        (wrapped(raw(a_comment("Ug1", NOW, textOriginal="\u0007 ")), About()), "no text"),
        (wrapped(raw(a_comment("Ug1", NOW, textOriginal=5)), About()), "textOriginal"),
        (wrapped(raw(a_comment("Ug1", NOW, likeCount="many")), About()), "likeCount"),
    ],
)
def test_what_cannot_be_read_names_the_field(payload: bytes, words: str) -> None:
    with pytest.raises(BadRecordError, match=words):
        to_post(payload)


def test_a_thread_is_taken_apart_and_each_payload_holds_one_person_only() -> None:
    replies = [a_comment(f"Ug1.{n}", NOW, parent="Ug1") for n in range(3)]
    youtube = Youtube(comments=[a_comment("Ug1", NOW)], replies={"Ug1": replies}, sent_with=2)
    record = raw(youtube._thread(youtube.comments[0]))
    found = thread(record)
    assert (found.id, found.replies_in_all, found.is_public) == ("Ug1", 3, True)
    assert found.about == About(video_id=VIDEO, channel_id="UC" + "c" * 22, total_reply_count=3)
    assert [json.loads(reply) for reply in found.replies] == replies[1:]
    assert found.uppermost in record and b"Ug1.1" not in found.uppermost
    payload = wrapped(found.replies[0], reply_about(found.about))
    assert json.loads(payload) == {
        "comment": replies[1],
        "thread": {"videoId": VIDEO, "channelId": "UC" + "c" * 22},
        "textFormat": "plainText",
    }
    assert found.replies[0] in payload, "the comment stands in it as it was received"
    assert about_of(payload) == reply_about(found.about)
    assert about_of(b"{}") == about_of(b"\xff") == About()


@pytest.mark.parametrize("record", [b"5", b"{}", raw({"id": "x", "snippet": {}}), raw({"id": 5})])
def test_what_is_no_thread_is_told(record: bytes) -> None:
    with pytest.raises(BadRecordError, match="not a comment thread"):
        thread(record)


def test_marks_and_ids_of_what_can_and_cannot_be_read() -> None:
    assert time_of(raw(a_comment("Ug1", NOW, likeCount="many"))) == "2026-11-02T12:00:00Z"
    assert time_of(raw(a_comment("Ug1", NOW, publishedAt="2026-11-02T13:00:00.123+01:00"))) == "2026-11-02T12:00:00Z"
    assert time_of(b"{}") is None
    assert id_of(raw(a_comment("Ug1.x-_", NOW))) == "Ug1.x-_"
    assert id_of(raw(a_comment("a/b", NOW))) is None
    assert id_of(b"{}") is None


@given(st.text())
def test_any_words_come_through_or_are_refused(text: str) -> None:
    payload = wrapped(raw(a_comment("Ug1", NOW, textOriginal=text)), About())
    try:
        found = to_post(payload)
    except BadRecordError:
        assert not text.strip("\t\n\r ").isprintable() or not text.strip()
        return
    assert found.raw == payload
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in found.text)


def test_recorded_comments(recordings: Callable[[str], Path]) -> None:
    kept: list[Post] = []
    for file in sorted(recordings("youtube").glob("comment*.json")):
        if "insert" in file.name:
            continue
        for record in listed(file.read_bytes()).records:
            if json.loads(record)["kind"] == "youtube#commentThread":
                found = thread(record)
                kept.append(to_post(wrapped(found.uppermost, found.about)))
                kept += [to_post(wrapped(reply, reply_about(found.about))) for reply in found.replies]
            else:
                kept.append(to_post(wrapped(record, About())))
    assert len(kept) == 16
    assert all(one.text and one.author_id and one.counts["likes"] >= 0 for one in kept)
    assert sum(one.relation is Relation.REPLY for one in kept) == 3
