"""How well edited copies of statements are found, and in what time and memory a large collection is compared.

Quality: 2,000 different texts of about 130 characters, then an edited copy of every second one (a word exchanged,
dropped or added, a typing error, other hashtags, capitals and signs) by another person. A pair is what the enricher
names as `duplicate_of` or `maybe_duplicate_of`; it is right when it names the text that was edited.

Size: a million different short texts in a process of its own; the baseline of the ratio is the bare MinHash of the same
texts (rensa, the library that does it), measured in the same run.

Run: python benchmarks/duplicates.py [--texts 1000000]. Every figure ends with a line `ratio NAME VALUE`.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from advocacy_monitor.enrichers.duplicates import DuplicatesEnricher
from advocacy_monitor.models import Annotation, StoredItem

_MOMENT = datetime(2026, 10, 1, tzinfo=UTC)
_CONSONANTS, _VOWELS = "bcdfghklmnprstvw", "aeiou"
_BATCH = 1_000
_PAIRS = 1_000


class _Nothing:
    """A reader of an empty store."""

    def items(self, *, before_id: int) -> Iterator[StoredItem]:
        return iter(())

    def annotations(self, item_ids: Sequence[int], label: str) -> dict[int, list[Annotation]]:
        return {}


def _words(made: random.Random, count: int = 8_000) -> list[str]:
    """Invented words, the frequent ones short, as in a language."""
    found: dict[str, None] = {}
    while len(found) < count:
        size = 1 + min(4, len(found) // 60)
        found["".join(made.choice(_CONSONANTS) + made.choice(_VOWELS) for _ in range(made.randint(1, size)))] = None
    return list(found)


def texts(count: int, *, shortest: int, longest: int, seed: int = 3) -> Iterator[str]:
    """Texts of invented words with the frequencies of a language (Zipf 1935), the same on every machine."""
    made = random.Random(seed)
    words = _words(made)
    weights = [1 / (rank + 2) for rank in range(len(words))]
    pool = made.choices(words, weights=weights, k=200_000)
    for _ in range(count):
        size = made.randint(shortest, longest)
        at = made.randrange(len(pool) - size)
        said = pool[at : at + size]
        made.shuffle(said)
        yield " ".join(said).capitalize() + "."


def _edited(text: str, made: random.Random, words: Sequence[str]) -> str:
    """The text as somebody else would pass it on."""
    said = text.split()
    at = made.randrange(1, len(said))
    kind = made.randrange(6)
    if kind == 0:
        said[at] = made.choice(words)
    elif kind == 1:
        del said[at]
    elif kind == 2:
        said.insert(at, made.choice(words))
    elif kind == 3 and len(said[at]) > 2:
        said[at] = said[at][1] + said[at][0] + said[at][2:]
    elif kind == 4:
        return text.upper() + " !!! #SaveOurLibrary https://example.org/x"
    else:
        return f"{text} #MissedMyLibrary @reader"
    return " ".join(said)


def _item(number: int, text: str) -> StoredItem:
    return StoredItem(
        id=number,
        kind="post",
        source="x",
        source_id=str(number),
        text=text,
        created_at=_MOMENT,
        collected_at=_MOMENT,
        person_key=str(number),
    )


def quality() -> tuple[float, float]:
    """Precision and recall of the pairs."""
    made = random.Random(5)
    words = _words(random.Random(3))
    originals = list(texts(2 * _PAIRS, shortest=18, longest=30))
    items = [_item(number, text) for number, text in enumerate(originals, start=1)]
    first_copy = len(items) + 1
    items += [_item(first_copy + n, _edited(originals[2 * n], made, words)) for n in range(_PAIRS)]
    right = named = 0
    for annotation in DuplicatesEnricher().enrich(items, _Nothing()):
        named += 1
        right += annotation.item_id >= first_copy and int(annotation.value) == 2 * (annotation.item_id - first_copy) + 1
    return right / named, right / _PAIRS


def compared(count: int) -> tuple[float, int]:
    """Seconds and highest resident set (MB) of comparing `count` short texts."""
    enricher = DuplicatesEnricher()
    batch: list[StoredItem] = []
    seconds = 0.0
    for number, text in enumerate(texts(count, shortest=10, longest=22), start=1):
        batch.append(_item(number, text))
        if len(batch) == _BATCH or number == count:
            began = time.perf_counter()
            list(enricher.enrich(batch, _Nothing()))
            seconds += time.perf_counter() - began
            batch = []
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def hashed(count: int) -> float:
    """Seconds of making the bare MinHashes of `count` short texts."""
    from rensa import RMinHash

    seconds = 0.0
    for text in texts(count, shortest=10, longest=22):
        shingles = {text[at : at + 4] for at in range(len(text) - 3)}
        began = time.perf_counter()
        found = RMinHash(64, 1)
        found.update(list(shingles))
        found.digest()
        seconds += time.perf_counter() - began
    return seconds


def main(given: Sequence[str] | None = None) -> None:
    """Prints quality, rate and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(given)
    if chosen.only:
        seconds, memory = compared(chosen.texts)
        sys.stdout.write(f"{seconds} {memory}\n")
        return
    precision, recall = quality()
    print(f"{_PAIRS:,} edited copies among {3 * _PAIRS:,} texts: precision {precision:.4f}, recall {recall:.4f}")
    sample = min(chosen.texts, 50_000)
    bare = sample / hashed(sample)
    command = [sys.executable, __file__, "--only", "--texts", str(chosen.texts)]
    measured = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    rate = chosen.texts / float(measured[0])
    print(
        f"{chosen.texts:,} short texts: {rate:,.0f} texts/s, {int(measured[1]):,} MB; bare MinHash {bare:,.0f} texts/s"
    )
    print(f"ratio duplicates {rate / bare:.2f}")


if __name__ == "__main__":
    main()
