"""Instagram as its documents describe it: one account, its hashtags of the week, tagged media, comments.

Run it to try the command line over the recordings: `python -m tests.sources.platform_instagram`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.instagram import InstagramSource
from tests.sources.graph_replay import TOKEN, VERSION, batch, by_cursor, error, gone, token_of
from tests.sources.replay import Answer, ReplayServer, Request, as_json

ACCOUNT = "17841400000000001"
TAG = "danke_bibliothek"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "instagram"


class InstagramPlatform:
    """An account, the hashtags it has asked for, and what stands under its own medium '900'."""

    def __init__(self) -> None:
        self.server: ReplayServer = ReplayServer(self.route)
        self.media: dict[str, list[dict[str, Any]]] = {TAG: [], "books": []}
        self.tags: list[dict[str, Any]] = []
        self.own = [
            {"id": "900", "timestamp": "2026-10-30T09:00:00+0000", "permalink": "https://www.instagram.com/p/O/"}
        ]
        self.comments: list[dict[str, Any]] = []
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.searched: list[dict[str, str]] = []
        self.names_hashtags = True
        self._number = 0
        self._spoiled = 0
        self._expected: set[str] = set()

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5, **more: Any) -> InstagramSource:
        settings: dict[str, Any] = {
            "account": ACCOUNT,
            "hashtags": ["#Danke_Bibliothek"],
            "own_comments": True,
            "access_token": TOKEN,
            "base_url": self.server.url,
            "attempts": attempts,
            "request_timeout": timeout,
            "page_size": page_size,
        }
        source = InstagramSource.model_validate({**settings, **more})
        return source.hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        for _ in range(count):
            kind = self._number % 4
            if kind == 0:
                self.publish("My third place. #DankeBibliothek")
            elif kind == 1:
                self.tag("Story time at the library saved our week.")
            elif kind == 2:
                self.comment("I missed you so much.")
            else:
                self.answer("So did I.")

    def spoil(self) -> None:
        spoiled = self.publish("half a record")
        self._expected.discard(spoiled["id"])
        self._spoiled += 1
        spoiled |= {"caption": "half an emoji \ud83d"} if self._spoiled % 2 == 0 else {"timestamp": 5}

    def expected(self) -> set[str]:
        return set(self._expected)

    def publish(self, caption: str, *, tag: str = TAG) -> dict[str, Any]:
        self.media[tag].append(self._record(caption=caption, media_type="IMAGE", like_count=3))
        return self.media[tag][-1]

    def tag(self, caption: str, **more: Any) -> dict[str, Any]:
        self.tags.insert(0, self._record(caption=caption, media_type="IMAGE", username="mira.reads") | more)
        return self.tags[0]

    def comment(self, text: str, **more: Any) -> dict[str, Any]:
        self.comments.insert(0, self._record(text=text, username="sam_reads") | more)
        return self.comments[0]

    def answer(self, text: str) -> dict[str, Any]:
        parent = self.comments[0] if self.comments else self.comment("Happy birthday!")
        made = self._record(text=text, username="lee", parent_id=parent["id"])
        self.replies.setdefault(parent["id"], []).append(made)
        return made

    def _record(self, **more: Any) -> dict[str, Any]:
        self._number += 1
        identifier = str(17_900_000_000 + self._number)
        self._expected.add(identifier)
        moment = NOW - timedelta(hours=23) + timedelta(minutes=self._number)
        address = {} if "text" in more else {"permalink": f"https://www.instagram.com/p/{identifier}/"}
        return {"id": identifier, "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"), **address, **more}

    def route(self, request: Request) -> Answer:
        if token_of(request) != TOKEN:
            return error(190, message=f"Error validating access token {TOKEN}")
        if request.method == "POST":
            return batch(request, self.route)
        path = request.path.removeprefix(VERSION).strip("/")
        if path == "ig_hashtag_search":
            return self._search(request.query["q"])
        node, _, edge = path.partition("/")
        if node == ACCOUNT:
            return self._account(edge, request)
        if edge == "recent_media":
            return by_cursor(request, self.media[self._name(node)])
        if edge == "comments" and "replies" in request.query["fields"]:
            return by_cursor(request, [{"id": one["id"]} | self._answered(one["id"]) for one in self.comments])
        if edge == "comments":
            return by_cursor(request, self.comments)
        if edge == "replies":
            return by_cursor(request, self.replies.get(node, []))
        replies = [one for found in self.replies.values() for one in found]
        found = next((one for one in [*self.comments, *replies] if one["id"] == node), None)
        return gone() if found is None else as_json(found)

    def _account(self, edge: str, request: Request) -> Answer:
        if edge == "":
            return as_json({"id": ACCOUNT, "username": "Our_Library"})
        if edge == "recently_searched_hashtags":
            shown = self.searched if self.names_hashtags else [{"id": one["id"]} for one in self.searched]
            return by_cursor(request, shown)
        if edge == "tags":
            return by_cursor(request, self.tags)
        comments = {"comments": {"data": self.comments[:1]}} if "comments.limit" in request.query["fields"] else {}
        return by_cursor(request, [one | comments for one in self.own])

    def _search(self, name: str) -> Answer:
        if name not in self.media:
            return error(24, subcode=2207024)
        found = {"id": str(17_800_000_000 + list(self.media).index(name)), "name": name}
        if found not in self.searched:
            self.searched.append(found)
        return as_json({"data": [{"id": found["id"]}]})

    def _name(self, number: str) -> str:
        return list(self.media)[int(number) - 17_800_000_000]

    def _answered(self, comment: str) -> dict[str, Any]:
        """Field expansion gives two answers at most here; the others are in a list of their own."""
        found = self.replies.get(comment, [])
        if not found:
            return {}
        more = {"paging": {"next": f"https://graph.facebook.com/x?access_token={TOKEN}"}} if len(found) > 2 else {}
        return {"replies": {"data": found[:2], **more}}


@contextmanager
def running() -> Iterator[InstagramPlatform]:
    platform = InstagramPlatform()
    with platform.server:
        yield platform


def recorded(folder: Path) -> ReplayServer:
    """The recordings as one account: its hashtag 'developers', tagged media, own media with comments."""
    lists = {
        "17841406338772941/recently_searched_hashtags": "users__recently_searched_hashtags.json",
        "17841406338772941/tags": "users__tagged_medias.json",
        "17841406338772941/media": "users__medias_p1.json",
        "17841406338772941/media?after": "users__medias_p2.json",
        "17841562426109234/recent_media": "hashtags__hashtag_recent_medias_p1.json",
        "17841562426109234/recent_media?after": "hashtags__hashtag_recent_medias_p2.json",
        "17896622936197745/comments": "medias__comments_p1.json",
        "17896622936197745/comments?after": "medias__comments_p2.json",
    }

    def route(request: Request) -> Answer:
        path = request.path.removeprefix(VERSION).strip("/")
        if path == "17841406338772941":
            return as_json({"id": path, "username": "ikroskun"})
        if "replies" in request.query.get("fields", ""):
            replies = json.loads((folder / "comments__replies.json").read_text())
            return as_json({"data": [{"id": "17858154961981086", "replies": replies}]})
        more = f"{path}?after" if "after" in request.query else path
        if more not in lists:
            return as_json({"data": []})
        return Answer(body=(folder / lists[more]).read_bytes())

    return ReplayServer(route)


def main() -> None:
    """Serves the recordings and says how to collect them."""
    with recorded(RECORDINGS) as server:
        print("collectors:\n  recorded:\n    source: instagram\n    settings:")
        print(f"      base_url: {server.url}\n      access_token: {{env: INSTAGRAM_TOKEN}}\n      lookback_days: 3650")
        print('      account: "17841406338772941"\n      hashtags: [developers]\n      own_comments: true')
        print("# any INSTAGRAM_TOKEN will do; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
