"""The slides: titles, notes, words for charts, verbatim quotes, no formula in a workbook, the same bytes twice."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.slides import SlidesExporter
from advocacy_monitor.exporters.slides_canvas import plain
from advocacy_monitor.exporters.slides_fit import fitted, height
from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import Brand, EvidencePack, Logo
from advocacy_monitor.redact import is_verbatim
from tests.exporters.sample_packs import LONG_WORD, english_pack, german_pack, hostile_pack

_MARKS = re.compile("[\u200e\u200f]")
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
_ALL = pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack, lambda: english_pack(language="ar")])


def _slides(pack: EvidencePack, folder: Path, **settings: Any) -> list[Any]:
    from pptx import Presentation

    path = folder / "pack.pptx"
    SlidesExporter(**settings).export(pack, path)
    return list(Presentation(str(path)).slides)


def _words(slide: Any) -> str:
    return "\n".join(_MARKS.sub("", shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame)


def _notes(slide: Any) -> str:
    return _MARKS.sub("", slide.notes_slide.notes_text_frame.text)


@_ALL
def test_every_slide_has_a_title_first_notes_and_a_number(make: Callable[[], EvidencePack], tmp_path: Path) -> None:
    for number, slide in enumerate(_slides(make(), tmp_path), start=1):
        assert slide.shapes[0] == slide.shapes.title
        assert slide.shapes.title.text_frame.text.strip()
        assert _notes(slide).strip()
        assert str(number) in _words(slide)


@_ALL
def test_every_chart_has_its_words_and_a_harmless_workbook(make: Callable[[], EvidencePack], tmp_path: Path) -> None:
    from openpyxl import load_workbook

    charts = [shape for slide in _slides(make(), tmp_path) for shape in slide.shapes if shape.has_chart]
    assert charts
    for shape in charts:
        assert shape._element.xpath(".//p:cNvPr")[0].get("descr")
        book = load_workbook(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob))
        cells = [cell for row in book["Sheet1"].iter_rows() for cell in row if cell.value is not None]
        assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in cells)
        plot = shape.chart.plots[0]
        assert [cell.value for cell in book["Sheet1"]["A"][1:]] == list(plot.categories)
        assert [cell.value for cell in book["Sheet1"]["B"][1:]] == list(plot.series[0].values)


def test_titles_are_the_findings_and_the_bar_of_each_says_the_same(pack: EvidencePack, tmp_path: Path) -> None:
    for changes in ({}, {"authors_unknown": 0}):
        changed = replace(pack, **changes)  # type: ignore[arg-type]  # the test names the field
        slides = {slide.shapes.title.text_frame.text: slide for slide in _slides(changed, tmp_path)}
        for page in story(changed).pages[:5]:
            chart = next(shape.chart for shape in slides[page.finding.sentence].shapes if shape.has_chart)
            plot = chart.plots[0]
            shown = dict(zip(plot.categories, plot.series[0].values, strict=True))
            bar = next(title for title in shown if page.theme.title.startswith(title.removesuffix(" […]")))
            assert f"{shown[bar]:.0f}" == page.finding.figure


def test_quotes_are_verbatim_with_number_and_source_in_the_notes(pack: EvidencePack, tmp_path: Path) -> None:
    slides = _slides(pack, tmp_path)
    marks = re.compile(r"^[“„«](.*)[”“»]$")
    found = [
        match[1]
        for slide in slides[2:]
        for shape in slide.shapes
        if shape.has_text_frame and not shape.is_placeholder
        for paragraph in shape.text_frame.paragraphs
        if (match := marks.match(_MARKS.sub("", "".join(run.text for run in paragraph.runs))))
    ]
    assert len(found) >= 3
    for text in found:
        assert any(is_verbatim(text, plain(each.text)) for each in pack.exhibits)
    notes = "\n".join(map(_notes, slides))
    assert "Exhibit 1 · statement 1001" in notes
    assert pack.exhibits[0].text in notes


def test_long_quote_is_cut_at_a_mark_and_whole_in_the_notes(pack: EvidencePack, tmp_path: Path) -> None:
    text = "We met at the library each week. " * 60
    first = replace(pack.exhibits[0], text=text.strip())
    slides = _slides(replace(pack, exhibits=(first, *pack.exhibits[1:])), tmp_path)
    slide = next(slide for slide in slides if "[…]" in _words(slide) and "We met" in _words(slide))
    assert text.strip() in _notes(slide)
    assert text.strip() not in _words(slide)


@_ALL
def test_whole_method_is_in_the_notes_and_its_headings_on_slides(
    make: Callable[[], EvidencePack], tmp_path: Path
) -> None:
    pack = make()
    slides = _slides(pack, tmp_path)
    shown, notes = "\n".join(map(_words, slides)), "\n".join(map(_notes, slides))
    for head, body in pack.method:
        assert plain(head) in shown
        assert plain(body) in notes


def test_sample_data_is_named_on_every_slide_and_in_its_notes(german: EvidencePack, tmp_path: Path) -> None:
    banner = wording("de").sample_banner
    for slide in _slides(german, tmp_path):
        assert banner in _words(slide)
        assert banner in _notes(slide)


def test_arabic_runs_from_right_to_left_and_its_charts_too(tmp_path: Path) -> None:
    slides = _slides(english_pack(language="ar", title="مكتباتنا"), tmp_path)
    title = slides[0].shapes.title.text_frame.paragraphs[0]
    assert title._p.pPr.get("rtl") == "1"
    assert title.runs[0]._r.rPr.get("lang") == "ar-SA"
    chart = next(shape.chart for shape in slides[2].shapes if shape.has_chart)
    assert chart.value_axis.reverse_order


def test_name_only_where_it_was_allowed(pack: EvidencePack, tmp_path: Path) -> None:
    assert any("Marie Example" in _words(slide) for slide in _slides(pack, tmp_path))
    unnamed = tuple(replace(each, attribution=None) for each in pack.exhibits)
    for slide in _slides(replace(pack, exhibits=unnamed), tmp_path):
        assert "Marie Example" not in _words(slide) + _notes(slide)


def test_statement_kept_for_the_annex_is_on_no_slide(pack: EvidencePack, tmp_path: Path) -> None:
    kept = tuple(replace(each, chosen=False) for each in pack.exhibits)
    for slide in _slides(replace(pack, exhibits=kept), tmp_path):
        for each in kept:
            assert each.text not in _words(slide) + _notes(slide)


def test_links_are_web_addresses_only(tmp_path: Path) -> None:
    path = tmp_path / "pack.pptx"
    SlidesExporter().export(hostile_pack(), path)
    with zipfile.ZipFile(path) as archive:
        targets = [
            target
            for name in archive.namelist()
            if name.endswith(".rels")
            for target in re.findall(r'Target="([^"]*)" TargetMode="External"', archive.read(name).decode())
        ]
    assert all(target.startswith(("http://", "https://")) for target in targets)


@pytest.mark.parametrize("brand", ["#6b1f5c", "#004400"])
def test_logo_has_its_words_and_the_theme_its_colour(brand: str, pack: EvidencePack, tmp_path: Path) -> None:
    logo = Logo(data=_SVG, media_type="image/svg+xml", alternative="Two books")
    slides = _slides(replace(pack, brand=Brand(accent=brand, logo=logo)), tmp_path)
    described = [each.get("descr") for slide in slides for each in slide._element.xpath(".//p:pic/p:nvPicPr/p:cNvPr")]
    assert described == ["Two books", "Two books"]
    with zipfile.ZipFile(tmp_path / "pack.pptx") as archive:
        assert brand[1:].upper() in archive.read("ppt/theme/theme1.xml").decode()


def test_logo_that_is_no_picture_stops_the_export(pack: EvidencePack, tmp_path: Path) -> None:
    logo = Logo(data=b"no picture", media_type="image/png", alternative="x")
    with pytest.raises(ExportError, match="logo cannot be read"):
        SlidesExporter().export(replace(pack, brand=Brand(logo=logo)), tmp_path / "pack.pptx")
    assert not any(tmp_path.iterdir())


_DIGESTS = """
import pathlib, sys
from advocacy_monitor.exporters.slides import SlidesExporter
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
for number, pack in enumerate((english_pack(), german_pack(), hostile_pack())):
    SlidesExporter().export(pack, pathlib.Path(sys.argv[1]) / f"{number}.pptx")
"""


def test_same_bytes_in_two_processes(tmp_path: Path) -> None:
    seen = []
    for seed, zone in (("1", "Pacific/Auckland"), ("2", "America/Lima")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        root = Path(__file__).parents[2]
        subprocess.run([sys.executable, "-c", _DIGESTS, str(tmp_path)], cwd=root, env=environment, check=True)
        seen.append([hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(tmp_path.iterdir())])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 3


@pytest.mark.parametrize("text", [LONG_WORD, "W" * 5000, "我" * 3000, "مكتبة " * 900, "short", ""])
def test_text_fits_its_box(text: str) -> None:
    fit = fitted(text, room=400, tall=120, sizes=(24, 18, 12))
    assert height(fit.text, fit.size, 400) <= 120
    assert fit.text == text or fit.text.endswith("[…]")


def test_a_day_after_a_latin_name_keeps_its_number_in_arabic(tmp_path: Path) -> None:
    said = "\n".join(
        shape.text_frame.text
        for slide in _slides(english_pack(language="ar"), tmp_path)
        for shape in slide.shapes
        if shape.has_text_frame
    )
    assert "\u200eHarbour Library, Port Example\u200e\u200f · " in said
    assert "\u2066" not in said


def test_the_notes_say_of_how_many_the_left_out_were_left_out(tmp_path: Path) -> None:
    pack = english_pack()
    notes = _notes(_slides(pack, tmp_path)[1])
    assert f"{wording('en').counts_found}: 618\nLeft out: not approved: 61" in notes
