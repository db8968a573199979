"""The field for a code, as the pages for authors of answers and of posts share it: what was typed, and how often.

Only codes that open nothing are counted against an address: who reads an answer of their own is not slowed down.
"""

from __future__ import annotations

from starlette.responses import Response

from advocacy_monitor.web.site import Refused, Visit

HOLDER = "holder"
"""The hidden field with the ticket of who typed the code."""
LONGEST = 100
"""A code has twelve letters; with spaces and dashes some more. What is longer is none."""


def typed_code(visit: Visit) -> str:
    """What was typed into the field."""
    code = visit.form.get("code", "")
    return code[:LONGEST] if isinstance(code, str) else ""


def holders_ticket(visit: Visit) -> str:
    """The ticket that came with a form, whether it is one of ours or not."""
    given = visit.form.get(HOLDER, "")
    return given if isinstance(given, str) else ""


def may_try(visit: Visit) -> None:
    """Ends the request when too many wrong codes came from this address."""
    if wait := visit.site.limits.wait(visit.address, "code"):
        raise Refused(
            429,
            visit.t.text("Too many wrong codes came from your network. Wait a minute, then try again."),
            wait=wait,
        )


def tried_in_vain(visit: Visit) -> None:
    """Counts a code that opened nothing."""
    visit.allow("code")


def count_change(visit: Visit) -> None:
    """Counts a change, and ends the request when there were too many."""
    visit.limit("change")


def ask_again(visit: Visit, template: str) -> Response:
    """The field once more, for whoever waited longer than a ticket lasts."""
    late = visit.t.text("For your safety this page is open for an hour only. Please type your code again.")
    return visit.page(template, status=403, wrong=late)
