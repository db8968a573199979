"""Figures for Prometheus, in its text format. Numbers only; labels are names from config.yaml and of the program.

What is read from the database is kept for a while, the longer the more time it took: who asks every second costs no
more than who asks every five minutes. With millions of statements reading takes seconds; nobody waits for that: who
asks gets the figures of the time before, with their age.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from advocacy_monitor import __version__
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError
from advocacy_monitor.monitoring.machinery import Machinery, machinery
from advocacy_monitor.monitoring.queues import Queues, queues
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.store import Store, now
from advocacy_monitor.store.alerts import Alert, Alerts

PREFIX = "advocacy_monitor_"
_KEPT = 30.0
"""Seconds for which figures of the database are kept at least."""
_TIMES = 20
"""They are kept so many times longer than it took to read them: a twentieth of one core at most."""
_PATIENCE = 3.0
"""Seconds that who asks waits for new ones; Prometheus gives up after ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One metric: its name without the prefix, what it counts, its labels. A counter's name ends in `_total`."""

    name: str
    text: str
    labels: tuple[str, ...] = ()


METRICS = (
    Described(name="info", text="Always 1; the label is the version that runs.", labels=("version",)),
    Described(name="start_timestamp_seconds", text="When the daemon was started."),
    Described(name="heartbeat_age_seconds", text="How long ago the scheduler was last at work; alert from 90 on."),
    Described(name="job_running_seconds", text="How long a job has been running.", labels=("job",)),
    Described(name="job_runs_total", text="Runs of a job since the daemon was started.", labels=("job",)),
    Described(name="job_failures_total", text="Those of them that failed.", labels=("job",)),
    Described(name="job_next_run_timestamp_seconds", text="When a job is due next.", labels=("job",)),
    Described(name="figures_age_seconds", text="How old the figures below are; absent until the first are there."),
    Described(name="database_readable", text="1 when the database could be read for these figures, 0 when not."),
    Described(
        name="collector_last_success_timestamp_seconds",
        text="When a collector last ended well; absent when it never did.",
        labels=("collector", "source"),
    ),
    Described(
        name="collector_failures_in_a_row",
        text="Failed runs of a collector since the last good one.",
        labels=("collector", "source"),
    ),
    Described(
        name="collector_stored_24h",
        text="New statements that a collector stored in the last 24 hours.",
        labels=("collector", "source"),
    ),
    Described(name="statements", text="Statements by where they stand in moderation.", labels=("status",)),
    Described(name="rejects", text="Records that could not be read."),
    Described(name="queue_length", text="What waits for a step of the line.", labels=("queue",)),
    Described(name="queue_oldest_timestamp_seconds", text="Since when what waits longest does so.", labels=("queue",)),
    Described(
        name="oldest_unverified_timestamp_seconds",
        text="When the post that was not looked up for the longest was last seen to stand.",
        labels=("source",),
    ),
    Described(
        name="budget_used", text="What was used this month, or today of a daily quota.", labels=("source", "unit")
    ),
    Described(name="budget_limit", text="How much of it config.yaml allows.", labels=("source", "unit")),
    Described(name="disk_free_bytes", text="Free space where the folder lies.", labels=("folder",)),
    Described(name="disk_size_bytes", text="All space there.", labels=("folder",)),
    Described(name="file_bytes", text="Size of the database, its log and the contacts file.", labels=("file",)),
    Described(name="backups", text="How many backups there are."),
    Described(name="backup_bytes", text="Their size in all."),
    Described(name="backup_last_good_timestamp_seconds", text="When the newest one that is in order was made."),
    Described(name="backup_newest_ok", text="1 when the newest backup is in order, 0 when not."),
    Described(name="backups_missed", text="Backups that were due since the last good one."),
    Described(name="alerts", text="Alerts that go on.", labels=("kind",)),
)
"""Every metric, in the order of docs/reference/metrics.md. `process_…` metrics of prometheus_client come with them."""

Sample = tuple[str, tuple[str, ...], float]
"""A metric's name without the prefix, its labels' values, its value."""


class Figures(Collector):
    """Gives all metrics at one moment."""

    def __init__(
        self,
        loaded: Loaded,
        state: State,
        *,
        clock: Callable[[], datetime] = now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loaded = loaded
        self._state = state
        self._clock = clock
        self._ticks = ticks
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._kept: list[Sample] = []
        self._read_at: float | None = None
        self._until = float("-inf")

    def collect(self) -> Iterable[Metric]:
        """Called by prometheus_client at each scrape."""
        found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
        for name, labels, value in (*_of_daemon(self._state), *self._of_database()):
            found.setdefault(name, []).append((labels, value))
        for described in METRICS:
            kind = CounterMetricFamily if described.name.endswith("_total") else GaugeMetricFamily
            family = kind(PREFIX + described.name, described.text, labels=described.labels)
            for labels, value in found.get(described.name, []):
                family.add_metric(labels, value)
            yield family

    def _of_database(self) -> list[Sample]:
        with self._lock:
            if self._reading is None and self._ticks() >= self._until:
                self._reading = threading.Thread(target=self._refresh, name="figures", daemon=True)
                self._reading.start()
            reading = self._reading
        if reading is not None:
            reading.join(_PATIENCE)
        with self._lock:
            if self._read_at is None:
                return []
            return [("figures_age_seconds", (), self._ticks() - self._read_at), *self._kept]

    def _refresh(self) -> None:
        began = self._ticks()
        try:
            found = self._read()
        except AdvocacyMonitorError:
            found = [("database_readable", (), 0)]
        finally:
            ended = self._ticks()
            with self._lock:
                self._reading, self._until = None, ended + max(_KEPT, _TIMES * (ended - began))
        with self._lock:
            self._kept, self._read_at = found, began

    def _read(self) -> list[Sample]:
        with Store.open_read_only(self._loaded.database, clock=self._clock) as store:
            seen = machinery(store, self._loaded, now=self._clock())
            waiting, alerts = queues(store, self._loaded, seen), Alerts.of(store).open()
        return [
            ("database_readable", (), 1),
            *_of_collectors(seen),
            *_of_queues(waiting),
            *_of_machinery(seen),
            *_of_alerts(alerts),
        ]


def _of_daemon(state: State) -> Iterator[Sample]:
    doing = state.doing()
    yield "info", (__version__,), 1
    yield "start_timestamp_seconds", (), doing.started_at.timestamp()
    yield "heartbeat_age_seconds", (), doing.beat_ago
    for job, seconds in doing.running.items():
        yield "job_running_seconds", (job,), seconds
    for job, count in doing.runs.items():
        yield "job_runs_total", (job,), count
        yield "job_failures_total", (job,), doing.failures.get(job, 0)
    for job, at in doing.next_runs.items():
        yield "job_next_run_timestamp_seconds", (job,), at.timestamp()


def _of_collectors(seen: Machinery) -> Iterator[Sample]:
    for collector in seen.collectors:
        labels = (collector.name, collector.source)
        if collector.last_good_at:
            yield "collector_last_success_timestamp_seconds", labels, collector.last_good_at.timestamp()
        yield "collector_failures_in_a_row", labels, collector.failures
        yield "collector_stored_24h", labels, collector.stored_day


def _of_queues(waiting: Queues) -> Iterator[Sample]:
    for status, count in waiting.moderation.items():
        yield "statements", (status,), count
    yield "rejects", (), waiting.rejects
    for queue, length in waiting.lengths.items():
        yield "queue_length", (queue,), length
    if waiting.oldest_pending:
        yield "queue_oldest_timestamp_seconds", ("moderate",), waiting.oldest_pending.timestamp()


def _of_machinery(seen: Machinery) -> Iterator[Sample]:
    for unverified in seen.unverified:
        if unverified.oldest:
            at = datetime.fromisoformat(unverified.oldest).timestamp()
            yield "oldest_unverified_timestamp_seconds", (unverified.source,), at
    for budget in seen.budgets:
        yield "budget_used", (budget.source, budget.unit), budget.used
        if budget.cap is not None:
            yield "budget_limit", (budget.source, budget.unit), budget.cap
    for space in seen.spaces:
        yield "disk_free_bytes", (space.of,), space.free
        yield "disk_size_bytes", (space.of,), space.total
    for file, size in seen.sizes.items():
        yield "file_bytes", (file,), size
    copies = seen.copies
    yield "backups", (), copies.count
    yield "backup_bytes", (), copies.bytes
    yield "backups_missed", (), copies.missed
    if copies.good_at:
        yield "backup_last_good_timestamp_seconds", (), copies.good_at.timestamp()
    if copies.newest_at:
        yield "backup_newest_ok", (), int(copies.newest_ok)


def _of_alerts(alerts: Iterable[Alert]) -> Iterator[Sample]:
    kinds = [alert.kind for alert in alerts]
    for kind in sorted(set(kinds)):
        yield "alerts", (kind,), kinds.count(kind)


def registry(figures: Figures) -> CollectorRegistry:
    """A registry of its own, so that nothing of other libraries gets in."""
    made = CollectorRegistry()
    made.register(figures)
    ProcessCollector(registry=made)
    return made


def exposition(made: CollectorRegistry) -> bytes:
    """All of it as Prometheus reads it (text format 0.0.4)."""
    return generate_latest(made)
