"""Gives office files (OOXML) the same bytes on any day, and properties that name nobody's machine.

A .docx or .pptx is a ZIP of XML parts. The libraries that write them stamp each part with the clock, so a file written
two seconds later differs. Here dates, order and attributes are set anew, in workbooks inside presentations as well.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

PROGRAM = "advocacy-monitor"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a ZIP can hold."""
_CONTAINERS = (".docx", ".pptx", ".xlsx")
_FIRST = ("[Content_Types].xml", "_rels/.rels")
"""What readers look for at the beginning of the file."""
_USELESS = re.compile(r"docProps/thumbnail\.\w+|ppt/printerSettings/.*|word/stylesWithEffects\.xml")
"""Parts of the libraries' own templates: a picture of an empty page, somebody's printer, styles of an older Word."""
_POINTER = re.compile(rb"<(?:Relationship|Override)\s[^<>]*/>")
_TARGET = re.compile(rb'(?:Target|PartName)="/?([^"]*)"')
_DATE = re.compile(rb"(<dcterms:(created|modified)\s[^<>]*>)[^<]*")
_PERSON = re.compile(rb"<cp:lastModifiedBy>[^<]*</cp:lastModifiedBy>|<cp:lastModifiedBy/>")
_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>{PROGRAM}</Application></Properties>"
).encode()


class CoreProperties(Protocol):
    """The core properties of a document or of a presentation, as python-docx and python-pptx have them."""

    title: str
    author: str
    language: str
    subject: str
    keywords: str
    comments: str
    last_modified_by: str
    revision: int
    created: datetime
    modified: datetime


def describe(
    properties: CoreProperties, *, title: str, author: str, language: str, keywords: str, as_of: datetime
) -> None:
    """Set the properties that a reader and a screen reader see. Texts are cut where the format ends (255 letters)."""
    from advocacy_monitor.exporters.cells import storable

    moment = as_of.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties.title, properties.author = storable(title)[:255], storable(author)[:255]
    properties.language, properties.keywords = language, storable(keywords)[:255]
    properties.subject = properties.comments = ""
    properties.last_modified_by = properties.author
    properties.revision = 1
    properties.created = properties.modified = moment


def fixed(data: bytes, as_of: datetime) -> bytes:
    """Rewrite an OOXML file so that it depends on its contents and `as_of` only.

    Parts come in a fixed order with one date; created and modified are `as_of`; who saved it last is left out.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not _USELESS.fullmatch(name)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in _in_order(parts):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, _part(name, parts[name], as_of))
    return buffer.getvalue()


def _in_order(parts: dict[str, bytes]) -> Iterator[str]:
    yield from (name for name in _FIRST if name in parts)
    yield from sorted(name for name in parts if name not in _FIRST)


def _part(name: str, body: bytes, as_of: datetime) -> bytes:
    if name.endswith(_CONTAINERS):
        return fixed(body, as_of)
    if name == "docProps/app.xml":
        return _APP
    if name == "docProps/core.xml":
        stamp = as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        return _DATE.sub(lambda found: found[1] + stamp, _PERSON.sub(b"", body))
    if name.endswith(".rels") or name == "[Content_Types].xml":
        folder = name.partition("_rels/")[0]
        return _POINTER.sub(lambda found: b"" if _is_useless(found[0], folder) else found[0], body)
    return body


def _is_useless(pointer: bytes, folder: str) -> bool:
    """Whether a relationship (by a path from `folder`) or an entry of the list of contents names a part left out."""
    found = _TARGET.search(pointer)
    target = found[1].decode("utf-8", "replace") if found else ""
    return any(_USELESS.fullmatch(path) for path in (target, folder + target))
