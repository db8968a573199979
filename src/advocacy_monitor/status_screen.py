"""The first screen of `status`: is everything well, and what needs a person? At most some twenty short lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from advocacy_monitor.config import Loaded
from advocacy_monitor.monitoring.machinery import Budget, Collecting, Machinery
from advocacy_monitor.monitoring.queues import Queues
from advocacy_monitor.monitoring.remedies import remedy
from advocacy_monitor.monitoring.rules import amount
from advocacy_monitor.store.alerts import Alert
from advocacy_monitor.terminal import plain

_NAME = 18
_LONGEST = 8
"""So many collectors that are well stand on lines of their own; failing ones all do."""


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in one unit."""
    if moment is None:
        return "never"
    return _span(now - moment) + " ago" if moment <= now else f"in {_span(moment - now)}"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _line(label: str, text: str) -> str:
    return f"{label:<12} {text}"


def screen(
    loaded: Loaded, seen: Machinery, waiting: Queues, alerts: Sequence[Alert], *, daemon: str, width: int
) -> Iterator[str]:
    """The lines of it; what is long is broken at the width."""
    yield from _broken("daemon", daemon, width)
    yield from _alerts(alerts, seen.now, width)
    yield ""
    yield f"{'collector':<{_NAME}} {'last success':<13} {'next run':<13} state"
    yield from _collectors(loaded, seen, width)
    yield ""
    for budget in seen.budgets:
        yield from _broken("used", f"{budget.source}: {used(budget)}", width)
    yield from _broken("queues", _queues(waiting, seen), width)
    yield from _posts(seen)
    yield from _broken("files", _files(seen), width)
    yield from _broken("backups", _backups(seen), width)


def _alerts(alerts: Sequence[Alert], now: datetime, width: int) -> Iterator[str]:
    if not alerts:
        yield _line("alerts", "none")
    for number, alert in enumerate(alerts):
        since = f"(since {ago(alert.began_at, now).removesuffix(' ago')})"
        yield from _broken("ALERTS" if number == 0 else "", f"{alert.message} {since}", width)


def _broken(label: str, text: str, width: int) -> Iterator[str]:
    from textwrap import wrap

    for number, part in enumerate(wrap(plain(text), max(30, width - 13)) or [""]):
        yield _line(label if number == 0 else "", part)


def _collectors(loaded: Loaded, seen: Machinery, width: int) -> Iterator[str]:
    if not seen.collectors:
        yield "none in config.yaml; see docs/how-to"
    failing = [each for each in seen.collectors if each.failures]
    well = [each for each in seen.collectors if not each.failures]
    for each in (*failing, *well[:_LONGEST]):
        next_at = f"{each.next_at.astimezone(ZoneInfo(loaded.config.timezone)):%a %H:%M %Z}" if each.next_at else "–"
        head = f"{plain(each.name, width=_NAME):<{_NAME}} {ago(each.last_good_at, seen.now):<13} {next_at:<13} "
        yield f"{head}{_state(each)}"
        if each.failures:
            yield from _broken("", f"{plain(each.message, width=300)} → {remedy(each.message)}", width)
    if len(well) > _LONGEST:
        yield f"and {len(well) - _LONGEST} more that are well"
    for name, failures, newest in seen.jobs:
        if failures:
            yield f"{plain(name, width=_NAME):<{_NAME}} {'':<27} {_failed(failures)}"
            yield from _broken("", f"{plain(newest.message, width=300)} → {remedy(newest.message)}", width)


def _state(collector: Collecting) -> str:
    if collector.newest is None:
        return "has not run yet"
    new = f"{collector.stored_day:,} new in 24 h"
    if collector.failures:
        return _failed(collector.failures)
    if collector.newest.status == "running":
        return f"runs now; {new}"
    return new if collector.newest.status == "done" else f"{collector.newest.status}; {new}"


def _failed(failures: int) -> str:
    return f"FAILED {failures} {'time' if failures == 1 else 'times in a row'}"


def used(budget: Budget) -> str:
    """What was used, against the budget where there is one."""
    if budget.cap is None:
        return f"{amount(budget.used)} {plain(budget.unit)} since the 1st"
    share = f" ({budget.used / budget.cap:.0%})" if budget.cap else ""
    until = f"until {budget.until:%Y-%m-%d}"
    return f"{amount(budget.used)} of {amount(budget.cap)} {plain(budget.unit)}{share}, {until}"


def _queues(waiting: Queues, seen: Machinery) -> str:
    parts = []
    for queue, length in waiting.lengths.items():
        oldest = waiting.oldest_pending if queue == "moderate" and length else None
        since = f" (oldest {ago(oldest, seen.now).removesuffix(' ago')})" if oldest else ""
        parts.append(f"{queue} {length:,}{since}")
    if "mail" not in waiting.lengths:
        parts.append("mail –")
    return " · ".join(parts)


def _posts(seen: Machinery) -> Iterator[str]:
    oldest = [(each.oldest, each.source) for each in seen.unverified if each.oldest]
    if oldest:
        at, source = min(oldest)
        yield _line("looked up", f"the oldest unverified post: {ago(_moment(at), seen.now)} ({plain(source)})")


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def _files(seen: Machinery) -> str:
    sizes = ", ".join(f"{name} {_bytes(size)}" for name, size in seen.sizes.items() if size)
    free = "; ".join(
        f"{_bytes(space.free)} free" + ("" if space.of == "campaign" else " for backups") for space in seen.spaces
    )
    return f"{sizes}; {free}"


def _bytes(size: int) -> str:
    for unit, step in (("GB", 2**30), ("MB", 2**20)):
        if size >= step:
            return f"{size / step:,.1f} {unit}"
    return f"{size / 1024:,.0f} KB"


def _backups(seen: Machinery) -> str:
    copies = seen.copies
    if not copies.count and not copies.newest_ok:
        return f"NOBODY KNOWS: {plain(copies.why, width=200)}"
    if not copies.count:
        return "none yet" if copies.planned else "none, and none are planned (backups.hours)"
    parts = [f"{copies.count:,}, {_bytes(copies.bytes)}; newest in order {ago(copies.good_at, seen.now)}"]
    if not copies.newest_ok:
        parts.append(f"THE NEWEST IS NOT: {plain(copies.why, width=200)}")
    if copies.missed > 1:
        parts.append(f"{copies.missed} MISSED")
    if not copies.planned:
        parts.append("none are planned (backups.hours)")
    return "; ".join(parts)


def title(loaded: Loaded, now: datetime) -> str:
    """The first line."""
    name = plain(loaded.config.campaign.name)
    sample = " (sample data)" if loaded.config.campaign.sample_data and "(sample data)" not in name else ""
    return f"{plain(loaded.config.campaign.name)}{sample}, {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
