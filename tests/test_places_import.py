"""Registers of libraries and tables of postcodes become the campaign's plain lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from advocacy_monitor.cli_places import places
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.gazetteer import read_gazetteer
from advocacy_monitor.places_import import read_table, write_places

REGISTER = """Library Name;Address;Post Code;Local Authority;Town;Lat;Long
Central Library;1 High St;ZZ1 1AA;Riverside Council;Rivertown;51,5;-0,1
Mobile;;;;;;
Mere Library;2 Low St;ZZ1 1AB;Harrowmere Council;Merebridge;51,6;-0,2
Mere Library;2 Low St;ZZ1 1AB;Harrowmere Council;Merebridge;51,6;-0,2
"""


def test_a_register_is_recognised_by_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(REGISTER.encode("cp1252"))
    found = read_table(path, "libraries")
    assert found.columns == {
        "library": "Library Name",
        "area": "Local Authority",
        "postcode": "Post Code",
        "municipality": "Town",
        "latitude": "Lat",
        "longitude": "Long",
    }
    assert [row["library"] for row in found.rows] == ["Central Library", "Mere Library"]
    assert (found.read, found.unused) == (4, ("Address",))
    assert found.left_out == (f"{path}, row 3: area empty",)


def test_the_person_s_choice_goes_before_the_heading(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Name,Region,Ward\nMere Library,North,Seven\n", encoding="utf-8")
    assert read_table(path, "libraries").rows[0]["area"] == "North"
    assert read_table(path, "libraries", {"area": "ward"}).rows[0]["area"] == "Seven"
    with pytest.raises(ConfigError, match="has no column 'County' for area; its columns are 'Name', 'Region', 'Ward'"):
        read_table(path, "libraries", {"area": "County"})
    with pytest.raises(ConfigError, match="there is no such field"):
        read_table(path, "libraries", {"ward": "Ward"})


def test_a_table_without_what_is_needed_says_how_to_name_it(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("code,seat\n9901,Riverside\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"no column was recognised as postcode or area.*--column 'postcode=code'"):
        read_table(path, "postcodes")
    found = read_table(path, "postcodes", {"postcode": "code", "area": "seat"})
    assert write_places(tmp_path / "postcodes.csv", "postcodes", found.rows) == 1
    assert read_gazetteer(None, tmp_path / "postcodes.csv").postcode("9901")


def test_the_command_line_imports_checks_and_tries(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "campaign: {name: Voices, sponsor: A, contact: b@example.org, libraries: libraries.csv}\n", encoding="utf-8"
    )
    register = tmp_path / "register.csv"
    register.write_text(REGISTER + "Central Library;;ZZ9 9ZZ;Elsewhere Council;;;\n", encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(places, list(words), obj=config)
        return result.exit_code, result.output + (str(result.exception) if result.exception else "")

    code, said = run("import", str(register))
    assert code == 0
    assert "3 of 5 rows written" in said
    assert "1 were there twice" in said
    assert "area empty" in said
    code, said = run("import", str(register))
    assert code == 1
    assert "exists; give --replace" in said
    code, said = run("check")
    assert "library 'central library': lies in 2 areas (Elsewhere Council, Riverside Council)" in said
    code, said = run("find", "--json", "I love Mere Library")
    assert json.loads(said)["area"] == "Harrowmere Council"
    assert run("import", str(register), "--replace", "--column", "nonsense")[0] == 2


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be written"):
        write_places(tmp_path / "file" / "libraries.csv", "libraries", [])
