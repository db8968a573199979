"""A daemon that must stop need not sit out a rate limit: the source waits with what it is given."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from advocacy_monitor.errors import RetryableSourceError
from advocacy_monitor.protocols import Host, Hosted
from advocacy_monitor.sources.mastodon import MastodonSource


class _Busy(BaseHTTPRequestHandler):
    """A server that always asks for patience."""

    def do_GET(self) -> None:
        self.send_response(429)
        self.send_header("Retry-After", "300")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def busy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Busy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_wait_ends_when_the_program_must_stop(busy: str) -> None:
    stop = threading.Event()
    stop.set()
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return stop.wait(seconds)

    source = MastodonSource(instances=(busy,), hashtags=("library",), max_wait_seconds=2000)
    assert isinstance(source, Hosted)
    with pytest.raises(RetryableSourceError, match="429"):
        list(source.hosted_by(Host(sleep=wait)).pages(None))
    assert waits and min(waits) >= 300
