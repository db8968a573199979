"""Reads statements line by line from a file or a pipe: plain texts, JSON objects, or both, told apart line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec

from advocacy_monitor.classify import Statement

LARGEST = 1_000_000
"""Bytes of a line. A longer one is no statement but another kind of file."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that could not be read: `problem` names file and line, what was found and what is allowed."""

    id: str | int
    problem: str


def read_lines(stream: BinaryIO, *, name: str) -> Iterator[Statement | BadLine]:
    """The statements of a stream, in their order, one line in memory at a time; empty lines are passed over.

    A line that begins with `{` is a JSON object with `text` and, where wanted, `id` and `language`; any other line is
    a text. Lines without an id get their number as id.
    """
    number = 0
    while line := stream.readline(LARGEST + 2):
        number += 1
        place = f"{name}, line {number}"
        if len(line.rstrip(b"\r\n")) > LARGEST:
            _pass_over(line, stream)
            yield BadLine(id=number, problem=f"{place}: longer than {LARGEST:,} bytes")
            continue
        content = (line.removeprefix(_BOM) if number == 1 else line).strip()
        if content:
            yield _read(content, number=number, place=place)


def _pass_over(line: bytes, stream: BinaryIO) -> None:
    """Reads on to the end of a line that is too long, without keeping it."""
    while line and not line.endswith(b"\n"):
        line = stream.readline(LARGEST)


def _read(content: bytes, *, number: int, place: str) -> Statement | BadLine:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        found = content[error.start : error.start + 1].hex()
        return BadLine(id=number, problem=f"{place}: byte {error.start + 1} is 0x{found}, not UTF-8; save it as UTF-8")
    if not text.startswith("{"):
        return Statement(text=text, id=number)
    try:
        record = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        return BadLine(id=number, problem=f"{place}: begins with {{ but is no JSON object: {error}")
    return _statement(record, number=number, place=place)


def _statement(record: dict[str, Any], *, number: int, place: str) -> Statement | BadLine:
    """A JSON object as a statement; keys besides `id`, `text` and `language` are passed over."""
    given = record.get("id")
    if given is not None and (isinstance(given, bool) or not isinstance(given, (str, int))):
        return BadLine(id=number, problem=f"{place}: 'id' must be text or a whole number, found {given!r:.40}")
    known: str | int = number if given is None else given
    text, language = record.get("text"), record.get("language")
    if not isinstance(text, str) or not text.strip():
        found = f"found {text!r:.40}" if "text" in record else "there is none"
        return BadLine(id=known, problem=f"{place}: 'text' must be a text, {found}")
    if language is not None and not isinstance(language, str):
        return BadLine(id=known, problem=f"{place}: 'language' must be a code such as en, found {language!r:.40}")
    return Statement(text=text, id=known, language=language)
