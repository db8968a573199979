"""From a post or comment of Facebook, as the Graph API sends it, to a Post. Pure: no network, no clock, no settings.

Fields: https://developers.facebook.com/docs/graph-api/reference/pagepost/ and .../reference/comment/. A capture is the
record as received together with the Page and the post under which it was found, since the record names neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.graph_values import graph_time, hashtags_in, plain_id, web_address
from advocacy_monitor.sources.html_text import plain_text

POST_FIELDS = (
    "id,message,created_time,permalink_url,from{id,name},message_tags,is_hidden,privacy{value},"
    "attachments{media_type,description},shares,reactions.limit(0).summary(total_count),"
    "comments.filter(stream).limit(0).summary(total_count)"
)
COMMENT_FIELDS = (
    "id,message,created_time,permalink_url,from{id,name},parent{id},message_tags,is_hidden,is_private,"
    "attachment{media_type,description},like_count,comment_count"
)
_NOT_PUBLIC = {"ALL_FRIENDS", "FRIENDS_OF_FRIENDS", "SELF", "CUSTOM"}
_PICTURES = {"photo", "video", "album", "animated_image_share"}
_POST_IN_PATH = re.compile(r"/posts/(\d+)")


class _From(msgspec.Struct):
    id: str | None = None
    name: str | None = None


class _Key(msgspec.Struct):
    id: str | None = None


class _Privacy(msgspec.Struct):
    value: str | None = None


class _Attachment(msgspec.Struct):
    media_type: str | None = None
    description: str | None = None


class _Attachments(msgspec.Struct):
    data: list[_Attachment] = []


class _Summary(msgspec.Struct):
    total_count: int | None = None


class _Counted(msgspec.Struct):
    summary: _Summary | None = None


class _Shares(msgspec.Struct):
    count: int | None = None


class Record(msgspec.Struct, rename={"author": "from"}):
    """What is read of a post or a comment; which of the two it is stands beside it."""

    id: str | None = None
    created_time: str | None = None
    message: str | None = None
    permalink_url: str | None = None
    author: _From | None = None
    parent: _Key | None = None
    is_hidden: bool | None = None
    is_private: bool | None = None
    privacy: _Privacy | None = None
    attachments: _Attachments | None = None
    attachment: _Attachment | None = None
    shares: _Shares | None = None
    reactions: _Counted | None = None
    comments: _Counted | None = None
    like_count: int | None = None
    comment_count: int | None = None

    @property
    def total_comments(self) -> int | None:
        """How many comments the Page counts under a post, answers among them; None when it does not say."""
        return self.comments.summary.total_count if self.comments and self.comments.summary else None


class _Capture(msgspec.Struct, gc=False):
    data: msgspec.Raw
    page: str | None = None
    post: str | None = None


_decode_record = msgspec.json.Decoder(Record).decode
_decode_capture = msgspec.json.Decoder(_Capture).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose Page it is."""

    library: str | None = None
    area: str | None = None


_NOBODY = Owner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record with the Page on which it was found, and for a comment the post under which it stands."""

    record: Record
    page: str | None
    post: str | None


def capture(record: bytes, *, page: str | None, post: str | None = None) -> bytes:
    """The payload that is kept: the record's own bytes, and where it was found."""
    beside = msgspec.json.encode({"page": page} | ({"post": post} if post else {}))
    return b'{"data": %s, %s' % (record, beside[1:])


def found(raw: bytes) -> Found:
    """What a capture holds. Raises BadRecordError."""
    try:
        kept = _decode_capture(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(f"not a capture of the facebook source: {error}") from error
    return Found(record=read(bytes(kept.data)), page=kept.page, post=kept.post)


def read(record: bytes) -> Record:
    """A record of a list. Raises BadRecordError that names the field."""
    try:
        return _decode_record(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(f"not a post or comment of Facebook: {error}") from error


def moment(record: Record) -> datetime:
    """When it was written, in UTC. Raises BadRecordError."""
    return graph_time(record.created_time, field="created_time")


def refusal(record: Record) -> str | None:
    """Why a record must not be collected, or None: not everybody may see it. Nothing of it is kept."""
    if record.is_hidden:
        return "hidden on the Page: not collected"
    if record.is_private:
        return "a private comment: not collected"
    if record.privacy is not None and record.privacy.value in _NOT_PUBLIC:
        return "not shown to everybody: not collected"
    return None


def to_post(raw: bytes, *, owner: Owner = _NOBODY) -> Post:
    """A capture as a Post. `owner` is whose Page it is, as the settings say.

    A comment is a REPLY to the comment that it answers, else to its post. Apps with Page Public Content Access are not
    given the ids of comments; the address holds the same numbers. Raises BadRecordError, naming the field.
    """
    return mapped(found(raw), raw=raw, owner=owner)


def mapped(kept: Found, *, raw: bytes, owner: Owner) -> Post:
    """`to_post` for a capture that is read already."""
    record, commented = kept.record, kept.post is not None
    source_id = (_short(record.id) or _id_of_comment(record, kept.post)) if commented else record.id
    if not plain_id(source_id, field="id") or not source_id:
        raise BadRecordError("has neither an id nor an address that holds one")
    text = plain_text((record.message or "").replace("\r\n", "\n"))
    author = record.author or _From()
    return Post(
        source="facebook",
        source_id=source_id,
        text=text,
        created_at=moment(record),
        raw=raw,
        url=web_address(record.permalink_url),
        hashtags=tuple(dict.fromkeys(hashtags_in(text))),
        author_id=plain_id(author.id, field="from.id"),
        author_name=" ".join(plain_text(author.name or "").split()) or None,
        relation=Relation.REPLY if commented else None,
        related_id=plain_id(_answered(record, kept.post), field="parent.id") if commented else None,
        media_alt=_described(record, text),
        counts=_counts(record),
        library=owner.library,
        area=owner.area,
    )


def _short(identifier: str | None) -> str | None:
    """'POST_COMMENT' of a comment's id, to which some answers of Graph put the Page's number in front."""
    return "_".join(identifier.split("_")[-2:]) if identifier else None


def _id_of_comment(record: Record, post: str | None) -> str | None:
    """'POST_COMMENT', as Graph would write it, out of the address of a comment."""
    on, comment, reply = _in_address(record)
    number = reply or comment
    own = on or (post or "").rpartition("_")[2]
    return f"{own}_{number}" if number and own else None


def _answered(record: Record, post: str | None) -> str | None:
    if record.parent is not None and record.parent.id:
        return _short(record.parent.id)
    if "reply_comment_id=" not in (record.permalink_url or ""):
        return post
    on, comment, reply = _in_address(record)
    own = on or (post or "").rpartition("_")[2]
    return f"{own}_{comment}" if reply and comment and own else post


def _in_address(record: Record) -> tuple[str | None, str | None, str | None]:
    """The numbers of post, comment and answer in the address of a comment."""
    try:
        parts = urlsplit(record.permalink_url or "")
    except ValueError:
        return None, None, None
    query = parse_qs(parts.query)
    numbers = [next(iter(query.get(name, ())), None) for name in ("comment_id", "reply_comment_id")]
    comment, reply = (number if number and number.isdecimal() else None for number in numbers)
    on = _POST_IN_PATH.search(parts.path)
    return on[1] if on else None, comment, reply


def _described(record: Record, text: str) -> tuple[str, ...]:
    """Descriptions of pictures, as far as they say more than the text. Previews of links are not the person's words."""
    attached = [*(record.attachments.data if record.attachments else ()), record.attachment or _Attachment()]
    words = (plain_text(one.description or "") for one in attached if one.media_type in _PICTURES)
    return tuple(dict.fromkeys(said for said in words if said and said != text))


def _counts(record: Record) -> dict[str, int]:
    reactions = record.reactions.summary if record.reactions else None
    counts = {
        "reactions": reactions.total_count if reactions else record.like_count,
        "comments": record.comment_count if record.comments is None else record.total_comments,
        "shares": record.shares.count if record.shares else None,
    }
    return {name: count for name, count in counts.items() if count is not None}
