"""Who is looking at which statement: so that two moderators at once do not do the same work.

Claims are kept in memory. They are a courtesy and no lock: what a decision must not overwrite is checked in the store.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LASTS = timedelta(minutes=5)
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody who has a statement on the screen."""

    name: str
    since: datetime
    until: datetime


class Claims:
    """All claims of a desk. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[int, Claim] = {}

    def take(self, name: str, item_ids: Iterable[int], *, now: datetime) -> dict[int, Claim]:
        """Claims what nobody else holds, or renews it; returns what others hold, by item."""
        wanted = list(item_ids)
        with self._lock:
            self._forget(now)
            held = {each: claim for each in wanted if (claim := self._of.get(each)) and claim.name != name}
            for each in wanted:
                if each not in held:
                    mine = self._of.get(each)
                    self._of[each] = Claim(name, mine.since if mine else now, now + LASTS)
        return held

    def held_by_others(self, name: str, item_ids: Iterable[int], *, now: datetime) -> dict[int, Claim]:
        """What others hold of these, by item."""
        with self._lock:
            self._forget(now)
            return {each: claim for each in item_ids if (claim := self._of.get(each)) and claim.name != name}

    def of(self, name: str, *, now: datetime) -> list[int]:
        """What somebody holds."""
        with self._lock:
            self._forget(now)
            return sorted(each for each, claim in self._of.items() if claim.name == name)

    def let_go(self, name: str, item_ids: Iterable[int] | None = None) -> None:
        """Gives up one's claims, or those on some items."""
        with self._lock:
            for each in list(self._of) if item_ids is None else list(item_ids):
                if (claim := self._of.get(each)) and claim.name == name:
                    del self._of[each]

    def _forget(self, now: datetime) -> None:
        if len(self._of) > _MOST or any(claim.until <= now for claim in self._of.values()):
            self._of = {each: claim for each, claim in self._of.items() if claim.until > now}
