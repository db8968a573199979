"""Moderation: the allowed transitions, reasons where they are needed, all or none."""

from __future__ import annotations

import itertools

import pytest

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Page, Status
from advocacy_monitor.moderate import TRANSITIONS, decide, queue
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post


def _fill(store: Store, count: int = 1) -> None:
    run = store.runs.start("t", "collect")
    store.add_page(run, Page(items=tuple(make_post(f"text {n}") for n in range(count))), collector="t")


_WAYS: dict[Status, list[Status]] = {
    Status.PENDING: [],
    Status.APPROVED: [Status.APPROVED],
    Status.REJECTED: [Status.REJECTED],
    Status.ESCALATED: [Status.ESCALATED],
}


@pytest.mark.parametrize(("start", "end"), list(itertools.product(Status, Status)))
def test_only_the_allowed_transitions_happen(store: Store, clock: Clock, start: Status, end: Status) -> None:
    _fill(store)
    for step in _WAYS[start]:
        decide(store, [1], step, moderator="Kim", reason="why", clock=clock)
    if end in TRANSITIONS[start]:
        decide(store, [1], end, moderator="Kim", reason="because", clock=clock)
        assert store.items.statuses(1, 1) == {1: end}
        last = store.assertions.history(1)[-1]
        assert (last.moderator, last.reason, last.status) == ("Kim", "because", end)
    else:
        with pytest.raises(ModerationError, match=f"item 1: is {start}, which cannot become {end}; it can become"):
            decide(store, [1], end, moderator="Kim", reason="because", clock=clock)
        assert store.items.statuses(1, 1) == {1: start}


def test_a_rejected_item_is_never_approved_at_once() -> None:
    assert Status.APPROVED not in TRANSITIONS[Status.REJECTED]


@pytest.mark.parametrize("status", [Status.REJECTED, Status.ESCALATED])
def test_some_decisions_need_a_reason(store: Store, clock: Clock, status: Status) -> None:
    _fill(store)
    with pytest.raises(ModerationError, match="item 1: a reason is needed"):
        decide(store, [1], status, moderator="Kim", reason=" ", clock=clock)


def test_protected_matters_need_a_person_who_says_why(store: Store, clock: Clock) -> None:
    _fill(store)
    store.assertions.add([Annotation(item_id=1, label="risk", value="health", by="personal_data@1")])
    with pytest.raises(ModerationError, match=r"held for a person to read \(health\)"):
        decide(store, [1], Status.APPROVED, moderator="Kim", clock=clock)
    decide(store, [1], Status.APPROVED, moderator="Kim", reason="the author asked for it", clock=clock)
    assert store.items.approvals(1, 1)[1][0] == "the author asked for it"


def test_decisions_are_all_or_none(store: Store, clock: Clock) -> None:
    _fill(store, 2)
    with pytest.raises(ModerationError, match="item 99: there is no such item"):
        decide(store, [1, 99, 2], Status.APPROVED, moderator="Kim", clock=clock)
    assert store.counts()["decisions"] == 0
    assert len(decide(store, [1, 2, 1], Status.APPROVED, moderator="Kim", clock=clock)) == 2


def test_a_decision_has_a_name(store: Store, clock: Clock) -> None:
    _fill(store)
    with pytest.raises(ModerationError, match="who decides"):
        decide(store, [1], Status.APPROVED, moderator="  ", clock=clock)


def test_the_queue_filters_by_status_and_theme(store: Store, clock: Clock) -> None:
    _fill(store, 4)
    store.assertions.add([Annotation(item_id=3, label="theme", value="staff_help", by="themes@1")])
    decide(store, [1], Status.APPROVED, moderator="Kim", clock=clock)
    assert [item.id for item, _, _ in queue(store)] == [2, 3, 4]
    assert [item.id for item, _, _ in queue(store, limit=1)] == [2]
    assert [item.id for item, _, _ in queue(store, theme="staff_help")] == [3]
    assert [item.id for item, _, _ in queue(store, status=None)] == [1, 2, 3, 4]
    assert [item.id for item, _, _ in queue(store, status=Status.REJECTED)] == []


def test_nobody_decides_between_the_check_and_the_decision(store: Store, clock: Clock) -> None:
    """The check runs inside the transaction that writes: a second moderator waits, then sees the first one's word."""
    _fill(store)
    seen: list[bool] = []

    def check() -> None:
        seen.append(store._db.conn.in_transaction)

    store.assertions.decide([], check=check)
    assert seen == [True]
