"""The questionnaire: the shipped one is whole in seven languages; one's own is refused with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from advocacy_monitor.config import load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import form_languages, questionnaire
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import (
    Kind,
    load_questionnaire,
    read_questionnaire,
    shipped_questionnaires,
    told,
)
from advocacy_monitor.translate import LANGUAGES

OWN = """\
name: ours
version: 3
title: {en: Your library}
intro: {en: Two minutes.}
questions:
  - key: words
    kind: text
    wording: {en: What does it mean to you?}
consents:
  analyse: {en: Count it.}
  quote_unnamed: {en: Quote it.}
  quote_named: {en: Quote me.}
  send_to_representative: {en: Send it.}
  contact: {en: Write to me.}
parent: {en: I agree.}
parent_quote: {en: I agree to quotes.}
"""


def test_the_shipped_one_is_whole_in_every_language_and_asks_what_the_evidence_needs() -> None:
    assert shipped_questionnaires() == ("library",)
    library = load_questionnaire("library")
    assert library.languages == LANGUAGES
    assert [(number, each.key, each.kind) for number, each in library.numbered()] == [
        (1, "library", Kind.LIBRARY),
        (2, "matters", Kind.CHOICES),
        (3, "words", Kind.TEXT),
        (4, "changed", Kind.CHOICES),
        (5, "postcode", Kind.POSTCODE),
        (6, "age", Kind.AGE),
    ]
    matters = library.question("matters")
    assert matters is not None
    assert (matters.most, len(matters.options), matters.has_own_words) == (3, 11, True)
    assert [each.key for each in library.closed] == ["matters", "changed"]
    for language in LANGUAGES:
        said = [library.consent(use, language) for use in Use]
        assert len(set(said)) == len(Use)


def test_no_two_options_of_a_question_are_worded_alike_in_any_language() -> None:
    for question in load_questionnaire("library").questions:
        for language in LANGUAGES:
            said = [option.said(language) for option in question.options]
            assert len(said) == len(set(said)), (question.key, language)


def test_a_version_that_was_kept_is_read_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(OWN, encoding="utf-8")
    ours = load_questionnaire(path)
    again = read_questionnaire(ours.form.content)
    assert again == ours
    assert (again.form.name, again.form.version, again.languages) == ("ours", 3, ("en",))
    assert again.question("words") is not None
    assert again.titled("de") == "Your library"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: 3", "version: 0", "line 2: version"),
        ("title: {en: Your library}", "title: {de: Ihre}", "title: the English wording"),
        ("title: {en: Your library}", "title: {en: Your library, xx: Nope}", "'xx' is none of the languages"),
        ("kind: text", "kind: essay", "line 7: questions[0].kind"),
        ("kind: text", "kind: choices", "needs two at least"),
        ("kind: text", "kind: postcode", "one of the kind text is needed"),
        ("key: words", "key: Words!", "line 6: questions[0].key"),
        (
            "  - key: words\n",
            "  - {key: a, kind: choices, wording: {en: A}, options: [{code: other, wording: {en: O}}, "
            "{code: b, wording: {en: B}}]}\n  - {key: a_other, kind: postcode, wording: {en: P}}\n  - key: words\n",
            "the key 'a_other' is where own words",
        ),
        ("  contact: {en: Write to me.}\n", "", "consents: contact is missing"),
        ("title: {en: Your library}", 'title: {en: "Your \\u202e library"}', "invisible character U+202E"),
        ("parent: {en: I agree.}\n", "", "parent: "),
        ("version: 3", "version: 3\nverson: 4", "line 3: verson"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "ours.yaml"
    assert old in OWN
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_questionnaire(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(ConfigError, match="shipped: library"):
        load_questionnaire("libary")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_questionnaire("nowhere.yaml")


def test_answers_are_told_in_words_and_nothing_is_left_out() -> None:
    library = load_questionnaire("library")
    answers = {"changed": "less_alone", "matters": "other; storytime; gone", "matters_other": "The cat", "old": "yes"}
    assert told(answers, library, "en") == [
        ("What matters most to you?", "Something else; Storytime for children; gone"),
        ("What matters most to you?", "The cat"),
        ("Did the library change something for you?", "I feel less alone"),
        ("old", "yes"),
    ]
    assert told(answers, library, "de")[2][1] == "Ich fühle mich weniger allein"


def test_a_campaign_s_own_file_lies_beside_its_config(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OWN, encoding="utf-8")
    config: dict[str, dict[str, object]] = {
        "campaign": {"name": "T", "sponsor": "S", "contact": "C"},
        "form": {"questionnaire": "ours.yaml"},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    loaded = load_config(tmp_path / "config.yaml")
    assert questionnaire(loaded).name == "ours"
    assert form_languages(loaded) == ("en",)
    config["form"]["languages"] = ["en", "de"]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with pytest.raises(ConfigError, match="no complete wording in 'de'"):
        form_languages(load_config(tmp_path / "config.yaml"))
