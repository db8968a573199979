"""Puts a campaign's unit where systemd looks for it, and takes it away again. The campaign's files stay as they are."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.supervision.unit import Service, unit_text

_RUNS = Path("/run/systemd/system")
_MARK = "# Written by `advocacy-monitor service`"
_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where units go: of the whole computer, of one person (`user`), or of a system that lies in a folder (`root`)."""

    user: bool = False
    root: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder of the unit files."""
        if self.user:
            home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
            return home / "systemd" / "user"
        return (self.root or Path("/")) / "etc" / "systemd" / "system"

    def systemctl(self, *words: str) -> str:
        """Asks systemd for something and returns what it said. Raises ConfigError."""
        command = ["systemctl", *(["--user"] if self.user else []), *([f"--root={self.root}"] if self.root else [])]
        try:
            done = subprocess.run(  # noqa: S603  # words of ours, and the name of a unit that we made
                [*command, *words], capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigError(f"`{' '.join((*command, *words))}` could not be run: {error}") from error
        if done.returncode:
            raise ConfigError(f"`{' '.join((*command, *words))}` failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout


def owner(folder: Path) -> str:
    """The account that a campaign's folder belongs to, which is the one to run it. Raises ConfigError for root's."""
    number = folder.absolute().stat().st_uid
    if number == 0:
        raise ConfigError(
            f"{folder.absolute()} belongs to root, as whom nothing should run that reads from the network; make an "
            "account and give it the folder (docs/how-to/install-a-service.md), or name one: --account NAME"
        )
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError as error:
        raise ConfigError(
            f"{folder.absolute()} belongs to nobody here (number {number}); give --account NAME"
        ) from error


def can_run(account: str, python: Path) -> None:
    """Whether an account gets at the program: one that lies in somebody's home often is closed. Raises ConfigError."""
    try:
        number = pwd.getpwnam(account).pw_uid
    except KeyError as error:
        raise ConfigError(
            f"there is no account {account!r} here; docs/how-to/install-a-service.md makes one"
        ) from error
    for path in (python.absolute(), python.resolve()):
        for folder in path.parents:
            known = folder.stat()
            if known.st_uid != number and not known.st_mode & 0o011:
                raise ConfigError(
                    f"{account} cannot run {path}, because {folder} is closed to others; "
                    "install advocacy-monitor where everybody can read it, such as /opt/advocacy-monitor"
                )


def install(name: str, service: Service, place: Place, *, start: bool) -> Path:
    """Writes a unit, and has it started with the computer; `start` also starts it now. Raises ConfigError.

    What is there under that name is replaced only where it was written here.
    """
    text = unit_text(service)
    _needs_systemd(place)
    if place.root is None:
        _check(service)
    path = place.folder / name
    _not_a_strangers(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.new")
        made.write_text(text, encoding="utf-8")
        made.chmod(0o644)
        made.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}); try it with sudo, or with --user") from error
    if place.root is None:
        place.systemctl("daemon-reload")
    place.systemctl("enable", name)
    if start:
        place.systemctl("restart", name)
    return path


def _check(service: Service) -> None:
    """What systemd would only say when the service does not start."""
    if service.account is not None:
        can_run(service.account, service.python)
    for folder in service.writable:
        if not folder.is_dir():
            raise ConfigError(f"{folder}: there is no such folder; make it, and give it to whom the service runs as")


def uninstall(name: str, place: Place) -> Path:
    """Ends the service and removes its unit. Raises ConfigError."""
    _needs_systemd(place)
    path = place.folder / name
    if not path.exists():
        raise ConfigError(f"{path}: there is no such service; was it installed with --user, or under another name?")
    _not_a_strangers(path)
    place.systemctl("disable", *([] if place.root else ["--now"]), name)
    try:
        path.unlink()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be removed ({error.strerror}); try it with sudo") from error
    if place.root is None:
        place.systemctl("daemon-reload")
    return path


def _needs_systemd(place: Place) -> None:
    if place.root is not None and shutil.which("systemctl"):
        return
    if not _RUNS.is_dir():
        raise ConfigError(
            "this computer is not run by systemd; `advocacy-monitor service print` shows the unit, and "
            "docs/how-to/install-a-service.md says how to run it in a container"
        )


def _not_a_strangers(path: Path) -> None:
    try:
        found = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if not found.startswith(_MARK):
        raise ConfigError(f"{path}: was not written by this program and is left alone; use --name")
