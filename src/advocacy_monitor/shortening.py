"""Whether a shortened quote is made of exact runs of the words that it shortens, with every omission marked (R6).

Stricter than `redact.is_verbatim`: no cut through a word, a letter, a number or a mark such as '[name removed]', and
enough is left to be a quote. Whether what is left still means the same only a person can tell.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from advocacy_monitor.errors import ExportError
from advocacy_monitor.redact import OMISSION, is_verbatim

LEAST_WORDS = 3
"""So many words are left of a shortened quote at least."""

_OMISSION = re.compile(re.escape(OMISSION) + r"|\[\.\.\.\]")
_LONGEST_MARK = 62
_BRACKETED = re.compile(r"\[[^\[\]\n]{1,60}\]")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_ALONE = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_WITHIN_A_WORD = "'’‘`´ʹ′‛＇-‐‑"
"""Apostrophes, also as people type them, and hyphens: "can´t" must not become "can"."""
_WITHIN_A_NUMBER = ".,:/⁄\u00a0\u2009\u202f"
_THOUSANDS = re.compile(r"(?<![^\W_])\d{1,3}(?: \d{3})+(?![^\W_])")
_JOINERS = "\u00ad\u200c\u200d\u2060\ufeff"
_SHOWN = 60


def shortened(printed: str, text: str) -> str:
    """The words to print: exact runs of a text with marked omissions.

    They are `printed` as it was written, except that white space beside an omission becomes what the text has there.
    Raises ExportError that says, for the person who shortened it, what cannot be printed and why.
    """
    if printed == text:
        return text
    runs = _OMISSION.split(printed)
    if not any(run.strip() for run in runs):
        raise ExportError(f"is nothing but an omission; at least {LEAST_WORDS} words must be left")
    if len(runs) == 1 and printed in text:
        raise ExportError(f"leaves words out without saying so; write {OMISSION} where they are, also at either end")
    marks = _OMISSION.findall(printed)
    fitted = "".join(itertools.chain(*itertools.zip_longest(_fitted(runs, text), marks, fillvalue="")))
    if len(_WORD.findall(_BRACKETED.sub(" ", fitted))) < LEAST_WORDS:
        raise ExportError(f"leaves fewer than {LEAST_WORDS} words")
    if not is_verbatim(fitted, text):
        raise ExportError("is not made of exact runs of the quote")
    return fitted


def _fitted(runs: list[str], text: str) -> Iterator[str]:
    """The runs as they stand in the text; each at the earliest place that fits, so that most is left for the next."""
    position, last = 0, len(runs) - 1
    for number, run in enumerate(runs):
        is_first, is_last = number == 0, number == last
        core = run if is_first else run.lstrip()
        core = core if is_last else core.rstrip()
        if not core and run:  # a space between two omissions
            yield ""
            continue
        places = _places(core, text, position, is_first=is_first, is_last=is_last)
        whole = (p for p in places if _is_whole(text, p, p + len(core), not is_first, not is_last))
        place = next(whole, None)
        if place is None:
            raise ExportError(_why_nowhere(core, text, position, is_first=is_first, is_last=is_last))
        start, end = place, place + len(core)
        while core and not run.startswith(core) and start > position and text[start - 1].isspace():
            start -= 1
        while core and not run.endswith(core) and end < len(text) and text[end].isspace():
            end += 1
        yield text[start:end]
        position = end


def _places(run: str, text: str, position: int, *, is_first: bool, is_last: bool) -> Iterator[int]:
    """Where a run may stand from a position on: the first begins the text, the last ends it."""
    end = len(text) - len(run)
    if is_first:
        if text.startswith(run) and (not is_last or not end):
            yield 0
        return
    place = text.find(run, max(position, end) if is_last else position)
    while place >= 0:
        yield place
        place = text.find(run, place + 1)


def _is_whole(text: str, start: int, end: int, cut_before: bool, cut_after: bool) -> bool:
    return start == end or (not (cut_before and _is_cut(text, start)) and not (cut_after and _is_cut(text, end)))


def _is_cut(text: str, at: int) -> bool:
    """Whether a cut at this place goes through a mark, a letter, a word or a number."""
    if not 0 < at < len(text):
        return False
    start = max(0, at - _LONGEST_MARK)
    around = text[start : at + _LONGEST_MARK]
    whole = itertools.chain(_BRACKETED.finditer(around), _THOUSANDS.finditer(around))
    if any(match.start() < at - start < match.end() for match in whole):
        return True
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M" or before in _JOINERS or after in _JOINERS:
        return True
    two_before, two_after = text[at - 2 : at - 1], text[at + 1 : at + 2]
    if after in _WITHIN_A_WORD or after in _WITHIN_A_NUMBER:
        return _belong(before, two_after, numbers_only=after in _WITHIN_A_NUMBER)
    if before in _WITHIN_A_WORD or before in _WITHIN_A_NUMBER:
        return _belong(two_before, after, numbers_only=before in _WITHIN_A_NUMBER)
    return _belong(before, after)


def _belong(before: str, after: str, *, numbers_only: bool = False) -> bool:
    if numbers_only:
        return before.isdigit() and after.isdigit()
    return before.isalnum() and after.isalnum() and not (_ALONE.match(before) or _ALONE.match(after))


def _why_nowhere(run: str, text: str, position: int, *, is_first: bool, is_last: bool) -> str:
    shown = repr(run if len(run) <= _SHOWN else f"{run[:_SHOWN]}…")
    if run not in text:
        return f"{shown} does not stand in the quote like this{_difference(run, text)}; copy the words from `quote`"
    if is_first and not text.startswith(run):
        return f"{shown} is not where the quote begins; write {OMISSION} before it"
    if is_last and not text.endswith(run):
        return f"{shown} is not where the quote ends; write {OMISSION} after it"
    if run not in text[position:]:
        return f"{shown} stands earlier in the quote; the words must keep their order"
    return f"{shown} is cut in the middle of a word, a number or a mark such as [name removed]; cut between words"


def _difference(run: str, text: str) -> str:
    """A likely reason for words not to be found, where there is one."""
    if unicodedata.normalize("NFC", run) in unicodedata.normalize("NFC", text):
        return " (its accents are written in another Unicode form)"
    if " ".join(run.split()) in " ".join(text.split()):
        return " (spaces or line breaks differ)"
    if run.casefold() in text.casefold():
        return " (capital letters differ)"
    if _signs(run) in _signs(text):
        return " (quotation marks, apostrophes or dashes differ)"
    return ""


def _signs(text: str) -> str:
    plain = {**dict.fromkeys(map(ord, "’‘‚‛´`"), "'"), **dict.fromkeys(map(ord, "“”„«»"), '"')}
    return " ".join(text.translate({**plain, **dict.fromkeys(map(ord, "–—‐‑−"), "-"), ord("…"): "..."}).split())
