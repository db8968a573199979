"""What a round draws: who may be in it, chance and doubt, never twice, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.doubts import NOTHING, doubts_of, doubts_of_probabilities, tells_something
from advocacy_monitor.coding.rounds import draw_round
from advocacy_monitor.coding.sampling import sample
from advocacy_monitor.coding.scoring import scoring_of
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.models import Annotation, Relation, Span, Standing, Status, Use, Verdict
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from tests.coding.conftest import fill, say
from tests.conftest import Clock, make_post, make_submission

LONG = "I go there every week with my daughter, because it is the place where we both learned to read. "


def _ids(store: Store, **given: object) -> set[int]:
    return {each.item_id for each in sample(store, size=1000, **given)}  # type: ignore[arg-type]  # passed through


def test_only_statements_that_may_be_coded_are_drawn(store: Store, clock: Clock) -> None:
    ids = fill(
        store,
        [
            make_post("A statement of my own.", source_id="own"),
            make_post("RT of it", relation=Relation.REPOST, related_id="own"),
            make_post("A copy of it."),
            make_post("Refused."),
            make_post("A job ad."),
            make_post("A job ad, but approved."),
            make_post("Gone.", source_id="gone"),
            make_post("Erased.", source_id="erased"),
            make_post("\u2764\ufe0f \U0001f4da"),
            make_submission("Not to be analysed.", consents=frozenset()),
            make_submission("To be analysed."),
        ],
    )
    own, _, copy, refused, ad, approved, _, _, _, _, submission = ids
    say(store, copy, "duplicate_of", str(own))
    say(store, ad, "relevance", "job_ad")
    say(store, approved, "relevance", "job_ad")
    decide(store, [refused], Status.REJECTED, moderator="Kim", reason="why", clock=clock)
    decide(store, [approved], Status.APPROVED, moderator="Kim", clock=clock)
    store.verifications.apply([Verdict(source="x", source_id="gone", standing=Standing.PROTECTED)])
    for _ in range(2):
        store.verifications.apply([Verdict(source="x", source_id="erased", standing=Standing.GONE)])
        clock.now += timedelta(days=1)
    assert _ids(store) == {own, approved, submission}


def test_a_copy_stands_in_when_the_first_may_not_be_coded(store: Store, clock: Clock) -> None:
    first, second, third = fill(store, [make_post(f"The same words {n}") for n in range(3)])
    say(store, second, "duplicate_of", str(first))
    say(store, third, "duplicate_of", str(second))
    decide(store, [first], Status.REJECTED, moderator="Kim", reason="why", clock=clock)
    assert _ids(store) == {second}


def test_nothing_is_drawn_twice_unless_it_is_meant(store: Store, codebook: Codebook) -> None:
    ids = fill(store, [make_post(f"{LONG}{n}") for n in range(30)])
    _, first = draw_round(store, codebook, "one", size=12, chance=0, made_by="Kim")
    _, second = draw_round(store, codebook, "two", size=12, chance=0, made_by="Kim")
    taken = {each.item_id for each in first} | {each.item_id for each in second}
    assert len(taken) == 24
    copy = fill(store, [make_post("a copy")])[0]
    say(store, copy, "duplicate_of", str(first[0].item_id))
    assert _ids(store, chance=0.0) == set(ids) - taken
    assert copy not in _ids(store, again=True)
    assert _ids(store, again=True) == set(ids)
    draw_round(store, codebook, "three", size=12, chance=0, made_by="Kim")
    with pytest.raises(ModerationError, match=r"nothing to draw.*--again"):
        draw_round(store, codebook, "four", size=12, made_by="Kim")


def test_chance_stays_fair_from_round_to_round(store: Store, codebook: Codebook) -> None:
    """What was drawn because it is hard must not be missing where chance alone is to describe the collection."""
    ids = fill(store, [make_post(f"{LONG}{n}") for n in range(120)])
    hard = set(ids[:40])
    for each in ids:
        say(store, each, "theme", "jobs", score=0.5 if each in hard else 0.99)
    taken: list[int] = []
    for number in range(5):
        _, drawn = draw_round(store, codebook, f"r{number}", size=24, chance=0.5, seed=number, made_by="Kim")
        taken += [each.item_id for each in drawn if each.drawn == "random"]
    assert len(set(taken)) == len(taken) == 60
    # Half of all were taken by chance: 20 of the 40 are expected, standard deviation 2.6.
    assert 14 <= len(hard & set(taken)) <= 26


def test_what_a_person_coded_without_a_round_is_drawn_by_chance_only(store: Store) -> None:
    coded, other = fill(store, [make_post(LONG + "1"), make_post(LONG + "2")])
    store.assertions.add([Annotation(item_id=coded, label="coded", value="none", by="person:Kim")])
    assert _ids(store, chance=0.0) == {other}
    assert _ids(store, chance=1.0) == {coded, other}


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.25, 10), (0.3, 12), (1.0, 40)])
def test_the_share_by_chance_is_as_asked(store: Store, share: float, expected: int) -> None:
    fill(store, [make_post(f"{LONG}{n}") for n in range(60)])
    drawn = sample(store, size=40, chance=share)
    assert len(drawn) == 40
    assert sum(each.drawn == "random" for each in drawn) == expected
    assert {each.reason for each in drawn if each.drawn == "random"} <= {"drawn by chance"}
    assert [each.position for each in drawn] == list(range(1, 41))


def test_the_draw_is_the_same_for_a_seed(store: Store) -> None:
    fill(store, [make_post(f"{LONG}{n}") for n in range(60)])
    assert sample(store, size=20, seed=4) == sample(store, size=20, seed=4)
    assert sample(store, size=20, seed=4) != sample(store, size=20, seed=5)


def test_chance_gives_every_statement_the_same_share(store: Store) -> None:
    """Statements that the software is sure of come as often by chance as those that it is unsure of."""
    ids = fill(store, [make_post(f"{LONG}{n}") for n in range(20)])
    for each in ids[:10]:
        say(store, each, "theme", "jobs", score=0.5)
    counts = dict.fromkeys(ids, 0)
    for seed in range(200):
        for drawn in sample(store, size=8, chance=0.5, seed=seed):
            counts[drawn.item_id] += drawn.drawn == "random"
    # 200 draws of 4 of 20: 40 expected, standard deviation 5.7
    assert all(17 <= count <= 63 for count in counts.values()), counts


def test_places_do_not_tell_why_a_statement_was_drawn(store: Store) -> None:
    fill(store, [make_post(f"{LONG}{n}") for n in range(80)])
    kinds = [each.drawn for each in sample(store, size=40, chance=0.5)]
    assert 5 < kinds[:20].count("random") < 15


def test_the_most_unsure_come_first_and_the_reason_is_said(store: Store) -> None:
    unsure, sure, silent = fill(store, [make_post(LONG + str(n)) for n in range(3)])
    say(store, unsure, "theme", "jobs", score=0.48)
    say(store, sure, "theme", "joy", score=0.99)
    drawn = sample(store, size=2, chance=0)
    assert {each.item_id for each in drawn} == {unsure, silent}
    reasons = {each.item_id: each.reason for each in drawn}
    assert reasons[unsure] == "the software is unsure about jobs (0.48)"
    assert reasons[silent] == "the software found no theme in a text that tells something"


def test_rare_themes_come_first(store: Store) -> None:
    ids = fill(store, [make_post(LONG + str(n)) for n in range(12)])
    for each in ids[:10]:
        say(store, each, "theme", "jobs", words=1)
    for each in ids[10:]:
        say(store, each, "theme", "joy", words=1)
    drawn = {each.item_id for each in sample(store, size=4, chance=0)}
    assert set(ids[10:]) <= drawn
    # What was coded before counts: joy is no longer rare, so jobs come first.
    coded = fill(store, [make_post("coded")] * 1 + [make_post(f"coded {n}") for n in range(30)])
    for item in coded:
        store.assertions.add(
            Annotation(item_id=item, label=label, value=value, by="person:Kim")
            for label, value in (("coded", "themes"), ("theme", "joy"))
        )
    assert not set(ids[10:]) & {each.item_id for each in sample(store, size=4, chance=0)}


def test_one_statement_a_person_before_a_second_one(store: Store) -> None:
    ids = fill(store, [make_post(f"{LONG}{n}", author_id="same") for n in range(10)])
    others = fill(store, [make_post(f"{LONG}other {n}") for n in range(4)])
    drawn = {each.item_id for each in sample(store, size=5, chance=0)}
    assert set(others) <= drawn
    assert len(drawn & set(ids)) == 1
    assert len(sample(store, size=14, chance=0)) == 14


def test_doubts_without_probabilities() -> None:
    def fact(value: str, words: int) -> Annotation:
        spans = tuple(Span(n, n + 1) for n in range(words))
        return Annotation(item_id=1, label="theme", value=value, by="themes@1", spans=spans)

    weak = doubts_of(LONG, [fact("jobs", 1), fact("joy", 3)])
    assert [(d.theme, d.words) for d in weak] == [
        ("jobs", "one word alone points to jobs"),
        ("joy", "to learn more about joy"),
    ]
    assert doubts_of(LONG, [])[0].theme == NOTHING
    assert doubts_of(LONG, [])[0].unsure > weak[0].unsure > weak[1].unsure > doubts_of("Great!", [])[0].unsure


def test_a_model_s_doubts_take_the_place_of_the_lexicon_s(store: Store) -> None:
    ids = fill(store, [make_post(LONG + str(n), language="en") for n in range(4)])
    say(store, ids[0], "theme", "jobs", words=1)
    sure = dict.fromkeys(ids, 0.99) | {ids[2]: 0.45, ids[3]: 0.3}
    asked: list[tuple[int, str, str]] = []

    def scoring(statements: Sequence[tuple[int, str, str]]) -> list[dict[str, float]]:
        asked.extend(statements)
        return [{"jobs": 0.01, "joy": sure[item_id]} for item_id, _, _ in statements]

    drawn = sample(store, size=2, chance=0, scoring=scoring)
    assert {each.item_id: each.reason for each in drawn} == {
        ids[2]: "the software is unsure about joy (0.45)",
        ids[3]: "the software is unsure about joy (0.30)",
    }
    assert asked == [(item_id, LONG + str(n), "en") for n, item_id in enumerate(ids)]


def test_doubts_of_probabilities() -> None:
    found = doubts_of_probabilities({"jobs": 0.5, "joy": 0.95, "place": 0.2})
    assert [(each.theme, round(each.unsure, 2)) for each in found] == [("jobs", 1.0), ("place", 0.4)]
    assert [each.theme for each in doubts_of_probabilities({"jobs": 0.001, "joy": 0.999})] == ["jobs"]


def test_chinese_tells_something_in_fewer_signs() -> None:
    assert tells_something("我每个星期都带孩子去图书馆,在那里他学会了阅读,也交到了朋友。")
    assert not tells_something("我爱图书馆")
    assert not tells_something("I love it!")


def test_languages_narrow_everything_and_themes_leave_chance_alone(store: Store) -> None:
    ids = fill(store, [make_post(f"{LONG}{n}", language="en" if n % 2 else "de-AT") for n in range(20)])
    german = set(ids[::2])
    assert _ids(store, languages=["de"]) == german
    say(store, ids[0], "theme", "jobs", words=1)
    drawn = sample(store, size=10, chance=0.5, themes=["jobs"], seed=3)
    assert {each.item_id for each in drawn if each.drawn == "uncertain"} <= {ids[0]}
    assert sum(each.drawn == "random" for each in drawn) == 5
    with pytest.raises(ModerationError, match="in fr"):
        sample(store, size=1, languages=["fr"])


def test_wrong_settings_are_refused(store: Store, codebook: Codebook) -> None:
    fill(store, [make_post(LONG)])
    with pytest.raises(ConfigError, match=r"--random 1\.5"):
        sample(store, size=1, chance=1.5)
    with pytest.raises(ConfigError, match="--size 0"):
        sample(store, size=0)
    with pytest.raises(ConfigError, match="there is no theme 'job'"):
        draw_round(store, codebook, "a", themes=["job"], made_by="Kim")
    for name in ("", "all", "a\x1b[2J", "x" * 61, "=1+1"):
        with pytest.raises(ConfigError, match="a round cannot be called"):
            draw_round(store, codebook, name, made_by="Kim")
    draw_round(store, codebook, "a", made_by="Kim")
    with pytest.raises(ModerationError, match="there is a round 'a' already"):
        draw_round(store, codebook, "a", again=True, made_by="Kim")


def test_use_of_consent_is_what_counts(store: Store) -> None:
    item = fill(store, [make_submission("I may be counted.")])[0]
    assert _ids(store) == {item}
    store.assertions.consent([item], Use.ANALYSE, granted=False, proof="a mail")
    with pytest.raises(ModerationError, match="nothing to draw"):
        sample(store, size=1)


def test_without_a_model_there_is_no_scoring(store: Store, codebook: Codebook, tmp_path: Path) -> None:
    assert scoring_of(store, codebook, tmp_path / "models") is None
