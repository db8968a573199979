"""What a page shows, as it stands in its address: filters by status, theme, place, consent, risk, day and words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Status

NONE = "-"
"""Stands in an address for 'not known' or 'none of these'."""

CONSENTS = ("quote", "send", "count", "none")
"""May be quoted; may be sent to a representative as well; may be counted and no more; nothing."""

ANY_RISK, PERSONAL_DATA, EDITED = "any", "personal_data", "edited"

_KEYS = {
    "status": "statuses",
    "theme": "themes",
    "source": "sources",
    "language": "languages",
    "area": "areas",
    "library": "libraries",
    "consent": "consents",
    "risk": "risks",
}
_LONGEST = 300
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which items are meant: of each field any of the values, and all fields together. Empty fields do not matter.

    Days are days in UTC, both included. `words` are searched for in the text, all of them; `counted` leaves only
    statements that count.
    """

    statuses: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    words: str = ""
    counted: bool = False

    @classmethod
    def read(cls, query: Iterable[tuple[str, str]]) -> Filters:
        """The filters in an address. Keys that are none of these are not looked at. Raises ConfigError."""
        many: dict[str, list[str]] = {}
        made: dict[str, Any] = {}
        for key, raw in query:
            value = raw.strip()
            if len(value) > _LONGEST:
                raise ConfigError(f"{key}: is longer than {_LONGEST} characters")
            if not value or key not in (*_KEYS, "since", "until", "q", "counted"):
                continue
            if key in _KEYS:
                many.setdefault(_KEYS[key], []).append(value)
            elif key in ("since", "until"):
                made[key] = _day(key, value)
            elif key == "q":
                made["words"] = value
            else:
                made["counted"] = value == "1"
        for field, values in many.items():
            if len(values) > _MOST:
                raise ConfigError(f"{field}: more than {_MOST} values")
            made[field] = tuple(dict.fromkeys(values))
        _known("status", many.get("statuses", ()), [str(status) for status in Status])
        _known("consent", many.get("consents", ()), CONSENTS)
        return cls(**made)

    def pairs(self) -> list[tuple[str, str]]:
        """The same as it stands in an address."""
        found = [(key, value) for key, field in _KEYS.items() for value in getattr(self, field)]
        found += [(key, day.isoformat()) for key, day in (("since", self.since), ("until", self.until)) if day]
        found += [("q", self.words)] if self.words else []
        return found + ([("counted", "1")] if self.counted else [])

    def without(self, key: str, value: str) -> Filters:
        """The same without one of its pairs."""
        return Filters.read(pair for pair in self.pairs() if pair != (key, value))

    @property
    def is_empty(self) -> bool:
        """Whether they let everything through."""
        return self == Filters()

    def but(self, **changed: Any) -> Filters:
        """The same with other values for some fields."""
        return replace(self, **changed)


FIELDS = tuple(field.name for field in fields(Filters))


def _day(key: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ConfigError(f"{key}: is no day such as 2026-11-22, found {value[:40]!r}") from None


def _known(key: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    for value in values:
        if value not in allowed:
            raise ConfigError(f"{key}: is none of {', '.join(allowed)}, found {value[:40]!r}")
