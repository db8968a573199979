"""Folds, calibration, thresholds and figures: the parts that decide whether the hybrid may be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.classifier.calibration import (
    PSEUDO_POSITIVES,
    Bin,
    best_threshold,
    expected_error,
    platt,
    reliability,
    thresholds,
)
from advocacy_monitor.classifier.encoder import is_installed
from advocacy_monitor.classifier.features import Centring
from advocacy_monitor.classifier.figures import Draws, gain, measure
from advocacy_monitor.classifier.gold import teaching
from tests.classifier.statements import coded, gold

needs_learn = pytest.mark.skipif(not is_installed(), reason="the extra `learn` is not installed")


@needs_learn
def test_copies_are_never_split_and_rare_themes_are_spread() -> None:
    from advocacy_monitor.classifier.folds import folds

    statements = gold(200)
    copies = [coded(f"{each.text} !", *each.themes, group=each.group) for each in statements[:60]]
    taught = teaching([*statements, *copies])
    fold = folds(taught, seed=1)
    assert set(fold) == {0, 1, 2, 3, 4}
    for group in {each.group for each in taught}:
        assert len({int(fold[row]) for row, each in enumerate(taught) if each.group == group}) == 1
    parking = [int(fold[row]) for row, each in enumerate(taught) if "parking" in each.themes]
    assert len(set(parking)) >= 4
    assert fold.tolist() == folds(taught, seed=1).tolist()
    assert fold.tolist() != folds(taught, seed=2).tolist()


def test_the_same_words_are_one_group_whatever_groups_were_given() -> None:
    one, two, three, four, five = teaching(
        [
            coded("The same words", "books", group="a"),
            coded("the  SAME words", group="b"),
            coded("other words", group="b"),
            coded("yet others", group="c"),
            coded("hm", answer="too_short"),
            coded("more of c", group="c"),
        ]
    )
    groups = {each.text: each.group for each in (one, two, three, four, five)}
    assert groups["The same words"] == groups["the  SAME words"] == groups["other words"]
    assert groups["yet others"] == groups["more of c"] != groups["other words"]


def test_platt_finds_the_sigmoid_that_made_the_answers() -> None:
    random = np.random.default_rng(3)
    margins = random.normal(size=20_000) * 2
    truth = random.random(20_000) < 1 / (1 + np.exp(-(1.5 * margins - 1)))
    found = platt(margins, truth)
    assert found.slope == pytest.approx(1.5, abs=0.1)
    assert found.offset == pytest.approx(-1, abs=0.1)
    error = expected_error(reliability(found(margins), truth))
    assert error is not None
    assert error < 0.02


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.booleans()), min_size=1, max_size=60),
)
def test_platt_never_fails_and_never_turns_the_order_round(pairs: list[tuple[float, bool]]) -> None:
    margins, truth = np.array([m for m, _ in pairs]), np.array([t for _, t in pairs])
    sigmoid = platt(margins, truth)
    assert sigmoid.slope >= 0
    found = sigmoid(np.sort(margins))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=60)
def test_the_best_threshold_is_as_good_as_any(pairs: list[tuple[float, bool]]) -> None:
    p, truth = np.array([p for p, _ in pairs]), np.array([t for _, t in pairs])
    found = best_threshold(p, truth)

    def f1(threshold: float) -> float:
        said = p >= threshold
        return float(2 * (said & truth).sum() / max(said.sum() + truth.sum(), 1))

    if not truth.any():
        assert found is None
    else:
        assert found is not None
        assert f1(found) == pytest.approx(max(f1(t) for t in np.arange(0, 1, 0.05)))


def test_few_positives_draw_a_threshold_to_the_common_one() -> None:
    p = np.zeros((200, 2))
    truth = np.zeros((200, 2), dtype=np.bool_)
    truth[:100, 0], p[:100, 0], p[100:, 0] = True, 0.30, 0.10
    truth[:2, 1], p[:2, 1], p[2:, 1] = True, 0.90, 0.80
    many, few = thresholds(p, truth)
    common = (many * (100 + PSEUDO_POSITIVES) - 100 * 0.2) / PSEUDO_POSITIVES
    assert few == pytest.approx((2 * 0.85 + PSEUDO_POSITIVES * common) / (2 + PSEUDO_POSITIVES))
    assert abs(many - 0.2) < abs(few - 0.85)


def test_reliability_says_what_was_said_and_what_was_true() -> None:
    p = np.array([0.05, 0.05, 0.95, 1.0])
    truth = np.array([False, True, True, True])
    low, high = reliability(p, truth)
    assert (low.n, low.said, low.true) == (2, 0.05, 0.5)
    assert high == Bin(low=0.9, high=1.0, n=2, said=0.975, true=1.0)
    assert expected_error((low, high)) == pytest.approx((2 * 0.45 + 2 * 0.025) / 4)
    assert expected_error(()) is None


def test_figures_are_those_counted_by_hand_and_their_range_holds_them() -> None:
    truth = np.array([[1, 0], [1, 0], [1, 0], [0, 0]] * 20, dtype=np.bool_)
    said = np.array([[1, 0], [1, 1], [0, 0], [1, 0]] * 20, dtype=np.bool_)
    found = measure(truth, said, Draws(80, seed=1))
    first, second = found.themes
    assert (first.precision, first.recall, first.f1) == (40 / 60, 40 / 60, 2 / 3)
    assert first.low is not None and first.high is not None
    assert first.low < 2 / 3 < first.high
    assert (second.people, second.f1, second.low) == (0, None, None)
    assert found.macro.value == pytest.approx(2 / 3)
    assert found.micro == pytest.approx(2 * 40 / (60 + 80))
    assert measure(truth, said, Draws(80, seed=1)) == found
    better = gain(truth, said, truth, Draws(80, seed=1))
    assert better.value == pytest.approx(1 / 3)
    assert better.low is not None and better.low > 0.15


def test_copies_are_drawn_together_so_that_they_do_not_narrow_the_range() -> None:
    truth = np.array([[1], [1], [0], [1], [0], [1]] * 5, dtype=np.bool_)
    said = np.array([[1], [0], [1], [1], [0], [1]] * 5, dtype=np.bool_)
    alone = measure(truth, said, Draws(30, seed=1)).macro
    copied = np.repeat(np.arange(30), 8)
    many = measure(truth[copied], said[copied], Draws(240, seed=1, groups=[str(row) for row in copied])).macro
    assert alone.low is not None and many.low is not None
    assert many.low == pytest.approx(alone.low, abs=0.06)


def test_centring_takes_away_what_a_language_shares_and_knows_others_by_the_common_mean() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(200, 8)).astype(np.float32)
    languages = ["en"] * 198 + ["fr"] * 2
    vectors[:198, 0] += 5
    vectors[198:, 1] += 5
    centring = Centring.fit(vectors, languages)
    assert abs(centring.apply(vectors, languages)[:198].mean(axis=0)[0]) < 0.1
    # Two statements say little about a language: its mean is drawn to the common one.
    assert centring.languages["fr"][1] < 3.5
    assert centring.apply(vectors[:1], ["it"]).shape == (1, 8)
    assert centring.apply(np.zeros((1, 8), dtype=np.float32), ["en"]).any() == False  # noqa: E712
    assert centring.apply(np.zeros((0, 8), dtype=np.float32), []).shape == (0, 8)
