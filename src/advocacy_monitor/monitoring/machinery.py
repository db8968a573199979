"""How collectors, budgets, disk, backups and mail stand: what status shows, alerts judge and metrics count.

Read from the database and the files, so that it is the same whether the daemon runs or not. Numbers, times, names from
config.yaml and messages of failures; nothing that people said.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from advocacy_monitor.backups.manifest import listed
from advocacy_monitor.config import Loaded
from advocacy_monitor.config_parts import Collector
from advocacy_monitor.errors import ConfigError, StoreError
from advocacy_monitor.monitoring.state import Doing
from advocacy_monitor.store import Store
from advocacy_monitor.store.condition import Condition, Ended, Waiting, waiting
from advocacy_monitor.store.overview import Overview, Unverified

_DAY = timedelta(days=1)
_NO_EXCUSE = timedelta(days=7)
_STILL_PLANNED = timedelta(days=3)
"""Every job has its hours in each day: one that was not tried for longer is none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """One collector of config.yaml. `failures` are those in a row; `stored_day` is of the last 24 hours."""

    name: str
    source: str
    last_good_at: datetime | None
    newest: Ended | None
    failures: int
    stored_day: int
    next_at: datetime | None
    message: str = ""
    """Why it fails, also while it is being tried again; otherwise what its newest run said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one kind of source has used of one unit from `since` on; the budget begins anew on `until`."""

    source: str
    unit: str
    used: float
    cap: float | None
    since: date
    until: date

    def elapsed(self, now: datetime) -> float:
        """Which share of the time is over."""
        start = datetime(self.since.year, self.since.month, self.since.day, tzinfo=now.tzinfo)
        return (now - start) / timedelta(days=(self.until - self.since).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The backups: the newest one in order, and the newest of all. `planned` says whether any are to be made."""

    planned: bool
    count: int = 0
    bytes: int = 0
    good_at: datetime | None = None
    newest_at: datetime | None = None
    newest_ok: bool = True
    why: str = ""
    missed: int = 0
    """How many were due since the newest one that is in order, while the program was at work; after a week, all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Free and total bytes where a folder lies; `of` is 'campaign' or 'backups'."""

    of: str
    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """All of it at one moment. `mail` is None where the contacts file may not be read."""

    now: datetime
    collectors: Sequence[Collecting]
    jobs: Sequence[tuple[str, int, Ended]]
    """Name, failures in a row and newest run of what is no collector; where it fails, the newest that failed."""
    running: Sequence[tuple[str, datetime]]
    budgets: Sequence[Budget]
    copies: Copies
    spaces: Sequence[Space]
    sizes: dict[str, int]
    mail: Waiting | None
    doing: Doing | None
    """What the daemon itself knows, where it is the one that looks."""
    unverified: Sequence[Unverified]


def machinery(
    store: Store, loaded: Loaded, *, now: datetime, with_posts: bool = True, doing: Doing | None = None
) -> Machinery:
    """Looks at all of it. Without posts it takes a few milliseconds, however much is stored."""
    condition, names = Condition.of(store), frozenset(Condition.of(store).jobs())
    return Machinery(
        now=now,
        collectors=[_collector(condition, loaded, name, now) for name in loaded.config.collectors],
        jobs=[
            (name, failures, (condition.last_failure(name) if failures else None) or newest)
            for name in sorted(names)
            for newest in condition.runs(name, since=now - _STILL_PLANNED, most=1)
            for failures in (condition.failures(name),)
        ],
        running=[run for run in condition.running() if run[0] in loaded.config.collectors or run[0] in names],
        budgets=list(_budgets(store, loaded, now)),
        copies=_copies(loaded, condition, now),
        spaces=list(_spaces(loaded)),
        sizes=_sizes(condition, loaded),
        mail=waiting(loaded.contacts, since=now - _DAY) if loaded.config.mail else None,
        doing=doing,
        unverified=Overview.of(store).unverified(_looked_up(loaded)) if with_posts else (),
    )


def _collector(condition: Condition, loaded: Loaded, name: str, now: datetime) -> Collecting:
    newest, failures = condition.runs(name, most=1), condition.failures(name)
    telling = condition.last_failure(name) if failures else newest[0] if newest else None
    given = loaded.config.collectors[name]
    return Collecting(
        name=name,
        source=given.source,
        last_good_at=condition.last_good(name),
        newest=newest[0] if newest else None,
        failures=failures,
        stored_day=sum(run.stored for run in condition.runs(name, since=now - _DAY)),
        next_at=next_run(given, loaded, now),
        message="" if telling is None else telling.message,
    )


def next_run(collector: Collector, loaded: Loaded, now: datetime) -> datetime | None:
    """When a collector is due next, not counting its random delay."""
    return next(due(collector.hours, loaded, now), None)


def due(hours: str, loaded: Loaded, after: datetime) -> Iterator[datetime]:
    """The moments at which the hours of a crontab come, from one moment on, as the daemon plans them."""
    from advocacy_monitor.supervision.hours import Hours

    trigger = Hours(hours, minute=0, zone=loaded.config.timezone)
    last: datetime | None = None
    while (last := trigger.get_next_fire_time(last, last or after)) is not None:
        yield last


def _looked_up(loaded: Loaded) -> list[str]:
    """The sources whose platforms can be asked again about a post."""
    from advocacy_monitor.terms import recheck_hours

    kinds = {collector.source for collector in loaded.config.collectors.values()}
    return sorted(kind for kind in kinds if recheck_hours(kind) is not None)


def _budgets(store: Store, loaded: Loaded, now: datetime) -> Iterator[Budget]:
    """What was used of each unit, with the smallest cap that a collector of the source has."""
    month, today = now.date().replace(day=1), now.date()
    following = (month + timedelta(days=32)).replace(day=1)
    used = {(source, unit): amount for source, unit, amount in store.spending.by_source(month)}
    caps = {(source, unit): cap for source, unit, cap in _caps(loaded, {source for source, _ in used})}
    for source, unit in sorted(used.keys() | caps.keys()):
        cap, is_daily = caps.get((source, unit), (None, False))
        if is_daily:
            amount = store.spending.since(source, unit, today)
            yield Budget(source=source, unit=unit, used=amount, cap=cap, since=today, until=today + _DAY)
        else:
            amount = used.get((source, unit), 0.0)
            yield Budget(source=source, unit=unit, used=amount, cap=cap, since=month, until=following)


def _caps(loaded: Loaded, used: set[str]) -> Iterator[tuple[str, str, tuple[float, bool]]]:
    """Settings called budget_<unit> are caps of a month, <unit>_per_day those of a day."""
    found: dict[tuple[str, str], tuple[float, bool]] = {}
    for collector in loaded.config.collectors.values():
        for key, value in _settings(collector, with_defaults=collector.source in used).items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                continue
            is_daily, unit = key.endswith("_per_day"), key.removeprefix("budget_").removesuffix("_per_day")
            if is_daily or key.startswith("budget_"):
                known = found.get((collector.source, unit), (float("inf"), is_daily))
                found[collector.source, unit] = (min(known[0], float(value)), is_daily)
    for (source, unit), cap in found.items():
        yield source, unit, cap


def _settings(collector: Collector, *, with_defaults: bool) -> dict[str, Any]:
    """A collector's settings; loading a source for what is set without saying takes time, so only where it matters."""
    if not with_defaults:
        return collector.settings
    from advocacy_monitor import plugins

    try:
        fields = plugins.load(plugins.SOURCES, collector.source).model_fields
    except ConfigError:
        return collector.settings
    return {name: field.default for name, field in fields.items()} | collector.settings


def _copies(loaded: Loaded, condition: Condition, now: datetime) -> Copies:
    hours = loaded.config.backups.hours
    try:
        made = listed(loaded)
    except StoreError as error:
        return Copies(planned=bool(hours), newest_at=now, newest_ok=False, why=str(error))
    good = max((backup.made_at for backup in made if backup.ok), default=None)
    return Copies(
        planned=bool(hours),
        count=len(made),
        bytes=sum(backup.bytes for backup in made),
        good_at=good,
        newest_at=made[-1].made_at if made else None,
        newest_ok=made[-1].ok if made else True,
        why=made[-1].why if made else "",
        missed=_missed(hours, loaded, good or condition.first_run(), now, condition) if hours else 0,
    )


def _missed(hours: str, loaded: Loaded, since: datetime | None, now: datetime, condition: Condition) -> int:
    """How many were due since then, a hundred at most.

    One after which nothing ran until the next was due does not count: a computer that is off at the weekend makes its
    backup on Monday, and is to be left the time for it. Where nothing was made for a week, that is no excuse.
    """
    if since is None:
        return 0
    moments = [at for at in islice(due(hours, loaded, since), 100) if at <= now]
    if not moments or now - since > _NO_EXCUSE:
        return len(moments)
    worked = condition.hours_at_work(since)
    hours_due = [f"{at.astimezone(UTC):%Y-%m-%dT%H}" for at in (*moments, now)]
    return sum(any(first <= hour <= last for hour in worked) for first, last in pairwise(hours_due))


def _spaces(loaded: Loaded) -> Iterator[Space]:
    """Where the database lies, and where the backups lie if that is another disk."""
    seen = set[int]()
    for of, folder in (("campaign", loaded.database.parent), ("backups", _existing(loaded.backups))):
        try:
            device, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:
            continue
        if device not in seen:
            seen.add(device)
            yield Space(of=of, free=usage.free, total=usage.total)


def _existing(folder: Path) -> Path:
    return next(part for part in (folder, *folder.absolute().parents) if part.exists())


def _sizes(condition: Condition, loaded: Loaded) -> dict[str, int]:
    found = condition.sizes()
    try:
        return found | {"contacts": loaded.contacts.stat().st_size}
    except OSError:
        return found
