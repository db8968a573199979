"""Closed questions: counted under the words that people saw, of those who answered, nothing small to be worked out."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.answer_counts import Answers, Tally, shown, told
from advocacy_monitor.closed_answers import Choice, ClosedQuestion, options_of, survey_questions
from advocacy_monitor.counting import asked_forms, closed_questions, read_ledger
from advocacy_monitor.left_out import Looked
from advocacy_monitor.models import Annotation, Count, Form, Query, QuestionCount
from advocacy_monitor.questionnaire import load_questionnaire
from tests.conftest import make_submission
from tests.results.conftest import COUNTED, FORM, Asked

OPTIONS = tuple(Choice(code=code, wording={"en": code.upper()}) for code in "abcd")
ONE = ClosedQuestion(name="q", key="q", wording={"en": "Which?"}, choices=OPTIONS, most=1)
SEVERAL = ClosedQuestion(name="q", key="q", wording={"en": "Which?"}, choices=OPTIONS, most=3)


def counted(asked: Asked, *surveys: str, language: str = "en") -> dict[str, QuestionCount]:
    store = asked.campaign.store
    questions = closed_questions(asked_forms(store), surveys)
    ledger = read_ledger(store, {}, Looked(at=store.now()), questions=questions)
    positions = ledger.part(Query(title="All")).counted
    made = Answers(ledger, questions).counts(positions, language=language, smallest=5)
    return {each.name: each for each in made}


def values(question: QuestionCount) -> dict[str, int | None]:
    return {count.label: count.value for count in question.options}


def test_the_base_is_those_who_answered_and_only_counted_statements(asked: Asked) -> None:
    asked.answer(
        *({"matters": "print_books; staff_help"} for _ in range(6)), *({"matters": "print_books"} for _ in "ab")
    )
    asked.answer({}, {"matters": "", "changed": "learned"})
    asked.answer(*({"matters": "internet"} for _ in range(9)), approve=False)
    asked.answer({"matters": "internet", "consents": frozenset()}, {"matters": "internet", "text": " "})
    asked.answer({"text": "Twice the same words.", "matters": "print_books"})
    copy = asked.answer({"text": "Twice the same words.", "matters": "internet"}, approve=True)
    fact = Annotation(item_id=copy[0], label="duplicate_of", value=str(copy[0] - 1), by="person:Kim")
    asked.campaign.store.assertions.add([fact])
    found = counted(asked)
    assert set(found) == {"matters"}
    matters = found["matters"]
    assert (matters.question, matters.answered, matters.most, matters.form) == (
        "What matters most to you?",
        9,
        3,
        "library 1",
    )
    assert values(matters)["Borrowing print books"] == 9
    assert values(matters)["Help from staff"] == 6
    assert values(matters)["Internet and computers"] == 0


def test_the_words_are_those_of_the_language(asked: Asked) -> None:
    asked.answer(*({"matters": "print_books"} for _ in range(6)))
    assert counted(asked, language="de")["matters"].question == "Was ist Ihnen am wichtigsten?"
    assert values(counted(asked, language="ar")["matters"])
    assert counted(asked, language="pt")["matters"].question == "What matters most to you?"


def test_age_bands_are_counted_of_the_form_only(asked: Asked) -> None:
    asked.answer(*({"age_band": "65+"} for _ in range(7)), *({"age_band": "16-24"} for _ in range(5)))
    asked.campaign.add(*(make_submission(f"Survey {n}.", age_band="65+", consents=COUNTED) for n in range(6)))
    age = counted(asked)["age"]
    assert (age.question, age.answered, age.most) == ("Your age", 12, 1)
    assert list(values(age)) == ["Under 16", "16 to 24", "25 to 64", "65 or over", "Rather not say"]
    assert values(age)["65 or over"] == 7


def test_another_wording_is_another_question_and_a_new_version_with_the_same_words_is_not(asked: Asked) -> None:
    same = _version(2, "name: library", "name: library")
    other = _version(3, "What matters most to you?", "What do you miss most?")
    for form in (FORM, same, other):
        asked.answer(*({"matters": "print_books", "age_band": "65+"} for _ in range(5)), form=form)
    found = counted(asked)
    assert {name: (each.question, each.form, each.answered) for name, each in found.items()} == {
        "matters": ("What matters most to you?", "library 1, 2", 10),
        "age": ("Your age", "library 1, 2, 3", 15),
        "matters~2": ("What do you miss most?", "library 3", 5),
    }


def _version(number: int, old: str, new: str) -> Form:
    content = FORM.content.replace("\nversion: 1\n", f"\nversion: {number}\n").replace(old, new)
    return Form(name="library", version=number, digest=f"d{number}", content=content)


def test_the_questions_of_a_survey_are_counted_by_its_own_words(asked: Asked) -> None:
    question = "What matters  most?"
    cells = ["Books, Help"] * 5 + ["Help, Books"] + ["Books"] * 5 + ["Help"] * 2 + ["My son Karl Muster, who drowned"]
    cells += ["Books, Help, Quiet", "Quiet"]
    asked.campaign.add(
        *(make_submission(f"No {n}.", answers={question: cell}, consents=COUNTED) for n, cell in enumerate(cells))
    )
    found = counted(asked, question)["What matters most?"]
    assert (found.question, found.form, found.answered, found.most) == ("What matters most?", "", 16, None)
    assert values(found) == {"Books": 12, "Help": 9}
    assert counted(asked) == {}


def test_a_survey_with_the_name_of_a_question_of_the_form_stands_apart(asked: Asked) -> None:
    asked.answer(*({"matters": "print_books"} for _ in range(6)))
    asked.campaign.add(*(make_submission(f"No {n}.", answers={"matters": "Books"}, consents=COUNTED) for n in range(5)))
    found = counted(asked, "matters")
    assert values(found["matters"])["Borrowing print books"] == 6
    assert values(found["matters~"]) == {"Books": 5}


def test_what_few_wrote_into_a_survey_stands_together_without_their_words(asked: Asked) -> None:
    cells = ["Books"] * 9 + [f"Something about me, number {n}" for n in range(6)]
    asked.campaign.add(
        *(make_submission(f"No {n}.", answers={"Q": cell}, consents=COUNTED) for n, cell in enumerate(cells))
    )
    assert values(counted(asked, "Q")["Q"]) == {"Books": 9, "other answers": 6}


def test_an_answer_that_the_list_does_not_have_is_none(asked: Asked) -> None:
    asked.answer(
        *({"matters": "print_books; =cmd()"} for _ in range(5)), *({"matters": "drop table"} for _ in range(5))
    )
    assert counted(asked)["matters"].answered == 5


def tally(question: ClosedQuestion, **chosen: int) -> Tally:
    return Tally(question, {frozenset(options): number for options, number in chosen.items()})


def test_small_parts_of_one_choice_share_a_row_with_their_names() -> None:
    made = told(tally(ONE, a=20, b=7, c=2, d=0), language="en", smallest=5)
    assert [(each.label, each.value) for each in made.options] == [("A", 20), ("D", 0), ("B / C", 9)]


def test_where_several_could_be_chosen_a_small_one_stands_without_its_number() -> None:
    made = told(tally(SEVERAL, ab=20, a=6, ac=2), language="en", smallest=5)
    assert {count.label: count.value for count in made.options} == {"A": 28, "B": 20, "C": None, "D": 0}


def test_where_all_would_have_to_be_hidden_there_are_no_rows() -> None:
    assert told(tally(ONE, a=20, b=3), language="en", smallest=5).options == ()
    assert told(tally(ONE, a=2, b=3), language="en", smallest=5).options == ()


chosen = st.dictionaries(st.sets(st.sampled_from("abcd"), min_size=1, max_size=3).map(frozenset), st.integers(1, 9))


@given(chosen, st.integers(2, 6))
def test_no_number_under_the_limit_is_shown_or_can_be_worked_out(given: dict[Any, int], smallest: int) -> None:
    single = {key: number for key, number in given.items() if len(key) == 1}
    for question, numbers in ((ONE, single), (SEVERAL, given)):
        made = Tally(question, numbers)
        rows = shown(made, smallest)
        for row in rows:
            assert row.value is None or row.value == 0 or row.value >= smallest
            assert row.value in (None, made.any_of(row.options))
        if rows and not made.overlaps:
            assert sum(row.value or 0 for row in rows) == made.answered
            assert all(row.value is not None for row in rows)


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.integers(2, 5))
def test_each_hidden_part_of_one_choice_could_be_something_else(numbers: list[int], smallest: int) -> None:
    given = {frozenset(code): number for code, number in zip("abcd", numbers, strict=True) if number}
    rows = shown(Tally(ONE, given), smallest)
    for row in rows:
        if len(row.options) > 1:
            assert row.value is not None
            ways = [w for w in product(range(row.value + 1), repeat=len(row.options)) if sum(w) == row.value]
            assert all(len({way[at] for way in ways}) > 1 for at in range(len(row.options)))


def test_options_of_one_cell() -> None:
    assert options_of({"Books, Help", "Help", "Books"})["Books, Help"] == ("Books", "Help")
    assert survey_questions(["A  b"])[0].said("de") == "A b"
    assert Count(label="x", value=None).value is None
    assert load_questionnaire("library").form == FORM


def test_a_pack_counts_them_and_names_every_question_with_its_version(asked: Asked) -> None:
    asked.answer(*({"matters": "print_books"} for _ in range(6)))
    pack = asked.campaign.publish().pack
    assert [(each.name, each.answered) for each in pack.answers] == [("matters", 6)]
    assert "What matters most to you? (library 1)" in pack.questions
    said = dict(pack.method)["What was asked"]
    assert said.startswith("Which library do you use? / What matters most to you? / In your own words")
    assert said.endswith("(library 1)")


def test_a_pack_without_the_form_names_none_of_its_questions(asked: Asked) -> None:
    asked.answer(*({"matters": "print_books"} for _ in range(6)), approve=False)
    asked.campaign.add(*(make_submission(f"No {n}.", consents=COUNTED) for n in range(6)))
    pack = asked.campaign.publish().pack
    assert (pack.statements, pack.answers, pack.questions) == (6, (), ())
