"""Undo: a decision is taken back by another one, and never opens a way that the rules close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy_monitor.candidates import candidate, held
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Page, Status
from advocacy_monitor.moderate import RuleError, decide, take_back
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post


def _fill(store: Store, count: int = 3) -> None:
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=tuple(make_post() for _ in range(count))), collector="test")


def _statuses(store: Store, count: int = 3) -> list[str]:
    return [str(status) for _, status in sorted(store.items.statuses(1, count).items())]


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        (None, "approved", "pending"),
        (None, "rejected", "pending"),
        ("approved", "escalated", "approved"),
        ("approved", "pending", "approved"),
        ("approved", "rejected", "pending"),  # a rejected item is looked at anew
        ("escalated", "approved", "escalated"),
        ("rejected", "pending", "rejected"),
        ("rejected", "escalated", "rejected"),
    ],
)
def test_an_item_stands_where_it_stood(store: Store, clock: Clock, first: str | None, second: str, end: str) -> None:
    _fill(store, 1)
    if first:
        decide(store, [1], Status(first), moderator="Ana", reason="because", clock=clock)
    decide(store, [1], Status(second), moderator="Bo", reason="because", clock=clock)
    (made,) = take_back(store, moderator="Bo", clock=clock)
    assert (made.status, made.moderator, made.reason) == (Status(end), "Bo", "taken back")
    assert _statuses(store, 1) == [end]
    assert len(store.assertions.history(1)) == 2 + bool(first)  # nothing was removed


def test_all_of_a_bulk_is_taken_back_and_nothing_older(store: Store, clock: Clock) -> None:
    _fill(store)
    decide(store, [1], Status.REJECTED, moderator="Ana", reason="an advert", clock=clock)
    decide(store, [2, 3], Status.APPROVED, moderator="Ana", clock=clock)
    assert [each.decision.item_id for each in store.assertions.last_decisions("Ana")] == [2, 3]
    take_back(store, moderator="Ana", clock=clock)
    assert _statuses(store) == ["rejected", "pending", "pending"]
    with pytest.raises(ModerationError, match="nothing of yours"):
        take_back(store, moderator="Ana", clock=clock)


def test_taking_back_is_no_reason_to_use_what_is_held(store: Store, clock: Clock) -> None:
    """Approved before the risk was found, then escalated by mistake: the way back leads to the queue (R7)."""
    _fill(store, 1)
    decide(store, [1], Status.APPROVED, moderator="Ana", clock=clock)
    store.assertions.add([Annotation(item_id=1, label="risk", value="health", by="personal_data@1")])
    decide(store, [1], Status.ESCALATED, moderator="Ana", reason="the wrong one", clock=clock)
    (made,) = take_back(store, moderator="Ana", clock=clock)
    assert made.status is Status.PENDING
    found = candidate(store, 1)
    assert found is not None and held(found) and not found.cleared


def test_only_the_decision_that_was_meant_is_taken_back(store: Store, clock: Clock) -> None:
    _fill(store)
    decide(store, [1], Status.APPROVED, moderator="Ana", clock=clock)
    shown = store.assertions.last_decisions("Ana")[-1].id
    decide(store, [2], Status.APPROVED, moderator="Ana", clock=clock)
    with pytest.raises(RuleError, match="item 2: you have decided about it since"):
        take_back(store, moderator="Ana", clock=clock, last_id=shown)
    assert _statuses(store) == ["approved", "approved", "pending"]


def test_nothing_is_taken_back_where_one_item_was_decided_since_or_an_hour_went_by(store: Store, clock: Clock) -> None:
    _fill(store)
    decide(store, [1, 2], Status.APPROVED, moderator="Ana", clock=clock)
    decide(store, [2], Status.REJECTED, moderator="Bo", reason="an advert", clock=clock)
    with pytest.raises(RuleError, match=r"item 2: Bo has made it rejected at 12:0\d UTC"):
        take_back(store, moderator="Ana", clock=clock)
    assert _statuses(store) == ["approved", "rejected", "pending"]
    clock.now += timedelta(minutes=61)
    with pytest.raises(ModerationError, match="nothing of yours"):
        take_back(store, moderator="Bo", clock=clock)


def test_nobody_overwrites_a_decision_unseen(store: Store, clock: Clock) -> None:
    _fill(store)
    decide(store, [2], Status.REJECTED, moderator="Ana", reason="an advert", clock=clock)
    with pytest.raises(RuleError, match="item 2: Ana has made it rejected") as refused:
        decide(store, [1, 2], Status.ESCALATED, moderator="Bo", reason="who?", clock=clock, seen={1: 0, 2: 0})
    assert (refused.value.rule, refused.value.item_id) == ("changed", 2)
    assert _statuses(store) == ["pending", "rejected", "pending"]
    newest = store.assertions.newest_decisions([1, 2, 3])
    assert list(newest) == [2]
    decide(store, [2], Status.ESCALATED, moderator="Bo", reason="who?", clock=clock, seen={2: newest[2][0]})
    assert _statuses(store) == ["pending", "escalated", "pending"]
