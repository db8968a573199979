"""The campaign's own boundaries, from a GeoJSON file: checked, and made ready to be drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from advocacy_monitor.areas import folded
from advocacy_monitor.desk.words import shown
from advocacy_monitor.errors import ConfigError

LARGEST = 8 * 1024 * 1024
MOST_POINTS = 300_000
MOST_FEATURES = 5_000
_PREFERRED = ("area", "name", "NAME", "Name")
_LONGEST = 200
_DIGITS = 5
"""A metre; more would only make the file larger."""

_Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Boundary:
    """One area with its polygons: each an outer ring and its holes, in degrees of longitude and latitude."""

    name: str
    polygons: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The areas of a file; `named_by` is the property that says which area each is."""

    areas: tuple[Boundary, ...]
    named_by: str


def read_boundaries(path: Path, known: Iterable[str]) -> Boundaries:
    """Reads a FeatureCollection of Polygons and MultiPolygons. Raises ConfigError that names file and feature.

    The property that names an area is the one of which most values are areas that are `known`.
    """
    features = _features(_content(path), path)
    named_by = _naming(features, {folded(name) for name in known}, path)
    budget = [MOST_POINTS]
    made = [_boundary(number, each, named_by, path, budget) for number, each in enumerate(features, start=1)]
    return Boundaries(tuple(made), named_by)


def as_geojson(boundaries: Boundaries) -> dict[str, Any]:
    """The areas for d3, which takes the side to the right of an outer ring for its inside. The key is the folded name.

    Names are made visible where they hide signs.
    """
    features = [
        {
            "type": "Feature",
            "properties": {"key": folded(each.name), "name": shown(each.name, 120)},
            "geometry": {"type": "MultiPolygon", "coordinates": [list(polygon) for polygon in each.polygons]},
        }
        for each in boundaries.areas
    ]
    return {"type": "FeatureCollection", "features": features}


def _content(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path.name}: is larger than {LARGEST // 1024**2} MB; simplify the boundaries")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path.name}: cannot be read: {error.strerror}; desk.map in config.yaml names it") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name}: is not JSON: {str(error)[:200]}") from error


def _features(content: Any, path: Path) -> list[Mapping[str, Any]]:
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection" or not features:
        raise ConfigError(f"{path.name}: must be a GeoJSON FeatureCollection with at least one feature")
    if len(features) > MOST_FEATURES:
        raise ConfigError(f"{path.name}: has {len(features)} features; {MOST_FEATURES} are the most")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise ConfigError(f"{path.name}, feature {number}: has no properties; one of them must name the area")
    return features


def _naming(features: Sequence[Mapping[str, Any]], known: set[str], path: Path) -> str:
    names: dict[str, list[str]] = {}
    for feature in features:
        for key, value in feature["properties"].items():
            if isinstance(value, str) and value.strip():
                names.setdefault(str(key), []).append(value)
    complete = [key for key, values in names.items() if len(values) == len(features)]
    if not complete:
        raise ConfigError(f"{path.name}: no property stands in every feature as text; one must name the area")

    def fits(key: str) -> tuple[int, int]:
        rank = len(_PREFERRED) - _PREFERRED.index(key) if key in _PREFERRED else 0
        return sum(folded(value) in known for value in names[key]), rank

    best = max(complete, key=fits)
    for name, count in Counter(folded(value) for value in names[best]).items():
        if count > 1:
            raise ConfigError(
                f"{path.name}: {best}: {count} features are called {name[:60]!r}; make them one MultiPolygon"
            )
    return best


def _boundary(number: int, feature: Mapping[str, Any], named_by: str, path: Path, budget: list[int]) -> Boundary:
    name = " ".join(feature["properties"][named_by].split())[:_LONGEST]
    where = f"{path.name}, feature {number} ({shown(name, 60)})"
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ConfigError(f"{where}: must be a Polygon or MultiPolygon, found {str(kind)[:40]}")
    assert isinstance(geometry, dict)
    given = geometry.get("coordinates")
    polygons = [given] if kind == "Polygon" else given
    return Boundary(name, tuple(tuple(_rings(each, where, budget)) for each in _list(polygons, where)))


def _rings(polygon: Any, where: str, budget: list[int]) -> Iterator[tuple[tuple[float, float], ...]]:
    for place, ring in enumerate(_list(polygon, where)):
        points = [_point(each, where) for each in _list(ring, where)]
        budget[0] -= len(points)
        if budget[0] < 0:
            raise ConfigError(f"{where}: the file has more than {MOST_POINTS} points; simplify the boundaries")
        if len(points) < 4 or points[0] != points[-1]:
            raise ConfigError(f"{where}: a ring must have four points or more, the last the same as the first")
        outer = place == 0
        yield tuple(points if (_turned(points) < 0) == outer else points[::-1])


def _list(given: Any, where: str) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise ConfigError(f"{where}: the coordinates are no list of rings of points")
    return given


def _point(given: Any, where: str) -> tuple[float, float]:
    if not isinstance(given, list) or len(given) < 2 or not all(_is_number(each) for each in given[:2]):
        raise ConfigError(f"{where}: a point must be two numbers, longitude and latitude; found {str(given)[:60]}")
    east, north = float(given[0]), float(given[1])
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        raise ConfigError(
            f"{where}: {east:g}, {north:g} are no degrees of longitude and latitude; "
            "save the file in WGS 84 (EPSG:4326)"
        )
    return round(east, _DIGITS), round(north, _DIGITS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _turned(ring: Sequence[tuple[float, float]]) -> float:
    """Twice the area within a ring; below 0 where it goes clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
