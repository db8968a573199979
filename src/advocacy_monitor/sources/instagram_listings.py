"""What is read of Instagram in a run: media that tag the account, media with hashtags, comments under own media.

None of these lists takes an upper bound, so none is resumable. Media with a hashtag are shown for 24 hours and in no
order: each run reads them all, and its mark is the time of the run, so that a gap between two runs can be told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Item, Reject, Usage
from advocacy_monitor.sources.graph_client import Graph
from advocacy_monitor.sources.graph_errors import MissingError
from advocacy_monitor.sources.graph_values import stamp, unstamped
from advocacy_monitor.sources.instagram_media import (
    COMMENT_FIELDS,
    HASHTAG_FIELDS,
    TAGGED_FIELDS,
    Found,
    capture,
    mapped,
    moment,
    read,
)
from advocacy_monitor.sources.json_records import without_odd
from advocacy_monitor.sources.listings import Part

MOST_HASHTAGS = 30
OWN_MEDIA = "own media"
WHOLE = "own media/whole"
_SHOWN_FOR = timedelta(hours=24)
_OLD_PAGES = 2
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Account:
    """The account in one run."""

    graph: Graph
    number: str
    page_size: int
    now: datetime
    overlap: timedelta
    username: str | None = None
    missed: Callable[[str], object] = lambda words: None

    def part(self, records: Iterable[bytes], where: str, found: Found) -> Part:
        """What records are: items, rejects, or words of the account itself, which are no testimony."""
        items: list[Item] = []
        rejects: list[Reject] = []
        marks: list[str] = []
        for place, raw in enumerate(records, start=1):
            try:
                record = read(raw)
                marks.append(stamp(moment(record)))
                if record.hidden:
                    rejects.append(_hidden(f"{where}, record {place}"))
                elif self.username is None or (record.username or "").lower() != self.username:
                    items.append(mapped(record, found, raw=capture(raw, found)))
            except BadRecordError as error:
                rejects.append(Reject(position=f"{where}, record {place}", reason=str(error), payload=raw))
        return Part(items=tuple(items), rejects=tuple(rejects), marks=tuple(marks))


def _hidden(where: str) -> Reject:
    return Reject(position=where, reason="hidden by the account: not collected", payload=b"")


@dataclass(slots=True)
class TaggedListing:
    """Media of others in which the account is tagged."""

    account: Account
    start: datetime
    key: str = "tagged"
    resumable: bool = False

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Down to two pages in a row that are older than asked for: an old medium may be tagged today."""
        account = self.account
        floor = self.start if low is None else unstamped(low) - account.overlap
        old = 0
        asked = {"fields": TAGGED_FIELDS, "limit": account.page_size}
        for number, records in enumerate(account.graph.pages(f"{account.number}/tags", asked, what=self.key), start=1):
            part = account.part(records, f"{self.key}, page {number}", Found(list="tagged"))
            yield part
            old = old + 1 if part.marks and max(part.marks) < stamp(floor) else 0
            if old == _OLD_PAGES:
                return


class _Named(msgspec.Struct):
    id: str
    name: str | None = None


@dataclass(slots=True, kw_only=True)
class Hashtags:
    """The numbers of hashtags, and which of them count towards the account's 30 in seven days."""

    account: Account
    counted: list[_Named] | None = None
    failure: SourceError | None = None

    def number(self, tag: str) -> tuple[str, bool]:
        """A hashtag's number, and whether it was asked for the first time within seven days. Raises SourceError."""
        counted = self._counted()
        known = next((one.id for one in counted if (one.name or "").lower() == tag), None)
        if known is not None:
            return known, False
        if len(counted) >= MOST_HASHTAGS and all(one.name for one in counted):
            raise FatalSourceError(
                f"the account has asked for {len(counted)} hashtags in the last 7 days, and Instagram allows "
                f"{MOST_HASHTAGS}; use fewer, or wait until one of them is a week old"
            )
        graph = self.account.graph
        asked = {"user_id": self.account.number, "q": tag}
        try:
            body = graph.get("ig_hashtag_search", asked, what=f"#{tag}")
            found = msgspec.json.decode(body, type=_Search).data[0]
        except MissingError as error:
            raise FatalSourceError(f"nobody has used this hashtag, or Instagram does not show it: {error}") from None
        except (msgspec.MsgspecError, IndexError):
            raise RetryableSourceError("sent something else than a hashtag's number") from None
        new = all(one.id != found.id for one in counted)
        if new:
            counted.append(_Named(id=found.id, name=tag))
        return found.id, new

    def _counted(self) -> list[_Named]:
        if self.failure is not None:
            raise self.failure
        if self.counted is None:
            asked = {"fields": "id,name", "limit": MOST_HASHTAGS}
            edge = f"{self.account.number}/recently_searched_hashtags"
            try:
                pages = list(self.account.graph.pages(edge, asked, what="hashtags of the last 7 days"))
            except (RetryableSourceError, FatalSourceError) as error:
                self.failure = error
                raise
            self.counted = [_named(raw) for records in pages for raw in records]
        return self.counted


def _named(raw: bytes) -> _Named:
    try:
        return msgspec.json.decode(raw, type=_Named)
    except _UNREADABLE:
        raise RetryableSourceError("sent something else than the hashtags of the last 7 days") from None


class _Search(msgspec.Struct):
    data: list[_Named]


@dataclass(slots=True)
class HashtagListing:
    """Public media with one hashtag, of the last 24 hours."""

    account: Account
    hashtags: Hashtags
    tag: str
    resumable: bool = False

    @property
    def key(self) -> str:
        return f"#{self.tag}"

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Everything that is shown. The weekly limit is noted before the first medium is read."""
        account = self.account
        number, new = self.hashtags.number(self.tag)
        if new:
            yield Part(usage=(Usage(source="instagram", unit="hashtags", amount=1),))
        if low is not None and (gap := account.now - unstamped(low) - _SHOWN_FOR) > timedelta():
            words = f"#{self.tag}: Instagram shows 24 hours; what was posted in a gap of {gap} was not seen"
            _log.warning("%s", words)
            account.missed(words)
        asked = {"user_id": account.number, "fields": HASHTAG_FIELDS, "limit": account.page_size}
        pages = account.graph.pages(f"{number}/recent_media", asked, what=self.key)
        for count, records in enumerate(pages, start=1):
            part = account.part(records, f"{self.key}, page {count}", Found(list="hashtag", hashtag=self.tag))
            yield Part(items=part.items, rejects=part.rejects)
        yield Part(marks=(stamp(account.now),))


class _Own(msgspec.Struct):
    id: str
    timestamp: str | None = None
    permalink: str | None = None
    comments_count: int | None = None


@dataclass(slots=True)
class OwnMediaListing:
    """The account's own media: no testimony, but what stands under them is. Its mark is the last whole reading."""

    account: Account
    start: datetime
    found: list[_Own] = field(default_factory=list)
    key: str = OWN_MEDIA
    resumable: bool = False
    ended: bool = False

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Notes which media since `start` have comments, newest first; gives nothing."""
        account = self.account
        body = account.graph.get(account.number, {"fields": "username"}, what=self.key)
        account.username = _username(body)
        asked = {"fields": "id,timestamp,permalink,comments_count", "limit": account.page_size}
        for records in account.graph.pages(f"{account.number}/media", asked, what=self.key):
            media = [_own(raw) for raw in records]
            self.found += [one for one in media if one.comments_count != 0 and _since(one, self.start)]
            if media and not any(_since(one, self.start) for one in media):
                break
        self.ended = True
        yield from ()


@dataclass(slots=True)
class WholeListing:
    """No list of Instagram's: its mark is the time of the last run that read all comments."""

    account: Account
    lists: list[OwnMediaListing | CommentListing]
    key: str = WHOLE
    resumable: bool = False

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """A mark, when every list of comments was read to its end."""
        if all(listing.ended for listing in self.lists):
            yield Part(marks=(stamp(self.account.now),))


class _Replies(msgspec.Struct):
    data: list[msgspec.Raw]
    paging: Mapping[str, object] | None = None


class _Answered(msgspec.Struct):
    id: str
    replies: _Replies | None = None


@dataclass(slots=True)
class CommentListing:
    """Comments under one of the account's own media, and the answers to them."""

    account: Account
    media: _Own
    resumable: bool = False
    ended: bool = False

    @property
    def key(self) -> str:
        return f"{OWN_MEDIA}/{self.media.id}"

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """All of them: an answer may be new under an old comment. Answers are asked for apart from the comments, so
        that the capture of a comment holds nobody else's words.
        """
        account, edge = self.account, f"{self.media.id}/comments"
        found = Found(list="comments", media=self.media.id, media_url=self.media.permalink)
        asked = {"fields": COMMENT_FIELDS, "limit": account.page_size}
        for number, records in enumerate(account.graph.pages(edge, asked, what=self.key), start=1):
            yield account.part(records, f"{self.key}, page {number}", found)
        answers = {"fields": f"id,replies.limit(50){{{COMMENT_FIELDS}}}", "limit": account.page_size}
        for number, records in enumerate(account.graph.pages(edge, answers, what=self.key), start=1):
            for raw in records:
                yield from self._replies(raw, f"{self.key}, answers, page {number}", found)
        self.ended = True

    def _replies(self, raw: bytes, where: str, found: Found) -> Iterator[Part]:
        rest, odd = without_odd(raw, ("replies", "data"))
        try:
            comment = msgspec.json.decode(rest, type=_Answered)
        except _UNREADABLE as error:
            yield Part(rejects=(Reject(position=where, reason=f"not a comment with answers: {error}", payload=raw),))
            return
        if comment.replies is None:
            return
        if comment.replies.paging is None or "next" not in comment.replies.paging:
            yield self.account.part([*map(bytes, comment.replies.data), *odd], where, found)
            return
        asked = {"fields": COMMENT_FIELDS, "limit": self.account.page_size}
        for records in self.account.graph.pages(f"{comment.id}/replies", asked, what=self.key):
            yield self.account.part(records, where, found)


def _own(raw: bytes) -> _Own:
    try:
        return msgspec.json.decode(raw, type=_Own)
    except _UNREADABLE:
        raise RetryableSourceError("sent something else than the account's media") from None


def _since(media: _Own, start: datetime) -> bool:
    try:
        return datetime.fromisoformat(media.timestamp or "") >= start
    except (ValueError, TypeError):
        return True


class _Person(msgspec.Struct):
    username: str | None = None


def _username(body: bytes) -> str | None:
    try:
        return (msgspec.json.decode(body, type=_Person).username or "").lower() or None
    except _UNREADABLE:
        return None
