"""Two programs on one database: what one has written outlives that the other one opens it, looks, and ends.

SQLite's locks are the process's (POSIX): one that is taken away by the process itself shows only when another ends.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from advocacy_monitor import schedule_jobs
from advocacy_monitor.cli import main
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Page
from advocacy_monitor.schedule_jobs import Work
from advocacy_monitor.setup import write_campaign
from advocacy_monitor.store import Store
from tests.conftest import make_post

_OTHER = """
import sys
from pathlib import Path
from advocacy_monitor.store import Store
Store.open(Path(sys.argv[1]), contacts_path=Path(sys.argv[2])).close()
"""


def _other_program(folder: Path) -> None:
    """One that opens the campaign and ends."""
    command = [sys.executable, "-c", _OTHER, str(folder / "a.db"), str(folder / "c.db")]
    subprocess.run(command, check=True, timeout=60)


def _add(store: Store) -> None:
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=(make_post(),)), collector="test")
    store.runs.finish(run, "done")


@pytest.mark.parametrize("read_only", [False, True])
def test_what_a_program_writes_stays_when_another_one_ends(tmp_path: Path, read_only: bool) -> None:
    paths = tmp_path / "a.db", tmp_path / "c.db"
    with Store.open(paths[0], contacts_path=paths[1]) as store:
        _add(store)
        # As a job of the daemon does while the form is open.
        (Store.open_read_only(paths[0]) if read_only else Store.open(paths[0], contacts_path=paths[1])).close()
        log = paths[0].with_name("a.db-wal").stat().st_ino
        contacts_log = paths[1].with_name("c.db-wal").stat().st_ino
        _other_program(tmp_path)
        assert paths[0].with_name("a.db-wal").stat().st_ino == log, "the log in which we write was taken away"
        assert paths[1].with_name("c.db-wal").stat().st_ino == contacts_log
        _add(store)
        with closing(sqlite3.connect(paths[0])) as other:
            assert other.execute("SELECT count(*) FROM items").fetchone() == (2,)
    with Store.open(paths[0], contacts_path=paths[1]) as store:
        assert store.check() == []
        assert store.items.count() == 2


_opened: list[str] | None = None
_hooked: list[bool] = []


def _heard(event: str, given: tuple[object, ...]) -> None:
    """What Python's own `open` is asked for; SQLite opens files without it. Hooks of this kind cannot be taken back."""
    if _opened is not None and event == "open" and isinstance(given[0], (str, Path)):
        is_only_made = isinstance(given[2], int) and given[2] & os.O_EXCL
        _opened.extend([] if is_only_made else [str(given[0])])


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The names of all files that are opened by hand."""
    global _opened
    if not _hooked:
        sys.addaudithook(_heard)
        _hooked.append(True)
    _opened = []
    yield _opened
    _opened = None


def test_nothing_that_the_daemon_or_staff_do_opens_a_database_by_hand(tmp_path: Path, opened: list[str]) -> None:
    config = write_campaign(tmp_path / "campaign", name="m", sponsor="s", contact="c")
    loaded, work = load_config(config), Work()
    with open_store(loaded) as store:
        _add(store)
        given: tuple[Callable[..., str | None], ...] = (
            *(schedule_jobs.verify_job, schedule_jobs.enrich_job, schedule_jobs.settle_job, schedule_jobs.backup_job),
            *(schedule_jobs.retention_job, schedule_jobs.clean_backups_job, schedule_jobs.alerts_job),
        )
        assert [job.__name__ for job in given if job(loaded, work)] == []
        for verb in (["status"], ["doctor"], ["backup"], ["audit", "verify"], ["retention"]):
            assert CliRunner().invoke(main, ["-c", str(config), *verb]).exit_code in (0, 1), verb
    live = {str(path) for path in (loaded.database, loaded.contacts, loaded.accounts)}
    assert [name for name in opened if name in live] == []
    assert any(name.endswith("config.yaml") for name in opened), "nothing was heard at all"
