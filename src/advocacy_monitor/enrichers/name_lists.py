"""The names that are known: given names, names that are words as well, family names; read from `names.txt` once.

`word_lists` has those kept by hand, which decide where the two disagree.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from advocacy_monitor.enrichers.word_lists import AMBIGUOUS_NAMES, GIVEN_NAMES, NOT_NAMES


@cache
def _sections() -> dict[str, frozenset[str]]:
    """The sections of names.txt by their titles."""
    lines: dict[str, list[str]] = {}
    title = ""
    text = resources.files(__package__).joinpath("names.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            title = line.strip("[]")
            lines[title] = []
        elif title:
            lines[title] += line.split()
    return {title: frozenset(names) for title, names in lines.items()}


@cache
def given_names() -> frozenset[str]:
    """Given names that are hardly ever anything else, in lower case."""
    return GIVEN_NAMES | (_sections()["given"] - AMBIGUOUS_NAMES - NOT_NAMES)


@cache
def names_and_words() -> frozenset[str]:
    """Given names that are words or places as well: they need a cue or a family name."""
    return AMBIGUOUS_NAMES | (_sections()["also words"] - GIVEN_NAMES - NOT_NAMES)


@cache
def family_names() -> frozenset[str]:
    """Family names that are hardly ever anything else."""
    return _sections()["family"] - NOT_NAMES


@cache
def english_words() -> frozenset[str]:
    """Words that English writes small (Brill's lexicon, which TextBlob brings), and what is never a name, with an s."""
    never = NOT_NAMES | {f"{word}s" for word in NOT_NAMES}
    # Found without an import: the package itself brings all of NLTK with it, which costs seconds.
    package = find_spec("textblob")
    if package is None or package.origin is None:
        return never
    text = Path(package.origin).with_name("en").joinpath("en-lexicon.txt").read_text(encoding="utf-8")
    pairs = (line.split() for line in text.splitlines() if not line.startswith(";"))
    return never | frozenset(
        pair[0] for pair in pairs if len(pair) == 2 and pair[0].islower() and not pair[1].startswith("NNP")
    )


@cache
def known_words() -> frozenset[str]:
    """Every word that can be a given name or a part of one, or its genitive: a text without any holds no"
    " listed name."""
    names = given_names() | names_and_words()
    parts = {part for name in names if not name.isalpha() for part in re.findall(r"\w+", name)}
    return names | parts | {f"{name}s" for name in given_names()}
