"""From the bytes of a feed to its entries, each with the bytes in which it came.

feedparser reads all kinds of feeds (RSS 0.9 to 2.0, RDF, Atom), also broken ones, but keeps no bytes. The entries'
elements are therefore found a second time, in the bytes themselves, and matched by their order.

A document that declares entities is refused: feedparser 6.0 drops those that name others (the "billion laughs"), but
its second parser writes one of a megabyte out as often as it is named, which took 100 GB in a test. No feed needs them.
feedparser's own cleaning of HTML is switched off, because it takes most of the time: texts are turned into plain words
afterwards (`html_text`).
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import feedparser

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError

_log = logging.getLogger(__name__)
_TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])[^<>]*>", re.DOTALL
)
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html|head|body)", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<\w")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_OPEN_ROOT = re.compile(rb"<(rss|(?:[\w.-]+:)?feed|(?:[\w.-]+:)?RDF)[\s>]", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]{1,8}|[0-9]{1,8});", re.IGNORECASE)
_CUT = "the feed breaks off inside of this entry"
_PARSER_FAILURES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)

PASSING: dict[type[Exception], bool] = {
    feedparser.exceptions.ThingsNobodyCaresAboutButMe: True,
    feedparser.CharacterEncodingOverride: True,
    feedparser.CharacterEncodingUnknown: True,
    feedparser.NonXMLContentType: True,
    feedparser.UndeclaredNamespace: True,
}
"""Every error of feedparser: all may pass, since the next answer may be a feed. It tells of them instead of raising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: what feedparser read, and the bytes of its element. `problem` is why it cannot be used, or None."""

    fields: Mapping[str, Any]
    raw: bytes
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed. `whole` is false where its end is missing: then more entries may have been meant."""

    entries: tuple[Entry, ...]
    language: str | None
    whole: bool


def read_document(body: bytes, *, content_type: str, url: str) -> Document:
    """The entries of a feed, in its order. `url` is where relative links start from.

    Raises RetryableSourceError for what is no feed, such as a log-in page: servers under repair send that; and
    FatalSourceError for one that declares entities.
    """
    plain = body.replace(b"\0", b"")  # UTF-16
    first = _FIRST_ELEMENT.search(plain)
    if _ENTITY.search(plain, 0, first.start() if first else len(plain)):
        raise FatalSourceError("declares XML entities, which can be made to fill the memory: it is not read")
    slices = list(_slices(body))
    try:
        found = _parsed(body, content_type, url)
    except _PARSER_FAILURES as error:
        entries = tuple(_one_by_one(body, slices, content_type, url))
        if not entries:
            raise RetryableSourceError(f"sent a feed that cannot be read ({type(error).__name__})") from None
        return Document(entries=entries, language=None, whole=_is_whole(body))
    if not found.entries and (not found.get("version") or _PAGE.match(body)):
        what = "a web page" if _PAGE.match(body) or "html" in content_type.lower() else "something else"
        raise RetryableSourceError(
            f"sent {what} where a feed was expected; is it under repair, or is the address wrong?"
        )
    if found.bozo:
        _log.info("a feed is not quite well-formed (%s)", type(found.get("bozo_exception")).__name__)
    language = found.feed.get("language")
    return Document(
        entries=tuple(_entries(found.entries, slices)),
        language=language if isinstance(language, str) else None,
        whole=_is_whole(body),
    )


def _parsed(body: bytes, content_type: str, url: str) -> Any:
    headers = {"content-location": url, **({"content-type": content_type} if content_type else {})}
    # As a stream: bytes alone would be tried as the name of a file first.
    stream = io.BytesIO(_REFERENCE.sub(_whole_character, body))
    return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _whole_character(reference: re.Match[bytes]) -> bytes:
    """`&#55357;` is half of a character: feedparser gives up a feed in which anybody has written that."""
    given = reference[1].lower()
    number = int(given[1:], 16) if given.startswith(b"x") else int(given)
    return b"&#xFFFD;" if 0xD800 <= number <= 0xDFFF else reference[0]


def _one_by_one(body: bytes, slices: list[tuple[bytes, bool]], content_type: str, url: str) -> Iterator[Entry]:
    """The entries of a feed that feedparser gives up: each read for itself, so that one does not stop the others."""
    if not slices:
        return
    head = body[: body.index(slices[0][0])]
    tail = body[body.rindex(slices[-1][0]) + len(slices[-1][0]) :]
    for raw, cut in slices:
        try:
            found = _parsed(head + raw + tail, content_type, url).entries
            problem = _CUT if cut else None if len(found) == 1 else "is no entry that can be read"
            yield Entry(fields=_plainly(found[0]) if found else {}, raw=raw, problem=problem)
        except _PARSER_FAILURES as error:
            yield Entry(fields={}, raw=raw, problem=f"cannot be read ({type(error).__name__})")


def _entries(parsed: list[Any], slices: list[tuple[bytes, bool]]) -> Iterator[Entry]:
    """Each entry with its bytes: exactly as received, where the elements found are as many as the entries read.

    Where they are not (UTF-16, and markup that feedparser repairs), the bytes are JSON of what was read.
    """
    if len(slices) == len(parsed):
        for fields, (raw, cut) in zip(parsed, slices, strict=True):
            yield Entry(fields=_plainly(fields), raw=raw, problem=_CUT if cut else None)
    else:
        for fields in parsed:
            fields = _plainly(fields)
            yield Entry(fields=fields, raw=json.dumps(fields, sort_keys=True, ensure_ascii=False, default=str).encode())


def _plainly(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as a plain dictionary: feedparser's own answers for fields that are not there."""
    return dict(dict.items(fields))


def _slices(body: bytes) -> Iterator[tuple[bytes, bool]]:
    """The bytes of each item or entry element, and whether its end is missing. Comments and CDATA are skipped."""
    name, start, depth = b"", 0, 0
    for token in _TOKEN.finditer(body):
        closing, tag = token[1], token[2]
        if tag is None or (depth and tag != name):
            continue
        if closing:
            depth -= depth > 0
            if depth == 0 and name:
                yield body[start : token.end()], False
                name = b""
            continue
        if depth == 0:
            name, start = tag, token.start()
        if token[0].endswith(b"/>"):
            if depth == 0:
                yield token[0], False
                name = b""
        else:
            depth += 1
    if depth:
        yield body[start:], True


def _is_whole(body: bytes) -> bool:
    root = _OPEN_ROOT.search(body)
    return root is None or b"</" + root[1] in body[-1000:]
