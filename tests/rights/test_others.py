"""A payload that a person is given holds their own data and nobody else's, whichever platform it came from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.rights.others import LEFT_OUT, without_others

ME, MY_NAME, SAID = "ada", "Ada Reader", "My library lent me the tools to build a shed."
OTHER = {"id": "99", "username": "otherperson", "name": "Otherperson Lastname"}
WORDS = "Otherperson wrote these other words here."
PAYLOADS: dict[str, dict[str, Any]] = {
    "x, a quote with what goes with it": {
        "data": {"id": "1", "text": SAID, "author_id": "7", "referenced_tweets": [{"type": "quoted", "id": "2"}],
                 "entities": {"mentions": [{"start": 0, "end": 3, "username": "otherperson", "id": "99"}]}},
        "includes": {"users": [{"id": "7", "username": "Ada", "name": MY_NAME, "description": "I read."}, OTHER],
                     "tweets": [{"id": "2", "text": WORDS, "author_id": "99"}]},
    },
    "x, an older quote": {
        "id_str": "1", "full_text": SAID, "user": {"screen_name": "ada", "name": MY_NAME, "description": "I read."},
        "quoted_status": {"full_text": WORDS, "user": {"screen_name": "otherperson", "name": "Otherperson"}},
        "in_reply_to_screen_name": "otherperson",
        "entities": {"user_mentions": [{"screen_name": "otherperson", "name": "Otherperson Lastname"}]},
    },
    "mastodon": {
        "id": "1", "content": f"<p>{SAID}</p>", "account": {"acct": "ada@books.example", "username": "ada",
                                                             "display_name": MY_NAME, "note": "<p>I read.</p>"},
        "mentions": [{"username": "otherperson", "acct": "otherperson@books.example"}],
        "quote": {"state": "accepted", "quoted_status": {"content": WORDS, "account": {"acct": "otherperson"}}},
        "in_reply_to_account_id": "99",
    },
    "bluesky": {
        "uri": "at://did:plc:ada/app.bsky.feed.post/1", "author": {"did": "did:plc:ada", "handle": "ada",
                                                                    "displayName": MY_NAME},
        "record": {"text": SAID, "bio": "I read.", "embed": {"$type": "app.bsky.embed.record"}},
        "embed": {"record": {"author": {"handle": "otherperson.example", "displayName": "Otherperson"},
                             "value": {"text": WORDS}}},
    },
    "reddit": {
        "kind": "t1", "data": {"author": "ada", "body": SAID, "link_author": "otherperson", "about": "I read.",
                               "link_title": "Otherperson asks", "replies": {"data": {"children": [
                                   {"data": {"author": "otherperson", "body": WORDS}}]}}},
    },
    "youtube": {
        "snippet": {"topLevelComment": {"snippet": {
            "textDisplay": SAID, "textOriginal": SAID, "authorDisplayName": "@ada", "about": "I read."}}},
        "replies": {"comments": [{"snippet": {"textDisplay": WORDS, "authorDisplayName": "@otherperson"}}]},
    },
    "facebook": {
        "comment": {"message": SAID, "from": {"name": MY_NAME, "id": "7"}, "about": "I read."},
        "parent": {"message": WORDS, "from": {"name": "Otherperson Lastname", "id": "99"}},
    },
    "a flat row": {
        "text": SAID, "author_username": "ada", "about": "I read.", "quoted_text": WORDS,
        "reply_to_username": "otherperson", "mentions": "otherperson", "replied_to_author": "otherperson",
    },
}  # fmt: skip


@pytest.mark.parametrize("platform", PAYLOADS)
def test_nothing_of_others_and_the_persons_own_words(platform: str) -> None:
    made = without_others(
        json.dumps(PAYLOADS[platform]).encode(), names=[ME, "ada@books.example", MY_NAME], texts=[SAID]
    )
    assert made is not None
    assert b"therperson" not in made, made.decode()
    assert SAID.encode() in made
    assert LEFT_OUT.encode() in made


@pytest.mark.parametrize("platform", ["x, an older quote", "bluesky", "reddit", "facebook", "youtube", "a flat row"])
def test_what_is_said_about_the_person_stays(platform: str) -> None:
    made = without_others(json.dumps(PAYLOADS[platform]).encode(), names=[ME, MY_NAME], texts=[SAID])
    assert made is not None
    assert b"I read." in made


@pytest.mark.parametrize(
    "payload",
    [b"", b"<rss/>", b"[1, 2]", b"\xff{", b'"text"', b'{"a":' * 10_000 + b"1" + b"}" * 10_000],
)
def test_what_cannot_be_told_apart_is_for_people(payload: bytes) -> None:
    assert without_others(payload, names=[ME], texts=[SAID]) is None


def test_somebody_of_the_same_name_on_another_server_is_somebody_else() -> None:
    account = {"username": "ada", "acct": "ada", "display_name": "", "note": "I read."}
    twin = {"username": "ada", "acct": "ada@elsewhere.example", "note": "Not me."}
    payload = json.dumps({"content": SAID, "account": account, "seen": [twin]}).encode()
    made = without_others(payload, names=["ada@books.example"], texts=[SAID])
    assert made is not None
    assert (b"I read." in made, b"Not me." in made) == (True, False)


def test_a_long_hostile_text_takes_no_long_time() -> None:
    payload = json.dumps({"inner": {"text": "<" * 3_000_000}}).encode()
    assert without_others(payload, names=[ME], texts=[SAID]) is not None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _json, max_size=6), _json)
def test_a_statement_of_somebody_else_goes_from_any_place(around: dict[str, Any], inner: Any) -> None:
    foreign = {"text": WORDS, "inner": inner, "author": {"username": "otherperson"}}
    payload = {**around, "text": SAID, "somewhere": [{"deeper": foreign}]}
    made = without_others(json.dumps(payload).encode(), names=[ME], texts=[SAID])
    assert made is not None
    assert b"Otherperson wrote" not in made
    assert json.loads(made)["text"] == SAID


def test_tagged_people_and_whom_somebody_answered_are_left_out() -> None:
    payload = {
        "message_tags": [{"id": "9", "name": "Otto Other"}],
        "to": {"data": [{"name": "Otto Other"}]},
        "parent": {"from": {"name": "Otto Other"}},
        "facets": [{"features": [{"did": "did:plc:otto"}]}],
        "reply": {"parent": {"uri": "at://did:plc:otto/x"}},
        "text": "My own words about the reading room.",
    }
    kept = without_others(json.dumps(payload).encode(), names=["ada"], texts=["My own words about the reading room."])
    assert kept is not None
    assert b"tto" not in kept
    assert b"My own words" in kept
