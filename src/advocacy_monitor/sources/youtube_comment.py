"""From a comment of YouTube's Data API to a Post. Pure: no network, no clock.

Fields: https://developers.google.com/youtube/v3/docs/comments. A comment does not say under which video it stands when
it is asked for alone, so its payload is wrapped with what its thread says: {"comment": as received, "thread": ...}. It
holds none of the other people's comments that come in the same thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from msgspec import Raw, Struct, field

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.html_text import html_text, plain_text
from advocacy_monitor.sources.json_records import without_odd

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises over JSON that is none, or is of another shape."""

PLAIN = "plainText"
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}(\.[A-Za-z0-9_-]{1,100})?")
_ID_IN_BYTES = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9_.-]{1,201})"')
_VIDEO = re.compile(r"[A-Za-z0-9_-]{1,20}")
_HASHTAG = re.compile(r"(?<![\w&/])[#＃](\w*[^\W\d]\w*)")
_CHANNEL_HANDLE = re.compile(r"https?://(?:www\.)?youtube\.com/(@[^\s/?#]+)")


class About(Struct, rename="camel", omit_defaults=True):
    """What a thread says about its comments."""

    video_id: str | None = None
    channel_id: str | None = None
    total_reply_count: int | None = None


class _ThreadSnippet(Struct, rename="camel"):
    top_level_comment: Raw
    video_id: str | None = None
    channel_id: str | None = None
    total_reply_count: int = 0
    is_public: bool = True


class _Replies(Struct):
    comments: list[Raw] = field(default_factory=list)


class _Thread(Struct):
    id: str
    snippet: _ThreadSnippet
    replies: _Replies | None = None


class _Author(Struct):
    value: str | None = None


class _Snippet(Struct, rename="camel"):
    published_at: datetime
    text_original: str | None = None
    text_display: str | None = None
    author_display_name: str | None = None
    author_channel_url: str | None = None
    author_channel_id: _Author | None = None
    video_id: str | None = None
    parent_id: str | None = None
    like_count: int | None = None


class _Comment(Struct):
    id: str
    snippet: _Snippet


class _Wrapped(Struct, rename="camel"):
    comment: _Comment
    thread: About = field(default_factory=About)
    text_format: str = "html"


class _Parts(Struct):
    comment: Raw
    thread: About = field(default_factory=About)


class _Listing(Struct, rename="camel"):
    items: list[Raw] = field(default_factory=list)
    next_page_token: str | None = None


class _Named(Struct):
    id: str


class _Dated(Struct, rename="camel"):
    published_at: datetime


class _Times(Struct):
    snippet: _Dated


_decode_listing = msgspec.json.Decoder(_Listing).decode
_decode_thread = msgspec.json.Decoder(_Thread).decode
_decode_wrapped = msgspec.json.Decoder(_Wrapped).decode
_decode_parts = msgspec.json.Decoder(_Parts).decode
_decode_named = msgspec.json.Decoder(_Named).decode
_decode_times = msgspec.json.Decoder(_Times).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One answer: its records as received, and what to ask for next, or None at the end."""

    records: tuple[bytes, ...]
    next_page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A comment with some of the replies to it. `replies_in_all` may be more than those that came with it."""

    id: str
    uppermost: bytes
    replies: tuple[bytes, ...]
    replies_in_all: int
    about: About
    is_public: bool


def listed(body: bytes) -> Listed:
    """A page of a list. Raises one of UNREADABLE."""
    odd: list[bytes] = []
    try:
        found = _decode_listing(body)
    except UNREADABLE:
        rest, odd = without_odd(body, ("items",))
        found = _decode_listing(rest)
    return Listed(records=(*map(bytes, found.items), *odd), next_page=found.next_page_token or None)


def thread(record: bytes) -> Thread:
    """A comment thread taken apart. Raises BadRecordError."""
    rest, odd = without_odd(record, ("replies", "comments"))
    try:
        found = _decode_thread(rest)
    except UNREADABLE as error:
        raise BadRecordError(f"not a comment thread of YouTube: {error}") from error
    said = found.snippet
    about = About(video_id=said.video_id, channel_id=said.channel_id, total_reply_count=said.total_reply_count)
    return Thread(
        id=found.id,
        uppermost=bytes(said.top_level_comment),
        replies=(*map(bytes, found.replies.comments), *odd) if found.replies else (),
        replies_in_all=said.total_reply_count,
        about=about,
        is_public=said.is_public,
    )


def wrapped(comment: bytes, about: About) -> bytes:
    """A comment as received, with what its thread says about it; readable by `to_post`."""
    return b'{"comment": %s, "thread": %s, "textFormat": "%s"}' % (comment, _encode(about), PLAIN.encode())


def about_of(raw: bytes) -> About:
    """What a stored payload says about its comment's thread; nothing, where it cannot be read."""
    try:
        return _decode_parts(raw).thread
    except UNREADABLE:
        return About()


def reply_about(about: About) -> About:
    """What a thread says about a reply in it: how many replies there are is no matter of the reply."""
    return About(video_id=about.video_id, channel_id=about.channel_id)


def id_of(record: bytes) -> str | None:
    """A record's id, or None."""
    try:
        found = _decode_named(record).id
    except UNREADABLE:
        named = set(_ID_IN_BYTES.findall(record))  # of a comment with odd words; a thread names several
        found = named.pop().decode() if len(named) == 1 else ""
    return found if is_id(found) else None


def is_id(given: str) -> bool:
    """Whether this can be the id of a comment."""
    return _ID.fullmatch(given) is not None


def time_of(comment: bytes) -> str | None:
    """When a comment was written, as a mark that sorts, or None when it does not say."""
    try:
        return mark(_decode_times(comment).snippet.published_at)
    except (*UNREADABLE, OverflowError):
        return None


def mark(moment: datetime) -> str:
    """A time as text that sorts, in UTC."""
    return _utc(moment).isoformat(timespec="seconds")[:19] + "Z"


def to_post(raw: bytes) -> Post:
    """A wrapped comment as a Post. Raises BadRecordError, naming the field, when it cannot be mapped.

    `textOriginal` is what was written; where YouTube does not send it, `textDisplay` is HTML, unless plain text was
    asked for.
    """
    try:
        record = _decode_wrapped(raw)
    except UNREADABLE as error:
        raise BadRecordError(f"not a comment of YouTube: {error}") from error
    said, comment_id = record.comment.snippet, record.comment.id
    if not is_id(comment_id):
        raise BadRecordError(f"its id is no id of a comment: {comment_id[:40]!r}")
    text = _text(said, record.text_format)
    if not text:
        raise BadRecordError("holds no text")
    author = said.author_channel_id.value if said.author_channel_id else None
    name = " ".join(plain_text(said.author_display_name or "").split()) or None
    return Post(
        source="youtube",
        source_id=comment_id,
        text=text,
        created_at=_created(said.published_at),
        raw=raw,
        url=_address(said.video_id or record.thread.video_id, comment_id),
        hashtags=tuple(dict.fromkeys(_HASHTAG.findall(text))) if "#" in text or "＃" in text else (),
        author_id=author or None,
        author_handle=_handle(said, name) or author or None,
        author_name=name,
        relation=Relation.REPLY if said.parent_id else None,
        related_id=said.parent_id or None,
        counts=_counts(said, record.thread),
    )


def _text(said: _Snippet, text_format: str) -> str:
    if said.text_original is not None:
        return plain_text(said.text_original)
    shown = said.text_display or ""
    return plain_text(shown) if text_format == PLAIN else html_text(shown)


def _created(moment: datetime) -> datetime:
    try:
        return _utc(moment)
    except OverflowError as error:
        raise BadRecordError("publishedAt lies outside of the years 1 to 9999") from error


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _handle(said: _Snippet, name: str | None) -> str | None:
    """'@name', which YouTube shows as the name today and has in the channel's address."""
    found = _CHANNEL_HANDLE.match(said.author_channel_url or "")
    if found is not None:
        return plain_text(found[1])
    return name if name and name.startswith("@") and " " not in name else None


def _address(video_id: str | None, comment_id: str) -> str | None:
    """Where it stands; a comment on a channel itself has no page of its own."""
    if video_id is None or not _VIDEO.fullmatch(video_id):
        return None
    return f"https://www.youtube.com/watch?v={video_id}&lc={comment_id}"


def _counts(said: _Snippet, about: About) -> dict[str, int]:
    counts = {"likes": said.like_count, "replies": about.total_reply_count}
    return {name: count for name, count in counts.items() if count is not None}
