"""Translations: of the redacted words, by a named person, shown as long as those words stand, without personal data."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from advocacy_monitor.candidates import candidate
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Span, Standing, Translation
from advocacy_monitor.store import Store
from advocacy_monitor.translations import digest, translate_item, valid_translations
from tests.conftest import Clock, looked_up, make_post, make_submission
from tests.exporters.sample_packs import HOSTILE
from tests.test_pack import checked, fact, fill

GERMAN = "Ohne Frau Beispiel vom Tresen hätte ich den Antrag nie abgeschickt."
START = GERMAN.index("Frau")
REDACTED = "Ohne [Name entfernt] vom Tresen hätte ich den Antrag nie abgeschickt."
ENGLISH = "Without [name removed] at the desk I would never have sent the form."


@pytest.fixture
def german(store: Store) -> Store:
    """Item 1 in German with a name taken out, item 2 in English, item 3 without words."""
    fill(
        store,
        make_submission(GERMAN, language="de"),
        make_submission("I come to the reading room of Lindenrode Central every day.", language="en"),
        make_submission("  "),
    )
    checked(store, [fact(1, "personal_data", "name", "personal_data@1", Span(START, START + len("Frau Beispiel")))])
    found = candidate(store, 1)
    assert found is not None
    assert found.text == REDACTED
    return store


def test_a_translation_is_of_the_redacted_words(german: Store) -> None:
    written = translate_item(german, 1, "en", f"  {ENGLISH}\n", translator=" Kim ")
    assert (written.text, written.translator) == (ENGLISH, "Kim")
    assert written.of_sha256 == sha256(REDACTED.encode()).hexdigest() == digest(REDACTED)
    assert valid_translations(german, {1: REDACTED, 2: "x"}) == {1: (Translation(language="en", text=ENGLISH),)}


def test_the_newest_counts_and_languages_are_in_order(german: Store) -> None:
    for language, text in (("fr", "Sans [nom], jamais."), ("en", "Old words."), ("en", ENGLISH)):
        translate_item(german, 1, language, text, translator="Kim")
    assert [(t.language, t.text) for t in valid_translations(german, {1: REDACTED})[1]] == [
        ("en", ENGLISH),
        ("fr", "Sans [nom], jamais."),
    ]
    assert [each.text for each in german.translations.of([1])[1]] == [ENGLISH, "Sans [nom], jamais."]


def test_a_translation_of_older_words_is_not_shown(german: Store) -> None:
    translate_item(german, 1, "en", ENGLISH, translator="Kim")
    german.assertions.begin("personal_data", "personal_data@2")  # a better version blacks out more
    place = GERMAN.index("Tresen")
    spans = (Span(START, START + len("Frau Beispiel")), Span(place, place + len("Tresen")))
    facts = [fact(1, "personal_data", "name", "personal_data@2", *spans)]
    german.assertions.add_batch("personal_data@2", facts, after=0, last_item_id=german.items.last_id())
    found = candidate(german, 1)
    assert found is not None
    assert found.text != REDACTED
    assert valid_translations(german, {1: found.text}) == {}
    assert valid_translations(german, {1: REDACTED + "!"}) == {}


def test_one_that_was_taken_back_does_not_bring_the_older_one_back(german: Store) -> None:
    translate_item(german, 1, "en", "First try.", translator="Kim")
    translate_item(german, 1, "en", ENGLISH, translator="Kim")
    translate_item(german, 1, "en", "", translator="Kim")
    assert valid_translations(german, {1: REDACTED}) == {}
    with pytest.raises(ModerationError, match="item 1: has no translation into 'en'"):
        translate_item(german, 1, "en", " ", translator="Kim")


@pytest.mark.parametrize(
    ("item_id", "language", "text", "by", "says"),
    [
        (99, "en", "x", "Kim", "item 99: there is no such item"),
        (1, "en", ENGLISH, "  ", "needs the name of its translator"),
        (1, "eng", ENGLISH, "Kim", "'eng' is no language of packs .did you mean en"),
        (1, "", ENGLISH, "Kim", "is no language of packs"),
        (1, "de", REDACTED + "!", "Kim", "is in 'de' already"),
        (3, "en", "Nothing.", "Kim", "has no words to translate"),
        (1, "en", REDACTED, "Kim", "is the statement itself"),
        (1, "en", "Nul \x00", "Kim", r"no text \(U\+0000\)"),
        (1, "en", "Lone \ud800", "Kim", r"no text \(U\+D800\)"),
        (1, "en", "Write to \u202egro.elpmaxe@ksed.", "Kim", r"no text \(U\+202E\)"),
        (1, "en", "word " * 200, "Kim", "has 999 characters, the statement 69; allowed are 376"),
    ],
)
def test_what_is_no_translation_is_refused(
    german: Store, item_id: int, language: str, text: str, by: str, says: str
) -> None:
    with pytest.raises(ModerationError, match=says):
        translate_item(german, item_id, language, text, translator=by)
    assert german.translations.of([1, 2, 3, 99]) == {}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Without Mrs Example at the desk I would never have sent the form.", "name"),
        ("Without [name removed] (0151 23456789) I would never have sent it.", "phone"),
        ("Without [name removed], desk@example.org, never.", "email"),
        ("See https://example.org/form for the form.", "url"),
        ("Without [0151 23456789, desk@example.org] never.", "phone"),
        ("Without [https://example.org/mrs-example] never.", "url"),
        ("Without [Frau Beispiel] I would never have sent it.", "name"),
        ("Without frau  beispiel at the desk I would never have sent it.", "name"),
        ("Without Beispiel at the desk I would never have sent it.", "name"),
    ],
)
def test_personal_data_does_not_come_back_in_by_a_translation(german: Store, text: str, kind: str) -> None:
    with pytest.raises(ModerationError, match=f"item 1: the translation holds personal data: .*{kind}"):
        translate_item(german, 1, "en", text, translator="Kim")
    assert german.translations.of([1]) == {}


def test_a_chinese_name_does_not_come_back_between_other_letters(german: Store) -> None:
    said = "李明 helped me with the form at the desk."
    fill(german, make_submission(said, language="en"))
    checked(german, [fact(4, "personal_data", "name", "personal_data@1", Span(0, 2))])
    with pytest.raises(ModerationError, match="personal data: name"):
        translate_item(german, 4, "zh", "在服务台李明帮我填了表。", translator="Kim")
    translate_item(german, 4, "zh", "在服务台[姓名已删除]帮我填了表。", translator="Kim")


def test_names_that_stand_in_the_redacted_words_are_no_news(german: Store) -> None:
    written = translate_item(
        german, 2, "de", "Ich komme jeden Tag in den Lesesaal von Lindenrode Central.", translator="K"
    )
    assert written.language == "de"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_translations_are_stored_as_they_are_or_refused(german: Store, text: str) -> None:
    try:
        translate_item(german, 1, "en", text, translator="Kim")
    except ModerationError:
        assert german.translations.of([1]) == {}
    else:
        assert valid_translations(german, {1: REDACTED})[1] == (Translation(language="en", text=text.strip()),)


def test_a_translation_goes_with_the_statement(store: Store, clock: Clock) -> None:
    fill(store, make_post("Ohne Bücherei wäre ich einsam.", language="de"))
    checked(store)
    translate_item(store, 1, "en", "Without the library I would be lonely.", translator="Kim")
    looked_up(store, Standing.GONE)
    clock.now += timedelta(hours=2)
    looked_up(store, Standing.GONE)
    assert store.translations.of([1]) == {}


def test_a_translation_does_not_bring_back_what_was_removed_meanwhile(store: Store, clock: Clock) -> None:
    fill(store, make_post("Ohne Bücherei wäre ich einsam.", language="de"))
    checked(store)
    read = candidate(store, 1)
    assert read is not None
    looked_up(store, Standing.GONE)
    clock.now += timedelta(hours=2)
    looked_up(store, Standing.GONE)
    with pytest.raises(ModerationError, match="item 1: was removed, so nothing was noted"):
        store.translations.add(1, "en", "Without the library I would be lonely.", digest(read.text), "Kim")
    assert store.translations.of([1]) == {}


def test_many_items_at_once(store: Store) -> None:
    fill(store, *(make_submission(f"Satz Nummer {n}.", language="de") for n in range(1, 1202)))
    for n in (1, 600, 1201):
        store.translations.add(n, "en", f"Sentence {n}.", digest(f"Satz Nummer {n}."), "Kim")
    found = valid_translations(store, {n: f"Satz Nummer {n}." for n in range(1, 1202)})
    assert sorted(found) == [1, 600, 1201]
