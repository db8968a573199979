"""Servers on this machine that behave as badly as the network does: they cut, dawdle, flood, or are somebody else."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import pytest

Speaks: TypeAlias = Callable[[socket.socket, threading.Event], None]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def silent(client: socket.socket, over: threading.Event) -> None:
    """Takes the question, and says nothing."""
    over.wait()


def cut(client: socket.socket, over: threading.Event) -> None:
    """Resets the connection in the middle of the headers."""
    client.sendall(_HEAD[:20])
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half(client: socket.socket, over: threading.Event) -> None:
    """Ends in the middle of the body."""
    client.sendall(_HEAD + b'Content-Length: 1000\r\n\r\n[{"id": "1", "content": "half')


def nonsense(client: socket.socket, over: threading.Event) -> None:
    """Speaks something that is no HTTP."""
    client.sendall(b"\x00\xffSSH-2.0-OpenSSH_9.2\r\n" * 10)


def dawdling_headers(client: socket.socket, over: threading.Event) -> None:
    """A byte of the headers now and then, without end."""
    _dawdle(client, over, _HEAD + b"X-Slow: ")


def dawdling_body(client: socket.socket, over: threading.Event) -> None:
    """A byte of the body now and then, without end."""
    client.sendall(_HEAD + b"Content-Length: 100000000\r\n\r\n[")
    _dawdle(client, over, b"")


def _dawdle(client: socket.socket, over: threading.Event, begin: bytes) -> None:
    sent = 0
    while not over.wait(0.2):
        client.sendall(begin[sent : sent + 1] or b" ")
        sent += 1


def flood(client: socket.socket, over: threading.Event) -> None:
    """A hundred megabytes of one answer that is well made."""
    client.sendall(_HEAD + b"Content-Length: 100000002\r\n\r\n[")
    for _ in range(100):
        client.sendall(b" " * 1_000_000)
    client.sendall(b"]")


def nested(client: socket.socket, over: threading.Event) -> None:
    """Ten thousand lists in each other, and what stands in them is a post."""
    body = b'[{"id": "1", "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}]"
    client.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@contextmanager
def server(speaks: Speaks, *, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that speaks so to everybody. Gives its port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        accepting = threading.Thread(target=_accept, args=(listening, speaks, context, over), daemon=True)
        accepting.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(10)


def _accept(listening: socket.socket, speaks: Speaks, context: ssl.SSLContext | None, over: threading.Event) -> None:
    with suppress(OSError):  # the server is over
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_serve, args=(client, speaks, context, over), daemon=True).start()


def _serve(client: socket.socket, speaks: Speaks, context: ssl.SSLContext | None, over: threading.Event) -> None:
    with client, suppress(OSError):  # the other side has had enough
        spoken = context.wrap_socket(client, server_side=True) if context else client
        spoken.recv(65536)
        speaks(spoken, over)
        spoken.close()


def certificate(folder: Path, *, days: int = 2) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)),
        ],
        capture_output=True,
        check=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context
