"""Mails in the contacts file until they are sent.

A mail is noted as being sent before the mail server is asked, and as sent afterwards; its address and words are removed
then. Should the program die in between, it is sent once more under the same Message-ID: once too often, never lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts

_IN_DOUBT = timedelta(minutes=15)
"""What has been 'sending' for so long was left by a program that died."""
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person. Never print or log it.

    `source` and `source_id` are the answer that it is about: when that is withdrawn, the mail goes with it.
    """

    kind: str
    recipient: str
    language: str
    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    message_id: str = ""
    source: str | None = None
    source_id: str | None = None
    id: int = 0
    attempts: int = 0
    doubts: int = 0
    """How often it was handed over without anybody knowing whether it was taken."""

    def __repr__(self) -> str:
        return f"Mail({self.kind}, ...)"


class Outbox:
    """Keeps mails until they are sent."""

    def __init__(self, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._maybe_contacts = contacts
        self._clock = clock

    @property
    def _db(self) -> Database:
        if self._maybe_contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_contacts.db

    def queue(self, mails: Sequence[Mail], *, domain: str, due_at: datetime | None = None) -> None:
        """Puts mails into the outbox; `domain` stands in their Message-IDs."""
        now = self._clock()
        with translated(self._path), immediate(self._db):
            for mail in mails:
                self.insert(mail, domain, now, due_at or now)

    def insert(self, mail: Mail, domain: str, now: datetime, due_at: datetime) -> None:
        """The same for one mail, inside a write transaction."""
        self._db.execute(
            "INSERT INTO outbox (kind, message_id, recipient, language, subject, body, headers, source, source_id, "
            "made_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(mail.kind, f"<{secrets.token_hex(16)}@{domain}>", mail.recipient, mail.language, mail.subject),
                *(mail.body, msgspec.json.encode(mail.headers).decode(), mail.source, mail.source_id),
                *(now.isoformat(), due_at.isoformat()),
            ],
        )

    def due(self, *, most: int) -> list[Mail]:
        """The mails that are to be sent now: those that wait longest first, thanks last, because there are many."""
        now = self._clock()
        rows = self._db.execute(
            "SELECT id, kind, recipient, language, subject, body, headers, message_id, attempts, "
            "doubts + (state = 'sending'), source, source_id FROM outbox "
            "WHERE (state = 'waiting' AND due_at <= ?) OR (state = 'sending' AND tried_at <= ?) "
            "ORDER BY kind = 'thanks', due_at, id LIMIT ?",
            [now.isoformat(), (now - _IN_DOUBT).isoformat(), most],
        ).fetchall()
        return [
            Mail(
                id=row[0],
                kind=row[1],
                recipient=row[2],
                language=row[3],
                subject=row[4],
                body=row[5],
                headers=msgspec.json.decode(row[6], type=dict[str, str]),
                message_id=row[7],
                attempts=row[8],
                doubts=row[9],
                source=row[10],
                source_id=row[11],
            )
            for row in rows
        ]

    def begin(self, mail_id: int) -> bool:
        """Notes that a mail is being sent. False when another program has begun with it."""
        now = self._clock()
        with translated(self._path), immediate(self._db):
            done = self._db.execute(
                "UPDATE outbox SET doubts = doubts + (state = 'sending'), state = 'sending', attempts = attempts + 1, "
                "tried_at = ? WHERE id = ? "
                "AND (state = 'waiting' OR (state = 'sending' AND tried_at <= ?))",
                [now.isoformat(), mail_id, (now - _IN_DOUBT).isoformat()],
            )
        return bool(done.rowcount)

    def sent(self, mail_id: int, reason: str = "") -> None:
        """Notes that the mail server took it, and what is to be told about that; its address and words go."""
        self._end(mail_id, "sent", reason)

    def fail(self, mail_id: int, reason: str) -> None:
        """Gives a mail up, with the reason in words that name nobody; its address and words go."""
        self._end(mail_id, "failed", reason)

    def _end(self, mail_id: int, state: str, reason: str) -> None:
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE outbox SET state = ?, reason = ?, recipient = '', subject = '', body = '', headers = '{}' "
                "WHERE id = ?",
                [state, reason, mail_id],
            )

    def again(self, mail_id: int, *, due_at: datetime, reason: str, in_doubt: bool = False) -> None:
        """Lets a mail wait until a later time. `in_doubt`: it may have been taken."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE outbox SET state = 'waiting', due_at = ?, reason = ?, doubts = doubts + ? WHERE id = ?",
                [due_at.isoformat(), reason, int(in_doubt), mail_id],
            )

    def drop(self, mail_id: int) -> None:
        """Removes a mail that nobody wants any more."""
        with translated(self._path), immediate(self._db):
            self._db.execute("DELETE FROM outbox WHERE id = ?", [mail_id])

    def drop_waiting(self, kind: str) -> None:
        """Removes the mails of a kind that wait: newer ones take their place."""
        with translated(self._path), immediate(self._db):
            self._db.execute("DELETE FROM outbox WHERE kind = ? AND state = 'waiting'", [kind])

    def settle(self) -> None:
        """Clears the log file of addresses and words that were removed."""
        with translated(self._path):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def states(self) -> dict[str, int]:
        """How many mails wait, are being sent, were sent or given up."""
        rows = self._db.execute("SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state").fetchall()
        return {row[0]: row[1] for row in rows}

    def failures(self, *, since: datetime) -> list[tuple[str, str]]:
        """Kind and reason of the mails that were given up since a moment, or that wait after a failure."""
        rows = self._db.execute(
            "SELECT kind, reason FROM outbox WHERE reason <> '' AND coalesce(tried_at, made_at) >= ? ORDER BY id",
            [since.isoformat()],
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def forget_old(self, now: datetime) -> None:
        """Removes the notes of mails that were sent or given up long ago; inside a write transaction."""
        self._db.execute(
            "DELETE FROM outbox WHERE state IN ('sent', 'failed') AND made_at < ?", [(now - _REMEMBERED).isoformat()]
        )
