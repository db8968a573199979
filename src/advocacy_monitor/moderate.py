"""Stage 3: items into decisions. Decisions are append-only; where an item stands is a view over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Decision, Status, StoredItem
from advocacy_monitor.store import Store
from advocacy_monitor.store.annotations import Decided
from advocacy_monitor.store.wiping import PREFIX

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED, Status.ESCALATED}),
    Status.ESCALATED: frozenset({Status.APPROVED, Status.REJECTED, Status.PENDING}),
    Status.APPROVED: frozenset({Status.REJECTED, Status.ESCALATED, Status.PENDING}),
    Status.REJECTED: frozenset({Status.PENDING, Status.ESCALATED}),
}
"""From where an item may go where. A rejected item must be looked at anew before it can be approved."""

_NEED_A_REASON = frozenset({Status.REJECTED, Status.ESCALATED})
TAKEN_BACK = "taken back"
"""The reason of a decision that undoes another one."""
UNDO_WITHIN = timedelta(minutes=60)


class RuleError(ModerationError):
    """A decision that a rule forbids: which item and which rule, for whoever says it in another language.

    `rule` is 'missing', 'transition', 'reason', 'held' (`risks` say why), 'changed' (`by` is the decision since) or
    'later' (of an undo: the moderator's last decision is another one).
    """

    def __init__(
        self, item_id: int, rule: str, message: str, *, risks: Sequence[str] = (), by: Decision | None = None
    ) -> None:
        super().__init__(f"item {item_id}: {message}")
        self.item_id = item_id
        self.rule = rule
        self.risks = tuple(risks)
        self.by = by


def _risks(store: Store, item_id: int) -> list[str]:
    found = store.items.annotations(item_id, item_id, labels=["risk", "edited"]).get(item_id, [])
    return sorted({a.value if a.label == "risk" else "edited at the source" for a in found})


def _check(store: Store, item_id: int, status: Status, reason: str) -> None:
    now = store.items.statuses(item_id, item_id).get(item_id)
    if now is None:
        raise RuleError(item_id, "missing", "there is no such item")
    if status not in TRANSITIONS[now]:
        allowed = ", ".join(sorted(TRANSITIONS[now]))
        raise RuleError(item_id, "transition", f"is {now}, which cannot become {status}; it can become {allowed}")
    if status in _NEED_A_REASON and not reason.strip():
        raise RuleError(item_id, "reason", f"a reason is needed to make it {status}")
    if status is Status.APPROVED and not reason.strip() and (risks := _risks(store, item_id)):
        raise RuleError(
            item_id,
            "held",
            f"is held for a person to read ({', '.join(risks)}); approve it with a reason that says why it may be used",
            risks=risks,
        )


def _check_unchanged(store: Store, seen: Mapping[int, int]) -> None:
    """Nobody overwrites a decision that he has not seen."""
    newest = store.assertions.newest_decisions(list(seen))
    for item_id, decision_id in seen.items():
        found = newest.get(item_id)
        if found is not None and found[0] != decision_id:
            by = found[1]
            message = f"{by.moderator} has made it {by.status} at {by.decided_at:%H:%M} UTC, after you had opened it"
            raise RuleError(item_id, "changed", message, by=by)


def decide(
    store: Store,
    item_ids: Sequence[int],
    status: Status,
    *,
    moderator: str,
    reason: str = "",
    clock: Callable[[], datetime],
    seen: Mapping[int, int] | None = None,
) -> list[Decision]:
    """Decides about items, all or none. Raises ModerationError naming the item and the rule.

    Items held for a person (minors, health, religion, politics, homelessness, crisis: R7, or edited at the source)
    are approved only with a reason. `seen` are the newest decisions that the moderator knows of, by item (0 for none):
    where there is a newer one, nothing is decided.
    """
    if not moderator.strip():
        raise ModerationError("who decides? a decision needs the name of its moderator")
    unique = list(dict.fromkeys(item_ids))

    def check() -> None:
        _check_unchanged(store, {item_id: (seen or {})[item_id] for item_id in unique if item_id in (seen or {})})
        for item_id in unique:
            _check(store, item_id, status, reason)

    moment = clock()
    decisions = [
        Decision(item_id=item_id, status=status, moderator=moderator, reason=reason, decided_at=moment)
        for item_id in unique
    ]
    store.assertions.decide(decisions, check=check)
    return decisions


def take_back(
    store: Store, *, moderator: str, clock: Callable[[], datetime], last_id: int | None = None
) -> list[Decision]:
    """Undoes what somebody decided last, one item or many at once, by decisions that restore what was before.

    Where a rule forbids the way back, the item is pending: a rejected item cannot simply be approved again, nor one
    that is held for a person, since 'taken back' does not say why it may be used (R7). `last_id` is the newest decision
    that is meant. Raises ModerationError when there is nothing of the last hour, when that decision is not the last
    one, or when somebody has decided about one of the items since.
    """
    moment = clock()
    made: list[Decision] = []

    def check() -> None:
        last = store.assertions.last_decisions(moderator)
        if not last or moment - last[0].decision.decided_at > UNDO_WITHIN or last[0].decision.reason == TAKEN_BACK:
            raise ModerationError("there is nothing of yours from the last hour to take back")
        if last_id is not None and last[-1].id != last_id:
            raise RuleError(last[-1].decision.item_id, "later", "you have decided about it since, in another window")
        _check_unchanged(store, {each.decision.item_id: each.id for each in last})
        made.extend(_back(store, each, moment) for each in last)

    store.assertions.decide(made, check=check)
    return made


def _back(store: Store, last: Decided, moment: datetime) -> Decision:
    item_id, moderator = last.decision.item_id, last.decision.moderator
    is_held = last.before is Status.APPROVED and bool(_risks(store, item_id))
    may_go_back = last.before in TRANSITIONS[last.decision.status] and not is_held
    status = last.before if may_go_back else Status.PENDING
    return Decision(item_id=item_id, status=status, moderator=moderator, reason=TAKEN_BACK, decided_at=moment)


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
