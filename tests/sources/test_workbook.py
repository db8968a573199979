"""XLSX workbooks: real ones, written here with openpyxl, and damaged or swollen ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError, FatalSourceError, SourceError
from advocacy_monitor.sources.file import FileSource, recognise
from advocacy_monitor.sources.workbook import read_workbook


def saved(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows(path: Path, **given: Any) -> list[tuple[str, ...]]:
    return [row.cells for row in read_workbook(path.read_bytes(), where=path.name, **given).rows]


def test_an_export_as_a_workbook_is_recognised(tmp_path: Path) -> None:
    header = ["Timestamp", "Which library do you use?", "Your comment", "Visits", "Member", "E-mail", "Postcode"]
    answers: list[Any] = [
        datetime.fromisoformat("2020-04-03T10:00"),
        "Harrowmere",
        "Warm.\nQuiet.",
        3.0,
        True,
        "a@example.org",
        1067,
    ]
    path = saved(tmp_path / "answers.xlsx", Empty=[], Responses=[header, answers, [None] * 7], Notes=[["x"]])
    assert recognise(path) == "google-forms"
    source = FileSource(path=path)
    (page,) = source.pages(None)
    (item,) = page.items
    found: Any = item
    assert found.created_at.isoformat() == "2020-04-03T10:00:00+00:00"
    assert found.text == "Warm.\nQuiet."
    assert found.answers == {"Visits": "3", "Member": "TRUE"}
    assert (found.postcode, found.library, found.contact.email) == ("1067", "Harrowmere", "a@example.org")
    described = source.describe()
    assert described.sheet == "Responses"
    assert any("the sheets 'Notes' were not read" in note for note in described.notes)


def test_a_plain_workbook_takes_a_mapping_and_a_sheet(tmp_path: Path) -> None:
    path = saved(tmp_path / "plain.xlsx", One=[["a"], ["1"]], Two=[["Words", "When"], ["Good", date(2020, 5, 13)]])
    assert recognise(path) == "xlsx"
    mapping = {"sheet": "Two", "columns": {"text": "Words", "created_at": "When"}}
    (page,) = FileSource(path=path, mapping=mapping).pages(None)
    assert (page.items[0].text, page.items[0].created_at.day) == ("Good", 13)
    with pytest.raises(ConfigError, match="sheet 'Three' is not there; there are: One, Two"):
        list(FileSource(path=path, mapping={**mapping, "sheet": "Three"}).pages(None))
    with pytest.raises(FatalSourceError, match="is a workbook, not csv"):
        list(FileSource(path=path, format="csv", mapping=mapping).pages(None))


def test_cells_are_text_as_one_would_type_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "cells.xlsx", S=[[1, 2.5, 3.0, 1e20, True, None, "=1+1", "x"], ["only one"]])
    assert rows(path) == [("1", "2.5", "3", "1e+20", "TRUE", "", "", "x"), ("only one",)]


def test_formulas_give_the_value_that_was_last_shown(tmp_path: Path) -> None:
    path = saved(tmp_path / "formula.xlsx", S=[["n"], ["placeholder"]])
    edited = _with_part(path, "xl/worksheets/sheet1.xml", _formula_with_value)
    assert rows(edited) == [("n",), ("42",)]


def _formula_with_value(xml: bytes) -> bytes:
    start, end = xml.index(b'<c r="A2"'), xml.index(b"</c>", xml.index(b'<c r="A2"')) + 4
    return xml[:start] + b'<c r="A2"><f>40+2</f><v>42</v></c>' + xml[end:]


def _with_part(path: Path, name: str, change: Any) -> Path:
    edited = path.with_name("edited-" + path.name)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return edited


def test_a_sheet_that_claims_a_million_rows_is_read_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "claims.xlsx", S=[["n"], ["1"]])
    edited = _with_part(
        path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    )
    assert rows(edited) == [("n",), ("1",)]


def test_a_cell_far_to_the_right_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].cell(row=1, column=6000, value="x")
    path = tmp_path / "wide.xlsx"
    book.save(path)
    with pytest.raises(FatalSourceError, match="row 1 has more than 5,000 cells"):
        rows(path)


def test_a_workbook_that_swells_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = saved(tmp_path / "bomb.xlsx", S=[["n"], ["1"]])
    edited = _with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 5_000_000)
    assert edited.stat().st_size < 50_000
    with pytest.raises(FatalSourceError, match=r"would unpack to 5,\d+,\d+ bytes; at most 1,000,000"):
        rows(edited, limit=1_000_000)


def test_a_workbook_without_a_filled_cell(tmp_path: Path) -> None:
    path = saved(tmp_path / "empty.xlsx", A=[], B=[[None, " "]])
    with pytest.raises(FatalSourceError, match="without a single filled cell"):
        rows(path)


def _whole() -> bytes:
    """A workbook with a table of shared texts, which openpyxl does not write."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Timestamp", "Your comment"])
        sheet.write_row(1, 0, ["5/13/2020", "Good"])
    return buffer.getvalue()


WHOLE = _whole()


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, spot: int, value: int, cut: bool
) -> None:
    data = WHOLE[:spot] if cut else WHOLE[:spot] + bytes([value]) + WHOLE[spot + 1 :]
    path = tmp_path_factory.getbasetemp() / "damaged.xlsx"
    path.write_bytes(data)
    try:
        list(FileSource(path=path).pages(None))
    except (SourceError, ConfigError) as error:
        assert str(error)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (lambda xml: xml.replace(b"</row>", b""), {"xl/worksheets/sheet1.xml"}),
        (lambda xml: xml.replace(b't="s"', b't="z"'), set()),
        (lambda xml: xml.replace(b'r="A', b'r="!'), {"xl/worksheets/sheet1.xml"}),
        (lambda xml: xml.replace(b"<v>", b"<v>x"), {"xl/worksheets/sheet1.xml"}),
        (lambda _: b"<a/>", {"xl/workbook.xml", "[Content_Types].xml"}),
        (lambda _: b"", {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml"}),
    ],
)
def test_broken_xml_in_any_part_is_read_or_refused_in_words(tmp_path: Path, change: Any, refused: set[str]) -> None:
    path = tmp_path / "whole.xlsx"
    path.write_bytes(WHOLE)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    found = set()
    for name in names:
        try:
            list(FileSource(path=_with_part(path, name, change)).pages(None))
        except (SourceError, ConfigError):
            found.add(name)
    assert refused <= found


def test_entities_that_unfold_are_refused_or_left_alone(tmp_path: Path) -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    bomb = b'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">' + entities + b"]>"
    path = tmp_path / "whole.xlsx"
    path.write_bytes(WHOLE)

    def armed(xml: bytes) -> bytes:
        head, _, rest = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"", b"", xml)
        return (head + b"?>" if head else b"") + bomb + rest.replace(b"Good", b"&e9;").replace(b"<v>", b"<v>&e9;")

    for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
        with pytest.raises(FatalSourceError, match="damaged workbook"):
            list(FileSource(path=_with_part(path, name, armed)).pages(None))
