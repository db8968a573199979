"""When a job is due: hours of a crontab on the wall clock of a campaign's time zone, right when the clocks change.

An hour that does not exist in spring is made up as soon as the clocks have gone forward (02:00 becomes 03:00), so no
night goes without its backup. An hour that comes twice in autumn counts once, the first time; only work that is to
be done every hour ("*", or an hour with both of its neighbours) is done in both. So does Debian's cron, see cron(8).
APScheduler's own trigger follows the wall clock and leaves the spring's hour out or doubles the autumn's.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

_DAYS_AHEAD = 3
"""A zone may leave out a whole day, when it moves over the date line."""


def hours_of(expression: str) -> frozenset[int]:
    """The hours that an expression of a crontab names: '*', '8-20/2', '7,19'. Raises ValueError."""
    (field,) = (field for field in CronTrigger(hour=expression).fields if field.name == "hour")
    noon = datetime(2026, 1, 1, tzinfo=UTC)
    return frozenset(hour for hour in range(24) if field.get_next_value(noon.replace(hour=hour)) == hour)


class Hours(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires at a minute of some hours, up to `jitter` seconds later at random."""

    __slots__ = ("_hours", "expression", "jitter", "minute", "zone")

    def __init__(self, expression: str, *, minute: int, zone: str, jitter: float = 0) -> None:
        """Raises ValueError."""
        self.expression, self.minute, self.zone, self.jitter = expression, minute, zone, jitter
        self._hours = hours_of(expression)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hours) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"<Hours {self.expression!r} at minute {self.minute}, {self.zone}, jitter {self.jitter}>"

    def _key(self) -> tuple[object, ...]:
        return self._hours, self.minute, self.zone, self.jitter

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The next moment that lies after the one before, or not before `now` when there was none; in the zone."""
        start = now.astimezone(UTC)
        # One that lies ahead was found by a clock that has been set back since.
        if previous_fire_time is not None and previous_fire_time.astimezone(UTC) <= start:
            start = previous_fire_time.astimezone(UTC) + timedelta(microseconds=1)
        zone = ZoneInfo(self.zone)
        # A moment of the day before may have been put off into this one.
        first = start.astimezone(zone).date() - timedelta(days=1)
        for days in range(_DAYS_AHEAD + 1):
            due = [moment for moment in self._moments(first + timedelta(days=days), zone) if moment >= start]
            if due:
                found = min(due) + timedelta(seconds=random.uniform(0, self.jitter))  # noqa: S311  # spreads load
                return found.astimezone(zone)
        return None

    def last_before(self, now: datetime) -> datetime | None:
        """The newest moment that has passed, without its delay; in UTC."""
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        for days in range(_DAYS_AHEAD + 1):
            past = [moment for moment in self._moments(today - timedelta(days=days), zone) if moment <= now]
            if past:
                return max(past)
        return None

    def _moments(self, day: date, zone: ZoneInfo) -> set[datetime]:
        """All moments of a day, in UTC. What Python makes of an hour that was left out is the hour after it."""
        moments = set()
        for hour in self._hours:
            wall = datetime.combine(day, time(hour, self.minute), tzinfo=zone)
            moments.add(wall.astimezone(UTC))
            if {(hour - 1) % 24, (hour + 1) % 24} <= self._hours and self._is_twice(wall):
                moments.add(wall.replace(fold=1).astimezone(UTC))
        return moments

    @staticmethod
    def _is_twice(wall: datetime) -> bool:
        again = wall.replace(fold=1)
        return again.utcoffset() != wall.utcoffset() and again.astimezone(UTC) > wall.astimezone(UTC)
