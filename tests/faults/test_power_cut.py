"""The power goes at any moment: what was confirmed is there, what was not is whole or absent, and the next run goes on.

Played back from a record of the real program's calls (`power.py`), with what it had not synced lost in three ways.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.faults.cuts import already, cuts_of, sound
from tests.faults.power import calls, traced, traced_process
from tests.faults.process import campaign, expected, goes_on, ids, look, mastodon, platform, tell
from tests.web import serving


def _collections(tmp_path: Path, posts: int, cuts: int) -> None:
    folder, to, log = tmp_path / "run", tmp_path / "cut", tmp_path / "calls"
    with platform(posts) as server:
        config = campaign(folder, collectors=mastodon(server.url))
        collected = tell(config, "collect", inside=traced(log), environment={"PYTHONDONTWRITEBYTECODE": "1"})
        assert collected.code == 0, collected.words
        done = list(calls(log, folder))
        told = next(number for number, call in enumerate(done) if call.name == "say" and b"toots" in call.data)

        def check(moment: int) -> None:
            sound(to)
            left = ids(to / "advocacy.db")
            assert len(left) == len(set(left))
            assert set(left) <= expected(server)
            if moment >= told:
                assert set(left) == expected(server), "what was told as stored is gone"
            shutil.copy(config, to)
            goes_on(to, server)

        cuts_of(done, folder, to, cuts, seed=posts, check=check)


def test_a_collection_survives_a_power_cut(tmp_path: Path) -> None:
    _collections(tmp_path, posts=20, cuts=12)


@pytest.mark.long
def test_a_collection_survives_three_hundred_power_cuts(tmp_path: Path) -> None:
    _collections(tmp_path, posts=120, cuts=300)


def _answers(tmp_path: Path, answers: int, cuts: int) -> None:
    """What the form confirmed to somebody is on the disk at that moment, whatever happens to the power."""
    folder, to, log = tmp_path / "run", tmp_path / "cut", tmp_path / "calls"
    config, port = serving.campaign(folder), serving.free_port()
    made = serving.tickets(config)
    for name in ("advocacy.db", "contacts.db"):  # closed: what is recorded begins with whole files
        assert not (folder / f"{name}-wal").exists()
    begin = {path: path.read_bytes() for path in folder.iterdir()}
    server = serving.start(config, port, inside=traced(log), environment={"PYTHONDONTWRITEBYTECODE": "1"})
    person = serving.Person(port, 1)
    said = {}
    try:
        for number in range(answers):
            answered = person.post(serving.fields(made.issue(), f"Answer {number} of somebody."))
            assert answered.code is not None
            said[answered.code] = f"Answer {number} of somebody."
    finally:
        person.close()
        os.kill(traced_process(server.pid), signal.SIGTERM)
        server.wait(30)
    done = [*already(begin), *calls(log, folder)]
    confirmed = {
        code: number
        for number, call in enumerate(done)
        for code in said
        if call.name == "say" and code.encode() in call.data
    }
    assert len(confirmed) == answers

    def check(moment: int) -> None:
        sound(to)
        left = {str(row[0]) for row in look(to / "advocacy.db", "SELECT text FROM items")}
        promised = {said[code] for code, number in confirmed.items() if number <= moment}
        assert promised <= left
        assert left <= set(said.values())

    cuts_of(done, folder, to, cuts, seed=answers, check=check)


def test_what_the_form_confirmed_survives_a_power_cut(tmp_path: Path) -> None:
    _answers(tmp_path, answers=5, cuts=40)


@pytest.mark.long
def test_what_the_form_confirmed_survives_a_thousand_power_cuts(tmp_path: Path) -> None:
    _answers(tmp_path, answers=60, cuts=1000)
