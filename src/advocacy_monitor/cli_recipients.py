"""The verbs about decision makers: `recipients ...`, and who got which pack: `pack sent`, `log`, `follow-up`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy_monitor.cli_groups import account

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.models import Recipient
    from advocacy_monitor.recipients_import import Imported

_ID = click.IntRange(1, 2**63 - 1)
_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(dir_okay=False, path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_FORMATS = ("abgeordnetenwatch", "aph", "popolo", "uk-parliament", "wikidata")
_WAYS = ("mail", "post", "in person", "other")
_SHOWN = 10


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


def _list(loaded: Loaded) -> Path:
    return loaded.folder / loaded.config.campaign.recipients


@click.group()
def recipients() -> None:
    """Decision makers that packs are made for: list them, check the file, make it from open data."""


@recipients.command("list", epilog="Example: advocacy-monitor recipients list")
@_JSON
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the decision makers of the campaign's file, and how many packs each got."""
    from advocacy_monitor.delivery_log import show_recipients

    loaded = _load(ctx)
    show_recipients(loaded, _list(loaded), as_json=as_json)


@recipients.command(epilog="Example: advocacy-monitor recipients check")
@click.argument("file", required=False, type=_FILE)
@_JSON
@click.pass_context
def check(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """Read the campaign's file (or FILE) and tell every mistake, unknown columns, and areas that nobody knows."""
    from advocacy_monitor.delivery_log import show_check

    loaded = _load(ctx)
    show_check(loaded, file or _list(loaded), as_json=as_json)


@recipients.command(
    "import", epilog="Example: advocacy-monitor recipients import members.json --as uk-parliament --area Riverside"
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "kind", type=click.Choice(_FORMATS), required=True, help="Which data set the files are of.")
@click.option("--output", type=_FILE, help="[default: the campaign's file of recipients]")
@click.option("--replace", is_flag=True, help="Overwrite a list that is there.")
@click.option("--language", help="Language of their packs and letters.  [default: that of the data set]")
@click.option("--area", "areas", multiple=True, help="Only those of this area; may be repeated.")
@click.option("--on", type=_DAY, help="Who is in office on this day.  [default: today]")
@_JSON
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    files: tuple[Path, ...],
    kind: str,
    output: Path | None,
    replace: bool,
    language: str | None,
    areas: tuple[str, ...],
    on: datetime | None,
    as_json: bool,
) -> None:
    """Make the list from open data that you downloaded; pages of one answer are given as several FILES.

    E-mail addresses and telephone numbers are not kept. Nothing is fetched.
    """
    from advocacy_monitor.areas import folded
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.recipients import write_recipients
    from advocacy_monitor.recipients_import import import_recipients

    path = output or _list(_load(ctx))
    if path.suffix.lower() != ".csv":
        raise ConfigError(f"{path}: the list is written as CSV; give --output with a name that ends in .csv")
    if path.exists() and not replace:
        raise ConfigError(f"{path} exists; give --replace to overwrite it, or --output for another file")
    found = import_recipients(files, kind, on=_day(on), language=language)
    wanted = {folded(area) for area in areas}
    kept = [each for each in found.recipients if not wanted or folded(each.area) in wanted]
    if not kept:
        raise ConfigError(f"{files[0]}: holds nobody" + (f" of {', '.join(areas)}" if areas else " who is in office"))
    write_recipients(kept, path)
    _tell(found, kept, path, as_json=as_json)


def _tell(found: Imported, kept: Sequence[Recipient], path: Path, *, as_json: bool) -> None:
    from advocacy_monitor.terminal import json_line, plain, say, warn

    left_out = [f"{each.name}: {each.reason}" for each in found.left_out]
    if as_json:
        json_line({"file": str(path), "written": len(kept), "left_out": left_out, "notes": list(found.notes)})
        return
    elsewhere = len(found.recipients) - len(kept)
    say(f"{len(kept)} written to {path}" + (f"; {elsewhere} of other areas were not" if elsewhere else ""))
    for note in found.notes:
        warn(plain(note))
    for problem in left_out[:_SHOWN]:
        warn(f"left out: {plain(problem, width=160)}")
    if len(left_out) > _SHOWN:
        warn(f"... and {len(left_out) - _SHOWN} more left out; see --json")
    say("Next: look at it, then: advocacy-monitor recipients check")


def _day(given: datetime | None) -> date:
    from advocacy_monitor.store import now

    return (given or now()).date()


@click.command(epilog="Example: advocacy-monitor pack sent 202611-1a2b3c4d --to ada-example --how 'in person'")
@click.argument("number")
@click.option("--to", "key", required=True, metavar="KEY", help="The recipient's key; `recipients list` shows them.")
@click.option("--by", "who", help="Who handed it over.  [default: the name of the account]")
@click.option("--on", type=_DAY, help="The day.  [default: today]")
@click.option("--how", type=click.Choice(_WAYS), default="mail", show_default=True)
@click.option("--note", default="", help="What to remember about it.")
@_JSON
@click.pass_context
def sent(
    ctx: click.Context,
    /,
    number: str,
    key: str,
    who: str | None,
    on: datetime | None,
    how: str,
    note: str,
    as_json: bool,
) -> None:
    """Note that a pack was handed to a recipient, so that a withdrawal finds who has it."""
    from advocacy_monitor.delivery_log import add_delivery

    loaded = _load(ctx)
    add_delivery(
        loaded,
        _list(loaded),
        pack_number=number.strip(),
        recipient=key.strip(),
        sent_on=_day(on),
        sent_by=account() if who is None else who,
        how=how,
        note=note,
        as_json=as_json,
    )


@click.command(epilog="Example: advocacy-monitor pack log --recipient ada-example")
@click.option("--recipient", metavar="KEY", help="Only what this recipient got.")
@click.option("--pack", "number", metavar="NUMBER", help="Only who got this pack.")
@click.option("--item", type=_ID, help="Only packs that hold this statement: whom to tell when it is withdrawn.")
@_JSON
@click.pass_context
def log(ctx: click.Context, recipient: str | None, number: str | None, item: int | None, as_json: bool) -> None:
    """Who got which pack, when, from whom, and what is to be done about it."""
    from advocacy_monitor.delivery_log import show_log

    show_log(_load(ctx), recipient=recipient, number=number, item_id=item, as_json=as_json)


@click.command(
    "follow-up", epilog="Example: advocacy-monitor pack follow-up 3 --note 'ring the office' --due 2026-12-01"
)
@click.argument("delivery", required=False, type=_ID)
@click.option("--note", help="What to do, or what came.")
@click.option("--due", type=_DAY, help="Until when.")
@click.option("--by", "who", help="Who notes it.  [default: the name of the account]")
@click.option("--done", type=_ID, metavar="ID", help="Note that this follow-up is done.")
@_JSON
@click.pass_context
def follow_up(
    ctx: click.Context,
    /,
    delivery: int | None,
    note: str | None,
    due: datetime | None,
    who: str | None,
    done: int | None,
    as_json: bool,
) -> None:
    """Note what is to be done after a DELIVERY (its number in `pack log`), or that it is done."""
    from advocacy_monitor.delivery_log import add_follow_up, finish_follow_up

    if (delivery is None) == (done is None):
        raise click.UsageError("name a DELIVERY with --note, or a follow-up with --done ID")
    if done is not None:
        if note or due:
            raise click.UsageError("--done takes neither --note nor --due; note what came as a follow-up of its own")
        finish_follow_up(_load(ctx), done, as_json=as_json)
    elif delivery is not None:
        if not note:
            raise click.UsageError("Missing option '--note'.")
        add_follow_up(
            _load(ctx),
            delivery,
            note=note,
            due_on=due.date() if due else None,
            who=account() if who is None else who,
            as_json=as_json,
        )


@click.command("follow-ups", epilog="Example: advocacy-monitor pack follow-ups")
@click.option("--on", type=_DAY, help="What is overdue on this day.  [default: today]")
@_JSON
@click.pass_context
def follow_ups(ctx: click.Context, on: datetime | None, as_json: bool) -> None:
    """What waits to be done about packs that were handed over, overdue first."""
    from advocacy_monitor.delivery_log import show_follow_ups

    show_follow_ups(_load(ctx), _day(on), as_json=as_json)
