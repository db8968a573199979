"""The languages of packs: every text of the code in every catalogue, with forms for every number, and nothing glued."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from advocacy_monitor import translate_catalogues as catalogues
from advocacy_monitor.translate import CATALOGUE, CATALOGUES, LANGUAGES, Forms, texts

COMPLETE = ("ar", "de", "es", "fr", "ru", "zh")
"""The languages in which packs are whole: a text that one of them lacks is a mistake."""


@pytest.mark.parametrize("code", COMPLETE)
def test_every_text_is_translated(code: str) -> None:
    found = catalogues.problems(code)
    assert not found, f"{len(found)} texts; run python -m advocacy_monitor.translate_catalogues:\n" + "\n".join(found)


@pytest.mark.parametrize("code", COMPLETE)
def test_a_catalogue_is_as_the_program_writes_it(code: str, tmp_path: Path) -> None:
    shutil.copytree(CATALOGUES, tmp_path / "locales")
    catalogues.write(code, tmp_path / "locales")
    written, kept = (folder / CATALOGUE.format(code=code) for folder in (tmp_path / "locales", CATALOGUES))
    assert written.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


def test_what_is_wrong_with_a_catalogue_is_told(tmp_path: Path) -> None:
    path = tmp_path / CATALOGUE.format(code="ru")
    path.parent.mkdir(parents=True)
    catalogues.write("ru", tmp_path, {"Contact": "Контакты", "of {n} found": "из {m} найденных", "Areas": "{"})
    text = path.read_text(encoding="utf-8") + '\nmsgid "Said by nobody"\nmsgstr "x"\n\n#~ msgid "old"\n#~ msgstr "x"\n'
    path.write_text(text.replace('msgid "Contact"', '#, fuzzy\nmsgid "Contact"'), "utf-8")
    said = catalogues.problems("ru", tmp_path)
    assert "other words in braces: 'of {n} found'" in said
    assert "broken braces: 'Areas'" in said
    assert "fuzzy: 'Contact'" in said
    assert "not translated: '{n} statement'" in said
    assert said[-2:] == ["no longer in the code: 'Said by nobody'", "no longer in the code: 'old'"]
    assert any(each.startswith("missing: 'Contact' (") for each in catalogues.problems("fr", tmp_path))


def test_texts_stand_in_the_code_as_literals() -> None:
    for path in sorted(catalogues.CODE.rglob("*.py")):
        for call in catalogues.calls(ast.parse(path.read_text(encoding="utf-8"))):
            assert isinstance(call.func, ast.Attribute)
            needed = catalogues.LOOKED_UP[call.func.attr]
            given = [isinstance(each, ast.Constant) for each in call.args[:needed]]
            assert given == [True] * needed, f"{path.name}:{call.lineno}: a text that no translator would find"


@pytest.mark.parametrize("code", LANGUAGES)
def test_days_and_numbers_have_latin_digits(code: str) -> None:
    t = texts(code)
    shown = t.day(date(2026, 11, 22)) + t.number(1_234_567) + t.ratio(0.925) + t.counted("{n} person", "{n} people", 11)
    assert {each for each in shown if each.isdigit()} <= set("0123456789")
    assert "2026" in shown
    assert shown.count("93") == 1


def test_arabic_texts_have_no_vowel_marks() -> None:
    # A strict PDF refuses them in the text of a chart ("missing codepoints"), and a reader does not need them.
    path = CATALOGUES / CATALOGUE.format(code="ar")
    assert not re.findall("[^ ]*[\u064b-\u0652\u0670][^ ]*", path.read_text(encoding="utf-8"))


def test_other_languages_are_english_and_braces_in_values_stay() -> None:
    assert texts("pt-BR") is texts("") or texts("pt-BR").code == "en"
    assert texts("de-AT").code == "de"
    assert texts("en").text("of {n} found", n="{x}") == "of {x} found"
    assert texts("ar").right_to_left
    assert not texts("zh-Hans").right_to_left


def test_a_form_fits_its_number() -> None:
    forms = texts("en").forms("{n} person", "{n} people")
    assert [forms.form(number) for number in (0, 1, 2)] == ["{n} people", "{n} person", "{n} people"]
    assert forms.several == "{n} people"
    assert Forms("one", "many", gettext.NullTranslations()).form(1) == "one"
    assert texts("de").counted("{n} person", "{n} people", 1200) == "1.200 Menschen"
