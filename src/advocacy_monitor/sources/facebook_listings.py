"""What is read of one Facebook Page in a run: its feed, the comments under each post of it, the posts that tag it.

The feed is read anew each time, from `comment_days` before the last run that read everything of the Page: posts of
that age may have new comments. What was read of the comments is kept for each post. No list here takes an upper bound
that Meta documents, so none is resumable; `since` is documented for feeds and comments, and not relied on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Item, Reject
from advocacy_monitor.sources.facebook_post import (
    COMMENT_FIELDS,
    POST_FIELDS,
    Found,
    Owner,
    Record,
    capture,
    mapped,
    moment,
    read,
    refusal,
)
from advocacy_monitor.sources.graph_client import Graph
from advocacy_monitor.sources.graph_errors import MissingError
from advocacy_monitor.sources.graph_values import stamp, unstamped
from advocacy_monitor.sources.listings import Listing, Mark, Part

_FAILURES_TO_GIVE_UP = 3
_TELLING_COMMENTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How much is read of each Page."""

    page_size: int
    page_posts: bool
    tagged: bool
    lookback: timedelta
    comments_for: timedelta
    overlap: timedelta


@dataclass(slots=True, kw_only=True)
class PageWalk:
    """One Page in one run. `name` is as in the settings; `graph` and `page_id` are known once it is opened."""

    name: str
    owner: Owner
    graph: Graph
    page_id: str
    reading: Reading
    now: datetime
    start: datetime
    posts: list[tuple[str, int | None]] = field(default_factory=list)
    begun: int = 0
    ended: int = 0
    announced: int = 0
    comments: int = 0

    def listings(self) -> Iterator[Listing]:
        """The feed first, since it says which posts have comments. Three failures end the Page for this run."""
        yield FeedListing(self)
        for post, total in self.posts:
            if self._is_over():
                return
            yield CommentListing(self, post, total)
        if self.reading.tagged and not self._is_over():
            yield TaggedListing(self)
        yield WholeListing(self)

    def _is_over(self) -> bool:
        return self.graph.over is not None or self.begun - self.ended >= _FAILURES_TO_GIVE_UP

    def part(self, records: Iterable[bytes], where: str, *, post: str | None = None) -> Part:
        """What records are: items, rejects, or words of the Page itself, which are no testimony."""
        items: list[Item] = []
        rejects: list[Reject] = []
        marks: list[str] = []
        for place, raw in enumerate(records, start=1):
            try:
                record = read(raw)
                marks.append(stamp(moment(record)))
                made = self._made(record, raw, where=f"{where}, record {place}", post=post)
            except BadRecordError as error:
                made = Reject(position=f"{where}, record {place}", reason=str(error), payload=raw)
            if isinstance(made, Reject):
                rejects.append(made)
            elif made is not None:
                items.append(made)
        return Part(items=tuple(items), rejects=tuple(rejects), marks=tuple(marks))

    def _made(self, record: Record, raw: bytes, *, where: str, post: str | None) -> Item | Reject | None:
        reason = refusal(record)
        if reason is not None:
            return Reject(position=where, reason=reason, payload=b"")
        if not self.reading.page_posts and record.author is not None and record.author.id == self.page_id:
            return None
        found = Found(record=record, page=self.page_id, post=post)
        return mapped(found, raw=capture(raw, page=self.page_id, post=post), owner=self.owner)


@dataclass(slots=True)
class FeedListing:
    """Posts on the Page, its own and visitors'. Notes which of them have comments."""

    page: PageWalk
    resumable: bool = False

    @property
    def key(self) -> str:
        return f"{self.page.name}/feed"

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """All posts since `start`, whatever was read before."""
        page = self.page
        page.begun += 1
        asked = {"fields": POST_FIELDS, "limit": page.reading.page_size, "since": int(page.start.timestamp())}
        pages = page.graph.pages(f"{page.page_id}/feed", asked, what=self.key)
        for number, records in enumerate(_down_to(pages, page.start), start=1):
            for raw in records:
                self._note_comments(raw)
            yield page.part(records, f"{self.key}, page {number}")
        page.ended += 1

    def _note_comments(self, raw: bytes) -> None:
        try:
            record = read(raw)
        except BadRecordError:
            return
        if record.id and record.total_comments != 0 and refusal(record) is None:
            self.page.posts.append((record.id, record.total_comments))


@dataclass(slots=True)
class CommentListing:
    """Comments under one post, answers to comments among them, newest first."""

    page: PageWalk
    post: str
    total: int | None
    resumable: bool = False

    @property
    def key(self) -> str:
        return f"{self.page.name}/comments/{self.post}"

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """All comments, or those since `overlap` before `low`: a comment that was hidden for a while comes late."""
        page = self.page
        page.begun += 1
        asked: dict[str, Any] = {
            "fields": COMMENT_FIELDS,
            "filter": "stream",
            "order": "reverse_chronological",
            "limit": page.reading.page_size,
        }
        floor = None
        if low is None:
            page.announced += self.total or 0
        else:
            floor = unstamped(low) - page.reading.overlap
            asked["since"] = int(floor.timestamp())
        try:
            pages = page.graph.pages(f"{self.post}/comments", asked, what=self.key)
            for number, records in enumerate(_down_to(pages, floor), start=1):
                page.comments += len(records)
                yield page.part(records, f"{self.key}, page {number}", post=self.post)
        except MissingError as error:
            self._must_be_gone(error)
        page.ended += 1

    def _must_be_gone(self, error: MissingError) -> None:
        """A post may be deleted while the Page is read; one that stands and hides its comments is a failure."""
        try:
            self.page.graph.get(self.post, {"fields": "id"}, what=self.key)
        except MissingError:
            return
        raise FatalSourceError(f"shows the post but not its comments: {error}")


@dataclass(slots=True)
class TaggedListing:
    """Public posts of others in which the Page is tagged."""

    page: PageWalk
    resumable: bool = False

    @property
    def key(self) -> str:
        return f"{self.page.name}/tagged"

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Posts since `overlap` before `low`, or since `start`: a post may be tagged a while after it was made."""
        page = self.page
        page.begun += 1
        floor = page.start if low is None else min(page.start, unstamped(low) - page.reading.overlap)
        asked = {"fields": POST_FIELDS, "limit": page.reading.page_size}
        pages = page.graph.pages(f"{page.page_id}/tagged", asked, what=self.key)
        for number, records in enumerate(_down_to(pages, floor), start=1):
            yield page.part(records, f"{self.key}, page {number}")
        page.ended += 1


@dataclass(slots=True)
class WholeListing:
    """No list of Facebook's: its mark is the time of the last run that read everything of the Page."""

    page: PageWalk
    resumable: bool = False

    @property
    def key(self) -> str:
        return whole_key(self.page.name)

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Raises FatalSourceError when the Page counts comments and shows none: a person's token sees none."""
        page = self.page
        if page.begun != page.ended:
            return
        if page.announced >= _TELLING_COMMENTS and page.comments == 0:
            raise FatalSourceError(
                f"counts {page.announced} comments and shows none; comments need the Page's own access_token "
                "(see docs/how-to/collect-from-facebook.md)"
            )
        yield Part(marks=(stamp(page.now),))


def whole_key(name: str) -> str:
    """Under which name the last whole reading of a Page stands in the cursor."""
    return f"{name}/whole"


def window_start(whole: Mark | None, reading: Reading, now: datetime) -> datetime:
    """From when on a Page's posts are looked at."""
    return now - reading.lookback if whole is None else unstamped(whole.high) - reading.comments_for


def _down_to(pages: Iterator[list[bytes]], floor: datetime | None) -> Iterator[list[bytes]]:
    """Pages down to the first one that lies before `floor` as a whole. A list in another order is read to its end."""
    newest_first = True
    last: datetime | None = None
    for records in pages:
        yield records
        times = [found for raw in records if (found := _moment(raw))]
        for time in times:
            newest_first = newest_first and (last is None or time <= last)
            last = time
        if floor is not None and times and newest_first and max(times) < floor:
            return


def _moment(raw: bytes) -> datetime | None:
    try:
        return moment(read(raw))
    except BadRecordError:
        return None
