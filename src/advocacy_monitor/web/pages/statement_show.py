"""How an answer is shown to its author, and how every page of 'My statement' finds it by the ticket of its form."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from starlette.responses import Response

from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.line import codebook_name
from advocacy_monitor.models import Status, Use
from advocacy_monitor.store import Store
from advocacy_monitor.web import my_statement
from advocacy_monitor.web.asking_code import ask_again, holders_ticket
from advocacy_monitor.web.my_statement import Opened, TicketError
from advocacy_monitor.web.site import Visit

T = TypeVar("T")


def with_ticket(
    visit: Visit, work: Callable[[Store, str], T | None], answer: Callable[[Visit, T], Response]
) -> Response:
    """Does something for whoever holds a ticket, in the writer's thread; asks for the code where there is none."""
    visit.limit("page")
    ticket = holders_ticket(visit)
    try:
        found = visit.site.writer.do(lambda store: work(store, ticket))
    except TicketError:
        return ask_again(visit, "statement_code.html")
    except ModerationError:  # it was taken out at the desk in the same moment
        found = None
    return gone(visit) if found is None else answer(visit, found)


def gone(visit: Visit) -> Response:
    """What the ticket was for is not there any more."""
    words = visit.t.text("This answer is not there any more. It was changed or taken back in the meantime.")
    return visit.page("statement_code.html", status=410, wrong=words)


def shown(visit: Visit, found: Opened, *, said: str = "") -> Response:
    """The page with everything that is held."""
    return visit.page(
        "statement.html",
        found=found,
        lines=my_statement.answered(found, visit.language),
        uses=[(use, found.questionnaire.consent(use, visit.language)) for use in Use if use is not Use.ANALYSE],
        analyse=found.questionnaire.consent(Use.ANALYSE, visit.language),
        topics=_topics(visit, found),
        standing=_standing(visit, found.status),
        missing=any(not found.may_tick(use) for use in (Use.QUOTE_NAMED, Use.CONTACT)),
        said=said,
    )


def _topics(visit: Visit, found: Opened) -> list[str]:
    """The names of the themes, in the codebook's words; the code where it has none."""
    names = _names(visit.site.loaded)
    return [names.get(code, {}).get(visit.language) or names.get(code, {}).get("en") or code for code in found.themes]


def _names(loaded: Loaded) -> Mapping[str, Mapping[str, str]]:
    """The themes' names by their codes and languages, read anew when the codebook's file was changed."""
    name = codebook_name(loaded)
    path = Path(name)
    return _read_names(name, path.stat().st_mtime_ns if path.is_file() else 0)


@functools.lru_cache(maxsize=4)
def _read_names(name: str, changed_at: int) -> Mapping[str, Mapping[str, str]]:
    return {theme.code: theme.title for theme in load_codebook(name).themes}


def _standing(visit: Visit, status: Status) -> str:
    t = visit.t
    return {
        Status.PENDING: t.text("Nobody has read your answer yet."),
        Status.APPROVED: t.text("Somebody has read your answer. It is used as you allowed."),
        Status.REJECTED: t.text("Somebody has read your answer and decided not to use it."),
        Status.ESCALATED: t.text("Somebody will read your answer once more before it is used."),
    }[status]
