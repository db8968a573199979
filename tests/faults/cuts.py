"""Cuts at moments at random of what a program did, with what must be true after any of them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.faults.power import Call, Disk, How

_HOWS: tuple[How, ...] = ("nothing", "all", "some")


def cuts_of(done: Sequence[Call], folder: Path, to: Path, count: int, seed: int, check: Callable[[int], None]) -> None:
    """So many cuts, at moments at random and the very end, each in one of three ways; `check` is given the moment."""
    rng = random.Random(seed)
    matter = [number for number, call in enumerate(done) if call.name not in ("seek", "create")]
    moments = sorted({*rng.sample(matter, min(count, len(matter)) - 1), len(done) - 1})
    disk, number = Disk(folder), 0
    for moment, call in enumerate(done):
        disk.take(call)
        if moment in moments:
            disk.cut(to, _HOWS[number % 3], rng)
            number += 1
            check(moment)
    assert number >= min(count, len(matter)) - 1


def sound(folder: Path) -> None:
    """Both files can be read from their first page to their last."""
    for name in ("advocacy.db", "contacts.db"):
        path = folder / name
        if path.exists() and path.stat().st_size:
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], name


def already(begin: Mapping[Path, bytes]) -> list[Call]:
    """What stood on the disk before the record begins."""
    found = []
    for path, content in begin.items():
        found += [
            Call(name="create", path=str(path), begun=-3),
            Call(name="write", path=str(path), data=content, offset=0, begun=-2),
            Call(name="sync", path=str(path), begun=-1),
        ]
    return found
