"""Surveys: exports that are recognised, and where contact details go."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError, FatalSourceError, SourceError
from advocacy_monitor.models import Contact
from advocacy_monitor.sources.contact_details import mentions_contact, shown
from advocacy_monitor.sources.file import FileSource, recognise
from tests.sources.survey_files import read, table

CASES = sorted((Path(__file__).parent / "payloads" / "surveys").glob("*.json"))


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Contact):
        return {"name": value.name, "email": value.email, "phone": value.phone, "other": dict(value.other)}
    return dict(value) if isinstance(value, Mapping) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_survey_is_read_as_its_case_says(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    file = path.with_suffix(".csv")
    items, rejects = read(file, **case["settings"])
    found = [
        {name: _as_json(getattr(item, name)) for name in wanted}
        for item, wanted in zip(items, case["items"], strict=True)
    ]
    assert found == case["items"]
    assert [reject.position for reject in rejects] == [position for position, _ in case["rejects"]]
    for reject, (_, reason) in zip(rejects, case["rejects"], strict=True):
        assert reason in reject.reason
    described = FileSource(path=file, **case["settings"]).describe()
    assert (described.format, described.encoding, described.source) == (
        *(case["format"], case["encoding"]),
        case["source"],
    )
    for note in case["notes"]:
        assert any(note in said for said in described.notes)
    assert recognise(file) == case["format"]
    assert {item.source for item in items} == {case["source"]}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_contact_details_are_in_the_contact_and_nowhere_else(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    items, _ = read(path.with_suffix(".csv"), **case["settings"])
    for item in items:
        if item.contact is None:
            continue
        known = [item.contact.email, item.contact.phone, *item.contact.other.values()]
        elsewhere = f"{item.raw.decode()} {item.answers} {item.source_id} {item.text} {item.library} {item.area}"
        for detail in known:
            assert detail is None or detail not in elsewhere
        assert json.loads(item.raw).keys().isdisjoint(item.contact.other)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_second_reading_gives_the_same_ids(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    first, _ = read(path.with_suffix(".csv"), **case["settings"])
    second, _ = read(path.with_suffix(".csv"), **case["settings"], page_size=1)
    assert [item.source_id for item in first] == [item.source_id for item in second]
    assert [item.raw for item in first] == [item.raw for item in second]


def test_a_row_that_swallowed_the_rest_is_kept_as_it_stands_in_the_file(tmp_path: Path) -> None:
    path = table(tmp_path, 'Timestamp,Your comment\n5/13/2020,Good\n5/13/2020,"Open\n5/14/2020,Lost?\n')
    items, rejects = read(path)
    assert [item.text for item in items] == ["Good"]
    assert [json.loads(reject.payload) for reject in rejects] == [["5/13/2020", "Open\n5/14/2020,Lost?\n"]]


def test_two_people_who_answer_alike_both_count(tmp_path: Path) -> None:
    rows = "Timestamp,Your comment,Name\n" + "5/13/2020,Good,Ida\n5/13/2020,Good,Bo\n5/14/2020,Good,Ida\n"
    items, _ = read(table(tmp_path, rows))
    assert len({item.source_id for item in items}) == 3
    more, _ = read(table(tmp_path, rows + "5/13/2020,Good,Ann\n"))
    assert [item.source_id for item in more[:3]] == [item.source_id for item in items]


def test_what_tells_who_somebody_is_does_not_change_the_id(tmp_path: Path) -> None:
    """Otherwise anybody who sees the ids could try names and addresses against them."""
    (first,), _ = read(table(tmp_path, "Timestamp,Your comment,E-mail\n5/13/2020,Good,a@example.org\n"))
    (second,), _ = read(table(tmp_path, "Timestamp,Your comment,E-mail\n5/13/2020,Good,b@example.org\n"))
    assert first.source_id == second.source_id


def test_a_long_question_for_a_name_is_contact_unless_it_is_answered_with_ticks(tmp_path: Path) -> None:
    question = "If you want to be thanked in the book please leave your name"
    assert mentions_contact(question)
    (item,), _ = read(table(tmp_path, f"Timestamp,Your comment,{question}\n5/13/2020,Good,Ida Example\n"))
    assert item.contact == Contact(other={question: "Ida Example"})
    assert b"Ida" not in item.raw
    (item,), _ = read(table(tmp_path, "Timestamp,Your comment,May we print your name?\n5/13/2020,Good,Yes\n"))
    assert item.contact is None
    assert item.answers == {"May we print your name?": "Yes"}


def test_a_name_that_looks_like_a_yes_is_a_name(tmp_path: Path) -> None:
    (item,), _ = read(table(tmp_path, "Timestamp,Your comment,Name\n5/13/2020,Good,Si\n"))
    assert item.contact == Contact(name="Si")
    assert b"Si" not in item.raw


def test_two_columns_for_one_use_are_none(tmp_path: Path) -> None:
    text = "Timestamp,Your comment,You may quote me anonymously,May we quote you anonymously?\n5/13/2020,Good,Yes,No\n"
    path = table(tmp_path, text)
    (item,), _ = read(path)
    assert item.consents == frozenset()
    assert any("several columns ask for quote_unnamed" in note for note in FileSource(path=path).describe().notes)


def test_without_consent_columns_there_is_no_consent(tmp_path: Path) -> None:
    path = table(tmp_path, "Timestamp,Your comment\n5/13/2020,Good\n")
    (item,), _ = read(path)
    assert item.consents == frozenset()
    assert any("no consents were recognised" in note for note in FileSource(path=path).describe().notes)


def test_without_a_telling_header_the_longest_answers_are_the_words(tmp_path: Path) -> None:
    rows = [
        (
            "The staff know every child by name and never make anybody feel small.",
            "Books, Films, Music, Newspapers and so on",
            "a",
        ),
        (
            "My grandson built his first robot there and talked about nothing else.",
            "Books, Films, Music, Newspapers and so on",
            "b",
        ),
        (
            "Warm in winter, and nobody asks what you are doing there all day long.",
            "Books, Films, Music, Newspapers and so on",
            "c",
        ),
    ]
    text = "Timestamp,Q1,Q2,Q3\n" + "".join(f'5/13/2020,"{one}","{two}",{three}\n' for one, two, three in rows)
    items, _ = read(table(tmp_path, text))
    assert [item.text for item in items] == [one for one, _, _ in rows]
    assert items[0].answers == {"Q2": "Books, Films, Music, Newspapers and so on", "Q3": "a"}


def test_a_file_without_a_header_is_refused_without_showing_anybody(tmp_path: Path) -> None:
    path = table(tmp_path, "Ida Example,ida@example.org,I love it\nBo,bo@example.org,Me too\n")
    for settings_ in ({}, {"mapping": {"columns": {"text": "Words"}}}, {"format": "google-forms"}):
        with pytest.raises(FatalSourceError, match="no header row") as caught:
            read(path, **settings_)
        assert "Ida" not in str(caught.value)
        assert "example.org" not in str(caught.value)
    assert "example.org" not in shown(["ida@example.org"])


def test_a_date_that_is_an_address_is_not_said_aloud(tmp_path: Path) -> None:
    _, rejects = read(table(tmp_path, "Timestamp,Your comment\nida@example.org,Good\n"))
    assert "a contact detail" in rejects[0].reason
    assert "ida" not in rejects[0].reason


_CELLS = st.lists(st.text(alphabet='ab1 ,;"\n\r\tü@./-', max_size=6), min_size=1, max_size=5)


@given(st.lists(_CELLS, max_size=6), st.sampled_from(["Timestamp", "Respondent ID", "id;submitdate;seed", "Words"]))
@settings(max_examples=150, deadline=None)
def test_every_row_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], first: str
) -> None:
    """Whatever stands in the cells: as many items and rejects as rows that are not blank, or one clear error."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    header = [first, "Your comment", "x", "y", "z"]
    writer.writerow(header)
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("rows") / "answers.csv"
    path.write_bytes(buffer.getvalue().encode())
    try:
        items, rejects = read(path, mapping={"columns": {"text": "Your comment"}, "delimiter": ","})
    except (SourceError, ConfigError) as error:
        assert str(error)
    else:
        blank = sum(not any(cell.strip() for cell in row) for row in rows)
        second_header = first == "Respondent ID" and bool(rows) and _second_header(rows)
        assert len(items) + len(rejects) == len(rows) - blank - second_header


def _second_header(rows: list[list[str]]) -> bool:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    return bool(filled) and not filled[0][0].strip()


def test_every_recorded_survey_is_read_whole(recordings: Callable[[str], Path]) -> None:
    folder = recordings("surveys")
    expected = {
        "surveymonkey_StarWars.csv": ("surveymonkey", 1186),
        "surveymonkey_comma-survey.csv": ("surveymonkey", 1129),
        "googleforms_autistica_form_responses.csv": ("google-forms", 42),
        "limesurvey_rc_export_responses.csv": ("limesurvey", 1),
        "limesurvey_rc_export_responses.b64.txt": ("limesurvey", 1),
        "typeform_webhook_2017.json": ("typeform", 1),
    }
    for name, (format_, count) in expected.items():
        path = folder / name
        items, rejects = read(path)
        assert (recognise(path), len(items), rejects) == (format_, count, [])
        assert len({item.source_id for item in items}) == count
        assert all(item.answers for item in items)
        assert all(not item.consents for item in items)
