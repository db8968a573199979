"""How a source walks listings that come newest first, so that a run may be cut after any page and nothing is lost.

A listing is one thing that a platform lists: a search, a Page's posts, the comments under a video. Its posts have
marks, strings that sort as the posts were made (times, or ids). What is known of it is kept as
`{high, low, top}`: everything up to `high` has been read, but for what lies between `low` and `top`. A run first closes
that gap, then reads what is newer than `high`. Both ends are read again, because several posts may share a mark; the
store drops what it has.

That is right only where the platform keeps strictly to that order. Where a listing may show an older post on top (a
pinned one), or takes no upper bound, an interrupted walk cannot go on in the middle: it promises nothing until it
has reached its end, and the next run begins at the top again (`resumable = False`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import msgspec

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Cursor, Item, Page, Reject, Usage


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of one listing; see the module."""

    high: str
    low: str | None = None
    top: str | None = None


Marks: TypeAlias = dict[str, Mark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One answer of a listing: what it held, and the marks of all its posts, also of those that could not be read.

    An empty part is no end: services filter after counting.
    """

    items: tuple[Item, ...] = ()
    rejects: tuple[Reject, ...] = ()
    marks: tuple[str, ...] = ()
    usage: tuple[Usage, ...] = ()


class Listing(Protocol):
    """One listing of a platform. `key` names it in the cursor and in errors, and stays the same for ever."""

    @property
    def key(self) -> str: ...

    @property
    def resumable(self) -> bool: ...

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Everything from `top` (None: the newest) down to `low` (None: as far back as wanted), newest first.

        Both ends belong to it. Reading more than asked for does no harm. Raises SourceError.
        """
        ...


Order: TypeAlias = Callable[[str], Any]


def by_length(mark: str) -> tuple[int, str]:
    """The order of ids that are numbers written as text."""
    return len(mark), mark


def walk(
    listings: Iterable[Listing],
    since: Cursor | None,
    *,
    of: str,
    order: Order = str,
    failures: list[tuple[str, SourceError]] | None = None,
) -> Iterator[Page]:
    """Reads all listings. One that fails does not stop the others: at the end one error names all that failed.

    `of` is the source's name, for errors. `listings` is asked for the next one only when the one before is done, so
    it may depend on what was found; what it raises ends the walk. Listings that are no longer there are forgotten
    once a walk has succeeded as a whole. `failures` may hold what failed before, and is added to.
    """
    marks = read_marks(since, of)
    failed = [] if failures is None else failures
    seen: set[str] = set()
    for listing in listings:
        seen.add(listing.key)
        try:
            yield from _read(listing, marks, order)
        except SourceError as error:
            failed.append((listing.key, error))
    if failed:
        raise summary(failed, asked=len(seen))
    if marks.keys() - seen:
        yield _page(Part(), {key: mark for key, mark in marks.items() if key in seen})


def _read(listing: Listing, marks: Marks, order: Order) -> Iterator[Page]:
    known = marks.get(listing.key)
    if known is not None and known.top is not None and listing.resumable:
        yield from _down(listing, marks, order, low=known.low, top=known.top, high=known.high)
        known = marks[listing.key]
    low = known.high if known and known.top is None else known.low if known else None
    yield from _down(listing, marks, order, low=low, top=None, high=None)


def _down(
    listing: Listing, marks: Marks, order: Order, *, low: str | None, top: str | None, high: str | None
) -> Iterator[Page]:
    """Reads from `top` down to `low`. `high` is the newest mark above `top`, or None when there is nothing above."""
    for part in listing.read(low, top):
        if part.marks:
            newest, oldest = max(part.marks, key=order), min(part.marks, key=order)
            high = newest if high is None else max(high, newest, key=order)
            top = oldest if top is None else min(top, oldest, key=order)
            if listing.resumable:
                marks[listing.key] = Mark(high=max(high, low or high, key=order), low=low, top=top)
        if part.items or part.rejects or part.usage or part.marks:
            yield _page(part, marks if part.marks and listing.resumable else None)
    done = high or low
    if done is not None and marks.get(listing.key) != (mark := Mark(high=max(done, low or done, key=order))):
        marks[listing.key] = mark
        yield _page(Part(), marks)


def _page(part: Part, marks: Marks | None) -> Page:
    checkpoint: Cursor | None = None if marks is None else msgspec.to_builtins(marks)
    return Page(items=part.items, rejects=part.rejects, usage=part.usage, checkpoint=checkpoint)


def read_marks(since: Cursor | None, of: str) -> Marks:
    """The marks in a stored cursor. Raises FatalSourceError when another kind of source wrote it."""
    try:
        return msgspec.convert(dict(since or {}), Marks)
    except msgspec.ValidationError as error:
        raise FatalSourceError(
            f"the stored cursor is not one of the {of} source; was the collector's source changed? Rename it"
        ) from error


def summary(failures: list[tuple[str, SourceError]], *, asked: int) -> SourceError:
    """One error for all that failed. A failure that needs a person outweighs those that pass."""
    parts = [f"{key}: {error}" for key, error in failures]
    counted = f"{len(failures)} of {asked} failed. " if asked > 1 else ""
    message = counted + " | ".join(parts)
    if any(isinstance(error, FatalSourceError) for _, error in failures):
        return FatalSourceError(message)
    waits = [e.retry_after for _, e in failures if isinstance(e, RetryableSourceError) and e.retry_after is not None]
    return RetryableSourceError(message, retry_after=max(waits, default=None))
