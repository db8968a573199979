"""Small cells: nothing under the limit is shown, and nothing hidden can be worked out from the rest (R9)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.breakdowns import cell, cell_or_none_at_all, merged, parts
from advocacy_monitor.config import Campaign, Config, Thresholds
from advocacy_monitor.models import Query
from advocacy_monitor.pack import compile_pack
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_submission
from tests.test_pack import approve, checked, fact, fill

CAMPAIGN = Campaign(name="T", sponsor="S", contact="C")
CONFIG = Config(campaign=CAMPAIGN, thresholds=Thresholds(smallest_cell=5, smallest_base=5))

counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 40), max_size=12)


@given(counts, st.integers(1, 10))
def test_parts_add_up_and_no_part_under_the_limit_is_shown(counted: dict[str, int], smallest: int) -> None:
    made = parts(counted, smallest, others="others")
    shown = [count for count in made if count.value is not None]
    assert all(count.value is not None and count.value >= smallest for count in shown)
    hidden = [count for count in made if count.value is None]
    assert [count.label for count in hidden] in ([], ["others"])
    if made and not hidden:
        assert sum(count.value or 0 for count in made) == sum(counted.values())


@given(counts, st.integers(1, 10))
def test_what_is_hidden_cannot_be_worked_out_from_the_whole(counted: dict[str, int], smallest: int) -> None:
    made = parts(counted, smallest, others="others")
    rest = sum(counted.values()) - sum(count.value or 0 for count in made)
    assert rest == 0 or not any(count.value for count in made)


def test_the_next_smallest_joins_the_others_where_these_are_too_few() -> None:
    made = parts({"A": 50, "B": 9, "C": 2}, 5, others="other areas")
    assert [(count.label, count.value) for count in made] == [("A", 50), ("other areas", 11)]


def test_a_single_part_is_not_shown_where_the_whole_would_tell_the_few_others() -> None:
    assert parts({"A": 50, "C": 2}, 5, others="others") == ()
    assert [count.value for count in parts({"A": 1, "C": 2}, 5, others="others")] == [None]


def test_a_cell_and_nobody_at_all() -> None:
    assert (cell(4, 5), cell(5, 5), cell(0, 5)) == (None, 5, None)
    assert (cell_or_none_at_all(0, 5), cell_or_none_at_all(1, 5), cell_or_none_at_all(7, 5)) == (0, None, 7)


@pytest.mark.parametrize("pairs", [[], [("A", 1)], [("A", 1), ("B", 2), ("A", 3)]])
def test_equal_labels_are_one(pairs: list[tuple[str, int]]) -> None:
    made = merged(pairs)
    assert sum(made.values()) == sum(number for _, number in pairs)
    assert set(made) == {name for name, _ in pairs}


@pytest.mark.parametrize("cut", ["areas", "libraries"])
def test_what_people_write_for_an_unknown_place_is_counted_with_the_unknown_ones(store: Store, cut: str) -> None:
    written = [None] * 3 + ["?"] * 4 + ["Riverside"] * 6
    fill(store, *(make_submission(f"Words {n}", library=name, area=name) for n, name in enumerate(written)))
    checked(store)
    approve(store, Clock())
    config = Config(campaign=CAMPAIGN, thresholds=Thresholds(smallest_cell=2, smallest_base=2))
    made = compile_pack(store, Query(title="All"), config, {})
    assert {count.label: count.value for count in getattr(made, cut)} == {"?": 7, "Riverside": 6}


@pytest.mark.parametrize(
    ("by_month", "shown"),
    [
        ((9, 7, 6), [9, 7, 6]),
        ((9, 7, 3), []),
        ((9, 1, 2), []),
        ((9, 4, 4), []),
        ((9, 1, 1, 1, 1, 1), []),
        ((9, 4, 3), [9, None, None]),
    ],
)
def test_no_hidden_month_can_be_worked_out_from_the_whole(
    store: Store, by_month: tuple[int, ...], shown: list[int | None]
) -> None:
    days = [datetime(2026, month, day, tzinfo=UTC) for month, n in enumerate(by_month, 1) for day in range(1, n + 1)]
    fill(store, *(make_submission(f"Words of {day:%B %d}", source_id=str(day), created_at=day) for day in days))
    checked(store)
    approve(store, Clock())
    made = compile_pack(store, Query(title="All"), CONFIG, {})
    assert [count.value for count in made.months] == shown
    assert made.statements == sum(by_month)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"a": 9, "b": 7, "c": 2}, "Survey: a: 9, Survey: b, Survey: c: 9."),
        ({"a": 9, "b": 2}, "Survey: a, Survey: b: 11."),
        ({"a": 9, "b": 7}, "Survey: a: 9, Survey: b: 7."),
        ({"a": 2, "b": 1}, "Survey: a, Survey: b: fewer than 5."),
    ],
)
def test_the_method_names_every_channel_and_tells_no_small_one(
    store: Store, numbers: dict[str, int], said: str
) -> None:
    names = [name for name, number in numbers.items() for _ in range(number)]
    items = (make_submission(f"Words {n}", source=f"survey:{name}", source_id=str(n)) for n, name in enumerate(names))
    fill(store, *items)
    checked(store)
    approve(store, Clock())
    assert dict(compile_pack(store, Query(title="All"), CONFIG, {}).method)["Channels"].startswith(said)


def test_of_a_theme_that_is_too_small_to_show_nobody_learns_how_many_were_coded(store: Store) -> None:
    fill(store, *(make_submission(f"Words {n}", source_id=str(n)) for n in range(8)))
    coded = {n: "books" if n <= 3 else "warmth" for n in range(1, 9)}
    checked(store)
    for n, theme in coded.items():
        store.assertions.add([fact(n, "coded", "themes", "person:Kim"), fact(n, "theme", theme, "person:Kim")])
    approve(store, Clock())
    themes = compile_pack(store, Query(title="All"), CONFIG, {}).themes
    assert [(each.code, each.statements, each.confirmed) for each in themes] == [("warmth", 5, 5), ("books", None, 0)]
