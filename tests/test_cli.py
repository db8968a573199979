"""The command line as its users meet it: help with examples, exit codes, JSON, messages that say what to do."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main

ANSWERS = """Timestamp,Which library do you use?,"In your own words: what does your library mean to you?","You may count my answer","You may quote me without my name",E-mail (optional)
8/21/2026 13:10:31,Lindenrode,"I was so lonely, and the staff at the desk knew my name.",Yes,Yes,ada@example.org
8/22/2026 09:00:00,Lindenrode,"Printing my job application for free saved me.",Yes,,
8/23/2026 09:00:00,Quarry Lane,"Mail me at bob@example.org about storytime, my girls love it.",Yes,Yes,
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    result = CliRunner().invoke(main, ["init", str(folder), "--name", "T", "--sponsor", "S", "--contact", "C"])
    assert result.exit_code == 0, result.output
    (folder / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    return folder


@pytest.fixture
def run(campaign: Path) -> Callable[..., Result]:
    def invoke(*given: object) -> Result:
        return CliRunner().invoke(main, ["-c", str(campaign / "config.yaml"), *map(str, given)])

    return invoke


def _all_commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found += _all_commands(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", _all_commands(main), ids=" ".join)
def test_every_verb_has_help_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert "Example: advocacy-monitor " + " ".join(path) in " ".join(result.output.split())


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from advocacy_monitor.cli import main; main(['--help'], standalone_mode=False)\n"
        "heavy = {'pydantic', 'sqlite_utils', 'rich', 'yaml', 'numpy', 'textblob', 'typst', 'datasette', 'apscheduler'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_whole_line_through_the_command_line(run: Callable[..., Result], campaign: Path) -> None:
    answers = campaign / "answers.csv"
    dry = run("import", answers, "--dry-run", "--json")
    assert json.loads(dry.output.splitlines()[-1]) == {"read": 3, "stored": 3, "already": 0, "rejected": 0, "failed": 0}
    assert not (campaign / "advocacy.db").exists()
    first = run("import", answers, "--json")
    assert json.loads(first.output.splitlines()[-1])["stored"] == 3
    again = run("import", answers, "--json")
    assert json.loads(again.output.splitlines()[-1]) == {
        "read": 3,
        "stored": 0,
        "already": 3,
        "rejected": 0,
        "failed": 0,
    }
    early = run("pack", "--title", "Too early", "--output", campaign / "packs")
    assert early.exit_code == 1
    assert "run `advocacy-monitor enrich` first" in early.output
    assert run("enrich").exit_code == 0
    queue = [json.loads(line) for line in run("moderate", "list", "--json").output.splitlines()]
    assert [item["id"] for item in queue] == [1, 2, 3]
    assert "loneliness_isolation" in queue[0]["labels"]["theme"]
    assert run("moderate", "approve", 1, 3, "--moderator", "Kim", "--reason", "read").exit_code == 0
    assert run("moderate", "reject", 2, "--reason", "not ours").exit_code == 0
    made = run("pack", "--title", "T", "--format", "pdf", "--format", "csv", "--output", campaign / "packs", "--json")
    assert made.exit_code == 0, made.output
    pack = json.loads(made.output)
    assert (pack["found"], pack["statements"], pack["quotes"]) == (3, 2, 2)
    assert pack["left_out"] == {"Rejected by a moderator": 1}
    pdf, csv = (Path(name) for name in pack["files"])
    assert pdf.read_bytes().startswith(b"%PDF-")
    text = csv.read_text(encoding="utf-8-sig")
    assert "[e-mail address removed]" in text
    assert "bob@example.org" not in text
    assert "ada@example.org" not in text
    shown = run("moderate", "show", 1)
    assert "lonely" in shown.output
    assert "approved by Kim: read" in shown.output
    status = json.loads(run("status", "--json").output)
    assert status["moderation"] == {"approved": 2, "rejected": 1}
    assert run("status").exit_code == 0
    assert run("check", "--offline").exit_code == 0


def test_a_consent_for_everybody_cannot_overrule_what_people_answered(
    run: Callable[..., Result], campaign: Path
) -> None:
    given = ("--consent", "quote_unnamed", "--consent-proof", "poster")
    refused = run("import", campaign / "answers.csv", *given)
    assert refused.exit_code == 2
    assert "would overrule their answers" in refused.output


def test_a_consent_can_be_noted_for_what_was_imported_before(run: Callable[..., Result], campaign: Path) -> None:
    given = ("--consent", "send_to_representative", "--consent-proof", "question 9")
    for extra in ((), given, given):
        assert run("import", campaign / "answers.csv", *extra).exit_code == 0
    story = json.loads(run("moderate", "show", 1, "--json").output)
    assert story["consents"] == ["analyse", "quote_unnamed", "send_to_representative"]


def test_a_consent_for_a_whole_file_needs_its_proof(run: Callable[..., Result], campaign: Path) -> None:
    plain = campaign / "plain.csv"
    plain.write_text("id,comment\n1,I love it\n2,I need it\n", encoding="utf-8")
    mapping = campaign / "columns.yaml"
    mapping.write_text("columns: {id: id, text: comment}\n", encoding="utf-8")
    unmapped = run("import", plain)
    assert unmapped.exit_code == 1
    assert "needs a column mapping" in unmapped.output
    assert run("import", plain, "--mapping", mapping, "--consent", "analyse").exit_code == 2
    given = ("--mapping", mapping, "--consent", "analyse", "--consent-proof", "question 9")
    done = run("import", plain, *given)
    assert done.exit_code == 0, done.output
    story = json.loads(run("moderate", "show", 1, "--json").output)
    assert story["consents"] == ["analyse"]


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (("moderate", "approve", 1), 1, "item 1: there is no such item"),
        (("moderate", "list", "--status", "aproved"), 2, "is not one of pending, approved"),
        (("pack", "--title", "x", "--theme", "lonelyness"), 2, "is not in the codebook"),
        (("pack", "--title", "x", "--since", "2026-05-01", "--until", "2026-04-01"), 2, "is later than"),
        (("pack", "--title", "x", "--format", "pdff"), 2, "no exporter is called 'pdff' (did you mean pdf?)"),
        (("collect", "mastodn"), 2, "no collector is called 'mastodn'"),
        (("enrich", "langage"), 2, "did you mean language?"),
        (("import", "nothing.csv"), 1, "nothing.csv"),
        (("codebook", "show", "libary"), 2, "library"),
        (("run",), 2, "has no collectors"),
        (("browse", "--host", "0.0.0.0"), 2, "0.0.0.0"),
        (("nonsense",), 2, "No such command"),
        (("moderate", "approve", "9" * 30), 2, "range"),
        (("pack", "--title", "x", "--output", "/proc/no/such"), 1, "cannot be made"),
    ],
)
def test_a_mistake_is_said_in_words(run: Callable[..., Result], given: tuple[Any, ...], code: int, words: str) -> None:
    if given[0] == "moderate" and given[1] == "list":
        assert run("import", "--help").exit_code == 0
    result = run(*given)
    assert result.exit_code == code, result.output
    assert words in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_status_before_anything_was_collected_says_what_to_do(run: Callable[..., Result]) -> None:
    result = run("status")
    assert result.exit_code == 1
    assert "there is no database yet" in result.output


@pytest.mark.parametrize("state", ["locked", "newer", "not a database"])
def test_a_database_that_cannot_be_used(run: Callable[..., Result], campaign: Path, state: str) -> None:
    assert run("import", campaign / "answers.csv").exit_code == 0
    path = campaign / "advocacy.db"
    if state == "newer":
        with sqlite3.connect(path) as conn:
            conn.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('advocacy_monitor', 'm9', '')"
            )
        conn.close()
    elif state == "not a database":
        path.write_bytes(b"garbage" * 100)
    holder = sqlite3.connect(path, isolation_level=None) if state == "locked" else None
    if holder:
        holder.execute("BEGIN EXCLUSIVE")
    environment = {**os.environ, "ADVOCACY_MONITOR_BUSY_SECONDS": "0.2"}
    command = [sys.executable, "-m", "advocacy_monitor", "-c", str(campaign / "config.yaml"), "import"]
    done = subprocess.run(
        [*command, str(campaign / "answers.csv")], capture_output=True, text=True, env=environment, check=False
    )
    if holder:
        holder.close()
    assert done.returncode == 1
    wanted = {
        "locked": "another program holds it",
        "newer": "newer version",
        "not a database": "is not an SQLite database",
    }
    assert wanted[state] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_said_in_words(run: Callable[..., Result], campaign: Path) -> None:
    assert run("import", campaign / "answers.csv").exit_code == 0
    path = campaign / "advocacy.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    for given in (("status",), ("moderate", "list"), ("import", campaign / "answers.csv"), ("enrich",)):
        result = run(*given)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit), result.exception
        assert "the file is damaged; `advocacy-monitor restore --latest`" in result.output
    assert "WRONG" in run("check", "--offline").output


def test_a_full_disk_loses_nothing_that_was_confirmed(campaign: Path) -> None:
    lines = (
        {"id": str(10**18 + n), "text": f"{n} " + "word " * 200, "created_at": "2026-10-01T10:00:00Z"}
        for n in range(4000)
    )
    posts = campaign / "posts.jsonl"
    posts.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    command = [
        sys.executable,
        "-m",
        "advocacy_monitor",
        "-c",
        str(campaign / "config.yaml"),
        "import",
        str(posts),
        "--json",
    ]
    full = subprocess.run(command, capture_output=True, text=True, preexec_fn=small, check=False)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "disk" in full.stderr
    after = subprocess.run(command, capture_output=True, text=True, check=False)
    assert after.returncode == 0, after.stderr
    total = json.loads(after.stdout.splitlines()[-1])
    assert total["read"] == 4000 == total["stored"] + total["already"]
    with sqlite3.connect(campaign / "advocacy.db") as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("SELECT count(*) FROM items").fetchone() == (4000,)
    conn.close()


def test_staff_are_told_what_to_do_about_a_risk(run: Callable[..., Result], campaign: Path) -> None:
    worried = campaign / "worried.csv"
    worried.write_text(
        "id,comment\n1,I wanted to kill myself that winter and the library kept me here.\n2,Nice novels.\n",
        encoding="utf-8",
    )
    (campaign / "columns.yaml").write_text("columns: {id: id, text: comment}\n", encoding="utf-8")
    assert run("import", worried, "--mapping", campaign / "columns.yaml").exit_code == 0
    assert run("enrich").exit_code == 0
    assert "crisis (1): Read this today." in run("moderate", "list").stderr
    assert "what to do (crisis): Read this today." in run("moderate", "show", 1).output
    assert set(json.loads(run("moderate", "show", 1, "--json").output)["what_to_do"]) >= {"crisis"}
    assert "what to do" not in run("moderate", "show", 2).output


def test_hostile_text_cannot_steer_a_terminal(run: Callable[..., Result], campaign: Path) -> None:
    hostile = campaign / "hostile.csv"
    hostile.write_text(
        'id,comment\n1,"\x1b[2J\x1b]0;owned\x07 \u202eevil [red]markup[/red] library"\n', encoding="utf-8"
    )
    (campaign / "columns.yaml").write_text("columns: {id: id, text: comment}\n", encoding="utf-8")
    assert run("import", hostile, "--mapping", campaign / "columns.yaml").exit_code == 0
    for given in (("moderate", "list"), ("moderate", "show", 1)):
        output = run(*given).output
        assert "\x1b" not in output
        assert "\u202e" not in output
        assert "[red]markup[/red]" in " ".join(output.split())


def test_help_is_quick_enough_to_be_asked_for() -> None:
    """No stopwatch against a machine: against the interpreter's own start, measured in the same run."""

    def best(code: str) -> float:
        took = []
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
            took.append(time.perf_counter() - started)
        return min(took)

    bare = best("import click")
    assert best("from advocacy_monitor.cli import main; main(['--help'], standalone_mode=False)") < 4 * bare
