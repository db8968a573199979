"""`results`: a page and a table by postcode for each library, with what went in and what did not."""

from __future__ import annotations

from pathlib import Path

import click

from advocacy_monitor.cli_groups import who_does_it
from advocacy_monitor.translate import LANGUAGES


@click.command(epilog="Example: advocacy-monitor results website/libraries --language de")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of the pages; else that of the packs.")
@click.option("--unverified", "--unverified-too", "unverified_too", is_flag=True,
              help="Also posts that could not be looked up again.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def results(ctx: click.Context, folder: Path, language: str | None, unverified_too: bool, as_json: bool) -> None:
    """Write a page and a table by postcode for each library, for its staff and readers.

    Only counts that are large enough, and up to three quotes that may be read by anybody. An older folder of results is
    replaced as a whole: make them again after each withdrawal. Posts are looked up at their platform first.
    """
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.results.making import make_results
    from advocacy_monitor.terminal import json_line, plain, say

    loaded = load_config(ctx.find_root().obj)
    with open_store(loaded) as store:
        made = make_results(store, loaded, folder, language=language or "", unverified_too=unverified_too)
        store.actions.add(who_does_it(), "results", detail=f"{len(made.libraries)} libraries")
    if as_json:
        json_line(made.numbers())
        return
    say(f"wrote {len(made.files)} files to {plain(str(folder))}")
    for words in made.lines():
        say(plain(words))
