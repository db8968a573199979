"""Posts of X from 4CAT, as NDJSON and as CSV in both dialects: the same posts as from the API, hidden authors hidden."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.file import FileSource, recognise
from advocacy_monitor.sources.x_fourcat import remap
from advocacy_monitor.sources.x_tables import remap as remap_row
from advocacy_monitor.store import Store
from tests.sources.test_file import read, written
from tests.sources.test_x_graphql import tweet

DIGEST = "9f" * 24
FIELDS = [name for name in Post.__struct_fields__ if name != "raw"]


def line(**fields: object) -> dict[str, Any]:
    """A post as 4CAT's data source for the API v2 keeps it."""
    return {
        "id": "1440717170493689866",
        "text": "I miss my library &amp; its staff",
        "created_at": "2021-09-22T16:38:35.000Z",
        "author_id": "7",
        "author_user": {"id": "7", "username": "ana_reads", "name": "Ana"},
        "lang": "en",
        "public_metrics": {"like_count": 2},
        **fields,
    }


def row(**cells: str) -> dict[str, str]:
    """A row of 4CAT's CSV, with the columns that both of its dialects have."""
    return {
        "id": "1440717170493689866",
        "thread_id": "1440717170493689866",
        "timestamp": "2021-09-22 16:38:35",
        "unix_timestamp": "1632328715",
        "link": "https://x.com/ana_reads/status/1440717170493689900",
        "body": "I miss my library &amp; its staff",
        "author": "ana_reads",
        "author_fullname": "Ana",
        "author_id": "7",
        "language_guess": "en",
        "reply_count": "0",
        "retweet_count": "1",
        "like_count": "2",
        "quote_count": "0",
        "impression_count": "",
        "is_retweet": "no",
        "retweeted_user": "",
        "is_quote_tweet": "no",
        "is_reply": "no",
        "hashtags": "",
        "place_name": "",
        **cells,
    }


def table(tmp_path: Path, *rows: dict[str, str], name: str = "4cat.csv", delimiter: str = ",") -> Path:
    """A file with rows under their column names."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / name
    path.write_bytes(buffer.getvalue().encode())
    return path


def test_a_line_is_what_the_api_sent() -> None:
    media = [{"media_key": "3_1", "alt_text": "A shelf"}, "3_2"]
    raw = json.dumps(line(attachments={"media_keys": media}, geo={"place": {"full_name": "Hamburg"}})).encode()
    post = remap(raw)
    assert (post.source, post.source_id, post.text) == ("x", "1440717170493689866", "I miss my library & its staff")
    assert (post.author_id, post.author_handle, post.author_name) == ("7", "ana_reads", "Ana")
    assert (post.media_alt, post.place, post.counts) == (("A shelf",), "Hamburg", {"likes": 2})
    assert post.raw == raw
    assert remap(post.raw) == post


def test_a_repost_has_the_words_and_pictures_of_its_original() -> None:
    original = {"type": "retweeted", "id": "5", "text": "All of it", "attachments": {"media_keys": [{"alt_text": "a"}]}}
    post = remap(json.dumps(line(text="RT @b: All…", referenced_tweets=[original, "odd"])).encode())
    assert (post.text, post.relation, post.related_id, post.media_alt) == ("All of it", Relation.REPOST, "5", ("a",))


@pytest.mark.parametrize("hidden", ["REDACTED", DIGEST])
def test_hidden_authors_stay_hidden(hidden: str) -> None:
    user = {"id": hidden, "username": hidden, "name": hidden}
    for author in ({"author_id": hidden, "author_user": hidden}, {"author_id": hidden, "author_user": user}):
        post = remap(json.dumps(line(**author)).encode())
        assert (post.author_id, post.author_handle, post.author_name) == (None, None, None)
        assert post.url == "https://x.com/i/status/1440717170493689866"
    partly = remap(json.dumps(line(author_user=user)).encode())
    assert (partly.author_id, partly.author_handle) == ("7", None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (line(text="", resource_type="tweet", detail="Could not find"), "X had none for 4CAT .'Could not find'"),
        (line(text=None), "holds no post: there is no text"),
        (line(id=None), "has no id"),
        (3, "is not a JSON object"),
    ],
)
def test_what_is_no_post_is_named(value: object, reason: str) -> None:
    with pytest.raises(BadRecordError, match=reason):
        remap(json.dumps(value).encode())


def test_files_of_lines(tmp_path: Path) -> None:
    imported = {**tweet("from Zeeschuimer"), "__import_meta": {"source_platform": "twitter.com"}}
    for first in (line(), imported):
        path = written(tmp_path, first, line(text="a\0\ud83d", id="2"), imported, b"?")
        assert recognise(path) == "4cat"
        posts, rejects = read(path)
        assert [post.text for post in posts[1:]] == ["a\ufffd\ufffd", "from Zeeschuimer"]
        assert [reject.position for reject in rejects] == ["line 4"]
    assert [post.text for post in read(path, format="4cat")[0]] == [post.text for post in posts]


def test_rows_of_a_table(tmp_path: Path) -> None:
    repost = row(id="2", body="RT @bo: It is &lt;3 #B #a", is_retweet="yes", retweeted_user="bo", hashtags="a,B")
    quote = row(id="3", is_quote_tweet="yes", quote_tweet_id="5", is_reply="yes", place_name="Hamburg")
    first = row(quote_tweet_id="", impression_count="75")
    path = table(
        tmp_path, first, repost | {"quote_tweet_id": ""}, quote, row(id="4", is_reply="yes", quote_tweet_id="")
    )
    assert recognise(path) == "4cat"
    (one, two, three, four), rejects = read(path)
    assert not rejects
    assert one.url == "https://x.com/ana_reads/status/1440717170493689866"  # the link of 4CAT is rounded
    assert (one.text, one.author_handle, one.author_id) == ("I miss my library & its staff", "ana_reads", "7")
    assert one.created_at.isoformat() == "2021-09-22T16:38:35+00:00"
    assert one.counts == {"replies": 0, "reposts": 1, "likes": 2, "quotes": 0, "impressions": 75}
    assert (two.text, two.relation, two.hashtags) == ("It is <3 #B #a", Relation.REPOST, ("B", "a"))
    assert (three.relation, three.related_id, three.place) == (Relation.QUOTE, "5", "Hamburg")
    assert (four.relation, four.related_id) == (Relation.REPLY, None)
    assert json.loads(one.raw)["body"] == "I miss my library &amp; its staff"
    assert all(remap_row(post.raw) == post for post in (one, two, three, four))


@pytest.mark.parametrize("hidden", ["REDACTED", DIGEST])
def test_a_table_with_hidden_authors(tmp_path: Path, hidden: str) -> None:
    author = dict.fromkeys(("author", "author_fullname", "author_id"), hidden)
    (post,), _ = read(table(tmp_path, row(**author)))
    assert (post.author_id, post.author_handle, post.author_name) == (None, None, None)
    assert post.url == "https://x.com/i/status/1440717170493689866"


def test_rows_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    good = row()
    path = table(tmp_path, good, row(id=""), row(id="x"), row(unix_timestamp="9" * 30), row(author="UNKNOWN", body=""))
    path.write_bytes(path.read_bytes() + b'1,2\n"open\n')
    posts, rejects = read(path)
    assert len(posts) == 1
    assert [reject.position for reject in rejects] == [f"row {number}" for number in range(3, 9)]
    reasons = [reject.reason for reject in rejects]
    for reason, words in zip(reasons, ("not a number", "not a number", "date", "X had none", "", "never"), strict=True):
        assert words in reason
    assert json.loads(rejects[4].payload) == ["1", "2"]
    with pytest.raises(FatalSourceError, match="only a header row and no posts"):
        path.write_text(",".join(good) + "\n")
        read(path)


def _posts(path: Path) -> dict[str, Post]:
    posts, rejects = read(path)
    assert not rejects
    assert all(post.source_id for post in posts)
    return {post.source_id: post for post in posts}


@pytest.mark.parametrize(("name", "count"), [("2sets", 200), ("brexit", 100)])
def test_recorded_posts_are_the_same_by_every_road(
    tmp_path: Path, store: Store, recordings: Callable[[str], Path], name: str, count: int
) -> None:
    api = recordings("x") / f"twarc_{name}.jsonl"
    ndjson = recordings("zeeschuimer_4cat") / f"4cat_twitterv2_{name}.ndjson"
    rows = recordings("zeeschuimer_4cat") / f"4cat_twitterv2_{name}.csv"
    assert (recognise(ndjson), recognise(rows)) == ("4cat", "4cat")
    wanted, lines, cells = _posts(api), _posts(ndjson), _posts(rows)
    assert len(wanted) == len(lines) == len(cells) == count
    lost = {"related_id", "media_alt", "raw"}  # which 4CAT does not write into its table
    for post_id, post in wanted.items():
        assert [getattr(lines[post_id], field) for field in FIELDS] == [getattr(post, field) for field in FIELDS]
        for field in set(FIELDS) - lost:
            assert getattr(cells[post_id], field) == getattr(post, field), field
    for path, stored in ((api, count), (ndjson, 0), (rows, 0)):
        tally = collect(store, path.name, FileSource(path=path), kind="import").tally
        assert (tally.read, tally.stored, tally.rejected, tally.changed) == (count, stored, 0, 0)


def test_recorded_captures_are_the_same_from_4cat_but_for_long_posts(recordings: Callable[[str], Path]) -> None:
    folder = recordings("zeeschuimer_4cat")
    wanted = _posts(folder / "zeeschuimer_x_older_legacy_user.ndjson")
    cells = _posts(folder / "4cat_from_zeeschuimer_x_older_legacy_user.csv")
    assert set(wanted) == set(cells)
    cut = {post_id for post_id, post in cells.items() if post.text != wanted[post_id].text}
    assert len(cut) == 2
    for post_id, post in cells.items():
        if post_id in cut:  # 4CAT writes the short form that X shows first
            assert wanted[post_id].text.startswith(post.text.split("…")[0][:100])
            assert "…" in post.text
        for field in set(FIELDS) - {"text", "related_id", "raw", "counts"}:
            assert getattr(post, field) == getattr(wanted[post_id], field), field
