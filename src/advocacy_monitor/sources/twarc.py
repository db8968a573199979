"""Archives of X as twarc and its relatives write them: one JSON value a line, read in little memory.

A line may be a post, a page of posts, a line of a stream, a v1.1 status or none of these. Every record that is read
becomes a post or a reject: a page counts as many records as it holds, any other line that is not empty counts one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Page, Post, Reject
from advocacy_monitor.sources.x_pages import split
from advocacy_monitor.sources.x_payload import ManyPostsError, remap

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_KEPT_OF_A_MONSTER = 64 * 1024
_BUFFER = 1024 * 1024
_DEEPEST = 2  # a list of pages of posts


class Batch:
    """Posts and rejects until there are enough of them for a page."""

    def __init__(self, remap: Callable[[bytes], Post] = remap) -> None:
        self.posts: list[Post] = []
        self.rejects: list[Reject] = []
        self._remap = remap

    def __len__(self) -> int:
        return len(self.posts) + len(self.rejects)

    def page(self) -> Page:
        """What was gathered, as a page; the batch is empty afterwards."""
        page = Page(items=tuple(self.posts), rejects=tuple(self.rejects))
        self.posts, self.rejects = [], []
        return page

    def add(self, raw: bytes, position: str, *, depth: int = 0) -> None:
        """Maps a record; a page of posts, or a list of pages, is taken apart."""
        try:
            self.posts.append(self._remap(raw))
        except ManyPostsError as error:
            if depth == _DEEPEST:
                self.reject(raw, position, str(error))
            else:
                self._add_parts(raw, position, depth)
        except BadRecordError as error:
            self.reject(raw, position, str(error))

    def _add_parts(self, raw: bytes, position: str, depth: int) -> None:
        try:
            parts = split(raw)
        except BadRecordError as error:
            self.reject(raw, position, str(error))
        else:
            for number, part in enumerate(parts, 1):
                self.add(part, f"{position}, record {number}", depth=depth + 1)

    def reject(self, raw: bytes, position: str, reason: str) -> None:
        """Sets a record aside."""
        self.rejects.append(Reject(position=position, reason=reason, payload=raw))


def read(path: Path, *, page_size: int, max_line_bytes: int, remap: Callable[[bytes], Post] = remap) -> Iterator[Page]:
    """Pages of about `page_size` posts out of an archive, each record read by `remap`.

    Raises FatalSourceError when the file cannot be read.
    """
    batch = Batch(remap)
    with _opened(path) as file:
        if whole := _whole_document(path, file, max_line_bytes):
            batch.add(whole, "document")
        else:
            yield from _pages(file, batch, page_size, max_line_bytes)
    if batch:
        yield batch.page()


def _pages(file: IO[bytes], batch: Batch, page_size: int, limit: int) -> Iterator[Page]:
    number = 0
    while line := file.readline(limit + 1):
        number += 1
        if len(line) > limit:
            _add_monster(batch, file, line, f"line {number}", limit)
        elif raw := line.strip():
            batch.add(raw, f"line {number}")
        if len(batch) >= page_size:
            yield batch.page()


def _add_monster(batch: Batch, file: IO[bytes], start: bytes, position: str, limit: int) -> None:
    """Passes over the rest of a line that is too long, in little memory; its digest and its beginning are kept."""
    size, digest, part = len(start), hashlib.sha256(start), start
    while not part.endswith(b"\n") and (part := file.readline(_BUFFER)):
        size += len(part)
        digest.update(part)
    reason = (
        f"is {size:,} bytes long, more than max_line_bytes = {limit:,}; "
        f"its first {_KEPT_OF_A_MONSTER:,} bytes are kept (SHA-256 of the line: {digest.hexdigest()})"
    )
    batch.reject(start[:_KEPT_OF_A_MONSTER], position, reason)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The file behind its byte order mark. UTF-16, which some shells write, is turned into UTF-8."""
    try:
        with path.open("rb", buffering=_BUFFER) as file:
            mark = file.read(3)
            if mark[:2] in _UTF16_BOMS:
                with _as_utf8(path) as transcoded:
                    yield transcoded
            else:
                file.seek(3 if mark == _UTF8_BOM else 0)
                yield file
    except OSError as error:
        raise FatalSourceError(f"{path} cannot be read: {error.strerror or error}") from error


@contextmanager
def _as_utf8(path: Path) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as copy, path.open(encoding="utf-16", errors="replace", newline="") as text:
        while part := text.read(_BUFFER):
            copy.write(part.encode("utf-8", "replace"))
        copy.seek(0)
        yield copy


def _whole_document(path: Path, file: IO[bytes], limit: int) -> bytes | None:
    """The whole file when it is one JSON value over several lines; else None, and the file stands where it stood."""
    start = file.tell()
    first = next((line.strip() for line in iter(lambda: file.readline(limit + 1), b"") if line.strip()), b"")
    size = os.fstat(file.fileno()).st_size
    whole = b""
    if first and not _is_json(first):
        if size <= limit:
            file.seek(start)
            whole = file.read().strip()
        elif first in (b"{", b"["):
            raise FatalSourceError(
                f"{path} is one JSON document of {size:,} bytes, more than max_line_bytes = {limit:,}; "
                "save it as JSON Lines (one record a line), or raise max_line_bytes"
            )
    file.seek(start)
    return whole if whole and _is_json(whole) else None


def _is_json(value: bytes) -> bool:
    try:
        msgspec.json.decode(value, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True
