"""What tests of the classifier stand on: a small codebook, invented coded statements and an encoder of a few lines."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence

import numpy as np

from advocacy_monitor.classifier.encoder import Vectors, normalised
from advocacy_monitor.classifier.gold import Coded
from advocacy_monitor.codebook import Codebook, parse_codebook

CODEBOOK = """
name: small
version: 3
languages: {en: checked, de: checked}
themes:
  - code: loneliness_isolation
    title: {en: Loneliness, de: Einsamkeit}
    definition: Being alone.
    include: []
    exclude: []
    indicators: {en: {any: [lonely]}, de: {any: [einsam*]}}
  - code: warmth
    title: {en: Warmth, de: Wärme}
    definition: A warm room.
    include: []
    exclude: []
    examples:
      - {text: The radiator there keeps us going., language: en}
    counterexamples:
      - {text: A warm thank you to all of you., language: en}
    indicators: {en: {any: [warm]}, de: {any: [warm*]}}
  - code: books
    title: {en: Books, de: Bücher}
    definition: Reading.
    include: []
    exclude: []
    indicators: {en: {any: [novel*]}, de: {any: [roman*]}}
  - code: parking
    title: {en: Parking, de: Parken}
    definition: Cars.
    include: []
    exclude: []
    indicators: {en: {any: [parking]}, de: {any: [parkplatz]}}
"""
"""`warmth` is mostly said without its indicator, `books` never, `parking` is rare."""

_SAID = {
    "en": {
        "loneliness_isolation": ("i was lonely before", "feeling lonely i came here", "nobody rings me at home"),
        "warmth": ("the radiator is on all day", "heating i cannot pay for", "cosy near the radiator", "a warm corner"),
        "books": ("a novel every week", "novels for the holidays", "novel after novel"),
        "parking": ("no parking for my van",),
        "": ("we went there on tuesday", "it is on the high street", "thank you so much to all"),
    },
    "de": {
        "loneliness_isolation": ("ich war einsam bis dahin", "so einsam im winter", "niemand ruft mich an"),
        "warmth": ("die heizung läuft den ganzen tag", "heizung die ich nicht zahlen kann", "am ofen sitzen"),
        "books": ("jede woche ein roman", "romane für den urlaub", "roman um roman"),
        "parking": ("kein parkplatz für uns",),
        "": ("wir waren am dienstag dort", "sie liegt am marktplatz", "vielen dank an alle dort"),
    },
}
_FILL = {
    "en": "our the library in town where my sister and aunt go after school with a friend since last year".split(),
    "de": "unsere die bücherei im ort wo meine schwester und tante nach der schule mit freunden seit jahren".split(),
}


def codebook() -> Codebook:
    """The small codebook."""
    return parse_codebook(CODEBOOK.encode(), origin="small.yaml")


def coded(text: str, *themes: str, language: str = "en", group: str = "", answer: str | None = None) -> Coded:
    """A coded statement; its group is its own unless the test says otherwise."""
    said = answer or ("themes" if themes else "none")
    assert said in ("themes", "none", "too_short")
    return Coded(
        text=text,
        language=language,
        answer=said,  # type: ignore[arg-type]  # checked above
        themes=frozenset(themes),
        group=group or text,
        coder="person:Ana",
    )


def gold(number: int = 240, *, seed: int = 7) -> list[Coded]:
    """Invented statements in two languages, coded by what they were made of."""
    chance = random.Random(seed)
    made = []
    for count in range(number):
        language = "en" if count % 3 else "de"
        said = _SAID[language]
        themes = [code for code in ("loneliness_isolation", "warmth", "books") if chance.random() < 0.3]
        if count % 40 == 0:
            themes.append("parking")
        parts = [chance.choice(said[code]) for code in themes or [""]]
        filler = [" ".join(chance.sample(_FILL[language], 5)) for _ in range(2)]
        text = ". ".join([filler[0], *parts, filler[1]])
        made.append(coded(text, *themes, language=language))
    return made


class BagOfWords:
    """An encoder that needs no model: every word adds to one of 64 numbers."""

    name = "bag-of-words-1"
    dimensions = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text."""
        self.encoded.extend(texts)
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace(".", " ").split():
                made[row, zlib.crc32(word.encode()) % self.dimensions] += 1
        return normalised(made)
