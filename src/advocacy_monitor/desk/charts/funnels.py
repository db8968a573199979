"""Funnels: how many of what was collected reached each step. Only for those who may read all statements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advocacy_monitor.desk.charts import reach
from advocacy_monitor.desk.charts.cells import open_steps
from advocacy_monitor.desk.charts.counts import Counts
from advocacy_monitor.desk.charts.definitions import Named
from advocacy_monitor.desk.charts.figure import Figure, described
from advocacy_monitor.desk.charts.words import Telling
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.rows import QUOTABLE
from advocacy_monitor.summary.table import Bools, Ints

Step = tuple[str, int]


def consent_steps(counts: Counts, telling: Telling) -> list[Step]:
    """What was said, what of it may be counted, quoted, and sent to a representative."""
    t = telling.t
    levels = counts.columns.tally_counts(counts.found, "consent")
    quoted, sent = levels.get("quote", 0), levels.get("send", 0)
    return [
        (t.text("Stored"), len(counts.found)),
        (t.text("May be counted"), levels.get("count", 0) + quoted),
        (t.text("May be quoted"), quoted),
        (t.text("May be quoted and sent to a representative"), sent),
    ]


def moderation_steps(
    counts: Counts, telling: Telling, *, off_topic: Sequence[int] | None, in_packs: Sequence[int]
) -> list[Step]:
    """From what was stored to what a pack has quoted; each step is part of the one before.

    `off_topic` is None where it was not looked up; then that step is missing.
    """
    t, columns = telling.t, counts.columns
    size = len(columns)  # items that come while this is counted are not in it
    keep = _mask(size, counts.found)
    steps = [(t.text("Stored"), len(counts.found))]

    def step(label: str, positions: Ints, *, without: bool = False) -> None:
        mask = _mask(size, positions)
        keep[:] = keep & (~mask if without else mask)
        steps.append((label, int(keep.sum())))

    if off_topic is not None:
        step(t.text("About a library, as software or a person says"), _at(columns, off_topic), without=True)
    step(t.text("Looked at by a person"), _judged(columns, "pending"), without=True)
    step(t.text("Approved"), _judged(columns, "approved"))
    step(t.text("Counted as a statement of its own"), counts.statements)
    step(t.text("May be quoted"), reach.flagged(columns, counts.statements, QUOTABLE))
    step(t.text("Quoted in a pack"), _at(columns, in_packs))
    return steps


def funnel(named: Named, steps: Sequence[Step], telling: Telling) -> Figure:
    """The steps as a figure; a step that differs by too few from the one before is not shown (R9)."""
    t = telling.t
    heading = telling.heading(named.chart)
    shown = open_steps([number for _, number in steps], telling.smallest_cell)
    base = steps[0][1]
    if shown[0] is None or not base:
        return Figure(name=named.name, kind="funnel", heading=heading, empty=t.text("Nothing to count here."))
    rows = [
        (label, telling.not_shown if value is None else t.number(value), telling.share(value, base))
        for (label, _), value in zip(steps, shown, strict=True)
    ]
    bars = [
        {"label": label, "value": value, "text": number + (f" ({share})" if share else ""), "quiet": False}
        for (label, number, share), value in zip(rows, shown, strict=True)
    ]
    told = _finding(steps, shown, telling)
    notes = [t.text("Base: {base}. Each step is part of the one before.", base=_items(base, telling))]
    if None in shown:
        notes.append(t.text("A step is not shown where it differs by too few from the one before."))
    pairs = [(label, number) for label, number, _ in rows]
    return Figure(
        name=named.name,
        kind="funnel",
        heading=heading,
        finding=told,
        notes=tuple(notes),
        headers=(t.text("Step"), t.text("Number"), t.text("Share of all stored")),
        rows=tuple(rows),
        names=("step", "number", "of"),
        data=tuple((label, value, base) for (label, _), value in zip(steps, shown, strict=True)),
        drawing={"bars": bars},
        description=described(heading, told, pairs, t.text("All numbers stand in the table below it.")),
        hidden=telling.not_shown,
    )


def _items(number: int, telling: Telling) -> str:
    return telling.t.counted("{n} stored item", "{n} stored items", number)


def _finding(steps: Sequence[Step], shown: Sequence[int | None], telling: Telling) -> str:
    """The last step that is shown and is not everything."""
    for (label, _), value in reversed(list(zip(steps, shown, strict=True))):
        if value is not None:
            return telling.t.text(
                "{label}: {n} of {base}", label=label, n=telling.t.number(value), base=_items(steps[0][1], telling)
            )
    return ""


def _judged(columns: Columns, status: str) -> Ints:
    return columns.positions(Filters(statuses=(status,)))


def _at(columns: Columns, item_ids: Sequence[int]) -> Ints:
    return columns.positions(Filters(), found=item_ids)


def _mask(size: int, positions: Ints) -> Bools:
    made = np.zeros(size, dtype=bool)
    made[positions[positions < size]] = True
    return made
