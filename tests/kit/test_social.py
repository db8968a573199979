"""Pictures for social media: their sizes, what platforms may cover, their codes, their words."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from advocacy_monitor.config import Loaded
from advocacy_monitor.kit.picture import view_of
from advocacy_monitor.kit.social import FORMATS, Format, social
from advocacy_monitor.translate import LANGUAGES
from tests.kit.signs import campaign, codes, sign
from tests.kit.test_posters import HARD, fits

ACCENT = (0x1F, 0x5D, 0x50)
SECOND = (0x9A, 0x3D, 0x1C)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return campaign(tmp_path_factory.mktemp("campaign"))


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_picture_has_its_size_and_its_code(loaded: Loaded, language: str) -> None:
    made_for = sign(loaded, language, "Riverside")
    made = {piece.name: piece for piece in social(made_for, path=Path("kit"))}
    assert list(made) == [f"social-{each.name}.png" for each in FORMATS] + ["social-alternative-text.txt"]
    for each in FORMATS:
        piece = made[f"social-{each.name}.png"]
        assert picture(piece.data).size == (each.width, each.height)
        assert codes(piece.data) == ([made_for.link] if each.coded else [])
        assert piece.size == f"{each.width} × {each.height} px"
        assert all(platform in piece.use for platform in each.platforms)
        assert ("https://form.example.org/?" in piece.alternative) is each.coded
        assert len(piece.data) < 1_000_000  # one of the platforms takes no larger ones


def rows(image: Image.Image, first: int, last: int) -> set[tuple[int, ...]]:
    """The colours beside the coloured edges in some rows."""
    part = image.crop((int(0.03 * image.width), first, int(0.97 * image.width), last))
    return {colour for _, colour in part.getcolors(maxcolors=1_000_000) or [] if isinstance(colour, tuple)}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("each", [each for each in FORMATS if each.above], ids=lambda each: each.name)
def test_nothing_stands_where_a_platform_covers_it(loaded: Loaded, each: Format, language: str) -> None:
    made = {piece.name: piece.data for piece in social(sign(loaded, language, "Riverside"), path=Path("kit"))}
    image = picture(made[f"social-{each.name}.png"])
    assert rows(image, 0, each.above) == {ACCENT}
    assert rows(image, each.height - each.below, each.height) == {ACCENT}
    assert rows(image, each.above, each.height - each.below) - {ACCENT}


@pytest.mark.parametrize("each", [each for each in FORMATS if each.apart], ids=lambda each: each.name)
def test_the_place_of_a_profiles_picture_stays_free(loaded: Loaded, each: Format) -> None:
    made = {piece.name: piece.data for piece in social(sign(loaded), path=Path("kit"))}
    image = picture(made[f"social-{each.name}.png"])
    lowest = each.height - each.below
    part = image.crop((int(0.03 * each.width), lowest - each.height // 8, each.width // 4, lowest))
    assert part.getcolors() == [(part.width * part.height, ACCENT)]


def test_the_edge_stands_where_a_line_begins(loaded: Loaded) -> None:
    for language, place in (("en", 2), ("ar", 1077)):
        made = {piece.name: piece.data for piece in social(sign(loaded, language), path=Path("kit"))}
        assert picture(made["social-square.png"]).getpixel((place, 540)) == SECOND


@pytest.mark.parametrize("title", HARD)
@pytest.mark.parametrize("sample", [True, False])
def test_no_text_is_cut_however_long(loaded: Loaded, title: str, sample: bool) -> None:
    made_for = sign(loaded, "en", "The Library of the Friends of the Riverside Branch")
    asked = made_for.asked.model_copy(
        update={"title": {"en": HARD[title]}, "intro": {"en": "It takes two minutes. " * 9}}
    )
    sizes = [(each.width, each.height, each.above, each.below, each.coded, each.apart) for each in FORMATS]
    data = view_of(replace(made_for, asked=asked), document="Kit", sizes=sizes)
    data["head"]["sample"] = sample
    found = fits("kit_social.typ", data)
    assert len(found) == len(FORMATS)
    for each, fit in zip(FORMATS, found, strict=True):
        assert fit["height"] <= fit["room"] + 0.01, (each.name, fit)
        assert fit["size"] >= 2.5, (each.name, fit)


def test_the_words_to_paste_are_those_of_the_picture(loaded: Loaded) -> None:
    *_, last = social(sign(loaded, "fr"), path=Path("kit"))
    said = last.data.decode()
    assert said.startswith("Parlez-nous de votre bibliothèque.")
    assert "https://form.example.org/?lang=fr" in said and "#MissedMyLibrary #DankeBibliothek" in said


def test_sample_data_is_told_in_the_words_too(tmp_path: Path) -> None:
    for piece in social(sign(campaign(tmp_path, sample=True)), path=Path("kit")):
        assert "Sample data" in (piece.alternative or piece.data.decode())
