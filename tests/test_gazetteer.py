"""The campaign's lists of places: what a name means, and when a word is meant as a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.gazetteer import Gazetteer, gazetteer, read_gazetteer

LIBRARIES = (
    {"library": "Central Library", "area": "Riverside", "postcode": "9901", "municipality": "Reading"},
    {"library": "Central Library", "area": "Harrowmere", "postcode": "ZZ1 4HM", "municipality": "Harrow Mere"},
    {"library": "Quarry Lane Library", "area": "Riverside", "postcode": "9902", "aliases": "Quarry Lane|The Quarry"},
    {"library": "Stadtbücherei Straßfeld", "area": "Weststadt", "postcode": "12345", "municipality": "Essen"},
)
POSTCODES = ({"postcode": "12346", "area": "Weststadt", "municipality": "Weststadt an der Au"},)


@pytest.fixture
def known() -> Gazetteer:
    return gazetteer(LIBRARIES, POSTCODES)


@pytest.mark.parametrize(
    ("text", "words", "areas"),
    [
        ("The QUARRY-LANE library saved me", "QUARRY-LANE library", {"Riverside"}),
        ("See you at Quarry Lane", "Quarry Lane", {"Riverside"}),
        ("Our central library is loved", "central library", {"Riverside", "Harrowmere"}),
        ("Die Stadtbuecherei?", None, set()),
        ("Ich mag die stadtbücherei strassfeld", "stadtbücherei strassfeld", {"Weststadt"}),
        ("We live in Reading now", "Reading", {"Riverside"}),
        ("I love Reading", None, set()),
        ("my son is in reading group", None, set()),
        ("Wir kommen aus Essen", "Essen", {"Weststadt"}),
        ("beim Essen lesen", None, set()),
        ("near Harrow Mere, by the lake", "Harrow Mere", {"Harrowmere"}),
        ("I am in zz1 4hm", "zz1 4hm", {"Harrowmere"}),
        ("12346 books were borrowed", None, set()),
        ("12346 Weststadt an der Au", "12346", {"Weststadt"}),
        ("my postcode: 9902", "9902", {"Riverside"}),
        ("", None, set()),
    ],
)
def test_a_name_is_a_place_where_it_is_meant_as_one(
    known: Gazetteer, text: str, words: str | None, areas: set[str]
) -> None:
    found = next(known.mentions(text), None)
    assert (text[found.start : found.end] if found else None) == words
    assert {place.area for place in found.places} == areas if found else not areas


def test_names_postcodes_and_areas_are_looked_up_in_any_spelling(known: Gazetteer) -> None:
    assert {place.area for place in known.library("the quarry")} == {"Riverside"}
    assert {place.area for place in known.postcode("zz14hm")} == {"Harrowmere"}
    assert {place.area for place in known.municipality("Reading, Rivershire")} == {"Riverside"}
    assert known.area("WESTSTADT") == "Weststadt"
    assert not known.library("Elsewhere Library")


def test_a_file_without_a_needed_column_or_name_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "libraries.csv"
    path.write_text("library,area\nA,B\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has no column postcode; it needs library, area, postcode"):
        read_gazetteer(path, None)
    path.write_text("library,area,postcode\nA,B,1\n,C,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"libraries.csv, line 3: library is empty"):
        read_gazetteer(path, None)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_gazetteer(tmp_path / "none.csv", None)
