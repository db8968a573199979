"""From a Mastodon status, as its API sends it, to a Post. Pure: no network, no clock, no Mastodon.py.

Fields: https://docs.joinmastodon.org/entities/Status/. Servers other than Mastodon leave some out or send null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.html_text import html_text, plain_text

COLLECTED_VISIBILITIES = ("public", "unlisted")
_OTHER_VISIBILITIES = ("private", "direct", "limited", "local")
_PRIMARY_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_UNCLEAN = re.compile(r"[\x00-\x20\x7f-\x9f<>\"\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_Filled = Annotated[str, msgspec.Meta(min_length=1)]


class _Account(msgspec.Struct):
    acct: _Filled
    uri: str | None = None
    url: str | None = None
    display_name: str | None = None


class _Tag(msgspec.Struct):
    name: str


class _Media(msgspec.Struct):
    description: str | None = None


class _Quoted(msgspec.Struct):
    uri: str | None = None


class _Quote(msgspec.Struct):
    state: str | None = None
    quoted_status: _Quoted | None = None


class _Status(msgspec.Struct):
    id: _Filled
    uri: _Filled
    created_at: datetime
    content: str
    visibility: str
    account: _Account
    url: str | None = None
    spoiler_text: str | None = None
    language: str | None = None
    in_reply_to_id: str | None = None
    reblog: _Status | None = None
    quote: _Quote | None = None
    tags: list[_Tag] | None = None
    media_attachments: list[_Media] | None = None
    replies_count: int | None = None
    reblogs_count: int | None = None
    favourites_count: int | None = None
    quotes_count: int | None = None


def decoded(raw: bytes) -> Mapping[str, Any]:
    """A status as sent, as a mapping. Raises BadRecordError."""
    try:
        status = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(f"cannot be read as JSON: {error}") from error
    if not isinstance(status, dict):
        raise BadRecordError(f"not a Mastodon status: expected an object, found {type(status).__name__}")
    return status


def local_id(raw: bytes) -> str | None:
    """The id of a status on the server that sent it; also of one that cannot be mapped."""
    try:
        found = decoded(raw).get("id")
    except BadRecordError:
        return None
    return found if isinstance(found, str) and found else None


def refusal(status: Mapping[str, Any], *, respect_indexable: bool) -> str | None:
    """Why a status must not be collected, or None. What is refused here is not kept either, not even as a reject.

    Only public and unlisted posts are taken. `respect_indexable` leaves out people whose account says
    `indexable: false` or `noindex: true`. A repost is refused when the original is.
    """
    for told in (status, status.get("reblog")):
        if isinstance(told, Mapping) and (reason := _refusal(told, respect_indexable=respect_indexable)):
            return reason
    return None


def _refusal(status: Mapping[str, Any], *, respect_indexable: bool) -> str | None:
    visibility = status.get("visibility")
    if isinstance(visibility, str) and visibility not in COLLECTED_VISIBILITIES:
        shown = visibility if visibility in _OTHER_VISIBILITIES else "unknown"
        return f"visibility {shown}: not collected"
    account = status.get("account")
    if respect_indexable and isinstance(account, Mapping):
        if account.get("indexable") is False:
            return "account says indexable: false: not collected"
        if account.get("noindex") is True:
            return "account says noindex: true: not collected"
    return None


def to_post(status: Mapping[str, Any], instance: str, *, raw: bytes) -> Post:
    """A status as a Post, seen on `instance`, the URL of the server that sent it. `raw` is the payload as received.

    The source id is the status' `uri`, which is the same on every server. A repost carries the original's text. A
    reply's `related_id` is None, because Mastodon names the post replied to by an id of that one server only.
    Raises BadRecordError, naming the field, when the status cannot be mapped.
    """
    try:
        record = msgspec.convert(status, type=_Status)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadRecordError(f"not a Mastodon status: {error}") from error
    if _CONTROLS.search(record.uri):
        raise BadRecordError("not a Mastodon status: uri holds control characters - at `$.uri`")
    said = record.reblog or record
    relation, related_id = _relation(record)
    try:
        created_at = record.created_at.replace(tzinfo=record.created_at.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise BadRecordError("created_at lies outside of the years 1 to 9999") from error
    return Post(
        source="mastodon",
        source_id=record.uri,
        text=_text(said),
        created_at=created_at,
        raw=raw,
        url=_web_address(record.url),
        hashtags=_hashtags(said),
        language=_language(said.language),
        author_id=plain_text(record.account.uri or record.account.url or "") or None,
        author_handle=_handle(record.account, instance),
        author_name=" ".join(plain_text(record.account.display_name or "").split()) or None,
        relation=relation,
        related_id=None if related_id and _CONTROLS.search(related_id) else related_id,
        media_alt=tuple(alt for media in said.media_attachments or () if (alt := plain_text(media.description or ""))),
        counts=_counts(said),
        seen_on=instance,
    )


def _text(said: _Status) -> str:
    """The content warning, an empty line, the text. A quote's fallback line 'RE: https://...' is not the person's.

    https://docs.joinmastodon.org/client/quotes/ asks to hide the class `quote-inline` where a status has a quote.
    """
    content = html_text(said.content, drop_class="quote-inline" if said.quote else None)
    return "\n\n".join(part for part in (plain_text(said.spoiler_text or ""), content) if part)


def _relation(record: _Status) -> tuple[Relation | None, str | None]:
    """What the post is to another one. A reply that quotes counts as a quote: only that names the other post."""
    if record.reblog is not None:
        return Relation.REPOST, record.reblog.uri
    if record.quote is not None and record.quote.state == "accepted":
        quoted = record.quote.quoted_status
        return Relation.QUOTE, quoted.uri if quoted else None
    if record.in_reply_to_id is not None:
        return Relation.REPLY, None
    return None, None


def _handle(account: _Account, instance: str) -> str:
    """'name@host' for everybody; the API leaves the host out for a server's own people."""
    acct = plain_text(account.acct)
    return acct if "@" in acct else f"{acct}@{_host(account.url) or _host(instance)}"


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _web_address(url: str | None) -> str | None:
    """The address, if it is one that a page may link to."""
    return url if url and url.startswith(("https://", "http://")) and not _UNCLEAN.search(url) else None


def _hashtags(said: _Status) -> tuple[str, ...]:
    names = (plain_text(tag.name).lower().removeprefix("#") for tag in said.tags or ())
    return tuple(dict.fromkeys(name for name in names if name))


def _language(tag: str | None) -> str | None:
    """The primary language of a BCP 47 tag: 'de' of 'de-AT'."""
    found = _PRIMARY_LANGUAGE.match(tag or "")
    return found[0].lower() if found else None


def _counts(said: _Status) -> dict[str, int]:
    counts = {
        "replies": said.replies_count,
        "reblogs": said.reblogs_count,
        "favourites": said.favourites_count,
        "quotes": said.quotes_count,
    }
    return {name: count for name, count in counts.items() if count is not None}
