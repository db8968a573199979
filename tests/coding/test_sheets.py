"""Sheets for coders: blind, harmless, read whole or not at all, with every mistake named."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.rounds import draw_round
from advocacy_monitor.coding.sheets import read_sheet, write_sheet
from advocacy_monitor.errors import ConfigError, ExportError, ModerationError
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from tests.coding.conftest import answer, fill, say
from tests.conftest import make_post

Drawing = tuple[Round, list[Drawn]]
HEAD = [
    "round",
    "coder",
    "number",
    "text",
    "language",
    "jobs",
    "joy",
    "place",
    "print_copy",
    "none",
    "too_short",
    "note",
]


def _rows(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(path)
    rows = [[("" if c is None else str(c)) for c in row] for row in book["coding"].iter_rows(values_only=True)]
    book.close()
    return rows


def _save(path: Path, rows: list[list[str]]) -> Path:
    if path.suffix == ".csv":
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows(rows)  # as a German Excel saves it
        path.write_text(text.getvalue(), encoding="utf-8-sig")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            assert book.active is not None
            book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
        book.save(path)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_sheet_goes_out_and_comes_back(
    tmp_path: Path, store: Store, codebook: Codebook, drawn_round: Drawing, suffix: str
) -> None:
    round_, drawn = drawn_round
    path = tmp_path / f"anna{suffix}"
    assert write_sheet(store, codebook, round_, "Anna", path) == 8
    rows = _rows(path)
    assert rows[0] == HEAD
    assert [row[2] for row in rows[1:]] == [str(n) for n in range(1, 9)]
    assert all(row[:2] == ["first", "Anna"] and not any(row[5:]) for row in rows[1:])
    rows[1][5], rows[1][6], rows[1][11] = "x", "X", "sure"
    rows[2][9] = "ja"
    rows[3][10] = "1"
    rows[4][5], rows[4][6] = "no", "0"  # is no mark, so the row is empty
    _save(path, [rows[0], *reversed(rows[1:])])  # sorting does no harm
    filled = read_sheet(store, codebook, round_, "Anna", path)
    assert (filled.answered, filled.stored, filled.empty) == (3, 3, 5)
    answers = {each.item_id: (each.answer, each.themes, each.note) for each in store.rounds.codings(round_.id)}
    assert answers == {
        drawn[0].item_id: ("themes", ("jobs", "joy"), "sure"),
        drawn[1].item_id: ("none", (), ""),
        drawn[2].item_id: ("too_short", (), ""),
    }
    emptied = [rows[0], *([*row[:5], *[""] * len(row[5:])] for row in rows[1:])]
    nothing = read_sheet(store, codebook, round_, "Anna", _save(path, emptied))
    assert (nothing.answered, nothing.empty, nothing.kept) == (0, 8, 3)  # what was answered stands, and that is told
    _save(path, [rows[0], *reversed(rows[1:])])
    again = read_sheet(store, codebook, round_, "Anna", path)
    assert (again.answered, again.stored) == (3, 0)
    # The next sheet holds what this coder answered.
    write_sheet(store, codebook, round_, "Anna", path)
    assert _rows(path)[1][5:] == ["x", "x", "", "", "", "", "sure"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_sheet_is_blind(tmp_path: Path, store: Store, codebook: Codebook, suffix: str) -> None:
    item = fill(store, [make_post("I found a job there.", author_name="Rita Roe", author_handle="ritaroe")])[0]
    say(store, item, "theme", "print_copy", score=0.5)
    round_, _ = draw_round(store, codebook, "one", made_by="Kim")
    answer(store, codebook, round_, "Ben", {1: "joy"})
    path = tmp_path / f"anna{suffix}"
    write_sheet(store, codebook, round_, "Anna", path)
    rows = _rows(path)
    assert rows[1] == ["one", "Anna", "1", "I found a job there.", "und", *[""] * 7]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_cell_runs_as_a_formula(tmp_path: Path, store: Store, codebook: Codebook, suffix: str) -> None:
    texts = ['=HYPERLINK("http://example.org")', "+1", "@SUM(A1)", "-2+3", "\t=1", "good;=cmd|'/c calc'!A1"]
    fill(store, [make_post(text) for text in texts])
    round_, _ = draw_round(store, codebook, "one", size=6, made_by="Kim")
    path = tmp_path / f"anna{suffix}"
    write_sheet(store, codebook, round_, "Anna", path)
    if suffix == ".csv":
        cells = [cell for row in _rows(path)[1:] for cell in row]
        assert not [cell for cell in cells if cell.strip()[:1] in "=+@-\t" and cell.strip()]
        assert any(";'=cmd" in cell for cell in cells)
    else:
        book = openpyxl.load_workbook(path)
        types = {cell.data_type for row in book["coding"].iter_rows(min_row=2) for cell in row if cell.value}
        book.close()
        assert types == {"s", "n"}
    rows = _rows(path)
    rows[1][5] = "x"
    assert read_sheet(store, codebook, round_, "Anna", _save(path, rows)).stored == 1


def test_every_mistake_is_named_and_nothing_is_stored(
    tmp_path: Path, store: Store, codebook: Codebook, drawn_round: Drawing
) -> None:
    round_, _ = drawn_round
    path = tmp_path / "anna.csv"
    write_sheet(store, codebook, round_, "Anna", path)
    rows = _rows(path)
    rows[1][5] = "x"  # right, and not stored all the same
    rows[2][6] = "maybe"
    rows[3][5], rows[3][9] = "x", "x"
    rows[4][9], rows[4][10] = "x", "x"
    rows[5][2] = "99"
    rows[6][2] = "1"
    rows[7][1] = "Ben"
    rows[8][0] = "second"
    _save(path, rows)
    with pytest.raises(ConfigError) as caught:
        read_sheet(store, codebook, round_, "Anna", path)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{path}: nothing was stored; correct this and import the whole sheet again"
    assert lines[1:] == [
        "row 3, column joy: found 'maybe'; expected x or nothing",
        "row 4, column none: is marked together with jobs; it can only stand alone",
        "row 5, column too_short: is marked together with none; only one of them can be meant",
        "row 6, column number: '99' is no number of a statement of this round",
        "row 7, column number: 1 stands in row 2 already",
        "row 8, column coder: found 'Ben', but this is to be the sheet of 'Anna'",
        "row 9, column round: found 'second', but this is to be the sheet of 'first'",
    ]
    assert store.rounds.codings(round_.id) == []


def test_the_heading_must_fit(tmp_path: Path, store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    path = tmp_path / "anna.csv"
    head = ["round", "coder", "Number", "text", "language", "jobs", "jobs", "place", "prints", "none", "too_short"]
    _save(path, [head, ["first", "Anna", "1"]])
    with pytest.raises(ConfigError) as caught:
        read_sheet(store, codebook, drawn_round[0], "Anna", path)
    assert str(caught.value).splitlines()[1:] == [
        "row 1: the column 'joy' is missing",
        "row 1: the column 'print_copy' is missing",
        "row 1, column G: 'jobs' stands there twice",
        "row 1, column I: 'prints' is no theme of the codebook",
    ]


def test_files_that_are_no_sheets(tmp_path: Path, store: Store, codebook: Codebook, drawn_round: Drawing) -> None:
    round_, _ = drawn_round
    path = tmp_path / "anna.pdf"
    with pytest.raises(ConfigError, match=r"must end in \.csv or \.xlsx"):
        write_sheet(store, codebook, round_, "Anna", path)
    path.write_bytes(b"%PDF-1.7 and so on")
    with pytest.raises(ConfigError, match="is a PDF document"):
        read_sheet(store, codebook, round_, "Anna", path)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 xl/ broken")
    with pytest.raises(ConfigError, match="damaged workbook"):
        read_sheet(store, codebook, round_, "Anna", tmp_path / "broken.xlsx")
    with pytest.raises(ExportError, match="its folder does not exist"):
        write_sheet(store, codebook, round_, "Anna", tmp_path / "no" / "anna.csv")


def test_a_sheet_for_a_closed_round_is_refused(
    tmp_path: Path, store: Store, codebook: Codebook, drawn_round: Drawing
) -> None:
    from advocacy_monitor.coding.settling import close_round

    round_, _ = drawn_round
    path = tmp_path / "anna.csv"
    write_sheet(store, codebook, round_, "Anna", path)
    answer(store, codebook, round_, "Ben", {1: "jobs"})
    close_round(store, round_, by="Carla", single_coder=True)
    rows = _rows(path)
    rows[1][5] = "x"
    with pytest.raises(ModerationError, match="was closed"):
        read_sheet(store, codebook, round_, "Anna", _save(path, rows))
