"""Personal data and risks: planted data is found, harmless statements stay whole, no text breaks it, spans fit."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from advocacy_monitor.enrichers import contact_details
from advocacy_monitor.enrichers.personal_data import PersonalDataEnricher
from advocacy_monitor.enrichers.word_lists import AMBIGUOUS_NAMES, GIVEN_NAMES, NOT_NAMES
from advocacy_monitor.models import Annotation
from tests.enrichers.stored import ListReader, annotate, make_stored

HERE = Path(__file__).parent
MARK = re.compile(r"\[\[(\w+)\|(.*?)\]\](?!\])")
KINDS = {"email", "phone", "url", "handle", "iban", "card", "address", "name", "date_of_birth"}
RISKS = {"minor", "health", "religion", "politics", "homelessness", "crisis", "sexuality", "origin"}


class Planted(NamedTuple):
    """One run of a text that gives somebody away."""

    kind: str
    start: int
    end: int


def _texts(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.replace("⏎", "\n") for line in lines if line and not line.startswith("# ")]


def _unmarked(line: str) -> tuple[str, list[Planted]]:
    text, planted, last = "", [], 0
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        planted.append(Planted(match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return text + line[last:], planted


PLANTED = [_unmarked(line) for line in _texts("planted_personal_data.txt")]


def _found(text: str) -> dict[str, list[str]]:
    """The runs that are called personal data, by kind."""
    found = annotate(PersonalDataEnricher(), text)
    return {a.value: [text[s.start : s.end] for s in a.spans] for a in found if a.label == "personal_data"}


def _risks(text: str, **given: object) -> set[str]:
    return {a.value for a in annotate(PersonalDataEnricher(), text, **given) if a.label == "risk"}


def _is_covered(text: str, planted: Planted, found: list[Annotation]) -> bool:
    covered = {place for a in found for span in a.spans for place in range(span.start, span.end)}
    return all(place in covered for place in range(planted.start, planted.end) if text[place].isalnum())


def test_planted_personal_data_is_found_and_little_else() -> None:
    planted_of, found_of = Counter[str](), Counter[str]()
    flagged = wrong = 0
    for text, planted in PLANTED:
        found = [a for a in annotate(PersonalDataEnricher(), text) if a.label == "personal_data"]
        for each in planted:
            planted_of[each.kind] += 1
            found_of[each.kind] += _is_covered(text, each, found)
        for span in (span for a in found for span in a.spans):
            flagged += 1
            wrong += not any(span.start < each.end and each.start < span.end for each in planted)
    recall = {kind: found_of[kind] / count for kind, count in planted_of.items()}
    print(f"{sum(found_of.values())} of {sum(planted_of.values())} found, {wrong} of {flagged} wrong, {recall}")
    assert planted_of.total() >= 120
    assert set(planted_of) == KINDS
    assert all(recall[kind] == 1 for kind in ("email", "phone", "url", "handle", "iban", "card", "date_of_birth")), (
        recall
    )
    assert recall["name"] >= 0.97, recall
    assert recall["address"] >= 0.92, recall
    assert wrong / flagged <= 0.03


@pytest.mark.parametrize("text", _texts("clean_statements.txt"))
def test_a_statement_that_gives_nobody_away_stays_whole(text: str) -> None:
    assert _found(text) == {}


def test_the_runs_are_exact() -> None:
    text = "Grüße 😀 von Anna Schmidt, Musterstraße 12a, Tel. 0171 2345678, anna@example.org"
    found = _found(text)
    assert found["email"] == ["anna@example.org"]
    assert found["phone"] == ["0171 2345678"]
    assert found["address"] == ["Musterstraße 12a"]
    assert "Anna Schmidt" in found["name"]


def test_a_name_with_combining_letters_is_taken_whole() -> None:
    text = "Liebe Grüße, Jo\u0308rg Mu\u0308ller"
    assert _found(text)["name"] == ["Jo\u0308rg Mu\u0308ller"]


def test_the_account_s_own_name_is_found_in_its_text() -> None:
    found = annotate(PersonalDataEnricher(), "So says Quirinus Vex himself.", author_name="Quirinus Vex")
    assert [a.value for a in found] == ["name"]


def test_authors_whom_people_read_are_no_personal_data() -> None:
    assert _found("I found Agatha Christie and all of Harry Potter there.") == {}
    assert "name" in _found("I found Agatha Miller there.")


def test_a_name_that_is_also_a_word_needs_a_cue_or_a_surname() -> None:
    assert _found("Will you come? Mark my words, and may Hope stay. A Rose is a Rose.") == {}
    for text in ("My son Mark loves it.", "Frau Rose hilft immer.", "Thanks, Grace", "Jack Dooley drives the bus."):
        assert "name" in _found(text), text


def test_the_lists_of_names_do_not_contradict_each_other() -> None:
    assert {"will", "mark", "rose", "jack"} <= AMBIGUOUS_NAMES
    assert {"anna", "mehmet", "ольга"} <= GIVEN_NAMES
    assert GIVEN_NAMES.isdisjoint(AMBIGUOUS_NAMES | NOT_NAMES)
    assert AMBIGUOUS_NAMES.isdisjoint(NOT_NAMES - {"art", "nur"})


def test_an_iban_with_a_slip_is_found_all_the_same() -> None:
    assert _found("IBAN DE89 3704 0044 0532 0130 01")["iban"] == ["DE89 3704 0044 0532 0130 01"]


def test_books_dates_and_figures_are_no_numbers_of_people() -> None:
    assert _found("ISBN 3-16-148410-X, ISBN 978-3-16-148410-0, 12.05.2020, 2019-2023, 1.250.000 Euro") == {}


@pytest.mark.parametrize(
    ("risk", "text"),
    [
        ("minor", "I am 9 and I love the comics."),
        ("minor", "Ich bin 12 und gehe jeden Tag hin."),
        ("minor", "My 8-year-old reads everything."),
        ("minor", "Unser fünfjähriges Kind läuft allein hin."),
        ("minor", "Mein Sohn Ben (8) liest gern."),
        ("minor", "Wir aus der 4b waren da."),
        ("health", "Since my husband got dementia we go together."),
        ("health", "Ich sitze im Rollstuhl und komme überall hin."),
        ("health", "Nach meiner Depression war das mein erster Weg."),
        ("religion", "As a Muslim I feel welcome there."),
        ("religion", "Wir gehen nach der Kirche hin."),
        ("politics", "I vote Labour and I will remember this."),
        ("politics", "Als SPD-Mitglied sage ich: nicht schließen!"),
        ("homelessness", "I was homeless and it was my only warm place."),
        ("homelessness", "Als ich auf der Straße gelebt habe, war ich jeden Tag dort."),
        ("crisis", "I wanted to die and a librarian talked to me."),
        ("crisis", "Nach der häuslichen Gewalt war das mein sicherer Ort."),
        ("sexuality", "As a gay teenager I found myself in those books."),
        ("origin", "Ich bin geflohen und habe hier Deutsch gelernt."),
    ],
)
def test_wording_that_a_person_must_read_first(risk: str, text: str) -> None:
    assert risk in _risks(text)


@pytest.mark.parametrize(
    "text",
    [
        "When I was 8 I read all of it.",
        "Mit 12 Jahren habe ich dort die großen Romane entdeckt.",
        "I go there 4 times a week and borrow 10 books.",
        "Wir haben die Bücherei besucht und ein Buch gesucht.",
        "Our democracy needs libraries.",
        "Politicians must keep it open.",
        "I adore the quiet room and the new chairs.",
        "Die Öffnungszeiten sind gut, der Kaffee auch.",
    ],
)
def test_harmless_wording_is_not_held(text: str) -> None:
    assert _risks(text) == set()


def test_an_answer_about_age_shows_a_minor() -> None:
    assert _risks("I like it.", kind="submission", answers={"age": "Under 16"}) == {"minor"}
    assert _risks("I like it.", kind="submission", answers={"age": "25-64"}) == set()


def test_settings_are_checked_and_part_of_the_version() -> None:
    assert PersonalDataEnricher().version == PersonalDataEnricher.BASE_VERSION
    assert PersonalDataEnricher(regions=("DE",)).version != PersonalDataEnricher().version
    with pytest.raises(ValidationError, match="XX"):
        PersonalDataEnricher(regions=("DE", "XX"))


PIECES = st.sampled_from(
    "@|a@b.c|0171 |(|(at)| at |dot|Str. |12 |Mein Sohn |LG |— |\n|Anna |K. |DE89 |1234 5678 |#|http://|😀|\u0308|İ|ß|ﬁ"
    "|图|٠١٢|\u202e|\x00|I am 9|* 1.2.|\ud800".split("|")
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_no_text_breaks_it_and_spans_lie_inside(text: str) -> None:
    enricher = PersonalDataEnricher()
    items = [make_stored(1, text, author_name=text[:12])]
    found = list(enricher.enrich(items, ListReader()))
    assert found == list(enricher.enrich(items, ListReader()))
    assert len({(a.label, a.value) for a in found}) == len(found)
    for annotation in found:
        assert annotation.value in (KINDS if annotation.label == "personal_data" else RISKS)
        assert all(0 <= span.start < span.end <= len(text) for span in annotation.spans)
        assert list(annotation.spans) == sorted(annotation.spans, key=lambda span: span.start)


@pytest.mark.parametrize("piece", ["1 ", "(1", "A, ", "Ab\n", "str. 1 ", "a dot ", "a@", "straße", "DE89 ", "— A "])
def test_long_hostile_texts_take_no_time_that_matters(piece: str) -> None:
    assert annotate(PersonalDataEnricher(), piece * (20_000 // len(piece))) is not None


def test_the_words_after_an_account_number_stay() -> None:
    text = "Buchen Sie ab: DE89 3704 0044 0532 0130 00. Meine Enkel danken."
    (found,) = contact_details.find_ibans(text)
    assert text[found.start : found.end] == "DE89 3704 0044 0532 0130 00"
