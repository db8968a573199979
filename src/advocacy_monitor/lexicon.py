"""Finds the indicators of a codebook in a text: the theme coding of stage 0, with the words found as evidence.

lexicon_index.py holds how it is done; see docs/reference/codebook.md for how indicators are written.
"""

from __future__ import annotations

import re

from advocacy_monitor.codebook_shapes import Codebook
from advocacy_monitor.lexicon_index import LanguageIndex, patterns_of
from advocacy_monitor.models import Span

VERSION = "lexicon-1"
"""Raised whenever the same codebook may find something else in the same text."""

UNKNOWN_LANGUAGES = frozenset({"", "und", "mul"})

_ADDRESSES = re.compile(
    r"https?://\S+|www\.\S+|[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,255}|@[a-z0-9_][a-z0-9_.-]{0,254}", re.IGNORECASE
)
_SCRIPTS = {
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
    "other": re.compile(r"[\u0370-\u03ff\u0590-\u05ff\u0900-\u0dff\u0e00-\u0fff\u3040-\u30ff\uac00-\ud7af]"),
}
_SCRIPT_OF = {"ar": "arabic", "fa": "arabic", "ur": "arabic", "zh": "han"} | dict.fromkeys(
    ("ru", "uk", "bg", "sr", "be", "mk"), "cyrillic"
)


_READY: dict[tuple[str, str], LanguageIndex] = {}
_MOST_READY = 32
"""Indexes that are kept for the next job of the same process: building that of English takes half a second."""


def _ready(codebook: Codebook, language: str) -> LanguageIndex:
    key = (codebook.digest, language)
    if key not in _READY:
        if len(_READY) >= _MOST_READY:
            _READY.clear()
        negators = codebook.negators.get(language, ())
        _READY[key] = LanguageIndex(patterns_of(codebook, language), language, negators=negators)
    return _READY[key]


class Lexicon:
    """A codebook made ready to be looked for in texts."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self._codes = codebook.codes
        self._indexes: dict[str | None, LanguageIndex] = {}

    def match(self, text: str, language: str | None) -> dict[str, tuple[Span, ...]]:
        """The themes of a text, each with its evidence: code -> spans of `text`, in code points.

        `language` is a BCP 47 tag, of which the first part counts. A language that the codebook does not know
        gives nothing. Where it is None or 'und', the script decides, if exactly one language of the codebook is
        written in it: Arabic, Russian and Chinese can be told that way, the Latin ones cannot, and a stem taken
        for one of another language (`Kind`, `chat`) would be worse than no theme. Never raises.
        """
        index = self._indexes.get(language) or self._index(text, language)
        if index is None:
            return {}
        codes = self._codes
        return {codes[theme]: spans for theme, spans in index.spans(without_addresses(text)).items()}

    def _index(self, text: str, language: str | None) -> LanguageIndex | None:
        primary = self.language_of(text, language)
        if primary is not None and primary not in self._indexes:
            self._indexes[primary] = _ready(self.codebook, primary)
        return self._indexes.get(primary)

    def language_of(self, text: str, language: str | None) -> str | None:
        """The language of the codebook to read a text in, or None when it cannot be read."""
        primary = (language or "").replace("_", "-").split("-")[0].strip().lower()
        if primary not in UNKNOWN_LANGUAGES:
            return primary if primary in self.codebook.languages else None
        script = _script(text)
        written = [code for code in self.codebook.languages if _SCRIPT_OF.get(code, "latin") == script]
        return written[0] if len(written) == 1 else None


def without_addresses(text: str) -> str:
    """The text with links, e-mail addresses and handles blanked out, every other character in its old place."""
    if "@" in text or "://" in text or "www." in text.lower():
        return _ADDRESSES.sub(lambda found: "\n" * len(found[0]), text)
    return text


def _script(text: str) -> str | None:
    """The script of more than half of the first 400 characters' letters, or None."""
    counts = {script: len(letters.findall(text[:400])) for script, letters in _SCRIPTS.items()}
    script = max(counts, key=counts.__getitem__)
    return script if counts[script] * 2 > sum(counts.values()) else None
