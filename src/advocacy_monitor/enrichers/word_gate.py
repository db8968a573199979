"""Spares a text the expressions that cannot match it: a look at its words decides before an expression runs.

Most posts hold none of the thousand cues. Each list of cues (a gate) has words, or starts of two to eight letters, one
of which a text must hold; every gate has a bit, so that one look at each word tells all the gates that are open. The
answers are the same with and without the look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from advocacy_monitor.enrichers.cues import first_words, pattern

_WORDS = re.compile(r"\w+")
_GATES: dict[str, int] = {}
_COUNT = [0]


class Words(NamedTuple):
    """The words of a text in lower case, and a bit for each gate that they open."""

    plain: frozenset[str]
    gates: int


@lru_cache(maxsize=16)
def words_of(lower: str) -> Words:
    """The words of a text in lower case."""
    plain = frozenset(_WORDS.findall(lower))
    gates = 0
    for word in plain:
        gates |= _opened_by(word)
    return Words(plain, gates)


@lru_cache(maxsize=1 << 15)
def _opened_by(word: str) -> int:
    opened = _GATES.get(word, 0)
    for length in range(2, 9):
        opened |= _GATES.get(f"{word[:length]}*", 0)
    return opened


class Gated:
    """An expression with the words of which a text must hold one for it to match."""

    __slots__ = ("_bit", "_inside", "expression")

    def __init__(self, expression: re.Pattern[str], words: frozenset[str], *, inside: tuple[str, ...] = ()) -> None:
        self.expression = expression
        self._inside = inside
        self._bit = 0 if "" in words else 1 << _COUNT[0]
        _COUNT[0] += 1
        for word in words:
            _GATES[word] = _GATES.get(word, 0) | self._bit
        _opened_by.cache_clear()
        words_of.cache_clear()

    def is_open(self, text: str, words: Words) -> bool:
        """Whether the expression may match a text with these words."""
        if words.gates & self._bit or not self._bit:
            return True
        return bool(self._inside) and any(part in text for part in self._inside)

    def finditer(self, text: str, words: Words, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """The matches in a text, whose words (`words_of`) are looked at first."""
        if not self.is_open(text, words):
            return iter(())
        return self.expression.finditer(text, start, len(text) if end is None else end)


def gated(cues: tuple[str, ...]) -> Gated:
    """The expression of a list of cues (`cues.pattern`), gated by their first words."""
    words, inside = first_words(cues)
    return Gated(pattern(cues), words, inside=inside)


def words(text: str) -> frozenset[str]:
    """Gate words as a person writes them: 'call heiß* tel'; a star stands for the rest of the word."""
    return frozenset(f"{word.rstrip('*')[:8]}*" if word.endswith("*") else word for word in text.split())
