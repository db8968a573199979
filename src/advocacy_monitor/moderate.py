"""Stage 3: items into decisions. Decisions are append-only; where an item stands is a view over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Decision, Status, StoredItem
from advocacy_monitor.store import Store
from advocacy_monitor.store.wiping import PREFIX

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED, Status.ESCALATED}),
    Status.ESCALATED: frozenset({Status.APPROVED, Status.REJECTED, Status.PENDING}),
    Status.APPROVED: frozenset({Status.REJECTED, Status.ESCALATED, Status.PENDING}),
    Status.REJECTED: frozenset({Status.PENDING, Status.ESCALATED}),
}
"""From where an item may go where. A rejected item must be looked at anew before it can be approved."""

_NEED_A_REASON = frozenset({Status.REJECTED, Status.ESCALATED})


def _risks(store: Store, item_id: int) -> list[str]:
    found = store.items.annotations(item_id, item_id, labels=["risk", "edited"]).get(item_id, [])
    return sorted({a.value if a.label == "risk" else "edited at the source" for a in found})


def _check(store: Store, item_id: int, status: Status, reason: str) -> None:
    now = store.items.statuses(item_id, item_id).get(item_id)
    if now is None:
        raise ModerationError(f"item {item_id}: there is no such item")
    if status not in TRANSITIONS[now]:
        allowed = ", ".join(sorted(TRANSITIONS[now]))
        raise ModerationError(f"item {item_id}: is {now}, which cannot become {status}; it can become {allowed}")
    if status in _NEED_A_REASON and not reason.strip():
        raise ModerationError(f"item {item_id}: a reason is needed to make it {status}")
    if status is Status.APPROVED and not reason.strip() and (risks := _risks(store, item_id)):
        raise ModerationError(
            f"item {item_id}: is held for a person to read ({', '.join(risks)}); "
            "approve it with a reason that says why it may be used"
        )


def decide(
    store: Store,
    item_ids: Sequence[int],
    status: Status,
    *,
    moderator: str,
    reason: str = "",
    clock: Callable[[], datetime],
) -> list[Decision]:
    """Decides about items, all or none. Raises ModerationError naming the item and the rule.

    Items held for a person (minors, health, religion, politics, homelessness, crisis: R7, or edited at the source)
    are approved only with a reason.
    """
    if not moderator.strip():
        raise ModerationError("who decides? a decision needs the name of its moderator")
    unique = list(dict.fromkeys(item_ids))

    def check() -> None:
        for item_id in unique:
            _check(store, item_id, status, reason)

    decisions = [
        Decision(item_id=item_id, status=status, moderator=moderator, reason=reason, decided_at=clock())
        for item_id in unique
    ]
    store.assertions.decide(decisions, check=check)
    return decisions


def queue(
    store: Store, *, status: Status | None = Status.PENDING, theme: str | None = None, limit: int = 50
) -> list[tuple[StoredItem, Status, list[Annotation]]]:
    """Items that stand at `status`, oldest first, with their current annotations."""
    found: list[tuple[StoredItem, Status, list[Annotation]]] = []
    for batch in store.items.each(batch=500):
        statuses = store.items.statuses(batch[0].id, batch[-1].id)
        annotations = store.items.annotations(batch[0].id, batch[-1].id)
        for item in batch:
            facts = annotations.get(item.id, [])
            if status is not None and statuses[item.id] is not status:
                continue
            if item.source_id.startswith(PREFIX):
                continue
            if theme and not any(a.label == "theme" and a.value == theme for a in facts):
                continue
            found.append((item, statuses[item.id], facts))
            if len(found) == limit:
                return found
    return found
