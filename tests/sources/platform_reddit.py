"""Reddit played on 127.0.0.1: log-in, search, comment trees with what they leave out, api/info.

Run it to try the command line over recordings of PRAW:

    python -m tests.sources.platform_reddit RECORDING.json ...
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.reddit import RedditSource
from tests.sources.replay import Answer, ReplayServer, Request, as_json

Thing: TypeAlias = dict[str, Any]
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "client_id": "an-app",
    "client_secret": "its-secret",
    "user_agent": "linux:org.example.campaign:v1 (by /u/example)",
    "phrases": ["missed my library"],
}
TOKEN = {"access_token": "a-token", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A number as Reddit writes ids."""
    return (base36(number // 36) if number >= 36 else "") + _DIGITS[number % 36]


def a_post(number: int, at: datetime, **more: Any) -> Thing:
    """A text post, with the fields that Reddit's answers have and that are used."""
    name = base36(number)
    data = {
        "name": f"t3_{name}",
        "id": name,
        "author": f"reader{number}",
        "author_fullname": f"t2_{name}",
        "title": f"I missed my library, number {number}",
        "selftext": "The storytime, the quiet, the people.",
        "created_utc": at.timestamp(),
        "permalink": f"/r/libraries/comments/{name}/i_missed_my_library/",
        "subreddit": "libraries",
        "subreddit_type": "public",
        "score": 3,
        "num_comments": 0,
        "removed_by_category": None,
        "edited": False,
    }
    return {"kind": "t3", "data": data | more}


def a_comment(number: int, at: datetime, *, post: str, parent: str | None = None, **more: Any) -> Thing:
    """A comment below a post or another comment."""
    name = base36(number)
    data = {
        "name": f"t1_{name}",
        "id": name,
        "author": f"reader{number}",
        "body": f"So did I, number {number}.",
        "created_utc": at.timestamp(),
        "link_id": post,
        "parent_id": parent or post,
        "permalink": f"/r/libraries/comments/{post[3:]}/_/{name}/",
        "subreddit_type": "public",
        "score": 1,
        "replies": "",
    }
    return {"kind": "t1", "data": data | more}


def listing(things: Sequence[Thing], after: str | None = None) -> Thing:
    """Things as Reddit lists them."""
    return {"kind": "Listing", "data": {"after": after, "dist": len(things), "before": None, "children": list(things)}}


@dataclass
class Reddit:
    """Posts and their comments, and the answers to what is asked about them.

    `cap` is where Reddit ends a listing. `at_once` comments are sent with a thread, the others are left out of it. With
    `of_part` the phrases are "part 0", "part 1" ..., and each finds so many posts.
    """

    posts: list[Thing] = field(default_factory=list)
    comments: dict[str, list[Thing]] = field(default_factory=dict)
    cap: int = 1000
    at_once: int = 500
    of_part: int = 0
    stand_ins: int = 0
    now: datetime = NOW
    tokens: int = 0
    forms: list[Mapping[str, str]] = field(default_factory=list)

    def route(self, request: Request) -> Answer:
        path = request.path.strip("/")
        parts = path.split("/")
        self.forms.append({name: found[-1] for name, found in parse_qs(request.body.decode()).items()})
        if path == "api/v1/access_token":
            self.tokens += 1
            return as_json(TOKEN, Connection="close")  # as was asked for: only then is it not used again
        if request.headers.get("Authorization") != "bearer a-token":
            return as_json({"message": "Unauthorized", "error": 401}, status=401)
        if path == "api/info":
            return self._info(request.query["id"].split(","))
        if path == "api/morechildren":
            return self._more(self.forms[-1])
        if parts[0] == "comments":
            return self._thread(parts)
        return self._search(request.query)

    def _search(self, query: Mapping[str, str]) -> Answer:
        """Newest first. `after` is known by its time as well: what it names may be gone, or newer ones have come."""
        posts = self.posts
        if self.of_part:
            part = int(query["q"].strip('"').split(" ")[-1])
            posts = posts[part * self.of_part : (part + 1) * self.of_part]
        found = sorted(posts, key=_order, reverse=True)[: self.cap]
        if "after" in query:
            names = [post["data"]["name"] for post in found]
            found = found[names.index(query["after"]) + 1 :] if query["after"] in names else []
        limit = min(int(query["limit"]), 100)
        page = found[:limit]
        return as_json(listing(page, page[-1]["data"]["name"] if len(found) > limit else None))

    def _thread(self, parts: Sequence[str]) -> Answer:
        post = next((post for post in self.posts if post["data"]["id"] == parts[1]), None)
        if post is None:
            return as_json({"message": "Not Found", "error": 404}, status=404)
        name = f"t3_{parts[1]}"
        found = self.comments.get(name, [])
        if len(parts) > 3:
            below = [thing for thing in found if thing["data"]["id"] == parts[3]]
            return as_json([listing([post]), listing([_tree(below[0], found)] if below else [])])
        upper = [thing for thing in found if thing["data"]["parent_id"] == name]
        sent, left = upper[: self.at_once], [thing["data"]["id"] for thing in upper[self.at_once :]]
        trees = [_tree(thing, found) for thing in sent]
        return as_json([listing([post]), listing([*trees, *([_stub(name, left)] if left else [])])])

    def _more(self, form: Mapping[str, str]) -> Answer:
        wanted = set(form["children"].split(","))
        things = [thing for thing in self.comments.get(form["link_id"], []) if thing["data"]["id"] in wanted]
        return as_json({"json": {"errors": [], "data": {"things": things}}})

    def _info(self, names: Sequence[str]) -> Answer:
        everything = [*self.posts, *(thing for found in self.comments.values() for thing in found)]
        return as_json(listing([thing for thing in everything if thing["data"]["name"] in names]))


def _order(thing: Thing) -> tuple[float, int, str]:
    name = str(thing["data"].get("id", ""))
    return thing["data"]["created_utc"], len(name), name


def _tree(thing: Thing, everything: Sequence[Thing]) -> Thing:
    below = [found for found in everything if found["data"]["parent_id"] == thing["data"]["name"]]
    replies = listing([_tree(found, everything) for found in below]) if below else ""
    return {"kind": "t1", "data": thing["data"] | {"replies": thing["data"]["replies"] or replies}}


def _stub(parent: str, ids: Sequence[str]) -> Thing:
    data = {"count": len(ids), "name": f"t1_{ids[0]}", "id": ids[0], "parent_id": parent, "depth": 0, "children": ids}
    return {"kind": "more", "data": data}


class Platform:
    """Reddit with posts that hold the phrase; every third arrival is a comment, and of very many at once nearly all."""

    def __init__(self, server: ReplayServer, reddit: Reddit) -> None:
        self.server: ReplayServer | None = server
        self.reddit = reddit
        self._url = server.url
        self._number = 36**5
        self._spoiled = 0
        self._expected: set[str] = set()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> RedditSource:
        source = RedditSource(
            **SETTINGS,
            reddit_url=self._url,
            oauth_url=self._url,
            attempts=attempts,
            request_timeout=timeout,
            page_size=page_size,
            overlap_hours=0.01,
        )
        return source.hosted_by(Host(clock=lambda: self.reddit.now, sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        for _ in range(count):
            self._number += 1
            self.reddit.now += timedelta(seconds=30)
            if not self._expected or (self._number % 100 == 0 if count > 100 else self._number % 3):
                self._post()
            else:
                self._comment()

    def spoil(self) -> None:
        self._number += 1
        self.reddit.now += timedelta(seconds=30)
        spoiled = a_post(self._number, self.reddit.now)
        self._spoiled += 1
        if self._spoiled % 2 == 0:
            spoiled["data"]["title"] = "half an emoji \ud83d"
        else:
            del spoiled["data"]["title"], spoiled["data"]["selftext"]
        self.reddit.posts.append(spoiled)

    def expected(self) -> set[str]:
        return set(self._expected)

    def _post(self) -> None:
        post = a_post(self._number, self.reddit.now)
        self.reddit.posts.append(post)
        self._expected.add(post["data"]["name"])

    def _comment(self) -> None:
        """Below the newest post or, where there is one already, below its first comment."""
        # Nobody can watch the comments of a post that cannot be read.
        posts = [each["data"] for each in self.reddit.posts]
        post = next(each for each in reversed(posts) if each["name"] in self._expected)
        found = self.reddit.comments.setdefault(post["name"], [])
        parent = found[0]["data"]["name"] if found else None
        comment = a_comment(self._number, self.reddit.now, post=post["name"], parent=parent)
        found.append(comment)
        post["num_comments"] += 1
        self._expected.add(comment["data"]["name"])


@contextmanager
def running() -> Iterator[Platform]:
    """Reddit without any post. The log-in is never failed."""
    reddit = Reddit()
    with ReplayServer(reddit.route, spared=lambda request: "access_token" in request.path) as server:
        yield Platform(server, reddit)


def recorded(files: Sequence[Path]) -> Reddit:
    """All posts and comments of recordings, as if searches found the posts."""
    reddit = Reddit(now=datetime.now(UTC), of_part=150)
    seen: set[str] = set()
    for file in files:
        for interaction in json.loads(file.read_text(encoding="utf-8"))["interactions"]:
            for thing in _things(interaction["body"]):
                name = thing["data"]["name"]
                if name in seen:
                    continue
                seen.add(name)
                if thing["kind"] == "t3":
                    reddit.posts.append(thing)
                else:
                    reddit.comments.setdefault(thing["data"]["link_id"], []).append(thing)
    known = {post["data"]["name"] for post in reddit.posts}
    for number, name in enumerate(reddit.comments):  # posts that were not recorded with their comments
        if name not in known:
            reddit.stand_ins += 1
            reddit.posts.append(a_post(number, NOW, name=name, id=name[3:]))
    for found in reddit.comments.values():  # so that each is in the tree, whatever was not recorded between
        for thing in found:
            thing["data"]["parent_id"] = thing["data"]["link_id"]
    for post in reddit.posts:
        post["data"]["num_comments"] = len(reddit.comments.get(post["data"]["name"], []))
    return reddit


def _things(value: Any) -> Iterator[Thing]:
    if isinstance(value, dict):
        if value.get("kind") in ("t1", "t3") and isinstance(value.get("data"), dict):
            yield {
                "kind": value["kind"],
                "data": {**value["data"], **({"replies": ""} if value["kind"] == "t1" else {})},
            }
        for inner in value.values():
            yield from _things(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _things(inner)


def main() -> None:
    """Serves recordings and says how to collect them."""
    parser = argparse.ArgumentParser(description="Serves the posts and comments of recordings on 127.0.0.1.")
    parser.add_argument("recordings", type=Path, nargs="+")
    reddit = recorded(parser.parse_args().recordings)
    with ReplayServer(reddit.route) as server:
        print("collectors:\n  recorded:\n    source: reddit\n    settings:")
        print(
            "      client_id: an-app\n      client_secret: {env: REDDIT_SECRET}\n      user_agent: a test of the recordings"
        )
        parts = ", ".join(f"part {number}" for number in range(-(-len(reddit.posts) // reddit.of_part)))
        print(f"      phrases: [{parts}]\n      time_filter: all\n      comment_days: 365")
        print(f"      reddit_url: {server.url}\n      oauth_url: {server.url}")
        comments = sum(map(len, reddit.comments.values()))
        posts = f"{len(reddit.posts) - reddit.stand_ins} posts, {reddit.stand_ins} stand-ins for unrecorded ones"
        print(f"# {posts}, {comments} comments; export REDDIT_SECRET=x; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
