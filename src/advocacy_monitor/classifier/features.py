"""What a classifier sees of a statement: its vector, the lexicon's hits, and its words and letters.

[vector, centred by language, length 1 | 0.5 x min(hits of each theme, 2) | 0.7 x TF-IDF of words and letters]

The TF-IDF counts hashed words (one and two in a row) and runs of 3 to 5 letters: a model holds numbers and no word
of anybody's statement. Sparing models (the one that ships) leave it out. Weights and parts: THEMES.md, section 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier.encoder import Vectors, as_kept, cleaned, normalised
from advocacy_monitor.lexicon import Lexicon

Floats: TypeAlias = npt.NDArray[np.float32]

HIT_WEIGHT = 0.5
MOST_HITS = 2
NGRAM_WEIGHT = 0.7
_FEW = 20
"""A language's own mean counts as much as the common one when so many statements are in it."""
BUCKETS = 2**18
_MOST_COLUMNS = 15_000
_LEAST_TEXTS = 2
_KINDS: Mapping[str, dict[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "letters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Centring:
    """What the statements of a language have in common, taken away so that the rest says what they are about."""

    common: Floats
    languages: Mapping[str, Floats]

    @classmethod
    def fit(cls, vectors: Vectors, languages: Sequence[str]) -> Centring:
        """Means by language, drawn to the mean of all of them where a language has few statements.

        Every language counts the same in the common mean, so that a language which nobody has coded does not stand
        in the place of English.
        """
        means = {}
        counts = Counter(languages)
        for language in sorted(counts):
            rows = np.array([given == language for given in languages])
            means[language] = vectors[rows].mean(axis=0)
        common = np.mean(list(means.values()), axis=0)
        shrunk = {
            language: (counts[language] * mean + _FEW * common) / (counts[language] + _FEW)
            for language, mean in means.items()
        }
        return cls(common=as_kept(common), languages={language: as_kept(mean) for language, mean in shrunk.items()})

    def apply(self, vectors: Vectors, languages: Sequence[str]) -> Floats:
        """Centred vectors of length 1; a text without a word stays at zero."""
        if not len(vectors):
            return vectors
        means = np.stack([self.languages.get(language, self.common) for language in languages])
        said = np.abs(vectors).sum(axis=1, keepdims=True) > 0
        return normalised(np.where(said, vectors - means, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ngrams:
    """TF-IDF of hashed words and letters: for each kind the buckets that count, in order, and their weights."""

    columns: Mapping[str, npt.NDArray[np.int32]]
    idf: Mapping[str, Floats]

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Ngrams:
        """Takes the buckets that at least two texts have, the most frequent ones first when there are too many."""
        columns, idf = {}, {}
        texts = [cleaned(text) for text in texts]
        for kind in _KINDS:
            frequency = np.asarray((_counted(kind, texts) > 0).sum(axis=0)).ravel()
            order = np.lexsort((np.arange(BUCKETS), -frequency))[:_MOST_COLUMNS]
            kept = np.sort(order[frequency[order] >= _LEAST_TEXTS])
            columns[kind] = kept.astype(np.int32)
            idf[kind] = (np.log((1 + len(texts)) / (1 + frequency[kept])) + 1).astype(np.float32)
        return cls(columns=columns, idf=idf)

    def apply(self, texts: Sequence[str]) -> Any:
        """A sparse matrix (scipy CSR): each kind's row at length 1, with sublinear counts."""
        from scipy.sparse import hstack
        from sklearn.preprocessing import normalize

        blocks = []
        texts = [cleaned(text) for text in texts]
        for kind in _KINDS:
            counts = _counted(kind, texts)[:, self.columns[kind]].astype(np.float32)
            counts.data = 1 + np.log(counts.data)
            blocks.append(normalize(counts.multiply(self.idf[kind][None, :]).tocsr()))
        return hstack(blocks, format="csr", dtype=np.float32)

    @property
    def width(self) -> int:
        """How many columns it gives."""
        return sum(len(columns) for columns in self.columns.values())


def _counted(kind: str, texts: Sequence[str]) -> Any:
    """How often each bucket occurs in each text, as a sparse matrix."""
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(**_KINDS[kind], n_features=BUCKETS, alternate_sign=False, norm=None)
    return hashing.transform(texts)


def hits(lexicon: Lexicon, texts: Sequence[str], languages: Sequence[str]) -> Floats:
    """How many spans the lexicon finds, by text and theme (in the codebook's order)."""
    numbers = {code: number for number, code in enumerate(lexicon.codebook.codes)}
    made = np.zeros((len(texts), len(numbers)), dtype=np.float32)
    for row, (text, language) in enumerate(zip(texts, languages, strict=True)):
        for code, spans in lexicon.match(text, language).items():
            made[row, numbers[code]] = len(spans)
    return made


def dense(centred: Floats, counts: Floats) -> Floats:
    """The part of the features that every model has: centred vectors beside capped counts of hits."""
    made: Floats = np.hstack([centred, HIT_WEIGHT * np.minimum(counts, MOST_HITS)]).astype(np.float32)
    return made
