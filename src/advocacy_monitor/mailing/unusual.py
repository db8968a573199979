"""What is unusual in how much is said: the last hour against the twelve before, the last day against the fourteen.

Two counts of events that happen at random at the same rate are compared exactly: given their sum, the newer one follows
a binomial distribution (J. Przyborowski and H. Wilenski, Homogeneity of results in testing samples from Poisson series,
Biometrika 31, 1940). Posts come in bursts and answers by daylight, so the bar is high and few are named: it is a hint
to look, and no finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import exp, lgamma, log, log1p

from advocacy_monitor.config import Loaded
from advocacy_monitor.store import Store
from advocacy_monitor.store.activity import Activity

RARE = 0.0001
"""So seldom would chance alone bring such a number; with ten sources and a digest a day, once in some years."""
LEAST = 5
"""Smaller numbers are not worth a look, whatever chance says."""
_OF_OURS = ("form",)
"""Sources that are stored as they come."""
_MOST = 100_000
"""Larger sums are scaled down: the bar is passed long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """`now` statements in the last hour or day, where `usual` would be expected; `is_more` or fewer."""

    source: str
    is_hour: bool
    now: int
    usual: float
    is_more: bool


def chance(now: int, before: int, *, periods: int) -> float:
    """How probable so much (or so little, where it is less) in one period is, after `before` in `periods` of them."""
    total, share = now + before, 1 / (periods + 1)
    if total == 0:
        return 1.0
    if total > _MOST:
        now, total = now * _MOST // total, _MOST
    terms = range(now, total + 1) if now > total * share else range(now + 1)
    return min(1.0, sum(exp(_log_probability(k, total, share)) for k in terms))


def _log_probability(k: int, n: int, share: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return ways + k * log(share) + (n - k) * log1p(-share)


def unusual(store: Store, loaded: Loaded, *, now: datetime) -> list[Unusual]:
    """The sources of which much more or less is said than usual; the hour before the day.

    What nobody has collected yet is not 'less': a source is looked at until its collectors have read, and not at all
    where that was longer ago than the hour or the day. What comes without a collector, as imports do, can only be more.
    """
    activity = Activity.of(store)
    until = _read_until(activity, loaded)
    hour, day = timedelta(hours=1), timedelta(days=1)
    return [*_against(activity, until, now, hour, 12), *_against(activity, until, now, day, 14)]


def _read_until(activity: Activity, loaded: Loaded) -> Mapping[str, datetime]:
    """By source until when all of its collectors have read."""
    read, found = activity.read_until(), dict[str, datetime]()
    for name, collector in loaded.config.collectors.items():
        reached = read.get(name, datetime.min.replace(tzinfo=UTC))
        found[collector.source] = min(reached, found.get(collector.source, reached))
    return found


def _against(
    activity: Activity, until: Mapping[str, datetime], now: datetime, period: timedelta, periods: int
) -> Iterator[Unusual]:
    counted = {end: _counts(activity, end, period, periods) for end in {now, *until.values()} if end > now - period}
    for source in sorted({source for pair in counted.values() for each in pair for source in each}):
        end = until.get(source, now)
        if end not in counted:
            continue
        count, before = (each[source] for each in counted[end])
        found = Unusual(
            source=source, is_hour=period < timedelta(days=1), now=count, usual=before / periods, is_more=False
        )
        is_rare = max(count, found.usual) >= LEAST and chance(count, before, periods=periods) < RARE
        if is_rare and count > found.usual:
            yield replace(found, is_more=True)
        elif is_rare and (source in until or source in _OF_OURS):
            yield found


def _counts(activity: Activity, end: datetime, period: timedelta, periods: int) -> tuple[Counter[str], Counter[str]]:
    """What was said in the period that ends then, and in those before it."""
    return activity.said(end - period, end), activity.said(end - (periods + 1) * period, end - period)
