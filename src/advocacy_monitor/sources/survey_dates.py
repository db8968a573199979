"""Dates as survey services and people write them, read one way throughout a column.

`03/04/2020` alone does not tell whether it is March or April. A setting decides; else the rest of the column does (one
`25/04/2020` settles it); else what the service is known to write; else nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum


class DateOrder(StrEnum):
    """In which order a date of numbers is written."""

    DAY_FIRST = "D/M/Y"
    MONTH_FIRST = "M/D/Y"
    YEAR_FIRST = "Y-M-D"


class DateProblemError(ValueError):
    """A date that cannot be read; the message says why, without quoting the cell."""


_NUMBERS = re.compile(
    r"(?P<one>\d{1,4})(?P<mark>[./-])\s?(?P<two>\d{1,2})(?P=mark)\s?(?P<three>\d{2,4})"
    r"(?:(?:T|,|\s|\sum|\sà|\sa las)\s*(?P<before>上午|下午)?\s*"
    r"(?P<hour>\d{1,2})(?:[:.]|\s?h\s?)(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap]\.?\s?m\.?|vorm\.?|nachm\.?|上午|下午|[صم]))?(?:\s*Uhr)?(?:\s*(?P<zone>[A-Za-z]\S*))?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_HOURS_FROM_UTC = {
    **dict.fromkeys(("UTC", "GMT", "Z", "WEZ", "WET"), 0),
    **dict.fromkeys(("MEZ", "CET", "WEST"), 1),
    **dict.fromkeys(("MESZ", "CEST", "EET", "OEZ"), 2),
    **dict.fromkeys(("OESZ", "EEST", "MSK"), 3),
    **dict.fromkeys(("AEST",), 10),
    **dict.fromkeys(("AEDT",), 11),
    **dict.fromkeys(("EDT",), -4),
    **dict.fromkeys(("EST", "CDT"), -5),
    **dict.fromkeys(("MDT",), -6),
    **dict.fromkeys(("MST", "PDT"), -7),
    **dict.fromkeys(("PST",), -8),
}
_AFTERNOON = re.compile(r"p|n|下|م", re.IGNORECASE)
_MONTH_NAME = re.compile(r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_YEAR = re.compile(r"\b\d{4}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How to read the dates of one column. `order` is None when each must speak for itself."""

    order: DateOrder | None
    zone: tzinfo = UTC

    def read(self, cell: str) -> datetime:
        """The moment in a cell, in UTC. Raises DateProblemError."""
        text = " ".join(cell.split())
        try:
            moment = _iso(text) or self._numbers(text) or _with_month_name(text)
            if moment is None:
                raise DateProblemError("is no date that is known")
            local = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
            return local.astimezone(UTC)
        except OverflowError as error:
            raise DateProblemError("is out of range") from error

    def _numbers(self, text: str) -> datetime | None:
        match = _NUMBERS.fullmatch(text)
        if match is None:
            return None
        year, month, day = self._ymd(match)
        hour = int(match["hour"] or 0)
        if half := match["half"] or match["before"]:
            if not 1 <= hour <= 12:
                raise DateProblemError("has an hour that no clock of twelve hours shows")
            hour = hour % 12 + (12 if _AFTERNOON.match(half) else 0)
        try:
            zone = _zone(match["zone"]) if match["zone"] else None
            return datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=zone)
        except ValueError as error:
            raise DateProblemError(str(error) if isinstance(error, DateProblemError) else "does not exist") from error

    def _ymd(self, match: re.Match[str]) -> tuple[int, int, int]:
        if len(match["one"]) > 2:
            return int(match["one"]), int(match["two"]), int(match["three"])
        one, two, year = int(match["one"]), int(match["two"]), int(match["three"])
        year += 2000 if len(match["three"]) == 2 else 0
        order = self.order
        if order is DateOrder.YEAR_FIRST:
            raise DateProblemError("does not begin with a year of four digits, as Y-M-D says")
        if order is None:
            order = _by_itself(one, two, match["mark"])
        if order is None:
            raise DateProblemError("may be day/month or month/day; set date_format to D/M/Y or M/D/Y")
        return (year, two, one) if order is DateOrder.DAY_FIRST else (year, one, two)


def settled(cells: Iterable[str], *, setting: DateOrder | None, usual: DateOrder | None) -> DateOrder | None:
    """The order in which a column writes its dates: as set, else as one of them proves, else as usual.

    None when nothing tells, or when some prove one order and some the other.
    """
    if setting is not None:
        return setting
    proofs = {_proof(cell) for cell in cells} - {None}
    if len(proofs) == 1:
        return proofs.pop()
    return None if proofs else usual


def ambiguous(cells: Iterable[str]) -> list[str]:
    """The cells that may be day/month or month/day, with different meanings."""
    found = []
    for cell in cells:
        match = _NUMBERS.fullmatch(" ".join(cell.split()))
        if match and len(match["one"]) <= 2 and match["one"] != match["two"]:
            one, two = int(match["one"]), int(match["two"])
            if one != two and _by_itself(one, two, match["mark"]) is None:
                found.append(cell)
    return found


def _proof(cell: str) -> DateOrder | None:
    match = _NUMBERS.fullmatch(" ".join(cell.split()))
    if match is None or len(match["one"]) > 2:
        return None
    return None if match["one"] == match["two"] else _by_itself(int(match["one"]), int(match["two"]), match["mark"])


def _by_itself(one: int, two: int, mark: str) -> DateOrder | None:
    """The order that one date proves: there is no 13th month, and dots stand in day.month.year."""
    if one > 12 >= two:
        return DateOrder.DAY_FIRST
    if two > 12 >= one:
        return DateOrder.MONTH_FIRST
    return DateOrder.DAY_FIRST if mark == "." or one == two else None


def _iso(text: str) -> datetime | None:
    if not _YEAR.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _zone(name: str) -> tzinfo:
    if offset := _OFFSET.fullmatch(name):
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)))
    if name.upper() in _HOURS_FROM_UTC:
        return timezone(timedelta(hours=_HOURS_FROM_UTC[name.upper()]))
    raise DateProblemError("has a time zone that is not known; set timezone: and take it out of the cells")


def _with_month_name(text: str) -> datetime | None:
    """'14 May 2020 10:23', 'May 14, 2020': the month is a word, so nothing is ambiguous."""
    if not (_MONTH_NAME.search(text) and _YEAR.search(text) and len(re.findall(r"\d+", text)) > 1 and len(text) < 60):
        return None
    import warnings

    from dateutil import parser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an unknown time zone is a warning there
            return parser.parse(text, default=datetime(2000, 1, 1))  # noqa: DTZ001 - the column's zone is set later
    except (ValueError, OverflowError, Warning):
        return None
