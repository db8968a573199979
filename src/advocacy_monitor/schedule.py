"""The daemon: config.yaml's hours as APScheduler jobs, and nothing else.

Each collector runs in its own hours with jitter, one instance at a time; runs missed while the machine slept are
made up once. After each collection its items are enriched; posts are looked up at their platforms, the classifier
learns from people's codes and mail goes out in hours of their own; the form is served beside. SIGTERM and SIGINT finish
the page in hand, then exit.
"""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import collect_one, enrich_all
from advocacy_monitor.recheck import verify_all
from advocacy_monitor.training_job import RUN as TRAIN
from advocacy_monitor.training_job import train_job
from advocacy_monitor.web.serve import form_beside

log = logging.getLogger(__name__)


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Holds a lock beside the database: two daemons would run every collector twice. Raises StoreError."""
    path = database.with_name(f"{database.name}.run-lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"{database}: another `advocacy-monitor run` works on it already") from error
        yield


def job(loaded: Loaded, name: str, stop: threading.Event, enriching: threading.Lock) -> None:
    """One collection and the enrichment after it. Whatever fails is a run's row and a line in the log."""
    try:
        with open_store(loaded) as store:
            outcome = collect_one(store, loaded, name, stop=stop.is_set, sleep=stop.wait)
            log.info("%s: %s, %d new of %d", name, outcome.status, outcome.tally.stored, outcome.tally.read)
            with enriching:
                if not stop.is_set():
                    enrich_all(store, loaded, stop=stop.is_set)
    except AdvocacyMonitorError as error:
        log.error("%s: %s", name, error)


VERIFY = "verify posts"
"""The name of the job that looks posts up; a collector cannot be called so in config.yaml's own words."""


def verify_job(loaded: Loaded, stop: threading.Event) -> None:
    """Looks up the posts that are due at their platforms (R5)."""
    try:
        with open_store(loaded) as store:
            for checked in verify_all(store, loaded, stop=stop.is_set, sleep=stop.wait, unasked=True):
                log.info("looked up %d posts of %s: %s", checked.asked, checked.source, checked.status)
    except AdvocacyMonitorError as error:
        log.error("%s: %s", VERIFY, error)


def train_themes(loaded: Loaded, stop: threading.Event) -> None:
    """Learns from what people have coded since; too little to learn from is no failure of the daemon."""
    try:
        with open_store(loaded) as store:
            if not stop.is_set():
                log.info("%s: %s", TRAIN, train_job(store, loaded).message)
    except AdvocacyMonitorError as error:
        log.error("%s: %s", TRAIN, error)


MAIL, DIGEST, ENRICH, SETTLE = "send mail", "digest", "enrich", "settle"
"""The names of jobs that are no collectors."""


def mail_job(loaded: Loaded, stop: threading.Event) -> None:
    """Sends the mails that wait."""
    from advocacy_monitor.mailing.outbox import send_waiting

    try:
        with open_store(loaded) as store:
            sent = send_waiting(store, loaded, stop=stop.is_set)
        if sent.sent or sent.failed:
            log.info("%s: %d sent, %d failed, %d wait", MAIL, sent.sent, sent.failed, sent.waiting)
    except AdvocacyMonitorError as error:
        log.error("%s: %s", MAIL, error)


def digest_job(loaded: Loaded) -> None:
    """Writes the digest to staff; it is sent with the other mails."""
    from advocacy_monitor.mailing.digest import queue_digest

    try:
        with open_store(loaded) as store:
            queue_digest(store, loaded)
    except AdvocacyMonitorError as error:
        log.error("%s: %s", DIGEST, error)


def enrich_job(loaded: Loaded, stop: threading.Event, enriching: threading.Lock) -> None:
    """Enriches what came by the form; what collectors find is enriched after each collection."""
    try:
        with open_store(loaded) as store, enriching:
            enrich_all(store, loaded, stop=stop.is_set)
    except AdvocacyMonitorError as error:
        log.error("%s: %s", ENRICH, error)


def settle_job(loaded: Loaded) -> None:
    """Clears what withdrawn answers leave in the search index and the log file; nothing where nobody withdrew."""
    try:
        with open_store(loaded) as store:
            store.verifications.settle()
    except AdvocacyMonitorError as error:
        log.error("%s: %s", SETTLE, error)


def build(
    loaded: Loaded, stop: threading.Event, *, run: Callable[..., None] = job, **options: Any
) -> BackgroundScheduler:
    """A scheduler with one job for each collector, not started yet."""
    scheduler = BackgroundScheduler(
        timezone=loaded.config.timezone,
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        **options,
    )
    enriching = threading.Lock()
    for name, collector in loaded.config.collectors.items():
        scheduler.add_job(
            run,
            CronTrigger(
                hour=collector.hours,
                minute=0,
                jitter=int(collector.jitter_minutes * 60) or None,
                timezone=loaded.config.timezone,
            ),
            args=(loaded, name, stop, enriching),
            id=name,
            name=name,
        )
    if loaded.config.verification.hours:
        trigger = CronTrigger(
            hour=loaded.config.verification.hours, minute=30, jitter=600, timezone=loaded.config.timezone
        )
        scheduler.add_job(verify_job, trigger, args=(loaded, stop), id=VERIFY, name=VERIFY)
    _add_mail(scheduler, loaded, stop)
    if loaded.config.form.port is not None:
        trigger = CronTrigger(minute="*/10", second=40, timezone=loaded.config.timezone)
        scheduler.add_job(enrich_job, trigger, args=(loaded, stop, enriching), id=ENRICH, name=ENRICH)
    trigger = CronTrigger(minute=50, timezone=loaded.config.timezone)
    scheduler.add_job(settle_job, trigger, args=(loaded,), id=SETTLE, name=SETTLE)
    if loaded.config.training.hours:
        trigger = CronTrigger(hour=loaded.config.training.hours, minute=15, timezone=loaded.config.timezone)
        scheduler.add_job(train_themes, trigger, args=(loaded, stop), id=TRAIN, name=TRAIN)
    return scheduler


def _add_mail(scheduler: BackgroundScheduler, loaded: Loaded, stop: threading.Event) -> None:
    """What has to do with mail: nothing where nobody said how to send it."""
    if loaded.config.mail is None:
        return
    zone = loaded.config.timezone
    scheduler.add_job(mail_job, CronTrigger(second=20, timezone=zone), args=(loaded, stop), id=MAIL, name=MAIL)
    if loaded.config.digest.hours and loaded.config.digest.to:
        trigger = CronTrigger(hour=loaded.config.digest.hours, minute=5, timezone=zone)
        scheduler.add_job(digest_job, trigger, args=(loaded,), id=DIGEST, name=DIGEST)


def run(loaded: Loaded, *, at_once: bool = False, stop: threading.Event | None = None) -> None:
    """Runs until SIGTERM or SIGINT (or `stop`). `at_once` also runs every collector at the start."""
    stop = stop or threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        log.info("asked to stop; finishing the pages in hand")
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
    open_store(loaded).close()  # a wrong database is said now, not in the first job
    with only_one(loaded.database), form_beside(loaded):
        scheduler = build(loaded, stop)
        scheduler.start()
        for planned in scheduler.get_jobs():
            log.info("%s: next at %s", planned.id, planned.next_run_time.isoformat(timespec="minutes"))
            if at_once and planned.id in loaded.config.collectors:
                planned.modify(next_run_time=datetime.now(UTC))
        stop.wait()
        scheduler.shutdown(wait=True)
    log.info("stopped")
