"""Writes what was gathered about a person to a new folder that only its owner can read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import cause_of, whole_file
from advocacy_monitor.rights.access import Gathered
from advocacy_monitor.rights.access_page import page

ASIDE = "not-to-be-sent"
"""The folder of what staff has to read first."""


def write(gathered: Gathered, folder: Path) -> list[Path]:
    """Writes data.html, data.json, files, and beside them what is not to be sent. Returns every path.

    Raises ExportError: the folder must be new or empty, so that no two persons' data ever lie in one.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise ExportError(f"{folder}: is not empty; name a new folder for each person")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / ASIDE).mkdir(mode=0o700)
    except OSError as error:
        raise ExportError(f"{folder}: {cause_of(error)}") from error
    notes = "".join(f"- {each}\n" for each in gathered.notes)
    paths = [
        _written(folder / "data.html", page(gathered.data)),
        _written(folder / "data.json", msgspec.json.format(msgspec.json.encode(gathered.data), indent=2)),
        *(_written(folder / name, content) for name, content in gathered.files),
    ]
    digests = "".join(f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in paths)
    return [
        *paths,
        _written(folder / ASIDE / "read-me-first.txt", f"For staff, not for the person:\n{notes}".encode()),
        _written(folder / ASIDE / "sha256.txt", digests.encode()),
        *(_written(folder / ASIDE / name, content) for name, content in gathered.aside),
    ]


def _written(path: Path, content: bytes) -> Path:
    with whole_file(path) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
    return path
