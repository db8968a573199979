"""Members of both Houses of the United Kingdom's Parliament, from answers of its Members API (members/search)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_records import LeftOut, Made, Note, has_ended, identity, records, text
from advocacy_monitor.recipients_salutation import addressed

_NAME = "the Members API of the UK Parliament"
_COMMONS, _LORDS = 1, 2


def from_uk_parliament(pages: Sequence[Any], *, on: date, language: str) -> Made:
    """A recipient for each member who sits on a day. Raises ConfigError."""
    seen: set[object] = set()
    for item in records(pages, "items", of=_NAME, alone="value"):
        value = item.get("value", item)
        if isinstance(value, Mapping) and (known := identity(value)) not in seen:
            seen.add(known)
            yield _recipient(value, on, language)
    totals = [page.get("totalResults") for page in pages if isinstance(page, Mapping)]
    total = max((each for each in totals if isinstance(each, int)), default=0)
    if total > len(seen):
        yield Note(f"{len(seen)} of {total} members are in the files; ask for the other pages with skip=, and add them")


def _recipient(value: Mapping[str, Any], on: date, language: str) -> Recipient | LeftOut:
    name = text(value, "nameDisplayAs")
    seat = value.get("latestHouseMembership")
    seat = seat if isinstance(seat, Mapping) else {}
    ended = text(seat, "membershipEndDate")[:10]
    status = seat.get("membershipStatus")
    if not name:
        return LeftOut(name=f"member {value.get('id')}", reason="has no name")
    if has_ended(ended, on) or (isinstance(status, Mapping) and status.get("statusIsActive") is False):
        return LeftOut(name=name, reason=f"left on {ended}" if ended else "does not sit at present")
    place = text(seat, "membershipFrom") if seat.get("house") == _COMMONS else ""
    office = f"Member of Parliament for {place}" if place else ""
    if seat.get("house") == _LORDS:
        office = "Member of the House of Lords"
    return Recipient(
        key="",
        name=name,
        office=office,
        party=text(value, "latestParty", "name"),
        area=place,
        language=language,
        salutation=addressed(text(value, "nameAddressAs")) if language == "en" else "",
    )
