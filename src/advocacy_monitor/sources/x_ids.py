"""The time in an id of X, and back: ids are made of milliseconds since 4 November 2010, so they sort as posts do.

https://docs.x.com/resources/fundamentals/x-ids. X takes ids that no post has as bounds of a search, and refuses ids
together with times ("Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'"): so all
bounds are written as ids.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

FIRST_DAY = date(2010, 11, 5)
"""The first whole day on which ids held the time."""
_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
_LOW_BITS = 22


def id_at(moment: datetime) -> str:
    """The lowest id that a post of this moment can have."""
    return str(max((moment - _EPOCH) // timedelta(milliseconds=1), 0) << _LOW_BITS)


def time_of(post_id: str) -> datetime:
    """When the post with an id of digits was made."""
    return _EPOCH + timedelta(milliseconds=int(post_id) >> _LOW_BITS)


def is_id(given: str) -> bool:
    """Whether it can be the id of a post at all."""
    return given.isascii() and given.isdecimal() and len(given) < 20


def is_likely(post_id: str, *, now: datetime) -> bool:
    """Whether it is the id of a post of the past (a day is granted for clocks that differ)."""
    return is_id(post_id) and time_of(post_id) < now + timedelta(days=1)
