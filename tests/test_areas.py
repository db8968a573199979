"""The hierarchy of areas, and widening: it ends, never narrows, and says every step."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.areas import Areas, folded, widen
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Count, Widening

TABLE = "area,part_of\nRiverside,Northshire\nMere,Northshire\nNorthshire,England\nEngland,\nElsewhere,\n"


@pytest.fixture
def areas(tmp_path: Path) -> Areas:
    path = tmp_path / "areas.csv"
    path.write_text(TABLE, encoding="utf-8")
    return Areas.read(path)


def test_names_are_compared_folded_and_shown_as_written(areas: Areas) -> None:
    assert areas.wider("  RIVERSIDE ") == "Northshire"
    assert areas.wider("England") == ""
    assert areas.wider("Nowhere") == ""
    assert areas.wider("") is None
    assert areas.within("northshire") == {"Riverside", "Mere", "Northshire"}
    assert areas.within("Nowhere") == {"Nowhere"}
    assert areas.among("England", ["RIVERSIDE", "mere ", "Elsewhere", "x"]) == {"RIVERSIDE", "mere "}
    assert areas.among("Nowhere", ["NOWHERE", "Mere"]) == {"NOWHERE"}
    assert "riverside" in areas
    assert "x" not in areas
    assert next(iter(areas)) == "Riverside"


def test_every_mistake_is_told_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("part_of;area\nB;A\nC;B\nA;C\n;\nNorthshir;D\nX;\n;Northshire\nC;d\nE;E\n", encoding="cp1252")
    with pytest.raises(ConfigError) as caught:
        Areas.read(path)
    assert str(caught.value).splitlines() == [
        f"{path}, row 7, area: is empty",
        f"{path}, row 9, area: 'd' stands in row 6 already; an area is part of one other at most",
        f"{path}, row 6, part_of: 'Northshir' has no row of its own (did you mean Northshire?); "
        "add one, with an empty part_of if it is part of nothing",
        f"{path}, row 7, part_of: 'X' has no row of its own; add one, with an empty part_of if it is part of nothing",
        f"{path}, row 2, part_of: goes round in a circle: A > B > C > A",
        f"{path}, row 10, part_of: goes round in a circle: E > E",
    ]


@pytest.mark.parametrize("content", ["name,part_of\na,\n", "", "%PDF-1"])
def test_what_is_no_hierarchy_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError):
        Areas.read(path)


def _widened(numbers: dict[str, int], asked: str, areas: Areas | None, least: int) -> Widening | None:
    return widen(
        asked,
        lambda within: sum(n for area, n in numbers.items() if within is None or area in within),
        areas,
        least=least,
    )


def test_it_goes_up_until_there_are_enough_and_says_each_step(areas: Areas) -> None:
    numbers = {"Riverside": 3, "Mere": 20, "England": 90, "Elsewhere": 900}
    assert _widened(numbers, "Riverside", areas, 3) is None
    assert _widened(numbers, "Riverside", areas, 4) == Widening(
        steps=(Count(label="Riverside", value=3),), area="Northshire", least=4
    )
    up = (Count(label="Riverside", value=3), Count(label="Northshire", value=23))
    assert _widened(numbers, "Riverside", areas, 30) == Widening(steps=up, area="England", least=30)
    everywhere = Widening(steps=(*up, Count(label="England", value=113)), area="", least=2_000)
    assert _widened(numbers, "Riverside", areas, 2_000) == everywhere


def test_without_a_hierarchy_there_is_only_everything() -> None:
    step = (Count(label="Riverside", value=3),)
    assert _widened({"Riverside": 3, "Mere": 20}, "Riverside", None, 10) == Widening(steps=step, area="", least=10)
    assert _widened({"Riverside": 3}, "", None, 10) is None


def test_a_wider_title_that_brings_nothing_is_not_taken(areas: Areas) -> None:
    assert _widened({"Riverside": 3}, "Riverside", areas, 10) is None


_NAMES = [f"Area {number}" for number in range(8)]


@st.composite
def _hierarchies(draw: st.DrawFn) -> Areas:
    """Each area is part of one with a lower number, or of nothing: no circles."""
    pairs = []
    for number, name in enumerate(_NAMES):
        up = draw(st.sampled_from(["", *_NAMES[:number]]))
        pairs.append((name, up.upper()))
    return Areas.of(draw(st.permutations(pairs)))


@given(
    _hierarchies(),
    st.dictionaries(st.sampled_from([*_NAMES, "Unknown"]), st.integers(0, 20)),
    st.sampled_from([*_NAMES, "area 3", "Nowhere", ""]),
    st.integers(0, 60),
)
def test_widening_ends_never_narrows_and_says_every_step(
    areas: Areas, numbers: dict[str, int], asked: str, least: int
) -> None:
    def count(within: frozenset[str] | None) -> int:
        return sum(n for area, n in numbers.items() if within is None or area in within)

    found = widen(asked, count, areas, least=least)
    if found is None:
        here = count(areas.within(asked))
        assert asked == "" or here >= least or here == count(None)
        return
    path = [*(step.label for step in found.steps), found.area]
    assert path[0] == asked
    assert all(areas.wider(below) == above for below, above in pairwise(path))
    assert [step.value for step in found.steps] == [count(areas.within(step.label)) for step in found.steps]
    assert all(step.value is not None and step.value < least for step in found.steps)
    reached = [areas.within(each) for each in path if each]
    assert all(small <= large for small, large in pairwise(reached))
    assert found.area == "" or count(areas.within(found.area)) >= least


@given(_hierarchies(), st.sampled_from(_NAMES))
def test_an_area_lies_within_what_is_above_it(areas: Areas, area: str) -> None:
    up = areas.wider(area)
    assert area in areas.within(area)
    if up:
        assert areas.within(area) < areas.within(up)
        assert folded(up) != folded(area)


def test_accents_are_the_same_however_they_are_composed() -> None:
    known = Areas.of([("K\u00f6ln", ""), ("M\u00fclheim", "Ko\u0308ln")])
    assert "Ko\u0308ln" in known
    assert known.among("Ko\u0308ln", ["Mu\u0308lheim", "M\u00fclheim", "Bonn"]) == {"Mu\u0308lheim", "M\u00fclheim"}
