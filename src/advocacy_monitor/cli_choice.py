"""The verbs about the choice of quotes: `pack propose`, `pack used`, `moderate translate`, `moderate stance`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy_monitor.cli_groups import account
from advocacy_monitor.cli_query import known_recipient, query_of, query_options

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded

_ID = click.IntRange(1, 2**63 - 1)
_FILE = click.Path(dir_okay=False, path_type=Path)


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


@click.command(epilog="Example: advocacy-monitor pack propose --title 'Riverside' --area Riverside")
@query_options
@click.option("--output", type=_FILE, default=Path("selection.yaml"), show_default=True, help="The file to write.")
@click.option("--most", type=click.IntRange(1), default=60, show_default=True, help="So many quotes at most.")
@click.option("--unverified", "unverified_too", is_flag=True, help="Also posts that could not be looked up again.")
@click.option("--replace", is_flag=True, help="Write over a file that is there; somebody's choice in it is lost.")
@click.pass_context
def propose(ctx: click.Context, /, output: Path, most: int, unverified_too: bool, replace: bool, **asked: Any) -> None:
    """Write the quotes of a pack into a file, in the order that the software proposes, for a person to change.

    Then: advocacy-monitor pack --selection selection.yaml ...
    """
    from dataclasses import replace as changed

    from advocacy_monitor.choosing import propose_pack
    from advocacy_monitor.packing import Order
    from advocacy_monitor.terminal import say

    loaded = _load(ctx)
    query = query_of(loaded, **asked)
    order = Order(formats=(), output=output.parent, unverified_too=unverified_too)
    if recipient := known_recipient(loaded, query.recipient):
        query = changed(query, recipient=recipient.shown)
        order = changed(order, recipient=changed(recipient, area="") if query.areas else recipient)
    number = propose_pack(loaded, query, output, order=order, most=most, replace=replace)
    say(f"wrote {output} with {number} quotes; write your name after chosen_by, and change what you like")


@click.command(epilog="Example: advocacy-monitor pack used 12 15")
@click.argument("item_ids", nargs=-1, required=True, type=_ID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def used(ctx: click.Context, item_ids: tuple[int, ...], as_json: bool) -> None:
    """In which packs statements stand, on a page or in the annex, who chose that, and who got the pack."""
    from advocacy_monitor.choosing import show_uses

    show_uses(_load(ctx), item_ids, as_json=as_json)


@click.command(epilog="Example: advocacy-monitor moderate translate 12 --language en --text 'I came every day.'")
@click.argument("item_id", type=_ID)
@click.option("--language", required=True, help="Into which language: ar, de, en, es, fr, ru or zh.")
@click.option("--text", help="The translation of the words as they may leave, with their marks.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The same, in a UTF-8 file.")
@click.option("--take-back", is_flag=True, help="Show no translation into this language any more.")
@click.option("--by", help="Who translated.  [default: the name of the account]")
@click.pass_context
def translate(
    ctx: click.Context,
    item_id: int,
    language: str,
    text: str | None,
    file: Path | None,
    take_back: bool,
    by: str | None,
) -> None:
    """Write down a person's translation of a statement. It stands below the quote in packs, marked as that."""
    from advocacy_monitor.choosing import translate as noted

    if (text is not None) + (file is not None) + take_back != 1:
        raise click.UsageError("give the translation by --text or by --file, or add --take-back")
    written = _read(file) if file is not None else text or ""
    if not take_back and not written.strip():
        raise click.UsageError("the translation is empty; --take-back takes the last one back")
    noted(_load(ctx), item_id, language, written, by=by or account())


@click.command(epilog="Example: advocacy-monitor moderate stance 12 15 --is complaint")
@click.argument("item_ids", nargs=-1, required=True, type=_ID)
@click.option(
    "--is",
    "stance",
    required=True,
    type=click.Choice(["complaint", "praise", "thanks", "request", "mixed", "none"]),
    help="What the author does.",
)
@click.option("--by", help="Who says so.  [default: the name of the account]")
@click.pass_context
def stance(ctx: click.Context, item_ids: tuple[int, ...], stance: str, by: str | None) -> None:
    """Mark statements as complaint, praise and so on. Packs show as critics only what a person marked."""
    from advocacy_monitor.choosing import mark_stance

    mark_stance(_load(ctx), item_ids, stance, by=by or account())


def _read(file: Path) -> str:
    from advocacy_monitor.errors import ConfigError

    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
