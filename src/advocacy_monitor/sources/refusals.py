"""What a service's refusal means, in our words: wait and try again, or tell a person what to do.

Answers' bodies are never quoted as they came: they may hold posts, tokens and addresses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.retrying import seconds_to_wait

TOO_MANY_REQUESTS = 429
PASSING_STATUSES = frozenset({408, 425, TOO_MANY_REQUESTS})
_REMEDIES = {
    400: "did not understand the request",
    401: "does not accept the credentials; set valid ones",
    402: "asks for payment: credits or plan are used up; nothing is read until that is settled",
    403: "refuses access; are the permissions that docs/how-to names granted?",
    404: "has nothing at this address",
    410: "is gone",
}


def refused(
    status: int, headers: Mapping[str, str], *, now: datetime, remedies: Mapping[int, str] | None = None
) -> SourceError:
    """The error for an answer with a status of 300 or above.

    408, 425, 429 and 5xx may pass by themselves: RetryableSourceError, with the wait that the answer asks for. All
    others need a person: FatalSourceError with a remedy; `remedies` are a platform's own words by status.
    `headers` finds names in any case.
    """
    if status in PASSING_STATUSES or status >= 500:
        words = "limits requests (429)" if status == TOO_MANY_REQUESTS else f"is in trouble ({status})"
        wait = seconds_to_wait(headers, now=now)
        asked = "" if wait is None else f" and asks to wait {wait:.0f} s"
        return RetryableSourceError(words + asked, retry_after=wait)
    otherwise = "redirects elsewhere" if 300 <= status < 400 else "refuses the request"
    found = (remedies or {}).get(status) or _REMEDIES.get(status) or otherwise
    return FatalSourceError(f"{found} ({status})")


def in_words(
    error: BaseException, *, words: Sequence[tuple[type[Any], str]], passing: Mapping[Any, bool]
) -> SourceError:
    """An error of a library in our words. Never in its own: those hold addresses, tokens and answers.

    `words` are tried in their order; `passing` says of each class whether it may pass by itself, the nearest counts.
    """
    if _is_of_memory(error):
        return FatalSourceError("there is not enough memory for its answer")
    said = next((told for kind, told in words if isinstance(error, kind)), f"failed with {type(error).__name__}")
    may_pass = next((passing[kind] for kind in type(error).__mro__ if kind in passing), False)
    return RetryableSourceError(said) if may_pass else FatalSourceError(said)


def _is_of_memory(error: BaseException | None) -> bool:
    """Libraries hand a MemoryError on as one of theirs, as if the connection had failed."""
    while error is not None and not isinstance(error, MemoryError):
        error = error.__cause__ or error.__context__
    return error is not None


def no_json(kind: str) -> RetryableSourceError:
    """The error for an answer that is no JSON; `kind` is its Content-Type."""
    found = "a web page" if "html" in kind.lower() else "something that cannot be read"
    return RetryableSourceError(f"sent {found} where JSON was expected; is the service under repair?")
