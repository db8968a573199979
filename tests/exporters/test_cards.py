"""The cards: exact sizes, readable colours, words beside each picture, a folder that is whole or not there."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters import cards_view
from advocacy_monitor.exporters.cards import CardsExporter
from advocacy_monitor.exporters.cards_view import SIZES, readable_on
from advocacy_monitor.exporters.colours import contrast
from advocacy_monitor.exporters.page_text import PageText, unmarked
from advocacy_monitor.exporters.story import story
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.models.packs import Translation
from advocacy_monitor.redact import is_verbatim
from tests.exporters.sample_packs import HOSTILE, LONG_WORD, english_pack, exhibit, german_pack, hostile_pack


def _exported(pack: EvidencePack, folder: Path, **settings: object) -> dict[str, bytes]:
    CardsExporter.model_validate(settings).export(pack, folder / "pack-cards")
    return {each.name: each.read_bytes() for each in (folder / "pack-cards").iterdir()}


def _size(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack, lambda: english_pack(language="ar")])
def test_every_card_has_every_size_and_its_words(make: Callable[[], EvidencePack], tmp_path: Path) -> None:
    files = _exported(make(), tmp_path)
    stems = {name.removesuffix(".txt") for name in files if name.endswith(".txt") and name != "README.txt"}
    assert len(stems) >= 7
    for stem in stems:
        for size, pixels in SIZES.items():
            assert _size(files[f"{stem}-{size}.png"]) == pixels
            assert b'role="img"><title>' in files[f"{stem}-{size}.svg"]
    assert len(files) == 1 + 7 * len(stems)


def test_names_are_by_statement_and_theme(pack: EvidencePack, tmp_path: Path) -> None:
    files = _exported(pack, tmp_path, quotes=1, sizes=("square",))
    assert sorted(name for name in files if name.endswith(".png")) == [
        "card-1001-square.png",
        "finding-help-square.png",
        "finding-loneliness-square.png",
        "finding-study-square.png",
    ]


def test_words_tell_who_where_when_and_all_that_was_said(pack: EvidencePack, tmp_path: Path) -> None:
    files = _exported(pack, tmp_path, sizes=("square",))
    said = files["card-1002.txt"].decode()
    assert pack.exhibits[1].text in said
    for part in ("Marie Example", "Eastbrook Library, Port Example", "3 May 2026", "Exhibit 2 · statement 1002"):
        assert part in said
    german = files["card-1003.txt"].decode()
    assert "Aussage 1003" in german
    assert "statement 1003" in german


def test_readme_lists_numbers_consent_and_the_method(pack: EvidencePack, tmp_path: Path) -> None:
    said = _exported(pack, tmp_path, sizes=("square",))["README.txt"].decode()
    for part in ("Exhibit 1 · statement 1001", "quote_unnamed", "card-1001-square.png", pack.number):
        assert part in said
    assert all(f"{head}: {body}" in said for head, body in pack.method)


def test_only_proven_findings_get_a_card(pack: EvidencePack) -> None:
    told = story(pack)
    made = cards_view.cards_of(pack, told, most=0, text=PageText("en"))
    assert [card.finding for card in made] == [each for each in told.findings if each.proven][:3]


@pytest.mark.parametrize("text", [*HOSTILE, "W" * 900, "我" * 900, "😀" * 900, "A word and " * 90])
def test_printed_words_are_verbatim_or_shortened_at_a_mark(text: str) -> None:
    cut = cards_view._cut(text, 300)
    assert is_verbatim(cut, " ".join(text[:4000].split()) + ("" if len(text) <= 4000 else " […]")) or "[…]" in cut
    assert sum(map(cards_view._letter, cut)) <= 300


def test_every_text_fits_its_card_at_a_readable_size(pack: EvidencePack) -> None:
    """The template tells the size and height that it chose."""
    import json

    import typst

    from advocacy_monitor.exporters.glyphs import FONTS
    from advocacy_monitor.exporters.letterhead import letterhead
    from advocacy_monitor.exporters.typeset import TEMPLATES

    hard = [
        LONG_WORD,
        "W" * 900,
        "W W " * 300,
        "我" * 900,
        "مكتبة " * 300,
        "😀" * 400,
        "I read, I learn. " * 90,
        "\ufdfd" * 99,
    ]
    places = {"library": LONG_WORD, "area": "W" * 300, "attribution": "A name " * 40}
    quotes = [exhibit(number, text, **places) for number, text in enumerate(hard, start=1)]
    wide = (Translation(language="en", text="W W " * 200),)
    quotes += [replace(each, number=each.number + 20, language="de", translations=wide) for each in quotes]
    whole = replace(pack, exhibits=tuple(quotes), sample=True, sponsor="Library Association " * 20)
    text = PageText("en")
    cards = cards_view.cards_of(whole, story(whole), most=30, text=text)
    view = {"cards": [card.view for card in cards], "sizes": list(SIZES.values())}
    view |= letterhead(whole, document="Cards", text=text)
    found = typst.query(
        str(TEMPLATES / "card.typ"),
        "<fit>",
        field="value",
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"view": json.dumps(view)},
    )
    fits = json.loads(found)
    assert len(fits) == 3 * len(cards)
    for fit in fits:
        assert fit["height"] <= fit["room"], fit
        assert fit["size"] >= 0.03 * fit["unit"], fit


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_text_is_readable_on_any_brand_colour(parts: tuple[int, int, int]) -> None:
    ground = "#{:02x}{:02x}{:02x}".format(*parts)
    assert contrast(readable_on(ground), ground) >= 4.5


def test_sample_data_is_named_in_every_text(german: EvidencePack, tmp_path: Path) -> None:
    for name, data in _exported(german, tmp_path, sizes=("square",)).items():
        if name.endswith(".txt"):
            assert "Beispieldaten" in data.decode()


def test_translation_is_marked_and_no_quote(pack: EvidencePack) -> None:
    made = replace(pack.exhibits[2], translations=(Translation(language="en", text="They helped me."),))
    card = cards_view.quote_card(made, pack, PageText("en"))
    assert unmarked(card.view["translation"]["text"]) == "Translation: They helped me."


def test_full_disk_leaves_the_older_folder(pack: EvidencePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _exported(pack, tmp_path, sizes=("square",), quotes=1)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match="pack-cards was not written: the disk is full"):
        _exported(pack, tmp_path, sizes=("square",), quotes=2)
    monkeypatch.undo()
    assert {each.name: each.read_bytes() for each in (tmp_path / "pack-cards").iterdir()} == before
    assert [each.name for each in tmp_path.iterdir()] == ["pack-cards"]


def test_older_folder_of_ours_is_replaced_and_nobody_elses(pack: EvidencePack, tmp_path: Path) -> None:
    _exported(pack, tmp_path, sizes=("square",), quotes=2)
    assert "card-1002.txt" not in _exported(pack, tmp_path, sizes=("square",), quotes=1)
    (tmp_path / "pack-cards" / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(ExportError, match=r"there is a folder of that name with other files, such as 'holiday.jpg'"):
        _exported(pack, tmp_path, sizes=("square",), quotes=1)
    assert (tmp_path / "pack-cards" / "holiday.jpg").read_bytes() == b"mine"
    (tmp_path / "file").write_text("a file")
    with pytest.raises(ExportError, match="there is a file of that name"):
        CardsExporter().export(pack, tmp_path / "file")
    with pytest.raises(ExportError, match="its folder does not exist"):
        CardsExporter().export(pack, tmp_path / "missing" / "cards")


_DIGESTS = """
import pathlib, sys
from advocacy_monitor.exporters.cards import CardsExporter
from tests.exporters.sample_packs import english_pack, hostile_pack
for number, pack in enumerate((english_pack(), hostile_pack())):
    CardsExporter(quotes=2).export(pack, pathlib.Path(sys.argv[1]) / f"{number}-cards")
"""


def test_same_bytes_in_two_processes(tmp_path: Path) -> None:
    seen = []
    for seed, zone in (("1", "Pacific/Auckland"), ("2", "America/Lima")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        root = Path(__file__).parents[2]
        subprocess.run([sys.executable, "-c", _DIGESTS, str(tmp_path)], cwd=root, env=environment, check=True)
        seen.append([hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(tmp_path.glob("*/*"))])
    assert seen[0] == seen[1]
    assert len(seen[0]) > 20


def test_names_of_files_are_safe(hostile: EvidencePack, tmp_path: Path) -> None:
    assert all(re.fullmatch(r"README\.txt|[a-z0-9-]+\.(png|svg|txt)", name) for name in _exported(hostile, tmp_path))
