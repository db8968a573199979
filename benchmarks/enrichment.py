"""How fast statements are enriched, as a ratio of the bare sentence encoder's rate in the same run, and in what memory.

Posts of one or two short sentences (English and German, put together from the packaged samples) go through every
enricher into a real store, each measurement in a process of its own.

encoder   the sentence encoder alone, over the same texts in batches of 1,000, one thread: the limit of the hybrid
hybrid    every enricher, themes by the hybrid classifier (embeddings included, nothing cached before)
lexicon   every enricher, themes by the lexicon alone

Loading of packages and word lists is not counted; in `hybrid` that of the encoder is. Memory is the highest resident
set of the process and of the one beside it; it is measured with a quarter of the posts as well, to see whether it
grows.

Run: python benchmarks/enrichment.py [--posts 20000]. Every figure ends with a line `ratio NAME VALUE`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.models import Page, Post
from advocacy_monitor.samples import sample_path
from advocacy_monitor.store import Store

_BATCH = 1_000
_LONGEST = 90
_CONFIG = """campaign: {{name: B, sponsor: B, contact: b@example.org, languages: [en, de], libraries: libraries.csv}}
enrichers:
  language: {{}}
  duplicates: {{}}
  relevance: {{}}
  personal_data: {{}}
  places: {{}}
  sentiment: {{}}
{more}  themes: {{stage: {stage}}}
"""
_MORE = ("stance", "richness")


def texts(count: int) -> Iterator[str]:
    """Different posts of about 60 characters, the same on every machine."""
    said = [json.loads(line)["text"] for line in sample_path("posts.jsonl").read_text(encoding="utf-8").splitlines()]
    sentences = sorted({part.strip() for text in said for part in re.split(r"(?<=[.!?])\s+", text) if len(part) > 12})
    made = random.Random(11)
    for number in range(count):
        first, second = made.sample(sentences, 2)
        both = f"{first} {second}"
        yield f"{both if len(both) <= _LONGEST else first[:_LONGEST]} {_word(number)}"


def _word(number: int) -> str:
    """A word of its own for each text; digits would send every text to the search for telephone numbers."""
    return "q" + "".join(chr(97 + int(digit)) for digit in str(number))


def _store(folder: Path, count: int, stage: str) -> Loaded:
    from advocacy_monitor.plugins import ENRICHERS, installed

    more = "".join(f"  {name}: {{}}\n" for name in _MORE if name in installed(ENRICHERS))
    folder.mkdir()
    (folder / "config.yaml").write_text(_CONFIG.format(stage=stage, more=more), encoding="utf-8")
    (folder / "libraries.csv").write_bytes(sample_path("libraries.csv").read_bytes())
    loaded = load_config(folder / "config.yaml")
    start = datetime(2026, 10, 1, tzinfo=UTC)
    with Store.open(loaded.database, contacts_path=loaded.contacts) as store:
        run = store.runs.start("bench", "import")
        said = enumerate(texts(count))
        while batch := list(itertools.islice(said, 5_000)):
            posts = tuple(_post(number, text, start) for number, text in batch)
            store.add_page(run, Page(items=posts, rejects=(), checkpoint=None), collector="bench")
    return loaded


def _post(number: int, text: str, start: datetime) -> Post:
    return Post(
        source="x",
        source_id=str(number),
        text=text,
        created_at=start + timedelta(seconds=number),
        raw=text.encode(),
        author_id=str(number % 7_000),
    )


def enriched(count: int, stage: str) -> tuple[float, int]:
    """Seconds and highest resident set (MB) of enriching `count` posts."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.line import enrich_all

    with tempfile.TemporaryDirectory() as folder:
        warm = _store(Path(folder) / "warm", 40, "lexicon")
        quick = [name for name in warm.config.enrichers if stage == "lexicon" or name != "themes"]
        with open_store(warm) as store:
            enrich_all(store, warm, quick)
        loaded = _store(Path(folder) / "full", count, stage)
        with open_store(loaded) as store:
            began = time.perf_counter()
            made = enrich_all(store, loaded)
            seconds = time.perf_counter() - began
        assert all(enrichment.items == count and not enrichment.set_aside for enrichment in made), made
    both = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN  # a slow enricher works in a process of its own
    sizes = [resource.getrusage(who).ru_maxrss // 1024 for who in both]
    return seconds, sum(sizes)


def encoded(count: int) -> tuple[float, int]:
    """Seconds and highest resident set (MB) of encoding the same texts and nothing else."""
    from advocacy_monitor.classifier.encoder import UniversalSentenceEncoder

    encoder = UniversalSentenceEncoder()
    encoder.encode(["Warm-up."])
    said = list(texts(count))
    began = time.perf_counter()
    for at in range(0, count, _BATCH):
        encoder.encode(said[at : at + _BATCH])
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _measure(what: str, count: int) -> tuple[float, int]:
    """One measurement in a process of its own."""
    made = subprocess.run(
        [sys.executable, __file__, "--only", what, "--posts", str(count)], check=True, capture_output=True, text=True
    )
    seconds, memory = made.stdout.split()
    return float(seconds), int(memory)


def main(given: Sequence[str] | None = None) -> None:
    """Prints the rates, the ratios and the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--only", choices=["encoder", "hybrid", "lexicon"], help=argparse.SUPPRESS)
    chosen = parser.parse_args(given)
    if chosen.only:
        seconds, memory = encoded(chosen.posts) if chosen.only == "encoder" else enriched(chosen.posts, chosen.only)
        sys.stdout.write(f"{seconds} {memory}\n")
        return
    length = sum(map(len, texts(chosen.posts))) / chosen.posts
    print(f"{chosen.posts:,} posts of {length:.0f} characters on average")
    rates, memories = {}, {}
    for what in ("encoder", "lexicon", "hybrid"):
        seconds, memories[what] = _measure(what, chosen.posts)
        rates[what] = chosen.posts / seconds
        print(f"{what:10} {rates[what]:8,.0f} posts/s   {memories[what]:5} MB")
    for what in ("lexicon", "hybrid"):
        _, fewer = _measure(what, chosen.posts // 4)
        print(f"{what:10} {fewer:5} MB with a quarter of the posts: {memories[what] - fewer:+} MB")
    for what in ("hybrid", "lexicon"):
        print(f"ratio {what} {rates[what] / rates['encoder']:.2f}")


if __name__ == "__main__":
    main()
