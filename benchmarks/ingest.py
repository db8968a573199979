"""How fast posts go in, as a ratio of the bare limit measured in the same run.

200,000 X-like posts of 2 to 3 kB in a JSONL file (flattened, as twarc2 writes them) go through the real import: read,
checked, mapped, deduplicated, captured (compressed, SHA-256), indexed, searchable, in committed pages of 10,000.

baseline     msgspec parse into structs, then `executemany` into the same tables (items, captures, segments) with the
             same indexes, in one transaction, WAL. The payloads are kept as they are; no digests, no compression, no
             deduplication, no search.
no_payload   the same without the payloads: less than the tables are for, but the strictest limit.
sqlite-utils `sqlite-utils insert posts.db posts FILE --nl --pk id` as a command of its own.

Run: python benchmarks/ingest.py [--posts 200000] [--repeat 3]. Every figure ends with a line `ratio NAME VALUE`.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec

from advocacy_monitor.collect import collect, few_collections
from advocacy_monitor.sources.file import FileSource
from advocacy_monitor.store import Store

_WORDS = [
    "library",
    "books",
    "missed",
    "quiet",
    "children",
    "reading",
    "storytime",
    "internet",
    "printer",
    "staff",
    "friendly",
    "help",
    "homework",
    "study",
    "warm",
    "place",
    "neighbours",
    "opening",
    "hours",
    "Saturday",
    "closed",
    "borrow",
    "novels",
    "learning",
    "German",
    "course",
    "job",
    "application",
    "council",
]


def write_posts(path: Path, count: int) -> int:
    """Writes posts as twarc2 flatten does, the same on every machine; returns the bytes written."""
    made = random.Random(7)
    with path.open("wb") as file:
        for number in range(count):
            text = " ".join(made.choices(_WORDS, k=made.randint(12, 40))) + f" {number} #MissedMyLibrary"
            file.write(msgspec.json.encode(_post(made, number, text)) + b"\n")
    return path.stat().st_size


def _post(made: random.Random, number: int, text: str) -> dict[str, object]:
    author = made.randint(1, 60_000)
    second = number % 60
    return {
        "id": str(1_900_000_000_000_000_000 + number * 997),
        "text": text,
        "created_at": f"2026-10-{number % 28 + 1:02}T{number % 24:02}:{number // 24 % 60:02}:{second:02}.000Z",
        "author_id": str(author),
        "lang": "en",
        "conversation_id": str(1_900_000_000_000_000_000 + number * 997),
        "edit_history_tweet_ids": [str(1_900_000_000_000_000_000 + number * 997)],
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "source": "Sample",
        "public_metrics": {"retweet_count": 1, "reply_count": 2, "like_count": 3, "quote_count": 0},
        "entities": {
            "hashtags": [{"start": len(text) - 16, "end": len(text), "tag": "MissedMyLibrary"}],
            "annotations": [{"start": 0, "end": 6, "probability": 0.5, "type": "Place", "normalized_text": "x" * 40}],
        },
        "context_annotations": [
            {
                "domain": {"id": str(n), "name": "Topic", "description": "d" * made.randint(60, 160)},
                "entity": {"id": str(n * 7), "name": "Library", "description": "e" * made.randint(20, 80)},
            }
            for n in range(6)
        ],
        "author": {
            "id": str(author),
            "username": f"reader{author}",
            "name": f"Reader {author}",
            "description": "p" * made.randint(80, 160),
            "created_at": "2015-01-01T00:00:00.000Z",
            "public_metrics": {"followers_count": 10, "following_count": 10, "tweet_count": 10, "listed_count": 0},
        },
        "__twarc": {"url": "https://api.example.com/2/tweets/search/recent", "version": "2.14.0"},
    }


class _Tag(msgspec.Struct):
    tag: str


class _Entities(msgspec.Struct):
    hashtags: list[_Tag] = []


class _Author(msgspec.Struct):
    username: str
    name: str


class _Raw(msgspec.Struct):
    id: str
    text: str
    created_at: str
    author_id: str
    lang: str
    author: _Author
    entities: _Entities
    public_metrics: dict[str, int]


_decode = msgspec.json.Decoder(_Raw).decode
_CHUNK = 5000


def baseline(posts: Path, database: Path) -> None:
    """The bare limit: parse and insert, nothing else."""
    _bare(posts, database, payload=True)


def no_payload(posts: Path, database: Path) -> None:
    """The bare limit of a program that throws the payloads away."""
    _bare(posts, database, payload=False)


def _bare(posts: Path, database: Path, *, payload: bool) -> None:
    Store.open(database).close()  # the same schema
    conn = sqlite3.connect(database, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")
    conn.execute("PRAGMA cache_size = -65536")
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT INTO runs (id, name, kind, status, started_at) VALUES (1, 'b', 'import', 'done', '')")
    with posts.open("rb") as file:
        number = 1
        while lines := list(itertools.islice(file, _CHUNK)):
            _insert_bare(conn, lines, number, payload=payload)
            number += len(lines)
    conn.execute("COMMIT")
    conn.close()


def _insert_bare(conn: sqlite3.Connection, lines: list[bytes], first: int, *, payload: bool) -> None:
    now = "2026-11-01T00:00:00+00:00"
    kept = b"".join(lines) if payload else b""
    segment = conn.execute("INSERT INTO segments (run_id, received_at, payload) VALUES (1, '', ?)", [kept]).lastrowid
    items, captures, start = [], [], 0
    for number, line in enumerate(lines, start=first):
        post = _decode(line)
        tags = '["' + '","'.join(tag.tag for tag in post.entities.hashtags) + '"]'
        items.append(
            (
                *(number, "post", "x", post.id, post.text, post.created_at, now),
                *(f"https://x.com/{post.author.username}/status/{post.id}", post.lang, tags),
                *(post.author.username, post.author.name, post.author_id, "{}", "public", 1),
            )
        )
        captures.append((number, segment, start, len(line), "0" * 64, "0" * 64))
        start += len(line)
    conn.executemany(
        "INSERT INTO items (id, kind, source, source_id, text, created_at, collected_at, url, language, hashtags, "
        "author_handle, author_name, person_key, counts, legal_basis, run_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        items,
    )
    conn.executemany(
        "INSERT INTO captures (item_id, segment_id, start, length, sha256, content_sha256) VALUES (?, ?, ?, ?, ?, ?)",
        captures,
    )


def ours(posts: Path, database: Path) -> None:
    """The real import."""
    with Store.open(database) as store, few_collections():
        outcome = collect(store, "import:posts", FileSource(path=posts), kind="import")
        assert outcome.status == "done", outcome.message
        assert outcome.tally.stored == store.items.count()


def sqlite_utils_command(posts: Path, database: Path) -> None:
    """What a user would type with sqlite-utils alone."""
    command = [sys.executable, "-m", "sqlite_utils", "insert", str(database), "posts", str(posts), "--nl", "--pk", "id"]
    subprocess.run(command, check=True, capture_output=True)


def _seconds(way: Callable[[Path, Path], None], posts: Path, folder: Path, number: int) -> float:
    database = folder / f"{way.__name__}-{number}.db"
    started = time.perf_counter()
    way(posts, database)
    took = time.perf_counter() - started
    for file in folder.glob(f"{database.stem}*"):
        file.unlink()
    return took


def main() -> None:
    """Runs every way in turn, several times, and prints medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        posts = folder / "posts.jsonl"
        size = write_posts(posts, given.posts)
        print(f"{given.posts:,} posts of {size / given.posts:,.0f} bytes")
        ways = (baseline, no_payload, ours, sqlite_utils_command)
        took: dict[str, list[float]] = {way.__name__: [] for way in ways}
        for number in range(given.repeat):
            for way in ways:
                took[way.__name__].append(_seconds(way, posts, folder, number))
        limit = median(took["baseline"])
        for name, seconds in took.items():
            print(f"{name:22} {given.posts / median(seconds):10,.0f} posts/s (median of {given.repeat})")
        print(f"ratio ingest_without_payload {median(took['no_payload']) / median(took['ours']):.2f}")
        print(f"ratio ingest {limit / median(took['ours']):.2f}")
        print(f"ratio sqlite_utils_insert_nl {limit / median(took['sqlite_utils_command']):.2f}")


if __name__ == "__main__":
    main()
