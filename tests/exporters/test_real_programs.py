"""The files in the programs that people open them with: LibreOffice sets them, bagit.py checks the bundle."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import cast

import pytest
from pypdf import PdfReader

from advocacy_monitor import plugins
from advocacy_monitor.exporters.bundle import BundleExporter
from advocacy_monitor.protocols import Exporter
from tests.exporters.sample_packs import english_pack

_HARMLESS = re.compile(r"\s*|.*\b(?:javaldx|Java|java)\b.*")
"""LibreOffice says that it found no Java, which none of these files needs."""


def test_libreoffice_opens_every_office_file(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    files = []
    for name in ("docx", "slides", "xlsx"):
        exporter = cast(Exporter, plugins.build(plugins.EXPORTERS, name, {}, where=name))
        files.append(tmp_path / f"{name}{Path(exporter.suffix).suffix}")
        exporter.export(english_pack(), files[-1])
    done = subprocess.run(
        [
            *(office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path / "made"), *map(str, files)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert [line for line in done.stderr.splitlines() if not _HARMLESS.fullmatch(line)] == []
    for file in files:
        assert len(PdfReader(tmp_path / "made" / f"{file.stem}.pdf").pages) >= 1


def test_bagit_finds_the_bundle_valid(tmp_path: Path) -> None:
    BundleExporter(formats=("html", "xlsx", "csv")).export(english_pack(), tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path / "bag")
    (bag,) = (tmp_path / "bag").iterdir()
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(bag)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "is valid" in done.stderr
