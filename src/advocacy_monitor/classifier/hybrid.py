"""Codes texts with the lexicon and, where it was measured to be better, with a trained model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from advocacy_monitor.classifier.calibration import Numbers
from advocacy_monitor.classifier.encoder import Encoder, Vectors, as_kept
from advocacy_monitor.classifier.head import Statements
from advocacy_monitor.classifier.model import Model
from advocacy_monitor.classifier.short import is_too_short
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import Lexicon
from advocacy_monitor.models import Span

Stage = Literal["lexicon", "hybrid"]
_AT_ONCE = 250
"""Texts whose words and letters are counted at once: memory stays flat however many come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCode:
    """A theme of a text. `score` is the calibrated probability (hybrid), or None (lexicon).

    `spans` are the lexicon's words. A theme that the hybrid found without them has none: `occlusion.evidence` tells
    on request which words weighed most.
    """

    code: str
    score: float | None
    stage: Stage
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is said of a text: its themes, 'none' of them, 'too_short' to say, or 'unread' (a language unknown)."""

    answer: Literal["themes", "none", "too_short", "unread"]
    themes: tuple[ThemeCode, ...] = ()


def answered(text: str, themes: Sequence[ThemeCode]) -> Answered:
    """The answer for a text in a language that can be read."""
    if themes:
        return Answered(answer="themes", themes=tuple(themes))
    return Answered(answer="too_short" if is_too_short(text) else "none")


def by_lexicon(lexicon: Lexicon, text: str, language: str | None) -> Answered:
    """What the lexicon alone says of a text."""
    if lexicon.language_of(text, language) is None:
        return Answered(answer="unread")
    found = lexicon.match(text, language).items()
    return answered(text, [ThemeCode(code=code, score=None, stage="lexicon", spans=spans) for code, spans in found])


class HybridClassifier:
    """A model with its lexicon and its encoder."""

    def __init__(self, model: Model, lexicon: Lexicon, encoder: Encoder) -> None:
        """Raises ConfigError when the model was trained with another encoder or another list of themes."""
        if model.about.encoder != encoder.name:
            raise ConfigError(
                f"model {model.version}: was trained with the encoder {model.about.encoder}, this program has "
                f"{encoder.name}; train again with `advocacy-monitor train`"
            )
        if model.codes != lexicon.codebook.codes:
            raise ConfigError(f"model {model.version}: has other themes than codebook {lexicon.codebook.name}")
        self.model = model
        self.lexicon = lexicon
        self.encoder = encoder
        self._sigmoids = model.sigmoids()
        self._languages = frozenset(model.about.switched_languages)

    @property
    def version(self) -> str:
        """`hybrid-` and the digest that ends the model's version: what it was trained on, and how."""
        return f"hybrid-{self.model.version.rpartition('-')[2]}"

    def codes_language(self, text: str, language: str | None) -> str | None:
        """The language in which the model codes a text, or None where the lexicon stays (or nothing reads it)."""
        primary = self.lexicon.language_of(text, language)
        return primary if primary in self._languages else None

    def probabilities(
        self, texts: Sequence[str], languages: Sequence[str | None], vectors: Vectors | None = None
    ) -> Numbers:
        """Calibrated probability of every theme, (n, themes), switched or not; for ranking what to code by hand."""
        read = [self.lexicon.language_of(text, given) for text, given in zip(texts, languages, strict=True)]
        found = [self._spans(text, language) for text, language in zip(texts, read, strict=True)]
        known = vectors if vectors is not None else self.encode(texts)
        return self._probabilities(texts, read, known, found)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts, rounded as kept ones are."""
        return as_kept(self.encoder.encode(list(texts))).reshape(len(texts), self.encoder.dimensions)

    def classify(
        self, texts: Sequence[str], languages: Sequence[str | None], vectors: Vectors | None = None
    ) -> list[Answered]:
        """The answer for each text. `vectors` (n, d) are those of `encode`, for whoever keeps them.

        Only texts in a language in which the model codes are encoded; the others get the lexicon's answer. Raises
        ConfigError when the extra `learn` is missing.
        """
        made = [by_lexicon(self.lexicon, text, language) for text, language in zip(texts, languages, strict=True)]
        read = [self.codes_language(text, language) for text, language in zip(texts, languages, strict=True)]
        rows = [row for row, language in enumerate(read) if language is not None]
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            said = [texts[row] for row in part]
            known = vectors[part] if vectors is not None else self.encode(said)
            found = [{each.code: each.spans for each in made[row].themes} for row in part]
            scores = self._probabilities(said, [read[row] for row in part], known, found)
            for row, text, spans, score in zip(part, said, found, scores, strict=True):
                made[row] = answered(text, list(self._decided(text, spans, score)))
        return made

    def _spans(self, text: str, language: str | None) -> dict[str, tuple[Span, ...]]:
        return {} if language is None else self.lexicon.match(text, language)

    def _probabilities(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None],
        vectors: Vectors,
        found: Sequence[dict[str, tuple[Span, ...]]],
    ) -> Numbers:
        hits = np.array([[len(spans.get(code, ())) for code in self.model.codes] for spans in found], dtype=np.float32)
        statements = Statements(
            texts=texts,
            languages=[language or "und" for language in languages],
            vectors=vectors,
            hits=hits.reshape(len(texts), len(self.model.codes)),
        )
        margins = self.model.head.margins(statements)
        return np.column_stack([sigmoid(margins[:, theme]) for theme, sigmoid in enumerate(self._sigmoids)])

    def _decided(self, text: str, spans: dict[str, tuple[Span, ...]], scores: Numbers) -> Iterable[ThemeCode]:
        """The themes of one text, in the codebook's order: each from the stage that codes it."""
        short = not spans and is_too_short(text)
        for theme, score in zip(self.model.about.themes, scores, strict=True):
            words = spans.get(theme.code, ())
            if not theme.switched:
                if words:
                    yield ThemeCode(code=theme.code, score=None, stage="lexicon", spans=words)
            elif score >= theme.threshold and (words or not (theme.needs_words or short)):
                yield ThemeCode(code=theme.code, score=round(float(score), 4), stage="hybrid", spans=words)
