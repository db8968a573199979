"""Counts of closed questions over the statements that a pack counts, without cells that are too small (R9).

The base is those who answered a question, never all statements. Where several options could be chosen the numbers add
up to no whole, so a small one stands without its number. Where everybody chose one, or where the numbers shown would
still tell, small ones share a row with their names, and the next smallest joins them until they are enough.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advocacy_monitor.closed_answers import FROM_THE_FORM, ClosedQuestion, options_of, parted, wordings
from advocacy_monitor.ledger import Ledger, Positions
from advocacy_monitor.models import Count, QuestionCount
from advocacy_monitor.questionnaire import Questionnaire
from advocacy_monitor.translate import texts

TOGETHER = " / "
"""Between the names of options that share a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a question's table: the options in it, and how many chose one of them at least; None is not shown.

    Without options it stands for all that fewer than the smallest number wrote in a survey.
    """

    options: tuple[str, ...]
    value: int | None


class Answers:
    """What everybody in a ledger chose, ready to be counted for any part of it."""

    def __init__(
        self, ledger: Ledger, questions: Sequence[ClosedQuestion], forms: Sequence[Questionnaire] = ()
    ) -> None:
        self._ledger = ledger
        self.questions = tuple(questions)
        self._forms = forms
        self._chosen: dict[str, list[tuple[str, ...] | None]] = {each.name: [] for each in questions}
        for name in ledger.answers.names:
            given = dict(parted(name)) if name else {}
            for question, column in self._chosen.items():
                column.append(given.get(question))
        for each in questions:
            if not each.choices:
                self._chosen[each.name] = _split(self._chosen[each.name])

    def tally(self, question: ClosedQuestion, positions: Positions) -> Tally:
        """What those at these positions chose."""
        column = self._chosen[question.name]
        numbers, counts = np.unique(self._ledger.answers.column[positions], return_counts=True)
        found: dict[frozenset[str], int] = {}
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            if (options := column[number]) is not None:
                key = frozenset(options)
                found[key] = found.get(key, 0) + count
        return Tally(question, found)

    def counts(self, positions: Positions, *, language: str, smallest: int) -> tuple[QuestionCount, ...]:
        """Every question that enough people answered, in the order in which they are asked."""
        made = (self.tally(each, positions) for each in self.questions)
        return tuple(told(each, language=language, smallest=smallest) for each in made if each.answered >= smallest)

    def asked(self, positions: Positions, language: str) -> list[tuple[str, tuple[str, ...]]]:
        """What the people at these positions were asked, by the name of the form; '' for surveys (R10)."""
        sources = self._ledger.by_name(self._ledger.sources, positions)
        surveys = [each for each in self.questions if not each.forms]
        of_surveys = tuple(each.said(language) for each in surveys if self.tally(each, positions).answered)
        of_forms = wordings(self._forms, language) if any(name in FROM_THE_FORM for name in sources) else []
        return ([("", of_surveys)] if of_surveys else []) + of_forms


def _split(cells: Sequence[tuple[str, ...] | None]) -> list[tuple[str, ...] | None]:
    """The cells of a survey's question as options."""
    options = options_of({cell[0] for cell in cells if cell})
    return [options[cell[0]] if cell else None for cell in cells]


@dataclass(frozen=True, slots=True)
class Tally:
    """True numbers: how many chose exactly these options of a question."""

    question: ClosedQuestion
    chosen: Mapping[frozenset[str], int]

    @property
    def answered(self) -> int:
        """How many answered the question."""
        return sum(self.chosen.values())

    @property
    def overlaps(self) -> bool:
        """Whether anybody chose more than one option."""
        return any(len(each) > 1 for each in self.chosen)

    def any_of(self, options: Collection[str]) -> int:
        """How many chose one of these at least."""
        wanted = frozenset(options)
        return sum(number for each, number in self.chosen.items() if each & wanted)

    def by_option(self) -> dict[str, int]:
        """Each option with its number: all of the list, in its order, or those that anybody wrote."""
        codes = [each.code for each in self.question.choices]
        codes = codes or sorted({option for each in self.chosen for option in each})
        return {code: self.any_of([code]) for code in codes}


def told(tally: Tally, *, language: str, smallest: int) -> QuestionCount:
    """A question with what may be shown of its numbers, in the words in which it was asked."""
    question = tally.question
    rows = shown(tally, smallest)
    return QuestionCount(
        name=question.name,
        question=question.said(language),
        form=question.asked,
        answered=tally.answered,
        most=question.most,
        options=tuple(Count(label=in_words(row, question, language), value=row.value) for row in rows),
    )


def in_words(row: Row, question: ClosedQuestion, language: str) -> str:
    """The words of the options in a row."""
    words = TOGETHER.join(question.option(code, language) for code in row.options)
    t = texts(language)
    return words or t.text("other answers")


def shown(tally: Tally, smallest: int) -> tuple[Row, ...]:
    """The rows that may be shown, the largest first; of one choice only, in the order of the list.

    Of a survey, what fewer than `smallest` people wrote is nowhere named: it may be their own words.
    """
    numbers = tally.by_option()
    alone, few, together = divided(tally, numbers, smallest)
    rows = [Row((code,), numbers[code]) for code in numbers if code in alone]
    if not tally.question.choices:
        rest = tally.any_of(few | together)
        return (*_largest_first(rows), *([Row((), rest)] if rest >= smallest else [])) if alone else ()
    rows += [Row((code,), None if numbers[code] else 0) for code in numbers if code in few]
    if tally.question.most == 1:
        rows.sort(key=lambda row: list(numbers).index(row.options[0]))
    else:
        rows = _largest_first(rows)
    if together:
        rows.append(Row(tuple(code for code in numbers if code in together), tally.any_of(together)))
    return tuple(rows) if alone else ()


def _largest_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -(0.5 if row.value is None else row.value))


def divided(tally: Tally, numbers: Mapping[str, int], smallest: int) -> tuple[set[str], set[str], set[str]]:
    """The options that stand alone with their number; those without one, because few or none chose them; and those
    that share a number, so that none can be worked out from the others.
    """
    alone = {code for code, number in numbers.items() if number >= smallest}
    nobody = {code for code, number in numbers.items() if number == 0}
    few = set(numbers) - alone - nobody
    if not few or (tally.overlaps and sum(numbers[code] for code in alone) >= tally.answered):
        return alone, few | nobody, set()
    while alone and tally.any_of(few) < smallest:
        next_one = min(alone, key=lambda code: (numbers[code], code))
        alone.remove(next_one)
        few.add(next_one)
    return alone, nobody, few
