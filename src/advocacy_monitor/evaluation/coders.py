"""What codes statements in an evaluation: the lexicon, a naive baseline, the trained classifier."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.evaluation.cases import Statement
from advocacy_monitor.lexicon import VERSION, Lexicon

if TYPE_CHECKING:
    from advocacy_monitor.classifier.hybrid import HybridClassifier

Coding: TypeAlias = Mapping[str, float | None]
"""The themes that a text was given, each with its probability, or None where there is none."""
Probabilities: TypeAlias = npt.NDArray[np.float64]

_LEAST_LETTERS = 5
_MOST_THEMES = 2
_LETTERS = re.compile(r"[^\W\d_]+")


def lexicon_version(codebook: Codebook) -> str:
    """What stands behind `themes@` where the lexicon codes."""
    return f"{codebook.name}-{codebook.version}.{codebook.digest[:8]}+{VERSION}"


class Coder(Protocol):
    """Anything that gives texts themes."""

    @property
    def version(self) -> str:
        """What stands behind `themes@` in its annotations."""

    def code(self, statements: Sequence[Statement]) -> list[Coding]:
        """The themes of each statement."""

    def probabilities(self, statements: Sequence[Statement]) -> Probabilities | None:
        """A probability for each statement and theme of the codebook, nan where there is none; None without any."""

    def kept_apart(self, statements: Sequence[Statement]) -> list[bool]:
        """Whether each statement taught this coder, and `code` answers it as the part that had not seen it did."""


class LexiconCoder:
    """Stage 0: the indicators of the codebook."""

    def __init__(self, codebook: Codebook, *, version: str = "") -> None:
        self._lexicon = Lexicon(codebook)
        self.version = version or lexicon_version(codebook)

    def code(self, statements: Sequence[Statement]) -> list[Coding]:
        """The themes whose indicators stand in each text; they have no probability."""
        return [dict.fromkeys(self._lexicon.match(each.text, each.language)) for each in statements]

    def probabilities(self, statements: Sequence[Statement]) -> Probabilities | None:
        """None: an indicator stands in a text or does not."""
        return None

    def kept_apart(self, statements: Sequence[Statement]) -> list[bool]:
        """Nothing is learned; what its authors had read nobody can know."""
        return [False] * len(statements)


class HybridCoder:
    """Stage 1: the trained classifier over the lexicon.

    Right answers to statements that it was taught prove nothing. For those, what counts is how they were coded in
    training by the part that had not seen them, nor a copy of them (out of fold); their probabilities are unknown.
    """

    def __init__(self, codebook: Codebook, classifier: HybridClassifier) -> None:
        self._classifier = classifier
        self.version = f"{lexicon_version(codebook)}+{classifier.version}"
        about, tested = classifier.model.about, classifier.model.tested
        self._tested: dict[str, Coding] = {}
        if tested is not None:
            for key, row in zip(about.tested_keys, tested, strict=True):
                self._tested[key] = {theme.code: None for theme, given in zip(about.themes, row, strict=True) if given}

    def code(self, statements: Sequence[Statement]) -> list[Coding]:
        """The themes of each statement; of those that taught the classifier, as they were coded out of fold."""
        fresh = [each for each in statements if _keys(each).isdisjoint(self._tested)]
        answers = self._classifier.classify([each.text for each in fresh], [each.language for each in fresh])
        found: dict[str, Coding] = {
            each.id: {theme.code: theme.score for theme in answer.themes}
            for each, answer in zip(fresh, answers, strict=True)
        }
        return [found[each.id] if each.id in found else self._out_of_fold(each) for each in statements]

    def _out_of_fold(self, statement: Statement) -> Coding:
        return next(self._tested[key] for key in sorted(_keys(statement)) if key in self._tested)

    def probabilities(self, statements: Sequence[Statement]) -> Probabilities | None:
        """Of every theme that the classifier codes, for each statement that did not teach it."""
        about = self._classifier.model.about
        made = np.full((len(statements), len(about.themes)), np.nan)
        switched = [number for number, theme in enumerate(about.themes) if theme.switched]
        rows = [
            row
            for row, each in enumerate(statements)
            if _keys(each).isdisjoint(self._tested) and self._classifier.codes_language(each.text, each.language)
        ]
        if not rows or not switched:
            return None
        chosen = [statements[row] for row in rows]
        values = self._classifier.probabilities([each.text for each in chosen], [each.language for each in chosen])
        made[np.ix_(rows, switched)] = values[:, switched]
        return made

    def kept_apart(self, statements: Sequence[Statement]) -> list[bool]:
        """Whether each statement taught the classifier."""
        return [not _keys(each).isdisjoint(self._tested) for each in statements]


def _keys(statement: Statement) -> frozenset[str]:
    """The keys that a statement may have in a model: that of its text, and `item 12` in a database."""
    from advocacy_monitor.classifier.gold import text_key

    return frozenset({text_key(statement.text), statement.place})


def naive_coder(codebook: Codebook) -> LexiconCoder:
    """The baseline that costs nobody any work: the words of each theme's title, in English of its definition as well.

    A word counts from five letters on, by its beginning, unless more than two themes share it.
    """
    stems: dict[str, list[set[str]]] = {language: [] for language in codebook.languages}
    for theme in codebook.themes:
        for language, found in stems.items():
            words = theme.title.get(language, "") + (f" {theme.definition}" if language == "en" else "")
            found.append({_stem(word) for word in _LETTERS.findall(words) if len(word) >= _LEAST_LETTERS})
    themes = []
    for number, theme in enumerate(codebook.themes):
        indicators = {}
        for language, found in stems.items():
            uses = Counter(stem for each in found for stem in each)
            own = sorted(stem for stem in found[number] if uses[stem] <= _MOST_THEMES)
            indicators[language] = type(next(iter(theme.indicators.values()))).model_validate(
                {"any": [f"{stem}*" for stem in own]}
            )
        themes.append(theme.model_copy(update={"indicators": indicators}))
    made = codebook.model_copy(update={"themes": tuple(themes)})
    return LexiconCoder(made, version=f"{codebook.name}-{codebook.version}.{codebook.digest[:8]}+title-words")


def _stem(word: str) -> str:
    """A word without its last letters, which are the ones that change."""
    return word.casefold()[: max(_LEAST_LETTERS, len(word) - 2)]


def open_coder(codebook: Codebook, *, stage: str, model: Path | None) -> Coder:
    """The coder of a stage. Raises ConfigError when there is no model where one is needed, or it does not fit."""
    if stage == "lexicon":
        return LexiconCoder(codebook)
    from advocacy_monitor.classifier.opening import open_classifier

    return HybridCoder(codebook, open_classifier(codebook, model))
