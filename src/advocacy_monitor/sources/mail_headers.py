"""The headers of a mail as plain text: encoded words decoded, odd bytes read, addresses taken apart. Pure.

Written for the headers that are really sent. The email package's newer policies raise on some of them.
"""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from advocacy_monitor.sources.html_text import plain_text
from advocacy_monitor.sources.x_shapes import NOT_TO_BE_STORED, REPLACEMENT

_LONGEST = 2000
_EMAIL = re.compile(r"[^\s<>\"(),;:@]+@[^\s<>\"(),;:@]+")
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_SLOW = frozenset({"punycode", "idna"})
_COMMENTS = re.compile(r"\s*\([^()]*\)")


def values(message: Message, name: str) -> list[str]:
    """All headers of a name, as sent but for odd bytes, which are read as UTF-8 or Windows-1252.

    Only the beginning of a header is read: nobody's name is longer, and addresses take time to be taken apart.
    """
    wanted = name.lower()
    return [readable(str(value)[:_LONGEST]) for key, value in message.raw_items() if key.lower() == wanted]


def first(message: Message, name: str) -> str:
    """The first header of a name, decoded and on one line, or ''."""
    return next((decoded(value) for value in values(message, name)), "")


def readable(value: object) -> str:
    """A raw header: the email package keeps bytes that are no ASCII as halves of characters."""
    given = str(value)
    if given.isascii():
        return given
    data = given.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def decoded(value: str) -> str:
    """A header's encoded words ('=?utf-8?q?B=C3=BCcher?=') as text; what cannot be decoded stays as it is."""
    unfolded = " ".join(value.split())
    try:
        parts = decode_header(unfolded) if "=?" in unfolded else [(unfolded, None)]
    except (HeaderParseError, ValueError):
        parts = [(unfolded, None)]
    text = "".join(charset_text(part, charset) for part, charset in parts)
    return " ".join(storable(plain_text(text if text.strip() else unfolded)).split())


def charset_text(part: str | bytes, charset: str | None) -> str:
    """Bytes of a header as text: in the charset that it names, else in UTF-8 or Windows-1252."""
    if isinstance(part, str):
        return part
    for name in (charset or "ascii", "utf-8"):
        try:
            return in_charset(part, name)
        except (LookupError, ValueError):
            continue
    return part.decode("cp1252", "replace")


def in_charset(data: bytes, name: str) -> str:
    """Bytes as text. Raises LookupError for what is no charset of mail, ValueError where the bytes are not in it."""
    if codecs.lookup(name).name in _SLOW:
        raise LookupError(f"{name} is for names of machines, and takes a time that grows with the square of the length")
    return data.decode(name)


def storable(text: str) -> str:
    """The text without what no database can hold."""
    return NOT_TO_BE_STORED.sub(REPLACEMENT, text)


def sender(message: Message, name: str = "From") -> tuple[str | None, str | None]:
    """Name and e-mail address of the first sender. An address that cannot be taken apart is still found."""
    for value in values(message, name):
        given, address = _parsed(value)
        if not _EMAIL.fullmatch(address):
            found = _EMAIL.search(decoded(value))
            address = found[0] if found else ""
            given = given or decoded(value).partition("<")[0]
        shown = decoded(given).strip(" '\"<>,;")
        if address or shown:
            return (shown if shown and "@" not in shown else None), address or None
    return None, None


def _parsed(value: str) -> tuple[str, str]:
    """Name and address; a name that is not quoted although it holds a comma or a bracket does no harm."""
    try:
        return parseaddr(value)
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
        return "", ""


def sent_at(message: Message) -> datetime | None:
    """The Date header in UTC, or None when it is missing, unreadable or before 1990."""
    for value in values(message, "Date"):
        try:
            found = parsedate_to_datetime(_COMMENTS.sub("", decoded(value)))
            found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if found >= _OLDEST:
            return found
    return None
