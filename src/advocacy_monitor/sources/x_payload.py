"""From a payload of X to a post: a pure function, so that stored captures can be mapped again after a change.

A payload is one record in any of these shapes: a post with everything inside (`twarc2 flatten`), `{"data": post,
"includes": ...}` (the streams, and the pieces that `x_pages.split` makes of a page), or a v1.1 status. The typed
decoder is tried first; what does not fit it is read again, patiently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources import x_legacy
from advocacy_monitor.sources.x_shapes import (
    SOURCE,
    Attachments,
    Includes,
    Media,
    Metrics,
    Payload,
    Place,
    Reference,
    User,
    address,
    checked_id,
    clip,
    created_from_id,
    hashtags,
    language,
    parse,
    patiently,
    said,
)

_decode = msgspec.json.Decoder(Payload).decode
_decode_includes = msgspec.json.Decoder(Includes).decode
_RELATIONS = {"retweeted": Relation.REPOST, "reposted": Relation.REPOST, "quoted": Relation.QUOTE}
_RELATIONS["replied_to"] = Relation.REPLY
_ORDER = (Relation.REPOST, Relation.QUOTE, Relation.REPLY)
_NOTHING = Includes()
_LEGACY = Payload(id_str="")
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class ManyPostsError(BadRecordError):
    """The payload is a page of posts: take it apart with `x_pages.split` first."""


def remap(raw: bytes) -> Post:
    """The post in a payload, as received. `remap(post.raw) == post` for every post of this source.

    Raises BadRecordError that says what is wrong, and ManyPostsError for a page.
    """
    try:
        payload = _decode(raw)
    except _UNREADABLE:
        payload = _LEGACY  # whose dates and numbers are written in other ways
    post: Post | None = None
    if payload.data or payload.statuses:
        post = _enclosed(payload, raw)
    elif payload.id_str is not None:
        post = x_legacy.read(raw)
    elif payload.text is not None:
        post = _post(payload, raw, _NOTHING)
    # A NUL can only stand in JSON as an escape, which is quickly looked for.
    return _patient(raw) if post is None or (b"\\u0000" in raw and holds_nul(post)) else post


def _enclosed(payload: Payload, raw: bytes) -> Post:
    data = payload.data or payload.statuses
    if bytes(data).startswith(b"["):
        raise ManyPostsError("is a page of posts, not one post")
    try:
        included = _decode_includes(payload.includes) if payload.includes else _NOTHING
        post = _decode(data)
    except _UNREADABLE:
        return _patient(raw)
    if post.text is None:
        return _patient(raw)
    return _post(post, raw, included)


def holds_nul(post: Post) -> bool:
    """Whether the typed decoder let a NUL pass, which it takes for a character like any other."""
    words = (post.text, post.author_name, post.author_handle, post.author_id, post.language, post.place)
    return "\0" in "".join(filter(None, (*words, post.related_id, *post.hashtags, *post.media_alt)))


def _patient(raw: bytes) -> Post:
    """Reads what the typed decoder refused: older shapes, fields of another type, halves of characters."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise (ManyPostsError if isinstance(value, list) else BadRecordError)("is not a JSON object")
    if any(isinstance(value.get(key), list) for key in ("data", "statuses")) or _found_nothing(value):
        raise ManyPostsError("is a page of posts, not one post")
    post, included = value, _NOTHING
    if isinstance(value.get("data"), dict):
        post, included = value["data"], patiently(value.get("includes"), Includes)
    if x_legacy.is_legacy(post):
        return x_legacy.to_post(post, raw)
    if not isinstance(post.get("text"), str):
        raise BadRecordError(no_post(post))
    return _post(patiently(post, Payload), raw, included)


def _found_nothing(value: Mapping[str, Any]) -> bool:
    meta = value.get("meta")
    return "data" not in value and isinstance(meta, dict) and meta.get("result_count") == 0


def to_post(payload: Payload, raw: bytes) -> Post:
    """The post in a payload that carries everything inside. Raises BadRecordError."""
    return _post(payload, raw, _NOTHING)


def _post(payload: Payload, raw: bytes, included: Includes) -> Post:
    post_id = checked_id(payload.id)
    text, entities, attachments = payload.text or "", payload.entities, payload.attachments
    note = payload.note_tweet or payload.note_post
    relation = related = None
    if references := payload.referenced_tweets or payload.referenced_posts:
        relation, related, original = _reference(references, included)
        if relation is Relation.REPOST and original is not None:
            # The text of a repost is cut at 140 characters: the whole of it stands in the original.
            text, entities, attachments = original.text or "", original.entities, original.attachments
            note = original.note_tweet or original.note_post
    if note is not None and note.text:
        text, entities = note.text, note.entities or entities
    created = payload.created_at
    if created is None:
        created = created_from_id(post_id)
    elif created.tzinfo is not UTC:
        created = _in_utc(created)
    author = payload.author or _author(payload, included)
    author_id = payload.author_id if payload.author_id is not None else author.id
    text = said(text)
    history = payload.edit_history_tweet_ids or payload.edit_history_post_ids
    return Post(
        source=SOURCE,
        source_id=post_id if history is None or len(history) < 2 else _first_version(history, post_id),
        text=text,
        created_at=created,
        raw=raw,
        url=address(post_id, author.username),
        hashtags=hashtags(entities, text),
        language=language(payload.lang),
        author_id=None if author_id is None else str(author_id),
        author_handle=author.username,
        author_name=author.name,
        relation=relation,
        related_id=related,
        media_alt=_alt_texts(attachments, included) if attachments is not None else (),
        counts=_counts(payload.public_metrics) if payload.public_metrics is not None else {},
        place=_place(payload, included) if payload.geo is not None else None,
    )


def _first_version(history: list[str | int], post_id: str) -> str:
    """The id of an edited post's first version: each edit is a post of its own, and all of them are one statement."""
    ids = [found for each in history if (found := str(each)).isascii() and found.isdecimal()]
    return min(ids, key=int) if post_id in ids else post_id


def _reference(references: list[Reference], included: Includes) -> tuple[Relation | None, str | None, Reference | None]:
    """How a post relates to which other one, and that one if its text came along; a repost counts first."""
    found: dict[Relation | None, Reference] = {
        _RELATIONS.get(reference.type or ""): reference for reference in reversed(references)
    }
    for relation in _ORDER:
        if reference := found.get(relation):
            related = None if reference.id is None else str(reference.id)
            return relation, related, reference if reference.text is not None else _original(related, included)
    return None, None, None


def _original(post_id: str | None, included: Includes) -> Reference | None:
    along: list[Reference] = [*(included.tweets or ()), *(included.posts or ())]
    for post in along:
        if str(post.id) == post_id and post.text is not None:
            return post
    return None


def _author(payload: Payload, included: Includes) -> User:
    wanted = str(payload.author_id)
    for user in included.users or ():
        if str(user.id) == wanted:
            return user
    return User()


def _alt_texts(attachments: Attachments, included: Includes) -> tuple[str, ...]:
    media: list[Media] = attachments.media or []
    if not media and included.media:
        by_key = {medium.media_key: medium for medium in included.media}
        media = [by_key[key] for key in attachments.media_keys or () if key in by_key]
    return tuple(said(medium.alt_text) for medium in media if medium.alt_text)


def _place(payload: Payload, included: Includes) -> str | None:
    if payload.geo is None:
        return None
    places: list[Place] = included.places or []
    known = (place.full_name for place in places if place.id == payload.geo.place_id and place.full_name)
    return payload.geo.full_name or next(known, None)


_COUNTS = ("replies", "reposts", "likes", "quotes", "bookmarks", "impressions")


def _counts(metrics: Metrics) -> dict[str, int]:
    reposts = metrics.retweet_count if metrics.retweet_count is not None else metrics.repost_count
    found = (metrics.reply_count, reposts, metrics.like_count, metrics.quote_count)
    seen = (metrics.bookmark_count, metrics.impression_count)
    return {name: count for name, count in zip(_COUNTS, (*found, *seen), strict=True) if count is not None}


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise BadRecordError(f"its created_at is out of range: {clip(moment.isoformat())}") from error


def no_post(value: Mapping[str, Any]) -> str:
    """Says what a JSON object is that is no post."""
    reason = f" ({value['reason']})" if isinstance(value.get("reason"), str) else ""
    if "action" in value and "id" in value:
        return f"is a compliance notice, {clip(str(value['action']) + reason)}, and holds no post"
    for key, what in (("delete", "a deletion notice"), ("limit", "a limit notice"), ("errors", "an error message")):
        if key in value:
            return f"is {what} and holds no post"
    if "username" in value or "screen_name" in value:
        return "holds a user, no post"
    if "tweet_count" in value or "post_count" in value:
        return "holds counts, no post"
    keys = ", ".join(clip(str(key), 30) for key in list(value)[:8])
    return f"holds no post: there is no text; its keys are {keys or 'none'}"


def is_of_x(value: object) -> bool:
    """Whether a parsed JSON value is of X: a post, a page, a status, or a notice, an error, users or counts."""
    if isinstance(value, list):
        return bool(value) and is_of_x(value[0])
    if not isinstance(value, dict) or "nav_index" in value:
        return False
    if isinstance(value.get("statuses"), list) or x_legacy.is_legacy(value) or _found_nothing(value):
        return True
    inner = value.get("data", value)
    first = (inner[0] if inner else {"text": ""}) if isinstance(inner, list) else inner
    if not isinstance(first, dict):
        return False
    known = ("text", "username", "tweet_count", "post_count", "action", "delete", "limit")
    return any(key in first for key in known) or ("errors" in value and "data" not in value)
