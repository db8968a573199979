"""Writes a folder whole or not at all: an older one of our own is replaced only when the new one is complete."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import cause_of

README = "README.txt"
_OURS = re.compile(r"README\.txt|(?:card|finding)-[a-z0-9-]+\.(?:png|svg|txt)")


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files (names without a folder) to the folder `path`.

    Until all are on the disk they lie in a hidden folder beside it. A folder of that name is replaced only when it
    holds nothing but such files. Raises ExportError, naming the path and the cause.
    """
    try:
        _refuse_others(path)
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        part.mkdir()
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    except ValueError as error:  # a NUL in the name
        raise ExportError(f"{path!r} was not written: {error}") from error
    try:
        for name, data in files.items():
            _write(part / name, data)
        _exchange(part, path)
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_others(path: Path) -> None:
    """Raises ExportError where something stands in the way that is not a folder of ours."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise ExportError(f"{path} was not written: there is a file of that name")
    if path.is_dir() and not (path / README).is_file():
        raise ExportError(f"{path} was not written: there is a folder of that name")
    if path.is_dir() and (others := sorted(each.name for each in path.iterdir() if not _OURS.fullmatch(each.name))):
        raise ExportError(
            f"{path} was not written: there is a folder of that name with other files, such as {others[0]!r}"
        )


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _exchange(part: Path, path: Path) -> None:
    """Give the new folder its name; the older one gets its name back when that fails."""
    old = path.with_name(f".{secrets.token_hex(8)}.old")
    replaced = path.is_dir()
    if replaced:
        path.rename(old)
    try:
        part.rename(path)
    except OSError:
        if replaced:
            with contextlib.suppress(OSError):
                old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)
