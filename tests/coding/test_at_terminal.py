"""Coding and settling as a person meets them: questions, answers, and hostile statements."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.answers import read_answer
from advocacy_monitor.coding.at_terminal import _letters, code_round, framed, settle_round
from advocacy_monitor.coding.rounds import Shown, draw_round
from advocacy_monitor.coding.settling import Disagreement
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.models import Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round
from tests.coding.conftest import answer, fill, say
from tests.conftest import Clock, make_post

Drawing = tuple[Round, list[Drawn]]


class Talk:
    """Types what it was given and keeps what was said."""

    def __init__(self, *typed: str) -> None:
        self._typed: Iterator[str] = iter(typed)
        self.said = ""

    def ask(self, question: str) -> str | None:
        return next(self._typed, None)

    def say(self, text: str) -> None:
        self.said += text + "\n"


def _code(store: Store, codebook: Codebook, round_: Round, coder: str, *typed: str) -> str:
    talk = Talk(*typed)
    code_round(store, codebook, round_, coder, ask=talk.ask, say=talk.say)
    return talk.said


@pytest.mark.parametrize(
    ("typed", "answer", "themes"),
    [
        ("1", "themes", ("jobs",)),
        ("2, 1", "themes", ("jobs", "joy")),
        ("joy;JOBS 4", "themes", ("jobs", "joy", "print_copy")),
        ("pr", "themes", ("print_copy",)),
        ("1 1 jobs", "themes", ("jobs",)),
        ("n", "none", ()),
        (" T ", "too_short", ()),
        ("none", "none", ()),
    ],
)
def test_what_can_be_typed(codebook: Codebook, typed: str, answer: str, themes: tuple[str, ...]) -> None:
    assert (found := read_answer(codebook, typed)).answer == answer
    assert found.themes == themes


def test_a_note_follows_a_hash(codebook: Codebook) -> None:
    assert read_answer(codebook, "1 # not sure: # 2?").note == "not sure: # 2?"
    assert read_answer(codebook, "n").note == ""


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "no answer"),
        ("# note", "no answer"),
        ("5", "the numbers go from 1 to 4"),
        ("0", "the numbers go from 1 to 4"),
        ("9" * 5000, "the numbers go from 1 to 4"),
        ("n 1", "stand alone"),
        ("n t", "stand alone"),
        ("jo", "beginning of jobs and of joy"),
        ("jobz", "there is no theme 'jobz'.*jobs"),
        ("²", "there is no theme"),
    ],
)
def test_what_is_not_understood_is_said(codebook: Codebook, typed: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_answer(codebook, typed)


def test_one_sitting(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    said = _code(store, codebook, round_, "Anna", "1 joy # nice", "what?", "?", "? place", "n", "s", "t", "q")
    answers = [(each.item_id, each.answer, each.themes, each.note) for each in store.rounds.codings(round_.id)]
    assert answers == [
        (drawn[0].item_id, "themes", ("jobs", "joy"), "nice"),
        (drawn[1].item_id, "none", (), ""),
        (drawn[3].item_id, "too_short", (), ""),
    ]
    assert "1 of 8" in said
    assert "5 of 8" in said
    assert "6 of 8" not in said
    assert "there is no theme 'what?'" in said
    assert "What A place means." in said
    assert "+ counts as A place" in said
    assert "- is no A place" in said
    assert "3 answers stored; 5 of 8 still open" in said


def test_what_was_skipped_comes_again_and_the_end_of_input_ends(
    store: Store, codebook: Codebook, drawn_round: Drawing
) -> None:
    round_, drawn = drawn_round
    _code(store, codebook, round_, "Anna", "s", *["n"] * 7)
    said = _code(store, codebook, round_, "Anna", "t")
    assert "8 of 8" in said
    assert "all 8 are answered" in said
    newest = {each.item_id: each.answer for each in store.rounds.codings(round_.id)}
    assert newest[drawn[0].item_id] == "too_short"
    assert "has answered everything" in _code(store, codebook, round_, "Anna")


def test_undo_goes_back_and_adds_a_row(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    said = _code(store, codebook, round_, "Anna", "u", "1", "2", "u", "u", "3", "4", "q")
    assert "nothing to undo" in said
    newest = [(each.item_id, each.themes) for each in store.rounds.codings(round_.id)]
    assert newest == [(drawn[0].item_id, ("place",)), (drawn[1].item_id, ("print_copy",))]
    with Store.open_read_only(store.path) as reader:
        assert reader._db.execute("SELECT count(*) FROM codings").fetchone()[0] == 4


def test_undo_without_a_new_answer_keeps_the_old_one(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    said = _code(store, codebook, drawn_round[0], "Anna", "1", "u", "q")
    assert "your first answer stands until you give another" in said
    assert [each.themes for each in store.rounds.codings(drawn_round[0].id)] == [("jobs",)]


def test_a_coder_sees_nothing_that_could_sway(store: Store, codebook: Codebook, clock: Clock) -> None:
    item = fill(store, [make_post("I found a job there.", author_name="Rita Roe", author_handle="ritaroe")])[0]
    say(store, item, "theme", "print_copy", score=0.5)
    say(store, item, "sentiment", "positive")
    decide(store, [item], Status.ESCALATED, moderator="Kim", reason="a secret", clock=clock)
    round_, _ = draw_round(store, codebook, "one", made_by="Kim")
    answer(store, codebook, round_, "Ben", {1: "joy"})
    talk = Talk("q")
    code_round(store, codebook, round_, "Anna", ask=talk.ask, say=talk.say)
    shown = talk.said[talk.said.index("1 of 1") :]
    assert shown.splitlines()[1] == "  | I found a job there."
    for secret in ("print_copy", "0.5", "unsure", "positive", "escalated", "secret", "Rita", "ritaroe", "Ben", "joy"):
        assert secret not in shown


def test_a_hostile_statement_steers_nothing() -> None:
    text = "Hi\x1b[2J\x1b]0;owned\x07\r3 of 8\nthemes> n\u202etxt\u2028  | line\x85x\x9b31m"
    shown = framed(text)
    assert all(line.startswith("  | ") for line in shown.split("\n"))
    for bad in ("\x1b", "\x07", "\r", "\u202e", "\u2028", "\x85", "\x9b"):
        assert bad not in shown
    assert "  | 3 of 8" in shown


def _settle(store: Store, codebook: Codebook, round_: Round, *typed: str) -> str:
    talk = Talk(*typed)
    settle_round(store, codebook, round_, "Carla", ask=talk.ask, say=talk.say)
    return talk.said


def test_an_answer_with_a_theme_that_is_gone_cannot_be_taken(
    store: Store, codebook: Codebook, drawn_round: Drawing
) -> None:
    answer(store, codebook, drawn_round[0], "Ben", {1: "jobs"})
    answer(store, codebook, drawn_round[0], "Anna", {1: "joy"})
    smaller = codebook.model_copy(update={"themes": tuple(each for each in codebook.themes if each.code != "joy")})
    said = _settle(store, smaller, drawn_round[0], "b", "a")
    assert "there is no theme 'joy'" in said
    assert "1 settled, 0 still open" in said


def test_settling(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, drawn = drawn_round
    answer(store, codebook, round_, "Ben", {1: "jobs", 2: "none", 3: "jobs joy", 4: "joy"})
    answer(store, codebook, round_, "Anna", {1: "joy", 2: "none", 3: "jobs", 4: "too_short"})
    said = _settle(store, codebook, round_, "w", "u", "z", "b", "3 # neither")
    assert "1 of 3" in said
    assert "  A: jobs\n  B: joy\n" in said  # statement 1 is turned round
    first = said[: said.index("A: Ben, B: Anna")]
    assert "Ben" not in first
    assert "Anna" not in first
    assert "the newest answer counts" in said
    assert "there is no theme 'z'" in said
    assert "2 settled, 1 still open" in said
    final = {each.item_id: (each.coder, each.themes) for each in store.rounds.codings(round_.id) if each.is_final}
    assert final == {drawn[0].item_id: ("Carla", ("joy",)), drawn[2].item_id: ("Carla", ("place",))}
    assert "1 settled, 0 still open" in _settle(store, codebook, round_, "t")
    assert "Nothing to settle" in _settle(store, codebook, round_)


def test_who_has_statements_open_sees_no_answers(store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, _ = drawn_round
    answer(store, codebook, round_, "Ben", {1: "jobs"})
    answer(store, codebook, round_, "Carla", {1: "joy"})
    talk = Talk("a")
    with pytest.raises(ModerationError, match="Carla has 7 statements of 'first' still to code"):
        settle_round(store, codebook, round_, "Carla", ask=talk.ask, say=talk.say)
    assert talk.said == ""


def test_there_are_more_coders_than_letters() -> None:
    answers = tuple(Coding(item_id=1, coder=f"coder {n}", answer="none") for n in range(15))
    letters = _letters(Disagreement(shown=Shown(item_id=1, number=1, text="x", language="en"), answers=answers))
    assert len(set(letters)) == 15
    assert letters[12:] == ["a1", "b1", "c1"]
