"""No text becomes a formula, whatever it holds and wherever a spreadsheet splits it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy_monitor.exporters.cells import neutralised, starts_a_formula, storable, within

_DANGEROUS = tuple("=+-@＝＋－＠\t\r")
_texts = st.text(alphabet=st.one_of(st.sampled_from("=+-@＝＋－＠\t\r\n;,'\" a)\ufeff\u202e"), st.characters()))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 431", "'+49 431"),
        ("-5", "'-5"),
        ("@me", "'@me"),
        ("＝1+1", "'＝1+1"),
        (" \u202e=1", "' \u202e=1"),
        ("\ttab", "'\ttab"),
        ("a;=1", "a;'=1"),
        ("a\n- b", "a\n'- b"),
        ("thanks ;-)", "thanks ;-)"),
        ("a = b, 5 - 3, me@example.org", "a = b, 5 - 3, me@example.org"),
        ("“Ruhe”", "“Ruhe”"),
        ("NUL \x00", "NUL \ufffd"),
    ],
)
def test_only_what_could_run_is_changed(text: str, written: str) -> None:
    assert neutralised(text) == written


@given(text=_texts)
@example(text="\r=1")
@example(text=";-1")
def test_no_cell_starts_a_formula_with_any_separator(text: str) -> None:
    safe = neutralised(text)
    assert not starts_a_formula(safe)
    assert not safe.startswith(_DANGEROUS)
    for separator in ";\t\n\r":
        pieces = safe.split(separator)[1:]
        assert not any(piece.startswith(tuple("=+@＝＋－＠")) for piece in pieces)
        assert not any(piece.startswith("-") and not piece.startswith("-)") for piece in pieces)


@given(text=_texts)
def test_a_csv_reader_gets_back_what_was_written(text: str) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([neutralised(text), "next"])
    assert next(csv.reader(io.StringIO(written.getvalue(), newline=""))) == [neutralised(text), "next"]


@given(text=st.text(alphabet=st.characters(categories=None)), units=st.integers(min_value=10, max_value=60))
def test_cut_counts_as_excel_does_and_is_marked(text: str, units: int) -> None:
    cut = within(storable(text), units)
    assert len(cut.encode("utf-16-le")) <= 2 * units
    if cut != storable(text):
        assert cut.endswith(" […]")
        assert storable(text).startswith(cut.removesuffix(" […]"))
