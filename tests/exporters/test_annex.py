"""The data annex read back: CSV, workbook and JSON hold every exhibit, and nothing in them runs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.annex import plain_json
from advocacy_monitor.exporters.cells import neutralised, storable
from advocacy_monitor.exporters.csv import CsvExporter
from advocacy_monitor.exporters.json import JsonExporter
from advocacy_monitor.exporters.xlsx import XlsxExporter
from advocacy_monitor.models import (
    Brand,
    Choice,
    Count,
    EvidencePack,
    Goal,
    Logo,
    Recipient,
    ThemeCount,
    Translation,
    Widening,
)
from advocacy_monitor.translate import LANGUAGES
from tests.exporters.sample_packs import LONG_TEXT, english_pack, exhibit, german_pack, hostile_pack

_ANY_TEXT = st.text(alphabet=st.characters(categories=None), max_size=60)


def _csv(pack: EvidencePack, folder: Path) -> list[dict[str, str]]:
    CsvExporter().export(pack, folder / "annex.csv")
    text = (folder / "annex.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _workbook(pack: EvidencePack, folder: Path) -> Any:
    XlsxExporter().export(pack, folder / "annex.xlsx")
    return openpyxl.load_workbook(folder / "annex.xlsx")


def _rows(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def _json(pack: EvidencePack, folder: Path) -> dict[str, Any]:
    JsonExporter().export(pack, folder / "annex.json")
    document: dict[str, Any] = json.loads((folder / "annex.json").read_text(encoding="utf-8"))
    return document


def test_csv_is_a_clean_table_that_excel_reads_as_utf8(pack: EvidencePack, tmp_path: Path) -> None:
    rows = _csv(pack, tmp_path)
    data = (tmp_path / "annex.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfpack,exhibit,text,printed,")
    assert data.endswith(b",no\r\n")
    assert data.count(b"\r\n") == 1 + len(pack.exhibits)
    assert [row["text"] for row in rows] == [each.text for each in pack.exhibits]
    assert rows[1] == {
        "pack": "AM-2026-0042",
        "exhibit": "2",
        "text": pack.exhibits[1].text,
        "printed": pack.exhibits[1].text,
        "translations": "",
        "chosen": "yes",
        "critical": "no",
        "language": "en",
        "said_on": "2026-05-03",
        "collected_on": "2026-06-30",
        "verified_on": "",
        "source": "Spring survey",
        "url": "",
        "attribution": "Marie Example",
        "library": "Eastbrook Library",
        "area": "Port Example",
        "area_method": "form-library",
        "legal_basis": "consent",
        "themes": "study; warmth",
        "consents": "analyse; quote_unnamed",
        "appearances": "2",
        "item_id": "1002",
        "capture_sha256": pack.exhibits[1].capture_sha256,
        "text_sha256": pack.exhibits[1].text_sha256,
        "sample_data": "no",
    }


def test_annex_says_which_data_is_invented(pack: EvidencePack, german: EvidencePack, tmp_path: Path) -> None:
    assert {row["sample_data"] for row in _csv(german, tmp_path)} == {"yes"}
    book = _workbook(german, tmp_path)
    assert book["Über die Mappe"]["A1"].value == "Beispieldaten – erfundene Aussagen"
    for sheet in book.worksheets[1:4]:
        assert {row["sample_data"] for row in _rows(sheet)} == {"yes"}
    assert all("Beispieldaten" in sheet.oddHeader.center.text for sheet in book.worksheets)
    assert _json(german, tmp_path)["sample_data"] is True
    assert _json(pack, tmp_path)["sample_data"] is False
    assert _workbook(pack, tmp_path)["About"]["A1"].value == "Title"


@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack])
def test_workbook_holds_no_formula_and_no_link(make: Any, tmp_path: Path) -> None:
    book = _workbook(make(), tmp_path)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str) and cell.value[0] in "=+-@")
    with zipfile.ZipFile(tmp_path / "annex.xlsx") as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/work")}
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not any("<f>" in part for part in parts.values())


def test_sheets_are_ready_to_read(pack: EvidencePack, tmp_path: Path) -> None:
    book = _workbook(pack, tmp_path)
    assert book.sheetnames == ["About", "Quotes", "Themes", "Counts", "Codebook", "Made with", "Data dictionary"]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    assert [row["text"] for row in _rows(book["Quotes"])] == [each.text for each in pack.exhibits]
    assert book["Quotes"].column_dimensions["C"].width > 60
    assert book.properties.created == pack.as_of.replace(tzinfo=None)
    assert book.properties.creator == pack.sponsor


def test_every_column_is_explained(german: EvidencePack, tmp_path: Path) -> None:
    book = _workbook(german, tmp_path)
    explained = [(row["Blatt"], row["Spalte"]) for row in _rows(book["Spalten"])]
    assert explained == [(sheet.title, cell.value) for sheet in book.worksheets[1:6] for cell in sheet[1]]
    assert all(row["Bedeutung"] for row in _rows(book["Spalten"]))


def test_method_box_and_digest_are_in_the_workbook(pack: EvidencePack, tmp_path: Path) -> None:
    about = dict(_workbook(pack, tmp_path)["About"].iter_rows(min_col=1, max_col=2, values_only=True))
    assert about["Digest"] == pack.digest
    assert about["Newest fact used, UTC"] == "2026-07-03T09:30:00+00:00"
    assert json.loads(about["Query"]) == {"areas": ["Port Example"], "since": "2026-03-01", "title": "Port Example"}
    for heading, text in pack.method:
        assert about[heading] == text


def test_counts_add_up_and_hidden_ones_are_words(pack: EvidencePack, tmp_path: Path) -> None:
    book = _workbook(pack, tmp_path)
    counts = _rows(book["Counts"])
    left_out = [row["value"] for row in counts if row["kind"] == "left_out"]
    found = {row["kind"]: row["value"] for row in counts}
    assert found["found"] == found["statements"] + sum(left_out) == pack.found
    assert found["people"] == 371
    assert {row["label"]: row["value"] for row in counts}["French"] == "fewer than 5"
    themes = {row["theme"]: row for row in _rows(book["Themes"])}
    assert themes["warmth"]["statements"] == themes["warmth"]["people"] == "fewer than 5"
    assert themes["warmth"]["share"] is None
    assert themes["warmth"]["confirmed"] is None
    assert themes["loneliness"]["share"] == "14%"
    assert themes["loneliness"]["coding"].startswith(
        "checked on 120 statements drawn at random: precision 0.86 (0.78–0.93), recall 0.79 (0.70–0.87)"
    )
    assert [themes["loneliness"][name] for name in ("precision_low", "precision_high", "at_random")] == [
        0.78,
        0.925,
        "yes",
    ]
    assert themes["children"]["coding"].startswith("too rare among the 120 checked statements")
    assert themes["digital"]["coding"] == "machine suggestion, not yet measured on this campaign's statements"


def test_small_base_has_no_share_in_the_annex(pack: EvidencePack, tmp_path: Path) -> None:
    small = replace(pack, statements=29, found=235)
    assert {row["share"] for row in _rows(_workbook(small, tmp_path)["Themes"])} == {None}


def test_hostile_cells_are_neutralised_in_csv_and_untouched_in_json(hostile: EvidencePack, tmp_path: Path) -> None:
    rows = _csv(hostile, tmp_path)
    assert not any(value.startswith(tuple("=+-@＝\t\r")) for row in rows for value in row.values())
    document = _json(hostile, tmp_path)
    raw = [each["text"] for each in document["pack"]["exhibits"]]
    assert raw == [each.text for each in hostile.exhibits]
    assert [row["text"] for row in rows] == [neutralised(text) for text in raw]


def test_long_text_is_whole_in_csv_and_marked_where_excel_cannot_hold_it(pack: EvidencePack, tmp_path: Path) -> None:
    long = replace(pack, exhibits=(exhibit(1, LONG_TEXT), exhibit(2, "😀" * 20_000)))
    assert [row["text"] for row in _csv(long, tmp_path)] == [LONG_TEXT, "😀" * 20_000]
    texts = [row["text"] for row in _rows(_workbook(long, tmp_path)["Quotes"])]
    assert texts[0] == LONG_TEXT
    assert texts[1].endswith("😀 […]")
    assert len(texts[1].encode("utf-16-le")) <= 64_000


def test_json_holds_the_whole_pack_in_a_stable_order(pack: EvidencePack, tmp_path: Path) -> None:
    document = _json(pack, tmp_path)
    text = (tmp_path / "annex.json").read_text(encoding="utf-8")
    assert text == json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    assert document["schema_version"] == 1
    assert document["pack"]["as_of"] == "2026-07-03T09:30:00Z"
    assert document["pack"]["period"] == ["2026-03-01", "2026-06-30"]
    assert document["pack"]["languages"][-1] == {"label": "French", "value": None}
    assert document["pack"].keys() == EvidencePack.__dataclass_fields__.keys()


def _full(pack: EvidencePack) -> EvidencePack:
    """A pack in which every field holds something."""
    first = replace(
        pack.exhibits[0],
        quoted="On Thursdays […]",
        chosen=False,
        critical=True,
        translations=(Translation(language="de", text="Donnerstags"), Translation(language="fr", text="=Le jeudi")),
    )
    theme = replace(pack.themes[0], definition="Being with others", goals=(Goal(target="4.4", basis="a manifesto"),))
    return replace(
        pack,
        exhibits=(first, *pack.exhibits[1:]),
        themes=(theme, *pack.themes[1:]),
        libraries=(Count(label="Harbour Library", value=None),),
        critical=17,
        brand=Brand(name="Our Association", logo=Logo(data=b"\x89PNG\xff", media_type="image/png", alternative="us")),
        addressee=Recipient(key="a", name="A. Member"),
        widening=Widening(steps=(Count(label="Ward 7", value=None),), area="Port", least=30),
        choice=Choice(quotable=9, proposed=5, picked=2, kept_back=1, left_out=1),
        questions=("What does it mean to you?",),
        codebook="libraries 2",
        made_with=(("advocacy-monitor", "0.1.0"),),
    )


def test_json_is_read_back_as_the_same_pack(pack: EvidencePack, german: EvidencePack, tmp_path: Path) -> None:
    for made in (pack, german, _full(pack), replace(pack, period=None, query={})):
        read = msgspec.convert(_json(made, tmp_path)["pack"], EvidencePack)
        assert replace(read, query=made.query) == made  # a query's days come back as the texts that JSON has for them
        assert json.loads(plain_json(read.query)) == json.loads(plain_json(made.query))


def test_choices_translations_and_codebook_are_in_the_annex(pack: EvidencePack, tmp_path: Path) -> None:
    full = _full(pack)
    row = _csv(full, tmp_path)[0]
    assert (row["printed"], row["chosen"], row["critical"]) == ("On Thursdays […]", "no", "yes")
    assert row["translations"] == "de: Donnerstags\nfr: =Le jeudi"
    book = _workbook(full, tmp_path)
    counts = {(each["kind"], each["label"]): each["value"] for each in _rows(book["Counts"])}
    assert counts["library", "Harbour Library"] == counts["widened_from", "Ward 7"] == "fewer than 5"
    assert counts["critical", "Statements that a person marked as complaints"] == 17
    assert {kind: value for (kind, _), value in counts.items() if kind in ("quotable", "picked", "staff_left_out")} == {
        "quotable": 9,
        "picked": 2,
        "staff_left_out": 1,
    }
    loneliness = next(each for each in _rows(book["Codebook"]) if each["theme"] == "loneliness")
    assert (loneliness["definition"], loneliness["goals"]) == ("Being with others", "4.4: a manifesto")
    assert _rows(book["Made with"]) == [{"name": "advocacy-monitor", "version": "0.1.0"}]
    about = dict(book["About"].iter_rows(min_col=1, max_col=2, values_only=True))
    assert (
        about["Area"] == "This pack is about Port, because there were fewer than 30 statements: Ward 7 (fewer than 5)."
    )
    assert about["Sponsor"] == "Our Association"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_is_in_every_language(language: str, pack: EvidencePack, tmp_path: Path) -> None:
    book = _workbook(replace(pack, language=language), tmp_path)
    assert len(set(book.sheetnames)) == 7
    assert all(bool(sheet.sheet_view.rightToLeft) == (language == "ar") for sheet in book.worksheets)


def test_what_no_format_can_hold_is_refused(pack: EvidencePack, tmp_path: Path) -> None:
    broken = ThemeCount(code="a", title="A", statements=9, people=9, confirmed=0, precision=float("nan"))
    with pytest.raises(ExportError, match=r"annex\.json was not written"):
        _json(replace(pack, themes=(broken,)), tmp_path)
    with pytest.raises(ExportError, match=r"annex\.xlsx was not written"):
        _workbook(replace(pack, themes=(broken,)), tmp_path)
    with pytest.raises(ExportError, match="a pack cannot hold a object"):
        _json(replace(pack, query={"when": object()}), tmp_path)
    assert not any(tmp_path.iterdir())


@settings(max_examples=40, deadline=None)
@given(text=_ANY_TEXT)
@example(text="\r\n_x0041_ a\rb")
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    made = english_pack(exhibits=(exhibit(1, text, library=text),), as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert _json(made, folder)["pack"]["exhibits"][0]["text"] == text
    assert _csv(made, folder)[0]["text"] == neutralised(text)
    shown = _rows(_workbook(made, folder)["Quotes"])[0]["text"] or ""
    assert shown == storable(text).replace("\r\n", "\n").replace("\r", "\n")


def test_the_workbook_s_title_says_sample_data_and_turns_no_line_around(tmp_path: Path) -> None:
    XlsxExporter().export(hostile_pack(), tmp_path / "pack.xlsx")
    title = openpyxl.load_workbook(tmp_path / "pack.xlsx").properties.title
    assert title is not None
    assert title.startswith("Sample data: ")
    assert "\u202e" not in title
