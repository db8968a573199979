"""`pack verify` and `pack diff` as a journalist and as the association calls them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli_pack_check import diff, verify
from advocacy_monitor.models import Use
from advocacy_monitor.pack import compile_pack
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_submission
from tests.exporters.sample_packs import english_pack, hostile_pack
from tests.exporters.sealed_packs import bundle, contents, packed, sealed
from tests.test_pack import CONFIG, QUERY, TITLES, approve, checked, fill


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    return bundle(sealed(english_pack()), tmp_path / "pack.zip", "csv")


def _run(*arguments: object, config: Path | None = None) -> Result:
    return CliRunner().invoke(verify, [str(each) for each in arguments], obj=config)


def test_it_works_where_there_is_no_campaign(zipped: Path, tmp_path: Path) -> None:
    done = _run(zipped, config=tmp_path / "config.yaml")
    assert done.exit_code == 0, done.output
    assert sealed(english_pack()).digest in done.output
    assert "not possible  database: there was no database" in done.output
    assert "ask the publisher" in done.output
    assert done.stderr == ""


def test_a_changed_pack_ends_with_one(zipped: Path, tmp_path: Path) -> None:
    files = {name: data.replace(b"husband", b"brother") for name, data in contents(zipped).items()}
    done = _run(packed(files, tmp_path / "changed.zip"))
    assert done.exit_code == 1
    assert "do not rely on this file" in done.output
    assert "(exhibit 1)" in done.output


def test_as_json(zipped: Path) -> None:
    done = _run(zipped, "--json")
    said = json.loads(done.stdout)
    assert (said["failed"], said["number"]) == (False, sealed(english_pack()).number)
    assert {each["outcome"] for each in said["checks"]} == {"ok", "not possible"}


def test_a_hostile_pack_does_not_steer_the_terminal(tmp_path: Path) -> None:
    done = _run(bundle(sealed(hostile_pack()), tmp_path / "pack.zip", "csv"))
    assert done.exit_code == 0
    assert not {"\x1b", "\x00", "\u202e"} & set(done.output)


def test_what_cannot_be_read_is_said_and_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    done = _run(tmp_path / "a.zip")
    assert done.exit_code == 1
    assert "no pack" in done.output
    assert "not readable as JSON" in done.output
    assert _run(tmp_path / "none.zip").exit_code == 2


def test_a_config_that_cannot_be_read_is_told_and_is_no_hindrance(zipped: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("campaign: [")
    done = _run(zipped, config=tmp_path / "config.yaml")
    assert done.exit_code == 0
    assert "not compared with a database: " in done.stderr
    done = _run(zipped, "--no-database", config=tmp_path / "config.yaml")
    assert done.stderr == ""
    done = _run(zipped, "--database", config=tmp_path / "config.yaml")
    assert done.exit_code != 0
    assert done.exception is not None


def test_with_the_campaign_s_database_it_says_what_was_withdrawn(store: Store, clock: Clock, tmp_path: Path) -> None:
    fill(store, make_submission("It is warm."), make_submission("It is quiet."))
    checked(store)
    approve(store, clock)
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    store.packs.add(pack)
    path = bundle(pack, tmp_path / "pack.zip", "csv")
    config = tmp_path / "config.yaml"
    config.write_text(
        f"campaign: {{name: Test, sponsor: Association, contact: info@example.org}}\ndatabase: {store.path.name}\n"
    )
    done = _run(path, config=config)
    assert done.exit_code == 0, done.output + done.stderr
    assert "ok            may be quoted: 2 quotes" in done.output
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=False, proof="mail")
    done = _run(path, config=config)
    assert done.exit_code == 1
    assert "item 1: there is no consent to be quoted" in done.output
    assert _run(path, "--no-database", config=config).exit_code == 0


def test_records_are_compared(zipped: Path, tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    done = _run(zipped, "--captures", tmp_path / "records")
    assert "not possible  captures: the records of these quotes are not in the folder" in done.output


def test_diff_in_words_and_as_json(zipped: Path, tmp_path: Path) -> None:
    pack = english_pack(people=372)
    newer = bundle(sealed(replace(pack, exhibits=pack.exhibits[:-1])), tmp_path / "newer.zip", "csv")
    done = CliRunner().invoke(diff, [str(zipped), str(newer)])
    assert done.exit_code == 0, done.output
    assert "  people: 371 to 372 (+1)" in done.output
    assert "Quotes that went: 1" in done.output
    said = json.loads(CliRunner().invoke(diff, [str(zipped), str(newer), "--json"]).stdout)
    assert [each["statement"] for each in said["went"]] == [1007]
    same = CliRunner().invoke(diff, [str(zipped), str(zipped)])
    assert "say the same" in same.output


def test_a_hostile_diff_does_not_steer_the_terminal(zipped: Path, tmp_path: Path) -> None:
    other = bundle(sealed(hostile_pack()), tmp_path / "other.zip", "csv")
    done = CliRunner().invoke(diff, [str(zipped), str(other)])
    assert done.exit_code == 0
    assert not {"\x1b", "\x00", "\u202e"} & set(done.output)
    assert json.loads(CliRunner().invoke(diff, [str(zipped), str(other), "--json"]).stdout)
