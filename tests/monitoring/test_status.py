"""`status`: one screen that says what needs a person first, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from advocacy_monitor.cli import main
from advocacy_monitor.config import Loaded
from advocacy_monitor.models import Usage
from advocacy_monitor.status_screen import ago
from advocacy_monitor.store import Store
from advocacy_monitor.store.alerts import Alerts, Found
from advocacy_monitor.supervision.lock import only_one
from tests.conftest import Clock
from tests.monitoring.conftest import CONFIG, Running

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def lived(campaign: Store, loaded: Loaded, ran: Running, clock: Clock) -> Path:
    """A campaign with one collector that is well and one that fails."""
    ran("tweets", NOW - 30.5 * HOUR, new=4)
    for hour in (3, 2):
        ran("tweets", NOW - hour * HOUR, status="failed", message="401 Unauthorized \x1b[2J\u202e")
    ran("toots", NOW - 5 * HOUR, new=12)
    ran("toots", NOW - 2.5 * HOUR, new=3)
    ran("backup", NOW - HOUR, status="failed", message="no space left on device", kind="backup")
    clock.now = NOW
    campaign.spending.add("tweets", [Usage(source="x", unit="usd", amount=41.5)])
    found = Found(
        subject="collector tweets", kind="failing", message="The collector tweets failed " + "and failed " * 20
    )
    Alerts.of(campaign).note([found], now=NOW - 2.5 * HOUR, over_before=NOW - 3 * HOUR)
    return loaded.path


def status(path: Path, *options: str, columns: int = 80) -> str:
    result = CliRunner().invoke(main, ["-c", str(path), "status", *options], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_needs_a_person_stands_in_the_first_screen(lived: Path) -> None:
    lines = status(lived).splitlines()
    screen = lines[: next(number for number, line in enumerate(lines) if line.startswith("stored "))]
    assert len(screen) <= 24
    shown = "\n".join(screen)
    assert lines[0].startswith("Missed My Library, ")
    assert "daemon       does not run" in screen
    assert "ALERTS       The collector tweets failed and failed" in shown
    assert any(
        line.startswith("tweets             30 h ago") and line.endswith("FAILED 2 times in a row") for line in screen
    )
    assert "401 Unauthorized [2J → renew the token or password" in " ".join(shown.split())
    assert any(line.startswith("toots              2 h ago") and line.endswith("15 new in 24 h") for line in screen)
    assert f"{'backup':<46} FAILED 1 time" in screen
    assert "no space left on device → free some space" in shown
    assert "x: 41.50 of 100 usd (42%), until " in shown
    words = " ".join(shown.split())
    assert "queues moderate 19 (oldest 30 h) · second look 0 · enrich 19 · transcribe 0 · mail 0" in words
    assert "(since 2 h)" in words
    assert "looked up    the oldest unverified post: 30 h ago (x)" in shown
    for label in ("files        database ", "backups "):
        assert label in shown
    assert max(map(len, screen)) <= 80
    assert all(line.isprintable() for line in lines)


def test_failing_collectors_come_first_and_many_fit_on_a_screen(
    configured: Callable[[str], Loaded], ran: Running, campaign: Store
) -> None:
    names = [f"c{number:02}" for number in range(30)]
    more = "".join(f"  {name}: {{source: feed, settings: {{feeds: [https://example.org/]}}}}\n" for name in names)
    loaded = configured(CONFIG.replace("collectors:\n", f"collectors:\n{more}"))
    ran("c29", NOW - HOUR, status="failed", message="500")
    shown = status(loaded.path)
    table = shown[shown.index("collector ") :].splitlines()[1:]
    assert table[0].startswith("c29 ")
    assert "and 23 more that are well" in shown


def test_the_same_as_json(lived: Path) -> None:
    found = json.loads(status(lived, "--json"))
    collectors = {each["name"]: each for each in found["collectors"]}
    assert collectors["tweets"]["failures"] == 2
    assert collectors["tweets"]["remedy"].startswith("renew the token")
    assert collectors["toots"] | {"next_run_at": "", "last_success_at": ""} == {
        "name": "toots",
        "source": "mastodon",
        "status": "done",
        "failures": 0,
        "stored_24h": 15,
        "message": "",
        "remedy": "",
        "next_run_at": "",
        "last_success_at": "",
    }
    assert [alert["subject"] for alert in found["alerts"]] == ["collector tweets"]
    assert found["queues"] == {"moderate": 19, "second look": 0, "enrich": 19, "transcribe": 0, "mail": 0}
    assert [(each["unit"], each["used"], each["cap"]) for each in found["budgets"]] == [("usd", 41.5, 100)]
    assert found["daemon"] == "does not run"
    assert found["disk"][0]["free"] > 0
    assert found["files"]["database"] > 0


def test_a_daemon_that_runs_is_named(lived: Path, loaded: Loaded) -> None:
    with only_one(loaded.database):
        assert "daemon       runs: `advocacy-monitor run`, process " in status(lived)


def test_it_changes_nothing(lived: Path, loaded: Loaded, campaign: Store) -> None:
    campaign.close()
    before = {path.name: path.read_bytes() for path in lived.parent.iterdir() if path.suffix == ".db"}
    status(lived)
    assert {path.name: path.read_bytes() for path in lived.parent.iterdir() if path.suffix == ".db"} == before


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=20), "0 min ago"),
        (timedelta(minutes=119), "119 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(minutes=-5), "in 5 min"),
    ],
)
def test_how_long_ago(length: timedelta, shown: str) -> None:
    assert ago(NOW - length, NOW) == shown
    assert ago(None, NOW) == "never"
