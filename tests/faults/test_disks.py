"""Disks that are full or may not be written to, a database that somebody holds: said in words, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from tests.faults.clock import Clock
from tests.faults.process import (
    Daemon,
    Told,
    arrive,
    campaign,
    expected,
    goes_on,
    ids,
    is_whole,
    look,
    mastodon,
    platform,
    tell,
    until,
)
from tests.test_packing import AREAS, CONFIG, filled, said

_SMALL = """
set -e
kept="$2.kept"; cp -a "$2" "$kept"
mount -t tmpfs -o size=64m none "$2"; cp -a "$kept"/. "$2"
case "$1" in
  ro) mount -o remount,ro "$2" ;;
  *) left=$(df --output=avail -k "$2" | tail -1); head -c $(( (left - $1) * 1024 )) /dev/zero > "$2/ballast" ;;
esac
folder="$2"; shift 2; code=0; "$@" || code=$?
[ -e "$folder/ballast" ] && rm "$folder/ballast"
rm -rf "$kept"; cp -a "$folder" "$kept"; exit $code
"""


def _on(folder: Path, how: str, *verb: str) -> Told:
    """Runs a verb where the folder lies on a disk with so many free kilobytes ('ro': that may not be written to)."""
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c", _SMALL, "sh", how, str(folder)]
    told = tell(folder / "config.yaml", *verb, inside=inside)
    shutil.rmtree(folder)
    Path(f"{folder}.kept").rename(folder)
    assert "Traceback" not in told.words, told.words
    return told


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder over which another disk can be laid."""
    folder = tmp_path / "campaign"
    folder.mkdir()
    tried = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    try:
        subprocess.run(tried, capture_output=True, check=True, timeout=20)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small file system can be made here: {error}")
    return folder


def _says_full(told: Told) -> None:
    assert told.code == 1, told.words
    assert "disk is full" in told.words or "No space left" in told.words or "disk I/O error" in told.words, told.words


@pytest.mark.parametrize("free", ["2000", pytest.param("200", marks=pytest.mark.long)])
def test_a_disk_that_fills_up_while_collecting(disk: Path, free: str) -> None:
    """With 200 KB not even the tables fit, with 2 MB it ends in the middle of the posts."""
    with platform(0) as server:
        arrive(server, 40, words="library " * 8000)
        campaign(disk, collectors=mastodon(server.url))
        _says_full(_on(disk, free, "collect"))
        assert set(ids(disk / "advocacy.db")) < expected(server)
        goes_on(disk, server)


def old_database(path: Path, until: str, items: int) -> None:
    """A database as an earlier version left it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        schema.main.apply(Database(conn), stop_before=until)
        at = "2026-11-01T12:00:00+00:00"
        conn.execute(
            "INSERT INTO runs (id, name, kind, status, started_at) VALUES (7, 'old', 'import', 'done', ?)", [at]
        )
        conn.execute("BEGIN")
        conn.executemany(
            "INSERT INTO items (id, kind, source, source_id, text, created_at, collected_at, legal_basis, run_id) "
            "VALUES (?, 'post', 'x', ?, ?, ?, ?, 'public', 7)",
            [(n, str(n), f"Library {n} " * 40, at, at) for n in range(1, items + 1)],
        )
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("backups", ["elsewhere", pytest.param("here", marks=pytest.mark.long)])
def test_a_disk_that_fills_up_while_migrating(disk: Path, tmp_path: Path, backups: str) -> None:
    """There is a backup before, where there is room for one; without one nothing is begun."""
    config = campaign(disk, backups=tmp_path / "elsewhere" if backups == "elsewhere" else Path("backups"))
    old_database(disk / "advocacy.db", "m002_verification", 500)
    before = look(disk / "advocacy.db", "SELECT sql FROM sqlite_master ORDER BY name")
    told = _on(disk, "150", "enrich", "language")
    if backups == "elsewhere":
        _says_full(told)
        assert "as it was before" in told.err
        assert list((tmp_path / "elsewhere").iterdir())
    else:
        assert told.code == 1
        assert "MB are free and a backup needs" in told.err
    assert look(disk / "advocacy.db", "SELECT sql FROM sqlite_master ORDER BY name") == before
    assert look(disk / "advocacy.db", "PRAGMA integrity_check") == [("ok",)]
    with open_store(load_config(config)) as store:
        assert store.items.count() == 500


@pytest.mark.parametrize("free", ["40", pytest.param("90", marks=pytest.mark.long)])
def test_a_disk_that_fills_up_while_exporting(disk: Path, free: str) -> None:
    (disk / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (disk / "areas.csv").write_text(AREAS, encoding="utf-8")
    loaded = load_config(disk / "config.yaml")
    with open_store(loaded) as store:
        filled(store, loaded, *(said("Riverside", n) for n in range(7)))
    with closing(sqlite3.connect(disk / "advocacy.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    packed = ("pack", "--title", "Voices", "--format", "xlsx", "--format", "csv", "--format", "json", "--output")
    told = _on(disk, free, *packed, str(disk / "packs"))
    _says_full(told)
    assert not [path for path in (disk / "packs").rglob("*") if path.is_file()]
    if free == "40":
        return
    made = tell(disk / "config.yaml", *packed, str(disk / "packs"), "--json")
    assert made.code == 0, made.words
    for name in json.loads(made.out.splitlines()[0])["files"]:
        assert Path(name).stat().st_size
    assert look(disk / "advocacy.db", "SELECT count(*) FROM packs") == [(1,)]  # noted before the first file is there


_ALSO = [pytest.param(verb, marks=pytest.mark.long) for verb in (("run", "--now"), ("enrich",), ("status",))]


@pytest.mark.parametrize("verb", [("collect",), *_ALSO])
def test_a_disk_that_may_not_be_written_to(disk: Path, verb: Sequence[str]) -> None:
    with platform(3) as server:
        campaign(disk, collectors=mastodon(server.url))
        goes_on(disk, server)
        before = {path.name: path.read_bytes() for path in disk.iterdir()}
        told = _on(disk, "ro", *verb)
        if verb == ("status",):
            assert told.code in (0, 1), told.words
        else:
            assert told.code == 1, told.words
            assert "read-only" in told.words.lower(), told.words
        assert {path.name: path.read_bytes() for path in disk.iterdir()} == before
        is_whole(disk, expected(server))


def _held(folder: Path) -> closing[sqlite3.Connection]:
    """Somebody else's connection, in the middle of writing."""
    holder = sqlite3.connect(folder / "advocacy.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return closing(holder)


@pytest.mark.parametrize("seconds", [2, pytest.param(10, marks=pytest.mark.long)])
def test_a_database_that_somebody_holds_is_waited_for(tmp_path: Path, seconds: int) -> None:
    with platform(20) as server:
        config = campaign(tmp_path, collectors=mastodon(server.url))
        goes_on(tmp_path, server)
        arrive(server, 15)
        with _held(tmp_path) as holder, ThreadPoolExecutor(1) as threads:
            collecting = threads.submit(tell, config, "collect")
            time.sleep(seconds + 1)
            assert not collecting.done()
            holder.execute("ROLLBACK")
            told = collecting.result()
        assert told.code == 0, told.words
        is_whole(tmp_path, expected(server))


@pytest.mark.long
def test_a_database_that_is_held_for_too_long_is_said(tmp_path: Path) -> None:
    with platform(5) as server:
        config = campaign(tmp_path, collectors=mastodon(server.url))
        goes_on(tmp_path, server)
        arrive(server, 5)
        with _held(tmp_path) as holder:
            told = tell(config, "collect", environment={"ADVOCACY_MONITOR_BUSY_SECONDS": "0.5"})
            holder.execute("ROLLBACK")
        assert told.code == 1
        assert "wait for it to finish" in told.err
        assert "Traceback" not in told.words
        goes_on(tmp_path, server)


_LAID = """
set -e
cp -a "$1" "$1.kept"; mount -t tmpfs -o size=64m none "$1"; cp -a "$1.kept"/. "$1"
left=$(df --output=avail -k "$1" | tail -1); head -c $(( (left - 2000) * 1024 )) /dev/zero > "$1/ballast"
shift; exec "$@"
"""


def _copied(folder: Path, to: Path) -> Path:
    """SQLite would follow the link of another process's root to our own."""
    for path in folder.glob("advocacy.db*"):
        shutil.copy(path, to / path.name)
    return to / "advocacy.db"


@pytest.mark.long
def test_a_daemon_outlives_a_full_disk_and_goes_on_when_there_is_room(disk: Path, tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    with platform(0) as server:
        arrive(server, 40, words="library " * 8000)
        config = campaign(disk, collectors=mastodon(server.url))
        with open_store(load_config(config)):
            pass  # makes the tables while there is room
        inside = ["unshare", "--map-root-user", "--mount", "sh", "-c", _LAID, "sh", str(disk)]
        with Daemon(config, inside=inside, environment=clock.environment) as daemon:
            until(lambda: "free some space" in daemon.words, what="a full disk", of=daemon)
            seen = Path(f"/proc/{daemon.process.pid}/root{disk}")  # the daemon alone sees that disk
            assert set(ids(_copied(seen, tmp_path))) < expected(server)
            (seen / "ballast").unlink()
            clock.set(datetime.now(UTC) + timedelta(hours=1, minutes=1))  # the next run is due
            until(lambda: "toots: done" in daemon.words, what="the rest", of=daemon)
            database = _copied(seen, tmp_path)
            assert sorted(ids(database)) == sorted(expected(server))
            assert daemon.stop() == 0
        assert "Traceback" not in daemon.words
        assert look(database, "PRAGMA integrity_check") == [("ok",)]
