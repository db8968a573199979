"""From what Reddit's API calls a thing (a post, t3, or a comment, t1) to a Post. Pure: no network, no clock, no PRAW.

Fields: https://www.reddit.com/dev/api and https://github.com/reddit-archive/reddit/wiki/JSON. What other people wrote
inside of a thing, the replies below a comment and the original of a crosspost, is cut out of its payload: each of
them has a payload of its own, and what one person asks to be erased must not live on in another one's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Raw, Struct

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation, Standing
from advocacy_monitor.sources.html_text import plain_text
from advocacy_monitor.sources.json_records import records, without_odd

POST, COMMENT, MORE = "t3", "t1", "more"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises over JSON that is none, or is of another shape."""

_FULLNAME = re.compile(r"t[13]_[0-9a-z]{1,13}")
_NAME = re.compile(rb'"name"\s*:\s*"(t[13]_[0-9a-z]{1,13})"')
_CHILDREN = ("data", "children")
_PERMALINK = re.compile(r"/[^\s<>\"'\\\x00-\x1f\x7f-\x9f]*")
_HASHTAG = re.compile(r"(?<![\w&/])[#＃](\w*[^\W\d]\w*)")
_DELETED = {"[deleted]", "[deleted by user]"}
_REMOVED = {"[removed]", "[ removed by reddit ]", "[removed by reddit]"}
_BY_AUTHOR = {"deleted", "author"}
_BY_OTHERS = {
    "moderator": "its moderators",
    "automod_filtered": "its moderators' filter",
    "reddit": "Reddit",
    "admin": "Reddit",
    "anti_evil_ops": "Reddit",
    "community_ops": "Reddit",
    "content_takedown": "Reddit, after a complaint",
    "copyright_takedown": "Reddit, after a complaint",
}
_PROGRAM = "AutoModerator"


class _Thing(Struct):
    kind: str
    data: Raw


class _Listed(Struct):
    children: list[Raw]
    after: str | None = None


class _Listing(Struct):
    data: _Listed


class _Nested(Struct):
    replies: Raw = Raw()
    crosspost_parent_list: Raw = Raw()


class _Stub(Struct):
    children: list[str]
    parent_id: str
    count: int = 0


class _Time(Struct):
    created_utc: float


class _Named(Struct):
    name: str


class _Caption(Struct):
    caption: str | None = None


class _Gallery(Struct):
    items: list[_Caption] | None = None


class _Said(Struct):
    name: Annotated[str, msgspec.Meta(min_length=1)]
    created_utc: float
    author: str | None
    title: str | None = None
    selftext: str | None = None
    body: str | None = None
    permalink: str | None = None
    link_id: str | None = None
    parent_id: str | None = None
    crosspost_parent: str | None = None
    removed_by_category: str | None = None
    subreddit_type: str | None = None
    gallery_data: _Gallery | None = None
    score: int | None = None
    num_comments: int | None = None


class _Whole(Struct):
    kind: str
    data: _Said


_decode_thing = msgspec.json.Decoder(_Thing).decode
_decode_listing = msgspec.json.Decoder(_Listing).decode
_decode_nested = msgspec.json.Decoder(_Nested).decode
_decode_stub = msgspec.json.Decoder(_Stub).decode
_decode_time = msgspec.json.Decoder(_Time).decode
_decode_name = msgspec.json.Decoder(_Named).decode
_decode_whole = msgspec.json.Decoder(_Whole).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One answer of a listing: its things as received, and what to ask for next, or None at the end."""

    things: tuple[bytes, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Comments that an answer leaves out: their ids, or none where the branch below `parent_id` must be asked for."""

    ids: tuple[str, ...]
    parent_id: str
    count: int


def listed(body: bytes) -> Listed:
    """A search or api/info. Raises one of UNREADABLE."""
    odd: list[bytes] = []
    try:
        found = _decode_listing(body).data
    except UNREADABLE:
        rest, odd = without_odd(body, _CHILDREN)
        found = _decode_listing(rest).data
    return Listed(things=(*map(bytes, found.children), *odd), after=found.after or None)


def comments(body: bytes) -> list[bytes]:
    """The uppermost comments of a thread, each with the tree below it. Raises one of UNREADABLE."""
    return [child for listing in _records(body)[1:] for child in listed(listing).things]


def more_comments(body: bytes) -> list[bytes]:
    """The comments that api/morechildren sends. Raises one of UNREADABLE."""
    return _records(body, "json", "data", "things")


def _records(body: bytes, *path: str) -> list[bytes]:
    try:
        return records(body, *path)
    except ValueError as error:
        raise msgspec.DecodeError(str(error)) from None


def branches(things: list[bytes]) -> Iterator[bytes | More]:
    """All comments of some trees, each without what is below it, and what was left out of them."""
    waiting = list(reversed(things))
    while waiting:
        thing = waiting.pop()
        stub = _more(thing)
        if stub is not None:
            yield stub
            continue
        own, below = alone(thing)
        yield own
        waiting.extend(reversed(below))


def alone(thing: bytes) -> tuple[bytes, list[bytes]]:
    """A thing without what others wrote inside of it, and the things right below it."""
    if b'"replies"' not in thing and b'"crosspost_parent_list"' not in thing:
        return thing, []
    below: list[bytes] = []
    try:
        nested = _decode_nested(_decode_thing(thing).data)
    except UNREADABLE:
        thing, below = _emptied(thing)
        try:
            nested = _decode_nested(_decode_thing(thing).data)
        except UNREADABLE:
            return thing, below  # set aside with its reason when it is mapped
    replies, originals = bytes(nested.replies), bytes(nested.crosspost_parent_list)
    if replies.startswith(b"{"):
        # A run of bytes with bare quotes can stand in no string, so the first one found is the member's value.
        thing = thing.replace(replies, b'""', 1)
        try:
            below = below or list(map(bytes, _decode_listing(replies).data.children))
        except UNREADABLE:
            below = [replies]
    if originals.startswith(b"[") and originals != b"[]":
        thing = thing.replace(originals, b"[]", 1)
    return thing, below


def _emptied(thing: bytes) -> tuple[bytes, list[bytes]]:
    """A thing that cannot be read, with null for each thing right below it, and those."""
    below: list[bytes] = []
    for path in (("data", "replies", *_CHILDREN), ("data", "crosspost_parent_list")):
        try:
            inside = records(thing, *path)
        except ValueError:
            continue
        for one in inside:
            thing = thing.replace(one, b"null", 1) if one.startswith(b"{") else thing
        below += inside if path[1] == "replies" else []
    return thing, below


def _more(thing: bytes) -> More | None:
    if b'"more"' not in thing:
        return None
    try:
        found = _decode_thing(thing)
        if found.kind != MORE:
            return None
        stub = _decode_stub(found.data)
    except UNREADABLE:
        return None
    ids = tuple(found for found in stub.children if is_fullname(f"t1_{found}"))
    return More(ids=ids, parent_id=stub.parent_id, count=stub.count) if ids or is_fullname(stub.parent_id) else None


def time_of(thing: bytes) -> str | None:
    """When a thing was made, as a mark that sorts, or None when it does not say."""
    try:
        return mark(_moment(_decode_time(_decode_thing(thing).data).created_utc))
    except (*UNREADABLE, BadRecordError):
        return None


def mark(moment: datetime) -> str:
    """A time in UTC as text that sorts."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def name_of(thing: bytes) -> str | None:
    """A thing's fullname, such as t3_abc, or None."""
    try:
        name = _decode_name(_decode_thing(thing).data).name
    except UNREADABLE:
        named = set(_NAME.findall(thing))  # it may hold other things that cannot be told from it
        name = named.pop().decode() if len(named) == 1 else ""
    return name if is_fullname(name) else None


def is_fullname(name: str) -> bool:
    """Whether this names a post or a comment of Reddit."""
    return _FULLNAME.fullmatch(name) is not None


def fate(thing: bytes) -> tuple[Standing, str] | None:
    """How a thing stopped standing, and the words for it, or None while it stands. Raises BadRecordError."""
    return _fate(_said(thing))


def refusal(thing: bytes) -> str | None:
    """Why a thing must not be collected, or None; what is refused is not kept either. Raises BadRecordError."""
    return _refusal(_said(thing))


def to_post(raw: bytes) -> Post:
    """A thing as a Post. Raises BadRecordError, naming the field, when it cannot be mapped.

    A crosspost carries the title that whoever crossposted it gave it, and is a repost of the original.
    """
    return _post(_said(raw), raw)


def post_or_refusal(thing: bytes) -> Post | str:
    """A thing as a Post, or why it must not be collected. Raises BadRecordError as `to_post` does."""
    said = _said(thing)
    return _refusal(said) or _post(said, thing)


def _fate(said: _Said) -> tuple[Standing, str] | None:
    shown = {_bare(text) for text in (said.body, said.selftext, said.title) if text and text.rstrip().endswith("]")}
    category = said.removed_by_category
    if category in _BY_AUTHOR or shown & _DELETED:
        return Standing.GONE, "deleted by its author"
    if category or shown & _REMOVED:
        return Standing.WITHHELD, f"removed by {_BY_OTHERS.get(category or '', 'its moderators or Reddit')}"
    if said.author is None or said.author == "[deleted]":
        return Standing.GONE, "its author's account is deleted"
    return None


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())


def _refusal(said: _Said) -> str | None:
    gone = _fate(said)
    if gone is not None:
        return f"{gone[1]}: not collected"
    if said.subreddit_type == "private":
        return "stands in a private subreddit: not collected"
    return f"written by {_PROGRAM}, which is a program: not collected" if said.author == _PROGRAM else None


def _post(said: _Said, raw: bytes) -> Post:
    is_comment = said.name.startswith("t1_")
    own = None if said.crosspost_parent else said.selftext  # a crosspost shows the words of the original's author
    parts = (said.body,) if is_comment else (said.title, own)
    text = "\n\n".join(part for part in (plain_text(given or "") for given in parts) if part)
    if not text:
        raise BadRecordError("holds no text")
    relation, related_id = _relation(said, is_comment)
    author = plain_text(said.author or "") or None
    return Post(
        source="reddit",
        source_id=said.name,
        text=text,
        created_at=_moment(said.created_utc),
        raw=raw,
        url=_address(said),
        hashtags=tuple(dict.fromkeys(_HASHTAG.findall(text))) if "#" in text or "＃" in text else (),
        author_id=author,
        author_handle=author,
        relation=relation,
        related_id=related_id,
        media_alt=_captions(said),
        counts=_counts(said, is_comment),
    )


def _said(raw: bytes) -> _Said:
    try:
        thing = _decode_whole(raw)
    except UNREADABLE as error:
        raise BadRecordError(_no_thing(raw) or f"not a post or comment of Reddit: {error}") from error
    said = thing.data
    if thing.kind not in (POST, COMMENT):
        raise BadRecordError(_no_thing(raw))
    if not said.name.startswith(f"{thing.kind}_") or not is_fullname(said.name):
        raise BadRecordError(f"name is no fullname of Reddit: {said.name[:40]!r}")
    return said


def _no_thing(raw: bytes) -> str:
    """What a record is that is neither a post nor a comment; '' for those and for what cannot be read."""
    try:
        kind = _decode_thing(raw).kind
    except UNREADABLE:
        return ""
    return "" if kind in (POST, COMMENT) else f"is neither a post (t3) nor a comment (t1) of Reddit but {kind[:20]!r}"


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadRecordError("created_utc lies outside of the years 1 to 9999") from error


def _relation(said: _Said, is_comment: bool) -> tuple[Relation | None, str | None]:
    if is_comment:
        return Relation.REPLY, said.parent_id or said.link_id
    return (Relation.REPOST, said.crosspost_parent) if said.crosspost_parent else (None, None)


def _address(said: _Said) -> str:
    """Where it stands. Old answers give comments no address; the short one leads there too."""
    if said.permalink and _PERMALINK.fullmatch(said.permalink):
        return f"https://www.reddit.com{said.permalink}"
    if said.link_id is not None and is_fullname(said.link_id):
        return f"https://www.reddit.com/comments/{said.link_id[3:]}/_/{said.name[3:]}/"
    return f"https://www.reddit.com/comments/{said.name[3:]}/"


def _captions(said: _Said) -> tuple[str, ...]:
    pictures = (said.gallery_data.items or ()) if said.gallery_data else ()
    return tuple(caption for picture in pictures if (caption := plain_text(picture.caption or "")))


def _counts(said: _Said, is_comment: bool) -> dict[str, int]:
    """A comment's num_comments is that of its thread."""
    counts = {"score": said.score, "comments": None if is_comment else said.num_comments}
    return {name: count for name, count in counts.items() if count is not None}
