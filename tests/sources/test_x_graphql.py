"""Captures of Zeeschuimer: both shapes of authors, long posts, reposts, quotes, exact ids, and what is no post."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import BadRecordError, ConfigError, FatalSourceError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.file import FileSource, recognise
from advocacy_monitor.sources.x_graphql import remap
from advocacy_monitor.store import Store
from tests.sources.test_file import read, written

ID = "1677037919880507393"
NEW = {"rest_id": "7", "core": {"screen_name": "ana_reads", "name": "Ana"}, "legacy": {}}
OLD = {"rest_id": "7", "legacy": {"screen_name": "ana_reads", "name": "Ana"}}


def tweet(text: str = "I miss my library", *, post_id: str = ID, user: object = NEW, **legacy: Any) -> dict[str, Any]:
    """A post as X's web pages load it."""
    return {
        "__typename": "Tweet",
        "rest_id": post_id,
        "core": {"user_results": {"result": user}},
        "views": {"count": "75", "state": "EnabledWithCount"},
        "legacy": {
            "id_str": post_id,
            "created_at": "Thu Jul 06 19:32:52 +0000 2023",
            "full_text": text,
            "entities": {"hashtags": []},
            "lang": "en",
            "user_id_str": "7",
            "favorite_count": 2,
            "retweet_count": 1,
            **legacy,
        },
        "id": 1677037919880507400,
    }


def capture(data: object, **wrapper: object) -> dict[str, Any]:
    """A line of Zeeschuimer; its own id is rounded, as JavaScript rounds it."""
    return {
        "nav_index": "1:2:0",
        "item_id": 1677037919880507400,
        "timestamp_collected": 1787227200000,
        "source_platform": "twitter.com",
        "source_platform_url": "https://x.com/search",
        "user_agent": "Mozilla/5.0",
        "data": data,
        **wrapper,
    }


def mapped(data: object) -> Post:
    """The post in a capture, which reads the same from what is kept of it."""
    raw = json.dumps(capture(data)).encode()
    post = remap(raw)
    assert remap(post.raw) == post
    assert post.raw == raw
    return post


@pytest.mark.parametrize("user", [NEW, OLD], ids=["core", "legacy"])
def test_both_shapes_of_authors(user: object) -> None:
    post = mapped(tweet("Books &amp; tea &lt;3", user=user, quote_count=0, reply_count=4))
    assert (post.source, post.source_id, post.text) == ("x", ID, "Books & tea <3")
    assert (post.author_id, post.author_handle, post.author_name) == ("7", "ana_reads", "Ana")
    assert post.url == f"https://x.com/ana_reads/status/{ID}"
    assert post.created_at.isoformat() == "2023-07-06T19:32:52+00:00"
    assert post.counts == {"replies": 4, "reposts": 1, "likes": 2, "quotes": 0, "impressions": 75}
    assert (post.language, post.relation) == ("en", None)


def test_a_long_post_is_whole_and_was_not_escaped() -> None:
    data = tweet("Tea &amp; bo… https://t.co/x")
    data["note_tweet"] = {
        "note_tweet_results": {
            "result": {"text": "Tea & books, and &amp; is an entity", "entity_set": {"hashtags": [{"text": "Tea"}]}}
        }
    }
    post = mapped(data)
    assert post.text == "Tea & books, and &amp; is an entity"
    assert post.hashtags == ("Tea",)


def test_a_repost_has_the_words_of_its_original() -> None:
    original = tweet(
        "The whole of it #Books", post_id="1677000000000000001", entities={"hashtags": [{"text": "Books"}]}
    )
    original["quoted_status_result"] = {"result": tweet("inner")}
    nested = {"__typename": "TweetWithVisibilityResults", "tweet": original}
    for result in (original, nested):
        data = tweet("RT @b: The who…", retweeted_status_result={"result": result}, quoted_status_id_str="5")
        post = mapped(data)
        assert post.text == "The whole of it #Books"
        assert post.hashtags == ("Books",)
        assert (post.relation, post.related_id) == (Relation.REPOST, "1677000000000000001")
    gone = tweet("RT @b: The who…", retweeted_status_result={"result": {"__typename": "TweetTombstone"}})
    assert (mapped(gone).text, mapped(gone).relation) == ("RT @b: The who…", Relation.REPOST)


def test_quotes_replies_pictures_and_places() -> None:
    picture = {"media": [{"ext_alt_text": "A shelf &amp; a cat"}, {"ext_alt_text": None}]}
    quote = mapped(tweet(quoted_status_id_str="5", extended_entities=picture, place={"full_name": "Hamburg"}))
    assert (quote.relation, quote.related_id) == (Relation.QUOTE, "5")
    assert (quote.media_alt, quote.place) == (("A shelf & a cat",), "Hamburg")
    reply = mapped(tweet(in_reply_to_status_id_str="6", lang="und"))
    assert (reply.relation, reply.related_id, reply.language) == (Relation.REPLY, "6", None)


def test_hashtags_are_looked_for_where_x_leaves_them_out() -> None:
    assert mapped(tweet("Hi #Bücherei", entities={"urls": []})).hashtags == ("Bücherei",)
    assert mapped(tweet("no tag: #1", entities={"hashtags": []})).hashtags == ()


def test_the_oldest_captures_and_those_without_an_author() -> None:
    adaptive = {"id": 1, "type": "adaptive", "legacy": tweet()["legacy"], "user": {"screen_name": "b", "name": "B"}}
    assert (mapped(adaptive).author_handle, mapped(adaptive).author_id) == ("b", "7")
    unknown = mapped(tweet(user={"__typename": "UserUnavailable"}))
    assert (unknown.author_handle, unknown.url) == (None, f"https://x.com/i/status/{ID}")


def test_fields_of_another_type_are_left_out() -> None:
    post = mapped(tweet("a\ud83d", favorite_count="many", place=[], extended_entities=3))
    assert (post.text, post.counts, post.place) == ("a\ufffd", {"reposts": 1, "impressions": 75}, None)
    assert mapped(tweet("a\0b")).text == "a\ufffdb"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (capture({"__typename": "TweetTombstone", "tombstone": {"text": {"text": "x"}}}), "X did not show it"),
        (capture({"id": 1}, source_platform="tiktok.com"), "captured at 'tiktok.com'; only captures from X"),
        (capture({"id": 1}), "holds no post of X; its keys are 'id'"),
        (capture(tweet(full_text=None)), "there is no full_text"),
        (capture(tweet(created_at="yesterday")), "no date of X: 'yesterday'"),
        (capture(tweet(post_id="12x")), "not a number: '12x'"),
        (capture({}), "its keys are none"),
        ("text", "is not a JSON object"),
    ],
)
def test_what_is_no_post_is_named(line: object, reason: str) -> None:
    with pytest.raises(BadRecordError, match=reason):
        remap(json.dumps(line).encode())


def test_a_file_of_captures(tmp_path: Path, store: Store) -> None:
    """Every line is a post or a reject; the same posts from the API are the same items."""
    lines = [
        capture({"__typename": "TweetTombstone"}),
        capture(tweet("one", post_id="1677000000000000001")),
        capture(tweet("two", post_id="1677000000000000002")),
        b'{"nav_index": "1", "da',
    ]
    path = written(tmp_path, *lines, name="zeeschuimer-export.ndjson")
    assert recognise(path) == "zeeschuimer"
    posts, rejects = read(path)
    assert [post.text for post in posts] == ["one", "two"]
    assert [reject.position for reject in rejects] == ["line 1", "line 4"]
    assert FileSource(path=path).describe().format == "zeeschuimer"
    api = {"id": "1677000000000000001", "text": "one", "author_id": "7"}
    collect(store, "api", FileSource(path=written(tmp_path, api)), kind="import")
    tally = collect(store, "zeeschuimer", FileSource(path=path), kind="import").tally
    assert (tally.read, tally.stored, tally.already, tally.rejected, tally.changed) == (4, 1, 1, 2, 0)
    with pytest.raises(ConfigError, match="posts of X have no columns"):
        read(path, form="spring")
    posts, _ = read(written(tmp_path, [capture(tweet("in a list"))]))
    assert [post.text for post in posts] == ["in a list"]


def test_captures_of_other_platforms_are_refused_whole(tmp_path: Path) -> None:
    path = written(tmp_path, capture({"desc": "a film"}, source_platform="tiktok.com"))
    with pytest.raises(FatalSourceError, match=r"the keys 'nav_index'.*zeeschuimer: posts of X captured in a browser"):
        read(path)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=3), st.text(max_size=4))
def test_whatever_stands_in_a_field_is_read_or_refused_in_words(value: Any, key: str) -> None:
    for place in ("full_text", "entities", "retweeted_status_result", "place", "quote_count", "id_str", key):
        for data in (tweet(**{place: value}), tweet() | {place: value}, tweet(user={"core": value, place: value})):
            try:
                post = remap(json.dumps(capture(data)).encode())
            except BadRecordError as error:
                assert str(error)
            else:
                assert post.source_id == ID or post.source_id.isdigit()


def test_every_recorded_capture_is_read(recordings: Callable[[str], Path]) -> None:
    expected = {"older_legacy_user": 77, "search": 20, "tweet_detail": 37, "user_tweets": 20}
    for name, count in expected.items():
        path = recordings("zeeschuimer_4cat") / f"zeeschuimer_x_{name}.ndjson"
        posts, rejects = read(path)
        assert (recognise(path), len(posts), rejects) == ("zeeschuimer", count, [])
        assert len({post.source_id for post in posts}) == count
        for post, line in zip(posts, path.read_bytes().splitlines(), strict=True):
            data = json.loads(line)["data"]
            note = data.get("note_tweet", {}).get("note_tweet_results", {}).get("result", {}).get("text")
            assert post.source_id == data["rest_id"]
            assert post.author_handle
            assert post.raw == line
            assert remap(post.raw) == post
            assert note is None or post.relation is Relation.REPOST or post.text == note
            assert not (post.relation is Relation.REPOST and post.text.startswith("RT @"))
