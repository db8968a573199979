"""Accounts of staff, for administrators: make one, change its role or password, disable and enable it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pages.login import weakness_in_words
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.staff.accounts import Account
from advocacy_monitor.staff.names import checked_name, key_of
from advocacy_monitor.staff.passwords import WeakPasswordError, check, generate
from advocacy_monitor.staff.roles import Right, Role


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the form for a new account."""

    name: str = ""
    role: str = str(Role.VIEWER)
    language: str = ""


def overview(asked: Asked) -> Response:
    """All accounts, and the form for a new one."""
    return _overview(asked, Given())


def add(asked: Asked) -> Response:
    """Makes an account; a password that was made is shown once."""
    given = Given(*(_field(asked, each) for each in ("name", "role", "language")))
    role, password = _role(asked), _field(asked, "password")
    try:
        name = checked_name(given.name)
        if password:
            check(password, name=name)
    except WeakPasswordError as error:
        return _overview(asked, given, wrong={"password": weakness_in_words(asked.t, error.weakness)})
    except ConfigError:
        return _overview(
            asked,
            given,
            wrong={
                "name": asked.t.text(
                    "Up to 60 letters and digits, with spaces, full stops, hyphens and apostrophes between them."
                )
            },
        )
    if any(key_of(each.name) == key_of(name) for each in asked.desk.accounts.people()):
        return _overview(asked, given, wrong={"name": asked.t.text("There is an account of this name already.")})
    language = given.language if given.language in dict(asked.t.offered) else None
    with asked.desk.writer() as store:
        asked.desk.accounts.add(name, role, made := password or generate(), language=language)
        asked.desk.note(store, asked.person, "staff.add", detail=f"{name}: {role}")
    said = asked.t.text("The account of {name} was made.", name=name)
    return asked.to("/accounts", say=said) if password else _made(asked, name, made, said)


def one(asked: Asked) -> Response:
    """One account."""
    return _one(asked, _account(asked))


def change_role(asked: Asked) -> Response:
    """Gives somebody else another role."""
    found, role = _of_somebody_else(asked), _role(asked)
    with asked.desk.writer() as store:
        asked.desk.accounts.set_role(found.name, role)
        asked.desk.note(store, asked.person, "staff.role", detail=f"{found.name}: {found.role} to {role}")
    said = asked.t.text("{name} has another role and has to log in again.", name=found.name)
    return asked.to(f"/accounts/{found.id}", say=said)


def change_password(asked: Asked) -> Response:
    """Gives somebody else another password; one that was made is shown once."""
    found, password = _of_somebody_else(asked), _field(asked, "password")
    try:
        if password:
            check(password, name=found.name)
    except WeakPasswordError as error:
        return _one(asked, found, wrong=weakness_in_words(asked.t, error.weakness))
    with asked.desk.writer() as store:
        asked.desk.accounts.set_password(found.name, made := password or generate())
        asked.desk.note(store, asked.person, "staff.password", detail=found.name)
    said = asked.t.text("{name} has another password and has to log in again.", name=found.name)
    return asked.to(f"/accounts/{found.id}", say=said) if password else _made(asked, found.name, made, said)


def disable(asked: Asked) -> Response:
    """Lets somebody else in no more."""
    found = _of_somebody_else(asked)
    with asked.desk.writer() as store:
        asked.desk.accounts.disable(found.name)
        asked.desk.note(store, asked.person, "staff.disable", detail=found.name)
    return asked.to(f"/accounts/{found.id}", say=asked.t.text("{name} is let in no more.", name=found.name))


def enable(asked: Asked) -> Response:
    """Lets somebody in again, and ends a wait after wrong passwords."""
    found = _of_somebody_else(asked)
    with asked.desk.writer() as store:
        asked.desk.accounts.enable(found.name)
        asked.desk.note(store, asked.person, "staff.enable", detail=found.name)
    return asked.to(f"/accounts/{found.id}", say=asked.t.text("{name} can log in again.", name=found.name))


def _overview(asked: Asked, given: Given, *, wrong: dict[str, str] | None = None) -> Response:
    people = asked.desk.accounts.people()
    status = 400 if wrong else 200
    return asked.page("accounts.html", status=status, people=people, given=given, wrong=wrong or {}, roles=tuple(Role))


def _one(asked: Asked, found: Account, *, wrong: str = "") -> Response:
    return asked.page(
        "accounts_one.html",
        status=400 if wrong else 200,
        account=found,
        is_own=_is_own(asked, found),
        waits=math.ceil(found.waits.total_seconds() / 60),
        roles=tuple(Role),
        wrong=wrong,
    )


def _made(asked: Asked, name: str, password: str, said: str) -> Response:
    return asked.page("accounts_made.html", name=name, password=password, said=said)


def _account(asked: Asked) -> Account:
    for each in asked.desk.accounts.people():
        if each.id == asked.path["account"]:
            return each
    raise Refusal(404, asked.t.text("There is no such account."))


def _of_somebody_else(asked: Asked) -> Account:
    """So that there is always an administrator left."""
    found = _account(asked)
    if _is_own(asked, found):
        raise Refusal(409, asked.t.text("This is your own account. Another administrator can change it."))
    return found


def _is_own(asked: Asked, found: Account) -> bool:
    return key_of(found.name) == key_of(asked.person.name)


def _role(asked: Asked) -> Role:
    given = _field(asked, "role")
    if given not in set(Role):
        raise Refusal(400, asked.t.text("There is no such role."))
    return Role(given)


def _field(asked: Asked, name: str) -> str:
    value = asked.form.get(name, "")
    return value if isinstance(value, str) else ""


PAGES = (
    Page("GET", "/accounts", Right.STAFF, overview),
    Page("POST", "/accounts", Right.STAFF, add),
    Page("GET", "/accounts/{account:int}", Right.STAFF, one),
    Page("POST", "/accounts/{account:int}/role", Right.STAFF, change_role),
    Page("POST", "/accounts/{account:int}/password", Right.STAFF, change_password),
    Page("POST", "/accounts/{account:int}/disable", Right.STAFF, disable),
    Page("POST", "/accounts/{account:int}/enable", Right.STAFF, enable),
)
