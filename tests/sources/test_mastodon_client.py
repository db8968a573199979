"""Errors of Mastodon.py and of servers in our words: none unmapped, nothing leaked, http for this machine only."""

from __future__ import annotations

import gzip
import inspect
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import mastodon.errors
import pytest
import requests.exceptions

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.mastodon_client import PASSING, Instance
from tests.sources.mastodon_server import MastodonServer
from tests.sources.replay import Answer

JSON = {"Content-Type": "application/json"}


def classes(module: object) -> list[type[Exception]]:
    return [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception)
        and not issubclass(found, Warning)
        and found.__module__.startswith(("mast", "req"))
    ]


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    with MastodonServer({"books": []}) as running:
        yield running


def instance(server: MastodonServer, *, token: str | None = None, timeout: float = 5) -> Instance:
    return Instance(server.url, token=token, timeout=timeout, clock=lambda: datetime.now(UTC))


def failure(server: MastodonServer, *, timeout: float = 5) -> SourceError:
    with closing(instance(server, timeout=timeout)) as asked, pytest.raises(SourceError) as caught:
        asked.hashtag_timeline("books", min_id=None, limit=40)
    return caught.value


@pytest.mark.parametrize(
    "kind", classes(mastodon.errors) + classes(requests.exceptions), ids=lambda kind: kind.__name__
)
def test_every_error_of_the_libraries_is_mapped(
    kind: type[Exception], server: MastodonServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind in PASSING, f"{kind.__module__}.{kind.__name__} is new: say whether it may pass by itself"

    def raising(*_: object, **__: object) -> None:
        raise kind.__new__(kind, "what the library says")

    monkeypatch.setattr(mastodon.Mastodon, "timeline_hashtag", raising)
    found = failure(server)
    assert isinstance(found, RetryableSourceError if PASSING[kind] else FatalSourceError)
    assert "what the library says" not in str(found)


def test_there_are_errors_to_map() -> None:
    assert mastodon.errors.MastodonRatelimitError in classes(mastodon.errors)
    assert requests.exceptions.ReadTimeout in classes(requests.exceptions)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, FatalSourceError, "did not understand the request (400)"),
        (401, FatalSourceError, "valid access_token of an account there (401)"),
        (403, FatalSourceError, "refuses access; does it need an access_token, or one with more permissions? (403)"),
        (404, FatalSourceError, "is it a Mastodon server? (404)"),
        (408, RetryableSourceError, "is in trouble (408)"),
        (410, FatalSourceError, "is gone (410)"),
        (422, FatalSourceError, "refuses the request (422)"),
        (429, RetryableSourceError, "limits requests (429)"),
        (500, RetryableSourceError, "is in trouble (500)"),
        (502, RetryableSourceError, "is in trouble (502)"),
        (503, RetryableSourceError, "is in trouble (503)"),
        (504, RetryableSourceError, "is in trouble (504)"),
        (526, RetryableSourceError, "is in trouble (526)"),
    ],
)
def test_a_status_code_decides(status: int, kind: type[SourceError], words: str, server: MastodonServer) -> None:
    server.always = Answer(status=status, body=b'{"error":"the words of the server"}', headers=JSON)
    found = failure(server)
    assert type(found) is kind
    assert words in str(found)
    assert "the words of the server" not in str(found)


@pytest.mark.parametrize(
    ("headers", "retry_after"),
    [
        ({}, None),
        ({"Retry-After": "17"}, 17),
        ({"X-RateLimit-Reset": "2999-01-01T00:00:00.5Z"}, 86400),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}, None),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(
    headers: dict[str, str], retry_after: float | None, server: MastodonServer
) -> None:
    server.always = Answer(status=429, body=b'{"error":"Too many requests"}', headers=JSON | headers)
    found = failure(server)
    assert isinstance(found, RetryableSourceError)
    assert found.retry_after == retry_after


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html><body>Somebody's words</body></html>", "text/html; charset=utf-8", "a web page"),
        (b'[{"content": "Somebody\'s words"', "application/json", "something that cannot be read"),
        (b'{"content": "Somebody\'s words"}', "application/json", "something that cannot be read"),
        (b'"Somebody\'s words"', "application/json", "something that cannot be read"),
        (b"", "application/json", "something that cannot be read"),
        (b"[" * 100_000, "application/json", "something that cannot be read"),
        (b"\xff\xfe\x00", "application/octet-stream", "something that cannot be read"),
    ],
)
def test_an_answer_that_is_no_list_of_posts_may_pass_and_is_not_repeated_to_anybody(
    body: bytes, kind: str, words: str, server: MastodonServer
) -> None:
    server.always = Answer(body=body, headers={"Content-Type": kind})
    found = failure(server)
    assert isinstance(found, RetryableSourceError)
    assert words in str(found)
    assert "Somebody" not in str(found)
    assert found.__cause__ is None and found.__suppress_context__


@pytest.mark.parametrize("body", [b"[]", b'[null, 1, "x", {}, [], {"id": {}, "account": 7, "created_at": []}]'])
def test_records_of_any_shape_are_handed_on_as_received(body: bytes, server: MastodonServer) -> None:
    link = f'<{server.url}/api/v1/timelines/tag/books?max_id=5>; rel="next", <junk>; rel'
    server.always = Answer(body=body, headers=JSON | {"Link": link, "X-RateLimit-Remaining": "none"})
    with closing(instance(server)) as asked:
        records = asked.hashtag_timeline("books", min_id="5", limit=40)
    assert b"[" + b", ".join(records) + b"]" == body


def test_rate_limit_headers_that_make_no_sense_cost_no_posts(server: MastodonServer) -> None:
    server.always = Answer(body=b"[1]", headers=JSON | {"X-RateLimit-Reset": "soon"})
    with closing(instance(server)) as asked:
        assert asked.hashtag_timeline("books", min_id=None, limit=40) == [b"1"]


def test_a_server_that_is_not_there_or_slow_is_asked_again_later(server: MastodonServer) -> None:
    server.always = Answer(delay=0.5)
    slow = failure(server, timeout=0.1)
    assert isinstance(slow, RetryableSourceError) and "gave no answer in time" in str(slow)
    with MastodonServer() as gone:
        pass
    refused = failure(gone)
    assert isinstance(refused, RetryableSourceError) and "cannot be reached" in str(refused)
    with closing(instance(gone)) as asked, pytest.raises(RetryableSourceError, match="cannot be reached"):
        asked.check_access()


def test_redirects_end_and_do_not_leave_the_encryption(server: MastodonServer) -> None:
    server.always = Answer(status=302, headers={"Location": "/api/v1/timelines/tag/books"})
    assert "redirects without end" in str(failure(server))
    assert isinstance(failure(server), FatalSourceError)
    with closing(Instance("https://example.org", token=None, timeout=1, clock=lambda: datetime.now(UTC))) as secure:
        assert list(secure._session.adapters) == ["https://"]


def test_a_token_is_sent_and_never_said(
    server: MastodonServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("not this\n")
    with closing(instance(server, token="token")) as asked:  # also the name of a file, which must not be read
        asked.hashtag_timeline("books", min_id=None, limit=40)
    assert server.requests[-1].headers["Authorization"] == "Bearer token"
    assert server.requests[-1].headers["User-Agent"].startswith("advocacy-monitor/")
    with closing(instance(server, token="secret\nwords")) as asked, pytest.raises(FatalSourceError) as caught:
        asked.hashtag_timeline("books", min_id=None, limit=40)
    assert "access_token holds characters that cannot be sent" in str(caught.value)
    assert "secret" not in str(caught.value)


def access(local: str, remote: str) -> dict[str, object]:
    return {"configuration": {"timelines_access": {"hashtag_feeds": {"local": local, "remote": remote}}}}


def test_a_server_that_shows_no_hashtags_to_us_is_an_error_and_not_an_empty_list(
    server: MastodonServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.instance = access("authenticated", "authenticated")
    with closing(instance(server)) as asked, pytest.raises(FatalSourceError, match="set an access_token"):
        asked.check_access()
    with closing(instance(server, token="t")) as asked:
        asked.check_access()
    server.instance = access("disabled", "disabled")
    with closing(instance(server, token="t")) as asked, pytest.raises(FatalSourceError, match="does not open them"):
        asked.check_access()
    server.instance = access("public", "authenticated")
    with closing(instance(server)) as asked:
        asked.check_access()
    assert "not both" in caplog.text
    server.instance = None
    with closing(instance(server)) as asked:
        asked.check_access()


@pytest.mark.parametrize(
    "odd",
    [rb'{"id": "half \ud83d"}', b'{"id": "a \x00"}', b'{"id": ' + b"[" * 3000 + b"]" * 3000 + b"}"],
    ids=["half a character", "control character", "deep"],
)
def test_one_odd_post_does_not_cost_its_page(server: MastodonServer, odd: bytes) -> None:
    server.always = Answer(body=b'[{"id": "1"}, ' + odd + b', {"id": "3"}]', headers=JSON)
    with closing(instance(server)) as asked:
        assert asked.hashtag_timeline("books", min_id=None, limit=40) == [b'{"id": "1"}', odd, b'{"id": "3"}']
        assert asked.statuses(["1", "2", "3"]) == [b'{"id": "1"}', odd, b'{"id": "3"}']
        server.always = Answer(body=odd, headers=JSON)
        assert asked.status("2") == odd


@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_without_end_is_not_read(
    server: MastodonServer, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy_monitor.sources.over_requests.MOST_BYTES", 2**20)
    body = b"[" + b" " * 2**21 + b"]"
    more = {"Content-Encoding": "gzip"} if packed else {}
    server.always = Answer(body=gzip.compress(body) if packed else body, headers={**JSON, **more})
    with closing(instance(server)) as asked:
        with pytest.raises(FatalSourceError, match="more than 1 MB in one answer"):
            asked.hashtag_timeline("books", min_id=None, limit=40)
        server.always = Answer(body=b"[]", headers=JSON)
        assert asked.hashtag_timeline("books", min_id=None, limit=40) == []
