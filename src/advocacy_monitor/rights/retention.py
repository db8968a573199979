"""Retention: what is older than config.yaml says is removed, after a look at what that would be.

How old a statement is counts from when it was collected, in months of the calendar. Where a platform's rules say so,
a post that nobody could look up any more goes earlier. What was quoted in a pack goes as well: the pack's log and its
counts stay. The daemon never removes more than a part of the campaign by itself: a clock that jumped, or a 2 that was
to be a 24, must not empty it.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import StoredItem
from advocacy_monitor.store import Store
from advocacy_monitor.store.retention import Due, Limits, TooOld

_ANSWER_WITHIN = timedelta(days=30)
_BY_ITSELF = 0.25
_FEW = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan:
    """What would be removed at a time. `packs` quote some of it; `total` is how many statements there are."""

    at: datetime
    found: TooOld
    packs: tuple[str, ...]
    total: int

    @property
    def statements(self) -> tuple[Due, ...]:
        """By rule, kind and source."""
        return self.found.statements

    @property
    def count(self) -> int:
        """How many statements, without reposts of them that are younger."""
        return len(self.found.item_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforced:
    """What was done. `statements` are with reposts that went along."""

    statements: int = 0
    rejects: int = 0
    contacts: int = 0
    held: int = 0

    @property
    def any(self) -> bool:
        """Whether anything was removed."""
        return bool(self.statements or self.rejects or self.contacts)

    def __str__(self) -> str:
        if not self.any and not self.held:
            return "nothing is older than it may be kept"
        parts = [
            f"{self.statements} statements",
            f"{self.rejects} records that could not be read",
            f"{self.contacts} entries with contact details without a statement",
        ]
        said = f"{', '.join(parts[:2])} and {parts[2]} were older than they are kept, and were removed"
        return said + (f"; {self.held} posts wait for their authors' answer" if self.held else "")


def limits(loaded: Loaded, at: datetime) -> Limits:
    """The moments before which things are too old at a time, as config.yaml says."""
    kept = loaded.config.retention
    kinds = {
        "post": months_before(at, kept.posts_months),
        "submission": months_before(at, kept.submissions_months),
    }
    return Limits(
        kinds=kinds,
        sources={source: months_before(at, months) for source, months in kept.sources_months.items()},
        unverified={source: _before(at, timedelta(days=days)) for source, days in kept.unverified_days.items()},
        unread=max(kinds.values()),  # nobody knows of which kind it is
        contacts=kinds["submission"],
        asked=_before(at, _ANSWER_WITHIN),
    )


def _before(moment: datetime, span: timedelta) -> datetime:
    """So much earlier, where the calendar goes back so far."""
    earliest = datetime.min.replace(tzinfo=moment.tzinfo)
    return moment - span if moment - earliest > span else earliest


def months_before(moment: datetime, months: int) -> datetime:
    """So many months of the calendar earlier (later, when negative); the last day of a month that is too short."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    if year < 1:
        return datetime.min.replace(tzinfo=moment.tzinfo)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def kept_until(loaded: Loaded, item: StoredItem) -> datetime:
    """When a statement will be too old."""
    kept = loaded.config.retention
    of_kind = kept.posts_months if item.kind == "post" else kept.submissions_months
    return months_before(item.collected_at, -kept.sources_months.get(item.source, of_kind))


def plan(store: Store, loaded: Loaded, *, at: datetime | None = None) -> Plan:
    """What is too old now, or would be at a time; nothing is changed. Raises StoreError."""
    at = at or store.now()
    found = store.retention.too_old(limits(loaded, at))
    return Plan(
        at=at, found=found, packs=tuple(store.retention.packs_quoting(found.item_ids)), total=store.retention.total()
    )


def enforce(
    store: Store, loaded: Loaded, *, confirmed: int | None = None, stop: Callable[[], bool] = lambda: False
) -> Enforced:
    """Removes what is too old. `confirmed` is how many statements somebody has seen and agreed to.

    Without that number, as in the daemon, at most a quarter of all statements is removed at once (or a hundred).
    Raises ModerationError when it would be more, or another number than was confirmed, and StoreError.
    """
    planned = plan(store, loaded)
    _check(planned, confirmed)
    if not planned.found.any:
        return Enforced(held=len(planned.found.held))
    removed = store.retention.remove(planned.found, stop=stop)
    store.verifications.settle()
    return Enforced(
        statements=removed,
        rejects=len(planned.found.rejects),
        contacts=len(planned.found.contacts),
        held=len(planned.found.held),
    )


def _check(planned: Plan, confirmed: int | None) -> None:
    count = planned.count
    if confirmed is not None and confirmed != count:
        raise ModerationError(f"the number of statements is {count}, and {confirmed} was typed; nothing was removed")
    if confirmed is None and count > max(_FEW, planned.total * _BY_ITSELF):
        raise ModerationError(
            f"{count} of {planned.total} statements are older than config.yaml keeps them, and so many are not removed "
            "without a person; look at them with `advocacy-monitor retention`, check `retention:` and this computer's "
            f"clock, then run `advocacy-monitor retention --apply --confirm {count}`"
        )
