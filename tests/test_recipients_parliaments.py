"""Members of four parliaments' open data become recipients. All payloads are invented; the shapes are theirs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_abgeordnetenwatch import from_abgeordnetenwatch
from advocacy_monitor.recipients_popolo import from_popolo
from advocacy_monitor.recipients_records import LeftOut, Made
from advocacy_monitor.recipients_uk import from_uk_parliament
from tests.downloaded import ON, imported


def _ref(kind: str, number: int, label: str) -> dict[str, Any]:
    return {"id": number, "entity_type": kind, "label": label, "api_url": f"https://example.org/{kind}/{number}"}


def _mandate(number: int, politician: int, label: str, **given: Any) -> dict[str, Any]:
    return {
        **_ref("candidacy_mandate", number, f"{label} (Bundestag 2025 - 2029)"),
        "type": "mandate",
        "parliament_period": _ref("parliament_period", 1, "Bundestag 2025 - 2029"),
        "politician": _ref("politician", politician, label),
        "start_date": None,
        "end_date": None,
        "electoral_data": {"constituency": _ref("constituency", 5, "299 - Beispiel - Stadt (Bundestag 2025 - 2029)")},
        "fraction_membership": [
            {"fraction": _ref("fraction", 2, "ALT (Bundestag 2025 - 2029)"), "valid_until": "2026-01-01"},
            {"fraction": _ref("fraction", 3, "BÜND\u00adNIS (Bundestag 2025 - 2029)"), "valid_until": None},
        ],
        **given,
    }


def _page(*data: Any, total: int | None = None) -> dict[str, Any]:
    return {"meta": {"status": "ok", "result": {"count": len(data), "total": total or len(data)}}, "data": [*data]}


def test_mandates_politicians_and_committees_of_abgeordnetenwatch_are_put_together(tmp_path: Path) -> None:
    mandates = _page(
        _mandate(11, 1, "Änne Muster"),
        _mandate(12, 2, "Bo Beispiel", electoral_data=None, fraction_membership=None),
        _mandate(13, 3, "Cem Gegangen", end_date="2026-03-01"),
        _mandate(14, 4, "Kandidatin", type="candidacy"),
        total=630,
    )
    politician = _ref("politician", 1, "Änne Muster") | {
        "first_name": "Änne",
        "last_name": "Muster",
        "sex": "f",
        "field_title": "Dr.",
        "party": _ref("party", 9, "DIE PARTEI"),
        "residence": "Geheimstadt",
        "year_of_birth": 1970,
    }
    seats = [
        {**_ref("committee_membership", 1, "x"), "committee": _ref("node", 7, "Kulturausschuss")},
        {**_ref("committee_membership", 2, "x"), "committee": _ref("node", 8, "Haushaltsausschuss")},
        {**_ref("committee_membership", 3, "x"), "committee": _ref("node", 9, "Vertretung")},
    ]
    for seat in seats:
        seat |= {"candidacy_mandate": _ref("candidacy_mandate", 11, "x"), "committee_role": "member"}
    seats[2]["committee_role"] = "alternate_member"
    found = imported(tmp_path, "abgeordnetenwatch", mandates, mandates, {"data": politician}, _page(*seats))
    assert found.recipients == (
        Recipient(
            key="dr-aenne-muster",
            name="Dr. Änne Muster",
            office="Mitglied des Deutschen Bundestages",
            party="DIE PARTEI",
            area="Beispiel - Stadt",
            committee="Kulturausschuss; Haushaltsausschuss",
            language="de",
            salutation="Sehr geehrte Frau Dr. Muster,",
        ),
        Recipient(
            key="bo-beispiel",
            name="Bo Beispiel",
            office="Mitglied des Deutschen Bundestages",
            language="de",
        ),
    )
    assert found.left_out == (LeftOut(name="Cem Gegangen", reason="the mandate ended on 2026-03-01"),)
    assert found.notes == ("4 of 630 records (candidacy_mandate) are in the files; ask with range_end=1000",)


def test_the_parliamentary_group_stands_for_the_party_where_no_politician_was_given(tmp_path: Path) -> None:
    assert imported(tmp_path, "abgeordnetenwatch", _page(_mandate(1, 1, "A B"))).recipients[0].party == "BÜNDNIS"


@pytest.mark.parametrize(
    ("period", "office"),
    [
        ("Hessen 2024 - 2029", "Mitglied des Landtags Hessen"),
        ("Hamburg 2025 - 2030", "Mitglied der Hamburgischen Bürgerschaft"),
        ("EU-Parlament 2024 - 2029", "Mitglied des Europäischen Parlaments"),
    ],
)
def test_each_german_parliament_has_its_own_word_for_its_members(tmp_path: Path, period: str, office: str) -> None:
    seat = _mandate(1, 1, "A B", parliament_period=_ref("parliament_period", 1, period))
    assert imported(tmp_path, "abgeordnetenwatch", _page(seat)).recipients[0].office == office


def test_a_mandate_of_a_period_that_is_over_has_no_end_of_its_own_and_is_left_out_all_the_same(tmp_path: Path) -> None:
    period = _ref("parliament_period", 1, "Bundestag 2017 - 2021")
    found = imported(tmp_path, "abgeordnetenwatch", _page(_mandate(1, 1, "A B", parliament_period=period)))
    assert found.recipients == ()
    assert found.left_out == (LeftOut(name="A B", reason="the period is over: Bundestag 2017 - 2021"),)


def test_candidates_before_an_election_and_politicians_alone_can_be_recipients(tmp_path: Path) -> None:
    period = _ref("parliament_period", 1, "Bundestag Wahl 2029")
    seat = _mandate(1, 1, "A B", type="candidacy", parliament_period=period)
    assert imported(tmp_path, "abgeordnetenwatch", [seat]).recipients[0].office == "Kandidatur: Bundestag Wahl 2029"
    person = _ref("politician", 1, "Bo Beispiel") | {"first_name": "Bo", "last_name": "Beispiel", "sex": "m"}
    found = imported(tmp_path, "abgeordnetenwatch", _page(person)).recipients[0]
    assert (found.salutation, found.office) == ("Sehr geehrter Herr Beispiel,", "")
    found = imported(tmp_path, "abgeordnetenwatch", _page(person), language="en").recipients[0]
    assert (found.salutation, found.language) == ("Dear Mr Beispiel,", "en")
    diverse = person | {"sex": "d"}
    assert imported(tmp_path, "abgeordnetenwatch", _page(diverse)).recipients[0].salutation == ""


def _member(number: int, name: str, house: int, place: str, **given: Any) -> dict[str, Any]:
    seat = {"membershipFrom": place, "house": house, "membershipEndDate": None, "membershipStatus": None}
    value = {
        "id": number,
        "nameListAs": "x",
        "nameDisplayAs": name,
        "nameFullTitle": f"Rt Hon {name} MP",
        "nameAddressAs": name,
        "gender": "F",
        "latestParty": {"id": 15, "name": "Example Party"},
        "email": "somebody@example.org",
        "phoneNumber": "020 7946 0000",
        "latestHouseMembership": seat | given.pop("seat", {}),
    }
    return {"value": value | given, "links": []}


def test_members_of_both_houses_of_the_united_kingdom(tmp_path: Path) -> None:
    first = {
        "items": [
            _member(1, "Ms Ada Example", 1, "Riverside and Mere", nameAddressAs="Ms Example"),
            _member(2, "The Lord Sample", 2, "Life peer", nameAddressAs=None),
            _member(3, "Mr Gone", 1, "Elsewhere", seat={"membershipEndDate": "2024-05-30T00:00:00"}),
        ],
        "totalResults": 5,
    }
    second = {"items": [_member(4, "Dr Away", 1, "X", seat={"membershipStatus": {"statusIsActive": False}})]}
    found = imported(tmp_path, "uk-parliament", first, second)
    ada = Recipient(
        key="ms-ada-example",
        name="Ms Ada Example",
        office="Member of Parliament for Riverside and Mere",
        party="Example Party",
        area="Riverside and Mere",
        language="en",
        salutation="Dear Ms Example,",
    )
    assert found.recipients[0] == ada
    peer = found.recipients[1]
    assert (peer.office, peer.area, peer.salutation) == ("Member of the House of Lords", "", "")
    assert [each.reason for each in found.left_out] == ["left on 2024-05-30", "does not sit at present"]
    assert found.notes == ("4 of 5 members are in the files; ask for the other pages with skip=, and add them",)
    assert "example.org" not in repr(found)
    assert "7946" not in repr(found)


MEMBERS = (
    '""Surname"",""First Name"",""Preferred Name"",""Salutation"",""Gender"",""Political Party"",'
    '"State",""Electorate"",""Electorate Office Phone"",""Parliamentary Titles""\r\n'
)
_QUOTED = '"""Surname""","""First Name""","""Preferred Name""","""Salutation""","""Gender""","""Political Party""",'


def test_members_and_senators_of_australia(tmp_path: Path) -> None:
    members = (
        _QUOTED + '"State","""Electorate""","""Electorate Office Phone""","""Parliamentary Titles"""\r\n'
        '"Example","Anthony","Tony","Mr","MALE","EP","NSW","Riverside","(02) 5550 0000","Minister for Samples"\r\n'
        '"Sample","Kim","","","FEMALE","IND","VIC","Mere","",""\r\n'
        '"","","","","","","","","",""\r\n'
        '"","Nobody","","","","","","","",""\r\n'
    )
    senators = (
        "Surname,First Name,State,Political Party,Gender,Electorate Telephone\nTest,Lee,Tas,EP,FEMALE,03 5550 0000\n"
    )
    found = imported(tmp_path, "aph", members, members, senators)
    assert [(r.name, r.office, r.area, r.salutation) for r in found.recipients] == [
        ("Tony Example", "Minister for Samples, Member for Riverside", "Riverside", "Dear Mr Example,"),
        ("Kim Sample", "Member for Mere", "Mere", "Dear Ms Sample,"),
        ("Lee Test", "Senator for Tasmania", "Tasmania", "Dear Senator Test,"),
    ]
    assert found.recipients[0].party == "EP"
    assert found.left_out == (LeftOut(name="row 5", reason="has no surname"),)
    assert "5550" not in repr(found)


def test_headings_in_doubled_quotation_marks_as_they_were_seen(tmp_path: Path) -> None:
    row = '"Example","Anthony","","Mr","MALE","EP","NSW","Riverside","1",""\r\n'
    assert imported(tmp_path, "aph", MEMBERS + row).recipients[0].office == "Member for Riverside"


def _popolo() -> dict[str, Any]:
    return {
        "persons": [
            {"id": "p1", "name": "Ada Example", "family_name": "Example", "gender": "female", "email": "a@example.org"},
            {"id": "p2", "name": "Bo Gone", "gender": "male"},
            {"id": "p3", "name": "Cy Twice"},
        ],
        "organizations": [
            {"id": "house", "name": "Example House", "classification": "legislature"},
            {"id": "party", "name": "Example Party", "classification": "party"},
            {"id": "culture", "name": "Culture Committee", "classification": "committee"},
        ],
        "areas": [{"id": "area/1", "name": "Riverside", "type": "constituency"}],
        "events": [
            {"id": "term/1", "classification": "legislative period", "start_date": "2020-01-01", "end_date": "2024"},
            {"id": "term/2", "classification": "legislative period", "start_date": "2024-07-01"},
        ],
        "memberships": [
            _seat("p1", "term/1"),
            _seat("p1", "term/2"),
            _seat("p2", "term/1"),
            _seat("p3", "term/2", area_id="nowhere", end_date="2025-01"),
            _seat("p3", "term/2", on_behalf_of_id=None, role="speaker", start_date="2025-02"),
            {"person_id": "p3", "organization_id": "party"},
            {"person_id": "p3", "organization_id": "culture", "role": "chair"},
        ],
    }


def _seat(person: str, term: str, **given: Any) -> dict[str, Any]:
    return {
        "person_id": person,
        "organization_id": "house",
        "on_behalf_of_id": "party",
        "area_id": "area/1",
        "legislative_period_id": term,
        "role": "member",
        **given,
    }


def test_popolo_as_everypolitician_had_it(tmp_path: Path) -> None:
    found = imported(tmp_path, "popolo", _popolo(), language="en")
    assert found.recipients == (
        Recipient(
            key="ada-example",
            name="Ada Example",
            office="Member, Example House",
            party="Example Party",
            area="Riverside",
            language="en",
            salutation="Dear Ms Example,",
        ),
        Recipient(
            key="cy-twice",
            name="Cy Twice",
            office="speaker, Example House",
            party="Example Party",
            area="Riverside",
            committee="Culture Committee",
            language="en",
        ),
    )
    assert found.left_out == (LeftOut(name="Bo Gone", reason="holds no office on 2026-11-22"),)
    german = imported(tmp_path, "popolo", _popolo(), language="de").recipients[0]
    assert (german.office, german.salutation) == ("Mitglied, Example House", "Sehr geehrte Frau Example,")
    assert imported(tmp_path, "popolo", _popolo()).recipients[0].salutation == ""


def test_a_file_that_nobody_keeps_up_is_told(tmp_path: Path) -> None:
    data = _popolo()
    assert imported(tmp_path, "popolo", data).notes == ()
    data["events"][1]["start_date"] = "2019-05-01"
    for seat in data["memberships"]:
        seat.pop("start_date", None)
    told = "the newest office in the files began on 2019-05-01: look up who is still in office"
    assert imported(tmp_path, "popolo", data).notes == (told,)


def test_popolo_as_mysociety_has_it(tmp_path: Path) -> None:
    names = [
        {"given_name": "Ada", "family_name": "Earlier", "note": "Main", "end_date": "2021-01-01"},
        {"given_name": "Ada", "family_name": "Example", "note": "Main", "start_date": "2021-01-02"},
        {"name": "A. Example", "note": "Alternate"},
    ]
    peer = {"honorific_prefix": "Baroness", "lordname": "Sample", "lordofname": "Mere"}
    data = {
        "organizations": [{"id": "commons", "name": "House of Commons"}, {"id": "lords", "name": "House of Lords"}],
        "posts": [
            {"id": "cons/1", "area": {"name": "Riverside"}, "label": "MP for Riverside", "organization_id": "commons"}
        ],
        "persons": [{"id": "1", "other_names": names}, {"id": "2"}, {"id": "3"}],
        "memberships": [
            {"person_id": "1", "post_id": "cons/1", "start_date": "2020-01-01", "end_date": "9999-12-31"},
            {"person_id": "2", "organization_id": "lords", "role": "Peer", "start_date": "1992", "name": peer},
            {"person_id": "3", "post_id": "cons/1", "start_date": "2020-01-01"},
        ],
    }
    found = imported(tmp_path, "popolo", data)
    assert [(r.name, r.office, r.area) for r in found.recipients] == [
        ("Ada Example", "MP for Riverside", "Riverside"),
        ("Baroness Sample of Mere", "Peer, House of Lords", ""),
    ]
    assert found.left_out == (LeftOut(name="3", reason="has no name"),)


def _broken(value: Any, junk: Any) -> Iterator[Any]:
    """The value with each of its nodes in turn, keys and list members alike, replaced by something else."""
    yield junk
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        for node in _broken(value[key], junk):
            copy = value.copy()
            copy[key] = node
            yield copy


@pytest.mark.parametrize("junk", [None, True, 0, 1.5, "", "x", [], [None], {}, {"id": []}], ids=repr)
@pytest.mark.parametrize(
    ("of_pages", "good"),
    [
        (
            from_abgeordnetenwatch,
            _page(
                _mandate(11, 1, "A B"),
                _ref("politician", 1, "A B") | {"first_name": "A", "last_name": "B", "sex": "f", "field_title": None},
                _ref("committee_membership", 1, "x")
                | {"committee": _ref("node", 7, "C"), "candidacy_mandate": _ref("m", 11, "x"), "committee_role": "m"},
            ),
        ),
        (from_uk_parliament, {"items": [_member(1, "Ada Example", 1, "Riverside")], "totalResults": 1}),
        (from_popolo, _popolo()),
    ],
    ids=["abgeordnetenwatch", "uk-parliament", "popolo"],
)
def test_a_good_answer_with_any_one_node_broken_is_read_or_refused(
    of_pages: Callable[..., Made], good: Any, junk: Any
) -> None:
    for content in _broken(good, junk):
        with contextlib.suppress(ConfigError):
            for made in of_pages([content], on=ON, language="en"):
                assert not isinstance(made, Recipient) or made.name
