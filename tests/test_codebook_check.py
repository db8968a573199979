"""What `codebook check` finds: in the codebook itself, and on texts."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from advocacy_monitor.codebook import Codebook, parse_codebook
from advocacy_monitor.codebook_check import check
from advocacy_monitor.codebook_file import read_file
from advocacy_monitor.codebook_occurrence import Occurrence, Pair, occurrence
from advocacy_monitor.codebook_texts import Text
from advocacy_monitor.errors import ConfigError
from tests.test_codebook import FULL as FULL_TEXT
from tests.test_codebook import SMALL as SMALL_TEXT


def parsed(text: str) -> Codebook:
    return parse_codebook(text.encode(), origin="small.yaml")


@pytest.mark.parametrize(
    ("found", "replaced", "problem", "grave"),
    [
        (
            "lonel*, nobody",
            "lonel*, lonely, nobody",
            "loneliness/en: covered by another indicator of this theme: lonely",
            True,
        ),
        ("nobody to talk", "nobody to talk, nobody to talk", "loneliness/en: the indicator is there twice", True),
        ("nobody to talk", "al*", "loneliness/en: 'al*' is shorter than 3 letters: al*", True),
        ("      de: {any: [einsam*]}\n", "", "loneliness/de: no indicators in this language", True),
        (", de: Einsamkeit", "", "loneliness/de: no title in this language", True),
    ],
)
def test_check_finds(found: str, replaced: str, problem: str, grave: bool) -> None:
    findings = check(parsed(SMALL_TEXT.replace(found, replaced, 1)))
    assert [finding.grave for finding in findings if problem in str(finding)] == [grave], [*map(str, findings)]


def test_check_names_words_that_point_to_two_themes() -> None:
    theme = (
        SMALL_TEXT[SMALL_TEXT.index("  - code") :]
        .replace("code: loneliness", "code: sadness")
        .replace("lonel*", "loneliness")
    )
    findings = check(parsed(SMALL_TEXT + theme))
    assert "loneliness/en: also points to sadness: lonel*" in [
        str(finding) for finding in findings if not finding.grave
    ]


@pytest.mark.parametrize(
    ("found", "replaced", "problem", "grave"),
    [
        ("So lonely at home.", "So sad.", "loneliness/en: its example is not found by any indicator: So sad.", True),
        ("lonely planet guide.", "lonely guide.", "loneliness/en: its counterexample is found by 'lonely'", True),
        ("      - {text: So lonely at home., language: en}\n", "", "loneliness/en: no example in this language", False),
        ("unless_negated: [alone]", "unless_negated: [lonely]", "covered by another indicator of this theme", True),
    ],
)
def test_check_looks_at_examples(found: str, replaced: str, problem: str, grave: bool) -> None:
    assert found in FULL_TEXT
    findings = check(parsed(FULL_TEXT.replace(found, replaced, 1)))
    assert [finding.grave for finding in findings if problem in str(finding)] == [grave], [*map(str, findings)]


def test_examples_in_a_language_without_indicators_are_not_asked_about() -> None:
    without = FULL_TEXT.replace("      de: {any: [einsam*]}\n", "")
    assert "example" not in " ".join(map(str, check(parsed(without))))


PAIRS = """\
name: pairs
version: 1
languages: {en: beta, de: beta}
themes:
"""
for _code in ("apples", "pears", "plums", "nuts"):
    PAIRS += f"""\
  - code: {_code}
    title: {{en: {_code}}}
    definition: x
    include: []
    exclude: []
    indicators: {{en: {{any: [{_code}, "{_code} pie"], not: [no {_code}]}}, de: {{any: [{_code}]}}}}
"""


def texts(*given: str, language: str | None = "en") -> Iterator[Text]:
    return (Text(id=str(number), text=text, language=language) for number, text in enumerate(given))


def occurring(given: Iterator[Text], *, together: float = 0.6) -> Occurrence:
    return occurrence(parsed(PAIRS), given, together=together)


def test_indicators_and_themes_that_find_nothing_are_named_with_the_number_of_texts() -> None:
    found = occurring(texts("apples", "an apples pie", "no pears", "un livre"))
    dead = {(each.theme, each.list, each.pattern) for each in found.dead}
    assert ("apples", "any", "apples") not in dead
    assert ("apples", "any", "apples pie") not in dead
    assert ("apples", "not", "no apples") in dead
    assert ("pears", "not", "no pears") not in dead
    assert ("plums", "any", "plums") in dead
    assert {(each.language, each.texts) for each in found.dead} == {("en", 4)}, "no German text, nothing to say of it"
    assert found.never == {"pears": 4, "plums": 4, "nuts": 4}, "what is blocked is not found"
    assert found.found["apples"] == 2


def test_texts_in_other_languages_are_counted_apart() -> None:
    given = [*texts("apples"), *texts("apples", language="it"), *texts("apples", language=None)]
    found = occurring(iter(given))
    assert (found.texts, found.unread) == ({"en": 1}, 2)


def test_all_pairs_that_nearly_always_come_together_are_told_with_counts() -> None:
    together = ["apples and pears"] * 9 + ["apples"] + ["nuts and plums"] * 5 + ["nuts", "plums"] + ["none"] * 20
    found = occurring(texts(*together))
    assert [(pair.one, pair.other, pair.both, pair.ones, pair.others, pair.texts) for pair in found.pairs] == [
        ("apples", "pears", 9, 10, 9, 37),
        ("plums", "nuts", 5, 6, 6, 37),
    ]
    assert found.pairs[0].jaccard == 0.9
    assert [pair.both for pair in occurring(texts(*together), together=0.9).pairs] == [9]
    assert occurring(texts(*["apples pears"] * 4)).pairs == (), "four texts are too few for a word"


def test_pairs_are_told_of_people_s_codes_too() -> None:
    coded = frozenset({"apples", "nuts", "unknown_theme"})
    found = occurring(Text(id=str(n), text="nothing", language="en", themes=coded) for n in range(6))
    assert [(pair.one, pair.other, pair.by) for pair in found.pairs] == [("apples", "nuts", "people")]
    assert found.coded == 6


def test_phi_is_the_correlation_of_the_two() -> None:
    draw = random.Random(1)
    rows = [(draw.random() < 0.4, draw.random() < 0.5) for _ in range(200)]
    both, ones, others = (sum(a and b for a, b in rows), sum(a for a, _ in rows), sum(b for _, b in rows))
    pair = Pair(one="a", other="b", both=both, ones=ones, others=others, texts=200, by="lexicon")
    assert pair.phi == pytest.approx(np.corrcoef(np.array(rows, dtype=float).T)[0, 1])
    assert Pair(one="a", other="b", both=5, ones=5, others=5, texts=5, by="lexicon").phi is None


@pytest.mark.parametrize("content", [b"name: " + b"[" * 300_000, b"- " * 100_000, b"themes: " + b"{a: " * 50_000])
def test_lists_within_lists_are_refused_before_a_tree_is_made(content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"own\.yaml, line 1: more than 50 lists or keys within one another"):
        read_file(content, origin="own.yaml")
