"""Folders that are there whole or not at all, whatever a power cut interrupts."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.owning import like

_MAKING, _OLD, _COPYING = ".making-", ".old-", ".copying-"
_LOCK = ".lock"
_log = logging.getLogger(__name__)


@contextmanager
def held(folder: Path, *, campaign: Path) -> Iterator[None]:
    """Makes the folder of the backups where there is none, and holds it: two programs must not tidy it up at once.

    What an interrupted one left is cleared away first. What root makes is of `campaign`'s owner. Raises StoreError.
    """
    try:
        is_new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        like(campaign, *([folder] if is_new else ()), folder / _LOCK)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written, so there can be no backup: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _clear(folder)
        except OSError as error:
            raise StoreError(f"{folder}: cannot be tidied up, so there can be no backup: {error.strerror}") from error
        yield
    finally:
        os.close(lock)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name.startswith(_OLD):
            name = folder / path.name.removeprefix(_OLD).partition("~")[0]
            if name.exists():
                remove(path)
            else:
                path.rename(name)
        elif path.name.startswith(_MAKING):
            remove(path)


def remove(path: Path) -> bool:
    """Removes a folder; where that is not allowed, it is told in the log and the work goes on. Whether it is gone."""
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return True
    except OSError as error:
        _log.warning("%s: cannot be removed (%s); remove it by hand", path, error.strerror)
        return False
    return True


def clear(folder: Path, prefix: str) -> None:
    """Removes what an interrupted program left. Only for who holds what keeps a second one out."""
    for path in folder.glob(f"{prefix}*"):
        remove(path)


@contextmanager
def staged(folder: Path, *, prefix: str = _MAKING) -> Iterator[Path]:
    """A folder of nobody else's to work in; it is gone afterwards, unless it was given a name."""
    path = folder / f"{prefix}{secrets.token_hex(6)}"
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def plainly(beside: Path) -> Iterator[Path]:
    """A folder for plain copies of what is encrypted elsewhere. Only for who holds the folder of the backups.

    What a killed program left of them goes first.
    """
    clear(beside, _COPYING)
    with staged(beside, prefix=_COPYING) as path:
        yield path


def put(staging: Path, name: Path) -> None:
    """Gives a folder its name, in the place of an older one if there is one."""
    like(name.parent, staging, *staging.iterdir())
    sync_folder(staging)
    old = name.with_name(f"{_OLD}{name.name}~{secrets.token_hex(4)}")
    if name.exists():
        name.rename(old)
    staging.rename(name)
    sync_folder(name.parent)
    if old.exists():
        remove(old)


def sync_folder(folder: Path) -> None:
    """The names in a folder are on the disk after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(path: Path, content: bytes) -> None:
    """A new small file, for its owner only, on the disk when this is over."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
