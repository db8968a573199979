"""The matcher: what each sign of an indicator finds, what blocks it, and that the spans are the words found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.codebook import Codebook, Indicators, Theme, load_codebook
from advocacy_monitor.indicators import parse_indicator
from advocacy_monitor.lexicon import Lexicon

LANGUAGES = ("en", "de", "fr", "es", "ar", "ru", "zh")


def lexicon_of(*patterns: str, language: str = "en", blocks: tuple[str, ...] = ()) -> Lexicon:
    """A lexicon with one theme 'it' in one language."""
    return Lexicon(codebook_of({"it": patterns}, language=language, blocks=blocks))


def codebook_of(themes: dict[str, tuple[str, ...]], *, language: str, blocks: tuple[str, ...] = ()) -> Codebook:
    return Codebook(
        name="small",
        version=1,
        languages=dict.fromkeys(LANGUAGES, "beta"),
        themes=tuple(
            Theme(
                code=code,
                title={"en": code},
                definition="x",
                include=(),
                exclude=(),
                indicators={language: Indicators.model_validate({"any": patterns, "not": blocks})},
            )
            for code, patterns in themes.items()
        ),
    )


def words(lexicon: Lexicon, text: str, language: str | None = "en", theme: str = "it") -> list[str]:
    """The runs of the text that were found."""
    return [text[span.start : span.end] for span in lexicon.match(text, language).get(theme, ())]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("lonely", "so LONELY there", ["LONELY"]),
        ("lonely", "lonelyhearts", []),
        ("lonel*", "lonely, lonelier; alone", ["lonely", "lonelier"]),
        ("*book", "a notebook, a book, bookish", ["notebook", "book"]),
        ("*book*", "notebooks", ["notebooks"]),
        ("wi-fi", "Wi-Fi and wi fi and wi‑fi, not wifi", ["Wi-Fi", "wi fi", "wi‑fi"]),
        ("wi-fi|wifi", "wifi, then wi-fi", ["wifi", "wi-fi"]),
        ("can't afford", "I can’t afford it, can't afford!", ["can’t afford", "can't afford"]),
        (
            "made|make new friends",
            "She made new friends; we make new friends.",
            ["made new friends", "make new friends"],
        ),
        ("out of _ way", "out of her way, out of the old way", ["out of her way"]),
        ("keep ... open", "Keep our little library open", ["Keep our little library open"]),
        ("keep ... open", "Keep our dear little old library open", []),
        ("keep ...6 open", "Keep our dear little old library open", ["Keep our dear little old library open"]),
        ("keep ... open", "Keep it. Open the door", []),
        ("keep ... open", "Keep it\nopen", []),
        ("résumé", "my resume, my RÉSUMÉ", ["resume", "RÉSUMÉ"]),
        ("£ 5", "it cost £5", ["£5"]),
    ],
)
def test_signs_of_an_indicator(pattern: str, text: str, found: list[str]) -> None:
    assert words(lexicon_of(pattern), text) == found


@pytest.mark.parametrize(
    ("language", "pattern", "text", "found"),
    [
        ("de", "*bücher*", "Kinderbücherei", ["Kinderbücherei"]),
        ("de", "bücher", "Buecher und Bücher, nicht Bucher", ["Buecher", "Bücher"]),
        ("de", "schön", "schon gut, schön", ["schön"]),
        ("de", "groß*", "GROSSE Auswahl", ["GROSSE"]),
        ("fr", "bibliothèque", "la bibliotheque", ["bibliotheque"]),
        ("fr", "l'école", "L’école", ["L’école"]),
        ("es", "niño*", "los niños y ninos", ["niños", "ninos"]),
        ("ru", "ребёнок", "ребенок", ["ребенок"]),
        ("ar", "كتب", "والكتب هنا", ["والكتب"]),
        ("ar", "مكتبة", "مَكتَبه", ["مَكتَبه"]),
        ("zh", "孩子", "我的孩子们都喜欢", ["孩子"]),
        ("zh", "没有 ...4 网络", "家里没有无线网络", ["没有无线网络"]),
    ],
)
def test_languages_write_words_in_their_own_ways(language: str, pattern: str, text: str, found: list[str]) -> None:
    assert words(lexicon_of(pattern, language=language), text, language) == found


def test_composed_and_decomposed_letters_are_the_same_and_spans_fit_the_text_as_it_is() -> None:
    assert words(lexicon_of("bücher", language="de"), "viele Bu\u0308cher hier", "de") == ["Bu\u0308cher"]


def test_a_blocked_word_counts_for_nothing_and_the_next_one_still_counts() -> None:
    lexicon = lexicon_of("free", blocks=("free time", "feel free"))
    assert words(lexicon, "In my free time it is free, feel free to ask") == ["free"]
    assert words(lexicon, "In my free time") == []


def test_indicators_of_another_theme_do_not_block() -> None:
    lexicon = Lexicon(codebook_of({"it": ("free",), "time": ("free time",)}, language="en"))
    assert set(lexicon.match("my free time", "en")) == {"it", "time"}


def test_overlapping_finds_are_one_span_and_separate_ones_stay_apart() -> None:
    lexicon = lexicon_of("new friends", "made new", "friends")
    assert words(lexicon, "I made new friends. Friends!") == ["made new friends", "Friends"]


def test_the_same_phrase_is_found_as_often_as_it_stands_there() -> None:
    lexicon = lexicon_of("the ... library")
    assert words(lexicon, "the old library, the new library") == ["the old library", "the new library"]
    assert words(lexicon, "the the library") == ["the the library"]


@pytest.mark.parametrize("text", ["see https://lonely.example.org/lonely", "write to lonely@example.org", "@lonely hi"])
def test_links_addresses_and_handles_are_not_words(text: str) -> None:
    assert words(lexicon_of("lonely"), text) == []


def test_what_stands_after_a_link_keeps_its_place() -> None:
    text = "https://example.org/🎉 @someone so lonely"
    assert words(lexicon_of("lonely"), text) == ["lonely"]


@pytest.mark.parametrize("language", ["en", "EN", "en-AU", "en_GB", " en "])
def test_the_first_part_of_a_language_tag_counts(language: str) -> None:
    assert words(lexicon_of("lonely"), "lonely", language) == ["lonely"]


@pytest.mark.parametrize("language", ["it", "de", "english"])
def test_a_language_without_indicators_gives_nothing(language: str) -> None:
    assert lexicon_of("lonely").match("lonely", language) == {}


@pytest.mark.parametrize("language", [None, "", "und", "mul"])
def test_an_unknown_language_is_told_by_its_script_alone(language: str | None) -> None:
    assert words(lexicon_of("孩子", language="zh"), "我的孩子 ok", language) == ["孩子"]
    assert words(lexicon_of("дети", language="ru"), "мои дети", language) == ["дети"]
    assert words(lexicon_of("kind", language="de"), "so kind", language) == []


def test_emoji_and_wide_signs_do_not_shift_the_spans() -> None:
    assert words(lexicon_of("lonely"), "🏳️‍🌈👩‍👩‍👧 ＬＯＮＥＬＹ lonely") == ["ＬＯＮＥＬＹ", "lonely"]


@pytest.fixture(scope="module")
def library() -> Lexicon:
    return Lexicon(load_codebook("library"))


_PIECES = st.sampled_from(
    ["library", "the", "my", "no one", "to talk", "free", "keep", "open", "Bücherei", "Kind", "孩子", "مكتبة", "дети", ". ",
     "\n", "@", "https://", "'", "-", "🎉", "\u0308", "\u200d"]
)  # fmt: skip


@settings(deadline=None)  # the first text of a language builds its index
@given(
    st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=40).map(" ".join)), st.sampled_from((*LANGUAGES, None))
)
def test_any_text_is_read_and_every_span_lies_inside_it(library: Lexicon, text: str, language: str | None) -> None:
    for code, spans in library.match(text, language).items():
        assert code in library.codebook.codes
        assert spans
        ends = [0, *(place for span in spans for place in (span.start, span.end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(text)
        assert all(text[span.start : span.end].strip() for span in spans)


@given(st.text(alphabet="ab|*_.3 '", max_size=25), st.text(alphabet="ab .'", max_size=40))
def test_any_indicator_is_refused_in_words_or_can_be_looked_for(pattern: str, text: str) -> None:
    try:
        parse_indicator(pattern, "en")
    except ValueError as error:
        assert str(error)
    else:
        lexicon_of(pattern).match(text, "en")


def test_a_text_made_to_be_slow_is_read_in_time(library: Lexicon) -> None:
    for text in ("no " * 5000, "the library " * 3000, "x" * 100_000, "孩" * 20_000, "é\u0301" * 20_000):
        library.match(text, "zh" if text[0] == "孩" else "en")
