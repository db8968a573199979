"""Writes a file whole or not at all: an export that fails leaves nothing behind, and an older file as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from advocacy_monitor.errors import ExportError

_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "the file would be larger than this system allows",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "part of its path is a file, not a folder",
    errno.EISDIR: "there is a folder of that name",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "its name is too long",
}


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Hand out a file to write to; it gets its name `path` only when everything is written and on the disk.

    Until then it is a hidden `.part` file in the same folder, which is removed when anything goes wrong.
    Raises ExportError, naming the path and the cause.
    """
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    handle = _open_new(part, path)
    try:
        with handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def cause_of(error: OSError) -> str:
    """Say in words why the operating system refused."""
    return _CAUSES.get(error.errno or 0) or error.strerror or str(error)


def _open_new(part: Path, path: Path) -> BinaryIO:
    """Create `part`, which must not exist; the process's umask decides who may read it, as for any other file."""
    try:
        return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666), "wb")
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    except ValueError as error:  # a NUL in the name
        raise ExportError(f"{path!r} was not written: {error}") from error
