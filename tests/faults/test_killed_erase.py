"""`kill -9` in the middle of an erasure: what was begun is ended by the same command, or by the night's job at last."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy_monitor import backups
from advocacy_monitor.hosting import open_store
from advocacy_monitor.schedule_jobs import Work, clean_backups_job
from tests.conftest import Clock
from tests.faults.process import ROOT, command
from tests.planted import Campaign, campaign, fragments

_KILLED = """
import os, signal, sys
from importlib import import_module
where, name, times, *words = sys.argv[1:]
owner = import_module(where.partition(":")[0])
for part in filter(None, where.partition(":")[2].split(".")):
    owner = getattr(owner, part)
real, calls = getattr(owner, name), []
def killed(*given, **named):
    calls.append(None)
    if len(calls) == int(times):
        os.kill(os.getpid(), signal.SIGKILL)
    found = real(*given, **named)
    if len(calls) == -int(times):
        os.kill(os.getpid(), signal.SIGKILL)
    return found
setattr(owner, name, killed)
from advocacy_monitor.cli import main
sys.argv = ["advocacy-monitor", *words]
main()
"""
_STEPS = {  # what is called, and before (or, with -, after) which call of it the program is killed
    "before the contact details": ("advocacy_monitor.store.contacts:Contacts", "remove", 1),
    "between two kinds of contact details": ("advocacy_monitor.store.contacts:Contacts", "remove", 2),
    "before the mails": ("advocacy_monitor.store.contacts:Contacts", "remove_addresses", 1),
    "before the payloads of what could not be read": ("advocacy_monitor.store.contacts:Contacts", "remove_rejects", 1),
    "between two statements": ("advocacy_monitor.store.erasures", "wipe", 2),
    "before the journal": ("advocacy_monitor.store.journal:Journal", "add", 1),
    "after the journal, before the commit": ("advocacy_monitor.store.journal:Journal", "add", -1),
    "before it is noted who did it": ("advocacy_monitor.store.actions:Actions", "add", 1),
    "before the bytes are taken out": ("advocacy_monitor.store.erasures", "vacuum", 1),
    "before the backups": ("advocacy_monitor.backups.rewriting", "reapply_in_backups", 1),
    "in a backup": ("advocacy_monitor.backups.rewriting", "_erased", 1),
    "with a backup half made anew": ("advocacy_monitor.backups.folders", "write", 1),
    "between two names of a backup": ("advocacy_monitor.backups.folders:Path", "rename", 2),
    "before the letters": ("advocacy_monitor.rights.letters", "write", 1),
}


_IN_THE_GATE = ("between two statements", "before the mails", "before the payloads of what could not be read")
_BY_THE_NIGHT = ("after the journal, before the commit", "before the payloads of what could not be read", "in a backup")


@pytest.mark.parametrize(
    "step", [pytest.param(each, marks=() if each in _IN_THE_GATE else pytest.mark.long) for each in _STEPS]
)
def test_an_erasure_that_was_killed_is_ended_by_the_next(step: str, tmp_path: Path, clock: Clock) -> None:
    planted, kept = _campaign(tmp_path, clock)
    for verb in _verbs(planted, tmp_path):
        _killed(verb, step)
        _ended(verb)
    assert clean_backups_job(planted.loaded, Work()) is None
    _is_over(planted, kept)


@pytest.mark.parametrize("step", _BY_THE_NIGHT)
def test_an_erasure_that_was_killed_is_ended_by_the_night(step: str, tmp_path: Path, clock: Clock) -> None:
    planted, kept = _campaign(tmp_path, clock)
    by_account, by_address = _verbs(planted, tmp_path)
    _killed(by_account, step)
    assert clean_backups_job(planted.loaded, Work()) is None
    _ended(by_address)
    _is_over(planted, kept)


def _campaign(folder: Path, clock: Clock) -> tuple[Campaign, backups.Backup]:
    (folder / "campaign").mkdir()
    planted = campaign(folder / "campaign", clock)
    kept = backups.make(planted.loaded, clock=clock)
    planted.store.close()
    assert fragments(planted.loaded.folder, planted.planted)
    return planted, kept


def _verbs(planted: Campaign, folder: Path) -> list[list[str]]:
    """Takes out everything of the person: by the account, then by the address."""
    more = ("--confirm", "2", "--remove-files", "--letters", str(folder / "letters"))
    whom = (("--author", f"x:{planted.handle}"), ("--email", planted.email))
    return [command(planted.loaded.path, "erase", *who, *more) for who in whom]


def _killed(verb: list[str], step: str) -> None:
    where, name, times = _STEPS[step]
    killing = [sys.executable, "-c", _KILLED, where, name, str(times), *verb[3:]]
    killed = subprocess.run(killing, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr


def _is_over(planted: Campaign, kept: backups.Backup) -> None:
    """Nothing of the person is left, everything of others is, and the backup is a good one."""
    folder = planted.loaded.folder
    assert fragments(folder, planted.planted) == set()
    (left,) = backups.listed(planted.loaded)
    assert (left.ok, left.rows) == (True, kept.rows)
    assert not [path for path in (*folder.iterdir(), *planted.loaded.backups.iterdir()) if path.name.startswith(".m")]
    with open_store(planted.loaded, clock=lambda: datetime.now(UTC)) as store:
        assert store.check() == []
        assert all(each.text for each in store.items.get(planted.others))
        store.audit.seal()
        assert store.audit.verify() == []


def _ended(verb: list[str]) -> None:
    """The same command again; where no statement is left that it could name, it says so, and the night does the rest."""
    again = subprocess.run(verb, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert "Traceback" not in again.stderr
    assert again.returncode == 0 or "nothing" in again.stderr or "no " in again.stderr, again.stderr
