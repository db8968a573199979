"""The shapes in which X hands out posts, and how to read one that does not quite fit them.

Only the fields that are used are named: the decoder skips the rest, which is where the speed comes from. Each name is
there in both spellings of X's rename (`referenced_tweets` and `referenced_posts`, ...). Public X API v2 documents,
and archives made by twarc2, are the source of the fields.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Raw, Struct

from advocacy_monitor.errors import BadRecordError

SOURCE = "x"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NOT_TO_BE_STORED = re.compile("[\x00\ud800-\udfff]")
"""What neither UTF-8 nor SQLite can hold: NUL, and halves of characters. They become U+FFFD; `raw` keeps them."""

_FIRST_SNOWFLAKE = 29_700_859_247  # the first id that carries its time, of November 2010
_SNOWFLAKE_EPOCH = 1_288_834_974_657  # milliseconds
_LAST_SNOWFLAKE = 2**63
_TAG = re.compile(r"(?<![\w&])[#＃](\w*[^\W\d]\w*)")
_LANGUAGES = {
    **dict.fromkeys(("", "und", "zxx", "qam", "qct", "qht", "qme", "qst"), None),
    "in": "id",
    "iw": "he",
    "ji": "yi",
}

S = TypeVar("S", bound=Struct)


class Tag(Struct, gc=False):
    """A hashtag; v1.1 says `text`."""

    tag: str | None = None
    text: str | None = None


class Entities(Struct, gc=False):
    """What X found in a text."""

    hashtags: list[Tag] | None = None


class Note(Struct, gc=False):
    """The whole of a long post."""

    text: str | None = None
    entities: Entities | None = None


class Media(Struct, gc=False):
    """A picture or film."""

    media_key: str | None = None
    alt_text: str | None = None


class Attachments(Struct, gc=False):
    """Media of a post: keys into the includes, or (flattened) the media themselves."""

    media_keys: list[str] | None = None
    media: list[Media] | None = None


class User(Struct, gc=False):
    """An author."""

    id: str | int | None = None
    username: str | None = None
    name: str | None = None


class Geo(Struct, gc=False):
    """Where: a key into the includes, or (flattened) the place itself."""

    place_id: str | None = None
    full_name: str | None = None


class Place(Struct, gc=False):
    """A place of the includes."""

    id: str | None = None
    full_name: str | None = None


class Metrics(Struct, gc=False):
    """How often others reacted."""

    reply_count: int | None = None
    retweet_count: int | None = None
    repost_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    bookmark_count: int | None = None
    impression_count: int | None = None


class Reference(Struct, gc=False):
    """The post that another one replies to, quotes or repeats; with its text where it came along."""

    id: str | int | None = None
    type: str | None = None
    text: str | None = None
    entities: Entities | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    attachments: Attachments | None = None


class Payload(Struct, gc=False):
    """A line of an archive: a post, or (`data`, `statuses`) an envelope around one or many."""

    id: str | int | None = None
    text: str | None = None
    author_id: str | int | None = None
    created_at: datetime | None = None
    lang: str | None = None
    entities: Entities | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    referenced_tweets: list[Reference] | None = None
    referenced_posts: list[Reference] | None = None
    attachments: Attachments | None = None
    geo: Geo | None = None
    public_metrics: Metrics | None = None
    author: User | None = None
    data: Raw = Raw()
    includes: Raw = Raw()
    statuses: Raw = Raw()
    id_str: str | None = None
    edit_history_tweet_ids: list[str | int] | None = None
    edit_history_post_ids: list[str | int] | None = None


class Includes(Struct, gc=False):
    """What came along with the posts of an envelope."""

    users: list[User] | None = None
    tweets: list[Reference] | None = None
    posts: list[Reference] | None = None
    media: list[Media] | None = None
    places: list[Place] | None = None


def said(text: str) -> str:
    """The text as it was typed: X escapes exactly `&`, `<` and `>`."""
    if "&" in text:
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def language(code: str | None) -> str | None:
    """BCP 47 for X's language code; None for its many ways to say that there is none."""
    return _LANGUAGES.get(code, code) if code is not None else None


def hashtags(entities: Entities | None, text: str) -> tuple[str, ...]:
    """The tags without '#', as X found them; where X was not asked for them, as they stand in the text."""
    if entities is not None:
        found = [tag.tag or tag.text or "" for tag in entities.hashtags or ()]
    elif "#" in text or "＃" in text:
        found = _TAG.findall(text)
    else:
        return ()
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def checked_id(value: str | int | None) -> str:
    """The id of a post. Raises BadRecordError when it is none: it becomes part of a link."""
    known = str(value) if value is not None else ""
    if not (known.isascii() and known.isdigit() and len(known) <= 20):
        raise BadRecordError("has no id" if value is None else f"its id is not a number: {clip(known)}")
    return known


def created_from_id(post_id: str) -> datetime:
    """When a post was made, from its id. Raises BadRecordError for ids from before X put the time into them."""
    number = int(post_id)
    if not _FIRST_SNOWFLAKE <= number < _LAST_SNOWFLAKE:
        raise BadRecordError(f"has no created_at, and its id {post_id} does not tell the time")
    return datetime.fromtimestamp(((number >> 22) + _SNOWFLAKE_EPOCH) / 1000, UTC)


def address(post_id: str, username: str | None) -> str:
    """The link to a post; 'i' stands for an unknown author, and X resolves it."""
    if username and username.isascii() and username.replace("_", "a").isalnum():
        return f"https://x.com/{username}/status/{post_id}"
    return f"https://x.com/i/status/{post_id}"


def clip(text: str, length: int = 60) -> str:
    """A piece of an untrusted text that may stand in a message: quoted, on one line, short."""
    return repr(text if len(text) <= length else text[:length] + "…")


def parse(raw: bytes) -> Any:
    """Any JSON value, with what cannot be stored replaced. Slower and more patient than the typed decoder.

    Raises BadRecordError that says at which byte or character the trouble begins.
    """
    try:
        return _clean(json.loads(raw.decode()))
    except UnicodeDecodeError as error:
        raise BadRecordError(f"is not valid UTF-8 (byte 0x{raw[error.start]:02X} at {error.start})") from error
    except json.JSONDecodeError as error:
        cut = "; it breaks off" if error.pos >= len(error.doc.rstrip()) or "Unterminated" in error.msg else ""
        raise BadRecordError(f"is not JSON ({error.msg} at character {error.pos + 1}{cut})") from error
    except RecursionError as error:
        raise BadRecordError("is nested too deeply to be read") from error
    except ValueError as error:  # a number of more digits than Python takes
        raise BadRecordError(f"is not JSON that can be read ({error})") from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return NOT_TO_BE_STORED.sub(REPLACEMENT, value)
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(part) for key, part in value.items()}
    return value


def patiently(value: object, kind: type[S]) -> S:
    """A struct out of a parsed value: a field that does not fit is left out, the rest is kept.

    Nothing is lost by that: `raw` keeps the field, and the record can be mapped again.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        given = value if isinstance(value, dict) else {}
    kinds = get_type_hints(kind)
    fitting = {}
    for field in msgspec.structs.fields(kind):
        if given.get(field.encode_name) is not None and kinds[field.name] is not Raw:
            fitting[field.name] = _as_far_as_it_fits(given[field.encode_name], kinds[field.name])
    return kind(**fitting)


def _as_far_as_it_fits(value: Any, kind: Any) -> Any:
    choices = get_args(kind)
    if isinstance(value, list):
        wanted = next((choice for choice in choices if get_origin(choice) is list), None)
        if wanted is None:
            return None
        parts = (_as_far_as_it_fits(part, get_args(wanted)[0]) for part in value)
        return [part for part in parts if part is not None]
    structs = [choice for choice in (kind, *choices) if isinstance(choice, type) and issubclass(choice, Struct)]
    if structs:
        return patiently(value, structs[0]) if isinstance(value, dict) else None
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
