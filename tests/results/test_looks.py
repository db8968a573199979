"""The pages before axe-core in Chromium: wide, on a small phone, from right to left; nothing is loaded, nothing hidden."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.results.conftest import QUOTED, Asked

sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
play = pytest.importorskip("playwright.sync_api", reason="needs playwright")

_RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
_LONG = "Stadtteilbibliothek Kleinerlindenrode-Obersteinbach am Marktplatz"


@pytest.fixture
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs the program `chromium`")
    with play.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_are_accessible_and_fit(asked: Asked, browser: Any, language: str) -> None:
    for library in (_LONG, "مكتبة الحي"):
        asked.answer(
            *({"library": library, "matters": "print_books; staff_help", "consents": QUOTED} for _ in range(9)),
            *({"library": library, "matters": "internet", "age_band": "65+", "postcode": "9901"} for _ in range(6)),
        )
    made = asked.make(language=language)
    for path in (each for each in made.files if each.suffix == ".html"):
        for width in (1280, 320):
            page = browser.new_page(viewport={"width": width, "height": 800})
            loaded: list[str] = []
            page.on("request", lambda request, loaded=loaded: loaded.append(request.url))
            page.on("console", lambda message, loaded=loaded: loaded.append(message.text))
            page.goto(path.as_uri())
            assert loaded == [path.as_uri()]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path.name, width)
            found = sync_playwright.Axe().run(page, options=_RULES).response["violations"]
            assert not found, (path.name, width, [(each["id"], each["nodes"][0]["html"][:200]) for each in found])
            page.close()


def test_a_printed_page_keeps_numbers_and_bars(asked: Asked, browser: Any) -> None:
    asked.answer(*({"matters": "print_books"} for _ in range(9)))
    asked.make()
    page = browser.new_page()
    page.goto((asked.folder / "lindenrode.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator(".skip").is_hidden()
    assert page.locator(".answers td.n").first.is_visible()
    assert page.locator(".answers svg rect").first.is_visible()
