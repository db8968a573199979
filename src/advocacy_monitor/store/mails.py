"""Who may be written to, in the contacts file: addresses to be confirmed, confirmed ones, and who wants no mail."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.outbox import Mail, Outbox

OPT_IN_DAYS = 7
"""A link that confirms an address holds so long; an address that nobody confirmed is removed afterwards."""
_DAY = timedelta(days=1)
_BEING_STORED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Asking:
    """An address that has to be asked whether it is right, with a fresh token for the link."""

    token: str
    email: str
    language: str
    source: str
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OptedIn:
    """A link that was followed. `before`: it had been followed before, and nothing has to be done."""

    email: str
    language: str
    source: str
    source_id: str
    wants_contact: bool
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reachable:
    """Somebody with a confirmed address who ticked that they may be written to."""

    email: str
    language: str
    source: str
    source_id: str


class Mails:
    """Knows whom mails may go to; `outbox` keeps them until they are sent."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._main = db
        self._path = path
        self._maybe_contacts = contacts
        self._clock = clock
        self.outbox = Outbox(path, contacts, clock)

    @property
    def _contacts(self) -> Contacts:
        if self._maybe_contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_contacts

    @property
    def _db(self) -> Database:
        return self._contacts.db

    def is_wanted(self, mail: Mail) -> bool:
        """Whether the ground of a mail still stands: people say no, or answer again, while it waits."""
        if mail.kind not in ("digest", "alert") and self.is_unsubscribed(mail.recipient):
            return False
        if mail.kind == "opt-in":
            found = self._db.execute(
                "SELECT 1 FROM opt_ins WHERE source = ? AND source_id = ? AND confirmed_at IS NULL",
                [mail.source, mail.source_id],
            ).fetchone()
            return found is not None
        if mail.kind == "thanks":
            return any(each.email.casefold() == mail.recipient.casefold() for each in self.reachable(mail.recipient))
        return True

    def tidy(self) -> None:
        """Removes what is over: notes of old mails, and addresses that nobody has confirmed in time."""
        now = self._clock()
        with translated(self._path), immediate(self._db):
            self.outbox.forget_old(now)
            self._db.execute("DELETE FROM asked WHERE made_at < ?", [(now - _DAY).isoformat()])
            old = self._db.execute(
                "SELECT token_hash FROM opt_ins WHERE confirmed_at IS NULL AND coalesce(mailed_at, asked_at) < ?",
                [(now - timedelta(days=OPT_IN_DAYS)).isoformat()],
            ).fetchall()
            for (token_hash,) in old:
                self._forget(token_hash)

    def _forget(self, token_hash: str) -> None:
        """Removes an address that nobody confirmed, and from the contact details too, unless it was confirmed there."""
        row = self._db.execute(
            "DELETE FROM opt_ins WHERE token_hash = ? RETURNING source, source_id, email", [token_hash]
        ).fetchone()
        if row is None:
            return
        confirmed = self._db.execute(
            "SELECT 1 FROM opt_ins WHERE source = ? AND source_id = ? AND lower(email) = lower(?)", list(row)
        ).fetchone()
        if confirmed is None:
            self._db.execute(
                "UPDATE contacts SET email = NULL WHERE source = ? AND source_id = ? AND lower(email) = lower(?)",
                list(row),
            )
            self._db.execute(
                "DELETE FROM contacts WHERE source = ? AND source_id = ? AND name IS NULL AND email IS NULL "
                "AND phone IS NULL AND other = '{}'",
                list(row[:2]),
            )

    # Addresses to be confirmed

    def to_ask(self, *, most: int, most_a_day: int, is_address: Callable[[str], bool]) -> list[Asking]:
        """The addresses that are to be asked now: each once a day at most, and so many a day in all.

        Our form must not become a way to fill somebody's mailbox. That an address was asked is remembered by its hash,
        also where the answer was withdrawn since. Who wants no mail is not asked, and what is no address goes.
        """
        now = self._clock()
        rows = self._db.execute("SELECT hash FROM asked WHERE made_at > ?", [(now - _DAY).isoformat()]).fetchall()
        lately = {row[0] for row in rows}
        left = min(most, most_a_day - len(lately))
        asked: list[tuple[str, Asking]] = []
        hopeless = []
        for token_hash, email, language, source, source_id, asked_at in self._unasked():
            if len(asked) >= left:
                break
            is_stored = self._is_stored(source, source_id)
            is_late = datetime.fromisoformat(asked_at) < now - _BEING_STORED
            if not is_address(email) or self.is_unsubscribed(email) or (is_late and not is_stored):
                hopeless.append(token_hash)
            elif is_stored and (of_address := self.stop_token(email)) not in lately:
                lately.add(of_address)
                token = secrets.token_urlsafe(24)
                asking = Asking(token=token, email=email, language=language, source=source, source_id=source_id)
                asked.append((token_hash, asking))
        if hopeless:
            with translated(self._path), immediate(self._db):
                for token_hash in hopeless:
                    self._forget(token_hash)
        return [self._with_new_token(token_hash, each) for token_hash, each in asked]

    def _unasked(self) -> list[tuple[str, str, str, str, str, str]]:
        return self._db.execute(
            "SELECT token_hash, email, language, source, source_id, asked_at FROM opt_ins "
            "WHERE mailed_at IS NULL AND confirmed_at IS NULL ORDER BY asked_at, token_hash"
        ).fetchall()

    def _with_new_token(self, token_hash: str, asking: Asking) -> Asking:
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE opt_ins SET token_hash = ? WHERE token_hash = ?",
                [self._contacts.code_hash(asking.token), token_hash],
            )
        return asking

    def queue_question(self, asking: Asking, mail: Mail, *, domain: str) -> None:
        """Queues the mail that asks, and notes that it was asked, at once.

        The mail says that no other follows, so whatever else waits for the same address is forgotten.
        """
        now = self._clock()
        token_hash = self._contacts.code_hash(asking.token)
        with translated(self._path), immediate(self._db):
            self._db.execute("UPDATE opt_ins SET mailed_at = ? WHERE token_hash = ?", [now.isoformat(), token_hash])
            self._db.execute(
                "INSERT OR REPLACE INTO asked (hash, made_at) VALUES (?, ?)",
                [self.stop_token(asking.email), now.isoformat()],
            )
            others = self._db.execute(
                "SELECT token_hash FROM opt_ins WHERE mailed_at IS NULL AND confirmed_at IS NULL "
                "AND lower(email) = lower(?)",
                [asking.email],
            ).fetchall()
            for (other,) in others:
                self._forget(other)
            self.outbox.insert(mail, domain, now, now)

    def _is_stored(self, source: str, source_id: str) -> bool:
        found = self._main.execute(
            "SELECT 1 FROM items WHERE source = ? AND source_id = ?", [source, source_id]
        ).fetchone()
        return found is not None

    def item_of(self, opted_in: OptedIn | Reachable) -> int | None:
        """The item of an answer; None when it was withdrawn."""
        row = self._main.execute(
            "SELECT id FROM items WHERE source = ? AND source_id = ?", [opted_in.source, opted_in.source_id]
        ).fetchone()
        return None if row is None else int(row[0])

    def opted_in(self, token: str) -> OptedIn | None:
        """What a link that was followed confirms. None for a link that is wrong or too old."""
        row = self._db.execute(
            "SELECT email, language, source, source_id, wants_contact, confirmed_at FROM opt_ins "
            "WHERE token_hash = ? AND (confirmed_at IS NOT NULL OR mailed_at >= ?)",
            [self._contacts.code_hash(token), (self._clock() - timedelta(days=OPT_IN_DAYS)).isoformat()],
        ).fetchone()
        if row is None:
            return None
        return OptedIn(
            email=row[0],
            language=row[1],
            source=row[2],
            source_id=row[3],
            wants_contact=bool(row[4]),
            before=row[5] is not None,
        )

    def confirm(self, token: str) -> None:
        """Notes that an address is right; one whose holder did not tick that they may be written to goes at once."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE opt_ins SET confirmed_at = coalesce(confirmed_at, ?), email = iif(wants_contact, email, '') "
                "WHERE token_hash = ?",
                [self._clock().isoformat(), self._contacts.code_hash(token)],
            )

    # Who may be written to

    def reachable(self, email: str | None = None) -> list[Reachable]:
        """Everybody with a confirmed address (or whoever has this one) who ticked contact, and still stands to it."""
        rows = self._db.execute(
            "SELECT email, language, source, source_id FROM opt_ins WHERE confirmed_at IS NOT NULL AND wants_contact "
            "AND email <> '' AND (?1 IS NULL OR lower(email) = lower(?1)) ORDER BY confirmed_at, token_hash",
            [email],
        ).fetchall()
        found = (Reachable(email=row[0], language=row[1], source=row[2], source_id=row[3]) for row in rows)
        return [each for each in found if not self.is_unsubscribed(each.email) and self._may_contact(each)]

    def _may_contact(self, reachable: Reachable) -> bool:
        row = self._main.execute(
            "SELECT granted FROM item_consents JOIN items ON items.id = item_id "
            "WHERE source = ? AND source_id = ? AND use = 'contact'",
            [reachable.source, reachable.source_id],
        ).fetchone()
        return row is not None and bool(row[0])

    def stop_token(self, email: str) -> str:
        """What ends all mails to an address; it stands in mails to that address, and cannot be guessed."""
        return self._contacts.code_hash(f"mail {email.strip().casefold()}")

    def is_unsubscribed(self, email: str) -> bool:
        """Whether somebody ended the mails to an address."""
        found = self._db.execute("SELECT 1 FROM unsubscribed WHERE hash = ?", [self.stop_token(email)]).fetchone()
        return found is not None

    def unsubscribe(self, token: str) -> list[Reachable] | None:
        """Ends all mails to an address. Returns the answers it came with; None for a token that is none of ours."""
        # First what is quickly found: anybody may try tokens, and to compare all addresses takes long.
        known = self._db.execute(
            "SELECT 1 FROM thanked WHERE hash = ?1 UNION ALL SELECT 1 FROM unsubscribed WHERE hash = ?1", [token]
        ).fetchone()
        if known is None:
            return None
        rows = self._db.execute("SELECT DISTINCT email, language, source, source_id FROM opt_ins WHERE email <> ''")
        found = [Reachable(email=row[0], language=row[1], source=row[2], source_id=row[3]) for row in rows.fetchall()]
        theirs = [each for each in found if self.stop_token(each.email) == token]
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO unsubscribed (hash, made_at) VALUES (?, ?)", [token, self._clock().isoformat()]
            )
        return theirs

    def was_thanked(self, email: str, digest: str) -> bool:
        """Whether a text went to an address before."""
        found = self._db.execute(
            "SELECT 1 FROM thanked WHERE hash = ? AND text_digest = ?", [self.stop_token(email), digest]
        ).fetchone()
        return found is not None

    def queue_thanks(self, mail: Mail, *, digest: str, domain: str) -> None:
        """Queues thanks and notes that this text went to this address, at once."""
        now = self._clock()
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "INSERT INTO thanked (hash, text_digest, made_at) VALUES (?, ?, ?)",
                [self.stop_token(mail.recipient), digest, now.isoformat()],
            )
            self.outbox.insert(mail, domain, now, now)
