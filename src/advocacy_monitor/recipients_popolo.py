"""People from Popolo JSON: EveryPolitician's files, mySociety's people.json, and whatever else keeps to that form.

A membership joins a person to an organization, on behalf of a party, through a post or for an area. Memberships in
parties give the party, those in committees the committee, all others an office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_records import LeftOut, Made, Note, has_ended, mappings, text
from advocacy_monitor.recipients_salutation import salutation

_Record = Mapping[str, Any]
_PARTY, _COMMITTEE = "party", "committee"
_LISTS = ("persons", "organizations", "memberships", "areas", "posts", "events")
_MEMBER = ("", "member")
_LONGEST_PERIOD = 6
"""Years. No house is elected for longer; members of some sit for life, so it is only a note."""


@dataclass(frozen=True, slots=True)
class _Data:
    """Everything by its id."""

    persons: Mapping[str, _Record]
    organizations: Mapping[str, _Record]
    areas: Mapping[str, _Record]
    posts: Mapping[str, _Record]
    events: Mapping[str, _Record]
    memberships: Sequence[_Record]


def from_popolo(pages: Sequence[Any], *, on: date, language: str) -> Made:
    """A recipient for each office that somebody holds on a day. Raises ConfigError."""
    data = _data(pages)
    by_person: dict[str, list[_Record]] = defaultdict(list)
    for membership in data.memberships:
        by_person[text(membership, "person_id")].append(membership)
    yield from _outdated(data, on)
    for key, person in data.persons.items():
        held = [each for each in by_person.get(key, ()) if _holds(each, data, on)]
        offices = _offices(held, data)
        if not offices:
            yield LeftOut(name=_name(_names(person, None, on)) or key, reason=f"holds no office on {on:%Y-%m-%d}")
        for office in offices:
            yield _recipient(person, office, held, data, on, language)


def _data(pages: Sequence[Any]) -> _Data:
    held: dict[str, list[_Record]] = {name: [] for name in _LISTS}
    for page in pages:
        for name in _LISTS:
            held[name] += mappings(page.get(name)) if isinstance(page, Mapping) else []
    if not held["persons"] or not held["memberships"]:
        keys = sorted({str(key) for page in pages if isinstance(page, Mapping) for key in page})
        raise ConfigError(
            f"this is no Popolo file with people and their offices: it needs the lists persons and memberships; "
            f"found {', '.join(keys[:10]) or 'no keys'}"
        )
    by_id = {name: {text(each, "id"): each for each in held[name]} for name in _LISTS if name != "memberships"}
    return _Data(
        persons=by_id["persons"],
        organizations=by_id["organizations"],
        areas=by_id["areas"],
        posts=by_id["posts"],
        events=by_id["events"],
        memberships=held["memberships"],
    )


def _outdated(data: _Data, on: date) -> Made:
    """Says when the newest office in the files began long ago: many such files are not kept up any more."""
    newest = max((_begins(each, data) for each in data.memberships if _holds(each, data, on)), default="")
    if newest and int(newest[:4]) < on.year - _LONGEST_PERIOD:
        yield Note(f"the newest office in the files began on {newest}: look up who is still in office")


def _begins(membership: _Record, data: _Data) -> str:
    """The first day of a membership, or of its legislative period; '' where that is no date."""
    period = data.events.get(text(membership, "legislative_period_id"), {})
    start = text(membership, "start_date") or text(period, "start_date")
    return start[:10] if start[:4].isdecimal() and start[:4].isascii() else ""


def _holds(membership: _Record, data: _Data, on: date) -> bool:
    """Whether a membership lasts on a day: by its own days, or by those of its legislative period."""
    period = data.events.get(text(membership, "legislative_period_id"), {})
    end = text(membership, "end_date") or text(period, "end_date")
    return _begins(membership, data) <= on.isoformat() and not has_ended(end, on)


def _post(membership: _Record, data: _Data) -> _Record:
    return data.posts.get(text(membership, "post_id"), {})


def _house(membership: _Record, data: _Data) -> _Record:
    key = text(membership, "organization_id") or text(_post(membership, data), "organization_id")
    return data.organizations.get(key, {"name": key})


def _is(membership: _Record, kind: str, data: _Data) -> bool:
    return kind in text(_house(membership, data), "classification").casefold()


def _offices(held: Iterable[_Record], data: _Data) -> list[_Record]:
    """The newest membership in each organization that is neither a party nor a committee."""
    newest: dict[str, _Record] = {}
    for each in sorted(held, key=lambda membership: text(membership, "start_date")):
        if not _is(each, _PARTY, data) and not _is(each, _COMMITTEE, data):
            newest[text(_house(each, data), "id") or text(each, "organization_id")] = each
    return list(newest.values())


def _area(membership: _Record, data: _Data) -> str:
    post = _post(membership, data)
    return (
        text(data.areas.get(text(membership, "area_id"), {}), "name")
        or text(membership, "area", "name")
        or text(post, "area", "name")
        or text(data.areas.get(text(post, "area_id"), {}), "name")
    )


def _office(membership: _Record, data: _Data, language: str) -> str:
    role, house = text(membership, "role"), text(_house(membership, data), "name")
    if label := text(_post(membership, data), "label"):
        return label
    if role.casefold() in _MEMBER:
        role = "Mitglied" if language == "de" else "Member"
    return f"{role}, {house}" if house else role


def _recipient(
    person: _Record, office: _Record, held: Sequence[_Record], data: _Data, on: date, language: str
) -> Recipient | LeftOut:
    names = _names(person, office, on)
    name = _name(names)
    if not name:
        return LeftOut(name=text(person, "id"), reason="has no name")
    parties = [text(_house(each, data), "name") for each in held if _is(each, _PARTY, data)]
    committees = [text(_house(each, data), "name") for each in held if _is(each, _COMMITTEE, data)]
    own = data.organizations.get(text(office, "on_behalf_of_id"), {})
    return Recipient(
        key="",
        name=name,
        office=_office(office, data, language),
        party=text(own, "name") or "; ".join(filter(None, parties)),
        area=_area(office, data),
        committee="; ".join(filter(None, committees)),
        language=language,
        salutation=salutation(
            language,
            family=names.get("family_name", ""),
            sex=text(person, "gender"),
            title=names.get("honorific_prefix", ""),
        ),
    )


def _names(person: _Record, office: _Record | None, on: date) -> dict[str, str]:
    """The parts of a name: the person's own, else the main one that holds on a day, else that of the office."""
    main = [
        each
        for each in mappings(person.get("other_names"))
        if each.get("note") == "Main" and not has_ended(text(each, "end_date"), on)
    ]
    of_office = office.get("name") if office is not None else None
    sources = [person, *reversed(main), *([of_office] if isinstance(of_office, Mapping) else [])]
    parts = ("name", "honorific_prefix", "given_name", "family_name", "lordname", "lordofname")
    for source in sources:
        found = {part: text(source, part) for part in parts}
        if _name(found):
            return found
    return {}


def _name(names: Mapping[str, str]) -> str:
    """'Emily Example', or 'Baroness Example of Sample' for peers."""
    return next(filter(None, _spellings(names)), "")


def _spellings(names: Mapping[str, str]) -> Iterator[str]:
    yield names.get("name", "")
    given, family = names.get("given_name", ""), names.get("family_name", "")
    if given and family:
        yield f"{given} {family}"
    prefix, lord, place = (names.get(part, "") for part in ("honorific_prefix", "lordname", "lordofname"))
    if prefix and (lord or place):
        yield f"{' '.join(filter(None, (prefix, lord)))}{f' of {place}' if place else ''}"
