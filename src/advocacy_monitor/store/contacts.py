"""The contacts file: the only place for names, addresses and records that nobody could read yet."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.models import Contact, Item, OptIn, Post, Reject, Submission
from advocacy_monitor.store.connection import immediate, open_database, translated
from advocacy_monitor.store.handles import folded

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_AROUND = "\"'<>()[]{},;:."
_LEAST_DIGITS = 6
PAPER = "paper"
"""The source of flyers that were filled in by hand; their ids are a batch and a flyer: '3-17', corrected '3-17~2'."""
_FLYER = re.compile(r"(\d{1,9})-(\d{1,9})(?:~\d+)?")
_encode = msgspec.json.Encoder(order="sorted").encode


def _addresses(text: str) -> set[str]:
    """The e-mail addresses in a text, as they are compared."""
    return {found.strip(_AROUND).casefold() for found in _ADDRESS.findall(text)}


class Contacts:
    """Writes contact details; tells nothing but keyed hashes. Never log, print or export what is in here."""

    def __init__(self, path: Path, *, before_upgrade: Callable[[], object] | None = None) -> None:
        self._path = path
        self._db: Database = open_database(path, schema.contacts, private=True, before_upgrade=before_upgrade)
        self._key = self._key_for("person_key")
        self._hash = lru_cache(maxsize=100_000)(self._keyed)
        self._tombstone_key = self._key_for("tombstone")

    @property
    def db(self) -> Database:
        """The file itself, for the other modules of the store whose tables lie in it."""
        return self._db

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def _key_for(self, purpose: str) -> bytes:
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO keys (purpose, key) VALUES (?, ?)", [purpose, secrets.token_bytes(32)]
            )
            row = self._db.execute("SELECT key FROM keys WHERE purpose = ?", [purpose]).fetchone()
        return bytes(row[0])

    def key(self, purpose: str) -> bytes:
        """A random key for one purpose, made when it is first asked for. It lies in this file and nowhere else."""
        return self._key_for(f"{purpose} key")

    def tombstone(self, source: str, source_id: str) -> str:
        """The hash by which a removed item is known again, and by nothing else."""
        return hashlib.blake2b(f"{source}\0{source_id}".encode(), key=self._tombstone_key, digest_size=16).hexdigest()

    @property
    def fingerprint(self) -> str:
        """By which hashes of this contacts file are told from another's; it tells nothing about the key."""
        return hashlib.blake2b(b"fingerprint", key=self._tombstone_key, digest_size=6).hexdigest()

    def account_key(self, source: str, handle: str) -> str:
        """The hash of an account's name at a platform, for posts that come without the account's number."""
        return self._keyed(f"account {source}:{folded(handle)}")

    def address_key(self, email: str) -> str:
        """The key of the person with an e-mail address, as `person_key` makes it."""
        return self._hash(f"email:{email.strip().casefold()}")

    def code_hash(self, code: str) -> str:
        """The hash of a one-time code; the code itself is nowhere stored."""
        return hashlib.blake2b(f"code\0{code}".encode(), key=self._tombstone_key, digest_size=16).hexdigest()

    def person_key(self, item: Item) -> str | None:
        """The same short hash for the same person, useless without the key in this file; None if unknown.

        A post's author is known by the platform's id; a submission's by e-mail address, else telephone number.
        """
        known: str | None = None
        if isinstance(item, Post) and item.author_id:
            known = f"{item.source}:{item.author_id}"
        elif isinstance(item, Submission) and item.contact:
            email = (item.contact.email or "").strip().casefold()
            digits = "".join(c for c in item.contact.phone or "" if c.isdigit())
            # 'n/a' and '-' are no persons: whoever wrote that stays unknown.
            if _ADDRESS.fullmatch(email):
                known = f"email:{email}"
            elif len(digits) >= _LEAST_DIGITS:
                known = f"phone:{digits}"
        if known is None:
            return None
        return self._hash(known)

    def _keyed(self, known: str) -> str:
        return hashlib.blake2b(known.encode(), key=self._key, digest_size=8).hexdigest()

    def add(self, items: Iterable[Item], rejects: Iterable[Reject], *, now: datetime) -> None:
        """Keeps the contact details of submissions and the payloads of rejects; a second time changes nothing."""
        people = [
            (
                item.source,
                item.source_id,
                item.contact.name,
                item.contact.email,
                item.contact.phone,
                _encode(item.contact.other).decode(),
                now.isoformat(),
            )
            for item in items
            if isinstance(item, Submission) and item.contact
        ]
        payloads = [
            (hashlib.sha256(reject.payload).hexdigest(), reject.payload, now.isoformat())
            for reject in rejects
            if reject.payload
        ]
        if not people and not payloads:
            return
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany("INSERT OR IGNORE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?)", people)
            self._db.conn.executemany("INSERT OR IGNORE INTO reject_payloads VALUES (?, ?, ?)", payloads)

    def of(self, source: str, source_id: str) -> Contact | None:
        """The contact details of one submission: for its author, who has the code to it, and for nobody else."""
        with translated(self._path):
            row = self._db.execute(
                "SELECT name, email, phone, other FROM contacts WHERE source = ? AND source_id = ?", [source, source_id]
            ).fetchone()
        if row is None:
            return None
        return Contact(name=row[0], email=row[1], phone=row[2], other=msgspec.json.decode(row[3], type=dict[str, str]))

    def keep_only(self, source: str, source_id: str, *, name: bool, address: bool) -> None:
        """Removes the parts of one submission's contact details for which there is no consent any more."""
        with translated(self._path):
            with immediate(self._db):
                key = [source, source_id]
                if not name:
                    self._db.execute("UPDATE contacts SET name = NULL WHERE source = ? AND source_id = ?", key)
                if not address:
                    self._db.execute(
                        "UPDATE contacts SET email = NULL, phone = NULL, other = '{}' WHERE source = ? "
                        "AND source_id = ?",
                        key,
                    )
                    self._db.execute("DELETE FROM opt_ins WHERE source = ? AND source_id = ?", key)
                self._db.execute(
                    "DELETE FROM contacts WHERE source = ? AND source_id = ? AND name IS NULL AND email IS NULL "
                    "AND phone IS NULL AND other = '{}'",
                    key,
                )
            self._checkpoint()

    def move(self, source: str, old_id: str, new_id: str) -> None:
        """An address that is being confirmed, or was, goes with the corrected version of an answer."""
        with translated(self._path), immediate(self._db):
            for table in ("opt_ins", "outbox"):
                self._db.execute(
                    f"UPDATE {table} SET source_id = ? WHERE source = ? AND source_id = ?",  # noqa: S608  # no input
                    [new_id, source, old_id],
                )

    def ask_to_confirm(self, asked: Iterable[tuple[str, str, OptIn]], *, now: datetime) -> None:
        """Notes addresses, by (source, source id), that are to be asked by mail whether they are right."""
        rows = [
            (
                *(self.code_hash(each.token), source, source_id, each.email.strip(), each.language),
                *(int(each.wants_contact), now.isoformat()),
            )
            for source, source_id, each in asked
        ]
        if rows:
            with translated(self._path), immediate(self._db):
                self._db.conn.executemany(
                    "INSERT OR IGNORE INTO opt_ins (token_hash, source, source_id, email, language, wants_contact, "
                    "asked_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )

    def is_confirmed(self, source: str, source_id: str) -> bool:
        """Whether the address that came with a submission was confirmed by its holder."""
        with translated(self._path):
            found = self._db.execute(
                "SELECT 1 FROM opt_ins JOIN contacts USING (source, source_id) WHERE source = ? AND source_id = ? "
                "AND confirmed_at IS NOT NULL AND lower(opt_ins.email) = lower(contacts.email) LIMIT 1",
                [source, source_id],
            ).fetchone()
        return found is not None

    def remove(self, keys: Iterable[tuple[str, str]]) -> int:
        """Removes what there is of submissions with these (source, source id): contact details, mails that wait and
        addresses to be confirmed, scans of flyers. Returns how many had contact details."""
        removed = 0
        with translated(self._path):
            with immediate(self._db):
                for source, source_id in keys:
                    for table in ("outbox", "opt_ins", "contacts"):
                        done = self._db.execute(
                            f"DELETE FROM {table} WHERE source = ? AND source_id = ?",  # noqa: S608  # no input
                            [source, source_id],
                        )
                    removed += done.rowcount
                    if source == PAPER and (flyer := _FLYER.fullmatch(source_id)):
                        for table in ("paper_contacts", "scans"):
                            self._db.execute(
                                f"DELETE FROM {table} WHERE batch_id = ? AND flyer = ?",  # noqa: S608  # no input
                                [int(flyer[1]), int(flyer[2])],
                            )
            self._checkpoint()
        return removed

    def entries(self) -> set[tuple[str, str]]:
        """Every (source, source id) that contact details, mails or scans are kept for, whether it is an item or not."""
        with translated(self._path):
            rows = self._db.execute(
                "SELECT source, source_id FROM contacts UNION SELECT source, source_id FROM opt_ins "
                "UNION SELECT source, source_id FROM outbox WHERE source IS NOT NULL AND source_id IS NOT NULL"
            ).fetchall()
            flyers = self._db.execute(
                "SELECT batch_id, flyer FROM scans UNION SELECT batch_id, flyer FROM paper_contacts"
            ).fetchall()
        return {*((row[0], row[1]) for row in rows), *((PAPER, f"{row[0]}-{row[1]}") for row in flyers)}

    def of_address(self, email: str) -> set[tuple[str, str]]:
        """The (source, source id) of everything that came with an e-mail address, confirmed or not.

        ('', '') stands for mails that are about no statement.
        """
        wanted = email.strip().casefold()
        with translated(self._path):
            rows = self._db.execute(
                "SELECT source, source_id, email, other FROM contacts UNION ALL "
                "SELECT source, source_id, email, '' FROM opt_ins UNION ALL "
                "SELECT coalesce(source, ''), coalesce(source_id, ''), recipient, '' FROM outbox"
            ).fetchall()
            flyers = self._db.execute("SELECT batch_id, flyer, email FROM paper_contacts").fetchall()
        found = {(row[0], row[1]) for row in rows if wanted in _addresses(row[2] or row[3])}
        return found | {(PAPER, f"{row[0]}-{row[1]}") for row in flyers if row[2].strip().casefold() == wanted}

    def details(self, keys: Iterable[tuple[str, str]]) -> list[Contact]:
        """The contact details of submissions: to look for them elsewhere, never to show or to log."""
        return [contact for key in keys if (contact := self.of(*key)) is not None]

    def address_hash(self, email: str) -> str:
        """The hash by which an address is known again whose mails were removed."""
        return self.tombstone("address", email.strip().casefold())

    def remove_addresses(self, wanted: Callable[[str, str], bool]) -> int:
        """Removes mails and questions to addresses that are `wanted`, by the address and when it was noted.

        Returns how many there were. What is left is the keyed hash of an address that wants no mail.
        """
        removed = 0
        with translated(self._path):
            with immediate(self._db):
                for table, key, columns in (
                    ("outbox", "id", "recipient, made_at"),
                    ("opt_ins", "token_hash", "email, asked_at"),
                ):
                    rows = self._db.execute(f"SELECT {key}, {columns} FROM {table}").fetchall()  # noqa: S608
                    theirs = [(row[0],) for row in rows if wanted(row[1], row[2])]
                    self._db.conn.executemany(f"DELETE FROM {table} WHERE {key} = ?", theirs)  # noqa: S608
                    removed += len(theirs)
            if removed:
                self._checkpoint()
        return removed

    def rejects(self) -> Iterator[tuple[str, bytes]]:
        """Every record that could not be read, with its digest."""
        for row in self._db.execute("SELECT sha256, payload FROM reject_payloads ORDER BY sha256"):
            yield row[0], bytes(row[1])

    def remove_rejects(self, digests: Iterable[str]) -> int:
        """Removes records that could not be read. Returns how many there were."""
        with translated(self._path):
            with immediate(self._db):
                removed = self._db.conn.executemany(
                    "DELETE FROM reject_payloads WHERE sha256 = ?", [(each,) for each in digests]
                ).rowcount
            if removed > 0:
                self._checkpoint()
        return max(removed, 0)

    def _checkpoint(self) -> None:
        """What was removed must not stay in the log."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
