"""`pack verify` and `pack diff`: for the association, and for whoever got a pack and wants to check it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from advocacy_monitor.pack_checks import Check, Verified
    from advocacy_monitor.store import Store

_PACK = click.Path(exists=True, path_type=Path)


@click.command(epilog="Example: advocacy-monitor pack verify 202611-3f2a9c1b.zip")
@click.argument("file", type=_PACK)
@click.option(
    "--captures",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with records as they were received, to compare quotes with.",
)
@click.option(
    "--database/--no-database",
    default=None,
    help="Compare with the campaign's database.  [default: if there is a config.yaml]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def verify(ctx: click.Context, file: Path, captures: Path | None, database: bool | None, as_json: bool) -> None:
    """Check a pack: a bundle (ZIP or unpacked) or its JSON file.

    Digests, quotes and figures are checked against each other; this needs no settings. With the campaign's database,
    every quote is compared with what was said and with what may be quoted now. Exits with 1 when a check failed.
    """
    from advocacy_monitor.pack_verify import verify_pack

    with _store(ctx, database) as store:
        found = verify_pack(file, store=store, captures=captures)
    if as_json:
        _show_json(found)
    else:
        _show(found)
    if found.failed:
        ctx.exit(1)


@click.command(epilog="Example: advocacy-monitor pack diff spring.zip autumn.zip")
@click.argument("older", type=_PACK)
@click.argument("newer", type=_PACK)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def diff(older: Path, newer: Path, as_json: bool) -> None:
    """Say what came, went and changed from one pack to another: figures, quotes, method, versions.

    OLDER and NEWER are bundles or JSON files of packs. Quotes are told apart by the statement's own number.
    """
    from advocacy_monitor.pack_diff import diff as difference
    from advocacy_monitor.pack_diff import lines, plain_values
    from advocacy_monitor.pack_digest import read_pack
    from advocacy_monitor.terminal import plain, say

    found = difference(read_pack(older), read_pack(newer))
    if as_json:
        _json(plain_values(found))
        return
    for line in lines(found):
        say(plain(line) if not line.startswith("  ") else f"  {plain(line)}")


@contextmanager
def _store(ctx: click.Context, wanted: bool | None) -> Iterator[Store | None]:
    """The campaign's database, read only; None where there is none and nobody insists."""
    from advocacy_monitor.config import load_config
    from advocacy_monitor.errors import AdvocacyMonitorError
    from advocacy_monitor.store import Store
    from advocacy_monitor.terminal import warn

    with contextlib.ExitStack() as stack:
        opened = None
        path = ctx.find_root().obj
        if wanted or (wanted is None and isinstance(path, Path) and path.is_file()):
            try:
                opened = stack.enter_context(Store.open_read_only(load_config(path).database))
                stack.enter_context(opened.snapshot())
            except AdvocacyMonitorError as error:
                if wanted:
                    raise
                warn(f"not compared with a database: {error}")
        yield opened


def _show(found: Verified) -> None:
    from advocacy_monitor.terminal import plain, say

    say(f"{plain(found.path)}: {f'pack {plain(found.number)}, {plain(found.title)}' if found.number else 'no pack'}")
    for each in found.checks:
        say(f"  {each.outcome:<12}  {plain(each.name)}: {plain(each.said)}{_numbers(each)}")
    say()
    say(_sentence(found))


def _numbers(check: Check) -> str:
    from advocacy_monitor.pack_checks import listed

    if not check.exhibits:
        return ""
    shown = [str(number) if number else "one that the pack does not have" for number in check.exhibits]
    return f" (exhibit {listed(shown)})"


def _sentence(found: Verified) -> str:
    from advocacy_monitor.pack_checks import Outcome
    from advocacy_monitor.terminal import plain

    counted = {outcome: sum(each.outcome is outcome for each in found.checks) for outcome in Outcome}
    if found.failed:
        return f"{counted[Outcome.FAILED]} of {len(found.checks)} checks failed: do not rely on this file."
    missing = counted[Outcome.NOT_POSSIBLE]
    passed = f"{counted[Outcome.OK]} checks passed, {missing} {'was' if missing == 1 else 'were'} not possible."
    return (
        f"{passed} This says that the file was not changed since its digest was made; ask the publisher, by a way that "
        f"you know, whether pack {plain(found.number)} has the digest {plain(found.digest)}."
    )


def _show_json(found: Verified) -> None:
    _json(
        {
            "file": found.path,
            "number": found.number,
            "digest": found.digest,
            "title": found.title,
            "failed": found.failed,
            "checks": [
                {"name": c.name, "outcome": c.outcome.value, "said": c.said, "exhibits": list(c.exhibits)}
                for c in found.checks
            ],
        }
    )


def _json(values: dict[str, Any]) -> None:
    """One object on a line, in ASCII: a stranger's pack may hold what no terminal and no UTF-8 can take."""
    from advocacy_monitor.terminal import say

    say(json.dumps(values, sort_keys=True))
