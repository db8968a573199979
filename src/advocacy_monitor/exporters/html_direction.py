"""Keeps Latin names, numbers and days in order inside the sentences of a page that runs from right to left."""

from __future__ import annotations

import re
import unicodedata

_ARABIC = "\u0590-\u08ff\ufb1d-\ufefc«»"
_LATIN = re.compile(rf"[A-Za-z#@](?:[^{_ARABIC}()\n]|\([^{_ARABIC}()\n]*\))*|[0-9][0-9A-Za-z.,:/%–-]*")
"""Words with what follows them in the same direction, or a number alone: what stands beside it is another word."""
_LOOSE = " .,:;!?·–—-\u00a0"


def line(text: str, *, right_to_left: bool) -> str:
    """A sentence of the page's own, with each run of Latin letters and digits isolated (U+2066, U+2069)."""
    return _LATIN.sub(_isolated, text) if right_to_left else text


def _isolated(found: re.Match[str]) -> str:
    run = found[0].rstrip(_LOOSE)
    return f"\u2066{run}\u2069{found[0][len(run) :]}"


def way(text: str, *, right_to_left: bool) -> str:
    """'rtl' or 'ltr': the page's own, unless the text has no letter of that direction but some of the other."""
    sides = {unicodedata.bidirectional(character) for character in text}
    right, left = bool(sides & {"R", "AL"}), "L" in sides
    if right_to_left:
        return "ltr" if left and not right else "rtl"
    return "rtl" if right and not left else "ltr"
