"""Finds wording for which a statement is held until a person has read it (R7): health, religion, minors, crisis, ...

Holding is cheap, so cues may be broad. What is not held is a grown-up's memory of being a child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from advocacy_monitor.enrichers.cues import pattern
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.risk_cues import RISKS
from advocacy_monitor.models import Span

_PATTERNS = {risk: pattern(words) for risk, words in RISKS.items()}
_CHILD = 18
_LEAST_AGE = 4
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "four|vier", "five|fünf", "six|sechs", "seven|sieben", "eight|acht", "nine|neun", "ten|zehn", "eleven|elf",
            "twelve|zwölf", "thirteen|dreizehn", "fourteen|vierzehn", "fifteen|fünfzehn", "sixteen|sechzehn",
            "seventeen|siebzehn",
        ),
        start=4,
    )
    for word in words.split("|")
}  # fmt: skip
_NUMBER = rf"(\d{{1,2}}|{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})"
_AGES = (
    re.compile(rf"(?<!\w){_NUMBER}(?:\s|-)?(?:and a half )?(?:years?|yrs?)(?:\s|-)(?:olds?|of age)(?!\w)"),
    re.compile(rf"(?<!\w){_NUMBER}(?:einhalb)?\s?jahre?\s(?:alt|jung)(?!\w)"),
    re.compile(rf"(?<!\w){_NUMBER}-?jährig\w*"),
    re.compile(
        r"(?<!\w)(?:i am|i['’]m|ich bin|bin|aged?|alter:?|he is|she is|he['’]s|she['’]s|er ist|sie ist|turned)\s"
        rf"(?:only |just |erst |schon |gerade |now |jetzt )?{_NUMBER}"
        r"(?=\s*(?:[.,!?;):]|$|\s(?:and|und|jahre|now|so|but|aber|hours)))"
    ),
    re.compile(rf"(?<!\w){_NUMBER}\s?(?:y/?o|yo|months?(?:\s|-)old|monate alt)(?!\w)"),
)
_AGE_BEHIND_NAME = re.compile(
    r"(?<!\w)[^\W\d_a-zäöüß][^\W\d_]{1,20}(?:,\s|\s?\()(\d{1,2})(?:\s?(?:J(?:ahre)?\.?|years?|yrs?|y/o))?(?=[),:]|\s*$)"
)
_MEMORY = re.compile(
    r"(?:when|since|was|were|als|war|seit|from|ab|mit|at)\s(?:i|ich|we|wir|i was|the age of)?\s?(?:was|were|war"
    r"|waren|about|only|just|erst|noch|ich)?\s?(?:a |an |ein |eine )?$"
)
_UNDER_SIXTEEN = re.compile(
    r"(?:under|unter|less than|moins de|menos de|younger than|<)\s*1[5-8]|до 1[68]|1[68]岁以下", re.IGNORECASE
)


def find_risks(text: str, answers: Mapping[str, str] | None = None) -> dict[str, list[Span]]:
    """The risky wording of a text by kind. Answers show an age band under 16, which has no place in the text."""
    lower = lower_case(text)
    found: dict[str, list[Span]] = {}
    for risk, expression in _PATTERNS.items():
        spans = [Span(*match.span()) for match in expression.finditer(lower)]
        if risk == "minor":
            spans += (*_child_ages(lower), *_ages_behind_names(text))
        if spans:
            found[risk] = sorted(set(spans), key=lambda span: (span.start, span.end))
    if any(_UNDER_SIXTEEN.search(answer) for answer in (answers or {}).values()):
        found.setdefault("minor", [])
    return found


def _child_ages(lower: str) -> Iterator[Span]:
    for expression in _AGES:
        for match in expression.finditer(lower):
            age = int(match[1]) if match[1].isdigit() else _NUMBER_WORDS[match[1]]
            if 0 < age < _CHILD and not _MEMORY.search(lower[max(0, match.start() - 30) : match.start()]):
                yield Span(*match.span())


def _ages_behind_names(text: str) -> Iterator[Span]:
    """'Ben (8)', 'Mila, 4': a list of posts counts '(1)', '(2)', which are no ages."""
    for match in _AGE_BEHIND_NAME.finditer(text):
        if _LEAST_AGE <= int(match[1]) < _CHILD:
            yield Span(*match.span())
