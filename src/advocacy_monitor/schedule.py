"""The daemon's plan: config.yaml's hours as APScheduler jobs, and nothing else.

Each collector runs in its own hours with jitter, one instance at a time; runs missed while the machine slept are
made up once. Posts are looked up at their platforms, the classifier learns from people's codes, backups are made, old
statements are removed and mail goes out in hours of their own. The plan follows a changed configuration without losing
a run that is due. `advocacy_monitor.daemon` runs it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from advocacy_monitor import schedule_jobs as jobs
from advocacy_monitor.config import Loaded
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.schedule_jobs import Work
from advocacy_monitor.supervision.hours import Hours
from advocacy_monitor.training_job import RUN as TRAIN

log = logging.getLogger(__name__)
Job = Callable[..., str | None]
_LONG, _SHORT = "default", "upkeep"
"""Collectors may all be busy for hours; mail, alerts and backups do not wait for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A job of the plan: what is done, with which arguments beside the configuration and the common work, and when."""

    work: Job
    trigger: BaseTrigger
    given: tuple[str, ...] = ()
    group: str = _SHORT


def plan(loaded: Loaded) -> dict[str, Planned]:
    """All jobs of a configuration by name."""
    return dict(_planned(loaded))


def _planned(loaded: Loaded) -> Iterator[tuple[str, Planned]]:
    config = loaded.config
    for name, collector in config.collectors.items():
        trigger = Hours(collector.hours, minute=0, zone=config.timezone, jitter=collector.jitter_minutes * 60)
        yield name, Planned(work=jobs.collect_job, trigger=trigger, given=(name,), group=_LONG)

    digest = config.digest.hours if config.mail is not None and config.digest.to else None
    for job, work, hours, minute, jitter, group in (
        (jobs.VERIFY, jobs.verify_job, config.verification.hours, 30, 600, _LONG),
        (TRAIN, jobs.train_themes, config.training.hours, 15, 0, _LONG),
        (jobs.DIGEST, jobs.digest_job, digest, 5, 0, _SHORT),
        (jobs.RETENTION, jobs.retention_job, config.retention.hours, 25, 0, _SHORT),
        (jobs.BACKUP, jobs.backup_job, config.backups.hours, 10, 0, _SHORT),
        # After the night's backup, and after what retention removed.
        (jobs.CLEAN, jobs.clean_backups_job, "4", 35, 0, _SHORT),
    ):
        if hours:
            trigger = Hours(hours, minute=minute, zone=config.timezone, jitter=jitter)
            yield job, Planned(work=work, trigger=trigger, group=group)
    if config.mail is not None:
        yield jobs.MAIL, Planned(work=jobs.mail_job, trigger=_each(second=20))
    if config.form.port is not None:
        yield jobs.ENRICH, Planned(work=jobs.enrich_job, trigger=_each(minute="*/10", second=40), group=_LONG)
    yield jobs.SETTLE, Planned(work=jobs.settle_job, trigger=_each(minute=50))
    yield jobs.ALERTS, Planned(work=jobs.alerts_job, trigger=_each(minute="*/5", second=10))


def _each(**fields: Any) -> CronTrigger:
    """What is done every hour or oftener needs no wall clock, and is right when the clocks change."""
    return CronTrigger(timezone="UTC", **fields)


class Scheduler(BackgroundScheduler):  # type: ignore[misc]  # APScheduler has no types
    """Tells after each look at its jobs that it is at work, which jobs no other thread could tell."""

    def __init__(self, state: State) -> None:
        self._told = state
        super().__init__(
            timezone=UTC,
            executors={_LONG: ThreadPoolExecutor(4), _SHORT: ThreadPoolExecutor(3)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def _process_jobs(self) -> float | None:
        wait: float | None = super()._process_jobs()
        self._told.beat()
        return wait


def told(state: State, name: str, work: Job, *given: Any) -> None:
    """Does a job's work; its beginning, its end and its failure are told to the state."""
    state.began(name)
    error: str | None = None
    try:
        error = work(*given)
    except BaseException as unforeseen:
        error = f"{type(unforeseen).__name__}: {unforeseen}"
        raise  # the scheduler writes it into the log with where it came from
    finally:
        state.ended(name, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What following a configuration changed in the plan: names of jobs."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def follow(scheduler: BackgroundScheduler, state: State, loaded: Loaded, work: Work) -> Changed:
    """Makes the scheduler's jobs those of a configuration. What runs goes on with the configuration it began with.

    A job whose hours stayed keeps the moment for which it is planned; one that is due just now (a run put off by its
    jitter) keeps it also when its hours changed, so that no run is lost. None runs twice at a time: what runs is
    counted by the name of its job.
    """
    wanted = plan(loaded)
    known = {job.id: job for job in scheduler.get_jobs()}
    removed = tuple(sorted(known.keys() - wanted.keys()))
    for name in removed:
        scheduler.remove_job(name)
    added, moved = [], []
    for name, job in wanted.items():
        arguments = (state, name, job.work, loaded, work, *job.given)
        if (old := known.get(name)) is None:
            scheduler.add_job(told, job.trigger, args=arguments, id=name, name=name, executor=job.group)
            added.append(name)
            continue
        old.modify(args=arguments)
        if not _same(old.trigger, job.trigger):
            due = old.next_run_time
            old.reschedule(job.trigger)
            moved.append(name)
            if _is_due(due, getattr(old.trigger, "jitter", 0)):
                old.modify(next_run_time=due)
    return Changed(added=tuple(added), removed=removed, moved=tuple(moved))


def _same(one: BaseTrigger, other: BaseTrigger) -> bool:
    return one == other if isinstance(one, Hours) else str(one) == str(other)


def _is_due(planned: datetime | None, jitter: float | None) -> bool:
    return planned is not None and planned - timedelta(seconds=jitter or 0) <= datetime.now(UTC)


_KINDS = {
    jobs.VERIFY: "verify",
    jobs.BACKUP: "backup",
    jobs.RETENTION: "retention",
    TRAIN: "train",
    jobs.CLEAN: "erase",
}
"""Jobs that leave runs behind, of which there is one name each or, for posts, one for each platform."""
_SOON, _LATER = timedelta(minutes=1), timedelta(minutes=10)
"""Upkeep that was missed waits a while: one that ends the program would else keep everything from ever starting."""


def missed(loaded: Loaded, begun: Mapping[tuple[str, str], str], now: datetime) -> list[str]:
    """The jobs whose hour came while no daemon ran. `begun` is what `Runs.begun` tells.

    Upkeep that never ran counts from the first run of all, or a computer that is off at night would have no backup,
    ever. A collector that never ran waits for its hour.
    """
    found = []
    for name, planned in plan(loaded).items():
        if not isinstance(planned.trigger, Hours) or (due := planned.trigger.last_before(now)) is None:
            continue
        if name in loaded.config.collectors:
            last = begun.get((name, "collect"))
        elif name in _KINDS:
            of_its_kind = [at for (_, kind), at in begun.items() if kind == _KINDS[name]]
            last = max(of_its_kind, default=begun.get(("", "")))
        else:
            continue
        if last is not None and datetime.fromisoformat(last) < due:
            found.append(name)
    return found


def make_up(scheduler: BackgroundScheduler, loaded: Loaded, names: Iterable[str]) -> None:
    """Plans jobs that were missed for a moment after the start."""
    now = datetime.now(UTC)
    for name in names:
        job, moment = scheduler.get_job(name), now + (_SOON if name in loaded.config.collectors else _LATER)
        if job.next_run_time is None or moment < job.next_run_time:
            job.modify(next_run_time=moment)


def after_a_step(scheduler: BackgroundScheduler, seconds: float) -> None:
    """Plans anew after the time of day jumped by so many seconds.

    Forward: what was missed is made up once, now. Backward: what was planned by the wrong clock would wait until that
    time comes again, so the next run is found from the present.
    """
    now = datetime.now(UTC)
    for job in scheduler.get_jobs():
        if job.next_run_time is None:
            continue
        if seconds > 0 and job.next_run_time < now:
            job.modify(next_run_time=now)
        elif seconds < 0:
            found = job.trigger.get_next_fire_time(None, now)
            if found is not None and found < job.next_run_time:
                job.modify(next_run_time=found)
    scheduler.wakeup()


def next_runs(scheduler: BackgroundScheduler) -> dict[str, datetime]:
    """When each job is due next."""
    return {job.id: job.next_run_time for job in scheduler.get_jobs() if job.next_run_time is not None}
