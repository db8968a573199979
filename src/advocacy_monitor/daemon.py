"""`run`: the scheduler, the form and the monitoring's address in one process that can be left alone.

One thread looks after everything: it hears signals, notices a clock that jumped, gives the service manager its sign of
life, and starts the form again should it have ended. SIGTERM and SIGINT finish the pages in hand, then end the program.
SIGHUP reads the configuration anew: a wrong one is refused as a whole, and the daemon goes on with the one it has.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from advocacy_monitor import schedule
from advocacy_monitor.backups.restoring import clear_leftovers
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError, ServeError
from advocacy_monitor.hosting import build_source, open_store
from advocacy_monitor.monitoring import endpoint, logs
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.schedule_jobs import Work
from advocacy_monitor.store.copying import refuse_damaged
from advocacy_monitor.supervision.lock import only_one
from advocacy_monitor.supervision.memory import few_arenas
from advocacy_monitor.supervision.notify import Notifier
from advocacy_monitor.supervision.steps import Steps
from advocacy_monitor.supervision.wishes import Wish, Wishes
from advocacy_monitor.web.beside import FormBeside

log = logging.getLogger(__name__)

_TICK_SECONDS = 5.0
_BEAT_SECONDS = 15.0
_FORM_AGAIN_SECONDS = 60.0
_MOST_LATE_TICKS = 6
"""So many looks in a row must find it hanging: a process that was itself stopped for a while has not failed."""
_SAME_SECONDS = 0.5
"""Who ends a whole group of processes may ask the same one twice."""
_STILL_SECONDS = 10.0
_LEAST_BACK = 3600.0
"""A clock set back by less leaves the plan as it is: what has run would run again."""


class HangingError(AdvocacyMonitorError):
    """A thread does nothing any more, and cannot be ended either."""


class Daemon:
    """Everything that runs beside each other, for one configuration at a time."""

    def __init__(self, loaded: Loaded, *, notifier: Notifier, beat: Callable[[], None]) -> None:
        self.loaded = loaded
        self.state = State()
        self.work = Work(state=self.state)
        self.scheduler = schedule.Scheduler(self.state)
        self.form = FormBeside()
        self._notifier = notifier
        self._beat = beat
        self._steps = Steps()
        self._monitoring = contextlib.ExitStack()
        self._beat_at = self._form_at = time.monotonic()
        self._late = 0
        self._form_changed = False
        self._form_fault: str | None = None

    def start(self, *, at_once: bool = False) -> None:
        """Begins. `at_once` also runs every collector now. Raises ConfigError, ServeError,
        StoreError."""
        self.form.follow(self.loaded)
        self._monitoring.enter_context(endpoint.beside(self.loaded, self.state))
        schedule.follow(self.scheduler, self.state, self.loaded, self.work)
        self.scheduler.start()
        with open_store(self.loaded) as store:
            store.runs.close_dead()
            late = schedule.missed(self.loaded, store.runs.begun(), store.now())
        schedule.make_up(self.scheduler, self.loaded, late)
        if late:
            log.info("missed while no daemon ran, and made up soon: %s", ", ".join(late))
        for planned in self.scheduler.get_jobs():
            log.info("%s: next at %s", planned.id, planned.next_run_time.isoformat(timespec="minutes"))
            if at_once and planned.id in self.loaded.config.collectors:
                planned.modify(next_run_time=datetime.now(UTC))
        self.look()
        self._notifier.ready(self._words())

    def look(self) -> None:
        """Looks after everything once. Raises HangingError where only a new start helps."""
        if jumped := self._steps.step():
            self._after_a_step(jumped)
        # Also without a step: the wait of a scheduler's thread does not count the time that a machine slept.
        self.scheduler.wakeup()
        self.state.planned(schedule.next_runs(self.scheduler))
        now = time.monotonic()
        if self.state.is_alive():
            self._late = 0
            self._notifier.alive()
            if now - self._beat_at >= _BEAT_SECONDS:
                self._beat()
                self._beat_at = now
        else:
            self._late += 1
            log.error("the scheduler does not answer")
            if self._late >= _MOST_LATE_TICKS:
                raise HangingError("the scheduler hangs; whoever supervises this program starts it again")
        if self.form.is_well:
            self._form_fault = None
        elif now - self._form_at >= _FORM_AGAIN_SECONDS:
            self._form_at = now
            self._form_fault = self._start_form_again()
        else:
            self._form_fault = self._form_fault or "it has ended without being asked to"
        self.state.form(self._form_fault)

    def reload(self) -> None:
        """Reads the configuration anew, and follows it where it is right; a wrong one changes nothing."""
        self._notifier.reloading()
        try:
            loaded = load_config(self.loaded.path)
            _check(self.loaded, loaded)
            changed = self._follow(loaded)
        except (AdvocacyMonitorError, OSError) as error:
            log.error("the configuration was not taken over, and the daemon goes on with the one it has: %s", error)
            self._notifier.ready("goes on with the configuration before; the new one is wrong, see the log")
            return
        log.info(
            "read the configuration anew: %d jobs new, %d gone, %d at other hours; the form %s",
            *(len(changed.added), len(changed.removed), len(changed.moved)),
            "was made anew" if self._form_changed else "stayed",
        )
        self._notifier.ready(self._words())

    def _follow(self, loaded: Loaded) -> schedule.Changed:
        """The form and the monitoring's address may refuse; the plan cannot, so it comes last."""
        self._form_changed = self.form.follow(loaded)
        self._monitoring.close()
        try:
            self._monitoring.enter_context(endpoint.beside(loaded, self.state))
        except ServeError:
            self._monitoring.enter_context(endpoint.beside(self.loaded, self.state))
            self.form.follow(self.loaded)
            raise
        self.loaded = loaded
        logs.configure(loaded.config.monitoring.log)
        changed = schedule.follow(self.scheduler, self.state, loaded, self.work)
        self.scheduler.wakeup()
        self.state.planned(schedule.next_runs(self.scheduler))
        return changed

    def stop(self, asked: Callable[[float], Wish | None] | None = None) -> None:
        """Lets what runs finish its pages, then ends everything.

        A backup, an erasure or a training is not cut off. `asked` waits for so many seconds whether somebody asks
        again; who does will not wait, and the program ends at once, as it may at any moment without a loss.
        """
        self._notifier.stopping("finishing the pages in hand")
        self.work.stop.set()
        with ThreadPoolExecutor(1) as pool:
            ending, began = pool.submit(self._end), time.monotonic()
            told_at = began
            while not ending.done():
                if asked is None:
                    ending.result()
                elif asked(0.1) is Wish.STOP and time.monotonic() - began > _SAME_SECONDS:
                    log.warning("asked again to stop; ending at once. What was stored is kept")
                    logging.shutdown()
                    os._exit(1)  # whoever waits for the other threads waits as long as before
                elif time.monotonic() - told_at >= _STILL_SECONDS:
                    told_at = time.monotonic()
                    log.info("still at work: %s", ", ".join(self.state.doing().running) or "the form")
            ending.result()

    def _end(self) -> None:
        if self.scheduler.running:
            self.scheduler.shutdown(wait=True)
        self._monitoring.close()
        self.form.close()

    def _after_a_step(self, seconds: float) -> None:
        hours = abs(seconds) / 3600
        if seconds > 0:
            log.warning("the time of day went forward by %.1f hours (the machine slept, or the clock was set)", hours)
        else:
            log.warning("the time of day went back by %.1f hours; runs are planned anew", hours)
        if seconds > 0 or seconds <= -_LEAST_BACK:
            schedule.after_a_step(self.scheduler, seconds)

    def _start_form_again(self) -> str | None:
        """Why that did not work."""
        log.error("the form has ended without being asked to; it is started again")
        try:
            self.form.follow(self.loaded)
        except (AdvocacyMonitorError, OSError) as error:
            log.error("the form could not be started again: %s", error)
            return str(error)
        return None

    def _words(self) -> str:
        """For `systemctl status`."""
        runs, collectors = schedule.next_runs(self.scheduler), self.loaded.config.collectors
        soonest = min([name for name in runs if name in collectors] or runs, key=lambda name: runs[name])
        return f"{len(collectors)} collectors; next: {soonest} at {runs[soonest]:%H:%M %Z}"


def _check(old: Loaded, new: Loaded) -> None:
    """Whether a running daemon can follow a configuration. Raises ConfigError.

    A collector that could not be built before either is no reason: its runs say what it lacks.
    """
    for what, before, now in (
        ("database", old.database, new.database),
        ("contacts", old.contacts, new.contacts),
    ):
        if before != now:
            raise ConfigError(f"{new.path}: {what} has changed; that needs a new start of the daemon")
    problems = [why for name in new.config.collectors if (why := _cannot(new, name)) and not _cannot(old, name)]
    if problems:
        raise ConfigError("\n".join(problems))


def _cannot(loaded: Loaded, name: str) -> str | None:
    if name not in loaded.config.collectors:
        return None
    try:
        build_source(loaded, name)
    except ConfigError as error:
        return str(error)
    return None


def run(loaded: Loaded, *, at_once: bool = False, stop: threading.Event | None = None) -> None:
    """Runs until SIGTERM or SIGINT (or `stop`). `at_once` also runs every collector at the start.

    Raises ConfigError, ServeError, StoreError: at the start, or where only a new start of the program helps.
    """
    few_arenas()
    # It would say twice for each job that it is done, every minute for years; the jobs say what they did.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with only_one(loaded.database) as beat:
        clear_leftovers(loaded)
        for file in (loaded.database, loaded.contacts):
            if file.exists():
                refuse_damaged(file)
        open_store(loaded).close()  # a wrong database is said now, not in the first job
        with Wishes() as wishes:
            daemon = Daemon(loaded, notifier=Notifier(), beat=beat)
            try:
                daemon.start(at_once=at_once)
                _wait(daemon, wishes, stop)
            except HangingError as error:
                log.critical("%s", error)
                logging.shutdown()
                os._exit(1)  # whoever waits for a thread that hangs hangs as well
            finally:
                daemon.stop(wishes.wait)
    log.info("stopped")


def _wait(daemon: Daemon, wishes: Wishes, stop: threading.Event | None) -> None:
    tick = _TICK_SECONDS if stop is None else 0.1
    while stop is None or not stop.is_set():
        wish = wishes.wait(tick)
        if wish is Wish.STOP:
            log.info("asked to stop; finishing the pages in hand")
            return
        if wish is Wish.RELOAD:
            daemon.reload()
        daemon.look()
