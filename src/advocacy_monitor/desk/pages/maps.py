"""The map: statements by area, and the libraries that they are about, drawn without any map from outside."""

from __future__ import annotations

import functools
import json
from contextlib import nullcontext
from importlib import resources
from typing import Any

from starlette.responses import Response

from advocacy_monitor.areas import Areas, folded
from advocacy_monitor.desk.charts.boundaries import Boundaries, as_geojson, read_boundaries
from advocacy_monitor.desk.charts.build import MANY, searched, telling
from advocacy_monitor.desk.charts.counts import Counts
from advocacy_monitor.desk.charts.figure import Figure, as_csv, described
from advocacy_monitor.desk.charts.kept import KEPT
from advocacy_monitor.desk.charts.places import Library, Numbers, libraries, numbers_of
from advocacy_monitor.desk.charts.words import LONGEST, Telling
from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pages.dashboards import FILTERS, address_of, asked_filters, labels, script_words
from advocacy_monitor.desk.words import shown
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.summary.filters import Filters

_SECONDS, _MEANWHILE = 15, 900
_MOST_NAMED = 200


def map_page(asked: Asked) -> Response:
    """The map with the same filters as the dashboards, and a table of its numbers."""
    filters = asked_filters(asked)
    reads_all = asked.person.may(Right.READ)
    told = telling(asked.desk, asked.t)
    base, areas, by_library = _numbers(asked, filters)
    points, without = _libraries(asked)
    boundaries = _boundaries(asked)
    drawn = _drawn_names(boundaries)
    figure = _figure(asked, told, base, areas)
    # A map on which nothing of the campaign lies would only look as if there were nothing.
    is_drawn = bool(figure.data) and (bool(points) or any(key in drawn for key in areas.shown))
    return asked.page(
        "map.html",
        figure=figure,
        filters=filters,
        keys=(*FILTERS, "consent", "risk") if reads_all else FILTERS,
        choices=lambda key: asked.desk.columns.choices(key, shared_only=not reads_all),
        label=labels(asked),
        reads_all=reads_all,
        csv=address_of(asked, "/map.csv", filters),
        own=boundaries is not None,
        named_by=boundaries.named_by if boundaries else "",
        not_drawn=[shown(areas.names[key], LONGEST) for key in areas.shown if key not in drawn][:_MOST_NAMED],
        without=without,
        points=len(points),
        drawn={
            "figures": [_drawing(asked, told, figure, areas, by_library, points, boundaries)] if is_drawn else [],
            **script_words(asked, filters),
        },
    )


def map_csv(asked: Asked) -> Response:
    """The numbers by area."""
    base, areas, _ = _numbers(asked, asked_filters(asked))
    figure = _figure(asked, telling(asked.desk, asked.t), base, areas)
    if not figure.names:
        raise Refusal(404, figure.empty)
    return asked.file(as_csv(figure), name="map.csv", kind="text/csv; charset=utf-8")


def boundaries_json(asked: Asked) -> Response:
    """The campaign's own boundaries for the script."""
    found = _boundaries(asked)
    if found is None:
        raise Refusal(404, asked.t.text("This campaign has no boundaries of its own."))
    return asked.json(as_geojson(found))


def _numbers(asked: Asked, filters: Filters) -> tuple[int, Numbers, Numbers]:
    """How many statements are counted, and their numbers by area and by library."""
    desk, smallest = asked.desk, asked.desk.loaded.config.thresholds.smallest_cell
    shared_only = not asked.person.may(Right.READ)

    def count() -> tuple[int, Numbers, Numbers]:
        ids, _ = searched(desk, filters)
        with desk.columns.still() if len(desk.columns) < MANY else nullcontext():
            counts = Counts(desk.columns, desk.columns.positions(filters, shared_only=shared_only, found=ids))
            by_area, by_library = (numbers_of(counts.by(field).numbers, smallest) for field in ("area", "library"))
            return len(counts.statements), by_area, by_library

    version = desk.columns.version if len(desk.columns) < MANY else None
    key = (str(desk.loaded.database), "map", version, tuple(filters.pairs()), shared_only)
    meanwhile = _MEANWHILE if version is None else 0
    return KEPT.get(key, desk.clock(), count, seconds=_SECONDS, meanwhile=meanwhile)[0]


def _libraries(asked: Asked) -> tuple[list[Library], int]:
    loaded = asked.desk.loaded
    path = loaded.config.campaign.libraries
    path = loaded.folder / path if path else None
    key = (str(loaded.database), "libraries", path.stat().st_mtime_ns if path and path.exists() else None)
    return KEPT.get(key, asked.desk.clock(), lambda: libraries(path), seconds=3600)[0]


def _boundaries(asked: Asked) -> Boundaries | None:
    loaded = asked.desk.loaded
    if loaded.config.desk.map is None:
        return None
    path = loaded.folder / loaded.config.desk.map
    known = {name for name, _ in asked.desk.columns.choices("area")}
    if loaded.config.campaign.areas:
        known |= set(Areas.read(loaded.folder / loaded.config.campaign.areas))
    key = (str(loaded.database), "boundaries", path.stat().st_mtime_ns if path.exists() else None, len(known))
    return KEPT.get(key, asked.desk.clock(), lambda: read_boundaries(path, known), seconds=3600)[0]


def _drawn_names(boundaries: Boundaries | None) -> set[str]:
    return {folded(each.name) for each in boundaries.areas} if boundaries else {folded(name) for name in _countries()}


@functools.cache
def _countries() -> tuple[str, ...]:
    """The names of the countries whose outlines are drawn where a campaign has none of its own."""
    path = resources.files("advocacy_monitor.desk") / "static" / "maps" / "countries-110m.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    return tuple(each["properties"]["name"] for each in content["objects"]["countries"]["geometries"])


def _figure(asked: Asked, told: Telling, base: int, areas: Numbers) -> Figure:
    t = asked.t
    heading = t.text("Statements by area")
    unit = told.unit("statements", base)
    if base < told.smallest_cell:
        empty = t.text("Fewer than {n} statements: too few to show.", n=told.smallest_cell)
        return Figure(name="map", kind="map", heading=heading, empty=empty)
    rows = [(shown(areas.names[key], LONGEST), number) for key, number in areas.shown.items()]
    rows += [(name, number) for name, number in _last(areas, told) if number is not None]
    if not rows:
        empty = t.text("No part is large enough to be shown without telling about a small one.")
        return Figure(name="map", kind="map", heading=heading, empty=empty)
    top = rows[0] if areas.shown else None
    finding = ""
    if top:
        finding = t.text("{n} of {base} are placed in {label}", label=top[0], n=t.number(top[1]), base=unit)
    listed = [(name, t.number(number)) for name, number in rows]
    return Figure(
        name="map",
        kind="map",
        heading=heading,
        finding=finding,
        notes=(
            t.text("Base: {base}.", base=unit),
            t.text("Areas with fewer than {n} stand together and have no colour.", n=told.smallest_cell),
        ),
        headers=(told.field("area"), told.measure("statements"), t.text("Share")),
        rows=tuple((name, t.number(number), told.share(number, base)) for name, number in rows),
        names=("area", "statements", "of"),
        data=tuple((name, number, base) for name, number in rows),
        description=described(heading, finding, listed, t.text("All numbers stand in the table below it.")),
        hidden=told.number(None),
    )


def _last(areas: Numbers, told: Telling) -> list[tuple[str, int | None]]:
    return [(told.others("area"), areas.others), (told.t.text("Not known"), areas.unknown)]


def _drawing(
    asked: Asked,
    told: Telling,
    figure: Figure,
    areas: Numbers,
    by_library: Numbers,
    points: list[Library],
    boundaries: Boundaries | None,
) -> dict[str, Any]:
    """What map.js draws. Values stand under the folded names of areas; points are drawn with their numbers."""
    t = asked.t
    places = [
        {
            "name": shown(each.name, LONGEST),
            "at": [each.longitude, each.latitude],
            "value": by_library.shown.get(folded(each.name)),
        }
        for each in points
    ]
    for place in places:
        value = place["value"]
        place["text"] = f"{place['name']}: " + (t.number(value) if isinstance(value, int) else told.not_shown)
    return {
        "name": "map",
        "kind": "map",
        "heading": figure.heading,
        "finding": figure.finding,
        "notes": list(figure.notes),
        "values": dict(areas.shown),
        "texts": {key: t.number(number) for key, number in areas.shown.items()},
        "points": places,
        "boundaries": asked.url("/map/boundaries.json") if boundaries else "",
        "countries": "/-/desk/static/maps/countries-110m.json",
        "source": "" if boundaries else t.text("Outlines: Natural Earth, 1:110m."),
    }


PAGES = (
    Page("GET", "/map", Right.SHARED, map_page),
    Page("GET", "/map.csv", Right.SHARED, map_csv),
    Page("GET", "/map/boundaries.json", Right.SHARED, boundaries_json),
)
