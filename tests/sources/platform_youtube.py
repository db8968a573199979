"""YouTube's Data API played on 127.0.0.1: comment threads with a part of their replies, replies, comments by id.

Run it to try the command line over recordings of comment threads and comments:

    python -m tests.sources.platform_youtube RECORDING.json ...
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

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.youtube import YoutubeSource
from tests.sources.replay import Answer, ReplayServer, Request, as_json

Record: TypeAlias = dict[str, Any]
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
VIDEO = "dQw4w9WgXcQ"
CHANNEL = "UC" + "c" * 22
KEY = "AIza-a-secret-key"
PATH = "/youtube/v3/"


def a_comment(name: str, at: datetime, *, parent: str | None = None, **more: Any) -> Record:
    """A comment as it stands in a thread."""
    snippet = {
        "channelId": CHANNEL,
        "videoId": VIDEO,
        "textDisplay": f"My library got me through, {name}.",
        "textOriginal": f"My library got me through, {name}.",
        "authorDisplayName": f"@reader-{name}",
        "authorChannelUrl": f"http://www.youtube.com/@reader-{name}",
        "authorChannelId": {"value": f"UC{name:x>22}"},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": 2,
        "publishedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "updatedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    snippet |= ({"parentId": parent} if parent else {}) | more
    return {"kind": "youtube#comment", "etag": "e", "id": name, "snippet": snippet}


def refusal(status: int, reason: str) -> Answer:
    """A refusal as Google words it."""
    found = {"code": status, "message": "the words of Google", "errors": [{"domain": "youtube", "reason": reason}]}
    return as_json({"error": found}, status=status)


@dataclass
class Youtube:
    """Comments and replies of one video, and the answers to what is asked about them.

    `sent_with` replies come with their thread, the last ones; `id_limit` is how many comments are found by id at once.
    """

    comments: list[Record] = field(default_factory=list)
    replies: dict[str, list[Record]] = field(default_factory=dict)
    sent_with: int = 2
    id_limit: int = 1000
    now: datetime = NOW
    page_size: int = 3
    handles: dict[str, str] = field(default_factory=lambda: {"@library": CHANNEL})

    def route(self, request: Request) -> Answer:
        what = request.path.removeprefix(PATH)
        if request.headers.get("X-Goog-Api-Key") != KEY or "key" in request.query:
            return refusal(400, "keyInvalid")
        if what == "commentThreads":
            return self._threads(request.query)
        if what == "channels":
            found = self.handles.get(request.query["forHandle"])
            return as_json({"items": [{"kind": "youtube#channel", "id": found}]} if found else {})
        if what == "comments" and "parentId" in request.query:
            found_below = self.replies.get(request.query["parentId"], [])
            return self._page(found_below, request.query.get("pageToken"), self.page_size)
        if what == "comments":
            return self._by_id(request.query["id"].split(","))
        return Answer(status=404)

    def _threads(self, query: Mapping[str, str]) -> Answer:
        newest_first = sorted(self.comments, key=_order, reverse=True)
        if "searchTerms" in query:
            newest_first = [one for one in newest_first if query["searchTerms"] in one["snippet"]["textOriginal"]]
        return self._page([self._thread(one) for one in newest_first], query.get("pageToken"), int(query["maxResults"]))

    def _thread(self, comment: Record) -> Record:
        below = self.replies.get(comment["id"], [])
        snippet = {
            "channelId": CHANNEL,
            "videoId": VIDEO,
            "topLevelComment": comment,
            "canReply": True,
            "totalReplyCount": len(below),
            "isPublic": True,
        }
        found = {"kind": "youtube#commentThread", "etag": "e", "id": comment["id"], "snippet": snippet}
        shown = below[-self.sent_with :] if self.sent_with else []
        return found | ({"replies": {"comments": shown}} if shown else {})

    def _page(self, records: Sequence[Record], token: str | None, limit: int) -> Answer:
        """A token names the last record of the page before: what arrives above it moves nothing."""
        names = [record["id"] for record in records]
        start = names.index(token) + 1 if token in names else 0
        page = records[start : start + limit]
        more = {"nextPageToken": page[-1]["id"]} if len(records) > start + limit else {}
        return as_json({"kind": "a list", "pageInfo": {"resultsPerPage": len(page)}, "items": list(page), **more})

    def _by_id(self, names: Sequence[str]) -> Answer:
        everything = [*self.comments, *(reply for below in self.replies.values() for reply in below)]
        found = [one for one in everything if one["id"] in names][: self.id_limit]
        bare = [one | {"snippet": {k: v for k, v in one["snippet"].items() if k != "videoId"}} for one in found]
        return as_json({"kind": "youtube#commentListResponse", "items": bare})


def _order(comment: Record) -> tuple[str, str]:
    return comment["snippet"]["publishedAt"], comment["id"]


class Platform:
    """A video with comments; every third arrival is a reply to the newest comment, of very many at once ten of 300."""

    def __init__(self, server: ReplayServer, youtube: Youtube) -> None:
        self.server: ReplayServer | None = server
        self.youtube = youtube
        self._url = server.url
        self._number = 0
        self._spoiled = 0
        self._expected: set[str] = set()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> YoutubeSource:
        source = YoutubeSource.model_validate(
            {
                "api_key": KEY,
                "videos": [VIDEO],
                "base_url": self._url,
                "attempts": attempts,
                "request_timeout": timeout,
                "page_size": page_size,
                "reply_days": 0.02,
            }
        )
        return source.hosted_by(Host(clock=lambda: self.youtube.now, sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        many = count > 100
        self.youtube.page_size = 100 if many else 3
        for _ in range(count):
            self._number += 1
            self.youtube.now += timedelta(seconds=30)
            is_reply = self._number % 300 >= 290 if many else self._number % 3 == 0
            name = self._reply() if is_reply and self._expected else self._comment()
            self._expected.add(name)

    def _comment(self) -> str:
        name = f"Ug{self._number:06}"
        self.youtube.comments.append(a_comment(name, self.youtube.now))
        return name

    def _reply(self) -> str:
        # A thread whose first comment cannot be read is set aside as a whole, with the replies in its payload.
        parent = next(each["id"] for each in reversed(self.youtube.comments) if each["id"] in self._expected)
        name = f"{parent}.{self._number:06}"
        below = self.youtube.replies.setdefault(parent, [])
        below.append(a_comment(name, self.youtube.now, parent=parent))
        return name

    def spoil(self) -> None:
        self._number += 1
        self.youtube.now += timedelta(seconds=30)
        spoiled = a_comment(f"Ug{self._number:06}", self.youtube.now)
        self._spoiled += 1
        odd = {"textOriginal": "half an emoji \ud83d"} if self._spoiled % 2 == 0 else {"likeCount": "many"}
        spoiled["snippet"] |= odd
        self.youtube.comments.append(spoiled)

    def expected(self) -> set[str]:
        return set(self._expected)


@contextmanager
def running() -> Iterator[Platform]:
    """YouTube with a video without comments."""
    youtube = Youtube(sent_with=0)
    with ReplayServer(youtube.route) as server:
        yield Platform(server, youtube)


def recorded(files: Sequence[Path]) -> Youtube:
    """All comments of recordings, as if they stood under one video."""
    youtube = Youtube(now=datetime.now(UTC))
    found: dict[str, Record] = {}
    for file in files:
        for item in json.loads(file.read_text(encoding="utf-8")).get("items", []):
            if item.get("kind") == "youtube#commentThread":
                below = item.get("replies", {}).get("comments", [])
                found |= {one["id"]: one for one in (item["snippet"]["topLevelComment"], *below)}
            elif item.get("kind") == "youtube#comment":
                found[item["id"]] = item
    for name, comment in found.items():
        parent = comment["snippet"].get("parentId")
        if parent in found:
            youtube.replies.setdefault(parent, []).append(comment)
        else:
            youtube.comments.append(found[name])
    return youtube


def main() -> None:
    """Serves recordings and says how to collect them."""
    parser = argparse.ArgumentParser(description="Serves the comments of recordings on 127.0.0.1.")
    parser.add_argument("recordings", type=Path, nargs="+")
    youtube = recorded(parser.parse_args().recordings)
    with ReplayServer(youtube.route) as server:
        print("collectors:\n  recorded:\n    source: youtube\n    settings:")
        print("      api_key: {env: YOUTUBE_KEY}")
        print(f"      videos: [{VIDEO}]\n      lookback_days: 7300\n      base_url: {server.url}")
        count = len(youtube.comments) + sum(map(len, youtube.replies.values()))
        print(f"# {count} comments; export YOUTUBE_KEY={KEY}; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
