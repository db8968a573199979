"""Flyers in a real browser: by keyboard alone, without scripts, on a phone; nothing typed is lost, nobody is kept out."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.hosting import open_store
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.scanning import pictures
from advocacy_monitor.store.paper import SECOND, Entry
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.transcribing import Asking, enter, new_sending
from advocacy_monitor.transcribing_checks import enter_second, finish
from tests.desk.browsing import PHONE, WIDE, Served, below, browsing, sideways
from tests.desk.statements import campaign
from tests.test_ocr import sheet as printed

sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")

FORM = load_questionnaire("library")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ALL = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": _TAGS}}
_READ = {"words": "It kept me [illegible] warm.", "matters": "print_books; quiet_place", "consents": "analyse"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("flyers")
    loaded = campaign(made)
    with open_store(loaded) as store:
        for number, (name, language) in enumerate((("Open box", "en"), ("Checked box", "de"), ("Arabic box", "ar")), 1):
            store.paper.open_batch(
                name, library="Lindenrode", language=language, form_id=store.submissions.keep_form(FORM.form),
                received_on=date(2026, 10, 30), seed=number, by="Anna",
            )  # fmt: skip
        scan = pictures(printed("Which library do you use?", "LINDENRODE", "THE READING ROOM IS WARM"))
        for flyer in (1, 2):
            store.paper.scans.add(1, flyer, scan, by="Anna")
        batch = store.paper.batch(2)
        assert batch is not None
        for flyer in range(1, 13):
            first = Entry(
                batch_id=2, flyer=flyer, entry="first", sending=new_sending(), fields=_READ, transcriber="Anna"
            )
            enter(store, batch, first, OnPaper(), asking=Asking())
        flyers = finish(store, batch, by="Anna", asking=Asking())
        store.paper.scans.add(2, flyers[0], scan, by="Anna")
        batch = store.paper.batch(2)
        assert batch is not None
        other = {**_READ, "words": "It kept us very warm.", "matters": "print_books; staff_help", "postcode": "12345"}
        second = Entry(
            batch_id=2, flyer=flyers[0], entry=SECOND, sending=new_sending(), fields=other, transcriber="Ben"
        )
        enter_second(store, batch, second, OnPaper(name="Mo Reader"), asking=Asking())
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with browsing(folder) as found:
        yield found


def stored(folder: Path) -> list[Any]:
    conn = sqlite3.connect(campaign(folder).database)
    try:
        sql = "SELECT text, answers, age_band FROM items WHERE source_id LIKE '1-%' AND text <> '' ORDER BY id"
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


def _seen(page: Any, name: str) -> None:
    """Keeps a picture where somebody wants to look at the pages."""
    if folder := os.environ.get("ADVOCACY_MONITOR_TEST_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_flyer_is_entered_by_keys_alone_and_the_next_one_opens(served: Served, folder: Path) -> None:
    before = len(stored(folder))
    with served.page("transcriber") as page:
        page.goto(below("/transcribe/1/enter"))
        number = page.input_value("input[name=flyer]")
        assert page.evaluate("document.activeElement.name") == "q_library"
        for keys in (
            "Tab",
            "1 9",
            "Tab",
            "Tab",
            "It kept me [?] warm.",
            "Tab",
            "24",
            "Tab",
            "12345",
            "Tab",
            "3",
            "Tab",
        ):
            page.keyboard.press(keys) if keys == "Tab" else page.keyboard.type(keys)
        assert page.evaluate("document.activeElement.name") == "q_consents"
        page.keyboard.type("12")
        assert page.locator("li.on").count() == 7
        _seen(page, "typing")
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelector('input[name=flyer]').value === '{int(number) + 1}'")
        assert f"Flyer {number} is stored." in page.inner_text("#said")
        assert page.evaluate("document.activeElement.name") == "q_library"
    found = stored(folder)
    assert len(found) == before + 1
    answers = '{"changed":"confident; service","matters":"print_books; quiet_place"}'
    assert found[-1] == ("It kept me [illegible] warm.", answers, "25-64")


def test_without_scripts_the_same_works(served: Served, folder: Path) -> None:
    with served.page("transcriber", java_script_enabled=False) as page:
        page.goto(below("/transcribe/1/enter"))
        page.focus("input[name=q_matters]")
        page.keyboard.type("1 2 3 4")
        for keys in ("Tab", "Tab", "Without scripts.", *("Tab",) * 4, "1"):
            page.keyboard.press(keys) if keys == "Tab" else page.keyboard.type(keys)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "3 boxes may be ticked here at most." in page.content()
        assert page.input_value("textarea[name=q_words]") == "Without scripts."
        page.fill("input[name=q_matters]", "1 2 3")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "is stored" in page.inner_text("#said")
    assert stored(folder)[-1][0] == "Without scripts."


def test_what_was_typed_comes_back_when_the_page_is_loaded_anew(served: Served) -> None:
    with served.page("transcriber") as page:
        page.goto(below("/transcribe/1/enter"))
        page.fill("textarea[name=q_words]", "Half a sentence")
        page.click("li[data-number='9']")
        page.reload()
        assert page.input_value("textarea[name=q_words]") == "Half a sentence"
        assert page.input_value("input[name=q_matters]") == "9"
        assert page.locator("li.on").count() == 1
        page.fill("input[name=q_consents]", "1")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("text=is stored")
        assert page.input_value("textarea[name=q_words]") == ""


def test_a_log_out_in_between_loses_nothing(served: Served) -> None:
    with served.page("transcriber") as page:
        page.goto(below("/transcribe/1/enter"))
        page.fill("textarea[name=q_words]", "Typed before the session ended")
        cookies = page.context.cookies()
        page.context.clear_cookies()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/login*")
        page.context.add_cookies(cookies)
        page.goto(below("/transcribe/1/enter"))
        assert page.input_value("textarea[name=q_words]") == "Typed before the session ended"
        page.fill("textarea[name=q_words]", "")


_PAGES = (
    ("list", "/transcribe"),
    ("new", "/transcribe/new"),
    ("batch", "/transcribe/1"),
    ("sheet", "/transcribe/1/enter?flyer=2"),
    ("checking", "/transcribe/2"),
    ("second", "/transcribe/2/second"),
    ("settle", "/transcribe/2/settle"),
    ("arabic", "/transcribe/3/enter"),
    ("help", "/help"),
)


@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (PHONE, "dark"), ({"width": 320, "height": 700}, "light")]
)
def test_nothing_keeps_people_out(served: Served, size: dict[str, int], scheme: str) -> None:
    wrong = {}
    with served.page("transcriber", size=size) as page:
        page.emulate_media(color_scheme=scheme)
        for name, path in _PAGES:
            assert page.goto(below(path)).status == 200, path
            told = sync_playwright.Axe().run(page, options=_ALL).response["violations"]
            if found := [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in told] + sideways(page):
                wrong[path] = found
            _seen(page, f"{name}-{size['width']}-{scheme}")
    assert not wrong, wrong
