"""The inspection of PDFs finds what it is for: each planted fault is named, and a good file has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name, Pdf

from advocacy_monitor.exporters.pdf import PdfExporter
from tests.exporters.sample_packs import english_pack, hostile_pack
from tests.exporters.tagged import elements, inspect


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tagged") / "good.pdf"
    PdfExporter().export(english_pack(), path)
    return path


def _without(*keys: str) -> Callable[[Pdf], None]:
    def mutate(pdf: Pdf) -> None:
        node = pdf.Root
        for key in keys[:-1]:
            node = node[key]
        del node[keys[-1]]

    return mutate


def _strip(kind: str, key: str) -> Callable[[Pdf], None]:
    def mutate(pdf: Pdf) -> None:
        for each in elements(pdf):
            if str(each["/S"]) == kind and key in each:
                del each[key]

    return mutate


def _rename(kind: str, other: str) -> Callable[[Pdf], None]:
    def mutate(pdf: Pdf) -> None:
        for each in [each for each in elements(pdf) if str(each["/S"]) == kind]:
            each["/S"] = Name(other)

    return mutate


def _metadata(key: str) -> Callable[[Pdf], None]:
    def mutate(pdf: Pdf) -> None:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
            del meta[key]

    return mutate


def _unlanguaged(pdf: Pdf) -> None:
    for each in elements(pdf):
        if each.get("/Lang") == "de":
            del each["/Lang"]


def _bare_font(pdf: Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == Name.FontDescriptor:
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in each:
                    del each[key]
            return


def _untagged(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"q 0 0 10 10 re f Q")


def _attachment(key: str) -> Callable[[Pdf], None]:
    def mutate(pdf: Pdf) -> None:
        del pdf.Root["/AF"][0][key]

    return mutate


def test_a_good_file_has_no_problem(good: Path) -> None:
    assert inspect(good, languages=["en", "de"]) == []


@pytest.mark.parametrize(
    ("mutate", "found"),
    [
        (_without("/Lang"), "the document has no language"),
        (_without("/ViewerPreferences", "/DisplayDocTitle"), "the title is not displayed"),
        (_without("/MarkInfo"), "not marked as tagged"),
        (_without("/StructTreeRoot"), "no tag tree"),
        (_without("/Outlines"), "no bookmarks"),
        (_without("/AF"), "no file is attached"),
        (_attachment("/AFRelationship"), "has no relationship"),
        (_attachment("/Desc"), "has no description"),
        (_metadata("dc:title"), "the document has no title"),
        (_metadata("pdfaid:part"), "pdfaid:part is None"),
        (_metadata("pdfaid:conformance"), "pdfaid:conformance is None"),
        (_metadata("pdfuaid:part"), "pdfuaid:part is None"),
        (_rename("/H2", "/H3"), "a heading of level 3 follows one of level 1"),
        (_strip("/Figure", "/Alt"), "a figure has no text alternative"),
        (_rename("/TH", "/TD"), "a table has no header cells"),
        (_unlanguaged, "no quote is marked as de"),
        (_bare_font, "is not embedded"),
        (_untagged, "page 1 shows something outside of the tags"),
    ],
)
def test_planted_faults_are_found(mutate: Callable[[Pdf], None], found: str, good: Path, tmp_path: Path) -> None:
    with pikepdf.open(good) as pdf:
        mutate(pdf)
        pdf.save(tmp_path / "bad.pdf")
    assert any(found in problem for problem in inspect(tmp_path / "bad.pdf", languages=["en", "de"]))


def test_hostile_texts_stop_no_arabic_brief(tmp_path: Path) -> None:
    PdfExporter().export(hostile_pack(language="ar"), tmp_path / "brief.pdf")
    assert inspect(tmp_path / "brief.pdf") == []


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("title", ["❤️ وحدة", "1️⃣ 🇩🇪 a", "a\u200dب\u200cc", "وحدة 孤 😀", "हि وحدة"])
def test_no_title_of_a_theme_stops_a_brief(title: str, language: str, tmp_path: Path) -> None:
    pack = english_pack(language=language)
    PdfExporter().export(replace(pack, themes=(replace(pack.themes[0], title=title),)), tmp_path / "brief.pdf")
    assert inspect(tmp_path / "brief.pdf") == []
