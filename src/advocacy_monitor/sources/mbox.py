"""A mailbox that was saved as one mbox file, as Thunderbird, Apple Mail and Google Takeout do; for the `file` source.

The standard library's reader takes every line that begins with 'From ' for the beginning of a message, and so cuts a
letter with the line 'From the day it closed ...' in two. Here the line must stand after an empty one, hold a date (or
nothing at all), and be followed by a header. Format: RFC 4155, and the escaped '>From ' of mboxrd and mboxo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Page, Reject, Submission
from advocacy_monitor.sources.mail_message import SOURCE, to_submission

_SENDER = re.compile(rb"From (?:-|\S+)?\s")
_CLOCK = re.compile(rb"\d\d:\d\d")
_YEAR = re.compile(rb"\d{4}")
_HEADER = re.compile(rb"[!-9;-~]+:|>From ")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_DATE = re.compile(rb"(?:[A-Z][a-z]{2},? )?(?:[A-Z][a-z]{2} +\d|\d+ [A-Z][a-z]{2} \d).*")
_LONGEST_LINE = 1024 * 1024
_LONGEST_DATE = 200
_MOST_BYTES = 10 * 1024 * 1024


def is_mbox(head: bytes) -> bool:
    """Whether a file that begins so is an mbox: a 'From ' line, then a header."""
    first, _, rest = head.partition(b"\n")
    return _is_start(first.rstrip(b"\r")) and _HEADER.match(rest) is not None


def _is_start(line: bytes) -> bool:
    """Whether a line is 'From ', a sender, and later a time and a year, or 'From' alone. Each byte is read once."""
    if not line.startswith(b"From"):
        return False
    sender = _SENDER.match(line)
    clock = _CLOCK.search(line, sender.end()) if sender else None
    return line[4:].strip() in (b"", b"-") or (clock is not None and _YEAR.search(line, clock.end()) is not None)


def read(
    path: Path, *, page_size: int = 1000, form: str | None = None, now: datetime | None = None, most: int = _MOST_BYTES
) -> Iterator[Page]:
    """The messages of an mbox as submissions without consents, or rejects with the reason; see mail_message.

    Their source is 'mailbox', so that a message which is also collected over IMAP is one item, or 'mailbox:' and the
    form's name. `now` stands for a date that nobody wrote down; messages of more than `most` bytes are rejects of
    which the beginning is kept. Raises FatalSourceError for a file that cannot be read or is no mbox.
    """
    source = f"{SOURCE}:{form}" if form else SOURCE
    moment = now or datetime.now(UTC)
    try:
        with path.open("rb") as file:
            records = (
                _record(*found, source, moment, most) for found in enumerate(_messages(file, path, most), start=1)
            )
            while part := list(islice(records, page_size)):
                yield Page(
                    items=tuple(record for record in part if isinstance(record, Submission)),
                    rejects=tuple(record for record in part if isinstance(record, Reject)),
                )
    except OSError as error:
        raise FatalSourceError(f"{path} cannot be read: {error.strerror or type(error).__name__}") from error


def _record(number: int, message: bytes, source: str, now: datetime, most: int) -> Submission | Reject:
    start, _, data = message.partition(b"\n")
    try:
        if len(message) > most:
            raise BadRecordError(f"has more than {most / 1e6:.1f} MB: only its beginning was read")
        plain = _ESCAPED.sub(rb"\1", data)
        return to_submission(plain, received_at=_received_at(start, now), now=now, source=source)
    except BadRecordError as error:
        return Reject(position=f"message {number}", reason=str(error), payload=data)


def _messages(file: BinaryIO, path: Path, most: int) -> Iterator[bytes]:
    """Each message with its 'From ' line. Of one that is too large no more than a byte above `most` is kept."""
    parts: list[bytes] = []
    size = 0
    after_empty = True
    line = file.readline(_LONGEST_LINE)
    while line:
        following = file.readline(_LONGEST_LINE)
        begins = after_empty and _is_start(line.rstrip(b"\r\n")) and _HEADER.match(following) is not None
        if begins and parts:
            yield b"".join(parts)[: most + 1]
            parts, size = [], 0
        if not begins and not parts:
            raise FatalSourceError(f"{path} is no mbox file: it does not begin with a 'From ' line and a header")
        if size <= most:
            parts.append(line)
            size += len(line)
        after_empty = not line.strip()
        line = following
    if parts:
        yield b"".join(parts)[: most + 1]


def _received_at(start: bytes, now: datetime) -> datetime | None:
    """The time in the 'From ' line, which is in UTC where it says no zone (RFC 4155); None when it holds none."""
    found = _DATE.search(start.partition(b" ")[2].partition(b" ")[2][:_LONGEST_DATE])
    if found is None:
        return None
    words = found[0].decode("ascii", "replace").split()
    try:
        moment = parsedate_to_datetime(" ".join(words))
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if datetime(1990, 1, 1, tzinfo=UTC) <= moment <= now else None
