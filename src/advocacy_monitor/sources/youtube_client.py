"""YouTube's Data API, asked with a key: records as bytes, its many refusals in our words, its units counted.

Every request costs a unit, refused ones too. The day of the quota ends at midnight in California.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import msgspec

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Usage
from advocacy_monitor.sources.refusals import no_json
from advocacy_monitor.sources.retrying import Patience, seconds_to_wait
from advocacy_monitor.sources.service import Answer, Service
from advocacy_monitor.sources.youtube_comment import PLAIN, UNREADABLE, Listed, id_of, listed

GOOGLE = "https://www.googleapis.com"
IDS_AT_ONCE = 50
"""Comments asked for by id in one request. Google's documents name no limit for comments; it is 50 for videos."""

_PATH = "/youtube/v3/"
_PACIFIC = timezone(timedelta(hours=-8))
"""Without summer time: in summer the day seems to end an hour late, which counts too much and never too little."""

_RESET = "it is given anew at midnight in California (07:00 UTC in summer, 08:00 in winter), and the next run goes on"
_QUOTA = {"quotaExceeded", "dailyLimitExceeded"}
_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_PASSING = {"backendError", "internalError", "processingFailure"}
_REASONS = {
    "commentsDisabled": "has its comments turned off",
    "videoNotFound": "is not there any more, or is private; is the id right?",
    "channelNotFound": "is not there; is the id right?",
    "commentThreadNotFound": "is not there any more",
    "commentNotFound": "is not there any more",
    "keyInvalid": "does not accept the api_key; copy it from the credentials page of your Google Cloud project",
    "API_KEY_INVALID": "does not accept the api_key; copy it from the credentials page of your Google Cloud project",
    "keyExpired": "says that the api_key has expired; make a new one",
    "accessNotConfigured": "is not turned on for the api_key's project: enable the YouTube Data API v3 there",
    "SERVICE_DISABLED": "is not turned on for the api_key's project: enable the YouTube Data API v3 there",
    "ipRefererBlocked": "does not accept the api_key from here; look at the key's restrictions",
    "API_KEY_IP_ADDRESS_BLOCKED": "does not accept the api_key from here; look at the key's restrictions",
    "API_KEY_HTTP_REFERRER_BLOCKED": "does not accept the api_key from here; look at the key's restrictions",
    "API_KEY_SERVICE_BLOCKED": "is not among the services that the api_key may use; look at the key's restrictions",
    "operationNotSupported": "cannot list this; name videos instead of the channel, or leave the search terms out",
}
_REMEDIES = {
    400: "did not understand the request; where a channel was asked for, name its videos instead",
    401: "does not accept the api_key",
    402: "asks for payment: is billing closed for the api_key's project?",
    403: "refuses access; it does not show every channel's comments to an api_key: name its videos instead",
    404: "has nothing there; are the ids of videos and channels right?",
}


class _Reason(msgspec.Struct):
    reason: str | None = None


class _Error(msgspec.Struct):
    errors: list[_Reason] = []
    details: list[_Reason] = []


class _Refusal(msgspec.Struct):
    error: _Error


@dataclass(slots=True, kw_only=True)
class Quota:
    """The units of a day. `before` were used by earlier runs; `limit` is what the key has."""

    limit: int
    before: float
    used: int = 0
    unreported: int = 0
    ended: FatalSourceError | None = None

    def take(self) -> None:
        """One unit for a request that will be made. Raises FatalSourceError when there is none."""
        if self.ended is None and self.before + self.used + 1 > self.limit:
            found = f"`units_per_day` ({self.limit}) is used up; {_RESET}"
            self.ended = FatalSourceError(found)
        if self.ended is not None:
            raise self.ended
        self.used += 1
        self.unreported += 1

    def usage(self) -> tuple[Usage, ...]:
        """What was used since this was asked the last time."""
        amount, self.unreported = self.unreported, 0
        return (Usage(source="youtube", unit="units", amount=amount),) if amount else ()


def quota_day(now: datetime) -> date:
    """The day of the quota, which begins at midnight in California."""
    return now.astimezone(_PACIFIC).date()


class YoutubeClient:
    """YouTube, and why it refused last. Close it after use. Methods raise RetryableSourceError or FatalSourceError."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str,
        timeout: float,
        clock: Callable[[], datetime],
        quota: Quota,
        patience: Patience,
    ) -> None:
        self.quota = quota
        self.reason = ""
        self._clock = clock
        self._patience = patience
        self._service = Service(
            base_url,
            timeout=timeout,
            clock=clock,
            headers={"X-Goog-Api-Key": api_key},
            remedies=_REMEDIES,
            explain=self._explain,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._service.close()

    def threads(self, where: Mapping[str, str], *, limit: int, page: str | None) -> Listed:
        """A page of comment threads, newest first. `where` names a videoId or an allThreadsRelatedToChannelId."""
        params = {"part": "snippet,replies", "order": "time", "maxResults": limit, "textFormat": PLAIN, **where}
        return self._list("commentThreads", params, page)

    def replies(self, comment_id: str, *, page: str | None) -> Listed:
        """A page of the replies to a comment."""
        params = {"part": "snippet", "parentId": comment_id, "maxResults": 100, "textFormat": PLAIN}
        return self._list("comments", params, page)

    def comments(self, ids: Sequence[str]) -> Listed:
        """Comments by their ids, at most IDS_AT_ONCE. Those that are gone are left out."""
        return self._list("comments", {"part": "snippet", "id": ",".join(ids), "textFormat": PLAIN}, None)

    def channel(self, handle: str) -> str:
        """The id of a channel with a handle such as @library."""
        found = self._list("channels", {"part": "id", "forHandle": handle}, None)
        known = id_of(found.records[0]) if found.records else None
        if known is None:
            raise FatalSourceError("has no channel with this handle")
        return known

    def _list(self, path: str, params: Mapping[str, Any], page: str | None) -> Listed:
        asked = {**params, **({"pageToken": page} if page else {})}
        return self._patience.call(lambda: self._ask(path, asked), what=f"YouTube, {path}")

    def _ask(self, path: str, params: Mapping[str, Any]) -> Listed:
        self.reason = ""
        self.quota.take()
        answer = self._service.get(_PATH + path, params)
        try:
            return listed(answer.body)
        except UNREADABLE:
            raise no_json(answer.headers.get("Content-Type", "")) from None

    def _explain(self, answer: Answer) -> SourceError | None:
        """What Google's reasons mean. Its messages are not passed on."""
        reasons = _reasons(answer.body)
        if reasons & _QUOTA:
            self.quota.ended = FatalSourceError(f"says that the day's quota is used up; {_RESET}")
            return self.quota.ended
        wait = seconds_to_wait(answer.headers, now=self._clock())
        if reasons & _TOO_FAST:
            return RetryableSourceError(f"limits requests ({answer.status})", retry_after=wait)
        if reasons & _PASSING:
            return RetryableSourceError(f"could not work on the request ({answer.status})", retry_after=wait)
        self.reason = next((reason for reason in _REASONS if reason in reasons), "")
        return FatalSourceError(f"{_REASONS[self.reason]} ({answer.status})") if self.reason else None


def _reasons(body: bytes) -> set[str]:
    try:
        error = msgspec.json.decode(body, type=_Refusal).error
    except UNREADABLE:
        return set()
    return {found.reason for found in (*error.errors, *error.details) if found.reason}
