"""From a post as X's own web pages load it (GraphQL) to a post: what Zeeschuimer captures in a browser.

Zeeschuimer writes one capture a line: the post under `data`, and how it was captured around it. 4CAT keeps the same
post without the wrapper, with `__import_meta` inside. The author's names stand in `core` since 2025 and stood in
`legacy` before. `item_id` and `data.id` are not used: they went through a JavaScript number, which rounds the ids of
X; `rest_id` and `legacy.id_str` are exact. Sources: Zeeschuimer's modules/twitter.js, recorded captures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.x_legacy import LegacyEntities, LegacyUser, created
from advocacy_monitor.sources.x_payload import ManyPostsError, holds_nul
from advocacy_monitor.sources.x_shapes import (
    SOURCE,
    Entities,
    Place,
    address,
    checked_id,
    clip,
    hashtags,
    language,
    parse,
    patiently,
    said,
)

_PLATFORMS = ("twitter.com", "x.com")
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class WebUser(Struct):
    """An author; `core` is the shape since 2025, `legacy` the one before."""

    rest_id: str | None = None
    core: LegacyUser | None = None
    legacy: LegacyUser | None = None


class UserResults(Struct):
    """The envelope around an author."""

    result: WebUser | None = None


class WebCore(Struct):
    """The envelope around that envelope."""

    user_results: UserResults | None = None


class WebNote(Struct):
    """The whole of a long post, not escaped."""

    text: str | None = None
    entity_set: Entities | None = None


class NoteResults(Struct):
    """The envelope around a long post."""

    result: WebNote | None = None


class NoteTweet(Struct):
    """The envelope around that envelope."""

    note_tweet_results: NoteResults | None = None


class Views(Struct):
    """How often a post was shown, as text."""

    count: str | int | None = None


class Tombstone(Struct):
    """What stands in the place of a post that X does not show."""

    text: Any = None


class WebLegacy(Struct):
    """The greater part of a post, much like a v1.1 status."""

    id_str: str | None = None
    created_at: str | None = None
    full_text: str | None = None
    entities: Entities | None = None
    extended_entities: LegacyEntities | None = None
    lang: str | None = None
    place: Place | None = None
    user_id_str: str | None = None
    retweeted_status_result: Wrapped | None = None
    retweeted_status_id_str: str | None = None
    quoted_status_id_str: str | None = None
    in_reply_to_status_id_str: str | None = None
    reply_count: int | None = None
    retweet_count: int | None = None
    favorite_count: int | None = None
    quote_count: int | None = None
    bookmark_count: int | None = None


class Tweet(Struct, rename={"kind": "__typename"}):
    """A post. `tweet` is the post itself where X wrapped it once more, `user` the author in captures before 2023."""

    kind: str | None = None
    rest_id: str | None = None
    core: WebCore | None = None
    legacy: WebLegacy | None = None
    note_tweet: NoteTweet | None = None
    views: Views | None = None
    tombstone: Tombstone | None = None
    tweet: Tweet | None = None
    user: LegacyUser | None = None


class Wrapped(Struct):
    """The envelope around a post that another one repeats."""

    result: Tweet | None = None


class Capture(Struct):
    """A line of Zeeschuimer."""

    data: Tweet | None = None
    source_platform: str | None = None


_decode_capture = msgspec.json.Decoder(Capture).decode
_decode_tweet = msgspec.json.Decoder(Tweet).decode
_NO_NOTE = WebNote()
_NO_USER = LegacyUser()


def is_capture(value: object) -> bool:
    """Whether a parsed JSON value is a capture of Zeeschuimer from X."""
    if not isinstance(value, dict) or "nav_index" not in value or not isinstance(value.get("data"), dict):
        return False
    return value.get("source_platform") in _PLATFORMS or is_web_post(value["data"])


def is_web_post(value: object) -> bool:
    """Whether a parsed JSON value is a post as X's web pages load it."""
    if not isinstance(value, dict):
        return False
    nested = value.get("tweet")
    inner = nested if isinstance(nested, dict) else value
    return isinstance(inner.get("legacy"), dict) and ("rest_id" in inner or inner.get("type") == "adaptive")


def remap(raw: bytes) -> Post:
    """The post in a capture, or in a post without its wrapper. `remap(post.raw) == post`. Raises BadRecordError."""
    try:
        capture = _decode_capture(raw)
        found = capture.data or _decode_tweet(raw)
        post = None if _says_nothing(found) else _post(found, raw)
    except _UNREADABLE:
        post = None
    # A NUL can only stand in JSON as an escape, which is quickly looked for.
    return _patient(raw) if post is None or (b"\\u0000" in raw and holds_nul(post)) else post


def _says_nothing(tweet: Tweet) -> bool:
    return (tweet.tweet or tweet).legacy is None


def _patient(raw: bytes) -> Post:
    """Reads what the typed decoder refused, or says why it is no post."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise (ManyPostsError if isinstance(value, list) else BadRecordError)("is not a JSON object")
    platform = value.get("source_platform")
    if isinstance(platform, str) and platform not in _PLATFORMS:
        raise BadRecordError(f"was captured at {clip(platform)}; only captures from X can be read")
    data = value["data"] if isinstance(value.get("data"), dict) else value
    tweet = patiently(data, Tweet)
    if _says_nothing(tweet):
        raise BadRecordError(_no_post(tweet, data))
    return _post(tweet, raw)


def _no_post(tweet: Tweet, data: Mapping[str, Any]) -> str:
    if tweet.tombstone is not None or tweet.kind in ("TweetTombstone", "TweetUnavailable"):
        return "holds no post: X did not show it (deleted, protected or withheld)"
    keys = ", ".join(clip(str(key), 30) for key in list(data)[:8])
    return f"holds no post of X; its keys are {keys or 'none'}"


def _post(outer: Tweet, raw: bytes) -> Post:
    tweet = outer.tweet or outer
    legacy = tweet.legacy or WebLegacy()
    post_id = checked_id(legacy.id_str or tweet.rest_id)
    original = _original(legacy)
    said_in = original or tweet
    text, entities = _words(said_in)
    user = _author(tweet)
    author_id = _user_id(tweet) or legacy.user_id_str
    relation, related = _relation(legacy, original)
    pictures = (said_in.legacy or legacy).extended_entities or LegacyEntities()
    return Post(
        source=SOURCE,
        source_id=post_id,
        text=text,
        created_at=_created_at(legacy, post_id),
        raw=raw,
        url=address(post_id, user.screen_name),
        hashtags=hashtags(entities, text),
        language=language(legacy.lang),
        author_id=author_id or None,
        author_handle=user.screen_name or None,
        author_name=user.name or None,
        relation=relation,
        related_id=related,
        media_alt=tuple(said(medium.ext_alt_text) for medium in pictures.media or () if medium.ext_alt_text),
        counts=_counts(legacy, tweet.views),
        place=legacy.place.full_name if legacy.place else None,
    )


def _created_at(legacy: WebLegacy, post_id: str) -> datetime:
    return created(legacy.created_at, post_id)


def _original(legacy: WebLegacy) -> Tweet | None:
    """The post that a repost repeats, where it came along and can be read."""
    found = legacy.retweeted_status_result.result if legacy.retweeted_status_result else None
    if found is not None:
        found = found.tweet or found
    return found if found is not None and found.legacy is not None and found.legacy.full_text else None


def _words(tweet: Tweet) -> tuple[str, Entities | None]:
    """The whole text as it was typed, and what X found in it. Raises BadRecordError when there is none."""
    legacy = tweet.legacy or WebLegacy()
    results = tweet.note_tweet.note_tweet_results if tweet.note_tweet else None
    note = (results.result if results else None) or _NO_NOTE
    if note.text:
        return note.text, _known(note.entity_set or legacy.entities)  # the only text that X does not escape here
    if legacy.full_text is None:
        raise BadRecordError("holds no post: there is no full_text")
    return said(legacy.full_text), _known(legacy.entities)


def _known(entities: Entities | None) -> Entities | None:
    """The entities, if hashtags were looked for at all: X leaves the key out in some of its answers."""
    return entities if entities is not None and entities.hashtags is not None else None


def _author(tweet: Tweet) -> LegacyUser:
    results = tweet.core.user_results if tweet.core else None
    found = results.result if results else None
    if found is None:
        return tweet.user or _NO_USER
    known = (found.core, found.legacy)
    return next((names for names in known if names is not None and names.screen_name), _NO_USER)


def _user_id(tweet: Tweet) -> str | None:
    results = tweet.core.user_results if tweet.core else None
    return results.result.rest_id if results and results.result else None


def _relation(legacy: WebLegacy, original: Tweet | None) -> tuple[Relation | None, str | None]:
    """A repost counts first: what it quotes is what its original quotes."""
    if original is not None and original.legacy is not None:
        return Relation.REPOST, original.legacy.id_str or original.rest_id
    if legacy.retweeted_status_result is not None or legacy.retweeted_status_id_str:
        return Relation.REPOST, legacy.retweeted_status_id_str
    if legacy.quoted_status_id_str:
        return Relation.QUOTE, legacy.quoted_status_id_str
    if legacy.in_reply_to_status_id_str:
        return Relation.REPLY, legacy.in_reply_to_status_id_str
    return None, None


def _counts(legacy: WebLegacy, views: Views | None) -> dict[str, int]:
    shown = str(views.count) if views is not None and views.count is not None else ""
    counts = {
        "replies": legacy.reply_count,
        "reposts": legacy.retweet_count,
        "likes": legacy.favorite_count,
        "quotes": legacy.quote_count,
        "bookmarks": legacy.bookmark_count,
        "impressions": int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 16 else None,
    }
    return {name: count for name, count in counts.items() if count is not None}
