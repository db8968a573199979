"""A campaign's codebook on top of another one: what it adds, replaces and removes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from advocacy_monitor.codebook import Codebook, load_codebook, parse_codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import Lexicon
from tests.test_codebook import FULL

OWN = """\
name: our-town
version: 7
extends: base.yaml
languages: {fr: beta}
rules: [Dogs count.]
remove: [noise]
negators: {en: [hardly], fr: [pas]}
answers:
  - {question: What else?, text: {en: My dog}, themes: [dogs]}
add:
  - code: loneliness
    title: {fr: Solitude}
    include: [missing one's dog]
    indicators:
      en: {any: [forlorn], not: [forlorn hope]}
      fr: {any: [seul*], unless_negated: [abandonné]}
themes:
  - code: staff
    title: {en: The people at the desk}
    definition: Ours, not yours.
    include: []
    exclude: []
    indicators: {en: {any: [warden]}}
  - code: dogs
    title: {en: Dogs}
    definition: Dogs.
    include: [dogs]
    exclude: []
    indicators: {en: {any: [dog*]}}
"""
BASE = (
    (
        FULL.replace("name: small", "name: base")
        + """\
  - code: staff
    title: {en: Staff}
    definition: Staff.
    include: [staff]
    exclude: []
    indicators: {en: {any: [librarian]}}
  - code: noise
    title: {en: Noise}
    definition: Noise.
    include: [noise]
    exclude: []
    indicators: {en: {any: [loud]}}
"""
    )
    .replace("themes: [loneliness]}", "themes: [noise, loneliness]}")
    .replace("answers:\n", "answers:\n  - {question: Loud?, text: {en: Loud}, themes: [noise]}\n")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def own(folder: Path) -> Codebook:
    return load_codebook(folder / "own.yaml")


def refused(folder: Path, text: str) -> str:
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_codebook(folder / "own.yaml")
    return str(caught.value)


def test_themes_keep_their_places_and_new_ones_follow(own: Codebook) -> None:
    assert own.codes == ("loneliness", "staff", "dogs")
    assert (own.name, own.version, own.extends) == ("our-town", 7, "base 1")
    assert own.theme("staff").definition == "Ours, not yours."
    assert own.theme("staff").indicators["en"].any == ("warden",), "a theme is replaced as a whole"


def test_what_is_added_joins_what_was_there(own: Codebook) -> None:
    theme = own.theme("loneliness")
    assert theme.title == {"en": "Loneliness", "de": "Einsamkeit", "fr": "Solitude"}
    assert theme.include == ("lonely", "missing one's dog")
    assert theme.indicators["en"].any == ("lonel*", "nobody to talk", "forlorn")
    assert theme.indicators["en"].not_ == ("lonely planet", "forlorn hope")
    assert own.negators["en"] == ("not", "no", "don't|never", "hardly")
    assert own.languages == {"en": "checked", "de": "beta", "fr": "beta"}
    assert own.rules == ("Dogs count.",)


def test_what_named_a_removed_theme_goes_with_it(own: Codebook) -> None:
    assert [answer.question for answer in own.answers] == ["What did you miss most?", "What else?"]
    assert [ambiguity.themes for ambiguity in own.ambiguities] == [("loneliness",)]


def test_the_lexicon_reads_the_whole(own: Codebook) -> None:
    lexicon = Lexicon(own)
    assert set(lexicon.match("So lonely and forlorn, the warden and my dog, too loud", "en")) == {
        "loneliness", "staff", "dogs",
    }  # fmt: skip
    assert set(lexicon.match("Je suis seule", "fr")) == {"loneliness"}
    assert lexicon.match("pas abandonné", "fr") == {}
    assert lexicon.match("the librarian", "en") == {}


def test_the_digest_covers_what_is_extended(folder: Path, own: Codebook) -> None:
    (folder / "base.yaml").write_text(BASE.replace("einsam*", "einsame*"), encoding="utf-8")
    assert load_codebook(folder / "own.yaml").digest != own.digest
    (folder / "base.yaml").write_text(f"# a remark\n{BASE}", encoding="utf-8")
    assert load_codebook(folder / "own.yaml").digest == own.digest


def test_a_shipped_codebook_is_extended_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("name: ours\nversion: 1\nextends: library\nremove: [digital_services]\n", encoding="utf-8")
    library, ours = load_codebook("library"), load_codebook(path)
    assert set(library.codes) - set(ours.codes) == {"digital_services"}
    assert ours.extends == f"library {library.version}"


def test_an_extension_may_be_extended(folder: Path) -> None:
    text = "name: third\nversion: 1\nextends: own.yaml\nremove: [dogs]\n"
    (folder / "third.yaml").write_text(text, encoding="utf-8")
    assert load_codebook(folder / "third.yaml").codes == ("loneliness", "staff")
    assert parse_codebook(text.encode(), origin="third.yaml", folder=folder).codes == ("loneliness", "staff")


@pytest.mark.parametrize(
    ("found", "replaced", "expected"),
    [
        ("remove: [noise]", "remove: [nois]", ["line 6: remove[0]", "codebook base has no theme 'nois'", "'noise'"]),
        ("  - code: loneliness\n", "  - code: lonely\n", ["line 11: add[0].code", "no theme 'lonely'", "'loneliness'"]),
        ("  - code: loneliness\n", "  - code: noise\n", ["line 11: add[0].code", "is removed by this file"]),
        ("  - code: loneliness\n", "  - code: staff\n", ["line 11: add[0].code", "stands under 'themes' as well"]),
        ("remove: [noise]", "remove: [staff]", ["line 6: remove[0]", "stands under 'themes' as well"]),
        ("themes: [dogs]}", "themes: [noise]}", ["line 9: answers[0].themes[0]", "no theme 'noise'"]),
        ("[seul*]", "[s*l]", ["line 16: add[0].indicators.fr.any[0]", "not a word"]),
        (", fr: [pas]", "", ["line 16: add[0].indicators.fr.unless_negated", "no negators"]),
        ("fr: {any", "es: {any", ["line 16: add[0].indicators.es: not a language", "allowed: en, de, fr"]),
        ("code: dogs", "code: staff", ["line 24: themes[1].code", "used twice"]),
        ("add:", "ad:", ["line 10: ad: unknown key; did you mean 'add'"]),
        (
            "    include: [missing",
            "    includes: [missing",
            ["line 13: add[0].includes: unknown key; did you mean 'incl"],
        ),
        ("extends: base.yaml", "extends: bas.yaml", ["line 3: extends: there is no file", "bas.yaml"]),
        ("extends: base.yaml", "extends: libary", ["line 3: extends: there is no codebook 'libary'", "'library'"]),
        ("extends: base.yaml", "extends: own.yaml", ["line 3: extends:", "a codebook cannot extend itself"]),
        ("extends: base.yaml", "extends:", ["line 3: extends: found None"]),
    ],
)
def test_a_mistake_is_named_with_file_and_line(folder: Path, found: str, replaced: str, expected: list[str]) -> None:
    assert found in OWN
    message = refused(folder, OWN.replace(found, replaced, 1))
    assert message.startswith(str(folder / "own.yaml"))
    assert [part for part in expected if part not in message] == [], message


def test_no_theme_left_is_a_mistake(folder: Path) -> None:
    text = "name: none\nversion: 1\nextends: base.yaml\nremove: [noise, staff, loneliness]\n"
    assert "line 4: remove: no theme is left" in refused(folder, text)


def test_files_that_extend_each_other_are_refused_with_the_line(folder: Path) -> None:
    (folder / "base.yaml").write_text("# x\nname: base\nversion: 1\nextends: own.yaml\n", encoding="utf-8")
    message = refused(folder, OWN)
    assert message.startswith(f"{folder / 'base.yaml'}, line 4: extends: 'own.yaml' extends this file in turn")


def test_a_mistake_in_the_extended_file_is_named_there(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE.replace("einsam*", "ein*sam"), encoding="utf-8")
    assert refused(folder, OWN).startswith(f"{folder / 'base.yaml'}, line ")


@pytest.mark.parametrize("name", ["a\\0b.yaml", "a" * 300 + ".yaml"])
def test_what_cannot_be_a_path_is_refused_with_the_line(name: str) -> None:
    with pytest.raises(ConfigError, match=r"line 3: extends: .* cannot be the path of a file"):
        parse_codebook(f'name: own\nversion: 1\nextends: "{name}"\n'.encode(), origin="own.yaml")
