"""`recipients ...`, `pack sent`, `log`, `follow-up`: a campaign folder, its file of recipients, one pack that was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli_recipients import _FORMATS, _WAYS, follow_up, follow_ups, log, recipients, sent
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError, ModerationError
from advocacy_monitor.models import Page, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.recipients_import import FORMATS
from advocacy_monitor.statement_page import show_page
from advocacy_monitor.statement_story import no_longer, sent_with, story_of, whom_to_tell
from advocacy_monitor.store import Store, now
from advocacy_monitor.store.deliveries import WAYS
from tests.conftest import make_submission
from tests.exporters.sample_packs import english_pack, exhibit

CONFIG = """
campaign:
  name: Example
  sponsor: Example Association
  contact: mail@example.org
  areas: areas.csv
collectors: {}
"""
TABLE = "name,area,language,Phone\nAda Example,Riverside,en,020 7946 0000\nBo Beispiel,Mere,de,\n"
NUMBER = "202611-aaaa1111"
SENT = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE})

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "recipients.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "areas.csv").write_text("area,part_of\nRiverside,Shire\nShire,\n", encoding="utf-8")
    with _open(tmp_path) as store:
        run = store.runs.start("t", "collect")
        store.add_page(run, Page(items=(make_submission("I love it.", consents=SENT),)), collector="t")
        decide(store, [store.items.last_id()], Status.APPROVED, moderator="Sam", clock=now)
        made = replace(exhibit(1, "I love it."), item_id=store.items.last_id())
        store.packs.add(replace(english_pack(), exhibits=(made,), query={}, number=NUMBER, digest="a"))
    return tmp_path


def _open(folder: Path) -> Store:
    return Store.open(folder / "advocacy.db", contacts_path=folder / "contacts.db")


@pytest.fixture
def run(folder: Path) -> Run:
    def invoke(command: click.Command, *args: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(command, args, obj=folder / "config.yaml")
        if isinstance(result.exception, AdvocacyMonitorError):
            raise result.exception
        assert (result.exit_code == 2) is fails, result.output
        return result

    return invoke


def _lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_choices_of_the_command_line_are_those_of_the_program() -> None:
    assert _FORMATS == FORMATS
    assert _WAYS == WAYS


def test_a_pack_is_noted_as_sent_followed_up_and_found_again(run: Run) -> None:
    made = run(sent, NUMBER, "--to", "ada-example", "--by", "Kim", "--on", "2026-11-03", "--how", "in person")
    assert f"delivery 1: pack {NUMBER} to ada-example on 2026-11-03 (in person)" in made.output
    run(sent, NUMBER, "--to", "bo-beispiel", "--by", "Kim", "--on", "2026-11-04", "--note", "with a card")
    assert [row["recipient"] for row in _lines(run(log, "--json"))] == ["bo-beispiel", "ada-example"]
    assert [row["id"] for row in _lines(run(log, "--recipient", "ada-example", "--json"))] == [1]
    assert "with a card" in run(log).output
    assert "0 deliveries" in run(log, "--pack", "other").output
    run(follow_up, "1", "--note", "ring the office", "--due", "2026-11-10", "--by", "Kim")
    run(follow_up, "2", "--note", "thank them", "--by", "Kim")
    waiting = _lines(run(follow_ups, "--on", "2026-11-11", "--json"))
    assert [(row["note"], row["is_overdue"], row["recipient"]) for row in waiting] == [
        ("ring the office", True, "ada-example"),
        ("thank them", False, "bo-beispiel"),
    ]
    assert "2 to do, 1 overdue" in run(follow_ups, "--on", "2026-11-11").output
    assert "1 to do" in run(log).output
    assert "follow-up 1 is done: ring the office" in run(follow_up, "--done", "1").output
    assert [row["note"] for row in _lines(run(follow_ups, "--json"))] == ["thank them"]
    listed = _lines(run(recipients, "list", "--json"))
    assert [(row["key"], row["packs"]) for row in listed] == [("ada-example", 1), ("bo-beispiel", 1)]


def test_typing_mistakes_are_refused_with_what_is_near(run: Run) -> None:
    with pytest.raises(ConfigError, match="did you mean ada-example"):
        run(sent, NUMBER, "--to", "ada-exmple", "--by", "Kim")
    with pytest.raises(ConfigError, match=f"near ones are: {NUMBER}"):
        run(sent, "202611-aaaa1112", "--to", "ada-example", "--by", "Kim")
    run(sent, NUMBER, "--to", "ada-example", "--how", "pigeon", fails=True)
    run(follow_up, fails=True)
    run(follow_up, "1", "--done", "1", fails=True)
    run(follow_up, "1", fails=True)
    run(follow_up, "--done", "1", "--note", "x", fails=True)
    assert "0 deliveries" in run(log).output


def test_without_a_file_of_recipients_any_key_will_do(run: Run, folder: Path) -> None:
    (folder / "recipients.csv").unlink()
    assert "to somebody" in run(sent, NUMBER, "--to", "somebody", "--by", "Kim").output


def test_who_holds_a_statement_is_told_when_it_may_not_be_sent_any_more(run: Run, folder: Path) -> None:
    assert "may not be quoted" not in run(sent, NUMBER, "--to", "ada-example", "--by", "Kim").output
    with _open(folder) as store:
        assert list(no_longer(store, 1)) == []
        store.assertions.consent([1], Use.SEND_TO_REPRESENTATIVE, granted=False, proof="wrote to us")
        assert list(no_longer(store, 1)) == ["it was sent, and nobody consents to its being sent to a representative"]
        assert list(whom_to_tell(store, [1])) == [
            "item 1 was handed to ada-example: tell them, and make their packs anew"
        ]


def test_who_holds_a_statement_is_told_when_it_is_withdrawn(run: Run, folder: Path) -> None:
    made = run(sent, NUMBER, "--to", "ada-example", "--by", "Kim", "--on", "2026-11-03")
    assert "may not be quoted" not in made.output
    with _open(folder) as store:
        assert [delivery.recipient for delivery in sent_with(store, 1)] == ["ada-example"]
        assert story_of(store, 1)["no_longer"] == []
        assert list(whom_to_tell(store, [1])) == []
        decide(store, [1], Status.REJECTED, moderator="Sam", reason="the person asked", clock=now)
        story = story_of(store, 1)
        told = "item 1 was handed to ada-example: tell them, and make their packs anew"
        assert list(whom_to_tell(store, [1])) == [told]
    assert story["no_longer"] == ["it is rejected"]
    assert _shown(story).count("ada-example") == 2
    assert "sent to ada-example by Kim on 2026-11-03 (mail) in pack" in _shown(story)
    assert "It may not be quoted any more (it is rejected). Tell who has it: ada-example" in _shown(story)
    assert [row["recipient"] for row in _lines(run(log, "--item", "1", "--json"))] == ["ada-example"]
    later = run(sent, NUMBER, "--to", "bo-beispiel", "--by", "Kim")
    assert "1 of its statements may not be quoted any more (1): tell bo-beispiel" in later.output


def test_what_nobody_consents_to_may_not_be_quoted(folder: Path) -> None:
    with _open(folder) as store:
        store.add_page(
            store.runs.start("t", "collect"),
            Page(items=(make_submission("A second one.", consents=frozenset({Use.ANALYSE})),)),
            collector="t",
        )
        second = store.items.last_id()
        assert list(no_longer(store, second)) == ["it is pending", "nobody consents to its being quoted"]
        with pytest.raises(ModerationError, match="there is no such item"):
            list(no_longer(store, 99))


def _shown(story: dict[str, Any]) -> str:
    import io

    from rich.console import Console

    file = io.StringIO()
    show_page(story, console=Console(file=file, width=200, highlight=False))
    return file.getvalue()


def test_a_check_tells_unknown_columns_and_areas(run: Run, folder: Path) -> None:
    found = run(recipients, "check")
    assert "column Phone: not known" in found.output
    assert "bo-beispiel: the area 'Mere' stands in no list of the campaign" in found.output
    assert "2 recipients, no mistake; 2 to know" in found.output
    assert _lines(run(recipients, "check", "--json"))[-1]["findings"] == 2
    wrong = folder / "wrong.csv"
    wrong.write_text("name,language\n,xx\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"row 2, name: is empty(.|\n)*row 2, language: found 'xx'"):
        run(recipients, "check", str(wrong))


def test_the_list_is_made_from_a_file_of_open_data(run: Run, folder: Path) -> None:
    person = {"personLabel": "=Ada Example", "constituencyLabel": "RIVERSIDE"}
    other = {"personLabel": "Bo", "constituencyLabel": "Mere"}
    file = folder / "people.json"
    file.write_text(json.dumps([person, other, {"personLabel": "Q5"}]), encoding="utf-8")
    with pytest.raises(ConfigError, match="exists; give --replace"):
        run(recipients, "import", str(file), "--as", "wikidata")
    made = run(recipients, "import", str(file), "--as", "wikidata", "--replace", "--area", "Riverside")
    assert "1 written to" in made.output
    assert "1 of other areas were not" in made.output
    assert "left out: Q5: has no label" in made.output
    text = (folder / "recipients.csv").read_text(encoding="utf-8-sig")
    assert "ada-example,'=Ada Example,,,RIVERSIDE,,,," in text
    assert _lines(run(recipients, "list", "--json"))[0]["name"] == "=Ada Example"
    output = folder / "new.csv"
    told = _lines(run(recipients, "import", str(file), "--as", "wikidata", "--output", str(output), "--json"))[0]
    assert (told["written"], len(told["left_out"])) == (2, 1)
    with pytest.raises(ConfigError, match="holds nobody of Nowhere"):
        run(recipients, "import", str(file), "--as", "wikidata", "--replace", "--area", "Nowhere")
    with pytest.raises(ConfigError, match="the list is written as CSV"):
        run(recipients, "import", str(file), "--as", "wikidata", "--output", str(folder / "new.yaml"))
