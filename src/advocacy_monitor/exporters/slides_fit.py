"""Measures text for slides by the widths of its letters, and finds the size at which it fits its box.

A presentation is set by the reader's own program and fonts, so nothing can be measured for certain. The widths are
those of a common sans serif, rounded up; what fits here has room to spare there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from advocacy_monitor.exporters.quotes import shortened

LINE = 1.22
"""The height of a line in units of its size."""

_NARROW = frozenset(" .,;:!|'`ijlIt()[]/·…‘’")
_WIDE = frozenset("mwMW@%&—")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A text that fits: maybe shortened at a marked omission, with its size and height in points."""

    text: str
    size: float
    height: float


def width(text: str, size: float) -> float:
    """About how many points a line of text takes."""
    return size * sum(map(_letter, text))


def lines(text: str, size: float, room: float) -> int:
    """How many lines of `room` points a text takes; words longer than a line are cut where the line ends."""
    count, used = 1, 0.0
    for word in text.split():
        needed = width(word, size)
        blank = width(" ", size) if used else 0.0
        if used and used + blank + needed > room:
            count, used, blank = count + 1, 0.0, 0.0
        if needed <= room:
            used += blank + needed
            continue
        for letter in word:
            step = width(letter, size)
            if used + step > room:
                count, used = count + 1, 0.0
            used += step
    return count


def height(text: str, size: float, room: float) -> float:
    """The height of a text in points, set in lines of `room` points."""
    return lines(text, size, room) * size * LINE


def fitted(text: str, *, room: float, tall: float, sizes: Sequence[float]) -> Fitted:
    """The largest of `sizes` at which a text fits into a box; a text too long for the smallest one is shortened."""
    for size in sorted(sizes, reverse=True):
        if (needed := height(text, size, room)) <= tall:
            return Fitted(text=text, size=size, height=needed)
    size = min(sizes)
    least, most = 12, max(12, min(len(text), int(4 * (room / size + 1) * (tall / size + 1))))
    while least < most:
        middle = (least + most + 1) // 2
        if height(shortened(text, middle), size, room) <= tall:
            least = middle
        else:
            most = middle - 1
    cut = shortened(text, least)
    return Fitted(text=cut, size=size, height=height(cut, size, room))


def _letter(letter: str) -> float:
    """The width of a letter in units of its size."""
    if letter in _NARROW:
        return 0.31
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Me", "Cf"):
        return 0.0
    if letter == "\ufdfd":  # a whole sentence in one sign
        return 8.0
    if unicodedata.east_asian_width(letter) in "WF" or letter >= "\U00010000":
        return 1.05
    if letter in _WIDE:
        return 0.9
    return 0.66 if kind == "Lu" else 0.53
