"""X for tests: search, counts and lookup as X's documents describe them, over posts that tests make.

It refuses what X refuses: a page of fewer than ten posts, ids beyond the seven days of recent search, ids together with
times, a wrong token. `python -m tests.sources.platform_x RECORDINGS` serves recorded posts to the real command line.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.x import XSource
from advocacy_monitor.sources.x_ids import id_at, time_of
from tests.sources.replay import Answer, ReplayServer, Request, as_json

TOKEN = "AAAA%2Fsecret"
_SEARCH = {"/2/tweets/search/recent": 100, "/2/tweets/search/all": 500}
_COUNTS = ("/2/tweets/counts/recent", "/2/tweets/counts/all")
_RENAMED = {
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "retweet_count": "repost_count",
    "tweets": "posts",
}
_PROBLEM = "https://api.twitter.com/2/problems/"
Json = dict[str, Any]


class Timeline:
    """The posts that X knows, newest first, and what stands beside them."""

    def __init__(self) -> None:
        self.posts: dict[int, Json] = {}
        self.includes: dict[str, dict[str, Json]] = {"users": {}, "tweets": {}, "media": {}, "places": {}, "polls": {}}
        self.problems: dict[str, Json] = {}
        self.page_limit = 500
        self.now: Callable[[], datetime] = partial(datetime.now, UTC)

    def add(self, post: Json) -> None:
        self.posts[int(post["id"])] = post

    def include(self, kind: str, *objects: Json) -> None:
        for found in objects:
            self.includes[kind][str(found["media_key"] if kind == "media" else found["id"])] = found

    def missing(self, post_id: str, kind: str, detail: str) -> None:
        """A post that a lookup reports in `errors`."""
        self.posts.pop(int(post_id), None)
        self.problems[post_id] = {
            "value": post_id,
            "detail": detail,
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "ids",
            "resource_id": post_id,
            "type": _PROBLEM + kind,
        }

    def route(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return as_json({"title": "Unauthorized", "type": "about:blank", "status": 401}, status=401)
        if request.path == "/2/tweets":
            return self._lookup(request)
        if request.path in _SEARCH or request.path in _COUNTS:
            wrong = self._wrong(request)
            if wrong is not None:
                return wrong
            found = self._between(request)
            if request.path in _SEARCH:
                return self._search(request, found)
            total = "total_post_count" if "post.fields" in request.query else "total_tweet_count"
            return as_json({"data": [], "meta": {total: len(found)}})
        return as_json({"title": "Not Found"}, status=404)

    def _wrong(self, request: Request) -> Answer | None:
        query = request.query
        largest = _SEARCH.get(request.path)
        if largest is not None and not 10 <= int(query["max_results"]) <= largest:
            return refused("max_results", query["max_results"])
        if {"since_id", "until_id"} & query.keys() and {"start_time", "end_time"} & query.keys():
            return refused("start_time", query.get("start_time", ""))
        for name in ("since_id", "until_id"):
            reach = self.now() - timedelta(days=7)
            if request.path.endswith("recent") and name in query and time_of(query[name]) < reach:
                return refused(name, query[name])
        return None

    def _between(self, request: Request) -> list[int]:
        query = request.query
        low, top = int(query.get("since_id", 0)), int(query.get("until_id", 2**63))
        if request.path.endswith("recent"):
            low = max(low, int(id_at(self.now() - timedelta(days=7))))
        if "next_token" in query:
            top = min(top, int(query["next_token"].removeprefix("b26")))
        return sorted((found for found in self.posts if low < found < top), reverse=True)

    def _search(self, request: Request, found: list[int]) -> Answer:
        size = min(int(request.query["max_results"]), self.page_limit)
        page = found[:size]
        meta: Json = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": str(page[0]), "oldest_id": str(page[-1])}
        if len(found) > len(page):
            meta["next_token"] = f"b26{page[-1]}"
        return self._answer(request, [self.posts[one] for one in page], meta=meta)

    def _lookup(self, request: Request) -> Answer:
        ids = request.query["ids"].split(",")
        if len(ids) > 100:
            return refused("ids", "too many")
        versions = {**self.includes["tweets"], **{str(one): post for one, post in self.posts.items()}}
        found = [versions[one] for one in ids if one in versions and one not in self.problems]
        errors = [self.problems[one] for one in ids if one in self.problems]
        return self._answer(request, found, errors=errors)

    def _answer(
        self, request: Request, posts: list[Json], *, meta: Json | None = None, errors: Iterable[Json] = ()
    ) -> Answer:
        body: Json = {"data": posts} if posts else {}
        if includes := self._included(posts, request.query.get("expansions", "")):
            body["includes"] = includes
        if errors := list(errors):
            body["errors"] = errors
        if meta is not None:
            body["meta"] = meta
        return as_json(renamed(body) if "post.fields" in request.query else body)

    def _included(self, posts: list[Json], expansions: str) -> Json:
        wanted: dict[str, list[str]] = {kind: [] for kind in self.includes}
        for post in posts:
            if "author_id" in expansions:
                wanted["users"].append(str(post.get("author_id")))
            if "referenced" in expansions:
                wanted["tweets"] += [str(one["id"]) for one in post.get("referenced_tweets") or ()]
            wanted["media"] += post.get("attachments", {}).get("media_keys", [])
            wanted["places"].append(str((post.get("geo") or {}).get("place_id")))
        return {
            kind: found
            for kind, keys in wanted.items()
            if (found := [self.includes[kind][key] for key in dict.fromkeys(keys) if key in self.includes[kind]])
        }


def refused(parameter: str, value: str, *, kind: str = "invalid-request", status: int = 400) -> Answer:
    """X's answer to a parameter that it does not take."""
    problem = {"parameters": {parameter: [value]}, "message": f"Invalid '{parameter}':'{value}'."}
    body = {"errors": [problem], "title": "Invalid Request", "detail": "One or more parameters to your request was "}
    return as_json({**body, "type": _PROBLEM + kind}, status=status)


def renamed(value: Any) -> Any:
    """An answer in the newer spelling."""
    if isinstance(value, list):
        return [renamed(part) for part in value]
    if isinstance(value, dict):
        return {_RENAMED.get(key, key): renamed(part) for key, part in value.items()}
    return value


def a_post(post_id: str, text: str | None = "My library taught me to read. #Books", **more: Any) -> Json:
    """A post as X's documents show one."""
    made = time_of(post_id)
    return {
        "id": post_id,
        "text": text,
        "author_id": "2244994945",
        "created_at": f"{made:%Y-%m-%dT%H:%M:%S}.{made.microsecond // 1000:03d}Z",
        "lang": "en",
        "edit_history_tweet_ids": [post_id],
        "entities": {
            "hashtags": [{"start": 0, "end": len(tag) + 1, "tag": tag} for tag in re.findall(r"#(\w+)", text or "")]
        },
        "public_metrics": {"retweet_count": 1, "reply_count": 0, "like_count": 2, "quote_count": 0},
        **more,
    }


class XPlatform:
    """The platform as the contract tests want it."""

    def __init__(self, server: ReplayServer, timeline: Timeline) -> None:
        self.server: ReplayServer | None = server
        self.url = server.url
        self.timeline = timeline
        self._made = 0
        self._began = datetime.now(UTC) - timedelta(hours=6)
        self._readable: set[str] = set()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> XSource:
        return self.serving(page_size, attempts=attempts, request_timeout=timeout)

    def serving(self, at_once: int, **more: Any) -> XSource:
        """A source that asks for ten posts at least, because X wants that, and is given fewer, as X may."""
        self.timeline.page_limit = at_once
        settings: Json = {"bearer_token": TOKEN, "hashtags": ["#Books"], "base_url": self.url, **more}
        return XSource.model_validate(settings).hosted_by(Host(sleep=lambda seconds: None))

    def next_id(self) -> str:
        self._made += 1
        return str(int(id_at(self._began + timedelta(seconds=self._made))) + self._made)

    def arrive(self, count: int) -> None:
        for _ in range(count):
            post_id = self.next_id()
            self.timeline.add(a_post(post_id))
            self._readable.add(post_id)

    def spoil(self) -> None:
        post_id = self.next_id()
        self.timeline.add({"id": post_id, "text": None, "edit_history_tweet_ids": [post_id]})
        post_id = self.next_id()
        self.timeline.add(a_post(post_id, "half a character \ud83d"))
        self._readable.add(post_id)  # without that half

    def expected(self) -> set[str]:
        return self._readable


@contextmanager
def running() -> Iterator[XPlatform]:
    """X on a free port."""
    timeline = Timeline()
    timeline.include("users", {"id": "2244994945", "username": "reader_one", "name": "A reader"})
    with ReplayServer(timeline.route) as server:
        yield XPlatform(server, timeline)


def recorded(path: Path) -> Iterator[Json]:
    """The pages of posts in a recording: lines of twarc2, or exchanges of tweepy's tests."""
    if path.suffix == ".jsonl":
        pages = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    else:
        exchanges = json.loads(path.read_text(encoding="utf-8"))["interactions"]
        pages = [one["body"] for one in exchanges if one["status"] == 200 and isinstance(one["body"], dict)]
    for page in pages:
        data = page.get("data")
        if isinstance(data, list) and data and "text" in data[0]:
            yield page


def play(path: Path) -> Timeline:
    """A timeline of all posts in a recording."""
    timeline = Timeline()
    for page in recorded(path):
        for post in page["data"]:
            timeline.add(post)
        for kind, objects in page.get("includes", {}).items():
            timeline.include(kind, *objects)
    return timeline


def main() -> None:
    """Serves a recording and says how to collect it."""
    parser = argparse.ArgumentParser(description="Serves the posts of a recording of X on 127.0.0.1.")
    parser.add_argument("recording", type=Path)
    timeline = play(parser.parse_args().recording)
    with ReplayServer(timeline.route) as server:
        print("collectors:\n  recorded:\n    source: x\n    settings:")
        print(f"      bearer_token: {{env: X_BEARER_TOKEN}}   # {TOKEN}")
        print(f"      base_url: {server.url}\n      hashtags: [recorded]")
        print("      archive: true\n      since: 2010-11-05\n      confirm_above_posts: 1000000")
        print(f"# {len(timeline.posts)} posts; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
