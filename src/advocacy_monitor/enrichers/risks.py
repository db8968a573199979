"""Finds wording for which a statement is held until a person has read it (R7): health, religion, minors, crisis, ...

Holding is cheap, so cues may be broad. What is not held is a grown-up's memory of being a child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from advocacy_monitor.enrichers.name_lists import given_names
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.risk_cues import RISKS
from advocacy_monitor.enrichers.word_gate import Gated, gated, words_of
from advocacy_monitor.enrichers.word_gate import words as gate_words
from advocacy_monitor.models import Span

_PATTERNS = {risk: gated(words) for risk, words in RISKS.items()}
_CHILD = 18
_LEAST_AGE = 4
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "two|zwei", "three|drei|drü", "four|vier|vieri", "five|fünf|füfi|foifi", "six|sechs|sächsi",
            "seven|sieben|sibni", "eight|acht|achti", "nine|neun|nüni", "ten|zehn|zähni", "eleven|elf|elfi",
            "twelve|zwölf|zwölfi", "thirteen|dreizehn", "fourteen|vierzehn", "fifteen|fünfzehn", "sixteen|sechzehn",
            "seventeen|siebzehn",
        ),
        start=2,
    )
    for word in words.split("|")
}  # fmt: skip
_NUMBER = rf"(\d{{1,2}}|{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})"
_SO_FAR = r"(?:only |just |erst |schon |gerade |now |jetzt |nearly |almost |fast |bald |about to be )?"
_AGES = (
    re.compile(
        rf"(?<!\w){_NUMBER}(?:\s|-)?(?:and a half )?(?:years?|yrs?|months?|weeks?)(?:\s|-)(?:olds?|of age|young)(?!\w)"
    ),
    re.compile(rf"(?<!\w){_NUMBER}(?:einhalb)?\s?(?:jahre?|monate?|wochen)\s(?:alt|jung)(?!\w)"),
    re.compile(rf"(?<!\w){_NUMBER}(?:einhalb)?-?jährig\w*"),
    re.compile(
        r"(?<!\w)(?:i am|i['’]m|im|ich bin|bin|aged?|alter:?|he is|she is|he['’]s|she['’]s|er ist|sie ist"
        r"|turned|turning"
        rf"|turns|wird|wurde)\s{_SO_FAR}{_NUMBER}"
        r"(?=\s*(?:[.,!?;):]|$|\s(?:and|und|jahre|now|so|but|aber|hours|last|this|next|in|today|geworden|on)))"
    ),
    re.compile(rf"(?<!\w){_NUMBER}\s?(?:y/?o|yo|months?(?:\s|-)old|monate alt|(?:yrs|jahre)(?=[.,;)]|$))(?!\w)"),
    re.compile(rf"(?<!\w){_NUMBER}(?: jahre)? geworden(?!\w)"),
)
_OWN = r"(?:my|our|mein|meine[mnrs]?|unser|unsere[mnrs]?|üsi|mini|her|his|ihre?|seine?)"
_CHILD_WORD = (
    r"(?:son|daughter|boys?|girls?|kids?|child|children|twins?|triplets|grandsons?|granddaughters?|grandchild|grandkids"
    r"|grandchildren|nieces?|nephews?|little (?:one|ones|boy|girl|man|brother|sister)|bab(?:y|ies)|toddler|godson"
    r"|goddaughter|moko|mokopuna|stepson|stepdaughter|sohn|söhne|tochter|töchter|kind|kindern?|zwillinge|drillinge"
    r"|enkel(?:in|kind|kinder|sohn|tochter)?|neffen?|nichten?|kleinen?r?|jungs?|mädchen|mädels?|bub|buben|patenkind"
    r"|jüngste[rn]?|älteste[rn]?|youngest|eldest|oldest)"
)
_AGES_OF_CHILDREN = (
    # "My twins Ada and Ben are five", "unsere Enkelin Ida wird 3": a child, within one sentence, then the age.
    re.compile(
        rf"(?<!\w){_CHILD_WORD}(?!\w)[^.!?\n]{{0,40}}?(?<!\w)(?:is|are|ist|sind|isch|sii?nd|turned|turns|wird"
        rf"|werden|wurde"
        rf"|will be|aged?)\s{_SO_FAR}{_NUMBER}(?=[\s.,!?;):]|$)(?!\s(?:o['’]?clock|uhr|minut|stund|euro|books"
        rf"|bücher|times|mal))"
    ),
    re.compile(rf"(?<!\w){_CHILD_WORD},?\s\(?{_SO_FAR}{_NUMBER}(?=\)|,|\s?(?:and|und|&)\s\d|\s?$)"),
)
_OWN_CHILD = re.compile(rf"(?<!\w){_OWN} (?:[^\W\d_]+ )?{_CHILD_WORD}(?!\w)")
_CHILD_BY_NAME = re.compile(
    rf"(?<!\w)(?:{_OWN}|die|the|de|d) (?:[^\W\d_]+ )?{_CHILD_WORD},? (?:called |named |namens )?([^\W\d_]+)(?!\w)"
)
_DIGIT = re.compile(r"\d")
# Words that a child or an age begins with: without one, and without a digit, no text tells of either.
_CHILDREN = Gated(
    _OWN_CHILD,
    gate_words(
        """
        son sons daughter daughters boy boys girl girls jung kid kids child children twin twins triplets grand* niece*
        nephew*
        little baby babies toddler godson goddaughter moko mokopuna stepson stepdaughter sohn söhne tochter töchter kind
        kinder kindern zwilling* drilling* enkel* neffe* nichte* kleine kleiner kleinen junge* jungs mädchen mädel* bub
        buben patenk* jüngste*
        älteste* youngest eldest oldest
        """
    ),
)
_NUMBERS = Gated(_OWN_CHILD, frozenset(f"{word[:8]}*" for word in _NUMBER_WORDS))
_AGE_BEHIND_NAME = re.compile(
    rf"(?<!\w)[^\W\d_a-zäöüß][^\W\d_]{{1,20}}(?:,\s|\s?\(){_SO_FAR}{_NUMBER}(?:\s?(?:J(?:ahre)?\.?|years?|yrs?|y/o))?"
    r"(?=[),:]|\s*$|\sJahre|\syears)"
)
_NAME_IS = re.compile(
    rf"(?<!\w)([^\W\d_a-zäöüß][^\W\d_]{{1,20}})\s(?:is|ist|isch|turned|turns|wird|wurde)\s{_SO_FAR}{_NUMBER}"
    r"(?=\s*(?:[.,!?;):]|$|\s(?:and|und|last|this|now|geworden|so|but|aber)(?!\w)))"
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
    words = words_of(lower)
    found: dict[str, list[Span]] = {}
    for risk, expression in _PATTERNS.items():
        spans = [Span(*match.span()) for match in expression.finditer(lower, words)]
        if risk == "minor":
            if _NUMBERS.is_open(lower, words) or _DIGIT.search(lower):
                spans += (*_child_ages(lower), *_ages_behind_names(text, lower))
            if _CHILDREN.is_open(lower, words) and not given_names().isdisjoint(words.plain):
                spans += _children_by_name(text, lower)
        if spans:
            found[risk] = sorted(set(spans), key=lambda span: (span.start, span.end))
    if "health" in found or "crisis" in found:
        # What a child suffers from is the child's: somebody reads it first though neither name nor age is told.
        own = [Span(*match.span()) for match in _OWN_CHILD.finditer(lower)]
        if own and "minor" not in found:
            found["minor"] = own
    if any(_UNDER_SIXTEEN.search(answer) for answer in (answers or {}).values()):
        found.setdefault("minor", [])
    return found


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBER_WORDS[word.lower()]


def _child_ages(lower: str) -> Iterator[Span]:
    for expression in (*_AGES, *_AGES_OF_CHILDREN):
        for match in expression.finditer(lower):
            if 0 < _number(match[1]) < _CHILD and not _MEMORY.search(lower[max(0, match.start() - 30) : match.start()]):
                yield Span(*match.span())


def _ages_behind_names(text: str, lower: str) -> Iterator[Span]:
    """'Ben (8)', 'Mila, 4', 'Xaver, neun', 'Ida is 6': a list of posts counts '(1)', '(2)', which are no ages."""
    for match in _AGE_BEHIND_NAME.finditer(text):
        known = text[match.start() : match.end()].split("(")[0].split(",")[0].strip().lower() in given_names()
        if (_number(match[1]) >= _LEAST_AGE or known) and _number(match[1]) < _CHILD:
            yield Span(*match.span())
    for match in _NAME_IS.finditer(text):
        name = match[1].lower()
        if name in given_names() and 0 < _number(match[2]) < _CHILD:
            yield Span(*match.span())


def _children_by_name(text: str, lower: str) -> Iterator[Span]:
    """'My daughter Zadie': somebody's child by name, whatever the age."""
    for match in _CHILD_BY_NAME.finditer(lower):
        if text[match.start(1)].isupper() and match[1] in given_names():
            yield Span(*match.span())
