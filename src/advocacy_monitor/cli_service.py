"""The verbs about the service: `service print`, `service install`, `service uninstall`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.supervision.unit import Service

_ROOT = click.Path(file_okay=False, path_type=Path)
_NAME = click.option("--name", metavar="UNIT", help="The unit's name.  [default: after the campaign]")
_USER = click.option("--user", is_flag=True, help="A service of your own account, without sudo.")
_INTO = click.option("--root", type=_ROOT, help="A system in a folder, such as an image, in place of this computer.")


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


def _account_option(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "Who runs it.  [default: whom the campaign's folder belongs to]"
    return click.option("--account", metavar="NAME", help=text)(command)


def _service(loaded: Loaded, *, user: bool, account: str | None) -> Service:
    from advocacy_monitor.supervision.install import owner
    from advocacy_monitor.supervision.unit import service_of

    if user and account:
        raise click.UsageError("--user and --account do not go together: it runs as you")
    name = None if user else account or owner(loaded.folder)
    return service_of(loaded, python=Path(sys.executable), account=name)


def _named(loaded: Loaded, name: str | None) -> str:
    from advocacy_monitor.supervision.unit import unit_name

    if name is None:
        return unit_name(loaded.config.campaign.name)
    if unit_name(name.removesuffix(".service")) != f"advocacy-monitor-{name.removesuffix('.service')}.service":
        raise click.UsageError(f"--name {name!r}: allowed are small letters, digits and single hyphens")
    return f"{name.removesuffix('.service')}.service"


@click.group()
def service() -> None:
    """Let systemd start `run` with the computer, and again whenever it ends."""


@service.command("print", epilog="Example: advocacy-monitor service print > advocacy-monitor.service")
@_USER
@_account_option
@click.pass_context
def print_(ctx: click.Context, user: bool, account: str | None) -> None:
    """Print the unit for this campaign; install nothing."""
    from advocacy_monitor.supervision.unit import unit_text
    from advocacy_monitor.terminal import say

    say(unit_text(_service(_load(ctx), user=user, account=account)).rstrip("\n"))


@service.command(epilog="Example: advocacy-monitor service install --user --start")
@_USER
@_account_option
@_NAME
@_INTO
@click.option("--start", is_flag=True, help="Start it now; else it starts with the computer.")
@click.pass_context
def install(
    ctx: click.Context, user: bool, account: str | None, name: str | None, root: Path | None, start: bool
) -> None:
    """Write the unit and switch it on. Written again, it takes over a new configuration's folders."""
    from advocacy_monitor.supervision import install as units
    from advocacy_monitor.terminal import say

    if root and (user or start):
        raise click.UsageError("--root goes neither with --user nor with --start")
    loaded = _load(ctx)
    named = _named(loaded, name)
    made = _service(loaded, user=user, account=account)
    path = units.install(named, made, units.Place(user=user, root=root), start=start)
    control = "systemctl --user" if user else "systemctl"
    when = "when you log in" if user else "with the computer"
    say(f"Wrote {path}. It starts {when}{' and runs now' if start else ''}.")
    say(f"Next: {control} {'status' if start else 'start'} {named}; its log: journalctl {'--user ' * user}-u {named}")


@service.command(epilog="Example: advocacy-monitor service uninstall --user")
@_USER
@_NAME
@_INTO
@click.pass_context
def uninstall(ctx: click.Context, user: bool, name: str | None, root: Path | None) -> None:
    """End the service and remove its unit. The campaign's files stay."""
    from advocacy_monitor.supervision import install as units
    from advocacy_monitor.terminal import say

    path = units.uninstall(_named(_load(ctx), name), units.Place(user=user, root=root))
    say(f"Removed {path}; the campaign's files are as they were.")
