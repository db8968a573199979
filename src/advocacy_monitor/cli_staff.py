"""The verbs about people who work at the desk: `staff add`, `list`, `role`, `password`, `disable`, `enable`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy_monitor.cli_groups import who_does_it
from advocacy_monitor.staff.roles import Role

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.staff.accounts import Account, Accounts

_ROLE = click.Choice([str(role) for role in Role])
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_STDIN = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from the first line of the input."
)


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


@contextmanager
def _opened(loaded: Loaded) -> Iterator[Accounts]:
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.store import now

    try:
        from advocacy_monitor.staff.accounts import Accounts
    except ImportError as error:
        raise ConfigError(f'{error}; install it with: pip install "advocacy-monitor[browse]"') from error
    with Accounts.open(loaded.accounts, clock=now) as accounts:
        yield accounts


def _change(ctx: click.Context, action: str, detail: str, does: Callable[[Accounts], object]) -> None:
    """Changes an account, and notes it in the desk's log under the name of the account at this terminal."""
    from advocacy_monitor.hosting import open_store

    loaded = _load(ctx)
    with open_store(loaded) as store, _opened(loaded) as accounts:
        does(accounts)
        store.actions.add(who_does_it(), action, detail=detail)


def _password(name: str, *, from_stdin: bool) -> tuple[str, bool]:
    """A password that was typed or read, or else a new one, and whether it has to be told."""
    from advocacy_monitor.staff.passwords import check, generate

    given = ""
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise click.UsageError("--password-stdin: the first line of the input is empty")
    elif sys.stdin.isatty():
        given = click.prompt(
            "Password (nothing: one is made)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt="Once more",
        )
    if not given:
        return generate(), True
    check(given, name=name)
    return given, False


def _tell(said: str, *, password: str | None, as_json: bool, **values: str) -> None:
    from advocacy_monitor.terminal import json_line, say

    if as_json:
        json_line({**values, **({"password": password} if password else {})})
        return
    say(said)
    if password:
        say(f"Password: {password}")
        say("It is shown only now. Hand it over in person or by telephone; it can be changed at the desk.")


@click.group()
def staff() -> None:
    """People who work at the desk (`browse`): their accounts, roles and passwords."""


@staff.command(epilog="Example: advocacy-monitor staff add 'Ada Example' --role moderator --language de")
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What this person may do.")
@click.option("--language", type=click.Choice(["de", "en"]), help="Language of the pages.  [default: the browser's]")
@_STDIN
@_JSON
@click.pass_context
def add(ctx: click.Context, /, name: str, role: str, language: str | None, from_stdin: bool, as_json: bool) -> None:
    """Make an account. A password is asked for; where nobody can be asked, one is made and shown."""
    from advocacy_monitor.staff.names import checked_name

    name = checked_name(name)
    password, is_made = _password(name, from_stdin=from_stdin)
    _change(
        ctx,
        "staff.add",
        f"{name}: {role}",
        lambda accounts: accounts.add(name, Role(role), password, language=language),
    )
    shown = password if is_made else None
    _tell(f"{name} can log in as {role}.", password=shown, as_json=as_json, name=name, role=role)


@staff.command("list", epilog="Example: advocacy-monitor staff list")
@_JSON
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the accounts: role, last log-in, and who is locked out."""
    from advocacy_monitor.terminal import json_line, say, table

    with _opened(_load(ctx)) as accounts:
        people = accounts.people()
    if as_json:
        for each in people:
            json_line(
                {
                    "name": each.name,
                    "role": str(each.role),
                    "language": each.language,
                    "made_at": each.made_at.isoformat(),
                    "last_in_at": each.last_in_at.isoformat() if each.last_in_at else None,
                    "disabled_at": each.disabled_at.isoformat() if each.disabled_at else None,
                    "locked_seconds": round(each.waits.total_seconds()),
                }
            )
        return
    if not people:
        say("Nobody has an account yet. Next: advocacy-monitor staff add NAME --role administrator")
        return
    rows = [(each.name, each.role, each.last_in_at and f"{each.last_in_at:%Y-%m-%d}", _state(each)) for each in people]
    table(("name", "role", "last log-in", "state"), [[cell or "" for cell in row] for row in rows])


def _state(found: Account) -> str:
    if found.disabled_at:
        return f"disabled since {found.disabled_at:%Y-%m-%d}"
    minutes = -(-found.waits.total_seconds() // 60)
    return f"locked after failures, {minutes:.0f} min" if minutes else ""


@staff.command("role", epilog="Example: advocacy-monitor staff role 'Ada Example' coder")
@click.argument("name")
@click.argument("role", type=_ROLE)
@_JSON
@click.pass_context
def role_(ctx: click.Context, name: str, role: str, as_json: bool) -> None:
    """Give somebody another role; they have to log in again."""
    _change(ctx, "staff.role", f"{name}: {role}", lambda accounts: accounts.set_role(name, Role(role)))
    _tell(f"{name} is {role} now and has to log in again.", password=None, as_json=as_json, name=name, role=role)


@staff.command("password", epilog="Example: advocacy-monitor staff password 'Ada Example'")
@click.argument("name")
@_STDIN
@_JSON
@click.pass_context
def password_(ctx: click.Context, name: str, from_stdin: bool, as_json: bool) -> None:
    """Give somebody another password; whoever is logged in with the old one is logged out."""
    with _opened(_load(ctx)) as accounts:
        name = accounts.account(name).name
    password, is_made = _password(name, from_stdin=from_stdin)
    _change(ctx, "staff.password", name, lambda accounts: accounts.set_password(name, password))
    shown = password if is_made else None
    _tell(f"{name} has another password.", password=shown, as_json=as_json, name=name)


@staff.command(epilog="Example: advocacy-monitor staff disable 'Ada Example'")
@click.argument("name")
@_JSON
@click.pass_context
def disable(ctx: click.Context, name: str, as_json: bool) -> None:
    """Let somebody in no more, from this moment. What they decided stays, with their name."""
    _change(ctx, "staff.disable", name, lambda accounts: accounts.disable(name))
    _tell(f"{name} is let in no more.", password=None, as_json=as_json, name=name)


@staff.command(epilog="Example: advocacy-monitor staff enable 'Ada Example'")
@click.argument("name")
@_JSON
@click.pass_context
def enable(ctx: click.Context, name: str, as_json: bool) -> None:
    """Let somebody in again; ends a wait after too many failures, too."""
    _change(ctx, "staff.enable", name, lambda accounts: accounts.enable(name))
    _tell(f"{name} can log in again.", password=None, as_json=as_json, name=name)
