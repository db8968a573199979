"""Limits by address: wide, exact, forgetful, bounded; and whose address it is behind proxies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.web import limits as module
from advocacy_monitor.web.limits import RATES, Limits, Rate, client_address


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def limits(clock: _Clock) -> Limits:
    return Limits(clock, rates={"send": Rate(3, 10), "code": Rate(2, 30)})


def test_some_at_once_then_one_at_a_time(limits: Limits, clock: _Clock) -> None:
    assert [limits.allow("192.0.2.1", "send") for _ in range(4)] == [0, 0, 0, 10]
    clock.wait(4)
    assert limits.allow("192.0.2.1", "send") == 6
    clock.wait(6)
    assert [limits.allow("192.0.2.1", "send") for _ in range(2)] == [0, 10]
    clock.wait(30)
    assert [limits.allow("192.0.2.1", "send") for _ in range(4)] == [0, 0, 0, 10]


def test_addresses_and_kinds_do_not_hinder_each_other(limits: Limits) -> None:
    for _ in range(3):
        assert limits.allow("192.0.2.1", "send") == 0
    assert limits.allow("192.0.2.2", "send") == 0
    assert limits.allow("192.0.2.1", "code") == 0
    assert limits.allow("192.0.2.1", "send") > 0


def test_looking_does_not_count(limits: Limits) -> None:
    assert [limits.wait("192.0.2.1", "code") for _ in range(9)] == [0] * 9
    assert [limits.allow("192.0.2.1", "code") for _ in range(2)] == [0, 0]
    assert limits.wait("192.0.2.1", "code") == 30


def test_a_household_of_ipv6_is_one_address(limits: Limits) -> None:
    for number in range(3):
        assert limits.allow(f"2001:db8:1:2::{number}", "send") == 0
    assert limits.allow("2001:db8:1:2:ffff::9", "send") > 0
    assert limits.allow("2001:db8:1:3::1", "send") == 0
    assert limits.allow("::ffff:192.0.2.9", "send") == limits.allow("192.0.2.9", "send") == 0
    assert limits.allow("192.0.2.9", "send") == 0
    assert limits.allow("::ffff:192.0.2.9", "send") > 0


def test_memory_has_an_end(clock: _Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ADDRESSES", 100)
    limits = Limits(clock)
    for number in range(1000):
        limits.allow(f"2001:db8:{number:x}::1", "send")
    assert len(limits) <= 100
    clock.wait(3600)
    limits.allow("192.0.2.1", "send")
    assert len(limits) == 1


def test_a_clock_that_is_set_back_shuts_nobody_out(limits: Limits, clock: _Clock) -> None:
    for _ in range(3):
        limits.allow("192.0.2.1", "send")
    clock.wait(-86_400)
    assert limits.allow("192.0.2.1", "send") <= 10


def test_nothing_tells_an_address(limits: Limits) -> None:
    limits.allow("192.0.2.1", "send")
    assert b"192" not in b"".join(limits._free_at)
    assert not set(limits._free_at) & set(Limits(_Clock())._free_at)


@given(st.lists(st.floats(0, 60), max_size=60))
def test_no_more_than_the_rate_however_the_requests_fall(pauses: list[float]) -> None:
    clock = _Clock()
    limits = Limits(clock, rates={"send": Rate(3, 10)})
    start, through = clock.now, 0
    for pause in pauses:
        clock.wait(pause)
        through += limits.allow("192.0.2.1", "send") == 0
        assert through <= 3 + (clock.now - start).total_seconds() / 10 + 1e-6


def test_a_class_of_pupils_gets_through() -> None:
    limits = Limits(_Clock())
    assert [limits.allow("192.0.2.1", "send") for _ in range(35)] == [0] * 35
    assert RATES["send"].at_once > RATES["many"].at_once  # what is unusual is marked before anything is refused


PROXIES = ("127.0.0.1", "10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["192.0.2.1"], "203.0.113.5"),  # whoever writes the header himself is not believed
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7, 192.0.2.1"], "192.0.2.1"),  # what came before the proxy anybody can have written
        ("127.0.0.1", ["198.51.100.7", "192.0.2.1, 10.1.2.3"], "192.0.2.1"),
        ("127.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("127.0.0.1", ["192.0.2.1:4711"], "192.0.2.1"),
        ("127.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::ffff:127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1, <script>"], "127.0.0.1"),
        ("127.0.0.1", ["," * 5000], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        (None, ["192.0.2.1"], ""),
    ],
)
def test_who_asks(peer: str | None, forwarded: list[str], expected: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == expected


@given(st.lists(st.text(max_size=50), max_size=5))
def test_any_header_is_survived(forwarded: list[str]) -> None:
    found = client_address("127.0.0.1", forwarded, PROXIES)
    assert Limits(_Clock()).allow(found, "page") == 0
    assert client_address("203.0.113.5", forwarded, PROXIES) == "203.0.113.5"
