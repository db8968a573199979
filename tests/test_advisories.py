"""The gate's comparison of dependencies with known weaknesses fails for a weakness and tells what was not compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from tests import advisories


def _report(*dependencies: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({"dependencies": dependencies, "fixes": []})


WEAK = {"name": "thing", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": []}]}
SOUND = {"name": "other", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "third", "skip_reason": "Dependency not found on PyPI and could not be audited: third (3.0)"}


def test_a_weakness_is_named_with_its_remedy_and_fails() -> None:
    fine, lines = advisories.verdict(_report(WEAK, SOUND))
    assert not fine
    assert lines == [
        "thing 1.0: PYSEC-2026-1, mended in 1.1",
        "2 of 2 dependencies compared with the advisories, 1 weaknesses",
    ]


def test_what_nobody_could_be_asked_about_is_counted_and_is_not_called_sound() -> None:
    fine, lines = advisories.verdict(_report(SOUND, UNKNOWN, UNKNOWN))
    assert fine
    assert lines[0].startswith("1 of 3 dependencies compared")
    assert lines[1].startswith("NOT compared: 2.")


def test_what_is_no_report_is_not_taken_for_one() -> None:
    for answer in (b"", b"No known vulnerabilities found", b"[]"):
        with pytest.raises(msgspec.DecodeError):
            advisories.verdict(answer)


def test_the_real_program_is_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tmp_path / "constraints.txt"
    listed.write_text("six==1.16.0\n", encoding="utf-8")
    assert advisories.main([str(listed)]) in {0, 1}
    assert "ompared" in capsys.readouterr().out
