"""The verbs about the codebook of themes: `codebook show`, `codebook check`, `codebook diff`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from advocacy_monitor.codebook import Codebook
    from advocacy_monitor.codebook_texts import Text

_DATABASE = "database"
_TOGETHER = 0.6


@click.group()
def codebook() -> None:
    """Show, check and compare codebooks of themes."""


_NAME = click.argument("name", required=False)
_ON = click.option(
    "--on",
    metavar="FILE|database",
    help="Texts to try it on: JSON lines with `text`, or the campaign's database.  [default: the database, if there]",
)


@codebook.command("show", epilog="Example: advocacy-monitor codebook show library --theme safe_space")
@_NAME
@click.option("--theme", "code", help="Only this theme.")
@click.option("--short", is_flag=True, help="A table of codes, titles and definitions.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each theme.")
@click.pass_context
def show_codebook(ctx: click.Context, name: str | None, code: str | None, short: bool, as_json: bool) -> None:
    """A codebook with its rules, themes, examples and settled doubts.

    NAME is a shipped codebook or a YAML file; without it, the campaign's, else `library`.
    """
    from advocacy_monitor.codebook_show import codebook_lines, heading, theme_lines, theme_record
    from advocacy_monitor.terminal import json_line, say, table

    shown = _codebook(ctx, name)
    themes = [shown.theme(code)] if code else shown.themes
    if as_json:
        for theme in themes:
            json_line(theme_record(shown, theme))
    elif short:
        rows = [(theme.code, theme.title["en"], " ".join(theme.definition.split())) for theme in themes]
        table(("code", "title", "definition"), rows, title=heading(shown))
    else:
        for line in theme_lines(shown, themes[0]) if code else codebook_lines(shown):
            say(line)


@codebook.command("check", epilog="Example: advocacy-monitor codebook check my-codebook.yaml --on answers.jsonl")
@_NAME
@_ON
@click.option(
    "--together",
    type=click.FloatRange(0, 1, min_open=True),
    default=_TOGETHER,
    show_default=True,
    help="From which Jaccard index or phi on a pair of themes is told.",
)
@click.option("--all", "everything", is_flag=True, help="Also what is often meant, such as shared indicators.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
@click.pass_context
def check_codebook(
    ctx: click.Context, name: str | None, on: str | None, together: float, everything: bool, as_json: bool
) -> None:
    """Find overlaps, dead indicators, missing languages and examples that are not kept.

    NAME is a shipped codebook or a YAML file; without it, the campaign's, else `library`. With texts at hand it also
    finds indicators and themes that find nothing, and pairs of themes that nearly always come together. Exit code 1
    when something grave was found.
    """
    from advocacy_monitor.codebook_check import check
    from advocacy_monitor.codebook_occurrence import occurrence
    from advocacy_monitor.codebook_show import heading, occurrence_lines
    from advocacy_monitor.terminal import json_line, say

    checked = _codebook(ctx, name)
    findings = sorted(check(checked), key=lambda finding: not finding.grave)
    grave = sum(finding.grave for finding in findings)
    for finding in findings:
        if as_json:
            json_line({"grave": finding.grave, "finding": str(finding)})
        elif finding.grave or everything:
            say(f"{'grave' if finding.grave else 'note '}  {finding}")
    with _texts(ctx, on) as texts:
        found = None if texts is None else occurrence(checked, texts, together=together)
    if found is not None and as_json:
        pairs = [asdict(pair) | {"jaccard": pair.jaccard, "phi": pair.phi} for pair in found.pairs]
        json_line({"occurrence": asdict(found) | {"pairs": pairs}, "together": together})
    elif found is not None:
        for line in occurrence_lines(found, together=together, everything=everything):
            say(line)
    if not as_json:
        more = "" if everything else " (shown with --all)"
        say(f"{heading(checked)}: {grave} grave, {len(findings) - grave} to know{more}")
    sys.exit(1 if grave else 0)


@codebook.command("diff", epilog="Example: advocacy-monitor codebook diff library my-codebook.yaml --on answers.jsonl")
@click.argument("old")
@click.argument("new")
@_ON
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def diff_codebooks(ctx: click.Context, old: str, new: str, on: str | None, as_json: bool) -> None:
    """What codebook NEW would change against OLD, before it is applied: rules, indicators, statements.

    OLD and NEW are shipped codebooks or YAML files. What people coded is never changed.
    """
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.codebook_diff import differences, effects
    from advocacy_monitor.codebook_show import difference_lines, effect_lines, heading
    from advocacy_monitor.terminal import json_line, say

    before, after = load_codebook(old), load_codebook(new)
    found = differences(before, after)
    with _texts(ctx, on) as texts:
        effect = None if texts is None else effects(before, after, texts)
    if as_json:
        books = {
            key: {"name": book.name, "version": book.version, "digest": book.digest}
            for key, book in (("old", before), ("new", after))
        }
        json_line({**books, "differences": asdict(found), "effects": asdict(effect) if effect else None})
        return
    say(f"{heading(before)} -> {heading(after)}")
    for line in difference_lines(found):
        say(line)
    say()
    for line in effect_lines(effect) if effect else ("no statements to try it on; name some with --on FILE",):
        say(line)


def _codebook(ctx: click.Context, name: str | None) -> Codebook:
    """The codebook that is named, else the campaign's, else the shipped one."""
    from advocacy_monitor.codebook import load_codebook

    config = _config(ctx)
    if name is None and config.is_file():
        from advocacy_monitor.config import load_config
        from advocacy_monitor.line import codebook_name

        name = codebook_name(load_config(config))
    return load_codebook(name or "library")


@contextmanager
def _texts(ctx: click.Context, on: str | None) -> Iterator[Iterator[Text] | None]:
    """The texts of a file or of the campaign's database; None where none are named and there is no database."""
    from advocacy_monitor.codebook_texts import stored_texts, texts_in
    from advocacy_monitor.errors import ConfigError

    if on is not None and on != _DATABASE:
        yield texts_in(Path(on))
        return
    config = _config(ctx)
    if not config.is_file():
        if on is not None:
            raise ConfigError(f"--on database: there is no configuration {config}; name a file of texts instead")
        yield None
        return
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store

    loaded = load_config(config)
    if not loaded.database.exists():
        if on is not None:
            raise ConfigError(f"--on database: there is no database {loaded.database} yet")
        yield None
        return
    with open_store(loaded) as store:
        yield stored_texts(store)


def _config(ctx: click.Context) -> Path:
    path: Path = ctx.find_root().obj or Path("config.yaml")
    return path
