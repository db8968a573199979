"""Coding blind at the desk: rounds, one statement after the other, and what stands against an answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markupsafe import escape

from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.desk.pages.coding_round import KEYS, choices
from advocacy_monitor.desk.words import shown
from advocacy_monitor.models import Annotation, Decision, Status
from advocacy_monitor.store import Store
from tests.desk.coding_steps import change, code_all, draw, drawn, hidden, problem, record_all, remove, rows, send, told
from tests.desk.site import Client, Site
from tests.desk.statements import HOSTILE


@pytest.fixture
def anna(desk_site: Site) -> Client:
    return desk_site.client("coder", name="Anna")


@pytest.fixture
def ben(desk_site: Site) -> Client:
    return desk_site.client("coder", name="Ben")


@pytest.fixture
def round_id(desk_site: Site) -> int:
    """A round of ten statements."""
    return draw(desk_site)


@pytest.fixture(scope="module")
def spare(shared_site: Site) -> tuple[Site, int]:
    """A round of ten statements for tests that store nothing."""
    return shared_site, draw(shared_site)


def _first(client: Client, round_id: int) -> str:
    answer = client.get(f"/coding/{round_id}/next")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_round_is_drawn_with_what_the_form_says(desk_site: Site) -> None:
    moderator = desk_site.client("moderator")
    form = moderator.get("/coding/draw")
    assert 'name="language" value="de"' in form.text
    fields = {"name": " winter  1 ", "size": 12, "chance": 50, "seed": 3, "language": ["de"]}
    assert moderator.post("/coding/draw", fields).headers["location"] == "/-/desk/coding"
    assert rows(desk_site, "SELECT name, seed, made_by FROM coding_rounds") == [("winter 1", 3, "Moderator")]
    kinds = rows(desk_site, "SELECT drawn, count(*) FROM coding_samples GROUP BY drawn ORDER BY drawn")
    assert kinds == [("random", 6), ("uncertain", 6)]
    languages = "SELECT DISTINCT value FROM annotations WHERE label = 'language' AND item_id IN (SELECT item_id FROM coding_samples)"
    assert rows(desk_site, languages) == [("de",)]
    assert rows(desk_site, "SELECT actor, action, detail FROM actions") == [("Moderator", "coding.draw", "winter 1")]
    shown = told(moderator.get("/coding"))
    assert "winter 1" in shown
    assert "12 statements, 6 by chance" in shown


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"name": ""}, 400, "cannot be called"),
        ({"name": "all"}, 400, "cannot be called"),
        ({"name": "=A1"}, 400, "cannot be called"),
        ({"size": "0"}, 400, "Number of statements: a whole number from 1 to 10,000"),
        ({"size": "many"}, 400, "Number of statements"),
        ({"chance": "101"}, 400, "Per cent drawn by chance: a whole number from 0 to 100"),
        ({"seed": "-1"}, 400, "Seed"),
        ({"theme": "no_such"}, 400, "there is no theme 'no_such'"),
        ({"language": "xx"}, 409, "There is nothing to draw"),
        ({"name": "autumn-1"}, 409, "There is a round “autumn-1” already"),
    ],
)
def test_a_draw_that_is_refused_stays_in_the_form(
    spare: tuple[Site, int], fields: dict[str, str], status: int, words: str
) -> None:
    desk_site, _ = spare
    asked = {"name": "<b>new", "size": "7", "chance": "20", "seed": "5", **fields}
    answer = desk_site.client("moderator").post("/coding/draw", asked)
    assert answer.status_code == status
    assert words in problem(answer)
    assert 'name="chance" type="number" min="0" max="100" value="' + asked["chance"] in answer.text
    assert "<b>new" not in answer.text
    assert len(rows(desk_site, "SELECT id FROM coding_rounds")) == 1


def test_ten_statements_are_coded_blind(desk_site: Site, round_id: int, anna: Client, ben: Client) -> None:
    pages = code_all(anna, round_id, lambda number: {"theme": ["children_family", "staff_help"], "note": f"n{number}"})
    assert len(pages) == 10
    assert "0 of 10 answered" in pages[0]
    assert "9 of 10 answered" in pages[9]
    code_all(ben, round_id, lambda number: {"answer": "none" if number % 2 else "too_short"})
    found = rows(desk_site, "SELECT coder, answer, themes, count(*) FROM codings GROUP BY 1, 2, 3 ORDER BY 1, 2")
    assert found == [
        ("Anna", "themes", '["children_family","staff_help"]', 10),
        ("Ben", "none", "[]", 5),
        ("Ben", "too_short", "[]", 5),
    ]
    logged = rows(desk_site, "SELECT actor, count(*) FROM actions WHERE action = 'coding.answer' GROUP BY actor")
    assert logged == [("Anna", 10), ("Ben", 10)]
    mine = anna.get(f"/coding/{round_id}/mine")
    assert "You have answered everything in this round." in mine.text
    assert mine.text.count("n10") == 1
    assert "Ben" not in mine.text
    overview = told(anna.get("/coding"))
    assert "You: 10 of 10 answered" in overview
    for hidden_words in ("Ben", "alpha", "Disagreements", "by chance"):
        assert hidden_words not in overview
    settlers = told(desk_site.client("moderator").get("/coding"))
    for words in ("Anna : 10 coded, 0 open", "Ben : 10 coded", "Disagreements: 10 open, 0 settled", "alpha -"):
        assert words in settlers.replace("alpha −", "alpha -")


def test_nothing_that_anybody_said_reaches_a_coder(desk_site: Site, round_id: int, anna: Client, ben: Client) -> None:
    """The page of a statement is the same, byte for byte, whatever the software, a moderator or a coder says of it."""
    numbers = drawn(desk_site, round_id)
    before = {number: ben.get(f"/coding/{round_id}/next?number={number}").text for number in numbers}
    code_all(anna, round_id, lambda number: {"theme": "loneliness_isolation", "note": "secret of Anna"})
    with Store.open(desk_site.campaign.database, contacts_path=desk_site.campaign.contacts) as store:
        for item_id in numbers.values():
            facts = (("theme", "wellbeing_health"), ("sentiment", "negative"), ("library", "Elsewhere"))
            store.assertions.add(Annotation(item_id=item_id, label=a, value=b, by="themes@99") for a, b in facts)
            store.assertions.decide(
                [
                    Decision(
                        item_id=item_id,
                        status=Status.APPROVED,
                        moderator="Kim",
                        reason="",
                        decided_at=desk_site.desk.clock(),
                    )
                ]
            )
    desk_site.catch_up()
    for number, item_id in numbers.items():
        page = ben.get(f"/coding/{round_id}/next?number={number}").text
        assert page == before[number]
        known = rows(desk_site, "SELECT author_handle, author_name, url FROM items WHERE id = ?", item_id)[0]
        for words in (*filter(None, known), f"/statements/{item_id}", "Anna", "secret", "themes@", "Kim"):
            assert words not in page, words
        assert not re.search(r'name="(theme|answer)"[^>]* checked>', page)
        assert not re.search(r"\b(uncertain|unsure|random)\b", page.split("<main", 1)[1].split("<aside", 1)[0])
        assert str(item_id) not in re.findall(r'(?:value|data-\w+|id)="(\d+)"', page) or item_id in numbers


def test_names_and_handles_are_blanked_out(desk_site: Site, round_id: int, anna: Client) -> None:
    item_id = drawn(desk_site, round_id)[1]
    change(desk_site, "UPDATE items SET text = 'Thanks @zenobia.b, the library is mine' WHERE id = ?", item_id)
    page = anna.get(f"/coding/{round_id}/next?number=1").text
    assert "zenobia" not in page
    assert "the library is mine" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose one or more themes"),
        ({"theme": "staff_help", "answer": "none"}, "stand alone"),
        ({"answer": ["none", "too_short"]}, "stand alone"),
        ({"answer": "none", "note": "ä" * 501}, "The note has 501 characters, and at most 500 are kept"),
        ({"theme": "no_such"}, "there is no theme 'no_such'"),
        ({"answer": "maybe"}, "is not one of"),
    ],
)
def test_an_answer_that_is_none_stays_in_the_form(spare: tuple[Site, int], fields: dict[str, Any], words: str) -> None:
    desk_site, round_id = spare
    anna = desk_site.client("coder", name="Anna")
    answer = send(anna, round_id, _first(anna, round_id), **{"note": "kept </textarea><b>", **fields})
    assert answer.status_code == 400
    assert words in problem(answer)
    assert 'role="alert"' in answer.text
    if "note" not in fields:
        assert "kept &lt;/textarea&gt;&lt;b&gt;</textarea>" in answer.text
    if fields.get("theme") == "staff_help":
        assert re.search(r'value="staff_help"[^>]* checked>', answer.text)
    assert not rows(desk_site, "SELECT id FROM codings")


def test_answers_are_changed_by_adding(desk_site: Site, round_id: int, anna: Client) -> None:
    code_all(anna, round_id, lambda _: {"answer": "none"})
    page = anna.get(f"/coding/{round_id}/next?number=4").text
    assert "Your answer so far: None of these." in page
    assert re.search(r'value="none"[^>]* checked>', page)
    assert f'id="back" href="/-/desk/coding/{round_id}/next?number=3"' in page
    assert send(anna, round_id, page, theme="staff_help").status_code == 303
    item_id = drawn(desk_site, round_id)[4]
    stored = rows(desk_site, "SELECT answer, themes FROM codings WHERE item_id = ? ORDER BY id", item_id)
    assert stored == [("none", "[]"), ("themes", '["staff_help"]')]


def test_back_and_skip_lead_where_they_say(round_id: int, anna: Client) -> None:
    first = _first(anna, round_id)
    assert hidden(first, "number") == "1"
    assert 'id="back"' not in first
    skipped = anna.get(f"/coding/{round_id}/next?after=1").text
    assert hidden(skipped, "number") == "2"
    after = send(anna, round_id, skipped, answer="none")
    third = anna.get(after.headers["location"].removeprefix("/-/desk")).text
    assert hidden(third, "number") == "3"
    assert f'id="back" href="/-/desk/coding/{round_id}/next?number=2"' in third
    assert hidden(anna.get(f"/coding/{round_id}/next?after=10").text, "number") == "1"
    assert anna.get(f"/coding/{round_id}/next?number=11").status_code == 404
    assert anna.get(f"/coding/{round_id}/next?after=%F0%9F%98%80").status_code == 200


def test_pressing_twice_stores_once(desk_site: Site, round_id: int, anna: Client) -> None:
    page = _first(anna, round_id)
    for _ in range(2):
        assert send(anna, round_id, page, answer="none", note="sure").status_code == 303
    assert rows(desk_site, "SELECT count(*) FROM codings") == [(1,)]
    assert rows(desk_site, "SELECT count(*) FROM actions WHERE action = 'coding.answer'") == [(1,)]


def test_two_windows_do_not_hide_each_others_answers(desk_site: Site, round_id: int, anna: Client) -> None:
    one = other = _first(anna, round_id)
    assert send(anna, round_id, one, theme="staff_help").status_code == 303
    refused = send(anna, round_id, other, answer="none", note="typed in the other window")
    assert refused.status_code == 409
    assert "in another window since this page was opened: " in problem(refused)
    assert "typed in the other window" in refused.text
    assert rows(desk_site, "SELECT answer FROM codings") == [("themes",)]
    assert send(anna, round_id, refused.text, answer="none").status_code == 303
    assert rows(desk_site, "SELECT answer FROM codings ORDER BY id") == [("themes",), ("none",)]


def test_a_statement_that_was_removed_meanwhile(desk_site: Site, round_id: int, anna: Client) -> None:
    posts = "SELECT id FROM items WHERE source NOT LIKE 'survey%'"
    ids = {row[0] for row in rows(desk_site, posts)}
    number, item_id = next(each for each in drawn(desk_site, round_id).items() if each[1] in ids)
    page = anna.get(f"/coding/{round_id}/next?number={number}").text
    remove(desk_site, item_id)
    answer = send(anna, round_id, page, answer="none", note="what I typed")
    assert answer.status_code == 409
    assert f"The words of statement {number} were removed" in problem(answer)
    assert "what I typed" in answer.text
    assert "What you had chosen was not stored: None of these." in told(answer)
    assert not rows(desk_site, "SELECT id FROM codings")
    assert len(code_all(anna, round_id, lambda _: {"answer": "none"})) == 9
    assert "9 of 9 answered" in anna.get(f"/coding/{round_id}/mine").text


def test_a_codebook_that_was_changed_meanwhile(desk_site: Site, round_id: int, anna: Client) -> None:
    page = _first(anna, round_id)
    change(desk_site, "UPDATE coding_rounds SET codebook_digest = 'other', codebook_version = 1")
    answer = send(anna, round_id, page, theme="staff_help", note="what I typed")
    assert answer.status_code == 409
    assert "The rules of the codebook were changed since the round “autumn-1” was drawn" in problem(answer)
    assert "what I typed" in answer.text
    assert not rows(desk_site, "SELECT id FROM codings")
    assert anna.get(f"/coding/{round_id}/next").status_code == 409
    assert "The rules of the codebook were changed" in told(anna.get("/coding"))


def test_the_codebook_is_beside_the_statement(spare: tuple[Site, int]) -> None:
    site, round_id = spare
    page = site.client("coder", name="Anna").get(f"/coding/{round_id}/next").text
    keys = re.findall(r'name="theme" value="\w+" data-key="(\w)"', page)
    assert keys[:10] == list("123456789a")
    assert not set(keys) & set("0ngst?/")
    assert len(keys) == len(set(keys)) == len(site.desk.codebook.themes)
    for theme in site.desk.codebook.themes:
        for words in (theme.title["en"], theme.definition, *theme.include, *theme.exclude):
            assert str(escape(words)) in page
        assert f'id="rules-{theme.code}"' in page
        assert f'href="#rules-{theme.code}"' in page


def test_titles_and_examples_are_in_the_readers_language_where_there_are_such() -> None:
    codebook = load_codebook("library")
    german = choices(codebook, "de")
    assert all(each.title == each.theme.title["de"] and each.title_language == "de" for each in german)
    assert any(each.examples and each.examples[0].language == "de" for each in german)
    assert {example.language for each in german for example in each.examples} == {"de", "en"}
    assert {example.language for each in choices(codebook, "en") for example in each.examples} == {"en"}
    only_english = codebook.themes[0].model_copy(update={"title": {"en": "Only English"}})
    many = codebook.model_copy(update={"themes": (only_english,) * 40})
    made = choices(many, "de")
    assert (made[0].title, made[0].title_language) == ("Only English", "en")
    assert [each.key for each in made] == [*KEYS, *[""] * (40 - len(KEYS))]


def test_hostile_words_are_text(desk_site: Site, anna: Client) -> None:
    round_id = draw(desk_site, '<i onload="x">')
    items = drawn(desk_site, round_id)
    for number, text in enumerate(HOSTILE, start=1):
        change(desk_site, "UPDATE items SET text = ? WHERE id = ?", text, items[number])
    pages = [anna.get(f"/coding/{round_id}/next?number={n + 1}").text for n in range(len(HOSTILE))]
    code_all(anna, round_id, lambda _: {"answer": "none", "note": "</textarea><script>note\u202e</script>"})
    pages += [
        anna.get(path).text for path in ("/coding", f"/coding/{round_id}/mine", f"/coding/{round_id}/next?number=1")
    ]
    for page in pages:
        for words in ("<script>document", "<img src=x", "<i onload", "<script>note", "\u202e"):
            assert words not in re.sub(r"<textarea.*?</textarea>", "", page, flags=re.DOTALL)
        assert page.count("</textarea>") == page.count("<textarea")
    for text, page in zip(HOSTILE, pages, strict=False):
        assert str(escape(shown(text[16:]).strip())) in page  # what is before may be blanked out as personal data


@pytest.mark.parametrize("role", ["viewer", "advocate", None])
def test_who_may_not_code_sees_nothing_of_it(spare: tuple[Site, int], role: str | None) -> None:
    desk_site, round_id = spare
    client = desk_site.client(role)
    for path in (
        "",
        "/draw",
        f"/{round_id}/next",
        f"/{round_id}/mine",
        f"/{round_id}/settle",
        f"/{round_id}/agreement",
    ):
        answer = client.get(f"/coding{path}")
        assert answer.status_code == (403 if role else 303)
        assert "autumn-1" not in answer.text


def test_who_codes_does_not_draw_settle_or_close(desk_site: Site, round_id: int, anna: Client) -> None:
    code_all(anna, round_id, lambda _: {"answer": "none"})
    for path in ("/draw", f"/{round_id}/settle", f"/{round_id}/close"):
        assert anna.get(f"/coding{path}").status_code == 403
    for path in ("/draw", f"/{round_id}/settle", f"/{round_id}/begin", f"/{round_id}/close"):
        assert anna.post(f"/coding{path}", {"single": "yes", "name": "mine", "size": 5}).status_code == 403
    answer = anna.get(f"/coding/{round_id}/agreement")
    assert answer.status_code == 403
    assert "so that all stay blind" in answer.text
    assert rows(desk_site, "SELECT closed_at FROM coding_rounds") == [(None,)]
    assert anna.get("/coding/99/next").status_code == 404


def test_long_rounds_are_listed_in_parts(desk_site: Site, anna: Client) -> None:
    round_id = draw(desk_site, size=60)
    record_all(desk_site, round_id, "Anna", lambda _: {"answer": "none"})
    first = anna.get(f"/coding/{round_id}/mine").text
    assert first.count("<li value=") == 50
    assert f'/coding/{round_id}/mine?after=50"' in first
    second = anna.get(f"/coding/{round_id}/mine?after=50").text
    assert re.findall(r'<li value="(\d+)"', second) == [str(number) for number in range(51, 61)]
