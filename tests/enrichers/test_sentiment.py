"""Sentiment, experimental: plain cases in English and German, silence elsewhere, and it never breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.enrichers.german_sentiment import feelings
from advocacy_monitor.enrichers.sentiment import SentimentEnricher
from advocacy_monitor.models import Annotation
from tests.enrichers.stored import ListReader, annotate, make_stored

PLAIN = [
    ("en", "positive", "I love this library, the staff are wonderful."),
    ("en", "negative", "The building is awful and the staff are rude."),
    ("en", "mixed", "The books are excellent. The toilets are disgusting."),
    ("de", "positive", "Ich liebe unsere Bücherei, alle sind so freundlich!"),
    ("de", "negative", "Schlecht geheizt, laut und immer überfüllt."),
    ("de", "negative", "Die Auskunft war nicht freundlich."),
    ("de", "positive", "Das ist gar nicht schlecht, im Gegenteil: sehr schön!"),
    ("de", "mixed", "Die Bücher sind toll, aber die Öffnungszeiten sind eine Frechheit."),
    ("de", "positive", "Grossartig! Herzliche Grüsse aus Bern."),
]


@pytest.mark.parametrize(("language", "value", "text"), PLAIN)
def test_plain_cases(language: str, value: str, text: str) -> None:
    (found,) = annotate(SentimentEnricher(), text, language=language)
    assert (found.label, found.value) == ("sentiment", value)
    assert found.score is not None
    if value != "mixed":
        assert (found.score > 0) == (value == "positive")


def test_it_says_that_it_is_experimental() -> None:
    version = SentimentEnricher().version
    assert version.startswith("textblob-0.")
    assert version.endswith("+experimental")
    assert SentimentEnricher(threshold=0.3).version != version


def test_other_languages_and_unknown_words_get_no_label() -> None:
    enricher = SentimentEnricher()
    assert annotate(enricher, "J'adore ma bibliothèque", language="fr") == []
    assert annotate(enricher, "I love it", language=None) == []
    assert annotate(enricher, "Die Bücherei steht am Markt.", language="de") == []
    assert annotate(enricher, "The library stands there.", language="en") == []
    assert annotate(enricher, "", "❤️", "#love @lovely", language="en") == []


def test_the_language_that_was_found_goes_before_the_one_that_was_declared() -> None:
    item = make_stored(1, "Ich liebe unsere Bücherei", language="en")
    found = Annotation(item_id=1, label="language", value="de", by="language@1")
    (sentiment,) = SentimentEnricher().enrich([item], ListReader([item], [found]))
    assert sentiment.value == "positive"


def test_a_negation_reaches_to_the_next_comma_and_no_further() -> None:
    assert feelings("nicht schön").bad > 0
    assert feelings("schön ist das nicht").bad > 0
    assert feelings("nicht weit, schön") == feelings("weit, schön")
    assert feelings("sehr schön").good > feelings("schön").good > feelings("etwas schön").good
    assert feelings("") == (0, 0)


@given(st.lists(st.text(), max_size=4), st.integers(0, 4), st.sampled_from(["en", "de", "fr", None]))
def test_any_text_however_it_is_split(texts: list[str], cut: int, language: str | None) -> None:
    enricher, reader = SentimentEnricher(), ListReader()
    items = [make_stored(number, text, language=language) for number, text in enumerate(texts, start=1)]
    found = list(enricher.enrich(items, reader))
    assert found == [*enricher.enrich(items[:cut], reader), *enricher.enrich(items[cut:], reader)]
    for annotation in found:
        assert annotation.value in {"positive", "negative", "mixed", "neutral"}
        assert annotation.score is not None
        assert -1 <= annotation.score <= 1
