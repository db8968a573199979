"""Patience: waits as long as it is asked to, within the run's budget, and not a second more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from requests.structures import CaseInsensitiveDict

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.sources.retrying import Patience, seconds_to_wait

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def failing(*failures: Exception) -> Callable[[], str]:
    left = list(failures)

    def request() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    return request


def passing_fault(retry_after: float | None = None) -> RetryableSourceError:
    return RetryableSourceError("is in trouble", retry_after=retry_after)


def test_it_waits_as_long_as_it_is_asked_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    slept: list[float] = []
    patience = Patience(max_wait_seconds=100, attempts=3, sleep=slept.append)
    with caplog.at_level(logging.WARNING):
        assert patience.call(failing(passing_fault(30), passing_fault(10)), what="a server") == "answer"
    assert slept == [31, 11]
    assert "a server: attempt 1 of 3 failed (is in trouble); waiting 31 s, 100 s of patience left" in caplog.text


def test_without_being_told_it_waits_longer_each_time() -> None:
    slept: list[float] = []
    patience = Patience(max_wait_seconds=1000, attempts=5, sleep=slept.append)
    assert patience.call(failing(*[passing_fault()] * 4), what="a server") == "answer"
    assert all(low <= found <= low + 1 for low, found in zip((2, 4, 8, 16), slept, strict=True))


def test_a_wait_beyond_the_budget_is_not_begun_and_the_error_says_how_long_it_would_be() -> None:
    slept: list[float] = []
    patience = Patience(max_wait_seconds=100, attempts=9, sleep=slept.append)
    with pytest.raises(RetryableSourceError) as caught:
        patience.call(failing(passing_fault(300)), what="a server")
    assert (slept, caught.value.retry_after) == ([], 300)


def test_the_budget_is_the_run_s_not_the_request_s() -> None:
    slept: list[float] = []
    patience = Patience(max_wait_seconds=100, attempts=9, sleep=slept.append)
    assert patience.call(failing(passing_fault(60)), what="first") == "answer"
    with pytest.raises(RetryableSourceError):
        patience.call(failing(passing_fault(60)), what="second")
    assert slept == [61]


def test_attempts_end_and_what_waiting_cannot_mend_is_raised_at_once() -> None:
    slept: list[float] = []
    patience = Patience(max_wait_seconds=1000, attempts=3, sleep=slept.append)
    with pytest.raises(RetryableSourceError):
        patience.call(failing(*[passing_fault(1)] * 3), what="a server")
    assert slept == [2, 2]
    with pytest.raises(FatalSourceError):
        patience.call(failing(FatalSourceError("no")), what="a server")
    with pytest.raises(RetryableSourceError):
        patience.call(failing(passing_fault(1)), what="a server", once=True)
    assert slept == [2, 2]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120),
        ({"retry-after": "Mon, 02 Nov 2026 12:01:00 GMT"}, 60),
        ({"X-RateLimit-Reset": "2026-11-02T12:05:00.916474Z"}, 300.916474),
        ({"X-RateLimit-Reset": "2026-11-02T12:05:00"}, 300),
        ({"X-RateLimit-Reset": "1793621100"}, 300),
        ({"X-RateLimit-Reset": "2026-11-02T11:00:00Z"}, 0),
        ({"X-RateLimit-Reset": "2026-11-02T13:05:00Z", "Date": "Mon, 02 Nov 2026 13:04:00 GMT"}, 60),
        ({"Retry-After": "5", "X-RateLimit-Reset": "2026-11-02T12:05:00Z"}, 5),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "later", "Date": "today"}, None),
        ({"X-RateLimit-Reset": "9" * 400}, None),
        ({"Retry-After": "9" * 400}, 86400),
        ({"X-RateLimit-Reset": "9999-12-31T23:59:59Z"}, 86400),
    ],
)
def test_how_long_an_answer_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(CaseInsensitiveDict(headers), now=NOW) == seconds


@pytest.mark.parametrize(
    "asked",
    ["Mon, 01 Jan 2026 00:00:00 +99999999999999", f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", "Mon, 01 Jan 0000 99"],
)
def test_a_hostile_date_is_no_wait_and_no_error(asked: str) -> None:
    for headers in ({"Retry-After": asked}, {"X-RateLimit-Reset": "1793534460", "Date": asked}):
        found = seconds_to_wait(headers, now=datetime(2026, 11, 1, tzinfo=UTC))
        assert found is None or 0 <= found <= 86_400
