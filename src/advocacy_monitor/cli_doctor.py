"""The verb `doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(epilog="Example: advocacy-monitor doctor --repair")
@click.option("--repair", is_flag=True, help="Repair what can be repaired; a backup is made first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
@click.pass_context
def doctor(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Read every page of the databases, compare what belongs together, and say what can be repaired and what cannot."""
    from advocacy_monitor.config import load_config
    from advocacy_monitor.doctor import examine
    from advocacy_monitor.terminal import json_line, table

    path: Path = ctx.find_root().obj
    findings = examine(load_config(path), repair=repair)
    if as_json:
        for each in findings:
            json_line({"ok": each.ok, "what": each.what, "found": each.found, "remedy": each.remedy})
    else:
        rows = [("ok" if each.ok else "WRONG", each.what, each.found, each.remedy) for each in findings]
        table(("", "what", "found", "remedy"), rows)
    sys.exit(0 if all(each.ok for each in findings) else 1)
