"""Servers on 127.0.0.1 that speak Mastodon's API: a running mastodon-mock, and one that replays given statuses.

Run it to try the command line over a recording:

    python -m tests.sources.mastodon_server RECORDING.json --port 3999

It prints the settings for config.yaml and serves every hashtag timeline of the recording until it is stopped.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

import requests

Status: TypeAlias = Mapping[str, Any]
PLAIN: dict[str, Any] = {
    "created_at": "2026-11-02T09:15:30.123Z",
    "content": "<p>The library got me through the winter.</p>",
    "visibility": "public",
    "account": {"acct": "mira", "url": "https://social.example.org/@mira", "indexable": True},
}
"""What a post needs; its id and uri are given to it by `status_at`."""
_TIMELINE = "/api/v1/timelines/tag/"
_numbers = count(1)
MINIMAL_INSTANCE: dict[str, Any] = {"domain": "localhost", "version": "4.6.4", "configuration": {}}


def status_at(moment: datetime, **more: Any) -> Status:
    """A status whose id holds a time, as Mastodon's do: milliseconds, shifted by 16 bits."""
    number = next(_numbers)
    identifier = str((int(moment.timestamp() * 1000) << 16) + number % 65536)
    return {**PLAIN, "id": identifier, "uri": f"https://social.example.org/statuses/{number}", **more}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the replay server sends instead of a timeline."""

    status: int = 200
    body: bytes = b"[]"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json; charset=utf-8"})
    delay: float = 0


class ReplayServer:
    """Hashtag timelines from memory, with `min_id`, `max_id` and `limit` as Mastodon understands them.

    `timelines` may be changed at any time. `instead` is served first, one answer a timeline request; `always`, when
    set, in the place of every timeline. `requests` holds the paths that were asked for, `headers` those of the last.
    """

    def __init__(self, timelines: Mapping[str, Sequence[Status]] | None = None, *, port: int = 0) -> None:
        self.timelines: dict[str, list[Status]] = {tag: list(found) for tag, found in (timelines or {}).items()}
        self.instance: dict[str, Any] | None = MINIMAL_INSTANCE
        self.instead: deque[Answer] = deque()
        self.always: Answer | None = None
        self.requests: list[str] = []
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _answering(self))
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

    def answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        self.requests.append(target)
        if parts.path.rstrip("/") == "/api/v2/instance":
            known = self.instance is not None
            return Answer(status=200 if known else 404, body=json.dumps(self.instance or {}).encode())
        if not parts.path.startswith(_TIMELINE):
            return Answer(status=404, body=b'{"error":"Not found"}')
        if self.instead:
            return self.instead.popleft()
        if self.always is not None:
            return self.always
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return Answer(body=json.dumps(self._page(unquote(parts.path.removeprefix(_TIMELINE)), query)).encode())

    def _page(self, tag: str, query: Mapping[str, str]) -> list[Status]:
        def order(identifier: str) -> tuple[int, str]:
            return len(identifier), identifier

        limit = min(int(query.get("limit", "20")), 40)
        found = sorted(self.timelines.get(tag, []), key=lambda status: order(str(status["id"])))
        if "max_id" in query:
            found = [status for status in found if order(str(status["id"])) < order(query["max_id"])]
        if "min_id" in query:
            found = [status for status in found if order(str(status["id"])) > order(query["min_id"])][:limit]
        return found[-limit:][::-1]


def _answering(replay: ReplayServer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            replay.headers = dict(self.headers.items())
            answer = replay.answer(self.path)
            time.sleep(answer.delay)
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
            except ConnectionError:
                self.close_connection = True  # the client did not want to wait

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: requests are kept in `requests`."""

    return Answering


class Mock:
    """A running mastodon-mock with the people alice and bob.

    Two things differ from Mastodon: ids are milliseconds without the shift, so they hold no time that a Mastodon id
    would; and `indexable` is always false, so that a collector takes nothing unless it is told not to mind.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def say(self, text: str, *, who: str = "alice", visibility: str = "public", **more: Any) -> dict[str, Any]:
        return self._call("post", "/api/v1/statuses", who, status=text, visibility=visibility, **more)

    def fault(self, *, kind: str, count: int | None = 1, **effect: Any) -> None:
        """The next `count` hashtag timelines fail: kind is status, ratelimit, latency or malformed."""
        rule = {"match": {"path": f"{_TIMELINE}*"}, "effect": {"type": kind, **effect}, "count": count}
        requests.post(f"{self.url}/api/v1/_mock/faults", json=rule, timeout=10).raise_for_status()

    def clear_faults(self) -> None:
        requests.delete(f"{self.url}/api/v1/_mock/faults", timeout=10).raise_for_status()

    def _call(self, method: str, path: str, who: str, **body: Any) -> dict[str, Any]:
        answer = requests.request(
            method, self.url + path, json=body, headers={"Authorization": f"Bearer {who}_token"}, timeout=10
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def running_mock() -> Iterator[Mock]:
    """A mastodon-mock on a free port, with an empty database in memory."""
    from mastodon_mock.testing import MockServer

    with MockServer(startup_timeout=60) as server:
        yield Mock(server.base_url)


def recorded_timelines(recording: Path) -> dict[str, list[Status]]:
    """The hashtag timelines of a recording: hashtag -> statuses."""
    found: dict[str, list[Status]] = {}
    for interaction in json.loads(recording.read_text(encoding="utf-8"))["interactions"]:
        path = urlsplit(interaction["request"]["url"]).path
        if path.startswith(_TIMELINE) and interaction["status"] == 200:
            found.setdefault(unquote(path.removeprefix(_TIMELINE)), []).extend(interaction["body"])
    return found


def main() -> None:
    """Serves a recording and says how to collect it."""
    parser = argparse.ArgumentParser(description="Serves the hashtag timelines of a recording on 127.0.0.1.")
    parser.add_argument("recording", type=Path)
    parser.add_argument("--port", type=int, default=3999)
    given = parser.parse_args()
    timelines = recorded_timelines(given.recording)
    with ReplayServer(timelines, port=given.port) as server:
        print("collectors:\n  recorded:\n    source: mastodon\n    settings:")
        print(f"      hashtags: [{', '.join(timelines)}]\n      instances: [{server.url}]\n      lookback_days: 3650")
        print(f"# {sum(map(len, timelines.values()))} posts; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
