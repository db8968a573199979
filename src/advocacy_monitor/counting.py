"""What is counted, and why the rest is not: every found item is either a statement or left out for one reason.

One voice may be seen in several places: on two servers, copied to another network, reposted. It is one statement with
several appearances, by one person.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from advocacy_monitor.candidates import candidates
from advocacy_monitor.closed_answers import ClosedQuestion, Reader, form_questions, kept_form, reader, survey_questions
from advocacy_monitor.ledger import UNVERIFIED, Ledger, Parted, Positions
from advocacy_monitor.left_out import Looked, require_checks
from advocacy_monitor.models import Form, Query
from advocacy_monitor.questionnaire import Questionnaire
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS

CUTS = ("all", "theme", "source", "area", "library", "language", "month")
"""By what statements are counted. A statement with two themes stands in both rows."""


def read_ledger(
    store: Store, versions: Mapping[str, str], looked: Looked, *, questions: Sequence[ClosedQuestion] = ()
) -> Ledger:
    """Every item with what decides about it, as of now, and with what was chosen in the closed `questions`.

    Raises ExportError when a check, in the version that the configuration asks for, has not seen every item yet.
    """
    chosen = chosen_reader(store, questions)
    return Ledger.of(candidates(store), require_checks(store, versions), looked, chosen=chosen)


def asked_forms(store: Store) -> dict[int, Questionnaire]:
    """Every version of the campaign's form that was ever answered, by its id."""
    return {number: kept_form(form.content) for number, form in store.submissions.forms().items()}


def chosen_reader(store: Store, questions: Sequence[ClosedQuestion]) -> Reader:
    """Reads what people chose in these questions out of the store's items."""
    return reader(questions, functools.partial(_form_id, store, store.submissions.forms() if questions else {}))


def closed_questions(forms: Mapping[int, Questionnaire], of_surveys: Iterable[str]) -> list[ClosedQuestion]:
    """Every question that was answered from a list: those of the form in each wording, then those of surveys."""
    of_form = form_questions(forms)
    taken = {each.name for each in of_form}
    surveys = survey_questions(of_surveys)
    return [*of_form, *(replace(each, name=f"{each.name}~") if each.name in taken else each for each in surveys)]


def _form_id(store: Store, forms: Mapping[int, Form], item_id: int) -> int | None:
    """The version of the form that an item answers."""
    form = store.submissions.form_of(item_id)
    return next((number for number, each in forms.items() if form and each.digest == form.digest), None)


def stale(store: Store, query: Query, *, now: datetime) -> list[int]:
    """The ids of the posts that a pack of this query would count if their platform had been asked lately (R5).

    Copies belong to them: when the first of a cluster is gone, the next one stands for it.
    """
    return stale_of(store, [query], now=now)


def stale_of(store: Store, queries: list[Query], *, now: datetime) -> list[int]:
    """The same for several packs at once."""
    sources = [name for name, terms in TERMS.items() if terms.recheck_hours]
    least = min(terms.recheck_hours or 0 for terms in TERMS.values())
    if not store.verifications.any_stale(sources, before=now - timedelta(hours=least)):
        return []
    ledger = read_ledger(store, {}, Looked(at=now, unverified_too=True))
    found: set[int] = set()
    for query in queries:
        made = ledger.part(query)
        for positions in (made.counted, made.copies):
            found.update(ledger.ids(positions[ledger.has(positions, UNVERIFIED)]))
    return sorted(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """One row of a count: the same statements as statements, as places in which they were seen, as people.

    Authors who are not known are no people: `unknown` says how many statements are theirs.
    """

    label: str
    statements: int
    appearances: int
    people: int
    unknown: int


def voices(
    store: Store, query: Query, cut: str, *, versions: Mapping[str, str], looked: Looked
) -> tuple[list[Voices], Parted]:
    """Counts what a pack of the query would count, by one of CUTS, largest first; and what was left out.

    Raises ExportError as a pack does when items were not checked yet.
    """
    with store.snapshot():
        ledger = read_ledger(store, versions, looked)
    made = ledger.part(query)
    places = {int(position): int(number) for position, number in zip(made.counted, made.appearances, strict=True)}
    counted = [
        Voices(
            label=label,
            statements=len(positions),
            appearances=sum(places[int(position)] for position in positions),
            people=ledger.people(positions),
            unknown=ledger.unknown(positions),
        )
        for label, positions in _rows(ledger, made.counted, cut).items()
    ]
    return sorted(counted, key=lambda row: (-row.statements, row.label)), made


def _rows(ledger: Ledger, counted: Positions, cut: str) -> dict[str, Positions]:
    if cut == "all":
        return {"all": counted} if len(counted) else {}
    if cut == "month":
        return ledger.months(counted)
    if cut == "theme":
        rows = ledger.themes_of(counted)
        without = sorted(set(counted.tolist()) - {position for part in rows.values() for position in part.tolist()})
        return rows | ({"none": ledger.at(without)} if without else {})
    names = {
        "source": ledger.sources,
        "area": ledger.areas,
        "library": ledger.libraries,
        "language": ledger.languages,
    }[cut]
    parts = ledger.by_name(names, counted)
    unknown = [part for name, part in parts.items() if (name or "unknown") == "unknown"]  # people write that as well
    known = {name: part for name, part in parts.items() if name and name != "unknown"}
    return known | ({"unknown": np.sort(np.concatenate(unknown))} if unknown else {})
