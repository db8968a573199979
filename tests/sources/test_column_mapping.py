"""Tables of one's own, with a column mapping; what is wrong with it is said with file, line and key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.models import Contact, Use
from advocacy_monitor.sources.file import formats
from tests.sources.survey_files import read, table


def test_dates_that_nothing_settles_are_asked_about_once(tmp_path: Path) -> None:
    path = table(tmp_path, "When,What\n3/4/2020,a\n5/6/2020,b\n")
    mapping: dict[str, Any] = {"columns": {"created_at": "When", "text": "What"}}
    with pytest.raises(ConfigError, match=r"2 dates such as '3/4/2020' in 'When' may be day/month .* date_format"):
        read(path, mapping=mapping)
    items, _ = read(path, mapping={**mapping, "date_format": "d.m.y"})
    assert [item.created_at.month for item in items] == [4, 6]


def test_in_a_column_of_both_orders_the_doubtful_dates_are_set_aside(tmp_path: Path) -> None:
    path = table(tmp_path, "When,What\n25/4/2020,a\n4/25/2020,b\n3/4/2020,c\n")
    items, rejects = read(path, mapping={"columns": {"created_at": "When", "text": "What"}})
    assert [item.text for item in items] == ["a", "b"]
    assert "may be day/month or month/day" in rejects[0].reason
    assert json.loads(rejects[0].payload) == ["3/4/2020", "c"]


def _refused(path: Path, mapping: object) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path, mapping=mapping)
    return str(caught.value)


def test_a_mapping_that_does_not_fit_is_said_with_file_line_key_and_columns(tmp_path: Path) -> None:
    path = table(tmp_path, "When,Library name,Words,Words\n1,2,3,4\n")
    file = tmp_path / "columns.yaml"
    cases = {
        "columns:\n  text: Wordz\n": "columns.yaml, line 2, columns.text: there is no column 'Wordz' (did you mean 'Words'?); "
        "the columns are 'When', 'Library name', 'Words', 'Words (2)'",
        "columns:\n  text: Words\n": "the header 'Words' stands there 2 times (columns 3, 4)",
        "columns:\n  text: When\n  library: When\n": "line 3, columns.library: column 'When' is already taken for columns.text",
        "columns:\n  txt: When\n": "line 2, columns.txt: unknown key (did you mean 'text'?)",
        "columns:\n  text: When\n  consents: {quoted: When}\n": "line 3, columns.consents.quoted: found 'quoted'",
        "columns: {text: When}\ndate_format: Y/D/M\n": "line 2, date_format: found 'Y/D/M' (did you mean 'M/D/Y'?); allowed: D/M/Y, M/D/Y, Y-M-D",
        "columns: {text: When}\ntimezone: Berlin/Mitte\n": "line 2, timezone: is no time zone",
        "columns: {text: When}\ncolumns: {}\n": "line 2, columns: stands there a second time (first on line 1)",
        "columns: {text: &a When, id: *a}\n": "aliases",
        "- text\n": "holds no keys",
        "columns: [": "is not YAML",
        "columns: {text: When}\nencoding: klingon\n": "encoding 'klingon' is not known",
        "columns: {text: When}\nencoding: utf-32\n": "is not in the encoding 'utf-32'",
        "columns: {text: When}\ndelimiter: ';;'\n": "delimiter is ';;'",
    }
    for text, message in cases.items():
        file.write_text(text)
        assert message in _refused(path, file), text
    assert "cannot be read" in _refused(path, tmp_path / "missing.yaml")
    file.write_bytes(b"columns: {text: \xff}")
    assert "not UTF-8" in _refused(path, file)


def test_values_in_yaml_stay_what_was_typed(tmp_path: Path) -> None:
    path = table(tmp_path, "2020,no,May we quote you anonymously?\na,b,on\nc,d,off\n")
    file = tmp_path / "columns.yaml"
    file.write_text(
        "columns:\n  text: 2020\n  consents:\n    quote_unnamed: May we quote you anonymously?\nyes: [on, no]\n"
    )
    items, _ = read(path, mapping=file)
    assert [item.consents for item in items] == [{Use.QUOTE_UNNAMED}, frozenset()]
    assert [item.answers["no"] for item in items] == ["b", "d"]


def test_a_consent_may_be_one_option_of_a_column(tmp_path: Path) -> None:
    path = table(tmp_path, 'Words,Use\na,"count, quote, unnamed"\nb,"quote, unnamed"\nc,count\n')
    consents = {
        "analyse": {"column": "Use", "answer": "count"},
        "quote_unnamed": {"column": "Use", "answer": "quote, unnamed"},
    }
    items, _ = read(path, mapping={"columns": {"text": "Words", "consents": consents}})
    assert [sorted(item.consents) for item in items] == [["analyse", "quote_unnamed"], ["quote_unnamed"], ["analyse"]]


def test_a_plain_table_asks_for_a_mapping_and_suggests_one(tmp_path: Path) -> None:
    words = "The staff know every child by name and never make anybody feel small."
    path = table(tmp_path, f"Nr,Answer,Name\n1,{words},Ida\n")
    with pytest.raises(
        ConfigError, match=r"needs a column mapping .*\{text: 'Answer'\}.*columns are 'Nr', 'Answer', 'Name'"
    ):
        read(path)


def test_an_id_must_not_be_an_address(tmp_path: Path) -> None:
    path = table(tmp_path, "E-mail,Nr,Words\na@example.org,b@example.org,x\n")
    assert "a contact detail cannot be the id" in _refused(path, {"columns": {"text": "Words", "id": "E-mail"}})
    items, rejects = read(path, mapping={"columns": {"text": "Words", "id": "Nr"}})
    assert not items
    assert "its id is an e-mail address" in rejects[0].reason
    assert "example.org" not in rejects[0].reason


def test_what_the_user_says_must_be_so(tmp_path: Path) -> None:
    path = table(tmp_path, "When,What\n1,2\n")
    with pytest.raises(FatalSourceError, match=r"no export of limesurvey: .*the columns found are 'When', 'What'"):
        read(path, format="limesurvey")
    with pytest.raises(FatalSourceError, match="is no workbook, not xlsx"):
        read(path, format="xlsx")


def test_a_mapping_wins_over_what_is_recognised(tmp_path: Path) -> None:
    path = table(
        tmp_path, "Timestamp,Your comment,Other,Which library?,E-mail\n5/13/2020,Good,Better,L,a@example.org\n"
    )
    (item,), _ = read(path, mapping={"columns": {"text": "Other"}})
    assert item.text == "Better"
    assert item.answers == {"Your comment": "Good"}
    assert (item.library, item.created_at.day) == ("L", 13)
    assert item.contact == Contact(email="a@example.org")
    (item,), _ = read(path, format="csv", mapping={"columns": {"text": "Other"}})
    assert item.library is None
    assert item.answers["Timestamp"] == "5/13/2020"
    assert item.contact == Contact(email="a@example.org")


def test_languages_links_and_odd_cells(tmp_path: Path) -> None:
    text = "Words,Lang,Link\na,Deutsch,https://example.org/1\nb,pt-BR,javascript:alert(1)\nc,Platt,\n"
    items, _ = read(table(tmp_path, text), mapping={"columns": {"text": "Words", "language": "Lang", "url": "Link"}})
    assert [item.language for item in items] == ["de", "pt-BR", None]
    assert [item.url for item in items] == ["https://example.org/1", None, None]
    assert items[2].answers["Lang"] == "Platt"


def test_the_mapping_in_the_how_to_works_as_written(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "import-a-file.md").read_text("utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "columns.yaml"
    file.write_text(text, "utf-8")
    header = "Number\tWhen\tBranch\tCouncil\tPostcode\tAge\tLanguage\tWhat do you like?\tWhat did you miss?"
    contact = "Full name\tE-mail\tStreet\tTown\tWe may count this\tWhat may we do?"
    row = "7\t3/4/2026\tHarrowmere\tRiverside\tZZ1\t65+\tGerman\tDie Wärme\tNichts"
    person = "Ida\tida@example.org\tLane 1\tTown\tgern\tQuote me without my name; Print it"
    path = tmp_path / "answers.csv"
    path.write_bytes(f"{header}\t{contact}\n{row}\t{person}\n".encode("cp1252"))
    (item,), rejects = read(path, mapping=file)
    assert not rejects
    assert (item.source, item.source_id) == ("survey:spring-survey-2026", "7")
    assert item.text == "Die Wärme\n\nNichts"
    assert item.created_at.isoformat() == "2026-04-02T22:00:00+00:00"
    assert item.consents == {Use.ANALYSE, Use.QUOTE_UNNAMED}
    assert (item.library, item.area, item.postcode, item.language) == ("Harrowmere", "Riverside", "ZZ1", "de")
    assert item.contact == Contact(name="Ida", email="ida@example.org", other={"Street": "Lane 1", "Town": "Town"})
    for name, what in formats().items():
        assert f"| `{name}` | {what} |" in page
