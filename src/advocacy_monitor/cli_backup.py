"""The verbs about backups: `backup`, `restore`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from advocacy_monitor.backups import Backup
    from advocacy_monitor.config import Loaded

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a backup.")
_IDENTITY = click.option(
    "--identity", type=click.Path(dir_okay=False, path_type=Path), help="The file with the secret key of age."
)


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


@click.group(invoke_without_command=True, epilog="Example: advocacy-monitor backup")
@_JSON
@click.pass_context
def backup(ctx: click.Context, as_json: bool) -> None:
    """Copy the databases while they are in use, and read the copy again; `run` does it in `backups.hours`.

    Without a word after it, it makes one now, and removes those that are kept no longer.
    """
    if ctx.invoked_subcommand is not None:
        return
    from advocacy_monitor import backups
    from advocacy_monitor.store import now
    from advocacy_monitor.terminal import json_line, say

    made = backups.make(_load(ctx), clock=now)
    if as_json:
        json_line(_told(made))
    else:
        say(f"{made.path}: {made.rows:,} statements, {made.bytes / 1e6:,.1f} MB, {_state(made)}")


@backup.command("list", epilog="Example: advocacy-monitor backup list")
@_JSON
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the backups, oldest first."""
    from advocacy_monitor import backups
    from advocacy_monitor.terminal import json_line, say, table

    found = backups.listed(_load(ctx))
    if as_json:
        for each in found:
            json_line(_told(each))
        return
    if not found:
        say("There is no backup yet; `advocacy-monitor backup` makes one.")
        return
    rows = [(each.name, f"{each.rows:,}", f"{each.bytes / 1e6:,.1f}", _state(each)) for each in found]
    table(("backup", "statements", "MB", "state"), rows)


@backup.command(epilog="Example: advocacy-monitor backup verify --all")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Every one, not only the newest.")
@_IDENTITY
@click.pass_context
def verify(ctx: click.Context, name: str | None, every: bool, identity: Path | None) -> None:
    """Unpack a backup and read it from its first page to its last: the newest, the named one, or all."""
    from advocacy_monitor.backups.opening import problems
    from advocacy_monitor.terminal import say

    loaded = _load(ctx)
    wrong = 0
    for each in _chosen(loaded, name, every=every):
        found = list(problems(loaded, each, identity=identity))
        wrong += bool(found)
        part = "" if each.encrypted == "none" or identity else " (encrypted: its bytes are as they were written)"
        say(f"{each.name}: {'; '.join(found) if found else f'whole{part}'}")
    sys.exit(1 if wrong else 0)


@click.command(epilog="Example: advocacy-monitor restore --latest")
@click.argument("name", required=False)
@click.option("--latest", is_flag=True, help="The newest one that is in order.")
@_IDENTITY
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def restore(ctx: click.Context, name: str | None, latest: bool, identity: Path | None, yes: bool) -> None:
    """Put a backup in the place of the databases. NAME is one of `backup list`, or the path of its folder.

    It is read in full first. The files that are there now are kept in a folder beside. Whoever was erased since the
    backup was made is erased from it again. End `run`, `serve` and `browse` first.
    """
    from advocacy_monitor import backups
    from advocacy_monitor.store import now
    from advocacy_monitor.terminal import say

    if bool(name) == latest:
        raise click.UsageError("name a backup, or say --latest; `advocacy-monitor backup list` shows them")
    loaded = _load(ctx)
    (chosen,) = _chosen(loaded, name, every=False)
    if not yes:
        question = f"Put {chosen.name} ({chosen.rows:,} statements) in the place of {loaded.database}?"
        click.confirm(question, abort=True)
    done = backups.restore(loaded, chosen, clock=now, identity=identity)
    say(f"{chosen.name} is in its place: {done.statements:,} statements")
    if done.erased_again.any:
        again = done.erased_again
        say(f"erased again: {again.items} statements, {again.contacts} contact details, {again.people} people")
    if done.erased_again.kept:
        say(
            f"{done.erased_again.kept} answers were corrected after this backup, which has their older words only: they"
        )
        say("wait for a second look, and are quoted by nobody. The newer words are in the files from before.")
    if done.taken_back is None:
        say("The files from before are not there or cannot be read: consents, names and mail are as they were when the")
        say("backup was made, also where people took them back since.")
    elif done.taken_back.count:
        back = done.taken_back
        say(f"taken back again: {back.consents} consents, {back.details} contact details,")
        say(f"{back.permissions} permissions, {back.unsubscribed} addresses that want no mail")
    if done.aside is not None:
        say(f"The files from before are in {done.aside}. Delete them when you need them no longer: they may hold")
        say("what people had erased.")


def _chosen(loaded: Loaded, name: str | None, *, every: bool) -> list[Backup]:
    """The backups that are meant. Raises ConfigError when there is none."""
    from advocacy_monitor import backups
    from advocacy_monitor.backups.manifest import is_backup, read
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.plugins import nearest

    found = backups.listed(loaded)
    if name is None:
        good = found if every else [each for each in found if each.ok][-1:]
        if not good:
            raise ConfigError(f"{loaded.backups}: holds no backup that is in order")
        return good
    if is_backup(Path(name)):
        return [read(Path(name))]
    named = [each for each in found if each.name == name]
    if not named:
        names = [each.name for each in found]
        raise ConfigError(
            f"{loaded.backups}: no backup is called {name!r}{nearest(name, names)}; there are: "
            f"{', '.join(names) or 'none'}"
        )
    return named


def _state(each: Backup) -> str:
    if not each.ok:
        return each.why
    read_at = each.verified_at or datetime.min.replace(tzinfo=UTC)
    encrypted = "" if each.encrypted == "none" else f", encrypted with {each.encrypted}"
    reason = f", made {each.manifest.reason}" if each.manifest and each.manifest.reason else ""
    return f"read again {read_at:%Y-%m-%d %H:%M} UTC{encrypted}{reason}"


def _told(each: Backup) -> dict[str, Any]:
    return {
        "path": str(each.path),
        "made_at": each.made_at.isoformat(),
        "statements": each.rows,
        "bytes": each.bytes,
        "encrypted": each.encrypted,
        "verified_at": each.verified_at.isoformat() if each.verified_at else None,
        "ok": each.ok,
        "why": each.why,
    }
