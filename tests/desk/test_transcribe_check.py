"""The second reading at the desk: blind, by somebody else; differences are shown, settled, and make an error rate."""

from __future__ import annotations

import re

import pytest

from advocacy_monitor.desk.context import BASE
from tests.desk.flyer_steps import TYPED, finished, open_batch, problem, put, rows, said, sheet
from tests.desk.site import Client, Site


@pytest.fixture
def anna(desk_site: Site) -> Client:
    return desk_site.client("transcriber", name="Anna")


@pytest.fixture
def ben(desk_site: Site) -> Client:
    return desk_site.client("transcriber", name="Ben")


@pytest.fixture
def batch(anna: Client) -> int:
    number = open_batch(anna)
    finished(anna, number)
    return number


def second(client: Client, batch: int, **typed: str) -> str:
    page = sheet(client, batch, "second")
    given = {key: value for key, value in TYPED.items() if key != "q_code"}
    return said(client.post(f"/transcribe/{batch}/second", {**page, **given, **typed}))


def settling(client: Client, batch: int) -> dict[str, str]:
    page = client.get(f"/transcribe/{batch}/settle").text
    (flyer,) = re.findall(r'name="flyer" value="(\d+)"', page)
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
    return {"flyer": flyer, "seen": seen}


def test_a_fifth_flyer_brings_a_second_reading_by_somebody_else(anna: Client, ben: Client, batch: int) -> None:
    page = anna.get(f"/transcribe/{batch}").text
    assert "Chance chose 1 flyer." in page and "Somebody else has to read them now." in page
    assert anna.get(f"/transcribe/{batch}/second").headers["location"] == f"{BASE}/transcribe/{batch}"
    page = ben.get(f"/transcribe/{batch}/second").text
    for word in ("kept me", "ab1", "AB1", 'value="1 9"', "Anna", "Code of this sheet"):
        assert word not in page, word
    assert "There is nothing for you to read a second time." in said(anna.get(f"/transcribe/{batch}/second"))


def test_few_flyers_are_read_once(anna: Client) -> None:
    batch = open_batch(anna)
    for _ in range(4):
        put(anna, batch)
    assert said(anna.post(f"/transcribe/{batch}/finish")) == "With fewer than five flyers none is read twice."
    assert said(anna.post(f"/transcribe/{batch}/close")) == "The batch is closed."


def test_readings_that_agree_need_nobody_to_settle(desk_site: Site, anna: Client, ben: Client, batch: int) -> None:
    assert "is stored" in second(ben, batch, q_matters="9, 1")
    page = anna.get(f"/transcribe/{batch}").text
    assert "The first reading was wrong in 0 of 5 fields." in page and "Too few for a percentage." in page
    assert said(anna.post(f"/transcribe/{batch}/close")) == "The batch is closed."
    assert rows(desk_site, "SELECT DISTINCT answers FROM transcriptions") == [("{}",)]
    assert anna.get(f"/transcribe/{batch}/enter").status_code == 303
    assert anna.post(f"/transcribe/{batch}/enter", {**TYPED, "flyer": "9"}).status_code == 409


def test_differences_are_shown_field_by_field_and_settled(
    desk_site: Site, anna: Client, ben: Client, batch: int
) -> None:
    second(ben, batch, q_words="It kept us <b>warm</b>.", q_matters="1 2", q_age="?")
    assert anna.post(f"/transcribe/{batch}/close").status_code == 409
    page = anna.get(f"/transcribe/{batch}/settle").text
    assert "They differ in 3 fields of 5." in page
    for words in (
        "It kept me [illegible] warm.",
        "It kept us &lt;b&gt;warm&lt;/b&gt;.",
        "A quiet place",
        "Nobody can tell",
    ):
        assert words in page
    assert "AB1 2CD" not in page
    hidden = settling(anna, batch)
    some = {**hidden, "right_words": "second", "right_age": "other", "q_age": "9"}
    refused = anna.post(f"/transcribe/{batch}/settle", some)
    assert refused.status_code == 400
    assert "Say what stands on the sheet." in refused.text and "“9” is no box" in refused.text
    assert re.search(r'name="right_words" value="second" checked', refused.text)
    done = anna.post(f"/transcribe/{batch}/settle", {**some, "right_matters": "first", "q_age": "4"})
    assert said(done) == f"Flyer {hidden['flyer']} is settled."
    item = rows(
        desk_site,
        f"SELECT text, items.answers, age_band FROM items JOIN transcriptions ON item_id = items.id AND entry = 'first' "
        f"AND flyer = {hidden['flyer']}",
    )
    assert item == [("It kept us <b>warm</b>.", '{"matters":"print_books; quiet_place"}', "65+")]
    page = anna.get(f"/transcribe/{batch}").text
    assert "The first reading was wrong in 2 of 5 fields." in page and "The second reading was wrong in 2." in page
    assert "The first reading was wrong in 2 of 5 fields." in anna.get("/transcribe").text
    assert "Nothing is to be settled." in said(anna.get(f"/transcribe/{batch}/settle"))


def test_two_who_settle_at_once_do_it_once(desk_site: Site, anna: Client, ben: Client, batch: int) -> None:
    second(ben, batch, q_words="Something else.")
    hidden = settling(anna, batch)
    page = {**hidden, "right_words": "second"}
    assert "is settled" in said(anna.post(f"/transcribe/{batch}/settle", page))
    assert "settled by somebody else" in said(ben.post(f"/transcribe/{batch}/settle", {**page, "right_words": "first"}))
    assert rows(desk_site, "SELECT count(*) FROM paper_differences") == [(1,)]


def test_nobody_sends_a_second_reading_of_their_own_or_of_a_flyer_that_was_not_drawn(
    desk_site: Site, anna: Client, ben: Client, batch: int
) -> None:
    page = sheet(ben, batch, "second")
    own = anna.post(f"/transcribe/{batch}/second", {**page, **TYPED})
    other = str(int(page["flyer"]) % 5 + 1)
    wrong = ben.post(f"/transcribe/{batch}/second", {**page, **TYPED, "flyer": other})
    for answer in (own, wrong):
        assert answer.status_code == 409 and "needs no second reading by you" in problem(answer)
        assert "It kept me [?] warm." in answer.text
    assert rows(desk_site, "SELECT count(*) FROM transcriptions WHERE entry = 'second'") == [(0,)]
    bad = ben.post(f"/transcribe/{batch}/second", {**page, **TYPED, "q_age": "7"})
    assert bad.status_code == 400 and "“7” is no box" in bad.text


def test_an_author_who_takes_it_back_ends_the_second_reading(
    desk_site: Site, anna: Client, ben: Client, batch: int
) -> None:
    (flyer,) = rows(desk_site, "SELECT flyer FROM paper_checks")[0]
    with desk_site.desk.writer() as store:
        known = store.paper.entry(batch, flyer, "first")
        assert known is not None and known.item_id is not None
        store.submissions.withdraw(known.item_id)
    assert ben.get(f"/transcribe/{batch}/second").status_code == 303
    assert said(anna.post(f"/transcribe/{batch}/close")) == "The batch is closed."


def test_a_batch_takes_more_flyers_as_long_as_none_was_read_twice(anna: Client, ben: Client, batch: int) -> None:
    assert said(anna.post(f"/transcribe/{batch}/go-on")) == "The batch takes flyers again."
    assert sheet(anna, batch)["flyer"] == "6"
    assert anna.post(f"/transcribe/{batch}/finish").status_code == 303
    second(ben, batch)
    assert anna.post(f"/transcribe/{batch}/go-on").status_code == 409
