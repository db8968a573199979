"""Values that Facebook and Instagram write alike: times, hashtags in a text, addresses. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from advocacy_monitor.errors import BadRecordError, FatalSourceError

_HASHTAG = re.compile(r"(?<![\w&/#])#(\w*[^\W\d_]\w*)")
_ID = re.compile(r"[0-9A-Za-z_.:-]{1,200}")
_UNFIT = frozenset(' <>"\\^`{|}')
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


def graph_time(given: str | None, *, field: str) -> datetime:
    """A time in UTC. Graph writes +0000 without a colon. Raises BadRecordError that names the field."""
    if given is None:
        raise BadRecordError(f"has no {field}")
    try:
        time = datetime.fromisoformat(given)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BadRecordError(f"{field} is not a time such as 2026-11-01T09:30:00+0000") from error


def stamp(moment: datetime) -> str:
    """A mark for a cursor: a time in UTC, as text that sorts."""
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def unstamped(mark: str) -> datetime:
    """The time that a mark holds. Raises FatalSourceError."""
    try:
        return datetime.strptime(mark, _STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise FatalSourceError("the stored cursor holds no times; was the collector's source changed?") from error


def hashtags_in(text: str) -> list[str]:
    """Hashtags in small letters and without '#', in their order; a number alone is none."""
    return [tag.lower() for tag in _HASHTAG.findall(text)] if "#" in text else []


def web_address(url: str | None) -> str | None:
    """The address, if it is one that a page may link to."""
    if not url or not url.isprintable() or not _UNFIT.isdisjoint(url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("https", "http") and parts.hostname else None
    except ValueError:
        return None


def plain_id(given: str | None, *, field: str) -> str | None:
    """An id, or None when there is none. Raises BadRecordError, naming the field, when it holds what no id does."""
    if given and not _ID.fullmatch(given):
        raise BadRecordError(f"{field} is no id: {given[:40]!r}")
    return given or None
