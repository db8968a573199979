"""A form as a process of its own, on a real campaign folder, and people who send answers to it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.store import now
from advocacy_monitor.web.tickets import FIELD, Tickets

CODE = re.compile(r"\b[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}\b")
_CONFIG = """\
campaign:
  name: Test
  sponsor: Test Library Association
  contact: info@example.org
form:
  proxies: [127.0.0.1]
"""
_SERVE = """
import sys
from pathlib import Path
from advocacy_monitor.config import load_config
from advocacy_monitor.web.serve import serve_form
serve_form(load_config(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]))
"""


def campaign(folder: Path, *, more: str = "") -> Path:
    """A campaign whose form believes this machine who a visitor is, so that a test can be many people."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(_CONFIG + more, encoding="utf-8")
    return path


def free_port() -> int:
    """A port that nobody has."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(
    config: Path,
    port: int,
    *,
    environment: Mapping[str, str] | None = None,
    inside: Sequence[str] = (),
    log: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """A server that answers. `inside` is a command that runs it, such as one that gives it another file system.

    What it says goes to `log`, if there is one.
    """
    command = [*inside, sys.executable, "-c", _SERVE, str(config), str(port)]
    around = {**os.environ, **(environment or {})}
    server = subprocess.Popen(command, env=around, cwd=Path(__file__).parents[2], stdout=log, stderr=log)
    for _ in range(600):
        assert server.poll() is None, "the form did not start"
        with closing(socket.socket()) as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    raise AssertionError("the form did not start in time")


def tickets(config: Path) -> Tickets:
    """Tickets like those of the campaign's own pages."""
    with open_store(load_config(config)) as store:
        return Tickets(store.submissions.key("form tickets"), now)


def fields(ticket: str, words: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """What a browser sends for a short answer."""
    return [(FIELD, ticket), ("q_words", words), ("consent", "analyse"), *more]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    page: str

    @property
    def code(self) -> str | None:
        """The withdrawal code on the page."""
        found = CODE.search(self.page)
        return found[0] if found else None


class Person:
    """Somebody with an address and a connection of their own."""

    def __init__(self, port: int, number: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def get(self, path: str = "/") -> Answered:
        """Looks at a page."""
        return self._ask("GET", path, None)

    def post(self, form: Sequence[tuple[str, str]], path: str = "/") -> Answered:
        """Sends a form. Raises OSError and HTTPException when the server is gone."""
        return self._ask("POST", path, urlencode(form))

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> Answered:
        headers = {"X-Forwarded-For": self._address, "Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, page)
