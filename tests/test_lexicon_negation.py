"""Indicators that count only without a negator before them."""

from __future__ import annotations

import pytest

from advocacy_monitor.codebook import Codebook, Indicators, Theme
from advocacy_monitor.lexicon import Lexicon


def lexicon_of(
    *patterns: str, negators: tuple[str, ...], any_: tuple[str, ...] = (), language: str = "en", blocks: str = "xyz"
) -> Lexicon:
    """A lexicon with one theme 'it', whose patterns count unless negated."""
    indicators = Indicators.model_validate({"any": any_, "unless_negated": patterns, "not": (blocks,)})
    theme = Theme(
        code="it", title={"en": "it"}, definition="x", include=(), exclude=(), indicators={language: indicators}
    )
    return Lexicon(
        Codebook(name="small", version=1, languages={language: "beta"}, negators={language: negators}, themes=(theme,))
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is closed", ["closed"]),
        ("it is not closed", []),
        ("it is NOT ever closed", []),
        ("not a b closed", []),
        ("not a b c closed", ["closed"]),
        ("Not so. Closed on Monday", ["Closed"]),
        ("not so\nclosed", ["closed"]),
        ("closed, not open", ["closed"]),
        ("not closed but closed early", []),
        ("not closed but it was then closed early", ["closed"]),
        ("we don’t want it closed", []),
        ("don is closed", ["closed"]),
        ("t closed", ["closed"]),
        ("not", []),
    ],
)
def test_a_negator_within_three_words_before_takes_the_indicator_away(text: str, found: list[str]) -> None:
    spans = lexicon_of("closed", negators=("not", "don't|doesn't")).match(text, "en").get("it", ())
    assert [text[span.start : span.end] for span in spans] == found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("shut down", "not ever shut down", False),
        ("shut down", "they shut it not down and so they shut down", True),
        ("shut ... down", "not shut it all down", False),
        ("shut ... down", "shut it not down", True),
        ("shut ... down", "never mind. shut it down", True),
    ],
)
def test_phrases_and_gaps_are_negated_before_their_first_word(pattern: str, text: str, found: bool) -> None:
    assert bool(lexicon_of(pattern, negators=("not", "never")).match(text, "en")) is found


def test_the_other_indicators_of_the_theme_count_all_the_same() -> None:
    lexicon = lexicon_of("closed", negators=("not",), any_=("locked",))
    assert lexicon.match("not locked", "en")
    assert not lexicon.match("not closed", "en")


def test_what_is_blocked_stays_blocked() -> None:
    lexicon = lexicon_of("closed", negators=("not",), blocks="closed shop")
    assert lexicon.match("it closed", "en")
    assert not lexicon.match("a closed shop", "en")


@pytest.mark.parametrize(
    ("language", "negator", "pattern", "text"),
    [
        ("de", "kein*", "geschlossen", "keineswegs geschlossen"),
        ("de", "für", "zu", "fuer zu"),
        ("zh", "没有", "关", "没有被关"),
        ("ar", "لا", "مغلق", "لا مغلق"),
        ("fr", "n'est pas", "fermé", "il n’est pas ferme"),
    ],
)
def test_negators_are_read_like_indicators(language: str, negator: str, pattern: str, text: str) -> None:
    assert not lexicon_of(pattern, negators=(negator,), language=language).match(text, language)
    assert lexicon_of(pattern, negators=("xyz",), language=language).match(text, language)
