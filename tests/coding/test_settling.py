"""Disagreements, and the codes that count when a round is closed."""

from __future__ import annotations

import sqlite3

import pytest

from advocacy_monitor.candidates import candidate, gold
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.rounds import coding
from advocacy_monitor.coding.settling import Closed, close_round, disagreements, settle
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from tests.coding.conftest import answer

Drawing = tuple[Round, list[Drawn]]


def _both(store: Store, codebook: Codebook, round_: Round) -> None:
    answer(store, codebook, round_, "Ben", {1: "jobs joy", 2: "none", 3: "too_short", 4: "joy", 5: "none", 6: "joy"})
    answer(store, codebook, round_, "Anna", {1: "joy jobs", 2: "none", 3: "too_short", 4: "jobs", 5: "too_short"})


def test_disagreements_are_shown_without_names(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, _ = drawn_round
    _both(store, codebook, round_)
    found = disagreements(store, round_)
    assert [each.shown.number for each in found] == [4, 5]
    assert {a.themes for a in found[0].answers} == {("jobs",), ("joy",)}
    # Which coder comes first changes from statement to statement.
    assert [each.answers[0].coder for each in found] == ["Anna", "Ben"]


def test_closing_writes_the_codes_that_count(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    _both(store, codebook, round_)
    with pytest.raises(ModerationError, match=r"differ on 2 statements.*\(numbers 4, 5\).*adjudicate first --by"):
        close_round(store, round_, by="Carla", single_coder=True)
    settle(store, round_, coding(codebook, drawn[3].item_id, "Carla", "themes", themes=["print_copy", "joy"]))
    settle(store, round_, coding(codebook, drawn[4].item_id, "Dora", "none"))
    settle(store, round_, coding(codebook, drawn[4].item_id, "Carla", "none"))  # the newest final answer counts
    with pytest.raises(ModerationError, match=r"1 of 6 coded statements were coded once only.*--single-coder"):
        close_round(store, round_, by="Carla")
    assert store.counts()["annotations"] == 0
    closed = close_round(store, round_, by="Carla", single_coder=True)
    assert closed == Closed(agreed=3, settled=2, once=1, uncoded=2, removed=0)
    assert closed.coded == 6
    items = [each.item_id for each in drawn]
    facts = store.items.annotations(0, 100)
    assert [(f.label, f.value, f.by) for f in facts[items[0]]] == [
        ("coded", "themes", "person:Anna + Ben"),
        ("theme", "jobs", "person:Anna + Ben"),
        ("theme", "joy", "person:Anna + Ben"),
    ]
    assert [(f.label, f.value, f.by) for f in facts[items[3]]] == [
        ("coded", "themes", "person:Carla"),
        ("theme", "joy", "person:Carla"),
        ("theme", "print_copy", "person:Carla"),
    ]
    assert [(f.label, f.value, f.by) for f in facts[items[4]]] == [("coded", "none", "person:Carla")]
    assert next((f.label, f.value, f.by) for f in facts[items[5]]) == ("coded", "themes", "person:Ben")
    assert items[6] not in facts
    read = {n: candidate(store, items[n - 1]) for n in (1, 2, 3, 7)}
    assert [(c.coded_answer, c.coded_themes) for c in read.values() if c] == [
        ("themes", frozenset({"jobs", "joy"})),
        ("none", frozenset()),
        ("too_short", frozenset()),
        (None, None),
    ]


def test_a_closed_round_stays_closed(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    for coder in ("Anna", "Ben"):
        answer(store, codebook, round_, coder, {1: "jobs"})
    close_round(store, round_, by="Carla")
    before = store.counts()["annotations"]
    for attempt in (
        lambda: close_round(store, round_, by="Carla"),
        lambda: answer(store, codebook, round_, "Anna", {2: "jobs"}),
        lambda: settle(store, round_, coding(codebook, drawn[0].item_id, "Carla", "none")),
    ):
        with pytest.raises(ModerationError, match="the round 'first' was closed on 2026-11-01"):
            attempt()
    assert store.counts()["annotations"] == before == 2
    assert store.rounds.all()[0].closed_at is not None


def test_an_empty_round_is_not_closed(store: Store, drawn_round: Drawing) -> None:
    with pytest.raises(ModerationError, match="nothing was coded yet"):
        close_round(store, drawn_round[0], by="Carla", single_coder=True)


def test_closing_is_all_or_nothing(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, _ = drawn_round
    for coder in ("Anna", "Ben"):
        answer(store, codebook, round_, coder, {1: "jobs", 2: "joy"})
    with sqlite3.connect(store.path) as db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON annotations WHEN NEW.value = 'joy' "
            "BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    with pytest.raises(sqlite3.IntegrityError, match="no more"):
        close_round(store, round_, by="Carla")
    assert store.counts()["annotations"] == 0
    assert store.rounds.all()[0].closed_at is None


def test_who_is_not_done_does_not_settle(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    _both(store, codebook, round_)
    final = coding(codebook, drawn[3].item_id, "Anna", "none")
    with pytest.raises(ModerationError, match="Anna has 3 statements of 'first' still to code"):
        settle(store, round_, final)
    answer(store, codebook, round_, "Anna", {6: "joy", 7: "none", 8: "none"})
    settle(store, round_, final)
    # Her blind answer stands beside the final one.
    answers = [(each.coder, each.answer, each.is_final) for each in store.rounds.codings(round_.id)]
    assert ("Anna", "none", True) in answers
    assert ("Anna", "themes", False) in answers


def test_only_disagreements_are_settled(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    _both(store, codebook, round_)
    with pytest.raises(ModerationError, match="do not differ, there is nothing to settle"):
        settle(store, round_, coding(codebook, drawn[1].item_id, "Carla", "none"))


def _fact(label: str, value: str, by: str) -> Annotation:
    return Annotation(item_id=1, label=label, value=value, by=by)


def test_the_newest_code_counts_with_the_themes_of_its_person_after_it() -> None:
    old = [_fact("coded", "themes", "person:A"), _fact("theme", "jobs", "person:A")]
    machine = [_fact("theme", "print_copy", "themes@1")]
    assert gold(machine) is None
    found = gold(machine + old)
    assert found is not None
    assert (found.answer, found.themes, found.by) == ("themes", frozenset({"jobs"}), "person:A")
    newer = [*old, _fact("coded", "themes", "person:B"), _fact("theme", "jobs", "person:A"), *machine]
    found = gold([*newer, _fact("theme", "joy", "person:B")])
    assert found is not None
    assert (found.themes, found.by) == (frozenset({"joy"}), "person:B")
    again = gold([*old, _fact("coded", "none", "person:A")])
    assert again is not None
    assert (again.answer, again.themes) == ("none", frozenset())
    empty = gold([_fact("coded", "themes", "person:A")])
    assert empty is not None
    assert empty.answer == "none"
    assert gold([_fact("theme", "jobs", "person:A")]) is None  # a theme alone is no coding
