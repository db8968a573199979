"""Settling, closing and agreement at the desk: who sees whose answers, and when."""

from __future__ import annotations

import re

import httpx2
import pytest

from advocacy_monitor.candidates import candidate
from advocacy_monitor.coding.report import Figure
from advocacy_monitor.desk.pages.coding_agreement import figure_in_words
from advocacy_monitor.desk.pages.coding_reports import Reports
from advocacy_monitor.translate import texts
from tests.desk.coding_steps import change, code_all, draw, drawn, hidden, problem, record_all, rows, send, told
from tests.desk.site import Client, Site

_ANNA = {1: ["staff_help"], 2: ["staff_help"], 3: ["children_family"]}
"""What Anna finds in the first three; nothing in the others."""


@pytest.fixture
def anna(desk_site: Site) -> Client:
    return desk_site.client("coder", name="Anna")


@pytest.fixture
def ben(desk_site: Site) -> Client:
    return desk_site.client("coder", name="Ben")


@pytest.fixture
def carla(desk_site: Site) -> Client:
    return desk_site.client("moderator", name="Carla")


@pytest.fixture
def round_id(desk_site: Site) -> int:
    """A round of ten statements."""
    return draw(desk_site)


def _anna(number: int) -> dict[str, object]:
    return {"theme": _ANNA[number], "note": "Annas note <b>"} if number in _ANNA else {"answer": "none"}


def _ben(number: int) -> dict[str, object]:
    return {"theme": ["staff_help", "study_work_space"]} if number in (2, 3) else _anna(number) | {"note": ""}


@pytest.fixture
def coded(desk_site: Site, round_id: int) -> int:
    """The round coded by both, who differ on statements 2 and 3."""
    record_all(desk_site, round_id, "Anna", _anna)
    record_all(desk_site, round_id, "Ben", _ben)
    return round_id


def _settle(client: Client, round_id: int, page: str, **fields: object) -> httpx2.Response:
    return client.post(
        f"/coding/{round_id}/settle", {"number": hidden(page, "number"), "seen": hidden(page, "seen"), **fields}
    )


def _begin(client: Client, round_id: int) -> str:
    assert client.post(f"/coding/{round_id}/begin").status_code == 303
    answer = client.get(f"/coding/{round_id}/settle")
    assert answer.status_code == 200, answer.text
    return answer.text


def _answers(page: str) -> dict[str, str]:
    """The coders' answers by their letters."""
    found = re.findall(r'<button name="take" value="(\w+)".*?<strong>(.*?)</strong>', page, re.DOTALL)
    return dict(found)


def test_from_blind_answers_to_codes_that_count(
    desk_site: Site, round_id: int, anna: Client, ben: Client, carla: Client
) -> None:
    coded = round_id
    code_all(anna, coded, _anna)
    code_all(ben, coded, _ben)
    before = carla.get(f"/coding/{coded}/settle")
    assert "The coders differ on 2 statements that nobody has settled." in before.text
    assert "Take A" not in before.text
    page = _begin(carla, coded)
    assert "0 settled, 2 open" in page
    assert hidden(page, "number") == "2"
    answers = _answers(page)
    assert set(answers) == {"A", "B"}
    alone = next(letter for letter, words in answers.items() if "," not in words)
    taken = _settle(carla, coded, page, take=alone)
    assert taken.headers["location"] == f"/-/desk/coding/{coded}/settle?after=2"
    page = carla.get(f"/coding/{coded}/settle?after=2").text
    assert hidden(page, "number") == "3"
    assert _settle(carla, coded, page, theme=["children_family", "staff_help"], note="both").status_code == 303
    assert carla.get(f"/coding/{coded}/settle").headers["location"] == f"/-/desk/coding/{coded}/close"
    closing = told(carla.get(f"/coding/{coded}/close"))
    assert "10 statements were coded by two or more people" in closing
    closed = carla.post(f"/coding/{coded}/close")
    assert closed.headers["location"] == f"/-/desk/coding/{coded}/agreement"
    items = drawn(desk_site, coded)
    gold = 'SELECT label, value FROM annotations WHERE item_id = ? AND "by" = ? ORDER BY id'
    assert rows(desk_site, gold, items[1], "person:Anna + Ben") == [("coded", "themes"), ("theme", "staff_help")]
    assert rows(desk_site, gold, items[2], "person:Carla") == [("coded", "themes"), ("theme", "staff_help")]
    assert rows(desk_site, gold, items[3], "person:Carla") == [
        ("coded", "themes"),
        ("theme", "children_family"),
        ("theme", "staff_help"),
    ]
    assert rows(desk_site, gold, items[4], "person:Anna + Ben") == [("coded", "none")]
    found = candidate(desk_site.desk.reader(), items[3])
    assert found is not None
    assert found.themes == {"children_family", "staff_help"}
    logged = "SELECT action, count(*) FROM actions WHERE actor = 'Carla' GROUP BY action ORDER BY action"
    assert rows(desk_site, logged) == [("coding.close", 1), ("coding.settle", 2), ("coding.settles", 1)]
    assert rows(desk_site, "SELECT closed_by FROM coding_rounds") == [("Carla",)]


def test_settling_does_not_name_the_coders(coded: int, carla: Client) -> None:
    page = _begin(carla, coded)
    for words in ("Anna<", "Ben", "themes@", "Annas note <b>"):
        assert words not in page
    assert "Annas note &lt;b&gt;" in page  # a note is for the talk: without a name, and as text
    assert not re.search(r'name="(theme|answer)"[^>]* checked>', page)


def test_who_has_statements_left_does_not_settle(desk_site: Site, round_id: int, carla: Client) -> None:
    record_all(desk_site, round_id, "Anna", _anna)
    page = carla.get(f"/coding/{round_id}/next").text
    assert send(carla, round_id, page, answer="too_short").status_code == 303
    for answer in (
        carla.get(f"/coding/{round_id}/settle"),
        carla.post(f"/coding/{round_id}/begin"),
        carla.post(f"/coding/{round_id}/settle", {"number": 1, "seen": "", "answer": "none", "note": "my note"}),
    ):
        assert answer.status_code == 409
        assert "You have 9 statements of “autumn-1” still to code" in problem(answer)
        assert "Take A" not in answer.text
    assert "my note" in answer.text


def test_who_has_begun_to_settle_codes_no_more(desk_site: Site, coded: int, carla: Client) -> None:
    blind = carla.get(f"/coding/{coded}/next").text
    _begin(carla, coded)
    for answer in (
        carla.get(f"/coding/{coded}/next"),
        carla.get(f"/coding/{coded}/next?number=3"),
        send(carla, coded, blind, answer="none", note="my note"),
    ):
        assert answer.status_code == 409
        assert "You have begun to settle the round “autumn-1”" in problem(answer)
    assert "my note" in answer.text
    assert not rows(desk_site, "SELECT id FROM codings WHERE coder = 'Carla'")
    assert "You have begun to settle" in told(carla.get("/coding"))


def test_nobody_settles_without_having_begun(desk_site: Site, coded: int, carla: Client) -> None:
    answer = carla.post(f"/coding/{coded}/settle", {"number": 2, "seen": "", "answer": "none"})
    assert answer.headers["location"] == f"/-/desk/coding/{coded}/settle"
    assert not rows(desk_site, "SELECT id FROM codings WHERE is_final = 1")


def test_where_nobody_differs_there_is_nothing_to_settle(desk_site: Site, round_id: int, carla: Client) -> None:
    record_all(desk_site, round_id, "Anna", _anna)
    record_all(desk_site, round_id, "Ben", lambda number: {**_anna(number), "note": "notes do not count"})
    assert carla.get(f"/coding/{round_id}/settle").headers["location"] == f"/-/desk/coding/{round_id}/close"
    assert carla.get(f"/coding/{round_id}/next").status_code == 200  # nothing was seen, so she may still code
    assert "The coders agree on every statement." in carla.get(f"/coding/{round_id}/agreement").text


def test_settling_that_is_refused_stays_in_the_form(desk_site: Site, coded: int, carla: Client) -> None:
    page = _begin(carla, coded)
    for fields, words in (
        ({}, "Choose one or more themes"),
        ({"theme": "staff_help", "answer": "none"}, "stand alone"),
        ({"take": "Z"}, "There is no answer Z."),
        ({"theme": "no_such"}, "there is no theme 'no_such'"),
    ):
        answer = _settle(carla, coded, page, note="my note", **fields)
        assert answer.status_code == 400
        assert words in problem(answer)
        assert "my note</textarea>" in answer.text
    assert not rows(desk_site, "SELECT id FROM codings WHERE is_final = 1")


def test_an_answer_that_changes_meanwhile_is_shown_again(
    desk_site: Site, coded: int, ben: Client, carla: Client
) -> None:
    page = _begin(carla, coded)
    changing = ben.get(f"/coding/{coded}/next?number=2").text
    assert send(ben, coded, changing, answer="too_short").status_code == 303
    answer = _settle(carla, coded, page, take="A", note="my note")
    assert answer.status_code == 409
    assert "A coder has changed an answer since this page was opened." in problem(answer)
    assert "Too short to say" in _answers(answer.text).values()
    assert "my note</textarea>" in answer.text
    assert send(ben, coded, ben.get(f"/coding/{coded}/next?number=2").text, theme="staff_help").status_code == 303
    gone = _settle(carla, coded, answer.text, take="A", note="my note")
    assert gone.status_code == 409
    assert "This statement needs no settling any more" in problem(gone)
    assert "my note" in gone.text
    assert not rows(desk_site, "SELECT id FROM codings WHERE is_final = 1")


def test_two_who_settle_do_not_hide_each_others_answers(desk_site: Site, coded: int, carla: Client) -> None:
    dora = desk_site.client("administrator", name="Dora")
    page, other = _begin(carla, coded), _begin(dora, coded)
    for _ in range(2):  # pressing twice is no mistake
        assert _settle(carla, coded, page, answer="none").status_code == 303
    refused = _settle(dora, coded, other, answer="too_short", note="my note")
    assert refused.status_code == 409
    assert "somebody else has settled it" in problem(refused)
    assert "What you had chosen was not stored: Too short to say." in told(refused)
    assert rows(desk_site, "SELECT coder, answer FROM codings WHERE is_final = 1") == [("Carla", "none")]


def test_no_blind_answer_comes_after_a_settled_one(desk_site: Site, coded: int, ben: Client, carla: Client) -> None:
    mine = ben.get(f"/coding/{coded}/next?number=2").text
    _settle(carla, coded, _begin(carla, coded), answer="none")
    answer = send(ben, coded, mine, answer="too_short", note="my note")
    assert answer.status_code == 409
    assert "The answers to statement 2 were compared and settled" in problem(answer)
    assert "my note" in answer.text
    assert ben.get(f"/coding/{coded}/next?number=2").status_code == 409
    listed = ben.get(f"/coding/{coded}/mine").text
    assert "Change number 3" in listed
    assert "Change number 2" not in listed


def test_what_keeps_a_round_from_being_closed(desk_site: Site, round_id: int, carla: Client) -> None:
    nothing = carla.post(f"/coding/{round_id}/close", {"single": "yes"})
    assert nothing.status_code == 409
    assert "Nothing was coded in this round yet." in problem(nothing)
    record_all(desk_site, round_id, "Anna", _anna)
    once = carla.post(f"/coding/{round_id}/close")
    assert once.status_code == 409
    assert "10 statements were coded by one person only" in problem(once)
    page = carla.get(f"/coding/{round_id}/next").text
    send(carla, round_id, page, answer="too_short")
    differing = carla.post(f"/coding/{round_id}/close", {"single": "yes"})
    assert differing.status_code == 409
    assert "The coders differ on 1 statement that nobody has settled." in problem(differing)
    assert "Carla: 9 statements still to code" in told(differing).replace(" :", ":")
    assert rows(desk_site, "SELECT closed_at FROM coding_rounds") == [(None,)]
    again = carla.get(f"/coding/{round_id}/next?number=1").text
    assert send(carla, round_id, again, theme="staff_help").status_code == 303
    assert carla.post(f"/coding/{round_id}/close", {"single": "yes"}).status_code == 303
    assert rows(desk_site, "SELECT count(*) FROM annotations WHERE label = 'coded' AND \"by\" = 'person:Anna'") == [
        (9,)
    ]


def test_a_closed_round_takes_nothing_more(desk_site: Site, coded: int, anna: Client, carla: Client) -> None:
    blind, settling = anna.get(f"/coding/{coded}/next?number=2").text, _begin(carla, coded)
    change(desk_site, "UPDATE coding_rounds SET closed_at = '2026-11-01T10:00:00+00:00', closed_by = 'Kim'")
    for answer in (
        send(anna, coded, blind, answer="none", note="my note"),
        _settle(carla, coded, settling, answer="none", note="my note"),
        anna.get(f"/coding/{coded}/next"),
        carla.get(f"/coding/{coded}/settle"),
        carla.post(f"/coding/{coded}/begin"),
        carla.get(f"/coding/{coded}/close"),
        carla.post(f"/coding/{coded}/close"),
    ):
        assert answer.status_code == 409
        assert "The round “autumn-1” was closed on 1 November 2026." in problem(answer)
        if answer.request.method == "POST" and b"note" in answer.request.content:
            assert "my note" in answer.text
    assert "Change number" not in anna.get(f"/coding/{coded}/mine").text


def test_agreement_is_told_without_single_answers_while_the_round_is_open(
    coded: int, carla: Client, desk_site: Site
) -> None:
    answer = carla.get(f"/coding/{coded}/agreement")
    assert answer.status_code == 200
    text = told(answer)
    for words in ("All statements (n = 10)", "too few statements to say", "What is taken for what", "Anna"):
        assert words in text
    assert "On which statements the coders differ is told when the round is closed" in text
    assert "Number 2" not in text
    _begin(carla, coded)
    text = told(carla.get(f"/coding/{coded}/agreement"))
    assert "Number 2" in text
    assert "Anna : " in text
    assert "themes@" not in text


def test_a_coder_sees_agreement_when_the_round_is_closed(
    desk_site: Site, coded: int, anna: Client, carla: Client
) -> None:
    page = _begin(carla, coded)
    _settle(carla, coded, page, take="A")
    _settle(carla, coded, carla.get(f"/coding/{coded}/settle").text, take="B")
    assert anna.get(f"/coding/{coded}/agreement").status_code == 403
    assert carla.post(f"/coding/{coded}/close").status_code == 303
    seen = anna.get(f"/coding/{coded}/agreement")
    assert seen.status_code == 200
    assert "Number 2" in told(seen)
    stranger = desk_site.client("coder", name="Emil").get(f"/coding/{coded}/agreement")
    assert stranger.status_code == 403
    assert "Only who coded in this round sees" in stranger.text


def test_figures_are_written_as_the_language_does() -> None:
    figure = Figure(value=-0.001, interval=(-0.5, 0.0))
    assert figure_in_words(texts("en"), figure) == "0.00 [-0.50, 0.00]"
    assert figure_in_words(texts("de"), figure) == "0,00 [-0,50; 0,00]"
    assert figure_in_words(texts("en"), Figure(value=0.7)) == "0.70"
    assert figure_in_words(texts("en"), Figure(value=None)) == "–"


def test_agreement_of_one_coder_is_none(desk_site: Site, round_id: int, carla: Client) -> None:
    record_all(desk_site, round_id, "Anna", _anna)
    assert "Nothing was coded by two people yet" in carla.get(f"/coding/{round_id}/agreement").text


def test_agreement_is_measured_once_for_the_same_answers(desk_site: Site, coded: int, ben: Client) -> None:
    kept, store = Reports(), desk_site.desk.reader()
    round_ = store.rounds.all()[0]
    first = kept.of(store, round_, themes=("staff_help",), draws=0)
    assert first is not None
    assert kept.of(store, round_, themes=("staff_help",), draws=0) is first
    assert kept.of(store, round_, themes=("staff_help", "cost_equity"), draws=0) is not first
    assert send(ben, coded, ben.get(f"/coding/{coded}/next?number=4").text, answer="too_short").status_code == 303
    later = kept.of(store, round_, themes=("staff_help",), draws=0)
    assert later is not None
    assert len(later.discussed) == len(first.discussed) + 1
