"""Flyers at the desk: typed by numbers, stored at once, never lost, left out where nobody agreed."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from advocacy_monitor.desk.context import BASE
from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.submissions import Submissions
from tests.desk.flyer_steps import FORM, TYPED, hidden, open_batch, problem, put, rows, said, sheet
from tests.desk.site import Client, Site, open_site
from tests.desk.statements import campaign


@pytest.fixture
def anna(desk_site: Site) -> Client:
    return desk_site.client("transcriber", name="Anna")


@pytest.fixture
def batch(anna: Client) -> int:
    return open_batch(anna)


def test_a_flyer_is_typed_by_numbers_and_the_next_one_opens(desk_site: Site, anna: Client, batch: int) -> None:
    answer = put(anna, batch)
    assert (answer.headers["location"], said(answer)) == (f"{BASE}/transcribe/{batch}/enter", "Flyer 1 is stored.")
    assert rows(desk_site, "SELECT text, answers, library, postcode, age_band FROM items WHERE source = 'paper'") == [
        ("It kept me [illegible] warm.", '{"matters":"print_books; quiet_place"}', "Lindenrode", "AB1 2CD", "25-64")
    ]
    uses = (
        "SELECT use FROM item_consents JOIN items ON id = item_id WHERE source = 'paper' AND granted = 1 ORDER BY use"
    )
    assert rows(desk_site, uses) == [("analyse",), ("quote_unnamed",)]
    assert sheet(anna, batch)["flyer"] == "2"
    assert rows(desk_site, "SELECT actor, action, detail FROM actions WHERE action = 'transcribe.enter'") == [
        ("Anna", "transcribe.enter", "Main Street: 1")
    ]
    (paper,) = rows(desk_site, "SELECT id FROM items WHERE source = 'paper'")
    assert "kept me [illegible] warm" in desk_site.client("moderator").get(f"/statements/{paper[0]}").text


def test_a_transcriber_gets_to_flyers_and_nowhere_else(desk_site: Site, anna: Client, batch: int) -> None:
    assert anna.get("/").headers["location"] == f"{BASE}/transcribe"
    for path in ("/statements", "/queue", "/dashboards", "/map", "/coding", "/packs", "/guidelines", "/log"):
        assert anna.get(path).status_code == 403, path
    for path in ("/help", "/account", "/transcribe", f"/transcribe/{batch}", "/transcribe/new"):
        assert anna.get(path).status_code == 200, path
    assert anna.stock("/advocacy").status_code == 403
    for role in ("viewer", "coder", "advocate"):
        for path in ("/transcribe", f"/transcribe/{batch}", f"/transcribe/{batch}/enter"):
            assert desk_site.client(role).get(path).status_code == 403


def test_readings_stand_on_no_page_of_datasette_but_the_administrators(
    desk_site: Site, anna: Client, batch: int
) -> None:
    put(anna, batch, q_words="SECRETREADING of a flyer")
    moderator = desk_site.client("moderator")
    for path in ("transcriptions", "transcriptions.json", "transcriptions/1", "~74ranscriptions", "TRANSCRIPTIONS.csv"):
        assert moderator.stock(f"/advocacy/{path}").status_code == 403
    assert moderator.stock("/advocacy/paper_batches/1").status_code == 200
    assert "SECRETREADING" not in moderator.stock("/advocacy/paper_batches/1").text
    assert "SECRETREADING" in desk_site.client("administrator").stock("/advocacy/transcriptions").text


def test_sending_a_flyer_twice_counts_once(desk_site: Site, anna: Client, batch: int) -> None:
    page = {**sheet(anna, batch), **TYPED}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: anna.post(f"/transcribe/{batch}/enter", page), range(2)))
    assert [each.status_code for each in answers] == [303, 303]
    assert rows(desk_site, "SELECT count(*) FROM items WHERE source = 'paper'") == [(1,)]
    changed = anna.post(f"/transcribe/{batch}/enter", {**page, "q_words": "It kept me very warm."})
    assert said(changed) == "Flyer 1 is stored."
    assert rows(desk_site, "SELECT text FROM items WHERE source = 'paper' AND text <> ''") == [
        ("It kept me very warm.",)
    ]


def test_two_people_with_one_number_both_keep_what_they_typed(desk_site: Site, anna: Client, batch: int) -> None:
    ben = desk_site.client("transcriber", name="Ben")
    page = sheet(ben, batch)
    put(anna, batch)
    taken = ben.post(f"/transcribe/{batch}/enter", {**page, **TYPED, "q_words": "Ben's <sheet>"})
    assert taken.status_code == 409
    assert "this sheet is now flyer 2" in problem(taken)
    assert "Ben&#39;s &lt;sheet&gt;" in taken.text and 'name="flyer" value="2"' in taken.text
    again = ben.post(f"/transcribe/{batch}/enter", {**page, **TYPED, "flyer": "2", "q_words": "Ben's <sheet>"})
    assert said(again) == "Flyer 2 is stored."
    assert ben.get(f"/transcribe/{batch}/enter?flyer=1").status_code == 403
    assert anna.get(f"/transcribe/{batch}/enter?flyer=1").status_code == 200


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"q_matters": "1 13"}, "“13” is no box: type numbers from 1 to 11"),
        ({"q_matters": "x"}, "“x” is no box"),
        ({"q_matters": "1" * 5000}, "is no box"),
        ({"q_matters": "٢"}, "“٢” is no box"),
        ({"q_matters": "1 2 3 4"}, "3 boxes may be ticked here at most."),
        ({"q_age": "12"}, "1 box may be ticked here at most."),
        ({"q_consents": "19"}, "“9” is no box"),
        ({"q_words": "x" * 5001}, "This has 5,001 characters, and 5,000 are kept at most."),
        ({"q_postcode": "somewhere"}, "This does not look like a postcode."),
        ({"q_email": "no address"}, "This is no complete e-mail address."),
        ({"q_code": "abc"}, "This is no code: it has twelve letters"),
        ({"q_code": "ABCD-EFGH-JKMN"}, "This code was not printed for the campaign"),
        ({"q_consents": "2"}, "Box 1 of the consents is not ticked."),
        ({"q_age": "1"}, "no parent has ticked the box"),
        ({"q_words": "", "q_matters": ""}, "Nothing was answered on this flyer."),
    ],
)
def test_what_is_wrong_is_told_and_everything_stays_in_the_form(
    desk_site: Site, anna: Client, batch: int, typed: dict[str, str], says: str
) -> None:
    given = {**TYPED, "q_name": "Mo <Reader>", **typed}
    answer = anna.post(f"/transcribe/{batch}/enter", {**sheet(anna, batch), **given})
    assert answer.status_code == 400
    assert says in answer.text.replace("&#39;", "'")
    assert 'value="Mo &lt;Reader&gt;"' in answer.text
    for name, value in given.items():
        assert not value or value.replace("<", "&lt;").replace(">", "&gt;") in answer.text, name
    assert rows(desk_site, "SELECT count(*) FROM transcriptions") == [(0,)]


def test_what_is_odd_on_the_sheet_is_kept_as_it_is(desk_site: Site, anna: Client, batch: int) -> None:
    odd = {"q_matters": "1 2 3 4", "q_postcode": "somewhere", "as_is": ["matters", "postcode"]}
    answer = anna.post(f"/transcribe/{batch}/enter", {**sheet(anna, batch), **TYPED, **odd})
    assert said(answer) == "Flyer 1 is stored."
    assert rows(desk_site, "SELECT answers, postcode FROM items WHERE source = 'paper'") == [("{}", "SOMEWHERE")]
    page = anna.get(f"/transcribe/{batch}/enter?flyer=1").text
    assert 'value="1 2 3 4"' in page and 'name="as_is" value="matters"' in page
    same = {"flyer": "1", "sending": sheet(anna, batch, flyer=1)["sending"], **TYPED, **odd}
    assert said(anna.post(f"/transcribe/{batch}/enter", same)) == "Flyer 1 is stored."


def test_a_flyer_without_a_yes_is_left_out_and_nothing_of_it_is_kept(desk_site: Site, anna: Client, batch: int) -> None:
    page = {**sheet(anna, batch), **TYPED, "q_consents": "", "q_words": "secretly written", "q_name": "Secret Person"}
    refused = anna.post(f"/transcribe/{batch}/enter", page)
    assert 'name="leave" value="no_consent"' in refused.text
    left = anna.post(f"/transcribe/{batch}/enter", {**page, "leave": "no_consent"})
    assert said(left) == "Flyer 1 is left out; nothing of it is kept."
    assert rows(desk_site, "SELECT left_out, answers, item_id FROM transcriptions") == [("no_consent", "{}", None)]
    assert sheet(anna, batch)["flyer"] == "2"
    for file in desk_site.campaign.database.parent.glob("*.db*"):
        assert b"secretly written" not in file.read_bytes() and b"Secret Person" not in file.read_bytes()


def test_a_flyer_that_was_left_out_by_mistake_is_entered_after_all(desk_site: Site, anna: Client, batch: int) -> None:
    left = {**sheet(anna, batch), "leave": "blank"}
    assert "left out" in said(anna.post(f"/transcribe/{batch}/enter", left))
    again = {**sheet(anna, batch, flyer=1), **TYPED}
    assert said(anna.post(f"/transcribe/{batch}/enter", again)) == "Flyer 1 is stored."
    assert rows(desk_site, "SELECT left_out IS NULL, item_id IS NULL FROM transcriptions") == [(1, 0)]
    taken_out = anna.post(f"/transcribe/{batch}/enter", {**again, "leave": "no_consent"})
    assert "left out" in said(taken_out)
    assert rows(desk_site, "SELECT count(*) FROM items WHERE source = 'paper' AND text <> ''") == [(0,)]


def test_a_printed_code_opens_the_answer_to_its_author(desk_site: Site, anna: Client, batch: int) -> None:
    with desk_site.desk.writer() as store:
        store.submissions.reserve(["ABCD-EFGH-JKMN"])
    assert said(put(anna, batch, q_code="abcd efgh jkmn")) == "Flyer 1 is stored."
    with desk_site.desk.writer() as store:
        item = store.submissions.of_code("ABCD-EFGH-JKMN")
        assert item is not None and store.submissions.held(item).text == "It kept me [illegible] warm."
    assert "belongs to another flyer already" in put(anna, batch, q_code="ABCDEFGHJKMN").text
    again = {**sheet(anna, batch, flyer=1), **TYPED, "q_code": "ABCD-EFGH-JKMN", "q_words": "Read again."}
    assert said(anna.post(f"/transcribe/{batch}/enter", again)) == "Flyer 1 is stored."


def test_a_full_disk_keeps_what_was_typed(
    desk_site: Site, anna: Client, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {**sheet(anna, batch), **TYPED}

    def full(*_: object, **__: object) -> None:
        raise StoreError("a.db: database or disk is full: free some space")

    with monkeypatch.context() as broken:
        broken.setattr(Submissions, "add", full)
        answer = anna.post(f"/transcribe/{batch}/enter", page)
    assert answer.status_code == 503
    assert "free some space. What you typed is still here." in problem(answer)
    assert "It kept me [?] warm." in answer.text
    assert said(anna.post(f"/transcribe/{batch}/enter", page)) == "Flyer 1 is stored."
    assert rows(desk_site, "SELECT count(*) FROM items WHERE source = 'paper'") == [(1,)]


def test_a_locked_database_keeps_what_was_typed(
    desk_site: Site, anna: Client, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {**sheet(anna, batch), **TYPED}
    monkeypatch.setenv("ADVOCACY_MONITOR_BUSY_SECONDS", "0.2")
    other = sqlite3.connect(desk_site.campaign.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = anna.post(f"/transcribe/{batch}/enter", page)
    other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert "What you typed is still here." in problem(answer) and "It kept me [?] warm." in answer.text


def test_a_child_s_flyer_needs_the_parent_and_is_held(desk_site: Site, anna: Client, batch: int) -> None:
    child = {"q_age": "1", "q_consents": "1 2 3 4 5 6 7", "q_name": "Kim Small", "q_email": "kim@example.org"}
    assert said(put(anna, batch, **child)) == "Flyer 1 is stored."
    (item,) = rows(desk_site, "SELECT id, author_name FROM items WHERE source = 'paper'")
    assert item[1] is None
    assert rows(desk_site, f"SELECT value FROM annotations WHERE item_id = {item[0]} AND label = 'risk'") == [
        ("minor",)
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "Give the batch a short name"),
        ({"name": "x" * 61}, "Give the batch a short name"),
        ({"language": "tlh"}, "This version has no wording in this language."),
        ({"version": "none"}, "Choose the version that is printed on the sheets."),
        ({"received": "30.10.2026"}, "Write the day as year, month and day"),
        ({"received": "2999-01-01"}, "This day is still to come."),
    ],
)
def test_a_batch_is_opened_with_what_is_printed_on_its_sheets(anna: Client, change: dict[str, str], says: str) -> None:
    given = {"name": "A", "library": "B <i>", "language": "en", "version": FORM.digest, "received": "2026-10-30"}
    answer = anna.post("/transcribe/new", {**given, **change})
    assert (answer.status_code, says in answer.text, "B &lt;i&gt;" in answer.text) == (400, True, True)


def test_a_batch_has_a_name_of_its_own(anna: Client, batch: int) -> None:
    given = {"name": " Main  Street ", "language": "en", "version": FORM.digest, "received": "2026-10-30"}
    assert "There is a batch of this name already." in anna.post("/transcribe/new", given).text


def test_every_language_of_the_flyer_has_its_sheet(anna: Client) -> None:
    for language in FORM.languages:
        batch = open_batch(anna, f"Batch {language}", language=language)
        page = anna.get(f"/transcribe/{batch}/enter").text
        for question in FORM.questions:
            assert question.said(language).replace("'", "&#39;") in page
        assert ('dir="rtl"' in page) == (language == "ar")


def test_what_is_not_there_is_refused_in_words(desk_site: Site, anna: Client, batch: int) -> None:
    for path in (
        "/transcribe/99",
        "/transcribe/99/enter",
        f"/transcribe/{batch}/scans/9",
        "/transcribe/99999999999999",
    ):
        assert anna.get(path).status_code == 404, path
    for flyer in ("", "0", "-1", "x", "1000000", "١"):
        assert anna.post(f"/transcribe/{batch}/enter", {**TYPED, "flyer": flyer}).status_code == 400
    strange = anna.post(f"/transcribe/{batch}/enter", {**TYPED, "flyer": "3", "sending": "'; DROP TABLE items"})
    assert said(strange) == "Flyer 3 is stored."
    other = open_batch(anna, "Another box")
    used = {**TYPED, "sending": hidden(anna.get(f"/transcribe/{batch}/enter?flyer=3").text, "sending")}
    assert said(anna.post(f"/transcribe/{other}/enter", {**used, "flyer": "1"})) == "Flyer 1 is stored."
    assert rows(desk_site, "SELECT source_id FROM items WHERE source = 'paper' ORDER BY id") == [
        (f"{batch}-3",), (f"{other}-1",),
    ]  # fmt: skip
    assert anna.post(f"/transcribe/{batch}/close").status_code == 409
    assert anna.get(f"/transcribe/{batch}/enter?flyer=abc").status_code == 200
    assert sheet(anna, batch)["flyer"] == "4"


def test_libraries_are_those_of_the_campaigns_list(prepared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    shutil.copytree(prepared, folder)
    rows_ = "library,municipality,area,postcode\nLindenrode,Lindenrode,Riverside,\nCentral,Oakton,North,\nCentral,Ashby,South,\n"
    (folder / "libraries.csv").write_text(rows_, encoding="utf-8")
    loaded = campaign(folder)
    about = loaded.config.campaign.model_copy(update={"libraries": Path("libraries.csv")})
    with open_site(loaded, campaign=about) as site:
        anna = site.client("transcriber", name="Anna")
        batch = open_batch(anna, library="lindenrode")
        page = anna.get(f"/transcribe/{batch}/enter").text
        assert '<option value="Central, Ashby">' in page and "Leave it empty for Lindenrode." in page
        for typed in ("Nowhere", "Central"):
            assert "No library of the campaign is called so." in put(anna, batch, q_library=typed).text
        assert said(put(anna, batch, q_library="central ashby")) == "Flyer 1 is stored."
        assert said(put(anna, batch)) == "Flyer 2 is stored."
        odd = {**sheet(anna, batch), **TYPED, "q_library": "Nowhere", "as_is": "library"}
        assert said(anna.post(f"/transcribe/{batch}/enter", odd)) == "Flyer 3 is stored."
        assert rows(site, "SELECT library, area FROM items WHERE source = 'paper' ORDER BY id") == [
            ("Central", "South"), ("Lindenrode", None), ("Nowhere", None),
        ]  # fmt: skip
        (folder / "libraries.csv").write_text(rows_ + "Nowhere,Nowhere,West,\n", encoding="utf-8")
        assert said(put(anna, batch, q_library="Nowhere")) == "Flyer 4 is stored."
        wrong = {
            "name": "B",
            "library": "Elsewhere",
            "language": "en",
            "version": FORM.digest,
            "received": "2026-10-30",
        }
        assert "No library of the campaign is called so." in anna.post("/transcribe/new", wrong).text
