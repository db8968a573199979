"""Mastodon statuses become posts: own payloads as cases found by glob, real ones where the recordings are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.mastodon_status import refusal, to_post

PAYLOADS = sorted((Path(__file__).parent / "payloads" / "mastodon").glob("*.json"))
LOCAL = json.loads((Path(__file__).parent / "payloads" / "mastodon" / "local_post.json").read_text())


def mapped(case: dict[str, Any]) -> Post:
    return to_post(case["status"], case["instance"], raw=b"as received")


def as_json(post: Post) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(post))
    return found | {"created_at": post.created_at.isoformat(), "raw": post.raw}


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_payload_becomes_the_post_or_the_reason_that_stands_beside_it(path: Path) -> None:
    case = json.loads(path.read_text())
    reason = refusal(case["status"], respect_indexable=True)
    if "post" in case:
        assert reason is None
        post = as_json(mapped(case))
        assert {name: post[name] for name in case["post"]} == case["post"]
        assert post["raw"] == b"as received"
    elif case["payload_kept"]:
        assert reason is None
        with pytest.raises(BadRecordError) as caught:
            mapped(case)
        assert str(caught.value) == case["reject"]
    else:
        assert reason == case["reject"]


def test_times_are_aware_and_in_utc() -> None:
    assert mapped(LOCAL).created_at == datetime(2026, 11, 2, 9, 15, 30, 123000, tzinfo=UTC)
    without_zone = {**LOCAL, "status": {**LOCAL["status"], "created_at": "2026-11-02T09:15:30"}}
    assert mapped(without_zone).created_at == datetime(2026, 11, 2, 9, 15, 30, tzinfo=UTC)
    with pytest.raises(BadRecordError, match="years 1 to 9999"):
        mapped({**LOCAL, "status": {**LOCAL["status"], "created_at": "0001-01-01T00:00:00+14:00"}})


def test_people_who_are_not_indexable_are_taken_only_when_told_not_to_mind() -> None:
    status = LOCAL["status"] | {"account": LOCAL["status"]["account"] | {"indexable": False, "noindex": True}}
    assert refusal(status, respect_indexable=True) == "account says indexable: false: not collected"
    assert refusal(status, respect_indexable=False) is None
    unknown = LOCAL["status"] | {"account": LOCAL["status"]["account"] | {"indexable": None, "noindex": None}}
    assert refusal(unknown, respect_indexable=True) is None


def test_the_same_post_is_the_same_item_on_every_server() -> None:
    elsewhere = {
        **LOCAL["status"],
        "id": "99",
        "account": LOCAL["status"]["account"] | {"acct": "mira@social.example.org"},
    }
    here, there = mapped(LOCAL), to_post(elsewhere, "https://other.example.net", raw=b"")
    assert (here.source_id, here.author_id, here.author_handle) == (
        there.source_id,
        there.author_id,
        there.author_handle,
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(LOCAL["status"])), json_values)
def test_a_status_with_any_one_odd_field_is_a_post_or_a_named_reason(field: str, value: Any) -> None:
    status = LOCAL["status"] | {field: value}
    assert refusal(status, respect_indexable=True) is None or field in ("visibility", "account", "reblog")
    try:
        assert to_post(status, LOCAL["instance"], raw=b"").created_at.tzinfo is UTC
    except BadRecordError as error:
        assert f"$.{field}" in str(error) or field == "created_at"


def statuses(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if {"uri", "content", "account"} <= set(found):
            yield found
        for value in found.values():
            yield from statuses(value)
    elif isinstance(found, list):
        for value in found:
            yield from statuses(value)


def test_every_recorded_status_is_mapped(recordings: Callable[[str], Path]) -> None:
    seen = expected = related = 0
    for path in sorted(recordings("mastodon").glob("*.json")):
        for interaction in json.loads(path.read_text(encoding="utf-8"))["interactions"]:
            for status in statuses(interaction["body"]):
                post = to_post(status, "https://mastodon.social", raw=b"")
                seen += 1
                quote = status.get("quote") or {}
                expected += bool(
                    status.get("reblog") or (quote.get("state") == "accepted" and "quoted_status" in quote)
                )
                related += post.relation in (Relation.QUOTE, Relation.REPOST) and post.related_id is not None
                assert post.source_id.startswith("http") and "@" in (post.author_handle or "")
                assert "<p>" not in post.text and "quote-inline" not in post.text
                if status.get("quote"):
                    assert "RE: http" not in post.text
    assert seen >= 50
    assert related == expected > 0


def test_addresses_and_hashtags_are_clean_and_an_unclean_id_is_refused() -> None:
    status = LOCAL["status"]
    for url in ("https://s.example/\0x", "https://s.example/\nx", "https://s.example/<script>"):
        assert mapped({**LOCAL, "status": {**status, "url": url}}).url is None
    tagged = mapped({**LOCAL, "status": {**status, "tags": [{"name": "bo\0oks"}, {"name": "\n"}, {"name": "#Books"}]}})
    assert tagged.hashtags == ("books",)
    for uri in ("https://s.example/\0x", "https://s.example/x\n"):
        with pytest.raises(BadRecordError, match="uri holds control characters"):
            mapped({**LOCAL, "status": {**status, "uri": uri}})
