"""Errors of tweepy, requests and X in our words: none unmapped, nothing leaked, no waiting for what does not come back."""

from __future__ import annotations

import importlib
import inspect
import json
import logging
import pkgutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests.exceptions
import tweepy

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.x_client import PASSING, Api, TooFarBackError
from tests.sources.replay import Answer, ReplayServer, Request, as_json

SECRET = "AAAA-very-secret"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def modules() -> Iterator[object]:
    """All of tweepy that can be imported here; its asynchronous half needs another library."""
    yield tweepy
    for found in pkgutil.walk_packages(tweepy.__path__, "tweepy.", onerror=lambda name: None):
        if not found.name.startswith("tweepy.asynchronous"):
            yield importlib.import_module(found.name)


def classes() -> list[type[Exception]]:
    found = {
        kind
        for module in (*modules(), requests.exceptions)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception)
        and not issubclass(kind, Warning)
        and kind.__module__.startswith(("tweepy", "requests."))
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer(lambda request: as_json({"data": []})) as running:
        yield running


def api(server: ReplayServer, *, timeout: float = 5) -> Api:
    return Api(server.url, token=SECRET, timeout=timeout, clock=lambda: NOW)


def failure(server: ReplayServer, *, timeout: float = 5) -> SourceError:
    with closing(api(server, timeout=timeout)) as asked, pytest.raises(SourceError) as caught:
        asked.get("/2/tweets/search/recent", {"query": "#books"})
    return caught.value


def test_there_are_errors_to_map() -> None:
    assert {tweepy.errors.TooManyRequests, tweepy.TwitterServerError, requests.exceptions.ReadTimeout} <= set(classes())


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_libraries_is_mapped(
    kind: type[Exception], server: ReplayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind in PASSING, f"{kind.__module__}.{kind.__name__} is new: say whether it may pass by itself"

    def raising(*_: object, **__: object) -> None:
        raise kind.__new__(kind, "what the library says")

    monkeypatch.setattr(tweepy.Client, "request", raising)
    found = failure(server)
    assert isinstance(found, RetryableSourceError if PASSING[kind] else FatalSourceError)
    assert "what the library says" not in str(found)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, FatalSourceError, "did not understand the request (400)"),
        (401, FatalSourceError, "make a new one at https://console.x.com (401)"),
        (402, FatalSourceError, "credits are used up"),
        (403, FatalSourceError, "plan covers this search? (403)"),
        (404, FatalSourceError, "is base_url right? (404)"),
        (408, RetryableSourceError, "is in trouble (408)"),
        (409, FatalSourceError, "refuses the request (409)"),
        (429, RetryableSourceError, "limits requests (429)"),
        (500, RetryableSourceError, "is in trouble (500)"),
        (503, RetryableSourceError, "is in trouble (503)"),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<h1>no</h1>",
        b"[]",
        b"null",
        b'{"errors": [null]}',
        b'{"errors": {"a": 1}}',
        b'{"detail": 5}',
        b"[" * 9000,
    ],
    ids=["nothing", "HTML", "list", "null", "no errors", "other errors", "other detail", "deep"],
)
def test_a_refusal_is_in_words_whatever_its_body_is(
    server: ReplayServer, status: int, kind: type[SourceError], words: str, body: bytes
) -> None:
    server.always = Answer(status=status, body=body)
    found = failure(server)
    assert type(found) is kind
    assert words in str(found)
    assert len(server.requests) == 1


def test_nothing_of_a_refusal_is_passed_on(server: ReplayServer) -> None:
    body = {"title": "Private words", "detail": f"account 12345 of Ana {SECRET}", "errors": [{"message": "Ana said"}]}
    for status in (400, 401, 402, 403, 404, 418, 429, 500):
        server.always = as_json(body, status=status)
        said = str(failure(server))
        assert not any(word in said for word in ("Ana", "12345", SECRET, "Private"))


def test_the_reset_time_is_the_wait(server: ReplayServer) -> None:
    """It is measured against the Date of the answer, which is the server's clock and not ours."""
    server.always = Answer(status=429, headers={"x-rate-limit-reset": str(int(time.time()) + 90)})
    found = failure(server)
    assert isinstance(found, RetryableSourceError)
    assert found.retry_after == pytest.approx(90, abs=5)


def test_a_reset_time_that_is_none_is_no_crash(server: ReplayServer) -> None:
    server.always = Answer(status=429, headers={"x-rate-limit-reset": "soon"})
    found = failure(server)
    assert isinstance(found, RetryableSourceError)
    assert found.retry_after is None


def test_a_limit_without_a_reset_time_is_one_request(server: ReplayServer) -> None:
    """tweepy's own waiting would ask again and again without a pause."""
    server.always = Answer(status=429, headers={})
    failure(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_a_used_up_cap_is_fatal(server: ReplayServer, status: int) -> None:
    body = {"title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped", "period": "Monthly"}
    server.always = as_json(body, status=status, x_rate_limit_remaining="39999")
    found = failure(server)
    assert type(found) is FatalSourceError
    assert "UsageCapExceeded" in str(found)
    assert "next billing cycle" in str(found)


@pytest.mark.parametrize(("status", "title"), [(402, "CreditsDepleted"), (403, "SpendCapReached")])
def test_used_up_credits_are_fatal(server: ReplayServer, status: int, title: str) -> None:
    server.always = as_json({"title": title, "type": "https://api.x.com/2/problems/credits"}, status=status)
    found = failure(server)
    assert type(found) is FatalSourceError
    assert "buy credits" in str(found)


def test_the_recorded_cap_is_fatal(server: ReplayServer, recordings: Callable[[str], Path]) -> None:
    exchange = json.loads((recordings("errors") / "x_429_UsageCapExceeded.json").read_text())["interactions"][0]
    server.always = Answer(
        status=exchange["status"], headers=exchange["headers"], body=json.dumps(exchange["body"]).encode()
    )
    found = failure(server)
    assert type(found) is FatalSourceError
    assert "standard-basic" not in str(found)


def test_a_refused_parameter_is_named(server: ReplayServer) -> None:
    wrong = [{"parameters": {"max_results": ["7"], "<script>": ["x"]}, "message": "must be 10"}]
    server.always = as_json({"errors": wrong, "title": "Invalid Request"}, status=400)
    assert "it refuses max_results;" in str(failure(server))
    server.always = as_json({"errors": [{"parameters": {"since_id": ["1"]}}]}, status=400)
    assert type(failure(server)) is TooFarBackError


def test_redirects_are_not_followed(server: ReplayServer) -> None:
    for target in ("https://example.org/", f"{server.url}/elsewhere"):
        server.always = Answer(status=302, headers={"Location": target})
        server.requests.clear()
        found = failure(server)
        assert type(found) is FatalSourceError
        assert "redirects elsewhere" in str(found)
        assert len(server.requests) == 1


def test_a_slow_answer_ends(server: ReplayServer) -> None:
    server.always = Answer(delay=1)
    assert str(failure(server, timeout=0.2)) == "gave no answer in time"


def test_nobody_there() -> None:
    with ReplayServer(lambda request: as_json({})) as server:
        gone = server.url
    asked = Api(gone, token=SECRET, timeout=2, clock=lambda: NOW)
    with closing(asked), pytest.raises(RetryableSourceError, match="cannot be reached"):
        asked.get("/2/tweets", {})


def test_the_request_is_signed_and_goes_where_it_should(server: ReplayServer) -> None:
    answered = b'{ "data" : [ ] ,"meta":{"result_count":0}}'
    server.always = Answer(body=answered)
    with closing(api(server)) as asked:
        assert asked.get("/2/tweets", {"ids": "1,2", "post.fields": "text"}) == answered
        assert asked.post("/2/compliance/jobs", {"type": "tweets"}) == answered
    request: Request = server.requests[0]
    assert request.path == "/2/tweets"
    assert dict(request.query) == {"ids": "1,2", "post.fields": "text"}
    assert request.headers["Authorization"] == f"Bearer {SECRET}"
    assert "advocacy-monitor" in request.headers["User-Agent"]
    assert json.loads(server.requests[1].body) == {"type": "tweets"}


def test_a_token_that_cannot_be_sent_is_a_mistake_in_the_settings(server: ReplayServer) -> None:
    asked = Api(server.url, token="two\nlines", timeout=2, clock=lambda: NOW)
    with closing(asked), pytest.raises(FatalSourceError, match="bearer_token holds characters"):
        asked.get("/2/tweets", {})


def test_neither_token_nor_answers_stand_in_the_log(server: ReplayServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.always = as_json({"data": [{"text": "private words"}]})
    with closing(api(server)) as asked:
        asked.get("/2/tweets", {"ids": "1"})
    server.always = as_json({"detail": "private words"}, status=403)
    failure(server)
    assert SECRET not in caplog.text
    assert "private words" not in caplog.text
