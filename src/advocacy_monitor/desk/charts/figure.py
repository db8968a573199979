"""One chart, counted and worded: what a page, a CSV and the script that draws it are given, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advocacy_monitor.exporters.cells import neutralised

Value = int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`finding` is the sentence above it, `empty` says why there is nothing to draw.

    `headers` and `rows` are the table behind it, in words; `data` is the same as numbers under plain `names`, hidden
    ones None; `drawing` is what charts.js draws; `description` stands for the picture for whoever cannot see it;
    `hidden` is the word for a number that is not shown.
    """

    name: str
    kind: str
    heading: str
    finding: str = ""
    notes: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    data: tuple[tuple[Value, ...], ...] = ()
    drawing: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    empty: str = ""
    hidden: str = ""


def as_csv(figure: Figure) -> bytes:
    """The table of a figure for a spreadsheet: no cell can run as a formula, hidden numbers are in words."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(figure.names)
    for row in figure.data:
        writer.writerow([_cell(value, figure.hidden) for value in row])
    return made.getvalue().encode("utf-8-sig")


def _cell(value: Value, hidden: str) -> str | int | float:
    if value is None:
        return hidden
    return neutralised(value) if isinstance(value, str) else value


def described(heading: str, finding: str, pairs: Sequence[tuple[str, str]], more: str) -> str:
    """A text alternative: what is shown, the finding, the first numbers, and where the rest stands."""
    listed = "; ".join(f"{label}: {number}" for label, number in pairs[:5])
    return " ".join([*(f"{part}." for part in (heading, finding, listed) if part), *([more] if more else [])])
