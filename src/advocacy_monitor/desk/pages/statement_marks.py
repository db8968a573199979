"""The words of a statement with what was found in them: which run of the text stands for what.

Two forms: for reading, with every hidden sign shown as what it is; and for choosing words, in which each character of
the text stands as exactly one, so that a selection in the browser is a place in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from advocacy_monitor.candidates import Candidate
from advocacy_monitor.models import Span
from advocacy_monitor.redact import KEPT
from advocacy_monitor.translate import Texts

_COLOURS = 6
_SHOWN_AT_FIRST = ("theme", "personal", "risk")
_OTHERS = ("stance", "relevance", "richness_reason", "area", "library", "sentiment")


@dataclass(frozen=True, slots=True)
class Mark:
    """One kind of evidence: `key` names it in the page, `sign` stands behind its words, `spans` are its places."""

    key: str
    sign: str
    kind: str
    title: str
    spans: tuple[Span, ...]
    is_on: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of the text with the marks that hold for the whole of it."""

    text: str
    marks: tuple[Mark, ...]
    ends: tuple[Mark, ...] = ()
    """Those of which this is the last run: their signs stand behind it."""

    @property
    def is_on(self) -> bool:
        """Whether one of them is shown when the page is opened."""
        return any(mark.is_on for mark in self.marks)


def marks_of(
    facts: Sequence[Mapping[str, Any]], found: Candidate, t: Texts, label: Callable[[str, str], str]
) -> list[Mark]:
    """What the marks of a statement's text stand for; `facts` are the story's annotations that count.

    Personal data are what is taken out in fact: the software's finds and people's, without what people kept.
    """
    made = [
        Mark(f"theme{number}", str(number), f"theme c{number % _COLOURS}", label("theme", code), spans, True)
        for number, (code, spans) in enumerate(_by_value(facts, "theme"), start=1)
    ]
    if found.personal:
        spans = tuple(dict.fromkeys(span for _, span in found.personal))
        made.append(Mark("personal", "P", "personal", t.text("Personal data, taken out of every quote"), spans, True))
    for number, (risk, spans) in enumerate(_by_value(facts, "risk")):
        title = t.text("Held for a person to read: {risk}", risk=label("risk", risk))
        made.append(Mark(f"risk{number}", "R", "risk", title, spans, True))
    if kept := _spans(fact for fact in facts if fact["label"] == KEPT):
        made.append(Mark("kept", "K", "kept", t.text("No personal data, as a person says"), kept, False))
    for name in _OTHERS:
        if spans := _spans(fact for fact in facts if fact["label"] == name):
            title = t.text("Why it was found: {label}", label=label_name(name, t))
            made.append(Mark(f"other-{name}", name[:1].upper(), "other", title, spans, False))
    return made


def _by_value(facts: Sequence[Mapping[str, Any]], label: str) -> list[tuple[str, tuple[Span, ...]]]:
    mine = [fact for fact in facts if fact["label"] == label and fact["spans"]]
    return [
        (value, _spans(f for f in mine if f["value"] == value)) for value in dict.fromkeys(f["value"] for f in mine)
    ]


def _spans(facts: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(Span(*pair) for fact in facts for pair in fact["spans"]))


def runs(text: str, marks: Sequence[Mark]) -> list[Run]:
    """The text in runs; spans may overlap, and one that reaches beyond the text ends with it."""
    starts: dict[int, list[Mark]] = {}
    ends: dict[int, list[Mark]] = {}
    for mark in marks:
        for start, end in merged(mark.spans, len(text)):
            starts.setdefault(start, []).append(mark)
            ends.setdefault(end, []).append(mark)
    edges = sorted({0, len(text), *starts, *ends})
    made: list[Run] = []
    current: list[Mark] = []
    for start, end in pairwise(edges):
        current = [mark for mark in current if mark not in ends.get(start, ())] + starts.get(start, [])
        here = tuple(sorted(current, key=marks.index))
        made.append(Run(text[start:end], here, tuple(mark for mark in here if mark in ends.get(end, ()))))
    return made


def merged(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    """Spans within a text, in their order, touching ones made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((max(span.start, 0), min(span.end, length)) for span in spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


def aligned(text: str) -> str:
    """A text of as many characters in which none is hidden, and none is changed when a browser reads the page.

    A browser would make one character of a carriage return and a line feed, and another one of a NUL.
    """
    return "".join(
        sign if sign in "\n\t" or sign in _JOINERS or unicodedata.category(sign) not in _HIDDEN else _instead(sign)
        for sign in text
    )


def _instead(sign: str) -> str:
    return " " if sign == "\r" or unicodedata.category(sign) in ("Zl", "Zp") else "\ufffd"


@dataclass(frozen=True, slots=True)
class Find:
    """Words that are taken out: where, as what, who says so, and what stands around them."""

    span: Span
    kinds: tuple[str, ...]
    makers: tuple[str, ...]
    before: str
    words: str
    after: str


_AROUND = 30


def finds(facts: Sequence[Mapping[str, Any]], found: Candidate) -> list[Find]:
    """What is taken out of a statement, each place once, in the order of the text."""
    makers: dict[Span, list[str]] = {}
    for fact in facts:
        for pair in fact["spans"] if fact["label"] == "personal_data" else ():
            makers.setdefault(Span(*pair), []).append(fact["by"])
    by_place = sorted(found.personal, key=lambda each: (each[1].start, each[1].end))
    made = []
    for span, several in groupby(by_place, key=lambda each: each[1]):
        kinds = tuple(dict.fromkeys(kind for kind, _ in several))
        made.append(Find(span, kinds, tuple(dict.fromkeys(makers.get(span, ()))), *context(found.item.text, span)))
    return made


def context(text: str, span: Span) -> tuple[str, str, str]:
    """A little of what stands before, the words, and a little of what stands after."""
    before, after = text[max(0, span.start - _AROUND) : span.start], text[span.end : span.end + _AROUND]
    return (
        ("…" if span.start > _AROUND else "") + before,
        text[span.start : span.end],
        after + ("…" if span.end + _AROUND < len(text) else ""),
    )


def label_name(label: str, t: Texts) -> str:
    """What kind of fact an annotation is, in words."""
    names = {
        "area": t.text("Area"),
        "area_method": t.text("How the area was found"),
        "coded": t.text("Coded by a person"),
        "duplicate_of": t.text("Says the same as"),
        "edited": t.text("Changed at its source"),
        "language": t.text("Language"),
        "library": t.text("Library"),
        "no_theme": t.text("No theme"),
        "not_personal_data": t.text("No personal data"),
        "personal_data": t.text("Personal data"),
        "relevance": t.text("What it is"),
        "repost": t.text("Repost"),
        "richness": t.text("How much it tells"),
        "richness_reason": t.text("Sign of how much it tells"),
        "risk": t.text("Read it with care"),
        "sentiment": t.text("Sentiment"),
        "stance": t.text("What the author does"),
        "theme": t.text("Theme"),
    }
    return names.get(label, label)
