"""Other people's words on a page: hidden signs are made visible, so that a text cannot pretend to be something else."""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t"
_JOINERS = "\u200c\u200d"
"""Persian and emoji need them."""


def shown(text: object, most: int | None = None) -> str:
    """A text as it may stand on a page, cut to `most` characters where given.

    Control characters and those that turn the direction of reading stand as their code points: ‹U+202E›.
    """
    whole = "" if text is None else str(text).replace("\r\n", "\n")
    cut = whole if most is None or len(whole) <= most else whole[: max(0, most - 1)].rstrip() + "…"
    if cut.isprintable():
        return cut
    return "".join(sign if _is_plain(sign) else f"‹U+{ord(sign):04X}›" for sign in cut)


def _is_plain(sign: str) -> bool:
    return sign in _KEPT or sign in _JOINERS or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
