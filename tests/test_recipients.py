"""The list of decision makers: read from every format, with every mistake at once, and written harmlessly."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exporters.cells import neutralised, starts_a_formula
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients import COLUMNS, by_key, read_list, read_recipients, with_keys, write_recipients
from advocacy_monitor.recipients_keys import LONGEST, is_key, made_key
from advocacy_monitor.recipients_rows import tidy

TABLE = """name;office;area;language;ask
Änne Müller;Mitglied des Stadtrats;Köln;de;Öffnen Sie sonntags
J. O'Neill;Member for Riverside;Riverside;EN;
"""


def _write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_table_is_read_in_the_encodings_and_with_the_separators_of_offices(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = _write(tmp_path / "r.csv", TABLE.replace(";", separator), encoding)
    found = read_list(path)
    assert [r.key for r in found.recipients] == ["aenne-mueller", "j-oneill"]
    assert found.recipients[0].name == "Änne Müller"
    assert found.recipients[0].ask == "Öffnen Sie sonntags"
    assert [r.language for r in found.recipients] == ["de", "en"]
    assert found.recipients[1].party == ""
    assert bool(found.notes) == (encoding == "cp1252")  # a guess is said


def test_a_workbook_and_yaml_say_the_same_as_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in TABLE.splitlines():
        book.active.append(line.split(";"))
    book.save(tmp_path / "r.xlsx")
    yaml = "recipients:\n- name: Änne Müller\n  office: Mitglied des Stadtrats\n  area: Köln\n  language: de\n"
    yaml += "  ask: Öffnen Sie sonntags\n- {name: J. O'Neill, office: Member for Riverside, area: Riverside, language: en}\n"
    expected = read_recipients(_write(tmp_path / "r.csv", TABLE))
    assert read_recipients(tmp_path / "r.xlsx") == expected
    assert read_recipients(_write(tmp_path / "r.yaml", yaml)) == expected
    bare = "\n".join(yaml.splitlines()[1:])
    assert read_recipients(_write(tmp_path / "bare.yml", bare)) == expected


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "r.csv",
        "key,name,language,area\n"
        "a,A. One,fr,North\n"
        ",,en,North\n"
        "a,B. Two,klingon,South\n"
        "../etc,C. Three,,\n"
        f"d,{'D' * 201},,\n"
        "e,E. Five,en,South,East\n",
    )
    with pytest.raises(ConfigError) as caught:
        read_recipients(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    assert f"{path}, row 7: has 5 cells, the columns are 4" in lines[0]
    assert lines[1] == f"{path}, row 3, name: is empty; every recipient needs a name"
    assert lines[2].startswith(f"{path}, row 4, language: found 'klingon', allowed are ar, de, en, es, fr, ru, zh")
    assert f"{path}, row 5, key: found '../etc', allowed are" in lines[3]
    assert "such as 'etc'" in lines[3]
    assert f"{path}, row 6, name: found" in lines[4]
    assert "201 characters, allowed are 200" in lines[4]
    assert lines[5] == f"{path}, row 4, key: found 'a', which row 2 has already; keys are unique"


def test_mistakes_in_yaml_have_their_line(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "r.yaml",
        "- name: A. One\n  language: xx\n- just a text\n- name: [B, Two]\n- name: C\n  name: D\n- office: nobody\n",
    )
    with pytest.raises(ConfigError) as caught:
        read_recipients(path)
    text = str(caught.value)
    assert f"{path}, line 3: must be a mapping" in text
    assert f"{path}, line 4, name: must be a text, found a sequence" in text
    assert f"{path}, line 6, name: stands twice in the same entry" in text
    assert f"{path}, line 1, language: found 'xx'" in text
    assert f"{path}, line 7, name: is empty" in text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("key,title\na,b\n", "has no column 'name' in row 1; found 'key', 'title'"),
        ("name\n", "has no recipient in it"),
        ("", "is empty"),
        ("%PDF-1.7 name", "is a PDF document"),
        ("name,name\na,b\n", "the column 'name' stands twice"),
        ('name,ask\nA,"never closed\nB,c\n', "a quotation mark is opened and never closed"),
    ],
)
def test_what_is_no_list_is_refused_in_words(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("(", r"\(")):
        read_recipients(_write(tmp_path / "r.csv", content))


@pytest.mark.parametrize("content", ["a: [", "- &a [*a]\n", "recipients: {}", "just words", "? [x]\n: y\n", ""])
def test_yaml_that_is_no_list_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError):
        read_recipients(_write(tmp_path / "r.yaml", content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.csv cannot be read"):
        read_recipients(tmp_path / "none.csv")


def test_unknown_columns_are_listed_and_not_kept(tmp_path: Path) -> None:
    path = _write(tmp_path / "r.csv", "Name,E-Mail,Offce\nA. One,a@example.org,Minister\n")
    found = read_list(path)
    assert found.unknown == ("E-Mail", "Offce (did you mean office?)")
    assert "example.org" not in repr(found.recipients)


def test_keys_are_unique_ascii_and_stay_when_the_list_is_sorted_anew(tmp_path: Path) -> None:
    rows = ["Ann Lee,North", "Ann Lee,South", "Ann Lee,", "ليلى,", "李娜,", "Ann Lee,"]
    text = "key,name,area\nann-lee,Someone Else,\n" + "\n".join(f",{row}" for row in rows)
    keys = [r.key for r in read_recipients(_write(tmp_path / "r.csv", text))]
    assert keys[:4] == ["ann-lee", "ann-lee-north", "ann-lee-south", "ann-lee-2"]
    assert keys[6] == "ann-lee-3"
    assert len(set(keys)) == len(keys)
    assert all(is_key(key) for key in keys)
    other = "name\n李娜\nليلى\n"
    assert [r.key for r in read_recipients(_write(tmp_path / "o.csv", other))] == [keys[5], keys[4]]


@pytest.mark.parametrize("bad", ["", "A", "ä", "a b", "../x", "-a", "con", "lpt1", "a" * (LONGEST + 1), "a.b", "a\n"])
def test_a_key_can_be_part_of_a_file_name_everywhere(bad: str) -> None:
    assert not is_key(bad)


@given(st.text(max_size=300), st.text(max_size=100), st.sets(st.sampled_from(["a", "ann", "r-x"])))
def test_a_made_key_is_a_key_and_free(name: str, area: str, taken: set[str]) -> None:
    every = set(taken)
    for _ in range(4):
        key = made_key(name, area, every)
        assert is_key(key)
        assert key not in every
        every.add(key)


_CELL = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "'=1+1", "''@SUM(A1)", "a;=b", "a;'=b", ";-)", ";-1", "'tis", "\u200b=1", "-5", "+49 1", "a;''-b", '"x"']
)


@given(st.lists(st.tuples(*[_CELL] * len(COLUMNS)), min_size=1, max_size=4))
def test_what_is_written_is_harmless_and_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path_factory.mktemp("r") / "recipients.csv"
    raw = [Recipient(**(dict(zip(COLUMNS, row, strict=True)) | {"key": "", "language": "de"})) for row in rows]
    recipients = [r for r in with_keys(raw) if r.name]
    if not recipients:
        return
    write_recipients(recipients, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                assert not starts_a_formula(cell)
                assert neutralised(cell) == cell
    assert read_recipients(path) == tuple(recipients)


def test_text_is_tidied_and_cannot_steer() -> None:
    assert tidy("  BÜND\u00adNIS\t90 \x1b[31m\u202egnp\u202c\nend\u2028x ") == "BÜNDNIS 90 [31mgnp end x"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


def test_a_recipient_is_found_by_key_and_near_ones_are_named() -> None:
    people = [Recipient(key="ann-lee", name="Ann Lee"), Recipient(key="bo", name="Bo")]
    assert by_key(people, "bo").name == "Bo"
    with pytest.raises(
        ConfigError, match=r"no recipient has the key 'ann-le' \(did you mean ann-lee\?\); there are: ann"
    ):
        by_key(people, "ann-le")
