"""Relevance: statements are hardly ever taken for anything else, and what else there is is mostly seen (R19)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.enrichers.relevance import KINDS, RelevanceEnricher, is_organisation
from advocacy_monitor.models import Relation
from tests.enrichers.stored import ListReader, annotate, make_stored

HERE = Path(__file__).parent
TESTIMONIALS = Path(__file__).parents[3] / "shared" / "testimonials"
UNFILTERED = {"statement", "unclear"}
LINES = (HERE / "relevance_examples.txt").read_text(encoding="utf-8").splitlines()
EXAMPLES = [line.split("|", 1) for line in LINES if "|" in line and not line.startswith("#")]


def _kind(text: str, **given: object) -> str:
    return RelevanceEnricher().judge(make_stored(1, text, **given)).kind


def test_a_statement_is_hardly_ever_called_anything_else() -> None:
    called = Counter(_kind(text) for kind, text in EXAMPLES if kind == "statement")
    print(called)
    assert called.total() >= 100
    assert sum(count for kind, count in called.items() if kind not in UNFILTERED) == 0, called
    assert called["statement"] / called.total() >= 0.78


def test_what_is_no_statement_is_seen_and_called_by_its_kind() -> None:
    called = Counter((kind, _kind(text)) for kind, text in EXAMPLES if kind != "statement")
    right = sum(count for (kind, found), count in called.items() if kind == found)
    missed = sum(count for (_, found), count in called.items() if found == "statement")
    mixed_up = sum(count for (kind, found), count in called.items() if found not in UNFILTERED | {kind})
    print(called)
    assert called.total() >= 100
    assert right / called.total() >= 0.9
    assert missed / called.total() <= 0.02
    assert mixed_up == 0


@pytest.mark.skipif(not TESTIMONIALS.is_dir(), reason="the shared development set is not on this machine")
def test_the_development_set() -> None:
    lines = (TESTIMONIALS / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    statements = Counter(_kind(json.loads(line)["text"]) for line in lines)
    lines = (TESTIMONIALS / "dev_negatives.jsonl").read_text(encoding="utf-8").splitlines()
    others = Counter(_kind(json.loads(line)["text"]) for line in lines)
    print(statements, others)
    assert set(statements) <= UNFILTERED
    assert statements["statement"] / statements.total() >= 0.94
    assert others["statement"] / others.total() <= 0.5


def test_the_cues_are_shown() -> None:
    text = "Join us on Friday! Registration required."
    (found,) = annotate(RelevanceEnricher(), text)
    assert (found.label, found.value) == ("relevance", "announcement")
    assert [text[span.start : span.end] for span in found.spans] == ["Join us", "Registration required"]


def test_one_person_s_voice_outweighs_the_words_of_an_announcement() -> None:
    assert _kind("I went to the book sale, it starts at 10 am. Don't miss it, I found treasures.") == "statement"
    assert _kind("My library has streaming, albums and playlists for free, I love it.") == "statement"


def test_what_a_library_s_own_account_says_is_an_announcement() -> None:
    text = "I love the new chairs in our reading room."
    assert _kind(text, author_name="Lindenrode Public Library") == "announcement"
    assert _kind(text, author_handle="stadtbibliothek_west") == "announcement"
    assert _kind(text, author_name="Stadtbibliothek West", relation=Relation.REPOST) == "statement"
    assert _kind(text, author_name="library lover") == "statement"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *[
            ("Albury Library", True),
            ("Boston Public Library", True),
            ("Libraries of Kent", True),
            ("kansaslibrary", True),
        ],
        *[
            ("Stadtbibliothek Köln", True),
            ("Bücherei am Markt", True),
            ("Mediathek Nord", True),
            ("Biblioteca Sur", True),
        ],
        *[("librarylover", False), ("I love my library", False), ("thelibrarygirl", False), ("in the library", False)],
        *[("bibliothekarin_anna", False), ("Bibliotheksfan", False), ("Anna", False), ("", False), (None, False)],
    ],
)
def test_names_of_institutions_are_told_from_those_of_readers(name: str | None, expected: bool) -> None:
    assert is_organisation(name) is expected


def test_an_answer_to_a_survey_is_a_statement_unless_it_is_empty_or_spam() -> None:
    assert _kind("Join us, registration required", kind="submission") == "statement"
    assert _kind("quiet", kind="submission") == "statement"
    assert _kind(" - ", kind="submission") == "no_words"
    assert _kind("Buy followers now! Use code ABC, casino bonus", kind="submission") == "spam"


def test_a_hashtag_or_a_reply_says_what_is_meant() -> None:
    text = "Thank you for everything!"
    assert _kind(text) == "unclear"
    assert _kind(text, hashtags=("DankeBibliothek",)) == "statement"
    assert _kind(text, relation=Relation.REPLY) == "statement"


def test_posts_about_something_else_are_unclear() -> None:
    assert _kind("What a match, the referee was blind!") == "unclear"
    assert _kind("Der Zug hat schon wieder Verspätung.") == "unclear"
    assert _kind("❤️") == "no_words"


@given(st.lists(st.text(), max_size=4), st.integers(0, 4), st.sampled_from(["post", "submission"]))
def test_any_text_gets_one_verdict_however_it_is_split(texts: list[str], cut: int, kind: str) -> None:
    enricher, reader = RelevanceEnricher(), ListReader()
    items = [make_stored(number, text, kind=kind, author_name=text) for number, text in enumerate(texts, start=1)]
    found = list(enricher.enrich(items, reader))
    assert found == [*enricher.enrich(items[:cut], reader), *enricher.enrich(items[cut:], reader)]
    assert [a.item_id for a in found] == [item.id for item in items]
    for annotation, item in zip(found, items, strict=True):
        assert annotation.value in KINDS
        assert annotation.score is not None
        assert 0 < annotation.score <= 1
        assert all(0 <= span.start < span.end <= len(item.text) for span in annotation.spans)


@pytest.mark.parametrize("piece", ["http://", "library ", "bleibt am ", "a ", "图书馆", "we are ", "um 10 uhr "])
def test_long_hostile_texts_take_no_time_that_matters(piece: str) -> None:
    assert annotate(RelevanceEnricher(), piece * (20_000 // len(piece)))
