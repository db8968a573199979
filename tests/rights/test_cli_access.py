"""`retention` and `audit` as somebody types them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main
from advocacy_monitor.config import load_config
from advocacy_monitor.models import Page, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, clock: Clock) -> Run:
    """A campaign with three posts, two of which were collected three years ago by the real clock."""
    config = tmp_path / "config.yaml"
    config.write_text("campaign: {name: Libraries, sponsor: Association, contact: desk@example.org}\n")
    with Store.open(load_config(config).database, clock=clock) as store:
        for count, days in ((2, 3 * 366), (1, 1)):
            clock.now = datetime.now(UTC) - timedelta(days=days)
            posts = tuple(make_post() for _ in range(count))
            store.add_page(store.runs.start("x", "collect"), Page(items=posts), collector="x")
        decide(store, [3], Status.APPROVED, moderator="Ada", clock=store.now)

    def call(*given: object) -> Result:
        return CliRunner().invoke(main, ["-c", str(config), *map(str, given)])

    return call


def test_retention_looks_first(run: Run) -> None:
    looked = run("retention")
    assert looked.exit_code == 0, looked.output
    assert "2 of 3 statements are older than config.yaml keeps them:" in looked.output
    assert "Nothing was changed. To remove it: advocacy-monitor retention --apply --confirm 2" in looked.output
    told = json.loads(run("retention", "--json").output)
    assert (told["count"], told["total"], told["statements"][0]["items"]) == (2, 3, [1, 2])
    later = run("retention", "--on", "2100-01-01")
    assert "On 2100-01-01, 3 of 3 statements" in later.output
    assert "--apply" not in later.output


def test_retention_removes_what_was_seen(run: Run) -> None:
    assert run("retention", "--apply", "--confirm", 1).exit_code == 1
    done = run("retention", "--apply", "--confirm", 2)
    assert (done.exit_code, done.output.startswith("2 statements, 0 records")) == (0, True), done.output
    assert "0 of 1 statements are older" in run("retention").output
    assert json.loads(run("retention", "--apply", "--json").output) == {"statements": 0, "rejects": 0, "contacts": 0}
    rows = [json.loads(line) for line in run("audit", "list", "--json").output.splitlines()]
    assert [row["action"] for row in rows].count("retention") == 1
    assert [row["item"] for row in rows if row["action"] == "remove: retention"] == [2, 1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--on", "2027-01-01", "--apply"], "--on only looks"),
        (["--confirm", "2"], "--confirm goes with --apply"),
        (["--on", "soon"], "does not match the format"),
    ],
)
def test_what_does_not_go_together(run: Run, given: list[str], said: str) -> None:
    done = run("retention", *given)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_the_log_is_listed_and_verified(run: Run, tmp_path: Path) -> None:
    listed = run("audit", "list")
    assert ("decide: approved" in listed.output, "Ada" in listed.output) == (True, True), listed.output
    assert run("audit", "list", "--actor", "nobody").output == "Nothing.\n"
    assert run("audit", "list", "--since", "2100-01-01").output == "Nothing.\n"
    first = run("audit", "verify")
    assert (first.exit_code, first.output.startswith("1 rows, none missing, none altered; 1 new")) == (0, True)
    whole = json.loads(run("audit", "verify", "--json").output)
    assert (whole["wrong"], whole["rows"], whole["sealed"], len(whole["hash"])) == ([], 1, 0, 32)
    with closing(sqlite3.connect(tmp_path / "advocacy.db")) as db:
        db.execute("DROP TRIGGER audit_stays")
        db.execute("DELETE FROM audit")
        db.commit()
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "row 1 is missing at the end" in broken.output
    assert "the trigger audit_stays, which writes or guards the log, is missing" in broken.output
    assert len(json.loads(run("audit", "verify", "--json").stdout)["wrong"]) == 2
