"""Collected words as YAML that a person reads and edits: nothing in them can end their place or turn a line round."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_LONG = 70
_JOINERS = "\u200c\u200d"
"""They belong to words of Persian and to emoji, and turn nothing round."""


def scalar(text: str, *, indent: int = 0) -> str:
    """A text as a YAML value: a block as it stands where that is safe and it is long, else in double quotes.

    `indent` is the depth of its key, in spaces. Reading it gives exactly the same text.
    """
    if _is_block(text):
        margin = "\n" + " " * (indent + 2)
        return "|-" + "".join(margin + line if line else "\n" for line in text.split("\n"))
    return quoted(text)


def sequence(texts: Sequence[str]) -> str:
    """Texts as a YAML list on one line."""
    return f"[{', '.join(quoted(text) for text in texts)}]"


def quoted(text: str) -> str:
    """A text in double quotes, on one line."""
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _is_block(text: str) -> bool:
    """Whether a block says exactly this: no white space at its ends or at the end of a line, and no odd character."""
    lines = text.split("\n")
    return (
        (len(text) > _LONG or len(lines) > 1)
        and text == text.strip()
        and all(line == line.rstrip() for line in lines)
        and all(c == "\n" or not _is_odd(c) for c in text)
    )


def _is_odd(character: str) -> bool:
    """What an editor does not show as it is: control, direction, private and unknown characters, unusual spaces."""
    category = unicodedata.category(character)
    return (category[0] == "C" and character not in _JOINERS) or (category[0] == "Z" and character != " ")


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == "\n":
        return "\\n"
    if not _is_odd(character):
        return character
    return f"\\u{ord(character):04X}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08X}"
