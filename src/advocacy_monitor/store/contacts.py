"""The contacts file: the only place for names, addresses and records that nobody could read yet."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.models import Item, Post, Reject, Submission
from advocacy_monitor.store.connection import immediate, open_database, translated

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LEAST_DIGITS = 6
_encode = msgspec.json.Encoder(order="sorted").encode


class Contacts:
    """Writes contact details; tells nothing but keyed hashes. Never log, print or export what is in here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: Database = open_database(path, schema.contacts, private=True)
        self._key = self._key_for("person_key")
        self._hash = lru_cache(maxsize=100_000)(self._keyed)
        self._tombstone_key = self._key_for("tombstone")

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

    def tombstone(self, source: str, source_id: str) -> str:
        """The hash by which a removed item is known again, and by nothing else."""
        return hashlib.blake2b(f"{source}\0{source_id}".encode(), key=self._tombstone_key, digest_size=16).hexdigest()

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

    def remove(self, keys: Iterable[tuple[str, str]]) -> int:
        """Removes the contact details of submissions with these (source, source id). Returns how many there were."""
        with translated(self._path):
            with immediate(self._db):
                removed = sum(
                    self._db.execute("DELETE FROM contacts WHERE source = ? AND source_id = ?", list(key)).rowcount
                    for key in keys
                )
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # what was removed must not stay in the log
        return removed
