"""`erase` as somebody types it: first what it would be, then the removal; no code, address or word more than needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main
from tests.conftest import Clock
from tests.planted import CODE, Campaign, campaign

Run = Callable[..., Result]


@pytest.fixture
def planted(tmp_path: Path, clock: Clock) -> Iterator[Campaign]:
    made = campaign(tmp_path, clock)
    yield made
    made.store.close()


@pytest.fixture
def run(planted: Campaign) -> Run:
    def call(*given: object, answer: str | None = None) -> Result:
        config = str(planted.loaded.path)
        return CliRunner().invoke(main, ["-c", config, "erase", *map(str, given)], input=answer)

    return call


def test_the_preview_changes_nothing(planted: Campaign, run: Run) -> None:
    done = run("--author", f"x:{planted.handle}")
    assert done.exit_code == 0, done.output
    assert "2 statements would be removed" in done.output
    assert "(a repost)" in done.output
    assert "1 record that could not be read and are the person's" in done.output
    assert "choice of quotes selections/spring.yaml: a statement that is removed is chosen in it" in done.output
    assert "To remove them, add: --confirm 2" in done.output
    assert planted.store.items.get([planted.post])[0].text
    told = json.loads(run("--author", f"x:{planted.handle}", "--json").output)
    assert (told["items"], told["accounts"], told["rejects"]) == ([planted.post, planted.repost], 1, 1)
    assert {each["file"] for each in told["files"]} == {
        *("incoming/1.json", "models/training.json", "selections/spring.yaml"),
    }


def test_with_the_number_it_is_done_and_told(planted: Campaign, run: Run) -> None:
    wrong = run("--item", planted.post, "--confirm", 7)
    assert (wrong.exit_code, "7 was typed; nothing was removed" in wrong.output) == (1, True)
    assert run("--item", planted.post, "--confirm", 7, "--remove-files").exit_code == 1
    assert (planted.loaded.folder / "selections" / "spring.yaml").exists()
    done = run("--item", planted.post, "--confirm", 2)
    assert done.exit_code == 0, done.output
    assert "Removed: 2 statements, 0 entries with contact details" in done.output
    assert "What this person posts from now on is not stored" in done.output
    assert "Make these files anew or delete them" in done.output
    assert (planted.loaded.folder / "selections" / "spring.yaml").exists()
    assert planted.store.items.get([planted.post])[0].text == ""
    assert run("--item", planted.post).exit_code == 1
    assert [each.action for each in planted.store.actions.newest(2)] == ["erase", "erase"]


def test_files_go_when_that_is_wanted(planted: Campaign, run: Run) -> None:
    done = run("--item", planted.post, "--confirm", 2, "--remove-files", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["removed_files"] == ["incoming/1.json", "models/training.json", "selections/spring.yaml"]
    assert (told["files"], told["problems"], told["rejects"], told["kept_out"]) == ([], [], 1, 2)
    assert not (planted.loaded.folder / "selections" / "spring.yaml").exists()


def test_a_code_and_an_address_may_be_asked_for(planted: Campaign, run: Run) -> None:
    by_code = run("--code", "-", answer=f"{CODE}\n")
    assert by_code.exit_code == 0, by_code.output
    assert CODE not in by_code.output
    by_mail = run("--email", planted.email)
    assert by_mail.exit_code == 0
    assert f"{planted.answer}  " in by_mail.output
    assert f"{planted.flyer}  " in by_mail.output
    assert planted.email not in by_mail.output


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ([], 2, "name the person in one way"),
        (["--item", "1", "--code", CODE], 2, "name the person in one way"),
        (["--email", "nobody@example.org"], 1, "nothing is held of this address"),
        (["--author", "x:nobody"], 1, "nothing is stored of this account"),
        (["--item", "0"], 2, "0 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, given: list[str], code: int, said: str) -> None:
    done = run(*given)
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_what_fails_afterwards_is_told_and_the_rest_is_done(planted: Campaign, run: Run) -> None:
    (planted.loaded.folder / "taken").write_text("")
    (planted.loaded.folder / "backups").write_text("")
    done = run(
        "--item", planted.post, "--confirm", 2, "--letters", planted.loaded.folder / "taken" / "letters", "--json"
    )
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["items"] == [planted.post, planted.repost]
    assert [each.split(":")[0] for each in told["problems"]] == ["the letters were not written"]


def test_letters_alone(planted: Campaign, run: Run) -> None:
    done = run("--letters", planted.loaded.folder / "letters")
    assert (done.exit_code, "Everybody who holds a pack was told." in done.output) == (0, True)
