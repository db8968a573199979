"""`staff ...`: accounts from the terminal, with passwords that never stand on a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli_staff import staff
from advocacy_monitor.config import load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.setup import write_campaign
from advocacy_monitor.staff.accounts import Accounts
from advocacy_monitor.staff.roles import Person, Role
from advocacy_monitor.store import Store, now
from tests.staff.conftest import cheap


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy_monitor.staff.accounts.Passwords", cheap)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write_campaign(
        tmp_path / "c",
        name="Test",
        sponsor="Test",
        contact="test@example.org",
        hashtags=(),
        languages=("en",),
        instances=(),
    )
    return tmp_path / "c" / "config.yaml"


def run(config: Path, *words: str, said: str = "") -> Result:
    return CliRunner().invoke(staff, list(words), obj=config, input=said)


def opened(config: Path) -> Accounts:
    return Accounts.open(load_config(config).accounts, clock=now)


def test_somebody_is_added_and_gets_in_with_the_password_that_was_made(config: Path) -> None:
    told = run(config, "add", "Ada  Example", "--role", "moderator", "--language", "de", "--json")
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert (found["name"], found["role"]) == ("Ada Example", "moderator")
    with opened(config) as accounts:
        token = accounts.log_in("ada example", found["password"], address="192.0.2.1")
        assert accounts.person(token) == Person("Ada Example", Role.MODERATOR, "de")


def test_a_password_is_read_from_the_input_and_not_repeated(config: Path) -> None:
    told = run(config, "add", "Ada", "--role", "coder", "--password-stdin", said="tiger-lamp-oat-7\r\nmore\n")
    assert told.exit_code == 0, told.output
    assert "tiger" not in told.output
    with opened(config) as accounts:
        assert accounts.log_in("Ada", "tiger-lamp-oat-7", address="192.0.2.1")
    assert run(config, "password", "Ada", "--password-stdin", said="\n").exit_code == 2
    weak = run(config, "password", "ada", "--password-stdin", said="password1234\n")
    assert isinstance(weak.exception, ConfigError)
    other = run(config, "password", "ada", "--json")
    with opened(config) as accounts:
        assert accounts.log_in("Ada", json.loads(other.stdout)["password"], address="192.0.2.1")


def test_a_life_of_an_account_stands_in_the_log(config: Path) -> None:
    for words in (
        ("add", "Ada", "--role", "coder"),
        ("role", "Ada", "viewer"),
        ("password", "Ada"),
        ("disable", "Ada"),
        ("enable", "Ada"),
    ):
        told = run(config, *words)
        assert told.exit_code == 0, told.output
        assert "Ada" in told.output
    with Store.open(load_config(config).database) as store:
        noted = [(each.action, each.detail) for each in reversed(store.actions.newest())]
    assert noted == [
        ("staff.add", "Ada: coder"),
        ("staff.role", "Ada: viewer"),
        ("staff.password", "Ada"),
        ("staff.disable", "Ada"),
        ("staff.enable", "Ada"),
    ]


def test_what_fails_is_not_noted(config: Path) -> None:
    assert isinstance(run(config, "disable", "Eve").exception, ConfigError)
    assert isinstance(run(config, "add", "a@b", "--role", "coder").exception, ConfigError)
    assert run(config, "add", "Ada", "--role", "boss").exit_code == 2
    with Store.open(load_config(config).database) as store:
        assert store.actions.newest() == []


def test_the_list_says_who_is_disabled_or_locked(config: Path) -> None:
    assert "Nobody has an account yet" in run(config, "list").output
    run(config, "add", "Ada", "--role", "coder")
    run(config, "add", "Bob", "--role", "advocate")
    run(config, "disable", "Ada")
    with opened(config) as accounts:
        for _ in range(5):
            with pytest.raises(Exception, match="wrong"):
                accounts.log_in("Bob", "x", address="192.0.2.1")
    told = run(config, "list").output
    assert "disabled since" in told
    assert "locked after failures, 1 min" in told
    rows = [json.loads(line) for line in run(config, "list", "--json").stdout.splitlines()]
    assert [(row["name"], row["role"], row["disabled_at"] is None) for row in rows] == [
        ("Bob", "advocate", True),
        ("Ada", "coder", False),
    ]
