"""Every page of the desk before axe-core: nothing that keeps people out, in both languages, light and dark, on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.desk.browsing import PHONE, WIDE, Lived, Served, below, browsing, live, sideways

sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")

_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
_ALL = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
_PAGES = (
    (None, "/login"),
    ("administrator", "/"),
    ("administrator", "/queue"),
    ("administrator", "/queue?theme=staff_help&order=oldest"),
    ("administrator", "/statements"),
    ("administrator", "/statements/2"),
    ("administrator", "/statements/22"),
    ("administrator", "/statements/22/redact"),
    ("administrator", "/statements/10/erase"),
    ("viewer", "/statements/{shared}"),
    ("viewer", "/statements"),
    ("administrator", "/coding"),
    ("administrator", "/coding/draw"),
    ("coder", "/coding/{open}/next"),
    ("coder", "/coding/{open}/mine"),
    ("administrator", "/coding/{settled}/settle"),
    ("administrator", "/coding/{settled}/agreement"),
    ("administrator", "/coding/{settled}/close"),
    ("administrator", "/dashboards"),
    ("viewer", "/dashboards?language=de"),
    ("administrator", "/map"),
    ("administrator", "/health"),
    ("advocate", "/packs"),
    ("advocate", "/packs/new"),
    ("advocate", "/packs/jobs/{job}"),
    ("advocate", "/packs/made/{number}"),
    ("advocate", "/packs/choose"),
    ("advocate", "/packs/choose/{choice}"),
    ("administrator", "/accounts"),
    ("administrator", "/accounts/1"),
    ("administrator", "/account"),
    ("administrator", "/log"),
    ("viewer", "/help"),
    ("viewer", "/guidelines"),
    ("viewer", "/queue"),
    ("viewer", "/statements/999999"),
    ("viewer", "/no/such/page"),
)
_REFUSED = {"/queue": 403, "/statements/999999": 404, "/no/such/page": 404}


@pytest.fixture(scope="module")
def folder(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("accessible") / "campaign"
    shutil.copytree(prepared, made)
    return made


@pytest.fixture(scope="module")
def lived(folder: Path) -> Lived:
    return live(folder)


@pytest.fixture(scope="module")
def served(folder: Path, lived: Lived) -> Iterator[Served]:
    with browsing(folder) as found:
        yield found


def _found(page: Any, options: dict[str, Any]) -> list[str]:
    told = sync_playwright.Axe().run(page, options=options).response["violations"]
    return [
        f"{each['impact']} {each['id']}: {node['html'][:160]} {[check['message'][:160] for check in node['any']]}"
        for each in told
        for node in each["nodes"][:3]
    ]


_ENGLISH, _GERMAN = ("en-GB", WIDE, "light", "dark"), ("de-DE", PHONE, "dark", "light")


@pytest.mark.parametrize(
    ("language", "size", "first", "then", "pages"),
    [
        pytest.param(*_ENGLISH, _PAGES[::2], id="english, wide, every second page"),
        pytest.param(*_GERMAN, _PAGES[1::2], id="german, phone, the others"),
        pytest.param(*_ENGLISH, _PAGES[1::2], id="english, wide, the others", marks=pytest.mark.long),
        pytest.param(*_GERMAN, _PAGES[::2], id="german, phone, every second page", marks=pytest.mark.long),
    ],
)
def test_nothing_on_any_page_keeps_people_out(
    served: Served,
    lived: Lived,
    language: str,
    size: dict[str, int],
    first: str,
    then: str,
    pages: Sequence[tuple[str | None, str]],
) -> None:
    wrong = {}
    for role in dict.fromkeys(who for who, _ in pages):
        with served.page(role, size=size, locale=language) as page:
            for path in (each.format(**vars(lived)) for who, each in pages if who == role):
                page.emulate_media(color_scheme=first)
                _open(page, role, path, language)
                found = [*_found(page, _ALL), *sideways(page)]
                page.emulate_media(color_scheme=then)
                if found := [*found, *_found(page, _CONTRAST)]:
                    wrong[f"{role} {path}"] = found
    assert not wrong, "\n".join(f"{place}\n    " + "\n    ".join(found) for place, found in wrong.items())


def _open(page: Any, role: str | None, path: str, language: str) -> None:
    answer = page.goto(below(path))
    assert answer.status == (_REFUSED.get(path, 200) if role == "viewer" else 200), (path, answer.status)
    assert page.get_attribute("html", "lang") == language[:2]
    if page.locator("figure.chart").count() and path != "/map":
        page.wait_for_selector("figure.chart svg")
