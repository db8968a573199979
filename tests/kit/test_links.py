"""Links to the form and their QR codes: what the form understands, and what a reader decodes."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.kit.links import form_link, listed_libraries, short_address
from advocacy_monitor.kit.qr import qr_png, qr_svg
from tests.kit.conftest import LIBRARIES, Campaign


@pytest.mark.parametrize(
    ("library", "named"),
    [
        ("Bücherei am Fluß", "bucherei-am-fluss"),
        ("flussbücherei", "bucherei-am-fluss"),
        ("Central, Hill Example", "central-hill-example"),
        ("图书馆一", "图书馆一"),
        ("A place & a half", "A place & a half"),
    ],
)
def test_the_form_understands_the_library_of_a_link(campaign: Campaign, library: str, named: str) -> None:
    loaded = campaign()
    link = form_link(loaded, library, "de")
    assert link.isascii()
    assert urlsplit(link).netloc == "form.example.org"
    query = parse_qs(urlsplit(link).query)
    assert query == {"library": [named], "lang": ["de"]}
    known = listed_libraries(loaded)
    assert known.find(named) == known.find(library)


def test_a_list_that_was_changed_is_read_anew(campaign: Campaign) -> None:
    loaded = campaign()
    assert listed_libraries(loaded).find("New one") is None
    path = loaded.folder / "libraries.csv"
    path.write_text(LIBRARIES + "New one,North,1003,Port Example,\n", encoding="utf-8")
    assert listed_libraries(loaded).find("New one") is not None


def test_a_link_without_a_library(campaign: Campaign) -> None:
    loaded = campaign(form={"address": "https://example.org/survey/"})
    assert form_link(loaded, language="ar") == "https://example.org/survey/?lang=ar"
    assert short_address(loaded) == "example.org/survey"


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=300))
def test_every_code_is_read(text: str) -> None:
    picture = Image.open(io.BytesIO(qr_png(text, 4)))
    assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == [text]


def test_a_code_has_its_quiet_zone_in_white() -> None:
    picture = Image.open(io.BytesIO(qr_png("https://form.example.org/?lang=en", 3))).convert("L")
    zone = 4 * 3
    for side in ((0, 0, picture.width, zone), (0, 0, zone, picture.height)):
        assert picture.crop(side).getextrema() == (255, 255)
    assert picture.getextrema() == (0, 255)
    assert 'fill="#fff"' in qr_svg("x")
    assert 'stroke="#000"' in qr_svg("x")


def test_an_address_beyond_reading_is_refused() -> None:
    with pytest.raises(ConfigError, match="too long"):
        qr_svg("https://example.org/" + "a" * 1000)
