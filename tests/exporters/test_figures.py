"""Numbers, shares and dates in both languages, and none that is too small to be shown (R9)."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.translate import LANGUAGES

EN, DE = wording("en"), wording("de")


@pytest.mark.parametrize(
    ("language", "code"), [("de", "de"), ("DE-at", "de"), ("en", "en"), ("fr", "fr"), ("pt", "en"), ("", "en")]
)
def test_other_languages_fall_back_to_english(language: str, code: str) -> None:
    assert wording(language).code == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    words = wording(language)
    for texts in (words, words.columns):
        for field in fields(texts):
            value = getattr(texts, field.name)
            assert value, field.name
            assert all(value) if isinstance(value, tuple) else True, field.name


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_texts_of_a_language_are_not_the_english_ones(language: str) -> None:
    words = wording(language)
    same = {
        field.name
        for texts in (words, words.columns)
        for field in fields(texts)
        if isinstance(getattr(texts, field.name), str)
        and getattr(texts, field.name) in (getattr(EN, field.name, None), getattr(EN.columns, field.name, None))
    }
    # A few words are the same in French, and rows of figures have no words.
    assert same <= {"chart_alt_row", "contact", "page"}


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


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("ar", "من 1 مارس إلى 30 يونيو 2026"),
        ("de", "1. März bis 30. Juni 2026"),
        ("es", "del 1 de marzo al 30 de junio de 2026"),
        ("fr", "du 1 mars au 30 juin 2026"),
        ("ru", "с 1 марта по 30 июня 2026\u202fг."),
        ("zh", "2026年3月1日至2026年6月30日"),
    ],
)
def test_period_is_written_as_each_language_does(language: str, shown: str) -> None:
    assert figures.period((date(2026, 3, 1), date(2026, 6, 30)), wording(language)) == shown


def test_plurals_fit_their_numbers() -> None:
    russian, arabic = wording("ru"), wording("ar")
    assert [figures.plural(n, russian.themes_more, russian) for n in (1, 3, 5)] == [
        "Ещё 1 тема есть в приложении с данными.",
        "Ещё 3 темы есть в приложении с данными.",
        "Ещё 5 тем есть в приложении с данными.",
    ]
    assert [arabic.statements.form(n) for n in (1, 2, 3, 11)] == [
        "إفادة معدودة",
        "إفادتان معدودتان",
        "إفادات معدودة",
        "إفادة معدودة",
    ]
    assert figures.plural(1234, EN.people_short, EN) == "1,234 people"


def test_months_and_languages_have_names() -> None:
    assert [figures.month("2026-03", words) for words in (EN, DE, wording("zh"))] == [
        "March 2026",
        "März 2026",
        "2026年3月",
    ]
    assert (figures.month("2026-03", EN, short=True), figures.month("2026-13", EN)) == ("Mar", "2026-13")
    assert figures.month("<svg>", EN) == "<svg>"
    assert (figures.language("tr", DE), figures.language("?", DE), figures.language("x-y", EN)) == (
        "Türkisch",
        "nicht bekannt",
        "x-y",
    )


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
