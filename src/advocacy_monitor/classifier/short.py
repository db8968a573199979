"""When a text is too short to say anything about: fewer than 3 words or 12 letters, and no indicator in it."""

from __future__ import annotations

import re

from advocacy_monitor.enrichers.plain_text import HANDLE, HASHTAG, URL

LEAST_WORDS = 3
LEAST_LETTERS = 12
_WORD = re.compile(r"[^\W\d_]+")
_WORDLESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Chinese and Japanese letters: no spaces between words, of which one takes about two of them."""


def is_too_short(text: str) -> bool:
    """Whether a text has too few words to be coded; links, handles and hashtags are no words.

    A Chinese letter counts as half a word and as two letters.
    """
    said = HASHTAG.sub(" ", HANDLE.sub(" ", URL.sub(" ", text)))
    wide = len(_WORDLESS.findall(said))
    words = _WORD.findall(_WORDLESS.sub(" ", said))
    return len(words) + wide / 2 < LEAST_WORDS or sum(map(len, words)) + 2 * wide < LEAST_LETTERS
