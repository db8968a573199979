"""From Instagram's media and comments, as the Graph API sends them, to a Post. Pure: no network, no clock, no settings.

Fields: https://developers.facebook.com/documentation/instagram-platform/reference/instagram-media and .../ig-comment.
A capture is the record as received together with the list in which it was found, which says what it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.graph_values import graph_time, hashtags_in, plain_id, web_address
from advocacy_monitor.sources.html_text import plain_text

HASHTAG_FIELDS = "id,caption,media_type,permalink,timestamp,like_count,comments_count"
TAGGED_FIELDS = f"{HASHTAG_FIELDS},username"
COMMENT_FIELDS = "id,text,timestamp,username,like_count,parent_id,hidden"

List: TypeAlias = Literal["hashtag", "tagged", "comments"]


class Record(msgspec.Struct):
    """What is read of a medium or a comment."""

    id: str | None = None
    timestamp: str | None = None
    caption: str | None = None
    text: str | None = None
    username: str | None = None
    permalink: str | None = None
    parent_id: str | None = None
    hidden: bool | None = None
    like_count: int | None = None
    comments_count: int | None = None


class Found(msgspec.Struct, omit_defaults=True):
    """Where a record was found: the list, the hashtag, or the medium under which a comment stands."""

    list: List
    hashtag: str | None = None
    media: str | None = None
    media_url: str | None = None


class _Capture(Found, kw_only=True):
    data: msgspec.Raw


_decode_record = msgspec.json.Decoder(Record).decode
_decode_capture = msgspec.json.Decoder(_Capture).decode


def capture(record: bytes, where: Found) -> bytes:
    """The payload that is kept: the record's own bytes, and where it was found."""
    return b'{"data": %s, %s' % (record, msgspec.json.encode(where)[1:])


def found(raw: bytes) -> tuple[Found, bytes]:
    """Where a capture's record was found, and the record. Raises BadRecordError."""
    try:
        kept = _decode_capture(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(f"not a capture of the instagram source: {error}") from error
    where = Found(list=kept.list, hashtag=kept.hashtag, media=kept.media, media_url=kept.media_url)
    return where, bytes(kept.data)


def read(record: bytes) -> Record:
    """A record of a list. Raises BadRecordError that names the field."""
    try:
        return _decode_record(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(f"not a medium or comment of Instagram: {error}") from error


def moment(record: Record) -> datetime:
    """When it was published, in UTC. Raises BadRecordError."""
    return graph_time(record.timestamp, field="timestamp")


def to_post(raw: bytes) -> Post:
    """A capture as a Post. Media found by a hashtag have no author: Instagram does not name any.

    The hashtag under which a medium was listed counts as one of its own, since it may stand in a comment of its
    author. A comment has the address of its medium. Raises BadRecordError, naming the field.
    """
    where, data = found(raw)
    return mapped(read(data), where, raw=raw)


def mapped(record: Record, where: Found, *, raw: bytes) -> Post:
    """`to_post` for a capture that is read already."""
    if not plain_id(record.id, field="id") or not record.id:
        raise BadRecordError("has no id")
    commented = where.list == "comments"
    text = plain_text((record.text if commented else record.caption) or "")
    handle = plain_text(record.username or "").lower() or None
    tags = [*hashtags_in(text), *([where.hashtag] if where.hashtag else ())]
    return Post(
        source="instagram",
        source_id=record.id,
        text=text,
        created_at=moment(record),
        raw=raw,
        url=web_address(where.media_url if commented else record.permalink),
        hashtags=tuple(dict.fromkeys(tags)),
        author_id=handle,
        author_handle=handle,
        relation=Relation.REPLY if commented else None,
        related_id=plain_id(record.parent_id or where.media, field="parent_id") if commented else None,
        counts=_counts(record),
    )


def _counts(record: Record) -> dict[str, int]:
    counts = {"likes": record.like_count, "comments": record.comments_count}
    return {name: count for name, count in counts.items() if count is not None}
