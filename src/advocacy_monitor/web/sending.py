"""An answer that was read, made ready for the store: its identity, its code, the reasons to look at it closely."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime

from advocacy_monitor.models import Contact, OptIn, Received, Submission, Use
from advocacy_monitor.questionnaire import Questionnaire
from advocacy_monitor.web.reading import Reading, content_of
from advocacy_monitor.web.tickets import Ticket
from advocacy_monitor.withdrawal import withdrawal_code

SOURCE = "form"
MINOR = "minor"
"""The annotation 'risk' of somebody under 16: a person reads it before anything is done with it."""


def sending_of(reading: Reading, ticket: Ticket, *, language: str, form: str) -> str:
    """What names this answer: the same for the same page sent with the same content, however often."""
    content = {**content_of(reading, language=language, form=form), "name": reading.name, "email": reading.email}
    return ticket.sending_of(json.dumps(content, sort_keys=True).encode())


def received(
    reading: Reading,
    questionnaire: Questionnaire,
    *,
    language: str,
    sending: str,
    created_at: datetime,
    code_key: bytes,
    flags: tuple[str, ...] = (),
    asks_to_confirm: bool = False,
) -> Received:
    """An answer without problems, for `Writer.send`. `asks_to_confirm`: a mail can be sent to the address it names."""
    made = submission(reading, questionnaire, language=language, source_id=_digest(sending), created_at=created_at)
    return Received(
        submission=made,
        form=questionnaire.form,
        language=language,
        code=withdrawal_code(sending, code_key),
        flags=(*flags, MINOR) if reading.is_minor else flags,
        opt_in=_opt_in(reading, language) if asks_to_confirm else None,
    )


def submission(
    reading: Reading, questionnaire: Questionnaire, *, language: str, source_id: str, created_at: datetime
) -> Submission:
    """The answer itself, with the contact details that its consents allow."""
    name = reading.name if Use.QUOTE_NAMED in reading.consents else None
    email = reading.email if Use.CONTACT in reading.consents else None
    content = content_of(reading, language=language, form=f"{questionnaire.name} {questionnaire.version}")
    return Submission(
        source=SOURCE,
        source_id=source_id,
        text=reading.text,
        created_at=created_at,
        raw=json.dumps(content, ensure_ascii=False, sort_keys=True).encode(),
        answers=dict(reading.answers),
        consents=reading.consents,
        library=reading.library,
        area=reading.area,
        postcode=reading.postcode,
        age_band=reading.age_band,
        contact=Contact(name=name, email=email) if name or email else None,
    )


def _digest(sending: str) -> str:
    """The id under which an answer is kept: nobody can make its code of it."""
    return hashlib.blake2b(sending.encode(), digest_size=16, person=b"form").hexdigest()


def _opt_in(reading: Reading, language: str) -> OptIn | None:
    if reading.email is None:
        return None
    return OptIn(
        token=secrets.token_urlsafe(32),
        email=reading.email,
        language=language,
        wants_contact=Use.CONTACT in reading.consents,
    )
