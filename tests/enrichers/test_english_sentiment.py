"""English sentiment gives TextBlob's figures, to the last bit, on any text."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from textblob import TextBlob

from advocacy_monitor.enrichers.english_sentiment import sentiment

TEXTS = (Path(__file__).parent / "relevance_examples.txt").read_text(encoding="utf-8").splitlines()
KNOWN = ["good", "bad", "great", "very", "really", "terrible", "happy", "hopefully", "not", "never", "no", "free"]
ODD = [
    *("don't", "can't", "isn’t", "n't", "it's", "U.S.", "Mr.", "etc.", "e.g.", "a", "zzz", "END-OF-SENTENCE", "2020"),
    *("!", "!!", "(!)", ":)", ":-(", "xD", "8)", "<3", "o.O", "...", "?!", "\n\n", "\t", "\x1c", "“great”", "good,not"),
    *("bad!", "(good)", "''good''", "'", '"', "-", "—", "_", "x", "D", "ß", "İ", "\u2028", "$5", "10:30"),
]


def _same(text: str) -> None:
    assert tuple(sentiment(text)) == tuple(TextBlob(text).sentiment), repr(text)


def test_the_figures_are_textblob_s() -> None:
    chance = random.Random(3)
    words = " ".join(TEXTS).split()
    for text in TEXTS:
        _same(text)
    for _ in range(3000):
        some = [chance.choice(chance.choice([KNOWN, ODD, words])) for _ in range(chance.randint(1, 12))]
        _same(chance.choice([" ", " ", "  ", "\n", ""]).join(some))


@given(st.text(), st.sampled_from(KNOWN), st.text(alphabet="abdgoxXD8.!?,'’()\"- \n\tnt"))
def test_any_text(before: str, word: str, behind: str) -> None:
    _same(before + word + behind)
