"""Text is cleaned before a strict PDF is made of it, every change is counted, and no line overflows."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.exporters.glyphs import FONTS, MISSING, Cleaning, breakable, clusters, coverage, isolated
from advocacy_monitor.exporters.pdf import PdfExporter
from advocacy_monitor.models import EvidencePack

_ANY_TEXT = st.text(alphabet=st.characters(categories=None), max_size=200)


@pytest.mark.parametrize(
    ("text", "shown", "missing", "removed"),
    [
        ("Bücherei, ½ Stunde – “gut”", "Bücherei, ½ Stunde – “gut”", 0, 0),
        ("Библиотека βιβλιοθήκη مكتبة 图书馆", "Библиотека βιβλιοθήκη مكتبة 图书馆", 0, 0),
        ("two\n\n lines\tand  blanks ", "two lines and blanks", 0, 0),
        ("a\x00b\x07c\x7f", "abc", 0, 3),
        ("a\u202eb\u2066c\u200f", "abc", 0, 3),
        ("\ue000\uffff\ud800", MISSING * 3, 3, 0),
        ("हि", MISSING, 2, 0),
        ("e\u0301 Z\u0337\u0321\u031b\u0339\u034e\u0357", None, None, 0),
        ("👩🏽‍👩‍👧 ❤️ 🇩🇪", "👩🏽‍👩‍👧 ❤️ 🇩🇪", 0, 0),
        ("", "", 0, 0),
    ],
)
def test_what_fonts_cannot_show_is_marked_and_counted(
    text: str, shown: str | None, missing: int | None, removed: int
) -> None:
    cleaning = Cleaning()
    assert shown is None or cleaning.clean(text) == shown
    assert missing is None or cleaning.missing.total() == missing
    assert cleaning.removed.total() == removed


@given(text=_ANY_TEXT)
def test_cleaning_leaves_only_characters_of_the_shipped_fonts(text: str) -> None:
    cleaning = Cleaning()
    shown = cleaning.clean(text)
    covered = frozenset[str]().union(*coverage()) | {" ", MISSING}
    letters = {character for character in shown if unicodedata.category(character) != "Cf"}
    assert {character for character in letters if character not in "\ufe0e\ufe0f"} <= covered
    assert Cleaning().clean(shown) == shown
    assert (MISSING in shown) >= bool(cleaning.missing)


@given(text=_ANY_TEXT)
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(text=_ANY_TEXT, room=st.integers(8, 60))
def test_places_to_break_change_nothing_else(text: str, room: int) -> None:
    assert breakable(text, room=room).replace("\u200b", "") == text.replace("\u200b", "")


@pytest.mark.parametrize("letter", ["a", "W", "ж", "م", "。", "…", "﷽"])
def test_a_word_without_end_can_be_broken(letter: str) -> None:
    pieces = breakable(letter * 5000, room=32).split("\u200b")
    assert 1 <= max(map(len, pieces)) <= 32
    assert breakable("Stadtteilbibliotheken und Büchereien", room=32).count("\u200b") == 0


def test_dates_stay_left_to_right_in_arabic() -> None:
    marked = isolated("في 2026-11-01 إلى #Library، jo@example.org https://example.org/a?b=1")
    assert marked.count("\u2066") == marked.count("\u2069") == 4
    assert "\u20662026-11-01\u2069" in marked
    assert "\u2066#Library\u2069،" in marked


def test_the_coverage_list_is_true(pack: EvidencePack, tmp_path: Path) -> None:
    """Strict PDF/A and PDF/UA refuse a glyph that is not there, so compiling every listed character proves it."""
    listed = sorted(frozenset[str]().union(*coverage()))
    assert len(listed) > 11_000
    parts = ["".join(listed[start : start + 3000]) for start in range(0, len(listed), 3000)]
    path = tmp_path / "all.pdf"
    PdfExporter().export(replace(pack, method=tuple(("all", part) for part in parts)), path)
    cleaning = Cleaning()
    cleaning.clean("".join(character for character in listed if unicodedata.category(character)[0] != "M"))
    assert not cleaning.missing
    assert path.stat().st_size > 1_000_000


def test_fonts_are_small_enough_to_ship_and_licensed() -> None:
    fonts = sorted(FONTS.glob("*.ttf"))
    assert len(fonts) == 8
    assert all(font.stat().st_size < 2_000_000 for font in fonts)
    assert sum(font.stat().st_size for font in fonts) < 5_000_000
    licences = [path.read_text(encoding="utf-8") for path in FONTS.glob("OFL-*.txt")]
    assert len(licences) == 5
    assert all("SIL OPEN FONT LICENSE" in licence.upper() for licence in licences)
