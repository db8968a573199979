"""From a post of Bluesky, as the AppView or Jetstream sends it, to a Post. Pure: no network, no clock, no atproto.

Records: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky (feed/post, feed/defs#postView,
richtext/facet, embed/*). A record is written by its author's app, and Jetstream passes it on unchecked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources.html_text import plain_text

SOURCE = "bluesky"
COLLECTION = "app.bsky.feed.post"
POST_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,512})")
"""The address of a post: author and record key."""
_PRIMARY_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_TYPED = re.compile(r"(?<![\w#＃/&])[#＃](\S+)")
_JOINERS = "_·・\u200c\u200d"
_DOTS = ("…", "...")
_NOT_SHOWN = frozenset({"!hide", "!takedown", "!suspend"})
_SIGNED_IN_ONLY = "!no-unauthenticated"
_START = datetime(1970, 1, 1, tzinfo=UTC)
_Filled = Annotated[str, msgspec.Meta(min_length=1)]


class _Label(msgspec.Struct, gc=False):
    val: str
    neg: bool = False


class _OwnLabels(msgspec.Struct):
    values: list[_Label] | None = None


class _Author(msgspec.Struct, rename="camel"):
    did: _Filled
    handle: str | None = None
    display_name: str | None = None
    labels: list[_Label] | None = None


class _Slice(msgspec.Struct, rename="camel", gc=False):
    byte_start: int
    byte_end: int


class _Feature(msgspec.Struct, gc=False):
    uri: str | None = None
    tag: str | None = None


class _Facet(msgspec.Struct):
    index: _Slice
    features: list[_Feature]


class _Reference(msgspec.Struct, gc=False):
    """A strong reference; in an embed with media it stands one level deeper."""

    uri: str | None = None
    cid: str | None = None
    record: _Reference | None = None


class _Reply(msgspec.Struct):
    root: _Reference
    parent: _Reference


class _Image(msgspec.Struct, gc=False):
    alt: str | None = None


class _Embed(msgspec.Struct):
    images: list[_Image] | None = None
    alt: str | None = None
    record: _Reference | None = None
    media: _Embed | None = None


class Record(msgspec.Struct, rename="camel"):
    """What the author wrote."""

    text: str
    created_at: str | None = None
    langs: list[str] | None = None
    facets: list[_Facet] | None = None
    tags: list[str] | None = None
    labels: _OwnLabels | None = None
    reply: _Reply | None = None
    embed: _Embed | None = None


class View(msgspec.Struct, rename="camel"):
    """A post as the AppView shows it."""

    uri: _Filled
    author: _Author
    record: Record
    cid: str | None = None
    indexed_at: str | None = None
    labels: list[_Label] | None = None
    reply_count: int | None = None
    repost_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None


class _Commit(msgspec.Struct):
    rkey: _Filled
    record: Record
    cid: str | None = None


class Event(msgspec.Struct):
    """A post as Jetstream sends it: without the author's names and without counts. `time_us` is since 1970."""

    did: _Filled
    time_us: int
    commit: _Commit


Told: TypeAlias = View | Event


class _Key(msgspec.Struct):
    uri: str | None = None


class _Times(msgspec.Struct, rename="camel"):
    class _Written(msgspec.Struct, rename="camel"):
        created_at: str | None = None

    indexed_at: str | None = None
    record: _Written | None = None


_decode_view = msgspec.json.Decoder(View).decode
_decode_event = msgspec.json.Decoder(Event).decode
_decode_key = msgspec.json.Decoder(_Key).decode
_decode_times = msgspec.json.Decoder(_Times).decode
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def cid_of(told: Told) -> str | None:
    """What names this version of the post."""
    return told.commit.cid if isinstance(told, Event) else told.cid


def read(raw: bytes) -> Told:
    """A payload of either kind. Raises BadRecordError, naming the field."""
    try:
        return _decode_view(raw) if _decode_key(raw).uri is not None else _decode_event(raw)
    except _UNREADABLE as error:
        raise BadRecordError(f"not a post of Bluesky: {error}") from error


def refusal(told: Told) -> str | None:
    """Why a post must not be collected, or None. What is refused here is not kept either, not even as a reject."""
    values = _labels(told)
    if _SIGNED_IN_ONLY in values:
        return f"the author asks not to be shown to people who are not signed in ({_SIGNED_IN_ONLY}): not collected"
    hidden = sorted(values & _NOT_SHOWN)
    return f"hidden by its service ({hidden[0]}): not collected" if hidden else None


def is_withheld(told: Told) -> bool:
    """Whether the service hides a post, and not its author."""
    return bool(_labels(told) & _NOT_SHOWN)


def _labels(told: Told) -> set[str]:
    record = told.commit.record if isinstance(told, Event) else told.record
    given = list(record.labels.values or ()) if record.labels else []
    if isinstance(told, View):
        given += [*(told.labels or ()), *(told.author.labels or ())]
    return {label.val for label in given if not label.neg}


def to_post(told: Told, *, raw: bytes) -> Post:
    """A payload as a Post. `raw` is the payload as received.

    The source id is the post's at:// address, the author its DID: handles change. An author's app may set any time;
    one that lies after the time at which the service saw the post is replaced by that. Raises BadRecordError.
    """
    if isinstance(told, Event):
        uri, did, record = f"at://{told.did}/{COLLECTION}/{told.commit.rkey}", told.did, told.commit.record
        seen_at = _moment(told.time_us)
    else:
        uri, did, record, seen_at = told.uri, told.author.did, told.record, parsed_time(told.indexed_at)
    parts = POST_URI.fullmatch(uri)
    if parts is None or parts[1] != did:
        raise BadRecordError("uri is not the address of a post of this author")
    known = [moment for moment in (parsed_time(record.created_at), seen_at) if moment is not None]
    if not known:
        raise BadRecordError("neither createdAt nor indexedAt is a time")
    relation, related_id = _relation(record)
    return Post(
        source=SOURCE,
        source_id=uri,
        text=text_of(record),
        created_at=min(known),
        raw=raw,
        url=post_address(did, parts[2]),
        hashtags=hashtags(record),
        language=_language(record.langs),
        author_id=did,
        author_handle=_handle(told),
        author_name=_name(told),
        relation=relation,
        related_id=related_id,
        media_alt=tuple(_alts(record.embed)),
        counts=_counts(told) if isinstance(told, View) else {},
    )


def remap(raw: bytes) -> Post:
    """The post in a stored payload of either kind. Raises BadRecordError."""
    return to_post(read(raw), raw=raw)


def post_address(did: str, rkey: str) -> str:
    """Where anybody can see a post."""
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def sort_mark(raw: bytes) -> str | None:
    """The time by which searches sort: the earlier one of createdAt and indexedAt, as text that sorts as times do.

    Also of posts that cannot be mapped; None where neither can be read.
    """
    try:
        times = _decode_times(raw)
    except _UNREADABLE:
        return None
    given = (times.indexed_at, times.record.created_at if times.record else None)
    known = [moment for each in given if (moment := parsed_time(each)) is not None]
    return as_mark(min(known)) if known else None


def identity(raw: bytes) -> str | bytes:
    """The address of a post, also of one that cannot be mapped; of what has none, the bytes."""
    try:
        return _decode_key(raw).uri or raw
    except _UNREADABLE:
        return raw


def thread_references(view: View) -> dict[str, dict[str, str]]:
    """What an answer to a post must name: the post and the beginning of its thread."""
    parent = {"uri": view.uri, "cid": view.cid or ""}
    root = view.record.reply.root if view.record.reply else None
    if root is None or not root.uri or not root.cid:
        return {"root": parent, "parent": parent}
    return {"root": {"uri": root.uri, "cid": root.cid}, "parent": parent}


def as_mark(moment: datetime) -> str:
    """A time as text that sorts as times do, which searches understand as well."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def parsed_time(given: str | None) -> datetime | None:
    """A time of any offset in UTC, without one taken as UTC; None when it is not a time, or before the year 1."""
    try:
        moment = datetime.fromisoformat(given or "")
        if moment.tzinfo is UTC:
            return moment
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _moment(time_us: int) -> datetime | None:
    try:
        return _START + timedelta(microseconds=time_us)
    except OverflowError:
        return None


def text_of(record: Record) -> str:
    """The text with the whole address in the place of links that the author's app has cut off with dots.

    Facets give places in bytes of UTF-8. One that points outside of the text, or into another one, is left alone.
    """
    sent = record.text.encode()
    end = len(sent)
    for facet in sorted(record.facets or (), key=lambda facet: facet.index.byte_start, reverse=True):
        start, stop = facet.index.byte_start, facet.index.byte_end
        uri = next((feature.uri for feature in facet.features if feature.uri), None)
        if uri is None or not 0 <= start < stop <= end:
            continue
        if _is_shortened(sent[start:stop], uri):
            sent = sent[:start] + uri.encode() + sent[stop:]
        end = start
    return plain_text(sent.decode())


def _is_shortened(shown: bytes, uri: str) -> bool:
    try:
        words = shown.decode()
    except UnicodeDecodeError:
        return False  # the place cuts a character in two
    stem = next((words.removesuffix(dots) for dots in _DOTS if words.endswith(dots)), "")
    return bool(stem) and uri.startswith(("https://", "http://")) and stem in uri


def hashtags(record: Record) -> tuple[str, ...]:
    """The hashtags in small letters: marked in the text, beside it, or only typed, as some apps leave them."""
    marked = (feature.tag for facet in record.facets or () for feature in facet.features if feature.tag)
    found = [*marked, *(record.tags or ()), *map(_beginning, _TYPED.findall(record.text))]
    bare = (unicodedata.normalize("NFC", plain_text(tag)).lstrip("#＃").lower() for tag in dict.fromkeys(found))
    return tuple(dict.fromkeys(tag for tag in bare if tag))


def _beginning(word: str) -> str:
    """The hashtag that a word begins with, in any script; '' for a mere number."""
    if word.isalpha():
        return word
    ends = (place for place, c in enumerate(word) if unicodedata.category(c)[0] not in "LMN" and c not in _JOINERS)
    tag = word[: next(ends, None)]
    return "" if tag.isdecimal() else tag


def _relation(record: Record) -> tuple[Relation | None, str | None]:
    """What the post is to another one. A reply that quotes counts as a quote."""
    quoted = record.embed.record if record.embed else None
    uri = (quoted.record.uri if quoted.record else quoted.uri) if quoted else None
    if uri and POST_URI.fullmatch(uri):
        return Relation.QUOTE, uri
    if record.reply is not None:
        return Relation.REPLY, record.reply.parent.uri
    return None, None


def _alts(embed: _Embed | None) -> Iterator[str]:
    if embed is None:
        return
    for alt in (embed.alt, *(image.alt for image in embed.images or ())):
        if alt and (words := plain_text(alt)):
            yield words
    yield from _alts(embed.media)


def _handle(told: Told) -> str | None:
    handle = plain_text(told.author.handle or "") if isinstance(told, View) else ""
    return handle if handle and handle != "handle.invalid" else None


def _name(told: Told) -> str | None:
    name = (told.author.display_name if isinstance(told, View) else None) or ""
    return " ".join(plain_text(name).split()) or None


def _language(langs: list[str] | None) -> str | None:
    """The primary language of the first tag: 'de' of 'de-AT'."""
    found = _PRIMARY_LANGUAGE.match(langs[0]) if langs else None
    return found[0].lower() if found else None


def _counts(view: View) -> dict[str, int]:
    counts = {
        "replies": view.reply_count,
        "reposts": view.repost_count,
        "likes": view.like_count,
        "quotes": view.quote_count,
    }
    return {name: count for name, count in counts.items() if count is not None}
