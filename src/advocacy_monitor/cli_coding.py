"""The verbs of coding by hand: `code ...` and `agreement`. No logic: that is in `coding/`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy_monitor.cli_groups import account

if TYPE_CHECKING:
    from advocacy_monitor.codebook import Codebook
    from advocacy_monitor.store import Store

_FILE = click.Path(dir_okay=False, path_type=Path)
_ROUND = click.argument("name", metavar="ROUND")
_CODER = click.option("--coder", default=None, help="Who codes.  [default: the name of the account]")
_BY = click.option("--by", "who", default=None, help="Who does this.  [default: the name of the account]")
_TITLES = click.option("--titles", default="en", show_default=True, help="Language of the themes' titles, such as de.")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@contextmanager
def _campaign(ctx: click.Context) -> Iterator[tuple[Store, Codebook]]:
    """The campaign's store, and the codebook that it codes by."""
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.line import codebook_name

    loaded = load_config(ctx.find_root().obj)
    codebook = load_codebook(codebook_name(loaded))
    with open_store(loaded) as store:
        yield store, codebook


def _forgiving_input() -> None:
    """Bytes that are no text of the terminal's encoding become marks; they must not end a sitting."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _ask(question: str) -> str | None:
    """A line of input, None at its end; works at a terminal and with a pipe."""
    click.echo(f"{question}> ", nl=False)
    line = sys.stdin.readline()
    if not line:
        click.echo()
        return None
    return line.rstrip("\n")


@click.group()
def code() -> None:
    """Code statements by hand: draw a round, code it blind, compare, settle, close."""


@code.command(epilog="Example: advocacy-monitor code sample autumn-1 --size 100 --language de")
@_ROUND
@click.option("--size", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many statements.")
@click.option("--random", "chance", type=click.FloatRange(0, 1), default=0.25, show_default=True,
              help="The share drawn by chance, which alone describes the whole collection.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Same seed, same draw.")
@click.option("--theme", "themes", multiple=True, help="Apart from those drawn by chance, only about this theme.")
@click.option("--language", "languages", multiple=True, help="Only statements in this language; may be repeated.")
@click.option("--again", is_flag=True, help="Also statements that were coded before.")
@_BY
@_JSON
@click.pass_context
def sample(
    ctx: click.Context,
    name: str,
    size: int,
    chance: float,
    seed: int,
    themes: tuple[str, ...],
    languages: tuple[str, ...],
    again: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Draw a round: some statements by chance, the rest where the software is unsure, rare themes first."""
    from advocacy_monitor.coding.rounds import draw_round
    from advocacy_monitor.coding.scoring import scoring_of
    from advocacy_monitor.coding.telling import show_draw
    from advocacy_monitor.config import load_config
    from advocacy_monitor.training_job import models_folder

    models = models_folder(load_config(ctx.find_root().obj))
    with _campaign(ctx) as (store, codebook):
        round_, drawn = draw_round(
            *(store, codebook, name),
            size=size,
            chance=chance,
            seed=seed,
            themes=themes,
            languages=languages,
            again=again,
            made_by=who or account(),
            scoring=scoring_of(store, codebook, models),
        )
    show_draw(round_, drawn, wanted=size, as_json=as_json)


@code.command("next", epilog="Example: advocacy-monitor code next autumn-1 --coder Anna")
@_ROUND
@_CODER
@_TITLES
@click.pass_context
def next_(ctx: click.Context, name: str, coder: str | None, titles: str) -> None:
    """Code one statement after the other, blind to the software and to other coders."""
    from advocacy_monitor.coding.at_terminal import code_round
    from advocacy_monitor.coding.rounds import coder_called, require_same_rules, round_called

    with _campaign(ctx) as (store, codebook):
        round_ = round_called(store, name)
        require_same_rules(codebook, round_)
        who = coder_called(store, coder or account())
        _forgiving_input()
        code_round(store, codebook, round_, who, ask=_ask, say=click.echo, language=titles)


@code.command(epilog="Example: advocacy-monitor code export autumn-1 --coder Anna anna.xlsx")
@_ROUND
@click.argument("file", type=_FILE)
@_CODER
@_JSON
@click.pass_context
def export(ctx: click.Context, name: str, file: Path, coder: str | None, as_json: bool) -> None:
    """Write a round as a sheet for one coder (.csv or .xlsx), to be filled in and imported again."""
    from advocacy_monitor.coding.rounds import coder_called, require_same_rules, round_called
    from advocacy_monitor.coding.sheets import write_sheet
    from advocacy_monitor.terminal import json_line, say

    with _campaign(ctx) as (store, codebook):
        round_ = round_called(store, name)
        require_same_rules(codebook, round_)
        who = coder_called(store, coder or account())
        count = write_sheet(store, codebook, round_, who, file)
    if as_json:
        json_line({"round": round_.name, "coder": who, "file": str(file), "statements": count})
    else:
        say(f"wrote {file}: {count} statements for {who}; put an x where a theme fits, then import it")


@code.command("import", epilog="Example: advocacy-monitor code import autumn-1 --coder Anna anna.xlsx")
@_ROUND
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_CODER
@_JSON
@click.pass_context
def import_(ctx: click.Context, name: str, file: Path, coder: str | None, as_json: bool) -> None:
    """Read a filled sheet, whole or not at all; every mistake is named by row and column."""
    from advocacy_monitor.coding.rounds import coder_called, require_same_rules, round_called
    from advocacy_monitor.coding.sheets import read_sheet
    from advocacy_monitor.terminal import json_line, say

    with _campaign(ctx) as (store, codebook):
        round_ = round_called(store, name)
        require_same_rules(codebook, round_)
        who = coder_called(store, coder or account())
        filled = read_sheet(store, codebook, round_, who, file)
    if as_json:
        values = {"answered": filled.answered, "stored": filled.stored, "empty": filled.empty, "kept": filled.kept}
        json_line({"round": round_.name, "coder": who, **values})
    else:
        say(f"{filled.answered} answers read, {filled.stored} new or changed; {filled.empty} rows are empty")
        if filled.kept:
            say(f"{filled.kept} of the empty rows keep the answer they had; mark none or too_short to change it")


@code.command(epilog="Example: advocacy-monitor code status autumn-1")
@click.argument("name", metavar="[ROUND]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each round.")
@click.pass_context
def status(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Who has coded how much, how far the coders agree so far, what is still open."""
    from advocacy_monitor.coding.rounds import round_called
    from advocacy_monitor.coding.telling import show_status

    with _campaign(ctx) as (store, codebook):
        rounds = [round_called(store, name)] if name else store.rounds.all()
        show_status(store, codebook, rounds, as_json=as_json)


@code.command(epilog="Example: advocacy-monitor code adjudicate autumn-1 --by Carla")
@_ROUND
@_BY
@_TITLES
@click.pass_context
def adjudicate(ctx: click.Context, name: str, who: str | None, titles: str) -> None:
    """Settle the statements on which coders differ: both answers without names, then yours."""
    from advocacy_monitor.coding.at_terminal import settle_round
    from advocacy_monitor.coding.rounds import coder_called, round_called
    from advocacy_monitor.coding.telling import warn_of_change

    with _campaign(ctx) as (store, codebook):
        round_ = round_called(store, name)
        warn_of_change(codebook, round_)
        person = coder_called(store, who or account())
        _forgiving_input()
        settle_round(store, codebook, round_, person, ask=_ask, say=click.echo, language=titles)


@code.command(epilog="Example: advocacy-monitor code close autumn-1 --by Carla")
@_ROUND
@_BY
@click.option("--single-coder", is_flag=True, help="Also take codes that only one person gave.")
@_JSON
@click.pass_context
def close(ctx: click.Context, name: str, who: str | None, single_coder: bool, as_json: bool) -> None:
    """Close a round: its codes count from now on, in packs and for the software to learn from."""
    from advocacy_monitor.coding.rounds import coder_called, round_called
    from advocacy_monitor.coding.settling import close_round
    from advocacy_monitor.coding.telling import show_closed

    with _campaign(ctx) as (store, _):
        round_ = round_called(store, name)
        person = coder_called(store, who or account())
        closed = close_round(store, round_, by=person, single_coder=single_coder)
    show_closed(round_, closed, person, as_json=as_json)


@click.command(epilog="Example: advocacy-monitor agreement autumn-1 --html agreement.html")
@click.argument("name", metavar="ROUND|all", default="all")
@click.option("--html", "file", type=_FILE, help="Also write the whole report as a page.")
@_JSON
@click.pass_context
def agreement(ctx: click.Context, name: str, file: Path | None, as_json: bool) -> None:
    """How far coders agree on each theme: alpha, kappa, AC1 with intervals, and what to talk about."""
    from advocacy_monitor.coding.agreement import agreement_of
    from advocacy_monitor.coding.rounds import round_called
    from advocacy_monitor.coding.telling import show_agreement

    with _campaign(ctx) as (store, codebook):
        rounds = None if name == "all" else [round_called(store, name).name]
        report = agreement_of(store, rounds=rounds, themes=codebook.codes)
        show_agreement(store, report, codebook, file=file, as_json=as_json)
