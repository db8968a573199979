"""The verbs with verbs of their own: `moderate ...` and `codebook ...`."""

from __future__ import annotations

import getpass
import sys
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


@click.group()
def codebook() -> None:
    """Show, check and measure the codebook of themes."""


_NAME = click.argument("name", default="library")


@codebook.command("show", epilog="Example: advocacy-monitor codebook show library")
@_NAME
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each theme.")
def show_codebook(name: str, as_json: bool) -> None:
    """The themes with their definitions. NAME is a shipped codebook or a YAML file."""
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.terminal import json_line, table

    themes = load_codebook(name).themes
    if as_json:
        for theme in themes:
            json_line(theme.model_dump(mode="json"))
        return
    rows = [(theme.code, theme.title["en"], " ".join(theme.definition.split())) for theme in themes]
    table(("code", "title", "definition"), rows)


@codebook.command("check", epilog="Example: advocacy-monitor codebook check my-codebook.yaml")
@_NAME
@click.option("--all", "everything", is_flag=True, help="Also what is often meant, such as shared indicators.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
def check_codebook(name: str, everything: bool, as_json: bool) -> None:
    """Find overlaps, dead indicators and missing languages. Exit code 1 when something grave was found."""
    from advocacy_monitor.codebook import check, load_codebook
    from advocacy_monitor.terminal import json_line, say

    findings = sorted(check(load_codebook(name)), key=lambda finding: not finding.grave)
    grave = sum(finding.grave for finding in findings)
    for finding in findings:
        if as_json:
            json_line({"grave": finding.grave, "finding": str(finding)})
        elif finding.grave or everything:
            say(f"{'grave' if finding.grave else 'note '}  {finding}")
    if not as_json:
        say(f"{name}: {grave} grave, {len(findings) - grave} to know" + ("" if everything else " (shown with --all)"))
    sys.exit(1 if grave else 0)


@codebook.command(epilog="Example: advocacy-monitor codebook evaluate coded.jsonl --codebook library")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--codebook", "name", default="library", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate(file: Path, name: str, as_json: bool) -> None:
    """Precision and recall of each theme on statements that people coded (JSONL: text, language, themes)."""
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.evaluate import evaluate as measure
    from advocacy_monitor.evaluate import format_table, read_statements, to_json

    report = measure(load_codebook(name), read_statements(file))
    sys.stdout.write((to_json(report) if as_json else format_table(report)).rstrip("\n") + "\n")
