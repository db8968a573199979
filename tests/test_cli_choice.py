"""Choosing quotes at the command line: propose, sign, make the pack, see where a quote was used, translate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main

ANSWERS = """Timestamp,Which library do you use?,"In your own words: what does your library mean to you?","You may count my answer","You may quote me without my name"
8/21/2026 13:10:31,Lindenrode,"I was so lonely, and the staff at the desk knew me. Now I run the knitting circle.",Yes,Yes
8/22/2026 09:00:00,Lindenrode,"Printing my job application for free saved me, and I got the job.",Yes,Yes
8/23/2026 09:00:00,Quarry Lane,"The opening hours are useless for anyone with a job.",Yes,Yes
"""
Run = Callable[..., Result]


def invoke(*given: object) -> Result:
    return CliRunner().invoke(main, [*map(str, given)])


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign with three approved statements."""
    folder = tmp_path_factory.mktemp("choice") / "campaign"
    made = invoke("init", folder, "--name", "T", "--sponsor", "S", "--contact", "C")
    assert made.exit_code == 0, made.output
    (folder / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    approve = ("moderate", "approve", 1, 2, 3, "--moderator", "Kim", "--reason", "read, nobody is named")
    for command in (("import", folder / "answers.csv"), ("enrich",), approve):
        done = invoke("-c", folder / "config.yaml", *command)
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def run(campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in a folder with a copy of that campaign."""
    shutil.copytree(campaign, tmp_path / "campaign")
    monkeypatch.chdir(tmp_path / "campaign")
    return invoke


def pack(run: Run, *given: object) -> Result:
    return run("pack", "--title", "Voices", "--format", "json", *given)


def test_propose_sign_and_make_the_pack(run: Run) -> None:
    proposed = run("pack", "propose", "--title", "Voices")
    assert proposed.exit_code == 0, proposed.output
    path = Path("selection.yaml")
    text = path.read_text(encoding="utf-8")
    assert len(yaml.safe_load(text)["quotes"]) == 3
    assert not Path("packs").exists()

    unsigned = pack(run, "--selection", path)
    assert unsigned.exit_code == 2
    assert "chosen_by is empty; write the name" in unsigned.output

    again = run("pack", "propose", "--title", "Voices")
    assert again.exit_code == 2
    assert "may hold somebody's choice" in again.output
    assert path.read_text(encoding="utf-8") == text
    assert run("pack", "propose", "--title", "Voices", "--most", 2, "--replace").exit_code == 0
    assert len(yaml.safe_load(path.read_text(encoding="utf-8"))["quotes"]) == 2

    path.write_text(text.replace('chosen_by: ""', "chosen_by: Kim Example"), encoding="utf-8")
    made = pack(run, "--selection", path)
    assert made.exit_code == 0, made.output
    told = [json.loads(line) for line in run("pack", "used", 1, 2, "--json").output.splitlines()]
    assert [(each["item"], each["place"], each["chosen_by"], each["sent_to"]) for each in told] == [
        (1, "main", "Kim Example", ""),
        (2, "main", "Kim Example", ""),
    ]
    assert run("pack", "propose", "--title", "Voices", "--replace").exit_code == 0
    assert "used: 1  # used once already" in path.read_text(encoding="utf-8")


def test_what_was_rejected_after_the_choice_stops_the_pack(run: Run) -> None:
    run("pack", "propose", "--title", "Voices")
    path = Path("selection.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace('chosen_by: ""', "chosen_by: Kim"), encoding="utf-8")
    run("moderate", "reject", 2, "--reason", "asked to be left out", "--moderator", "Kim")
    refused = pack(run, "--selection", path)
    assert refused.exit_code == 1
    assert "item 2: was chosen and may not be quoted: is rejected" in " ".join(refused.output.split())
    assert not list(Path().glob("packs/*"))


def test_who_got_a_pack_stands_beside_its_quotes(run: Run) -> None:
    assert run("pack", "used", 1).output.strip() == "In no pack yet."
    Path("recipients.csv").write_text("key,name\nada,A. Member\n", encoding="utf-8")
    number = json.loads(pack(run, "--json").output.splitlines()[-1])["number"]
    sent = run("pack", "sent", number, "--to", "ada", "--by", "Kim", "--on", "2026-10-01")
    assert sent.exit_code == 0, sent.output
    (told,) = [json.loads(line) for line in run("pack", "used", 1, "--json").output.splitlines()]
    assert (told["pack"], told["place"], told["chosen_by"]) == (number, "main", "software")
    assert told["sent_to"] == "ada (2026-10-01)"
    run("pack", "propose", "--title", "Voices")
    assert "sent: 1  # sent once already" in Path("selection.yaml").read_text(encoding="utf-8")
    unknown = run("pack", "used", 99)
    assert unknown.exit_code == 2
    assert "item 99: there is no such item" in unknown.output


def test_a_translation_stands_in_the_pack(run: Run) -> None:
    done = run("moderate", "translate", 2, "--language", "de", "--text", "Der Druck war gratis.", "--by", "Kim")
    assert done.exit_code == 0, done.output
    assert "item 2, en: Printing my job application" in done.output
    assert "translation into de, by Kim: Der Druck war gratis." in done.output
    run("pack", "propose", "--title", "Voices")
    entries = yaml.safe_load(Path("selection.yaml").read_text(encoding="utf-8"))["quotes"]
    assert {each["item"]: each.get("translations") for each in entries}[2] == ["de"]

    Path("de.txt").write_text("Gratis gedruckt, Stelle bekommen.", encoding="utf-8")
    assert run("moderate", "translate", 2, "--language", "de", "--file", "de.txt", "--by", "Kim").exit_code == 0
    assert "was taken back" in run("moderate", "translate", 2, "--language", "de", "--take-back", "--by", "Kim").output


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (["--language", "de"], 2, "by --text or by --file"),
        (["--language", "de", "--text", "x", "--take-back"], 2, "by --text or by --file"),
        (["--language", "de", "--text", "  "], 2, "--take-back takes the last one back"),
        (["--language", "en", "--text", "x"], 1, "is in 'en' already"),
        (["--language", "xx", "--text", "x"], 1, "is no language of packs"),
        (["--language", "de", "--text", "Fragen Sie Frau Beispiel"], 1, "holds personal data: name"),
        (["--language", "de", "--file", "latin.txt"], 2, "latin.txt: not UTF-8"),
    ],
)
def test_what_is_no_translation_says_why(run: Run, given: list[str], code: int, says: str) -> None:
    Path("latin.txt").write_bytes("Bücher".encode("latin-1"))
    result = run("moderate", "translate", 2, *given, "--by", "Kim")
    assert says in result.output
    assert result.exit_code == code


def test_nothing_to_choose_from_writes_no_file(run: Run) -> None:
    result = run("pack", "propose", "--title", "Voices", "--area", "Nowhere")
    assert result.exit_code == 1
    assert "no statement of this query may be quoted" in result.output
    assert not Path("selection.yaml").exists()


def test_a_complaint_is_marked_and_stands_in_the_pack(run: Run) -> None:
    marked = run("moderate", "stance", 3, "--is", "complaint", "--by", "Kim")
    assert (marked.exit_code, marked.output) == (0, "1 marked complaint: 3\n")
    assert pack(run).exit_code == 0
    (path,) = Path("packs").glob("*.json")
    exhibits = json.loads(path.read_text(encoding="utf-8"))["pack"]["exhibits"]
    assert [each["item_id"] for each in exhibits if each["critical"]] == [3]
    unknown = run("moderate", "stance", 99, "--is", "complaint", "--by", "Kim")
    assert (unknown.exit_code, "item 99: there is no such item" in unknown.output) == (1, True)
