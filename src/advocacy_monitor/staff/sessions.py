"""Who is logged in: random tokens, of which only a hash is kept, and one-time keys for the person at the terminal."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy_monitor.staff.limits import stamp
from advocacy_monitor.staff.names import key_of
from advocacy_monitor.staff.roles import Person, Role
from advocacy_monitor.staff.tables import AccountsFile

ENTRY_KEY_LASTS = timedelta(minutes=10)
_NOTED_EVERY = timedelta(minutes=1)
_MOST = 200
"""Characters. A longer token is none of ours, and is not even hashed."""

_WHO = (
    "SELECT sessions.name, coalesce(sessions.role, people.role), coalesce(people.language, sessions.language), "
    "begun_at, seen_at FROM sessions LEFT JOIN people ON people.key = sessions.key AND people.disabled_at IS NULL "
    "WHERE token_sha256 = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """How long a session lasts at most, and how long without a click."""

    most: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(minutes=60)


def csrf_of(token: str) -> str:
    """What a form of this session carries, and a form of a stranger's page cannot know."""
    made = hmac.digest(token.encode("utf-8", "surrogatepass"), b"form", "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def csrf_matches(token: str, given: str) -> bool:
    """Whether a form came from a page of this session; takes as long for every wrong one."""
    return hmac.compare_digest(csrf_of(token).encode(), given.encode("utf-8", "surrogatepass"))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Sessions:
    """The sessions of one accounts file."""

    def __init__(self, file: AccountsFile, lasting: Lasting) -> None:
        self._file = file
        self._lasting = lasting
        self._noted_every = min(_NOTED_EVERY, lasting.idle / 4)

    def person(self, token: str, now: datetime) -> Person | None:
        """Who is logged in with this token, if the session still lasts. That they were here is noted once a minute."""
        if len(token) > _MOST:
            return None
        key = _hash(token)
        rows = self._file.rows(_WHO, (key,))
        if not rows or rows[0][1] is None:
            return None
        name, role, language, begun_at, seen_at = rows[0]
        since_seen = now - datetime.fromisoformat(seen_at)
        if abs(now - datetime.fromisoformat(begun_at)) >= self._lasting.most or since_seen >= self._lasting.idle:
            return None
        # A clock that was put back is noted too: nobody stays in until it comes round again.
        if since_seen >= self._noted_every or since_seen < -_NOTED_EVERY:
            self._file.write_if_free("UPDATE sessions SET seen_at = ? WHERE token_sha256 = ?", (stamp(now), key))
        return Person(name, Role(role), language)

    def end(self, token: str) -> None:
        """Ends one session."""
        with self._file.writing() as conn:
            conn.execute("DELETE FROM sessions WHERE token_sha256 = ?", (_hash(token),))

    def prune(self, now: datetime) -> None:
        """Removes what is over."""
        with self._file.writing() as conn:
            conn.execute(
                "DELETE FROM sessions WHERE begun_at <= ? OR seen_at <= ?",
                (stamp(now - self._lasting.most), stamp(now - self._lasting.idle)),
            )
            conn.execute("DELETE FROM entry_keys WHERE made_at <= ?", (stamp(now - ENTRY_KEY_LASTS),))

    def add_entry_key(self, name: str, now: datetime) -> str:
        """A key that lets the person at the terminal in, once."""
        key = secrets.token_urlsafe(32)
        with self._file.writing() as conn:
            conn.execute("INSERT INTO entry_keys VALUES (?, ?, ?)", (_hash(key), name, stamp(now)))
        return key

    def enter(self, key: str, now: datetime) -> str | None:
        """Lets somebody in with such a key; None if it was used, is too old or was never made."""
        with self._file.writing() as conn:
            rows = conn.execute(
                "DELETE FROM entry_keys WHERE key_sha256 = ? RETURNING name, made_at", (_hash(key[:_MOST]),)
            ).fetchall()
            if not rows or now - datetime.fromisoformat(rows[0][1]) >= ENTRY_KEY_LASTS:
                return None
            return begin(conn, key_of(rows[0][0]), rows[0][0], now, role=Role.ADMINISTRATOR)


def begin(conn: sqlite3.Connection, key: str, name: str, now: datetime, *, role: Role | None = None) -> str:
    """Begins a session inside a write transaction and gives its token. Without a role it has that of the account."""
    token = secrets.token_urlsafe(32)
    conn.execute(
        "INSERT INTO sessions (token_sha256, key, name, role, begun_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
        (_hash(token), key, name, role, stamp(now), stamp(now)),
    )
    return token


def end_all(conn: sqlite3.Connection, key: str) -> None:
    """Ends all sessions of a person inside a write transaction."""
    conn.execute("DELETE FROM sessions WHERE key = ?", (key,))
