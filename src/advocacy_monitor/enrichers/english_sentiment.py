"""TextBlob's sentiment of an English text, the same figures several times as fast.

TextBlob cuts a text into words with dozens of regular expressions and looks every word up through several layers. Here
what its tokenizer makes of each distinct word is remembered, and words that its lexicon does not know are put in as a
stand-in of the same effect. Emoticons, which span words, take TextBlob's own way. Its lexicon, its rules of negation
and emphasis and its arithmetic are used as they are: `test_english_sentiment.py` compares the figures.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

_QUOTES = re.compile("[“”‘’'\"]")
_MAY_BE_EMOTICON = re.compile(r"[<>:;=*♥°_]|[8Xx]\s*-?\s*[Dd)]|[oO]\s*\.\s*[oO]|\(\s*!")
_UNKNOWN = "zzz"
_END_OF_SENTENCE = "END-OF-SENTENCE"
_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 40

_loading = threading.Lock()
_loaded: list[_Lexicon] = []


class Sentiment(NamedTuple):
    """Polarity from -1 to 1 and subjectivity from 0 to 1; both 0: no word is known."""

    polarity: float
    subjectivity: float


def sentiment(text: str) -> Sentiment:
    """What `TextBlob(text).sentiment` says."""
    if not _loaded:
        with _loading:
            if not _loaded:
                _loaded.append(_Lexicon())
    return _loaded[0].sentiment(text)


class _Words(dict[str, Any]):
    """TextBlob's words with their scores, as a plain dictionary, and what its method of scoring reads beside them."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(theirs.items())
        self.labeler = theirs.labeler
        self.negations = theirs.negations
        self.modifiers = theirs.modifiers
        self.modifier = theirs.modifier


class _Lexicon:
    """TextBlob's lexicon, loaded once, with what was found out about words so far."""

    def __init__(self) -> None:
        from textblob import _text
        from textblob.en import sentiment as theirs

        theirs.load()
        self._theirs = theirs
        self._words = _Words(theirs)
        self._assess = _text.Sentiment.assessments
        self._find_tokens = _text.find_tokens
        self._contractions = tuple(_text.replacements.items())
        self._remembered: dict[str, tuple[str, ...]] = {}

    def sentiment(self, text: str) -> Sentiment:
        if _MAY_BE_EMOTICON.search(text):
            found = self._theirs(text)
            return Sentiment(float(found[0]), float(found[1]))
        words = list(self._significant(text))
        if not words:
            return Sentiment(0.0, 0.0)
        assessed = self._assess(self._words, [(word, None) for word in words])
        return Sentiment(_mean([part[1] for part in assessed]), _mean([part[2] for part in assessed]))

    def _significant(self, text: str) -> Iterator[str]:
        """The known words, and one stand-in for each run of unknown ones; nothing where no word is known."""
        if _QUOTES.search(text):
            for written, apart in self._contractions:
                text = text.replace(written, apart)
            text = _QUOTES.sub(r" \g<0> ", text)
        last = ""
        for token in text.split():
            words = self._remembered.get(token)
            for word in self._look_up(token) if words is None else words:
                if word != last or word != _UNKNOWN:
                    yield word
                last = word

    def _look_up(self, token: str) -> tuple[str, ...]:
        """What TextBlob's tokenizer makes of a run of letters and signs without spaces."""
        found = " ".join(self._find_tokens(token)).split() if token != _END_OF_SENTENCE else []
        words = tuple(self._stand_in(word.lower()) for word in found)
        if len(token) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered = {}
            self._remembered[token] = words
        return words

    def _stand_in(self, word: str) -> str:
        """The word itself where it counts, else a word of the same effect: long ones end a negation or emphasis."""
        if word in self._words or word in self._words.negations or word in "!":
            return word
        if len(word.strip("'")) > 1 and len(word) > 2:
            return _UNKNOWN
        return word


def _mean(values: list[float]) -> float:
    """The mean, added up in order as TextBlob does: `sum` rounds otherwise in newer Pythons."""
    total = 0.0
    for value in values:
        total += value
    return total / (len(values) or 1)
