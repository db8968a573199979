"""The text of a mail and the names of what is attached. Pure: the email package takes the mail apart.

Plain text is preferred, HTML is turned into plain text with its quotes marked by '>'. Where a charset is not said, or
wrong, UTF-8 is tried, then a guess, which is told in `charset`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.sources.html_text import declarations, html_text
from advocacy_monitor.sources.mail_headers import charset_text, decoded, in_charset, storable, values
from advocacy_monitor.sources.text_encoding import decode

_MOST_PARTS = 500
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_WIDER = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
_QUOTE, _END, _SIGNED = "\ue000", "\ue001", "\ue002"
_TAG = re.compile(r"<(/?)(blockquote|div|span|table|p|pre)\b[^<>]*>", re.IGNORECASE)
_SIGNATURES_IN_HTML = ("gmail_signature", "moz-signature", "applemailsignature", "mobile-signature")
_SIGNATURE_ID = re.compile(r"signature\b")
_BARS = ("border-left", "border-left-style", "border-left-width", "border-inline-start")
_NO_BAR = frozenset({"", "none", "hidden", "0", "0px", "0pt", "initial", "unset"})
_BLANK_LINES = re.compile(r"\n(?:[ \t\xa0]*\n){2,}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What came with a mail: its cleaned name and its type."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A mail's text, line by line; `charset` is how it was read, for the record."""

    text: str
    charset: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    charset: str
    plain: bool


def body_of(message: Message) -> Body:
    """The text that a person sees. Raises BadRecordError when there are too many parts, or the text is binary."""
    reader = _Reader()
    pieces = [piece for piece in reader.read(message, root=True) if piece.text.strip()]
    return Body(
        text=storable("\n\n".join(piece.text.strip("\n") for piece in pieces)),
        charset=", ".join(dict.fromkeys(piece.charset for piece in pieces)),
        attachments=tuple(reader.attachments),
    )


class _Reader:
    """Walks the parts; what is attached is gathered on the way."""

    def __init__(self) -> None:
        self.attachments: list[Attachment] = []
        self._parts = 0

    def read(self, part: Message, *, root: bool = False) -> list[_Piece]:
        """The pieces of text in a part and all parts in it."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise BadRecordError(f"has more than {_MOST_PARTS} parts")
        kind = part.get_content_type()
        if part.is_multipart() and kind.startswith("multipart/"):
            children = list(_children(part))
            if kind == "multipart/alternative":
                return self._alternative(children)
            if kind == "multipart/related":
                return self._related(children)
            return [piece for child in children for piece in self.read(child)]
        if kind in ("text/plain", "text/html") and (root or not _is_attached(part)):
            return [_piece(part, kind)]
        if kind not in _SIGNATURES and (_is_attached(part) or not kind.startswith(("text/", "multipart/"))):
            self.attachments.append(Attachment(name=_file_name(part, kind), kind=kind))
        return []

    def _alternative(self, children: list[Message]) -> list[_Piece]:
        """The one that is plain text, else the last one: they are in order of growing richness (RFC 2046)."""
        read = (self.read(child) for child in children)
        found = [pieces for pieces in read if any(piece.text.strip() for piece in pieces)]
        plain = (pieces for pieces in found if any(piece.plain and piece.text.strip() for piece in pieces))
        return next(plain, found[-1] if found else [])

    def _related(self, children: list[Message]) -> list[_Piece]:
        """The first part with text; pictures that it shows by their Content-ID are not attachments."""
        pieces: list[_Piece] = []
        for child in children:
            if not pieces or not child.get("Content-ID"):
                found = self.read(child)
                pieces = pieces or found
        return pieces


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    for child in payload if isinstance(payload, list) else ():
        if isinstance(child, Message):
            yield child


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or _given_name(part) is not None


def _given_name(part: Message) -> str | None:
    """The name of a file, also one that was sent without any encoding."""
    for header, name in (("content-disposition", "filename"), ("content-type", "name")):
        for value in values(part, header)[:1]:
            plain = Message()
            plain[header] = value
            try:
                found: object = plain.get_param(name, header=header)
            except (ValueError, LookupError, TypeError):
                return "?"
            if isinstance(found, tuple):  # RFC 2231: charset, language, and bytes as characters
                return charset_text(str(found[2]).encode("latin-1", "replace"), found[0])
            if found:
                return str(found)
    return None


def _file_name(part: Message, kind: str) -> str:
    """A name without folders, control characters and marks that turn letters round."""
    given = decoded(_given_name(part) or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in given if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
    return storable(" ".join(shown.replace(",", " ").split()))[:100] or f"unnamed {kind[:60]}"


def _piece(part: Message, kind: str) -> _Piece:
    data = part.get_payload(decode=True)
    text, charset = _decoded(data if isinstance(data, bytes) else b"", part)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if kind == "text/html":
        return _Piece(_of_html(text), charset, plain=False)
    text = _CONTROLS.sub("", text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflowed(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    return _Piece(text, charset, plain=True)


def _decoded(data: bytes, part: Message) -> tuple[str, str]:
    """The text and the charset that it was read in."""
    try:
        said = str(part.get_content_charset() or "").strip("'\" ")
    except (ValueError, LookupError, TypeError):
        said = ""
    for name in dict.fromkeys((_WIDER.get(said, said) or "utf-8", "utf-8")):
        try:
            return in_charset(data, name), name
        except (LookupError, ValueError):
            continue
    try:
        found = decode(data, where="its text")
    except FatalSourceError as error:
        if not said:
            raise BadRecordError(str(error)) from None
        return data.decode("cp1252", "replace"), "cp1252 (a guess)"
    return found.text, f"{found.encoding} (a guess)"


def unflowed(text: str, *, delete_space: bool) -> str:
    """Plain text whose lines a program has broken (RFC 3676, 4.2), put together again. Quote marks stay."""
    lines: list[str] = []
    before = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        if depth == before and content != "-- ":
            lines[-1] += content
        else:
            lines.append((">" * depth + " " if depth else "") + content)
        flows = content.endswith(" ") and content != "-- "
        if flows and delete_space:
            lines[-1] = lines[-1].removesuffix(" ")
        before = depth if flows else -1
    return "\n".join(lines)


def _of_html(source: str) -> str:
    """HTML as plain text. Quotes get their '>' and signatures their '--', where programs mark them."""
    for mark in (_QUOTE, _END, _SIGNED):
        source = source.replace(mark, "")
    cited: list[bool] = []
    reader = _TagReader()

    def marked(tag: re.Match[str]) -> str:
        closing, name = tag[1], tag[2].lower()
        if name == "blockquote" and closing:
            return f"{tag[0]}<p>{_END}</p>" if cited and cited.pop() else tag[0]
        if name == "blockquote":
            cited.append(_is_cited(reader.read(tag[0])))
            return f"<p>{_QUOTE}</p>{tag[0]}" if cited[-1] else tag[0]
        if not closing and _is_signature(reader.read(tag[0])):
            return f"<p>{_SIGNED}</p>{tag[0]}"
        return tag[0]

    return _quoted(html_text(_TAG.sub(marked, source)))


class _TagReader(HTMLParser):
    """Reads the attributes of one tag, in one pass: expressions over them take a time that hostile mail makes long."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, str] = {}

    def read(self, tag: str) -> dict[str, str]:
        """The attributes of a start tag, values in small letters."""
        self._values = {}
        self.reset()
        self.feed(tag)
        return self._values

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._values = {name: (value or "").strip().lower() for name, value in attrs}


def _is_cited(values: dict[str, str]) -> bool:
    """Whether a blockquote is what somebody else wrote: marked so, or with the bar at its side that programs draw."""
    if values.get("type", "").startswith("cite") or "quote" in values.get("class", ""):
        return True
    style = declarations(values.get("style", ""))
    return any(not _NO_BAR & set(style[name].split() or [""]) for name in _BARS if name in style)


def _is_signature(values: dict[str, str]) -> bool:
    named = (values.get("class", ""), values.get("id", ""))
    marked = any(mark in value for value in named for mark in _SIGNATURES_IN_HTML)
    return marked or _SIGNATURE_ID.match(named[1]) is not None


def _quoted(text: str) -> str:
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        if line == _QUOTE:
            depth += 1
        elif line == _END:
            depth = max(depth - 1, 0)
        elif line == _SIGNED:
            lines.append("-- " if not depth else "")
        else:
            plain = line.replace(_QUOTE, "").replace(_END, "").replace(_SIGNED, "")
            lines.append(f"{'>' * depth} {plain}" if depth else plain)
    return _BLANK_LINES.sub("\n\n", "\n".join(lines))
