"""What Meta's Graph API means by its error codes, in our words: wait, renew the token, grant a permission, it is gone.

Codes: https://developers.facebook.com/docs/graph-api/guides/error-handling/ and .../overview/rate-limiting/. The
answer's own message is never passed on. Names of permissions are looked for in it, and only names known here are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError

_HOUR, _DAY = 3600.0, 86_400.0
_LIMITS = {
    4: "the app has made too many requests",
    17: "too many requests were made for the account of the access_token",
    32: "too many requests were made for this Page",
    341: "the app has reached a limit",
    613: "too many requests of this kind were made",
}
_BUSINESS_LIMITS = range(80_000, 80_015)
_PASSING = {-1, 1, 2}
_TOKEN = {102, 190, 459, 460, 463, 464, 467, 492}
_PERMISSION = {3, 10, *range(200, 300)}
_MISSING = {24, 803}
_NO_SUCH_OBJECT = (100, 33)
_TOKEN_SUBCODES = {
    458: "the person has removed the app",
    459: "the person must log in at facebook.com and answer what is asked there",
    460: "the person has changed the password",
    463: "it has expired",
    464: "the person must confirm the account at facebook.com",
    467: "it is not valid any more",
    492: "the person has no role on the Page any more",
}
_NAMES = (
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_show_list",
    "pages_manage_metadata",
    "instagram_basic",
    "instagram_manage_comments",
    "business_management",
    "ads_management",
    "ads_read",
    "Page Public Content Access",
    "Pages Public Content Access",
    "Page Public Metadata Access",
    "Instagram Public Content Access",
)
_SECRET_PROOF = re.compile(r"app\s?secret[\s_]proof", re.IGNORECASE)
_TRACE = re.compile(r"[A-Za-z0-9+/_-]{1,40}")


class LimitError(RetryableSourceError):
    """A limit of requests is reached: asking on would only make the wait longer."""


class TokenError(FatalSourceError):
    """The token is not accepted, or the app is blocked: nothing else can be asked with it either."""


class AccessError(FatalSourceError):
    """A permission is missing for what was asked."""


class MissingError(FatalSourceError):
    """The object does not exist, or is not shown to this token: Graph does not say which of the two."""


class _Error(msgspec.Struct):
    message: str | None = None
    code: int | None = None
    error_subcode: int | None = None
    is_transient: bool | None = None
    fbtrace_id: str | None = None


class _Body(msgspec.Struct):
    error: _Error | None = None


class _Use(msgspec.Struct):
    estimated_time_to_regain_access: float | None = None


def graph_error(body: bytes, headers: Mapping[str, str]) -> SourceError | None:
    """The error in an answer's body, or None when it holds none that can be read.

    `headers` find names in any case; X-Business-Use-Case-Usage says how long a limit lasts, in minutes.
    """
    try:
        error = msgspec.json.decode(body, type=_Body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if error is None or error.code is None:
        return None
    return _explained(error, error.code, headers)


def _explained(error: _Error, code: int, headers: Mapping[str, str]) -> SourceError:
    shown = _shown(error)
    if code in _LIMITS or code in _BUSINESS_LIMITS:
        wait = _regained_after(headers)
        words = _LIMITS.get(code, "too many requests were made for this Page or account")
        return LimitError(f"limits requests: {words}; try again in {wait / 60:.0f} min {shown}", retry_after=wait)
    if code in _PASSING or error.is_transient:
        return RetryableSourceError(f"is in trouble, or was asked for too much at once {shown}")
    if code in _TOKEN:
        why = _TOKEN_SUBCODES.get(error.error_subcode or code, "it is wrong, has expired or was revoked")
        return TokenError(f"does not accept the access_token: {why}; make a new one {shown}")
    if (code, error.error_subcode) == _NO_SUCH_OBJECT or code in _MISSING:
        return MissingError(f"has no such object, or does not show it to this access_token {shown}")
    return _refused(error, code, shown)


def _refused(error: _Error, code: int, shown: str) -> SourceError:
    message = error.message or ""
    if _SECRET_PROOF.search(message):
        return TokenError(f"asks for a proof of the app's secret: set app_secret {shown}")
    named = [name for name in _NAMES if name.casefold() in message.casefold()]
    if named:
        return AccessError(f"refuses access; it names {', '.join(named)}: is that granted to the app? {shown}")
    if code in _PERMISSION:
        return AccessError(f"refuses access: a permission that docs/how-to names is missing {shown}")
    if code == 368:
        return TokenError(f"has blocked the app or account for a time: look at its messages from Meta {shown}")
    if code == 100:
        return FatalSourceError(f"does not know a name or field that it was asked for; is `version` too old? {shown}")
    return FatalSourceError(f"refuses the request {shown}")


def _shown(error: _Error) -> str:
    """The numbers that Meta's support asks for."""
    parts = [f"code {error.code}"]
    if error.error_subcode is not None:
        parts.append(f"subcode {error.error_subcode}")
    if error.fbtrace_id and _TRACE.fullmatch(error.fbtrace_id):
        parts.append(f"trace {error.fbtrace_id}")
    return f"({', '.join(parts)})"


def _regained_after(headers: Mapping[str, str]) -> float:
    """Seconds until requests are taken again: as the header says, else an hour, over which Graph counts."""
    given = headers.get("X-Business-Use-Case-Usage", "")
    try:
        uses = msgspec.json.decode(given, type=dict[str, list[_Use]])
    except (msgspec.MsgspecError, RecursionError):
        return _HOUR
    minutes = max((use.estimated_time_to_regain_access or 0 for found in uses.values() for use in found), default=0)
    return min(minutes * 60, _DAY) if minutes > 0 else _HOUR
