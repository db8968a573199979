"""The verbs about posts and the people behind them: `permission ...`, `verify`, `count`; and `receive`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from advocacy_monitor.cli_groups import account

_ID = click.IntRange(1, 2**63 - 1)
_USE = click.Choice(["quote_unnamed", "quote_named", "send_to_representative"])
_PERSON = click.option("--by", "who", default=None, help="Who notes it.  [default: the name of the account]")


def _path(ctx: click.Context) -> Path:
    path: Path = ctx.find_root().obj
    return path


@click.command(epilog="Example: advocacy-monitor verify mastodon")
@click.argument("sources", nargs=-1)
@click.option(
    "--compliance",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Results of a batch compliance job of X (JSONL), instead of asking.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each source.")
@click.pass_context
def verify(ctx: click.Context, sources: tuple[str, ...], files: tuple[Path, ...], as_json: bool) -> None:
    """Ask the platforms whether posts still stand, and unchanged; what is gone leaves every pack."""
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.outcomes import show_checked
    from advocacy_monitor.recheck import read_compliance_files, verify_all

    loaded = load_config(_path(ctx))
    with open_store(loaded) as store:
        made = read_compliance_files(store, files) if files else verify_all(store, loaded, sources)
    show_checked(made, as_json=as_json)
    sys.exit(1 if any(checked.status == "failed" for checked in made) else 0)


@click.command(epilog="Example: advocacy-monitor count --by theme --since 2026-05-01")
@click.option(
    "--by",
    "cut",
    type=click.Choice(["all", "theme", "source", "area", "library", "language", "month"]),
    default="all",
    show_default=True,
)
@click.option("--theme", "themes", multiple=True, help="Only statements with this theme; may be repeated.")
@click.option("--area", "areas", multiple=True, help="Only statements from this area; may be repeated.")
@click.option("--language", "languages", multiple=True, help="Only statements in this language; may be repeated.")
@click.option("--library", "libraries", multiple=True, help="Only statements about this library; may be repeated.")
@click.option("--source", "sources", multiple=True, help="Only statements from this source; may be repeated.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each row.")
@click.pass_context
def count(
    ctx: click.Context, /, cut: str, since: datetime | None, until: datetime | None, as_json: bool, **query: Any
) -> None:
    """Count what a pack would count, in statements, appearances and people.

    A post on two servers, copied to another network or reposted is one statement with several appearances.
    """
    from advocacy_monitor.config import load_config
    from advocacy_monitor.line import check_query
    from advocacy_monitor.models import Query
    from advocacy_monitor.outcomes import show_counts

    loaded = load_config(_path(ctx))
    wanted = Query(title="count", since=since.date() if since else None, until=until.date() if until else None, **query)
    check_query(loaded, wanted)
    show_counts(loaded, wanted, cut, as_json=as_json)


@click.group()
def permission() -> None:
    """Ask people whether their posts may be quoted, and note what they answer."""


@permission.command("ask", epilog="Example: advocacy-monitor permission ask 12 15 --use quote_unnamed --output drafts")
@click.argument("item_ids", nargs=-1, required=True, type=_ID)
@click.option("--use", "scope", multiple=True, type=_USE, default=("quote_unnamed",), show_default=True)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="A folder for one text file each.")
@click.option("--public", is_flag=True, help="For a reply that everybody can read: without link and code.")
@click.option("--send", is_flag=True, help="Reply through the API where the platform allows it; asks about each.")
@_PERSON
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each draft.")
@click.pass_context
def ask(
    ctx: click.Context,
    item_ids: tuple[int, ...],
    scope: tuple[str, ...],
    output: Path | None,
    public: bool,
    send: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Draft the request for each post, in its language, with a one-time code. You send it, by hand."""
    from advocacy_monitor.asking import ask_all

    confirm = (lambda text: click.confirm(f"{text}\n\nSend this reply?", err=True)) if send else None
    failed = ask_all(
        _path(ctx),
        item_ids,
        scope,
        who=who or account(),
        output=output,
        confirm=confirm,
        public=public,
        as_json=as_json,
    )
    sys.exit(1 if failed else 0)


@permission.command(epilog="Example: advocacy-monitor permission record 12 granted --use quote_named --proof URL")
@click.argument("item_id", type=_ID)
@click.argument("state", type=click.Choice(["asked", "granted", "refused", "withdrawn"]))
@click.option("--use", "scope", multiple=True, type=_USE, help="What was granted; may be repeated.")
@click.option("--proof", required=True, help="How that is known: the answer's address, the date of a mail.")
@_PERSON
@click.pass_context
def record(ctx: click.Context, item_id: int, state: str, scope: tuple[str, ...], proof: str, who: str | None) -> None:
    """Note that a request was sent, or what was answered."""
    from advocacy_monitor.asking import record_one

    record_one(_path(ctx), item_id, state, scope, who=who or account(), proof=proof)


@permission.command("list", epilog="Example: advocacy-monitor permission list --state asked")
@click.option("--state", type=click.Choice(["found", "asked", "granted", "refused", "withdrawn"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each post.")
@click.pass_context
def list_(ctx: click.Context, state: str | None, as_json: bool) -> None:
    """Where each request stands, newest first."""
    from advocacy_monitor.asking import show_permissions

    show_permissions(_path(ctx), state, as_json=as_json)


@click.command(epilog="Example: advocacy-monitor receive --port 8002")
@click.option("--host", default="127.0.0.1", show_default=True, help="Put a web server with https in front of it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8002, show_default=True)
@click.pass_context
def receive(ctx: click.Context, host: str, port: int) -> None:
    """Receive the webhooks of form services, check their signatures and keep them for the next collection."""
    from advocacy_monitor.config import load_config
    from advocacy_monitor.errors import ConfigError

    loaded = load_config(_path(ctx))
    try:
        from advocacy_monitor.web.serve import serve
    except ImportError as error:
        raise ConfigError(f'{error}; install it with: pip install "advocacy-monitor[webhook]"') from error
    serve(loaded, host=host, port=port)
