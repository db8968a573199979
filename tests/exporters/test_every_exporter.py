"""What holds for every format: the same bytes anywhere, no half-written file, sample data named as such."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from advocacy_monitor import plugins
from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.csv import CsvExporter
from advocacy_monitor.exporters.json import JsonExporter
from advocacy_monitor.exporters.pdf import PdfExporter
from advocacy_monitor.exporters.xlsx import XlsxExporter
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Exporter, Plugin
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack

_SETTINGS: dict[str, dict[str, Any]] = {"bundle": {"formats": ["pdf", "html", "xlsx", "csv"]}}
"""The bundle of everything takes long; tests of its own make it."""
_NAMES = [name for name in plugins.installed(plugins.EXPORTERS) if name != "cards"]
"""All formats that are one file. The cards are a folder, for which tests/exporters/test_cards.py tells the same."""
EXPORTERS: list[Exporter] = [
    cast(Exporter, plugins.build(plugins.EXPORTERS, name, _SETTINGS.get(name, {}), where=name)) for name in _NAMES
]
every_exporter = pytest.mark.parametrize("exporter", EXPORTERS, ids=_NAMES)

_DIGESTS = """
import hashlib, pathlib, sys
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
from tests.exporters.test_every_exporter import EXPORTERS
for exporter in EXPORTERS:
    for pack in (english_pack(), german_pack(), hostile_pack()):
        path = pathlib.Path(sys.argv[1]) / f"pack{exporter.suffix}"
        exporter.export(pack, path)
        print(exporter.suffix, pack.language, hashlib.sha256(path.read_bytes()).hexdigest())
"""
_TOO_LARGE = """
import pathlib, resource, sys
from advocacy_monitor.errors import ExportError
from tests.exporters.sample_packs import hostile_pack
from tests.exporters.test_every_exporter import EXPORTERS
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for exporter in EXPORTERS:
    path = pathlib.Path(sys.argv[1]) / f"pack{exporter.suffix}"
    try:
        exporter.export(hostile_pack(), path)
    except ExportError as error:
        print(error)
"""


def _run(script: str, folder: Path, **environment: str) -> str:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        cwd=root,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_same_pack_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    first = _run(_DIGESTS, tmp_path, PYTHONHASHSEED="1", TZ="Pacific/Auckland", LANG="C", LC_ALL="C")
    second = _run(_DIGESTS, tmp_path, PYTHONHASHSEED="2", TZ="America/Lima", LANG="C.UTF-8", SOURCE_DATE_EPOCH="5")
    assert first == second
    assert len(set(first.splitlines())) == 3 * len(EXPORTERS)


@every_exporter
def test_same_instant_in_another_zone_gives_the_same_bytes(
    exporter: Exporter, pack: EvidencePack, tmp_path: Path
) -> None:
    elsewhere = replace(pack, as_of=pack.as_of.astimezone(timezone(timedelta(hours=12, minutes=45))))
    exporter.export(pack, tmp_path / "one")
    exporter.export(elsewhere, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@every_exporter
def test_one_changed_character_changes_the_file(exporter: Exporter, pack: EvidencePack, tmp_path: Path) -> None:
    first = replace(pack.exhibits[0], text=pack.exhibits[0].text.replace("husband", "brother"))
    exporter.export(pack, tmp_path / "one")
    exporter.export(replace(pack, exhibits=(first, *pack.exhibits[1:])), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() != (tmp_path / "two").read_bytes()


@every_exporter
@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack])
def test_nothing_but_the_file_is_left_behind(
    exporter: Exporter, make: Callable[[], EvidencePack], tmp_path: Path
) -> None:
    path = tmp_path / f"pack{exporter.suffix}"
    exporter.export(make(), path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_size > 500


@every_exporter
def test_missing_folder_is_named(exporter: Exporter, pack: EvidencePack, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "pack"
    with pytest.raises(ExportError, match="missing/pack was not written: its folder does not exist"):
        exporter.export(pack, path)
    assert not any(tmp_path.iterdir())


@every_exporter
def test_folder_of_that_name_stays(exporter: Exporter, pack: EvidencePack, tmp_path: Path) -> None:
    path = tmp_path / "pack"
    path.mkdir()
    with pytest.raises(ExportError, match="there is a folder of that name"):
        exporter.export(pack, path)
    assert list(tmp_path.iterdir()) == [path]


@every_exporter
def test_full_disk_leaves_the_older_file_as_it_was(
    exporter: Exporter, pack: EvidencePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pack"
    path.write_text("the older pack")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match=r"pack was not written: the disk is full"):
        exporter.export(pack, path)
    assert path.read_text() == "the older pack"
    assert list(tmp_path.iterdir()) == [path]


def test_write_cut_short_by_the_system_leaves_no_file(tmp_path: Path) -> None:
    said = _run(_TOO_LARGE, tmp_path).splitlines()
    assert [line.rpartition("/")[2] for line in said] == [
        f"pack{exporter.suffix} was not written: the file would be larger than this system allows"
        for exporter in EXPORTERS
    ]
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("plugin", [CsvExporter, JsonExporter, PdfExporter, XlsxExporter])
def test_settings_that_do_not_exist_are_refused(plugin: type[Plugin]) -> None:
    with pytest.raises(ValidationError):
        plugin.model_validate({"hide_method": True})
