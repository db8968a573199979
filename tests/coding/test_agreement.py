"""Agreement over stored rounds: blind answers only, the random slice apart, and what coders should talk about."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import krippendorff
import numpy as np
import pytest

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.agreement import agreement_of
from advocacy_monitor.coding.page import page_of
from advocacy_monitor.coding.report import Figure, ThemeAgreement, Verdict, as_values, verdict
from advocacy_monitor.coding.rounds import coding, draw_round, record, shown
from advocacy_monitor.coding.settling import settle
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from tests.coding.conftest import answer, fill
from tests.conftest import make_post

Drawing = tuple[Round, list[Drawn]]
ANNA = {1: "jobs", 2: "jobs joy", 3: "none", 4: "too_short", 5: "joy", 6: "jobs", 7: "none", 8: "place"}
BEN = {1: "jobs", 2: "jobs", 3: "none", 4: "too_short", 5: "place", 6: "too_short", 7: "joy", 8: "place"}


def test_nothing_coded_twice_gives_nothing(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    assert agreement_of(store) is None
    answer(store, codebook, drawn_round[0], "Anna", {1: "jobs", 2: "joy"})
    answer(store, codebook, drawn_round[0], "Ben", {3: "jobs"})
    assert agreement_of(store) is None


def test_the_figures_are_those_of_the_answers(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, _ = drawn_round
    answer(store, codebook, round_, "Anna", ANNA)
    answer(store, codebook, round_, "Ben", BEN)
    report = agreement_of(store, themes=codebook.codes)
    assert report is not None
    assert report.coders == ("Anna", "Ben")
    everything = report.everything
    assert everything.units == 8
    assert [theme.theme for theme in everything.themes] == ["jobs", "joy", "place", "print_copy"]
    jobs = everything.themes[0]
    # Statement 4 was too short for both and 6 for one, so six statements remain for the themes.
    assert (jobs.units, jobs.given, jobs.differing, jobs.positives) == (6, 2, 0, {"Anna": 2, "Ben": 2})
    assert jobs.alpha.value == pytest.approx(1)
    joy = everything.themes[1]
    votes = [[0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0]]
    expected = krippendorff.alpha(votes, level_of_measurement="nominal")
    assert joy.alpha.value == pytest.approx(expected)
    assert (joy.given, joy.differing) == (3, 3)
    assert joy.agreed.value == pytest.approx(0.5)
    assert everything.themes[3].alpha == Figure(value=None)  # nobody gave it
    assert everything.themes[3].given == 0
    short = {each.theme: each for each in everything.answers}["too_short"]
    assert (short.units, short.positives) == (8, {"Anna": 1, "Ben": 2})
    assert everything.identical.value == pytest.approx(4 / 8)
    defined = [each.alpha.value for each in everything.themes if each.alpha.value is not None]
    assert everything.mean_alpha.value == pytest.approx(np.mean(defined))


def test_only_statements_drawn_by_chance_are_in_the_random_slice(
    store: Store, codebook: Codebook, drawn_round: Drawing
) -> None:
    round_, drawn = drawn_round
    by_chance = [each.position for each in drawn if each.drawn == "random"]
    other = next(each.position for each in drawn if each.drawn != "random")
    for coder in ("Anna", "Ben"):
        answer(store, codebook, round_, coder, {other: "jobs"})
    report = agreement_of(store)
    assert report is not None
    assert report.random is None
    assert report.best is report.everything
    assert any("drawn by chance" in note for note in report.notes)
    for coder in ("Anna", "Ben"):
        answer(store, codebook, round_, coder, dict.fromkeys(by_chance, "joy"))
    report = agreement_of(store)
    assert report is not None
    assert report.random is not None
    assert (report.random.units, report.everything.units) == (2, 3)
    assert report.best is report.random


def test_settled_answers_do_not_count(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    answer(store, codebook, round_, "Anna", ANNA)
    answer(store, codebook, round_, "Ben", BEN)
    before = agreement_of(store, draws=10)
    settle(store, round_, coding(codebook, drawn[4].item_id, "Anna", "themes", themes=["place"]))
    settle(store, round_, coding(codebook, drawn[6].item_id, "Carla", "none"))
    assert agreement_of(store, draws=10) == before


def test_what_is_taken_for_what_and_what_to_talk_about(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    answer(store, codebook, round_, "Anna", ANNA)
    answer(store, codebook, round_, "Ben", BEN)
    report = agreement_of(store)
    assert report is not None
    assert {(each.theme, each.other, each.count) for each in report.confused} == {
        ("joy", "", 1),  # statement 2: one gives it, the other nothing in its place
        ("joy", "place", 1),
        ("jobs", "too_short", 1),
        ("joy", "none", 1),
    }
    assert [each.position for each in report.discussed] == [5, 6, 7, 2]
    assert [round(each.distance, 3) for each in report.discussed] == [1, 1, 1, round(1 - 1 / 2 * 2 / 3, 3)]
    assert report.discussed[1].answers == {"Anna": ("jobs",), "Ben": ("too_short",)}
    assert report.discussed[1].item_id == drawn[5].item_id


def test_three_coders_who_did_not_code_the_same(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, _ = drawn_round
    answer(store, codebook, round_, "Anna", ANNA)
    answer(store, codebook, round_, "Ben", dict(list(BEN.items())[:5]))
    answer(store, codebook, round_, "Cem", dict(list(ANNA.items())[4:]))
    report = agreement_of(store, draws=50)
    assert report is not None
    assert report.coders == ("Anna", "Ben", "Cem")
    nan = float("nan")
    joy = next(each for each in report.everything.themes if each.theme == "joy")
    votes = [[0, 1, 0, nan, 1, 0, 0, 0], [0, 0, 0, nan, 0, nan, nan, nan], [nan] * 4 + [1, 0, 0, 0]]
    assert joy.alpha.value == pytest.approx(krippendorff.alpha(votes, level_of_measurement="nominal"))
    assert report.everything.units == 8


def test_rounds_are_measured_apart_and_together(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    first, _ = drawn_round
    fill(store, [make_post(f"More words {n} about a library.") for n in range(4)])
    newer = codebook.model_copy(update={"version": 2, "rules": ("Another rule.",)})
    second, _ = draw_round(store, newer, "second", chance=0, made_by="Kim")
    for coder in ("Anna", "Ben"):
        answer(store, codebook, first, coder, {1: "jobs", 2: "joy"})
        answer(store, codebook, second, coder, {1: "jobs", 2: "none", 3: "joy"})
    units = {}
    for names in (["first"], ["second"], None):
        report = agreement_of(store, rounds=names, draws=10)
        assert report is not None
        units[str(names)] = (report.everything.units, len(report.rounds))
    assert units == {"['first']": (2, 1), "['second']": (3, 1), "None": (5, 2)}
    report = agreement_of(store, draws=10)
    assert report is not None
    assert any("different versions of the codebook" in note for note in report.notes)
    assert (report.rounds[1].statements, report.rounds[1].coded, report.rounds[1].coded_twice) == (4, 3, 3)


@pytest.mark.parametrize(
    ("alpha", "word"),
    [
        (1.0, "reliable"),
        (0.8, "reliable"),
        (0.799, "tentative"),
        (0.667, "tentative"),
        (0.666, "not reliable"),
        (-1, "not reliable"),
    ],
)
def test_the_words_for_alpha(alpha: float, word: str) -> None:
    assert str(verdict(alpha)).startswith(word)


def test_a_rare_theme_is_not_called_reliable() -> None:
    def theme(given: int, alpha: float | None) -> Verdict:
        nothing = Figure(value=None)
        row = ThemeAgreement(
            theme="jobs",
            units=50,
            given=given,
            differing=0,
            positives={},
            alpha=Figure(value=alpha),
            kappa=nothing,
            ac1=nothing,
            agreed=nothing,
        )
        return row.verdict

    assert theme(4, 1.0) is Verdict.TOO_FEW
    assert theme(5, 1.0) is Verdict.RELIABLE
    assert theme(50, None) is Verdict.TOO_FEW


def _large(store: Store, codebook: Codebook, *, units: int, seed: int, agree: float) -> Round:
    """A round in which the second coder repeats the first with probability `agree`, theme by theme."""
    fill(store, [make_post(f"Statement {n} of many about a library.") for n in range(units)])
    round_, drawn = draw_round(store, codebook, f"large {seed}", size=units, chance=1, seed=seed, made_by="Kim")
    chance = np.random.default_rng(seed)
    first = chance.random((units, len(codebook.codes))) < 0.15
    second = np.where(chance.random(first.shape) < agree, first, chance.random(first.shape) < 0.15)
    for coder, votes in (("Anna", first), ("Ben", second)):
        made = []
        for each, row in zip(drawn, votes, strict=True):
            themes = [code for code, given in zip(codebook.codes, row, strict=True) if given]
            made.append(coding(codebook, each.item_id, coder, "themes" if themes else "none", themes=themes))
        record(store, round_, made)
    return round_


def test_intervals_hold_the_value_and_are_the_same_for_a_seed(store: Store, codebook: Codebook) -> None:
    _large(store, codebook, units=150, seed=2, agree=0.8)
    report, again, other = (agreement_of(store, seed=seed) for seed in (1, 1, 2))
    assert report == again != other
    assert report is not None
    for figure in (report.everything.sets, report.everything.mean_alpha, report.everything.themes[0].alpha):
        assert figure.value is not None
        assert figure.interval is not None
        assert figure.interval[0] < figure.value < figure.interval[1]
        assert 0.05 < figure.interval[1] - figure.interval[0] < 0.5
    # Everything was drawn by chance, so both slices are one.
    assert report.random == report.everything


def test_a_report_on_300_statements_and_18_themes_takes_seconds(store: Store) -> None:
    from advocacy_monitor.codebook import load_codebook

    library = load_codebook("library")
    _large(store, library, units=300, seed=3, agree=0.8)
    started = time.process_time()
    report = agreement_of(store, themes=library.codes)
    assert report is not None
    assert len(report.everything.themes) == len(library.codes) >= 15
    assert time.process_time() - started < 10


def test_an_interval_is_not_given_where_draws_cannot_hold_it(store: Store, codebook: Codebook) -> None:
    fill(store, [make_post(f"Statement {n} about a library.") for n in range(20)])
    round_, _ = draw_round(store, codebook, "rare", made_by="Kim")
    for coder in ("Anna", "Ben"):
        answer(store, codebook, round_, coder, {1: "jobs", **dict.fromkeys(range(2, 11), "joy"), 11: "none"})
    few = agreement_of(store, themes=codebook.codes)
    assert few is not None
    assert few.everything.themes[1].alpha.value == pytest.approx(1.0)
    assert few.everything.themes[1].alpha.interval is None  # eleven statements
    assert few.everything.verdict is Verdict.TOO_FEW
    for coder in ("Anna", "Ben"):
        answer(store, codebook, round_, coder, dict.fromkeys(range(12, 21), "none"))
    report = agreement_of(store, themes=codebook.codes)
    assert report is not None
    jobs, joy = report.everything.themes[:2]
    assert jobs.alpha.value == pytest.approx(1.0)
    assert jobs.alpha.interval is None  # in a third of the draws nobody gives it
    assert jobs.verdict is Verdict.TOO_FEW
    assert joy.alpha.interval == pytest.approx((1, 1))
    assert joy.verdict is Verdict.RELIABLE
    assert report.everything.verdict is Verdict.RELIABLE


def test_the_report_as_json_and_as_a_page(store: Store, codebook: Codebook) -> None:
    text = "<script>alert(1)</script> \u202e I lost my job & came here"
    fill(store, [make_post(text, language="ar")])
    round_, drawn = draw_round(store, codebook, "<b>", chance=1, made_by="Kim")
    answer(store, codebook, round_, "A<i>", {1: "jobs"})
    answer(store, codebook, round_, "Ben", {1: "joy"})
    report = agreement_of(store, themes=codebook.codes)
    assert report is not None
    values = json.loads(json.dumps(as_values(report), default=str))
    assert values["random"]["verdict"] == "too few statements to say"
    assert values["everything"]["themes"][0]["positives"] == {"A<i>": 1, "Ben": 0}
    assert "job" not in json.dumps(values["discussed"]).replace("jobs", "")  # no words of a statement
    page = page_of(report, codebook, {each.item_id: each for each in shown(store, drawn)})
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<i>" not in page
    assert "<b>" not in page
    assert 'dir="auto" lang="ar"' in page
    assert "too few statements to say" in page
    assert page.index("Statements drawn by chance") < page.index("All statements")
    assert "http" not in page.replace("http-equiv", "")
    removed = page_of(report, codebook, {})
    assert "(removed)" in removed


def test_what_to_merge_or_redefine(store: Store, codebook: Codebook) -> None:
    round_ = _large(store, codebook, units=120, seed=5, agree=0.1)
    report = agreement_of(store, themes=codebook.codes, draws=20)
    assert report is not None
    assert report.unreliable == codebook.codes
    good = _large(store, codebook, units=120, seed=6, agree=1.0)
    report = agreement_of(store, rounds=[good.name], themes=codebook.codes, draws=20)
    assert report is not None
    assert report.unreliable == ()
    assert {theme.verdict for theme in report.everything.themes} == {Verdict.RELIABLE}
    # Where chance drew too few, all statements decide.
    few = agreement_of(store, rounds=[round_.name], themes=codebook.codes, draws=20)
    assert few is not None
    theme = replace(few.everything.themes[0], given=3)
    assert replace(few, random=replace(few.everything, themes=(theme,))).unreliable == codebook.codes
