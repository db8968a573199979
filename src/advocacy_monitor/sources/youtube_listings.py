"""What is read of YouTube: the threads under a video or channel, and the replies that do not come with them.

How many replies each thread had is kept in the cursor, so that they are read again only when their number changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Cursor, Item, Reject
from advocacy_monitor.sources.listings import Part, read_marks
from advocacy_monitor.sources.youtube_client import YoutubeClient
from advocacy_monitor.sources.youtube_comment import (
    About,
    Thread,
    id_of,
    is_id,
    mark,
    reply_about,
    thread,
    time_of,
    to_post,
    wrapped,
)

_REPLIES = re.compile(r"replies to (\S+) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")


@dataclass(slots=True)
class RepliesRead:
    """How many replies each thread had when all of them were read: key -> number, as it stands in the cursor."""

    counts: dict[str, str] = field(default_factory=dict)

    def into(self, checkpoint: Cursor) -> Cursor:
        """A checkpoint with these numbers instead of those that it has."""
        others = {key: known for key, known in checkpoint.items() if not _REPLIES.fullmatch(key)}
        return others | {key: {"high": count} for key, count in self.counts.items()}


def replies_read(since: Cursor | None, *, reply_days: timedelta) -> RepliesRead:
    """The numbers in a stored cursor, without those of threads that no run will look at again."""
    marks = {key: known.high for key, known in read_marks(since, "youtube").items()}
    walked = [high for key, high in marks.items() if not _REPLIES.fullmatch(key)]
    earliest = mark(_time(min(walked)) - reply_days) if walked else ""
    return RepliesRead(
        {key: count for key, count in marks.items() if (found := _REPLIES.fullmatch(key)) and found[2] >= earliest}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """The comments under one video or channel, newest first."""

    client: YoutubeClient
    key: str
    video: str | None
    channel: str | None
    term: str | None
    page_size: int
    first_bound: datetime
    reply_days: timedelta
    read_before: RepliesRead
    resumable: bool = False

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """All threads from the newest down to `low`, and those of `reply_days` before it. Units are always reported."""
        bound = mark(self.first_bound if low is None else _time(low) - self.reply_days)
        try:
            yield from self._down_to(bound)
        except (RetryableSourceError, FatalSourceError):
            yield Part(usage=self.client.quota.usage())
            raise

    def _down_to(self, bound: str) -> Iterator[Part]:
        where = self._where()
        page: str | None = None
        asked: set[str | None] = set()
        while page not in asked:
            asked.add(page)
            answer = self.client.threads(where, limit=self.page_size, page=page)
            marks: list[str] = []
            for part in self._parts(answer.records, bound):
                marks.extend(part.marks)
                yield part
            page = answer.next_page
            if page is None or (marks and marks[-1] < bound):  # the first one may be old, but pinned
                return
        raise FatalSourceError("sends the same page again and again")

    def _where(self) -> dict[str, str]:
        term = {"searchTerms": self.term} if self.term else {}
        if self.video is not None:
            return {"videoId": self.video, **term}
        assert self.channel is not None
        channel = self.client.channel(self.channel) if self.channel.startswith("@") else self.channel
        return {"allThreadsRelatedToChannelId": channel, **term}

    def _parts(self, records: Sequence[bytes], bound: str) -> Iterator[Part]:
        """A page of threads, then the replies that did not come with them; below the bound they were read before."""
        items: list[Item] = []
        rejects: list[Reject] = []
        marks: list[str] = []
        more: list[tuple[Thread, str]] = []
        for record in records:
            found = self._thread(record)
            if isinstance(found, Reject):
                rejects.append(found)
                continue
            written = self._map(found.uppermost, found.about, items, rejects)
            about = reply_about(found.about)
            for reply in found.replies:
                self._map(reply, about, items, rejects)
            if written is None:
                continue
            marks.append(written)
            counted = f"replies to {found.id} {written}"
            if written >= bound and self._lacks_replies(found, counted):
                more.append((found, counted))
        yield Part(items=tuple(items), rejects=tuple(rejects), marks=tuple(marks), usage=self.client.quota.usage())
        for found, counted in more:
            yield from self._replies(found, counted)

    def _lacks_replies(self, found: Thread, counted: str) -> bool:
        if found.replies_in_all <= len(found.replies):
            return False
        return self.read_before.counts.get(counted) != str(found.replies_in_all)

    def _thread(self, record: bytes) -> Thread | Reject:
        try:
            found = thread(record)
        except BadRecordError as error:
            reason, payload = str(error), record
        else:
            if found.is_public and is_id(found.id):
                return found
            reason, payload = "is not public: not collected", b""
        position = f"{self.key}, thread {id_of(record) or 'without an id'}"
        return Reject(position=position, reason=reason, payload=payload)

    def _replies(self, found: Thread, counted: str) -> Iterator[Part]:
        """All replies to a comment. A comment that was deleted in between has none."""
        page: str | None = None
        asked: set[str | None] = set()
        while page not in asked:
            asked.add(page)
            try:
                answer = self.client.replies(found.id, page=page)
            except FatalSourceError:
                if self.client.reason in ("commentNotFound", "commentThreadNotFound"):
                    return
                raise
            items: list[Item] = []
            rejects: list[Reject] = []
            about = reply_about(found.about)
            for reply in answer.records:
                self._map(reply, about, items, rejects)
            page = answer.next_page
            if page is None:
                self.read_before.counts[counted] = str(found.replies_in_all)
            yield Part(items=tuple(items), rejects=tuple(rejects), usage=self.client.quota.usage())
            if page is None:
                return
        raise FatalSourceError("sends the same page of replies again and again")

    def _map(self, comment: bytes, about: About, items: list[Item], rejects: list[Reject]) -> str | None:
        """Puts a comment where it belongs, and says when it was written, if that can be read."""
        raw = wrapped(comment, about)
        try:
            post = to_post(raw)
        except BadRecordError as error:
            position = f"{self.key}, comment {id_of(comment) or 'without an id'}"
            rejects.append(Reject(position=position, reason=str(error), payload=raw))
            return time_of(comment)
        items.append(post)
        return mark(post.created_at)


def _time(given: str) -> datetime:
    try:
        return datetime.strptime(given, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise FatalSourceError(
            "the stored cursor is not one of the youtube source; was the collector's source changed? Rename it"
        ) from None
