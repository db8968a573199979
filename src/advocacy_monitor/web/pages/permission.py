"""For people whose post is to be quoted: with the code of our question they say yes, use by use, or no (R3).

The link of a draft may bring the code (`?code=`, or behind a #). Opening it shows the post and decides nothing, so that
a program that looks at links for its users does no harm; each decision is a form that is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.responses import Response

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.exporters.html_quotes import shown
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.terms import TERMS
from advocacy_monitor.web import my_post
from advocacy_monitor.web.asking_code import (
    LONGEST,
    ask_again,
    count_change,
    holders_ticket,
    may_try,
    tried_in_vain,
    typed_code,
)
from advocacy_monitor.web.my_post import Question, TicketError
from advocacy_monitor.web.site import Page, Visit

T = TypeVar("T")


def ask_code(visit: Visit) -> Response:
    """The field for the code, or the post where the link brought one."""
    if code := visit.query.get("code", "")[:LONGEST]:
        return _by_code(visit, code)
    return visit.page("permission_code.html", wrong=None)


def open_post(visit: Visit) -> Response:
    """The post, for a code that was typed."""
    return _by_code(visit, typed_code(visit))


def _by_code(visit: Visit, code: str) -> Response:
    may_try(visit)
    found = visit.site.writer.do(lambda store: my_post.open_by_code(store, code))
    if found is None:
        tried_in_vain(visit)
        wrong = visit.t.text(
            "There is no post for this code. Please look at it again: it has twelve letters and digits. If the post "
            "was taken out, its code does not work any more."
        )
        return visit.page("permission_code.html", status=404, wrong=wrong)
    return _shown(visit, found)


def show_again(visit: Visit) -> Response:
    """The way back from the question whether to take it out."""
    return _with_ticket(visit, my_post.open_by_ticket, _shown)


def allow(visit: Visit) -> Response:
    """Notes what was ticked, and nothing else."""
    count_change(visit)
    wanted = [use for use in Use if use.value in visit.form.getlist("use")]
    wording = {use: _wording(visit, use) for use in Use}

    def change(store: Store, ticket: str) -> Question | None:
        return my_post.allow(store, ticket, wanted, wording=wording, language=visit.language)

    return _with_ticket(visit, change, _answered)


def refuse(visit: Visit) -> Response:
    """Notes a no."""
    count_change(visit)

    def change(store: Store, ticket: str) -> Question | None:
        return my_post.refuse(store, ticket, language=visit.language)

    return _with_ticket(visit, change, _answered)


def ask_removal(visit: Visit) -> Response:
    """What taking it out does, before it is done."""
    return _with_ticket(
        visit,
        my_post.open_by_ticket,
        lambda visit, found: visit.page("permission_remove.html", found=found, text=shown(found.item.text)),
    )


def remove(visit: Visit) -> Response:
    """Takes the post out for good."""
    count_change(visit)

    def take_out(store: Store, ticket: str) -> tuple[str, ...] | None:
        return my_post.take_out(store, ticket, language=visit.language)

    return _with_ticket(visit, take_out, lambda visit, packs: visit.page("permission_removed.html", packs=packs))


def back_to_code(visit: Visit) -> Response:
    """An address of these pages that is opened anew begins with the code."""
    return visit.to("/permission")


def _with_ticket(
    visit: Visit, work: Callable[[Store, str], T | None], answer: Callable[[Visit, T], Response]
) -> Response:
    """Does something for whoever holds a ticket, in the writer's thread; asks for the code where there is none."""
    visit.limit("page")
    ticket = holders_ticket(visit)
    try:
        found = visit.site.writer.do(lambda store: work(store, ticket))
    except TicketError:
        return ask_again(visit, "permission_code.html")
    except ModerationError:  # it was taken out at the desk, or answered there, in the same moment
        found = None
    if found is None:
        gone = visit.t.text("This post is not there any more. It was changed or taken out in the meantime.")
        return visit.page("permission_code.html", status=410, wrong=gone)
    return answer(visit, found)


def _answered(visit: Visit, found: Question) -> Response:
    t = visit.t
    said = (
        t.text("Thank you! Your choice is stored. It holds from now on.")
        if found.granted
        else t.text("Your no is stored. We do not quote your post and do not ask you again.")
    )
    return _shown(visit, found, said=said)


def _shown(visit: Visit, found: Question, *, said: str = "") -> Response:
    terms = TERMS.get(found.item.source)
    return visit.page(
        "permission.html",
        found=found,
        text=shown(found.item.text),
        account=shown(found.item.author_handle or ""),
        network=terms.name if terms else "",
        uses=[(use, _wording(visit, use)) for use in found.asked],
        asks_for_name=Use.QUOTE_NAMED in found.asked,
        has_said_no=found.state in (PermissionState.REFUSED, PermissionState.WITHDRAWN),
        said=said,
    )


def _wording(visit: Visit, use: Use) -> str:
    return visit.site.questionnaire.consent(use, visit.language)


PAGES = (
    Page("GET", "/permission", ask_code),
    Page("POST", "/permission", open_post),
    Page("POST", "/permission/again", show_again),
    Page("POST", "/permission/allow", allow),
    Page("POST", "/permission/refuse", refuse),
    Page("POST", "/permission/remove", ask_removal),
    Page("POST", "/permission/removed", remove),
    *(Page("GET", f"/permission/{each}", back_to_code) for each in ("again", "allow", "refuse", "remove", "removed")),
)
