"""From an entry of a feed, as feedparser reads it, to a Post. Pure: no network, no clock, no feedparser.

The fields are those of https://feedparser.readthedocs.io/en/latest/reference/; what a feed leaves out is simply absent.
Google Alerts send links that lead through Google and mark the words that were searched for: the Post has the real
address, and plain words.
"""

from __future__ import annotations

import calendar
import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post
from advocacy_monitor.sources.html_text import html_text, plain_text
from advocacy_monitor.sources.x_shapes import NOT_TO_BE_STORED, REPLACEMENT, hashtags

SOURCE = "feed"
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_PRIMARY_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_ADDRESS = re.compile(r"(?:mailto:)?[^\s<>()@\"]+@[^\s<>()@\"]+")
_BRACKETS = re.compile(r"[<(\"]\s*[>)\"]")
_ALT = b"<media:description"
_CDATA = b"<![CDATA["
_DOTS = " \t\r\n\xa0\u2009\u202f.…[]"
_LONGEST_NAME = 1000
_MARGIN = timedelta(days=1)


def to_post(fields: Mapping[str, Any], *, raw: bytes, place: str, language: str | None, now: datetime) -> Post:
    """An entry as a Post. `place` is the feed's host and path, `language` what the feed says, `now` the present.

    The source id is the entry's own id, else its link, else a digest of `raw`; an id that is good within its feed
    only ('123') is preceded by `place`. The author's id is the author's own address, else name and place.
    `created_at` is when it was published, else changed; where neither is said (`is_dated`) or lies in the future, it
    is `now`. Raises BadRecordError for an entry without words.
    """
    title, body = words(fields.get("title_detail"), fields.get("title")), _body(fields)
    text = _stored(title if not body else body if _begins_with(body, title) or not title else f"{title}\n\n{body}")
    if not text:
        raise BadRecordError("the entry has no words: neither title nor summary nor content")
    url = web_address(unwrapped(str(fields.get("link") or "")))
    name, address = _author(fields)
    return Post(
        source=SOURCE,
        source_id=_source_id(fields, url, raw, place),
        text=text,
        created_at=_created_at(fields, now) or now,
        raw=raw,
        url=url,
        hashtags=hashtags(None, text),
        language=_language(fields, language),
        seen_on=place,
        author_id=address or (f"{place} {name}" if name else None),
        author_name=name,
        media_alt=tuple(alt for alt in dict.fromkeys(_alts(raw)) if alt not in text),
        place=_stored(plain_text(str(fields.get("georss_featurename") or ""))) or None,
    )


def is_dated(fields: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether an entry says when it was published or changed, and not in the future."""
    return _created_at(fields, now) is not None


def words(detail: object, value: object) -> str:
    """The plain words of a field. `detail` is feedparser's, which says whether it is HTML."""
    kind = str(detail.get("type") or "") if isinstance(detail, Mapping) else ""
    given = str((detail.get("value") if isinstance(detail, Mapping) else None) or value or "")
    if "html" in kind or "xml" in kind:
        return html_text(given)
    lines = given.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(plain_text(line) for line in lines).strip()


def _body(fields: Mapping[str, Any]) -> str:
    """The content, else the summary."""
    contents = fields.get("content")
    for content in contents if isinstance(contents, list) else ():
        if isinstance(content, Mapping) and (found := words(content, None)):
            return found
    return words(fields.get("summary_detail"), fields.get("summary"))


def _begins_with(body: str, title: str) -> bool:
    """Whether the title is only the beginning of the text, as some services make one; dots at its end do not count."""
    shown = " ".join(title.rstrip(_DOTS).split())
    return bool(shown) and " ".join(body.split()).startswith(shown)


def _stored(text: str) -> str:
    return NOT_TO_BE_STORED.sub(REPLACEMENT, text)


def unwrapped(link: str) -> str:
    """The address behind one of Google's redirects (`google.com/url?…&url=…`), else the link itself."""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return link
    if parts.path == "/url" and _GOOGLE.fullmatch(host):
        query = parse_qs(parts.query)
        for name in ("url", "q"):
            if found := web_address(query.get(name, [""])[0]):
                return found
    return link


def web_address(link: str) -> str | None:
    """The link, if a page may show it: http or https, and no user name or password in it."""
    try:
        parts = urlsplit(link.strip())
        fits = parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return plain_text(_stored(link)) if fits else None


def _source_id(fields: Mapping[str, Any], url: str | None, raw: bytes, place: str) -> str:
    given = _stored(plain_text(str(fields.get("id") or "")))
    if given:
        return given if ":" in given else f"{place}#{given}"
    return url or f"sha256:{hashlib.sha256(raw).hexdigest()[:32]}"


def _created_at(fields: Mapping[str, Any], now: datetime) -> datetime | None:
    for name in ("published_parsed", "updated_parsed"):
        given = fields.get(name)
        try:
            found = datetime.fromtimestamp(calendar.timegm(given), UTC) if given else None
        except (ValueError, OverflowError, OSError, TypeError):
            continue
        if found is not None and found <= now + _MARGIN:
            return found
    return None


def _language(fields: Mapping[str, Any], language: str | None) -> str | None:
    """The primary language of what the entry says, else of what the feed says: 'de' of 'de-AT'."""
    details = [*(fields.get("content") or ()), fields.get("summary_detail"), fields.get("title_detail")]
    said = (str(detail.get("language") or "") for detail in details if isinstance(detail, Mapping))
    for tag in (*said, language or ""):
        if found := _PRIMARY_LANGUAGE.match(tag):
            return found[0].lower()
    return None


def _author(fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The author's name, without the e-mail address that RSS puts there, and the author's page."""
    detail = fields.get("author_detail")
    detail = detail if isinstance(detail, Mapping) else {}
    name = html_text(str(detail.get("name") or fields.get("author") or ""))[:_LONGEST_NAME]
    name = " ".join(_BRACKETS.sub("", _ADDRESS.sub("", name)).split()).strip(" ()<>\"'")
    return _stored(name) or None, web_address(str(detail.get("href") or ""))


def _alts(raw: bytes) -> Iterator[str]:
    """What media:description says about pictures, which feedparser does not keep apart."""
    for given in _descriptions(raw):
        if alt := _stored(html_text(html.unescape(given.decode("utf-8", "replace")))):
            yield alt


def _descriptions(raw: bytes) -> Iterator[bytes]:
    """What stands in the media:description elements, plain or CDATA. Goes forward only, so that no feed takes long."""
    at = 0
    while (start := raw.find(_ALT, at)) >= 0:
        at = start + len(_ALT)
        following = raw.find(b"<", at)
        opened = raw.find(b">", at, following)
        if following < 0:
            return
        if opened < 0:
            continue
        if raw[at : at + 1] not in (b">", b" ", b"\t", b"\r", b"\n") or raw[opened - 1 : opened] == b"/":
            continue
        if raw.startswith(_CDATA, following) and not raw[opened + 1 : following].strip():
            end = raw.find(b"]]>", following)
            if end < 0:
                return
            at = end
            yield raw[following + len(_CDATA) : end]
        elif raw.startswith(b"</media:description", following):
            at = following
            yield raw[opened + 1 : following]
