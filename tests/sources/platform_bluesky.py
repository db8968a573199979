"""Bluesky on 127.0.0.1: logging in, searching, asking for posts, answering, as its documents say.

Run it to try the command line over recordings, which it serves until it is stopped:

    python -m tests.sources.platform_bluesky RECORDING.json ...
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from pydantic import SecretStr

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.bluesky import BlueskySource
from advocacy_monitor.sources.bluesky_post import Record, as_mark, hashtags, sort_mark
from tests.sources.platforms import Platform
from tests.sources.replay import Answer, ReplayServer, Request, as_json

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DID = "did:plc:mira00000000000000000000"
HANDLE = "mira.example.org"
PASSWORD = "abcd-efgh-ijkl-mnop"
TAG = "missedmylibrary"


def token(kind: str, *, expires_at: datetime) -> str:
    """A token as the service makes it, unsigned; `kind` tells them apart."""
    parts = ({"typ": "at+jwt", "alg": "none"}, {"sub": DID, "exp": int(expires_at.timestamp()), "jti": kind})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


def view(number: int, moment: datetime, **record: Any) -> dict[str, Any]:
    """A post as the AppView shows it."""
    text = f"Post {number}: the library got me through the winter. #MissedMyLibrary"
    start = len(text.encode()) - len("#MissedMyLibrary")
    facet = {
        "index": {"byteStart": start, "byteEnd": start + 16},
        "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "MissedMyLibrary"}],
    }
    written = {"$type": "app.bsky.feed.post", "text": text, "createdAt": as_mark(moment), "langs": ["en"]}
    return {
        "uri": f"at://{DID}/app.bsky.feed.post/3m{number:011d}",
        "cid": f"bafyrei{number}",
        "author": {"did": DID, "handle": HANDLE, "displayName": "Mira", "labels": []},
        "record": {**written, "facets": [facet], **record},
        "indexedAt": as_mark(moment + timedelta(milliseconds=300)),
        "likeCount": 0,
        "labels": [],
    }


class BlueskyService:
    """A service with posts in `views`, and who may log in. `session` is the number of the session that is valid."""

    def __init__(self) -> None:
        self.views: list[dict[str, Any]] = []
        self.gone_accounts: set[str] = set()
        self.created: list[dict[str, Any]] = []
        self.session = 0
        self.expires_at = datetime(2099, 1, 1, tzinfo=UTC)
        self.page_limit: int | None = None
        self.endpoint: str | None = None

    def route(self, request: Request) -> Answer:
        method = request.path.removeprefix("/xrpc/")
        if method == "com.atproto.server.createSession":
            given = json.loads(request.body)
            if (given["identifier"], given["password"]) != (HANDLE, PASSWORD):
                return refusal(401, "AuthenticationRequired", "Invalid identifier or password")
            return self._new_session()
        if method == "com.atproto.server.refreshSession":
            return self._new_session() if self._is_valid(request, "refresh") else refusal(400, "ExpiredToken")
        if method == "app.bsky.feed.getPosts":
            uris = parse_qs(urlsplit(request.target).query)["uris"]
            return as_json({"posts": [each for each in self.views if each["uri"] in uris]})
        if method == "app.bsky.actor.getProfiles":
            actors = parse_qs(urlsplit(request.target).query)["actors"]
            return as_json({"profiles": [{"did": each} for each in actors if each not in self.gone_accounts]})
        if not self._is_valid(request, "access"):
            return refusal(401, "AuthMissing", "Authentication Required")
        if method == "app.bsky.feed.searchPosts":
            return self._search(request.query)
        if method == "com.atproto.repo.createRecord":
            self.created.append(json.loads(request.body))
            return as_json({"uri": f"at://{DID}/app.bsky.feed.post/3answer", "cid": "bafyanswer"})
        return refusal(404, "XRPCNotSupported")

    def _new_session(self) -> Answer:
        self.session += 1
        made = {
            "did": DID,
            "handle": HANDLE,
            "accessJwt": token(f"access-{self.session}", expires_at=self.expires_at),
            "refreshJwt": token(f"refresh-{self.session}", expires_at=datetime(2099, 1, 1, tzinfo=UTC)),
        }
        if self.endpoint is not None:
            service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.endpoint}
            made["didDoc"] = {"id": DID, "service": [service]}  # type: ignore[assignment]  # JSON of any depth
        return as_json(made)

    def _is_valid(self, request: Request, kind: str) -> bool:
        given = request.headers.get("Authorization") or ""
        payload = given.removeprefix("Bearer ").split(".")
        if len(payload) < 2:
            return False
        read = json.loads(base64.urlsafe_b64decode(payload[1] + "=="))
        return bool(read["jti"] == f"{kind}-{self.session}")

    def _search(self, query: Mapping[str, str]) -> Answer:
        """Newest first by sortAt; `cursor` is an opaque place. `page_limit` ends the pages early, as services do."""
        tag, limit = query["tag"], int(query.get("limit", "25"))
        found = [(sort_mark(json.dumps(each).encode()) or "", each) for each in self.views if tag in tags(each)]
        found = [pair for pair in found if query.get("since", "") <= pair[0] < query.get("until", "9")]
        found.sort(key=lambda pair: pair[0], reverse=True)
        page, start = (int(part) for part in query.get("cursor", "0_0").split("_"))
        more = start + limit < len(found) and (self.page_limit is None or page + 1 < self.page_limit)
        answer: dict[str, Any] = {"posts": [each for _, each in found[start : start + limit]]}
        if more:
            answer["cursor"] = f"{page + 1}_{start + limit}"
        return as_json(answer)


def tags(each: Mapping[str, Any]) -> set[str]:
    """The hashtags that the search knows of a post; also of one that cannot be read."""
    given = {**each["record"], "text": each["record"].get("text") or ""}
    return set(hashtags(msgspec.convert(given, Record)))


def refusal(status: int, code: str, message: str = "") -> Answer:
    return as_json({"error": code, "message": message}, status=status)


def is_login(request: Request) -> bool:
    return "com.atproto.server" in request.path


class BlueskyPlatform:
    """Bluesky for the tests that every source passes."""

    def __init__(self, server: ReplayServer, service: BlueskyService) -> None:
        self.server: ReplayServer | None = server
        self.url = server.url
        self.service = service
        self._numbers = count(1)
        self._spoiled = 0
        self._good: set[str] = set()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5, **more: Any) -> BlueskySource:
        given = {"hashtags": (TAG,), "handle": HANDLE, "app_password": SecretStr(PASSWORD), "service": self.url}
        given |= {"public_service": self.url, "attempts": attempts, "request_timeout": timeout, "page_size": page_size}
        given |= {"lookback_days": 3650}  # some tests run by today's clock
        made = BlueskySource.model_validate(given | more)
        return made.hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        for _ in range(count):
            made = self._next()
            self.service.views.append(made)
            self._good.add(made["uri"])

    def spoil(self) -> None:
        """A post without words or, every second time, with half a character, which is sent as a JSON escape."""
        self._spoiled += 1
        made = self._next()
        made["record"]["text"] = None if self._spoiled % 2 else f"{made['record']['text']} \ud83d"
        self.service.views.append(made)

    def expected(self) -> set[str]:
        return set(self._good)

    def _next(self) -> dict[str, Any]:
        number = next(self._numbers)
        return view(number, NOW - timedelta(days=10) + timedelta(minutes=number))


@contextmanager
def running() -> Iterator[BlueskyPlatform]:
    """A service with an account and no posts."""
    service = BlueskyService()
    with ReplayServer(service.route, spared=is_login) as server:
        yield BlueskyPlatform(server, service)


def recorded_views(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The posts in recorded answers to searches, each once."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for interaction in json.loads(path.read_text(encoding="utf-8"))["interactions"]:
            body = interaction["body"]
            shown = [*(body.get("posts") or ()), *(entry["post"] for entry in body.get("feed") or ())]
            found.update({each["uri"]: each for each in shown})
    return list(found.values())


def main() -> None:
    """Serves recordings and says how to collect them."""
    parser = argparse.ArgumentParser(description="Serves recorded posts of Bluesky on 127.0.0.1.")
    parser.add_argument("recordings", type=Path, nargs="+")
    with running() as platform:
        platform.service.views = recorded_views(parser.parse_args().recordings)
        used = sorted(set().union(*map(tags, platform.service.views)))
        print(f"collectors:\n  recorded:\n    source: bluesky\n    settings:\n      hashtags: [{', '.join(used)}]")
        print(f"      handle: {HANDLE}\n      app_password: {{env: BLUESKY_PASSWORD}}\n      lookback_days: 3650")
        print(f"      service: {platform.url}\n      public_service: {platform.url}")
        print(f"# {len(platform.service.views)} posts; BLUESKY_PASSWORD is {PASSWORD}; stop with Ctrl-C", flush=True)
        assert platform.server is not None
        try:
            platform.server.wait()
        except KeyboardInterrupt:
            print("stopped")


_: type[Platform] = BlueskyPlatform


if __name__ == "__main__":
    main()
