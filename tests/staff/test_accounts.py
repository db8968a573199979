"""Accounts: who gets in and who does not, what ends a log-in, and that the file gives nothing away."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from advocacy_monitor.errors import ConfigError, StoreError
from advocacy_monitor.staff.accounts import Accounts, LogInError, UnknownAccountError
from advocacy_monitor.staff.passwords import Passwords, WeakPasswordError
from advocacy_monitor.staff.roles import RIGHTS, Person, Right, Role
from tests.staff.conftest import OTHER, PASSWORD, StillClock, cheap

HERE = "192.0.2.7"


def test_somebody_logs_in_and_out(accounts: Accounts) -> None:
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    assert accounts.person(token) == Person("Ada", Role.CODER, None)
    other = accounts.log_in("  bOB ", OTHER, address=HERE)
    assert accounts.person(other) == Person("Bob", Role.MODERATOR, "de")
    accounts.log_out(token)
    assert accounts.person(token) is None
    assert accounts.person(other) is not None
    accounts.log_out(token)


@pytest.mark.parametrize("token", ["", "nobody", "ü" * 30, "\ud800", "x" * 100_000, "' OR 1 --"])
def test_a_token_that_nobody_was_given_lets_nobody_in(accounts: Accounts, token: str) -> None:
    assert accounts.person(token) is None


def test_whoever_is_refused_is_told_the_same(accounts: Accounts) -> None:
    accounts.add("Cleo", Role.VIEWER, PASSWORD)
    accounts.disable("Cleo")
    words = set()
    for name, password in (("Ada", OTHER), ("Nobody", PASSWORD), ("Cleo", PASSWORD), ("", ""), ("Ada", "x" * 100_000)):
        with pytest.raises(LogInError) as refused:
            accounts.log_in(name, password, address=HERE)
        words.add(str(refused.value))
        assert refused.value.retry_after is None
    assert words == {"The name or the password is wrong."}


def test_an_unknown_name_takes_as_long_as_a_wrong_password(path: Path, still: StillClock) -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1)
    with Accounts.open(path, clock=still, passwords=Passwords(hasher)) as accounts:
        accounts.add("Ada", Role.CODER, PASSWORD)
        took: dict[str, list[float]] = {"Ada": [], "Nobody": []}
        for _ in range(15):
            for name, times in took.items():
                still.pass_(days=2)
                begun = time.perf_counter()
                with pytest.raises(LogInError):
                    accounts.log_in(name, OTHER, address=HERE)
                times.append(time.perf_counter() - begun)
    known, unknown = min(took["Ada"]), min(took["Nobody"])
    assert 0.5 < known / unknown < 2, took


def test_a_session_ends_after_a_time_and_when_nobody_clicks(accounts: Accounts, still: StillClock) -> None:
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    still.pass_(minutes=59)
    assert accounts.person(token) is not None
    still.pass_(minutes=59)
    assert accounts.person(token) is not None
    still.pass_(minutes=61)
    assert accounts.person(token) is None
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    for _ in range(23):
        still.pass_(minutes=30)
        assert accounts.person(token) is not None
    still.pass_(minutes=30)
    assert accounts.person(token) is None


def test_that_somebody_was_here_is_written_once_a_minute(accounts: Accounts, still: StillClock) -> None:
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    conn = accounts._file._writer.conn
    before = conn.total_changes
    for _ in range(300):
        still.pass_(seconds=1)
        accounts.person(token)
    assert conn.total_changes - before == 5


def test_a_clock_that_was_put_back_lets_nobody_stay_for_ever(accounts: Accounts, still: StillClock) -> None:
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    still.pass_(minutes=-10)
    assert accounts.person(token) is not None
    still.pass_(minutes=61)
    assert accounts.person(token) is None
    other = accounts.log_in("Ada", PASSWORD, address=HERE)
    still.pass_(days=-400)
    assert accounts.person(other) is None


@pytest.mark.parametrize("what", ["role", "password", "disable", "own password"])
def test_whatever_changes_an_account_ends_its_sessions(accounts: Accounts, what: str) -> None:
    tokens = [accounts.log_in("Ada", PASSWORD, address=HERE) for _ in range(3)]
    bobs = accounts.log_in("Bob", OTHER, address=HERE)
    match what:
        case "role":
            accounts.set_role("ada", Role.VIEWER)
        case "password":
            accounts.set_password("ada", OTHER)
        case "disable":
            accounts.disable("ada")
        case _:
            new = accounts.change_password("ada", PASSWORD, OTHER, address=HERE)
            assert accounts.person(new) == Person("Ada", Role.CODER)
    assert [accounts.person(token) for token in tokens] == [None] * 3
    assert accounts.person(bobs) is not None


def test_a_disabled_account_can_be_enabled_again(accounts: Accounts) -> None:
    accounts.disable("Ada")
    with pytest.raises(LogInError):
        accounts.log_in("Ada", PASSWORD, address=HERE)
    assert [each.name for each in accounts.people()] == ["Bob", "Ada"]
    accounts.enable("Ada")
    assert accounts.person(accounts.log_in("Ada", PASSWORD, address=HERE)) is not None


def test_one_s_own_password_is_changed_only_with_the_old_one(accounts: Accounts) -> None:
    with pytest.raises(LogInError):
        accounts.change_password("Ada", OTHER, "another long password", address=HERE)
    with pytest.raises(WeakPasswordError):
        accounts.change_password("Ada", PASSWORD, "password1234", address=HERE)
    assert accounts.log_in("Ada", PASSWORD, address=HERE)
    accounts.change_password("Ada", PASSWORD, OTHER, address=HERE)
    with pytest.raises(LogInError):
        accounts.log_in("Ada", PASSWORD, address=HERE)


def test_a_key_from_the_terminal_works_once_and_for_ten_minutes(accounts: Accounts, still: StillClock) -> None:
    key = accounts.make_entry_key("root")
    token = accounts.enter(key)
    assert accounts.person(token) == Person("root", Role.ADMINISTRATOR)
    late = accounts.make_entry_key("root")
    still.pass_(minutes=10)
    for wrong in (key, late, "", "\ud800", "x" * 100_000):
        with pytest.raises(LogInError, match="used already or is too old"):
            accounts.enter(wrong)
    accounts.set_language("root", "de")
    assert accounts.person(token) == Person("root", Role.ADMINISTRATOR, "de")
    assert [each.name for each in accounts.people()] == ["Ada", "Bob"]


def test_a_key_for_the_name_of_an_account_leaves_the_account_as_it_is(accounts: Accounts) -> None:
    token = accounts.enter(accounts.make_entry_key("ada"))
    assert accounts.person(token) == Person("ada", Role.ADMINISTRATOR)
    assert accounts.account("Ada").role == Role.CODER
    accounts.disable("Ada")
    assert accounts.person(token) is None
    odd = accounts.enter(accounts.make_entry_key("_odd@host:1"))
    assert accounts.person(odd) == Person("terminal", Role.ADMINISTRATOR)


def test_an_old_key_is_used_by_one_of_many_threads(accounts: Accounts) -> None:
    key = accounts.make_entry_key("root")
    let_in, refused = [], []

    def enter() -> None:
        try:
            let_in.append(accounts.enter(key))
        except LogInError as error:
            refused.append(error)

    _at_once([enter] * 16)
    assert (len(let_in), len(refused)) == (1, 15)


def test_names_are_one_whatever_their_case_and_never_look_like_software(accounts: Accounts) -> None:
    for name in ("ADA", "ada", " Ada ", "Ａda"):
        with pytest.raises(ConfigError, match="already"):
            accounts.add(name, Role.VIEWER, OTHER)
    for name in ("themes@3", "person:ada", "", " ", "-x", "a" * 61, "a\nb\x00", "<b>", "a/b", "\u202eada"):
        with pytest.raises(ConfigError, match="cannot be a name"):
            accounts.add(name, Role.VIEWER, OTHER)
    assert accounts.add("Zoë  O’Neill-Müller", Role.VIEWER, OTHER) == "Zoë O’Neill-Müller"


@pytest.mark.parametrize("does", ["set_role", "set_password", "disable", "enable", "account"])
def test_an_account_that_is_not_there_is_named(accounts: Accounts, does: str) -> None:
    given = {"set_role": (Role.CODER,), "set_password": (OTHER,)}.get(does, ())
    with pytest.raises(UnknownAccountError, match="'Eve'"):
        getattr(accounts, does)("Eve", *given)


def test_a_language_that_there_is_not_is_refused(accounts: Accounts) -> None:
    with pytest.raises(ConfigError, match="'tlh'"):
        accounts.set_language("Ada", "tlh")
    accounts.set_language("Ada", "de")
    assert accounts.account("Ada").language == "de"


def test_nobody_else_can_read_the_file_and_it_holds_nothing_in_clear(path: Path, still: StillClock) -> None:
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        assert accounts.is_empty()
        accounts.add("Ada", Role.CODER, PASSWORD)
        assert not accounts.is_empty()
        key = accounts.make_entry_key("root")
        tokens = [accounts.log_in("Ada", PASSWORD, address=HERE), accounts.enter(key)]
        tokens.append(accounts.change_password("Ada", PASSWORD, OTHER, address=HERE))
        # Somebody types the password where the name goes.
        for mistyped in (PASSWORD, OTHER):
            with pytest.raises(LogInError):
                accounts.log_in(mistyped, "", address=HERE)
        secrets = [PASSWORD, OTHER, key, *tokens, *(accounts.csrf(token) for token in tokens), HERE]
        secrets += [hashlib.sha256(PASSWORD.encode()).hexdigest()]
        files = sorted(path.parent.iterdir())
        assert len(files) == 3, files
        for file in files:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
            content = file.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, (file, secret)
    assert b"$argon2id$" in path.read_bytes()


def test_sessions_outlive_the_program_and_a_newer_file_is_left_alone(path: Path, still: StillClock) -> None:
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        accounts.add("Ada", Role.CODER, PASSWORD)
        token = accounts.log_in("Ada", PASSWORD, address=HERE)
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        assert accounts.person(token) is not None
        with accounts._file.writing() as conn:
            conn.execute("INSERT INTO _sqlite_migrations VALUES (99, 'advocacy_monitor_desk', 'd099_x', '2027')")
    with pytest.raises(StoreError, match="newer version"):
        Accounts.open(path, clock=still, passwords=cheap())


def test_accounts_of_an_older_version_stay_and_can_become_transcribers(path: Path, still: StillClock) -> None:
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        accounts.add("Ada", Role.CODER, PASSWORD)
        accounts.add("Bob", Role.MODERATOR, OTHER, language="de")
        before = accounts.people()
    conn = sqlite3.connect(path, isolation_level=None)
    (made,) = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'people'").fetchone()
    conn.execute("ALTER TABLE people RENAME TO newer")
    conn.execute(made.replace('"people"', "people").replace("'transcriber', ", ""))
    conn.execute("INSERT INTO people SELECT * FROM newer")
    conn.execute("DELETE FROM people WHERE name = 'Bob'")
    conn.execute("DROP TABLE newer")
    conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'd002_transcribers'")
    with pytest.raises(sqlite3.IntegrityError):
        conn.execute("UPDATE people SET role = 'transcriber'")
    conn.close()
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        assert accounts.people() == before[:1]
        token = accounts.log_in("Ada", PASSWORD, address=HERE)
        accounts.set_role("Ada", Role.TRANSCRIBER)
        assert accounts.person(token) is None
        accounts.add("Cleo", Role.TRANSCRIBER, PASSWORD)
        assert accounts.account("Cleo").id > before[1].id  # a number is given once


def test_another_program_disables_an_account_at_once(accounts: Accounts, path: Path, still: StillClock) -> None:
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    with Accounts.open(path, clock=still, passwords=cheap()) as other:
        other.disable("Ada")
    assert accounts.person(token) is None


def test_a_request_does_not_wait_while_another_program_writes(
    accounts: Accounts, path: Path, still: StillClock
) -> None:
    token = accounts.log_in("Ada", PASSWORD, address=HERE)
    with Accounts.open(path, clock=still, passwords=cheap()) as other, other._file.writing() as conn:
        conn.execute("DELETE FROM entry_keys")
        still.pass_(minutes=5)
        begun = time.perf_counter()
        assert accounts.person(token) is not None
        assert time.perf_counter() - begun < 1
    still.pass_(minutes=58)
    assert accounts.person(token) is None, "what could not be noted counts as not seen"


def test_a_hash_of_less_effort_is_made_anew_at_the_next_log_in(path: Path, still: StillClock) -> None:
    with Accounts.open(path, clock=still, passwords=cheap()) as accounts:
        accounts.add("Ada", Role.CODER, PASSWORD)
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    with Accounts.open(path, clock=still, passwords=stronger) as accounts:
        assert accounts.person(accounts.log_in("Ada", PASSWORD, address=HERE)) is not None
        assert "m=16,t=2" in accounts._file.rows("SELECT password FROM people")[0][0]
        assert accounts.log_in("Ada", PASSWORD, address=HERE)


def test_threads_ask_write_and_log_in_at_once(accounts: Accounts) -> None:
    tokens = [accounts.log_in(name, word, address=HERE) for name, word in (("Ada", PASSWORD), ("Bob", OTHER)) * 4]
    seen: list[bool] = []

    def ask(token: str) -> None:
        seen.extend(accounts.person(token) is not None for _ in range(100))

    def write() -> None:
        for language in ("de", "en") * 10:
            accounts.set_language("Ada", language)
            accounts.people()

    _at_once([*(partial(ask, token) for token in tokens), write, write])
    assert seen == [True] * 800


def test_forms_of_another_session_do_not_fit(accounts: Accounts) -> None:
    mine, yours = (accounts.log_in("Ada", PASSWORD, address=HERE) for _ in range(2))
    assert accounts.csrf_matches(mine, accounts.csrf(mine))
    for wrong in (accounts.csrf(yours), "", mine, "ü", "\ud800", accounts.csrf(mine) + "="):
        assert not accounts.csrf_matches(mine, wrong)
    assert mine not in accounts.csrf(mine)


def test_rights_are_those_that_were_agreed() -> None:
    assert {role: {str(right) for right in rights} for role, rights in RIGHTS.items()} == {
        Role.VIEWER: {"own", "shared"},
        Role.TRANSCRIBER: {"own", "transcribe"},
        Role.CODER: {"own", "shared", "code"},
        Role.ADVOCATE: {"own", "shared", "export"},
        Role.MODERATOR: {"own", "shared", "read", "moderate", "code", "settle", "transcribe", "tables"},
        Role.ADMINISTRATOR: {str(right) for right in Right},
    }
    assert Person("Ada", Role.CODER).may(Right.CODE)
    assert not Person("Ada", Role.CODER).may(Right.READ)


def _at_once(jobs: Sequence[Callable[[], object]]) -> None:
    failed: list[Exception] = []
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        gate.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001  shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
