"""The verbs of coding, from drawing a round to its codes, as people at a shell meet them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import Verbs
from advocacy_monitor.cli_coding import agreement, code
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from tests.coding.conftest import SMALL, fill
from tests.conftest import make_post

_CONFIG = """
campaign: {name: T, sponsor: S, contact: c@example.org, codebook: small.yaml, languages: [en, de]}
"""
Run = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(_CONFIG, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    with open_store(load_config(path)) as store:
        fill(store, [make_post(f"Statement number {n} about what my library means to me.") for n in range(24)])
    return path


@pytest.fixture
def run(config: Path) -> Run:
    @click.group(cls=Verbs)
    @click.pass_context
    def root(ctx: click.Context) -> None:
        ctx.obj = config

    root.add_command(code)
    root.add_command(agreement)

    def invoke(*given: object, typed: str | bytes = "", exit_code: int = 0) -> Result:
        result = CliRunner().invoke(root, [str(each) for each in given], input=typed)
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result

    return invoke


def test_from_a_draw_to_codes_that_count(run: Run, config: Path, tmp_path: Path) -> None:
    drawn = json.loads(run("code", "sample", "first", "--size", 8, "--by", "Kim", "--json").stdout)
    assert drawn["statements"] == len(drawn["items"]) == 8
    assert [each["drawn"] for each in drawn["items"]].count("random") == 2
    assert "nobody has coded yet" in run("code", "status").stdout
    said = run("code", "next", "first", "--coder", "Anna", "--titles", "de", typed="1\nn\n2\nt\n3 4\nq\n").stdout
    assert "1 of 8" in said
    assert "Work auf Deutsch" in said
    assert "5 answers stored; 3 of 8 still open" in said
    run("code", "next", "first", "--coder", "anna", typed="n\nn\nn\n")  # the same Anna
    sheet = tmp_path / "ben.csv"
    run("code", "export", "first", sheet, "--coder", "Ben")
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    filled = [lines[0]]
    for number, line in enumerate(lines[1:], start=1):
        cells = line.split(",")
        cells[5 if number == 1 else 6 if number == 2 else 9] = "x"
        filled.append(",".join(cells))
    sheet.write_text("\n".join(filled), encoding="utf-8")
    imported = json.loads(run("code", "import", "first", sheet, "--coder", "Ben", "--json").stdout)
    assert imported == {"round": "first", "coder": "Ben", "answered": 8, "stored": 8, "empty": 0, "kept": 0}
    assert "0 new or changed" in run("code", "import", "first", sheet, "--coder", "Ben").stdout
    status = json.loads(run("code", "status", "first", "--json").stdout)
    assert status["coders"] == {"Anna": {"done": 8, "open": 0}, "Ben": {"done": 8, "open": 0}}
    assert (status["coded_twice"], status["differing"]) == (8, 4)
    assert -1 < status["alpha"] < 1
    assert "4 open, 0 settled" in run("code", "status").stdout
    assert "differ on 4 statements" in run("code", "close", "first", "--by", "Carla", exit_code=1).stderr
    said = run("code", "adjudicate", "first", "--by", "Carla", typed="a\nb\nn\nn\n").stdout
    assert "4 settled, 0 still open" in said
    closed = json.loads(run("code", "close", "first", "--by", "Carla", "--json").stdout)
    assert closed["coded"] == 8
    assert (closed["agreed"], closed["settled"], closed["coded_once"]) == (4, 4, 0)
    assert "closed on" in run("code", "status", "first").stdout
    for verb in (["close", "first"], ["next", "first"], ["export", "first", sheet], ["adjudicate", "first"]):
        who = "--by" if verb[0] in ("close", "adjudicate") else "--coder"
        assert "was closed" in run("code", *verb, who, "Carla", exit_code=1).stderr
    with open_store(load_config(config)) as store:
        found = {each.coder for each in store.gold.codes()}
    assert found == {"person:Anna + Ben", "person:Carla"}


def _code_all(run: Run) -> None:
    run("code", "sample", "first", "--size", 24, "--random", 0.5, "--by", "Kim")
    run("code", "next", "first", "--coder", "Anna", typed="1\n" * 12 + "2\n" * 12)
    run("code", "next", "first", "--coder", "Ben", typed="1\n" * 10 + "2\n" * 13 + "t\n")


def test_agreement_as_text_json_and_page(run: Run, tmp_path: Path) -> None:
    said = run("agreement", exit_code=1)
    assert "Nothing was coded by two people yet" in said.stderr
    _code_all(run)
    page = tmp_path / "agreement.html"
    said = run("agreement", "first", "--html", page)
    assert "drawn by chance: 12 statements coded by two or more" in said.stdout
    assert "all statements: 24 statements coded by two or more" in said.stdout
    assert "Quote the figures of the statements drawn by chance" in said.stdout
    assert "jobs" in said.stdout
    assert "Talk about these first (3 statements" in said.stdout
    assert "2 times one gives jobs where the other gives joy" in said.stdout
    assert max(map(len, said.stdout.splitlines())) < 130
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    values = json.loads(run("agreement", "all", "--json").stdout)
    assert values["everything"]["units"] == 24
    assert values["random"]["units"] == 12
    jobs = values["everything"]["themes"][0]
    assert jobs["positives"] == {"Anna": 12, "Ben": 10}
    low, high = jobs["alpha"]["interval"]
    assert low <= jobs["alpha"]["value"] <= high


def test_single_answers_stay_hidden_until_everybody_is_done(run: Run, tmp_path: Path) -> None:
    run("code", "sample", "first", "--size", 4)
    run("code", "next", "first", "--coder", "Anna", typed="jobs # Anna's\n" * 4)
    run("code", "next", "first", "--coder", "Ben", typed="joy\n" * 2)
    page = tmp_path / "agreement.html"
    said = run("agreement", "first", "--html", page)
    assert "Not everybody who codes in first is done" in said.stderr
    assert "The coders agree on every statement" not in said.stdout
    assert "Anna: jobs" not in said.stdout
    assert "Anna:</strong>" not in page.read_text(encoding="utf-8")
    assert json.loads(run("agreement", "--json").stdout)["discussed"] == []
    run("code", "next", "first", "--coder", "Ben", typed="joy\n" * 2)
    assert "Anna: jobs" in run("agreement", "first").stdout


def test_bytes_that_are_no_text_are_kept_as_marks(run: Run) -> None:
    run("code", "sample", "first", "--size", 2)
    run("code", "next", "first", "--coder", "Anna", typed="1 # caf\udce9\n".encode("utf-8", "surrogateescape"))
    run("code", "sample", "second", "--size", 2, "--by", "A\udcff", exit_code=2)
    assert json.loads(run("code", "status", "--json").stdout)["coders"]["Anna"]["done"] == 1


def test_a_round_is_coded_by_the_rules_that_it_was_drawn_with(run: Run, config: Path, tmp_path: Path) -> None:
    run("code", "sample", "first", "--by", "Kim")
    changed = SMALL.replace("version: 1", "version: 2")
    (config.parent / "small.yaml").write_text(changed, encoding="utf-8")
    run("code", "next", "first", "--coder", "Anna", typed="q\n")  # a new version with the same rules is no other rule
    rule = changed.replace("themes:", "rules: [Code less.]\nthemes:", 1)
    (config.parent / "small.yaml").write_text(rule, encoding="utf-8")
    for given in (("next",), ("export",), ("import",)):
        file = () if given == ("next",) else (str(tmp_path / "sheet.csv"),)
        (tmp_path / "sheet.csv").touch()
        told = run("code", *given, "first", "--coder", "Anna", *file, exit_code=1).stderr
        assert "the rules of the codebook were changed since the round 'first' was drawn" in told
        assert "(then small, version 1, now small, version 2)" in told


def test_mistakes_are_named(run: Run, tmp_path: Path) -> None:
    assert "there is no round 'x'; there are: none" in run("code", "next", "x", "--coder", "A", exit_code=2).stderr
    run("code", "sample", "first", "--by", "Kim", "--size", 24)
    assert "there is no round 'x'; there are: first" in run("agreement", "x", exit_code=2).stderr
    assert "there is no theme 'jop'" in run("code", "sample", "b", "--theme", "jop", exit_code=2).stderr
    assert "is no name" in run("code", "next", "first", "--coder", "A + B", exit_code=2).stderr
    assert "nothing to draw" in run("code", "sample", "second", "--by", "Kim", exit_code=1).stderr
    (tmp_path / "a.csv").write_text("number\n1\n", encoding="utf-8")
    found = run("code", "import", "first", tmp_path / "a.csv", "--coder", "Anna", exit_code=2).stderr
    assert "row 1: the column 'jobs' is missing" in found


@pytest.mark.parametrize("name", sorted(code.commands))
def test_every_verb_has_an_example(run: Run, name: str) -> None:
    assert f"Example: advocacy-monitor code {name}" in " ".join(run("code", name, "--help").stdout.split())
