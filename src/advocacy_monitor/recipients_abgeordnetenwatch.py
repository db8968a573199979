"""Members of German parliaments and candidates, from answers of the API v2 of abgeordnetenwatch.de (CC0).

A mandate has the politician's name, constituency and parliamentary group; party, sex and title stand in the answers
about politicians, committees in those about committee memberships. Any of them may be given together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_records import LeftOut, Made, Note, has_ended, identity, mappings, records, text
from advocacy_monitor.recipients_salutation import salutation

_NAME = "the API of abgeordnetenwatch.de"
_PERIOD = re.compile(r"\s*\([^()]*\)$")
_NUMBER = re.compile(r"^\d+\s+-\s+")
_YEARS = re.compile(r"\s+\d{4}\s*-\s*(\d{4})$")
_HOUSES = {
    "Bundestag": "Mitglied des Deutschen Bundestages",
    "EU-Parlament": "Mitglied des Europäischen Parlaments",
    "Berlin": "Mitglied des Abgeordnetenhauses von Berlin",
    "Bremen": "Mitglied der Bremischen Bürgerschaft",
    "Hamburg": "Mitglied der Hamburgischen Bürgerschaft",
}
_DEPUTY = "alternate_member"
_Record = Mapping[str, Any]


def from_abgeordnetenwatch(pages: Sequence[Any], *, on: date, language: str) -> Made:
    """A recipient for each mandate that is held on a day, or for each politician where there are no mandates.

    Candidacies count only where there is no mandate among the records. Raises ConfigError.
    """
    kinds: dict[str, dict[object, _Record]] = defaultdict(dict)
    for page in pages:
        if text(page, "meta", "status") == "error":
            raise ConfigError(f"{_NAME} answered with an error: {text(page, 'meta', 'status_message')}")
    for record in records(pages, "data", of=_NAME, alone="entity_type"):
        kinds[text(record, "entity_type")].setdefault(identity(record), record)
    yield from _missing(pages, kinds)
    politicians = kinds["politician"]
    committees = _committees(kinds["committee_membership"].values())
    seats = list(kinds["candidacy_mandate"].values())
    held = [seat for seat in seats if seat.get("type") == "mandate"]
    for seat in held or seats:
        yield _of_seat(seat, politicians, committees, on, language)
    if not seats:
        for politician in politicians.values():
            yield _recipient(politician, {}, language)


def _missing(pages: Sequence[Any], kinds: Mapping[str, Mapping[object, _Record]]) -> Made:
    """Says when pages of an answer are not there: half a parliament would be left out unseen."""
    totals: dict[str, int] = {}
    for page in pages:
        first = next(iter(mappings(page.get("data"))), None) if isinstance(page, Mapping) else None
        result = (page.get("meta") or {}).get("result") if first and isinstance(page.get("meta"), Mapping) else None
        total = result.get("total") if isinstance(result, Mapping) else None
        if first and isinstance(total, int):
            kind = text(first, "entity_type")
            totals[kind] = max(total, totals.get(kind, 0))
    for kind, total in totals.items():
        if total > len(kinds[kind]):
            yield Note(f"{len(kinds[kind])} of {total} records ({kind}) are in the files; ask with range_end=1000")
    if not any(kinds[kind] for kind in ("candidacy_mandate", "politician")):
        raise ConfigError(f"there is neither a mandate nor a politician in these answers of {_NAME}")


def _committees(memberships: Iterable[_Record]) -> dict[object, list[str]]:
    found: dict[object, list[str]] = defaultdict(list)
    for each in memberships:
        mandate = each.get("candidacy_mandate")
        name = text(each, "committee", "label")
        if isinstance(mandate, Mapping) and name and each.get("committee_role") != _DEPUTY:
            found[identity(mandate)].append(name)
    return found


def _of_seat(
    seat: _Record,
    politicians: Mapping[object, _Record],
    committees: Mapping[object, list[str]],
    on: date,
    language: str,
) -> Recipient | LeftOut:
    short = seat.get("politician")
    short = short if isinstance(short, Mapping) else {}
    ended = text(seat, "end_date")
    if has_ended(ended, on):
        return LeftOut(name=text(short, "label"), reason=f"the mandate ended on {ended}")
    period = text(seat, "parliament_period", "label")
    if (years := _YEARS.search(period)) and int(years[1]) < on.year:  # such mandates have no end of their own
        return LeftOut(name=text(short, "label"), reason=f"the period is over: {period}")
    area = _NUMBER.sub("", _PERIOD.sub("", text(seat, "electoral_data", "constituency", "label")))
    groups = [
        each for each in mappings(seat.get("fraction_membership")) if not has_ended(text(each, "valid_until"), on)
    ]
    more = {
        "office": _office(seat),
        "area": area,
        "party": _PERIOD.sub("", text(groups[-1], "fraction", "label")) if groups else "",
        "committee": "; ".join(committees.get(identity(seat), ())),
    }
    return _recipient(politicians.get(identity(short), short), more, language)


def _office(seat: _Record) -> str:
    period = text(seat, "parliament_period", "label")
    if seat.get("type") != "mandate":
        return f"Kandidatur: {period}" if period else "Kandidatur"
    house = _YEARS.sub("", period)
    return _HOUSES.get(house) or (f"Mitglied des Landtags {house}" if house else "")


def _recipient(politician: _Record, more: Mapping[str, str], language: str) -> Recipient | LeftOut:
    title, family = text(politician, "field_title"), text(politician, "last_name")
    given = text(politician, "first_name")
    name = " ".join(filter(None, (title, given, family))) if given and family else text(politician, "label")
    if not name:
        return LeftOut(name=f"record {politician.get('id')}", reason="has no name")
    return Recipient(
        key="",
        name=name,
        office=more.get("office", ""),
        party=text(politician, "party", "label") or more.get("party", ""),
        area=more.get("area", ""),
        committee=more.get("committee", ""),
        language=language,
        salutation=salutation(language, family=family, sex=text(politician, "sex"), title=title),
    )
