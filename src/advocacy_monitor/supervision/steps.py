"""Notices that the time of day jumped: somebody set the clock, or the machine slept.

Two clocks are compared: the time of day, and the count of seconds since the machine started, which nobody can set and
which stands still while the machine sleeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

LEAST = 60.0
"""Seconds below which nothing is planned anew: clocks are set by moments all the time."""


def _now() -> datetime:
    return datetime.now(UTC)


class Steps:
    """Compares the clocks each time it is asked."""

    def __init__(
        self, *, clock: Callable[[], datetime] = _now, ticks: Callable[[], float] = time.monotonic, least: float = LEAST
    ) -> None:
        self._clock, self._ticks, self._least = clock, ticks, least
        self._apart = self._difference()

    def _difference(self) -> float:
        return self._clock().timestamp() - self._ticks()

    def step(self) -> float:
        """By how many seconds the time of day jumped since it was asked last: forward, backward (< 0), or 0."""
        apart = self._difference()
        jumped = apart - self._apart
        if abs(jumped) < self._least:
            return 0.0  # small steps add up until they count
        self._apart = apart
        return jumped
