"""From a v1.1 status of X (archives from before 2022) to a post.

Long texts stand in `extended_tweet.full_text` (streams) or `full_text` (searches); a repost carries its original.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
from msgspec import Struct

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.x_shapes import (
    SOURCE,
    Entities,
    Place,
    address,
    checked_id,
    clip,
    created_from_id,
    hashtags,
    language,
    patiently,
    said,
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class LegacyMedia(Struct):
    """A picture of a status."""

    ext_alt_text: str | None = None


class LegacyEntities(Struct):
    """The media of a status, all of them."""

    media: list[LegacyMedia] | None = None


class LegacyUser(Struct):
    """The author of a status."""

    id_str: str | None = None
    id: str | int | None = None
    screen_name: str | None = None
    name: str | None = None


class LegacyLong(Struct):
    """The whole of a long status."""

    full_text: str | None = None
    entities: Entities | None = None
    extended_entities: LegacyEntities | None = None


class Status(Struct):
    """A status of API v1.1, with the one that it repeats."""

    id_str: str | None = None
    id: str | int | None = None
    created_at: str | None = None
    text: str | None = None
    full_text: str | None = None
    extended_tweet: LegacyLong | None = None
    entities: Entities | None = None
    extended_entities: LegacyEntities | None = None
    lang: str | None = None
    user: LegacyUser | None = None
    place: Place | None = None
    retweeted_status: Status | None = None
    quoted_status_id_str: str | None = None
    quoted_status_id: int | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_status_id: int | None = None
    reply_count: int | None = None
    retweet_count: int | None = None
    favorite_count: int | None = None
    quote_count: int | None = None


def is_legacy(value: Mapping[str, Any]) -> bool:
    """Whether a parsed payload is a v1.1 status."""
    has_text = isinstance(value.get("text"), str) or isinstance(value.get("full_text"), str)
    return has_text and ("id_str" in value or "full_text" in value or "user" in value)


_decode = msgspec.json.Decoder(Status).decode


def read(raw: bytes) -> Post | None:
    """The post in a v1.1 status as received, or None when it does not have quite that shape. Raises BadRecordError."""
    try:
        status = _decode(raw)
    except _UNREADABLE:
        return None
    return None if status.id_str is None else _post(status, raw)


def to_post(value: Mapping[str, Any], raw: bytes) -> Post:
    """The post in a parsed v1.1 status. Raises BadRecordError."""
    return _post(patiently(value, Status), raw)


def _post(status: Status, raw: bytes) -> Post:
    said_in = status.retweeted_status or status
    long = said_in.extended_tweet or LegacyLong()
    text = said(long.full_text or said_in.full_text or said_in.text or "")
    pictures = long.extended_entities or said_in.extended_entities or LegacyEntities()
    post_id = checked_id(status.id_str or status.id)
    user = status.user or LegacyUser()
    author_id = user.id_str or user.id
    relation, related = _relation(status, said_in)
    return Post(
        source=SOURCE,
        source_id=post_id,
        text=text,
        created_at=created(status.created_at, post_id),
        raw=raw,
        url=address(post_id, user.screen_name),
        hashtags=hashtags(long.entities or said_in.entities, text),
        language=language(status.lang),
        author_id=None if author_id is None else str(author_id),
        author_handle=user.screen_name,
        author_name=user.name,
        relation=relation,
        related_id=related,
        media_alt=tuple(said(medium.ext_alt_text) for medium in pictures.media or () if medium.ext_alt_text),
        counts=_counts(status),
        place=status.place.full_name if status.place else None,
    )


def _relation(status: Status, said_in: Status) -> tuple[Relation | None, str | None]:
    if said_in is not status:
        return Relation.REPOST, _text_id(said_in.id_str, said_in.id)
    if quoted := _text_id(status.quoted_status_id_str, status.quoted_status_id):
        return Relation.QUOTE, quoted
    if replied := _text_id(status.in_reply_to_status_id_str, status.in_reply_to_status_id):
        return Relation.REPLY, replied
    return None, None


def _text_id(text: str | None, number: str | int | None) -> str | None:
    return text or (str(number) if number else None)


def _counts(status: Status) -> dict[str, int]:
    counts = {
        "replies": status.reply_count,
        "reposts": status.retweet_count,
        "likes": status.favorite_count,
        "quotes": status.quote_count,
    }
    return {name: count for name, count in counts.items() if count is not None}


def created(stamp: str | None, post_id: str) -> datetime:
    """`Wed Aug 27 13:08:45 +0000 2008` in UTC, whatever the locale; without one, the time in the id.

    Raises BadRecordError.
    """
    if stamp is None:
        return created_from_id(post_id)
    try:
        _, month, day, clock, offset, year = stamp.split()
        hour, minute, second = (int(part) for part in clock.split(":"))
        zone = timezone(timedelta(minutes=int(offset[:-2]) * 60 + int(offset[0] + offset[-2:])))
        made = datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=zone)
        return made.astimezone(UTC)
    except (ValueError, OverflowError, IndexError) as error:
        raise BadRecordError(f"its created_at is no date of X: {clip(stamp)}") from error
