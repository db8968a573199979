"""Answers: append-only, checked, blind; and who is who."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.rounds import (
    changed_since,
    coder_called,
    coding,
    open_for,
    progress_of,
    record,
    round_called,
    shown,
)
from advocacy_monitor.coding.settling import settle
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.models import Annotation, Span, Standing, Verdict
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from tests.coding.conftest import answer, fill
from tests.conftest import Clock, make_post

Drawing = tuple[Round, list[Drawn]]


def test_an_answer_is_added_and_never_overwritten(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    answer(store, codebook, round_, "Anna", {1: "jobs", 2: "none"})
    answer(store, codebook, round_, "Anna", {1: "joy jobs"})
    newest = {each.item_id: each.themes for each in store.rounds.codings(round_.id)}
    assert newest == {drawn[0].item_id: ("jobs", "joy"), drawn[1].item_id: ()}
    with sqlite3.connect(store.path) as db:
        rows = db.execute("SELECT answer, themes FROM codings ORDER BY id").fetchall()
    assert rows == [("themes", '["jobs"]'), ("none", "[]"), ("themes", '["jobs","joy"]')]


def test_the_same_answer_again_is_not_stored_again(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    given = [coding(codebook, drawn[0].item_id, "Anna", "themes", themes=["joy"], note="sure")]
    assert record(store, round_, given) == 1
    assert record(store, round_, given) == 0
    changed = [coding(codebook, drawn[0].item_id, "Anna", "themes", themes=["joy"], note="not sure")]
    assert record(store, round_, changed) == 1


def test_answers_are_checked(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    with pytest.raises(ConfigError, match=r"there is no theme .jop."):
        coding(codebook, 1, "Anna", "themes", themes=["jop"])
    for kind, themes in (("themes", []), ("none", ["joy"]), ("too_short", ["joy"])):
        with pytest.raises(ConfigError, match="an answer has themes, or it is"):
            coding(codebook, 1, "Anna", kind, themes=themes)
    with pytest.raises(ConfigError, match="is not one of"):
        coding(codebook, 1, "Anna", "maybe")
    with pytest.raises(ConfigError, match="at most 500"):
        coding(codebook, 1, "Anna", "none", note="x" * 501)
    round_, _ = drawn_round
    foreign = fill(store, [make_post("not in the round")])[0]
    with pytest.raises(ModerationError, match=f"item {foreign}: is not in this round"):
        record(store, round_, [coding(codebook, foreign, "Anna", "none")])
    assert not store.rounds.codings(round_.id)


def test_no_blind_answer_comes_after_a_settled_one(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    answer(store, codebook, round_, "Anna", {1: "jobs"})
    answer(store, codebook, round_, "Ben", {1: "joy"})
    settle(store, round_, coding(codebook, drawn[0].item_id, "Carla", "none"))
    with pytest.raises(ModerationError, match="compared and settled"):
        answer(store, codebook, round_, "Anna", {1: "joy"})
    assert drawn[0].item_id not in {each.item_id for each in open_for(store, round_, "Dora")}


@pytest.mark.parametrize("name", ["", "  ", "A + B", "x" * 61, "a\x1b[0m", "a\u202eb", "=A1", "@me"])
def test_names_that_are_none(store: Store, name: str) -> None:
    with pytest.raises(ConfigError, match="is no name"):
        coder_called(store, name)


def test_nobody_agrees_with_herself(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    answer(store, codebook, drawn_round[0], "Änne Groß", {1: "jobs"})
    assert coder_called(store, "änne  gross ") == "Änne Groß"
    assert coder_called(store, "A\u0308nne Groß") == "Änne Groß"
    assert coder_called(store, "Anne") == "Anne"


def test_a_coder_sees_no_names_and_no_codes(store: Store, codebook: Codebook) -> None:
    text = "Thanks @rita.b and @kim@example.org, mail me at kim@example.org! Ada helped. https://x.org/@me"
    item = fill(store, [make_post(text, author_name="Rita", author_handle="rita", language="en")])[0]
    start = text.index("Ada")
    store.assertions.add(
        [
            Annotation(
                item_id=item, label="personal_data", value="name", by="personal_data@1", spans=(Span(start, start + 3),)
            ),
            Annotation(item_id=item, label="theme", value="jobs", by="themes@1"),
        ]
    )
    seen = shown(store, [Drawn(item_id=item, position=7, drawn="random", reason="drawn by chance")])[0]
    assert seen.text == (
        "Thanks [name removed] and [name removed], mail me at kim@example.org! [name removed] helped. https://x.org/@me"
    )
    assert (seen.number, seen.language) == (7, "en")
    assert "jobs" not in repr(seen)
    assert "Rita" not in repr(seen)


def test_removed_statements_are_past(store: Store, codebook: Codebook, drawn_round: Drawing, clock: Clock) -> None:
    round_, drawn = drawn_round
    item = store.items.get([drawn[0].item_id])[0]
    given = coding(codebook, item.id, "Anna", "none", note="she says: my words")
    record(store, round_, [given])
    for _ in range(2):
        store.verifications.apply([Verdict(source="x", source_id=item.source_id, standing=Standing.GONE)])
        clock.now += timedelta(days=1)
    assert store.rounds.removed(round_.id) == {item.id}
    assert item.id not in {each.item_id for each in open_for(store, round_, "Ben")}
    assert shown(store, drawn[:1]) == []
    # A note that comes after the removal may repeat the words: it is not kept.
    record(store, round_, [coding(codebook, item.id, "Ben", "none", note="she says: my words")])
    with sqlite3.connect(store.path) as db:
        assert {row[0] for row in db.execute("SELECT note FROM codings").fetchall()} == {""}
    progress = progress_of(store, round_)
    assert (progress.removed, progress.done, progress.once, progress.twice) == (1, {}, 0, 0)


def test_rounds_are_found_by_name(store: Store, drawn_round: Drawing) -> None:
    assert round_called(store, " first ").id == drawn_round[0].id
    with pytest.raises(ConfigError, match="there is no round 'second'; there are: first"):
        round_called(store, "second")


def test_a_changed_codebook_is_told(codebook: Codebook, drawn_round: Drawing) -> None:
    assert changed_since(codebook, drawn_round[0]) is None
    assert changed_since(codebook.model_copy(update={"version": 2}), drawn_round[0]) is None
    newer = codebook.model_copy(update={"version": 2, "rules": ("Another rule.",)})
    told = changed_since(newer, drawn_round[0])
    assert told is not None
    assert "then small, version 1, now small, version 2" in told


def test_progress(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    answer(store, codebook, round_, "Anna", {1: "jobs", 2: "joy", 3: "none"})
    answer(store, codebook, round_, "Ben", {1: "jobs", 2: "none"})
    progress = progress_of(store, round_)
    assert progress.done == {"Anna": 3, "Ben": 2}
    assert progress.open == {"Anna": 5, "Ben": 6}
    assert (progress.once, progress.twice, progress.differing, progress.settled) == (1, 2, 1, 0)
    assert (progress.statements, progress.by_chance) == (8, 2)
    settle(store, round_, coding(codebook, drawn[1].item_id, "Carla", "none"))
    progress = progress_of(store, round_)
    assert (progress.differing, progress.settled) == (0, 1)
    assert "Carla" not in progress.done
