"""The formats of files, and which of them a file is in: the one place where a new format is plugged in.

A format whose files are read record by record, and need no column mapping, is one entry in `FILE_FORMATS`: how a file
of it is recognised, and what turns it into pages. Tables of posts are entries in `x_dialects.DIALECTS`, exports of
survey services in `survey.EXPORTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Page
from advocacy_monitor.sources import mbox, twarc, typeform, x_fourcat, x_graphql
from advocacy_monitor.sources.survey import EXPORTS, TYPEFORM
from advocacy_monitor.sources.tabular import read_bytes
from advocacy_monitor.sources.x_dialects import FOURCAT, SOCIAL_FEED_MANAGER, TWARC_CSV
from advocacy_monitor.sources.x_payload import is_of_x
from advocacy_monitor.sources.x_shapes import parse

TWARC, ZEESCHUIMER, MBOX, CSV, XLSX = "twarc", "zeeschuimer", "mbox", "csv", "xlsx"
HEAD_BYTES = 1024 * 1024
DOCUMENT_BYTES = 32 * 1024 * 1024
_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_LOOKED_AT = 20


class Reading(Protocol):
    """Turns a file into pages of about `page_size` records. Raises FatalSourceError when it cannot be read."""

    def __call__(self, path: Path, *, page_size: int, max_line_bytes: int) -> Iterator[Page]: ...


def _never(_: object) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format that is read record by record: `pages` reads it.

    It is recognised by the first bytes of a file (`begins`), or by one of its first JSON values (`holds`); the first
    format that says yes is taken. `source` is that of its items, for a person to read.
    """

    pages: Reading
    begins: Callable[[bytes], bool] = _never
    holds: Callable[[Any], bool] = _never
    source: str = "x"


def _mails(path: Path, *, page_size: int, max_line_bytes: int) -> Iterator[Page]:
    """A mailbox in one file; a message is what a line is elsewhere."""
    return mbox.read(path, page_size=min(page_size, 1000), most=max_line_bytes)


FILE_FORMATS: Mapping[str, FileFormat] = {
    ZEESCHUIMER: FileFormat(holds=x_graphql.is_capture, pages=partial(twarc.read, remap=x_graphql.remap)),
    FOURCAT: FileFormat(holds=x_fourcat.is_line, pages=partial(twarc.read, remap=x_fourcat.remap)),
    TWARC: FileFormat(holds=is_of_x, pages=twarc.read),
    MBOX: FileFormat(begins=mbox.is_mbox, pages=_mails, source="mailbox"),
}

FORMATS: Mapping[str, str] = {
    TWARC: "posts of X as JSON Lines: twarc2 (pages, streams, flattened), API v2 or v1.1, or one JSON page",
    ZEESCHUIMER: "posts of X captured in a browser: NDJSON of the Zeeschuimer extension",
    FOURCAT: "posts of X from 4CAT: NDJSON or CSV, collected by the API v2 or imported from Zeeschuimer",
    SOCIAL_FEED_MANAGER: "posts of X as CSV or XLSX from Social Feed Manager or DocNow's Hydrator",
    TWARC_CSV: "posts of X as CSV or XLSX from twarc-csv, and from Social Feed Manager for the API v2",
    MBOX: "mails in one file, as Thunderbird, Apple Mail and Google Takeout save them",
    **EXPORTS,
    CSV: "any table with a header row, and a column mapping; comma, semicolon, tab or pipe",
    XLSX: "the same as an Excel workbook",
}
"""Every format by the name for `--as`, and what it is in one line."""


def head_of(path: Path) -> bytes:
    """The beginning of a file. Raises FatalSourceError as `read_bytes` does, for files of any size."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
            if head.strip():
                return head
    except (OSError, ValueError):
        pass  # said in words below
    return read_bytes(path)[:HEAD_BYTES]


def format_of(path: Path, head: bytes) -> str | None:
    """A key of FILE_FORMATS, or TYPEFORM, for a file that is one of them; None for a file of something else.

    Raises FatalSourceError for JSON of another kind.
    """
    text = plainly(head).lstrip()
    if found := next((name for name, known in FILE_FORMATS.items() if known.begins(text)), None):
        return found
    if not looks_like_json(head) and path.suffix.lower() not in _JSON_SUFFIXES:
        return None
    seen = None
    for seen in _values(path, text):
        if found := _format_of_value(seen):
            return found
    if seen is None:
        return TWARC if looks_like_json(head) else None  # lines that are cut are set aside one by one
    kinds = "; ".join(f"{name}: {what}" for name, what in FORMATS.items())
    raise FatalSourceError(f"{path} is JSON of no kind that is known: {_keys(seen)}. What can be read: {kinds}")


def _format_of_value(value: Any) -> str | None:
    if typeform.is_message(value):
        return TYPEFORM
    inner = value[0] if isinstance(value, list) and value else value
    return next((name for name, known in FILE_FORMATS.items() if known.holds(inner)), None)


def looks_like_json(head: bytes) -> bool:
    """Whether the beginning of a file is that of a JSON object or list."""
    return plainly(head).lstrip().startswith((b"{", b"["))


def plainly(data: bytes) -> bytes:
    """UTF-8 out of UTF-8 with a mark or UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _values(path: Path, text: bytes) -> Iterator[Any]:
    """The first JSON values of a file: of its lines, or the whole of a small one."""
    found = False
    for line in islice((line for line in text.splitlines() if line.strip()), _LOOKED_AT):
        try:
            yield parse(line.strip())
            found = True
        except BadRecordError:
            continue
    if not found:
        try:
            yield parse(plainly(read_bytes(path, DOCUMENT_BYTES)).strip())
        except (BadRecordError, FatalSourceError):
            return


def _keys(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}" + (f", the first: {_keys(value[0])}" if value else "")
    if isinstance(value, dict):
        return "an object with the keys " + ", ".join(repr(str(key)[:40]) for key in list(value)[:10])
    return f"a {type(value).__name__}"
