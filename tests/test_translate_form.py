"""The texts of form, mails, flyers and campaign kit: every one of them in every language, in a catalogue of its own."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from jinja2 import nodes

from advocacy_monitor import translate_catalogues as catalogues
from advocacy_monitor.translate import CATALOGUES, FORM_CATALOGUE, LANGUAGES, form_texts, texts

OTHERS = tuple(code for code in LANGUAGES if code != "en")


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code: str) -> None:
    found = catalogues.problems(code, name=FORM_CATALOGUE)
    assert not found, f"{len(found)} texts; run python -m advocacy_monitor.translate_catalogues:\n" + "\n".join(found)


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_is_as_the_program_writes_it(code: str, tmp_path: Path) -> None:
    shutil.copytree(CATALOGUES, tmp_path / "locales")
    catalogues.write(code, tmp_path / "locales", name=FORM_CATALOGUE)
    written, kept = (folder / FORM_CATALOGUE.format(code=code) for folder in (tmp_path / "locales", CATALOGUES))
    assert written.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


def test_texts_stand_as_literals_in_code_and_templates() -> None:
    found = 0
    for path in catalogues.files(FORM_CATALOGUE):
        if path.suffix == ".html":
            for made in catalogues.template_calls(path):
                assert isinstance(made.node, nodes.Getattr)
                needed = catalogues.LOOKED_UP[made.node.attr]
                assert all(isinstance(each, nodes.Const) for each in made.args[:needed]), f"{path.name}:{made.lineno}"
                found += 1
        else:
            for call in catalogues.calls(ast.parse(path.read_text(encoding="utf-8"))):
                assert isinstance(call.func, ast.Attribute)
                needed = catalogues.LOOKED_UP[call.func.attr]
                assert all(isinstance(each, ast.Constant) for each in call.args[:needed]), f"{path.name}:{call.lineno}"
                found += 1
    assert found > 250


@pytest.mark.parametrize("code", OTHERS)
def test_texts_of_the_form_come_in_the_language_and_those_of_packs_with_them(code: str) -> None:
    assert form_texts(code).text("Send my answer") != "Send my answer"
    assert form_texts(code).code == code
    shared = "People chose to take part; this is no random sample."
    assert form_texts(code).text(shared) == texts(code).text(shared) != shared


def test_a_language_without_catalogue_is_english() -> None:
    assert form_texts("tlh").code == "en"
    assert form_texts("de-AT").code == "de"
