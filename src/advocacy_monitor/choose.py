"""Which statements are proposed as quotes, in which order: told well, unlike each other, and balanced (R15).

Each statement has a merit of its own. The first places are given one by one: to the best that is left, less what it
repeats of those chosen before it. That is maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), with the
likeness of texts, and with the themes, libraries, areas, sources, languages and age bands that were
heard already. A person changes the order; nothing here decides what is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from advocacy_monitor.likeness import Likeness

_BEST_LENGTH = (80, 420)
_DENSE = {"zh": 3.0, "ja": 2.5, "ko": 2.0}
"""A Chinese sentence has about a third of the letters of the same in English."""

_SIFTED, _OF_EACH, _MORE = 300, 3, 100
"""So many of the best are compared with each other, and so many of each theme, library, language: at most so many."""
_BALANCED = 80
"""So many places are given one by one; the rest follow by their own merit."""
_CRITICAL_IN, _CRITICAL_UNTIL = 10, 30
"""Of each ten of the first thirty at least one is critical, where there are enough of them (R14)."""

_ALIKE, _REPEATED = 1.2, 0.4
"""What likeness to a chosen statement takes off; from the second on, it tells the same story, and waits to the end."""
_SAME_STORY = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """What the choice looks at.

    `local` says that the statement's place was asked for, or is known at all; `richness` how much story it carries
    (0 to 3), for reasons that stand beside it as annotations. `text` are the words as they may leave; `relevance` what
    the statement is ('statement', 'announcement' ...), None where nobody said; `critical` that it holds a complaint.
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
    text: str = ""
    age_band: str | None = None
    relevance: str | None = None
    area: str | None = None
    critical: bool = False


_HEARD: tuple[tuple[float, Callable[[Quotable], tuple[Hashable, ...]]], ...] = (
    (0.5, lambda quote: quote.themes),
    (0.5, lambda quote: (quote.library,)),
    (0.25, lambda quote: (quote.area,)),
    (0.2, lambda quote: (quote.source,)),
    (0.25, lambda quote: (quote.language,)),
    (0.15, lambda quote: (quote.age_band,)),
)
"""What a choice is balanced over, and what having been heard once takes off; each further time takes off less."""


def merit(quote: Quotable, language: str) -> float:
    """How well a statement would serve as a quote, by itself: higher is better."""
    shortest, longest = _BEST_LENGTH
    length = quote.length * _DENSE.get(quote.language, 1.0)
    score = 1.0 if length >= shortest else max(0.0, length / shortest)
    if length > longest:
        score = 0.7 if length <= 2 * longest else 0.4
    score += 0.3 * min(quote.richness, 3)
    score += 0.25 * min(len(quote.themes), 3)
    score += 0.5 if quote.language == language else 0.0
    score += 0.3 if quote.local else 0.0
    score += {None: 0.0, "statement": 0.2, "unclear": -0.2}.get(quote.relevance, -1.0)
    return score - 0.3 * min(quote.redactions, 3)


def order(quotes: Sequence[Quotable], *, language: str) -> list[int]:
    """Item ids in the order in which they are proposed: all of them, and always the same for the same statements."""
    merits = {quote.item_id: merit(quote, language) for quote in quotes}
    ranked = sorted(quotes, key=lambda quote: (-merits[quote.item_id], quote.item_id))
    pool = _sifted(ranked)
    first = _one_by_one(pool, np.array([merits[quote.item_id] for quote in pool]))
    chosen = [pool[place].item_id for place in first]
    already = set(chosen)
    return chosen + [quote.item_id for quote in ranked if quote.item_id not in already]


def _sifted(ranked: Sequence[Quotable]) -> Sequence[Quotable]:
    """The best, and the best of each theme, library, language and of the critical ones, in the order of their merit."""
    if len(ranked) <= _SIFTED:
        return ranked
    kept = list(ranked[:_SIFTED])
    heard: Counter[tuple[int, Hashable]] = Counter()
    for place, quote in enumerate(ranked):
        values = [(kind, value) for kind, (_, values_of) in enumerate(_HEARD) for value in values_of(quote)]
        values += [(-1, quote.critical)]
        if place >= _SIFTED and any(heard[value] < _OF_EACH for value in values):
            kept.append(quote)
            if len(kept) == _SIFTED + _MORE:
                break
        heard.update(values)
    return kept


def _one_by_one(pool: Sequence[Quotable], merits: npt.NDArray[np.float64]) -> list[int]:
    """Places in the pool of the first quotes, each the best after those before it. `pool` is in order of merit."""
    alike = Likeness([quote.text for quote in pool])
    critical = np.array([quote.critical for quote in pool], dtype=bool)
    heard = [(weight, _Heard([values_of(quote) for quote in pool])) for weight, values_of in _HEARD]
    closest = np.zeros(len(pool), dtype=np.float32)
    chosen: list[int] = []
    left = np.ones(len(pool), dtype=bool)
    while len(chosen) < min(_BALANCED, len(pool)):
        values = merits - _ALIKE * closest - np.where(closest >= _REPEATED, _SAME_STORY, 0.0)
        for weight, each in heard:
            values -= weight * each.often
        allowed = left & critical if _is_due(chosen, critical) and (left & critical).any() else left
        best = int(np.argmax(np.where(allowed, values, -np.inf)))
        chosen.append(best)
        left[best] = False
        closest = np.maximum(closest, alike.to(best))
        for _, each in heard:
            each.add(best)
    return chosen


def _is_due(chosen: Sequence[int], critical: npt.NDArray[np.bool_]) -> bool:
    """Whether the next place is the last of ten, and no critical statement stands among the nine before it."""
    number = len(chosen) + 1
    if number > _CRITICAL_UNTIL or number % _CRITICAL_IN:
        return False
    return not any(critical[place] for place in chosen[1 - _CRITICAL_IN :])


class _Heard:
    """How often what each quote has of one kind was heard already: `often` grows by 1, then 1/2, then 1/3 ..."""

    def __init__(self, values: Sequence[tuple[Hashable, ...]]) -> None:
        numbers: dict[Hashable, int] = {}
        most = max((len(each) for each in values), default=0)
        self._codes = np.full((max(most, 1), len(values)), -1)
        for place, each in enumerate(values):
            for row, value in enumerate(each or (None,)):
                self._codes[row, place] = numbers.setdefault(value, len(numbers))
        self._count = np.maximum((self._codes >= 0).sum(axis=0), 1)
        self._times = [0] * len(numbers)
        self._weights = np.zeros(len(numbers) + 1)  # the last is for the -1 of a quote that has fewer values
        self.often = np.zeros(len(values))

    def add(self, place: int) -> None:
        """Notes that the quote at this place was chosen."""
        for code in self._codes[:, place].tolist():
            if code >= 0:
                self._times[code] += 1
                self._weights[code] += 1 / self._times[code]
        self.often = self._weights[self._codes].sum(axis=0) / self._count
