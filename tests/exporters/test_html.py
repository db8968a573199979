"""The report page: self-contained, escaped, each quote in its own language and direction, nothing left out."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.exporters.html import HtmlExporter
from advocacy_monitor.models import EvidencePack
from tests.exporters.sample_packs import english_pack


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(pack: EvidencePack, folder: Path) -> Page:
    path = folder / "pack.html"
    HtmlExporter().export(pack, path)
    return Page(path.read_text(encoding="utf-8"))


def test_every_quote_and_the_whole_method_are_there(pack: EvidencePack, tmp_path: Path) -> None:
    page = _page(pack, tmp_path)
    squeezed = " ".join(page.text.split())
    for exhibit in pack.exhibits:
        assert " ".join(exhibit.text.split()) in squeezed
    for heading, text in pack.method:
        assert heading in page.text
        assert text in page.text
    assert pack.digest in page.text
    quotes = [attributes for tag, attributes in page.elements if tag == "blockquote"]
    assert [each["lang"] for each in quotes] == [e.language for e in sorted(pack.exhibits, key=lambda e: e.number)]
    assert {each["dir"] for each in quotes if each["lang"] == "ar"} == {"rtl"}


def test_nothing_is_loaded_and_nothing_runs(hostile: EvidencePack, tmp_path: Path) -> None:
    page = _page(hostile, tmp_path)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "link", "base", "form", "img"}
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "javascript:" not in str(attributes.get("href", "")).lower()
        assert not attributes.get("src")
    assert "<script" in page.text.lower()  # it is shown as what somebody wrote
    assert "\u202e" not in page.text


def test_sample_data_is_named_at_the_top_and_in_the_title(german: EvidencePack, tmp_path: Path) -> None:
    page = _page(german, tmp_path)
    assert page.elements[0] == ("html", {"lang": "de", "dir": "ltr"})
    assert "Beispiel" in page.text.split("\n\n")[0] + page.text[:2000]


def test_headings_never_skip_a_level(pack: EvidencePack, tmp_path: Path) -> None:
    levels = [int(tag[1]) for tag, _ in _page(pack, tmp_path).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_any_text_stays_text(text: str, tmp_path: Path) -> None:
    from dataclasses import replace

    pack = english_pack()
    first = replace(pack.exhibits[0], text=text, library=text)
    before = _page(replace(pack, exhibits=(pack.exhibits[0],)), tmp_path)
    after = _page(replace(pack, exhibits=(first,), title=text or "t", ask=text or "a"), tmp_path)
    assert [tag for tag, _ in after.elements] == [tag for tag, _ in before.elements]
