"""A systemd service for a campaign: the text of its unit, least rights, restarts, a watchdog.

The daemon may write into the campaign's own folders and nowhere else, sees no other program, has no privilege and no
device, and may speak to the network. `systemd-analyze security` says what is left.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy_monitor.errors import ConfigError

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded

_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a unit is made of. All paths are absolute; `account` is None for a service of a person's own (--user).

    `writable` are the folders in which the daemon keeps something, `folder` is where its configuration lies.
    """

    title: str
    python: Path
    config: Path
    folder: Path
    writable: tuple[Path, ...]
    account: str | None
    timeout_minutes: int = 60

    @property
    def secrets(self) -> Path:
        """A file NAME=value a line, for the secrets that config.yaml names by {env: NAME}; it need not be there."""
        return self.folder / "secrets.env"


def service_of(loaded: Loaded, *, python: Path, account: str | None) -> Service:
    """The service of a campaign."""
    config = loaded.path.resolve()
    kept = {loaded.folder, loaded.database.parent, loaded.contacts.parent, loaded.backups}
    folders = {path.resolve() for path in kept}
    # What lies inside another of them is writable with it, and need not exist yet.
    outermost = sorted(path for path in folders if not any(other in path.parents for other in folders))
    return Service(
        title=loaded.config.campaign.name,
        python=python.absolute(),
        config=config,
        folder=config.parent,
        writable=tuple(outermost),
        account=account,
    )


def unit_name(campaign: str) -> str:
    """The file name of a campaign's unit: 'advocacy-monitor-missed-my-library.service'."""
    ascii_only = unicodedata.normalize("NFKD", campaign).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "-", ascii_only).strip("-")[:60].strip("-")
    return f"advocacy-monitor-{words}.service" if words else "advocacy-monitor.service"


def unit_text(service: Service) -> str:
    """The unit. Raises ConfigError for a path or a name that no unit can hold."""
    sections = {"Unit": _unit(service), "Service": _service(service), "Install": _install(service)}
    parts = ["# Written by `advocacy-monitor service`; change it with `systemctl edit`, not here."]
    parts += ["\n".join((f"[{name}]", *lines)) for name, lines in sections.items()]
    return "\n\n".join(parts) + "\n"


def _unit(service: Service) -> list[str]:
    lines = [
        f"Description=advocacy-monitor: {_line(service.title)}",
        "Wants=network-online.target",
        "After=network-online.target",
        f"RequiresMountsFor={' '.join(_word(path) for path in service.writable)}",
        "# It is started again for ever: a full disk or an outage may last longer than any number of tries.",
        "StartLimitIntervalSec=0",
    ]
    return lines if service.account else [line for line in lines if "network-online" not in line]


def _service(service: Service) -> list[str]:
    command = " ".join(_argument(part) for part in (service.python, "-m", "advocacy_monitor", "-c", service.config))
    return [
        "Type=notify",
        "NotifyAccess=main",
        *([f"User={_account(service.account)}"] if service.account else []),
        f"WorkingDirectory={_line(service.folder)}",
        f"EnvironmentFile=-{_line(service.secrets)}",
        "Environment=PYTHONUNBUFFERED=1",
        f"ExecStart={command} run",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=30",
        "# A wrong configuration: starting again does not help, a person does.",
        "RestartPreventExitStatus=2",
        "WatchdogSec=3min",
        "# A new version may have a large database to change, and makes a backup first.",
        f"TimeoutStartSec={service.timeout_minutes}min",
        "# The pages in hand are finished first.",
        "TimeoutStopSec=3min",
        "KillMode=mixed",
        "OOMPolicy=continue",
        "UMask=0077",
        *_least_rights(service),
    ]


_OF_EVERY_ACCOUNT = (
    "NoNewPrivileges=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "KeyringMode=private",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallErrorNumber=EPERM",
)
_OF_THE_COMPUTER = (
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "PrivateUsers=yes",
    "DevicePolicy=closed",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectProc=invisible",
    "RemoveIPC=yes",
)


def _least_rights(service: Service) -> list[str]:
    if service.account is None:  # without root's help nobody can take a part of the computer away from a process
        return ["", *_OF_EVERY_ACCOUNT]
    paths = (service.python, service.python.resolve(), service.config, *service.writable)
    at_home = any(home in path.parents for home in _HOMES for path in paths)
    return [
        "",
        "ProtectSystem=strict",
        f"ReadWritePaths={' '.join(_word(path) for path in service.writable)}",
        f"ProtectHome={'read-only' if at_home else 'yes'}",
        *_OF_THE_COMPUTER,
        *_OF_EVERY_ACCOUNT,
    ]


def _install(service: Service) -> list[str]:
    return [f"WantedBy={'multi-user.target' if service.account else 'default.target'}"]


def _line(value: object) -> str:
    """A value that is the rest of a line."""
    text = str(value)
    if not text.isprintable() or text.endswith("\\") or text != text.strip():
        raise ConfigError(f"{text!r} cannot stand in a systemd unit: rename it")
    return text.replace("%", "%%")


def _word(value: object) -> str:
    """A value among others, in quotes where it needs them."""
    text = _line(value)
    if re.fullmatch(r"[\w%+,./:=@-]+", text, re.ASCII):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _argument(value: object) -> str:
    """A word of a command, in which systemd also replaces variables."""
    return _word(value).replace("$", "$$")


def _account(name: str | None) -> str:
    if name is None or not re.fullmatch(r"[a-z_][a-z0-9_-]{0,30}", name):
        raise ConfigError(f"{name!r} is no name of an account; allowed are small letters, digits, - and _")
    return name
