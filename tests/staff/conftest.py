"""What the tests of accounts share: a clock that stands still until it is moved, and cheap hashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from advocacy_monitor.staff.accounts import Accounts
from advocacy_monitor.staff.passwords import Passwords
from advocacy_monitor.staff.roles import Role

PASSWORD = "tiger-lamp-oat-7"
OTHER = "seven wet umbrellas"


class StillClock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **given: float) -> None:
        self.now += timedelta(**given)


def cheap() -> Passwords:
    """Hashes of the same kind that take no time: what is tested is not Argon2."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def still() -> StillClock:
    return StillClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "advocacy.desk.db"


@pytest.fixture
def accounts(path: Path, still: StillClock) -> Iterator[Accounts]:
    """Ada codes, Bob moderates."""
    with Accounts.open(path, clock=still, passwords=cheap()) as opened:
        opened.add("Ada", Role.CODER, PASSWORD)
        opened.add("Bob", Role.MODERATOR, OTHER, language="de")
        yield opened
