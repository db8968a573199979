"""Others at work on the same database while the desk is measured: a collector at full speed, and a moderator.

Each is a process of its own, which ends when the file STOP is there, and then prints what it did as a line of JSON.

Run by benchmarks/desk.py as: python benchmarks/desk_beside.py collect|moderate CONFIG STOP [ROWS_A_SECOND]
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlite_utils import Database

import advocacy_monitor.store as stored
from advocacy_monitor.config import load_config
from advocacy_monitor.errors import AdvocacyMonitorError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Page, Post, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from advocacy_monitor.store.connection import immediate

MODERATOR = "Beside"
_PAGE = 200


@contextmanager
def beside(what: str, config: Path, *, rate: float = 0) -> Iterator[dict[str, Any]]:
    """Runs a collector or a moderator until the block ends; what it did then stands in the dictionary."""
    stop = config.parent / f"stop-{what}"
    stop.unlink(missing_ok=True)
    command = [sys.executable, __file__, what, str(config), str(stop), str(rate)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    done: dict[str, Any] = {}
    try:
        yield done
    finally:
        stop.touch()
        said, _ = process.communicate(timeout=120)
        done |= json.loads(said.splitlines()[-1]) if said else {"errors": ["it died"]}
        stop.unlink(missing_ok=True)


@contextmanager
def _timed(held: list[float]) -> Iterator[None]:
    """Notes for how long each write transaction of this process holds the lock, once it has it."""

    @contextmanager
    def timed(db: Database, *, durable: bool = True) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            with immediate(db, durable=durable):
                begun = time.perf_counter()
                yield
        finally:
            held.append(time.perf_counter() - begun)

    with patch.object(stored, "immediate", timed):
        yield


def _collect(store: Store, stop: Path, rate: float) -> dict[str, Any]:
    """Stores pages of posts, as a collector does, as fast as it can or at so many rows a second."""
    run = store.runs.start("beside", "collect")
    made = random.Random(5)
    spent: list[float] = []
    held: list[float] = []
    errors: list[str] = []
    begun = time.monotonic()
    for number in itertools.count():
        if stop.exists():
            break
        page = Page(items=tuple(_post(made, number * _PAGE + n) for n in range(_PAGE)))
        at = time.perf_counter()
        try:
            with _timed(held):
                store.add_page(run, page, collector="beside")
        except AdvocacyMonitorError as error:
            errors.append(str(error))
        spent.append(time.perf_counter() - at)
        if rate:
            time.sleep(max(0.0, begun + (number + 1) * _PAGE / rate - time.monotonic()))
    return _told(spent, errors, time.monotonic() - begun) | {
        "rows": len(spent) * _PAGE,
        "held_ms": round(1000 * max(held, default=0.0), 1),
    }


def _post(made: random.Random, number: int) -> Post:
    text = f"The library in winter {made.random()} was warm and quiet. {number}"
    return Post(
        source="mastodon",
        source_id=f"beside-{time.time_ns()}-{number}",
        text=text,
        created_at=datetime.now(UTC),
        author_id=f"a{number % 5000}",
        author_handle=f"reader{number % 5000}",
        raw=json.dumps({"content": text, "padding": "x" * 800}).encode(),
    )


def _moderate(store: Store, stop: Path, rate: float) -> dict[str, Any]:
    """Decides about one pending statement after the other."""
    spent: list[float] = []
    errors: list[str] = []
    decided: list[int] = []
    begun = time.monotonic()
    for item_id in range(1, store.items.last_id()):
        if stop.exists():
            break
        if store.items.statuses(item_id, item_id)[item_id] is not Status.PENDING:
            continue
        at = time.perf_counter()
        try:
            decide(store, [item_id], Status.REJECTED, moderator=MODERATOR, reason="advertising", clock=store.now)
            decided.append(item_id)
        except AdvocacyMonitorError as error:
            errors.append(str(error))
        spent.append(time.perf_counter() - at)
        time.sleep(1 / rate if rate else 0.2)
    lost = [item_id for item_id in decided if store.assertions.history(item_id)[-1].moderator != MODERATOR]
    return _told(spent, errors, time.monotonic() - begun) | {"rows": len(decided), "lost": len(lost)}


def _told(spent: list[float], errors: list[str], seconds: float) -> dict[str, Any]:
    ordered = sorted(spent) or [0.0]
    return {
        "times": len(spent),
        "seconds": round(seconds, 1),
        "median_ms": round(1000 * ordered[len(ordered) // 2], 1),
        "longest_ms": round(1000 * ordered[-1], 1),
        "errors": errors[:5],
    }


if __name__ == "__main__":
    kind, path, stop_file, pace = sys.argv[1:5]
    with open_store(load_config(Path(path))) as opened:
        work = _collect if kind == "collect" else _moderate
        print(json.dumps(work(opened, Path(stop_file), float(pace))))
