"""How often somebody may guess: failures are counted for each account and each address, and waits grow with them.

A failure is counted before the password is looked at and taken back when it was right, so that many guesses at the same
moment are not one guess. Counts sink slowly with time. They stand in the accounts file and survive a restart.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy_monitor.staff.tables import AccountsFile

_BUCKETS = 2  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """After `free` failures in a row there is a wait, which doubles with each more. One is forgotten each `sinks`."""

    free: int
    sinks: timedelta
    first: timedelta = timedelta(seconds=30)
    most: timedelta = timedelta(minutes=15)

    def level(self, level: float, since: timedelta) -> float:
        """What a count has sunk to after a time."""
        return max(0.0, level - max(since, timedelta()) / self.sinks)

    def wait(self, level: float) -> timedelta | None:
        """How long to wait after so many failures."""
        over = math.ceil(level) - self.free
        return None if over < 0 else min(self.first * 2 ** min(over, 30), self.most)


ACCOUNT = Limit(free=5, sinks=timedelta(hours=1))
ADDRESS = Limit(free=30, sinks=timedelta(minutes=5))
"""More for an address: a whole office may stand behind one."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A failure that was counted in advance, with the wait that came with it."""

    subject: str
    until_at: str | None


class Failures:
    """The counts. Addresses and unknown names are kept as short keyed hashes: a password typed as a name is nowhere."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file
        with file.writing() as conn:
            conn.execute("INSERT OR IGNORE INTO keys VALUES ('failures', ?)", (secrets.token_bytes(32),))
        self._key = bytes(file.rows("SELECT key FROM keys WHERE purpose = 'failures'")[0][0])

    def account(self, person: int | None, name: str) -> str:
        """What stands for an account; for one that does not exist, something that cannot be turned back."""
        return f"account:{person}" if person is not None else f"unknown:{self._hash(name, _BUCKETS)}"

    def address(self, address: str) -> str:
        """What stands for an address; of the sixth version its network, of which one reader has many addresses."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return f"address:{self._hash(address, 8)}"
        if isinstance(found, ipaddress.IPv6Address):
            found = found.ipv4_mapped or ipaddress.IPv6Network((int(found), 64), strict=False).network_address
        return f"address:{self._hash(str(found), 8)}"

    def _hash(self, text: str, size: int) -> str:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=size).hexdigest()

    def count(self, subjects: Sequence[tuple[str, Limit]], now: datetime) -> tuple[Counted, ...] | timedelta:
        """Counts a failure for each, or tells how long to wait, and then counts nothing."""
        with self._file.writing() as conn:
            found = [_row(conn, subject) for subject, _ in subjects]
            waits = [_left(row, limit, now) for row, (_, limit) in zip(found, subjects, strict=True)]
            if longest := max(waits):
                return longest
            return tuple(
                _add(conn, subject, limit, row, now) for row, (subject, limit) in zip(found, subjects, strict=True)
            )

    def take_back(self, counted: Sequence[Counted], *, anew: bool = False) -> None:
        """What was counted in advance was no failure. When the password was right, the account starts anew."""
        with self._file.writing() as conn:
            for each in counted:
                if anew and each.subject.startswith("account:"):
                    conn.execute("DELETE FROM failures WHERE subject = ?", (each.subject,))
                conn.execute(
                    "UPDATE failures SET level = max(0, level - 1), "
                    "until_at = CASE WHEN until_at = ? THEN NULL ELSE until_at END WHERE subject = ?",
                    (each.until_at, each.subject),
                )

    def forget(self, person: int) -> None:
        """An account may be tried at once again."""
        with self._file.writing() as conn:
            conn.execute("DELETE FROM failures WHERE subject = ?", (self.account(person, ""),))

    def prune(self, now: datetime) -> None:
        """Forgets what is older than a day and can matter to nobody any more."""
        with self._file.writing() as conn:
            conn.execute("DELETE FROM failures WHERE last_at < ?", (stamp(now - timedelta(days=1)),))

    def left(self, person: int, now: datetime) -> timedelta:
        """How long an account cannot be tried."""
        rows = self._file.rows(
            "SELECT level, last_at, until_at FROM failures WHERE subject = ?", (self.account(person, ""),)
        )
        return _left(rows[0] if rows else None, ACCOUNT, now)


_Row = tuple[float, str, str | None]


def stamp(moment: datetime) -> str:
    """A time as it is kept: always as long, so that texts sort as times do."""
    return moment.isoformat(timespec="microseconds")


def _row(conn: sqlite3.Connection, subject: str) -> _Row | None:
    row: _Row | None = conn.execute(
        "SELECT level, last_at, until_at FROM failures WHERE subject = ?", (subject,)
    ).fetchone()
    return row


def _left(row: _Row | None, limit: Limit, now: datetime) -> timedelta:
    """A clock that was put back makes no wait longer than the longest."""
    if row is None or row[2] is None:
        return timedelta()
    return min(max(datetime.fromisoformat(row[2]) - now, timedelta()), limit.most)


def _add(conn: sqlite3.Connection, subject: str, limit: Limit, row: _Row | None, now: datetime) -> Counted:
    sunk = 0.0 if row is None else limit.level(row[0], now - datetime.fromisoformat(row[1]))
    wait = limit.wait(sunk + 1)
    until = None if wait is None else stamp(now + wait)
    conn.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", (subject, sunk + 1, stamp(now), until))
    return Counted(subject, until)
