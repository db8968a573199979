"""From people's codes in a campaign's database to the report, its page, its file and what a pack says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli_evaluate import evaluate as command
from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import Campaign, Config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluation.as_html import write_page
from advocacy_monitor.evaluation.as_text import as_text
from advocacy_monitor.evaluation.cases import read_campaign
from advocacy_monitor.evaluation.coders import LexiconCoder
from advocacy_monitor.evaluation.for_packs import quality_of
from advocacy_monitor.evaluation.kept import keep, kept, read
from advocacy_monitor.evaluation.report import to_json
from advocacy_monitor.left_out import CHECKED_BY
from advocacy_monitor.method_coding import CodingFacts, how_well, who_coded
from advocacy_monitor.models import Annotation, Page, Query, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import compile_pack
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn
from tests.conftest import Clock, make_submission
from tests.evaluation.examples import HAND_WORKED, measured, said, small

NOW = datetime(2026, 11, 3, tzinfo=UTC)
KIM, LEE = "person:Kim", "person:Lee"


def fact(item_id: int, label: str, value: str, by: str) -> Annotation:
    return Annotation(item_id=item_id, label=label, value=value, by=by)


def coded(item_id: int, by: str, answer: str, *themes: str) -> list[Annotation]:
    return [fact(item_id, "coded", answer, by), *(fact(item_id, "theme", theme, by) for theme in themes)]


def fill(store: Store, *texts: str) -> None:
    run = store.runs.start("t", "collect")
    items = tuple(make_submission(text, language="en") for text in texts)
    store.add_page(run, Page(items=items), collector="t")


def close_round(store: Store, name: str, drawn: dict[int, str], codes: list[Annotation]) -> None:
    sample = [Drawn(item_id=n, position=p, drawn=how, reason="") for p, (n, how) in enumerate(drawn.items(), start=1)]
    round_ = store.rounds.make(name, sample, codebook=("small", 3, "0" * 64), seed=1, made_by="Kim")
    store.rounds.close(round_.id, lambda: codes, by="Kim")


def test_the_newest_answer_counts_with_the_codes_of_the_same_person(store: Store) -> None:
    fill(store, "My books", "Noise", "hm", "Late", "old code")
    store.assertions.add(coded(1, KIM, "themes", "hours", "noise"))
    store.assertions.add(coded(1, LEE, "themes", "books"))
    store.assertions.add([fact(1, "theme", "noise", "themes@1")])
    store.assertions.add([*coded(2, KIM, "none"), *coded(3, KIM, "too_short"), *coded(5, KIM, "themes", "gone_theme")])
    close_round(store, "spring", {1: "uncertain", 2: "random", 4: "random"}, [])
    cases = read_campaign(store, small())
    found = {each.id: (each.answer, each.themes, each.drawn, each.coder) for each in cases.statements}
    assert found == {
        "1": ("themes", frozenset({"books"}), "uncertain", LEE),
        "2": ("none", frozenset(), "random", KIM),
        "3": ("too_short", frozenset(), None, KIM),
    }
    assert cases.unknown_codes == 1  # item 5 is left out: what it was coded with is no theme any more
    assert cases.random_drawn == 2


def test_an_open_round_gives_no_random_statement_and_no_code_gives_an_error(store: Store) -> None:
    with pytest.raises(ConfigError, match="nobody has coded a statement of this campaign yet"):
        read_campaign(store, small())
    fill(store, "My books")
    store.assertions.add(coded(1, KIM, "themes", "books"))
    drawn = [Drawn(item_id=1, position=1, drawn="random", reason="")]
    store.rounds.make("open", drawn, codebook=("small", 3, "0" * 64), seed=1, made_by="Kim")
    assert [each.drawn for each in read_campaign(store, small()).statements] == [None]


def test_only_the_random_slice_speaks_for_the_rest() -> None:
    statements = [said(f"books {n}", "books", drawn="random", id=f"r{n}") for n in range(20)]
    statements += [said(f"late {n}", "books", drawn="uncertain", id=f"u{n}") for n in range(20)]
    report = measured(*statements, kind="campaign")
    assert list(report.slices) == ["random", "all"]
    assert report.best_slice == "random"
    recalls = [part.languages["all"].themes["books"].recall.value for part in report.slices.values()]
    assert recalls == [1.0, 0.5]
    picked = measured(*statements[20:], kind="campaign")
    assert list(picked.slices) == ["all"]
    assert "No statement was drawn at random" in as_text(picked)


def test_what_stands_for_what_and_which_are_most_wrong() -> None:
    report = measured(*HAND_WORKED, said("hours of noise", "books", id="worst"))
    pairs = {(each.person, each.machine): each.statements for each in report.confusions}
    assert pairs == {("", "books"): 1, ("", "noise"): 1, ("hours", ""): 1, ("books", ""): 1} | {
        ("books", "hours"): 1,
        ("books", "noise"): 1,
    }
    first = report.misses[0]
    assert (first.id, first.lacking, first.extra, first.text) == ("worst", ["books"], ["hours", "noise"], None)
    assert "hours of noise" not in to_json(report)
    told = measured(*HAND_WORKED, said("hours of noise", "books", id="worst"), texts=True)
    assert told.misses[0].text == "hours of noise"
    assert told.digest == report.digest


def test_reports_are_kept_without_words_and_compared_with(tmp_path: Path) -> None:
    report = measured(*HAND_WORKED, kind="campaign", texts=True)
    path = keep(tmp_path, report, now=NOW)
    assert path.parent == tmp_path / "evaluations"
    assert path.name == f"{report.coder}-{report.digest[:12]}.json"
    assert "Open late" not in path.read_text(encoding="utf-8")
    assert keep(tmp_path, report, now=NOW.replace(year=2027)) == path  # the same again is the same file
    (tmp_path / "evaluations" / "notes.json").write_text("{}")
    (found,) = kept(tmp_path)
    assert (found.measured_at, found.report.digest) == (NOW, report.digest)
    assert read(path).report.slices == report.slices
    for content in ("[]", '{"format": 9}', "{"):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(ConfigError, match=r"bad\.json: is"):
            read(tmp_path / "bad.json")


def test_a_pack_takes_only_the_newest_report_of_its_own_coding_on_its_own_statements(tmp_path: Path) -> None:
    report = measured(*HAND_WORKED, kind="campaign")
    by = f"themes@{report.coder}"
    assert quality_of(tmp_path, by) is None
    keep(tmp_path, measured(*HAND_WORKED, kind="file"), now=NOW)
    keep(tmp_path, replace(report, coder="small-2.00000000+lexicon-1"), now=NOW)
    assert quality_of(tmp_path, by) is None
    keep(tmp_path, report, now=NOW)
    drawn = [said(f"My book {n}", "books", drawn="random", id=f"d{n}") for n in range(20)]
    newer = measured(*HAND_WORKED, *drawn, kind="campaign")
    keep(tmp_path, newer, now=NOW.replace(month=12))
    quality = quality_of(tmp_path, by)
    assert quality is not None
    assert (quality.digest, quality.at_random, quality.statements) == (newer.digest, True, 20)
    books = quality.themes["books"][0]
    assert books is not None
    assert (books.value, books.base) == (1.0, 20)
    few = measured(*HAND_WORKED, *drawn[:19], kind="campaign")
    assert few.best_slice == "all"  # too few to speak for the rest


def test_the_page_is_whole_escaped_and_loads_nothing(tmp_path: Path) -> None:
    hostile = said("<script>alert(1)</script> \u202e\x1b[2J books", "hours", id="<b>7</b>")
    report = measured(*HAND_WORKED, hostile, kind="campaign", texts=True)
    report = replace(report, previous=report.baseline)
    write_page(report, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not set(page) & set("\u202e\x1b")
    assert not re.search(r"(src|href|url)\s*[=(]", page)
    assert 'name="viewport"' in page
    for words in ("0.80", "Version before", "What stands for what", report.digest[:12]):
        assert words in page


def test_how_well_is_told_in_english_and_german(tmp_path: Path) -> None:
    nobody = CodingFacts(by=["language@1", "themes@our-town-2.0a1b2c3d+lexicon-1"], coded_by_person=3)
    assert who_coded(nobody, statements=9, language="en") == (
        "Themes are suggestions of software (language@1, codebook our-town version 2 (0a1b2c3d), coded with lexicon-1). "
        "A person has coded 3 of the 9 statements; there, the person's coding is counted."
    )
    assert how_well(nobody, language="en").startswith("How good the software's coding is has not yet been measured")
    report = measured(*[said(f"books {n}", "books", drawn="random", id=str(n)) for n in range(30)], kind="campaign")
    keep(tmp_path, report, now=NOW)
    quality = quality_of(tmp_path, f"themes@{report.coder}")
    known = replace(
        nobody, quality=quality, coded_twice=40, coded_twice_at_random=True, alpha=0.7, alpha_range=(0.6, 0.8)
    )
    english, german = how_well(known, language="en"), how_well(known, language="de")
    assert "On 30 of this campaign's statements that people coded and that were drawn at random" in english
    assert "mean precision of 1 theme is 1.00" in english
    assert "Krippendorff's alpha is 0.70 (0.60–0.80) (for tentative conclusions)" in english
    assert "An 30 Aussagen dieser Kampagne, die Menschen zugeordnet haben und die zufällig gezogen wurden" in german
    assert "0,70 (0,60–0,80)" in german
    assert "{" not in english + german


def test_few_statements_give_no_verdict(tmp_path: Path) -> None:
    report = measured(
        said("books", "books", drawn="random", id="1"), said("quiet", "hours", drawn="random", id="2"), kind="campaign"
    )
    keep(tmp_path, report, now=NOW)
    quality = quality_of(tmp_path, f"themes@{report.coder}")
    few = CodingFacts(by=[], coded_by_person=2, quality=quality, coded_twice=3, coded_twice_at_random=True, alpha=1.0)
    english, german = how_well(few, language="en"), how_well(few, language="de")
    assert "(1 theme that the software gave as well)" in english
    assert "the mean recall 0.50" in english
    assert "So few statements do not tell how good the coding is." in english
    assert "alpha is 1.00 (too few statements to say how reliable that is)" in english
    assert "So wenige Aussagen" in german
    assert "(zu wenige Aussagen, um zu sagen" in german
    assert "(reliable)" not in english


def test_a_named_model_is_what_is_measured(campaign: Path, tmp_path: Path) -> None:
    model = tmp_path / "no-model"
    model.mkdir()
    result = CliRunner().invoke(command, ["--model", str(model)], obj=campaign)
    assert isinstance(result.exception, ConfigError)


def test_a_report_without_its_sums_is_refused(tmp_path: Path) -> None:
    values = json.loads(to_json(measured(*HAND_WORKED)))
    values["slices"]["all"]["languages"] = {}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ConfigError, match="lacks the figures"):
        read(path)


def test_a_pack_charts_a_theme_with_what_was_measured(store: Store, clock: Clock, tmp_path: Path) -> None:
    fill(store, *(f"books number {n}" for n in range(6)))
    for name in CHECKED_BY:
        store.assertions.add_batch(f"{name}@1", [], after=store.assertions.begin(name, f"{name}@1"), last_item_id=6)
    coder = LexiconCoder(small()).version
    store.assertions.begin("themes", f"themes@{coder}")
    store.assertions.add([fact(n, "theme", "books", f"themes@{coder}") for n in range(1, 7)])
    decide(store, range(1, 7), Status.APPROVED, moderator="Kim", reason="", clock=clock)
    config = Config(campaign=Campaign(name="Test", sponsor="A", contact="a@example.org"))
    plain = compile_pack(store, Query(title="All"), config, {"books": "Books"})
    assert (plain.themes[0].precision, plain.themes[0].checked) == (None, 0)
    assert "not yet been measured" in dict(plain.method)["How good the coding is"]
    right = [said(f"books {n}", *(["books"] if n else []), drawn="random", id=str(n)) for n in range(20)]
    rare = [said(f"hours {n}", "hours", drawn="random", id=f"h{n}") for n in range(2)]
    keep(tmp_path, measured(*right, *rare, kind="campaign"), now=NOW)
    quality = quality_of(tmp_path, f"themes@{coder}")
    packs = [compile_pack(store, Query(title="All"), config, {}, quality=quality) for _ in range(2)]
    assert packs[0] == packs[1]
    (theme,) = packs[0].themes
    assert (theme.precision, theme.recall, theme.checked, theme.at_random) == (0.95, 1.0, 22, True)
    assert theme.precision_range is not None
    assert theme.precision_range[0] < 0.95 <= theme.precision_range[1]
    assert packs[0].as_of == max(plain.as_of, NOW)
    assert "On 22 of this campaign's statements" in dict(packs[0].method)["How good the coding is"]


def run(config: Path, *given: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in given], obj=config)


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign folder in whose database somebody coded."""
    path = tmp_path / "config.yaml"
    path.write_text("campaign: {name: T, sponsor: S, contact: a@example.org, languages: [en]}\n", encoding="utf-8")
    with Store.open(tmp_path / "advocacy.db") as store:
        fill(store, "I always borrow crime novels.", "The librarian helped me with my form.", "hm")
        store.assertions.add([*coded(1, KIM, "themes", "reading_collections"), *coded(2, KIM, "themes", "staff_help")])
        store.assertions.add(coded(3, KIM, "too_short"))
    return path


def test_the_command_measures_the_campaign_and_keeps_the_report(campaign: Path) -> None:
    done = run(campaign, "--html", campaign.parent / "r.html")
    assert done.exit_code == 0, done.output
    assert "2 statements" in done.output
    assert "1 too short to say left out" in done.output
    assert max(map(len, done.output.split("\nwrote")[0].splitlines())) <= 100
    (report,) = kept(campaign.parent)
    assert report.report.coder == LexiconCoder(load_codebook("library")).version
    assert (campaign.parent / "r.html").read_bytes().startswith(b"<!DOCTYPE html>")


def test_the_command_prints_json_and_compares_with_an_earlier_version(campaign: Path, tmp_path: Path) -> None:
    first = CliRunner().invoke(command, ["--json"], obj=campaign)
    assert first.exit_code == 0, first.output
    content = json.loads(first.stdout)
    assert content["slices"]["all"]["statements"] == 2
    (found,) = kept(campaign.parent)
    earlier = found.report
    keep(campaign.parent, replace(earlier, coder="library-0.00000000+lexicon-0"), now=NOW)
    again = json.loads(CliRunner().invoke(command, ["--json"], obj=campaign).stdout)
    assert again["previous"]["all"]["coder"] == "library-0.00000000+lexicon-0"
    against = tmp_path / "against.json"
    against.write_text(to_json(replace(earlier, coder="library-9.00000000+lexicon-9")), encoding="utf-8")
    given = json.loads(CliRunner().invoke(command, ["--json", "--against", str(against)], obj=campaign).stdout)
    assert given["previous"]["all"]["coder"] == "library-9.00000000+lexicon-9"


def test_a_file_is_measured_without_any_campaign(tmp_path: Path) -> None:
    path = tmp_path / "coded.jsonl"
    path.write_text('{"text": "I always borrow crime novels.", "language": "en", "themes": ["reading_collections"]}\n')
    done = run(tmp_path / "none.yaml", path)
    assert done.exit_code == 0, done.output
    assert "reading_collections" in done.output
    assert not (tmp_path / "evaluations").exists()
    assert isinstance(run(tmp_path / "none.yaml").exception, ConfigError)
