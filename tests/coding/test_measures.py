"""The measures against other people's code, against published tables, and the fast ones against the slow ones."""

from __future__ import annotations

import time

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.distance import masi_distance

from advocacy_monitor.coding import measures
from advocacy_monitor.coding.measures import Floats, Sets, masi

metrics = pytest.importorskip("sklearn.metrics", reason="the extra `learn` is not installed")
cohen_kappa_score = metrics.cohen_kappa_score
NAN = float("nan")


def _once(votes: Floats) -> Floats:
    return np.ones((1, votes.shape[1]))


def _two(both: int, one: int, other: int, none: int) -> Floats:
    """The votes of two coders on one theme from the four counts of their table."""
    pairs = [(1, 1)] * both + [(1, 0)] * one + [(0, 1)] * other + [(0, 0)] * none
    return np.array(pairs, dtype=float).T[:, :, None]


def _random(seed: int, *, coders: int = 3, units: int = 40, themes: int = 4, missing: float = 0.2) -> Floats:
    chance = np.random.default_rng(seed)
    votes = (chance.random((coders, units, themes)) < chance.uniform(0.2, 0.6, themes)).astype(float)
    votes[chance.random((coders, units)) < missing] = np.nan
    return votes


@pytest.mark.parametrize(
    ("table", "kappa", "ac1"),
    [
        # Gwet (2008), Br. J. Math. Stat. Psychol. 61, 29-48: 125 subjects, both say yes to nearly all of them;
        # the paradox that AC1 was made for.
        ((118, 5, 2, 0), -0.0234, 0.9408),
        # By hand: agreed .70, chance for kappa .50·.60 + .50·.40 = .50, for AC1 2·.55·.45 = .495.
        ((20, 5, 10, 15), 0.40, (0.70 - 0.495) / (1 - 0.495)),
    ],
)
def test_kappa_and_ac1_of_published_tables(table: tuple[int, int, int, int], kappa: float, ac1: float) -> None:
    votes = _two(*table)
    assert measures.kappa(votes, _once(votes))[0, 0] == pytest.approx(kappa, abs=5e-5)
    assert measures.ac1(votes, _once(votes))[0, 0] == pytest.approx(ac1, abs=5e-5)
    assert measures.agreed(votes, _once(votes))[0, 0] == pytest.approx((table[0] + table[3]) / sum(table))


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    votes = _random(seed, coders=2, missing=0)
    found = measures.kappa(votes, _once(votes))[0]
    for theme in range(votes.shape[2]):
        assert found[theme] == pytest.approx(cohen_kappa_score(votes[0, :, theme], votes[1, :, theme]))


def test_kappa_of_three_coders_is_the_mean_of_the_pairs() -> None:
    votes = _random(3, missing=0)
    pairs = [(0, 1), (0, 2), (1, 2)]
    each = [cohen_kappa_score(votes[a, :, 0], votes[b, :, 0]) for a, b in pairs]
    assert measures.kappa(votes, _once(votes))[0, 0] == pytest.approx(np.mean(each))


@pytest.mark.parametrize("seed", range(8))
def test_the_fast_alpha_is_that_of_the_package(seed: int) -> None:
    votes = _random(seed, coders=2 + seed % 3)
    draws = measures.draw(votes.shape[1], times=20, seed=seed)
    assert measures.alpha_of_draws(votes, _once(votes))[0] == pytest.approx(measures.alpha(votes), nan_ok=True)
    for weights, found in zip(draws, measures.alpha_of_draws(votes, draws), strict=True):
        drawn = np.repeat(votes, weights.astype(int), axis=1)
        assert found == pytest.approx(measures.alpha(drawn), nan_ok=True)


def test_alpha_of_an_example_with_missing_values() -> None:
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, A: two observers, binary data: .095."""
    one, other = "0100000001", "1110010000"
    votes = np.array([[float(c) for c in one], [float(c) for c in other]])[:, :, None]
    assert measures.alpha(votes)[0] == pytest.approx(0.095, abs=5e-4)
    gap = np.concatenate([votes, np.array([1.0, NAN])[:, None, None]], axis=1)
    assert measures.alpha(gap)[0] == pytest.approx(measures.alpha(votes)[0])


def test_what_is_not_defined_is_said_to_be_so() -> None:
    never, always = _two(0, 0, 0, 9), _two(9, 0, 0, 0)
    for votes in (never, always):
        assert np.isnan(measures.alpha(votes)).all()
        assert np.isnan(measures.alpha_of_draws(votes, _once(votes))).all()
        assert np.isnan(measures.kappa(votes, _once(votes))).all()
        assert measures.ac1(votes, _once(votes))[0, 0] == 1.0  # AC1 is defined there: chance agreement is 0
    alone = np.array([[1.0, 0.0], [NAN, NAN]])[:, :, None]
    assert np.isnan(measures.agreed(alone, _once(alone))).all()
    assert measures.alpha_of_draws(np.zeros((2, 0, 1)), measures.draw(0, times=3, seed=1)).shape == (3, 1)


CODES = st.sets(st.sampled_from("abcde"), min_size=1).map(frozenset)


@given(CODES, CODES)
@settings(max_examples=200)
def test_masi_is_that_of_nltk(one: frozenset[str], other: frozenset[str]) -> None:
    # NLTK rounds its monotonicity to .67 and .33.
    assert masi(one, other) == pytest.approx(masi_distance(set(one), set(other)), abs=0.005)
    assert masi(one, other) == masi(other, one)
    assert 0 <= masi(one, other) <= 1
    assert (masi(one, other) == 0) == (one == other)


def test_masi_of_two_empty_sets_is_no_division_by_zero() -> None:
    assert masi(frozenset(), frozenset()) == 0
    assert masi(frozenset(), frozenset("a")) == 1


@given(st.lists(st.lists(st.none() | CODES, min_size=12, max_size=12), min_size=2, max_size=4))
@settings(max_examples=60)
def test_the_fast_alpha_over_sets_is_that_of_the_package(answers: list[list[frozenset[str] | None]]) -> None:
    sets = Sets(answers)
    draws = measures.draw(12, times=5, seed=1)
    for weights, found in zip(draws, sets.alpha_of_draws(draws), strict=True):
        drawn = [[a for a, times in zip(row, weights, strict=True) for _ in range(int(times))] for row in answers]
        assert found == pytest.approx(Sets(drawn).alpha(), nan_ok=True)


def test_alpha_over_sets_is_nominal_alpha_where_every_set_has_one_code() -> None:
    one, other = "aabbccabca", "aabbcbabcc"
    found = Sets([[frozenset(c) for c in one], [frozenset(c) for c in other]]).alpha()
    assert found == pytest.approx(krippendorff.alpha([list(one), list(other)], level_of_measurement="nominal"))


def test_the_share_of_identical_answers() -> None:
    a, b = frozenset("a"), frozenset("ab")
    sets = Sets([[a, a, b, None], [a, b, b, a]])
    assert sets.identical(np.ones((1, 4)))[0] == pytest.approx(2 / 3)
    assert sets.apart()[:3] == pytest.approx([0, 1 - 1 / 2 * 2 / 3, 0])
    assert np.isnan(sets.apart()[3])


def test_eighteen_themes_and_a_thousand_draws_take_little_time() -> None:
    votes = _random(1, coders=3, units=300, themes=18)
    draws = measures.draw(300, times=1000, seed=1)
    started = time.process_time()
    for measure in (measures.alpha_of_draws, measures.kappa, measures.ac1, measures.agreed):
        assert measure(votes, draws).shape == (1000, 18)
    assert time.process_time() - started < 5


def test_draws_are_the_same_for_a_seed() -> None:
    assert (measures.draw(30, times=5, seed=4) == measures.draw(30, times=5, seed=4)).all()
    assert (measures.draw(30, times=5, seed=4) != measures.draw(30, times=5, seed=5)).any()
    assert (measures.draw(30, times=5, seed=4).sum(axis=1) == 30).all()
