"""A page of X, as the API sends it, taken apart: each post with what it refers to becomes a record of its own.

The pieces are runs of the bytes as received, so that the capture of a post is what X sent. A piece holds the post's
author, the posts that it repeats, quotes or replies to with their authors, its media, polls and place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.sources.x_payload import no_post
from advocacy_monitor.sources.x_shapes import parse, patiently

_Included: TypeAlias = Mapping[str, Mapping[str, bytes]]
"""Kind of object ('users', 'tweets', ...), then id, then the object as received."""

_KINDS = ("users", "tweets", "posts", "media", "polls", "places")


class _Page(Struct):
    data: Raw = Raw()
    includes: dict[str, list[Raw]] | None = None
    statuses: Raw = Raw()


class _Key(Struct, gc=False):
    id: str | int | None = None
    media_key: str | None = None


class _Attached(Struct, gc=False):
    media_keys: list[str] | None = None
    poll_ids: list[str] | None = None


class _Located(Struct, gc=False):
    place_id: str | None = None


class _Refers(Struct, gc=False):
    author_id: str | int | None = None
    in_reply_to_user_id: str | int | None = None
    referenced_tweets: list[_Key] | None = None
    referenced_posts: list[_Key] | None = None
    attachments: _Attached | None = None
    geo: _Located | None = None
    text: Raw = Raw()


_decode_page = msgspec.json.Decoder(_Page).decode
_decode_list = msgspec.json.Decoder(list[Raw]).decode
_decode_key = msgspec.json.Decoder(_Key).decode
_decode_refers = msgspec.json.Decoder(_Refers).decode
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def split(raw: bytes) -> list[bytes]:
    """The posts of a page, a v1.1 search or a JSON list, each readable by `x_payload.remap`; none for an empty page.

    Raises BadRecordError when it cannot be taken apart, or holds users or counts and no posts.
    """
    try:
        return _split(raw)
    except _UNREADABLE:
        value = parse(raw)  # says what is wrong, or can read what the strict decoder cannot
        try:
            return _split(json.dumps(value, allow_nan=False).encode())
        except (*_UNREADABLE, ValueError) as error:
            raise BadRecordError(f"is a page that cannot be taken apart ({error})") from error


def _split(raw: bytes) -> list[bytes]:
    if raw.lstrip()[:1] == b"[":
        return [bytes(part) for part in _decode_list(raw)]
    page = _decode_page(raw)
    if page.statuses:
        return [bytes(part) for part in _decode_list(page.statuses)]
    parts = [bytes(part) for part in _decode_list(page.data)] if page.data else []
    refers = [_refers(part) for part in parts]
    if parts and not any(post.text for post in refers):
        raise BadRecordError(_no_posts(parts))
    included = _index(page.includes or {})
    return [_piece(part, post, included) for part, post in zip(parts, refers, strict=True)]


def _no_posts(parts: list[bytes]) -> str:
    first = parse(parts[0])
    what = no_post(first) if isinstance(first, dict) else "holds no post"
    return f"{what} ({len(parts)} records in one page)"


def _refers(part: bytes) -> _Refers:
    try:
        return _decode_refers(part)
    except _UNREADABLE:
        pass
    try:
        value = parse(part)
    except BadRecordError:
        return _Refers(text=Raw(b'""'))  # set aside with its reason when it is mapped
    refers = patiently(value, _Refers)
    refers.text = Raw(b'""' if isinstance(value, dict) and "text" in value else b"")
    return refers


def _index(includes: Mapping[str, Iterable[Raw]]) -> _Included:
    return {kind: dict(_keyed(kind, includes.get(kind) or ())) for kind in _KINDS}


def _keyed(kind: str, objects: Iterable[Raw]) -> Iterator[tuple[str, bytes]]:
    for included in objects:
        try:
            key = _decode_key(included)
        except _UNREADABLE:
            continue  # nothing can refer to it
        yield str(key.media_key if kind == "media" else key.id), bytes(included)


def _piece(part: bytes, post: _Refers, included: _Included) -> bytes:
    wanted: dict[str, dict[str, None]] = {kind: {} for kind in _KINDS}
    _want(wanted, post)
    for kind in ("tweets", "posts"):
        for key in list(wanted[kind]):
            if original := included[kind].get(key):
                _want(wanted, _refers(original), further=False)
    kept = {kind: [included[kind][key] for key in wanted[kind] if key in included[kind]] for kind in _KINDS}
    lists = b", ".join(
        b'"%s": [%s]' % (kind.encode(), b", ".join(objects)) for kind, objects in kept.items() if objects
    )
    return b'{"data": %s, "includes": {%s}}' % (part, lists) if lists else b'{"data": %s}' % part


def _want(wanted: Mapping[str, dict[str, None]], post: _Refers, *, further: bool = True) -> None:
    """Notes what a post refers to; of the posts that it refers to, only `further` ones are wanted."""
    people = (post.author_id, post.in_reply_to_user_id)
    wanted["users"].update({str(person): None for person in people if person is not None})
    if further:
        for reference in (*(post.referenced_tweets or ()), *(post.referenced_posts or ())):
            wanted["tweets"][str(reference.id)] = wanted["posts"][str(reference.id)] = None
    if post.attachments is not None:
        wanted["media"].update(dict.fromkeys(post.attachments.media_keys or ()))
        wanted["polls"].update(dict.fromkeys(post.attachments.poll_ids or ()))
    if post.geo is not None and post.geo.place_id is not None:
        wanted["places"][post.geo.place_id] = None
