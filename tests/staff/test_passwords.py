"""Passwords: what is refused, what is not, and what is made for those who have none."""

from __future__ import annotations

import string
import threading
import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.staff.passwords import (
    LEAST,
    MOST,
    BusyError,
    Passwords,
    Weakness,
    WeakPasswordError,
    check,
    generate,
)
from tests.staff.conftest import PASSWORD, cheap


@pytest.mark.parametrize(
    ("password", "name", "weakness"),
    [
        ("", "x", Weakness.SHORT),
        ("x7#kQ2!vLp9", "x", Weakness.SHORT),
        ("a" * (MOST + 1), "x", Weakness.LONG),
        ("password1234", "x", Weakness.COMMON),
        ("Passw0rd!2026", "x", Weakness.COMMON),
        ("P@ssw0rdP@ssw0rd", "x", Weakness.COMMON),
        ("Bibliothek-2026!", "x", Weakness.COMMON),
        ("qwertzuiop12", "x", Weakness.COMMON),
        ("1q2w3e4r5t6y", "x", Weakness.COMMON),
        ("123456789012", "x", Weakness.COMMON),
        ("210987654321", "x", Weakness.COMMON),
        ("aaaaaaaaaaaaaa", "x", Weakness.COMMON),
        ("abzqabzqabzq", "x", Weakness.COMMON),
        ("default-default1", "x", Weakness.COMMON),
        ("correcthorsebatterystaple", "x", Weakness.COMMON),
        ("            ", "x", Weakness.COMMON),
        ("ada.lovelace1", "Ada Lovelace", Weakness.NAME),
        ("AdaLovelaceAda!", "Ada Lovelace", Weakness.NAME),
        ("4da-l0vel4ce-77", "Ada Lovelace", Weakness.NAME),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, name: str, weakness: Weakness) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        check(password, name=name)
    assert refused.value.weakness == weakness
    assert isinstance(refused.value, ConfigError)
    assert not password.strip() or password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery",
        "839201744650",
        "#%&/()=?*+^'",
        "ünïcödé wörtér",
        "图书馆是我最喜欢的地方因为",
        "a" * 100 + "bcdfxyzqu",
    ],
)
def test_what_nobody_thinks_of_is_taken(password: str) -> None:
    check(password, name="Ada")


@given(st.text(max_size=300), st.text(max_size=80))
def test_every_text_is_taken_or_refused(password: str, name: str) -> None:
    try:
        check(password, name=name)
    except WeakPasswordError:
        return
    assert len(password) <= MOST
    assert len(unicodedata.normalize("NFKC", password).casefold()) >= LEAST


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=1, max_size=20))
def test_a_made_one_is_always_good_and_easy_to_copy(name: str) -> None:
    made = generate()
    check(made, name=name)
    assert len(made) == 23
    assert not set(made) & set("01loiIO")


@given(st.text(min_size=1, max_size=MOST))
def test_the_same_text_fits_and_another_does_not(password: str) -> None:
    passwords = cheap()
    kept = passwords.hash(password)
    assert passwords.fits(kept, password)
    assert passwords.fits(kept, unicodedata.normalize("NFD", password))
    assert not passwords.fits(kept, password + "x")
    assert not passwords.fits(None, password)
    assert not passwords.fits("damaged", password)


def test_hashes_of_the_program_take_an_attacker_long() -> None:
    kept = Passwords().hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    assert Passwords().hash(PASSWORD) != kept


def test_a_crowd_is_turned_away_before_it_takes_all_memory() -> None:
    passwords = Passwords(PasswordHasher(time_cost=40, memory_cost=8192, parallelism=1))
    kept = passwords.hash(PASSWORD)
    outcomes: list[object] = []
    gate = threading.Barrier(30)

    def ask() -> None:
        gate.wait()
        try:
            outcomes.append(passwords.fits(kept, PASSWORD))
        except BusyError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(True) >= 8
    assert outcomes.count(BusyError) == 30 - outcomes.count(True) > 0
    assert passwords.fits(kept, PASSWORD)
