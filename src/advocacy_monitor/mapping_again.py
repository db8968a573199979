"""The mapping of each platform once more over a payload that is kept: for records that were damaged or set aside."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post


def _x(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.x_payload import remap

    return remap(raw)


def _bluesky(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.bluesky_post import remap

    return remap(raw)


def _reddit(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.reddit_thing import to_post

    return to_post(raw)


def _youtube(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.youtube_comment import to_post

    return to_post(raw)


def _facebook(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.facebook_post import to_post

    return to_post(raw)


def _instagram(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.instagram_media import to_post

    return to_post(raw)


def _mastodon(raw: bytes, seen_on: str | None) -> Post:
    from advocacy_monitor.sources.mastodon_status import to_post

    if seen_on is None:
        raise BadRecordError("it is not known which server sent it")
    try:
        status = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(f"not JSON: {error}") from error
    return to_post(status, seen_on, raw=raw)


_MAPPINGS: dict[str, Callable[[bytes, str | None], Post]] = {
    "x": _x,
    "bluesky": _bluesky,
    "reddit": _reddit,
    "youtube": _youtube,
    "facebook": _facebook,
    "instagram": _instagram,
    "mastodon": _mastodon,
}
CAN = tuple(_MAPPINGS)
"""The sources whose payloads alone say everything. A feed's entry, a row of a table and a mail need what was around."""


def map_again(source: str, raw: bytes, *, seen_on: str | None) -> Post:
    """The post in a payload. `seen_on` is the server that sent it. Raises BadRecordError."""
    mapping = _MAPPINGS.get(source)
    if mapping is None:
        raise BadRecordError(f"a payload of {source} does not say everything by itself")
    return mapping(raw, seen_on)
