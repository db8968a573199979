"""Guessing: waits grow, survive a restart, cannot be outrun, and never lock the right person out for long."""

from __future__ import annotations

import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.staff.accounts import Accounts, LogInError
from advocacy_monitor.staff.limits import ACCOUNT, ADDRESS, Failures, Limit
from advocacy_monitor.staff.roles import Role
from advocacy_monitor.staff.tables import AccountsFile
from tests.staff.conftest import OTHER, PASSWORD, StillClock, cheap


def _try(accounts: Accounts, name: str, password: str, address: str = "192.0.2.7") -> float | None:
    """The wait that was told; None when the password was looked at."""
    with pytest.raises(LogInError) as refused:
        accounts.log_in(name, password, address=address)
    return refused.value.retry_after


def test_waits_grow_up_to_a_quarter_of_an_hour_and_then_the_right_password_works(
    accounts: Accounts, still: StillClock
) -> None:
    assert [_try(accounts, "Ada", OTHER) for _ in range(5)] == [None] * 5
    waits = []
    for number in range(9):
        wait = _try(accounts, "Ada", PASSWORD, f"198.51.100.{number}")
        assert wait is not None
        waits.append(wait)
        still.pass_(seconds=wait - 0.5)
        assert _try(accounts, "Ada", PASSWORD) == 1, "asking too early makes no wait longer"
        still.pass_(seconds=0.5)
        assert _try(accounts, "Ada", OTHER) is None
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900, 900]
    still.pass_(minutes=15)
    accounts.log_in("Ada", PASSWORD, address="192.0.2.7")
    assert [_try(accounts, "Ada", OTHER) for _ in range(5)] == [None] * 5, "after the right one all begins anew"


@pytest.mark.parametrize("name", ["Ada", "Nobody", PASSWORD])
def test_an_unknown_name_is_locked_like_a_known_one(accounts: Accounts, name: str) -> None:
    assert [_try(accounts, name, OTHER) for _ in range(7)] == [None] * 5 + [30, 30]


def test_the_wait_is_told_in_words(accounts: Accounts, still: StillClock) -> None:
    for _ in range(5):
        _try(accounts, "Ada", OTHER)
    with pytest.raises(LogInError, match="in 30 seconds"):
        accounts.log_in("Ada", PASSWORD, address="192.0.2.7")
    for _ in range(4):
        still.pass_(minutes=15)
        _try(accounts, "Ada", OTHER)
    with pytest.raises(LogInError, match=r"in [0-9] minutes"):
        accounts.log_in("Ada", PASSWORD, address="192.0.2.7")


def test_an_address_that_tries_many_names_has_to_wait_and_others_do_not(accounts: Accounts, still: StillClock) -> None:
    tried = [_try(accounts, f"name {number}", OTHER, "2001:db8::1") for number in range(31)]
    assert tried == [None] * 30 + [30]
    assert _try(accounts, "Ada", PASSWORD, "2001:db8::ffff:2") == 30, "the same network"
    accounts.log_in("Ada", PASSWORD, address="2001:db8:0:1::1")
    assert _try(accounts, "name", OTHER, "::ffff:192.0.2.9") is None
    for number in range(29):
        _try(accounts, f"other {number}", OTHER, "192.0.2.9")
    assert _try(accounts, "Bob", OTHER, "::ffff:192.0.2.9") == 30
    assert _try(accounts, "Bob", "", "no address at all") is None
    still.pass_(hours=3)
    assert _try(accounts, "x", OTHER, "2001:db8::1") is None


def test_right_passwords_take_an_address_nowhere(accounts: Accounts) -> None:
    for _ in range(60):
        accounts.log_in("Ada", PASSWORD, address="192.0.2.7")
    assert _try(accounts, "Ada", OTHER) is None


def test_waits_survive_a_restart(path: Path, still: StillClock) -> None:
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        accounts.add("Ada", Role.CODER, PASSWORD)
        for _ in range(5):
            _try(accounts, "Ada", OTHER)
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        assert _try(accounts, "Ada", PASSWORD) == 30
        assert accounts.account("Ada").waits == timedelta(seconds=30)


def test_an_administrator_ends_a_wait(accounts: Accounts) -> None:
    for does in ("enable", "set_password"):
        for _ in range(5):
            _try(accounts, "Ada", OTHER)
        assert accounts.account("Ada").waits
        if does == "enable":
            accounts.enable("Ada")
        else:
            accounts.set_password("Ada", PASSWORD)
        assert not accounts.account("Ada").waits
        accounts.log_in("Ada", PASSWORD, address="192.0.2.7")


def test_a_clock_that_is_put_back_makes_no_wait_longer(accounts: Accounts, still: StillClock) -> None:
    for _ in range(5):
        _try(accounts, "Ada", OTHER)
    still.pass_(days=-30)
    assert _try(accounts, "Ada", PASSWORD) == 900


def test_many_guesses_at_once_are_counted_one_by_one(accounts: Accounts) -> None:
    waits: list[float | None] = []
    gate = threading.Barrier(24)

    def guess() -> None:
        gate.wait()
        try:
            accounts.log_in("Ada", OTHER, address="192.0.2.7")
        except LogInError as error:
            waits.append(error.retry_after)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # None: looked at. 5: too busy to be looked at. 30: locked.
    assert waits.count(None) <= 5
    assert len(waits) == 24
    assert set(waits) <= {None, 5, 30}


def test_old_counts_are_forgotten(accounts: Accounts, still: StillClock) -> None:
    _try(accounts, "Nobody", OTHER)
    still.pass_(days=1, seconds=1)
    accounts.log_in("Bob", OTHER, address="198.51.100.1")
    left = accounts._file.rows("SELECT subject FROM failures WHERE level > 0")
    assert left == []


@given(level=st.floats(0, 10_000), limit=st.sampled_from([ACCOUNT, ADDRESS]))
def test_a_wait_is_never_shorter_after_more_failures(level: float, limit: Limit) -> None:
    fewer, more = limit.wait(level), limit.wait(level + 1)
    assert (fewer or timedelta()) <= (more or timedelta()) <= limit.most
    assert limit.level(level, timedelta(hours=-3)) == level


@settings(max_examples=40, deadline=None)
@given(pauses=st.lists(st.integers(0, 1200), min_size=1, max_size=150))
def test_whoever_guesses_at_any_pace_gets_few_guesses(pauses: list[int]) -> None:
    """In a day: the free ones, those that sink away, and one for each longest wait."""
    with tempfile.TemporaryDirectory() as folder:
        file, still = AccountsFile(Path(folder) / "a.desk.db"), StillClock()
        failures, begun, looked_at = Failures(file), still.now, 0
        for pause in pauses:
            still.pass_(seconds=pause)
            counted = failures.count([("account:1", ACCOUNT)], still.now)
            if isinstance(counted, timedelta):
                assert timedelta() < counted <= ACCOUNT.most
            else:
                looked_at += 1
        file.close()
    hours = (still.now - begun) / timedelta(hours=1)
    assert looked_at <= ACCOUNT.free + hours + 5 + hours * 4
