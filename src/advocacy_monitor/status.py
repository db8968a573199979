"""`status`: the state of a campaign in one screen, for people and as JSON."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import StoreError
from advocacy_monitor.monitoring.machinery import machinery
from advocacy_monitor.monitoring.queues import queues
from advocacy_monitor.outcomes import numbers
from advocacy_monitor.rights.retention import limits
from advocacy_monitor.status_json import as_data
from advocacy_monitor.status_screen import ago, screen, title
from advocacy_monitor.store import Run, Store
from advocacy_monitor.store.alerts import Alerts
from advocacy_monitor.supervision.lock import holder
from advocacy_monitor.terminal import json_line, plain, say, table


def _past_retention(store: Store, loaded: Loaded, now: datetime) -> dict[str, int]:
    past = {"post": 0, "submission": 0}
    for (rule, kind, source), count in store.retention.counts(limits(loaded, now)).items():
        days = loaded.config.retention.unverified_days.get(source)
        name = kind if rule == "age" else f"{source} post that was not looked up for {days} days"
        past[name] = past.get(name, 0) + count
    return past


def show_status(loaded: Loaded, *, as_json: bool) -> None:
    """First what matters now, in one screen; then the newest runs and what could not be read."""
    now = datetime.now(UTC)
    with Store.open_read_only(loaded.database) as store:
        runs = store.runs.recent(15)
        seen = machinery(store, loaded, now=now)
        waiting, alerts = queues(store, loaded, seen), Alerts.of(store).open()
        state = {**_state(store, loaded, runs, now), **as_data(seen, waiting, alerts)}
    daemon = _daemon(loaded, now)
    if as_json:
        json_line({**state, "daemon": daemon})
        return
    say(title(loaded, now))
    width = shutil.get_terminal_size().columns
    for line in screen(loaded, seen, waiting, alerts, daemon=daemon, width=width):
        say(line)
    _say_stored(state)
    _say_runs(state, runs)


def _daemon(loaded: Loaded, now: datetime) -> str:
    """Whether one runs, and which process it is."""
    try:
        found = holder(loaded.database)
    except StoreError as error:
        return plain(error)
    if found is None:
        return "does not run"
    beat = f", last heartbeat {ago(found.beat_at, now)}" if found.beat_at else ""
    return f"runs: {plain(found.words)}{beat}"


def _state(store: Store, loaded: Loaded, runs: Sequence[Run], now: datetime) -> dict[str, Any]:
    """What is stored, and what went on lately."""
    return {
        "campaign": loaded.config.campaign.name,
        "sample_data": loaded.config.campaign.sample_data,
        "counts": store.counts(),
        "moderation": store.status_counts(),
        "past_retention": _past_retention(store, loaded, now),
        "runs": [
            {"id": r.id, "name": r.name, "kind": r.kind, "status": r.status, "started_at": r.started_at}
            | numbers(r.tally)
            | {"message": r.message}
            for r in runs
        ],
        "used_this_month": [
            {"source": source, "unit": unit, "amount": round(amount, 4)}
            for source, unit, amount in store.spending.by_source(now.date().replace(day=1))
        ],
        "looked_up": store.verifications.counts(),
        "rejects": [{"origin": o, "position": p, "reason": r} for o, p, r in store.recent_rejects(10)],
    }


def _say_stored(state: dict[str, Any]) -> None:
    """What is stored, how it stands in moderation and at its platforms, and what is older than it should be."""
    say("stored       " + ", ".join(f"{number:,} {name}" for name, number in state["counts"].items()))
    say("moderation   " + (", ".join(f"{number:,} {name}" for name, number in state["moderation"].items()) or "–"))
    for source, standings in state["looked_up"].items():
        shown = ", ".join(f"{number:,} {standing}" for standing, number in standings.items())
        say(f"looked up    {plain(source)}: {shown}")
    for kind, number in state["past_retention"].items():
        if number:
            say(f"retention    older than config.yaml says they should be kept: {number:,} x {plain(kind)}")


def _say_runs(state: dict[str, Any], runs: Sequence[Run]) -> None:
    """The newest runs, what they said, and the newest records that could not be read."""
    rows = [(r.name, r.status, r.started_at[:16].replace("T", " "), *numbers(r.tally).values()) for r in runs]
    table(("run", "ended", "started, UTC", "read", "stored", "already", "rejected"), rows, title="Newest runs")
    for r in runs:
        if r.message:
            say(f"{r.name} {r.status}: {plain(r.message)}")
    if state["rejects"]:
        rejects = [(r["origin"], r["position"], r["reason"]) for r in state["rejects"]]
        table(("origin", "where", "why it could not be read"), rejects, title="Newest rejects")
