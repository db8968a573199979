"""Exports of Microsoft Forms and Formbricks: recognised, nobody's address taken for somebody's, unfinished ones out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Use
from advocacy_monitor.sources.file import FileSource, recognise
from tests.sources.survey_files import read, table

MAY = "You may quote me anonymously"
WORDS = "Tell us in your own words: what does your library mean to you?"


def workbook(tmp_path: Path, *rows: Sequence[object], name: str = "Your library(1-3).xlsx") -> Path:
    """An XLSX file as Microsoft Forms writes it, with real dates."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(list(row))
    path = tmp_path / name
    book.save(path)
    return path


def test_microsoft_forms(tmp_path: Path) -> None:
    start = datetime(2026, 5, 13, 10, 0)  # noqa: DTZ001 - a cell of a workbook knows no zone
    end = start + timedelta(minutes=4, seconds=30)
    head = [
        "ID",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        "Last modified time",
        WORDS,
        "What do you use?\xa0",
        MAY,
    ]
    path = workbook(
        tmp_path,
        head,
        [1, start, end, "anonymous", None, None, "The warm room.", "Books;Films;", "Yes"],
        [2, start, end, "ida@example.org", "Ida Example", None, "The staff.", None, "No"],
        [3, start, None, "Anonymous", None, None, "The quiet.", None, None],
    )
    assert recognise(path) == "microsoft-forms"
    items, rejects = read(path)
    assert not rejects
    assert [(item.source, item.source_id) for item in items] == [("survey:your-library", str(n)) for n in (1, 2, 3)]
    one, two, three = items
    assert (one.text, one.contact, one.consents) == ("The warm room.", None, frozenset({Use.QUOTE_UNNAMED}))
    assert one.answers == {"What do you use?": "Books;Films;"}
    assert one.created_at.isoformat() == "2026-05-13T10:04:30+00:00"
    assert two.contact is not None
    assert (two.contact.name, two.contact.email, two.consents) == ("Ida Example", "ida@example.org", frozenset())
    assert b"example.org" not in two.raw
    assert b"Ida" not in two.raw
    assert three.contact is None
    assert three.created_at.isoformat() == "2026-05-13T10:00:00+00:00"
    (berlin, *_), _ = read(path, mapping={"timezone": "Europe/Berlin"})
    assert berlin.created_at.isoformat() == "2026-05-13T08:04:30+00:00"
    notes = FileSource(path=path).describe().notes
    assert any("Microsoft Forms writes times without a zone" in note for note in notes)


@pytest.mark.parametrize(
    "head",
    [
        "ID,Startzeit,Fertigstellungszeit,E-Mail,Name,Was bedeutet Ihnen die Bücherei?",
        "Id,Heure de début,Heure de fin,Adresse de messagerie,Nom,Que signifie la bibliothèque ?",
        "ID,Hora de inicio,Hora de finalización,Correo electrónico,Nombre,¿Qué significa su biblioteca?",
        "ID,开始时间,完成时间,电子邮件,名称,图书馆对您意味着什么",
    ],
)
def test_microsoft_forms_in_other_languages(tmp_path: Path, head: str) -> None:
    text = f"{head}\n1,2026-05-13 10:00,2026-05-13 10:04,anonymous,,Ruhe\n2,2026-05-13,2026-05-14,a@example.org,Ida,Wärme\n"
    path = table(tmp_path, text)
    assert recognise(path) == "microsoft-forms"
    (one, two), rejects = read(path)
    assert not rejects
    assert (one.text, one.contact, one.answers) == ("Ruhe", None, {})
    assert two.contact is not None
    assert (two.contact.email, two.contact.name) == ("a@example.org", "Ida")


def test_dates_of_microsoft_forms_that_may_be_two_days_are_asked_about(tmp_path: Path) -> None:
    head = "ID,Start time,Completion time,Email,Name,Your comment\n"
    path = table(tmp_path, head + "1,3/4/26 10:00:00,3/4/26 10:01:00,anonymous,,Good\n")
    with pytest.raises(ConfigError, match="may be day/month or month/day"):
        read(path)
    (item,), _ = read(path, mapping={"date_format": "M/D/Y"})
    assert item.created_at.isoformat() == "2026-03-04T10:01:00+00:00"


FORMBRICKS = (
    '"No.","Response ID","Timestamp","Finished","Survey ID","Formbricks ID (internal)","User ID","Tags","url",'
    '"userAgent - browser","1. Which library?","2. In your own words","3. Postcode","4. You may quote me anonymously",'
    '"campaign","Verified Email"\n'
)


def test_formbricks(tmp_path: Path) -> None:
    link = "https://forms.example.org/s/1?email=ida%40example.org"
    rows = [
        f'1,r1,2026-05-13 10:00:00,Yes,s1,c1,ida-7,"a, b",{link},Firefox,Riverside,"The bus!",ZZ1,accepted,spring,',
        f"2,r2,2026-05-13 11:00:00,No,s1,,,,{link},Firefox,Riverside,Half an ans,,,,",
        f"3,r3,2026-05-13 12:00:00,Yes,s1,,,,{link},Firefox,Hilltop,,,,,ida@example.org",
    ]
    path = table(tmp_path, FORMBRICKS + "\n".join(rows))
    assert recognise(path) == "formbricks"
    items, rejects = read(path)
    assert [item.source_id for item in items] == ["r1", "r3"]
    assert [(reject.position, reject.reason) for reject in rejects] == [("row 3", "was not submitted: Finished is No")]
    one, three = items
    may = frozenset({Use.QUOTE_UNNAMED})
    assert (one.text, one.library, one.postcode, one.consents) == ("The bus!", "Riverside", "ZZ1", may)
    assert one.created_at.isoformat() == "2026-05-13T10:00:00+00:00"
    assert one.contact is not None
    assert set(one.contact.other.values()) == {"c1", "ida-7", link}
    assert three.contact is not None
    assert three.contact.email == "ida@example.org"
    assert all(hidden not in one.raw + three.raw for hidden in (b"ida", b"c1", b"example.org"))
    assert one.answers["campaign"] == "spring"
    columns = FileSource(path=path).describe().columns
    assert columns["text"] == ("2. In your own words",)


def test_words_are_looked_for_among_the_questions_of_formbricks_only(tmp_path: Path) -> None:
    head = "No.,Response ID,Timestamp,Finished,Survey ID,action,1. The best thing\n"
    long = "x" * 90
    path = table(
        tmp_path, head + f"1,r1,2026-05-13,Yes,s1,{long}1,{'y' * 50}\n2,r2,2026-05-13,Yes,s1,{long}2,{'z' * 50}\n"
    )
    items, _ = read(path)
    assert [item.text[0] for item in items] == ["y", "z"]
    (_, item), _ = read(path, mapping={"columns": {"text": "action"}})
    assert item.text.startswith("x")
