"""`status --json`: what the first screen shows, as data for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advocacy_monitor.monitoring.machinery import Collecting, Machinery
from advocacy_monitor.monitoring.queues import Queues
from advocacy_monitor.monitoring.remedies import remedy
from advocacy_monitor.store.alerts import Alert


def as_data(seen: Machinery, waiting: Queues, alerts: Sequence[Alert]) -> dict[str, Any]:
    """All of it; times are ISO 8601 in UTC, sizes bytes."""
    copies = seen.copies
    return {
        "alerts": [
            {"subject": alert.subject, "kind": alert.kind, "message": alert.message, "began_at": alert.began_at}
            for alert in alerts
        ],
        "collectors": [_collector(each) for each in seen.collectors],
        "jobs": [
            {"name": name, "status": run.status, "failures": failures, "started_at": run.started_at}
            | {"message": run.message}
            for name, failures, run in seen.jobs
        ],
        "budgets": [
            {"source": each.source, "unit": each.unit, "used": round(each.used, 4), "cap": each.cap}
            | {"since": each.since, "until": each.until}
            for each in seen.budgets
        ],
        "queues": waiting.lengths,
        "oldest_pending_at": waiting.oldest_pending,
        "unverified": [{"source": each.source, "oldest_at": each.oldest} for each in seen.unverified],
        "files": seen.sizes,
        "disk": [{"folder": each.of, "free": each.free, "size": each.total} for each in seen.spaces],
        "backups": {
            "planned": copies.planned,
            "count": copies.count,
            "bytes": copies.bytes,
            "newest_at": copies.newest_at,
            "newest_ok": copies.newest_ok,
            "why": copies.why,
            "good_at": copies.good_at,
            "missed": copies.missed,
        },
    }


def _collector(each: Collecting) -> dict[str, Any]:
    return {
        "name": each.name,
        "source": each.source,
        "status": each.newest.status if each.newest else None,
        "last_success_at": each.last_good_at,
        "next_run_at": each.next_at,
        "failures": each.failures,
        "stored_24h": each.stored_day,
        "message": each.message,
        "remedy": remedy(each.message) if each.failures else "",
    }
