"""The log of deliveries and follow-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Delivery
from advocacy_monitor.store import Store
from tests.exporters.sample_packs import english_pack


@pytest.fixture
def packs(store: Store) -> Store:
    """Two packs without exhibits: no item needs to be stored for them."""
    pack = replace(english_pack(), exhibits=(), query={})
    store.packs.add(replace(pack, number="202611-aaaa1111", digest="a"))
    store.packs.add(replace(pack, number="202611-bbbb2222", digest="b"))
    return store


def _sent(store: Store, number: str = "202611-aaaa1111", **given: Any) -> Delivery:
    values: dict[str, Any] = {"recipient": "ann-lee", "sent_on": store.now().date(), "sent_by": "Kim", "how": "mail"}
    return store.deliveries.add(pack_number=number, **(values | {"note": " by courier "} | given))


def test_who_got_what_is_found_by_pack_and_by_recipient(packs: Store) -> None:
    first = _sent(packs, sent_on=date(2026, 1, 5))
    second = _sent(packs, "202611-bbbb2222", recipient="bo", how="in person", sent_on=date(2026, 1, 7))
    assert first.note == "by courier"
    assert first.noted_at < second.noted_at < packs.now()
    assert packs.deliveries.all() == [second, first]
    assert packs.deliveries.of_pack("202611-aaaa1111") == [first]
    assert packs.deliveries.of_recipient("bo") == [second]
    assert packs.deliveries.get(first.id) == first


def test_an_unknown_pack_is_refused_and_near_ones_are_named(packs: Store) -> None:
    with pytest.raises(ConfigError, match="no pack has the number '202611-aaaa1112'; near ones are: 202611-aaaa1111"):
        _sent(packs, "202611-aaaa1112")
    with pytest.raises(ConfigError, match="the newest are: 202611-"):
        _sent(packs, "x")
    assert packs.deliveries.all() == []


def test_before_the_first_pack_nothing_can_be_sent(store: Store) -> None:
    with pytest.raises(ConfigError, match="no pack was made yet"):
        _sent(store, "x")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"how": "pigeon"}, "found 'pigeon', allowed are mail, post, in person, other"),
        ({"sent_by": " "}, "empty: sent_by"),
        ({"recipient": ""}, "empty: recipient"),
        ({"sent_on": date(2999, 1, 1)}, "2999-01-01 is still to come"),
    ],
)
def test_what_cannot_be_is_refused(packs: Store, given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        _sent(packs, **given)
    assert packs.deliveries.all() == []


def test_follow_ups_wait_until_they_are_done_overdue_first(packs: Store) -> None:
    delivery = _sent(packs)
    log = packs.deliveries
    some_day = log.add_follow_up(delivery.id, note="thank them", who="Kim")
    later = log.add_follow_up(delivery.id, note="ask for a visit", who="Kim", due_on=date(2026, 12, 1))
    soon = log.add_follow_up(delivery.id, note="ring the office", who="Lou", due_on=date(2026, 11, 1))
    waiting = log.waiting(date(2026, 11, 2))
    assert [(each.follow_up, each.is_overdue) for each in waiting] == [(soon, True), (later, False), (some_day, False)]
    assert all(each.delivery == delivery for each in waiting)
    assert not log.waiting(date(2026, 11, 1))[0].is_overdue  # on the day itself there is still time
    done = log.done(soon.id)
    assert done == replace(soon, done_at=done.done_at)
    assert done.done_at is not None
    assert soon.noted_at < done.done_at < packs.now()
    assert [each.follow_up for each in log.waiting(date(2026, 11, 2))] == [later, some_day]
    assert log.follow_ups(delivery.id) == [some_day, later, done]
    with pytest.raises(ConfigError, match="was done on"):
        log.done(soon.id)


def test_follow_ups_of_nothing_are_refused(packs: Store) -> None:
    delivery = _sent(packs)
    with pytest.raises(ConfigError, match="there is no delivery 99"):
        packs.deliveries.add_follow_up(99, note="x", who="Kim")
    with pytest.raises(ConfigError, match="there is no follow-up 99"):
        packs.deliveries.done(99)
    with pytest.raises(ConfigError, match="needs a note"):
        packs.deliveries.add_follow_up(delivery.id, note=" ", who="Kim")


def test_the_log_can_be_read_from_a_database_that_is_open_for_reading(packs: Store) -> None:
    sent = _sent(packs)
    with Store.open_read_only(packs.path) as reader:
        assert reader.deliveries.all() == [sent]
        assert reader.deliveries.packs_holding_item(1) == []
