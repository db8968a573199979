"""From a payload of X to a post: every shape and oddity, and the recordings where they are present."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post
from advocacy_monitor.sources.x_pages import split
from advocacy_monitor.sources.x_payload import ManyPostsError, is_of_x, remap

CASES = sorted((Path(__file__).parent / "payloads" / "x").glob("*.json"))
PLAIN = {"id": "1260000000000000001", "text": "Quiet.", "created_at": "2020-05-13T09:30:00.000Z"}


def line(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_payload_is_mapped_as_its_case_says(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    raw = line(case["payload"])
    post = remap(raw)
    assert {name: _as_json(getattr(post, name)) for name in case["expected"]} == case["expected"]
    assert post.raw == raw
    assert post.source == "x"


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        assert value.tzinfo is UTC
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_patient_way_gives_the_same_post_as_the_quick_one(path: Path) -> None:
    """A constant that only the patient parser takes is put into the payload: nothing else may change."""
    case = json.loads(path.read_text("utf-8"))
    quick, patient = line(case["payload"]), line(case["payload"] | {"unknown": float("nan")})
    assert _without_raw(remap(patient)) == _without_raw(remap(quick))


def _without_raw(post: Post) -> dict[str, object]:
    return {name: getattr(post, name) for name in dir(post) if not name.startswith("_") and name != "raw"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_of_one_gives_the_same_post(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    payload = case["payload"]
    page: dict[str, Any] = {"statuses" if "id_str" in payload else "data": [payload]}
    if "data" in payload:
        page = payload | {"data": [payload["data"]]}
    (piece,) = split(line(page))
    assert _without_raw(remap(piece)) == _without_raw(remap(line(payload)))


def test_a_page_is_taken_apart_into_the_bytes_as_received() -> None:
    first = b'{"id": "1260000000000000001",  "text":"a\\u00e9", "author_id":"1", "attachments":{"media_keys":["3_1"]}}'
    second = b'{"text":"b","id":"1260000000000000002","author_id":"2","referenced_tweets":[{"type":"quoted","id":"9"}]}'
    users = b'[{"id":"1","username":"one" },{"id":"2","username":"two"},{"username":"three","id":"3"}]'
    others = b'[{"id":"9","author_id":"3","text":"c"},{"id":"8","text":"not referred to"}]'
    page = b'{"data":[%s , %s],"includes":{"users":%s,"tweets":%s,"media":[{"media_key":"3_1"}]},"meta":{}}' % (
        *(first, second),
        *(users, others),
    )
    one, two = split(page)
    assert (
        one
        == b'{"data": %s, "includes": {"users": [{"id":"1","username":"one" }], "media": [{"media_key":"3_1"}]}}'
        % (first)
    )
    assert second in two
    assert b'{"username":"three","id":"3"}' in two
    assert b"not referred to" not in two
    assert remap(two).related_id == "9"
    assert remap(two).author_handle == "two"


def test_a_list_and_a_search_of_v11_are_taken_apart() -> None:
    status = {"id_str": "1260000000000000009", "id": 1, "text": "a", "user": {"id_str": "1"}}
    assert [remap(part).source_id for part in split(line([PLAIN, status]))] == [PLAIN["id"], status["id_str"]]
    assert [remap(part).text for part in split(line({"statuses": [status, status]}))] == ["a", "a"]


def test_an_empty_page_holds_nothing() -> None:
    pages: list[object] = [{"data": []}, {"meta": {"result_count": 0}}, {"statuses": []}, []]
    for page in pages:
        with pytest.raises(ManyPostsError):
            remap(line(page))
        assert split(line(page)) == []


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"id":"1","text":"b\xfccher"}', r"not valid UTF-8 \(byte 0xFC at 19\)"),
        (b'{"id":"1","text":"cut of', r"not JSON .*breaks off"),
        (b"not JSON", "not JSON"),
        (b"12", "not a JSON object"),
        (b'{"id":1' + b"0" * 5000 + b',"text":"x"}', "not JSON that can be read"),
        (b'{"a":' * 5000, "nested too deeply|not JSON"),
        (line({"text": "x"}), "has no id"),
        (line({"id": "../1", "text": "x"}), "id is not a number: '../1'"),
        (line({"id": "12", "text": "x"}), "id 12 does not tell the time"),
        (line({"id": "99999999999999999999", "text": "x"}), "does not tell the time"),
        (line(PLAIN | {"created_at": "0001-01-01T00:00:00+14:00"}), "out of range"),
        (line({"id": "1260000000000000001"}), "no text; its keys are 'id'"),
        (line({"id": "1", "action": "delete", "reason": "protected"}), r"compliance notice, 'delete \(protected\)'"),
        (line({"delete": {"status": {}}}), "deletion notice"),
        (line({"limit": {"track": 5}}), "limit notice"),
        (line({"errors": [{"title": "x"}]}), "error message"),
        (line({"data": {"id": "1", "username": "ana"}}), "holds a user"),
        (line({"id_str": "1", "text": "x", "user": {}, "created_at": "yesterday"}), "no date of X: 'yesterday'"),
        (line({"id_str": "1", "text": "x", "user": {}, "created_at": "Wed Foo 13 09:30:00 +0000 2020"}), "no date"),
    ],
)
def test_what_is_no_post_says_what_it_is(payload: bytes, reason: str) -> None:
    with pytest.raises(BadRecordError, match=reason):
        remap(payload)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({"data": [{"id": "1", "username": "a"}, {"id": "2", "username": "b"}]}, r"user, no post \(2 records"),
        ({"data": [{"start": "a", "end": "b", "tweet_count": 4}]}, r"counts, no post \(1 record"),
        ({"data": [5]}, "holds no post"),
    ],
)
def test_a_page_without_posts_says_what_it_holds(page: object, reason: str) -> None:
    with pytest.raises(BadRecordError, match=reason):
        split(line(page))


def test_one_bad_post_leaves_the_page_whole() -> None:
    parts = split(line({"data": [PLAIN, {"id": "2"}, "?", {"id": [], "text": "x", "author_id": {}}, PLAIN]}))
    assert len(parts) == 5
    assert remap(parts[4]).text == "Quiet."
    for part in parts[1:4]:
        with pytest.raises(BadRecordError):
            remap(part)


def test_a_page_that_only_a_patient_parser_takes_is_read_all_the_same() -> None:
    (part,) = split(b'{"data":[' + line(PLAIN) + b'],"meta":{"score":NaN}}'.replace(b"NaN", b'"a\\ud800"'))
    assert remap(part).text == "Quiet."
    with pytest.raises(BadRecordError, match="cannot be taken apart"):
        split(b'{"data":[' + line(PLAIN) + b'],"meta":{"score":NaN}}')


def test_only_three_escapes_are_undone() -> None:
    post = remap(line(PLAIN | {"text": "&amp;lt; &lt;b&gt; &copy; &#39; AT&T"}))
    assert post.text == "&lt; <b> &copy; &#39; AT&T"


def test_json_of_others_is_not_taken_for_x() -> None:
    assert not is_of_x({"id": "1", "content": "<p>a</p>", "account": {}})
    assert not is_of_x({"nav_index": "1", "data": {"text": "x"}})
    assert not is_of_x({"data": [{"id": "1", "message": "x"}], "paging": {}})
    assert not is_of_x([])
    assert is_of_x([PLAIN])
    assert is_of_x({"data": [PLAIN]})


_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["quoted", "701", "😀"])
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
_FIELDS = [
    *("id", "text", "author_id", "created_at", "lang", "entities", "note_tweet", "referenced_tweets", "attachments"),
    *(
        "geo",
        "public_metrics",
        "author",
        "data",
        "includes",
        "statuses",
        "id_str",
        "full_text",
        "user",
        "extended_tweet",
    ),
    *("retweeted_status", "place", "errors", "meta", "action"),
]


@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=8), st.booleans())
@settings(max_examples=300)
def test_whatever_stands_in_the_fields_gives_a_post_or_a_reason(fields: dict[str, Any], plain: bool) -> None:
    raw = json.dumps((PLAIN if plain else {}) | fields).encode()
    try:
        post = remap(raw)
    except ManyPostsError:
        _try_all(raw)
    except BadRecordError as error:
        assert str(error)
    else:
        assert remap(post.raw) == post
        post.text.encode()
        assert "\0" not in post.text


def _try_all(raw: bytes) -> None:
    try:
        parts = split(raw)
    except BadRecordError as error:
        assert str(error)
        return
    for part in parts:
        try:
            remap(part)
        except BadRecordError as error:
            assert str(error)


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_give_a_post_or_a_reason(raw: bytes) -> None:
    for function in (remap, split):
        try:
            function(raw)
        except BadRecordError as error:
            assert str(error)


def test_every_recorded_post_is_mapped_again_to_itself(recordings: Callable[[str], Path]) -> None:
    found = 0
    for raw in _recorded(recordings):
        try:
            post = remap(raw)
        except ManyPostsError:
            continue
        except BadRecordError:
            continue
        found += 1
        assert remap(post.raw) == post
        assert post.raw == raw
        if post.relation is not None:
            assert post.related_id is not None
    assert found > 1500


def _recorded(recordings: Callable[[str], Path]) -> Iterator[bytes]:
    files = [*recordings("x").glob("*.jsonl"), *recordings("load").glob("*_v11.jsonl")]
    for path in files:
        for raw in path.read_bytes().splitlines():
            if raw.strip():
                yield raw.strip()
                yield from _pieces(raw)
    for path in recordings("x").glob("*.json"):
        for interaction in json.loads(path.read_bytes())["interactions"]:
            yield from _pieces(json.dumps(interaction["body"]).encode())


def _pieces(raw: bytes) -> list[bytes]:
    try:
        return split(raw)
    except BadRecordError:
        return []


def test_recorded_reposts_give_the_whole_text(recordings: Callable[[str], Path]) -> None:
    """In the recordings every repost whose original came along is longer than the cut text, or as long."""
    reposts = [post for raw in _recorded(recordings) if (post := _post(raw)) and post.relation == "repost"]
    assert len(reposts) > 400
    uncut = [post for post in reposts if not post.text.startswith("RT @")]
    assert len(uncut) > 0.95 * len(reposts)


def _post(raw: bytes) -> Post | None:
    try:
        return remap(raw)
    except BadRecordError:
        return None
