"""Cues: lists of words and phrases as a person writes and reads them, and the expression that finds them.

A cue is lower-case words with spaces between them. `*` ends a word anyhow, `(a|b)` is a choice, `x?` may be missing;
anything else of a regular expression works too. It begins where a word begins and, without a `*`, ends where one ends.
"""

from __future__ import annotations

import re


def cues(block: str) -> tuple[str, ...]:
    """The cues of a block of text, which `;` parts."""
    return tuple(" ".join(cue.split()) for cue in block.split(";") if cue.strip())


def pattern(wanted: tuple[str, ...]) -> re.Pattern[str]:
    """One expression that finds any of the cues in lower-case text, where a word starts.

    Cues are grouped by their first letter, which is most of the speed, and longer ones are tried first.
    """
    by_letter: dict[str, list[str]] = {}
    for cue in wanted:
        for choice in _choices(cue):
            literal = choice[0].isalpha() and choice[1:2] not in ("?", "*", "{")
            by_letter.setdefault(choice[0] if literal else "", []).append(_expression(choice))
    groups: list[str] = []
    for letter, expressions in sorted(by_letter.items(), reverse=True):
        longest_first = sorted(expressions, key=len, reverse=True)
        groups.append(f"{letter}(?:{'|'.join(expression[len(letter) :] for expression in longest_first)})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})")


def _choices(cue: str) -> list[str]:
    """A cue that begins with "(a|b)" as one cue for each choice."""
    match = re.match(r"\(([^()]*)\)(?!\?)", cue)
    return [choice + cue[match.end() :] for choice in match[1].split("|")] if match else [cue]


def _expression(cue: str) -> str:
    open_end = cue.endswith("*") and not cue.endswith((r"\w*", r"\d*"))
    if open_end:
        cue = f"{cue[:-1]}\\w*"
    spaced = cue.replace(" ?", "\x00").replace(" ", r"\s+").replace("\x00", r"\s?")
    return spaced if open_end else rf"{spaced}(?!\w)"
