"""What is read of Reddit: searches for posts, and the comments below each post that a search found.

Which threads are watched is kept in the cursor, in the same checkpoint as the search that found them: a run that is
cut before it comes to their comments leaves them to the next one.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from advocacy_monitor.errors import BadRecordError, FatalSourceError, SourceError
from advocacy_monitor.models import Cursor, Post, Reject
from advocacy_monitor.sources.listings import Part, read_marks
from advocacy_monitor.sources.reddit_client import LISTED_AT_ONCE, RedditClient
from advocacy_monitor.sources.reddit_thing import (
    Listed,
    More,
    alone,
    branches,
    mark,
    name_of,
    post_or_refusal,
    time_of,
)
from advocacy_monitor.sources.retrying import Patience

_log = logging.getLogger(__name__)
_THREAD = re.compile(r"t3_([0-9a-z]+) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_SHORT_LISTING = 200
"""Reddit ends searches after 250 to 1,000 posts, of which it may leave some out. Fewer are all that there are."""

_PERIODS = (("hour", 3_600), ("day", 86_400), ("week", 604_800), ("month", 2_592_000), ("year", 31_536_000))
_MARGIN = 0.9
GONE = "gone"
"""A thread that Reddit does not show any more. It sorts above every time."""

Failures = list[tuple[str, SourceError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What every listing of a run needs."""

    client: RedditClient
    patience: Patience
    clock: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Watched:
    """The threads whose comments are read: key -> '' (not read yet), when the thread was made, or GONE.

    Those made before `not_before` are read once and not again. They stay known as long as a search may find them.
    """

    threads: dict[str, str]
    not_before: str
    _empty: set[str] = field(default_factory=set)

    def note(self, post: Post) -> None:
        """A thread that was found. One without comments need not be read in this run, but may get some later."""
        made = mark(post.created_at)
        key = f"{post.source_id} {made}"
        if key not in self.threads and not post.counts.get("comments", 1):
            self._empty.add(key)
        if self.threads.get(key, GONE) == GONE:  # one that is found again is shown again
            self.threads[key] = made if key in self._empty else ""

    def due(self) -> list[str]:
        """The threads to read in this run, first those that were never read."""
        unread = [key for key, read in self.threads.items() if not read]
        again = [
            key
            for key, read in self.threads.items()
            if read and read != GONE and read >= self.not_before and key not in self._empty
        ]
        return unread + again

    def into(self, checkpoint: Cursor) -> Cursor:
        """A checkpoint with these threads instead of those it names."""
        others = {key: known for key, known in checkpoint.items() if not is_thread(key)}
        return others | {key: {"high": read} for key, read in self.threads.items()}


def is_thread(key: str) -> bool:
    """Whether a key of the cursor is that of a thread."""
    return _THREAD.fullmatch(key) is not None


def watched(since: Cursor | None, *, not_before: datetime, overlap: timedelta) -> Watched:
    """The threads in a stored cursor, without those that are neither read again nor found again."""
    marks = {key: known.high for key, known in read_marks(since, "reddit").items()}
    found_again = [mark(_time(high) - overlap) for key, high in marks.items() if not is_thread(key)]
    earliest = min([mark(not_before), *found_again])
    threads = {
        key: read for key, read in marks.items() if is_thread(key) and (not read or key.split(" ")[1] >= earliest)
    }
    return Watched(threads=threads, not_before=mark(not_before))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A phrase in a subreddit, newest post first. It ends at the posts that were read before, or where Reddit ends it.

    Where Reddit ends it earlier, `failures` says so, and the walk goes on: there is no way to get at the rest.
    """

    asking: Asking
    subreddit: str
    phrase: str
    query: str
    first_period: str
    overlap: timedelta
    page_size: int
    watched: Watched
    failures: Failures
    resumable: bool = False

    @property
    def key(self) -> str:
        return f'r/{self.subreddit} "{self.phrase}"'

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """All posts from the newest down to `low` and a little more, for posts that the search finds late."""
        bound = None if low is None else mark(_time(low) - self.overlap)
        period = self.first_period if bound is None else _period_back_to(bound, self.asking.clock())
        after: str | None = None
        asked: set[str | None] = set()
        count, oldest = 0, None
        while after not in asked:
            asked.add(after)
            page = self._page(period, after)
            things = [alone(thing)[0] for thing in page.things]
            found = mapped(things, self.key)
            marks = _marks(things, found)
            self._note(found, bound)
            yield _part(found, marks)
            count += len(things)
            oldest = min((*marks, *([oldest] if oldest else [])), default=None)
            after = page.after
            if after is None:
                self._tell_end(count, oldest, bound)
                return
            if bound is not None and marks and marks[-1] < bound:
                return
        raise FatalSourceError("sends the same page again and again")

    def _page(self, period: str, after: str | None) -> Listed:
        return self.asking.patience.call(
            lambda: self.asking.client.search(
                self.subreddit, self.query, period=period, limit=self.page_size, after=after
            ),
            what=f"Reddit, {self.key}",
        )

    def _note(self, found: Iterable[Post | Reject], bound: str | None) -> None:
        """Watches the threads of posts. What lies below the bound was noted by an earlier run, and may be forgotten."""
        for one in found:
            if not isinstance(one, Reject) and (bound is None or mark(one.created_at) >= bound):
                self.watched.note(one)

    def _tell_end(self, count: int, oldest: str | None, bound: str | None) -> None:
        """Says that posts may be missing when Reddit's end, and not ours, was met."""
        if count < _SHORT_LISTING or oldest is None or (bound is not None and oldest < bound):
            return
        before = f"between {bound} and {oldest}" if bound else f"before {oldest}"
        self.failures.append(
            (
                self.key,
                FatalSourceError(
                    f"Reddit ended the search after {count} posts; posts {before} may be missing, and cannot be had. "
                    "Collect more often, or give a narrower phrase or single subreddits"
                ),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The comments below one post. All that Reddit shows are read each time: an old branch may have a new leaf."""

    asking: Asking
    key: str
    more_requests: int
    watched: Watched
    resumable: bool = False

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """The tree that Reddit sends at once, then what it left out, as far as `more_requests` go."""
        found = _THREAD.fullmatch(self.key)
        assert found is not None
        post_id, made = found.groups()
        answers: deque[More] = deque()
        trees = self._call(lambda: self.asking.client.thread(post_id))
        if trees is None:
            self.watched.threads[self.key] = GONE
            reason = "Reddit does not show this thread's comments any more (404)"
            yield Part(rejects=(Reject(position=f"t3_{post_id}", reason=reason, payload=b""),), marks=(GONE,))
            return
        part = self._part(trees, answers)
        left = self.more_requests
        while answers and left:
            left -= 1
            yield part
            part = self._part(self._left_out(post_id, answers) or [], answers)
        if answers:
            yield part
            part = self._too_many(post_id, answers)
        self.watched.threads[self.key] = made  # stored together with the last part
        yield part

    def _left_out(self, post_id: str, answers: deque[More]) -> list[bytes] | None:
        """The next comments that were left out: as many as one request may name, or one branch that goes deeper."""
        first = answers.popleft()
        if not first.ids:
            below = first.parent_id.removeprefix("t1_")
            return self._call(lambda: self.asking.client.thread(post_id, below=below))
        ids = list(first.ids)
        while answers and answers[0].ids and len(ids) < LISTED_AT_ONCE:
            ids.extend(answers.popleft().ids)
        rest = tuple(ids[LISTED_AT_ONCE:])
        if rest:
            answers.appendleft(More(ids=rest, parent_id=first.parent_id, count=len(rest)))
        return self._call(lambda: self.asking.client.more(post_id, ids[:LISTED_AT_ONCE]))

    def _part(self, trees: list[bytes], answers: deque[More]) -> Part:
        things: list[bytes] = []
        for branch in branches(trees):
            if isinstance(branch, More):
                answers.append(branch)
            else:
                things.append(branch)
        name, made = self.key.split(" ")
        return _part(mapped(things, name), (made,))

    def _too_many(self, post_id: str, answers: Iterable[More]) -> Part:
        left = sum(max(more.count, len(more.ids), 1) for more in answers)
        reason = f"about {left} comments are not read: `more_requests` ({self.more_requests}) allows no more"
        _log.warning("t3_%s: %s", post_id, reason)
        return Part(rejects=(Reject(position=f"t3_{post_id}, further comments", reason=reason, payload=b""),))

    def _call(self, ask: Callable[[], list[bytes] | None]) -> list[bytes] | None:
        return self.asking.patience.call(ask, what=f"Reddit, comments of {self.key.split(' ')[0]}")


def mapped(things: Iterable[bytes], where: str) -> list[Post | Reject]:
    """Things as posts; those that must not be collected leave nothing behind but the fact."""
    return [_mapped(thing, where) for thing in things]


def _mapped(thing: bytes, where: str) -> Post | Reject:
    try:
        found = post_or_refusal(thing)
        if not isinstance(found, str):
            return found
        reason, payload = found, b""
    except BadRecordError as error:
        reason, payload = str(error), thing
    position = f"{where}, {name_of(thing) or 'a record without a name'}"
    return Reject(position=position, reason=reason, payload=payload)


def _part(found: Sequence[Post | Reject], marks: tuple[str, ...]) -> Part:
    items = tuple(one for one in found if not isinstance(one, Reject))
    rejects = tuple(one for one in found if isinstance(one, Reject))
    return Part(items=items, rejects=rejects, marks=marks)


def _marks(things: Sequence[bytes], found: Sequence[Post | Reject]) -> tuple[str, ...]:
    """When the things were made, in their order, also those that could not be read or must not be collected."""
    marks = (
        time_of(thing) if isinstance(one, Reject) else mark(one.created_at)
        for thing, one in zip(things, found, strict=True)
    )
    return tuple(one for one in marks if one)


def _time(given: str) -> datetime:
    try:
        return datetime.strptime(given, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise FatalSourceError(
            "the stored cursor is not one of the reddit source; was the collector's source changed? Rename it"
        ) from None


def _period_back_to(bound: str, now: datetime) -> str:
    """The shortest of Reddit's periods that surely holds everything since `bound`."""
    seconds = (now - _time(bound)).total_seconds()
    return next((name for name, length in _PERIODS if seconds < length * _MARGIN), "all")
