"""Numbers for the map: statements by area and by library under R9, and where the libraries are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.areas import folded
from advocacy_monitor.breakdowns import parts
from advocacy_monitor.desk.charts.counts import OTHERS, UNKNOWN
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.gazetteer import LIBRARY_COLUMNS, LIBRARY_EXTRAS, read_places

_MOST_LIBRARIES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Places by their folded names: how each is written, and the numbers that may be shown.

    `others` is the sum of those that stand together, None where it is too small or there are none.
    """

    names: Mapping[str, str]
    shown: Mapping[str, int]
    others: int | None
    unknown: int | None


def numbers_of(counted: Mapping[str, int], smallest: int) -> Numbers:
    """The numbers of places; spellings that differ in case and spaces only are one place."""
    names: dict[str, str] = {}
    sums: dict[str, int] = {}
    for name, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        key = UNKNOWN if name == UNKNOWN else folded(name)
        names.setdefault(key, name)
        sums[key] = sums.get(key, 0) + number
    made = {count.label: count.value for count in parts(sums, smallest, others=OTHERS)}
    others = made.pop(OTHERS, None)
    unknown = made.pop(UNKNOWN, None)
    names.pop(UNKNOWN, None)
    shown = {name: value for name, value in made.items() if value is not None}
    return Numbers(names=names, shown=shown, others=others, unknown=unknown)


@dataclass(frozen=True, slots=True)
class Library:
    """A library with its place in degrees."""

    name: str
    longitude: float
    latitude: float


def libraries(path: Path | None) -> tuple[list[Library], int]:
    """The libraries of the campaign's list that have coordinates, and how many have none. Raises ConfigError."""
    if path is None:
        return [], 0
    found: list[Library] = []
    without = 0
    for row in _rows(path):
        place = _place(row, path)
        if place is None:
            without += 1
        elif len(found) < _MOST_LIBRARIES:
            found.append(place)
    return found, without


def _rows(path: Path) -> Iterable[Mapping[str, str]]:
    return read_places(path, LIBRARY_COLUMNS, LIBRARY_EXTRAS)


def _place(row: Mapping[str, str], path: Path) -> Library | None:
    north, east = row.get("latitude", ""), row.get("longitude", "")
    if not north or not east:
        return None
    try:
        latitude, longitude = (float(each.replace(",", ".")) for each in (north, east))
    except ValueError:
        latitude = longitude = float("nan")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ConfigError(
            f"{path.name}: {row['library']!r}: latitude {north[:20]!r} and longitude {east[:20]!r} are no degrees "
            "such as 52.52 and 13.40"
        )
    return Library(row["library"], round(longitude, 5), round(latitude, 5))
