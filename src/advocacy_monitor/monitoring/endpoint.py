"""/healthz, /readyz and /metrics on a local port: whether the daemon lives, whether it can work, figures about it.

They are for the service manager, a container's health check and Prometheus. Nobody logs in, so nothing is told that
the whole computer may not know: numbers, names from config.yaml, no messages of failures.
"""

from __future__ import annotations

import http.server
import ipaddress
import json
import logging
import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ServeError, StoreError
from advocacy_monitor.monitoring.metrics import Figures, exposition, registry
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.store import Store

log = logging.getLogger(__name__)

_AT_ONCE = 8
_SECONDS = 5.0
"""Within this time a request must have come, and its answer gone."""
_LEAST_FREE = 20 * 2**20
"""With less, SQLite may not be able to commit."""
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers few at once; who is slow is cut off."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], answers: Answers) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.answers = answers
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(address, _Request)

    def server_bind(self) -> None:
        """Without asking the name service what this computer is called, as the standard library would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Gives the request a thread, or cuts it off where too many are at work."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One request, with an end."""
        late = threading.Timer(2 * _SECONDS, _cut, [request])
        late.daemon = True
        late.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            late.cancel()
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was lost is no news."""
        log.debug("a request to the monitoring port broke off", exc_info=True)


def _cut(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Request(http.server.BaseHTTPRequestHandler):
    timeout = _SECONDS
    server_version, sys_version = "advocacy-monitor", ""

    def do_GET(self) -> None:  # the standard library's name
        """Answers one of the three."""
        assert isinstance(self.server, _Server)
        status, kind, body = self.server.answers.to(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Being asked each few seconds is no news."""
        log.debug(format, *args)


class Answers:
    """What is answered, apart from how."""

    def __init__(self, loaded: Loaded, state: State, figures: Figures | None = None) -> None:
        self._loaded = loaded
        self._state = state
        self._registry = registry(figures or Figures(loaded, state))

    def to(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Status, content type and body for a path."""
        if path == "/healthz":
            return _judged(self.health())
        if path == "/readyz":
            return _judged(self.readiness())
        if path == "/metrics":
            return HTTPStatus.OK, _METRICS, exposition(self._registry)
        return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"There are /healthz, /readyz and /metrics.\n"

    def health(self) -> dict[str, str]:
        """Whether the scheduler is at work; when it is not, only a new start helps. 'ok', or why not, by part."""
        doing = self._state.doing()
        return {"scheduler": "ok" if doing.is_alive else f"no heartbeat for {doing.beat_ago:.0f} seconds"}

    def readiness(self) -> dict[str, str]:
        """Whether everything is there that work needs: scheduler, database, disk and, where it is served, the form."""
        found = {**self.health(), "database": self._database(), "disk": self._disk()}
        form = self._loaded.config.form
        if form.port is not None:
            found["form"] = _answers(form.host, form.port)
        return found

    def _database(self) -> str:
        try:
            with Store.open_read_only(self._loaded.database) as store:
                store.runs.recent(1)
        except StoreError:
            return "cannot be read; the log and `advocacy-monitor status` say why"
        return "ok"

    def _disk(self) -> str:
        try:
            free = shutil.disk_usage(self._loaded.database.parent).free
        except OSError:
            return "the folder of the database is not there"
        return "ok" if free >= _LEAST_FREE else f"{free // 2**20} MB free"


def _answers(host: str, port: int) -> str:
    """Whether something listens there."""
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_unspecified:
            host = "::1" if ":" in host else "127.0.0.1"
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return "does not answer"
    return "ok"


def _judged(found: dict[str, str]) -> tuple[HTTPStatus, str, bytes]:
    ok = all(answer == "ok" for answer in found.values())
    body = json.dumps({"ok": ok, **found}, ensure_ascii=False).encode() + b"\n"
    return HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE, "application/json; charset=utf-8", body


@contextmanager
def beside(loaded: Loaded, state: State) -> Iterator[int | None]:
    """Serves them beside other work, where `monitoring.port` says so; it ends with the block. Yields the port.

    Raises ServeError where the port is taken.
    """
    settings = loaded.config.monitoring
    if settings.port is None:
        yield None
        return
    with _server(settings.host, settings.port, Answers(loaded, state)) as server:
        log.info("health and metrics are at http://%s:%s/", settings.host, settings.port)
        if settings.host not in ("127.0.0.1", "::1", "localhost"):
            log.warning("monitoring.host: nobody logs in there, and other computers may be able to ask")
        yield server.server_port


@contextmanager
def _server(host: str, port: int, answers: Answers) -> Iterator[_Server]:
    try:
        server = _Server((host, port), answers)
    except OSError as error:
        raise ServeError(
            f"monitoring: {host}:{port} cannot be listened at ({error.strerror}); set another monitoring.port"
        ) from error
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="monitoring", daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
