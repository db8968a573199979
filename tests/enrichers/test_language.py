"""Language: short and long texts, marks of platforms, what a source declares, texts without words, doubt."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from advocacy_monitor.enrichers.language import UNCERTAIN, Guess, LanguageEnricher, primary
from advocacy_monitor.errors import EnrichError
from tests.enrichers.stored import ListReader, annotate, make_stored

STATEMENTS = {
    "en": "The library is where my children learned to love stories, and where I found work again.",
    "de": "Ohne unsere Bücherei hätte ich im Winter mit niemandem gesprochen, dort kennt man mich.",
    "fr": "Sans la bibliothèque de mon quartier, je n'aurais jamais appris à lire avec mes enfants.",
    "es": "En la biblioteca de mi barrio aprendí a buscar trabajo y encontré buenos amigos.",
    "ar": "المكتبة هي المكان الذي تعلمت فيه القراءة مع أطفالي ووجدت فيه أصدقاء جددا.",
    "ru": "В нашей библиотеке мои дети полюбили книги, а я нашла новых друзей и работу.",
    "zh": "图书馆是我和孩子每个周末都会去的地方，我们在那里读书、交朋友。",
}


@pytest.mark.parametrize(("language", "text"), STATEMENTS.items())
def test_the_seven_languages_are_told_apart(language: str, text: str) -> None:
    found = annotate(LanguageEnricher(), text)
    assert [(a.label, a.value) for a in found] == [("language", language)]
    assert found[0].score is not None
    assert found[0].score > 0.9
    assert found[0].by == f"language@{LanguageEnricher().version}"


@pytest.mark.parametrize("text", ["Thank you so much!", "Ich liebe diese Bücherei", "Спасибо большое", "我爱图书馆"])
def test_a_few_words_are_enough(text: str) -> None:
    expected = {"T": "en", "I": "de", "С": "ru", "我": "zh"}[text[0]]
    assert LanguageEnricher().guess(text).language == expected


def test_an_eighth_language_is_named_and_reviewed() -> None:
    text = "La biblioteca del mio quartiere è il posto dove ho imparato a leggere con i miei figli."
    found = annotate(LanguageEnricher(), text)
    assert [(a.label, a.value) for a in found] == [("language", "it"), ("review", UNCERTAIN)]


def test_a_campaign_in_two_languages_does_not_find_a_third_without_review() -> None:
    guess = LanguageEnricher(languages=("en", "de")).guess(STATEMENTS["fr"])
    assert guess.uncertain
    assert guess.language == "fr"


def test_hashtags_links_and_handles_do_not_count_as_words() -> None:
    english = (
        "#DankeBibliothek #Bücherei @stadtbibliothek https://example.org/deutsche-seite I missed my library so much"
    )
    assert LanguageEnricher().guess(english) == LanguageEnricher().guess("I missed my library so much")
    assert LanguageEnricher().guess("#图书馆#我很喜欢这里的书").language == "zh"


@pytest.mark.parametrize("text", ["", "   ", "❤️❤️", "#DankeBibliothek", "https://example.org", "!!!", "12"])
def test_without_words_the_source_is_asked_else_nothing_is_claimed(text: str) -> None:
    assert LanguageEnricher().guess(text) == Guess("und", None, False)
    assert LanguageEnricher().guess(text, "de-AT") == Guess("de", None, False)


def test_what_a_source_declares_breaks_a_tie_but_not_a_clear_text() -> None:
    enricher = LanguageEnricher()
    assert enricher.guess("Danke!").uncertain
    assert enricher.guess("Danke!", "de") == enricher.guess("Danke!", "de-CH")
    assert not enricher.guess("Danke!", "de").uncertain
    assert enricher.guess(STATEMENTS["de"], "en").language == "de"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        *[("de-AT", "de"), ("EN_us", "en"), ("deu", "de"), ("iw", "he"), ("und", None), ("zxx", None), ("qme", None)],
        *[(None, None), ("", None), ("german", None), ("12", None)],
    ],
)
def test_tags_of_sources_are_read_as_bcp_47(tag: str | None, expected: str | None) -> None:
    assert primary(tag) == expected


def test_a_short_word_of_one_script_is_not_taken_for_another() -> None:
    for word in ("books", "Haus", "livre", "ok fine"):
        assert LanguageEnricher().guess(word).language in {"en", "de", "fr", "es", "und"}


def test_unknown_languages_are_refused_by_name() -> None:
    with pytest.raises(ValidationError):
        LanguageEnricher(languages=())
    with pytest.raises(ValidationError):
        LanguageEnricher(languages=("German",))
    with pytest.raises(EnrichError, match="py3langid has no model of xx"):
        annotate(LanguageEnricher(languages=("en", "xx")), "Hello")


def test_changed_settings_change_the_version() -> None:
    assert LanguageEnricher(languages=("en",)).version != LanguageEnricher().version
    assert LanguageEnricher().version == LanguageEnricher.BASE_VERSION


def test_threads_get_the_same_answers() -> None:
    enricher = LanguageEnricher()
    wanted = [enricher.guess(text) for text in STATEMENTS.values()]
    answers: list[list[Guess]] = []
    threads = [
        threading.Thread(target=lambda: answers.append([enricher.guess(text) for text in STATEMENTS.values()]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [wanted] * 4


@given(st.lists(st.tuples(st.text(), st.none() | st.text(max_size=5)), max_size=5), st.integers(0, 5))
def test_any_text_gets_one_language_however_it_is_split(texts: list[tuple[str, str | None]], cut: int) -> None:
    enricher, reader = LanguageEnricher(), ListReader()
    items = [make_stored(number, text, language=tag) for number, (text, tag) in enumerate(texts, start=1)]
    found = list(enricher.enrich(items, reader))
    assert found == [*enricher.enrich(items[:cut], reader), *enricher.enrich(items[cut:], reader)]
    assert [a.item_id for a in found if a.label == "language"] == [item.id for item in items]
    assert {a.value for a in found if a.label == "review"} <= {UNCERTAIN}
    assert all(a.score is None or 0 <= a.score <= 1 for a in found)
