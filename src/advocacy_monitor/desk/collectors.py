"""How collecting stands: each collector's last run in words, what to do about it, what is left to spend, what comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from advocacy_monitor import plugins
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store import Store
from advocacy_monitor.store.overview import Overview
from advocacy_monitor.store.runs import Run
from advocacy_monitor.translate import Texts

_LATE = timedelta(hours=1)
"""So long after its time a run that has not begun is late: jitter and a long run before it are no failure."""

_BUDGETS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "x": (("posts", "budget_posts", "month"), ("usd", "budget_usd", "month")),
    "youtube": (("units", "units_per_day", "day"),),
}
"""By source: unit as it is noted, the setting that limits it, and for how long the limit is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used of a unit in its period, and what is left; None without a limit."""

    unit: str
    period: str
    used: float
    limit: float | None

    @property
    def left(self) -> float | None:
        """What may still be used."""
        return None if self.limit is None else max(0.0, self.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One collector. `state` is 'good', 'warn' or 'bad'; `words` say what is the matter, `remedy` what to do."""

    name: str
    source: str
    hours: str
    run: Run | None
    good_at: datetime | None
    state: str
    words: str
    remedy: str
    next_at: datetime | None
    spent: tuple[Spent, ...]


def standings(store: Store, loaded: Loaded, now: datetime, t: Texts) -> list[Standing]:
    """Every collector of config.yaml, in its order."""
    good = Overview.of(store).last_good()
    triggers = _triggers(loaded)
    made = []
    for name, collector in loaded.config.collectors.items():
        run = next(iter(store.runs.recent(1, name=name)), None)
        state, words, remedy = _judged(run, triggers.get(name), now, t)
        made.append(
            Standing(
                name=name,
                source=collector.source,
                hours=collector.hours,
                run=run,
                good_at=datetime.fromisoformat(good[name]) if name in good else None,
                state=state,
                words=words,
                remedy=remedy,
                next_at=_next(triggers.get(name), now),
                spent=_spent(store, loaded, name, now),
            )
        )
    return made


def next_jobs(loaded: Loaded, now: datetime) -> list[tuple[str, datetime]]:
    """What the daemon does next, by name and time, soonest first; jitter aside."""
    found = [(name, _next(trigger, now)) for name, trigger in _triggers(loaded).items()]
    return sorted(((name, at) for name, at in found if at is not None), key=lambda pair: pair[1])


def _triggers(loaded: Loaded) -> dict[str, Any]:
    """The daemon's own plan, without jitter."""
    from advocacy_monitor import schedule

    triggers = {name: planned.trigger for name, planned in schedule.plan(loaded).items()}
    for trigger in triggers.values():
        trigger.jitter = 0
    return triggers


def _next(trigger: Any, after: datetime) -> datetime | None:
    if trigger is None:
        return None
    found: datetime | None = trigger.get_next_fire_time(None, after)
    return found.astimezone(UTC) if found else None


def _judged(run: Run | None, trigger: Any, now: datetime, t: Texts) -> tuple[str, str, str]:
    """The state of a collector, what is the matter, and what to do."""
    check = t.text("Look with “advocacy-monitor check”, correct what it names, and run “advocacy-monitor collect”.")
    again = t.text("The next run goes on where this one stopped; nothing is lost. If it fails again: ") + check
    daemon = t.text("Is the daemon running? Start it with “advocacy-monitor run”.")
    if run is None:
        return "warn", t.text("Has not run yet."), daemon
    if run.status == "failed":
        return "bad", run.message or t.text("Failed without a message."), again
    if run.status == "interrupted":
        words = run.message or t.text("The program ended before this run did.")
        return "bad", words, t.text("What it had stored is kept, and the next run goes on from there.")
    due = _next(trigger, datetime.fromisoformat(run.started_at) + timedelta(minutes=1))
    if due is not None and now > due + _LATE and run.status != "running":
        return "warn", t.text("Should have run at {time} UTC.", time=f"{due:%Y-%m-%d %H:%M}"), daemon
    if run.status == "stopped":
        return "good", run.message, ""
    if run.status == "running":
        return "good", run.message or t.text("Is running."), ""
    return "good", run.message or t.text("Ended well."), ""


def _spent(store: Store, loaded: Loaded, name: str, now: datetime) -> tuple[Spent, ...]:
    """What all collectors of this kind used, with the limits that the settings of this one give."""
    collector = loaded.config.collectors[name]
    made = []
    for unit, setting, period in _BUDGETS.get(collector.source, ()):
        limit = collector.settings.get(setting, _default(collector.source, setting))
        used = store.spending.since(collector.source, unit, _since(period, now))
        known = float(limit) if isinstance(limit, int | float) else None
        if known is not None or used:
            made.append(Spent(unit=unit, period=period, used=used, limit=known))
    return tuple(made)


def _default(source: str, setting: str) -> object:
    try:
        field = plugins.load(plugins.SOURCES, source).model_fields.get(setting)
    except ConfigError:  # what it needs is not installed: `check` says so
        return None
    return None if field is None else field.default


def _since(period: str, now: datetime) -> date:
    """The first day of the period. YouTube's day begins at midnight in California."""
    if period == "month":
        return now.astimezone(UTC).date().replace(day=1)
    return now.astimezone(ZoneInfo("America/Los_Angeles")).date()
