"""How long a collector waits for a service that asks for patience: as long as it asks, within a budget for each run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import tenacity

from advocacy_monitor.errors import RetryableSourceError

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_LONGEST = 86_400.0
_RESETS = ("X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset")


class Patience:
    """Repeats requests that failed for a passing reason, and stops when the run has waited `max_wait_seconds`.

    One Patience serves all requests of a run, so its budget is the run's. It waits as long as the error says
    (`retry_after`, and a second for clocks that differ), else 2, 4, 8 ... 60 seconds and up to one more at random.
    A wait that would pass the budget is not begun: the error is raised at once. `sleep` waits a number of seconds;
    `say` is told what is waited for, and '' when it is over.
    """

    def __init__(
        self,
        *,
        max_wait_seconds: float,
        attempts: int,
        sleep: Callable[[float], object],
        say: Callable[[str], object] = lambda words: None,
    ) -> None:
        self._left = max_wait_seconds
        self._attempts = attempts
        self._sleep = sleep
        self._say = say
        self._backoff = tenacity.wait_exponential(multiplier=2, max=60) + tenacity.wait_random(0, 1)

    def call(self, request: Callable[[], _T], *, what: str, once: bool = False) -> _T:
        """The answer to a request. `what` names it in the log; `once` allows no second attempt.

        Raises RetryableSourceError when attempts or budget are used up, and every other error at once.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(RetryableSourceError),
            wait=self._wait,
            stop=lambda state: once or state.attempt_number >= self._attempts or state.upcoming_sleep > self._left,
            before_sleep=lambda state: self._announce(what, state),
            sleep=self._spend,
            reraise=True,
        )
        return retrying(request)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RetryableSourceError) and error.retry_after is not None:
            return max(error.retry_after, 0.0) + 1
        return self._backoff(state)

    def _announce(self, what: str, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        _log.warning(
            "%s: attempt %d of %d failed (%s); waiting %.0f s, %.0f s of patience left for this run",
            *(what, state.attempt_number, self._attempts, error, state.upcoming_sleep, self._left),
        )
        self._say(f"waits {state.upcoming_sleep:.0f} s for {what}: {error}")

    def _spend(self, seconds: float) -> None:
        self._left -= seconds
        self._sleep(seconds)
        self._say("")


def seconds_to_wait(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """The seconds that an answer asks to wait, from Retry-After or a reset time, or None when it does not say.

    Retry-After is a number of seconds or an HTTP date; the reset time (X-RateLimit-Reset, X-Rate-Limit-Reset of X,
    RateLimit-Reset of Bluesky) an ISO 8601 time (Mastodon) or seconds since 1970. Times are measured against the
    answer's own Date, where it has one, because clocks differ. The result is a day at most. `headers` finds names in
    any case, as those of requests do.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return min(float(asked), _LONGEST)
    resets = (headers.get(name, "").strip() for name in _RESETS)
    until = _http_date(asked) or next((found for given in resets if (found := _reset_time(given))), None)
    if until is None:
        return None
    seconds = (until - (_http_date(headers.get("Date", "")) or now)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST)


def _http_date(given: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(given))
    except (ValueError, IndexError, OverflowError, TypeError):
        return None


def _reset_time(given: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(given), UTC) if given.isdecimal() else _aware(datetime.fromisoformat(given))
    except (ValueError, OverflowError, OSError):
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
