"""The form: shown, sent, and shown again with everything that was typed whenever it could not be stored."""

from __future__ import annotations

import logging

from starlette.responses import Response

from advocacy_monitor.config import form_address
from advocacy_monitor.errors import StoreError
from advocacy_monitor.web.pages.sent import confirmed, withdrawn_before
from advocacy_monitor.web.reading import Reading, blank, read
from advocacy_monitor.web.sending import received, sending_of
from advocacy_monitor.web.site import Page, Visit
from advocacy_monitor.web.suspicion import TRAP, suspicions
from advocacy_monitor.web.tickets import Ticket, is_from_elsewhere

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 30
_LONGEST_LIBRARY = 200


def show(visit: Visit) -> Response:
    """An empty form. `?library=` names the library, by its slug or its name."""
    return _form(visit, blank(library=_named(visit)))


def _named(visit: Visit) -> str:
    """The library of the link, as it is written in the list; else what the link says."""
    given = " ".join(visit.query.get("library", "").split())[:_LONGEST_LIBRARY]
    library = visit.site.libraries.find(given)
    return library.label if library else "".join(sign for sign in given if sign.isprintable())


def send(visit: Visit) -> Response:
    """Stores an answer, and says so when it is on the disk."""
    t = visit.t
    if is_from_elsewhere(visit.headers, form_address(visit.site.loaded)):
        visit.refuse(403, t.text("This was sent from a page of another website. Nothing was stored."))
    reading = read(visit.form, visit.site.questionnaire, visit.site.libraries, t)
    if wait := visit.allow("send"):
        words = t.text("Too much came from your network at once. Your answer is not stored yet. Wait a minute, then "
                       "send it again.")  # fmt: skip
        return _form(visit, reading, status=429, wait=wait, notice=words)
    if visit.ticket is None or visit.ticket.is_stale:
        words = t.text("This page was open for a long time. Your answer is not stored yet. Please send it again.")
        return _form(visit, reading, status=400, notice=words)
    if reading.problems:
        return _form(visit, reading, status=422)
    return _store(visit, reading, visit.ticket)


def _store(visit: Visit, reading: Reading, ticket: Ticket) -> Response:
    site, questionnaire = visit.site, visit.site.questionnaire
    form = f"{questionnaire.name} {questionnaire.version}"
    answer = received(
        reading,
        questionnaire,
        language=visit.language,
        sending=sending_of(reading, ticket, language=visit.language, form=form),
        created_at=site.clock(),
        code_key=site.code_key,
        flags=_flags(visit, reading, ticket),
        asks_to_confirm=site.loaded.config.mail is not None,
    )
    try:
        kept = site.writer.send(answer)
    except StoreError as error:
        _log.warning("an answer was not stored, and its author was told so: %s", error)
        words = visit.t.text("We could not store your answer. Nothing is lost: everything you wrote is still on this "
                             "page. Please wait a minute, then send it again.")  # fmt: skip
        return _form(visit, reading, status=503, wait=_RETRY_SECONDS, notice=words)
    return withdrawn_before(visit) if kept.was_withdrawn else confirmed(visit, answer)


def _flags(visit: Visit, reading: Reading, ticket: Ticket) -> tuple[str, ...]:
    trap = visit.form.get(TRAP)
    return suspicions(
        trap=trap if isinstance(trap, str) else "",
        age=ticket.age,
        is_one_of_many=visit.allow("many") > 0,
        text=reading.text,
    )


def _form(visit: Visit, reading: Reading, *, status: int = 200, wait: float = 0, notice: str = "") -> Response:
    site = visit.site
    return visit.page(
        "form.html",
        status,
        wait=wait,
        reading=reading,
        notice=notice,
        libraries=site.libraries,
        sends_mail=site.loaded.config.mail is not None,
    )


PAGES = (
    Page("GET", "/", show),
    Page("POST", "/", send, guarded=False),
)
