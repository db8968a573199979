"""The sentiment enricher, experimental: whether a statement sounds positive, negative, mixed or neutral.

English by TextBlob's pattern lexicon, which works offline; German by a lexicon of our own (german_sentiment.py); other
languages get no label, and neither does a text of which no word is known. It was measured to be poor
(docs/explanation/enrichers.md): it may sort a moderator's queue, it must not decide what is counted, and nothing is
dropped because of it (R14).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.metadata import version as installed_version
from typing import NamedTuple

from pydantic import Field

from advocacy_monitor.enrichers.english_sentiment import sentiment
from advocacy_monitor.enrichers.german_sentiment import feelings
from advocacy_monitor.enrichers.plain_text import version_with_settings, without_marks
from advocacy_monitor.models import Annotation, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

_SENTENCE = re.compile(r"[^.!?\n…]+[.!?…]*")
# An English text is mixed when one sentence is clearly good and another clearly bad,
_CLEAR = 0.25
# a German one when the weaker side weighs a word or more and has this share of all that was felt.
_MIXED_SHARE = 0.3


class Mood(NamedTuple):
    """How a text sounds: positive, negative, mixed or neutral, and its polarity from -1 to 1."""

    value: str
    polarity: float


class SentimentEnricher(Plugin):
    """Asserts `sentiment` for English and German, experimentally; the score is the polarity from -1 to 1."""

    threshold: float = Field(default=0.1, ge=0.0, lt=1.0, description="Polarity from which a text is not neutral.")

    @property
    def version(self) -> str:
        """Names the library's version, since its lexicon decides."""
        library = ".".join(installed_version("textblob").split(".")[:2])
        return version_with_settings(f"textblob-{library}+de-1+experimental", self)

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """At most one annotation an item, in the language that was found, else in the one that its source declared."""
        by = f"sentiment@{self.version}"
        languages = reader.annotations([item.id for item in items], "language")
        for item in items:
            found = languages.get(item.id)
            language = found[-1].value if found else (item.language or "").partition("-")[0].lower()
            if mood := self.judge(item.text, language):
                yield Annotation(item_id=item.id, label="sentiment", value=mood.value, score=mood.polarity, by=by)

    def judge(self, text: str, language: str) -> Mood | None:
        """How a text in 'en' or 'de' sounds; None for another language and where no word is known."""
        if language not in ("en", "de"):
            return None
        felt = _english(without_marks(text)) if language == "en" else _german(without_marks(text))
        if felt is None:
            return None
        polarity, mixed = round(max(-1.0, min(1.0, felt[0])), 4), felt[1]
        if mixed:
            return Mood("mixed", polarity)
        if abs(polarity) < self.threshold or not polarity:
            return Mood("neutral", polarity)
        return Mood("positive" if polarity > 0 else "negative", polarity)


def _english(text: str) -> tuple[float, bool] | None:
    """The polarity, and whether it is mixed."""
    whole = sentiment(text)
    if not whole.polarity and not whole.subjectivity:
        return None
    sentences = _SENTENCE.findall(text)
    if len(sentences) < 2:
        return whole.polarity, False
    each = [sentiment(sentence).polarity for sentence in sentences]
    return whole.polarity, max(each) >= _CLEAR and min(each) <= -_CLEAR


def _german(text: str) -> tuple[float, bool] | None:
    good, bad = feelings(text)
    felt = good + bad
    if not felt:
        return None
    weaker = min(good, bad)
    # One faint word alone is not as clear as five of them: hence the constant.
    return (good - bad) / (felt + 1.0), weaker >= 1.0 and weaker / felt >= _MIXED_SHARE
