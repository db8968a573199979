"""What holds for every importer of recipients, and results of Wikidata. All payloads are invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_import import FORMATS
from advocacy_monitor.recipients_records import LeftOut
from advocacy_monitor.recipients_salutation import salutation
from tests.downloaded import imported


def _literal(value: str) -> dict[str, str]:
    return {"type": "literal", "xml:lang": "en", "value": value}


def test_a_result_of_wikidata_with_named_variables(tmp_path: Path) -> None:
    entity = {"type": "uri", "value": "http://www.wikidata.org/entity/Q99"}
    row = {
        "person": entity,
        "personLabel": _literal("Ada Example"),
        "partyLabel": _literal("Example Party"),
        "constituencyLabel": _literal("Riverside"),
        "positionLabel": _literal("member of the Example House"),
        "genderLabel": _literal("female"),
        "familyLabel": _literal("Example"),
    }
    nameless = {"person": entity, "personLabel": _literal("Q99")}
    found = imported(tmp_path, "wikidata", {"head": {}, "results": {"bindings": [row, row, nameless]}}, language="en")
    ada = Recipient(
        key="ada-example",
        name="Ada Example",
        office="member of the Example House",
        party="Example Party",
        area="Riverside",
        language="en",
        salutation="Dear Ms Example,",
    )
    assert found.recipients == (ada,)
    assert found.left_out == (LeftOut(name="Q99", reason="has no label in the language of the query"),)
    plain = [{"person": entity["value"], "personLabel": "Ada Example", "constituencyLabel": "Riverside"}]
    assert imported(tmp_path, "wikidata", plain).recipients[0].area == "Riverside"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "content", ["", "{", "{}", "[]", "null", "[[]]", '{"data": 3}', '{"items": {}}', "<html></html>"]
)
def test_a_file_of_something_else_is_refused_and_named(tmp_path: Path, kind: str, content: str) -> None:
    try:
        found = imported(tmp_path, kind, content)
    except ConfigError as error:
        assert "file-0" in str(error)
    else:
        assert (kind, content, found.recipients) == ("uk-parliament", '{"items": {}}', ()) or content == "[]"


def test_an_error_of_the_service_is_told(tmp_path: Path) -> None:
    page = {"meta": {"status": "error", "status_message": "There is no such entity"}, "data": None}
    with pytest.raises(ConfigError, match="answered with an error: There is no such entity"):
        imported(tmp_path, "abgeordnetenwatch", page)


def test_unknown_formats_and_languages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--as x: is not one of abgeordnetenwatch, aph, popolo"):
        imported(tmp_path, "x", {})
    with pytest.raises(ConfigError, match="--language tlh: is not one of ar"):
        imported(tmp_path, "popolo", {}, language="tlh")


_KEYS = st.sampled_from(
    "data items value meta result persons memberships person_id id name other_names politician entity_type "
    "electoral_data fraction_membership results bindings personLabel latestHouseMembership membershipEndDate "
    "nameDisplayAs type organizations posts label candidacy_mandate committee parliament_period fraction areas events area_id post_id on_behalf_of_id role totalResults status".split()
)
_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=20,
)


@example(kind="abgeordnetenwatch", content={"entity_type": None, "id": []})
@example(kind="abgeordnetenwatch", content={"entity_type": "politician", "id": [], "label": "A B"})
@example(kind="uk-parliament", content={"items": [{"value": {"id": {}, "nameDisplayAs": "A B"}}]})
@given(kind=st.sampled_from(["abgeordnetenwatch", "uk-parliament", "popolo", "wikidata"]), content=_JSON_VALUES)
def test_no_json_whatever_brings_an_importer_down(
    tmp_path_factory: pytest.TempPathFactory, kind: str, content: Any
) -> None:
    try:
        found = imported(tmp_path_factory.mktemp("j"), kind, content)
    except ConfigError:
        return
    assert all(each.name and each.key for each in found.recipients)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("de", "Muster", "f", "Prof. Dr."), "Sehr geehrte Frau Prof. Dr. Muster,"),
        (("de", "Muster", "", "Dr."), ""),
        (("en", "Example", "", "Dr."), "Dear Dr. Example,"),
        (("en", "Example", "", "The Hon"), ""),
        (("en", "Example", "MALE", "The Hon"), "Dear Mr Example,"),
        (("en", "", "f", ""), ""),
        (("fr", "Exemple", "f", ""), ""),
        (("en", "Example", "d", ""), ""),
    ],
)
def test_nothing_is_guessed_in_a_salutation(given: tuple[str, str, str, str], expected: str) -> None:
    language, family, sex, title = given
    assert salutation(language, family=family, sex=sex, title=title) == expected
