"""A running desk for the benchmark: `advocacy-monitor browse` as a process of its own, and a visitor of its pages."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

_PATIENCE = 600
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with how long it took until its last byte was here, in milliseconds."""

    status: int
    milliseconds: float
    body: bytes
    location: str


class Visitor:
    """One browser: it keeps its connection and its cookies."""

    def __init__(self, host: str, process: int) -> None:
        self._process = process
        self._connection = http.client.HTTPConnection(host, timeout=120)
        self._cookies: dict[str, str] = {}
        self._csrf = ""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def spent(self) -> float:
        """Milliseconds for which the desk has used a processor, by all its threads; 0 where the system does not say."""
        tasks = Path(f"/proc/{self._process}/task").glob("*/schedstat")
        return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e6

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Answer:
        """Posts a form of the desk; the token is that of this log-in."""
        if not self._csrf:
            found = _CSRF.search(self.get("/-/desk/account").body.decode())
            self._csrf = found[1] if found else ""
        return self._ask("POST", path, urlencode([("csrf", self._csrf), *fields]))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
            headers["Origin"] = f"http://{self._connection.host}:{self._connection.port}"
        begun = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (http.client.RemoteDisconnected, ConnectionResetError):  # it was idle for too long
            self._connection.close()
            return self._ask(method, path, body)
        spent = 1000 * (time.perf_counter() - begun)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return Answer(answer.status, spent, content, answer.getheader("location") or "")


@contextmanager
def running(config: Path) -> Iterator[Visitor]:
    """Starts the desk, and yields an administrator who is logged in. It is ended afterwards."""
    command = [sys.executable, "-m", "advocacy_monitor", "-c", str(config), "browse", "--port", "0"]
    with (config.parent / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            link = _link(process)
            host = urlsplit(link).netloc
            visitor = Visitor(host, process.pid)
            visitor.get(link.split(host, 1)[1])
            yield visitor
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    if said := (config.parent / "server.log").read_text(encoding="utf-8").strip():
        sys.stderr.write(f"the desk said, last: {said[-1500:]}\n")


def _link(process: subprocess.Popen[str]) -> str:
    """The address that lets in, which the desk prints when it is ready."""
    assert process.stdout is not None
    begun = time.monotonic()
    for line in process.stdout:
        if found := re.search(r"https?://\S+/enter\?key=\S+", line):
            return found[0]
        if time.monotonic() - begun > _PATIENCE:
            break
    raise SystemExit("the desk did not start; see server.log in the campaign's folder")
