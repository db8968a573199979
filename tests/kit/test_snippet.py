"""The lines for a web page: valid HTML that leads to the form, without scripts, whatever names hold."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import html5lib
import pytest

from advocacy_monitor.kit.snippet import frame, link, snippet
from advocacy_monitor.translate import LANGUAGES
from tests.kit.signs import campaign, sign

SITES = "  embed_on: [https://library.example.org, https://www.example.com]\n"


class Elements(HTMLParser):
    """Every element with its attributes, and the text of the lines to copy."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.copied: list[str] = []
        self._in_code = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "code":
            self._in_code = True
            self.copied.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "code"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.copied[-1] += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_and_fetches_nothing(language: str, tmp_path: Path) -> None:
    page = snippet(sign(campaign(tmp_path, form=SITES), language, "Riverside")).data.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    found = Elements(page).found
    tags = {tag for tag, _ in found}
    assert not tags & {"script", "iframe", "img", "link", "a", "form"}
    root = next(attributes for tag, attributes in found if tag == "html")
    assert root == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    assert "library.example.org" in page and "www.example.com" in page


def test_the_lines_to_copy_are_those_that_work(tmp_path: Path) -> None:
    made_for = sign(campaign(tmp_path, form=SITES), "de", "Riverside Central Library")
    copied = Elements(snippet(made_for).data.decode()).copied
    assert copied == [frame(made_for), link(made_for)]
    (opened, paragraph, linked) = Elements(copied[0]).found
    tag, attributes = opened
    assert (tag, paragraph[0], linked[0]) == ("iframe", "p", "a")
    assert attributes["src"] == f"{made_for.link}&embed=1"
    assert attributes["title"] == "Erzählen Sie uns von Ihrer Bibliothek"
    assert linked[1]["href"] == made_for.link == "https://form.example.org/?library=riverside-central-library&lang=de"


def test_a_link_runs_from_right_to_left_in_arabic(tmp_path: Path) -> None:
    assert Elements(link(sign(campaign(tmp_path), "ar"))).found[0][1]["dir"] == "rtl"


def test_it_says_when_no_website_may_show_the_form(tmp_path: Path) -> None:
    page = snippet(sign(campaign(tmp_path))).data.decode()
    assert "has to allow your website first" in page
    allowed = snippet(sign(campaign(tmp_path, form=SITES))).data.decode()
    assert "has to allow" not in allowed and "library.example.org, www.example.com" in allowed


def test_names_cannot_become_markup(tmp_path: Path) -> None:
    hostile = '<script>alert(1)</script>" onload="x'
    made_for = sign(campaign(tmp_path, name="'<img src=x onerror=alert(1)>'"), "en", hostile)
    page = snippet(made_for).data.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert {"script", "img"}.isdisjoint(tag for tag, _ in Elements(page).found)
    for text in (frame(made_for), link(made_for)):
        for _, attributes in Elements(text).found:
            assert "onload" not in attributes
