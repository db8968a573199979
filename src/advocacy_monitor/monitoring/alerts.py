"""Alerts: looks every few minutes at what needs a person, and tells it once, again after a day, and when it is over.

Each alert is about one subject, such as a collector or a disk, and is remembered in the database: a restart of the
daemon tells nothing twice. It is over once it was not seen for half an hour, so that what comes and goes every few
minutes is one alert and not a hundred. A road that fails (no mail server, a webhook that does not answer) is tried
again with the next look; the other one is not held up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.monitoring import telling
from advocacy_monitor.monitoring.machinery import machinery
from advocacy_monitor.monitoring.remedies import remedy
from advocacy_monitor.monitoring.rules import QUIET, found
from advocacy_monitor.monitoring.state import Doing
from advocacy_monitor.store import Store, now
from advocacy_monitor.store.alerts import Alert, Alerts, Found, Road
from advocacy_monitor.terminal import plain

log = logging.getLogger(__name__)

AUDIT = "audit log"
_OVER_AFTER = timedelta(minutes=30)
_AUDIT_EVERY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one look did: alerts that go on, and how many of those and of those that are over were told now."""

    open: int
    told: int
    over: int
    problems: tuple[str, ...] = ()
    """Why a road could not be taken."""


def watch(
    loaded: Loaded,
    *,
    doing: Doing | None = None,
    clock: Callable[[], datetime] = now,
    send: Callable[[str, bytes], None] | None = None,
) -> Checked:
    """The same as `check` with the campaign's own store: what the daemon calls.

    Where the database itself fails, nothing can be remembered and no mail be queued; then the webhook is told at once,
    and once an hour at most. Raises StoreError afterwards.
    """
    try:
        with open_store(loaded, clock=clock) as store:
            done = check(store, loaded, doing=doing, send=send)
    except StoreError as error:
        is_new = loaded.database not in _failing
        _failing.add(loaded.database)
        if not (is_new and "locked" in str(error)):  # for a while, as by an erasure in a large file, that is no fault
            _cry(loaded, error, clock(), send)
        raise
    _failing.discard(loaded.database)
    return done


_failing: set[Path] = set()
_cried: dict[Path, datetime] = {}
"""What failed at the last look, and when this process last told that a database fails. It cannot be kept there."""
_CRY_AGAIN = timedelta(hours=1)


def _cry(loaded: Loaded, error: StoreError, moment: datetime, send: Callable[[str, bytes], None] | None) -> None:
    last = _cried.get(loaded.database)
    if loaded.config.alerts.webhook is None or (last is not None and last <= moment < last + _CRY_AGAIN):
        return
    alert = Alert(
        subject="database",
        kind="database",
        message=f"The database cannot be used: {plain(error, width=300)}. What to do: {remedy(str(error))}.",
        began_at=moment,
        seen_at=moment,
        ended_at=None,
        told={},
    )
    try:
        telling.post(loaded, [alert], [], send=send)
    except AdvocacyMonitorError as problem:
        log.warning("alerts cannot be told by webhook: %s", problem)
    else:
        _cried[loaded.database] = moment


def check(
    store: Store, loaded: Loaded, *, doing: Doing | None = None, send: Callable[[str, bytes], None] | None = None
) -> Checked:
    """Looks at everything, remembers what needs a person and tells it. Call it every few minutes.

    `doing` is what the daemon knows of itself, such as jobs that leave no runs. `send` posts bytes to an address, if
    not as the program does it. Raises StoreError.
    """
    at, alerts = store.now(), Alerts.of(store)
    before = {alert.subject for alert in alerts.open()}
    seen = machinery(store, loaded, now=at, with_posts=False, doing=doing)
    alerts.note([*found(store, loaded, seen), *_audit(store, alerts, at)], now=at, over_before=at - _OVER_AFTER)
    known = alerts.all()
    _log(known, before)
    told, over, problems = 0, 0, []
    for road, take in _roads(store, loaded, send):
        going_on, ended = _due(known, road, loaded, at), _ended(known, road)
        if going_on or ended:
            try:
                take(going_on, ended)
            except AdvocacyMonitorError as error:
                problems.append(f"{road}: {error}")
                log.warning("alerts cannot be told by %s: %s", road, error)
                continue
            alerts.told([alert.subject for alert in going_on], road, at)
            alerts.told([alert.subject for alert in ended], road, None)
            told, over = told + len(going_on), over + len(ended)
    _drop_roads(loaded, alerts, known)
    alerts.forget_told()
    return Checked(open=sum(not a.ended_at for a in known), told=told, over=over, problems=tuple(problems))


def _roads(
    store: Store, loaded: Loaded, send: Callable[[str, bytes], None] | None
) -> Iterator[tuple[Road, Callable[[Sequence[Alert], Sequence[Alert]], None]]]:
    """The roads that the configuration names."""
    if loaded.config.alerts.to:
        yield "mail", lambda going_on, over: telling.mail(store, loaded, going_on, over)
    if loaded.config.alerts.webhook is not None:
        yield "webhook", lambda going_on, over: telling.post(loaded, going_on, over, send=send)


def _drop_roads(loaded: Loaded, alerts: Alerts, known: Sequence[Alert]) -> None:
    """A road that was taken out of the configuration need not hear any more what is over."""
    ended = [alert.subject for alert in known if alert.ended_at]
    if not loaded.config.alerts.to:
        alerts.told(ended, "mail", None)
    if loaded.config.alerts.webhook is None:
        alerts.told(ended, "webhook", None)


def _due(known: Sequence[Alert], road: Road, loaded: Loaded, now: datetime) -> list[Alert]:
    """What goes on and this road does not know yet, or heard too long ago. That people have gone quiet is told once."""
    again = timedelta(hours=loaded.config.alerts.again_hours)
    return [
        alert
        for alert in known
        if alert.ended_at is None
        # A mail about mail that cannot be sent would arrive when it is no longer true.
        and not (road == "mail" and alert.subject == "mail waits")
        and (road not in alert.told or (alert.kind != QUIET and not alert.told[road] <= now < alert.told[road] + again))
    ]


def _ended(known: Sequence[Alert], road: Road) -> list[Alert]:
    return [alert for alert in known if alert.ended_at is not None and road in alert.told]


def _log(known: Sequence[Alert], before: set[str]) -> None:
    for alert in known:
        if alert.ended_at is None and alert.subject not in before:
            log.warning("alert: %s", alert.message)
        elif alert.ended_at is not None and alert.subject in before:
            log.info("over: %s", alert.subject)


def _audit(store: Store, alerts: Alerts, now: datetime) -> Iterator[Found]:
    """Whether the log of who did what is whole, once a day: that reads all of it."""
    last = alerts.inspected(AUDIT)
    if last is None or not timedelta(0) <= now - last[0] < _AUDIT_EVERY:
        alerts.inspect(AUDIT, "; ".join(store.audit.verify())[:1000], now=now)
        last = alerts.inspected(AUDIT)
    if last is not None and last[1]:
        yield Found(
            subject=AUDIT,
            kind="audit",
            message=f"The log of who did what is not whole: {last[1]}. What to do: `advocacy-monitor audit verify`; "
            "compare with a backup from before, and find out who had access to the file.",
        )
