"""Closed questions: what people chose from a list, in a survey or on the campaign's own form, wording by wording.

A survey's closed questions are named in config.yaml (desk.closed_questions): each column's heading is its wording, and
its cells are the options as they were written. The form's come from the questionnaire, whose versions are kept: two
versions that ask in the same words with the same options are one question, others stand apart, so that nothing is
counted under words that its author never saw.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from advocacy_monitor.models import StoredItem
from advocacy_monitor.questionnaire import BETWEEN, Kind, Question, Questionnaire, read_questionnaire

AGE = "age"
"""Stands for the age band, which is a field of its own and no answer."""

FROM_THE_FORM = ("form", "paper")
"""The sources of what people answered on the campaign's own form, online and on paper."""

kept_form = functools.lru_cache(maxsize=32)(read_questionnaire)
"""A version of the form that was kept with its answers; to read one takes a moment, and it never changes."""

OPTION, ANSWER, QUESTION = "\x1f", "\x1e", "\x1d"
"""Between the options of an answer, between a question and its answer, between answers: no text holds them."""

_BETWEEN = re.compile(r"\s*[;|]\s*|,\s+")
_MOST_ANSWER = 200
_MOST_KNOWN = 20_000
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f]")

Words: TypeAlias = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a list: the code that is stored, and what was shown for it."""

    code: str
    wording: Words

    def said(self, language: str) -> str:
        """What was shown, in a language; in English where there is none."""
        return in_language(self.wording, language) or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedQuestion:
    """A question as it was asked in one wording. `name` is its own among all; `key` is where answers hold it.

    `choices` are the options in their order, () where only the answers tell them. `most` is how many could be chosen,
    None where nobody knows. `forms` are the ids of the stored questionnaires that ask it so, () for a survey; `asked`
    names them with their versions for readers.
    """

    name: str
    key: str
    wording: Words
    choices: tuple[Choice, ...] = ()
    most: int | None = None
    forms: frozenset[int] = field(default_factory=frozenset)
    asked: str = ""

    def said(self, language: str) -> str:
        """The question, in a language; in English where there is none."""
        return in_language(self.wording, language) or self.key

    def option(self, code: str, language: str) -> str:
        """The words of an option; the code itself where it is none of this question."""
        return next((each.said(language) for each in self.choices if each.code == code), code)


def in_language(wording: Words, language: str) -> str:
    """A text in a language, else in English, else in the first there is."""
    return wording.get(language) or wording.get("en") or next(iter(wording.values()), "")


def survey_questions(headings: Iterable[str]) -> list[ClosedQuestion]:
    """The closed questions of surveys, by the headings of their columns."""
    named = {each: " ".join(each.split()) for each in headings}
    return [ClosedQuestion(name=name, key=each, wording={"": name}) for each, name in named.items()]


def form_questions(versions: Mapping[int, Questionnaire]) -> list[ClosedQuestion]:
    """The closed questions of a form's versions, oldest first; the same wording in several of them is one question."""
    made: dict[tuple[object, ...], ClosedQuestion] = {}
    for form_id, form in versions.items():
        age = form.of_kind(Kind.AGE)
        for question in (*form.closed, *([age] if age else [])):
            found = _of_form(form_id, form, question)
            known = made.get(_sameness(found))
            made[_sameness(found)] = _together(known, found, form.version) if known else found
    return _named(made.values())


def wordings(versions: Iterable[Questionnaire], language: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every question of a form in the words in which it was asked, under the form's name and versions (R10)."""
    made: dict[tuple[str, tuple[str, ...]], str] = {}
    for form in versions:
        asked = (form.name, tuple(question.said(language) for question in form.questions))
        made[asked] = f"{made[asked]}, {form.version}" if asked in made else f"{form.name} {form.version}"
    return [(label, questions) for (_, questions), label in made.items()]


def _of_form(form_id: int, form: Questionnaire, question: Question) -> ClosedQuestion:
    several = question.kind is Kind.CHOICES
    return ClosedQuestion(
        name=question.key,
        key=AGE if question.kind is Kind.AGE else question.key,
        wording=dict(question.wording),
        choices=tuple(Choice(code=each.code, wording=dict(each.wording)) for each in question.options),
        most=(question.most or len(question.options)) if several else 1,
        forms=frozenset({form_id}),
        asked=f"{form.name} {form.version}",
    )


def _sameness(question: ClosedQuestion) -> tuple[object, ...]:
    def words(given: Words) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(given.items()))

    options = tuple((each.code, words(each.wording)) for each in question.choices)
    return question.key, words(question.wording), options, question.most


def _together(known: ClosedQuestion, found: ClosedQuestion, version: int) -> ClosedQuestion:
    return replace(known, forms=known.forms | found.forms, asked=f"{known.asked}, {version}")


def _named(questions: Iterable[ClosedQuestion]) -> list[ClosedQuestion]:
    """Gives each a name of its own: the key, and from the second wording on with a number."""
    seen: dict[str, int] = {}
    named = []
    for each in questions:
        seen[each.key] = seen.get(each.key, 0) + 1
        named.append(each if seen[each.key] == 1 else replace(each, name=f"{each.name}~{seen[each.key]}"))
    return named


Reader: TypeAlias = Callable[[StoredItem], "str | None"]
"""What a person chose, as one text that `parted` takes apart; None where nothing was chosen."""


def reader(questions: Sequence[ClosedQuestion], form_of: Callable[[int], int | None]) -> Reader:
    """Reads the answers of items. `form_of` says which stored questionnaire an item answers; it is asked only where
    that decides, because a question was put in several wordings.
    """
    wordings: dict[tuple[str, bool], list[ClosedQuestion]] = {}
    for each in questions:
        wordings.setdefault((each.key, bool(each.forms)), []).append(each)
    known: dict[tuple[str, str], str] = {}  # of a list, people choose the same again and again

    def options(question: ClosedQuestion, written: str) -> str:
        key = question.name, written
        if key not in known:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[key] = OPTION.join(_chosen(question, written))
        return known[key]

    def read(item: StoredItem) -> str | None:
        if item.kind != "submission":
            return None
        found = []
        for same in wordings.values():
            written = _written(item, same[0])
            asked = _asked(item, same, form_of) if written else None
            if asked is not None and (chosen := options(asked, written)):
                found.append(f"{asked.name}{ANSWER}{chosen}")
        return QUESTION.join(found) or None

    return read


def _written(item: StoredItem, question: ClosedQuestion) -> str:
    """What an item holds as the answer: nothing where it answers something else of the same name."""
    if bool(question.forms) != (item.source in FROM_THE_FORM):
        return ""
    return (item.age_band if question.forms and question.key == AGE else item.answers.get(question.key)) or ""


def _asked(
    item: StoredItem, wordings: Sequence[ClosedQuestion], form_of: Callable[[int], int | None]
) -> ClosedQuestion | None:
    if len(wordings) == 1:
        return wordings[0]
    form_id = form_of(item.id)
    return next((each for each in wordings if form_id in each.forms), None)


def _chosen(question: ClosedQuestion, written: str) -> Iterator[str]:
    """The options of an answer; of a survey the cell as it was written, because only all cells tell its options."""
    if not question.choices:
        if cell := " ".join(_UNPRINTED.sub(" ", written).split()):
            yield cell[:_MOST_ANSWER]
        return
    known = {each.code for each in question.choices}
    yield from dict.fromkeys(part for part in map(str.strip, written.split(BETWEEN.strip())) if part in known)


def parted(answers: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What `reader` made, taken apart: names of questions with the options that were chosen."""
    for each in answers.split(QUESTION):
        name, _, options = each.partition(ANSWER)
        yield name, tuple(options.split(OPTION))


def options_of(answers: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """For each answer of a survey as it was written the options in it; several stand in one cell, with commas.

    A comma between options is told from one inside an option by what splitting does: options come again in other
    answers, so that there are fewer different ones than different answers. Else every answer is one option.
    """
    split = {answer: _parts(answer) for answer in answers}
    different = {option for parts in split.values() for option in parts}
    if any(len(parts) > 1 for parts in split.values()) and len(different) < len(split):
        return split
    return {answer: (answer,) for answer in answers}


def _parts(answer: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _BETWEEN.split(answer) if part)) or (answer,)
