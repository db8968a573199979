"""Every figure on an example worked by hand, against scikit-learn, and with ranges that are honest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluation.as_text import as_text
from advocacy_monitor.evaluation.calibration import calibrate
from advocacy_monitor.evaluation.cases import Statement
from advocacy_monitor.evaluation.measures import Codes, gain, measure, wilson
from tests.evaluation.examples import HAND_WORKED, measured, said


def test_figures_are_those_worked_by_hand() -> None:
    part = measured(*HAND_WORKED).slices["all"]
    assert list(part.languages) == ["all", "en", "de"]
    assert [block.statements for block in part.languages.values()] == [7, 5, 1]
    assert part.unread == 1
    everything, english, german = part.languages.values()
    books, hours, noise = english.themes.values()
    assert (books.both, books.machine_only, books.person_only, books.support, books.found) == (2, 1, 0, 2, 3)
    assert [books.precision.value, books.recall.value, books.f1.value] == pytest.approx([2 / 3, 1.0, 0.8])
    assert [hours.precision.value, hours.recall.value, hours.f1.value] == pytest.approx([1.0, 0.5, 2 / 3])
    assert (noise.precision.value, noise.recall.value, noise.support) == (0.0, None, 0)
    assert english.macro.themes == 2
    assert english.macro.f1.value == pytest.approx((0.8 + 2 / 3) / 2)
    assert english.macro.precision.value == pytest.approx((2 / 3 + 1) / 2)
    assert (english.micro.both, english.micro.machine_only, english.micro.person_only) == (3, 2, 1)
    assert german.macro.f1.value == 1.0
    assert everything.themes["books"].person_only == 1
    # Statement by statement: 1, 1, 0 (books too much), 0 (hours lacking), 0 (noise too much).
    assert english.samples_f1.value == pytest.approx(2 / 5)


def test_two_empty_sets_count_1_and_none_is_a_code_of_its_own() -> None:
    block = (
        measured(said("Quiet"), said("Silence"), said("Noise"), said("Late", "hours")).slices["all"].languages["all"]
    )
    assert block.samples_f1.value == pytest.approx(2 / 4)
    assert (block.none.both, block.none.person_only, block.none.machine_only) == (2, 1, 1)
    assert block.none.precision.value == pytest.approx(2 / 3)
    assert block.macro.themes == 1  # "none" is no theme


def test_a_theme_without_support_does_not_enter_the_mean_and_none_gives_no_mean() -> None:
    block = measured(said("Noise"), said("Quiet")).slices["all"].languages["all"]
    assert block.macro.f1.value is None
    assert block.macro.f1.interval is None


def test_too_short_is_no_negative_example_and_is_counted() -> None:
    report = measured(said("My books", "books"), said("books", answer="too_short"), said("hm", answer="too_short"))
    part = report.slices["all"]
    assert (part.statements, part.left_too_short, part.too_short_coded) == (1, 2, 1)
    assert part.languages["all"].themes["books"].machine_only == 0
    with pytest.raises(ConfigError, match="too short to say; nothing is left"):
        measured(said("hm", answer="too_short"))


def test_ranges_are_the_same_each_time_and_hold_the_figure() -> None:
    first, second = (measured(*HAND_WORKED) for _ in range(2))
    assert first == second
    macro = first.slices["all"].languages["all"].macro.f1
    assert macro.value is not None
    assert macro.interval is not None
    assert macro.interval[0] < macro.value < macro.interval[1]
    other = measured(*HAND_WORKED, seed=2).slices["all"].languages["all"].macro.f1
    assert other.interval != macro.interval


def test_where_every_draw_agrees_the_range_is_wilsons_and_never_a_point() -> None:
    books = measured(*(said(f"books {n}", "books") for n in range(20))).slices["all"].languages["all"].themes["books"]
    assert books.precision.value == books.f1.value == 1.0
    assert books.precision.interval == pytest.approx((0.8389, 1.0), abs=1e-4)  # 20 of 20, from a table
    assert books.f1.interval is not None
    assert books.f1.interval[0] == pytest.approx(2 * 0.8389 / 1.8389, abs=1e-3)


def test_one_statement_makes_no_mean_certain() -> None:
    block = measure(Codes(np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])), ["books", "hours"], seed=1)
    for figure in (block.macro.precision, block.macro.recall, block.macro.f1):
        assert figure.value == 1.0
        assert figure.interval is not None
        assert figure.interval[0] < 0.5 < figure.interval[1] == 1.0
    perfect = measure(Codes(np.ones((1, 2)), np.ones((1, 2))), ["books", "hours"], seed=1)
    assert perfect.samples_f1.interval == wilson(1, 1)


@pytest.mark.parametrize(
    ("right", "base", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],  # the last: Newcombe 1998, table I
)
def test_wilsons_interval_is_that_of_the_tables(right: int, base: int, low: float, high: float) -> None:
    assert wilson(right, base) == pytest.approx((low, high), abs=1e-4)
    assert wilson(0, 0) is None


_MATRIX = st.integers(2, 30).flatmap(
    lambda rows: st.tuples(
        *[st.lists(st.lists(st.integers(0, 1), min_size=3, max_size=3), min_size=rows, max_size=rows)] * 2
    )
)


@settings(max_examples=25, deadline=None)
@given(_MATRIX)
def test_the_figures_are_scikit_learns(matrices: tuple[list[list[int]], list[list[int]]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="the extra `learn` is not installed")
    truth, found = (np.array(matrix, dtype=float) for matrix in matrices)
    block = measure(Codes(truth, found), ["a", "b", "c"], seed=1)
    for column, theme in enumerate(block.themes.values()):
        expected = metrics.precision_recall_fscore_support(
            truth[:, column], found[:, column], average="binary", zero_division=np.nan
        )
        for figure, value in zip((theme.precision, theme.recall), expected[:2], strict=True):
            assert figure.value == (None if np.isnan(value) else pytest.approx(value))
    micro = metrics.f1_score(truth, found, average="micro", zero_division=np.nan)
    assert block.micro.f1.value == (None if np.isnan(micro) else pytest.approx(micro))
    samples = metrics.f1_score(truth, found, average="samples", zero_division=1)
    assert block.samples_f1.value == pytest.approx(samples)
    columns = np.flatnonzero(truth.sum(axis=0))
    if columns.size:
        each = [metrics.f1_score(truth[:, column], found[:, column], zero_division=0) for column in columns]
        assert block.macro.f1.value == pytest.approx(np.mean(each))


_STATEMENTS = st.lists(
    st.builds(
        said,
        st.sampled_from(["books", "hours and noise", "Buch", "nothing", "Krach"]),
        language=st.sampled_from(["en", "de", "it", None]),
        drawn=st.sampled_from([None, "random", "uncertain"]),
        answer=st.sampled_from(["none", "too_short"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(_STATEMENTS)
def test_counts_add_up_and_every_line_fits_100_columns(statements: Sequence[Statement]) -> None:
    numbered = [
        said(each.text, language=each.language, drawn=each.drawn, id=str(n)) for n, each in enumerate(statements)
    ]
    report = measured(*numbered, kind="campaign")
    for name, part in report.slices.items():
        chosen = [each for each in numbered if name == "all" or each.drawn == "random"]
        assert part.statements == len(chosen)
        languages = [block for code, block in part.languages.items() if code != "all"]
        assert sum(block.statements for block in languages) + part.unread == part.statements
        for block in part.languages.values():
            for each in (block.micro, block.none, *block.themes.values()):
                for figure in (each.precision, each.recall, each.f1):
                    values = [figure.value, *(figure.interval or ())]
                    assert all(0 <= value <= 1 for value in values if value is not None)
    assert max(map(len, as_text(report).splitlines())) <= 100


def test_the_gain_over_a_baseline_is_drawn_in_pairs() -> None:
    """Two codings that are right on the same statements differ by nothing in each draw, however uncertain both are."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, (60, 3)).astype(float)
    found = np.where(random.random((60, 3)) < 0.3, 1 - truth, truth)
    same = gain(Codes(truth, found), Codes(truth, found), seed=1)
    assert (same.value, same.interval) == (0.0, None)
    better = gain(Codes(truth, truth), Codes(truth, found), seed=1)
    assert better.interval is not None
    assert better.interval[0] > 0


def test_calibration_on_an_example_worked_by_hand() -> None:
    probabilities = np.array([[0.95, 0.12], [0.85, 0.18], [0.95, np.nan], [0.15, np.nan]])
    truth = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    found = calibrate(probabilities, truth, ["a", "b"], slice_name="all")
    assert found is not None
    assert [(each.low, each.pairs) for each in found.bins] == [(0.1, 3), (0.8, 1), (0.9, 2)]
    assert found.bins[0].promised == pytest.approx(0.15)
    assert found.bins[0].held.value == pytest.approx(1 / 3)
    # |0.45 - 1| + |0.85 - 1| + |1.90 - 1| = 0.55 + 0.15 + 0.90 over six pairs
    assert found.ece == pytest.approx(1.6 / 6, abs=1e-6)
    assert found.brier == pytest.approx((0.0025 + 0.0144 + 0.0225 + 0.6724 + 0.9025 + 0.0225) / 6, abs=1e-6)
    assert found.themes["b"][0] == 2
    assert not found.of_all
    assert calibrate(np.full((2, 2), np.nan), truth[:2], ["a", "b"], slice_name="all") is None
