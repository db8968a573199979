"""A web server with a feed, for the tests of every source: one RSS feed, newest entry first, with validators."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.feed import FeedSource
from tests.sources.replay import Answer, ReplayServer, Request

_START = datetime(2026, 10, 1, 12, tzinfo=UTC)
XML = {"Content-Type": "application/rss+xml; charset=utf-8"}
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Letters</title>'
    "<link>https://paper.example.org/</link><description>To the editor</description><language>en-GB</language>\n"
)


def item(number: int, text: str) -> str:
    """An entry as a newspaper's feed has it."""
    said_at = format_datetime(_START + timedelta(minutes=number))
    return (
        f"<item><title>Letter {number}</title><link>https://paper.example.org/letters/{number}</link>"
        f'<guid isPermaLink="false">tag:paper.example.org,2026:{number}</guid>'
        f"<pubDate>{said_at}</pubDate><description>{text}</description></item>\n"
    )


class Paper:
    """The feed of a newspaper's letters. A conditional request for what has not changed is answered with 304."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.good: set[str] = set()
        self.server: ReplayServer | None = ReplayServer(self.answer)

    def answer(self, request: Request) -> Answer:
        body = (_HEAD + "".join(reversed(self.items)) + "</channel></rss>\n").encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return Answer(status=304, body=b"", headers={"ETag": etag})
        return Answer(body=body, headers={**XML, "ETag": etag})

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> FeedSource:
        assert self.server is not None
        made = FeedSource(
            feeds=(f"{self.server.url}/letters.xml",), attempts=attempts, request_timeout=timeout, page_size=page_size
        )
        return made.hosted_by(Host(clock=lambda: datetime(2026, 11, 1, tzinfo=UTC), sleep=lambda seconds: None))

    def arrive(self, count: int) -> None:
        for _ in range(count):
            number = len(self.items) + 1
            self.items.append(item(number, f"I miss my library, said reader {number}."))
            self.good.add(f"tag:paper.example.org,2026:{number}")

    def spoil(self) -> None:
        number = len(self.items) + 1
        self.items.append(f"<item><guid>tag:paper.example.org,2026:{number}</guid><title> </title></item>\n")

    def expected(self) -> set[str]:
        return set(self.good)


@contextmanager
def running() -> Iterator[Paper]:
    """A newspaper with an empty feed."""
    paper = Paper()
    assert paper.server is not None
    with paper.server:
        yield paper


def main() -> None:
    """Serves the recorded feeds and says how to collect them."""
    parser = argparse.ArgumentParser(description="Serves the recorded feeds on 127.0.0.1.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/recordings/rss"))
    folder = parser.parse_args().folder
    files = {
        f"/{path.name}": path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".xml", ".atom")
    }

    def answer(request: Request) -> Answer:
        found = files.get(request.path)
        return Answer(status=404) if found is None else Answer(body=found, headers={"Content-Type": "application/xml"})

    with ReplayServer(answer) as server:
        print("collectors:\n  recorded_feeds:\n    source: feed\n    settings:\n      feeds:")
        print("\n".join(f"        - {server.url}{path}" for path in files))
        print(f"# {len(files)} feeds; stop with Ctrl-C", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
