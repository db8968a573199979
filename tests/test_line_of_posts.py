"""Posts through the real command line, with a platform that plays X: collect, ask, verify, count, pack (R3, R5)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main
from advocacy_monitor.config import load_config
from advocacy_monitor.schedule_jobs import Work, verify_job
from advocacy_monitor.store import Store
from tests.sources import platform_x
from tests.sources.platform_x import XPlatform, a_post
from tests.sources.replay import as_json

SAID = [
    "Without the library I would have spoken to nobody for the whole of last winter. #Books",
    "The librarian showed me how to apply for a job online, and I start on Monday! #Books",
    "Storytime on Fridays is the best hour of the week for the two of us. #Books",
]


@pytest.fixture
def x() -> Iterator[XPlatform]:
    with platform_x.running() as platform:
        for text in SAID:
            platform.timeline.add(a_post(platform.next_id(), text))
        yield platform


@pytest.fixture
def campaign(tmp_path: Path, x: XPlatform) -> Path:
    config: dict[str, Any] = {
        "campaign": {"name": "T", "sponsor": "S", "contact": "C", "languages": ["en"]},
        "enrichers": {"duplicates": {}, "personal_data": {}},
        "thresholds": {"smallest_cell": 1, "smallest_base": 1},
        "collectors": {
            "posts": {
                "source": "x",
                "settings": {"bearer_token": {"env": "X_TOKEN"}, "hashtags": ["Books"], "base_url": x.url},
            }
        },
    }
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def run(campaign: Path, *arguments: str, exit_code: int = 0) -> Result:
    done = CliRunner().invoke(
        main, ["-c", str(campaign), *arguments], env={"X_TOKEN": platform_x.TOKEN, **os.environ}, catch_exceptions=False
    )
    assert done.exit_code == exit_code, done.output + done.stderr
    return done


def rows(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def approved(campaign: Path) -> Path:
    """Three posts, all approved; the first may be quoted."""
    run(campaign, "collect")
    run(campaign, "enrich")
    run(campaign, "moderate", "approve", "1", "2", "3", "--reason", "read", "--moderator", "Kim")
    drafted = rows(run(campaign, "permission", "ask", "1", "--by", "Kim", "--json"))
    assert "S and were moved" in drafted[0]["text"]
    run(campaign, "permission", "record", "1", "asked", "--proof", "https://x.com/us/1", "--by", "Kim")
    granted = ("permission", "record", "1", "granted", "--use", "quote_unnamed", "--proof", "reply", "--by", "Kim")
    run(campaign, *granted)
    return campaign


def _pack(campaign: Path, *more: str) -> dict[str, Any]:
    output = str(campaign.parent / "packs")
    done = run(campaign, "pack", "--title", "T", "--format", "json", "--output", output, "--json", *more)
    made: dict[str, Any] = rows(done)[0]
    made["pack"] = json.loads(Path(made["files"][0]).read_text(encoding="utf-8"))["pack"]
    return made


def test_a_pack_looks_its_posts_up_first_and_quotes_with_permission(approved: Path) -> None:
    made = _pack(approved)
    assert (made["statements"], made["quotes"], made["unverified"], made["left_out"]) == (3, 1, 0, {})
    quoted = made["pack"]["exhibits"][0]
    assert quoted["text"] in SAID
    assert quoted["verified_on"]
    with Store.open_read_only(approved.parent / "advocacy.db") as store:
        assert store.verifications.counts() == {"x": {"stands": 3}}


def test_what_is_deleted_leaves_the_next_pack(approved: Path, x: XPlatform) -> None:
    with Store.open_read_only(approved.parent / "advocacy.db") as store:
        post_id = store.items.get([1])[0].source_id
    x.timeline.missing(post_id, "resource-not-found", "Could not find tweet")
    made = _pack(approved)
    assert (made["statements"], made["quotes"]) == (2, 0)
    assert made["left_out"] == {"No longer shown at the source": 1}
    checked = rows(run(approved, "verify", "--json"))
    assert checked[0]["message"] == ""


def test_a_platform_that_cannot_be_asked_is_left_out_unless_the_advocate_says_otherwise(
    approved: Path, x: XPlatform
) -> None:
    assert x.server is not None
    x.server.always = as_json({"title": "Unauthorized"}, status=401)
    made = _pack(approved)
    assert (made["statements"], made["left_out"]) == (0, {"Could not be looked up again at the source": 3})
    loose = _pack(approved, "--unverified")
    assert (loose["statements"], loose["quotes"], loose["unverified"]) == (3, 1, 3)
    assert "3 could not be looked up" in dict(loose["pack"]["method"])["Looked up again"]
    failed = run(approved, "verify", exit_code=1)
    assert "posts" in failed.stderr


def test_counts_can_be_asked_for_in_statements_appearances_and_people(approved: Path) -> None:
    counted = rows(run(approved, "count", "--json"))
    assert counted[0] == {"label": "all", "statements": 3, "appearances": 3, "people": 1, "unknown": 0}
    assert counted[1] == {"found": 3, "left_out": {}}
    shown = run(approved, "count", "--by", "source").stdout
    assert "statements" in shown
    assert "x" in shown


def test_what_was_spent_and_looked_up_stands_in_status(approved: Path) -> None:
    run(approved, "verify")
    state = rows(run(approved, "status", "--json"))[0]
    used = {each["unit"]: each["amount"] for each in state["used_this_month"]}
    assert used["posts"] == 6
    assert used["usd"] > 0.03
    assert state["looked_up"] == {"x": {"stands": 3}}
    shown = run(approved, "status").stdout
    assert "looked up    x: 3 stands" in shown
    assert "6 posts since the 1st" in shown


def test_the_list_of_requests_and_drafts_in_files(approved: Path) -> None:
    listed = rows(run(approved, "permission", "list", "--json"))
    assert [(each["item"], each["state"], each["scope"]) for each in listed] == [(1, "granted", ["quote_unnamed"])]
    output = approved.parent / "drafts"
    refused = run(approved, "permission", "ask", "2", "99", "--output", str(output), "--by", "Kim", exit_code=1)
    assert "item 99: there is no such item" in refused.stderr
    assert "May we quote it without your name?" in (output / "item-2.txt").read_text(encoding="utf-8")
    assert "granted" in run(approved, "permission", "list").stdout


def test_a_long_run_must_be_confirmed(campaign: Path, x: XPlatform) -> None:
    x.arrive(30)
    text = campaign.read_text(encoding="utf-8").replace('"hashtags"', '"confirm_above_posts": 20, "hashtags"')
    campaign.write_text(text, encoding="utf-8")
    refused = run(campaign, "collect", exit_code=1)
    assert "confirm it with `advocacy-monitor collect posts --yes`" in refused.stderr
    assert "33" in run(campaign, "collect", "--estimate").stdout
    used = rows(run(campaign, "status", "--json"))[0]["used_this_month"]
    assert used == [{"source": "x", "unit": "usd", "amount": 0.01}]
    assert rows(run(campaign, "collect", "--yes", "--json"))[-1]["stored"] == 33


def test_the_daemon_spends_no_money_on_looking_up_without_a_budget(approved: Path, x: XPlatform) -> None:
    def look() -> int:
        assert x.server is not None
        before = len(x.server.requests)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("X_TOKEN", platform_x.TOKEN)
            verify_job(load_config(approved), Work())
        return len(x.server.requests) - before

    assert look() == 0
    text = approved.read_text(encoding="utf-8").replace('"hashtags"', '"budget_usd": 5, "hashtags"')
    approved.write_text(text, encoding="utf-8")
    assert look() == 1


def test_compliance_results_are_read(approved: Path) -> None:
    with Store.open_read_only(approved.parent / "advocacy.db") as store:
        post_id = store.items.get([2])[0].source_id
    results = approved.parent / "results.jsonl"
    line = {"id": post_id, "action": "delete", "created_at": "2026-10-01T00:00:00.000Z", "reason": "deleted"}
    results.write_text(f"\n{json.dumps(line)}\n", encoding="utf-8")
    shown = rows(run(approved, "verify", "--compliance", str(results), "--json"))
    assert shown[0]["gone"] == 1
    results.write_text("not JSON\n", encoding="utf-8")
    run(approved, "verify", "--compliance", str(results), exit_code=1)


def test_check_warns_where_settings_go_beyond_the_platforms_rules(campaign: Path) -> None:
    assert "rules of X" not in run(campaign, "check", "--offline").stdout
    settings = json.loads(campaign.read_text(encoding="utf-8"))
    settings |= {"verification": {"every_hours": 48}, "thresholds": {"quotes": 900}}
    campaign.write_text(json.dumps(settings), encoding="utf-8")
    found = [each for each in rows(run(campaign, "check", "--offline", "--json")) if "rules" in each["what"]]
    assert [each["what"] for each in found] == ["rules of X", "rules of X"]
    assert "24 hours" in found[0]["found"]
    assert "500" in found[1]["found"]
