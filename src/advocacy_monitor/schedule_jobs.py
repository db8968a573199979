"""What the daemon's jobs do. Each opens the store for itself, says in the log what it did, and returns its failure.

None means that it went well. A failure that has a run is told there as well; an error that nobody foresaw is told by
the scheduler. Nothing that fails here ends the daemon or another job.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import collect_one, enrich_all
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.recheck import verify_all
from advocacy_monitor.training_job import RUN as TRAIN
from advocacy_monitor.training_job import train_job

log = logging.getLogger(__name__)

VERIFY = "verify posts"
"""The name of the job that looks posts up; a collector cannot be called so in config.yaml's own words."""
MAIL, DIGEST, ENRICH, SETTLE = "send mail", "digest", "enrich", "settle"
BACKUP, RETENTION, ALERTS, CLEAN = "backup", "retention", "alerts", "erase from backups"
"""The names of jobs that are no collectors."""


@dataclass(frozen=True, slots=True)
class Work:
    """What all jobs of a daemon have in common: when to stop, and that one enriches at a time."""

    stop: threading.Event = field(default_factory=threading.Event)
    enriching: threading.Lock = field(default_factory=threading.Lock)
    state: State | None = None
    """What the daemon knows of itself."""


def _failed(name: str, error: object) -> str:
    log.error("%s: %s", name, error)
    return str(error)


def collect_job(loaded: Loaded, work: Work, name: str) -> str | None:
    """One collection and the enrichment after it. Whatever fails is a run's row and a line in the log."""
    stop = work.stop
    try:
        with open_store(loaded) as store:
            outcome = collect_one(store, loaded, name, stop=stop.is_set, sleep=stop.wait)
            log.info("%s: %s, %d new of %d", name, outcome.status, outcome.tally.stored, outcome.tally.read)
            with work.enriching:
                if not stop.is_set():
                    enrich_all(store, loaded, stop=stop.is_set)
    except AdvocacyMonitorError as error:
        return _failed(name, error)
    return outcome.message if outcome.status == "failed" else None


def verify_job(loaded: Loaded, work: Work) -> str | None:
    """Looks up the posts that are due at their platforms (R5)."""
    stop, failures = work.stop, []
    try:
        with open_store(loaded) as store:
            for checked in verify_all(store, loaded, stop=stop.is_set, sleep=stop.wait, unasked=True):
                log.info("looked up %d posts of %s: %s", checked.asked, checked.source, checked.status)
                if checked.status == "failed":
                    failures.append(f"{checked.source}: {checked.message}")
    except AdvocacyMonitorError as error:
        return _failed(VERIFY, error)
    return "; ".join(failures) or None


def train_themes(loaded: Loaded, work: Work) -> str | None:
    """Learns from what people have coded since; too little to learn from is no failure of the daemon."""
    try:
        with open_store(loaded) as store:
            if not work.stop.is_set():
                log.info("%s: %s", TRAIN, train_job(store, loaded).message)
    except AdvocacyMonitorError as error:
        return _failed(TRAIN, error)
    return None


def mail_job(loaded: Loaded, work: Work) -> str | None:
    """Sends the mails that wait."""
    from advocacy_monitor.mailing.outbox import send_waiting

    try:
        with open_store(loaded) as store:
            sent = send_waiting(store, loaded, stop=work.stop.is_set)
        if sent.sent or sent.failed:
            log.info("%s: %d sent, %d failed, %d wait", MAIL, sent.sent, sent.failed, sent.waiting)
    except AdvocacyMonitorError as error:
        return _failed(MAIL, error)
    return None


def digest_job(loaded: Loaded, work: Work) -> str | None:
    """Writes the digest to staff; it is sent with the other mails."""
    from advocacy_monitor.mailing.digest import queue_digest

    try:
        with open_store(loaded) as store:
            queue_digest(store, loaded)
    except AdvocacyMonitorError as error:
        return _failed(DIGEST, error)
    return None


def enrich_job(loaded: Loaded, work: Work) -> str | None:
    """Enriches what came by the form; what collectors find is enriched after each collection."""
    try:
        with open_store(loaded) as store, work.enriching:
            enrich_all(store, loaded, stop=work.stop.is_set)
    except AdvocacyMonitorError as error:
        return _failed(ENRICH, error)
    return None


def settle_job(loaded: Loaded, work: Work) -> str | None:
    """Clears what withdrawn answers leave in the search index and the log file, and seals the audit's new rows.

    Nothing where nobody withdrew and nobody did anything.
    """
    try:
        with open_store(loaded) as store:
            store.verifications.settle()
            store.audit.seal()
    except AdvocacyMonitorError as error:
        return _failed(SETTLE, error)
    return None


def backup_job(loaded: Loaded, work: Work) -> str | None:
    """Makes a backup."""
    from advocacy_monitor import backups
    from advocacy_monitor.store import now

    def make() -> str:
        return f"{backups.make(loaded, clock=now).path.name} made and read again"

    return _as_run(loaded, BACKUP, "backup", make)


def retention_job(loaded: Loaded, work: Work) -> str | None:
    """Removes what is older than the campaign keeps it."""
    from advocacy_monitor.rights.retention import enforce

    def remove() -> str:
        with open_store(loaded) as store:
            return str(enforce(store, loaded, stop=work.stop.is_set))

    return _as_run(loaded, RETENTION, "retention", remove)


def clean_backups_job(loaded: Loaded, work: Work) -> str | None:
    """Ends erasures that were cut off, and takes out of the backups what was erased since they were made."""
    from advocacy_monitor.backups.rewriting import reapply_in_backups
    from advocacy_monitor.store.journal import Journal

    journal = Journal.beside(loaded.database)
    if not journal.read():
        return None

    def clean() -> str:
        with open_store(loaded) as store:
            store.erasures.finish()
            made = reapply_in_backups(loaded, journal.read())
            why_not = store.erasures.vacuum() if store.erasures.is_vacuum_due() else None
        if why_not:
            raise StoreError(why_not)
        return f"{len(made.changed)} backups written anew, {len(made.unreadable)} cannot be opened here"

    return _as_run(loaded, CLEAN, "erase", clean)


def alerts_job(loaded: Loaded, work: Work) -> str | None:
    """Looks whether something needs a person, and tells staff, once."""
    from advocacy_monitor.monitoring import alerts

    try:
        alerts.watch(loaded, doing=work.state.doing() if work.state else None)
    except AdvocacyMonitorError as error:
        return _failed(ALERTS, error)
    return None


def _as_run(loaded: Loaded, name: str, kind: str, work: Callable[[], str]) -> str | None:
    """Does it, and notes a run when it is over: none is open in the copy that a backup makes of the database."""
    status, failure = "done", None
    try:
        said = work()
        log.info("%s: %s", name, said)
    except (AdvocacyMonitorError, OSError) as error:
        status, said = "failed", str(error)
        failure = _failed(name, error)
    try:
        with open_store(loaded) as store:
            store.runs.finish(store.runs.start(name, kind), status, said)
    except StoreError as error:  # such as the full disk that the backup failed of
        return _failed(name, error)
    return failure
