"""A shortened quote is made of exact runs with every omission marked, or it is not printed (R6)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from advocacy_monitor.errors import ExportError
from advocacy_monitor.redact import is_verbatim
from advocacy_monitor.shortening import shortened
from tests.exporters.sample_packs import HOSTILE

TEXT = (
    "I met [name removed] on Monday. The library isn't warm, but 10,000 books are there.\n"
    "I cannot say more about it. The opening hours are café-like."
)


@pytest.mark.parametrize(
    "printed",
    [
        TEXT,
        "I met [name removed] on Monday. […]",
        "[…] The library isn't warm, […] books are […]",
        "[…] The library isn't warm, [...] books are [...]",
        "I met [name removed] on Monday. […] The opening hours are café-like.",
    ],
)
def test_marked_omissions_of_exact_runs_are_printed(printed: str) -> None:
    assert shortened(printed, TEXT) == printed
    assert is_verbatim(printed, TEXT)


def test_white_space_beside_an_omission_becomes_what_the_text_has_there() -> None:
    assert shortened("[…] I cannot say more […]", TEXT) == "[…]\nI cannot say more […]"
    assert shortened("[…] name it (really) […]", "Do (name it (really) now)") == "[…]name it (really) […]"


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        ("", "nothing but an omission"),
        ("[…]", "nothing but an omission"),
        ("[…] […]\n[...]", "nothing but an omission"),
        ("I met […]", "fewer than 3 words"),
        ("I met [name removed] […]", "fewer than 3 words"),
        ("The library isn't warm", "without saying so"),
        ("I cannot say more […]", "is not where the quote begins"),
        ("I met [name removed] on Monday. […] books are there.", "is not where the quote ends"),
        ("I met [name […]", "cut in the middle"),
        ("[…] removed] on Monday. The […]", "cut in the middle"),
        ("[…] The lib[…]", "cut in the middle"),
        ("[…] The library isn[…]", "cut in the middle"),
        ("[…] but 10[…]", "cut in the middle"),
        ("[…]000 books are there. […]", "cut in the middle"),
        ("[…] opening hours are café[…]", "cut in the middle"),
        ("[…] I cannot say more about it. […] The library isn't warm […]", "must keep their order"),
        ("[…] The library is warm […]", "does not stand in the quote"),
        ("[…] the library isn't warm […]", "capital letters differ"),
        ("[…] The library isn’t warm […]", "quotation marks, apostrophes or dashes differ"),
        ("[…] The  library isn't warm […]", "spaces or line breaks differ"),
        ("[…] are there. I cannot say […]", "spaces or line breaks differ"),
        ("I met [place removed] on Monday. […]", "does not stand in the quote"),
        ("I met a friend on Monday. […]", "does not stand in the quote"),
        ("[The library] isn't warm", "does not stand in the quote"),
        ("I met [name removed] on Monday. ... The opening hours are café-like.", "does not stand in the quote"),
        (f"{TEXT} ", "spaces or line breaks differ"),
        (unicodedata.normalize("NFD", "[…] The opening hours are café-like."), "another Unicode form"),
        ("[…] The opening\u200b hours are […]", "does not stand in the quote"),
    ],
)
def test_anything_else_is_refused_and_says_why(printed: str, says: str) -> None:
    with pytest.raises(ExportError) as refused:
        shortened(printed, TEXT)
    assert says in str(refused.value)


def test_a_letter_with_its_accent_is_not_cut_apart() -> None:
    text = unicodedata.normalize("NFD", "Zum Cafe gehen wir nie, zum Café oft.")
    assert shortened("[…] gehen wir nie, zum Cafe\u0301 […]", text).endswith("Cafe\u0301 […]")
    with pytest.raises(ExportError, match="cut in the middle"):
        shortened("[…] gehen wir nie, zum Cafe[…]", text)
    with pytest.raises(ExportError, match="cut in the middle"):
        shortened("[…] we are 👩\u200d[…]", "Here we are 👩\u200d👧 together")


def test_scripts_without_spaces_are_cut_between_letters() -> None:
    text = "我每个星期三带孙女来听故事，她认识的第一批朋友都是在这里认识的。"
    assert shortened("我每个星期三带孙女来听故事[…]", text) == "我每个星期三带孙女来听故事[…]"
    with pytest.raises(ExportError, match="fewer than 3 words"):
        shortened("我每[…]", text)


def test_one_changed_character_is_refused() -> None:
    printed = "[…] The library isn't warm, […] books are there. […]"
    assert shortened(printed, TEXT)
    core = [n for n, c in enumerate(printed) if c.isalpha()]
    for place in core:
        for other in {printed[place].swapcase(), "x", "а"} - {printed[place]}:
            with pytest.raises(ExportError):
                shortened(printed[:place] + other + printed[place + 1 :], TEXT)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_whole_or_refused(text: str) -> None:
    assert shortened(text, text) == text
    for printed in (f"{text[:40]}[…]", f"[…]{text[-40:]}", f"[…]{text[20:60]}[…]", "[…] nobody said this […]"):
        try:
            made = shortened(printed, text)
        except ExportError:
            continue
        assert is_verbatim(made, text)


@given(st.text("ab .[…]\n", max_size=40), st.data())
def test_what_is_printed_is_verbatim(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=4)))
    runs = [text[start:end] for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    assume(any(run.strip() for run in runs))
    try:
        made = shortened("[…]" + "[…]".join(runs) + "[…]", text)
    except ExportError:
        return
    assert is_verbatim(made, text)
    assert "[…]" in made


def test_a_mark_deep_in_a_long_text_is_not_cut() -> None:
    text = "word " * 500 + "I met [date of birth removed] there. " + "word " * 500
    assert shortened("[…] I met [date of birth removed] there. […]", text)
    for cut in ("[…] I met [date of […]", "[…] birth removed] there. word […]", "[…] of birth removed […]"):
        with pytest.raises(ExportError, match="cut in the middle"):
            shortened(cut, text)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("I can […] live without the library", "I can`t live without the library"),
        ("I can[…] live without the library", "I can´t live without the library"),
        ("I can […] read any books here", "I can＇t read any books here"),
        ("[…]friendly staff always help", "un\u00adfriendly staff always help"),
        ("[…]happy people come here", "un\u2060happy people come here"),
        ("[…] 000 people come every year", "200\u202f000 people come every year"),
        ("[…] 000 people come every year", "200 000 people come every year"),
        ("They counted 1 […] people there", "They counted 1 200 000 people there"),
        ("There are 1[…] books per child", "There are 1/2 books per child"),
    ],
)
def test_no_cut_goes_through_what_people_type_as_one_word_or_number(printed: str, text: str) -> None:
    with pytest.raises(ExportError, match="cut in the middle"):
        shortened(printed, text)


def test_a_number_beside_another_one_may_be_cut_off() -> None:
    text = "In May 2020 500 people came, and in 1999 400 of them."
    assert shortened("In May 2020 […] people came, […]", text) == "In May 2020 […] people came, […]"
    assert shortened("[…] in 1999 […] of them.", text) == "[…] in 1999 […] of them."
