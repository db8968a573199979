"""What the daemon is doing at this moment: its heartbeat, the jobs that run, when the next ones are due.

The scheduler's thread and the jobs' threads write here, the endpoint's and the watchdog's threads read. How long ago
something was is measured by a clock that nobody can set: a wrong time of day must not look like a daemon that hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

LATE = 90.0
"""Seconds without a heartbeat after which the scheduler counts as hanging; it beats several times in between."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """The daemon at one moment. `beat_ago` and the values of `running` are seconds.

    `runs` and `failures` count what ended since the start, by job; `errors` holds the last failure of each job whose
    last run failed, `in_a_row` how often it did since it last went well. `form_fault` is why the form does not answer.
    """

    started_at: datetime
    beat_ago: float
    is_alive: bool
    running: Mapping[str, float] = field(default_factory=dict)
    next_runs: Mapping[str, datetime] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    in_a_row: Mapping[str, int] = field(default_factory=dict)
    form_fault: str | None = None


class State:
    """Is told by the scheduler what happens, and tells it to whoever asks. Safe to be used from any thread."""

    def __init__(
        self, *, clock: Callable[[], datetime] = _now, ticks: Callable[[], float] = time.monotonic, late: float = LATE
    ) -> None:
        """`ticks` is a count of seconds that only goes forward."""
        self.started_at = clock()
        self._ticks = ticks
        self._late = late
        self._lock = threading.Lock()
        self._beat = ticks()
        self._running: dict[str, float] = {}
        self._next: dict[str, datetime] = {}
        self._runs: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._errors: dict[str, str] = {}
        self._in_a_row: dict[str, int] = {}
        self._form_fault: str | None = None

    def beat(self) -> None:
        """The scheduler is at work."""
        with self._lock:
            self._beat = self._ticks()

    def began(self, job: str) -> None:
        """A job begins."""
        with self._lock:
            self._running[job] = self._ticks()

    def ended(self, job: str, error: str | None = None) -> None:
        """A job is over; `error` says how it failed, if it did."""
        with self._lock:
            self._running.pop(job, None)
            self._runs[job] = self._runs.get(job, 0) + 1
            if error is None:
                self._errors.pop(job, None)
                self._in_a_row.pop(job, None)
            else:
                self._errors[job] = error
                self._failures[job] = self._failures.get(job, 0) + 1
                self._in_a_row[job] = self._in_a_row.get(job, 0) + 1

    def form(self, fault: str | None) -> None:
        """Whether the form answers: None, or why not."""
        with self._lock:
            self._form_fault = fault

    def planned(self, next_runs: Mapping[str, datetime]) -> None:
        """When each job is due next. What was known of jobs that are no longer planned is forgotten."""
        with self._lock:
            self._next = dict(next_runs)
            for known in (self._runs, self._failures):
                for job in known.keys() - self._next.keys() - self._running.keys():
                    del known[job]
            for job in self._errors.keys() - self._next.keys() - self._running.keys():
                del self._errors[job], self._in_a_row[job]

    def is_alive(self, now: float | None = None) -> bool:
        """Whether the scheduler has beaten lately. `now` is a moment of `ticks`, not a time of day."""
        with self._lock:
            return (self._ticks() if now is None else now) - self._beat <= self._late

    def doing(self) -> Doing:
        """Everything at one moment."""
        with self._lock:
            now = self._ticks()
            return Doing(
                started_at=self.started_at,
                beat_ago=max(0.0, now - self._beat),
                is_alive=now - self._beat <= self._late,
                running={job: max(0.0, now - began) for job, began in self._running.items()},
                next_runs=dict(self._next),
                runs=dict(self._runs),
                failures=dict(self._failures),
                errors=dict(self._errors),
                in_a_row=dict(self._in_a_row),
                form_fault=self._form_fault,
            )
