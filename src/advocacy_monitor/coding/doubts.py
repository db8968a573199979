"""How unsure the software is about the themes of a statement: of its probabilities where there is a model, else of the
lexicon's evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from advocacy_monitor.models import Annotation

NOTHING = ""
"""Stands for 'no theme at all' among the reasons to be unsure."""

_WEAK = 0.6
"""How unsure a lexicon is of a theme that rests on one indicator; it knows no probability, so this is a rank."""
_FOUND = 0.2
_SILENT = 0.7
"""How unsure it is that a text with a story in it has no theme."""
_SHORT = 0.1
_WORTH_A_LOOK = 0.2
_STORY_SIGNS = 60
_STORY_HAN_SIGNS = 20
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Doubt:
    """How unsure the software is about a theme of one statement (0 to 1), and the words that say so."""

    theme: str
    unsure: float
    words: str


def doubts_of(text: str, facts: Iterable[Annotation]) -> tuple[Doubt, ...]:
    """What the software is unsure about in one statement, most unsure first.

    With a probability p this is 1 - |2p - 1|. A lexicon gives none: one indicator alone is weak, and a text with a
    story in it but without any theme may be one that the lexicon cannot read.
    """
    doubts = []
    for fact in facts:
        if fact.score is not None:
            words = f"the software is unsure about {fact.value} ({fact.score:.2f})"
            doubts.append(Doubt(fact.value, 1 - abs(2 * fact.score - 1), words))
        elif len(fact.spans) <= 1:
            doubts.append(Doubt(fact.value, _WEAK, f"one word alone points to {fact.value}"))
        else:
            doubts.append(Doubt(fact.value, _FOUND, f"to learn more about {fact.value}"))
    if not doubts and tells_something(text):
        doubts.append(Doubt(NOTHING, _SILENT, "the software found no theme in a text that tells something"))
    elif not doubts:
        doubts.append(Doubt(NOTHING, _SHORT, "a short text without a theme"))
    return tuple(sorted(doubts, key=lambda doubt: (-doubt.unsure, doubt.theme)))


def tells_something(text: str) -> bool:
    """Whether a text is long enough to hold a theme: 60 letters, or 20 Chinese signs."""
    return len(_HAN.findall(text)) >= _STORY_HAN_SIGNS or sum(map(str.isalnum, text)) >= _STORY_SIGNS


def doubts_of_probabilities(probabilities: Mapping[str, float]) -> tuple[Doubt, ...]:
    """What a model is unsure about in one statement, most unsure first: 1 - |2p - 1| of each theme's probability.

    The most unsure theme is always there, others only from _WORTH_A_LOOK on.
    """
    doubts = [
        Doubt(theme, 1 - abs(2 * p - 1), f"the software is unsure about {theme} ({p:.2f})")
        for theme, p in probabilities.items()
    ]
    doubts.sort(key=lambda doubt: (-doubt.unsure, doubt.theme))
    return tuple(doubt for place, doubt in enumerate(doubts) if place == 0 or doubt.unsure >= _WORTH_A_LOOK)
