"""Records out of an answer, byte for byte, whatever one of them holds."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.sources.json_records import is_json, records, without_odd

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values=st.lists(_VALUES, max_size=6), ascii_only=st.booleans(), indent=st.none() | st.integers(0, 3))
def test_every_record_is_its_exact_bytes(values: list[object], ascii_only: bool, indent: int | None) -> None:
    body = json.dumps({"x": {"data": 1}, "data": {"children": values}}, ensure_ascii=ascii_only, indent=indent)
    raw = body.encode("utf-8", "surrogatepass")
    found = records(raw, "data", "children")
    assert [json.loads(each) for each in found] == values
    assert all(each in raw for each in found)


@pytest.mark.parametrize(
    "odd",
    [
        rb'{"text": "half \ud83d"}',
        b'{"text": "a \x00 and \x1b"}',
        b'{"text": "\xff\xfe not UTF-8"}',
        b"[" * 50_000 + b"]" * 50_000,
        rb'{"text": "quoted \" and \\"}',
    ],
    ids=["half a character", "control characters", "not UTF-8", "deep", "escapes"],
)
def test_one_odd_record_does_not_keep_the_others(odd: bytes) -> None:
    body = b'[{"id": 1}, ' + odd + b', {"id": 2}]'
    assert records(body) == [b'{"id": 1}', odd, b'{"id": 2}']


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", ()),
        (b"<html>", ()),
        (b'{"data": {}}', ("data",)),
        (b'{"a": []}', ("data",)),
        (b'[{"id": 1}', ()),
        (b'[{"id": 1', ()),
        (b'["half', ()),
        (b"[1 2]", ()),
        (b"[,]", ()),
        (b'{"data" []}', ("data",)),
        (b"]", ("data",)),
    ],
)
def test_what_is_no_list_is_said(body: bytes, path: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        records(body, *path)


def test_odd_records_are_taken_out_and_the_rest_can_be_read() -> None:
    odd = rb'{"id": 2, "text": "\ud83d"}'
    body = b'{"data": [{"id": 1}, ' + odd + b'], "meta": 1, "includes": {"users": [' + odd + b', {"id": 1}]}}'
    rest, found = without_odd(body, ("data",), ("includes", "users"), ("includes", "none"))
    assert found == [odd, odd]
    assert json.loads(rest) == {"data": [{"id": 1}], "meta": 1, "includes": {"users": [{"id": 1}]}}


@given(st.binary(max_size=200))
def test_any_bytes_end(body: bytes) -> None:
    with suppress(ValueError):
        records(body)
    assert is_json(body) in (True, False)


@pytest.mark.parametrize("body", [b"{}", b' {"a": [1, "]"]} ', rb'["\ud83d"]', b"[" * 9000 + b"]" * 9000, b"true"])
def test_what_is_json_is_known(body: bytes) -> None:
    assert is_json(body)


@pytest.mark.parametrize("body", [b"", b"<html>{}", b"{} {}", b'{"a": [1', b"[1]]", b"Sorry, not found"])
def test_what_is_no_json_is_known(body: bytes) -> None:
    assert not is_json(body)
