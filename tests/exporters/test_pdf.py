"""The brief read back from its PDF: what it says, how it is tagged, and that no text can harm it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.charts import ACCENT
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.exporters.pdf import TEMPLATE, PdfExporter
from advocacy_monitor.exporters.typeset import TEMPLATES
from advocacy_monitor.models import (
    Brand,
    Choice,
    Count,
    EvidencePack,
    Logo,
    Recipient,
    ThemeCount,
    Translation,
    Widening,
)
from tests.exporters.sample_packs import HOSTILE, LONG_TEXT, LONG_WORD, english_pack, exhibit, german_pack, hostile_pack
from tests.exporters.tagged import inspect

_ANY_TEXT = st.text(alphabet=st.characters(categories=None), max_size=80)


def _read(pack: EvidencePack, folder: Path) -> pypdf.PdfReader:
    PdfExporter().export(pack, folder / "brief.pdf")
    return pypdf.PdfReader(folder / "brief.pdf")


def _text(reader: pypdf.PdfReader) -> str:
    """All text on one line, as a person would search it."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())


def _tags(reader: pypdf.PdfReader) -> list[dict[str, Any]]:
    """Every element of the tag tree, in reading order."""

    def walk(node: Any) -> Iterator[dict[str, Any]]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            yield node
            if "/K" in node:
                yield from walk(node["/K"])

    return [node for node in walk(_root(reader)["/StructTreeRoot"]) if "/S" in node]


def _root(reader: pypdf.PdfReader) -> dict[str, Any]:
    """The document's catalogue."""
    return dict(reader.root_object)


def _links(reader: pypdf.PdfReader) -> list[str]:
    annotations = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return [str(note["/A"]["/URI"]) for note in annotations if note["/Subtype"] == "/Link"]


def _colours(reader: pypdf.PdfReader) -> set[str]:
    """Every colour that is filled with, as '#rrggbb'."""
    contents = (page.get_contents() for page in reader.pages)
    filled = re.findall(
        rb"([\d.]+) ([\d.]+) ([\d.]+) scn", b"".join(each.get_data() for each in contents if each is not None)
    )
    return {"#" + "".join(f"{round(255 * float(part)):02x}" for part in parts) for parts in filled}


def test_the_brief_says_what_a_ministers_office_needs(pack: EvidencePack, tmp_path: Path) -> None:
    reader = _read(pack, tmp_path)
    text = _text(reader)
    assert len(reader.pages) == 2
    order = [
        pack.title,
        "For Dr Alex Example, Member for Port Example",
        "412 statements counted of 618 found",
        "371 people behind them + 20 statements by unknown authors",
        "1 March to 30 June 2026",
        "What we ask Keep Harbour Library and Eastbrook Library open",
        "In their own words Exhibit 1 · 2 April 2026 Harbour Library, Port Example mastodon · statement 1001 “After my husband died",
        "Exhibit 2 · 3 May 2026 Marie Example",
        "Exhibit 3 · 4 June 2026",
        "3 of the 7 statements in this pack that may be quoted",
        "“Company instead of loneliness” comes up in 58 of the 412 statements counted here",
        "58 of 412 (14%) · 51 known authors",
        "precision 0.86 (0.78–0.93), recall 0.79 (0.70–0.87); 31 confirmed by a person",
        "too rare among the 120 checked statements to judge the coding",
        "machine suggestion, not yet measured on this campaign's statements",
        "measured on 120 of this campaign's statements, drawn at random",
        "What was counted, and what was left out",
        "Left out: no consent for this use 57",
        "Statements counted 412 Different people behind them 371 Statements by unknown authors 20",
        "How this was collected, and its limits",
        "Contact Library Association of Exampleland Jo Example",
    ]
    places = [text.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "sample" not in text.lower().replace("local sample", "").replace("random sample", "")


def test_every_page_has_number_digest_and_page(german: EvidencePack, tmp_path: Path) -> None:
    reader = _read(german, tmp_path)
    for number, page in enumerate(reader.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert "Mappe AM-2026-0043 · Prüfsumme 3f2a 9c1b 04de" in text
        assert f"Seite {number} von {len(reader.pages)}" in text
        assert text.count("Beispieldaten – erfundene Aussagen") == 2
    assert reader.metadata is not None
    assert reader.metadata.title == f"Beispieldaten: {german.title}"


def test_german_brief_is_german_throughout(german: EvidencePack, tmp_path: Path) -> None:
    reader = _read(german, tmp_path)
    text = _text(reader)
    for part in (
        "12.412 Aussagen gezählt von 12.618 gefundenen",
        "1. März bis 30. Juni 2026",
        "Worum wir bitten",
        "Beleg 1 · 2. April 2026",
        "Original auf Englisch",
        "Genauigkeit 0,86 (0,78–0,93), Trefferquote 0,79 (0,70–0,87)",
        "weniger als 5",
        "Dieser Kurzbericht zeigt, wie eine Belegmappe aussieht.",
    ):
        assert part in text, part
    assert not re.search(r"\b(statements|Exhibit|people|Number|Page|Contact)\b", text)
    assert _root(reader)["/Lang"] == "de"


def test_method_box_is_whole_and_cannot_be_switched_off(pack: EvidencePack, tmp_path: Path) -> None:
    text = _text(_read(pack, tmp_path))
    for heading, body in pack.method:
        assert f"{heading} {body}" in text
    assert set(PdfExporter.model_fields) == {"quotes"}


def test_quotes_are_verbatim_and_long_ones_end_in_a_mark(pack: EvidencePack, tmp_path: Path) -> None:
    long = replace(pack, exhibits=(exhibit(1, pack.exhibits[0].text), exhibit(2, LONG_TEXT), exhibit(3, "Short.")))
    text = _text(_read(long, tmp_path))
    assert f"“{pack.exhibits[0].text}”" in text
    cut = re.search(r"“(I read[^”]*) \[…\]”", text)
    assert cut is not None
    assert LONG_TEXT.startswith(cut[1])
    assert 500 < len(cut[1]) <= 600


def test_small_numbers_have_no_percentage_and_hidden_ones_are_words(pack: EvidencePack, tmp_path: Path) -> None:
    themes = (
        ThemeCount(code="a", title="Help", statements=12, people=11, confirmed=12),
        ThemeCount(code="b", title="Warm room", statements=None, people=None, confirmed=2),
    )
    areas = (Count(label="Port Example", value=None),)
    small = replace(pack, statements=29, found=235, people=27, themes=themes, areas=areas, languages=())
    text = _text(_read(replace(small, languages=(Count(label="ar", value=9), Count(label="?", value=8))), tmp_path))
    assert "Arabic 9 not known 8" in text
    assert "12 of 29 · 11 known authors" in text
    assert "fewer than 5 of 29" in text
    assert "Port Example fewer than 5" in text
    assert "%" not in text
    assert "2 confirmed" not in text


def test_tags_languages_and_alternatives_are_there(pack: EvidencePack, tmp_path: Path) -> None:
    exhibits = tuple(replace(each, number=8 - each.number) for each in pack.exhibits)  # the foreign ones first
    reader = _read(replace(pack, exhibits=exhibits), tmp_path)
    tags = _tags(reader)
    kinds = Counter(str(tag["/S"]) for tag in tags)
    assert kinds["/H1"] == 1
    assert kinds["/H2"] == 6
    assert kinds["/BlockQuote"] >= 3
    assert kinds["/Table"] == kinds["/THead"] == 4
    assert kinds["/TH"] == 8
    assert {"ru", "zh"} <= {str(tag["/Lang"]) for tag in tags if "/Lang" in tag}
    figures = [str(tag["/Alt"]) for tag in tags if tag["/S"] == "/Figure"]
    assert len(figures) == 2
    assert "Help from library staff: 44 of 412 (11%) · 41 known authors; precision 0.91 (0.80–1.00)" in figures[0]
    assert "88 in March 2026, 120 in April 2026" in figures[1]
    assert _root(reader)["/Lang"] == "en"
    assert _root(reader)["/MarkInfo"]["/Marked"]


def test_the_file_says_that_it_is_archival_and_accessible(pack: EvidencePack, tmp_path: Path) -> None:
    reader = _read(pack, tmp_path)
    xmp = _root(reader)["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert reader.metadata is not None
    assert reader.metadata.title == pack.title
    assert reader.metadata.author == pack.sponsor
    assert reader.metadata.creation_date == pack.as_of
    assert _root(reader)["/ViewerPreferences"]["/DisplayDocTitle"]


def test_arabic_quotes_run_right_to_left_with_dates_kept(pack: EvidencePack, tmp_path: Path) -> None:
    said = "وجدت هنا مكانًا هادئًا بتاريخ 2026-11-01 مع ابنتي."
    for language, tag in (("ar", "ar"), ("", "und")):  # a text of which nobody said the language
        reader = _read(replace(pack, exhibits=(exhibit(1, said, language=language),)), tmp_path)
        assert "2026-11-01" in _text(reader)
        assert ("original in Arabic" in _text(reader)) == (language == "ar")
        assert tag in [each.get("/Lang") for each in _tags(reader)]
        starts = [x for x, _, text in _runs(reader.pages[0]) if "\u0645" in text]
        assert max(starts) > 400  # the line begins at the right edge


def _runs(page: pypdf.PageObject) -> list[tuple[float, float, str]]:
    """Where each run of text begins, its size, and the text; in points from the left edge."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, outer: list[float], matrix: list[float], _font: Any, size: float) -> None:
        scale = abs(outer[0])
        found.append((matrix[4] * outer[0] + outer[4], size * abs(matrix[0]) * scale, text))

    page.extract_text(visitor_text=visit)
    return found


def test_only_web_addresses_become_links(pack: EvidencePack, hostile: EvidencePack, tmp_path: Path) -> None:
    assert _links(_read(pack, tmp_path)) == [pack.exhibits[0].url, pack.exhibits[2].url]
    assert _links(_read(hostile, tmp_path)) == []


def test_hostile_text_is_printed_and_never_run(pack: EvidencePack, tmp_path: Path) -> None:
    hostile = replace(
        pack, exhibits=tuple(exhibit(number, text) for number, text in enumerate(HOSTILE[3:6], 1)), themes=()
    )
    reader = _read(hostile, tmp_path)
    text = _text(reader).replace(" ", "")
    for part in HOSTILE[3:6]:
        assert part.replace(" ", "") in text
    assert "root:" not in text
    assert not {"/OpenAction", "/AA", "/AcroForm"} & _root(reader).keys()
    assert set(_root(reader)["/Names"]) == {"/EmbeddedFiles"}  # no scripts
    assert {note.get_object()["/Subtype"] for page in reader.pages for note in page.get("/Annots", [])} == {"/Link"}


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 3))
def test_each_hostile_text_can_be_exported(start: int, tmp_path: Path) -> None:
    texts = HOSTILE[start : start + 3]
    made = hostile_pack(exhibits=tuple(exhibit(number, text) for number, text in enumerate(texts, 1)))
    assert len(_read(made, tmp_path).pages) <= 4


def test_characters_that_cannot_be_shown_are_counted_in_the_method_box(pack: EvidencePack, tmp_path: Path) -> None:
    assert "could not be shown" not in _text(_read(pack, tmp_path))
    odd = replace(pack, exhibits=(exhibit(1, "One \ue000 private, हि and a bell \x07."),))
    text = _text(_read(odd, tmp_path))
    assert "“One □ private, □ and a bell .”" in text
    assert (
        "3 characters could not be shown with the fonts of this file and are printed as □ (U+0939, U+093F, U+E000). "
        "1 invisible control character was left out." in text
    )


def test_nothing_is_printed_outside_the_margins(tmp_path: Path) -> None:
    wide = hostile_pack(
        exhibits=tuple(exhibit(n, LONG_WORD.upper(), library="W" * 300) for n in (1, 2, 3)), recipient="m" * 400
    )
    PdfExporter().export(wide, tmp_path / "brief.pdf")
    runs = [run for page in pypdf.PdfReader(tmp_path / "brief.pdf").pages for run in _runs(page) if len(run[2]) > 9]
    assert len(runs) > 20
    # Half a size for each letter is less than these wide letters take, so a line that overflows is surely seen.
    ends = [x + 0.5 * size * max(map(len, text.splitlines())) for x, size, text in runs if text.strip().isupper()]
    assert max(ends) <= 595 - 56


def test_as_many_quotes_as_page_one_has_room_for(pack: EvidencePack, tmp_path: Path) -> None:
    short = tuple(exhibit(number, f"Short statement {number}.") for number in range(1, 10))
    assert "5 of the 9 statements" in _text(_read(replace(pack, exhibits=short, themes=pack.themes[:3]), tmp_path))
    long = tuple(exhibit(number, "A whole story. " * 39) for number in range(1, 10))
    assert "3 of the 9 statements" in _text(_read(replace(pack, exhibits=long), tmp_path))
    assert len(pypdf.PdfReader(tmp_path / "brief.pdf").pages) == 2
    none = _text(_read(replace(pack, exhibits=(), themes=(), ask=None, recipient=None, period=None), tmp_path))
    assert "No statement in this pack may be quoted." in none
    assert "What we ask" not in none


def test_time_without_a_zone_is_refused(pack: EvidencePack, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="names no time zone"):
        _read(replace(pack, as_of=datetime(2026, 7, 3, 9, 30)), tmp_path)  # noqa: DTZ001
    assert not any(tmp_path.iterdir())


def test_the_template_takes_data_and_never_builds_markup() -> None:
    own, common = ((TEMPLATES / name).read_text(encoding="utf-8") for name in (TEMPLATE, "common.typ"))
    assert own.count("sys.inputs") == 0
    assert common.count("sys.inputs") == 2
    source = own.replace('#import "common.typ": *', "") + re.sub("(?m)^//.*$", "", common)
    assert not re.search(r"#?\b(eval|read|import|include|plugin)\b\s*[(\"@]", source)


def test_the_manifest_travels_inside(pack: EvidencePack, tmp_path: Path) -> None:
    assert _read(pack, tmp_path).attachments["manifest.json"] == [manifest(pack)]


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "ru", "zh"])
def test_the_brief_is_tagged_in_every_language(language: str, pack: EvidencePack, tmp_path: Path) -> None:
    PdfExporter().export(replace(pack, language=language), tmp_path / "brief.pdf")
    assert inspect(tmp_path / "brief.pdf", languages=["en", "de"]) == []


def test_arabic_pages_and_charts_are_mirrored(pack: EvidencePack, tmp_path: Path) -> None:
    reader = _read(replace(pack, language="ar"), tmp_path)
    assert _root(reader)["/Lang"] == "ar"
    where = {text.strip(): x for x, _, text in _runs(reader.pages[0])}
    assert where["412"] > where["371"] > 300  # the first figure stands on the right
    plain = " ".join(page.extract_text() for page in reader.pages)
    assert "AM-2026-0042" in plain


def test_brand_recipient_widening_and_translation_are_printed(pack: EvidencePack, tmp_path: Path) -> None:
    foreign = replace(
        pack.exhibits[2], number=1, translations=(Translation(language="en", text="Without the help at the desk."),)
    )
    back = replace(pack.exhibits[0], number=2, chosen=False)
    short = replace(pack.exhibits[1], number=3, quoted="There are five of us in two rooms. […]")
    logo = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#00f"/></svg>'
    )
    made = replace(
        pack,
        exhibits=(foreign, back, short),
        brand=Brand(
            name="Our Association",
            accent="#7a0b4c",
            contact="hello@example.org",
            imprint="Example Street 1",
            licence="CC BY 4.0",
            website="https://example.org/",
            logo=Logo(data=logo, media_type="image/svg+xml", alternative="An open book"),
        ),
        addressee=Recipient(key="a", name="A. Member", office="Member of Council", area="Riverside", ask="Fund it."),
        widening=Widening(steps=(Count(label="Riverside", value=12),), area="Exampleshire", least=30),
        choice=Choice(quotable=7, proposed=5, picked=2),
    )
    reader = _read(made, tmp_path)
    text = _text(reader)
    for part in (
        "For A. Member, Member of Council, Riverside",
        "What we ask Fund it.",
        "Translation: Without the help at the desk.",
        "“There are five of us in two rooms. […]”",
        "statement 1003",
        "This pack is about Exampleshire, because there were fewer than 30 statements: Riverside (12).",
        "staff picked 2",
        "Our Association hello@example.org",
        "Example Street 1 · CC BY 4.0",
    ):
        assert part in text, part
    assert "After my husband" not in text
    assert "An open book" in [str(each.get("/Alt")) for each in _tags(reader)]
    assert "https://example.org/" in _links(reader)
    assert "#7a0b4c" in _colours(reader)
    assert ACCENT not in _colours(reader)
    assert inspect(tmp_path / "brief.pdf", languages=["de"]) == []
    assert ACCENT in _colours(_read(pack, tmp_path))


@settings(max_examples=40, deadline=None)
@given(text=_ANY_TEXT, language=st.sampled_from(["en", "de", "ar", "zh", "zz", "#x", ""]))
def test_no_text_stops_the_export(tmp_path_factory: pytest.TempPathFactory, text: str, language: str) -> None:
    made = german_pack if language == "de" else english_pack
    pack = made(
        title=text,
        ask=text or None,
        campaign=text,
        sponsor=text,
        contact=text,
        recipient=text,
        number=text,
        digest=text,
        language=language,
        method=((text, text), ("Heading", text)),
        sources=(Count(label=text, value=3),),
        left_out=(Count(label=text, value=206),),
        months=(Count(label=text, value=3), Count(label="2026-99", value=None)),
        themes=(ThemeCount(code=text, title=text, statements=9, people=8, confirmed=9),),
        exhibits=(exhibit(1, text, language=language, library=text, area=text, source=text, url=text),),
    )
    path = tmp_path_factory.mktemp("any") / "brief.pdf"
    PdfExporter().export(pack, path)
    assert path.read_bytes().startswith(b"%PDF-1.7")
