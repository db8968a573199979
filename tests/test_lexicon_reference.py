"""The matcher against a slow one that does nothing but what docs/reference/codebook.md says."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.codebook import Codebook, Indicators, Theme, load_codebook
from advocacy_monitor.indicators import ENDS, WORDS, Step, fold, parse_indicator, parted
from advocacy_monitor.lexicon import Lexicon
from advocacy_monitor.models import Span
from tests.statements_by_theme import EXCLUDED, FOUND

rows_of = functools.cache(parse_indicator)


def fits(pattern: str, word: str) -> bool:
    stem = pattern.strip("*")
    if pattern == "*":
        return True
    if pattern.startswith("*") and pattern.endswith("*"):
        return stem in word
    if pattern.endswith("*"):
        return word.startswith(stem)
    return word.endswith(stem) if pattern.startswith("*") else word == stem


@functools.cache
def any_fits(patterns: frozenset[str], forms: tuple[str, ...]) -> bool:
    return any(fits(pattern, word) for pattern in patterns for word in forms)


def ends_of(words: Sequence[tuple[str, ...] | None], at: int, row: Sequence[Step]) -> Iterator[int]:
    """Where a row that begins at a word may end, the shortest gaps first; a sentence end is None."""
    word = words[at]
    if word is None or not any_fits(row[0].words, word):
        return
    if len(row) == 1:
        yield at
        return
    for following in range(at + 1, min(at + 2 + row[1].gap, len(words))):
        if words[following] is None:
            return
        yield from ends_of(words, following, row[1:])


def ranges_of(words: Sequence[tuple[str, ...] | None], patterns: Sequence[str], language: str) -> list[tuple[int, int]]:
    found = (
        (at, next(ends_of(words, at, row), None))
        for pattern in patterns
        for row in rows_of(pattern, language)
        for at in range(len(words))
    )
    return [(first, last) for first, last in found if last is not None]


def forms_of(word: str, language: str) -> tuple[str, ...]:
    """A folded word; in Arabic also without what is written onto it (docs/reference/codebook.md)."""
    folded = fold(word, language)
    cuts = range(1, len(folded) - 2) if language == "ar" else ()
    return (folded, *(folded[cut:] for cut in cuts if folded[:cut] in _WRITTEN_ON))


_WRITTEN_ON = {
    conjunction + rest for conjunction in ("", "و", "ف") for rest in ("", "ال", "لل", *"بكلس", "بال", "كال", "لال")
}


def slowly(codebook: Codebook, text: str, language: str) -> dict[str, tuple[Span, ...]]:
    places = list(WORDS.finditer(text))
    words = [None if place[0] in ENDS else forms_of(place[0], language) for place in places]
    negators = [last for _, last in ranges_of(words, codebook.negators.get(language, ()), language)]
    themes = {}
    for theme in codebook.themes:
        listed = theme.indicators.get(language, Indicators())
        ranges = ranges_of(words, listed.any, language)
        for first, last in ranges_of(words, listed.unless_negated, language):
            before = range(max(0, first - 3), first)
            if not any(end in before and None not in words[end:first] for end in negators):
                ranges.append((first, last))
        blocked = {at for first, last in ranges_of(words, listed.not_, language) for at in range(first, last + 1)}
        ranges = [each for each in ranges if blocked.isdisjoint(range(each[0], each[1] + 1))]
        if ranges:
            themes[theme.code] = tuple(_merged(ranges, [(place.start(), place.end()) for place in places]))
    return themes


def _merged(ranges: list[tuple[int, int]], places: list[tuple[int, int]]) -> Iterator[Span]:
    first, last = min(ranges)
    for start, end in sorted(ranges):
        if start > last:
            yield Span(places[first][0], places[last][1])
            first, last = start, end
        last = max(last, end)
    yield Span(places[first][0], places[last][1])


_LETTERS = ("a", "b", "c", "d", "ab")
_PATTERNS = st.lists(
    st.sampled_from((*_LETTERS, "a|b", "a-b|c", "*b", "c*", "*d*", "_", "...1", "...4", "b|c-d")), min_size=1, max_size=6
).map(" ".join)  # fmt: skip


def readable(pattern: str) -> bool:
    try:
        parse_indicator(pattern, "en")
    except ValueError:
        return False
    return True


_LISTS = st.lists(_PATTERNS.filter(readable), max_size=3)
_TEXTS = st.lists(st.sampled_from((*_LETTERS, "bd", "e", ".", "\n", "-")), max_size=25).map(" ".join)


@given(_LISTS, _LISTS, _LISTS, st.lists(_TEXTS, min_size=1, max_size=4))
def test_small_codebooks_find_what_they_say(
    points: list[str], blocks: list[str], negatable: list[str], texts: list[str]
) -> None:
    listed = Indicators.model_validate({"any": points, "not": blocks, "unless_negated": negatable})
    theme = Theme(code="it", title={"en": "x"}, definition="x", include=(), exclude=(), indicators={"en": listed})
    codebook = Codebook(
        name="small", version=1, languages={"en": "beta"}, negators={"en": ("e", "d-a", "b*|a-c")}, themes=(theme,)
    )
    lexicon = Lexicon(codebook)
    for text in texts:
        assert lexicon.match(text, "en") == slowly(codebook, text, "en"), text


@pytest.fixture(scope="module")
def library() -> Codebook:
    return load_codebook("library")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "ru", "zh"])
def test_the_shipped_codebook_finds_what_it_says(library: Codebook, language: str) -> None:
    draw, lexicon = random.Random(4), Lexicon(library)
    listed = [theme.indicators[language] for theme in library.themes if language in theme.indicators]
    patterns = [pattern for each in listed for pattern in (*each.pointing, *each.not_)]
    found = 0
    for _ in range(12):
        words = [word for _ in range(draw.randint(1, 5)) for word in _said(draw.choice(patterns), language, draw)]
        text = ("" if language == "zh" else " ").join(words)
        matched = lexicon.match(text, language)
        assert matched == slowly(library, text, language), text
        found += bool(matched)
    assert found > 3


def _said(pattern: str, language: str, draw: random.Random) -> Iterator[str]:
    """A text that an indicator finds, with other words in its gaps, and sometimes something after it."""
    for step in draw.choice(parse_indicator(pattern, language)):
        yield from ["xx"] * draw.randint(0, step.gap)
        yield draw.choice(sorted(step.words)).replace("*", draw.choice(("", "en")))
    yield draw.choice(("", ".", "\n", "library", "nicht", "@someone", "é"))


def test_statements_find_the_same(library: Codebook) -> None:
    lexicon = Lexicon(library)
    statements = [listed[0] for listed in FOUND.values()][::2]
    for language, text in (*statements, *((language, text) for _, language, text in EXCLUDED[:4])):
        assert lexicon.match(text, language) == slowly(library, text, language), text


@given(st.one_of(st.text(), st.text(alphabet="abÄß9 '_-.!\n²½$€孩مё\u0301\u00ad\u200d\u064b🎉©")))
def test_a_text_parted_is_the_text_and_its_words_are_the_same(text: str) -> None:
    parts = parted(text)
    assert "".join(parts) == text
    assert parts[1::2] == WORDS.findall(text)
