"""Closed questions in words: the same tables, bases and notes in every format that shows them (R9, R10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.html_direction import line
from advocacy_monitor.exporters.html_quotes import shown
from advocacy_monitor.exporters.page_text import PageText, direction
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, QuestionCount
from advocacy_monitor.translate import Texts


def heading(t: Texts) -> str:
    """What stands over the questions."""
    return t.text("What people chose")


def base(question: QuestionCount, t: Texts) -> str:
    """Who is counted: those who answered, and how many answers each could give; and what asked them."""
    said = [
        t.counted(
            "Base: {n} statement whose author answered this question.",
            "Base: {n} statements whose authors answered this question.",
            question.answered,
        )
    ]
    if question.most is not None:
        said.append(t.counted("One answer could be chosen.", "Up to {n} answers could be chosen.", question.most))
    if question.form:
        said.append(t.text("Questionnaire: {form}.", form=question.form))
    if not question.options:
        said.append(t.text("Too few people chose the same answers to show numbers."))
    return ("" if t.code == "zh" else " ").join(said)


def value(count: Count, question: QuestionCount, pack: EvidencePack, words: Wording) -> str:
    """How many of those who answered: '87 of 120 (73%)', or 'fewer than 5 of 120'."""
    return figures.of_base(
        count.value,
        question.answered,
        words,
        smallest_cell=pack.smallest_cell,
        smallest_base=pack.smallest_base,
    )


def question_tables(pack: EvidencePack, words: Wording) -> list[dict[str, Any]]:
    """The questions for a page: each with its rows, whose bars are parts of all who answered."""
    return [
        {
            "key": f"question-{number}",
            "question": shown(each.question),
            "direction": direction(pack.language, each.question),
            "note": line(shown(base(each, words.t)), right_to_left=words.t.right_to_left),
            "rows": _rows(each.options, each, pack, words),
        }
        for number, each in enumerate(pack.answers, start=1)
    ]


def columns(t: Texts) -> tuple[str, str]:
    """The headings of a question's table."""
    return t.text("Answer"), t.text("Of those who answered")


def printed(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    """The questions for a printed report, cleaned for its fonts; None where nothing was chosen from a list."""
    if not pack.answers:
        return None
    label, number = columns(words.t)
    groups = [
        {
            "heading": text.directed(each.question, limit=400),
            "note": text.line(base(each, words.t)),
            "rows": [
                {
                    "label": text.line(count.label, limit=300),
                    "value": text.line(value(count, each, pack, words)),
                    "whole": _share(count, each),
                }
                for count in each.options
            ],
        }
        for each in pack.answers
    ]
    return {"heading": heading(words.t), "label": label, "number": number, "groups": groups}


def counts(pack: EvidencePack) -> Iterator[tuple[str, Count]]:
    """Every number as a row of the data annex: who answered, then each answer with its question."""
    for each in pack.answers:
        yield "answered", Count(label=each.question, value=each.answered)
        for count in each.options:
            yield "answer", Count(label=f"{each.question} – {count.label}", value=count.value)


def _rows(
    options: Sequence[Count], question: QuestionCount, pack: EvidencePack, words: Wording
) -> list[dict[str, Any]]:
    return [
        {
            "label": shown(count.label),
            "value": value(count, question, pack, words),
            "whole": _share(count, question),
        }
        for count in options
    ]


def _share(count: Count, question: QuestionCount) -> float:
    """A bar's length in hundredths of all who answered."""
    return round(100 * (count.value or 0) / question.answered, 2)
