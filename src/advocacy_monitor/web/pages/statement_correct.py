"""Correcting an answer: the form once more, filled in with what is held, in the version that was answered.

What was typed is on the page again whatever happens: a mistake, a full disk, or an hour that has passed, after which
the code is asked for once more and everything else stays.
"""

from __future__ import annotations

import logging

from starlette.responses import Response

from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.web import my_statement
from advocacy_monitor.web.asking_code import count_change, holders_ticket, may_try, tried_in_vain, typed_code
from advocacy_monitor.web.my_statement import Opened, TicketError
from advocacy_monitor.web.pages.statement_show import gone, shown, with_ticket
from advocacy_monitor.web.reading import EMAIL, Reading, again, read
from advocacy_monitor.web.site import Page, Visit

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 30


def show(visit: Visit) -> Response:
    """The answer as it is, in fields."""
    return with_ticket(
        visit,
        my_statement.open_by_ticket,
        lambda visit, found: _form(visit, again(found.held, found.questionnaire), found),
    )


def send(visit: Visit) -> Response:
    """Puts the corrected answer in the old one's place, when it is on the disk."""
    count_change(visit)
    try:
        found = _holder(visit)
    except TicketError:
        return _late(visit)
    except StoreError as error:
        return _not_stored(visit, None, error)
    if found is None:
        return gone(visit)
    reading = read(visit.form, found.questionnaire, visit.site.libraries, visit.t)
    if reading.problems:
        return _form(visit, reading, found, status=422)
    try:
        corrected = visit.site.writer.do(
            lambda store: my_statement.correct(
                store, found.ticket, reading, language=visit.language, sends_mail=_sends_mail(visit)
            )
        )
    except StoreError as error:
        return _not_stored(visit, found, error)
    except ModerationError:  # it was taken out at the desk in the same moment
        corrected = None
    if corrected is None:
        return gone(visit)
    return shown(visit, corrected, said=visit.t.text("Your corrected answer is stored."))


def _holder(visit: Visit) -> Opened | None:
    """The answer, by the ticket of the page or by the code that was asked for again. Raises TicketError."""
    ticket, code = holders_ticket(visit), typed_code(visit)
    if not code:
        return visit.site.writer.do(lambda store: my_statement.open_by_ticket(store, ticket))
    may_try(visit)
    found = visit.site.writer.do(lambda store: my_statement.open_by_code(store, code))
    if found is None:
        tried_in_vain(visit)
        raise TicketError
    return found


def _late(visit: Visit) -> Response:
    reading = read(visit.form, visit.site.questionnaire, visit.site.libraries, visit.t)
    words = visit.t.text(
        "For your safety this page is open for an hour only. Everything you wrote is still on it. Please type your "
        "code again, then send it."
    )
    return _form(visit, reading, None, status=403, notice=words)


def _not_stored(visit: Visit, found: Opened | None, error: StoreError) -> Response:
    _log.warning("a correction was not stored, and its author was told so: %s", error)
    reading = read(visit.form, visit.site.questionnaire, visit.site.libraries, visit.t)
    words = visit.t.text(
        "We could not store your answer. Nothing is lost: everything you wrote is still on this page. Please wait a "
        "minute, then send it again."
    )
    ticket = found.ticket if found else holders_ticket(visit)
    return _form(visit, reading, found, status=503, wait=_RETRY_SECONDS, notice=words, ticket=ticket)


def _form(
    visit: Visit,
    reading: Reading,
    found: Opened | None,
    *,
    status: int = 200,
    wait: float = 0,
    notice: str = "",
    ticket: str = "",
) -> Response:
    """The form, for the version that was answered; `found` is None where the code has to be typed again."""
    return visit.page(
        "statement_correct.html",
        status,
        wait=wait,
        reading=reading,
        notice=notice,
        questionnaire=found.questionnaire if found else visit.site.questionnaire,
        holder=found.ticket if found else ticket,
        libraries=visit.site.libraries,
        sends_mail=_sends_mail(visit),
        email_field=EMAIL,
        quoted=bool(found and found.held.packs),
    )


def _sends_mail(visit: Visit) -> bool:
    return visit.site.loaded.config.mail is not None


PAGES = (
    Page("POST", "/statement/correct", show),
    Page("POST", "/statement/corrected", send),
)
