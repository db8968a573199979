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


def first_words(wanted: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """What a text must hold for one of the cues to match: words or their starts ('depress*'), and parts inside words.

    An empty word says that this cannot be told and that the expression must always run.
    """
    words: set[str] = set()
    inside: set[str] = set()
    for cue in wanted:
        for choice in _choices(cue):
            if within := re.match(r"\\w\*([^\W_]{2,})", choice):
                inside.add(within[1] if choice[within.end() : within.end() + 1] not in ("?", "{") else within[1][:-1])
                continue
            words |= _rarest(choice) or _starts(choice)
    return frozenset(words), tuple(sorted(inside))


def _starts(choice: str) -> set[str]:
    literal = re.match(r"[^\W_]*", choice)
    word = literal[0] if literal else ""
    rest = choice[len(word) :]
    if word and (not rest or (rest[0] in " -'’" and rest[1:2] != "?")):
        return {word}
    if word and re.match(r"\((?:'\|’|’\|')\)(?!\?)", rest):
        return {word}
    if rest.startswith("{") and len(word) == 1:
        return {f"{word}*", f"{word * 2}*"}
    if rest[:1] in ("?", "{"):
        word = word[:-1]
    return {f"{word[:8]}*"} if len(word) > 1 else {""}


# Words that nearly every text holds: a cue is better told by another of its words.
_EVERYWHERE = frozenset(
    """
    a all an and are at auch auf aus bei been but by das dem den der die do don ein eine einem einen einer er for from
    für had hat have habe haben he her his i ich ihr im in is ist it kein keine me mehr mein meine meinem meinen meiner
    mit my nicht no not of on or our own ohne sich sie sind so the their them they this to und unser unsere up us von
    vor war was we were wir with you your zu zum zur
    """.split()
)


def _rarest(choice: str) -> set[str]:
    """The words of a cue of which one must stand in the text, where they are better than its first word."""
    parts = re.findall(r"(?:[^ ()]|\([^()]*\)\??)+", choice)
    if "(" in re.sub(r"\([^()]*\)", "", choice):
        return set()
    best: set[str] = set()
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        plain = part[1:-1].split("|") if re.fullmatch(r"\([^()]*\)", part) else [part]
        if following.startswith("?") or not all(re.fullmatch(r"[^\W_]+", word) for word in plain):
            continue
        if _EVERYWHERE.isdisjoint(plain) and (not best or min(map(len, plain)) > min(map(len, best))):
            best = set(plain)
    return best
