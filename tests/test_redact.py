"""A quote is an exact run of the stored text, and personal data is not in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.models import Span
from advocacy_monitor.redact import OMISSION, is_verbatim, mark, redact

_KINDS = ["email", "phone", "name", "address", "url", "unheard_of"]


@st.composite
def _text_and_spans(draw: st.DrawFn) -> tuple[str, list[tuple[str, Span]]]:
    text = draw(st.text(max_size=60))
    ends = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(st.sampled_from(_KINDS), ends, ends), max_size=6))
    return text, [(kind, Span(min(a, b), max(a, b))) for kind, a, b in pairs]


@given(_text_and_spans(), st.sampled_from(["en", "de", "ar", "zh"]))
def test_a_redacted_text_is_still_verbatim(given_: tuple[str, list[tuple[str, Span]]], language: str) -> None:
    text, spans = given_
    assert is_verbatim(redact(text, spans, language=language), text)


@given(_text_and_spans())
def test_nothing_of_a_span_is_left(given_: tuple[str, list[tuple[str, Span]]]) -> None:
    text, spans = given_
    hidden = {position for _, span in spans for position in range(span.start, span.end)}
    kept = "".join(c for position, c in enumerate(text) if position not in hidden)
    without_marks = redact(text, spans, language="en")
    for kind in _KINDS:
        without_marks = without_marks.replace(mark(kind, "en"), "")
    assert len(without_marks) <= len(kept)


def test_a_mark_names_what_was_removed_in_the_language_of_the_quote() -> None:
    text = "Write to ada@example.org or call 01632 960123!"
    spans = [("phone", Span(33, 45)), ("email", Span(9, 24))]
    assert redact(text, spans, language="en") == "Write to [e-mail address removed] or call [phone number removed]!"
    assert redact(text, spans, language="de") == "Write to [E-Mail-Adresse entfernt] or call [Telefonnummer entfernt]!"
    assert redact(text, spans, language="ru") == f"Write to {OMISSION} or call {OMISSION}!"


def test_overlapping_spans_become_one_mark() -> None:
    spans = [("url", Span(0, 10)), ("email", Span(4, 16)), ("name", Span(5, 6))]
    assert redact("0123456789abcdefXYZ", spans, language="en") == "[link removed]XYZ"


@pytest.mark.parametrize(
    ("quote", "text", "verbatim"),
    [
        ("I love it", "I love it", True),
        ("I love it.", "I love it", False),
        ("I love", "I love it", False),
        ("I love […]", "I love it", True),
        ("I love [...]", "I love it", True),
        ("[…] love it", "I love it", True),
        ("[…]it[…]I[…]", "I love it", False),
        ("I hate […]", "I love it", False),
        ("I [name removed] it", "I love it", True),
        ("I [gladly] love it", "I love it", False),
        ("[…]", "", True),
        ("ab[…]b", "ab", False),
        ("ab[…]b", "abb", True),
    ],
)
def test_verbatim(quote: str, text: str, *, verbatim: bool) -> None:
    assert is_verbatim(quote, text) is verbatim


@given(st.text(min_size=1, max_size=40), st.integers(0, 39), st.characters())
def test_one_changed_character_is_noticed(text: str, place: int, other: str) -> None:
    place %= len(text)
    changed = text[:place] + other + text[place + 1 :]
    if changed != text and "[" not in changed:
        assert not is_verbatim(changed, text)
