"""One page of what a filter lets through, in an order, from a place on: no page costs more than the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store import Store
from advocacy_monitor.summary.table import Bools, Ints, Table

ORDERS = ("newest", "oldest", "uncertain")

_NEWEST_MATCHES = 20_000
_MORE_MATCHES = 200_000
"""A search for words that stand nearly everywhere looks at the newest matches only, and says so."""
_SAID_BITS = 36
_SAID_OFFSET = 1 << (_SAID_BITS - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The ids of one page, how many items there are in all, and whence the next page goes on (None: it is the last).

    `capped` says that a search was cut short: there may be more, older ones; `total` is then what was found so far.
    """

    ids: tuple[int, ...]
    total: int
    capped: bool = False
    next: str | None = None
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search found: ids, or None where nothing was searched for; whether there may be more; whether to stop."""

    ids: Sequence[int] | None
    is_capped: bool = False
    is_last: bool = True


def check_order(order: str) -> None:
    """Raises ConfigError for an order that is none."""
    if order not in ORDERS:
        raise ConfigError(f"order: is none of {', '.join(ORDERS)}, found {order[:40]!r}")


def place_of(after: str | None) -> tuple[int, int] | None:
    """The place from which a page goes on. Raises ConfigError."""
    if not after:
        return None
    key, _, item_id = after.partition(".")
    try:
        return int(key), int(item_id)
    except ValueError:
        raise ConfigError(f"after: is no place in a list, found {after[:40]!r}") from None


def searches(store: Store, words: str) -> Iterator[Sought]:
    """Looks words up, among few matches first; the caller stops when it has enough."""
    sought = expression(words)
    if not words:
        yield Sought(None)
    elif not sought:
        yield Sought(())
    else:
        for most in (_NEWEST_MATCHES, _MORE_MATCHES):
            found = store.summary.search(sought, most=most)
            capped = len(found) == most
            yield Sought(found, capped, is_last=most == _MORE_MATCHES or not capped)


def page_of(table: Table, keep: Bools, *, order: str, limit: int, place: tuple[int, int] | None, capped: bool) -> Found:
    """The page of what is kept that comes after a place."""
    keys, positions = _sorted(table, keep, order, limit=limit, place=place)
    ids = table.column("item_id")[positions]
    last = f"{keys[limit - 1]}.{ids[limit - 1]}" if len(ids) > limit else None
    total = int(keep.sum())
    return Found(ids=tuple(ids[:limit].tolist()), total=total, capped=capped, next=last, is_first=place is None)


def expression(words: str) -> str:
    """What FTS5 is asked for: all words, each as it is, whatever signs it holds; '' where there are none."""
    bare = "".join(sign if sign.isprintable() else " " for sign in words)
    return " ".join('"' + word.replace('"', '""') + '"' for word in bare.split() if any(map(str.isalnum, word)))


def _sorted(
    table: Table, keep: Bools, order: str, *, limit: int, place: tuple[int, int] | None
) -> tuple[list[int], Ints]:
    """The keys and positions of a page and one more."""
    if order == "uncertain":
        keys, positions = _most_uncertain(table, keep, limit=limit, place=place)
    else:
        keys, positions = _by_time(table, keep, newest=order == "newest", limit=limit, place=place)
    return keys.tolist(), positions


def _by_time(
    table: Table, keep: Bools, *, newest: bool, limit: int, place: tuple[int, int] | None
) -> tuple[Ints, Ints]:
    order, times = table.order
    if place is None:
        first = len(order) if newest else 0
    else:
        low, high = np.searchsorted(times, place[0], "left"), np.searchsorted(times, place[0], "right")
        ids = table.column("item_id")[order[low:high]]
        first = int(low) + int(np.searchsorted(ids, place[1], "left" if newest else "right"))
    part = order[:first] if newest else order[first:]
    found = _few(keep, part, limit + 1, from_end=newest)
    return table.column("said")[found], found


def _few(keep: Bools, part: Ints, count: int, *, from_end: bool) -> Ints:
    """The first positions of a part that are kept, from its end or its beginning, in widening looks."""
    size = 4096
    while True:
        look = part[-size:][::-1] if from_end else part[:size]
        found = look[keep[look]]
        if len(found) >= count or size >= len(part):
            return found[:count]
        size *= 8


def _most_uncertain(table: Table, keep: Bools, *, limit: int, place: tuple[int, int] | None) -> tuple[Ints, Ints]:
    positions = np.flatnonzero(keep)
    doubt, said = table.column("doubt")[positions].astype(np.int64), table.column("said")[positions]
    keys = (doubt << _SAID_BITS) + np.clip(said + _SAID_OFFSET, 0, (1 << _SAID_BITS) - 1)
    if place is not None:
        ids = table.column("item_id")[positions]
        later = (keys < place[0]) | ((keys == place[0]) & (ids < place[1]))
        keys, positions = keys[later], positions[later]
    if len(keys) > limit + 1:
        least = np.partition(keys, len(keys) - limit - 1)[len(keys) - limit - 1]
        keys, positions = keys[keys >= least], positions[keys >= least]
    best = np.lexsort((-positions, -keys))[: limit + 1]
    return keys[best], positions[best]
