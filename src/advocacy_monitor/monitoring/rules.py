"""What an alert is made of: each rule looks at how the machinery stands and says what needs a person, with a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from advocacy_monitor.config import Loaded
from advocacy_monitor.monitoring.machinery import Budget, Collecting, Machinery
from advocacy_monitor.monitoring.remedies import remedy
from advocacy_monitor.store import Store
from advocacy_monitor.store.alerts import Found
from advocacy_monitor.store.condition import Condition, Ended
from advocacy_monitor.store.overview import Overview
from advocacy_monitor.terminal import plain

QUIET = "quiet"
_WINDOWS = (1, 2, 4, 7)
"""Days over which a collector is compared with its own past: the fewest in which it usually finds enough."""
_BLOCKS = 4
"""So many earlier windows are its past; the one in the middle counts, so that a first, long run weighs nothing."""
_ENOUGH = 10
"""Where so many are usual, chance brings none in one of twenty thousand windows (Poisson)."""
_MISSED = 2
"""One backup that was due and is not there may still be at work, or the computer was off."""
_BEHIND = timedelta(hours=30)
"""Every collection is followed by the enrichers, and each collector runs once a day at least."""
_MAIL_HOURS = 2
_GIVEN_UP = 3


def found(store: Store, loaded: Loaded, seen: Machinery) -> Iterator[Found]:
    """Everything that needs a person now, but for the audit log, which is looked at once a day."""
    for collector in seen.collectors:
        yield from _failing(collector, loaded)
        yield from _quiet(collector, Condition.of(store), loaded, seen.now)
    yield from _jobs(seen, loaded)
    yield from _of_the_daemon(seen, loaded)
    yield from _stuck(seen, loaded)
    yield from _behind(store, loaded, seen.now)
    for budget in seen.budgets:
        yield from _spending(budget, loaded, seen.now)
    yield from _disk(seen, loaded)
    yield from _backups(seen)
    yield from _mail(seen)


def _said(message: str) -> str:
    """What a run said, as a sentence of its own."""
    said = plain(message, width=300) or "no reason was given"
    return said if said[-1] in ".?!…" else f"{said}."


def _times(failures: int) -> str:
    return "once" if failures == 1 else f"{failures} times in a row"


def _failing(collector: Collecting, loaded: Loaded) -> Iterator[Found]:
    if collector.failures >= loaded.config.alerts.failures:
        good = (
            f"last well on {collector.last_good_at:%Y-%m-%d %H:%M} UTC" if collector.last_good_at else "never well yet"
        )
        yield Found(
            subject=f"collector {collector.name}",
            kind="failing",
            message=f"The collector {collector.name} failed {_times(collector.failures)} ({good}): "
            f"{_said(collector.message)} What to do: {remedy(collector.message)}.",
        )


def _jobs(seen: Machinery, loaded: Loaded) -> Iterator[Found]:
    for name, failures, newest in seen.jobs:
        if failures >= loaded.config.alerts.failures:
            yield _failing_job(name, failures, newest.message)


def _failing_job(name: str, failures: int, said: str) -> Found:
    return Found(
        subject=f"job {name}",
        kind="failing",
        message=f"The job {name!r} failed {_times(failures)}: {_said(said)} What to do: {remedy(said)}.",
    )


def _of_the_daemon(seen: Machinery, loaded: Loaded) -> Iterator[Found]:
    """Jobs that leave no runs behind, such as the digest, and the form."""
    if seen.doing is None:
        return
    known = {*loaded.config.collectors, *(name for name, _, _ in seen.jobs)}
    for name, error in sorted(seen.doing.errors.items()):
        failures = seen.doing.in_a_row.get(name, 0)
        if name not in known and failures >= loaded.config.alerts.failures:
            yield _failing_job(name, failures, error)
    if seen.doing.form_fault is not None:
        yield Found(
            subject="form",
            kind="failing",
            message=f"The form does not answer: {_said(seen.doing.form_fault)} What to do: look into the log for what "
            "ended it; the daemon tries to start it again every minute.",
        )


def _quiet(collector: Collecting, condition: Condition, loaded: Loaded, now: datetime) -> Iterator[Found]:
    share = loaded.config.alerts.quiet_share
    if not share or collector.failures:  # of what fails, that is told
        return
    since = now - timedelta(days=_WINDOWS[-1] * (_BLOCKS + 1))
    runs = condition.runs(collector.name, since=since)
    for days in _WINDOWS:
        counts = _blocks(runs, now, timedelta(days=days))
        if counts is None:
            continue
        current, usual = counts[0], median(counts[1:])
        if usual >= _ENOUGH:
            if current < share * usual:
                yield Found(
                    subject=f"quiet {collector.name}",
                    kind=QUIET,
                    message=f"The collector {collector.name} works and found {current:,} new in {_days(days)}, where "
                    f"about {usual:,.0f} are usual. What to do: look at the platform whether people still post, "
                    "and whether hashtags, search words or the rights of the token have changed.",
                )
            return


def _blocks(runs: Sequence[Ended], now: datetime, width: timedelta) -> list[int] | None:
    """What was stored in the window that ends now and in those before it; None where one of them had no good run."""
    stored, ran = [0] * (_BLOCKS + 1), [False] * (_BLOCKS + 1)
    for run in runs:
        block = int((now - run.started_at) / width)
        if 0 <= block <= _BLOCKS:
            stored[block] += run.stored
            ran[block] |= run.status == "done"
    return stored if all(ran) else None


def _days(days: int) -> str:
    return "24 hours" if days == 1 else f"{days} days"


def _stuck(seen: Machinery, loaded: Loaded) -> Iterator[Found]:
    hours = loaded.config.alerts.stuck_hours
    for name, began in seen.running:
        if seen.now - began > timedelta(hours=hours):
            yield Found(
                subject=f"stuck {name}",
                kind="stuck",
                message=f"{name} has been running since {began:%Y-%m-%d %H:%M} UTC, longer than {hours:g} hours. "
                "What to do: `advocacy-monitor status` says what it waits for; a long first run is no fault, "
                "anything else ends with a restart of the daemon, and nothing is lost.",
            )


def _behind(store: Store, loaded: Loaded, now: datetime) -> Iterator[Found]:
    if not loaded.config.collectors and loaded.config.form.port is None:
        return  # what is imported by hand is enriched by hand
    done = {progress.enricher: progress.last_item_id for progress in Overview.of(store).enrichers()}
    condition = Condition.of(store)
    waits = {name: condition.waiting_since(done.get(name, 0)) for name in loaded.config.enrichers}
    late = {name: since for name, since in waits.items() if since is not None and now - since > _BEHIND}
    if late:
        yield Found(
            subject="enrichment",
            kind="stuck",
            message=f"Statements wait since {min(late.values()):%Y-%m-%d %H:%M} UTC for {', '.join(late)}, and without "
            "them no pack counts them. What to do: `advocacy-monitor enrich` goes on with it, and says what is wrong.",
        )


def _spending(budget: Budget, loaded: Loaded, now: datetime) -> Iterator[Found]:
    share = loaded.config.alerts.month_share
    if not budget.cap or (budget.until - budget.since).days < 2:  # a quota of a day is there anew tomorrow
        return
    used, gone = budget.used / budget.cap, budget.elapsed(now)
    if used >= share > gone or used >= 1:
        yield Found(
            subject=f"budget {budget.source} {budget.unit}",
            kind="spending",
            message=f"{budget.source} has used {amount(budget.used)} of {amount(budget.cap)} {budget.unit} "
            f"({used:.0%}), and {gone:.0%} of the month is over. It begins anew on {budget.until:%Y-%m-%d}. "
            "What to do: give its collectors fewer hours or narrower searches, or raise the budget in config.yaml.",
        )


def amount(value: float) -> str:
    """An amount of money, posts or units."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _disk(seen: Machinery, loaded: Loaded) -> Iterator[Found]:
    for space in seen.spaces:
        if space.free < loaded.config.alerts.free_mb * 2**20:
            yield Found(
                subject=f"disk {space.of}",
                kind="disk",
                message=f"Only {space.free // 2**20:,} MB are free where the {_LIES[space.of]}. "
                "What to do: remove old exports, or give it a larger disk, before nothing can be stored any more.",
            )


_LIES = {"campaign": "database lies", "backups": "backups lie"}


def _backups(seen: Machinery) -> Iterator[Found]:
    copies = seen.copies
    if not copies.newest_ok:
        yield Found(
            subject="backup failed",
            kind="backup",
            message=f"The newest backup, of {copies.newest_at:%Y-%m-%d %H:%M} UTC, is not in order: "
            f"{_said(copies.why)} What to do: `advocacy-monitor backup`, and `doctor` where that fails.",
        )
    if copies.planned and copies.missed >= _MISSED:
        newest = (
            f"the newest one in order is of {copies.good_at:%Y-%m-%d %H:%M} UTC" if copies.good_at else "there is none"
        )
        yield Found(
            subject="backup old",
            kind="backup",
            message=f"{copies.missed} backups in a row were not made, and {newest}. "
            "What to do: `advocacy-monitor backup` says why.",
        )


def _mail(seen: Machinery) -> Iterator[Found]:
    mail = seen.mail
    if mail is None:
        return
    if mail.stuck_since and seen.now - mail.stuck_since > timedelta(hours=_MAIL_HOURS):
        yield Found(
            subject="mail waits",
            kind="mail",
            message=f"Mail cannot be sent since {mail.stuck_since:%Y-%m-%d %H:%M} UTC; {mail.mails:,} in all wait. "
            "What to do: `advocacy-monitor mail test ADDRESS` says what the mail server answers.",
        )
    if mail.given_up >= _GIVEN_UP:
        reasons = " ".join(_said(reason) for reason in mail.reasons[:2])
        yield Found(
            subject="mail refused",
            kind="mail",
            message=f"{mail.given_up:,} mails were given up in 24 hours: {reasons} "
            "What to do: `advocacy-monitor mail status`; ask who runs the mail server whether it is on a block list.",
        )
