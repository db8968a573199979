"""What a new version of a codebook would change: rules, indicators, themes, and the coding of statements."""

from __future__ import annotations

import pytest

from advocacy_monitor.codebook import Codebook, parse_codebook
from advocacy_monitor.codebook_diff import Change, differences, effects
from advocacy_monitor.codebook_texts import Text
from tests.test_codebook import FULL

NEW = (
    FULL.replace("version: 1", "version: 2")
    .replace("Being lonely.", "Being lonely or forlorn.")
    .replace("lonel*, nobody to talk", "lonel*, forlorn")
    .replace("[lonely planet]", "[lonely planet, lonely hearts]")
    .replace("kein*", "nie")
    .replace("That is no loneliness.", "That is no theme.")
)
JOY = """\
  - code: joy
    title: {en: Joy}
    definition: Joy.
    include: []
    exclude: []
    indicators: {en: {any: [joy*, happy, glad]}}
"""


def book(text: str) -> Codebook:
    return parse_codebook(text.encode(), origin="small.yaml")


def test_the_same_codebook_has_no_differences() -> None:
    found = differences(book(FULL), book(FULL))
    assert (found.added, found.removed, found.renamed, found.changes) == ((), (), (), ())


def test_rules_and_indicators_that_go_and_come_are_named() -> None:
    changes = differences(book(FULL), book(NEW)).changes
    assert set(changes) == {
        Change(
            theme=None,
            key="ambiguities",
            before=("Alone on purpose? | That is no loneliness. | loneliness",),
            after=("Alone on purpose? | That is no theme. | loneliness",),
        ),
        Change(theme=None, key="negators.de", before=("kein*",), after=("nie",)),
        Change(theme="loneliness", key="definition", before=("Being lonely.",), after=("Being lonely or forlorn.",)),
        Change(theme="loneliness", key="indicators.en.any", before=("nobody to talk",), after=("forlorn",)),
        Change(theme="loneliness", key="indicators.en.not", before=(), after=("lonely hearts",)),
    }


@pytest.mark.parametrize(
    ("key", "found", "replaced"),
    [
        ("rules", "themes:\n  - code", "rules: [Be fair.]\nthemes:\n  - code"),
        ("languages", "de: beta", "de: checked"),
        ("answers", "Unter Leuten sein", "Menschen"),
        ("title", "de: Einsamkeit", "de: Alleinsein"),
        ("include", "[lonely]", "[lonely, alone]"),
        ("exclude", "exclude: []", "exclude: [joy]"),
        ("examples", "So lonely at home.", "So lonely in town."),
        ("counterexamples", "why: a book", "why: a guide"),
        ("sdg", "our reading", "their wording"),
        ("indicators.en.unless_negated", "[alone]", "[alone, left]"),
        ("indicators.de.any", "[einsam*]", "[einsame*]"),
    ],
)
def test_no_key_is_overlooked(key: str, found: str, replaced: str) -> None:
    assert found in FULL
    changes = differences(book(FULL), book(FULL.replace(found, replaced, 1))).changes
    assert [change.key for change in changes] == [key]


def test_themes_that_come_go_and_are_renamed() -> None:
    both = book(FULL + JOY)
    assert differences(book(FULL), both).added == ("joy",)
    assert differences(both, book(FULL)).removed == ("joy",)
    by_title = differences(both, book(FULL + JOY.replace("code: joy", "code: gladness")))
    assert (by_title.renamed, by_title.added, by_title.removed) == ((("joy", "gladness"),), (), ())
    by_words = (
        JOY.replace("code: joy", "code: gladness").replace("{en: Joy}", "{en: Gladness}").replace("glad]", "merry]")
    )
    found = differences(both, book(FULL + by_words))
    assert found.renamed == (("joy", "gladness"),)
    assert [change.key for change in found.changes] == ["title", "indicators.en.any"]
    other = by_words.replace("happy", "jolly")
    assert differences(both, book(FULL + other)).renamed == ()


def text(id_: str, words: str, *, coded: bool = False) -> Text:
    return Text(id=id_, text=words, language="en", themes=frozenset({"loneliness"}) if coded else None)


def test_what_would_change_is_counted_with_examples() -> None:
    given = [
        text("a", "lonely and forlorn"),
        text("b", "forlorn at home"),
        text("c", "nobody to talk to"),
        text("d", "lonely hearts"),
        text("e", "nothing"),
        text("f", "forlorn, coded by a person", coded=True),
    ]
    found = effects(book(FULL), book(NEW), given)
    assert (found.texts, found.coded, found.changed, found.coded_changed) == (6, 1, 3, 1)
    theme = found.themes["loneliness"]
    assert (theme.before, theme.after, theme.gain, theme.lose) == (3, 2, 1, 2)
    assert (theme.coded_gain, theme.coded_lose) == (1, 0)
    assert [(case.id, case.words, case.coded) for case in theme.gained] == [
        ("b", ("forlorn",), False),
        ("f", ("forlorn",), True),
    ]
    assert [(case.id, case.words) for case in theme.lost] == [("c", ("nobody to talk",)), ("d", ("lonely",))]


def test_a_renamed_theme_is_the_same_theme_and_a_removed_one_is_lost() -> None:
    old, renamed = book(FULL + JOY), book(FULL + JOY.replace("code: joy", "code: gladness"))
    given = [text("a", "so glad"), text("b", "so lonely")]
    assert effects(old, renamed, given).changed == 0
    assert effects(old, renamed, given).themes["gladness"].after == 1
    assert effects(old, book(FULL), given).themes["joy"].lose == 1


def test_only_some_examples_are_kept() -> None:
    found = effects(book(FULL), book(NEW), [text(str(number), "forlorn") for number in range(50)])
    assert found.themes["loneliness"].gain == 50
    assert [case.id for case in found.themes["loneliness"].gained] == ["0", "1", "2"]
