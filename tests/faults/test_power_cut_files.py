"""The power goes while files are made: a pack, a backup, a new schema. What bears its name is whole, or not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy_monitor import backups
from advocacy_monitor.backups.opening import problems
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from tests.faults.cuts import already, cuts_of, sound
from tests.faults.power import Call, calls, traced
from tests.faults.process import campaign, goes_on, ids, look, mastodon, platform, tell
from tests.faults.test_disks import old_database
from tests.test_packing import AREAS, CONFIG, filled, said

pytestmark = pytest.mark.long


def _recorded(folder: Path, log: Path, *verb: str) -> tuple[list[Call], int]:
    """What a verb did in a campaign that lay there already, and when it told people that it was done."""
    begin = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = tell(folder / "config.yaml", *verb, inside=traced(log), environment={"PYTHONDONTWRITEBYTECODE": "1"})
    assert told.code == 0, told.words
    done = [*already(begin), *calls(log, folder)]
    before = 3 * len(begin)
    return done, next(n for n, call in enumerate(done) if n >= before and call.name == "say" and len(call.data) > 5)


def _cut(tmp_path: Path, done: list[Call], count: int, check: Callable[[Path, int], None]) -> None:
    to = tmp_path / "cut"

    def looked_at(moment: int) -> None:
        if (to / "advocacy.db").exists() and (to / "config.yaml").exists():
            sound(to)
            check(to, moment)

    cuts_of(done, tmp_path / "campaign", to, count, seed=count, check=looked_at)


def test_a_pack_survives_a_power_cut(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "areas.csv").write_text(AREAS, encoding="utf-8")
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        filled(store, loaded, *(said("Riverside", n) for n in range(7)))
    verb = ("pack", "--title", "Voices", "--format", "csv", "--format", "json", "--output", str(folder / "packs"))
    done, told = _recorded(folder, tmp_path / "calls", *verb)
    whole = {path.name: path.read_bytes() for path in (folder / "packs").iterdir() if path.is_file()}

    def check(to: Path, moment: int) -> None:
        left = {path.name: path.read_bytes() for path in (to / "packs").glob("voices*")}
        assert left.items() <= whole.items(), "a file bears its name and is not whole"
        if moment >= told:
            assert look(to / "advocacy.db", "SELECT count(*) FROM packs") == [(1,)]
            assert left.keys() == whole.keys(), "what was told as written is gone"

    _cut(tmp_path, done, 150, check)


def test_a_backup_survives_a_power_cut(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with platform(20) as server:
        campaign(folder, collectors=mastodon(server.url))
        goes_on(folder, server)
    done, told = _recorded(folder, tmp_path / "calls", "backup")

    def check(to: Path, moment: int) -> None:
        loaded = load_config(to / "config.yaml")
        good = [each for each in backups.listed(loaded) if each.ok]
        for each in good:
            assert not list(problems(loaded, each))
            assert each.rows == 20
        assert good or moment < told, "what was told as made is gone"

    _cut(tmp_path, done, 150, check)


def test_a_migration_survives_a_power_cut(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    campaign(folder)
    old_database(folder / "advocacy.db", "m002_verification", 300)
    done, _ = _recorded(folder, tmp_path / "calls", "enrich", "language")

    def check(to: Path, moment: int) -> None:
        assert len(ids(to / "advocacy.db")) == 300
        shutil.copy(folder / "config.yaml", to)
        with open_store(load_config(to / "config.yaml")) as store:  # the next start goes on with it
            assert store.check() == []
            assert store.items.count() == 300

    _cut(tmp_path, done, 100, check)
