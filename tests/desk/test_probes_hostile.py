"""Statements written to do harm: on every page, in each chart's data and in each file they are text and nothing else."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from advocacy_monitor.desk.context import Page
from advocacy_monitor.desk.pages import all_pages
from tests.desk.marked import HOSTILE, NAMES, Marked, opened, whole

_LIVE = (
    "<script>document.title",
    "<script>alert",
    "<img src=x",
    "<svg onload",
    "<b onmouseover",
    "{% raw %}<",
)
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufffe]")
_GETS = tuple(page for page in all_pages() if page.method == "GET")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    with opened(tmp_path_factory.mktemp("hostile")) as made:
        yield made


def _paths(marked: Marked, page: Page) -> list[str]:
    if "{item" not in page.path:
        return [marked.filled_in(page.path)]
    first = marked.numbers["hostile"]
    return [re.sub(r"\{item:int\}", str(first + n), page.path) for n in range(len(HOSTILE))]


@pytest.mark.parametrize("page", _GETS, ids=lambda page: page.path)
def test_on_no_page_a_statement_is_more_than_text(marked: Marked, page: Page) -> None:
    for role in ("administrator", "advocate", "coder"):
        for path in _paths(marked, page):
            answer = marked.client(role).get(path)
            assert answer.status_code < 500
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert [sign for sign in _LIVE if sign in answer.text] == [], (role, path)
                # What a filter sends back is the value itself, in an attribute that nobody reads.
                assert _UNSEEN.findall(re.sub(r'value="[^"]*"', "", answer.text)) == [], (role, path)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_each_hostile_statement_can_be_read_on_its_page(marked: Marked, number: int) -> None:
    page = marked.client("administrator").get(f"/statements/{marked.numbers['hostile'] + number}")
    visible = html.unescape(re.sub(r"<[^>]+>", "", page.text))
    for part in re.split("[\x00-\x1f\u200b\u202a-\u202e\u2066-\u2069\ufffe]+", HOSTILE[number].strip()[:400]):
        # A link in it is marked, and what it is marked as stands beside it.
        assert part.partition("http")[0].strip() in visible


@pytest.mark.parametrize(
    "path", ["/advocacy/items", "/advocacy/items/9", "/advocacy/items?_search=reading", "/advocacy"]
)
def test_datasettes_own_pages_show_it_as_text_too(marked: Marked, path: str) -> None:
    for role in ("administrator", "moderator"):
        answer = marked.client(role).stock(path)
        assert [sign for sign in _LIVE if sign in answer.text] == []


def test_no_chart_and_no_map_carries_markup(marked: Marked) -> None:
    for path in ("/dashboards", "/map", "/dashboards?area=Riverside", "/map?language=en"):
        for role in ("viewer", "administrator"):
            text = marked.client(role).get(path).text
            for block in re.findall(r'(?s)<script type="application/json"[^>]*>(.*?)</script>', text):
                assert "<" not in block
                assert [text for text in _told(json.loads(block)) if _UNSEEN.search(text)] == []


def _told(value: Any) -> Iterator[str]:
    """All texts in a value; keys are what a map finds its areas by."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _told(each)


def _cells(content: bytes) -> Iterator[str]:
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        yield from row


@pytest.mark.parametrize("role", ["advocate", "administrator", "moderator"])
def test_no_cell_of_a_table_is_a_formula(marked: Marked, role: str) -> None:
    client = marked.client(role)
    for path in ("/statements.csv", "/map.csv", "/dashboards/areas.csv", "/dashboards/themes.csv"):
        answer = client.get(path)
        if answer.status_code == 200:
            assert [cell for cell in _cells(answer.content) if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    with zipfile.ZipFile(io.BytesIO(client.get("/statements.xlsx").content)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
        assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_downloads_hold_the_words_as_they_were_said(marked: Marked) -> None:
    told: dict[str, Any] = json.loads(marked.client("advocate").get("/statements.json").content)
    said = {each["text"] for each in told["statements"]}
    assert HOSTILE[0] in said and HOSTILE[1] in said
    rows = csv.DictReader(io.StringIO(marked.client("advocate").get("/statements.csv").content.decode("utf-8-sig")))
    assert HOSTILE[0] in {row["text"] for row in rows}


def test_no_file_of_a_pack_carries_markup_or_formulas(marked: Marked) -> None:
    advocate = marked.client("advocate")
    page = advocate.get(f"/packs/jobs/{marked.job}").text
    for path in re.findall(r'href="/-/desk(/packs/jobs/[^"]+/files/[^"]+)"', page):
        answer = advocate.get(path)
        assert "attachment" in answer.headers["content-disposition"]
        if path.endswith(".html"):
            assert [sign for sign in _LIVE if sign in answer.text] == []
        if path.endswith(".csv"):
            assert [cell for cell in _cells(answer.content) if cell[:1] in tuple("=+-@\t\r")] == []
        if path.endswith(".xlsx"):
            assert "<f>" not in whole(answer.content)


def test_hostile_names_stay_names(marked: Marked) -> None:
    for name in NAMES:
        for path in ("/statements", "/queue", "/dashboards", "/map", "/packs/new", "/packs/choose"):
            for key in ("area", "library", "q", "theme"):
                answer = marked.client("administrator").get(f"{path}?{key}={quote(name)}")
                assert answer.status_code < 500
                assert [sign for sign in _LIVE if sign in answer.text] == [], (path, key)
