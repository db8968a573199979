"""Deliveries between their receipt and their collection: one file each, in a folder that only its owner may enter.

A delivery is acknowledged when its file is on the disk under its final name, and not before. What is being written
has another name, so nobody reads half a delivery. Names begin with the time of receipt.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

ASIDE = "set-aside"
"""The folder, in the spool, of deliveries that could not be read."""

_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{16}\.json")
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_LEFTOVER_SECONDS = 3600
"""What is unfinished after so long was left by a crash, and was never acknowledged."""


def prepare(spool: Path) -> None:
    """Makes the folder, or takes away what others may do in it. Raises OSError."""
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    spool.chmod(0o700)


def keep(spool: Path, body: bytes, *, now: datetime) -> str:
    """Writes a delivery, so that it survives a crash and a power cut. Returns the file's name.

    The same body that is waiting already is not written a second time. Raises OSError; then nothing half written is
    left behind.
    """
    digest = hashlib.sha256(body).hexdigest()[:16]
    waiting = next((name for name in names(spool) if name.endswith(f"-{digest}.json")), None)
    if waiting is not None and read(spool, waiting) == body:
        _sync_folder(spool)  # it may have got its name a moment ago
        return waiting
    name = f"{now.astimezone(UTC).strftime(_STAMP)}-{digest}.json"
    part = spool / f".{secrets.token_hex(8)}.part"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.rename(spool / name)
        _sync_folder(spool)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return name


def names(spool: Path) -> list[str]:
    """The names of the deliveries that wait, oldest first. Raises OSError."""
    with os.scandir(spool) as entries:
        return sorted(entry.name for entry in entries if _NAME.fullmatch(entry.name))


def read(spool: Path, name: str) -> bytes:
    """The body of a delivery. A link to another file is not followed. Raises OSError."""
    with os.fdopen(os.open(spool / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        return file.read()


def received_at(name: str) -> datetime:
    """When a delivery was received, in UTC."""
    return datetime.strptime(name.split("-")[0], _STAMP).replace(tzinfo=UTC)


def remove(spool: Path, name: str) -> None:
    """Removes a delivery, if it is there. Raises OSError, and ValueError for a name that no delivery has."""
    (spool / _checked(name)).unlink(missing_ok=True)


def set_aside(spool: Path, name: str) -> None:
    """Moves a delivery, if it is there, to those that could not be read. Raises as `remove` does."""
    source, folder = spool / _checked(name), spool / ASIDE
    folder.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        source.rename(folder / name)
    _sync_folder(folder)


def remove_leftovers(spool: Path, *, now: datetime) -> None:
    """Removes what a crash left half written an hour ago or earlier. Raises OSError."""
    for part in spool.glob(".*.part"):
        with contextlib.suppress(FileNotFoundError):
            if now.timestamp() - part.stat().st_mtime > _LEFTOVER_SECONDS:
                part.unlink()


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a delivery")
    return name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
