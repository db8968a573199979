"""`kill -9` at random moments of an import and of a collection, then a second run: nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from advocacy_monitor.setup import write_campaign
from advocacy_monitor.store import Store

POSTS = 3000

_COLLECT = """
import sys
from pathlib import Path
from advocacy_monitor.collect import collect
from advocacy_monitor.store import Store
from tests.properties.test_walk import Both, Numbered

listing = Numbered("one", 20, resumable=True, newest=int(sys.argv[2]))
with Store.open(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    collect(store, "walk", Both([listing]))
"""
_IMPORT = """
import sys
from pathlib import Path
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import import_file

loaded = load_config(Path(sys.argv[1]))
with open_store(loaded) as store:
    print("ready", flush=True)
    import_file(store, loaded, Path(sys.argv[2]), {"page_size": 50})
"""


def _start(script: str, *given: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, *given], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _end(process: subprocess.Popen[str]) -> int:
    code = process.wait(timeout=120)
    if process.stdout:
        process.stdout.close()
    return code


def _time_of(script: str, *given: str) -> float:
    """How long a whole run takes, so that the kills fall inside it."""
    process = _start(script, *given)
    started = time.monotonic()
    assert _end(process) == 0
    return time.monotonic() - started


def _is_whole(path: Path, contacts: Path, expected: set[str]) -> None:
    with Store.open(path, contacts_path=contacts) as store:
        assert store.check() == []
        stored = [item.source_id for batch in store.items.each() for item in batch]
        assert len(stored) == len(set(stored)) == len(expected)
        assert set(stored) == expected
        for run in store.runs.recent(1000):
            assert run.tally.read == run.tally.stored + run.tally.already + run.tally.rejected
        assert sum(run.tally.stored for run in store.runs.recent(1000)) == len(expected)
        assert len(store.search("Library")) > 0
        assert len(store.items.captures(1)) == 1


def _kill_after(script: str, moment: float, *given: str) -> bool:
    process = _start(script, *given)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    return _end(process) == -signal.SIGKILL


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.jsonl"
    lines = (
        {"id": str(10**18 + n), "text": f"Library post {n}", "created_at": "2026-10-01T10:00:00.000Z", "author_id": "7"}
        for n in range(POSTS)
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _imports(tmp_path: Path, posts: Path, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    config = write_campaign(tmp_path / "measure", name="m", sponsor="s", contact="c")
    whole = _time_of(_IMPORT, str(config), str(posts))
    killed = 0
    folder = tmp_path / "killed"
    config = write_campaign(folder, name="m", sponsor="s", contact="c")
    for _ in range(kills):
        killed += _kill_after(_IMPORT, moments.uniform(0, whole), str(config), str(posts))
    assert killed >= kills // 3
    assert _end(_start(_IMPORT, str(config), str(posts))) == 0
    _is_whole(folder / "advocacy.db", folder / "contacts.db", {str(10**18 + n) for n in range(POSTS)})


def _collections(tmp_path: Path, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    whole = _time_of(_COLLECT, str(tmp_path / "measure.db"), str(POSTS))
    path = tmp_path / "killed.db"
    killed = 0
    newest = POSTS // 2
    for _ in range(kills):
        newest += POSTS // 2 // kills
        killed += _kill_after(_COLLECT, moments.uniform(0, whole), str(path), str(newest))
    assert killed >= kills // 3
    assert _end(_start(_COLLECT, str(path), str(newest))) == 0
    _is_whole_walk(path, newest)


def _is_whole_walk(path: Path, newest: int) -> None:
    with Store.open(path) as store:
        assert store.check() == []
        stored = sorted(int(item.source_id.partition("/")[2]) for batch in store.items.each() for item in batch)
        assert stored == list(range(1, newest + 1))
        assert sum(run.tally.stored for run in store.runs.recent(1000)) == newest


def test_a_killed_import_loses_nothing(tmp_path: Path, posts: Path) -> None:
    _imports(tmp_path, posts, kills=4, seed=1)


def test_a_killed_collection_loses_nothing(tmp_path: Path) -> None:
    _collections(tmp_path, kills=4, seed=2)


@pytest.mark.long
def test_fifty_killed_imports(tmp_path: Path, posts: Path) -> None:
    _imports(tmp_path, posts, kills=50, seed=3)


@pytest.mark.long
def test_fifty_killed_collections(tmp_path: Path) -> None:
    _collections(tmp_path, kills=50, seed=4)
