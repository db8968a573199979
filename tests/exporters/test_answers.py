"""Closed questions in packs: the same numbers and bases in every format, part of digest and difference (R9, R21)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import html5lib
import openpyxl
import pytest
from docx import Document
from pypdf import PdfReader

from advocacy_monitor.exporters.html import HtmlExporter
from advocacy_monitor.exporters.json import JsonExporter
from advocacy_monitor.exporters.report_pdf import ReportExporter
from advocacy_monitor.exporters.word.report import DocxReportExporter
from advocacy_monitor.exporters.xlsx import XlsxExporter
from advocacy_monitor.models import Count, EvidencePack, QuestionCount
from advocacy_monitor.pack_diff import diff, lines
from advocacy_monitor.pack_digest import pack_digest, read_pack
from tests.exporters.report_packs import full_arabic_pack, full_german_pack, full_pack
from tests.exporters.sample_packs import hostile_pack
from tests.exporters.tagged import inspect

PACKS: dict[str, Callable[[], EvidencePack]] = {
    "arabic": full_arabic_pack,
    "english": full_pack,
    "german": full_german_pack,
    "hostile": hostile_pack,
}

HOSTILE = "=1+1<script>alert(1)</script>\u202e\x07"
ANSWERS = (
    QuestionCount(
        name="matters",
        question="What matters most to you?",
        form="library 1",
        answered=120,
        most=3,
        options=(
            Count(label="Borrowing print books", value=87),
            Count(label="Help from staff", value=44),
            Count(label="A quiet place", value=None),
            Count(label=HOSTILE, value=6),
        ),
    ),
    QuestionCount(name="age", question="Your age", form="library 1", answered=9, most=1, options=()),
)


def with_answers(name: str = "english") -> EvidencePack:
    pack = replace(PACKS[name](), answers=ANSWERS, smallest_base=30, smallest_cell=5)
    pack = replace(pack, number="", digest="")
    digest = pack_digest(pack)
    return replace(pack, digest=digest, number=f"{pack.as_of:%Y%m}-{digest[:8]}")


@pytest.fixture(scope="module")
def pack() -> EvidencePack:
    return with_answers()


def test_the_page_has_a_table_for_each_question_with_its_base(pack: EvidencePack, tmp_path: Path) -> None:
    HtmlExporter().export(pack, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "Base: 120 statements whose authors answered this question. Up to 3 answers could be chosen." in page
    assert "87 of 120 (73%)" in page
    assert "fewer than 5 of 120" in page
    assert "Too few people chose the same answers to show numbers." in page
    assert '<a href="#answers">' in page
    assert "<script" not in page
    assert "\u202e" not in page
    assert "=1+1<script>" in unescape(page)


def test_the_document_has_them(pack: EvidencePack, tmp_path: Path) -> None:
    DocxReportExporter().export(pack, tmp_path / "a.docx")
    document = Document(str(tmp_path / "a.docx"))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Answer", "Of those who answered"] in cells
    assert ["Borrowing print books", "87 of 120 (73%)"] in cells
    assert any(each.text == "What matters most to you?" for each in document.paragraphs)


def test_the_printed_report_has_them(pack: EvidencePack, tmp_path: Path) -> None:
    ReportExporter().export(pack, tmp_path / "a.pdf")
    assert inspect(tmp_path / "a.pdf") == []
    said = " ".join(" ".join(page.extract_text() for page in PdfReader(tmp_path / "a.pdf").pages).split())
    assert "87 of 120 (73%)" in said
    assert "fewer than 5 of 120" in said
    assert "Questionnaire: library 1." in said


def test_the_workbook_has_every_number_and_runs_nothing(pack: EvidencePack, tmp_path: Path) -> None:
    XlsxExporter().export(pack, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    rows = [tuple(cell.value for cell in row)[:3] for sheet in book for row in sheet.iter_rows()]
    assert ("answered", "What matters most to you?", 120) in rows
    assert ("answer", "What matters most to you? – Borrowing print books", 87) in rows
    assert ("answer", "What matters most to you? – A quiet place", "fewer than 5") in rows
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_pack_is_read_back_with_them_and_its_digest_covers_them(pack: EvidencePack, tmp_path: Path) -> None:
    JsonExporter().export(pack, tmp_path / "a.json")
    assert read_pack(tmp_path / "a.json").answers == ANSWERS
    assert pack_digest(pack) != pack_digest(replace(pack, answers=()))
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    del document["pack"]["answers"]
    (tmp_path / "older.json").write_text(json.dumps(document), encoding="utf-8")
    assert read_pack(tmp_path / "older.json").answers == ()


def test_the_difference_names_question_and_answer(pack: EvidencePack) -> None:
    first = replace(ANSWERS[0], answered=125, options=(Count(label="Borrowing print books", value=90),))
    said = "\n".join(lines(diff(pack, replace(pack, answers=(first,)))))
    assert "answer: What matters most to you? – answered" in said
    assert "answer: What matters most to you? – Borrowing print books" in said


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_format_stays_whole_in_every_language(name: str, tmp_path: Path) -> None:
    pack = with_answers(name)
    HtmlExporter().export(pack, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert name == "hostile" or html5lib.HTMLParser(strict=True).parse(page) is not None
    assert "<script" not in page
    DocxReportExporter().export(pack, tmp_path / "a.docx")
    ReportExporter().export(pack, tmp_path / "a.pdf")
