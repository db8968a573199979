"""Bars: statements, people or appearances by one field, largest first, small numbers together or in words (R9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advocacy_monitor.breakdowns import cell, parts
from advocacy_monitor.desk.charts.counts import NO_THEME, OTHERS, UNKNOWN, Counted, Counts
from advocacy_monitor.desk.charts.definitions import Chart, Named
from advocacy_monitor.desk.charts.figure import Figure, Value, described
from advocacy_monitor.desk.charts.words import Telling, finding
from advocacy_monitor.models import Quality

Row = tuple[str, int | None]


def ranked(named: Named, counts: Counts, telling: Telling, quality: Quality | None = None) -> Figure:
    """A chart by one field that is not time."""
    chart, t = named.chart, telling.t
    field = chart.field
    counted = counts.by(field, chart.counted, chart.question)
    rows, more = _overlapping(counted, chart, telling) if counted.overlap else _parted(counted, counts, chart, telling)
    heading = telling.heading(chart)
    if counted.base < telling.smallest_cell or not any(value is not None for _, value in rows):
        return Figure(name=named.name, kind=chart.kind, heading=heading, empty=_nothing(counted.base, telling))
    base = telling.unit(chart.measure, counted.base)
    top = _top(rows)
    told = ""
    if top:
        proven = field != "theme" or _is_proven(top[0], counts)
        told = finding(field, telling.label(field, top[0], chart.question), top[1], base, t, proven=proven)
    notes = [_base_note(counted, base, telling), *more]
    if field == "theme":
        notes.append(_coding_note(counts, telling))
    return _figure(named, rows, counted, telling, told, tuple(note for note in notes if note), quality)


def _is_proven(theme: str, counts: Counts) -> bool:
    """Whether a person coded every statement that has a theme."""
    coded = counts.columns.tally_counts(counts.coded, "theme")
    return coded.get(theme, 0) == counts.by("theme").numbers.get(theme, 0)


def _overlapping(counted: Counted, chart: Chart, telling: Telling) -> tuple[list[Row], list[str]]:
    """Values of which a statement may have several: their numbers tell nothing of each other."""
    smallest = telling.smallest_cell
    ordered = sorted(counted.numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    large = [pair for pair in ordered if pair[1] >= smallest and pair[0] != NO_THEME]
    rows: list[Row] = list(large[: chart.top])
    rest = len(ordered) - len(rows) - (NO_THEME in counted.numbers)
    if chart.field == "theme" and NO_THEME in counted.numbers:
        rows.append((NO_THEME, cell(counted.numbers[NO_THEME], smallest)))
    if not rest:
        return rows, []
    if chart.field == "theme":
        return rows, [telling.t.counted("{n} more theme is not shown.", "{n} more themes are not shown.", rest)]
    return rows, [telling.t.counted("{n} more answer is not shown.", "{n} more answers are not shown.", rest)]


def _parted(counted: Counted, counts: Counts, chart: Chart, telling: Telling) -> tuple[list[Row], list[str]]:
    """Parts of a whole: the small ones stand together, and what is not known comes last."""
    named = _shown(counted, counts, chart, telling.smallest_cell)
    ordered = sorted(named, key=lambda name: (name == UNKNOWN, -counted.numbers[name], name))
    kept = ordered[: chart.top] if len(ordered) > chart.top else ordered
    if UNKNOWN in ordered and UNKNOWN not in kept:
        kept = [*kept[:-1], UNKNOWN]
    rest = set(counted.numbers) - set(kept)
    rows: list[Row] = [(name, counted.numbers[name]) for name in kept]
    if rest and kept:
        together = counted.together(rest)
        rows.insert(len(rows) - (kept[-1] == UNKNOWN), (OTHERS, cell(together, telling.smallest_cell)))
    return rows, []


def _shown(counted: Counted, counts: Counts, chart: Chart, smallest: int) -> set[str]:
    """The values that may stand alone: by the number that is shown and by the statements behind it."""
    alone = {count.label for count in parts(counted.numbers, smallest, others=OTHERS)} - {OTHERS}
    if chart.measure != "statements":
        statements = counts.by(chart.field, "statements", chart.question).numbers
        alone &= {count.label for count in parts(statements, smallest, others=OTHERS)}
    return alone


def _top(rows: Sequence[Row]) -> tuple[str, int] | None:
    """The largest that is known by name."""
    for name, value in rows:
        if name not in (OTHERS, UNKNOWN, NO_THEME) and value is not None:
            return name, value
    return None


def _nothing(base: int, telling: Telling) -> str:
    t = telling.t
    if not base:
        return t.text("Nothing to count here.")
    if base < telling.smallest_cell:
        return t.text("Fewer than {n}: too few to show.", n=telling.smallest_cell)
    return t.text("No part is large enough to be shown without telling about a small one.")


def _base_note(counted: Counted, base: str, telling: Telling) -> str:
    t = telling.t
    if counted.overlap:
        return t.text("Base: {base}. One may stand in several rows.", base=base)
    return t.text("Base: {base}.", base=base)


def _coding_note(counts: Counts, telling: Telling) -> str:
    coded = cell(len(counts.coded), telling.smallest_cell)
    return telling.t.text(
        "Themes are what a person coded, else what software suggests; a person coded {n} of these statements.",
        n=telling.number(coded),
    )


def _figure(
    named: Named,
    rows: Sequence[Row],
    counted: Counted,
    telling: Telling,
    told: str,
    notes: tuple[str, ...],
    quality: Quality | None,
) -> Figure:
    chart, t = named.chart, telling.t
    labels = [(name, telling.label(chart.field, name, chart.question), value) for name, value in rows]
    measured = quality.themes if quality and chart.field == "theme" else {}
    headers = [telling.field(chart.field), telling.measure(chart.measure), t.text("Share")]
    headers += [t.text("Precision"), t.text("Recall")] if measured else []
    table = [
        (label, telling.number(value), telling.share(value, counted.base), *_measured(name, measured, telling))
        for name, label, value in labels
    ]
    heading = telling.heading(chart)
    bars = [
        {"label": label, "value": value, "text": _text(value, counted.base, telling), "quiet": name in _QUIET}
        for name, label, value in labels
    ]
    data: list[tuple[Value, ...]] = [(label, value, counted.base) for _, label, value in labels]
    pairs = [(label, telling.number(value)) for _, label, value in labels]
    more = t.text("All numbers stand in the table below it.")
    return Figure(
        name=named.name,
        kind=chart.kind,
        heading=heading,
        finding=told,
        notes=notes,
        headers=tuple(headers),
        rows=tuple(table),
        names=(chart.field, chart.measure, "of"),
        data=tuple(data),
        drawing={"bars": bars},
        description=described(heading, told, pairs, more),
        hidden=telling.number(None),
    )


_QUIET = (OTHERS, UNKNOWN, NO_THEME)


def _text(value: int | None, base: int, telling: Telling) -> str:
    share = telling.share(value, base)
    return f"{telling.number(value)} ({share})" if share else telling.number(value)


def _measured(name: str, measured: Mapping[str, object], telling: Telling) -> tuple[str, ...]:
    """Precision and recall beside a theme (R12); a share of fewer than the smallest cell is none."""
    if not measured:
        return ()
    found = measured.get(name, (None, None))
    assert isinstance(found, tuple)
    return tuple(
        telling.t.ratio(each.value) if each is not None and each.base >= telling.smallest_cell else "–"
        for each in found
    )
