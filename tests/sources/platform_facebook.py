"""Facebook as its documents describe it: one Page with posts, comments, visitors' and tagging posts.

Run it to try the command line over the recordings: `python -m tests.sources.platform_facebook`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.facebook import FacebookSource
from advocacy_monitor.sources.facebook_post import capture, to_post
from tests.sources.graph_replay import TOKEN, VERSION, batch, by_cursor, by_time, error, gone, token_of
from tests.sources.replay import Answer, ReplayServer, Request, as_json

PAGE = "1029384756"
PAGE_TOKEN = "EAAB-page-token"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "facebook"


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


def seconds(record: Any) -> float:
    """When a record was made; one that was spoiled is always new."""
    try:
        return datetime.fromisoformat(record["created_time"]).timestamp()
    except ValueError:
        return float("inf")


class FacebookPlatform:
    """A Page and its token; comments are shown to that token only."""

    def __init__(self) -> None:
        self.server: ReplayServer = ReplayServer(self.route)
        self.feed: list[dict[str, Any]] = []
        self.tagged: list[dict[str, Any]] = []
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.gives_page_token = True
        self._number = 0
        self._spoiled = 0
        self._expected: set[str] = set()
        for title in ("Story time is back.", "New opening hours."):
            self.post(title, by={"id": PAGE, "name": "Stadtbibliothek Lindenrode"})
        self._expected.clear()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5, **more: Any) -> FacebookSource:
        settings: dict[str, Any] = {
            "facebook_pages": [{"page": "lindenrode", "library": "Lindenrode", "area": "Weststadt"}],
            "access_token": TOKEN,
            "base_url": self.server.url,
            "attempts": attempts,
            "request_timeout": timeout,
            "page_size": page_size,
        }
        source = FacebookSource.model_validate({**settings, **more})
        return source.hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        for _ in range(count):
            kind = self._number % 4
            first = self.feed[-1]["id"]
            if kind == 0:
                self.comment(first, "The library got me through the winter.")
            elif kind == 1:
                self.post("Thank you for the quiet room! #DankeBibliothek")
            elif kind == 2:
                parent = next(iter(self.comments.get(first, ())), None)
                self.comment(first, "Me too.", parent=parent["id"] if parent else None)
            else:
                self.tag("I learned to read in @Stadtbibliothek Lindenrode.")

    def spoil(self) -> None:
        spoiled = self.comment(self.feed[-1]["id"], "half a record")
        self._expected.discard(spoiled["id"])
        self._spoiled += 1
        spoiled |= {"message": "half an emoji \ud83d"} if self._spoiled % 2 == 0 else {"created_time": "yesterday"}

    def expected(self) -> set[str]:
        return set(self._expected)

    def post(self, text: str, *, by: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        made = self._record(text, prefix=PAGE, more={"from": by} if by else {})
        self.feed.insert(0, made | more)
        return self.feed[0]

    def tag(self, text: str) -> dict[str, Any]:
        self.tagged.insert(0, self._record(text, prefix="5550001"))
        return self.tagged[0]

    def comment(
        self, post: str, text: str, *, parent: str | None = None, by: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        more |= {"parent": {"id": parent}} if parent else {}
        more |= {"from": by} if by else {}
        made = self._record(text, prefix=post.partition("_")[2], more=more)
        self.comments.setdefault(post, []).insert(0, made)
        return made

    def _record(self, text: str, *, prefix: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        identifier = f"{prefix}_{700_000 + self._number}"
        self._expected.add(identifier)
        moment = NOW - timedelta(days=9) + timedelta(minutes=self._number)
        address = f"https://www.facebook.com/{identifier}"
        made = {"id": identifier, "message": text, "created_time": written(moment), "permalink_url": address}
        return made | (more or {})

    def route(self, request: Request) -> Answer:
        if token_of(request) not in (TOKEN, PAGE_TOKEN):
            return error(190, subcode=463, message=f"Error validating access token {TOKEN}")
        if request.method == "POST":
            return batch(request, self.route)
        path = request.path.removeprefix(VERSION).strip("/")
        if path in ("lindenrode", PAGE):
            more = {"access_token": PAGE_TOKEN} if self.gives_page_token and "token" in request.query["fields"] else {}
            return as_json({"id": PAGE, **more})
        node, _, edge = path.partition("/")
        if edge == "comments":
            shown = self.comments.get(node, []) if token_of(request) == PAGE_TOKEN else []
            since = float(request.query.get("since", "0"))
            return by_cursor(request, [c for c in shown if seconds(c) >= since]) if self._stands(node) else gone()
        if edge == "tagged":
            return by_cursor(request, self.tagged)
        if edge == "feed":
            return by_time(request, [self._counted(post) for post in self.feed], seconds)
        found = next((one for one in self._all() if one["id"] == node), None)
        return gone() if found is None else as_json(found)

    def _all(self) -> Iterator[dict[str, Any]]:
        yield from self.feed
        yield from self.tagged
        for comments in self.comments.values():
            yield from comments

    def _stands(self, post: str) -> bool:
        return any(one["id"] == post for one in self.feed)

    def _counted(self, post: dict[str, Any]) -> dict[str, Any]:
        """The Page's token is shown a comment where one is asked for."""
        found = self.comments.get(post["id"], [])
        return post | {"comments": {"data": found[:1], "summary": {"total_count": len(found)}}}


@contextmanager
def running() -> Iterator[FacebookPlatform]:
    platform = FacebookPlatform()
    with platform.server:
        yield platform


def recorded(folder: Path) -> ReplayServer:
    """The recordings as two Pages: '19292868552', whose newest post has the recorded comments, and '4'."""
    posts = list(json.loads((folder / "posts__multi_posts_data.json").read_text()).values())
    single = json.loads((folder / "posts__single_post_data.json").read_text())
    post = "19292868552_10158407654328553"
    posts.insert(0, {"id": post, "created_time": "2021-08-10T18:00:00+0000", "from": {"id": "19292868552"}})
    files = {
        "4/feed": "posts__feed_fields_p1.json",
        f"{post}/comments": "comments__comments_p1.json",
        f"{post}/comments?after": "comments__comments_p2.json",
        "4/feed?until": "posts__feed_fields_p2.json",
    }

    objects = _objects(folder, posts, on=post)

    def route(request: Request) -> Answer:
        if request.method == "POST":
            return batch(request, route)
        path = request.path.removeprefix(VERSION).strip("/")
        more = next((f"{path}?{name}" for name in ("after", "until") if name in request.query), path)
        if more in files:
            return Answer(body=(folder / files[more]).read_bytes())
        if path in ("4", "19292868552"):
            return as_json({"id": path})
        if path == "19292868552/feed":
            return as_json({"data": [*posts, single]})
        if path.endswith("/comments"):
            inner: dict[str, Any] = next((one.get("comments", {}) for one in posts if path.startswith(one["id"])), {})
            return as_json({"data": inner.get("data", [])})
        if path in objects:
            return as_json(objects[path])
        return as_json({"data": []}) if path.endswith("/tagged") else gone()

    return ReplayServer(route)


def _objects(folder: Path, posts: list[dict[str, Any]], *, on: str) -> dict[str, Any]:
    """All recorded posts and comments by the number that they are stored under."""
    found = {one["id"]: one for one in posts}
    for name in ("posts__single_post_data", "posts__feed_fields_p1", "comments__comments_p1", "comments__comments_p2"):
        held = json.loads((folder / f"{name}.json").read_text())
        for record in held.get("data", [held]):
            raw = capture(json.dumps(record).encode(), page=None, post=on if "comments" in name else None)
            found[to_post(raw).source_id] = record
    for one in posts:
        for record in one.get("comments", {}).get("data", ()):
            raw = capture(json.dumps(record).encode(), page=None, post=one["id"])
            found[to_post(raw).source_id] = record
    return found


def main() -> None:
    """Serves the recordings and says how to collect them."""
    with recorded(RECORDINGS) as server:
        print("collectors:\n  recorded:\n    source: facebook\n    settings:")
        print(f"      base_url: {server.url}\n      access_token: {{env: FACEBOOK_TOKEN}}\n      lookback_days: 3650")
        print('      facebook_pages: [{page: "19292868552", library: Lindenrode}, {page: "4"}]')
        print("# any FACEBOOK_TOKEN will do; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
