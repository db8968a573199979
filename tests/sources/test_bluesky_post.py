"""Posts of Bluesky become posts: own payloads as cases, hostile ones by Hypothesis, real ones where recordings are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.bluesky_post import (
    View,
    identity,
    parsed_time,
    read,
    refusal,
    remap,
    sort_mark,
    thread_references,
)

DID = "did:plc:mira00000000000000000000"
OTHER = "at://did:plc:jo0000000000000000000000/app.bsky.feed.post/3kother"
TAG = "app.bsky.richtext.facet#tag"
LINK = "app.bsky.richtext.facet#link"


def payload(**record: Any) -> dict[str, Any]:
    return {
        "uri": f"at://{DID}/app.bsky.feed.post/3kpost",
        "cid": "bafyone",
        "author": {"did": DID, "handle": "mira.example.org", "displayName": "Mira\n Beispiel", "labels": []},
        "record": {"$type": "app.bsky.feed.post", "text": "Danke!", "createdAt": "2026-11-02T10:15:30.5+01:00", **record},
        "indexedAt": "2026-11-02T09:15:31.000Z",
        "likeCount": 3,
        "replyCount": 0,
        "labels": [],
    }  # fmt: skip


def event(**record: Any) -> dict[str, Any]:
    return {
        "did": DID,
        "time_us": 1793610931000000,
        "kind": "commit",
        "commit": {
            "rev": "3k",
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": "3kpost",
            "record": payload(**record)["record"],
            "cid": "bafyone",
        },
    }


def mapped(given: Any) -> Post:
    return remap(json.dumps(given, ensure_ascii=False).encode())


def facet(text: str, words: str, **feature: Any) -> dict[str, Any]:
    """A facet over the first `words` of a text, in bytes."""
    start = text.encode().index(words.encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(words.encode())}, "features": [feature]}


def test_a_post_of_a_search() -> None:
    post = mapped(payload(langs=["de-AT", "en"], tags=["Bücherei"]))
    assert post.source == "bluesky"
    assert post.source_id == f"at://{DID}/app.bsky.feed.post/3kpost"
    assert post.url == f"https://bsky.app/profile/{DID}/post/3kpost"
    assert (post.author_id, post.author_handle, post.author_name) == (DID, "mira.example.org", "Mira Beispiel")
    assert post.created_at == datetime(2026, 11, 2, 9, 15, 30, 500000, tzinfo=UTC)
    assert (post.text, post.language, post.hashtags) == ("Danke!", "de", ("bücherei",))
    assert post.counts == {"likes": 3, "replies": 0}
    assert json.loads(post.raw) == payload(langs=["de-AT", "en"], tags=["Bücherei"])


def test_an_event_of_the_stream_is_the_same_post_without_names() -> None:
    from_search, from_stream = mapped(payload()), mapped(event())
    same = ("source_id", "url", "author_id", "text", "created_at", "hashtags")
    assert [getattr(from_stream, name) for name in same] == [getattr(from_search, name) for name in same]
    assert (from_stream.author_handle, from_stream.author_name, from_stream.counts) == (None, None, {})


def test_hashtags_are_marked_or_beside_the_text_or_only_typed() -> None:
    text = "Bücher 📚 #DankeBibliothek und #nurGetippt, a#b &#38; https://e.org/#anker #1"
    post = mapped(payload(text=text, facets=[facet(text, "#DankeBibliothek", tag="DankeBibliothek")], tags=["#Extra"]))
    assert post.hashtags == ("dankebibliothek", "extra", "nurgetippt")
    assert post.text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("#كُتُب!", "كُتُب"), ("#कि_ताब,", "कि_ताब"), ("（#图书馆）", "图书馆"), ("#Bu\u0308cher.", "bücher"), ("#2026books", "2026books"), ("#1 #", None)],
)  # fmt: skip
def test_typed_hashtags_in_any_script(text: str, expected: str | None) -> None:
    assert mapped(payload(text=text)).hashtags == ((expected,) if expected else ())


def test_a_shortened_link_becomes_the_whole_address_and_other_link_texts_stay() -> None:
    text = "Ö📚 example.org/a/very/long... und hier, example.org/b…"
    long, other = "https://example.org/a/very/long/way?x=1", "https://example.org/b/c"
    facets = [
        facet(text, "hier", uri="https://elsewhere.example"),
        facet(text, "example.org/b…", uri=other),
        facet(text, "example.org/a/very/long...", uri=long),
    ]
    assert mapped(payload(text=text, facets=facets)).text == f"Ö📚 {long} und hier, {other}"


@pytest.mark.parametrize(
    ("start", "end", "uri"),
    [(0, 99, "https://e.org"), (-1, 3, "https://e.org"), (5, 5, "https://e.org"), (6, 5, "https://e.org"), (1, 6, "https://e.org/x"), (0, 6, "javascript:alert(1)")],
)  # fmt: skip
def test_a_facet_that_makes_no_sense_changes_nothing(start: int, end: int, uri: str) -> None:
    facets = [{"index": {"byteStart": start, "byteEnd": end}, "features": [{"uri": uri}]}]
    assert mapped(payload(text="Öa... e.org", facets=facets)).text == "Öa... e.org"


def test_overlapping_facets_are_read_once() -> None:
    text = "see e.org/long..."
    whole = facet(text, "e.org/long...", uri="https://e.org/longer")
    part = facet(text, "org/long...", uri="https://e.org/longer")
    assert mapped(payload(text=text, facets=[whole, part])).text == "see e.https://e.org/longer"


def test_control_characters_go() -> None:
    post = mapped(payload(text="a\x00b\x1b[31m\u0085c\nd"))
    assert post.text == "ab[31mc\nd"


def ref(uri: str) -> dict[str, str]:
    return {"uri": uri, "cid": "bafy"}


def test_relations() -> None:
    reply = {"root": ref("at://x/app.bsky.feed.post/root"), "parent": ref(OTHER)}
    quote = {"$type": "app.bsky.embed.record", "record": ref(OTHER)}
    media = {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": ref(OTHER)}, "media": {"images": [{"alt": "Ein Regal"}]}}  # fmt: skip
    feed = {"$type": "app.bsky.embed.record", "record": ref(f"at://{DID}/app.bsky.feed.generator/books")}
    found = {
        "reply": mapped(payload(reply=reply)),
        "quote": mapped(payload(embed=quote)),
        "media": mapped(payload(embed=media)),
        "both": mapped(payload(embed=quote, reply=reply)),
        "feed": mapped(payload(embed=feed)),
    }
    assert (found["reply"].relation, found["reply"].related_id) == (Relation.REPLY, OTHER)
    for name in ("quote", "media", "both"):
        assert (found[name].relation, found[name].related_id) == (Relation.QUOTE, OTHER)
    assert found["media"].media_alt == ("Ein Regal",)
    assert found["feed"].relation is None


def test_pictures_and_films_say_what_they_show_also_without_text() -> None:
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "Leere Regale"}, {"alt": ""}, {"alt": "Leute\x00"}]}
    post = mapped(payload(text="", embed=images))
    assert (post.text, post.media_alt) == ("", ("Leere Regale", "Leute"))
    assert mapped(payload(embed={"$type": "app.bsky.embed.video", "alt": "Ein Film"})).media_alt == ("Ein Film",)
    assert mapped(payload(embed={"$type": "app.bsky.embed.external", "external": {"uri": "https://e.org"}})).media_alt == ()  # fmt: skip


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2026-11-02T09:15:30.123456789Z", "2026-11-02T09:15:30.123456+00:00"),
        ("2026-11-02T09:15:30", "2026-11-02T09:15:30+00:00"),
        ("2016-01-01T00:00:00Z", "2016-01-01T00:00:00+00:00"),
        ("2031-01-01T00:00:00Z", "2026-11-02T09:15:31+00:00"),
        ("soon", "2026-11-02T09:15:31+00:00"),
        (None, "2026-11-02T09:15:31+00:00"),
        ("0001-01-01T00:00:00+14:00", "2026-11-02T09:15:31+00:00"),
    ],
)
def test_a_time_is_what_the_app_says_but_never_later_than_the_service_saw_it(created: Any, expected: str) -> None:
    for given_as in (payload(createdAt=created), event(createdAt=created)):
        assert mapped(given_as).created_at == datetime.fromisoformat(expected)
    mark = sort_mark(json.dumps(payload(createdAt=created)).encode())
    assert mark is not None and expected.startswith(mark[:19])


def test_marks_sort_as_times_do_and_exist_for_posts_that_cannot_be_mapped() -> None:
    given = ["2026-11-02T10:15:30.5+02:00", "2026-11-02T09:15:30Z", "2026-11-02T09:15:30.001Z", "0099-01-01T00:00:00Z"]
    marks = {text: sort_mark(json.dumps({"record": {"createdAt": text}, "uri": 7}).encode()) for text in given}
    assert sorted(given, key=lambda text: marks[text] or "") == [given[3], given[0], given[1], given[2]]
    assert [parsed_time(marks[text]) for text in given[1:3]] == [parsed_time(text) for text in given[1:3]]
    assert sort_mark(b"7") is None and sort_mark(b"{}") is None and sort_mark(b"\xff") is None


def test_handles_that_do_not_hold_are_no_handles() -> None:
    given = payload()
    given["author"] = {"did": DID, "handle": "handle.invalid"}
    assert (mapped(given).author_handle, mapped(given).author_name) == (None, None)


def labelled(where: str, value: str, **more: Any) -> dict[str, Any]:
    given = payload()
    labels = [{"src": DID, "val": value, **more}]
    if where == "record":
        given["record"]["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": labels}
    else:
        (given if where == "post" else given[where])["labels"] = labels
    return given


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (labelled("author", "!no-unauthenticated"), "not signed in"),
        (labelled("record", "!no-unauthenticated"), "not signed in"),
        (labelled("post", "!takedown"), "hidden by its service (!takedown)"),
        (labelled("author", "!hide"), "hidden by its service (!hide)"),
        (labelled("author", "!suspend"), "hidden by its service (!suspend)"),
        (labelled("author", "!no-unauthenticated", neg=True), None),
        (labelled("post", "porn"), None),
        (payload(), None),
        (event(), None),
        (event(labels={"values": [{"val": "!no-unauthenticated"}]}), "not signed in"),
    ],
)
def test_labels_are_respected(given: dict[str, Any], words: str | None) -> None:
    reason = refusal(read(json.dumps(given).encode()))
    assert (reason is None) if words is None else (words in str(reason))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"uri": "at://did:plc:someone/app.bsky.feed.post/3k"}, "not the address of a post of this author"),
        ({"uri": f"at://{DID}/app.bsky.feed.like/3k"}, "not the address of a post"),
        ({"uri": f"at://{DID}/app.bsky.feed.post/../../x"}, "not the address of a post"),
        ({"uri": ""}, "$.uri"),
        ({"author": None}, "$.author"),
        ({"record": {"createdAt": "2026-11-02T10:15:30Z"}}, "$.record"),
        ({"record": {"text": 7}}, "$.record.text"),
        ({"indexedAt": None, "record": {"text": "x", "createdAt": "soon"}}, "neither createdAt nor indexedAt"),
    ],
)
def test_a_post_that_cannot_be_mapped_says_why(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRecordError) as caught:
        mapped(payload() | change)
    assert words in str(caught.value)


@pytest.mark.parametrize("raw", [b"", b"7", b"[]", b"\xff", b"[" * 100_000, b'{"uri": 7}', b'{"did": "x"}'])
def test_what_is_no_post_at_all_is_a_named_reason(raw: bytes) -> None:
    with pytest.raises(BadRecordError, match="not a post of Bluesky"):
        remap(raw)
    assert identity(raw) == raw


def test_an_answer_names_the_post_and_the_beginning_of_its_thread() -> None:
    first = read(json.dumps(payload()).encode())
    later = read(json.dumps(payload(reply={"root": ref("at://r"), "parent": ref("at://p")})).encode())
    assert isinstance(first, View) and isinstance(later, View)
    own = {"uri": first.uri, "cid": "bafyone"}
    assert thread_references(first) == {"root": own, "parent": own}
    assert thread_references(later) == {"root": ref("at://r"), "parent": own}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["text", "createdAt", "langs", "facets", "tags", "labels", "reply", "embed"]


@given(st.sampled_from(FIELDS), json_values)
def test_a_record_with_any_one_odd_field_is_a_post_or_a_named_reason(name: str, value: Any) -> None:
    for given_as in (payload(**{name: value}), event(**{name: value})):
        try:
            assert mapped(given_as).created_at.tzinfo is UTC
        except BadRecordError as error:
            assert name in str(error)


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60), st.text(max_size=9))))
def test_no_facet_breaks_a_text(text: str, places: list[tuple[int, int, str]]) -> None:
    facets = [
        {"index": {"byteStart": start, "byteEnd": end}, "features": [{"uri": f"https://e.org/{words}"}]}
        for start, end, words in places
    ]
    assert isinstance(mapped(payload(text=text, facets=facets)).text, str)


def views(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if {"uri", "author", "record", "indexedAt"} <= set(found):
            yield found
        for value in found.values():
            yield from views(value)
    elif isinstance(found, list):
        for value in found:
            yield from views(value)


def test_every_recorded_post_is_mapped(recordings: Callable[[str], Path]) -> None:
    seen = related = tagged = 0
    for path in sorted(recordings("bluesky").rglob("*.json")):
        for each in views(json.loads(path.read_text(encoding="utf-8"))):
            if each["uri"].split("/")[3:4] != ["app.bsky.feed.post"]:
                continue
            post = mapped(each)
            seen += 1
            related += post.relation is not None
            tagged += "dankebibliothek" in post.hashtags
            assert post.created_at <= datetime.fromisoformat(each["indexedAt"])
    assert seen >= 40
    assert related > 0 and tagged >= 12


def test_every_recorded_event_of_the_stream_is_mapped(recordings: Callable[[str], Path]) -> None:
    lines = (recordings("bluesky") / "jetstream_prod_2026-07-04.jsonl").read_bytes().splitlines()
    commits = [json.loads(line).get("commit") or {} for line in lines]
    written = [
        line
        for line, commit in zip(lines, commits, strict=True)
        if commit.get("collection") == "app.bsky.feed.post" and "record" in commit
    ]
    posts = [remap(line) for line in written]
    assert len(posts) == 17
    assert sum(bool(post.hashtags) for post in posts) == 2
    assert {post.language for post in posts} >= {"ja", "ko", "ru", "en", None}
