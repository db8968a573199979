"""Quotes are verbatim but for marked omissions (R6), and links lead nowhere but to the web."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.exporters.brief import direction, language_tag, safe_link
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, OMISSION, for_brief, shortened
from tests.exporters.sample_packs import exhibit

_WORDS = st.text(alphabet=st.one_of(st.sampled_from("ab []é\u0301👩\u200d🏽\n"), st.characters()), max_size=300)


@given(text=_WORDS, limit=st.integers(40, 200))
def test_a_shortened_quote_is_the_beginning_with_a_mark(text: str, limit: int) -> None:
    short = shortened(text, limit)
    if len(text) <= limit:
        assert short == text
        return
    assert len(short) <= limit
    kept = short.removesuffix(f" {OMISSION}")
    assert short == f"{kept} {OMISSION}"
    assert text.startswith(kept)


def test_the_cut_falls_between_words() -> None:
    short = shortened("word " * 400, LONGEST_QUOTE)
    assert short.endswith("word […]")
    assert LONGEST_QUOTE - 10 < len(short) <= LONGEST_QUOTE


def test_the_cut_spares_marks_and_accents() -> None:
    text = "a" * 50 + " [name removed] " + "b" * 50
    assert shortened(text, 65) == "a" * 50 + " […]"
    accents = "e\u0301" * 100
    assert not unicodedata.combining(shortened(accents, 60).removesuffix(" […]")[0])
    assert shortened(accents, 60).removesuffix(" […]").count("e") == shortened(accents, 60).count("\u0301")


def test_the_brief_takes_the_first_exhibits_in_the_packs_order() -> None:
    exhibits = [exhibit(number, f"Statement {number}") for number in (4, 2, 9, 1)]
    assert [each.number for each in for_brief(exhibits, most=3)] == [1, 2, 4]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " https://example.org",
        "https://",
        "https:///path",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.org",
        "ftp://example.org",
        "https://user:secret@example.org/",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://example.org/<script>",
        'https://example.org/"',
        "https://[broken",
        "https://bücher.example/",
        "https://example.org/" + "a" * 2000,
        "",
        None,
    ],
)
def test_what_is_not_a_plain_web_address_is_no_link(url: str | None) -> None:
    assert safe_link(url) == ""


@pytest.mark.parametrize("url", ["https://example.org/@reader/1?a=1&b=%20#c", "http://example.org", "https://[::1]/"])
def test_web_addresses_are_links(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    ("language", "text", "way"),
    [
        ("ar", "#Library", "rtl"),
        ("fa-IR", "", "rtl"),
        ("en", "a library", "ltr"),
        ("und", "مكتبة Lib", "rtl"),
        ("", "12 – 3", "ltr"),
    ],
)
def test_direction_follows_language_then_letters(language: str, text: str, way: str) -> None:
    assert direction(language, text) == way


@pytest.mark.parametrize(
    ("given", "tag"), [("zh-Hans", "zh"), ("DE_at", "de"), ("", "und"), ("#eval", "und"), ("gsw", "gsw"), ("x", "und")]
)
def test_language_tags_are_plain(given: str, tag: str) -> None:
    assert language_tag(given) == tag
