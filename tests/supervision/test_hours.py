"""Hours on the wall clock: nothing is left out in spring, nothing comes twice in autumn, in any zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.supervision.hours import Hours, hours_of

BERLIN = "Europe/Berlin"
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def _fires(trigger: Hours, start: datetime, end: datetime) -> Iterator[datetime]:
    """What APScheduler would do: each moment is found from the one before, and fires on time."""
    moment = trigger.get_next_fire_time(None, start)
    while moment is not None and moment.astimezone(UTC) < end:
        yield moment
        moment = trigger.get_next_fire_time(moment, moment)


def _of_day(expression: str, day: date, *, minute: int = 0, zone: str = BERLIN) -> list[str]:
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    next_day = day + timedelta(days=1)
    end = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = _fires(Hours(expression, minute=minute, zone=zone), start, end)
    return [f"{moment:%H:%M%z}" for moment in found]


def test_an_hour_that_does_not_exist_is_made_up() -> None:
    assert _of_day("2", SPRING, minute=10) == ["03:10+0200"]
    assert _of_day("2,3", SPRING) == ["03:00+0200"], "the same moment is one run"
    assert _of_day("*/6", SPRING) == ["00:00+0100", "06:00+0200", "12:00+0200", "18:00+0200"]
    assert len(_of_day("*", SPRING)) == 23


def test_an_hour_that_comes_twice_counts_once_but_for_what_is_hourly() -> None:
    assert _of_day("2", AUTUMN, minute=10) == ["02:10+0200"]
    assert _of_day("*/2", AUTUMN)[:3] == ["00:00+0200", "02:00+0200", "04:00+0100"]
    assert _of_day("*/6", AUTUMN) == ["00:00+0200", "06:00+0100", "12:00+0100", "18:00+0100"]
    assert _of_day("*", AUTUMN)[1:5] == ["01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]
    assert len(_of_day("*", AUTUMN)) == 25


def test_what_apscheduler_s_own_trigger_does_is_why_there_is_another() -> None:
    """If this fails, a newer APScheduler may make `Hours` needless."""
    own = CronTrigger(hour="2", minute=10, timezone=BERLIN)
    night = datetime(2027, 3, 28, tzinfo=ZoneInfo(BERLIN))
    assert own.get_next_fire_time(None, night).isoformat() != "2027-03-28T03:10:00+02:00"


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/Havana", date(2026, 3, 8), ["01:00-0400"]),  # midnight itself is left out
        ("Australia/Lord_Howe", date(2026, 10, 4), ["00:00+1030"]),
        ("Pacific/Apia", date(2011, 12, 31), ["00:00+1400"]),  # the day before did not exist
        ("Asia/Kolkata", date(2026, 3, 29), ["00:00+0530"]),
    ],
)
def test_midnight_in_zones_that_are_special(zone: str, day: date, expected: list[str]) -> None:
    assert _of_day("0", day, zone=zone) == expected


def test_half_an_hour_of_change() -> None:
    assert _of_day("2", date(2026, 10, 4), minute=15, zone="Australia/Lord_Howe") == ["02:45+1100"]
    assert _of_day("1", date(2026, 4, 5), minute=45, zone="Australia/Lord_Howe") == ["01:45+1100"]


_ZONES = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Havana", "UTC"]
_EXPRESSIONS = ["*", "2", "*/6", "8-20/2", "7,19", "0,1,2,3", "23", "1-4"]


@given(
    zone=st.sampled_from(_ZONES),
    expression=st.sampled_from(_EXPRESSIONS),
    minute=st.integers(0, 59),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
)
def test_each_day_has_as_many_runs_as_hours(zone: str, expression: str, minute: int, day: date) -> None:
    """In eight days: never two runs within half an hour, and at most the change of one clock more or fewer."""
    start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    moments = list(_fires(Hours(expression, minute=minute, zone=zone), start, start + timedelta(days=8)))
    hours = hours_of(expression)
    assert abs(len(moments) - 8 * len(hours)) <= 1
    utc = [moment.astimezone(UTC) for moment in moments]
    assert all(later - earlier >= timedelta(minutes=30) for earlier, later in pairwise(utc))
    longest = max((b - a) % 24 or 24 for a, b in zip(sorted(hours), [*sorted(hours)[1:], min(hours)], strict=True))
    assert all(later - earlier <= timedelta(hours=longest + 1) for earlier, later in pairwise(utc))
    assert {(moment.hour - 1) % 24 for moment in moments} <= hours | {(hour - 1) % 24 for hour in hours}


def test_a_delay_at_random_neither_leaves_out_nor_doubles_a_run() -> None:
    trigger = Hours("*", minute=0, zone=BERLIN, jitter=59 * 60)
    start = datetime(2026, 10, 24, tzinfo=UTC)
    moments = [moment.astimezone(UTC) for moment in _fires(trigger, start, start + timedelta(days=3))]
    assert [moment.replace(minute=0, second=0, microsecond=0) for moment in moments] == [
        start + timedelta(hours=hour) for hour in range(72)
    ]


def test_a_clock_that_was_set_back_finds_the_present() -> None:
    trigger = Hours("2", minute=0, zone="UTC")
    tomorrow, now = datetime(2026, 11, 3, 2, tzinfo=UTC), datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert trigger.get_next_fire_time(tomorrow, now) == datetime(2026, 11, 1, 2, tzinfo=UTC)


def test_triggers_of_the_same_hours_are_the_same() -> None:
    assert Hours("0,12", minute=5, zone="UTC") == Hours("*/12", minute=5, zone="UTC")
    assert Hours("0", minute=5, zone="UTC") != Hours("0", minute=5, zone=BERLIN)
    assert len({Hours("0", minute=5, zone="UTC"), Hours("0", minute=5, zone="UTC")}) == 1
    assert "'*/12'" in repr(Hours("*/12", minute=5, zone="UTC"))


def test_what_is_no_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="25"):
        hours_of("25")
    assert hours_of("8-20/4") == {8, 12, 16, 20}
