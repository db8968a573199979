"""Draws charts as SVG from templates of our own: a tenth of a millisecond each, the same bytes every time.

One accent colour in two tints that stay apart in every kind of colour blindness and in grey print; every bar carries
its figures beside it, so no axis, grid or colour key has to be read.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

ACCENT = "#0b5c7a"
TINT = "#9cc3d3"
INK = "#1d2529"
SOFT = "#4d5b61"
PLAIN = "#a3afb4"
FONT = "'Source Sans 3', 'Amiri', 'Noto Sans SC', 'Noto Sans SC Level 2', 'Noto Emoji', sans-serif"

WIDTH = 482.0
_TITLES = 142.0
_BARS = 144.0
_GAP = 8.0
_BAR = 10.5
_LINE = 11.5
_LETTER = 4.5
"""About as wide as a letter of a label."""
_TITLE_CELLS = 30
COLUMNS_WIDTH = 239.0
_TALLEST = 46.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row: `value` is None where it is hidden; the first `confirmed` of it are drawn dark."""

    title: str
    value: int | None
    confirmed: int
    label: str
    note: str


def bar_chart(bars: Sequence[Bar], *, title: str, description: str) -> str:
    """Draw horizontal bars with a title before and the figures behind each; returns an SVG document.

    Units are points at the size in which the brief prints it. Lengths are proportional to the largest value.
    """
    scale = _scale(bars)
    rows, top = [], 0.0
    for bar in bars:
        lines = _lines(bar.title)
        height = max(len(lines) * _LINE, _BAR + _LINE) + 5.0
        rows.append(_row(bar, lines, top=top, scale=scale))
        top += height
    return _document(WIDTH, top, title, description, "".join(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One month: `figure` stands above it, `label` below it, `year` below the first month of each year."""

    name: str
    label: str
    year: str
    value: int | None
    figure: str
    spoken: str


def column_chart(columns: Sequence[Column], *, title: str, description: str) -> str:
    """Draw columns with their figures above and their names below; returns an SVG document."""
    tallest = max((column.value or 0 for column in columns), default=0)
    step = COLUMNS_WIDTH / max(len(columns), 6)
    parts, year = [], ""
    for index, column in enumerate(columns):
        height = round(_TALLEST * (column.value or 0) / tallest, 2) if tallest else 0.0
        middle = round(step * (index + 0.5), 2)
        foot = _TALLEST + 12.0
        parts.append(
            f'<rect x="{middle - 0.35 * step:g}" y="{foot - height:g}" width="{0.7 * step:g}" '
            f'height="{height:g}" fill="{PLAIN}"/>'
            if height
            else ""
        )
        parts.append(_centred(middle, foot - height - 3, column.figure, INK))
        parts.append(_centred(middle, foot + 10, column.label, INK))
        if column.year != year:
            parts.append(_centred(middle, foot + 20, column.year, SOFT))
            year = column.year
    return _document(COLUMNS_WIDTH, _TALLEST + 35, title, description, "".join(parts))


def _centred(x: float, y: float, text: str, colour: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="8.5" text-anchor="middle" fill="{colour}">{escape(text)}</text>'


def _document(width: float, height: float, title: str, description: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" font-family="{FONT}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{body}</svg>"
    )


def _row(bar: Bar, lines: Sequence[str], *, top: float, scale: float) -> str:
    """The title on the left, the bar, the label behind it, the note on the coding below."""
    title = "".join(
        f'<text x="0" y="{top + 9.3 + index * _LINE:g}" font-size="9.5" font-weight="600" fill="{INK}">'
        f"{escape(line)}</text>"
        for index, line in enumerate(lines)
    )
    left = _TITLES + _GAP
    length = round(scale * (bar.value or 0), 2)
    dark = round(length * min(bar.confirmed, bar.value or 0) / bar.value, 2) if bar.value else 0.0
    bars = _rectangle(left, top, length, TINT) + _rectangle(left, top, dark, ACCENT)
    label = (
        f'<text x="{left + length + (6 if length else 0):g}" y="{top + 9.3:g}" font-size="9.5" fill="{INK}">'
        f"{escape(bar.label)}</text>"
    )
    note = f'<text x="{left:g}" y="{top + _BAR + 9.5:g}" font-size="8" fill="{SOFT}">{escape(bar.note)}</text>'
    return title + bars + label + note


def _scale(bars: Sequence[Bar]) -> float:
    """Points for one statement: the longest bar as long as it may be, and every label inside the page."""
    rooms = [min(_BARS, WIDTH - _TITLES - _GAP - 6 - _LETTER * len(bar.label)) / bar.value for bar in bars if bar.value]
    return max(0.0, min(rooms, default=0.0))


def _rectangle(x: float, y: float, width: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{_BAR:g}" fill="{colour}"/>' if width else ""


def _lines(title: str) -> list[str]:
    """The title on one or two lines that fit the column; what is longer ends in `…` (the alternative has it whole)."""
    wide = any(unicodedata.east_asian_width(character) in "WF" for character in title)
    width = _TITLE_CELLS // 2 if wide else _TITLE_CELLS
    return textwrap.wrap(title, width, max_lines=2, placeholder=" …") or [""]
