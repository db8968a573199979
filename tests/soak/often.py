"""`advocacy-monitor` whose hours last some seconds: what a month of collections does to one process, in minutes.

Only the moments are other ones; everything that the daemon does then is its own. Run: python -m tests.soak.often
SECONDS -c CONFIG run
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from advocacy_monitor import cli, schedule
from advocacy_monitor.supervision.hours import Hours

_seconds = 60.0


class Often(Hours):
    """Due every so many seconds, whatever the hours say."""

    __slots__ = ()

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Counts from the run before."""
        due = (previous_fire_time or now).astimezone(UTC) + timedelta(seconds=_seconds)
        return max(due, now.astimezone(UTC))


def main() -> None:
    """Runs the program."""
    global _seconds
    _seconds = float(sys.argv.pop(1))
    vars(schedule)["Hours"] = Often
    cli.main()


if __name__ == "__main__":
    main()
