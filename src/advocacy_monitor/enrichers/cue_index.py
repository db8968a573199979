"""Finds many lists of cues in a text at once: the words of the text are looked up, not the cues tried one by one.

A cue can only begin with certain words, and never with a space. Which cues a word may begin is worked out once for each
distinct word and remembered, so most words of a text cost one look into a dictionary, however many cues there are. What
is found is exactly what `cues.pattern` finds with each list by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from advocacy_monitor.enrichers.cues import pattern
from advocacy_monitor.models import Span

_TOKEN = re.compile(r"\w+|[^\w\s]")
_RUN = re.compile(r"\w*")
_CHOICES = re.compile(r"\(([^()]*)\)(?!\?)")
_ENDING_CHOICES = re.compile(r"\\w\*\(([^()]*)\)(?!\?)")
_OPTIONAL = re.compile(r"(\w|\\d|\\\W|\([^()|]*\))\?(?!\?)")
_REPEATS = ("?", "*", "{", "+")
_SPECIAL = "\\([{.^$|?*+_"
_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 40

_Match = Callable[[str, int], "re.Match[str] | None"]


class _Guard(NamedTuple):
    """What the first word of a cue must be like: `how` is one of is, starts, holds, digit, any.

    `alone` says that the cue is that word and nothing else, so that no expression need be tried.
    """

    how: str
    what: str = ""
    alone: bool = False


class _Cue(NamedTuple):
    """One way for a cue to begin: the name of its list, its place in it, its guard."""

    name: str
    place: int
    guard: _Guard


def _guards(cue: str) -> tuple[_Guard, ...]:
    """Any of these must fit the word that a cue begins with. Necessary, not sufficient."""
    if choice := _CHOICES.match(cue):
        return tuple(_guard(each + cue[choice.end() :]) for each in choice[1].split("|"))
    if choice := _ENDING_CHOICES.match(cue):
        return tuple(_guard(rf"\w*{each}{cue[choice.end() :]}") for each in choice[1].split("|"))
    if optional := _OPTIONAL.match(cue):
        rest = cue[optional.end() :]
        return (_guard(optional[1].strip("()") + rest), *_guards(rest))
    return (_guard(cue),)


def _guard(cue: str) -> _Guard:
    if "|" in re.sub(r"\([^()]*\)|\[[^\]]*\]", "", re.sub(r"\([^()]*\)", "", cue)):
        return _Guard("any")  # a choice that is not in brackets: anything may come first
    if cue.startswith(r"\w*"):
        held = _first_run(cue[3:])
        return _Guard("holds", held[0]) if held[0] else _Guard("any")
    if cue.startswith(r"\d") and cue[2:3] not in ("?", "*"):
        return _Guard("digit")
    if cue.startswith("\\") and cue[1:2] and not cue[1].isalnum():
        return _Guard("is", cue[1]) if cue[2:3] not in _REPEATS else _Guard("any")
    if not cue[0].isalnum() and cue[0] not in _SPECIAL and cue[1:2] not in _REPEATS:
        return _Guard("is", cue[0])
    run, whole = _first_run(cue)
    if not run:
        return _Guard("any")
    alone = cue in (run, f"{run}*")
    return _Guard("is" if whole else "starts", run, alone)


def _first_run(cue: str) -> tuple[str, bool]:
    """The literal letters that a cue begins with, and whether they are its whole first word."""
    found = _RUN.match(cue)
    run = found[0] if found else ""
    rest = cue[len(run) :]
    if rest == "*" or not rest:
        return run, not rest
    if rest[0] in _REPEATS:
        return run[:-1], False
    whole = (rest[0] == " " or rest[0] in "'’-!:,.&") and rest[1:2] not in _REPEATS and rest[0] != "."
    return run, whole


class CueIndex:
    """Lists of cues by name, made ready to be found together in lower-case texts."""

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        self._lists = dict(lists)
        self._shelves: dict[str, dict[str, list[_Cue]]] = {how: {} for how in ("is", "starts", "holds", "digit", "any")}
        for name, cues in lists.items():
            for place, cue in enumerate(cues):
                for guard in _guards(cue):
                    self._shelves[guard.how].setdefault(guard.what, []).append(_Cue(name, place, guard))
        self._longest = max(map(len, self._shelves["starts"]), default=0)
        self._expressions: dict[tuple[str, ...], _Match] = {}
        self._remembered: dict[str, tuple[tuple[str, _Match | None], ...]] = {}

    def find(self, text: str) -> dict[str, list[Span]]:
        """Where cues stand in a lower-case text, by the name of their list; lists without any are absent.

        The runs of one list do not overlap: the leftmost counts, of those that begin together the longest cue.
        """
        found: dict[str, list[Span]] = {}
        remembered = self._remembered
        for token in _TOKEN.finditer(text):
            tries = remembered.get(token[0])
            if tries is None:
                tries = self._look_up(token[0])
            if not tries:
                continue
            start, end = token.span()
            for name, match in tries:
                spans = found.get(name)
                if spans and start < spans[-1].end:
                    continue
                run = match(text, start) if match else token
                if run and (last := run.end() if match else end) > start:
                    if spans is None:
                        found[name] = [Span(start, last)]
                    else:
                        spans.append(Span(start, last))
        return found

    def _look_up(self, word: str) -> tuple[tuple[str, _Match | None], ...]:
        fitting: dict[str, list[_Cue]] = {}
        for cue in self._fitting(word):
            fitting.setdefault(cue.name, []).append(cue)
        tries = tuple((name, self._try(word, name, fitting[name])) for name in self._lists if name in fitting)
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered = {}
            self._remembered[word] = tries
        return tries

    def _fitting(self, word: str) -> Iterator[_Cue]:
        """The cues that may begin with a word."""
        yield from self._shelves["is"].get(word, ())
        yield from self._shelves["any"].get("", ())
        if word[0].isdigit():
            yield from self._shelves["digit"].get("", ())
        for cut in range(1, min(len(word), self._longest) + 1):
            yield from self._shelves["starts"].get(word[:cut], ())
        for held, cues in self._shelves["holds"].items():
            if held in word:
                yield from cues

    def _try(self, word: str, name: str, cues: Sequence[_Cue]) -> _Match | None:
        """What finds the longest of some cues of a list; None where the word alone is all of them."""
        if word[0].isalnum() and all(cue.guard.alone for cue in cues):
            return None
        chosen = tuple(self._lists[name][place] for place in sorted({cue.place for cue in cues}))
        if chosen not in self._expressions:
            self._expressions[chosen] = pattern(chosen).match
        return self._expressions[chosen]
