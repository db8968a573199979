"""From the bytes of an export to text: which encoding it is in, or what it is instead of text.

A byte order mark decides; then UTF-8 if the bytes are that; then a guess among the encodings in which the seven
languages are still exported. A guess is said aloud, because a wrong one would put words into somebody's mouth.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.sources.x_shapes import NOT_TO_BE_STORED, REPLACEMENT

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ["cp1252", "mac_roman", "cp1251", "koi8_r", "gb18030", "big5", "cp1256"]
_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Excel workbook; save it as .xlsx without a password, or as CSV"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF document; save the table as CSV"),
)
_MARKUP = re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text, the encoding that it was read in, and what a person should know about that."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def kind_of(head: bytes) -> str | None:
    """What a file is that is no text, from its first bytes; None when nothing is known against it."""
    return next((kind for magic, kind in _KINDS if head.startswith(magic)), None)


def decode(data: bytes, *, where: str, encoding: str | None = None) -> Decoded:
    """The text in the bytes of a file. `where` names the file in messages.

    Characters that cannot be stored (NUL) become U+FFFD, and a note says so. Raises FatalSourceError for what is no
    text, ConfigError for an encoding that is given and unknown or wrong.
    """
    if kind := kind_of(data[:16]):
        raise FatalSourceError(f"{where} is {kind}")
    found = _given(data, encoding, where) if encoding else _found(data, where)
    if _MARKUP.match(found.text):
        raise FatalSourceError(f"{where} is a web page or XML, not a table; was a log-in page saved instead?")
    if len(_CONTROL.findall(found.text[:_SAMPLE])) > max(2, len(found.text[:_SAMPLE]) // 100):
        raise FatalSourceError(f"{where} is binary data, not text (its first bytes are {data[:8].hex(' ')})")
    cleaned, count = NOT_TO_BE_STORED.subn(REPLACEMENT, found.text)
    if not count:
        return found
    note = f"{count} characters that cannot be stored (such as NUL) were replaced by U+FFFD"
    return Decoded(text=cleaned, encoding=found.encoding, notes=(*found.notes, note))


def _given(data: bytes, encoding: str, where: str) -> Decoded:
    try:
        return Decoded(text=codecs.decode(data, encoding), encoding=encoding)
    except LookupError as error:
        raise ConfigError(f"{where}: encoding {encoding!r} is not known; known are utf-8, cp1252, ...") from error
    except (ValueError, TypeError, AssertionError) as error:
        raise ConfigError(f"{where} is not in the encoding {encoding!r} ({error})") from error


def _found(data: bytes, where: str) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding, where)
    try:
        text = data.decode()
        if "\0" not in text[:_SAMPLE]:
            return Decoded(text=text, encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    for encoding, zeros in (("utf-16-le", data[1:_SAMPLE:2]), ("utf-16-be", data[0:_SAMPLE:2])):
        if len(data) > 1 and zeros.count(0) > 0.6 * len(zeros):
            return _marked(data, encoding, where)
    return Decoded(text=text, encoding="utf-8") if text else _guessed(data, where)


def _marked(data: bytes, encoding: str, where: str) -> Decoded:
    try:
        return Decoded(text=data.decode(encoding), encoding=encoding)
    except UnicodeDecodeError as error:
        raise FatalSourceError(
            f"{where} begins like {encoding} but is not that throughout (byte {error.start:,}: {error.reason}); "
            "is it whole?"
        ) from error


def _guessed(data: bytes, where: str) -> Decoded:
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_GUESSES).best()
    for encoding in (best.encoding, _GUESSES[0]) if best is not None else ():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        note = f"read as {encoding}, which is a guess: look at the accents, and set encoding: in the mapping if wrong"
        return Decoded(text=text, encoding=encoding, notes=(note,))
    raise FatalSourceError(
        f"{where} is neither UTF-8 nor in an encoding that can be guessed (its first bytes are {data[:8].hex(' ')}); "
        "set encoding: in a mapping file if it is text"
    )
