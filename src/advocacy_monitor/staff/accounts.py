"""Accounts of staff: who may log in, with which role; guessing is slowed down, and everything lasts in one small file.

Whoever fails to log in is told the same in the same time, whether the name is unknown, the password wrong or the
account disabled. All of it may be asked from many threads, and several programs may hold the file at once.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError
from advocacy_monitor.staff import sessions
from advocacy_monitor.staff.limits import ACCOUNT, ADDRESS, Counted, Failures, stamp
from advocacy_monitor.staff.names import checked_name, key_of
from advocacy_monitor.staff.passwords import BusyError, Passwords, check
from advocacy_monitor.staff.roles import Person, Role
from advocacy_monitor.staff.sessions import Lasting, Sessions
from advocacy_monitor.staff.tables import AccountsFile
from advocacy_monitor.translate import LANGUAGES

_ACCOUNTS = "SELECT id, name, role, language, made_at, password_at, last_in_at, disabled_at FROM people "
_BUSY = timedelta(seconds=5)


class Why(StrEnum):
    """Why nobody is let in."""

    WRONG = "wrong"
    WAIT = "wait"
    BUSY = "busy"
    USED = "used"


class LogInError(AdvocacyMonitorError):
    """Nobody is let in. `retry_after` is the wait in seconds, or None when trying again at once is allowed."""

    def __init__(self, message: str, why: Why, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.why = why
        self.retry_after = retry_after


class UnknownAccountError(ConfigError):
    """There is no account of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an administrator sees of an account. `waits` is how long nobody may log in after failures."""

    id: int
    name: str
    role: Role
    language: str | None
    made_at: datetime
    password_at: datetime
    last_in_at: datetime | None
    disabled_at: datetime | None
    waits: timedelta


class Accounts:
    """The accounts of one campaign."""

    def __init__(
        self, file: AccountsFile, *, clock: Callable[[], datetime], lasting: Lasting, passwords: Passwords
    ) -> None:
        self._file = file
        self._clock = clock
        self._passwords = passwords
        self._failures = Failures(file)
        self._sessions = Sessions(file, lasting)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], datetime],
        lasting: Lasting | None = None,
        passwords: Passwords | None = None,
    ) -> Accounts:
        """Opens the file, or makes it, readable by its owner only. Raises StoreError."""
        return cls(AccountsFile(path), clock=clock, lasting=lasting or Lasting(), passwords=passwords or Passwords())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    # Logging in and out.

    def log_in(self, name: str, password: str, *, address: str) -> str:
        """The token of a new session. `address` is where the reader asks from. Raises LogInError."""
        key = key_of(name)
        with self._proved(key, password, address) as (person, kept):
            better = self._passwords.hash(password) if self._passwords.is_out_of_date(kept) else kept
            now = self._clock()
            with self._file.writing() as conn:
                # Looked at again, because it may have been disabled or given another password in the meantime.
                changed = conn.execute(
                    "UPDATE people SET last_in_at = ?, password = ? "
                    "WHERE id = ? AND password = ? AND disabled_at IS NULL RETURNING name",
                    (stamp(now), better, person, kept),
                ).fetchall()
                if not changed:
                    raise _refused()
                token = sessions.begin(conn, key, changed[0][0], now)
        self._sessions.prune(now)
        self._failures.prune(now)
        return token

    @contextmanager
    def _proved(self, key: str, password: str, address: str) -> Iterator[tuple[int, str]]:
        """Counts an attempt, and takes the count back when it went well to the end. Raises LogInError."""
        rows = self._file.rows("SELECT id, password, disabled_at FROM people WHERE key = ?", (key,))
        person, kept, disabled_at = rows[0] if rows else (None, None, None)
        counted = self._counted(person, key, address)
        try:
            fits = self._passwords.fits(kept, password)
        except BusyError:
            self._failures.take_back(counted)
            raise LogInError(
                "Too many people log in at this moment. Try again in a few seconds.",
                Why.BUSY,
                retry_after=_BUSY.total_seconds(),
            ) from None
        if not fits or disabled_at is not None or person is None or kept is None:
            raise _refused()
        yield person, kept
        self._failures.take_back(counted, anew=True)

    def _counted(self, person: int | None, key: str, address: str) -> tuple[Counted, ...]:
        subjects = ((self._failures.account(person, key), ACCOUNT), (self._failures.address(address), ADDRESS))
        counted = self._failures.count(subjects, self._clock())
        if isinstance(counted, timedelta):
            seconds = math.ceil(counted.total_seconds())
            words = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
            raise LogInError(f"Too many attempts have failed. Try again in {words}.", Why.WAIT, retry_after=seconds)
        return counted

    def make_entry_key(self, name: str) -> str:
        """A key for the person at the terminal: lets them in as administrator, once, within ten minutes."""
        try:
            name = checked_name(name)
        except ConfigError:
            name = "terminal"
        return self._sessions.add_entry_key(name, self._clock())

    def enter(self, key: str) -> str:
        """The token of a new session for whoever holds a one-time key. Raises LogInError."""
        token = self._sessions.enter(key, self._clock())
        if token is None:
            raise LogInError("This link was used already or is too old. Start the desk again for a new one.", Why.USED)
        return token

    def person(self, token: str) -> Person | None:
        """Who is logged in with a token; None if nobody is any more. Cheap enough for each request."""
        return self._sessions.person(token, self._clock())

    def csrf(self, token: str) -> str:
        """What the forms of this session carry."""
        return sessions.csrf_of(token)

    def csrf_matches(self, token: str, given: str) -> bool:
        """Whether a form came from a page of this session."""
        return sessions.csrf_matches(token, given)

    def log_out(self, token: str) -> None:
        """Ends a session; one that is over already is no error."""
        self._sessions.end(token)

    # The accounts themselves.

    def is_empty(self) -> bool:
        """Whether nobody has an account that can be used."""
        return not self._file.rows("SELECT 1 FROM people WHERE disabled_at IS NULL LIMIT 1")

    def people(self) -> list[Account]:
        """All accounts, disabled ones last."""
        rows = self._file.rows(_ACCOUNTS + "ORDER BY disabled_at IS NOT NULL, key")
        return [self._account(row) for row in rows]

    def account(self, name: str) -> Account:
        """One account. Raises UnknownAccountError."""
        rows = self._file.rows(_ACCOUNTS + "WHERE key = ?", (key_of(name),))
        if not rows:
            raise _unknown(name)
        return self._account(rows[0])

    def _account(self, row: tuple[int, str, str, str | None, str, str, str | None, str | None]) -> Account:
        number, name, role, language, made_at, password_at, last_in_at, disabled_at = row
        return Account(
            id=number,
            name=name,
            role=Role(role),
            language=language,
            made_at=datetime.fromisoformat(made_at),
            password_at=datetime.fromisoformat(password_at),
            last_in_at=datetime.fromisoformat(last_in_at) if last_in_at else None,
            disabled_at=datetime.fromisoformat(disabled_at) if disabled_at else None,
            waits=self._failures.left(number, self._clock()),
        )

    def add(self, name: str, role: Role, password: str, *, language: str | None = None) -> str:
        """Makes an account and tells how its name is written. Raises ConfigError, WeakPasswordError."""
        name = checked_name(name)
        check(password, name=name)
        hashed, now = self._passwords.hash(password), stamp(self._clock())
        try:
            with self._file.writing() as conn:
                conn.execute(
                    "INSERT INTO people (key, name, role, language, password, made_at, password_at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (key_of(name), name, role, _checked_language(language), hashed, now, now),
                )
        except sqlite3.IntegrityError:
            raise ConfigError(f"there is an account {name!r} already; names that differ in case only are one") from None
        return name

    def set_role(self, name: str, role: Role) -> None:
        """Gives an account another role. Whoever is logged in with it must do so again. Raises UnknownAccountError."""
        self._change(name, "role = ?", role)

    def set_password(self, name: str, password: str) -> None:
        """Gives an account another password and lets it be tried at once. Raises UnknownAccountError, ConfigError."""
        found = self.account(name)
        check(password, name=found.name)
        self._change(name, "password = ?, password_at = ?", self._passwords.hash(password), stamp(self._clock()))
        self._failures.forget(found.id)

    def change_password(self, name: str, old: str, new: str, *, address: str) -> str:
        """Somebody changes their own password: all their sessions end, and the token of a new one is given.

        Raises LogInError when the old one is wrong, WeakPasswordError.
        """
        key = key_of(name)
        check(new, name=name)
        with self._proved(key, old, address) as (person, kept):
            hashed, now = self._passwords.hash(new), self._clock()
            with self._file.writing() as conn:
                changed = conn.execute(
                    "UPDATE people SET password = ?, password_at = ? "
                    "WHERE id = ? AND password = ? AND disabled_at IS NULL RETURNING name",
                    (hashed, stamp(now), person, kept),
                ).fetchall()
                if not changed:
                    raise _refused()
                sessions.end_all(conn, key)
                return sessions.begin(conn, key, changed[0][0], now)

    def set_language(self, name: str, language: str | None) -> None:
        """The language of somebody's pages; None for that of the browser. Raises ConfigError."""
        language = _checked_language(language)
        with self._file.writing() as conn:
            for table in ("people", "sessions"):
                conn.execute(f"UPDATE {table} SET language = ? WHERE key = ?", (language, key_of(name)))  # noqa: S608

    def disable(self, name: str) -> None:
        """Nobody gets in with this account any more. What was done with it stays. Raises UnknownAccountError."""
        self._change(name, "disabled_at = coalesce(disabled_at, ?)", stamp(self._clock()))

    def enable(self, name: str) -> None:
        """An account may be used again, and at once. Raises UnknownAccountError."""
        self._change(name, "disabled_at = NULL")
        self._failures.forget(self.account(name).id)

    def _change(self, name: str, what: str, *values: str) -> None:
        """Changes an account and ends all its sessions."""
        key = key_of(name)
        with self._file.writing() as conn:
            sql = f"UPDATE people SET {what} WHERE key = ?"  # noqa: S608  `what` is written above
            if not conn.execute(sql, (*values, key)).rowcount:
                raise _unknown(name)
            sessions.end_all(conn, key)


def _checked_language(language: str | None) -> str | None:
    if language is not None and language not in LANGUAGES:
        raise ConfigError(f"{language!r} is no language of the pages; there are: {', '.join(LANGUAGES)}")
    return language


def _refused() -> LogInError:
    return LogInError("The name or the password is wrong.", Why.WRONG)


def _unknown(name: str) -> UnknownAccountError:
    return UnknownAccountError(f"there is no account {name[:60]!r}; `advocacy-monitor staff list` shows them")
