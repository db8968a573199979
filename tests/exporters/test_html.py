"""The report page: self-contained, escaped, each quote in its own language and direction, nothing left out."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.exporters.html import HtmlExporter
from advocacy_monitor.exporters.html_direction import line, way
from advocacy_monitor.models import Brand, Count, EvidencePack, Goal, Logo, Translation, Widening
from advocacy_monitor.translate import LANGUAGES
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
        assert squeezed.count(" ".join(exhibit.text.split())) == 1
        assert f"Exhibit {exhibit.number} · statement {exhibit.item_id}" in squeezed
        assert exhibit.text_sha256 in page.text
    for heading, text in pack.method:
        assert heading in page.text
        assert text in page.text
    assert pack.digest in page.text
    quotes = [attributes for tag, attributes in page.elements if tag == "blockquote"]
    assert sorted(str(each["lang"]) for each in quotes) == sorted(each.language for each in pack.exhibits)
    assert {each["dir"] for each in quotes if each["lang"] == "ar"} == {"rtl"}


def test_every_link_inside_the_page_leads_somewhere(pack: EvidencePack, tmp_path: Path) -> None:
    page = _page(
        replace(pack, exhibits=tuple(replace(each, chosen=each.number < 6) for each in pack.exhibits)), tmp_path
    )
    anchors = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    targets = {str(each.get("href"))[1:] for tag, each in page.elements if tag == "a" and "#" in str(each.get("href"))}
    assert len(anchors) == len(set(anchors))
    assert targets <= set(anchors)
    assert {f"exhibit-{each.number}" for each in pack.exhibits} <= targets


def test_shortened_quotes_and_translations_are_marked(pack: EvidencePack, tmp_path: Path) -> None:
    german = replace(
        pack.exhibits[2],
        quoted="Die Bibliothekarin hat mir gezeigt, […]",
        translations=(
            Translation(language="de", text="x"),
            Translation(language="en", text="The librarian <b>showed</b> me."),
        ),
    )
    page = _page(replace(pack, exhibits=(german,)), tmp_path)
    assert "„Die Bibliothekarin hat mir gezeigt, […]“" in page.text
    assert "Wohngeld" not in page.text
    assert "Translation: The librarian <b>showed</b> me." in page.text
    assert ("bdi", {"lang": "en", "dir": "ltr"}) in page.elements
    assert "original in German" in page.text


def test_policy_allows_the_one_style_sheet_and_nothing_else(pack: EvidencePack, tmp_path: Path) -> None:
    HtmlExporter().export(pack, tmp_path / "pack.html")
    text = (tmp_path / "pack.html").read_text(encoding="utf-8")
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "style=" not in text


def test_brand_colours_and_logo_are_the_associations(pack: EvidencePack, tmp_path: Path) -> None:
    logo = Logo(data=b"<svg onload='x()'/>", media_type="image/svg+xml", alternative='The "mark"')
    brand = Brand(name="Our Association", accent="#663399", website="javascript:x", imprint="One Street", logo=logo)
    page = _page(replace(pack, brand=brand), tmp_path)
    (image,) = (attributes for tag, attributes in page.elements if tag == "img")
    assert image["alt"] == 'The "mark"'
    assert str(image["src"]).startswith("data:image/svg+xml;base64,")
    assert "--accent: #663399" in page.text
    assert "Our Association" in page.text
    assert "One Street" in page.text
    assert "javascript:x" not in page.text
    bad = _page(replace(pack, brand=Brand(accent="red; } body { display: none")), tmp_path)
    assert "display: none" not in bad.text.replace(".skip, nav { display: none; }", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_in_the_language_and_direction_of_the_pack(language: str, pack: EvidencePack, tmp_path: Path) -> None:
    page = _page(replace(pack, language=language), tmp_path)
    assert page.elements[0] == ("html", {"lang": language, "dir": "rtl" if language == "ar" else "ltr"})
    assert ("\u2066412\u2069" in page.text) == (language == "ar")


def test_latin_runs_keep_their_order_in_an_arabic_sentence() -> None:
    shown = line(
        "من برنامج (language@1, themes@2 (0a1b)). المنطقة: Port District (12)، 95% في 2026، 0.86 (0.78–0.92)",
        right_to_left=True,
    )
    runs = re.findall("\u2066(.*?)\u2069", shown)
    assert runs == ["language@1, themes@2 (0a1b)", "Port District (12)", "95%", "2026", "0.86", "0.78–0.92"]
    assert line("Port (12)", right_to_left=False) == "Port (12)"
    assert way("In your own words?", right_to_left=True) == "ltr"
    assert way("Paper: أقل من 5", right_to_left=True) == "rtl"
    assert way("2026", right_to_left=True) == "rtl"
    assert way("ماذا", right_to_left=False) == "rtl"
    assert way("Was? ماذا", right_to_left=False) == "ltr"


def test_critics_widening_and_goals_are_told(pack: EvidencePack, tmp_path: Path) -> None:
    theme = replace(pack.themes[0], definition="Company & talk.", goals=(Goal(target="4.4", basis="a manifesto"),))
    steps = (Count(label="Ward 7", value=None), Count(label="Port", value=12))
    told = replace(
        pack,
        themes=(theme,),
        exhibits=tuple(replace(each, critical=each.number == 7) for each in pack.exhibits),
        widening=Widening(steps=steps, area="Port Example", least=30),
        critical=17,
    )
    text = " ".join(_page(told, tmp_path).text.split())
    assert "because there were fewer than 30 statements: Ward 7 (fewer than 5), Port (12)." in text
    assert "A person marked 17 statements as complaints." in text
    assert "relates to target 4.4: a manifesto" in text
    assert "Company & talk." in text


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
    pack = english_pack()
    first = replace(pack.exhibits[0], text=text, library=f"Library {text}")
    before = _page(replace(pack, exhibits=(pack.exhibits[0],)), tmp_path)
    after = _page(replace(pack, exhibits=(first,), title=f"Title {text}", ask=f"Ask {text}"), tmp_path)
    assert [tag for tag, _ in after.elements] == [tag for tag, _ in before.elements]
