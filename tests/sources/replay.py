"""A small HTTP server on 127.0.0.1 that plays a platform: it answers as the platform's documents say, or fails.

A platform's own module (`platform_NAME.py`) gives it a function from a request to an answer; faults are put in front.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked: `query` holds the last value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent. `cut` breaks the connection off in the middle of the body; `delay` is in seconds."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: dict(JSON))
    delay: float = 0
    cut: bool = False


Route: TypeAlias = Callable[[Request], Answer]


def as_json(value: Any, *, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON; `headers` are written with _ for -."""
    more = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status=status, body=json.dumps(value).encode(), headers={**JSON, **more})


class ReplayServer:
    """Answers with `route`. `instead` is served first, one answer a request; `always`, when set, in every place.

    Requests for which `spared` is true (log-ins, tokens) are never failed. `requests` holds what was asked for.
    For benchmarks: `cached`, when it is a dictionary, keeps answers by target and gives them again; `seconds` is the
    processor's time that the server itself took.
    """

    def __init__(self, route: Route, *, spared: Callable[[Request], bool] = lambda request: False) -> None:
        self.route = route
        self.spared = spared
        self.instead: deque[Answer] = deque()
        self.always: Answer | None = None
        self.requests: list[Request] = []
        self.cached: dict[str, Answer] | None = None
        self.seconds = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ReplayServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Serves until the process is interrupted."""
        self._thread.join()

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        if not self.spared(request):
            if self.instead:
                return self.instead.popleft()
            if self.always is not None:
                return self.always
        if self.cached is None:
            return self.route(request)
        if request.target not in self.cached:
            self.cached[request.target] = self.route(request)
        return self.cached[request.target]


def _answering(replay: ReplayServer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _do(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                method=self.command,
                path=unquote(parts.path),
                query={name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                headers=self.headers,  # type: ignore[arg-type]  # finds names in any case, as Mapping does
                body=self.rfile.read(length),
                target=self.path,
            )
            started = time.thread_time()
            self._send(replay.answer(request))
            replay.seconds += time.thread_time() - started

        do_GET = do_POST = do_PUT = do_DELETE = _do

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
            except ConnectionError:
                self.close_connection = True  # the client did not want to wait
            if answer.cut:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: requests are kept in `requests`."""

    return Answering
