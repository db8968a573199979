"""Every page of the form site before axe-core: light and dark, wide and on a small phone, from right to left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.browsing import SMALL, WIDE, Served, browsing, sideways

sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")

_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
_ALL = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
_PATHS = (
    "/",
    "/?library=Quarry-Lane-Library&embed=1",
    "/libraries",
    "/libraries?find=nothing+of+the+kind",
    "/statement",
    "/permission",
    "/confirm?token=none",
    "/stop-mail?token=none",
    "/privacy",
    "/accessibility",
    "/no/such/page",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("accessible")
    (folder / "brand.yaml").write_text(
        "name: Friends of Libraries\naccent: '#8a1538'\nimprint: |\n  Line 1\n  Line 2\n"
    )
    about = {"brand": "brand.yaml", "sample_data": True}
    mail = {"host": "127.0.0.1", "sender": "form@example.org"}
    with browsing(folder, about=about, mail=mail, form={"embed_on": ["https://library.example.org"]}) as found:
        yield found


def _found(page: Any, options: dict[str, Any]) -> list[str]:
    told = sync_playwright.Axe().run(page, options=options).response["violations"]
    return [
        f"{each['impact']} {each['id']}: {node['html'][:160]} {[check['message'][:160] for check in node['any']]}"
        for each in told
        for node in each["nodes"][:3]
    ]


def _looked_at(page: Any) -> list[str]:
    found = []
    page.emulate_media(color_scheme="light")
    found += _found(page, _ALL) + sideways(page)
    page.emulate_media(color_scheme="dark")
    return found + _found(page, _CONTRAST)


def _lived(page: Any) -> Iterator[str]:
    """The pages that follow the form: with mistakes, sent, and an author's own."""
    page.goto("/")
    page.check("[name=q_age][value=under_16]")
    page.click("button.main")
    yield "mistakes"
    page.check("[name=q_age][value='65+']")
    page.check("#consent-quote_named")
    page.click("button.main")
    yield "more mistakes"
    page.fill("#q_words", "The library kept me going.")
    page.fill("#name", "Ada Example")
    page.fill("#email", "ada@example.com")
    page.check("#consent")
    page.click("button.main")
    page.wait_for_selector(".code")
    yield "sent"
    code = page.locator(".code code").inner_text()
    _open(page, code)
    yield "statement"
    page.click("form[action*='/statement/correct'] button")
    yield "correct"
    _open(page, code)
    page.click("form[action*='/statement/withdraw'] button")
    yield "withdraw"
    page.click("form[action*='/statement/withdrawn'] button")
    yield "withdrawn"


def _open(page: Any, code: str) -> None:
    page.goto("/statement")
    page.fill("#code", code)
    page.click("main form button")


@pytest.mark.parametrize(("language", "size"), [("en", WIDE), ("ar", SMALL)], ids=["english, wide", "arabic, small"])
def test_nothing_on_any_page_keeps_people_out(served: Served, language: str, size: dict[str, int]) -> None:
    wrong = {}
    with served.page(size=size, locale=language) as page:
        for path in _PATHS:
            page.goto(path)
            assert page.get_attribute("html", "lang") == language
            wrong[path] = _looked_at(page)
        for name in _lived(page):
            wrong[name] = _looked_at(page)
    told = [f"{place}\n    " + "\n    ".join(found) for place, found in wrong.items() if found]
    assert not told, "\n".join(told)
