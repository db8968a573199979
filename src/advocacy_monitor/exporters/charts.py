"""Draws charts as SVG from templates of our own: a tenth of a millisecond each, the same bytes every time.

One visual language everywhere: two tints of the brand's colour that stay apart in every kind of colour blindness and
in grey print; every bar carries its figures beside it, so no axis, grid or colour key has to be read. In a language
that is written from right to left the whole chart is mirrored.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.exporters.colours import Palette, palette
from advocacy_monitor.exporters.glyphs import isolated
from advocacy_monitor.models import Brand

_PLAIN = palette(Brand())
ACCENT, TINT, INK = _PLAIN.accent, _PLAIN.tint, _PLAIN.ink
"""The colours of a pack without a brand of its own."""
FONT = "'Source Sans 3', 'Amiri', 'Noto Sans SC', 'Noto Sans SC Level 2', 'Noto Emoji', sans-serif"

WIDTH = 482.0
HALF = 239.0
WIDE = 640.0
"""Widths of a chart in points: across a page, across half of it, across a slide (to be enlarged)."""
_STACKED = 360.0
"""Below this width a bar's title stands above it and not beside it."""
_GAP = 8.0
_BAR = 10.5
_LINE = 11.5
_LETTER = 4.5
"""About as wide as a letter of a label; an ideograph is twice as wide."""
_TITLE_LETTER = 4.73
_TALLEST = 46.0
_INVISIBLE: dict[int, str | None] = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\u20e3\ufe0e\ufe0f"))
_INVISIBLE |= dict.fromkeys(range(0x1F3FB, 0x1F400)) | {0x1F1E6 + at: chr(65 + at) for at in range(26)}
"""Joiners, selectors, skin tones and the frame of a key go, flags become letters:
strict PDFs refuse them in an SVG; the alternative text keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a chart is drawn: in which colours, how wide (points), and whether from right to left."""

    palette: Palette = _PLAIN
    width: float = WIDTH
    right_to_left: bool = False

    @property
    def stacked(self) -> bool:
        return self.width < _STACKED

    @property
    def titles(self) -> float:
        """The width of the titles' column; across the whole chart where they stand above."""
        return self.width if self.stacked else round(0.2946 * self.width, 2)

    @property
    def left(self) -> float:
        """Where bars begin, from the side on which lines begin."""
        return 0.0 if self.stacked else self.titles + _GAP


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row: `value` is None where it is hidden; the first `confirmed` of it are dark. A `quiet` one is grey."""

    title: str
    value: int | None
    confirmed: int
    label: str
    note: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One month: `figure` stands above it, `label` below it, `year` below the first month of each year."""

    name: str
    label: str
    year: str
    value: int | None
    figure: str
    spoken: str


_PAGE = Look()


def bar_chart(bars: Sequence[Bar], *, title: str, description: str, look: Look = _PAGE) -> str:
    """Draw horizontal bars with a title before and the figures behind each; returns an SVG document.

    Units are points at the size in which the brief prints it. Lengths are proportional to the largest value.
    """
    scale = _scale(bars, look)
    rows, top = [], 0.0
    for bar in bars:
        lines = _lines(bar.title, look)
        beside = _BAR + (_LINE if bar.note else 0.0)
        height = len(lines) * _LINE + beside + 2 if look.stacked else max(len(lines) * _LINE, beside)
        rows.append(_row(bar, lines, top=top, scale=scale, look=look))
        top += height + 5.0
    return _document(top, title, description, "".join(rows), look)


def column_chart(columns: Sequence[Column], *, title: str, description: str, look: Look | None = None) -> str:
    """Draw columns with their figures above and their names below; returns an SVG document."""
    look = look or Look(width=HALF)
    tallest = max((column.value or 0 for column in columns), default=0)
    step = look.width / max(len(columns), 6)
    foot = _TALLEST + 12.0
    parts, year = [], ""
    for index, column in enumerate(columns):
        height = round(_TALLEST * (column.value or 0) / tallest, 2) if tallest else 0.0
        middle = round(step * (index + 0.5), 2)
        parts.append(_rectangle(middle - 0.35 * step, foot - height, 0.7 * step, look.palette.plain, look, high=height))
        parts.append(_text(column.figure, middle, foot - height - 3, look, size=8.5, anchor="middle"))
        parts.append(_text(column.label, middle, foot + 10, look, size=8.5, anchor="middle"))
        if column.year != year:
            parts.append(
                _text(column.year, middle, foot + 20, look, size=8.5, anchor="middle", colour=look.palette.soft)
            )
            year = column.year
    return _document(_TALLEST + 35, title, description, "".join(parts), look)


def _document(height: float, title: str, description: str, body: str, look: Look) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{look.width:g}" height="{height:g}" '
        f'viewBox="0 0 {look.width:g} {height:g}" role="img" font-family="{FONT}">'
        f"<title>{escape(storable(title))}</title><desc>{escape(storable(description))}</desc>{body}</svg>"
    )


def _row(bar: Bar, lines: Sequence[str], *, top: float, scale: float, look: Look) -> str:
    """The title before the bar or above it, the bar, the label behind it, the note on the coding below."""
    title = "".join(_text(line, 0, top + 9.3 + index * _LINE, look, bold=True) for index, line in enumerate(lines))
    top += len(lines) * _LINE + 2 if look.stacked else 0.0
    length = round(scale * (bar.value or 0), 2)
    dark = round(length * min(bar.confirmed, bar.value or 0) / bar.value, 2) if bar.value else 0.0
    colours = (look.palette.plain, look.palette.plain) if bar.quiet else (look.palette.tint, look.palette.accent)
    bars = _rectangle(look.left, top, length, colours[0], look) + _rectangle(look.left, top, dark, colours[1], look)
    label = _text(bar.label, look.left + length + (6 if length else 0), top + 9.3, look)
    note = _text(bar.note, look.left, top + _BAR + 9.5, look, size=8, colour=look.palette.soft) if bar.note else ""
    return title + bars + label + note


def _scale(bars: Sequence[Bar], look: Look) -> float:
    """Points for one statement: the longest bar as long as it may be, and every label inside the page."""
    most = 0.425 * (look.width - look.left)
    rooms = [min(most, look.width - look.left - 6 - _wide(bar.label)) / bar.value for bar in bars if bar.value]
    return max(0.0, min(rooms, default=0.0))


def _wide(label: str) -> float:
    return _LETTER * sum(2.1 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in label)


def _rectangle(x: float, y: float, width: float, colour: str, look: Look, *, high: float = _BAR) -> str:
    if not width or not high:
        return ""
    x = look.width - x - width if look.right_to_left else x
    return f'<rect x="{_short(x)}" y="{_short(y)}" width="{width:g}" height="{high:g}" fill="{colour}"/>'


def _text(
    text: str,
    x: float,
    y: float,
    look: Look,
    *,
    size: float = 9.5,
    bold: bool = False,
    anchor: str = "start",
    colour: str = "",
) -> str:
    """A line of text; `x` counts from the side on which lines begin.

    Where that is the right one, the line ends there for programs that know nothing of directions, and marks inside
    it (U+2067 to U+2069) have it read from the right.
    """
    text = text.translate(_INVISIBLE)
    if look.right_to_left:
        x, anchor, text = look.width - x, {"start": "end"}.get(anchor, anchor), _read_from_the_right(text)
    weight = ' font-weight="600"' if bold else ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    how = f'font-size="{size:g}"{weight}{where} fill="{colour or look.palette.ink}"'
    return f'<text x="{_short(x)}" y="{_short(y)}" {how}>{escape(text)}</text>'


def _read_from_the_right(text: str) -> str:
    """The text with marks for its direction; without them where a third font is needed, which Typst then cannot find
    for a letter in an SVG (0.15.2: "could not be displayed").
    """
    return text if any(letter >= "\u2190" for letter in text) else f"\u2067{isolated(text)}\u2069"


def _short(value: float) -> str:
    return f"{round(value, 2):g}"


def _lines(title: str, look: Look) -> list[str]:
    """The title on one or two lines that fit the column; what is longer ends in `…` (the alternative has it whole)."""
    wide = any(unicodedata.east_asian_width(character) in "WF" for character in title)
    cells = int(look.titles / _TITLE_LETTER)
    return textwrap.wrap(title, cells // 2 if wide else cells, max_lines=2, placeholder=" …") or [""]
