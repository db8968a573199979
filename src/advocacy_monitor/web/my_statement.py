"""What an author does with the code of an answer: read everything, change what is allowed, correct, take back (R4).

Functions over the store, for one transaction each; pages/statement.py shows them. Whatever is taken back reaches
those who were handed a pack with it as follow-ups for staff (taking_back.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from advocacy_monitor.candidates import candidate
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Held, Received, Status, Use
from advocacy_monitor.questionnaire import OWN_WORDS, UNDER_16, Kind, Questionnaire, read_questionnaire, told
from advocacy_monitor.store import Store
from advocacy_monitor.store.submissions import FLAGGED_BY
from advocacy_monitor.store.versions import CORRECTED
from advocacy_monitor.web.holding import TicketError, item_of, ticket_for
from advocacy_monitor.web.reading import Reading
from advocacy_monitor.web.sending import MINOR, received
from advocacy_monitor.web.taking_back import (
    CHANGED,
    CORRECTED_IT,
    WITHDREW,
    Taken,
    note_in_log,
    note_to_tell,
    taken_back,
    whom_to_tell,
)

PURPOSE = "statement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One answer as its author sees it. `ticket` opens it for an hour; `told` is who has a pack that quotes it."""

    held: Held
    questionnaire: Questionnaire
    ticket: str
    status: Status
    area: str | None
    themes: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def is_minor(self) -> bool:
        """Whether a parent had to agree."""
        return self.held.age_band == UNDER_16

    def may_tick(self, use: Use) -> bool:
        """Whether a use can be allowed here; what needs a name, an address or a parent goes by a correction."""
        if use in self.held.consents:
            return True
        if self.is_minor or use is Use.ANALYSE:
            return False
        if use is Use.QUOTE_NAMED:
            return bool(self.held.name)
        return use is not Use.CONTACT or bool(self.held.email)


def open_by_code(store: Store, code: str) -> Opened | None:
    """The answer that a code belongs to; None for every code that opens nothing, whatever the reason."""
    item_id = store.submissions.of_code(code)
    return None if item_id is None else _opened(store, item_id)


def open_by_ticket(store: Store, ticket: str) -> Opened | None:
    """The answer that a ticket is for; None when it is not there any more. Raises TicketError."""
    return _opened(store, item_of(store, ticket, purpose=PURPOSE))


def _opened(store: Store, item_id: int) -> Opened | None:
    try:
        held = store.submissions.held(item_id)
    except ModerationError:  # withdrawn or corrected in another window
        return None
    known = candidate(store, item_id)
    return Opened(
        held=held,
        questionnaire=read_questionnaire(held.form.content),
        ticket=ticket_for(store, item_id, purpose=PURPOSE),
        status=known.status if known else Status.PENDING,
        area=known.area if known else None,
        themes=tuple(sorted(known.themes)) if known else (),
        told=whom_to_tell(store, item_id),
    )


def change_consents(store: Store, ticket: str, wanted: Iterable[Use], *, language: str) -> Opened | None:
    """Allows from now on what is wanted, as far as it can be allowed here; counting ends by withdrawing only.

    None when the answer is not there any more. Raises TicketError.
    """
    now = open_by_ticket(store, ticket)
    if now is None:
        return None
    held = now.held
    granted = frozenset(use for use in {*wanted, Use.ANALYSE} if now.may_tick(use) or use is Use.ANALYSE)
    if (taken := taken_back(held.consents, granted)) is not None:
        note_to_tell(store, held.item_id, taken)
    if granted != held.consents:
        store.submissions.set_consents(held.item_id, granted, proof=_proof(held, language))
        note_in_log(store, CHANGED, held.item_id, packs=held.packs)
    return _opened(store, held.item_id)


def _proof(held: Held, language: str) -> str:
    """Where it was ticked, and in which wording."""
    return f"my statement ({held.form.name} {held.form.version}, {language})"


def correct(store: Store, ticket: str, reading: Reading, *, language: str, sends_mail: bool) -> Opened | None:
    """Puts a corrected version in the answer's place. Where only ticks were taken off or put back, the words stay.

    An address that is new is asked to be confirmed, if mail can be sent. None when the answer is not there any more.
    Raises TicketError.
    """
    now = open_by_ticket(store, ticket)
    if now is None:
        return None
    held = now.held
    if _is_the_same(reading, now):
        return change_consents(store, ticket, reading.consents, language=language)
    note_to_tell(store, held.item_id, Taken.CORRECTED)
    if reading.email != held.email:  # the old address goes, and that it was confirmed does not count for the new one
        store.submissions.set_consents(held.item_id, held.consents - {Use.CONTACT}, proof=_proof(held, language))
    made = _corrected(store, now, reading, language=language, sends_mail=sends_mail)
    item_id = store.submissions.replace(held.item_id, made, reason=CORRECTED)
    note_in_log(store, CORRECTED_IT, item_id, packs=held.packs)
    return _opened(store, item_id)


def _corrected(store: Store, now: Opened, reading: Reading, *, language: str, sends_mail: bool) -> Received:
    """The new version. The store gives it the old one's id, with a number; the code stays that of the old one."""
    made = received(
        reading,
        now.questionnaire,
        language=language,
        sending="",
        created_at=now.held.created_at,  # an answer belongs to the time in which its author took part
        code_key=b"",
        flags=_flags(store, now.held.item_id),
        asks_to_confirm=sends_mail and reading.email != now.held.email,
    )
    return replace(made, code=None)


def _is_the_same(reading: Reading, now: Opened) -> bool:
    """Whether nothing but ticks was changed, and none was added that needs more than a tick."""
    held = now.held
    said = (reading.text, dict(reading.answers), reading.library, reading.postcode, reading.age_band)
    return (
        said == (held.text, dict(held.answers), held.library, held.postcode, held.age_band)
        and all(now.may_tick(use) for use in reading.consents)
        and (reading.name is None or reading.name == held.name)
        and (reading.email is None or reading.email == held.email)
    )


def _flags(store: Store, item_id: int) -> tuple[str, ...]:
    """Why the answer was to be looked at closely: a correction does not clear that. Minors are told anew."""
    facts = store.items.annotations(item_id, item_id, labels=["risk"]).get(item_id, [])
    return tuple(sorted({fact.value for fact in facts if fact.by == FLAGGED_BY and fact.value != MINOR}))


def withdraw(store: Store, ticket: str) -> tuple[str, ...] | None:
    """Takes the answer out for good. Returns the numbers of the packs that quote it, None when it was gone before.

    Raises TicketError.
    """
    now = open_by_ticket(store, ticket)
    if now is None:
        return None
    note_to_tell(store, now.held.item_id, Taken.WITHDRAWN)
    store.submissions.withdraw(now.held.item_id)
    note_in_log(store, WITHDREW, now.held.item_id, packs=now.held.packs)
    return now.held.packs


@dataclass(frozen=True, slots=True)
class Line:
    """A question with its number, and what was answered; '' where nothing was."""

    number: int
    question: str
    answer: str
    own_words: bool = False


def answered(opened: Opened, language: str) -> list[Line]:
    """Every question of the version that was answered, in its order and wording."""
    held, lines = opened.held, []
    for number, question in opened.questionnaire.numbered():
        said = told(_of(held.answers, question.key), opened.questionnaire, language)
        given = "; ".join(answer for _, answer in said)
        if question.kind is Kind.LIBRARY:
            given = held.library or given
        elif question.kind is Kind.POSTCODE:
            given = held.postcode or given
        elif question.kind is Kind.AGE:
            option = question.option(held.age_band or "")
            given = option.said(language) if option else held.age_band or given
        elif question.kind is Kind.TEXT:
            given = held.text or given
        lines.append(Line(number, question.said(language), given, question.kind is Kind.TEXT))
    return lines


def _of(answers: Any, key: str) -> dict[str, str]:
    """The answers to one question: what was chosen, and what was written on its own line."""
    return {each: answers[each] for each in (key, f"{key}{OWN_WORDS}") if each in answers}


def copy_of(store: Store, ticket: str) -> dict[str, Any] | None:
    """Everything that is held, for its author to take along; names of staff are not in it. Raises TicketError."""
    opened = open_by_ticket(store, ticket)
    if opened is None:
        return None
    held = opened.held
    facts = store.items.annotations(held.item_id, held.item_id).get(held.item_id, [])
    return {
        "sent_at": held.created_at.isoformat(),
        "language": held.language,
        "questionnaire": {"name": held.form.name, "version": held.form.version},
        "text": held.text,
        "answers": dict(held.answers),
        "library": held.library,
        "area": opened.area,
        "postcode": held.postcode,
        "age_band": held.age_band,
        "name": held.name,
        "email": held.email,
        "email_confirmed": held.email_confirmed,
        "consents": sorted(held.consents),
        "status": opened.status,
        "notes": [
            {"label": fact.label, "value": fact.value, "by": "a person" if fact.by.startswith("person:") else fact.by}
            for fact in facts
        ],
        "packs": list(held.packs),
    }


__all__ = [
    "PURPOSE",
    "Line",
    "Opened",
    "TicketError",
    "answered",
    "change_consents",
    "copy_of",
    "correct",
    "open_by_code",
    "open_by_ticket",
    "withdraw",
]
