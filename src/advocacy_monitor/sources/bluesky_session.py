"""Keeps a session of Bluesky in a file that only its owner may read: logging in is limited to 300 times a day."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from advocacy_monitor.errors import FatalSourceError

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class _Kept(msgspec.Struct, frozen=True):
    service: str
    handle: str
    session: str


class SessionFile:
    """The session of one account at one service; `path` None keeps nothing.

    A file that cannot be understood, or is of another account, counts as none: then the source logs in anew.
    """

    def __init__(self, path: Path | None, *, service: str, handle: str) -> None:
        self._path = path
        self._service = service
        self._handle = handle

    def read(self) -> str | None:
        """The session as atproto writes it, or None. Raises FatalSourceError when the file cannot be opened."""
        if self._path is None:
            return None
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed("read", error) from None
        except _UNREADABLE:
            return None
        return kept.session if (kept.service, kept.handle) == (self._service, self._handle) else None

    def write(self, session: str) -> None:
        """Replaces the file in one step, readable by its owner only. Raises FatalSourceError."""
        if self._path is None:
            return
        content = msgspec.json.encode(_Kept(service=self._service, handle=self._handle, session=session))
        try:
            descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")  # 0600
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._failed("written", error) from None

    def forget(self) -> None:
        """Removes a session that the service does not accept any more. Raises FatalSourceError."""
        try:
            if self._path is not None:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._failed("removed", error) from None

    def _failed(self, what: str, error: OSError) -> FatalSourceError:
        return FatalSourceError(f"session_file {self._path} cannot be {what}: {error.strerror or type(error).__name__}")
