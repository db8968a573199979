"""The themes enricher: one annotation a theme with its words, in the language that is known best, under one version."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from advocacy_monitor.enrichers.themes import ThemesEnricher
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Annotation
from advocacy_monitor.protocols import Enricher
from tests.enrichers.stored import ListReader, make_stored

OWN = """
name: own
version: 7
languages: {en: checked, de: beta}
themes:
  - code: goodness
    title: {en: Goodness}
    definition: Good things.
    include: []
    exclude: []
    indicators: {en: {any: [kind, good]}, de: {any: [gut*]}}
  - code: children
    title: {en: Children}
    definition: Children.
    include: []
    exclude: []
    indicators: {en: {any: [child]}, de: {any: [kind]}}
"""


@pytest.fixture
def own(tmp_path: Path) -> ThemesEnricher:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return ThemesEnricher(codebook=str(path))


def language(item_id: int, value: str, by: str = "language@1") -> Annotation:
    return Annotation(item_id=item_id, label="language", value=value, by=by)


def test_each_theme_is_one_annotation_with_the_words_found(own: ThemesEnricher) -> None:
    text = "Kind staff, good books, every child is happy. Good!"
    item = make_stored(3, text, language="en")
    goodness, children = own.enrich([item], ListReader([item]))
    assert (goodness.item_id, goodness.label, goodness.value, goodness.score) == (3, "theme", "goodness", None)
    assert [text[span.start : span.end] for span in goodness.spans] == ["Kind", "good", "Good"]
    assert goodness.by == children.by == f"themes@{own.version}"
    assert [text[span.start : span.end] for span in children.spans] == ["child"]


@pytest.mark.parametrize(
    ("declared", "annotations", "expected"),
    [
        ("en-GB", [], ["goodness"]),
        ("de_AT", [], ["children"]),
        ("en", [language(1, "de")], ["children"]),
        ("en", [language(1, "de"), language(1, "en", "person:Ana")], ["goodness"]),
        ("en", [language(1, "en", "person:Ana"), language(1, "de")], ["goodness"]),
        ("en", [language(2, "de")], ["goodness"]),
        ("en", [language(1, "und")], []),
        (None, [], []),
        ("it", [], []),
    ],
)
def test_a_person_knows_the_language_better_than_software_and_that_better_than_the_source(
    own: ThemesEnricher, declared: str | None, annotations: list[Annotation], expected: list[str]
) -> None:
    item = make_stored(1, "kind", language=declared)
    found = own.enrich([item], ListReader([item], annotations))
    assert [annotation.value for annotation in found] == expected


def test_the_version_names_codebook_and_matcher_and_changes_with_the_codebook(
    own: ThemesEnricher, tmp_path: Path
) -> None:
    name, matcher = own.version.split("+")
    assert name.startswith("own-7.")
    assert len(name) == len("own-7.") + 8
    assert matcher.startswith("lexicon-")
    changed = tmp_path / "changed.yaml"
    changed.write_text(OWN.replace("gut*", "gute*"), encoding="utf-8")
    assert ThemesEnricher(codebook=str(changed)).version != own.version
    assert ThemesEnricher(codebook=own.codebook).version == own.version


def test_the_shipped_codebook_is_the_default_and_reads_several_languages() -> None:
    enricher = ThemesEnricher()
    assert isinstance(enricher, Enricher)
    texts = {
        "en": "My daughter borrows ten books.",
        "de": "Meine Tochter leiht zehn Bücher aus.",
        "zh": "孩子们喜欢看书",
    }
    items = [make_stored(number, text, language=code) for number, (code, text) in enumerate(texts.items(), start=1)]
    found = list(enricher.enrich(items, ListReader(items)))
    assert {annotation.item_id for annotation in found if annotation.value == "children_family"} == {1, 2, 3}
    assert {annotation.by for annotation in found} == {f"themes@{enricher.version}"}
    for annotation in found:
        assert annotation.spans
        assert all(0 <= span.start < span.end <= len(items[annotation.item_id - 1].text) for span in annotation.spans)


def test_nothing_is_said_about_nothing(own: ThemesEnricher) -> None:
    assert list(own.enrich([], ListReader())) == []
    item = make_stored(1, "", language="en")
    assert list(own.enrich([item], ListReader([item]))) == []


def test_wrong_settings_are_refused_and_a_missing_codebook_is_named() -> None:
    with pytest.raises(ValidationError, match="codebok"):
        ThemesEnricher.model_validate({"codebok": "library"})
    with pytest.raises(ConfigError, match="no codebook 'libary'; did you mean 'library'"):
        _ = ThemesEnricher(codebook="libary").version
