"""The desk in a real browser, as staff use it: by keys, by forms, with downloads; wide and on a phone."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.staff.roles import Role
from tests.desk.browsing import PHONE, Served, below, browsing, sideways
from tests.desk.site import PASSWORD

_DECIDED = 20
_CODED = 10


@pytest.fixture(scope="module")
def served(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("browser") / "campaign"
    shutil.copytree(prepared, folder)
    with browsing(folder) as found:
        yield found


def _rows(served: Served, sql: str, *values: object) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(served.desk.loaded.database)
    try:
        return conn.execute(sql, values).fetchall()
    finally:
        conn.close()


def _decided(served: Served, by: str) -> list[tuple[int, str, str]]:
    return _rows(served, "SELECT item_id, status, reason FROM decisions WHERE moderator = ? ORDER BY rowid", by)


def _downloaded(page: Any, press: Any) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        press.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_somebody_logs_in_by_the_form_and_reads_the_desk_in_german(served: Served) -> None:
    served.desk.accounts.add("Lotte", Role.VIEWER, PASSWORD)
    with served.page(None, size=PHONE) as page:
        page.goto("/")
        assert "/login" in page.url
        page.get_by_label("Name").fill("Lotte")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/-/desk/")
        assert page.get_attribute("html", "lang") == "en" and sideways(page) == []
        page.goto(below("/account"))
        page.get_by_role("button", name="Deutsch").first.evaluate("button => button.form.requestSubmit(button)")
        page.wait_for_selector("html[lang=de]")
        page.goto(below("/statements"))
        assert page.inner_text("h1") == "Aussagen" and sideways(page) == []
        page.context.clear_cookies()
        page.goto(below("/statements"))
        assert "/login" in page.url


def _current(page: Any) -> Any:
    return page.locator(".queue .card.here")


def test_twenty_statements_are_moderated_by_keys_alone(served: Served) -> None:
    with served.page("moderator") as page:
        page.goto(below("/queue"))
        page.keyboard.press("j")
        for _ in range(_DECIDED):
            number = int(_current(page).get_attribute("data-item"))
            held = "to approve it needs a reason" in _current(page).inner_text()
            with page.expect_navigation():
                if held:
                    page.keyboard.press("e")
                    page.keyboard.type("somebody should ask")
                    page.keyboard.press("Enter")
                else:
                    page.keyboard.press("a")
            page.wait_for_selector(".queue .card.here")
            assert page.locator(f"#item-{number}").count() == 0 and page.locator("#problem").count() == 0
    decided = _decided(served, "Moderator")
    assert len({number for number, _, _ in decided}) == len(decided) == _DECIDED
    assert {(status, reason) for _, status, reason in decided} <= {
        ("approved", ""),
        ("escalated", "somebody should ask"),
    }


@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "phone"])
def test_many_are_rejected_at_once_with_a_reason_and_taken_back(served: Served, size: dict[str, int] | None) -> None:
    with served.page("administrator", size=size) as page:
        page.goto(below("/queue?order=oldest"))
        numbers = [int(each.get_attribute("value")) for each in page.locator('input[name="item"]').all()[:3]]
        before = len(_decided(served, "Administrator"))
        for _ in numbers:
            page.keyboard.press("j")
            page.keyboard.press("x")
        assert page.inner_text("#ticked") == "(3)" and sideways(page) == []
        page.keyboard.press("r")
        assert page.evaluate("document.activeElement.id") == "reason"
        page.keyboard.type("an announcement")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        rejected = [(number, "rejected", "an announcement") for number in numbers]
        assert sorted(_decided(served, "Administrator")[before:]) == sorted(rejected)
        assert page.locator("#undo").inner_text() == "Take back your last decision (3 statements)"
        page.locator("h1").click()
        with page.expect_navigation():
            page.keyboard.press("u")
        assert {page.locator(f"#item-{number}").count() for number in numbers} == {1}
        assert {status for _, status, _ in _decided(served, "Administrator")[before + 3 :]} == {"pending"}


def test_a_round_is_drawn_and_ten_statements_are_coded_blind_by_keys(served: Served) -> None:
    with served.page("moderator") as page:
        page.goto(below("/coding/draw"))
        page.fill("#name", "autumn-1")
        page.fill("#size", str(_CODED))
        page.get_by_role("button", name="Draw").click()
        page.wait_for_url("**/-/desk/coding*")
    round_id = _rows(served, "SELECT max(id) FROM coding_rounds")[0][0]
    with served.page("coder", size=PHONE) as page:
        page.goto(below("/coding"))
        assert sideways(page) == []
        page.goto(below(f"/coding/{round_id}/next"))
        for number in range(_CODED):
            assert "themes@2" not in page.content()
            assert sideways(page) == []
            page.keyboard.press(("1", "2", "0", "t")[number % 4])
            if number == 1:
                page.keyboard.press("n")
                page.keyboard.type("of two minds")
            with page.expect_navigation():
                page.keyboard.press("Enter")
        assert page.url.endswith(f"/coding/{round_id}/mine") and sideways(page) == []
    coded = _rows(served, "SELECT answer, note FROM codings WHERE round_id = ? ORDER BY id", round_id)
    assert [answer for answer, _ in coded] == ["themes", "themes", "none", "too_short"] * 2 + ["themes"] * 2
    assert [note for _, note in coded if note] == ["of two minds"]


def test_a_dashboard_is_filtered_and_its_charts_are_taken_as_pictures_and_numbers(served: Served) -> None:
    with served.page("viewer") as page:
        page.goto(below("/dashboards"))
        whole = page.inner_text(".counted .lead")
        page.locator("summary", has_text="Filters").click()
        page.locator("summary", has_text="Language").click()
        page.locator('input[name="language"][value="de"]').check()
        page.get_by_role("button", name="Apply the filters").click()
        page.wait_for_url("**/dashboards?**language=de**")
        assert page.inner_text(".counted .lead") != whole
        page.reload()
        assert page.inner_text(".counted .lead") != whole
        page.goto(below("/dashboards"))
        chart = page.locator("figure.chart.drawn").first
        assert chart.locator("svg").first.bounding_box()["width"] > 200
        name, picture = _downloaded(page, chart.get_by_role("button", name="SVG"))
        assert name.endswith(".svg") and picture.startswith(b"<svg") and b"<script" not in picture
        name, picture = _downloaded(page, chart.get_by_role("button", name="PNG"))
        assert name.endswith(".png") and picture.startswith(b"\x89PNG") and len(picture) > 5000
        name, table = _downloaded(page, chart.get_by_role("link", name="CSV"))
        assert name.endswith(".csv") and table.decode("utf-8-sig").count("\n") > 2
        page.set_viewport_size(PHONE)
        page.goto(below("/dashboards"))
        page.wait_for_selector("figure.chart svg")
        assert sideways(page) == []
        page.goto(below("/map"))  # none of the areas is a country: there is nothing to draw
        assert page.locator("figure.chart table").is_visible()
        assert sideways(page) == []


def test_an_advocate_takes_exactly_the_shared_statements(served: Served) -> None:
    with served.page("advocate") as page:
        page.goto(below("/statements?theme=staff_help"))
        taken = {
            kind: _downloaded(page, page.get_by_role("link", name=kind, exact=True)) for kind in ("CSV", "XLSX", "JSON")
        }
        statements = json.loads(taken["JSON"][1])["statements"]
        assert taken["CSV"][0].endswith(".csv") and taken["CSV"][1].count(b"\n") > len(statements) > 0
        assert zipfile.ZipFile(io.BytesIO(taken["XLSX"][1])).testzip() is None
        numbers = [each["item_id"] for each in statements]
        marks = ",".join("?" * len(numbers))
        found = _rows(served, f"SELECT DISTINCT status FROM item_status WHERE item_id IN ({marks})", *numbers)
        assert found == [("approved",)]
        page.set_viewport_size(PHONE)
        assert sideways(page) == []


def test_an_advocate_makes_a_pack_and_downloads_it(served: Served) -> None:
    with served.page("advocate", size=PHONE) as page:
        page.goto(below("/packs/new"))
        page.get_by_label("Title").fill("What our libraries mean to us")
        page.get_by_label("Everything, to be checked by others (ZIP)").uncheck()
        page.get_by_label("Brief on one page (PDF)").uncheck()
        page.get_by_label("Quotes as a table (CSV)").check()
        page.get_by_label("Also count posts that could not be looked up again").check()
        assert sideways(page) == []
        page.get_by_role("button", name="Make the pack").click()
        page.wait_for_url("**/packs/jobs/*")
        page.get_by_role("link", name="All files in one ZIP").wait_for()
        assert sideways(page) == []
        name, packed = _downloaded(page, page.get_by_role("link", name="All files in one ZIP"))
        held = zipfile.ZipFile(io.BytesIO(packed))
        assert name.startswith("pack-") and any(each.endswith(".csv") for each in held.namelist())
        page.goto(below("/packs"))
        assert "What our libraries mean to us" in page.inner_text("main") and sideways(page) == []


def test_words_are_taken_out_by_selecting_them(served: Served) -> None:
    number, text = _rows(served, "SELECT id, text FROM items WHERE text LIKE '%the staff knew her name%' LIMIT 1")[0]
    with served.page("moderator") as page:
        page.goto(below(f"/statements/{number}/redact"))
        page.evaluate(
            """words => {
              const walk = document.createTreeWalker(document.getElementById("choosable"), NodeFilter.SHOW_TEXT);
              while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + words.length);
                return;
              }
              throw new Error("not on the page");
            }""",
            "knew her",
        )
        page.get_by_role("button", name="Choose the selected words").click()
        assert "knew her" not in page.inner_text("#preview")
        page.get_by_label("Why", exact=True).fill("leads to a child")
        page.get_by_role("button", name="Take these words out").click()
        page.get_by_text("Taken out. Every quote").wait_for()
        assert "knew her" not in page.inner_text("#preview")
        page.set_viewport_size(PHONE)
        assert sideways(page) == []
    assert _rows(served, "SELECT text FROM items WHERE id = ?", number) == [(text,)]
    (kept,) = served.desk.reader().items.get([number])
    assert kept.text == text
