"""One weighing of the features for each theme: logistic regression, fitted by scikit-learn, applied by numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier.calibration import Flags, Numbers
from advocacy_monitor.classifier.encoder import Vectors
from advocacy_monitor.classifier.features import HIT_WEIGHT, NGRAM_WEIGHT, Centring, Floats, Ngrams, dense

Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What is known of some statements: texts, languages, vectors (n, d) and hits of the lexicon (n, themes)."""

    texts: Sequence[str]
    languages: Sequence[str]
    vectors: Vectors
    hits: Floats

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: npt.NDArray[np.int64]) -> Statements:
        """Some of them, in the order of `rows`."""
        return Statements(
            texts=[self.texts[row] for row in rows],
            languages=[self.languages[row] for row in rows],
            vectors=self.vectors[rows],
            hits=self.hits[rows],
        )

    def beside(self, others: Statements) -> Statements:
        """These and then the others."""
        return Statements(
            texts=[*self.texts, *others.texts],
            languages=[*self.languages, *others.languages],
            vectors=np.vstack([self.vectors, others.vectors]),
            hits=np.vstack([self.hits, others.hits]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Statements with what they teach: `truth` (n, themes), and `counts`, which of these answers count at all.

    An example of the codebook says something about its own theme and nothing about the others.
    """

    statements: Statements
    truth: Flags
    counts: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Centring, letters and words, and a weight for every feature and theme; `taught` says which themes have any."""

    centring: Centring
    ngrams: Ngrams | None
    weights: Halves
    offsets: Floats
    taught: npt.NDArray[np.bool_]

    def margins(self, statements: Statements) -> Numbers:
        """How far each statement is on a theme's side, (n, themes); a theme that was not taught is far off."""
        centred = self.centring.apply(statements.vectors, statements.languages)
        first = dense(centred, statements.hits)
        weights = self.weights.astype(np.float32)
        made = (first @ weights[: first.shape[1]] + self.offsets).astype(np.float64)
        if self.ngrams is not None and len(statements):
            made += NGRAM_WEIGHT * (self.ngrams.apply(statements.texts) @ weights[first.shape[1] :])
        made[:, ~self.taught] = -30.0
        return made


def fit(
    lessons: Lessons, *, ngrams: bool, strength: float, least: int, seed: int, hit_says: float | None = None
) -> Head:
    """A head from what people coded. Themes with fewer than `least` positives, or no negatives, are not taught.

    With `hit_says` the lexicon's hits are no lesson: one hit of a theme raises its own margin by so much.
    """
    from sklearn.linear_model import LogisticRegression

    statements = lessons.statements
    if hit_says is not None:
        statements = replace(statements, hits=np.zeros_like(statements.hits))
    centring = Centring.fit(statements.vectors, statements.languages)
    letters = Ngrams.fit(statements.texts) if ngrams else None
    features = _features(statements, centring, letters)
    themes = lessons.truth.shape[1]
    weights, offsets = np.zeros((features.shape[1], themes)), np.zeros(themes)
    taught = np.zeros(themes, dtype=np.bool_)
    for theme in range(themes):
        rows = np.flatnonzero(lessons.counts[:, theme])
        truth = lessons.truth[rows, theme]
        if truth.sum() < least or truth.all():
            continue
        model = LogisticRegression(
            C=strength, class_weight="balanced", solver="liblinear", max_iter=1_000, random_state=seed
        )
        model.fit(features[rows], truth)
        weights[:, theme], offsets[theme], taught[theme] = model.coef_[0], model.intercept_[0], True
    if hit_says is not None:
        first = lessons.statements.vectors.shape[1]
        weights[first : first + themes] += np.diag(np.where(taught, hit_says / HIT_WEIGHT, 0))
    return Head(
        centring=centring,
        ngrams=letters,
        weights=weights.astype(np.float16),
        offsets=offsets.astype(np.float32),
        taught=taught,
    )


def _features(statements: Statements, centring: Centring, letters: Ngrams | None) -> Any:
    """All features, dense without n-grams and sparse (CSR) with them."""
    first = dense(centring.apply(statements.vectors, statements.languages), statements.hits)
    if letters is None:
        return first
    from scipy.sparse import csr_matrix, hstack

    return hstack([csr_matrix(first), NGRAM_WEIGHT * letters.apply(statements.texts)], format="csr")
