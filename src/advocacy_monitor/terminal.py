"""What the command line shows: tables, progress bars, JSON lines. Collected text is hostile and is shown defused."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from advocacy_monitor.models import Tally


def plain(text: object, *, width: int | None = None) -> str:
    """A text without control and direction characters, so that it cannot steer a terminal; cut to a width."""
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text))
    shown = " ".join(shown.split())
    return shown if width is None or len(shown) <= width else shown[: width - 1] + "…"


def say(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(text + "\n")


def json_line(values: dict[str, Any]) -> None:
    """One JSON object on a line of its own."""
    say(msgspec.json.encode(values, order="sorted").decode())


_SHORT, _NO_TERMINAL, _WIDEST = 18, 160, 1000


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """A table; numbers to the right, everything else as plain text."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    found = [list(row) for row in rows]
    made = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    for number, heading in enumerate(headings):
        numeric = all(isinstance(row[number], (int, float)) for row in found) and bool(found)
        # Short columns stay on one line, so that only texts wrap.
        longest = max((len(str(row[number])) for row in found), default=0)
        least = max(longest, len(heading)) if longest <= _SHORT else None
        justify: Literal["right", "left"] = "right" if numeric else "left"
        made.add_column(heading, justify=justify, overflow="fold", no_wrap=least is not None, min_width=least)
    for row in found:
        made.add_row(*(Text(plain(cell)) for cell in row))
    # What is read by another program, or written to a file, has no edge to end at.
    console = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _NO_TERMINAL)
    wide = console.options.update(max_width=_WIDEST)
    console.width = max(console.width, Measurement.get(console, wide, made).minimum)  # nothing is cut off
    console.print(made)


class Bar:
    """Tells a progress bar how far a run is; silent when nobody watches."""

    def __init__(self, update: Callable[[int], None]) -> None:
        self._update = update

    def __call__(self, done: int | Tally | str, count: int = 0) -> None:
        """Takes what stages report: a count, a tally, or the name of a stage and a count."""
        self._update(done.read if isinstance(done, Tally) else count if isinstance(done, str) else done)


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Bar]:
    """A progress bar on standard error that is told how many were done."""
    if quiet or not sys.stderr.isatty():
        yield Bar(lambda done: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(plain(title, width=30), total=None)
        yield Bar(lambda done: shown.update(task, completed=done))
