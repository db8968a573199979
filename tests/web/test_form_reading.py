"""What is filled in is read without loss whatever it is, and a held answer filled in again reads as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from advocacy_monitor.models import Held, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.translate import LANGUAGES, form_texts
from advocacy_monitor.web.libraries import libraries
from advocacy_monitor.web.reading import Reading, again, content_of, fields, read
from advocacy_monitor.web.sending import received
from tests.web.site import LIBRARIES

QUESTIONNAIRE = load_questionnaire("library")
KNOWN = libraries(LIBRARIES)
NAMES = list(fields(QUESTIONNAIRE))
CODES = sorted({option.code for question in QUESTIONNAIRE.questions for option in question.options} | {*Use, "yes"})
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _read(pairs: list[tuple[str, str]], language: str = "en") -> Reading:
    return read(FormData([(name, value) for name, value in pairs]), QUESTIONNAIRE, KNOWN, form_texts(language))


def _pairs(reading: Reading) -> list[tuple[str, str]]:
    return [(name, value) for name, values in reading.typed.items() for value in values]


pairs = st.lists(
    st.tuples(st.sampled_from(NAMES) | st.text(max_size=9), st.sampled_from(CODES) | st.text(max_size=700))
)


@given(pairs=pairs, language=st.sampled_from(LANGUAGES))
def test_anything_can_be_read_and_what_can_be_sent_can_be_stored(pairs: list[tuple[str, str]], language: str) -> None:
    reading = _read(pairs, language)
    for problem in reading.problems:
        assert problem.field in NAMES and problem.message
    if not reading.problems:
        assert Use.ANALYSE in reading.consents and (reading.text or reading.answers)
        answer = received(reading, QUESTIONNAIRE, language=language, sending="x", created_at=NOW, code_key=b"k" * 32)
        json.loads(answer.submission.raw)
        assert len(answer.submission.text) <= 600
        if reading.is_minor:
            assert answer.submission.contact is None and answer.opt_in is None and answer.flags == ("minor",)


@given(pairs=pairs)
def test_what_is_shown_again_and_sent_again_reads_the_same(pairs: list[tuple[str, str]]) -> None:
    first = _read(pairs)
    second = _read(_pairs(first))
    assert (first.problems, first.text, first.answers) == (second.problems, second.text, second.answers)
    assert (first.library, first.consents, first.name, first.email) == (
        *(second.library, second.consents, second.name, second.email),
    )


@given(pairs=pairs)
def test_a_held_answer_filled_in_again_reads_as_it_was(pairs: list[tuple[str, str]]) -> None:
    reading = _read([*pairs, ("consent", "analyse"), ("q_changed", "learned"), ("parent", "yes")])
    if reading.problems:
        return
    held = Held(
        item_id=1,
        text=reading.text,
        answers=reading.answers,
        consents=reading.consents,
        language="en",
        form=QUESTIONNAIRE.form,
        created_at=NOW,
        source="form",
        source_id="1",
        library=reading.library,
        postcode=reading.postcode,
        age_band=reading.age_band,
        name=reading.name,
        email=reading.email,
    )
    filled = _read(_pairs(again(held, QUESTIONNAIRE)))
    assert filled.problems == ()
    assert content_of(filled, language="en", form="f") == content_of(reading, language="en", form="f")
    assert (filled.name, filled.email) == (reading.name, reading.email)


def test_a_name_cannot_be_turned_around_and_own_words_stay_as_they_are() -> None:
    reading = _read(
        [
            ("q_words", "abc \u202edef\u202c"),
            ("q_library", "\u202eyrarbiL\u202c"),
            ("name", "\u2067ada"),
            ("consent", "analyse"),
            ("consent", "quote_named"),
        ]
    )
    assert (reading.text, reading.library, reading.name) == ("abc \u202edef\u202c", "yrarbiL", "ada")
