"""`pack` and what belongs to it: making packs, choosing their quotes, checking and comparing them, who got them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy_monitor.cli_query import changed_query, known_recipient, query_of, query_options

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.models import Query
    from advocacy_monitor.packing import Order

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


class _Packs(click.Group):
    """A group that makes a pack by itself; its other verbs stand beside that."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            raise click.UsageError("say what the pack is about: --title 'What Riverside says'", ctx)
        return super().parse_args(ctx, args)


@click.group(
    cls=_Packs,
    invoke_without_command=True,
    epilog="Example: advocacy-monitor pack --title 'Riverside' --area Riverside --format pdf --output packs",
)
@query_options
@click.option("--for-each", type=click.Choice(["recipient"]), help="One pack for each of the recipients' file.")
@click.option("--selection", type=_FILE, help="The quotes as staff chose them; `pack propose` writes such a file.")
@click.option("--widen/--no-widen", default=None, help="A larger area where a recipient's has few statements.")
@click.option("--format", "formats", multiple=True, default=("pdf",), show_default=True, help="Repeatable; or all.")
@click.option("--output", type=_FOLDER, default=Path("packs"), show_default=True)
@click.option("--unverified", "unverified_too", is_flag=True, help="Also posts that could not be looked up again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each pack.")
@click.pass_context
def pack(
    ctx: click.Context,
    /,
    for_each: str | None,
    selection: Path | None,
    widen: bool | None,
    formats: tuple[str, ...],
    output: Path,
    unverified_too: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Make evidence packs of approved, consented statements, with their method.

    Posts are looked up at their platform first; those that no longer stand there are left out.
    """
    if ctx.invoked_subcommand is not None:
        return
    from advocacy_monitor.config import load_config
    from advocacy_monitor.packing import Order
    from advocacy_monitor.selection_file import read_selection

    loaded = load_config(ctx.find_root().obj)
    chosen = read_selection(selection) if selection else None
    query = changed_query(loaded, chosen.query, **asked) if chosen else query_of(loaded, **asked)
    order = Order(
        formats=formats,
        output=output,
        unverified_too=unverified_too,
        selection=chosen,
        widen=for_each is not None if widen is None else widen,
    )
    failed = (
        _for_each(loaded, query, order, as_json=as_json) if for_each else _one(loaded, query, order, as_json=as_json)
    )
    if failed:
        ctx.exit(1)


def _one(loaded: Loaded, query: Query, order: Order, *, as_json: bool) -> bool:
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.outcomes import show_pack
    from advocacy_monitor.packing import export_pack

    if recipient := known_recipient(loaded, query.recipient):
        query = replace(query, recipient=recipient.shown)
        order = replace(order, recipient=replace(recipient, area="") if query.areas else recipient)
    elif "{area}" in query.title or "{name}" in query.title:
        raise click.UsageError(
            f"the title {query.title!r} is about a recipient, and {query.recipient!r} stands in no file of recipients"
            if query.recipient
            else f"the title {query.title!r} is about a recipient; say which: --recipient KEY"
        )
    with open_store(loaded) as store:
        made = export_pack(store, loaded, query, order)
    show_pack(made, as_json=as_json)
    return bool(made.failures)


def _for_each(loaded: Loaded, query: Query, order: Order, *, as_json: bool) -> bool:
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.outcomes import show_pack_line, show_packs_made
    from advocacy_monitor.packing import export_for_each
    from advocacy_monitor.recipients import read_recipients

    if order.selection is not None or query.areas or query.recipient:
        raise click.UsageError("--for-each takes area and quotes of each recipient; leave out --selection, --area and "
                               "--recipient")  # fmt: skip
    recipients = read_recipients(loaded.folder / loaded.config.campaign.recipients)
    made = failed = 0
    with open_store(loaded) as store:
        for each in export_for_each(store, loaded, query, recipients, order):
            failed += isinstance(each, str) or bool(each.failures)
            made += not isinstance(each, str)
            show_pack_line(each, as_json=as_json)
    show_packs_made(made, failed, order.output, as_json=as_json)
    return bool(failed)


def _add_commands() -> None:
    from advocacy_monitor.cli_choice import propose, used
    from advocacy_monitor.cli_pack_check import diff, verify
    from advocacy_monitor.cli_recipients import follow_up, follow_ups, log, sent

    for command in (propose, used, verify, diff, sent, log, follow_up, follow_ups):
        pack.add_command(command)


_add_commands()
