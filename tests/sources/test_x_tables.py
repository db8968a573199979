"""Tables of posts of X: Social Feed Manager, Hydrator, twarc-csv; rounded ids; what they are taken for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError, ConfigError, FatalSourceError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.file import FileSource, recognise
from advocacy_monitor.sources.tabular import Row, Table
from advocacy_monitor.sources.x_tables import read as read_table
from advocacy_monitor.sources.x_tables import remap
from tests.sources.test_file import read
from tests.sources.test_x_fourcat import table

SFM = (
    "id tweet_url created_at parsed_created_at user_screen_name text tweet_type coordinates hashtags media urls "
    "favorite_count in_reply_to_screen_name in_reply_to_status_id in_reply_to_user_id lang place possibly_sensitive "
    "retweet_count retweet_or_quote_id retweet_or_quote_screen_name retweet_or_quote_user_id source user_id user_name"
).split()
HYDRATOR = (
    "coordinates created_at hashtags media urls favorite_count id in_reply_to_screen_name in_reply_to_status_id "
    "in_reply_to_user_id lang place possibly_sensitive quote_id retweet_count retweet_id retweet_screen_name source "
    "text tweet_url user_created_at user_id user_name user_screen_name"
).split()
TWARC = (
    "id conversation_id referenced_tweets.replied_to.id referenced_tweets.retweeted.id referenced_tweets.quoted.id "
    "author_id created_at text lang public_metrics.impression_count public_metrics.reply_count "
    "public_metrics.retweet_count public_metrics.like_count entities.hashtags attachments.media author.id "
    "author.username author.name geo.full_name"
).split()
ID = "1260000000000000123"


def sfm(**cells: str) -> dict[str, str]:
    """A row of Social Feed Manager."""
    return dict.fromkeys(SFM, "") | {
        "id": ID,
        "tweet_url": f"https://twitter.com/ana_reads/status/{cells.get('whole', cells.get('id', ID))}",
        "created_at": "Wed May 13 08:00:00 +0000 2020",
        "parsed_created_at": "2020-05-13 08:00:00+00:00",
        "user_screen_name": "ana_reads",
        "text": "I miss #Books &amp; #Tea",
        "tweet_type": "original",
        "hashtags": "Tea Books",
        "favorite_count": "2",
        "retweet_count": "1",
        "lang": "en",
        "user_id": "7",
        "user_name": "Ana",
        **{key: cell for key, cell in cells.items() if key != "whole"},
    }


def hydrator(**cells: str) -> dict[str, str]:
    """A row of Hydrator, which has no other date than X's own."""
    row = sfm(**cells) | cells
    return {name: row.get(name, "") for name in HYDRATOR}


def twarc(**cells: str) -> dict[str, str]:
    """A row of twarc-csv; a double underscore in a key stands for the dot of its column."""
    given = {key.replace("__", "."): cell for key, cell in cells.items()}
    return dict.fromkeys(TWARC, "") | {
        "id": ID,
        "author_id": "7",
        "author.username": "ana_reads",
        "author.name": "Ana",
        "created_at": "2020-05-13T08:00:00.000Z",
        "text": r"One\n&lt;two&gt; #Books",
        "lang": "en",
        "public_metrics.like_count": "2.0",
        "entities.hashtags": '["#Books"]',
        **given,
    }


@pytest.mark.parametrize(("make", "name"), [(sfm, "social-feed-manager"), (hydrator, "social-feed-manager")])
def test_social_feed_manager_and_hydrator(tmp_path: Path, make: Callable[..., dict[str, str]], name: str) -> None:
    path = table(tmp_path, make(), make(id="2", text="Whole", in_reply_to_status_id="5", tweet_type="reply"))
    assert recognise(path) == name
    assert FileSource(path=path).describe().format == name
    (one, two), rejects = read(path)
    assert not rejects
    assert (one.source, one.source_id, one.text) == ("x", ID, "I miss #Books & #Tea")
    assert (one.hashtags, one.language) == (("Books", "Tea"), "en")
    assert (one.author_id, one.author_handle, one.author_name) == ("7", "ana_reads", "Ana")
    assert one.created_at.isoformat() == "2020-05-13T08:00:00+00:00"
    assert one.counts == {"reposts": 1, "likes": 2}
    assert (two.relation, two.related_id) == (Relation.REPLY, "5")
    assert remap(one.raw) == one


def test_the_relations_of_both_tools(tmp_path: Path) -> None:
    rows = [
        sfm(tweet_type="retweet", retweet_or_quote_id="5"),
        sfm(tweet_type="quote", retweet_or_quote_id="6"),
        sfm(tweet_type="reply", retweet_or_quote_id="6", in_reply_to_status_id="7"),
    ]
    posts, _ = read(table(tmp_path, *rows))
    known = [(post.relation, post.related_id) for post in posts]
    assert known == [(Relation.REPOST, "5"), (Relation.QUOTE, "6"), (Relation.QUOTE, "6")]
    assert posts[0].counts == {}  # they are its original's
    rows = [hydrator(retweet_id="5"), hydrator(quote_id="6"), hydrator(in_reply_to_status_id="1.44E+18")]
    posts, _ = read(table(tmp_path, *rows))
    known = [(post.relation, post.related_id) for post in posts]
    assert known == [(Relation.REPOST, "5"), (Relation.QUOTE, "6"), (None, None)]


def test_twarc_csv(tmp_path: Path) -> None:
    media = json.dumps([{"type": "photo", "alt_text": "A shelf"}, 3])
    repost = twarc(id="2", referenced_tweets__retweeted__id="5", referenced_tweets__quoted__id="6")
    path = table(tmp_path, twarc(attachments__media=media, geo__full_name="Hamburg"), repost)
    assert recognise(path) == "twarc-csv"
    (one, two), rejects = read(path)
    assert not rejects
    assert (one.text, one.hashtags, one.counts) == ("One\n<two> #Books", ("Books",), {"likes": 2})
    assert (one.author_id, one.author_handle, one.author_name) == ("7", "ana_reads", "Ana")
    assert (one.media_alt, one.place) == (("A shelf",), "Hamburg")
    assert (two.relation, two.related_id, two.counts) == (Relation.REPOST, "5", {})
    odd = twarc(entities__hashtags='[{"tag": "Books"}]', attachments__media="[", author_id="", author__id="8")
    (post,), _ = read(table(tmp_path, odd))
    assert (post.hashtags, post.media_alt, post.author_id) == (("Books",), (), "8")


def test_twarc_csv_with_json_in_its_cells(tmp_path: Path) -> None:
    encoded = {name: json.dumps(cell) if cell and name != "text" else cell for name, cell in twarc().items()}
    encoded["text"] = json.dumps("One\ntwo")
    (post,), rejects = read(table(tmp_path, encoded))
    assert not rejects
    assert (post.source_id, post.text, post.author_handle) == (ID, "One\ntwo", "ana_reads")


def test_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(SFM)
    sheet.append(list(sfm().values()))
    sheet.append([float(cell) if name == "id" else cell for name, cell in sfm().items()])
    path = tmp_path / "sfm.xlsx"
    book.save(path)
    assert recognise(path) == "social-feed-manager"
    posts, rejects = read(path)
    assert not rejects
    assert [post.source_id for post in posts] == [ID, ID]


def test_ids_that_a_spreadsheet_rounded_come_from_the_link(tmp_path: Path) -> None:
    for rounded in ("1260000000000000000", "1.26E+18", "1,26E+18"):
        (post,), rejects = read(table(tmp_path, sfm(id=rounded, whole=ID)))
        assert (post.source_id, rejects) == (ID, [])
    (), rejects = read(table(tmp_path, sfm(id="1.26E+18", tweet_url="")))
    assert "was rounded by a spreadsheet program: '1.26E+18'" in rejects[0].reason


def test_a_table_of_rounded_ids_is_refused(tmp_path: Path) -> None:
    rows = [twarc(id=f"1260000000000{number}0000") for number in range(10, 20)]
    with pytest.raises(FatalSourceError, match="10 of 10 ids end in zeros"):
        read(table(tmp_path, *rows))
    posts, _ = read(table(tmp_path, *rows[:4]))
    assert len(posts) == 4


def test_what_a_table_is_taken_for(tmp_path: Path) -> None:
    path = table(tmp_path, sfm(), delimiter="\t")
    with pytest.raises(ConfigError, match="table of posts of X, which needs no columns and no form"):
        read(path, mapping={"columns": {"text": "text"}})
    with pytest.raises(ConfigError, match="needs no columns and no form"):
        FileSource(path=path, form="spring").describe()
    assert len(read(path, mapping={"delimiter": "tab", "encoding": "utf-8"})[0]) == 1
    with pytest.raises(FatalSourceError, match="is no table of twarc-csv; the columns found are 'id', 'tweet_url'"):
        read(path, format="twarc-csv")
    with pytest.raises(FatalSourceError, match="is no table of twarc-csv"):
        FileSource(path=path, format="twarc-csv").describe()
    answers = FileSource(path=path, format="csv", mapping={"columns": {"text": "text"}})
    assert [item.source for page in answers.pages(None) for item in page.items] == ["survey:4cat"]
    assert recognise(table(tmp_path, {"id": "1", "text": "x", "created_at": "y"})) == "csv"


def test_old_rows_say_what_is_wrong_with_them() -> None:
    for raw, reason in ((b"[1]", "is not a row"), (b"{", "is not JSON"), (b'{"a": "b"}', "no row of a table of posts")):
        with pytest.raises(BadRecordError, match=reason):
            remap(raw)


_CELL = st.text(max_size=8) | st.sampled_from(["1.26E+18", "yes", '"x"', "[1]", "9" * 30, "\0", ID, "REDACTED"])


@given(st.sampled_from([SFM, HYDRATOR, TWARC]), st.lists(st.lists(_CELL, max_size=26), min_size=1, max_size=4))
def test_every_row_is_a_post_or_a_reject(header: list[str], rows: list[list[str]]) -> None:
    made = tuple(Row(number, tuple(cells)) for number, cells in enumerate([header, *rows], 1))
    found = list(read_table(Table(rows=made), where="a.csv"))
    assert len(found) == len(rows)
    for each in found:
        if isinstance(each, Post):
            assert remap(each.raw) == each
        else:
            assert each.reason
