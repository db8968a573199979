"""Which words weighed most for a theme that the hybrid found: each run of words is left out in turn.

Approximate, and to be called so: on public statements with marked targets the strongest run lay within the marked
words in 66 of 100 cases, an indicator of the lexicon in 87 (THEMES.md, section 3.6). It costs one encoding a run,
so it is made when a person asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from advocacy_monitor.classifier.hybrid import HybridClassifier
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Span

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2}|[^\W_]+(?:['’][^\W_]+)*|[^\W_]")
_WINDOWS = (1, 3)
_MOST_WORDS = 120
_BEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A run of words, and by how much the theme's probability falls without it; always approximate."""

    span: Span
    weight: float
    approximate: bool = True


def evidence(
    classifier: HybridClassifier, text: str, theme: str, *, language: str | None, most: int = _BEST
) -> tuple[Evidence, ...]:
    """The runs of one or three words without which a theme is least probable, the weightiest first, none overlapping.

    Of a long text only the first 120 words are tried. Raises ConfigError for a theme that the model does not know.
    """
    codes = classifier.model.codes
    if theme not in codes:
        raise ConfigError(f"model {classifier.model.version}: knows no theme {theme!r}; there are: {', '.join(codes)}")
    runs = _runs(text)
    if not runs:
        return ()
    read = classifier.lexicon.language_of(text, language) or language
    variants = [text, *(text[: run.start] + " " + text[run.end :] for run in runs)]
    scores = classifier.probabilities(variants, [read] * len(variants))[:, codes.index(theme)]
    ranked = sorted(zip(scores[0] - scores[1:], runs, strict=True), key=lambda pair: (-pair[0], pair[1].start))
    chosen: list[Evidence] = []
    for weight, run in ranked:
        apart = all(run.end <= other.span.start or other.span.end <= run.start for other in chosen)
        if weight > 0 and apart and len(chosen) < most:
            chosen.append(Evidence(span=run, weight=round(float(weight), 4)))
    return tuple(chosen)


def _runs(text: str) -> Sequence[Span]:
    words = [found.span() for found in _WORD.finditer(text)][:_MOST_WORDS]
    return [
        Span(words[first][0], words[first + length - 1][1])
        for length in _WINDOWS
        for first in range(len(words) - length + 1)
    ]
