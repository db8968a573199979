"""Which quotes the brief prints, and how a long one is shortened without becoming something nobody said (R6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from advocacy_monitor.models import Exhibit

LONGEST_QUOTE = 600
OMISSION = "[…]"


def for_brief(exhibits: Sequence[Exhibit], *, most: int) -> list[Exhibit]:
    """Take the first of those that may stand on a page: the pack has put them in order, balanced (R15)."""
    return sorted((each for each in exhibits if each.chosen), key=lambda each: each.number)[:most]


def shortened(text: str, limit: int) -> str:
    """Return `text`, or its beginning of at most `limit` characters with ` […]`.

    The cut falls between words where there is one near, never inside a mark such as `[name removed]`, and never
    between a letter and its accents.
    """
    if len(text) <= limit:
        return text
    end = limit - len(OMISSION) - 1
    opened = text.rfind("[", 0, end)
    if opened > text.rfind("]", 0, end) and text.find("]", end, end + 40) >= 0:
        end = opened
    blank = max(text.rfind(blank, 0, end + 1) for blank in " \n\t")
    if blank > end * 0.6:
        end = blank
    while end > 1 and _belongs_to_the_letter_before(text[end - 1 : end + 1]):
        end -= 1
    return f"{text[:end].rstrip()} {OMISSION}"


def _belongs_to_the_letter_before(pair: str) -> bool:
    joiner = "\u200d"
    second = pair[-1]
    return joiner in pair or unicodedata.category(second)[0] == "M" or "\U0001f3fb" <= second <= "\U0001f3ff"
