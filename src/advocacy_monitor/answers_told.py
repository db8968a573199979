"""One answer's questions and options in words, as its author read them: for staff, never for packs."""

from __future__ import annotations

from collections.abc import Mapping

from advocacy_monitor.closed_answers import kept_form
from advocacy_monitor.models import StoredItem
from advocacy_monitor.questionnaire import Kind, told
from advocacy_monitor.store import Store


def told_answers(store: Store, item: StoredItem, language: str) -> list[tuple[str, str]]:
    """Pairs of question and answer: of the campaign's form in the wording of its version, else as they were stored."""
    form = store.submissions.form_of(item.id) if item.answers else None
    if form is None:
        return list(item.answers.items())
    return told(item.answers, kept_form(form.content), language)


def told_age(store: Store, item: StoredItem, language: str) -> str:
    """The age band in words; '' where none is known."""
    form = store.submissions.form_of(item.id) if item.age_band else None
    question = kept_form(form.content).of_kind(Kind.AGE) if form else None
    option = question.option(item.age_band or "") if question else None
    return option.said(language) if option else item.age_band or ""


def as_mapping(pairs: list[tuple[str, str]]) -> Mapping[str, str]:
    """The same for what wants one answer a question: a question that comes again keeps both."""
    made: dict[str, str] = {}
    for question, answer in pairs:
        made[question] = f"{made[question]}: {answer}" if question in made else answer
    return made
