"""The ways of coding themes that are compared, each taught by the same sample and tested on the same statements.

lexicon   the codebook's indicators, without anything learned
hybrid    our classifier, every theme by it
in use    our classifier as the product uses it: themes and languages where it beat the lexicon on what was kept apart
tfidf_lr  TF-IDF of words (1-2) and letters (3-5) with logistic regression: what one would try first
textblob  TextBlob's NaiveBayesClassifier, one for each theme, taught by as many statements without as with it: taught
          by all of them it never says yes, since words that are missing count as much as words that are there

Hybrid and tfidf_lr choose their thresholds in the same way, out of fold.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from advocacy_monitor.classifier.build import build
from advocacy_monitor.classifier.calibration import Flags, thresholds
from advocacy_monitor.classifier.encoder import Encoder
from advocacy_monitor.classifier.features import hits
from advocacy_monitor.classifier.folds import FOLDS, folds
from advocacy_monitor.classifier.gold import Coded, teaching
from advocacy_monitor.classifier.hybrid import HybridClassifier
from advocacy_monitor.classifier.opening import open_classifier
from advocacy_monitor.classifier.training import LanguageResult, Settings, Trained, train
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.lexicon import Lexicon

LEAST_IN_USE = Settings().least_positives
"""With fewer labels a theme stays with the lexicon, so nothing else is in use."""
_STRENGTH = 3.0
_MOST_COLUMNS = 15_000
_WORD = re.compile(r"\w+")


def sampled(pool: Sequence[Coded], codebook: Codebook, labels: int, seed: int) -> list[Coded]:
    """As many statements of each theme, and of none, as `labels`; a theme with fewer gives all it has."""
    made: set[int] = set()
    chance = random.Random(seed)
    for code in (*codebook.codes, None):
        given = [row for row, each in enumerate(pool) if (code in each.themes if code else not each.themes)]
        made.update(chance.sample(given, min(labels, len(given))))
    return teaching(pool[row] for row in sorted(made))


def truth_of(given: Sequence[Coded], codebook: Codebook) -> Flags:
    """What people said: statements x themes."""
    return np.array([[code in each.themes for code in codebook.codes] for each in given], dtype=np.bool_)


def by_lexicon(codebook: Codebook, test: Sequence[Coded]) -> Flags:
    """The themes of which an indicator stands in the text."""
    found = hits(Lexicon(codebook), [each.text for each in test], [each.language for each in test])
    made: Flags = found > 0
    return made


def by_hybrid(
    codebook: Codebook, encoder: Encoder, taught: Sequence[Coded], test: Sequence[Coded], *, labels: int, seed: int
) -> tuple[Flags, Flags | None]:
    """Every theme by the hybrid; and as it is used, None with too few labels. Raises ConfigError with too little."""
    trained = train(taught, codebook, encoder, Settings(seed=seed, least_positives=min(labels, LEAST_IN_USE)))
    everywhere = _classified(_everywhere(trained, test), encoder, test)
    return everywhere, _classified(trained, encoder, test) if labels >= LEAST_IN_USE else None


def by_shipped_model(codebook: Codebook, encoder: Encoder, test: Sequence[Coded]) -> Flags:
    """The model that comes with the package. Raises ConfigError when there is none or it does not fit."""
    return _flags(open_classifier(codebook, encoder=encoder), test)


def _everywhere(trained: Trained, test: Sequence[Coded]) -> Trained:
    """The same, with every theme and every language of the test switched to the hybrid."""
    known = {each.language: each for each in trained.languages}
    languages = [known.get(language) or _untaught(language, trained) for language in _languages(known, test)]
    return replace(
        trained,
        themes=tuple(replace(theme, switched=True) for theme in trained.themes),
        languages=tuple(replace(each, switched=True) for each in languages),
    )


def _languages(known: dict[str, LanguageResult], test: Sequence[Coded]) -> list[str]:
    return sorted({*known, *(each.language for each in test)})


def _untaught(language: str, trained: Trained) -> LanguageResult:
    """A language of which nothing was learned."""
    nothing = replace(trained.lexicon.macro, n=0, value=None, low=None, high=None)
    return LanguageResult(language=language, statements=0, lexicon=nothing, chosen=nothing, switched=True)


def _classified(trained: Trained, encoder: Encoder, test: Sequence[Coded]) -> Flags:
    classifier = HybridClassifier(build(trained, with_tested=False), Lexicon(trained.codebook), encoder)
    return _flags(classifier, test)


def _flags(classifier: HybridClassifier, test: Sequence[Coded]) -> Flags:
    answers = classifier.classify([each.text for each in test], [each.language for each in test])
    codes = classifier.model.codes
    found = [{theme.code for theme in answer.themes} for answer in answers]
    return np.array([[code in each for code in codes] for each in found], dtype=np.bool_)


def by_tfidf(codebook: Codebook, taught: Sequence[Coded], test: Sequence[Coded], *, seed: int) -> Flags:
    """Balanced logistic regression on TF-IDF; thresholds from folds that were kept apart."""
    truth, fold = truth_of(taught, codebook), folds(taught, seed=seed)
    texts = [each.text for each in taught]
    apart = np.zeros(truth.shape)
    for number in range(FOLDS):
        kept, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        apart[held] = _probabilities([texts[row] for row in kept], truth[kept], [texts[row] for row in held], seed)
    said: Flags = _probabilities(texts, truth, [each.text for each in test], seed) >= thresholds(apart, truth)
    return said


def _probabilities(texts: Sequence[str], truth: Flags, asked: Sequence[str], seed: int) -> Any:
    """The probability of each theme; one with fewer positives than folds is not learned, as in the hybrid."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    shared = {"sublinear_tf": True, "max_features": _MOST_COLUMNS, "dtype": np.float32}
    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **shared),
    )
    known = vectors.fit_transform(texts).tocsr()
    new = vectors.transform(asked).tocsr()
    made = np.zeros((len(asked), truth.shape[1]))
    for theme in range(truth.shape[1]):
        if FOLDS <= truth[:, theme].sum() < len(truth):
            model = LogisticRegression(
                C=_STRENGTH, class_weight="balanced", solver="liblinear", max_iter=1_000, random_state=seed
            )
            made[:, theme] = model.fit(known, truth[:, theme]).predict_proba(new)[:, 1]
    return made


def by_textblob(codebook: Codebook, taught: Sequence[Coded], test: Sequence[Coded], *, most: int, seed: int) -> Flags:
    """A yes or no for each theme, each taught by at most `most` statements.

    Texts are given as lists of words: strings would need data from the network.
    """
    from textblob.classifiers import NaiveBayesClassifier

    words, asked = [_words(each.text) for each in taught], [_words(each.text) for each in test]
    truth, chance = truth_of(taught, codebook), random.Random(seed)
    said = np.zeros((len(test), truth.shape[1]), dtype=np.bool_)
    for theme in range(truth.shape[1]):
        having, lacking = np.flatnonzero(truth[:, theme]).tolist(), np.flatnonzero(~truth[:, theme]).tolist()
        if number := min(len(having), len(lacking), most // 2):
            rows = [(row, "yes") for row in chance.sample(having, number)]
            rows += [(row, "no") for row in chance.sample(lacking, number)]
            classifier = NaiveBayesClassifier([(words[row], answer) for row, answer in rows])
            said[:, theme] = [classifier.classify(each) == "yes" for each in asked]
    return said


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
