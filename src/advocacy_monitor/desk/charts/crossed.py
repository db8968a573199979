"""Charts of themes by another field or over months, and of all statements over months (R9 in both directions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advocacy_monitor.breakdowns import parts
from advocacy_monitor.desk.charts.cells import open_cells
from advocacy_monitor.desk.charts.counts import OTHERS, UNKNOWN, Counted, Counts
from advocacy_monitor.desk.charts.definitions import Named
from advocacy_monitor.desk.charts.figure import Figure, Value, described
from advocacy_monitor.desk.charts.months import whole_months
from advocacy_monitor.desk.charts.words import Telling, finding
from advocacy_monitor.summary.filters import Filters

Series = tuple[str, str, dict[str, int | None]]
"""Name, label, and the number for each column; None where it is hidden."""


def over_months(named: Named, counts: Counts, telling: Telling, filters: Filters) -> Figure:
    """Statements over whole months, all together or by theme."""
    chart, t = named.chart, telling.t
    whole = counts.by("month", chart.counted)
    months, left_out = whole_months(whole.numbers, filters, telling.today)
    if not months or whole.base < telling.smallest_cell:
        empty = t.text("No month is whole yet: a month is drawn when it is over.")
        return Figure(name=named.name, kind=chart.kind, heading=telling.heading(chart), empty=empty)
    series = _by_theme(named, counts, telling, months) if chart.split else []
    if not chart.split:
        series = [("", telling.measure(chart.measure), _row(whole.numbers, months, telling.smallest_cell))]
    labels = [(month, telling.label("month", month)) for month in months]
    notes = [_left_out(left_out, telling), _base(whole, chart.measure, telling), *_hidden(series, labels, telling)]
    told = _finding(named, series, labels, whole, telling)
    return _figure(named, series, labels, telling, told, notes, whole.base)


def heat(named: Named, counts: Counts, telling: Telling) -> Figure:
    """Themes by another field, as a table of cells."""
    chart, t = named.chart, telling.t
    field = chart.field
    whole = counts.by(field, chart.counted)
    statements = counts.by(field)
    alone = {count.label for count in parts(statements.numbers, telling.smallest_cell, others=OTHERS)} - {OTHERS}
    ordered = sorted(alone, key=lambda name: (name == UNKNOWN, -statements.numbers[name], name))
    columns = ordered[: chart.top]
    if UNKNOWN in ordered and UNKNOWN not in columns:
        columns = [*columns[:-1], UNKNOWN]
    series = _by_theme(named, counts, telling, columns)
    if not columns or not series:
        empty = t.text("No part is large enough to be shown without telling about a small one.")
        return Figure(name=named.name, kind=chart.kind, heading=telling.heading(chart), empty=empty)
    if any(row[OTHERS] is not None for _, _, row in series):
        columns = [*columns, OTHERS]
    labels = [(name, telling.label(field, name)) for name in columns]
    notes = [_base(whole, chart.measure, telling), *_hidden(series, labels, telling)]
    told = _finding(named, series, labels, whole, telling)
    return _figure(named, series, labels, telling, told, notes, whole.base)


def _by_theme(named: Named, counts: Counts, telling: Telling, columns: Sequence[str]) -> list[Series]:
    """The most frequent themes, each with its numbers; what lies outside the columns stands together."""
    chart = named.chart
    smallest = telling.smallest_cell
    crossed = counts.crossed(chart.field, chart.counted, columns)
    sizes = counts.by("theme", chart.counted).numbers
    themes = sorted(crossed, key=lambda theme: (-sizes.get(theme, 0), theme))[: chart.top]
    return [
        (theme, telling.label("theme", theme), _row(crossed[theme], columns, smallest))
        for theme in themes
        if sizes.get(theme, 0) >= smallest
    ]


def _row(numbers: Mapping[str, int], columns: Sequence[str], smallest: int) -> dict[str, int | None]:
    """The numbers of a row that may be shown; whoever knows their sum cannot work out the others."""
    known = {name: numbers.get(name, 0) for name in columns}
    known[OTHERS] = sum(number for name, number in numbers.items() if name not in columns)
    shown = open_cells(known, smallest)
    return {name: number if name in shown else None for name, number in known.items()}


def _left_out(months: Sequence[str], telling: Telling) -> str:
    if not months:
        return ""
    t = telling.t
    if len(months) == 1:
        return t.text("Left out is {month}, which is not whole.", month=telling.label("month", months[0]))
    first, last = (telling.label("month", month) for month in (months[0], months[-1]))
    return t.text(
        "Left out are {n} months that are not whole or too long ago, from {first} to {last}.",
        n=t.number(len(months)),
        first=first,
        last=last,
    )


def _base(whole: Counted, measure: str, telling: Telling) -> str:
    return telling.t.text("Base: {base}.", base=telling.unit(measure, whole.base))


def _number(value: int | None, telling: Telling) -> str:
    return telling.not_shown if value is None else telling.number(value)


def _hidden(series: Sequence[Series], labels: Sequence[tuple[str, str]], telling: Telling) -> list[str]:
    if all(row.get(name) is not None for _, _, row in series for name, _ in labels):
        return []
    t, n = telling.t, telling.smallest_cell
    if labels[0][0].count("-") == 1 and labels[0][0][:4].isdigit():
        return [t.text("Numbers under {n} are not shown, nor what would tell them: they are empty circles.", n=n)]
    return [t.text("Numbers under {n} are not shown, nor what would tell them: they are dots.", n=n)]


def _finding(
    named: Named, series: Sequence[Series], labels: Sequence[tuple[str, str]], whole: Counted, telling: Telling
) -> str:
    t, chart = telling.t, named.chart
    base = telling.unit(chart.measure, whole.base)
    if chart.split:
        return t.counted("{n} theme, in {base}", "The {n} most frequent themes, in {base}", len(series), base=base)
    best = max(((value, name) for name, value in series[0][2].items() if value and name != OTHERS), default=None)
    if best is None:
        return ""
    return finding("month", dict(labels)[best[1]], best[0], base, t)


def _figure(
    named: Named,
    series: Sequence[Series],
    labels: Sequence[tuple[str, str]],
    telling: Telling,
    told: str,
    notes: Sequence[str],
    base: int,
) -> Figure:
    chart, t = named.chart, telling.t
    heading = telling.heading(chart)
    data: list[tuple[Value, ...]] = []
    for _, label, row in series:
        for name, column in labels:
            place: Value = name if chart.field == "month" else column
            data.append((place, *((label,) if chart.split else ()), row.get(name), base))
    names = (chart.field, *(("theme",) if chart.split else ()), chart.measure, "of")
    across = chart.field != "month"
    rows, headers = _table(series, labels, telling, across=across, first=telling.field("theme" if across else "month"))
    pairs = []
    if not chart.split:
        pairs = [(label, _number(series[0][2].get(name), telling)) for name, label in labels][-5:]
    drawing = {
        "columns": [{"key": name, "label": label} for name, label in labels],
        "series": [
            {
                "label": label,
                "values": [row.get(name) for name, _ in labels],
                "texts": [_number(row.get(name), telling) for name, _ in labels],
            }
            for _, label, row in series
        ],
        "short": "·",
        "unit": telling.measure(chart.measure),
    }
    more = t.text("All numbers stand in the table below it.")
    return Figure(
        name=named.name,
        kind=chart.kind,
        heading=heading,
        finding=told,
        notes=tuple(note for note in notes if note),
        headers=headers,
        rows=rows,
        names=names,
        data=tuple(data),
        drawing=drawing,
        description=described(heading, told, pairs, more),
        hidden=telling.not_shown,
    )


def _table(
    series: Sequence[Series], labels: Sequence[tuple[str, str]], telling: Telling, *, across: bool, first: str
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Themes down and places across, or months down and themes across."""
    if across:
        rows = [(label, *(_number(row.get(name), telling) for name, _ in labels)) for _, label, row in series]
        return tuple(rows), (first, *(label for _, label in labels))
    rows = [(label, *(_number(row.get(name), telling) for _, _, row in series)) for name, label in labels]
    return tuple(rows), (first, *(label for _, label, _ in series))
