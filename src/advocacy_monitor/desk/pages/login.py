"""The way in and out: name and password, the one-time link of the terminal, and one's own account."""

from __future__ import annotations

import math

from starlette.responses import RedirectResponse, Response

from advocacy_monitor.desk.context import BASE, Asked, Page, Refusal
from advocacy_monitor.staff.accounts import LogInError, UnknownAccountError, Why
from advocacy_monitor.staff.passwords import LEAST, MOST, Weakness, WeakPasswordError
from advocacy_monitor.staff.roles import Person, Right
from advocacy_monitor.translate import Texts

_LONGEST_NAME = 200


def show_log_in(asked: Asked) -> Response:
    """The form; whoever is logged in already goes on."""
    to = asked.query.get("to", "")
    return _onwards(asked, asked.person, to) if asked.person.name else _form(asked, to=to)


def log_in(asked: Asked) -> Response:
    """Lets somebody in, to the page that they had asked for."""
    name, password, to = (_field(asked, each) for each in ("name", "password", "to"))
    try:
        token = asked.desk.accounts.log_in(name, password, address=asked.visitor)
    except LogInError as error:
        return _refused(
            _form(asked, to=to, name=name[:_LONGEST_NAME], wrong=_in_words(asked.t, error), error=error), error
        )
    if asked.token:
        asked.desk.accounts.log_out(asked.token)
    return asked.with_session(_onwards(asked, asked.desk.accounts.person(token), to), token)


def enter(asked: Asked) -> Response:
    """The link that `browse` prints lets the person at the terminal in, once."""
    try:
        token = asked.desk.accounts.enter(asked.query.get("key", ""))
    except LogInError as error:
        return _form(asked, wrong=_in_words(asked.t, error), error=error)
    return asked.with_session(asked.to("/"), token)


def log_out(asked: Asked) -> Response:
    """Ends this session."""
    if asked.token:
        asked.desk.accounts.log_out(asked.token)
    return asked.without_session(asked.to("/login", say=asked.t.text("You are logged out.")))


def own_account(asked: Asked) -> Response:
    """One's own name, role, language and password."""
    return _own(asked)


def change_password(asked: Asked) -> Response:
    """Changes one's own password; all other sessions end."""
    t, accounts = asked.t, asked.desk.accounts
    old, new, again = (_field(asked, each) for each in ("old", "new", "again"))
    if not _has_account(asked):
        raise Refusal(409, t.text("You came in from the terminal and have no password here."))
    if new != again:
        return _own(asked, status=400, wrong={"again": t.text("The two are not the same.")})
    try:
        token = accounts.change_password(asked.person.name, old, new, address=asked.visitor)
    except WeakPasswordError as error:
        return _own(asked, status=400, wrong={"new": weakness_in_words(t, error.weakness)})
    except LogInError as error:
        words = t.text("This is not your password.") if error.why == Why.WRONG else _in_words(t, error)
        return _refused(_own(asked, status=_status(error), wrong={"old": words}), error)
    # Not around the change: hashing takes a while, in which nobody else could write.
    with asked.desk.writer() as store:
        asked.desk.note(store, asked.person, "staff.own_password")
    said = t.text("Your password was changed. Wherever else you were logged in, you are logged out.")
    return asked.with_session(asked.to("/account", say=said), token)


def weakness_in_words(t: Texts, weakness: Weakness) -> str:
    """Why a password is refused."""
    return {
        Weakness.SHORT: t.counted(
            "This is too short: take at least {n} character.",
            "This is too short: take at least {n} characters.",
            LEAST,
        ),
        Weakness.LONG: t.counted(
            "This is too long: take at most {n} character.", "This is too long: take at most {n} characters.", MOST
        ),
        Weakness.NAME: t.text("This is hardly more than the name. Take one that nobody can think of."),
        Weakness.COMMON: t.text("This is among those that are guessed first. Take one that nobody can think of."),
    }[weakness]


def _in_words(t: Texts, error: LogInError) -> str:
    seconds = math.ceil(error.retry_after or 0)
    if error.why == Why.WRONG:
        return t.text("The name or the password is wrong.")
    if error.why == Why.USED:
        return t.text("This link was used already or is too old. Start the desk again for a new one, or log in.")
    if error.why == Why.BUSY:
        return t.text("Too many people log in at this moment. Try again in a few seconds.")
    if seconds < 120:
        return t.counted(
            "Too many attempts have failed. Try again in {n} second.",
            "Too many attempts have failed. Try again in {n} seconds.",
            seconds,
        )
    return t.counted(
        "Too many attempts have failed. Try again in {n} minute.",
        "Too many attempts have failed. Try again in {n} minutes.",
        math.ceil(seconds / 60),
    )


def _status(error: LogInError) -> int:
    return 429 if error.retry_after else 403


def _refused(response: Response, error: LogInError) -> Response:
    if error.retry_after:
        response.headers["retry-after"] = str(math.ceil(error.retry_after))
    return response


def _form(asked: Asked, *, to: str = "", name: str = "", wrong: str = "", error: LogInError | None = None) -> Response:
    return asked.page(
        "login.html",
        status=200 if error is None else _status(error),
        to=to,
        name=name,
        wrong=wrong,
        is_empty=asked.desk.accounts.is_empty(),
    )


def _own(asked: Asked, *, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    return asked.page("account.html", status=status, wrong=wrong or {}, has_account=_has_account(asked), least=LEAST)


def _has_account(asked: Asked) -> bool:
    try:
        return asked.desk.accounts.account(asked.person.name).disabled_at is None
    except UnknownAccountError:
        return False


def _field(asked: Asked, name: str) -> str:
    value = asked.form.get(name, "")
    return value if isinstance(value, str) else ""


def _onwards(asked: Asked, person: Person | None, to: str) -> Response:
    """To the page that was asked for before, here or among Datasette's, and to no other site."""
    is_safe = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    if is_safe and to.startswith(f"{BASE}/"):
        return asked.to(to)
    if is_safe and to != "/" and person is not None and person.may(Right.TABLES):
        return RedirectResponse(to, status_code=303, headers={"cache-control": "no-store"})
    return asked.to("/")


PAGES = (
    Page("GET", "/login", None, show_log_in),
    Page("POST", "/login", None, log_in),
    Page("GET", "/enter", None, enter),
    Page("POST", "/logout", None, log_out),
    Page("GET", "/account", Right.OWN, own_account),
    Page("POST", "/account/password", Right.OWN, change_password),
)
