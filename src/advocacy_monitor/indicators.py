"""How one indicator of a codebook is written, and how its words and those of a text are made comparable.

An indicator is a row of words: `lonel*`, `nobody to talk`, `made|make new friends`, `feel* ...3 at home`.

word*  *word  *word*    the word with any ending, any beginning, or both (German compounds)
one|two                 either of them in this place
_                       exactly one word, whichever
...  ...N               up to three, or up to N, words may stand between (never past the end of a sentence)

Text and indicators are cut into words in the same way, so `wi-fi`, `can't` and the typographic `can’t` are two
words each. Chinese has no spaces: there every character is a word of its own, and an indicator is found anywhere.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u00ad\u200c\u200d"
_LETTER = rf"[^\W_{_HAN}]"
ENDS = ".!?…\n。！？؟"
"""The characters that end a sentence; the line end counts as one."""

WORDS = re.compile(rf"{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*|[{_HAN}$£€]|[{re.escape(ENDS)}]")
"""Finds the words of a text and the sentence ends between them. Combining marks belong to their word."""

_LATIN = "0-9A-Za-zÀ-ÖØ-öø-ÿ"
_PLAIN = re.compile(rf"[{_LATIN}\s.,;:!?…'’‘‚\"“”„«»()\[\]<>/|\\@#&%*+=~^`{{}}\-‐‑–—$£€]*")
_PLAIN_WORDS = re.compile(rf"([{_LATIN}]+|[$£€]|[{re.escape(ENDS)}])")
_WORDS_KEPT = re.compile(f"({WORDS.pattern})")

_PATTERN = re.compile(rf"\*?(?:{_LETTER}(?:{_LETTER}|[{_MARKS}])*|[{_HAN}$£€])\*?")
_GAP = re.compile(r"\.\.\.([1-9]?)")
_JOINERS = re.compile(r"['’ʼ\-‐‑–]")
_DEFAULT_GAP = 3
_MOST_ROWS = 1_000
MOST_WORDS = 12
MOST_GAPS = 3
WIDEST_GAP = 9
"""How long an indicator may be: its words, its gaps, and the words that may stand in one gap."""

_UNACCENTED = frozenset({"en", "fr", "es", "ar"})
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_DROPPED = str.maketrans(dict.fromkeys("\u00ad\u200c\u200d"))


def parted(text: str) -> list[str]:
    """A text cut into what stands between the words and the words, by turns: its words are `parted(text)[1::2]`.

    The same as with WORDS, sooner for the plain texts of western Europe. Put together again it is the text.
    """
    return (_PLAIN_WORDS if _PLAIN.fullmatch(text) else _WORDS_KEPT).split(text)


@dataclass(frozen=True, slots=True)
class Step:
    """One place in an indicator: the folded word patterns that fit, and how many words may stand before it."""

    words: frozenset[str]
    gap: int = 0


ANY_WORD = frozenset({"*"})


def fold(word: str, language: str) -> str:
    """One spelling for all ways to write a word: case, ß and ss, composed and decomposed letters, soft hyphens.

    In English, French and Spanish accents are dropped (`résumé`, `bibliotheque`), in Russian `ё` is `е`, in Arabic
    vowel signs, hamza seats and the lengthening stroke. German keeps its umlauts: `schon` is not `schön`.
    """
    folded = unicodedata.normalize("NFKC", word).casefold().translate(_DROPPED)
    if language in _UNACCENTED:
        split = unicodedata.normalize("NFD", folded)
        folded = "".join(sign for sign in split if not unicodedata.combining(sign))
    if language == "ar":
        folded = folded.translate(_ARABIC)
    return unicodedata.normalize("NFKC", folded).replace("ё", "е")


def parse_indicator(text: str, language: str) -> tuple[tuple[Step, ...], ...]:
    """The rows of steps that an indicator stands for; more than one where an alternative has several words.

    Raises ValueError that says what is wrong with the indicator and what is allowed.
    """
    parts = text.split()
    if not parts:
        raise ValueError("an indicator must have at least one word")
    columns: list[list[tuple[Step, ...]]] = []
    gap = gaps = 0
    for part in parts:
        if found := _GAP.fullmatch(part):
            gap, gaps = int(found[1] or _DEFAULT_GAP), gaps + 1
            continue
        columns.append(_alternatives(part, language=language, gap=gap))
        gap = 0
    if gap or _GAP.fullmatch(parts[0]) or "_" in (parts[0], parts[-1]):
        raise ValueError(f"{text!r} must begin and end with a word, not with '...' or '_'")
    if math.prod(map(len, columns)) > _MOST_ROWS:
        raise ValueError(f"{text!r:.60} stands for more than {_MOST_ROWS} rows of words; write several indicators")
    rows = tuple(tuple(step for run in row for step in run) for row in product(*columns))
    if gaps > MOST_GAPS or max(map(len, rows)) > MOST_WORDS:
        raise ValueError(f"{text!r} is too long: at most {MOST_WORDS} words and {MOST_GAPS} gaps")
    return rows


def _alternatives(part: str, *, language: str, gap: int) -> list[tuple[Step, ...]]:
    """The runs of steps that one space-separated part stands for; single words share one step."""
    if part == "_":
        return [(Step(ANY_WORD, gap),)]
    single: set[str] = set()
    runs: list[tuple[Step, ...]] = []
    for alternative in part.split("|"):
        words = list(_split(alternative))
        if len(words) == 1:
            single |= _spellings(words[0], language)
        else:
            steps = (Step(frozenset(_spellings(word, language))) for word in words)
            first = next(steps)
            runs.append((Step(first.words, gap), *steps))
    return [(Step(frozenset(single), gap),), *runs] if single else runs


def _split(alternative: str) -> Iterator[str]:
    """Cuts `wi-fi` and Chinese as a text is cut; refuses everything that no text could match."""
    at = 0
    while at < len(alternative):
        if at and _JOINERS.match(alternative, at):
            at += 1
            continue
        found = _PATTERN.match(alternative, at)
        inside = found is not None and (
            (found[0].startswith("*") and at > 0) or (found[0].endswith("*") and found.end() < len(alternative))
        )
        if found is None or inside:
            raise ValueError(
                f"{alternative!r} is not a word: allowed are letters and digits, '*' at its beginning or end, "
                "'|' between alternatives, '_' for one word, '...' or '...5' for a gap"
            )
        yield found[0]
        at = found.end()
    if not at:
        raise ValueError("there is an empty alternative: '|' must stand between two words")


def _spellings(pattern: str, language: str) -> set[str]:
    """A word pattern, folded; in German also with ae, oe, ue for the umlauts, as many people type them."""
    folded = fold(pattern, language)
    return {folded, folded.translate(_UMLAUTS)} if language == "de" else {folded}
