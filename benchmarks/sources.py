"""How fast each source brings posts in, as a ratio of the file import's rate measured in the same run.

Each source reads its platform's replay (tests/sources/platform_NAME.py) over HTTP from 127.0.0.1, maps, and stores in
a fresh database. The answers are computed in a first run and replayed as bytes in the measured one. The server runs in
the same process, so its own processor time is taken off. The baseline imports as many posts of X from a twarc file.

Run: python benchmarks/sources.py [--posts 10000] [--repeat 3] [NAME ...]. Every figure ends with a line
`ratio NAME VALUE`; at least 0.5 is wanted: mapping must not be the bottleneck.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.sources import platforms

from advocacy_monitor.collect import collect, few_collections
from advocacy_monitor.protocols import Source
from advocacy_monitor.sources.file import FileSource
from advocacy_monitor.store import Store
from benchmarks.ingest import write_posts

PAGE_SIZE = 100
LARGEST = {"instagram": 50, "mastodon": 40}
"""The largest pages that these platforms give."""
MOST = {"reddit": 900, "feed": 100}
"""Reddit ends every listing at about 1,000; a feed is a window of some dozen entries."""


def into_a_fresh_store(source: Source, *, kind: str) -> tuple[int, float]:
    """How many items a run stored, and in how many seconds."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db") as store, few_collections():
        started = time.perf_counter()
        outcome = collect(store, "bench", source, kind=kind)
        seconds = time.perf_counter() - started
    if outcome.status != "done":
        raise SystemExit(f"the run failed: {outcome.message}")
    return outcome.tally.stored, seconds


def of_file(folder: Path, posts: int, repeat: int) -> float:
    """The import of a twarc file, in posts a second."""
    path = folder / "posts.jsonl"
    write_posts(path, posts)
    return median(stored / seconds for stored, seconds in _runs(FileSource(path=path), "import", repeat))


def _runs(source: Source, kind: str, repeat: int) -> list[tuple[int, float]]:
    return [into_a_fresh_store(source, kind=kind) for _ in range(repeat)]


def of_source(name: str, posts: int, repeat: int) -> tuple[int, float]:
    """A source over its platform's replay: how many items, and items a second."""
    with platforms.running(name) as platform:
        platform.arrive(posts)
        if platform.server is not None:
            platform.server.cached = {}
        source = platform.source(page_size=LARGEST.get(name, PAGE_SIZE))
        into_a_fresh_store(source, kind="collect")
        rates = []
        for _ in range(repeat):
            before = platform.server.seconds if platform.server else 0.0
            stored, seconds = into_a_fresh_store(source, kind="collect")
            served = platform.server.seconds - before if platform.server else 0.0
            rates.append(stored / (seconds - served))
    return stored, median(rates)


def main() -> None:
    """Prints the baseline, then each source's rate and ratio."""
    parser = argparse.ArgumentParser(description="Sources against the file import.")
    parser.add_argument("names", nargs="*", default=platforms.names())
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        of_file(Path(folder), given.posts, 1)
        baseline = of_file(Path(folder), given.posts, given.repeat)
    print(f"file import: {baseline:,.0f} posts/s")
    for name in given.names:
        stored, rate = of_source(name, min(given.posts, MOST.get(name, given.posts)), given.repeat)
        print(f"{name}: {stored} items, {rate:,.0f} items/s")
        print(f"ratio {name} {rate / baseline:.2f}")


if __name__ == "__main__":
    main()
