"""What waits: for a moderator, an enricher, the mail server, a second reader of a flyer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from advocacy_monitor.config import Loaded
from advocacy_monitor.monitoring.machinery import Machinery
from advocacy_monitor.store import Store
from advocacy_monitor.store.activity import Activity
from advocacy_monitor.store.condition import Condition
from advocacy_monitor.store.overview import Overview


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """How much waits for what. `moderation` is every statement by where it stands."""

    lengths: Mapping[str, int]
    moderation: Mapping[str, int]
    oldest_pending: datetime | None
    rejects: int


def queues(store: Store, loaded: Loaded, seen: Machinery) -> Queues:
    """Counts all of it; with millions of statements it takes a second or so."""
    condition, moderation = Condition.of(store), store.status_counts()
    newest = condition.last_item()
    done = {progress.enricher: progress.last_item_id for progress in Overview.of(store).enrichers()}
    behind = [newest - done.get(name, 0) for name in loaded.config.enrichers]
    _, flyers = condition.open_batches()
    oldest = Activity.of(store).oldest_pending()
    lengths = {
        "moderate": moderation.get("pending", 0),
        "second look": moderation.get("escalated", 0),
        "enrich": max(behind, default=0),
        "transcribe": flyers,
    }
    if seen.mail is not None:
        lengths["mail"] = seen.mail.mails
    return Queues(
        lengths=lengths,
        moderation=moderation,
        oldest_pending=datetime.fromisoformat(oldest) if oldest else None,
        rejects=condition.rejected(),
    )
