"""Errors of PRAW, prawcore, requests and Reddit in our words: none unmapped, nothing leaked, no waiting behind our back."""

from __future__ import annotations

import configparser
import importlib
import inspect
import pkgutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import praw
import prawcore
import pytest
import requests.exceptions

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.reddit_client import PASSING, RedditClient
from tests.sources.platform_reddit import NOW, SETTINGS, TOKEN, Reddit, a_comment, a_post
from tests.sources.replay import Answer, ReplayServer, Request, as_json

HTML = {"Content-Type": "text/html; charset=UTF-8"}


def modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def classes(*packages: ModuleType) -> list[type[Exception]]:
    """Every class of exception that a library makes, wherever it stands in it."""
    names = tuple(package.__name__.split(".")[0] for package in packages)
    found: dict[type[Exception], None] = {}
    for package in packages:
        for module in modules(package) if hasattr(package, "__path__") else [package]:
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, Exception) and not issubclass(kind, Warning) and kind.__module__.startswith(names):
                    found[kind] = None
    return list(found)


@pytest.fixture
def reddit() -> Reddit:
    return Reddit(posts=[a_post(36, NOW)], comments={"t3_10": [a_comment(37, NOW, post="t3_10")]})


@pytest.fixture
def server(reddit: Reddit) -> Iterator[ReplayServer]:
    with ReplayServer(reddit.route, spared=lambda request: "access_token" in request.path) as running:
        yield running


def client(server: ReplayServer, *, timeout: float = 5, **more: str) -> RedditClient:
    given: dict[str, Any] = {name: SETTINGS[name] for name in ("client_id", "client_secret", "user_agent")} | more
    return RedditClient(**given, timeout=timeout, clock=lambda: NOW, reddit_url=server.url, oauth_url=server.url)


def search(asked: RedditClient) -> list[str]:
    found = asked.search("all", '"library"', period="week", limit=100, after=None)
    return [thing.decode()[:14] for thing in found.things]


def failure(server: ReplayServer, *, timeout: float = 5) -> SourceError:
    with closing(client(server, timeout=timeout)) as asked, pytest.raises(SourceError) as caught:
        search(asked)
    return caught.value


@pytest.mark.parametrize("kind", classes(praw, prawcore, requests.exceptions), ids=lambda kind: kind.__name__)
def test_every_error_of_the_libraries_is_mapped(
    kind: type[Exception], server: ReplayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind in PASSING, f"{kind.__module__}.{kind.__name__} is new: say whether it may pass by itself"

    def raising(*_: object, **__: object) -> None:
        raise kind.__new__(kind, "what the library says")

    monkeypatch.setattr(praw.Reddit, "request", raising)
    found = failure(server)
    assert isinstance(found, RetryableSourceError if PASSING[kind] else FatalSourceError)
    assert "what the library says" not in str(found)
    assert found.__suppress_context__ and found.__cause__ is None


def test_there_are_errors_to_map() -> None:
    found = classes(praw, prawcore, requests.exceptions)
    assert {prawcore.TooManyRequests, praw.exceptions.RedditAPIException, requests.exceptions.ReadTimeout} <= set(found)
    assert set(PASSING) == set(found)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (302, FatalSourceError, "is there a subreddit of this name? (302)"),
        (400, FatalSourceError, "did not understand the request"),
        (401, FatalSourceError, "the app's token"),
        (402, FatalSourceError, "asks for payment"),
        (403, FatalSourceError, "private or quarantined"),
        (404, FatalSourceError, "is the subreddit's name right"),
        (409, FatalSourceError, "refuses the request (409)"),
        (429, RetryableSourceError, "limits requests (429)"),
        (451, FatalSourceError, "for legal reasons"),
        (500, RetryableSourceError, "is in trouble (500)"),
        (503, RetryableSourceError, "is in trouble (503)"),
        (520, RetryableSourceError, "is in trouble (520)"),
    ],
)
def test_a_status_code_decides(status: int, kind: type[SourceError], words: str, server: ReplayServer) -> None:
    headers = {"Content-Type": "application/json", "Location": "/subreddits/search"}
    server.always = Answer(status=status, body=b'{"reason": "the words of the server", "fields": []}', headers=headers)
    found = failure(server)
    assert type(found) is kind
    assert words in str(found)
    assert "the words of the server" not in str(found)
    assert len(server.requests) == 2, "the log-in, and one attempt: PRAW's own three are ours to make"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(status=400), FatalSourceError, "is client_id right"),
        (Answer(status=401), FatalSourceError, "client_id and client_secret"),
        (Answer(status=403, headers=HTML), FatalSourceError, "approval"),
        (Answer(status=503), RetryableSourceError, "in trouble"),
        (as_json({"error": "invalid_grant"}), FatalSourceError, "client_id and client_secret"),
        (Answer(body=b"<html>Sign in</html>", headers=HTML), RetryableSourceError, "a web page"),
        (as_json([]), RetryableSourceError, "something that cannot be read"),
        (as_json(TOKEN | {"expires_in": "soon"}), RetryableSourceError, "something that cannot be read"),
        (Answer(body=b"{", cut=True), RetryableSourceError, "broke off"),
    ],
)
def test_a_log_in_that_fails(answer: Answer, kind: type[SourceError], words: str, server: ReplayServer) -> None:
    server.spared = lambda request: False
    server.always = answer
    found = failure(server)
    assert type(found) is kind and words in str(found)


@pytest.mark.parametrize(
    ("headers", "retry_after"),
    [
        ({}, None),
        ({"Retry-After": "17", "x-ratelimit-reset": "400"}, 17),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-used": "600", "x-ratelimit-reset": "233"}, 233),
        ({"x-ratelimit-remaining": "none", "x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-reset": "1e300"}, None),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(
    headers: dict[str, str], retry_after: float | None, server: ReplayServer
) -> None:
    server.always = Answer(status=429, body=b"", headers=headers)
    found = failure(server)
    assert isinstance(found, RetryableSourceError)
    assert found.retry_after == retry_after


def test_when_requests_are_used_up_the_next_one_is_put_off_once_and_praw_never_sleeps(
    server: ReplayServer, reddit: Reddit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleeping(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} s")

    limits = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "1000", "x-ratelimit-reset": "57"}
    with closing(client(server)) as asked:
        whole = server.route
        server.route = lambda request: Answer(body=whole(request).body, headers=limits)
        clock = SimpleNamespace(monotonic_ns=time.monotonic_ns, monotonic=time.monotonic, sleep=sleeping)
        monkeypatch.setattr("prawcore.rate_limit.time", clock)
        monkeypatch.setattr("prawcore.sessions.time", clock)
        assert search(asked)
        with pytest.raises(RetryableSourceError, match="no more requests for 57 s") as caught:
            search(asked)
        assert caught.value.retry_after == 57
        assert search(asked)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html><body>Somebody's words</body></html>", "text/html; charset=utf-8", "a web page"),
        (b'[{"content": "Somebody\'s words"', "application/json", "something that cannot be read"),
        (b'{"content": "Somebody\'s words"}', "application/json", "something that cannot be read"),
        (b'{"data": {"children": "Somebody"}}', "application/json", "something that cannot be read"),
        (b"", "application/json", "something that cannot be read"),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", "something that cannot be read"),
        (b"\xff\xfe\x00", "application/octet-stream", "something that cannot be read"),
    ],
)
def test_an_answer_that_is_no_listing_may_pass_and_is_not_repeated(
    body: bytes, kind: str, words: str, server: ReplayServer
) -> None:
    server.always = Answer(body=body, headers={"Content-Type": kind})
    found = failure(server)
    assert isinstance(found, RetryableSourceError)
    assert words in str(found)
    assert "Somebody" not in str(found)


def test_a_server_that_is_not_there_or_slow_is_asked_again_later(server: ReplayServer) -> None:
    server.always = Answer(delay=0.5)
    began = time.monotonic()
    slow = failure(server, timeout=0.1)
    assert isinstance(slow, RetryableSourceError) and "gave no answer in time" in str(slow)
    assert time.monotonic() - began < 2, "one attempt"
    with ReplayServer(lambda request: Answer()) as gone:
        pass
    refused = failure(gone)
    assert isinstance(refused, RetryableSourceError) and "cannot be reached" in str(refused)


def test_a_token_that_ran_out_is_asked_for_again_and_one_that_never_worked_is_not(
    server: ReplayServer, reddit: Reddit
) -> None:
    with closing(client(server)) as asked:
        search(asked)
        server.instead.append(Answer(status=401))
        assert search(asked)
        assert reddit.tokens == 2
        server.always = Answer(status=401)
        with pytest.raises(FatalSourceError, match="the app's token"):
            search(asked)
        assert reddit.tokens == 3
        with pytest.raises(FatalSourceError, match="the app's token"):
            search(asked)
        assert reddit.tokens == 3


def test_what_is_sent(server: ReplayServer, reddit: Reddit) -> None:
    seen: list[Request] = server.requests
    with closing(client(server)) as asked:
        asked.search("libraries", '"a" OR "#a"', period="day", limit=7, after="t3_zz")
        assert asked.thread("10") is not None
        assert asked.more("10", ["11", "12"]) is not None
        assert len(asked.info(["t3_10", "t1_11", "t1_gone"])) == 2
    login, searched, thread, more, info = seen
    assert login.headers["Authorization"].startswith("Basic ")
    assert searched.path == "/r/libraries/search/"
    assert searched.query == {
        "q": '"a" OR "#a"', "restrict_sr": "true", "sort": "new", "syntax": "lucene", "t": "day", "limit": "7",
        "after": "t3_zz", "raw_json": "1",
    }  # fmt: skip
    assert searched.headers["Authorization"] == "bearer a-token"
    assert "org.example.campaign" in searched.headers["User-Agent"]
    assert thread.path == "/comments/10/" and thread.query["sort"] == "new"
    assert more.method == "POST" and reddit.forms[3]["children"] == "11,12" and reddit.forms[3]["link_id"] == "t3_10"
    assert info.query["id"] == "t3_10,t1_11,t1_gone"


def test_a_thread_that_is_not_shown_is_none_and_a_refused_search_an_error(server: ReplayServer) -> None:
    with closing(client(server)) as asked:
        server.always = Answer(status=404)
        assert asked.thread("10") is None
        assert asked.more("10", ["11"]) is None
        server.always = Answer(status=403, body=b"<html>blocked</html>", headers=HTML)
        with pytest.raises(FatalSourceError, match="private or quarantined"):
            asked.thread("10")
        with pytest.raises(FatalSourceError, match="private or quarantined"):
            asked.more("10", ["11"])
        server.always = Answer(status=500)
        with pytest.raises(RetryableSourceError):
            asked.thread("10")


def test_a_praw_ini_beside_the_campaign_changes_nothing_or_is_named(
    server: ReplayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRAW reads praw.ini where it is started: it could send the secret to another host, or log in as somebody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRAW_ALLOW_ENDPOINT_OVERRIDE", "1")  # else it warns; here it must not matter
    monkeypatch.setenv("praw_site", "elsewhere")
    monkeypatch.setattr(praw.config.Config, "CONFIG", None)
    (tmp_path / "praw.ini").write_text(
        "[DEFAULT]\noauth_url=https://evil.example.org\nreddit_url=https://evil.example.org\n"
        "username=u\npassword=p\nrefresh_token=r\nratelimit_seconds=999\n"
    )
    with closing(client(server)) as asked:
        assert search(asked)
    monkeypatch.setattr(praw.config.Config, "CONFIG", None)
    (tmp_path / "praw.ini").write_text("no section")
    with pytest.raises(FatalSourceError, match=r"praw\.ini"):
        client(server)
    assert issubclass(configparser.MissingSectionHeaderError, configparser.Error)


def test_a_secret_is_never_said(server: ReplayServer) -> None:
    with closing(client(server, client_secret="secret\nwords", client_id="app\nid")) as asked:
        server.always = Answer(status=401)
        with pytest.raises(SourceError) as caught:
            search(asked)
    assert "secret" not in str(caught.value).replace("client_secret", "")
    with (
        closing(client(server, user_agent="a campaign\nX-Evil: 1")) as asked,
        pytest.raises(FatalSourceError) as caught,
    ):
        search(asked)
    assert "holds characters that cannot be sent" in str(caught.value)
    assert "X-Evil" not in str(caught.value)


def test_redirects_do_not_leave_the_encryption(server: ReplayServer) -> None:
    with closing(
        RedditClient(
            client_id="i", client_secret="s", user_agent="a campaign", timeout=1, clock=lambda: NOW,
            reddit_url="https://example.org", oauth_url="https://example.org",
        )
    ) as secure:  # fmt: skip
        assert list(secure._session.adapters) == ["https://"]
