"""Finds people's names in free text: signatures, introductions, titles, kin, and well-known given names.

There is no model here: none that works offline knows German names (docs/explanation/enrichers.md). So cues and lists
do it, and they lean to finding too much: a name that stays in a quote harms somebody, a word too many that is
blacked out does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from advocacy_monitor.enrichers.name_context import find_in_context
from advocacy_monitor.enrichers.name_cues import (
    ADDRESSED,
    AFTER_ADDRESS,
    AND,
    ANY_WORD,
    ASK_FOR,
    BEFORE_NAME,
    BETWEEN,
    DASH,
    FAMILY,
    FORMULA,
    HERE,
    I_AM,
    INITIALS,
    INTRODUCTION,
    INTRODUCTION_HAN,
    KIN,
    LOOSE_FORMULA,
    NAME_AND_AGE,
    NAME_BEFORE_NUMBER,
    NO_PRESENTED,
    PLAIN_WORD,
    PRESENTED,
    PRESENTS,
    PURE_FORMULA,
    RUN,
    SAYS,
    SMALL_TITLE,
    TITLE_TO_NAME,
    TITLES,
    TOKEN,
    WITH_AGE,
    WITH_INITIAL,
)
from advocacy_monitor.enrichers.name_lists import english_words, family_names, given_names, known_words, names_and_words
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.word_gate import Words, words_of
from advocacy_monitor.enrichers.word_lists import FAMOUS_NAMES, is_common_word
from advocacy_monitor.models import Span

_TAIL = 120
_CLOSING_WORDS = 60
_INSTITUTIONS = frozenset(
    "council library libraries branch school city town college university centre center hall county".split()
)
_DASHES = re.compile("[—–~―-]")
_DIGIT = re.compile(r"\d")
_EPITHETS = frozenset({"Big", "Little", "Lil", "Old", "Young", "Wee"})
_READ_BEHIND = re.compile(
    r"['’]?s? (?:books?|novels?|series|stories|poems?|poetry|mystery|mysteries|thrillers?|trilogy|biography|audiobooks?"
    r"|[Bb]ücher|[Rr]omane?|[Kk]rimis?|[Rr]eihe|[Hh]örbücher|[Gg]edichte|[Bb]iografie|[Bb]iographie|[Cc]omics?)(?!\w)"
)
_READ_BEFORE = re.compile(
    r"(?:books?|novels?|poems?|stories|thrillers?|mysteries|biography|poetry|[Bb]uch|[Bb]ücher|[Rr]omane?|[Kk]rimis?"
    r"|[Gg]edichte|[Hh]örbuch|[Hh]örbücher|[Bb]iografie|written|geschrieben|author|authors|[Aa]utorin?|[Ww]erke?)"
    r",?(?: (?:by|of|von|like|wie|such as))? $"
)
_SIGNATURE_WORDS = 5


class FoundName(NamedTuple):
    """Where a name stands; `cued` when something beside a list of given names says that it is one."""

    span: Span
    cued: bool


def find_names(text: str, *, author_name: str | None = None) -> Iterator[FoundName]:
    """Every run of the text that may name a person; runs may overlap. `author_name` is the account's display name."""
    lower = lower_case(text)
    words = words_of(lower)
    found = [FoundName(span, True) for span in _cued(text, lower, words)]
    if lower != text and not known_words().isdisjoint(words.plain):
        found += [FoundName(span, False) for span in _listed(text)]
    if found:
        read = [match.span() for match in _FAMOUS.finditer(lower)]
        yield from (
            name for name in found if not any(start <= name.span.start and name.span.end <= end for start, end in read)
        )
    if author_name and len(author_name.strip()) >= 4 and not is_common_word(author_name.split()[0]):
        yield from _author(lower, lower_case(author_name.strip()))


def _author(lower: str, name: str) -> Iterator[FoundName]:
    start = lower.find(name)
    while start >= 0:
        yield FoundName(Span(start, start + len(name)), True)
        start = lower.find(name, start + len(name))


def _cued(text: str, lower: str, words: Words) -> Iterator[Span]:
    for match in INTRODUCTION.finditer(lower, words):
        yield from _any_case(text, match.end())
    if "我" in text or "本" in text:
        for match in INTRODUCTION_HAN.finditer(text):
            yield Span(*match.span(1))
    for match in I_AM.finditer(lower, words):
        yield from _known(text, lower, match.end())
    for match in PRESENTS.finditer(lower, words):
        yield from _presented(text, match.end())
    for match in HERE.finditer(text, words):
        word = match[1].lower()
        if word in given_names() or (match[1][0].isupper() and not is_common_word(word)):
            yield Span(*match.span(1))
    for match in SMALL_TITLE.finditer(lower, words):
        if not is_common_word(match[1]) and not text.startswith("MS", match.start()) and _may_follow_title(match[1]):
            yield Span(*match.span())
    dotted = (*INITIALS.finditer(text), *WITH_INITIAL.finditer(text)) if "." in text else ()
    aged = WITH_AGE.finditer(text) if "(" in text else ()
    for match in (*FAMILY.finditer(text, words), *dotted, *SAYS.finditer(text, words), *aged):
        group = match.lastindex or 0
        if not any(map(is_common_word, match[group].split()[-2:])):
            yield Span(*match.span(group))
    for match in ASK_FOR.finditer(lower, words):
        yield from _names_at(text, match.end())
    for match in TITLES.finditer(lower, words):
        if before := TITLE_TO_NAME.match(text, match.end()):
            for span in _names_at(text, before.end()):
                # The title goes with the name: "Frau" and "Herr" tell as much as a first name does.
                yield Span(match.start(), span.end) if span.start == before.end() else span
    for match in KIN.finditer(lower, words):
        if before := BEFORE_NAME.match(lower, match.end()):
            if "." not in text[match.end() : before.end()]:
                yield from _names_at(text, before.end())
            yield from _known(text, lower, before.end())
    for match in ADDRESSED.finditer(lower, words):
        if after := AFTER_ADDRESS.match(lower, match.end()):
            yield from _names_at(text, after.end())
    yield from _signature(text, lower, words)
    yield from find_in_context(text, lower, words)


def _may_follow_title(word: str) -> bool:
    """Whether a word that is written small may be a name: 'ms patel', but not 'ms makes it hard'."""
    return word in given_names() or word in family_names() or word not in english_words()


def _names_at(text: str, position: int) -> Iterator[Span]:
    """The name at a position and those joined to it: 'Emma (8), Noah and Lea'."""
    for _ in range(6):
        span = _capitalised(text, position)
        if span is None:
            return
        yield span
        joined = AND.match(text, span.end)
        if joined is None:
            return
        position = joined.end()


def _capitalised(text: str, position: int) -> Span | None:
    """The longest run of capitalised words at a position of which none is a common word."""
    run = RUN.match(text, position)
    if run is None:
        return None
    end = position
    for token in TOKEN.finditer(text, position, run.end()):
        word = token[0]
        initial = len(word.rstrip(".")) == 1 and word != "I"
        if not initial and (is_common_word(word) or (end == position and _is_shouted(word))):
            if word.lower().rstrip(".") in _INSTITUTIONS and not any(
                part.lower() in given_names() for part in text[position:end].split()
            ):
                return None  # "Riverside Council"
            break
        end = token.end() if initial else token.start() + len(word.rstrip("."))
        if word.endswith(".") and len(word) > 4:
            break  # the sentence ends here
    return Span(position, end) if end > position + 2 else None


def _is_shouted(word: str) -> bool:
    """Whether a word is all in capitals and no given name: likelier loud than somebody's."""
    return len(word) > 3 and word.isupper() and word.lower() not in given_names()


def _any_case(text: str, position: int) -> Iterator[Span]:
    """A name where one must follow, however it is written: one word, or all the capitalised ones."""
    if _capitalised(text, position):
        yield from _names_at(text, position)
    elif (word := ANY_WORD.match(text, position)) and (not is_common_word(word[0])):
        yield Span(*word.span())


def _presented(text: str, position: int) -> Iterator[Span]:
    """An unlisted name where somebody says who he is, unless it ends like a nation or an occupation."""
    found = PRESENTED.match(text, position)
    if found and not is_common_word(found[1]) and not NO_PRESENTED.search(found[1].lower()):
        yield Span(*found.span(1))


def _known(text: str, lower: str, position: int) -> Iterator[Span]:
    """A given name at a position, with the surname behind it."""
    word = PLAIN_WORD.match(lower, position)
    if word and (word[0] in given_names() or (word[0] in names_and_words() and text[position].isupper())):
        yield _capitalised(text, position) or Span(*word.span())


def _listed(text: str) -> Iterator[Span]:
    given = given_names()
    for run in RUN.finditer(text):
        tokens = list(TOKEN.finditer(text, run.start(), run.end()))
        for position, token in enumerate(tokens):
            word = token[0].rstrip(".'’-").removesuffix("'s").removesuffix("’s").lower()
            if "-" in word and is_common_word(word):
                break  # a library or a street that is called after somebody
            if not _is_given(word, given) and not _is_full_name(tokens, position):
                continue
            if not _is_read(text, token.start(), run.end()):
                yield Span(_with_epithet(tokens, position), token.start() + len(token[0].rstrip(".")))
                yield from _names_at(text, token.start())
            break


def _is_given(word: str, given: frozenset[str]) -> bool:
    """Whether a word is a given name, its genitive, or a double name."""
    if word in given:
        return True
    if "-" in word:
        first, last = word.split("-")[0], word.split("-")[-1].removesuffix("s")
        return (first in given or last in given) and (
            last in given or last in family_names() or last in names_and_words()
        )
    stem = word.removesuffix("s")
    return stem in given and not is_common_word(stem) and not is_common_word(word)


def _with_epithet(tokens: list[re.Match[str]], position: int) -> int:
    """Where a name begins, with what belongs to it: 'Big Dave', 'Little Ben'."""
    before = tokens[position - 1] if position else None
    return before.start() if before and before[0] in _EPITHETS else tokens[position].start()


def _is_full_name(tokens: list[re.Match[str]], position: int) -> bool:
    """Whether a given name that is also a word has a surname behind it: 'Jack Dooley', not 'Ernst der Lage'."""
    if position + 1 >= len(tokens):
        return False
    first, following = tokens[position], tokens[position + 1]
    return (
        first[0].lower() in names_and_words()
        and not is_common_word(first[0])
        and not first[0].isupper()
        and not is_common_word(following[0])
        and " der " not in first.string[first.end() : following.start()]
        and following[0].lower().rstrip(".") not in english_words()
    )


def _is_read(text: str, start: int, end: int) -> bool:
    """Whether a full name is an author's or a character's by what stands beside it: 'Percy Jackson series'."""
    return " " in text[start:end].strip() and (
        _READ_BEHIND.match(text, end) is not None or _READ_BEFORE.search(text, max(0, start - 40), start) is not None
    )


_FAMOUS = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted((re.escape(name.strip()) for name in FAMOUS_NAMES), key=len, reverse=True))})"
    r"(?:['’]?s)?(?!\w)"
)


def _signature(text: str, lower: str, words: Words) -> Iterator[Span]:
    end = _signature_end(text)
    start = max(0, end - _TAIL)
    if _DASHES.search(text, start, end):
        for match in DASH.finditer(text, start, end):
            yield from _signed(text, match.end(), end, any_case=False)
    for match in FORMULA.finditer(lower, words, start, end):
        if _stands_free(text, match.start()):
            pure = PURE_FORMULA.fullmatch(match[0]) is not None
            yield from _signed(text, match.end(), end, any_case=pure)
    for match in LOOSE_FORMULA.finditer(lower, words, start, end):
        yield from _signed(text, match.end(), end, any_case=False)
    last_line = text.rfind("\n", start, end) + 1
    if last_line > start:
        yield from _signed(text, last_line, end, any_case=False)
    if _DIGIT.search(text, start, end):
        for expression in (NAME_BEFORE_NUMBER, NAME_AND_AGE):
            found = expression.search(text, start, end)
            if found and (span := _capitalised(text, found.start(1))):
                yield span


def _signature_end(text: str) -> int:
    """Where the text ends, before closing hashtags, links, handles and emoji."""
    rest = text
    for _ in range(_CLOSING_WORDS):
        rest = rest.rstrip()
        word = rest[-_TAIL:].rsplit(None, 1)[-1] if rest else ""
        if not word or (any(map(str.isalnum, word)) and not word.startswith(("#", "@", "http", "＃"))):
            break
        rest = rest[: -len(word)]
    return len(rest)


def _stands_free(text: str, position: int) -> bool:
    """Whether nothing of the same sentence stands before: 'Love, Anna' but not 'we all love Anna'."""
    before = text[max(0, position - 4) : position].rstrip(" \t")
    return not before or not before[-1].isalnum()


def _signed(text: str, position: int, end: int, *, any_case: bool) -> Iterator[Span]:
    """A name between a formula and the end of the text, if there is little else."""
    if skipped := BETWEEN.match(text, position, end):
        position = skipped.end()
    words = text[position:end].split()
    if not words or len(words) > _SIGNATURE_WORDS + 3:
        return
    spans = list(_names_at(text, position))
    if spans and spans[-1].end <= end and _is_closed(text[spans[-1].end : end]):
        yield from spans
    elif any_case and len(words) <= 2 and not any(map(is_common_word, words)):
        yield Span(position, end)
    elif not spans and (run := _last_run(text, position, end)):
        yield run


def _last_run(text: str, position: int, end: int) -> Span | None:
    """Two or more capitalised words that end the text: 'Ihre treue Leserin Hedda Quast'."""
    tokens = list(TOKEN.finditer(text, position, end))
    kept = len(tokens)
    while (
        kept
        and not is_common_word(tokens[kept - 1][0])
        and (kept == len(tokens) or text[tokens[kept - 1].end() : tokens[kept].start()].isspace())
    ):
        kept -= 1
    if len(tokens) - kept < 2 or tokens[-1].end() < end - 2:
        return None
    return Span(tokens[kept].start(), tokens[-1].end())


def _is_closed(rest: str) -> bool:
    """Whether what follows a signature is an age, a place or nothing, not the rest of a sentence."""
    rest = rest.strip()
    return not rest or not rest[0].isalpha() or len(rest.split()) <= 1
