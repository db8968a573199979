"""Posters, banners, bunting and shelf cards: their size, what is on them, that they can be read, by eyes and by phones."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exporters.colours import INK, SOFT, WHITE, contrast
from advocacy_monitor.exporters.typeset import TEMPLATES, pictures
from advocacy_monitor.kit.picture import Piece, Sign, check_contrast, in_words, text_on_ground, view_of
from advocacy_monitor.kit.posters import BANNERS, POSTERS, SHEETS, Paper, banners, bunting, posters, shelf_cards
from advocacy_monitor.models import Brand
from advocacy_monitor.questionnaire import OTHER
from advocacy_monitor.translate import LANGUAGES
from tests.exporters.tagged import inspect
from tests.kit.signs import AS_OF, campaign, codes, sign

PRINTS = {
    "poster": ("kit_poster.typ", (210, 297)),
    "tall": ("kit_poster.typ", (850, 2000)),
    "wide": ("kit_banner.typ", (2000, 600)),
    "bunting": ("kit_bunting.typ", (210, 297)),
    "shelf": ("kit_shelf.typ", (210, 297)),
}
CARDS = [{"question": "What matters most to you?", "text": "Borrowing print books"}] * 4


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return campaign(tmp_path_factory.mktemp("campaign"))


def everything(made_for: Sign, paper: Paper = "a4") -> Iterator[Piece]:
    path = Path("kit")
    yield from posters(made_for, paper=paper, path=path)
    yield from banners(made_for, path=path)
    yield from bunting(made_for, paper=paper, path=path)
    yield from shelf_cards(made_for, paper=paper, path=path)


def words(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_print_is_a_tagged_pdf_in_its_language(loaded: Loaded, language: str, tmp_path: Path) -> None:
    for piece in everything(sign(loaded, language, "Riverside")):
        path = tmp_path / piece.name
        path.write_bytes(piece.data)
        assert [found for found in inspect(path) if found != "no file is attached (AF)"] == []
        root: Any = PdfReader(path).trailer["/Root"]
        assert str(root["/Lang"]).startswith(language)
        assert piece.use and piece.alternative


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_prints_have_the_size_of_their_paper(loaded: Loaded, paper: Paper) -> None:
    expected = {f"{name}.pdf": size for name, size in POSTERS[paper].items()}
    expected |= {f"{name}.pdf": size for name, (_, size) in BANNERS.items()}
    expected |= dict.fromkeys(("bunting.pdf", "shelf-cards.pdf"), SHEETS[paper])
    pages = {"bunting.pdf": 4, "shelf-cards.pdf": 3}
    made = {piece.name: piece for piece in everything(sign(loaded), paper)}
    assert made.keys() == expected.keys()
    for name, piece in made.items():
        found = PdfReader(io.BytesIO(piece.data)).pages
        assert len(found) == pages.get(name, 1)
        box = found[0].mediabox
        size = (float(box.width) * 25.4 / 72, float(box.height) * 25.4 / 72)
        assert size == pytest.approx(expected[name], abs=0.1)
        assert piece.size == f"{expected[name][0]:g} × {expected[name][1]:g} mm"


def test_every_print_names_the_question_the_address_the_hashtag_and_who_asks(loaded: Loaded) -> None:
    for piece in everything(sign(loaded, "en", "Riverside")):
        said = words(piece.data)
        for expected in (
            "form.example.org",
            "#MissedMyLibrary #DankeBibliothek",
            "Sample Library Association",
            "Riverside",
        ):
            assert expected in said, (piece.name, expected)
        assert "Tell us about your library" in said
        assert "Third" not in said and "Sample data" not in said


def test_sample_data_is_marked_on_every_page(tmp_path: Path) -> None:
    for piece in everything(sign(campaign(tmp_path, sample=True))):
        for page in PdfReader(io.BytesIO(piece.data)).pages:
            assert "Sample data — invented statements" in " ".join(page.extract_text().split()), piece.name
        assert piece.alternative.startswith("Sample data")


def view(made_for: Sign, size: tuple[float, float]) -> Mapping[str, Any]:
    return view_of(made_for, document="Campaign kit", sizes=[size], cards=CARDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PRINTS)
def test_a_reader_finds_the_form_in_every_code(loaded: Loaded, name: str, language: str) -> None:
    template, size = PRINTS[name]
    made_for = sign(loaded, language, "Riverside")
    ppi = 72 * 1400 / (max(size) * 72 / 25.4)
    found = [codes(page) for page in pictures(template, view(made_for, size), path=Path("kit"), ppi=ppi)]
    link = f"https://form.example.org/?library=Riverside&lang={language}"
    expected = {"bunting": [[], [], [link], []], "shelf": [[link] * 4]}
    assert made_for.link == link
    assert found == expected.get(name, [[link]])


def fits(template: str, data: Mapping[str, Any]) -> list[dict[str, float]]:
    found = typst.query(
        str(TEMPLATES / template),
        "<fit>",
        field="value",
        root=str(TEMPLATES),
        font_paths=[str(TEMPLATES.with_name("fonts"))],
        ignore_system_fonts=True,
        sys_inputs={"view": json.dumps(data)},
    )
    made: list[dict[str, float]] = json.loads(found)
    return made


HARD = {
    "long": "What does your library mean to you, and what did you miss in all the months in which it was closed to you?",
    "words": "Bibliotheksbenutzungsordnungen Stadtbibliotheksverwaltungen",
    "short": "Go!",
}


@pytest.mark.parametrize("title", HARD)
@pytest.mark.parametrize("name", [name for name in PRINTS if name != "bunting"])
def test_no_text_is_cut_however_long(loaded: Loaded, name: str, title: str) -> None:
    template, size = PRINTS[name]
    made_for = sign(loaded, "en", "The Library of the Friends of the Riverside and Hillside Branches")
    asked = made_for.asked.model_copy(
        update={"title": {"en": HARD[title]}, "intro": {"en": "It takes two minutes. " * 12}}
    )
    data = view_of(
        replace(made_for, asked=asked),
        document="Kit",
        sizes=[size],
        cards=[{"question": HARD["long"], "text": HARD[title]}] * 4,
    )
    data["head"]["sample"] = True
    made = fits(template, data)
    assert made
    for fit in made:
        assert fit["height"] <= fit["room"] + 0.01, fit
        assert fit["size"] >= 2.5, fit


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in PRINTS if name != "bunting"])
def test_the_question_is_large_in_every_language(loaded: Loaded, name: str, language: str) -> None:
    template, size = PRINTS[name]
    for fit in fits(template, view(sign(loaded, language, "Riverside"), size)):
        assert fit["height"] <= fit["room"] + 0.01
        assert fit["size"] >= 7, fit


def test_shelf_cards_ask_about_each_answer_once(loaded: Loaded) -> None:
    made_for = sign(loaded)
    (piece,) = shelf_cards(made_for, paper="a4", path=Path("kit"))
    said = words(piece.data)
    question = made_for.asked.question("matters")
    assert question
    for option in question.options:
        if option.code != OTHER:
            assert said.count(option.said("en")) == 1
    assert question.option(OTHER)
    assert said.count("What matters most to you?") == len(question.options) - 1


def test_no_template_has_a_colour_of_its_own() -> None:
    for path in TEMPLATES.glob("kit_*.typ"):
        if path.name != "kit_flyer.typ":
            assert re.findall(r'#[0-9a-fA-F]{6}|luma\(|cmyk\(|rgb\("', path.read_text(encoding="utf-8")) == [], (
                path.name
            )


def test_every_text_has_enough_contrast_with_its_ground(loaded: Loaded) -> None:
    measured = check_contrast(sign(loaded).brand, where="brand.yaml")
    assert set(measured) == {
        (WHITE, "#1f5d50"), (WHITE, "#9a3d1c"), ("#1f5d50", WHITE), ("#9a3d1c", WHITE), (INK, WHITE), (SOFT, WHITE)
    }  # fmt: skip
    assert min(measured.values()) >= 4.5


@pytest.mark.parametrize("key", ["accent", "second"])
def test_a_colour_too_pale_is_refused_with_the_file_the_key_and_a_shade_that_will_do(key: str, tmp_path: Path) -> None:
    pale = campaign(tmp_path, **{key: "#f5a623"})  # type: ignore[arg-type]  # one of two keys
    with pytest.raises(ConfigError, match=rf"brand\.yaml: {key}: .*2\.02:1.*4\.5:1.*#a06c16"):
        sign(pale)
    with pytest.raises(ConfigError, match=rf"the brand: {key}: .*2\.02:1.*at least 4\.5:1.*#a06c16"):
        check_contrast(Brand(accent="#f5a623") if key == "accent" else Brand(second="#f5a623"), where="the brand")


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
def test_a_brand_is_refused_just_when_a_text_could_not_be_read(
    one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    brand = Brand(accent="#{:02x}{:02x}{:02x}".format(*one), second="#{:02x}{:02x}{:02x}".format(*two))
    readable = all(contrast(text, ground) >= 4.5 for _, text, ground in text_on_ground(brand))
    try:
        check_contrast(brand, where="brand.yaml")
    except ConfigError:
        assert not readable
    else:
        assert readable


def test_without_an_address_there_is_nothing_to_lead_to(tmp_path: Path) -> None:
    loaded = campaign(tmp_path)
    form = loaded.config.form.model_copy(update={"address": None})
    without = loaded.model_copy(update={"config": loaded.config.model_copy(update={"form": form})})
    with pytest.raises(ConfigError, match=r"form\.address"):
        list(posters(sign(without), paper="a4", path=Path("kit")))


def test_the_same_day_gives_the_same_bytes(loaded: Loaded) -> None:
    first = {piece.name: piece.data for piece in everything(sign(loaded, "ar"))}
    assert first == {piece.name: piece.data for piece in everything(sign(loaded, "ar"))}
    assert AS_OF.strftime("%Y%m%d").encode() in first["poster-a4.pdf"] or b"2026-11-22" in first["poster-a4.pdf"]


def test_what_is_shown_is_said_in_words(loaded: Loaded) -> None:
    said = in_words(sign(loaded, "de", "Riverside"))
    assert said.startswith("Erzählen Sie uns von Ihrer Bibliothek. Es dauert zwei Minuten.")
    for part in (
        "Riverside.",
        "https://form.example.org/?library=Riverside&lang=de",
        "#MissedMyLibrary",
        "Sample Library",
    ):
        assert part in said


def test_hostile_names_are_text_and_nothing_else(tmp_path: Path) -> None:
    name = '"#eval(1) \\u202e <b> $x$ \\\\ [link]"'
    made_for = sign(campaign(tmp_path, name=name), "en", "#panic(1) <script> \u202e x")
    for piece in everything(made_for):
        assert "#panic(1) <script> x" in words(piece.data).replace("\u200b", "") or piece.name == "bunting.pdf"


@pytest.mark.parametrize("name", ["poster", "wide", "shelf"])
def test_long_names_and_addresses_leave_room_for_the_question_and_the_code(name: str, tmp_path: Path) -> None:
    address = "https://mitmachen.bibliotheksverband-beispielland.example.org/formular"
    library = "Stadt- und Landesbibliothek Musterstadt, Zweigstelle Am Alten Bahnhof"
    made_for = sign(campaign(tmp_path, address=address), "de", library)
    sponsor = "Verband der Bibliotheken und Informationseinrichtungen des Landes Beispielland, Geschäftsstelle"
    made_for = replace(made_for, brand=replace(made_for.brand, name=sponsor, logo=None))
    template, size = PRINTS[name]
    for fit in fits(template, view(made_for, size)):
        assert fit["height"] <= fit["room"] + 0.01 and fit["size"] >= 6, fit
    ppi = 72 * 1600 / (max(size) * 72 / 25.4)
    (page,) = pictures(template, view(made_for, size), path=Path("kit"), ppi=ppi)
    assert set(codes(page)) == {made_for.link}
