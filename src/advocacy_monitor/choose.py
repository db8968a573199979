"""Which statements are proposed as quotes, in which order: told well, and balanced over themes and places (R15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_BEST_LENGTH = (80, 420)
_BALANCED = 60
"""So many quotes are chosen one by one with an eye on balance; the rest follow by their own merit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """What the choice looks at.

    `local` says that the statement's place was asked for, or is known at all; `richness` how much story it carries
    (0 to 3), for reasons that stand beside it as annotations.
    """

    item_id: int
    length: int
    language: str
    themes: tuple[str, ...]
    library: str | None
    source: str
    redactions: int
    local: bool
    richness: int = 0


def merit(quote: Quotable, language: str) -> float:
    """How well a statement would serve as a quote, by itself: higher is better."""
    shortest, longest = _BEST_LENGTH
    score = 1.0 if shortest <= quote.length <= longest else max(0.0, 1 - abs(quote.length - shortest) / shortest)
    if quote.length > longest:
        score = 0.7 if quote.length <= 2 * longest else 0.4
    score += 0.3 * min(quote.richness, 3)
    score += 0.25 * min(len(quote.themes), 3)
    score += 0.4 if quote.language == language else 0.0
    score += 0.3 if quote.local else 0.0
    return score - 0.3 * min(quote.redactions, 3)


def order(quotes: Sequence[Quotable], *, language: str) -> list[int]:
    """Item ids in the order in which they are proposed; the same input always gives the same order."""
    waiting = sorted(quotes, key=lambda quote: (-merit(quote, language), quote.item_id))
    themes: Counter[str] = Counter()
    places: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    chosen: list[int] = []
    while waiting and len(chosen) < _BALANCED:

        def value(quote: Quotable) -> tuple[float, int]:
            said = sum(themes[theme] for theme in quote.themes) / max(1, len(quote.themes))
            penalty = 0.5 * said + 0.3 * places[quote.library or ""] + 0.1 * sources[quote.source]
            return merit(quote, language) - penalty, -quote.item_id

        best = max(waiting, key=value)
        waiting.remove(best)
        chosen.append(best.item_id)
        themes.update(best.themes)
        places[best.library or ""] += 1
        sources[best.source] += 1
    return chosen + [quote.item_id for quote in waiting]
