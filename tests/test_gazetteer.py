"""The campaign's lists of places: what a name means, and when a word is meant as a place."""

from __future__ import annotations

import time
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我每周去柏林中心图书馆看书。", [("柏林中心图书馆", "library")]),
        ("我住在柏林，有两个孩子。", [("柏林", "municipality")]),
        ("أذهب إلى مكتبة الشارقة كل أسبوع", [("مكتبة الشارقة", "library")]),
        ("أنا بمكتبة الشارقة الآن", [("بمكتبة الشارقة", "library")]),
        ("die Bu\u0308cherei Du\u0308sseldorf", [("Bu\u0308cherei Du\u0308sseldorf", "library")]),
        ("ein Kurs für Essen", [("Essen", "municipality")]),
        ("nous sommes à Essen", [("Essen", "municipality")]),
        ("I moved to The Hague", [("Hague", "municipality")]),
        ("in the Hague books we trust", []),
        ("It is a hub of the community", []),
        ("See you at the Hub", [("Hub", "library")]),
        ("over 2000 new books", []),
        ("2000 new south wales", [("2000", "postcode")]),
        ("1010 Bad", [("1010", "postcode")]),
        ("1010 bad days", []),
    ],
)
def test_names_are_found_as_they_are_written_in_other_scripts_and_spellings(
    text: str, found: list[tuple[str, str]]
) -> None:
    places = gazetteer(
        (
            {"library": "柏林中心图书馆", "area": "Berlin", "municipality": "柏林"},
            {"library": "مكتبة الشارقة", "area": "Sharjah", "municipality": "الشارقة"},
            {"library": "Bücherei Düsseldorf", "area": "Am Rhein", "municipality": "Essen"},
            {"library": "Hub", "area": "North", "municipality": "The Hague"},
        ),
        (
            {"postcode": "2000", "area": "New South Wales"},
            {"postcode": "1010", "area": "South", "municipality": "Bad Wels"},
        ),
    )
    assert [(text[each.start : each.end], each.kind) for each in places.mentions(text)] == found


def test_cells_without_a_word_stand_for_nothing_and_areas_are_compared_without_case() -> None:
    places = gazetteer(
        ({"library": "Quarry", "area": "Riverside", "postcode": "9901", "municipality": "-"},),
        (
            {"postcode": "9901", "area": "RIVERSIDE", "municipality": "?"},
            {"postcode": "9902", "area": "-"},
        ),
    )
    assert {place.area for place in places.postcode("9901")} == {"Riverside"}
    assert not places.municipality("") and not places.municipality("-")
    assert places.area("-") is None
    assert not list(places.mentions("- in ? Riverside"))


def test_many_libraries_that_begin_with_the_same_word_cost_little() -> None:
    places = gazetteer({"library": f"Stadtbibliothek Ort{number}", "area": "A"} for number in range(3_000))
    text = "Stadtbibliothek " * 20_000 + "Ort2999"
    began = time.process_time()
    assert len(list(places.mentions(text))) == 1
    assert time.process_time() - began < 5


def test_a_long_name_without_spaces_is_no_name_of_too_many_words(tmp_path: Path) -> None:
    path = tmp_path / "libraries.csv"
    path.write_text("library,area,postcode\n北京市海淀区中关村街道中心图书馆,海\x85淀,100080\n", encoding="utf-8")
    known = read_gazetteer(path, None)
    assert known.library("北京市海淀区中关村街道中心图书馆")
