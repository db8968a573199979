"""The service: its unit is what systemd takes, has few rights, and is put where systemd looks; the container's files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main
from advocacy_monitor.config import load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store.alive import lock_of
from advocacy_monitor.supervision.healthcheck import judge
from advocacy_monitor.supervision.install import can_run
from advocacy_monitor.supervision.lock import only_one
from advocacy_monitor.supervision.unit import Service, service_of, unit_name, unit_text

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
_SYSTEMD = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def _service(campaign: Path, **changed: Any) -> Service:
    given: dict[str, Any] = {
        "title": "Example Campaign",
        "python": Path(sys.executable),
        "config": campaign / "config.yaml",
        "folder": campaign,
        "writable": (campaign,),
        "account": "daemon",
    }
    return Service(**{**given, **changed})


def _campaign(folder: Path, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(f"campaign: {{name: Missed My Library, sponsor: S, contact: C}}\n{more}", encoding="utf-8")
    return path


def _verb(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["-c", str(config), "service", *words])


def test_the_unit_that_is_shipped_is_the_one_that_is_made() -> None:
    folder = Path("/srv/advocacy-monitor")
    made = unit_text(
        _service(
            folder, python=Path("/opt/advocacy-monitor/bin/python"), config=folder / "config.yaml", account="advocacy"
        )
    )
    assert (DEPLOY / "advocacy-monitor.service").read_text(encoding="utf-8") == made


@_SYSTEMD
@pytest.mark.parametrize("name", ["plain", "with a space", "100% $HOME", 'quote"d', "Bücherei"])
@pytest.mark.parametrize("account", ["daemon", None])
def test_systemd_takes_the_unit(tmp_path: Path, name: str, account: str | None) -> None:
    folder = tmp_path / name
    folder.mkdir()
    unit = tmp_path / "tried.service"
    unit.write_text(unit_text(_service(folder, title=f"Campaign {name}", account=account)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *([] if account else ["--user"]), str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in done.stderr.splitlines() if "tried.service" in line]
    assert (done.returncode, ours) == (0, [])


@_SYSTEMD
def test_the_unit_gives_few_rights() -> None:
    command = [
        "systemd-analyze",
        "security",
        "--offline=true",
        "--json=short",
        str(DEPLOY / "advocacy-monitor.service"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    judged = {each["json_field"]: each["exposure"] for each in json.loads(done.stdout) if each["set"] is False}
    left = {name for name, exposure in judged.items() if exposure is not None and float(exposure) >= 0.2}
    # It speaks to the network, wherever the sources are; beyond that nothing.
    assert left <= {"PrivateNetwork", "IPAddressDeny", "RestrictAddressFamilies_AF_INET_INET6", "PrivateMounts"}


def test_only_the_campaign_s_folders_can_be_written(tmp_path: Path) -> None:
    config = _campaign(tmp_path / "campaign", "database: ../data/a.db\nbackups: {folder: /var/backups/campaign}\n")
    made = service_of(load_config(config), python=Path("/usr/bin/python3"), account="daemon")
    assert {str(path) for path in made.writable} == {
        "/var/backups/campaign",
        str(tmp_path / "campaign"),
        str(tmp_path / "data"),
    }
    inside = service_of(load_config(_campaign(tmp_path / "other")), python=Path("/usr/bin/python3"), account="daemon")
    assert inside.writable == (tmp_path / "other",), "the backups lie inside it"


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"account": "root; rm"}, "no name of an account"),
        ({"title": "two\nlines"}, "cannot stand in a systemd unit"),
        ({"folder": Path("/srv/a\tb")}, "cannot stand in a systemd unit"),
        ({"config": Path("/srv/\x1b[2J/c.yaml")}, "cannot stand in a systemd unit"),
    ],
)
def test_what_no_unit_can_hold_is_refused(tmp_path: Path, changed: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong):
        unit_text(_service(tmp_path, **changed))


def test_a_unit_is_called_after_its_campaign() -> None:
    assert unit_name("Missed My Library!") == "advocacy-monitor-missed-my-library.service"
    assert unit_name("../../etc/passwd") == "advocacy-monitor-etc-passwd.service"
    assert unit_name("图书馆") == "advocacy-monitor.service"


def test_print_shows_the_unit_for_an_account_or_for_oneself(tmp_path: Path) -> None:
    config = _campaign(tmp_path)
    shown = _verb(config, "print", "--account", "daemon")
    assert (shown.exit_code, "User=daemon" in shown.output) == (0, True)
    assert f"-c {config} run" in shown.output
    own = _verb(config, "print", "--user")
    assert "User=" not in own.output
    assert "WantedBy=default.target" in own.output
    assert _verb(config, "print", "--user", "--account", "daemon").exit_code == 2


def test_nothing_is_run_as_root_unasked(tmp_path: Path) -> None:
    config = _campaign(tmp_path)
    if config.stat().st_uid == 0:
        refused = _verb(config, "print")
        assert refused.exit_code == 2
        assert "belongs to root" in refused.output
    else:
        assert "User=" in _verb(config, "print").output


@pytest.mark.skipif(shutil.which("systemctl") is None, reason="systemctl is not installed")
def test_a_unit_is_installed_and_taken_away(tmp_path: Path) -> None:
    """In a folder of its own, which the real systemctl treats as a system that is not running."""
    config, root = _campaign(tmp_path / "campaign"), tmp_path / "root"
    units = root / "etc" / "systemd" / "system"
    unit = units / "advocacy-monitor-missed-my-library.service"
    made = _verb(config, "install", "--account", "daemon", "--root", str(root))
    assert made.exit_code == 0, made.output
    assert unit.read_text(encoding="utf-8").startswith("# Written by `advocacy-monitor service`")
    assert (units / "multi-user.target.wants" / unit.name).is_symlink()
    assert _verb(config, "install", "--account", "daemon", "--root", str(root)).exit_code == 0, "again is fine"
    gone = _verb(config, "uninstall", "--root", str(root))
    assert gone.exit_code == 0, gone.output
    assert not unit.exists()
    assert not (units / "multi-user.target.wants" / unit.name).is_symlink()
    assert _verb(config, "uninstall", "--root", str(root)).exit_code == 2


@pytest.mark.skipif(shutil.which("systemctl") is None, reason="systemctl is not installed")
def test_a_stranger_s_unit_is_left_alone(tmp_path: Path) -> None:
    config, root = _campaign(tmp_path / "campaign"), tmp_path / "root"
    unit = root / "etc" / "systemd" / "system" / "advocacy-monitor-missed-my-library.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    for words in (("install", "--account", "daemon"), ("uninstall",)):
        refused = _verb(config, *words, "--root", str(root))
        assert refused.exit_code == 2
        assert "was not written by this program" in refused.output
    assert "/bin/true" in unit.read_text()


@pytest.mark.skipif(Path("/run/systemd/system").is_dir(), reason="this computer is run by systemd")
def test_without_systemd_it_says_what_else_there_is(tmp_path: Path) -> None:
    refused = _verb(_campaign(tmp_path), "install", "--account", "daemon")
    assert refused.exit_code == 2
    assert "not run by systemd" in refused.output


def test_an_account_that_cannot_get_at_the_program_is_said_before(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    closed.chmod(0o700)
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigError, match=r"daemon cannot run .* is closed to others"):
        can_run("daemon", closed / "bin" / "python")
    with pytest.raises(ConfigError, match="there is no account 'nobody-of-that-name'"):
        can_run("nobody-of-that-name", Path("/usr/bin/python3"))
    can_run("daemon", Path("/usr/bin/env"))


def test_a_daemon_without_an_address_is_judged_by_its_lock(tmp_path: Path) -> None:
    loaded, now = load_config(_campaign(tmp_path)), datetime.now(UTC)
    assert judge(loaded, now=now) == (False, "no daemon runs")
    with only_one(loaded.database) as beat:
        assert judge(loaded, now=now)[0]
        is_well, why = judge(loaded, now=now + timedelta(hours=1))
        assert (is_well, "nothing was heard of it for" in why) == (False, True)
        beat()
    assert lock_of(loaded.database).exists()


def test_the_health_check_is_a_program_with_an_exit_code(tmp_path: Path) -> None:
    """As a container calls it."""
    config = _campaign(tmp_path)
    command = [sys.executable, "-m", "advocacy_monitor.supervision.healthcheck"]
    environment = {**os.environ, "ADVOCACY_MONITOR_CONFIG": str(config)}
    with only_one(load_config(config).database):
        well = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (well.returncode, f"process {os.getpid()}" in well.stdout) == (0, True)


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("localhost", "localhost")]
)
def test_a_daemon_whose_address_is_silent_is_not_well(tmp_path: Path, host: str, asked: str) -> None:
    loaded = load_config(_campaign(tmp_path, f"monitoring: {{host: '{host}', port: 1}}\n"))
    is_well, why = judge(loaded, now=datetime.now(UTC))
    assert (is_well, f"no answer at {asked}:1" in why) == (False, True)


def test_the_container_has_few_rights_and_a_health_check() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line and not line.startswith("#")]
    assert [line.split()[0] for line in said].count("FROM") == 2, "what builds is not what runs"
    assert said.index("USER 10001:10001") > max(n for n, line in enumerate(said) if line.startswith(("COPY", "RUN")))
    assert any(line.startswith("HEALTHCHECK") for line in said)
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), "a web server stands before it"
