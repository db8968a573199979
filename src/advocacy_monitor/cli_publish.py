"""`publish`: the public file, and on request a page, with what went in and what did not."""

from __future__ import annotations

from pathlib import Path

import click

from advocacy_monitor.cli_groups import who_does_it

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(epilog="Example: advocacy-monitor publish public.db --html website")
@click.argument("path", type=_FILE)
@click.option("--html", type=_FOLDER, help="Also a page for the web, as index.html in this folder.")
@click.option("--unverified", "--unverified-too", "unverified_too", is_flag=True,
              help="Also posts that could not be looked up again.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def publish(ctx: click.Context, path: Path, html: Path | None, unverified_too: bool, as_json: bool) -> None:
    """Write a file for the public: approved statements that may be quoted, and counts.

    It holds redacted words, no accounts and no contact details. An older file of the same name is replaced as a whole:
    publish again after each withdrawal. Posts are looked up at their platform first.
    """
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.publish import publish as make
    from advocacy_monitor.terminal import json_line, plain, say

    loaded = load_config(ctx.find_root().obj)
    with open_store(loaded) as store:
        made = make(store, loaded, path, html=html, unverified_too=unverified_too)
        store.actions.add(who_does_it(), "publish", detail=f"{made.statements} statements")
    if as_json:
        json_line(made.numbers())
        return
    for file in made.files:
        say(f"wrote {plain(str(file))}")
    for words in made.lines():
        say(plain(words))
