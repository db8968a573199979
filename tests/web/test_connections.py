"""Connections that say nothing, say it slowly or never stop: they end, and nobody else notices."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from advocacy_monitor.web import connections
from advocacy_monitor.web.connections import MOST_BYTES_OF_A_HEAD, PatientProtocol

_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def _slow(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads what is sent, however long it takes."""
    if scope["type"] == "lifespan":
        return
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "SECONDS_FOR_A_HEAD", 0.5)
    config = uvicorn.Config(
        _slow,
        http=PatientProtocol,
        h11_max_incomplete_event_size=MOST_BYTES_OF_A_HEAD,
        ws="none",
        lifespan="off",
        log_level="critical",
        limit_concurrency=20,
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield int(listening.getsockname()[1])
        server.should_exit = True
        thread.join(10)


def _ended(connection: socket.socket) -> bool:
    """Whether the server ends the connection without a word."""
    connection.settimeout(5)
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


def _asks(port: int) -> bytes:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(_HEAD + b"Connection: close\r\n\r\n")
        return connection.recv(1000)


@pytest.mark.parametrize("begun", [b"", b"GET ", _HEAD, _HEAD + b"X-A: "])
def test_who_says_too_little_is_cut_off(port: int, begun: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.sendall(begun)
        assert _ended(connection)


def test_a_drop_now_and_then_is_no_head(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port))) as connection:
        begun = time.monotonic()
        with pytest.raises(OSError):
            for _ in range(100):
                connection.sendall(b"G")
                time.sleep(0.1)
        assert time.monotonic() - begun < 3


def test_a_second_request_gets_no_more_patience(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(_HEAD + b"\r\n")
        assert connection.recv(1000).endswith(b"ok")
        connection.sendall(b"GET / HT")
        assert _ended(connection)


def test_who_waits_between_two_requests_is_served(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        for _ in range(2):
            connection.sendall(_HEAD + b"\r\n")
            assert connection.recv(1000).endswith(b"ok")
            time.sleep(0.9)


def test_a_body_may_take_longer_than_a_head(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n")
        for _ in range(10):
            connection.sendall(b"x")
            time.sleep(0.1)
        assert connection.recv(1000).endswith(b"ok")


def test_a_head_without_an_end_is_refused(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(_HEAD)
        sent = 0
        with pytest.raises(OSError):
            for number in range(10_000):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"a" * 1000))
                sent += 1000
        assert sent < 8 << 20  # what fits into the buffers of the system, and no more


def test_silent_connections_do_not_keep_others_out(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
        assert b" 503 " in _asks(port)
        time.sleep(1)
        assert b" 200 " in _asks(port)
