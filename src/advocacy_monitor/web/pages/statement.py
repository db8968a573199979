"""'My statement': with the code a person reads what is held, changes consents, takes a copy, corrects, withdraws (R4).

Every answer to a code is made by POST and kept by nobody: the code stands in no address, so no log, history or Referer
has it. A QR code brings it behind a # (`/statement#CODE`), which browsers do not send; a small script puts it into the
field and takes it out of the address. Afterwards a signed ticket in a hidden field takes the code's place for an hour.

Wrong codes, codes of withdrawn answers and what is no code at all get the same answer.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.web import my_statement
from advocacy_monitor.web.asking_code import count_change, may_try, tried_in_vain, typed_code
from advocacy_monitor.web.my_statement import Opened
from advocacy_monitor.web.pages import statement_correct
from advocacy_monitor.web.pages.statement_show import shown, with_ticket
from advocacy_monitor.web.site import Page, Visit


def ask_code(visit: Visit) -> Response:
    """The field for the code."""
    return visit.page("statement_code.html", wrong=None)


def open_statement(visit: Visit) -> Response:
    """Everything that is held, for a code that was typed."""
    may_try(visit)
    code = typed_code(visit)
    found = visit.site.writer.do(lambda store: my_statement.open_by_code(store, code))
    if found is None:
        tried_in_vain(visit)
        return visit.page("statement_code.html", status=404, wrong=_no_such_code(visit))
    return shown(visit, found)


def show_again(visit: Visit) -> Response:
    """The way back from the other pages."""
    return with_ticket(visit, my_statement.open_by_ticket, shown)


def change_consents(visit: Visit) -> Response:
    """Allows from now on what is ticked."""
    count_change(visit)
    wanted = [use for use in Use if use.value in visit.form.getlist("use")]

    def change(store: Store, ticket: str) -> Opened | None:
        return my_statement.change_consents(store, ticket, wanted, language=visit.language)

    said = visit.t.text("Your choice is stored. It holds from now on.")
    return with_ticket(visit, change, lambda visit, found: shown(visit, found, said=said))


def take_copy(visit: Visit) -> Response:
    """Everything that is held as a file, which other programs can read."""

    def download(visit: Visit, copy: dict[str, Any]) -> Response:
        content = json.dumps(copy, ensure_ascii=False, indent=2) + "\n"
        headers = {
            "cache-control": "no-store",
            "content-disposition": 'attachment; filename="my-statement.json"',
            "x-content-type-options": "nosniff",
        }
        return Response(content, media_type="application/json", headers=headers)

    return with_ticket(visit, my_statement.copy_of, download)


def ask_withdrawal(visit: Visit) -> Response:
    """What withdrawing does, before it is done."""
    return with_ticket(
        visit, my_statement.open_by_ticket, lambda visit, found: visit.page("statement_withdraw.html", found=found)
    )


def withdraw(visit: Visit) -> Response:
    """Takes the answer out for good."""
    count_change(visit)
    return with_ticket(
        visit, my_statement.withdraw, lambda visit, packs: visit.page("statement_withdrawn.html", packs=packs)
    )


def back_to_code(visit: Visit) -> Response:
    """An address of these pages that is opened anew, as by a change of the language, begins with the code."""
    return visit.to("/statement")


def _no_such_code(visit: Visit) -> str:
    return visit.t.text(
        "There is no answer for this code. Please look at it again: it has twelve letters and digits. If you took your "
        "answer back, its code does not work any more. If you answered on paper, it can take some weeks until your "
        "answer is typed in."
    )


_PATHS = ("again", "consents", "correct", "corrected", "withdraw", "withdrawn")

PAGES = (
    Page("GET", "/statement", ask_code),
    Page("POST", "/statement", open_statement),
    Page("POST", "/statement/again", show_again),
    Page("POST", "/statement/consents", change_consents),
    Page("POST", "/statement/copy", take_copy),
    Page("POST", "/statement/withdraw", ask_withdrawal),
    Page("POST", "/statement/withdrawn", withdraw),
    *(Page("GET", f"/statement/{each}", back_to_code) for each in _PATHS),
    *statement_correct.PAGES,
)
