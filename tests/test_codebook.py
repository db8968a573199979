"""Codebook files: what a mistake is answered with, what `check` finds, and whether the shipped one keeps its word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advocacy_monitor.codebook import Codebook, load_codebook, parse_codebook, shipped_codebooks
from advocacy_monitor.codebook_check import check
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.indicators import parse_indicator
from advocacy_monitor.lexicon import Lexicon
from tests.statements_by_theme import BETA, EXCLUDED, FOUND

SMALL = """\
name: small
version: 1
languages: {en: checked, de: beta}
themes:
  - code: loneliness
    title: {en: Loneliness, de: Einsamkeit}
    definition: Being lonely.
    include: [lonely]
    exclude: []
    sdg:
      - {target: "3.4", basis: "our reading"}
    indicators:
      en:
        any: [lonel*, nobody to talk]
        not: [lonely planet]
      de: {any: [einsam*]}
"""


def parsed(text: str = SMALL) -> Codebook:
    return parse_codebook(text.encode(), origin="small.yaml")


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    return str(caught.value)


def test_a_codebook_is_read_with_everything_in_it() -> None:
    codebook = parsed()
    assert codebook.codes == ("loneliness",)
    theme = codebook.theme("loneliness")
    assert theme.title["de"] == "Einsamkeit"
    assert theme.indicators["en"].not_ == ("lonely planet",)
    assert theme.sdg[0].target == "3.4"


@pytest.mark.parametrize(
    ("found", "replaced", "expected"),
    [
        ("title: {", "titel: {", ["small.yaml, line 6:", "themes[0].titel", "did you mean 'title'", "allowed: code"]),
        ("definition: Being lonely.", "", ["line 5:", "themes[0].definition: this key is missing"]),
        ("version: 1", "version: one", ["line 2:", "version", "'one'"]),
        ("code: loneliness", "code: On Lonely", ["line 5:", "'On Lonely'"]),
        ("de: beta", "de: good", ["line 3:", "languages.de", "'good'", "'checked' or 'beta'"]),
        ("lonely planet", "lonely ...", ["line 15:", "indicators.en.not[0]", "must begin and end with a word"]),
        ("einsam*", "ein*sam", ["line 16:", "'ein*sam' is not a word"]),
        ("de: {any", "fr: {any", ["line 16:", "fr: not a language of this codebook", "allowed: en, de"]),
        ("[lonely]", "[no]", ["line 8:", "include[0]", "put it in quotes"]),
        ('"3.4"', "3.4", ["line 11:", "sdg[0].target", "put it in quotes"]),
        ("basis:", "reason:", ["line 11:", "sdg[0].reason", "allowed: target, basis"]),
        ("{en: Loneliness, de", "{de", ["line 6:", "title", "'en'"]),
        ("version: 1", "version: 1\nname: again", ["line 1:", "the key 'name' stands here 2 times"]),
        ("version: 1", "version: [", ["small.yaml, line", "not YAML"]),
    ],
)
def test_a_mistake_is_named_with_line_key_and_what_is_allowed(found: str, replaced: str, expected: list[str]) -> None:
    assert found in SMALL
    message = refused(SMALL.replace(found, replaced, 1))
    assert [part for part in expected if part not in message] == [], message


FULL = (
    SMALL.replace(
        "themes:\n",
        """\
ambiguities:
  - {question: Alone on purpose?, rule: That is no loneliness., themes: [loneliness]}
answers:
  - question: What did you miss most?
    text: {en: Being around other people, de: Unter Leuten sein}
    themes: [loneliness]
negators: {en: [not, "no", "don't|never"], de: [nicht, kein*]}
themes:
""",
        1,
    )
    .replace(
        "    sdg:\n",
        """\
    examples:
      - {text: So lonely at home., language: en}
      - {text: Ich bin einsam., language: de, why: said in so many words}
    counterexamples:
      - {text: The lonely planet guide., language: en, why: a book}
    sdg:
""",
        1,
    )
    .replace("        not: [lonely planet]\n", "        not: [lonely planet]\n        unless_negated: [alone]\n", 1)
)


def test_examples_answers_ambiguities_and_negators_are_read() -> None:
    codebook = parsed(FULL)
    theme = codebook.themes[0]
    assert [(each.language, each.why) for each in theme.examples] == [("en", None), ("de", "said in so many words")]
    assert theme.counterexamples[0].text == "The lonely planet guide."
    assert codebook.answers[0].text["de"] == "Unter Leuten sein"
    assert codebook.ambiguities[0].rule == "That is no loneliness."
    assert codebook.negators["en"] == ("not", "no", "don't|never")
    assert theme.indicators["en"].unless_negated == ("alone",)
    assert check(codebook) == []


@pytest.mark.parametrize(
    ("found", "replaced", "expected"),
    [
        ("language: de, why", "language: fr, why", ["line 19:", "examples[1].language", "allowed: en, de"]),
        ("a book}", "a book, whose: me}", ["line 21:", "counterexamples[0].whose: unknown key", "allowed: text"]),
        ("{text: So lonely at home., ", "{", ["line 18:", "examples[0].text: this key is missing"]),
        ("themes: [loneliness]}", "themes: [lonelines]}", ["line 5:", "ambiguities[0].themes[0]", "'loneliness'"]),
        ("themes: [loneliness]}", "themes: []}", ["line 5:", "ambiguities[0].themes"]),
        ("    themes: [loneliness]\n", "    themes: [joy]\n", ["line 9:", "answers[0].themes[0]", "no theme 'joy'"]),
        ("de: Unter", "fr: Unter", ["line 8:", "answers[0].text.fr: not a language", "allowed: en, de"]),
        ("rule: That", "rul: That", ["line 5:", "ambiguities[0].rul", "did you mean 'rule'"]),
        ('"no",', "no,", ["line 10:", "negators.en[1]", "put it in quotes"]),
        ("kein*", "k*n", ["line 10:", "negators.de[1]", "'k*n' is not a word"]),
        ("nicht,", "nicht ... mehr,", ["line 10:", "negators.de[0]", "side by side"]),
        ("negators: {en", "negators: {fr", ["line 10:", "negators.fr: not a language", "allowed: en, de"]),
        ('en: [not, "no", "don\'t|never"], ', "", ["line 28:", "indicators.en.unless_negated", "no negators"]),
        ("[alone]", "[al*one]", ["line 28:", "unless_negated[0]", "not a word"]),
    ],
)
def test_a_mistake_in_the_optional_keys_is_named_too(found: str, replaced: str, expected: list[str]) -> None:
    assert found in FULL
    message = refused(FULL.replace(found, replaced, 1))
    assert [part for part in expected if part not in message] == [], message


def test_every_mistake_is_named_at_once() -> None:
    message = refused(SMALL.replace("einsam*", "ein*sam").replace("lonel*", "lo*nel"))
    assert [line.split(":")[0] for line in message.splitlines()] == ["small.yaml, line 14", "small.yaml, line 16"]


def test_a_code_may_stand_only_once() -> None:
    theme = SMALL[SMALL.index("  - code") :]
    assert "line 17: themes[1].code: the code 'loneliness' is used twice" in refused(SMALL + theme)


@pytest.mark.parametrize(
    "content", [b"", b"- one", b"just words", b"\xff\xfe", b"a: &x [*x]", b"[" * 3000, b"a: 2026-13-45"]
)
def test_a_file_that_is_no_codebook_is_refused_with_its_name(content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^small\.yaml"):
        parse_codebook(content, origin="small.yaml")


def test_a_campaign_may_bring_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load_codebook(path) == load_codebook(str(path)) == parsed()


def test_a_file_that_is_not_there_and_an_unknown_name_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.yaml: cannot be read: No such file"):
        load_codebook(tmp_path / "missing.yaml")
    with pytest.raises(ConfigError, match="no codebook 'libary'; did you mean 'library'"):
        load_codebook("libary")


def test_an_unknown_theme_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no theme 'lonelines'; did you mean 'loneliness'"):
        parsed().theme("lonelines")


def test_the_digest_changes_with_every_edit_and_with_nothing_else() -> None:
    assert parsed().digest == parsed(f"# a remark\n{SMALL}").digest
    assert parsed().digest != parsed(SMALL.replace("einsam*", "einsame*")).digest
    assert parsed().digest != parsed(SMALL.replace("Being lonely.", "Being alone.")).digest


def test_no_alias_can_blow_a_codebook_up() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(12)
    )
    assert "is used again elsewhere by '*'" in refused(SMALL + bomb)


@pytest.mark.parametrize("pattern", ["*lonel*", "*lonel"])
def test_an_indicator_that_begins_with_a_star_needs_quotes(pattern: str) -> None:
    message = refused(SMALL.replace("lonel*", pattern))
    assert message.startswith("small.yaml, line 14: not YAML: ")
    assert message.endswith("an indicator that begins with '*' must be put in quotes")
    quoted = parsed(SMALL.replace("lonel*", f'"{pattern}"'))
    assert quoted.themes[0].indicators["en"].any[0] == pattern


@pytest.fixture(scope="module")
def library() -> Codebook:
    return load_codebook("library")


@pytest.fixture(scope="module")
def lexicon(library: Codebook) -> Lexicon:
    return Lexicon(library)


def test_the_shipped_codebook_is_complete(library: Codebook) -> None:
    assert shipped_codebooks() == ("library",)
    assert len(library.themes) == 18
    assert list(library.languages) == ["en", "de", "fr", "es", "ar", "ru", "zh"]
    assert [str(finding) for finding in check(library) if finding.grave] == []
    for theme in library.themes:
        assert theme.include and theme.exclude and theme.sdg, theme.code


def test_the_shipped_codebook_names_only_its_own_themes_in_its_rules(library: Codebook) -> None:
    for theme in library.themes:
        named = set(re.findall(r"\b[a-z]+_[a-z]+\b", " ".join((*theme.include, *theme.exclude, theme.definition))))
        assert named <= set(library.codes), theme.code


@pytest.mark.parametrize(
    ("theme", "language", "text"), [(code, *statement) for code, texts in FOUND.items() for statement in texts]
)
def test_statements_carry_their_theme(lexicon: Lexicon, theme: str, language: str, text: str) -> None:
    assert lexicon.match(text, language).get(theme), sorted(lexicon.match(text, language))


@pytest.mark.parametrize(("language", "theme", "text"), BETA)
def test_beta_languages_find_the_plainest_words(lexicon: Lexicon, language: str, theme: str, text: str) -> None:
    assert lexicon.match(text, language).get(theme), sorted(lexicon.match(text, language))


@pytest.mark.parametrize(("theme", "language", "text"), EXCLUDED)
def test_exclude_rules_are_kept(lexicon: Lexicon, theme: str, language: str, text: str) -> None:
    found = lexicon.match(text, language).get(theme, ())
    assert [text[span.start : span.end] for span in found] == []


def test_every_theme_has_its_statements(library: Codebook) -> None:
    assert set(FOUND) == {theme for theme, _, _ in EXCLUDED} == set(library.codes)
    assert {language for language, _, _ in BETA} == {code for code, kind in library.languages.items() if kind == "beta"}


def test_the_documented_example_is_a_codebook_without_findings() -> None:
    page = (Path(__file__).parents[1] / "docs" / "reference" / "codebook.md").read_text(encoding="utf-8")
    example = re.findall(r"```yaml\n(name: .*?)```", page, re.DOTALL)
    codebook = parse_codebook(example[0].encode(), origin="codebook.md")
    assert check(codebook) == []
    assert Lexicon(codebook).match("Diese Alterseinsamkeit!", "de")


@pytest.mark.parametrize(
    "bomb",
    [
        "- &a0 [x, x]\n" + "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)),
        "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30)),
    ],
)
def test_aliases_are_refused_before_anything_is_made_of_them(bomb: str) -> None:
    assert "is used again elsewhere" in refused(bomb)


def test_an_indicator_that_stands_for_a_million_rows_is_refused() -> None:
    words = "|".join(f"a{number}-b" for number in range(10))
    with pytest.raises(ValueError, match="stands for more than"):
        parse_indicator(" ".join([words] * 6), "en")
