"""Which months are whole: a month that is not over, or that a filter cuts, would look like a fall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from advocacy_monitor.summary.filters import Filters

MOST = 60
"""So many months are shown, the newest."""


def whole_months(found: Iterable[str], filters: Filters, today: date) -> tuple[list[str], list[str]]:
    """All months from the first to the last that is whole, and the months that are left out, both in their order."""
    named = sorted(found)
    left_out = [month for month in named if not _is_whole(month, filters, today)]
    whole = [month for month in named if month not in left_out]
    months = _between(whole[0], whole[-1]) if whole else []
    return months, [month for month in named if month not in months]


def _is_whole(month: str, filters: Filters, today: date) -> bool:
    if month >= f"{today:%Y-%m}":
        return False
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    cut = (filters.since and filters.since > first) or (filters.until and filters.until < last)
    return not cut


def _between(first: str, last: str) -> list[str]:
    """The months from one to another, the newest MOST of them."""
    months = [last]
    while months[-1] > first and len(months) < MOST:
        months.append(f"{date.fromisoformat(f'{months[-1]}-01') - timedelta(days=1):%Y-%m}")
    return months[::-1]
