"""Errors of atproto and of services in our words, none unmapped, nothing leaked; sessions kept, renewed, made anew."""

from __future__ import annotations

import gzip
import inspect
import json
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import atproto_client.exceptions
import atproto_core.exceptions
import atproto_server.exceptions
import httpx
import pytest
from atproto_client import Client
from pydantic import SecretStr

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Known, Standing
from advocacy_monitor.sources.bluesky_client import PASSING, Bluesky, Found, search
from advocacy_monitor.sources.bluesky_session import SessionFile
from tests.sources.platform_bluesky import DID, HANDLE, NOW, PASSWORD, TAG, BlueskyPlatform, refusal, running
from tests.sources.replay import Answer, ReplayServer, as_json

LIBRARIES = (atproto_client.exceptions, atproto_core.exceptions, atproto_server.exceptions)


def classes() -> list[type[Exception]]:
    found = {
        kind
        for module in LIBRARIES
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__.startswith("atproto")
    }
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.fixture
def platform() -> Iterator[BlueskyPlatform]:
    with running() as found:
        yield found


def server_of(platform: BlueskyPlatform) -> ReplayServer:
    assert platform.server is not None
    return platform.server


def signed_in(platform: BlueskyPlatform, *, path: Path | None = None, timeout: float = 5, password: str = PASSWORD) -> Bluesky:  # fmt: skip
    service = Bluesky(platform.url, timeout=timeout, clock=lambda: NOW)
    sessions = SessionFile(path, service=platform.url, handle=HANDLE)
    try:
        service.sign_in(HANDLE, SecretStr(password), sessions)
    except SourceError:
        service.close()
        raise
    return service


def ask(service: Bluesky) -> Found:
    return search(service, TAG, since="2026-01-01T00:00:00.000Z", until=None, cursor=None, limit=5)


def failure(platform: BlueskyPlatform, *, timeout: float = 5) -> SourceError:
    with closing(signed_in(platform, timeout=timeout)) as service, pytest.raises(SourceError) as caught:
        ask(service)
    return caught.value


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_library_is_mapped(
    kind: type[Exception], platform: BlueskyPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind in PASSING, f"{kind.__module__}.{kind.__name__} is new: say whether it may pass by itself"

    def raising(*_: object, **__: object) -> None:
        raise kind("what the library says") if kind.__init__ is Exception.__init__ else kind.__new__(kind)

    with closing(signed_in(platform)) as service:
        monkeypatch.setattr(Client, "invoke_query", raising)
        with pytest.raises(RetryableSourceError if PASSING[kind] else FatalSourceError) as caught:
            ask(service)
    assert "what the library says" not in str(caught.value)


def test_there_are_errors_to_map() -> None:
    assert {atproto_client.exceptions.RateLimitExceededError, atproto_core.exceptions.InvalidAtUriError} < set(
        classes()
    )


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, FatalSourceError, "did not understand the request (400)"),
        (401, FatalSourceError, "does not accept handle and app_password"),
        (403, FatalSourceError, "refuses access"),
        (404, FatalSourceError, "is service the address of a service of Bluesky? (404)"),
        (409, FatalSourceError, "refuses the request (409)"),
        (413, FatalSourceError, "refuses the request (413)"),
        (429, RetryableSourceError, "limits requests (429)"),
        (500, RetryableSourceError, "is in trouble (500)"),
        (502, RetryableSourceError, "is in trouble (502)"),
        (504, RetryableSourceError, "is in trouble (504)"),
    ],
)
def test_a_status_code_decides(status: int, kind: type[SourceError], words: str, platform: BlueskyPlatform) -> None:
    server_of(platform).always = refusal(status, "SomeError", "the words of the service")
    found = failure(platform)
    assert type(found) is kind
    assert words in str(found)
    assert "the words of the service" not in str(found)
    assert found.__cause__ is None and found.__suppress_context__


@pytest.mark.parametrize(
    ("headers", "retry_after"),
    [({}, None), ({"Retry-After": "17"}, 17), ({"RateLimit-Reset": "32472144000"}, 86_400), ({"RateLimit-Reset": "soon"}, None)],
)  # fmt: skip
def test_a_rate_limit_says_how_long_to_wait(
    headers: dict[str, str], retry_after: float | None, platform: BlueskyPlatform
) -> None:
    """RateLimit-Reset is in seconds since 1970; nobody is asked to wait longer than a day."""
    given = {"Content-Type": "application/json", **headers}
    server_of(platform).always = Answer(status=429, body=b'{"error":"RateLimitExceeded"}', headers=given)
    found = failure(platform)
    assert isinstance(found, RetryableSourceError)
    assert found.retry_after == retry_after


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html>Somebody's words</html>", "text/html", "a web page"),
        (b'{"posts": ["Somebody', "application/json", "something that cannot be read"),
        (b'{"posts": "Somebody"}', "application/json", "something that cannot be read"),
        (b'["Somebody"]', "application/json", "something that cannot be read"),
        (b"", "application/json", "something that cannot be read"),
        (b"[" * 100_000, "application/json", "something that cannot be read"),
    ],
)
def test_an_answer_that_is_no_list_of_posts_may_pass(
    body: bytes, kind: str, words: str, platform: BlueskyPlatform
) -> None:
    server_of(platform).always = Answer(body=body, headers={"Content-Type": kind})
    found = failure(platform)
    assert isinstance(found, RetryableSourceError)
    assert words in str(found)
    assert "Somebody" not in str(found)


def test_posts_are_handed_on_as_received(platform: BlueskyPlatform) -> None:
    body = '{"posts": [{"uri" : "at://x", "n": 1.50, "t": "B\u00fccher"},  7], "cursor": "p2"}'.encode()
    server_of(platform).always = Answer(body=body)
    with closing(signed_in(platform)) as service:
        found = ask(service)
    assert [bytes(post) for post in found.posts] == ['{"uri" : "at://x", "n": 1.50, "t": "B\u00fccher"}'.encode(), b"7"]
    assert found.cursor == "p2"


def test_redirects_are_refused_because_they_would_carry_the_session_elsewhere(platform: BlueskyPlatform) -> None:
    with running() as other:
        server_of(platform).always = Answer(status=307, headers={"Location": f"{other.url}/xrpc/x"})
        assert "redirects elsewhere (307)" in str(failure(platform))
        assert server_of(other).requests == []


def test_a_slow_and_a_missing_service(platform: BlueskyPlatform) -> None:
    server_of(platform).always = Answer(delay=0.5)
    assert str(failure(platform, timeout=0.1)) == "gave no answer in time"
    with running() as gone:
        pass
    with pytest.raises(RetryableSourceError, match="cannot be reached"):
        signed_in(gone)


def test_the_tables_of_httpx_serve_here_too() -> None:
    with closing(Bluesky("http://127.0.0.1:9", timeout=1, clock=lambda: NOW)) as service:
        found = service._translated(httpx.RemoteProtocolError("peer closed at http://secret"))
    assert isinstance(found, RetryableSourceError) and "secret" not in str(found)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refusal(401, "AuthenticationRequired"), FatalSourceError, "make a new app password"),
        (refusal(401, "AuthFactorTokenRequired"), FatalSourceError, "not the password of the account (401)"),
        (refusal(401, "AccountTakedown"), FatalSourceError, "has suspended the account"),
        (refusal(429, "RateLimitExceeded"), RetryableSourceError, "limits requests (429)"),
        (Answer(status=200, body=b"<html>", headers={"Content-Type": "text/html"}), RetryableSourceError, "something other"),
        (Answer(status=200, body=b'{"did": 7}'), RetryableSourceError, "something other"),
    ],
)  # fmt: skip
def test_logging_in_that_fails_says_what_to_do(
    answer: Answer, kind: type[SourceError], words: str, platform: BlueskyPlatform
) -> None:
    server_of(platform).spared = lambda request: False
    server_of(platform).always = answer
    with pytest.raises(kind, match=words.replace("(", r"\(").replace(")", r"\)")) as caught:
        signed_in(platform)
    assert PASSWORD not in str(caught.value)


def logins(platform: BlueskyPlatform) -> list[str]:
    return [
        request.path.rpartition(".")[2]
        for request in server_of(platform).requests
        if "com.atproto.server" in request.path
    ]


def test_a_session_is_kept_for_its_owner_only_and_used_again(platform: BlueskyPlatform, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    for _ in range(3):
        with closing(signed_in(platform, path=path)) as service:
            assert ask(service).posts == []
            assert service.did == DID
    assert logins(platform) == ["createSession"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_a_session_that_is_about_to_expire_is_renewed_and_kept(platform: BlueskyPlatform, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    platform.service.expires_at = datetime.now(UTC) + timedelta(minutes=1)
    with closing(signed_in(platform, path=path)):
        first = path.read_text()
    platform.service.expires_at = datetime(2099, 1, 1, tzinfo=UTC)
    with closing(signed_in(platform, path=path)) as service:
        ask(service)
    assert path.read_text() != first
    assert logins(platform) == ["createSession", "refreshSession"]


@pytest.mark.parametrize("minutes", [1, 600])
def test_a_session_that_was_revoked_is_made_anew(platform: BlueskyPlatform, tmp_path: Path, minutes: int) -> None:
    path = tmp_path / "session.json"
    platform.service.expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
    with closing(signed_in(platform, path=path)):
        pass
    platform.service.expires_at = datetime(2099, 1, 1, tzinfo=UTC)
    platform.service.session += 1  # as when its owner has signed out everywhere
    with closing(signed_in(platform, path=path)) as service:
        assert ask(service).posts == []
    expected = ["createSession", "createSession"] if minutes == 600 else ["createSession", "refreshSession", "createSession"]  # fmt: skip
    assert logins(platform) == expected


def test_a_refused_session_is_made_anew_once_and_no_more(platform: BlueskyPlatform, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    with closing(signed_in(platform, path=path)):
        pass
    server_of(platform).always = refusal(401, "AuthMissing")
    with closing(signed_in(platform, path=path)) as service, pytest.raises(FatalSourceError, match="app password"):
        ask(service)
    assert logins(platform) == ["createSession", "createSession"]


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"[]", b"\xff", b'{"service": "https://other.example", "handle": "mira.example.org", "session": "a"}'],
)  # fmt: skip
def test_a_file_that_is_no_session_of_this_account_counts_as_none(
    platform: BlueskyPlatform, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "session.json"
    path.write_bytes(content)
    with closing(signed_in(platform, path=path)) as service:
        ask(service)
    assert logins(platform) == ["createSession"]
    assert json.loads(path.read_text())["handle"] == HANDLE


@pytest.mark.parametrize("session", ["", "a:::b", "a:::b:::c:::d:::https://e.example", f"h:::{DID}:::x.y.z:::x.y.z"])
def test_a_kept_session_that_makes_no_sense_is_made_anew(
    platform: BlueskyPlatform, tmp_path: Path, session: str
) -> None:
    path = tmp_path / "session.json"
    path.write_text(json.dumps({"service": platform.url, "handle": HANDLE, "session": session}))
    with closing(signed_in(platform, path=path)) as service:
        assert ask(service).posts == []
    assert logins(platform)[-1] == "createSession"


def test_a_session_file_that_cannot_be_written_is_named(platform: BlueskyPlatform, tmp_path: Path) -> None:
    with pytest.raises(FatalSourceError, match=r"session_file .*missing/session\.json cannot be written: No such file"):
        signed_in(platform, path=tmp_path / "missing" / "session.json")
    with pytest.raises(FatalSourceError, match="cannot be read: Is a directory"):
        signed_in(platform, path=tmp_path)


def test_requests_go_where_the_account_is_at_home(platform: BlueskyPlatform) -> None:
    with running() as home:
        home.arrive(2)
        home.service.session = 1
        platform.service.endpoint = home.url
        with closing(signed_in(platform)) as service:
            assert len(ask(service).posts) == 2


def test_a_home_without_encryption_is_never_shown_the_session(platform: BlueskyPlatform) -> None:
    platform.service.endpoint = "http://home.example.org"
    with pytest.raises(FatalSourceError, match="cannot be reached by https"):
        signed_in(platform)


def test_it_says_who_it_is(platform: BlueskyPlatform) -> None:
    with closing(signed_in(platform)) as service:
        ask(service)
    assert {str(request.headers.get("User-Agent")).split("/")[0] for request in server_of(platform).requests} == {
        "advocacy-monitor"
    }


def test_recorded_refusals_are_understood(recordings: Callable[[str], Path], platform: BlueskyPlatform) -> None:
    words = {"searchPosts_401_AuthMissing_on_pds": "app_password", "searchPosts_400_missing_q": "did not understand"}
    words |= {"searchPosts_bad_cursor": "(", "createSession_401": "app_password"}
    for name, expected in words.items():
        (recorded,) = json.loads((recordings("bluesky") / "devenv" / f"{name}.json").read_text())["interactions"]
        body = json.dumps(recorded["body"]).encode()
        server_of(platform).always = Answer(status=recorded["status"], body=body)
        found = failure(platform)
        assert expected in str(found), name
        assert recorded["body"]["message"] not in str(found)


ODD = [
    rb'{"uri": "at://did:plc:a/app.bsky.feed.post/2", "text": "half \ud83d"}',
    b'{"uri": "at://did:plc:a/app.bsky.feed.post/2", "text": "a \x00"}',
    b'{"uri": "at://did:plc:a/app.bsky.feed.post/2", "deep": ' + b"[" * 3000 + b"]" * 3000 + b"}",
]


@pytest.mark.parametrize("odd", ODD, ids=["half a character", "control character", "deep"])
def test_one_odd_post_does_not_cost_its_page(platform: BlueskyPlatform, odd: bytes) -> None:
    body = b'{"cursor": "next", "posts": [{"uri": "one"}, ' + odd + b', {"uri": "three"}], "hits": 3}'
    with closing(signed_in(platform)) as service:
        server_of(platform).always = Answer(body=body, headers={"Content-Type": "application/json"})
        found = ask(service)
    assert [bytes(post) for post in found.posts] == [b'{"uri": "one"}', odd, b'{"uri": "three"}']
    assert found.cursor == "next"


@pytest.mark.parametrize("odd", ODD, ids=["half a character", "control character", "deep"])
def test_a_post_that_is_shown_and_cannot_be_read_is_not_gone(platform: BlueskyPlatform, odd: bytes) -> None:
    server_of(platform).instead.append(
        Answer(body=b'{"posts": [' + odd + b"]}", headers={"Content-Type": "application/json"})
    )
    uris = [f"at://did:plc:a/app.bsky.feed.post/{number}" for number in (2, 3)]
    known = [Known(item_id=1, source="bluesky", source_id=uri, url=None, text="", raw=b"") for uri in uris]
    (page,) = platform.source().verify(known)
    assert [verdict.standing for verdict in page.verdicts] == [Standing.UNKNOWN, Standing.GONE]


@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_without_end_is_not_read(
    platform: BlueskyPlatform, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy_monitor.sources.bluesky_client._MAX_BYTES", 2**20)
    body = json.dumps({"posts": [" " * 2**21]}).encode()
    sent = Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}) if packed else Answer(body=body)
    with closing(signed_in(platform)) as service:
        server_of(platform).always = sent
        with pytest.raises(FatalSourceError, match="more than 1 MB in one answer"):
            ask(service)
        server_of(platform).always = as_json({"posts": []})
        assert ask(service).posts == []
