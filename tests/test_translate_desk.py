"""The languages of the pages for staff: every text of code and templates in German, in a catalogue of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from jinja2 import nodes

from advocacy_monitor import translate_catalogues as catalogues
from advocacy_monitor.translate import (
    CATALOGUES,
    DESK_CATALOGUE,
    interface_language,
    interface_languages,
    interface_texts,
    texts,
)

COMPLETE = tuple(code for code in interface_languages() if code != "en")
"""A language in which somebody has begun to write the desk's texts has to have them all."""


def test_german_is_there() -> None:
    assert interface_languages()[:1] == ("en",)
    assert "de" in interface_languages()


@pytest.mark.parametrize("code", COMPLETE)
def test_every_text_is_translated(code: str) -> None:
    found = catalogues.problems(code, name=DESK_CATALOGUE)
    assert not found, f"{len(found)} texts; run python -m advocacy_monitor.translate_catalogues:\n" + "\n".join(found)


@pytest.mark.parametrize("code", COMPLETE)
def test_a_catalogue_is_as_the_program_writes_it(code: str, tmp_path: Path) -> None:
    shutil.copytree(CATALOGUES, tmp_path / "locales")
    catalogues.write(code, tmp_path / "locales", name=DESK_CATALOGUE)
    written, kept = (folder / DESK_CATALOGUE.format(code=code) for folder in (tmp_path / "locales", CATALOGUES))
    assert written.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


def test_texts_stand_in_templates_as_literals() -> None:
    found = 0
    for path in catalogues.files(DESK_CATALOGUE):
        for call in catalogues.template_calls(path) if path.suffix == ".html" else ():
            assert isinstance(call.node, nodes.Getattr)
            needed = catalogues.LOOKED_UP[call.node.attr]
            literal = [isinstance(each, nodes.Const) for each in call.args[:needed]]
            assert literal == [True] * needed, f"{path.name}:{call.lineno}: a text that no translator would find"
            found += 1
    assert found > 100


def test_a_text_is_found_in_a_template(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        """{% set x = t.text("One") %}{{ asked.t.counted("{n} two", "{n} twos", 3) if x else other.text("no") }}
        <a title="{{ t.text('Three {name}', name=x) }}">{% for a in b %}{{ t.forms("f", "fs") }}{% endfor %}</a>""",
        encoding="utf-8",
    )
    calls = [[each.as_const() for each in call.args[:2]] for call in catalogues.template_calls(path)]
    assert sorted(calls) == [["One"], ["Three {name}"], ["f", "fs"], ["{n} two", "{n} twos"]]


def test_the_catalogue_of_packs_holds_none_of_the_desk() -> None:
    assert not [message for message in catalogues.messages() if any(f.startswith("desk/") for f in message.files)]
    assert all(f.startswith("desk/") for message in catalogues.messages(DESK_CATALOGUE) for f in message.files)


def test_a_text_of_packs_is_found_at_the_desk_too() -> None:
    ours = {m.id for m in catalogues.messages(DESK_CATALOGUE)}
    of_packs = next(m.id for m in catalogues.messages() if isinstance(m.id, str) and m.id not in ours)
    assert interface_texts("de").text(of_packs) == texts("de").text(of_packs) != of_packs


def test_a_language_that_nobody_wrote_is_english() -> None:
    for code in ("en", "tlh"):
        t = interface_texts(code)
        assert (t.code, t.text("Queue")) == ("en", "Queue")
    assert interface_texts("de").text("Queue") == "Warteschlange"


@pytest.mark.parametrize(
    ("wanted", "accepted", "code"),
    [
        ("de", "en", "de"),
        (None, "pt-BR, de-AT;q=0.9, en;q=0.8", "de"),
        (None, "en-GB,de", "en"),
        (None, "", "en"),
        ("tlh", "*", "en"),
    ],
)
def test_the_language_of_the_pages(wanted: str | None, accepted: str, code: str) -> None:
    assert interface_language(wanted, accepted) == code


def test_languages_have_names() -> None:
    assert interface_texts("de").language("fr") == "Französisch"
    assert interface_texts("en").language("de-CH") == "German"
    assert interface_texts("en").language("qqq") == "qqq"
    assert dict(interface_texts("en").offered)["de"] == "Deutsch"
