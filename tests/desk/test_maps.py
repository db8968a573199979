"""The map: boundaries are checked, numbers are under R9, libraries stand where their list says, names are text."""

from __future__ import annotations

import json
import sqlite3
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.config_parts import Desk
from advocacy_monitor.desk.charts.boundaries import as_geojson, read_boundaries
from advocacy_monitor.desk.charts.places import libraries, numbers_of
from advocacy_monitor.errors import ConfigError
from tests.desk.site import Site, open_site
from tests.desk.test_dashboards import drawn, rows

SQUARE = [[8.0, 50.0], [9.0, 50.0], [9.0, 51.0], [8.0, 51.0], [8.0, 50.0]]
HOLE = [[8.2, 50.2], [8.4, 50.2], [8.4, 50.4], [8.2, 50.4], [8.2, 50.2]]


def feature(name: str = "Riverside", *, kind: str = "Polygon", at: Any = None, **more: Any) -> dict[str, Any]:
    coordinates = [SQUARE, HOLE] if at is None else at
    properties = {"id": name[:2], "name": name, **more}
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def write(folder: Path, *features: Any) -> Path:
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def turned(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


@pytest.mark.parametrize("ring", [SQUARE, SQUARE[::-1]])
def test_rings_turn_as_d3_wants_them(tmp_path: Path, ring: list[list[float]]) -> None:
    path = write(tmp_path, feature(at=[ring, HOLE]), feature("Weststadt", kind="MultiPolygon", at=[[ring], [HOLE]]))
    made = as_geojson(read_boundaries(path, ["Riverside"]))
    first, second = (each["geometry"]["coordinates"] for each in made["features"])
    assert turned(first[0][0]) < 0 < turned(first[0][1])
    assert [turned(polygon[0]) < 0 for polygon in second] == [True, True]
    assert [each["properties"] for each in made["features"]] == [
        {"key": "riverside", "name": "Riverside"},
        {"key": "weststadt", "name": "Weststadt"},
    ]


def test_the_property_that_names_areas_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, feature("Nord", GEN="Riverside"), feature("Süd", GEN="WESTSTADT"))
    assert read_boundaries(path, ["Riverside", "Weststadt"]).named_by == "GEN"
    assert read_boundaries(path, []).named_by == "name"


@pytest.mark.parametrize(
    ("given_features", "said"),
    [
        ([], "at least one feature"),
        ([{"type": "Feature", "geometry": None}], "feature 1: has no properties"),
        ([feature(), {"type": "Feature", "properties": {"no": 1}, "geometry": None}], "no property stands in every"),
        ([feature(kind="Point", at=[8, 50])], "feature 1 (Riverside): must be a Polygon or MultiPolygon, found Point"),
        ([feature(at=[[[355000.0, 5645000.0]] * 4])], "save the file in WGS 84"),
        ([feature(at=[[["8", 50]] * 4])], "a point must be two numbers"),
        ([feature(at=[[[8, float("nan")]] * 4])], "a point must be two numbers"),
        ([feature(at=[SQUARE[:3]])], "a ring must have four points"),
        ([feature(at=[SQUARE[:-1]])], "the last the same as the first"),
        ([feature(at=7)], "no list of rings"),
        ([feature(at=[])], "no list of rings"),
        ([feature("A"), feature("a")], "2 features are called 'a'"),
        ([feature(at=[[[8, 50], *[[8, 51]] * 300_001, [8, 50]]])], "is larger than|more than 300000 points"),
    ],
)
def test_a_wrong_file_is_named_with_its_feature(given_features: list[Any], said: str, tmp_path: Path) -> None:
    path = write(tmp_path, *given_features)
    with pytest.raises(ConfigError) as error:
        read_boundaries(path, ["A", "Riverside"])
    assert str(error.value).startswith("areas.geojson")
    assert any(each in str(error.value) for each in said.split("|"))


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"type": "Feature"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_geojson_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"areas\.geojson"):
        read_boundaries(path, [])
    with pytest.raises(ConfigError, match="cannot be read"):
        read_boundaries(tmp_path / "missing.geojson", [])


@given(numbers=st.dictionaries(st.sampled_from(("A", "a", " a ", "B", "C", "D", "unknown")), st.integers(0, 12)))
def test_numbers_of_places_are_large_enough_and_add_up(numbers: dict[str, int]) -> None:
    made = numbers_of(numbers, 5)
    assert all(value >= 5 for value in made.shown.values())
    whole = sum(numbers.values())
    told = sum(made.shown.values()) + (made.others or 0) + (made.unknown or 0)
    assert told <= whole
    # What is missing is nothing, or so much that nobody can tell whose it is.
    assert whole - told == 0 or not made.shown or made.others is not None or whole - told >= 5
    assert len({name.strip().casefold() for name in made.shown}) == len(made.shown)


def test_libraries_stand_where_their_list_says(tmp_path: Path) -> None:
    path = tmp_path / "libraries.csv"
    path.write_text('library,area,postcode,latitude,longitude\nA,X,1,"50,5",8.25\nB,X,1,,\nC,X,1,-33.9,151.2\n')
    found, without = libraries(path)
    assert ([(each.name, each.latitude, each.longitude) for each in found], without) == (
        [("A", 50.5, 8.25), ("C", -33.9, 151.2)],
        1,
    )
    assert libraries(None) == ([], 0)
    path.write_text("library,area,postcode,latitude,longitude\nA,X,1,5645000,355000\n")
    with pytest.raises(ConfigError, match="'A': latitude '5645000'"):
        libraries(path)


def test_without_boundaries_countries_are_drawn_where_areas_are_countries(desk_site: Site) -> None:
    with sqlite3.connect(desk_site.campaign.database) as conn:
        conn.execute("UPDATE items SET area = 'Germany' WHERE area = 'Riverside'")
        conn.execute("UPDATE annotations SET value = 'Germany' WHERE label = 'area' AND value = 'Riverside'")
    desk_site.catch_up()
    figure = drawn(desk_site.client("moderator").get("/map").text)["figures"][0]
    assert (figure["boundaries"], figure["countries"]) == ("", "/-/desk/static/maps/countries-110m.json")
    assert figure["values"]["germany"] >= 5


def test_an_empty_map_of_the_world_is_not_drawn(shared_site: Site) -> None:
    page = shared_site.client("viewer").get("/map").text
    assert drawn(page)["figures"] == []
    assert "are placed in" in page and "Natural Earth" in page
    assert "have no outline of their name" in page
    assert shared_site.client("viewer").get("/map/boundaries.json").status_code == 404
    assert shared_site.client("viewer").get("/static/maps/countries-110m.json").status_code == 200


def test_areas_of_the_campaign_are_matched_by_name(desk_site: Site) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e"
    write(desk_site.campaign.folder, feature("RIVERSIDE"), feature("Linden"), feature(hostile))
    desk_site.desk.close()
    with open_site(desk_site.campaign, desk=Desk(map=Path("areas.geojson"))) as site:
        client = site.client("moderator", name="Another")
        page = client.get("/map").text
        figure = drawn(page)["figures"][0]
        assert figure["values"]["riverside"] >= 5
        assert figure["boundaries"] == "/-/desk/map/boundaries.json"
        assert {"Weststadt", "North End"} >= {
            line[line.index("<bdi>") + 5 : line.index("</bdi>")]
            for line in page[page.index("no outline of") :].splitlines()
            if line.startswith("<ul><li><bdi>")
        }
        sent = client.get("/map/boundaries.json").json()
        names = [each["properties"]["name"] for each in sent["features"]]
        assert names == ["RIVERSIDE", "Linden", "<img src=x onerror=alert(1)>‹U+202E›"]
        found = rows(client, "/map.csv")
        assert found[0] == ["area", "statements", "of"]
        assert sum(int(number) for _, number, _ in found[1:]) == int(found[1][2])
        assert f"{found[1][1]} of {found[1][2]} statements are placed in" in unescape(page)


def test_a_wrong_map_is_a_page_that_says_so(desk_site: Site) -> None:
    write(desk_site.campaign.folder, feature(at=[[[355000.0, 5645000.0]] * 4]))
    desk_site.desk.close()
    with open_site(desk_site.campaign, desk=Desk(map=Path("areas.geojson"))) as site:
        answer = site.client("moderator", name="Another").get("/map")
    assert answer.status_code == 400
    assert "WGS 84" in answer.text
