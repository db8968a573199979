"""Stance: thanks, praise, complaints and requests in English and German, with their words; elsewhere silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.enrichers.stance import STANCES, StanceEnricher, stances
from tests.enrichers.stored import ListReader, annotate, make_stored

TESTIMONIALS = Path(__file__).parents[3] / "shared" / "testimonials" / "dev.jsonl"
PLAIN = [
    ("en", {"thanks"}, "Thank you to everyone at the desk."),
    ("en", {"praise"}, "The staff are wonderful."),
    ("en", {"complaint"}, "Closed again, and the toilets are filthy."),
    ("en", {"request"}, "Could you open on Sundays?"),
    ("en", {"complaint", "request"}, "The lift is out of order, please repair it."),
    ("en", {"praise", "complaint", "mixed"}, "Lovely staff, but the building is freezing."),
    ("de", {"thanks"}, "Vielen Dank an alle in der Ausleihe."),
    ("de", {"praise"}, "Das Team ist großartig."),
    ("de", {"complaint"}, "Schon wieder geschlossen, eine Frechheit."),
    ("de", {"request"}, "Bitte öffnet auch sonntags."),
    ("de", {"praise", "complaint", "mixed"}, "Schöne Räume, aber die Toilette ist kaputt."),
]
TAKEN_BACK = [
    *[("en", "No fines any more, no queue, nobody hassles you."), ("en", "I can't imagine life without it.")],
    *[("en", "That's why I go there."), ("en", "My local pub closed and I lost my job.")],
    *[("de", "Es kostet nichts und niemand nervt."), ("de", "Schließlich habe ich gelernt, das zu schätzen.")],
]


@pytest.mark.parametrize(("language", "expected", "text"), PLAIN)
def test_plain_cases(language: str, expected: set[str], text: str) -> None:
    assert set(stances(text, language)) == expected


@pytest.mark.parametrize(("language", "text"), TAKEN_BACK)
def test_what_sounds_like_a_complaint_and_is_none(language: str, text: str) -> None:
    assert "complaint" not in stances(text, language)


def test_the_words_are_shown() -> None:
    text = "Lovely staff, but the building is freezing."
    found = {
        fact.value: [text[s.start : s.end] for s in fact.spans]
        for fact in annotate(StanceEnricher(), text, language="en")
    }
    assert found == {"praise": ["Lovely"], "complaint": ["freezing"], "mixed": ["Lovely", "freezing"]}


def test_other_languages_get_none() -> None:
    assert stances("Merci beaucoup !", "fr") == {}
    assert annotate(StanceEnricher(), "Thank you!", language=None) == []


@pytest.mark.skipif(not TESTIMONIALS.is_file(), reason="the shared development set is not on this machine")
def test_complaints_of_the_development_set() -> None:
    rows = [json.loads(line) for line in TESTIMONIALS.read_text(encoding="utf-8").splitlines()]
    read = [(row["sentiment"] in ("negative", "mixed"), stances(row["text"], row["language"])) for row in rows]
    both = sum(person and "complaint" in machine for person, machine in read)
    print(both, sum(person for person, _ in read), sum("complaint" in machine for _, machine in read))
    assert both / sum(person for person, _ in read) >= 0.85
    assert both / sum("complaint" in machine for _, machine in read) >= 0.65


@given(st.lists(st.text(), max_size=4), st.integers(0, 4), st.sampled_from(["en", "de", "fr", None]))
def test_any_text_however_it_is_split(texts: list[str], cut: int, language: str | None) -> None:
    enricher, reader = StanceEnricher(), ListReader()
    items = [make_stored(number, text, language=language) for number, text in enumerate(texts, start=1)]
    found = list(enricher.enrich(items, reader))
    assert found == [*enricher.enrich(items[:cut], reader), *enricher.enrich(items[cut:], reader)]
    for fact in found:
        assert fact.value in STANCES
        assert fact.spans
        assert all(0 <= span.start < span.end <= len(texts[fact.item_id - 1]) for span in fact.spans)


@pytest.mark.parametrize("piece", ["why ", "no ", "nicht ", "thank you ", "kann ich ", "a "])
def test_long_hostile_texts_take_no_time_that_matters(piece: str) -> None:
    annotate(StanceEnricher(), piece * (20_000 // len(piece)), language="de")
