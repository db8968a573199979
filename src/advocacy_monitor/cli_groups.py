"""The verbs of `moderate ...`: looking at statements and deciding about them."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

_ID = click.IntRange(1, 2**63 - 1)


@click.group()
def moderate() -> None:
    """Look at statements and decide: approve, reject, escalate, reopen."""


@moderate.command("list", epilog="Example: advocacy-monitor moderate list --theme loneliness_isolation --limit 10")
@click.option("--status", default="pending", show_default=True, help="pending, approved, rejected, escalated or all.")
@click.option("--theme", help="Only statements with this theme.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each statement.")
@click.pass_context
def list_(ctx: click.Context, status: str, theme: str | None, limit: int, as_json: bool) -> None:
    """List statements with what the software found in them."""
    from advocacy_monitor.outcomes import show_queue

    show_queue(_path(ctx), status=status, theme=theme, limit=limit, as_json=as_json)


@moderate.command(epilog="Example: advocacy-monitor moderate show 12")
@click.argument("item_id", type=_ID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def show(ctx: click.Context, item_id: int, as_json: bool) -> None:
    """Everything about one statement: text, spans, versions, consents, decisions, captures, packs."""
    from advocacy_monitor.outcomes import show_item

    show_item(_path(ctx), item_id, as_json=as_json)


def account() -> str:
    """The name of the account; none in a container without one, and then the name must be given."""
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise click.UsageError("who does this? this account has no name; add --moderator NAME or --by NAME") from error


def who_does_it() -> str:
    """The same for the log of what was done, where a container's account may have no name."""
    try:
        return account()
    except click.UsageError:
        return "terminal"


def _decider(name: str, does: str, example: str) -> click.Command:
    @click.argument("item_ids", nargs=-1, required=True, type=_ID)
    @click.option("--reason", default="", help="Why; needed to reject, to escalate, and for protected matters.")
    @click.option("--moderator", default=None, help="Who decides.  [default: the name of the account]")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object.")
    @click.pass_context
    def decide(
        ctx: click.Context, item_ids: tuple[int, ...], reason: str, moderator: str | None, as_json: bool
    ) -> None:
        from advocacy_monitor.outcomes import decide_items

        decide_items(_path(ctx), item_ids, name, reason=reason, moderator=moderator or account(), as_json=as_json)

    return click.command(name, help=does, epilog=f"Example: advocacy-monitor moderate {example}")(decide)


for _name, _does, _example in (
    ("approve", "Approve statements: they may be counted and, with consent, quoted.", "approve 12 15"),
    ("reject", "Reject statements: they are in no pack.", "reject 12 --reason 'names a neighbour'"),
    ("escalate", "Hand statements to somebody who knows more.", "escalate 12 --reason 'a child?'"),
    ("reopen", "Put statements back among the pending ones.", "reopen 12"),
):
    moderate.add_command(_decider(_name, _does, _example))


def _path(ctx: click.Context) -> Path:
    path: Path = ctx.find_root().obj
    return path
