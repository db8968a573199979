"""The soak in short: failing platforms, people who send, and kills. `python -m tests.soak.run_soak` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.run_soak import Plan, soak, told


def _is_well(folder: Path, plan: Plan) -> None:
    report = soak(folder, plan)
    print(told(report))
    assert report.problems == []
    assert report.met["error"] + report.met["cut"] + report.met["slow"] > 0, "nothing failed, so nothing was tried"
    assert report.met["200"] > 10, "nobody sent anything"


@pytest.mark.timeout(240)
def test_three_kills_among_faults(tmp_path: Path) -> None:
    plan = Plan(
        seconds=0,
        kills=3,
        seed=1,
        posts=6,
        people=3,
        rest=0.5,
        beside=30,
        asked=(3, 25),
        without=("bluesky",),
        last=(),
        enrichers=("language", "duplicates", "personal_data"),
    )
    _is_well(tmp_path, plan)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_five_minutes_of_faults_and_kills(tmp_path: Path) -> None:
    _is_well(tmp_path, Plan(seconds=300, seed=2))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_one_daemon_holds_no_more_memory_after_many_collections(tmp_path: Path) -> None:
    _is_well(tmp_path, Plan(seconds=300, seed=3, steady=True))
