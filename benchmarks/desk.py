"""How fast the desk's pages come on a running server while a collector writes, for campaigns of growing size.

pages     every page that staff reach by a click or a search, asked by one browser that is logged in, over and over in
          turns: median and maximum in milliseconds, and the median's ratio to the help page, which reads nothing. At
          the same time another process stores pages of 200 posts with `add_page`, as fast as it can.
beside    for some minutes: the collector at full speed, a moderator on the command line, and a moderator at the desk
          who decides about five statements of the queue at once. Told are lock errors, lost decisions, and the longest
          transaction of the collector, and for how long it had to wait for those of others.

Run: python benchmarks/desk.py [--rows 20000 200000 2000000] [--repeat 15] [--beside 300] [--rate ROWS_A_SECOND].
Campaigns are made by desk_campaign.py and are used again; the measured one is a copy. Every figure ends with a line
`ratio NAME VALUE`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.store.coding import Drawn
from benchmarks.desk_beside import beside
from benchmarks.desk_campaign import DATA, campaign
from benchmarks.desk_server import Visitor, running

BASELINE = "help"
_REASON = "advertising, says the benchmark"
_AT_ONCE = 5
_DESK = "/-/desk"
_FILTERS = {
    "status": "status=pending",
    "theme": "theme=staff_help",
    "rare theme, area": "theme=sustainability_sharing&area=District+55",
    "source": "source=mastodon",
    "language": "language=ar",
    "area": "area=District+01",
    "library": "library=Library+003",
    "consent": "consent=quote",
    "risk": "risk=any",
    "days": "since=2025-01-01&until=2025-03-31",
    "word": "q=library",
    "rare words": "q=loneliness+printer+winter+garden",
    "four words": "q=library+books+missed+quiet",
    "word, theme": "q=library&theme=staff_help",
    "words, language, area": "q=B%C3%BCcher+warm&language=de&area=District+01",
}


def pages(rows: int) -> dict[str, str]:
    """Every page by its name."""
    found = {BASELINE: f"{_DESK}/help", "home": f"{_DESK}/", "guidelines": f"{_DESK}/guidelines"}
    found |= {"queue": f"{_DESK}/queue", "queue, uncertain first": f"{_DESK}/queue?order=uncertain"}
    found |= {f"queue: {name}": f"{_DESK}/queue?{query}" for name, query in _FILTERS.items()}
    found |= {"statements": f"{_DESK}/statements"}
    found |= {f"statements: {name}": f"{_DESK}/statements?{query}" for name, query in _FILTERS.items()}
    found |= {"statement": f"{_DESK}/statements/{rows // 2}", "redaction": f"{_DESK}/statements/{rows // 2}/redact"}
    found |= {"coding": f"{_DESK}/coding", "coding: next": f"{_DESK}/coding/1/next"}
    found |= {"dashboards": f"{_DESK}/dashboards"}
    found |= {
        f"dashboards: {name}": f"{_DESK}/dashboards?{_FILTERS[name]}"
        for name in ("theme", "area", "days", "word", "words, language, area")
    }
    found |= {"map": f"{_DESK}/map", "map: theme": f"{_DESK}/map?theme=staff_help"}
    found |= {name: f"{_DESK}/{name}" for name in ("packs", "packs/new", "packs/choose", "health", "log", "accounts")}
    return found | {
        "tables: database": "/desk",
        "tables: items": "/desk/items",
        "tables: one language": "/desk/items?language=ar",
        "tables: search": "/desk/items?_search=library",
        "tables: one row": f"/desk/items/{rows // 2}",
        "tables: decisions": "/desk/decisions",
        "tables: annotations": "/desk/annotations",
    }


class Figures(NamedTuple):
    """One page: status, milliseconds until its last byte was here, and of the processor's time at the desk's end.

    The last says more than the others on a machine that does other things as well.
    """

    status: int
    middle: float
    most: float
    work: float


def measure(rows: int, *, repeat: int, rate: float, alone: bool) -> dict[str, Figures]:
    """The figures of each page."""
    wanted = pages(rows)
    spent: dict[str, list[float]] = {name: [] for name in wanted}
    work: dict[str, list[float]] = {name: [] for name in wanted}
    status = dict.fromkeys(wanted, 0)
    with Copied(rows) as config, running(config) as visitor, ExitStack() as stack:
        done = {} if alone else stack.enter_context(beside("collect", config, rate=rate))
        time.sleep(2)
        for _ in range(repeat):
            for name, path in wanted.items():
                before = visitor.spent()
                answer = visitor.get(path)
                work[name].append(visitor.spent() - before)
                spent[name].append(answer.milliseconds)
                status[name] = answer.status
        stack.close()
        if done:
            print(f"beside: {done['rows'] / done['seconds']:.0f} rows a second stored, {_in_words(done)}")
    return {name: Figures(status[name], median(spent[name]), max(spent[name]), median(work[name])) for name in wanted}


class Copied:
    """A copy of a campaign with a round of coding, gone afterwards."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def __enter__(self) -> Path:
        kept = campaign(self._rows)
        self._folder = Path(tempfile.mkdtemp(prefix="desk-run-", dir=os.environ.get(DATA)))
        with closing(sqlite3.connect(kept / "desk.db")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for name in ("config.yaml", "desk.db", "contacts.db"):
            if (kept / name).exists():
                command = ["cp", "--reflink=auto", str(kept / name), str(self._folder / name)]
                subprocess.run(command, check=True)
        loaded = load_config(self._folder / "config.yaml")
        codebook = load_codebook("library")
        with open_store(loaded) as store:
            drawn = [Drawn(item_id=7 * n + 1, position=n, drawn="random", reason="") for n in range(1, 101)]
            store.rounds.make(
                "benchmark",
                drawn,
                codebook=(codebook.name, codebook.version, codebook.rules_digest),
                seed=1,
                made_by="Benchmark",
            )
        return self._folder / "config.yaml"

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def together(rows: int, seconds: float) -> None:
    """Everybody at once, and what came of it."""
    with Copied(rows) as config, running(config) as visitor:
        with beside("collect", config) as collected, beside("moderate", config) as moderated:
            decided, spent, refused = _decide(visitor, seconds)
        with open_store(load_config(config)) as store:
            lost = [each for each in decided if _REASON not in {d.reason for d in store.assertions.history(each)}]
    print(f"\n{rows} rows, {seconds:.0f} seconds")
    print(f"collector: {collected['rows'] / collected['seconds']:.0f} rows a second, {_in_words(collected)}", end=", ")
    print(f"longest transaction {collected['held_ms']} ms, the rest was waiting for others'")
    print(f"moderator, command line: {moderated['rows']} decisions, {moderated['lost']} lost, {_in_words(moderated)}")
    print(
        f"moderator, desk: {len(decided)} decisions, {len(lost)} lost, {len(refused)} refused {refused[:3]}, ", end=""
    )
    print(f"a form of {_AT_ONCE}: median {median(spent):.0f} ms, longest {max(spent):.0f} ms")
    print(f"ratio desk_decision_longest_to_median {max(spent) / median(spent):.2f}")
    print(f"ratio desk_collector_longest_to_median {collected['longest_ms'] / collected['median_ms']:.2f}")


def _decide(visitor: Visitor, seconds: float) -> tuple[list[int], list[float], list[int]]:
    """A moderator at the desk: loads the queue, and decides about the first five statements in it."""
    decided: list[int] = []
    spent: list[float] = []
    refused: list[int] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        page = visitor.get(f"{_DESK}/queue?status=pending").body.decode()
        seen = re.findall(r'name="seen" value="((\d+):\d+)"', page)[:_AT_ONCE]
        fields = [("status", "rejected"), ("reason", _REASON)]
        fields += [("seen", pair) for pair, _ in seen] + [("item", item) for _, item in seen]
        answer = visitor.post(f"{_DESK}/queue/decide", fields)
        spent.append(answer.milliseconds)
        if answer.status == 303:
            decided += [int(item) for _, item in seen]
        else:
            refused.append(answer.status)
    return decided, spent, refused


def _in_words(done: dict[str, Any]) -> str:
    errors = len(done["errors"])
    return f"median {done['median_ms']} ms, longest {done['longest_ms']} ms, {errors} errors {done['errors']}"


def show(found: dict[int, dict[str, Figures]]) -> None:
    """The table: page by number of rows."""
    sizes = sorted(found)
    print(f"\n{'median / max ms, work ms (ratio to help)':42}" + "".join(f"{size:>34,}" for size in sizes))
    for name in pages(sizes[0]):
        line = f"{name:42}"
        for size in sizes:
            page = found[size][name]
            ratio = page.middle / found[size][BASELINE].middle
            mark = "  " if page.status == 200 else " *"
            line += f"{page.middle:>9.0f} /{page.most:>6.0f}, {page.work:>5.0f} ({ratio:6.1f}){mark}"
        print(line)
    for size in sizes:
        bad = {name: page.status for name, page in found[size].items() if page.status != 200}
        if bad:
            print(f"* {size}: answered with another status: {bad}")
    for size in sizes:
        good = [page for page in found[size].values() if page.status == 200]
        slowest = max(page.middle for page in good)
        print(f"{size}: slowest median {slowest:.0f} ms, slowest of all {max(page.most for page in good):.0f} ms")
        print(f"ratio desk_slowest_median_{size} {slowest / found[size][BASELINE].middle:.2f}")


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    given.add_argument("--repeat", type=int, default=15)
    given.add_argument("--beside", type=float, default=300, help="seconds; 0 leaves that part out")
    given.add_argument(
        "--rate", type=float, default=0, help="rows a second that the collector stores; 0 for all it can"
    )
    given.add_argument("--alone", action="store_true", help="nobody writes while the pages are measured")
    asked = given.parse_args()
    found = {}
    for rows in asked.rows if asked.repeat else ():
        found[rows] = measure(rows, repeat=asked.repeat, rate=asked.rate, alone=asked.alone)
    if found:
        show(found)
    if asked.beside:
        together(max(asked.rows), asked.beside)


if __name__ == "__main__":
    main()
