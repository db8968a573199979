"""What a coder types, understood: numbers or codes of themes, `n` for none of these, `t` for too short to say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError

_ANSWERS = {"n": "none", "none": "none", "t": "too_short", "too_short": "too_short"}
_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it was typed: `answer` is 'themes', 'none' or 'too_short'."""

    answer: str
    themes: tuple[str, ...] = ()
    note: str = ""


def read_answer(codebook: Codebook, typed: str) -> Answer:
    """Understands an answer such as `3 7`, `jobs_enterprise, 2`, `n` or `t`; what follows `#` is a note.

    The beginning of a code is enough where no other code begins so. Raises ConfigError that says what was not
    understood.
    """
    answer, _, note = typed.partition("#")
    words = [word for word in _SEPARATORS.split(answer.strip()) if word]
    if not words:
        raise ConfigError("no answer was given")
    kinds = [_ANSWERS[word.casefold()] for word in words if word.casefold() in _ANSWERS]
    if kinds and len(words) > 1:
        raise ConfigError("'n' and 't' stand alone: a statement with a theme is not one without")
    if kinds:
        return Answer(answer=kinds[0], note=note.strip())
    found = {theme_called(codebook, word) for word in words}
    return Answer(answer="themes", themes=tuple(code for code in codebook.codes if code in found), note=note.strip())


def theme_called(codebook: Codebook, word: str) -> str:
    """The code of a theme by its number in the list, its code, or the beginning of it. Raises ConfigError."""
    codes = codebook.codes
    if word.isascii() and word.isdigit():
        number = int(word[:9])
        if 1 <= number <= len(codes):
            return codes[number - 1]
        raise ConfigError(f"there is no theme number {word[:20]}; the numbers go from 1 to {len(codes)}")
    code = word.casefold()
    if code in codes:
        return code
    beginning = [each for each in codes if each.startswith(code)]
    if len(beginning) == 1:
        return beginning[0]
    if beginning:
        raise ConfigError(f"{word!r} is the beginning of {' and of '.join(beginning)}; type more of it")
    return codebook.theme(word).code
