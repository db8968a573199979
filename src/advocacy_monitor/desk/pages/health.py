"""How the campaign runs: collectors, money and quota, enrichers, queues, and posts that nobody looked up for long."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from advocacy_monitor.desk.charts.kept import KEPT
from advocacy_monitor.desk.collectors import next_jobs, standings
from advocacy_monitor.desk.context import Asked, Page
from advocacy_monitor.exhibits import channel
from advocacy_monitor.models import Status
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.store import Store
from advocacy_monitor.store.overview import Overview, Progress, Unverified
from advocacy_monitor.store.runs import Run
from advocacy_monitor.terms import TERMS

_SECONDS = 60
_FAILURES = 10
_LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How far one enricher is: of `all` items it has seen `done`."""

    progress: Progress
    done: int
    all: int


def health(asked: Asked) -> Response:
    """Everything on one page, what needs somebody first."""
    desk, t = asked.desk, asked.t
    store, now = desk.reader(), desk.clock()
    collectors = standings(store, desk.loaded, now, t)
    statuses = dict(desk.columns.choices("status"))
    (unverified, oldest), at = _unverified(asked, store, now)
    return asked.page(
        "health.html",
        collectors=sorted(collectors, key=lambda each: ("bad", "warn", "good").index(each.state)),
        failures=_failures(store),
        rejects=store.recent_rejects(_FAILURES),
        jobs=next_jobs(desk.loaded, now),
        enrichers=_enrichers(store),
        queues=[(str(status), statuses.get(str(status), 0)) for status in Status],
        summing=store.summary.waiting() if not desk.columns.is_complete else 0,
        unverified=unverified,
        oldest=oldest,
        looked_at=at,
        every_hours=desk.loaded.config.verification.every_hours,
        free=shutil.disk_usage(desk.loaded.folder).free,
        least_free=_LEAST_FREE,
        channel=channel,
        moment=datetime.fromisoformat,
    )


def _failures(store: Store) -> list[Run]:
    """The newest runs of imports, enrichers and checks that did not end well; collectors stand above."""
    runs = store.runs.recent(200)
    return [run for run in runs if run.status in ("failed", "interrupted") and run.kind != "collect"][:_FAILURES]


def _enrichers(store: Store) -> list[Waiting]:
    last = store.items.last_id()
    return [
        Waiting(progress=each, done=min(each.last_item_id, last), all=last) for each in Overview.of(store).enrichers()
    ]


def _unverified(
    asked: Asked, store: Store, now: datetime
) -> tuple[tuple[list[Unverified], Unverified | None], datetime]:
    """By source how posts wait to be looked up, and the source whose post waits longest (R5)."""
    sources = [name for name, terms in TERMS.items() if terms.recheck_hours]

    def look() -> tuple[list[Unverified], Unverified | None]:
        found = Overview.of(store).unverified(sources)
        waiting = [each for each in found if each.oldest]
        return found, min(waiting, key=lambda each: each.oldest or "", default=None)

    key = (str(asked.desk.loaded.database), "unverified")
    return KEPT.get(key, now, look, seconds=_SECONDS)


PAGES = (Page("GET", "/health", Right.READ, health),)
