"""`status`: the state of a campaign in one screen, for people and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from advocacy_monitor.config import Loaded
from advocacy_monitor.outcomes import numbers
from advocacy_monitor.store import Store
from advocacy_monitor.terminal import json_line, plain, say, table


def _past_retention(store: Store, loaded: Loaded, now: datetime) -> dict[str, int]:
    kept = loaded.config.retention
    past = {
        kind: store.count_older(kind, now - timedelta(days=30.44 * months))
        for kind, months in (("post", kept.posts_months), ("submission", kept.submissions_months))
    }
    for source, days in kept.unverified_days.items():
        past[f"{source} post that was not looked up for {days} days"] = store.count_unverified(
            source, now - timedelta(days=days)
        )
    return past


def show_status(loaded: Loaded, *, as_json: bool) -> None:
    """The state of a campaign: counts, moderation, runs, rejects, retention."""
    now = datetime.now(UTC)
    with Store.open_read_only(loaded.database) as store:
        runs = store.runs.recent(15)
        state: dict[str, Any] = {
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
    if as_json:
        json_line(state)
        return
    sample = " (sample data)" if state["sample_data"] else ""
    say(f"{plain(state['campaign'])}{sample}")
    say("stored       " + ", ".join(f"{number:,} {name}" for name, number in state["counts"].items()))
    say("moderation   " + (", ".join(f"{number:,} {name}" for name, number in state["moderation"].items()) or "–"))
    for kind, number in state["past_retention"].items():
        if number:
            say(f"retention    older than config.yaml says they should be kept: {number:,} x {plain(kind)}")
    _say_platforms(state)
    rows = [(r.name, r.status, r.started_at[:16].replace("T", " "), *numbers(r.tally).values()) for r in runs]
    table(("run", "ended", "started, UTC", "read", "stored", "already", "rejected"), rows, title="Newest runs")
    for r in runs:
        if r.message:
            say(f"{r.name} {r.status}: {plain(r.message)}")
    if state["rejects"]:
        rejects = [(r["origin"], r["position"], r["reason"]) for r in state["rejects"]]
        table(("origin", "where", "why it could not be read"), rejects, title="Newest rejects")


def _say_platforms(state: dict[str, Any]) -> None:
    """How posts stand at their platforms, and what was used up there."""
    for source, standings in state["looked_up"].items():
        shown = ", ".join(f"{number:,} {standing}" for standing, number in standings.items())
        say(f"looked up    {plain(source)}: {shown}")
    for used in state["used_this_month"]:
        say(f"used         {plain(used['source'])}: {used['amount']:,.10g} {plain(used['unit'])} since the 1st")
