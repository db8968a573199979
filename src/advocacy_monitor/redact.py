"""Verbatim or not a quote (R6), and no personal data in it (R7): pure functions over texts and spans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from advocacy_monitor.models import Annotation, Span

OMISSION = "[…]"

FOUND, KEPT = "personal_data", "not_personal_data"
"""The labels of annotations: these words lead to a person; somebody read them, and they do not."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "address": "address",
        "card": "number",
        "date_of_birth": "date of birth",
        "email": "e-mail address",
        "handle": "name",
        "iban": "number",
        "name": "name",
        "phone": "phone number",
        "url": "link",
    },
    "de": {
        "address": "Adresse",
        "card": "Nummer",
        "date_of_birth": "Geburtsdatum",
        "email": "E-Mail-Adresse",
        "handle": "Name",
        "iban": "Nummer",
        "name": "Name",
        "phone": "Telefonnummer",
        "url": "Link",
    },
}
_REMOVED = {"en": "removed", "de": "entfernt"}

KINDS = (*_WORDS["en"], "other")
"""What words can be taken out as; 'other' leaves no more than '[…]'."""


def mark(kind: str, language: str) -> str:
    """What stands in place of personal data: '[name removed]' in the quote's language, else a plain '[…]'."""
    word = _WORDS.get(language, {}).get(kind)
    return f"[{word} {_REMOVED[language]}]" if word else OMISSION


def personal_data(facts: Iterable[Annotation]) -> tuple[tuple[str, Span], ...]:
    """Kind and place of what must not leave, of an item's annotations in the order in which they were stored.

    What a person says is no personal data takes away what the software finds within those very words, whichever
    version finds it, and what people took out there before. Nothing else takes away what a person took out. A find that
    reaches beyond the kept words stays whole.
    """
    said = [(place, fact) for place, fact in enumerate(facts) if fact.label in (FOUND, KEPT)]
    kept = [(place, span) for place, fact in said if fact.label == KEPT and _by_person(fact) for span in fact.spans]
    people = [each for each in reversed(said) if _by_person(each[1])]
    software = [(-1, fact) for _, fact in said if not _by_person(fact)]
    # People first, the newest before all: of two names for the same words, theirs stands in the mark.
    return tuple(
        (fact.value, span)
        for place, fact in (*people, *software)
        if fact.label == FOUND
        for span in fact.spans
        if not _is_kept(span, place, kept)
    )


def _by_person(fact: Annotation) -> bool:
    return fact.by.startswith("person:")


def _is_kept(span: Span, said_at: int, kept: Sequence[tuple[int, Span]]) -> bool:
    return any(place > said_at and each.start <= span.start and span.end <= each.end for place, each in kept)


_MARKS = sorted(
    {mark(kind, language) for language, words in _WORDS.items() for kind in words} | {OMISSION, "[...]"},
    key=len,
    reverse=True,
)
_ANY_MARK = re.compile("|".join(re.escape(each) for each in _MARKS))


def redact(text: str, spans: Iterable[tuple[str, Span]], *, language: str) -> str:
    """The text with each span replaced by a mark that names its kind; overlapping spans become one mark."""
    merged: list[tuple[int, int, str]] = []
    for kind, span in sorted(spans, key=lambda found: (found[1].start, -found[1].end)):
        if span.start >= span.end:
            continue
        if merged and span.start < merged[-1][1]:
            start, end, first = merged[-1]
            merged[-1] = (start, max(end, span.end), first)
        else:
            merged.append((span.start, span.end, kind))
    parts: list[str] = []
    last = 0
    for start, end, kind in merged:
        parts += [text[last:start], mark(kind, language)]
        last = end
    return "".join([*parts, text[last:]])


_NO_NAME = re.compile(r"@|://|www\.|\b[\w-]+\.(?:com|org|net|de|uk|au)\b|(?:\d[\s./()-]*){5,}", re.IGNORECASE)
_LONGEST_NAME = 80


def plain_name(text: str | None) -> str | None:
    """The name of a library, an area or a person if it is no more than that, else None.

    People write anything into a form's short fields: a text with an address, a link or a telephone number in it, or
    one as long as a sentence, does not leave.
    """
    if text is None:
        return None
    name = " ".join(text.split())
    return name if name and len(name) <= _LONGEST_NAME and not _NO_NAME.search(name) else None


def is_verbatim(quote: str, text: str) -> bool:
    """Whether a quote is made of exact runs of a text, in their order, apart from our own marks (R6).

    The quote must begin where the text begins and end where it ends, unless a mark stands there.
    """
    runs = _ANY_MARK.split(quote)
    if len(runs) == 1:
        return quote == text
    if not text.startswith(runs[0]) or not text.endswith(runs[-1]):
        return False
    position = len(runs[0])
    end = len(text) - len(runs[-1])
    for run in runs[1:-1]:
        found = text.find(run, position, end)
        if found < 0:
            return False
        position = found + len(run)
    return position <= end
