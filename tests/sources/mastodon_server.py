"""Servers on 127.0.0.1 that speak Mastodon's API: a running mastodon-mock, and one that replays given statuses.

Run it to try the command line over a recording:

    python -m tests.sources.mastodon_server RECORDING.json

It prints the settings for config.yaml and serves every hashtag timeline of the recording until it is stopped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from tests.sources.replay import Answer, ReplayServer, Request, as_json

Status: TypeAlias = Mapping[str, Any]
PLAIN: dict[str, Any] = {
    "created_at": "2026-11-02T09:15:30.123Z",
    "content": "<p>The library got me through the winter.</p>",
    "visibility": "public",
    "account": {"acct": "mira", "url": "https://social.example.org/@mira", "indexable": True},
}
"""What a post needs; its id and uri are given to it by `status_at`."""
_STATUSES = "/api/v1/statuses"
_TIMELINE = "/api/v1/timelines/tag/"
_numbers = count(1)
NOT_FOUND = as_json({"error": "Record not found"}, status=404)
MINIMAL_INSTANCE: dict[str, Any] = {"domain": "localhost", "version": "4.6.4", "configuration": {}}


def status_at(moment: datetime, **more: Any) -> Status:
    """A status whose id holds a time, as Mastodon's do: milliseconds, shifted by 16 bits."""
    number = next(_numbers)
    identifier = str((int(moment.timestamp() * 1000) << 16) + number % 65536)
    return {**PLAIN, "id": identifier, "uri": f"https://social.example.org/statuses/{number}", **more}


class MastodonServer(ReplayServer):
    """Hashtag timelines from memory, with `min_id`, `max_id` and `limit` as Mastodon understands them, and statuses.

    `timelines` may be changed at any time; `gone` are ids that are not there any more. What the server says of itself
    never fails. `serves_many` is false for a Mastodon before 4.3. `posted` holds the answers that were given.
    """

    def __init__(self, timelines: Mapping[str, Sequence[Status]] | None = None) -> None:
        super().__init__(self._answer, spared=lambda request: request.path.rstrip("/") == "/api/v2/instance")
        self.timelines: dict[str, list[Status]] = {tag: list(found) for tag, found in (timelines or {}).items()}
        self.instance: dict[str, Any] | None = MINIMAL_INSTANCE
        self.gone: set[str] = set()
        self.serves_many = True
        self.posted: list[dict[str, Any]] = []

    def __enter__(self) -> MastodonServer:
        super().__enter__()
        return self

    def asked(self, part: str) -> list[str]:
        """The targets of requests that hold a part, such as 'timelines'."""
        return [request.target for request in self.requests if part in request.target]

    def _answer(self, request: Request) -> Answer:
        path = request.path.rstrip("/")
        if path == "/api/v2/instance" and self.instance is not None:
            return as_json(self.instance)
        if path.startswith(_TIMELINE):
            return as_json(self._page(path.removeprefix(_TIMELINE), request.query))
        if path == _STATUSES and request.method == "POST":
            self.posted.append({**parse(request.body), "key": request.headers.get("Idempotency-Key")})
            return as_json({"id": "9", "uri": f"{self.url}/statuses/9", "url": f"{self.url}/@us/9"})
        if path == _STATUSES and self.serves_many:
            ids = parse_qs(urlsplit(request.target).query).get("id[]", [])
            return as_json([shown for each in ids if (shown := self._status(each)) is not None])
        if path.startswith(f"{_STATUSES}/"):
            shown = self._status(path.rpartition("/")[2])
            return NOT_FOUND if shown is None else as_json(shown)
        if path == "/api/v2/search":
            everything = (status for statuses in self.timelines.values() for status in statuses)
            found = [status for status in everything if status["uri"] == request.query["q"]]
            return as_json({"statuses": found[:1], "accounts": [], "hashtags": []})
        return NOT_FOUND

    def _status(self, identifier: str) -> Status | None:
        everything = (status for statuses in self.timelines.values() for status in statuses)
        found = next((status for status in everything if status.get("id") == identifier), None)
        return None if identifier in self.gone else found

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


def parse(body: bytes) -> dict[str, str]:
    """A form as Mastodon.py sends it."""
    return {name: values[-1] for name, values in parse_qs(body.decode()).items()}


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
    given = parser.parse_args()
    timelines = recorded_timelines(given.recording)
    with MastodonServer(timelines) as server:
        print("collectors:\n  recorded:\n    source: mastodon\n    settings:")
        print(f"      hashtags: [{', '.join(timelines)}]\n      instances: [{server.url}]\n      lookback_days: 3650")
        print(f"# {sum(map(len, timelines.values()))} posts; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
