"""Numbers, shares and dates in both languages, and none that is too small to be shown (R9)."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import Wording, wording

EN, DE = wording("en"), wording("de")


@pytest.mark.parametrize(("language", "code"), [("de", "de"), ("DE-at", "de"), ("en", "en"), ("fr", "en"), ("", "en")])
def test_other_languages_fall_back_to_english(language: str, code: str) -> None:
    assert wording(language).code == code


@pytest.mark.parametrize("words", [EN, DE])
def test_no_text_is_empty(words: Wording) -> None:
    for texts in (words, words.columns):
        for field in fields(texts):
            value = getattr(texts, field.name)
            assert value, field.name
            assert all(value) if isinstance(value, tuple) else True, field.name


def test_german_texts_are_not_the_english_ones() -> None:
    same = {
        field.name
        for field in fields(Wording)
        if isinstance(getattr(EN, field.name), str) and getattr(EN, field.name) == getattr(DE, field.name)
    }
    assert same == {"chart_alt_row"}


def test_numbers_and_dates_follow_the_language() -> None:
    assert (figures.number(1234567, EN), figures.number(1234567, DE)) == ("1,234,567", "1.234.567")
    assert (figures.ratio(0.864, EN), figures.ratio(0.864, DE)) == ("0.86", "0,86")
    day = date(2026, 11, 22)
    assert (figures.day(day, EN), figures.day(day, DE)) == ("22 November 2026", "22. November 2026")


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "1 March 2026"),
        (date(2026, 3, 1), date(2026, 6, 30), "1 March to 30 June 2026"),
        (date(2025, 12, 31), date(2026, 1, 1), "31 December 2025 to 1 January 2026"),
    ],
)
def test_period_names_both_days(first: date, last: date, shown: str) -> None:
    assert figures.period((first, last), EN) == shown
    assert figures.period((first, last), EN, unbroken=True).replace("\u00a0", " ") == shown


def test_hidden_counts_are_words_and_small_bases_have_no_share() -> None:
    assert figures.counted(None, EN, smallest_cell=5) == "fewer than 5"
    assert figures.of_base(None, 412, DE, smallest_cell=5, smallest_base=30) == "weniger als 5 von 412"
    assert figures.of_base(6, 29, EN, smallest_cell=5, smallest_base=30) == "6 of 29"
    assert figures.of_base(6, 30, EN, smallest_cell=5, smallest_base=30) == "6 of 30 (20%)"
    assert figures.percent(0, 0, EN, smallest_base=0) == ""


@pytest.mark.parametrize(
    ("value", "base", "shown"),
    [(0, 40, "0%"), (1, 1000, "under 1%"), (1, 200, "1%"), (999, 1000, "over 99%"), (40, 40, "100%"), (25, 200, "13%")],
)
def test_shares_are_rounded_without_pretending(value: int, base: int, shown: str) -> None:
    assert figures.percent(value, base, EN, smallest_base=30) == shown


@given(base=st.integers(30, 10**7), data=st.data())
def test_share_is_never_off_by_more_than_a_half(base: int, data: st.DataObject) -> None:
    value = data.draw(st.integers(0, base))
    shown = figures.percent(value, base, EN, smallest_base=30)
    if shown[0].isdigit():
        assert abs(100 * value / base - int(shown[:-1])) <= 0.5 + 1e-9
        assert (shown == "0%") == (value == 0)


def test_short_digest_shows_twelve_digits() -> None:
    assert figures.short_digest("sha256:3f2a9c1b04de7788") == "3f2a 9c1b 04de"
