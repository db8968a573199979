"""Meta's Graph API: errors in our words, the token in one header and nowhere else, lists of both kinds, batches."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.graph_client import (
    BASE_URL,
    Credentials,
    Graph,
    position,
    usable_version,
)
from advocacy_monitor.sources.graph_errors import AccessError, LimitError, MissingError, TokenError, graph_error
from advocacy_monitor.sources.graph_values import stamp, unstamped
from advocacy_monitor.sources.retrying import Patience
from tests.sources.graph_replay import TOKEN, by_cursor, by_time, error
from tests.sources.replay import Answer, ReplayServer, Request, as_json

SECRET = "app-secret-words"
RECORDS = [{"id": str(number), "at": 100 - number} for number in range(1, 8)]


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer(lambda request: as_json({"data": []})) as running:
        yield running


def graph(server: ReplayServer, *, app_secret: str | None = None, max_wait: float = 0, attempts: int = 1) -> Graph:
    return Graph(
        Credentials(token=TOKEN, app_secret=app_secret),
        base_url=server.url,
        version="v26.0",
        timeout=5,
        clock=lambda: datetime(2026, 11, 1, tzinfo=UTC),
        patience=Patience(max_wait_seconds=max_wait, attempts=attempts, sleep=lambda seconds: None),
    )


def failure(server: ReplayServer, answer: Answer) -> SourceError:
    server.always = answer
    with closing(graph(server)) as asked, pytest.raises(SourceError) as caught:
        asked.get("1", {}, what="one")
    return caught.value


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "words"),
    [
        (-1, None, RetryableSourceError, "in trouble"),
        (1, None, RetryableSourceError, "in trouble"),
        (2, None, RetryableSourceError, "in trouble"),
        (4, None, LimitError, "the app has made too many requests"),
        (17, None, LimitError, "account of the access_token"),
        (32, None, LimitError, "this Page"),
        (341, None, LimitError, "limits requests"),
        (613, None, LimitError, "limits requests"),
        (80001, None, LimitError, "limits requests"),
        (80002, None, LimitError, "limits requests"),
        (102, None, TokenError, "make a new one"),
        (190, None, TokenError, "make a new one"),
        (190, 460, TokenError, "has changed the password"),
        (190, 463, TokenError, "it has expired"),
        (190, 492, TokenError, "no role on the Page"),
        (368, None, TokenError, "has blocked"),
        (3, None, AccessError, "a permission"),
        (10, None, AccessError, "a permission"),
        (200, None, AccessError, "a permission"),
        (299, None, AccessError, "a permission"),
        (100, 33, MissingError, "no such object"),
        (803, None, MissingError, "no such object"),
        (24, 2207024, MissingError, "no such object"),
        (100, None, FatalSourceError, "name or field"),
        (100, 2018001, FatalSourceError, "name or field"),
        (9999, None, FatalSourceError, "refuses the request"),
    ],
)
def test_a_code_decides(
    code: int, subcode: int | None, kind: type[SourceError], words: str, server: ReplayServer
) -> None:
    found = failure(server, error(code, subcode=subcode))
    assert type(found) is kind
    assert words in str(found)
    assert f"code {code}" in str(found)
    assert "trace Abc1" in str(found)
    assert "the words of Meta" not in str(found)


@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_the_code_outweighs_the_status(status: int, server: ReplayServer) -> None:
    found = failure(server, as_json({"error": {"message": "x", "code": 190}}, status=status))
    assert type(found) is TokenError


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("Requires pages_read_user_content permission for everybody", "pages_read_user_content"),
        ("needs the 'Page Public Content Access' feature", "Page Public Content Access"),
        ("(#10) Application needs INSTAGRAM_BASIC", "instagram_basic"),
    ],
)
@pytest.mark.parametrize("code", [10, 100, 200])
def test_a_permission_that_is_named_is_told(message: str, named: str, code: int, server: ReplayServer) -> None:
    found = failure(server, error(code, message=message))
    assert type(found) is AccessError
    assert named in str(found)
    assert "everybody" not in str(found) and "Application" not in str(found)


def test_an_app_that_demands_proof_is_told_as_such(server: ReplayServer) -> None:
    found = failure(server, error(100, message="(#100) requires either app secret proof or an app token"))
    assert "set app_secret" in str(found)


@pytest.mark.parametrize(
    ("usage", "seconds"),
    [
        ('{"1": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}]}', 19 * 60),
        ('{"1": [{"estimated_time_to_regain_access": 2}], "2": [{"estimated_time_to_regain_access": 7}]}', 7 * 60),
        ('{"1": [{"estimated_time_to_regain_access": 99999}]}', 86_400),
        ('{"1": [{"estimated_time_to_regain_access": 0}]}', 3600),
        ("not json", 3600),
        ("[1]", 3600),
        ("", 3600),
    ],
)
def test_a_limit_says_how_long_to_wait(usage: str, seconds: float, server: ReplayServer) -> None:
    found = failure(server, error(80001, X_Business_Use_Case_Usage=usage))
    assert isinstance(found, LimitError)
    assert found.retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": 5}', b'{"error": {"code": "190"}}', b"\xff", b"[" * 5000])
def test_what_is_no_error_of_graph_goes_by_its_status(body: bytes, server: ReplayServer) -> None:
    assert graph_error(body, {}) is None
    found = failure(server, Answer(status=403, body=body))
    assert type(found) is FatalSourceError
    assert "permission" in str(found)


def test_after_a_limit_or_a_refused_token_nothing_more_is_asked(server: ReplayServer) -> None:
    for code in (4, 190):
        server.always = error(code)
        server.requests.clear()
        with closing(graph(server)) as asked:
            for _ in range(3):
                with pytest.raises((LimitError, TokenError)):
                    asked.get("1", {}, what="one")
            assert asked.over is not None
        assert len(server.requests) == 1


def test_a_missing_permission_stops_only_what_needs_it(server: ReplayServer) -> None:
    server.instead.append(error(10))
    with closing(graph(server)) as asked:
        with pytest.raises(AccessError):
            asked.get("1/tagged", {}, what="one")
        assert asked.get("1/feed", {}, what="two") == b'{"data": []}'


def test_a_short_limit_is_waited_for_and_an_hour_is_not(server: ReplayServer) -> None:
    short = error(32, X_Business_Use_Case_Usage='{"1": [{"estimated_time_to_regain_access": 1}]}')
    server.instead.append(short)
    with closing(graph(server, max_wait=100, attempts=2)) as asked:
        assert asked.get("1", {}, what="one")
    server.instead.append(error(32))
    with closing(graph(server, max_wait=100, attempts=2)) as asked, pytest.raises(LimitError):
        asked.get("1", {}, what="one")


@pytest.mark.parametrize(
    "serve",
    [lambda request: by_cursor(request, RECORDS), lambda request: by_time(request, RECORDS, lambda one: one["at"])],
    ids=["by cursor", "by time"],
)
@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_both_kinds_of_lists_are_read_to_their_end(
    serve: Callable[[Request], Answer], limit: int, server: ReplayServer
) -> None:
    server.route = serve
    with closing(graph(server)) as asked:
        pages = list(asked.pages("1/feed", {"limit": limit, "since": 1, "fields": "id"}, what="a list"))
    assert [json.loads(raw)["id"] for records in pages for raw in records] == [one["id"] for one in RECORDS]
    for request in server.requests:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.query["since"] == "1" and request.query["fields"] == "id"
        assert TOKEN not in request.target


def test_an_empty_page_is_no_end(server: ReplayServer) -> None:
    server.instead.append(as_json({"data": [], "paging": {"next": f"{BASE_URL}/v26.0/1/feed?after=x"}}))
    server.instead.append(as_json({"data": [{"id": "1"}]}))
    with closing(graph(server)) as asked:
        assert list(asked.pages("1/feed", {}, what="a list")) == [[], [b'{"id": "1"}']]


def test_records_are_the_bytes_that_were_sent(server: ReplayServer) -> None:
    record = b'{"id" :"1",  "message": "B\\u00fccher \xf0\x9f\x93\x9a", "message": "twice"}'
    server.always = Answer(body=b'{"data":[' + record + b"]}")
    with closing(graph(server)) as asked:
        assert next(asked.pages("1/feed", {}, what="a list")) == [record]


@pytest.mark.parametrize("body", [b"{}", b'{"data": {}}', b'{"data": null}', b'"words"'])
def test_what_is_no_list_may_pass(body: bytes, server: ReplayServer) -> None:
    server.always = Answer(body=body)
    with closing(graph(server)) as asked, pytest.raises(RetryableSourceError, match="list of records"):
        list(asked.pages("1/feed", {}, what="a list"))


@pytest.mark.parametrize("following", [f"{BASE_URL}/x?access_token={TOKEN}", "https://[broken", ""])
def test_a_next_page_without_a_place_is_an_error_without_its_address(following: str) -> None:
    with pytest.raises(RetryableSourceError) as caught:
        position(following)
    assert TOKEN not in str(caught.value)


@given(
    more=st.dictionaries(st.sampled_from(["after", "until", "__paging_token", "method", "fields", "limit"]), st.text()),
    name=st.sampled_from(["access_token", "appsecret_proof"]),
)
def test_a_place_never_holds_the_token(more: dict[str, str], name: str) -> None:
    from urllib.parse import urlencode

    address = f"{BASE_URL}/v26.0/1/feed?{urlencode({**more, name: TOKEN})}"
    try:
        found = position(address)
    except RetryableSourceError:
        return
    assert TOKEN not in found.values()
    assert not found.keys() & {"access_token", "appsecret_proof", "method", "fields", "limit"}


def test_a_batch_is_answered_in_order_and_says_what_had_no_time(server: ReplayServer) -> None:
    answers: list[Any] = [{"code": 200, "body": '{"id": "1"}'}, None, {"code": 400, "body": '{"error": {"code": 100}}'}]
    server.always = as_json(answers)
    with closing(graph(server, app_secret=SECRET)) as asked:
        found = asked.batch(["1", "2", "3?fields=id"], what="a batch")
    assert found[0] is not None and found[0].body == b'{"id": "1"}'
    assert found[1] is None
    assert found[2] is not None and found[2].status == 400
    sent = json.loads(server.requests[0].body)
    assert [part["relative_url"] for part in sent["batch"]] == ["1", "2", "3?fields=id"]
    assert server.requests[0].method == "POST"
    assert SECRET not in server.requests[0].target + server.requests[0].body.decode()
    assert len(server.requests[0].query["appsecret_proof"]) == 64


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (as_json([{"code": 200, "body": "{}"}]), RetryableSourceError),
        (as_json({"data": []}), RetryableSourceError),
        (as_json({"error": {"code": 190}}), TokenError),
        (error(4), LimitError),
    ],
)
def test_a_batch_that_is_not_answered_is_an_error(
    answer: Answer, kind: type[SourceError], server: ReplayServer
) -> None:
    server.always = answer
    with closing(graph(server)) as asked, pytest.raises(kind):
        asked.batch(["1", "2"], what="a batch")


def test_the_proof_is_the_one_that_meta_documents() -> None:
    """HMAC-SHA256 of the token with the app's secret as key, in hexadecimal digits."""
    proof = Credentials(token="token", app_secret="secret").proof
    assert proof == {"appsecret_proof": "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a"}
    assert Credentials(token="token").proof == {}


def test_the_token_is_in_no_log_and_no_representation(server: ReplayServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.route = lambda request: by_cursor(request, RECORDS)
    with closing(graph(server, app_secret=SECRET)) as asked:
        list(asked.pages("1/feed", {"limit": 2}, what="a list"))
    failure(server, error(190, message=f"Error validating access token: {TOKEN}"))
    assert "127.0.0.1" not in caplog.text, "addresses hold ids of posts, and at other services keys"
    assert TOKEN not in caplog.text and SECRET not in caplog.text
    assert TOKEN not in repr(Credentials(token=TOKEN, app_secret=SECRET))


@pytest.mark.parametrize(("given", "version"), [("v26.0", "v26.0"), ("26.0", "v26.0"), (" v30.1 ", "v30.1")])
def test_versions_are_understood(given: str, version: str) -> None:
    assert usable_version(given) == version


@pytest.mark.parametrize("given", ["", "26", "latest", "v26.0/me", "vv26.0"])
def test_other_versions_are_refused(given: str) -> None:
    with pytest.raises(ValueError, match="version"):
        usable_version(given)


def test_the_recorded_errors_are_understood(recordings: Callable[[str], Path]) -> None:
    folder = recordings("facebook")
    proof = graph_error((folder / "error__error.json").read_bytes(), {})
    assert isinstance(proof, TokenError) and "app_secret" in str(proof)
    permission = graph_error((folder / "error__error_data.json").read_bytes(), {})
    assert isinstance(permission, AccessError) and "pages_read_engagement" in str(permission)
    limit = json.loads((recordings("errors") / "facebook_400_app_limit_code4.json").read_text())
    body = json.dumps(limit["interactions"][0]["body"]).encode()
    found = graph_error(body, {})
    assert isinstance(found, LimitError) and found.retry_after == 3600


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_a_mark_is_a_time_that_sorts_as_text(moment: datetime) -> None:
    assert unstamped(stamp(moment)) == moment.replace(microsecond=0)
    assert (
        stamp(datetime(1, 1, 1, tzinfo=UTC)) <= stamp(moment) <= stamp(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    )


def test_a_mark_of_another_source_is_refused_in_words() -> None:
    with pytest.raises(FatalSourceError, match="cursor"):
        unstamped("1234567890")
