"""An end to answers that never end: timeouts count from the last byte, and a byte now and then would go on for ever."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from advocacy_monitor.sources.outgoing import check_peer

_TIMEOUTS = 4
"""An answer may take so many times the time that is waited for each of its pieces."""
_LEAST = 60.0
_AT_ONCE = 8


def longest(timeout: float) -> float:
    """The seconds that a whole answer may take, by the seconds that are waited for a piece of it."""
    return max(timeout * _TIMEOUTS, _LEAST)


@contextmanager
def closed_unless_good(close: Callable[[], object]) -> Iterator[None]:
    """Closes a connection when looking at it raises."""
    try:
        yield
    except BaseException:
        close()
        raise


class Deadline:
    """Cuts the connections of one client, which asks one thing at a time, when an answer takes too long.

    `passed` tells whether that happened to the last one: what the client says then, or what it read, is not to be
    believed. The client tells of its connections by `opened`; one over httpx by `trace` as an extension of requests.
    """

    def __init__(self) -> None:
        self.passed = False
        self._host = ""
        self._open: deque[Callable[[], socket.socket | None]] = deque(maxlen=_AT_ONCE)

    @contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        """While this runs, an answer is waited for."""
        self.passed = False
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def opened(self, connection: Callable[[], socket.socket | None]) -> None:
        """Notes a connection by what gives its socket."""
        self._open.append(connection)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """What httpx tells of its work: notes every new connection, and looks where it leads.

        Raises FatalSourceError for one into a private network that nobody asked for.
        """
        if event.endswith("connect_tcp.started"):
            self._host = str(info["host"])
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            self.opened(lambda: stream.get_extra_info("socket"))
            if event.endswith("connect_tcp.complete"):
                with closed_unless_good(stream.close):
                    check_peer(self._host, str(stream.get_extra_info("server_addr")[0]))

    def _cut(self) -> None:
        self.passed = True
        for connection in tuple(self._open):
            found = connection()
            if found is not None:
                with suppress(OSError):  # closed already
                    # Of the class, because SSLSocket's own would pull TLS from under the thread that reads.
                    socket.socket.shutdown(found, socket.SHUT_RDWR)
