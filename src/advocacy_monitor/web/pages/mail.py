"""The two links that stand in mails: 'yes, this is my address' and 'no more mails'.

Opening a link changes nothing, because programs that check mails open links as well: a button does it. Mail programs
that offer 'unsubscribe' themselves send the form at once, without opening the page (RFC 8058): that is done at once.
"""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from advocacy_monitor.web.site import PRIVATE, Page, Visit

LONGEST = 200
_ONE_CLICK = "List-Unsubscribe"


def ask_confirmation(visit: Visit) -> Response:
    """The button that confirms an address."""
    return visit.page("mail_confirm.html", token=_token(visit))


def confirm(visit: Visit) -> Response:
    """Confirms it; the code follows by mail. Who confirms it twice is told so."""
    from advocacy_monitor.mailing import opt_in

    visit.limit("change")
    token = _token(visit)
    confirmed = visit.site.writer.do(lambda store: opt_in.confirm(store, visit.site.loaded, token))
    if confirmed is None:
        return _too_old(visit)
    return visit.page("mail_confirmed.html", before=confirmed.before)


def ask_stop(visit: Visit) -> Response:
    """The button that ends all mails."""
    return visit.page("mail_stop.html", token=_token(visit))


def stop(visit: Visit) -> Response:
    """Ends all mails to an address, for somebody at a page of ours or by a mail program's own button."""
    from advocacy_monitor.mailing import opt_in

    token = _token(visit)
    # One mail service sends for all its users, so only what is wrong counts: tokens cannot be guessed.
    if visit.site.limits.wait(visit.address, "change"):
        visit.limit("change")
    is_known = visit.site.writer.do(lambda store: opt_in.unsubscribe(store, token))
    if not is_known:
        visit.limit("change")
    if _ONE_CLICK in visit.form:
        return PlainTextResponse("", 200 if is_known else 404, headers=PRIVATE)
    return visit.page("mail_stopped.html") if is_known else _too_old(visit)


def _too_old(visit: Visit) -> Response:
    return visit.page("mail_too_old.html", status=404)


def _token(visit: Visit) -> str:
    """What the link brought, in the address or in the form that came of it."""
    given = visit.form.get("token") or visit.query.get("token", "")
    return given[:LONGEST] if isinstance(given, str) and given.isascii() else ""


PAGES = (
    Page("GET", "/confirm", ask_confirmation),
    Page("POST", "/confirm", confirm),
    Page("GET", "/stop-mail", ask_stop),
    # The token alone shows who may: a mail program has seen no page of ours.
    Page("POST", "/stop-mail", stop, guarded=False, by_mail_programs=True),
)
