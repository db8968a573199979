"""Charts: their numbers are those of `count`, small ones cannot be worked out, definitions are checked."""

from __future__ import annotations

import csv
import io
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.closed_answers import options_of
from advocacy_monitor.config import Loaded
from advocacy_monitor.counting import voices
from advocacy_monitor.desk.charts.cells import open_cells, open_steps
from advocacy_monitor.desk.charts.counts import OTHERS, Counts
from advocacy_monitor.desk.charts.crossed import heat, over_months
from advocacy_monitor.desk.charts.definitions import Chart, Named, read_charts
from advocacy_monitor.desk.charts.figure import Figure, as_csv
from advocacy_monitor.desk.charts.months import MOST, whole_months
from advocacy_monitor.desk.charts.ranked import ranked
from advocacy_monitor.desk.charts.words import Telling
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.left_out import Looked
from advocacy_monitor.models import Query
from advocacy_monitor.store import Store
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.refresh import refresh
from advocacy_monitor.translate import texts
from tests.properties.test_pack_numbers import CONFIG, NOW, Drawn, drawn, fill, queries

MEASURES = ("statements", "people", "appearances")


def telling(smallest: int = 1, today: date = date(2026, 11, 22), language: str = "en") -> Telling:
    return Telling(t=texts(language), smallest_cell=smallest, smallest_base=1, titles={}, today=today)


def counts_of(store: Store, folder: Path, filters: Filters) -> Counts:
    refresh(store, Loaded(config=CONFIG, path=folder / "config.yaml"))
    columns = Columns()
    columns.follow(store)
    return Counts(columns, columns.positions(filters))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(items=st.lists(drawn, max_size=25), query=queries)
def test_numbers_of_charts_are_those_of_count(items: list[Drawn], query: Query) -> None:
    filters = Filters(
        themes=query.themes, areas=query.areas, languages=query.languages, since=query.since, until=query.until
    )
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "advocacy.db", clock=lambda: NOW) as store:
        fill(store, items)
        counts = counts_of(store, Path(folder), filters)
        looked = Looked(at=NOW, unverified_too=True)
        for cut in ("theme", "source", "area", "library", "language", "month"):
            rows, _ = voices(store, query, cut, versions={}, looked=looked)
            for measure in MEASURES:
                found = counts.by(cut, measure)  # type: ignore[arg-type]  # one of them
                assert dict(found.numbers) == {row.label: getattr(row, measure) for row in rows}
        rows, _ = voices(store, query, "all", versions={}, looked=looked)
        for measure in MEASURES:
            expected = getattr(rows[0], measure) if rows else 0
            assert counts.size(counts.statements, measure) == expected  # type: ignore[arg-type]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(items=st.lists(drawn, max_size=25))
def test_crossed_numbers_add_up_to_those_of_their_theme(items: list[Drawn]) -> None:
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "advocacy.db", clock=lambda: NOW) as store:
        fill(store, items)
        counts = counts_of(store, Path(folder), Filters())
        themes = counts.by("theme").numbers
        for measure in MEASURES:
            crossed = counts.crossed("area", measure, ("Riverside",))  # type: ignore[arg-type]
            assert {OTHERS, "Riverside"} >= {name for row in crossed.values() for name in row}
            if measure == "statements":
                assert {theme: sum(row.values()) for theme, row in crossed.items()} == {
                    name: number for name, number in themes.items() if name != "none"
                }
            else:
                assert set(crossed) == set(themes) - {"none"}


def _same_sum(total: int, count: int) -> list[tuple[int, ...]]:
    """All ways to write a total as so many whole numbers."""
    bars = combinations(range(total + count - 1), count - 1)
    return [tuple(np.diff([-1, *each, total + count - 1]) - 1) for each in bars]


@settings(max_examples=80, deadline=None)
@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=4), smallest=st.integers(3, 5))
def test_a_hidden_small_number_could_be_another_one(numbers: list[int], smallest: int) -> None:
    counts = {f"n{at}": number for at, number in enumerate(numbers)}
    shown = open_cells(counts, smallest)
    hidden = [name for name in counts if name not in shown]
    assert all(counts[name] >= smallest for name in shown)
    total = sum(counts[name] for name in hidden)
    if not total:
        return
    # Whoever knows the rule, the sum and what is shown tries every way in which it could have come about.
    possible = []
    for values in _same_sum(total, len(hidden)):
        other = counts | dict(zip(hidden, map(int, values), strict=True))
        if open_cells(other, smallest) == shown:
            possible.append(other)
    for name in hidden:
        if 0 < counts[name] < smallest and len(counts) > 1:
            assert len({other[name] for other in possible}) > 1


def test_what_is_never_shown_hides_no_more_than_it_must() -> None:
    assert open_cells({"2026-01": 9, "2026-02": 8, "part": 7}, 5, never=("part",)) == {"2026-01", "2026-02"}
    assert open_cells({"2026-01": 9, "2026-02": 8, "part": 2}, 5, never=("part",)) == {"2026-01"}
    assert open_cells({"a": 3, "b": 1}, 5) == frozenset()
    assert open_cells({}, 5) == frozenset()


def test_steps_of_a_funnel_differ_by_enough_or_not_at_all() -> None:
    assert open_steps([100, 100, 98, 97, 60, 58, 0], 5) == [100, 100, None, None, 60, None, 0]
    assert open_steps([4, 4, 0], 5) == [None, None, 0]
    assert open_steps([9, 3, 3], 5) == [9, None, None]


@given(steps=st.lists(st.integers(0, 200), min_size=1, max_size=7).map(lambda each: sorted(each, reverse=True)))
def test_no_two_shown_steps_tell_a_small_difference(steps: list[int]) -> None:
    shown = [value for value in open_steps(steps, 5) if value is not None]
    for before, after in pairwise(shown):
        assert before == after or before - after >= 5
        assert after == 0 or after >= 5


def test_months_that_are_not_whole_are_left_out() -> None:
    today = date(2026, 11, 22)
    found = ["2026-07", "2026-10", "2026-11", "2027-01"]
    assert whole_months(found, Filters(), today) == (
        ["2026-07", "2026-08", "2026-09", "2026-10"],
        ["2026-11", "2027-01"],
    )
    cut = Filters(since=date(2026, 7, 2), until=date(2026, 10, 31))
    assert whole_months(["2026-07", "2026-09", "2026-10"], cut, today) == (["2026-09", "2026-10"], ["2026-07"])
    long = [f"{year}-01" for year in range(1, 2027)]
    months, left_out = whole_months([month.rjust(7, "0") for month in long], Filters(), today)
    assert (len(months), months[-1], len(left_out)) == (MOST, "2026-01", 2026 - 5)
    assert whole_months(["9999-12"], Filters(), date(9999, 12, 31)) == ([], ["9999-12"])


def test_several_ticked_answers_are_told_from_one_with_a_comma() -> None:
    ticked = options_of({"Books, Help", "Help", "Books", "Help, Wi-Fi", "Wi-Fi; Books", "Help, Books"})
    assert ticked["Help, Wi-Fi"] == ("Help", "Wi-Fi")
    assert ticked["Wi-Fi; Books"] == ("Wi-Fi", "Books")
    single = options_of({"Yes, often", "Yes, sometimes", "No"})
    assert single["Yes, often"] == ("Yes, often",)
    assert options_of(set()) == {}


def write(folder: Path, text: str) -> Path:
    own = folder / "dashboards" / "charts.yaml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(text, encoding="utf-8")
    return own


def test_the_shipped_charts_are_in_order(tmp_path: Path) -> None:
    names = [each.name for each in read_charts(tmp_path)]
    assert names[:2] == ["themes", "themes_by_month"]
    assert {"answers", "consent", "moderation", "agreement", "themes_by_area"} <= set(names)
    asked = [each for each in read_charts(tmp_path, ("Why?", "How often?")) if each.chart.field == "answer"]
    assert [(each.name, each.chart.question) for each in asked] == [("answers_1", "Why?"), ("answers_2", "How often?")]


def test_a_campaign_changes_adds_and_leaves_out_charts(tmp_path: Path) -> None:
    write(
        tmp_path,
        "charts:\n  months: null\n  themes: {by: theme, top: 3, title: Was zählt}\n"
        "  people: {by: area, measure: people, kind: table}\n",
    )
    charts = {each.name: each.chart for each in read_charts(tmp_path)}
    assert "months" not in charts
    assert (charts["themes"].top, charts["themes"].title) == (3, "Was zählt")
    assert next(iter(charts)) == "themes"
    assert list(charts)[-1] == "people"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("charts: {a: {by: colour}}", "charts.a.by"),
        ("charts: {a: {by: theme, kid: bar}}", "charts.a.kid: unknown key (did you mean kind?)"),
        ("charts: {a: {kind: bar}}", "charts.a.by: is missing"),
        ("charts: {a: {by: theme, kind: line}}", "charts.a.kind: a line is drawn over months only"),
        ("charts: {a: {by: area, kind: heat}}", "a heat table needs split: theme"),
        ("charts: {a: {by: area, kind: bar, split: theme}}", "charts.a.split"),
        ("charts: {a: {by: theme, kind: heat, split: theme}}", "cannot be used with by: theme"),
        ("charts: {a: {by: area, kind: funnel}}", "charts.a.kind: a funnel"),
        ("charts: {a: {by: status, measure: people}}", "charts.a.measure"),
        ("charts: {a: {by: area, measure: agreement}}", "charts.a.measure"),
        ("charts: {a: {by: area, top: 0}}", "charts.a.top"),
        ("charts: {'../a': {by: area}}", "a chart's name has small letters"),
        ("charts: {a: bar}", "charts.a: must be a mapping"),
        ("charts: [a]", "must hold the key `charts`"),
        ("chart: {}", "must hold the key `charts`"),
        ("charts: {a: {by: area}", "is not YAML"),
        ("charts:\n" + "".join(f"  c{n}: {{by: area}}\n" for n in range(60)), "charts on one page"),
    ],
)
def test_a_mistake_names_file_chart_and_key(text: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        read_charts(tmp_path)
    assert said in str(error.value)
    assert str(error.value).startswith("dashboards/charts.yaml")


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    write(tmp_path, "").write_bytes(b"charts: \xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_charts(tmp_path)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(items=st.lists(drawn, min_size=12, max_size=40), measure=st.sampled_from(MEASURES))
def test_no_figure_shows_a_number_under_the_smallest(items: list[Drawn], measure: str) -> None:
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "advocacy.db", clock=lambda: NOW) as store:
        fill(store, items)
        counts = counts_of(store, Path(folder), Filters())
        told = telling(3)
        made: list[Figure] = [
            ranked(Named(name="f", chart=Chart.model_validate({"by": by, "measure": measure, "top": 2})), counts, told)
            for by in ("theme", "area", "library", "language", "source")
        ]
        crossed = Chart.model_validate({"by": "area", "split": "theme", "kind": "heat", "measure": measure})
        made.append(heat(Named(name="f", chart=crossed), counts, told))
        for split in ("theme", None):
            over = Chart.model_validate({"by": "month", "split": split, "kind": "line", "measure": measure})
            made.append(over_months(Named(name="f", chart=over), counts, told, Filters()))
        for figure in made:
            for row in figure.data:
                value = row[figure.names.index(measure)]
                assert value is None or int(value) >= 3
                assert int(str(row[-1])) >= 3
            assert len({len(row) for row in (figure.headers, *figure.rows)}) <= 1


def test_cells_of_a_csv_run_no_formula() -> None:
    figure = Figure(
        name="a",
        kind="bar",
        heading="A",
        names=("area", "statements", "of"),
        data=(('=HYPERLINK("https://example.org")', 7, 20), ("a;@SUM(1)", None, 20), ("-5", 5, 20)),
        hidden="fewer than 5",
    )
    rows = list(csv.reader(io.StringIO(as_csv(figure).decode("utf-8-sig"))))
    assert rows == [
        ["area", "statements", "of"],
        ['\'=HYPERLINK("https://example.org")', "7", "20"],
        ["a;'@SUM(1)", "fewer than 5", "20"],
        ["'-5", "5", "20"],
    ]
