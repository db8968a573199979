"""The verbs about places: `places import`, `places check`, `places find`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.gazetteer import Gazetteer

_SHOWN = 10


@click.group()
def places() -> None:
    """Libraries, towns, postcodes and areas: make the campaign's lists, check them, try them."""


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


def _split(given: Iterable[str]) -> dict[str, str]:
    chosen = {}
    for each in given:
        name, sign, heading = each.partition("=")
        if not sign or not heading.strip():
            raise click.UsageError(f"--column {each}: write it as FIELD=HEADING, such as area='Local authority'")
        chosen[name.strip()] = heading
    return chosen


@places.command("import", epilog="Example: advocacy-monitor places import register.csv --column area='LGA Name'")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["libraries", "postcodes"]),
    default="libraries",
    show_default=True,
    help="What it lists.",
)
@click.option(
    "--column", "columns", multiple=True, metavar="FIELD=HEADING", help="Which column is what; may be repeated."
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="[default: KIND.csv beside config.yaml]"
)
@click.option("--replace", is_flag=True, help="Overwrite a list that is there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    kind: str,
    columns: tuple[str, ...],
    output: Path | None,
    replace: bool,
    as_json: bool,
) -> None:
    """Make a list from a register of libraries or a table of postcodes (CSV or XLSX, columns of any name)."""
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.places_import import read_table, write_places
    from advocacy_monitor.terminal import json_line, plain, say, warn

    config: Path = ctx.find_root().obj
    path = output or config.parent / f"{kind}.csv"
    if path.exists() and not replace:
        raise ConfigError(f"{path} exists; give --replace to overwrite it, or --output for another file")
    found = read_table(file, kind, _split(columns))
    if not found.rows:
        raise ConfigError(f"{file}: no row has what is needed; " + "; ".join(found.left_out[:_SHOWN]))
    written = write_places(path, kind, found.rows)
    if as_json:
        json_line(
            {"file": str(path), "read": found.read, "written": written, "left_out": list(found.left_out)}
            | {"columns": dict(found.columns), "unused": list(found.unused)}
        )
        return
    for name, heading in found.columns.items():
        say(f"{name:12} from {plain(heading)}")
    say(f"{written} of {found.read} rows written to {path}" + _equal(found.read - written - len(found.left_out)))
    for problem in found.left_out[:_SHOWN]:
        warn(f"left out: {plain(problem)}")
    if len(found.left_out) > _SHOWN:
        warn(f"... and {len(found.left_out) - _SHOWN} more rows left out")
    say(f"Next: in config.yaml, under `campaign`, write   {kind}: {path.name}")


def _equal(count: int) -> str:
    return f"; {count} were there twice" if count else ""


@places.command(epilog="Example: advocacy-monitor places check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """What in the lists is ambiguous: shared names, postcodes in several areas, libraries without an area."""
    from advocacy_monitor.terminal import json_line, plain, say

    known = _known(_load(ctx))
    findings = list(_findings(known))
    for finding in findings:
        if as_json:
            json_line({"finding": finding})
        else:
            say(plain(finding))
    if not as_json:
        say(
            f"{len(known.libraries)} names of libraries, {len(known.municipalities)} municipalities, "
            f"{len(known.postcodes)} postcodes, {len(known.areas)} areas; {len(findings)} to know"
        )


def _known(loaded: Loaded) -> Gazetteer:
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.gazetteer import read_gazetteer

    campaign = loaded.config.campaign
    files = [loaded.folder / path if path else None for path in (campaign.libraries, campaign.postcodes)]
    if not any(files):
        raise ConfigError(
            f"{loaded.path}: `campaign` has neither `libraries` nor `postcodes`; make a list with: places import FILE"
        )
    return read_gazetteer(files[0], files[1])


def _findings(known: Gazetteer) -> Iterable[str]:
    for kind, names in (("library", known.libraries), ("municipality", known.municipalities)):
        for words, meant in names.items():
            yield from _shared(f"{kind} {' '.join(words)!r}", [place.area for place in meant])
    for code, meant in known.postcodes.items():
        yield from _shared(f"postcode {code}", [place.area for place in meant])


def _shared(name: str, areas: Sequence[str | None]) -> Iterable[str]:
    if None in areas:
        yield f"{name}: has no area"
    several = sorted({area for area in areas if area})
    if len(several) > 1:
        yield f"{name}: lies in {len(several)} areas ({', '.join(several)}); statements that say no more go to staff"


@places.command(epilog="Example: advocacy-monitor places find 'I borrow at Quarry Lane Library in Riverside'")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each name found.")
@click.pass_context
def find(ctx: click.Context, text: str, as_json: bool) -> None:
    """Try the lists on a text ('-' reads standard input): which names are found, and what each may mean."""
    from advocacy_monitor.terminal import json_line, say, table

    known = _known(_load(ctx))
    said = sys.stdin.read() if text == "-" else text
    mentions = list(known.mentions(said))
    rows = [
        (said[m.start : m.end], m.kind, place.library or "", place.municipality or "", place.area or "")
        for m in mentions
        for place in sorted(m.places, key=str)
    ]
    names = ("words", "kind", "library", "municipality", "area")
    if as_json:
        for row in rows:
            json_line(dict(zip(names, row, strict=True)))
    elif rows:
        table(names, rows)
    else:
        say("No place of the lists is named there.")
