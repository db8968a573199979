"""`kit`: a folder that is whole or not there, says what is in it, and never takes somebody's work away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli_kit import kit
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError, ConsentError, ExportError
from advocacy_monitor.kit.folder import Order, write_kit
from advocacy_monitor.line import check_versions
from advocacy_monitor.models import EvidencePack, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import check_exhibits
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_submission
from tests.kit.signs import AS_OF, campaign
from tests.publish.conftest import Campaign

Run = Callable[..., Result]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return campaign(tmp_path / "campaign", form="  languages: [en, ar]\n")


@pytest.fixture
def run(loaded: Loaded, tmp_path: Path) -> Run:
    def invoke(*words: str, into: str = "kit") -> Result:
        return CliRunner().invoke(kit, [*words, "--output", str(tmp_path / into)], obj=loaded.path)

    return invoke


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_holds_everything_in_each_language(run: Run, tmp_path: Path) -> None:
    result = run("all")
    assert result.exit_code == 0, result.output
    made = files(tmp_path / "kit")
    for language in ("en", "ar"):
        mine = {name.removeprefix(f"{language}/") for name in made if name.startswith(f"{language}/")}
        expected = {"README.txt", "poster-a3.pdf", "poster-a4.pdf", "banner-wide.pdf", "banner-tall.pdf", "bunting.pdf"}
        expected |= {"shelf-cards.pdf", "web-snippet.html", "press-release-start.docx", "letter-start.docx"}
        expected |= {"social-square.png", "social-story.png", "social-alternative-text.txt"}
        assert expected <= mine
        assert any(name.startswith("flyer") and name.endswith(".pdf") for name in mine)
        readme = made[f"{language}/README.txt"].decode()
        assert all(name in readme for name in mine - {"README.txt"})
    assert "no press release and letter with results" in result.output
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_readme_says_use_size_and_words(run: Run, tmp_path: Path) -> None:
    assert run("posters", "--language", "en").exit_code == 0
    readme = (tmp_path / "kit" / "en" / "README.txt").read_text(encoding="utf-8")
    assert "poster-a3.pdf (297 × 420 mm)\n  Poster for doors" in readme
    assert "QR code that leads to https://form.example.org/?lang=en" in readme
    assert "en/: English" in (tmp_path / "kit" / "README.txt").read_text(encoding="utf-8")


def test_sheets_with_codes_are_not_to_be_photocopied(run: Run, tmp_path: Path) -> None:
    assert run("flyer", "--language", "en", "--copies", "2").exit_code == 0
    readme = (tmp_path / "kit" / "en" / "README.txt").read_text(encoding="utf-8")
    assert "do not photocopy it" in readme


def test_checksums_name_every_file(run: Run, tmp_path: Path) -> None:
    assert run("snippet").exit_code == 0
    made = files(tmp_path / "kit")
    lines = made.pop("CHECKSUMS.txt").decode().splitlines()
    assert lines == [f"{hashlib.sha256(made[name]).hexdigest()}  {name}" for name in sorted(made, key=Path)]


def test_libraries_have_folders_of_their_own(run: Run, tmp_path: Path) -> None:
    result = run("snippet", "--library", "quarry lane library", "--language", "en", "--json")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "kit/libraries/quarry-lane-library/en/web-snippet.html").read_text(encoding="utf-8")
    assert "?library=quarry-lane-library&amp;amp;lang=en" in page
    told = json.loads(result.output)
    assert {Path(each).name for each in told["files"]} == {"README.txt", "web-snippet.html", "CHECKSUMS.txt"}
    assert not (tmp_path / "kit" / "en").exists()


def test_all_libraries_means_the_campaign_and_each_of_its_list(run: Run, loaded: Loaded, tmp_path: Path) -> None:
    assert run("snippet", "--all-libraries", "--language", "en").exit_code == 0
    listed = (loaded.folder / "libraries.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(list((tmp_path / "kit" / "libraries").iterdir())) == len(listed) > 3
    assert (tmp_path / "kit" / "en" / "web-snippet.html").is_file()


def test_an_unknown_library_is_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    result = run("snippet", "--library", "Atlantis")
    assert isinstance(result.exception, ConfigError) and "'Atlantis'" in str(result.exception)
    assert not (tmp_path / "kit").exists()
    assert run("snippet", "--library", "Atlantis", "--all-libraries").exit_code == 2


def test_a_kit_that_nobody_touched_is_replaced(run: Run, tmp_path: Path) -> None:
    assert run("snippet").exit_code == 0
    assert run("letters", "--language", "en").exit_code == 0
    made = files(tmp_path / "kit")
    assert "en/letter-start.docx" in made and "en/web-snippet.html" not in made


@pytest.mark.parametrize("change", ["en/letter-start.docx", "en/notes.txt", "CHECKSUMS.txt"])
def test_work_of_staff_in_the_folder_is_never_lost(run: Run, tmp_path: Path, change: str) -> None:
    assert run("letters", "--language", "en").exit_code == 0
    changed = tmp_path / "kit" / change
    with changed.open("ab") as file:
        file.write(b"ours")
    if change == "CHECKSUMS.txt":
        changed.unlink()
    before = files(tmp_path / "kit")
    result = run("snippet", "--language", "en")
    assert isinstance(result.exception, ExportError)
    assert files(tmp_path / "kit") == before


def test_other_folders_are_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "thesis.docx").write_bytes(b"mine")
    assert isinstance(run("snippet").exception, ExportError)
    assert files(tmp_path / "kit") == {"thesis.docx": b"mine"}
    (tmp_path / "file").write_bytes(b"mine")
    assert run("snippet", into="file").exit_code == 2
    (tmp_path / "link").symlink_to(tmp_path / "kit")
    assert isinstance(run("snippet", into="link").exception, ExportError)


def test_a_pale_brand_is_refused_and_nothing_is_written(run: Run, loaded: Loaded, tmp_path: Path) -> None:
    campaign(loaded.folder, accent="#ffcc00")
    result = run("posters")
    assert isinstance(result.exception, AdvocacyMonitorError) and "brand.yaml: accent" in str(result.exception)
    assert "4.5:1" in str(result.exception) and not (tmp_path / "kit").exists()


def test_it_says_what_to_install(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = run("posters")
    assert isinstance(result.exception, ConfigError) and "advocacy-monitor[form]" in str(result.exception)
    assert not (tmp_path / "kit").exists()


@pytest.fixture
def quoting(loaded: Loaded, clock: Clock) -> Campaign:
    store = Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock)
    made = Campaign(loaded, store, clock, check_versions(loaded))
    made.add(make_submission("The staff helped me, and now I have work again.", library="Quarry Lane Library"))
    return made


ORDER = Order(kinds=("letters",), languages=("en",))


def test_results_stand_in_the_kit_once_somebody_may_be_quoted(quoting: Campaign, tmp_path: Path) -> None:
    order = Order(kinds=("letters",), languages=("en", "ar"), libraries=("", "Riverside Central Library"))
    with quoting.store as store:
        made = write_kit(quoting.loaded, store, tmp_path / "kit", order, as_of=AS_OF)
    names = set(files(tmp_path / "kit"))
    assert {"en/press-release-results.docx", "ar/letter-results.docx"} <= names
    assert not any("results" in name for name in names if name.startswith("libraries"))
    assert made.left_out == [
        "no press release and letter with results: there is no approved statement about Riverside Central Library that "
        "may be quoted yet"
    ]


def test_who_withdraws_while_the_kit_is_made_is_not_in_it(
    quoting: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdrawn(store: Store, pack: EvidencePack) -> None:
        item_ids = [each.item_id for each in pack.exhibits]
        decide(store, item_ids, Status.REJECTED, moderator="Kim", reason="withdrew", clock=quoting.clock)
        check_exhibits(store, pack)

    monkeypatch.setattr("advocacy_monitor.kit.folder.check_exhibits", withdrawn)
    with quoting.store as store, pytest.raises((ConsentError, ExportError)):
        write_kit(quoting.loaded, store, tmp_path / "kit", ORDER, as_of=AS_OF)
    assert not (tmp_path / "kit").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_an_older_kit_stays_when_the_new_one_fails(
    quoting: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quoting.store as store:
        write_kit(quoting.loaded, store, tmp_path / "kit", ORDER, as_of=AS_OF)
        before = files(tmp_path / "kit")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("advocacy_monitor.kit.folder._write", full)
        with pytest.raises(ExportError, match="the disk is full"):
            write_kit(quoting.loaded, store, tmp_path / "kit", ORDER, as_of=AS_OF)
    assert files(tmp_path / "kit") == before
