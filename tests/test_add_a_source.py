"""A stranger's source, word for word from docs/how-to/add-a-source.md, installed as a package and used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.sources.replay import Answer, ReplayServer, Request, as_json

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "add-a-source.md"
START = datetime(2026, 10, 1, tzinfo=UTC)


def _blocks() -> dict[str, str]:
    found = re.findall(r"```\w+\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(found)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, as pip installs it."""
    blocks, folder = _blocks(), tmp_path_factory.mktemp("radio")
    (folder / "radio_source.py").write_text(blocks["radio_source.py"], encoding="utf-8")
    (folder / "pyproject.toml").write_text(blocks["pyproject.toml"], encoding="utf-8")
    command = [*(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation")]
    done = subprocess.run(
        [*command, "--target", str(folder / "site"), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


class Station:
    """The station's list: newest first, three calls a page."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []

    def arrive(self, count: int) -> None:
        for _ in range(count):
            number = len(self.calls) + 1
            at = (START + timedelta(minutes=number)).isoformat()
            self.calls.append({"id": str(number), "at": at, "words": f"The library helped me, call {number}."})

    def answer(self, request: Request) -> Answer:
        low, top = request.query.get("from", ""), request.query.get("to", "")
        wanted = [each for each in self.calls if each.get("at", "x") >= low and (not top or each.get("at", "") <= top)]
        start = (int(request.query["page"]) - 1) * 3
        return as_json(wanted[::-1][start : start + 3])


def _run(folder: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advocacy_monitor", "-c", str(folder / "config.yaml"), *arguments],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_short() -> None:
    lines = [line for line in _blocks()["radio_source.py"].splitlines() if line.strip()]
    assert len(lines) < 60


def test_it_collects_goes_on_after_a_fault_and_sets_bad_records_aside(installed: Path, tmp_path: Path) -> None:
    station = Station()
    with ReplayServer(station.answer) as server:
        yaml = _blocks()["config.yaml"].replace("https://radio.example/calls", server.url)
        head = "campaign: {name: T, sponsor: S, contact: C}\n"
        (tmp_path / "config.yaml").write_text(head + yaml.replace("settings: {", "settings: {attempts: 1, "))
        assert _run(tmp_path, installed, "check").returncode == 0
        station.arrive(7)
        server.instead.extend([station.answer(_asked(1)), station.answer(_asked(2)), Answer(status=503)])
        failed = _run(tmp_path, installed, "collect", "--json")
        assert failed.returncode == 1
        assert "503" in failed.stdout
        station.arrive(2)
        station.calls.append({"id": "bad", "at": (START + timedelta(days=1)).isoformat()})
        done = _run(tmp_path, installed, "collect", "--json")
        assert done.returncode == 0, done.stderr
        totals = json.loads(done.stdout.splitlines()[-1])
        assert totals["stored"] == 9 - 6
        assert totals["rejected"] == 1
        again = json.loads(_run(tmp_path, installed, "collect", "--json").stdout.splitlines()[-1])
        assert again["stored"] == 0
    unknown = _run(tmp_path, installed, "check", "--offline")
    assert "radio" in unknown.stdout


def _asked(page: int) -> Request:
    return Request(method="GET", path="/", query={"page": str(page)}, headers={})


def test_a_wrong_setting_is_named(installed: Path, tmp_path: Path) -> None:
    text = "campaign: {name: T, sponsor: S, contact: C}\ncollectors: {a: {source: radio, settings: {ulr: x}}}\n"
    (tmp_path / "config.yaml").write_text(text)
    found = _run(tmp_path, installed, "collect", "a")
    assert found.returncode == 2
    assert "collectors.a.settings.ulr: unknown key (did you mean url?)" in found.stderr
