"""A service over HTTP: every error of httpx is mapped, no answer is too large, too slow or packed in strange ways."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.sources import service as module
from advocacy_monitor.sources.service import PASSING, Service, translated
from tests.sources.replay import Answer, ReplayServer

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _service(url: str = "", **given: Any) -> Service:
    return Service(url, clock=lambda: NOW, **{"timeout": 2, **given})


def test_every_error_of_httpx_is_mapped() -> None:
    found = {
        kind
        for _, kind in inspect.getmembers(httpx, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
    }
    assert found == set(PASSING)
    for kind in found:
        made = translated(Exception.__new__(kind))
        assert isinstance(made, RetryableSourceError if PASSING[kind] else FatalSourceError)


def test_an_error_s_words_hold_no_address() -> None:
    made = translated(httpx.ConnectError("https://example.org/?token=secret refused"))
    assert "secret" not in str(made)


@pytest.fixture
def slow() -> Iterator[str]:
    """A server that sends a byte now and then."""

    class Dripping(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            try:
                for _ in range(200):
                    self.wfile.write(b" ")
                    time.sleep(0.02)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_answer_that_drips_is_given_up(slow: str) -> None:
    with closing(_service(slow)) as asked:
        asked._longest = 0.3
        with pytest.raises(RetryableSourceError, match="had not sent its whole answer"):
            asked.get("/")


def test_an_answer_that_is_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 1024 * 1024)
    with (
        ReplayServer(lambda request: Answer(body=b" " * 2_000_000)) as server,
        closing(_service(server.url)) as asked,
        pytest.raises(FatalSourceError, match="more than 1 MB"),
    ):
        asked.get("/")


def test_only_ways_of_packing_that_were_asked_for_are_read() -> None:
    packed = Answer(body=b"\x28\xb5\x2f\xfd\x00", headers={"Content-Encoding": "zstd"})
    with ReplayServer(lambda request: packed) as server, closing(_service(server.url)) as asked:
        with pytest.raises(FatalSourceError, match="not asked for"):
            asked.get("/")
        assert server.requests[0].headers["Accept-Encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            Answer(status=302, headers={"Location": "https://elsewhere.example"}),
            FatalSourceError,
            "redirects elsewhere",
        ),
        (Answer(status=451), FatalSourceError, "refuses the request (451)"),
        (Answer(status=402), FatalSourceError, "asks for payment"),
        (Answer(status=503, headers={"Retry-After": "9"}), RetryableSourceError, "asks to wait 9 s"),
    ],
)
def test_a_refusal_is_said_in_words(answer: Answer, kind: type[Exception], words: str) -> None:
    with (
        ReplayServer(lambda request: answer) as server,
        closing(_service(server.url)) as asked,
        pytest.raises(kind) as caught,
    ):
        asked.get("/?key=secret")
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_has_not_changed_is_an_answer() -> None:
    with ReplayServer(lambda request: Answer(status=304, body=b"")) as server, closing(_service(server.url)) as asked:
        assert asked.get("/").status == 304
