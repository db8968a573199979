"""Knows what the shipped fonts can show, and cleans text before a strict PDF is made of it.

One character that no font has stops a PDF/A or PDF/UA export altogether. Quotes are evidence, so nothing is dropped
in silence: what cannot be shown becomes a visible box, and every change is counted for the method section.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
MISSING = "□"
"""Stands for a character that no shipped font has."""

_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")
"""Those for direction can turn a line around, so that it reads as something that nobody wrote; each text gets one
direction here. A byte order mark (the last) is refused by PDF/UA."""
_SILENT = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f")
"""Invisible and harmless: they join or part letters, and choose between a sign's text and picture form."""
_BLANKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_MOST_MARKS = 4
"""So many accents may sit on one letter; more of them ("Zalgo") would cover the lines around it."""
_ROOM = 32
_WIDEST = "\ufdfd"
"""A whole sentence in one character."""
_LEFT_TO_RIGHT = re.compile(
    r"https?://[!-~\u200b]+|[\w.+-]+@[\w.-]+\w|[#@]\w+|\d+(?:[-–/.:,]\d+)+%?|\d+%", re.ASCII | re.IGNORECASE
)


@functools.cache
def coverage() -> tuple[frozenset[str], ...]:
    """For each shipped font family, the characters that it has, as `fonts/coverage.txt` lists them."""
    families = []
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines():
        codes: set[str] = set()
        for part in line.partition(": ")[2].split():
            first, _, last = part.partition("-")
            codes.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
        families.append(frozenset(codes))
    return tuple(families)


@functools.cache
def _any_font() -> frozenset[str]:
    return frozenset[str]().union(*coverage())


@functools.cache
def _ordinary() -> re.Pattern[str]:
    """Texts of letters, digits and signs that need no look at each: nearly all of a pack's words are such."""
    letters = [*map(chr, range(0x20, 0x250)), *map(chr, range(0x400, 0x460)), *map(chr, range(0x2010, 0x2027))]
    plain = [c for c in letters if c in _any_font() and unicodedata.category(c)[0] not in "MC"]
    return re.compile(f"[{re.escape(''.join(plain))}]*")


@dataclass(slots=True)
class Cleaning:
    """Cleans the texts of one document and keeps count of what it had to do.

    `missing` counts the characters that no font has, `removed` the controls that were left out.
    """

    missing: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)

    def clean(self, text: str) -> str:
        """Return `text` on one line, as the shipped fonts can show it: every blank is a space."""
        if not _ordinary().fullmatch(text):
            text = "".join(self._cluster(cluster) for cluster in clusters(text))
        return " ".join(text.split())

    def _cluster(self, cluster: str) -> str:
        base, marks = cluster[0], cluster[1:]
        if base in _BLANKS:
            return " "
        if base in _CONTROLS or unicodedata.category(base) == "Cc":
            self.removed.update(base)
            return self._marks_alone(marks)
        if base not in _SILENT and (base not in _any_font() or _sits_on_letter(base)):
            self.missing.update(cluster)
            return MISSING
        if not marks or base in _SILENT:
            return base + self._marks_alone(marks)
        seen = "".join(mark for mark in marks if mark not in _SILENT)
        for form in (base + seen[:_MOST_MARKS], unicodedata.normalize("NFC", base + seen[:_MOST_MARKS])):
            if seen and any(all(character in family for character in form) for family in coverage()):
                self.missing.update(seen[_MOST_MARKS:])
                return form
        return base + self._marks_alone(marks)

    def _marks_alone(self, marks: str) -> str:
        """Marks that no font can set on their letter: a box for all of them, but for the silent ones."""
        lost = [mark for mark in marks if mark not in _SILENT]
        self.missing.update(lost)
        return "".join(mark for mark in marks if mark in _SILENT) + (MISSING if lost else "")


def clusters(text: str) -> Iterator[str]:
    """Cut `text` into letters with the marks that sit on them."""
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or not _sits_on_letter(text[position]):
            if position > start:
                yield text[start:position]
            start = position


def breakable(text: str, *, room: int = _ROOM) -> str:
    """Allow a line break (U+200B) wherever `room` is used up by letters between which there is none.

    `room` is counted in narrow letters, so that no line of the narrowest column overflows.
    """
    # A short word needs no look: no letter is wider than two, but for one that is a sentence.
    long = re.compile(rf"\S{{{room // 2 + 1},}}")
    return long.sub(lambda word: _broken(word.group(), room), text) if _WIDEST not in text else _broken(text, room)


def _broken(text: str, room: int) -> str:
    parts: list[str] = []
    used = 0
    for cluster in clusters(text):
        first = cluster[0]
        if first.isspace() or first in "-\u2013\u2014" or _breaks_by_itself(first):
            used = 0
        elif used + _width(first) > room and not _joined(parts[-1], cluster):
            parts.append("\u200b")
            used = _width(first)
        else:
            used += _width(first)
        parts.append(cluster)
    return "".join(parts)


def isolated(text: str) -> str:
    """Keep dates, numbers, addresses and hashtags left to right inside a line that runs from right to left.

    Without it, `2026-11-01` would read as `01-11-2026` in Arabic. Only the invisible marks U+2066 and U+2069 are added.
    """
    return _LEFT_TO_RIGHT.sub("\u2066\\g<0>\u2069", text)


def _width(character: str) -> int:
    """About how many narrow letters a character is wide."""
    if character == _WIDEST:
        return 14
    return 2 if character.isupper() or character in "mw@%&…" or character >= "\u0600" else 1


def _sits_on_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _breaks_by_itself(character: str) -> bool:
    """Tell whether lines may end after every such character anyhow: ideographs, kana, pictures."""
    ideograph = "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"
    return (ideograph or character >= "\U0001f000") and unicodedata.category(character) in ("Lo", "So")


def _joined(before: str, cluster: str) -> bool:
    return before.endswith("\u200d") or cluster[0] in _SILENT or "\U0001f3fb" <= cluster[0] <= "\U0001f3ff"
