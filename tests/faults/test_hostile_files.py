"""A hostile payload in a file: a hundred megabytes on one line, ten thousand lists in each other. The rest goes in."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from tests.faults.process import campaign, ids, look, tell


def _line(number: int, text: str = "My library") -> bytes:
    post = {"id": str(10**18 + number), "text": text, "created_at": "2026-10-01T10:00:00.000Z", "author_id": "7"}
    return json.dumps(post).encode() + b"\n"


def _nested(number: int, depth: int = 10_000) -> bytes:
    return _line(number)[:-2] + b', "entities": ' + b"[" * depth + b"]" * depth + b"}\n"


def _limited() -> None:
    """The program itself takes 250 MB of addresses."""
    resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))


def test_a_hostile_file_is_imported_but_for_what_is_hostile(tmp_path: Path) -> None:
    config, path = campaign(tmp_path / "campaign"), tmp_path / "posts.jsonl"
    with path.open("wb") as file:
        file.write(_line(1))
        file.write(_line(2)[:-2] + b', "padding": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n')
        file.write(_nested(3))
        file.write(_line(4))
    told = tell(config, "import", str(path), before=_limited)
    assert "Traceback" not in told.words, told.words
    assert told.code == 0, told.words
    assert "2 records could not be read" in told.words
    database = tmp_path / "campaign" / "advocacy.db"
    stored = {str(10**18 + number) for number in (1, 4)}
    assert set(ids(database)) == stored
    assert look(database, "SELECT read, stored, already, rejected FROM runs") == [(4, 2, 0, 2)]
    assert look(database, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.long
def test_a_hostile_table_is_refused_or_read_in_bounds(tmp_path: Path) -> None:
    config, path = campaign(tmp_path / "campaign"), tmp_path / "answers.csv"
    path.write_bytes(
        b"text,library\nWarm,Lindenrode\n" + b'"' + b"x" * 100_000_000 + b'",Lindenrode\nQuiet,Lindenrode\n'
    )
    told = tell(config, "import", str(path), before=_limited)
    assert "Traceback" not in told.words, told.words
    assert told.code in (0, 1)
    texts = {str(row[0]) for row in look(tmp_path / "campaign" / "advocacy.db", "SELECT text FROM items")}
    assert told.code == 1 or {"Warm", "Quiet"} <= texts
    assert all(len(text) < 1_000_000 for text in texts)
