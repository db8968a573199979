"""One answer of X's search or lookup, taken apart: records, what X says about others, and what it is charged for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec
from msgspec import Raw, Struct

from advocacy_monitor.errors import BadRecordError, RetryableSourceError
from advocacy_monitor.sources import x_pages
from advocacy_monitor.sources.json_records import without_odd
from advocacy_monitor.sources.refusals import no_json
from advocacy_monitor.sources.x_shapes import clip, parse

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Problem(Struct, gc=False):
    """What X could not show of something that was asked for, or that a post refers to: an entry of `errors`."""

    type: str | None = None
    title: str | None = None
    detail: str | None = None
    resource_id: str | int | None = None
    value: str | int | None = None
    parameter: str | None = None
    section: str | None = None

    @property
    def kind(self) -> str:
        """The last part of its type, such as 'resource-not-found'."""
        return (self.type or self.title or "").rpartition("/")[2]


class _Meta(Struct, gc=False):
    next_token: str | None = None
    result_count: int | None = None
    total_tweet_count: int | None = None
    total_post_count: int | None = None


class _Answer(Struct, gc=False):
    data: list[Raw] | None = None
    includes: dict[str, list[Raw]] | None = None
    errors: list[Problem] | None = None
    meta: _Meta | None = None


class _Id(Struct, gc=False):
    id: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`records` are the posts, each readable by itself; `broken` those that stand alone because the page is odd.

    `ids` are the ids of the records, '' where there is none; `posts` and `users` what X charges for.
    """

    records: tuple[bytes, ...]
    broken: str
    ids: tuple[str, ...]
    problems: tuple[Problem, ...]
    posts: int
    users: int
    next_token: str | None


_decode = msgspec.json.Decoder(_Answer).decode
_decode_id = msgspec.json.Decoder(_Id).decode


def read(body: bytes) -> Answer:
    """An answer taken apart. Raises RetryableSourceError when it is none: no JSON, or errors in place of posts.

    A post that no reader of JSON takes, such as one with half a character, comes last, by itself and to be refused.
    """
    body, odd = _readable(body)
    found = _decoded(body)
    data, includes = found.data or [], found.includes or {}
    if found.data is None and found.meta is None:
        if not found.errors:
            raise no_json("")
        if not any(problem.parameter == "ids" for problem in found.errors):
            raise RetryableSourceError(f"answered with errors in place of posts ({_kinds(found.errors)})")
    broken = ""
    try:
        records = x_pages.split(body)
    except BadRecordError as error:
        records, broken = [bytes(record) for record in data], str(error)
    return Answer(
        records=(*records, *odd),
        broken=broken,
        ids=tuple(map(_id, (*data, *odd))),
        problems=tuple(found.errors or ()),
        posts=len(data) + len(odd) + len(includes.get("tweets", ())) + len(includes.get("posts", ())),
        users=len(includes.get("users", ())),
        next_token=found.meta.next_token if found.meta else None,
    )


def count(body: bytes) -> tuple[int, str | None]:
    """The posts that an answer of X's counts tells of, and where its next page begins. Raises RetryableSourceError."""
    meta = _decoded(body).meta or _Meta()
    total = meta.total_tweet_count if meta.total_tweet_count is not None else meta.total_post_count
    if total is None:
        raise RetryableSourceError("sent an answer without a count of posts")
    return total, meta.next_token


def refers_to_missing(problems: tuple[Problem, ...]) -> str:
    """What X says about things that posts refer to and that it does not show, in words; '' for nothing."""
    if not problems:
        return ""
    return f"X does not show {len(problems)} posts or people that posts refer to ({_kinds(problems)})"


def _readable(body: bytes) -> tuple[bytes, list[bytes]]:
    """A body that can be decoded, and the posts that had to be taken out for it; people and media just go."""
    try:
        _decode(body)
    except _UNREADABLE:
        rest, odd = without_odd(body, ("data",))
        lists = ("users", "tweets", "posts", "media", "places", "polls")
        return without_odd(rest, *(("includes", name) for name in lists))[0], odd
    return body, []


def _decoded(body: bytes) -> _Answer:
    try:
        return _decode(body)
    except _UNREADABLE:
        raise no_json("text/html" if body.lstrip()[:1] == b"<" else "") from None


def _id(record: Raw | bytes) -> str:
    try:
        return str(_decode_id(record).id or "")
    except _UNREADABLE:
        pass
    try:
        found = parse(bytes(record))
    except BadRecordError:
        return ""
    return str(found.get("id") or "") if isinstance(found, dict) else ""


def _kinds(problems: list[Problem] | tuple[Problem, ...]) -> str:
    counted = Counter(clip(problem.kind or "no reason given", 40) for problem in problems)
    return ", ".join(f"{count} × {kind}" for kind, count in counted.most_common(4))
