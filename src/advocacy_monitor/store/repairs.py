"""Looks whether what belongs together fits, and makes anew what can be made from the rest. For `doctor`."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Post
from advocacy_monitor.store import Store
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.pages import search_words
from advocacy_monitor.store.wiping import PREFIX

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A statement beside the payloads that it came from, oldest first: an edited one has several."""

    item_id: int
    source: str
    source_id: str
    text: str
    seen_on: str | None
    raws: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that could not be read when it came, with its payload."""

    reject_id: int
    origin: str
    position: str
    sha256: str
    payload: bytes


class Repairs:
    """Checks and repairs over an open store."""

    def __init__(self, db: Database, path: Path, contacts: Contacts) -> None:
        self._db = db
        self._path = path
        self._contacts = contacts

    @classmethod
    def of(cls, store: Store) -> Repairs:
        """Over a store that is open for writing. Raises StoreError for another one."""
        if store._contacts is None:
            raise StoreError(f"{store.path}: is open for reading only")
        return cls(store._db, store.path, store._contacts)

    def make_indexes_anew(self) -> None:
        """Makes every index anew from its table."""
        with translated(self._path), immediate(self._db):
            self._db.execute("REINDEX")

    def search_problem(self) -> str | None:
        """Whether the search index fits the statements; what SQLite says of it if not."""
        try:
            with immediate(self._db):
                self._db.execute("INSERT INTO items_fts (items_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            return str(error)
        return None

    def make_search_anew(self) -> None:
        """Makes the search index from the statements."""
        with translated(self._path), immediate(self._db):
            self._db.execute("INSERT INTO items_fts (items_fts) VALUES ('rebuild')")

    def make_summary_anew(self) -> None:
        """Forgets the summary that the desk reads; the next page that is opened, or `enrich`, makes it from nothing."""
        with translated(self._path), immediate(self._db):
            for table in ("summary_items", "summary_changes", "summary_names"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # no input
            self._db.execute("UPDATE summary_state SET seen = 0, seq = 0, redo = NULL, made_for = ''")

    def damaged_captures(self) -> list[int]:
        """Ids of payloads that are not what was received, by their digests."""
        wrong: list[int] = []
        for segment_id, sealed in self._segments():
            try:
                payload = zstandard.ZstdDecompressor().decompress(sealed, max_output_size=2**31)
            except zstandard.ZstdError:
                payload = b""
            rows = self._db.execute(
                "SELECT id, start, length, sha256 FROM captures WHERE segment_id = ? AND sha256 <> ''", [segment_id]
            ).fetchall()
            wrong += [row[0] for row in rows if hashlib.sha256(payload[row[1] : row[1] + row[2]]).hexdigest() != row[3]]
        return wrong

    def _segments(self) -> Iterator[tuple[int, bytes]]:
        last = 0
        while row := self._db.execute(
            "SELECT id, payload FROM segments WHERE id > ? ORDER BY id LIMIT 1", [last]
        ).fetchone():
            last = row[0]
            yield row[0], row[1]

    def posts(self, store: Store) -> Iterator[Kept]:
        """Every post that was not removed, with the payloads that are kept of it."""
        last = 0
        while rows := self._db.execute(
            "SELECT id, source, source_id, text, (SELECT seen_on FROM appearances WHERE item_id = items.id "
            "ORDER BY first_seen_at LIMIT 1) FROM items WHERE id > ? AND kind = 'post' "
            "AND substr(source_id, 1, ?) <> ? ORDER BY id LIMIT ?",
            [last, len(PREFIX), PREFIX, _BATCH],
        ).fetchall():
            last = rows[-1][0]
            for item_id, source, source_id, text, seen_on in rows:
                yield Kept(
                    item_id=item_id,
                    source=source,
                    source_id=source_id,
                    text=text,
                    seen_on=seen_on,
                    raws=_payloads(store, item_id),
                )

    def put_back(self, item_id: int, post: Post) -> None:
        """Gives a statement the words of its payload again; it goes back to a moderator, and the search knows it."""
        with translated(self._path), immediate(self._db):
            text, words = self._db.execute("SELECT text, search_words FROM items WHERE id = ?", [item_id]).fetchone()
            self._db.execute(
                "INSERT INTO items_fts (items_fts, rowid, text, search_words) VALUES ('delete', ?, ?, ?)",
                [item_id, text, words],
            )
            new = search_words(post.text)
            self._db.execute("UPDATE items SET text = ?, search_words = ? WHERE id = ?", [post.text, new, item_id])
            self._db.execute(
                "INSERT INTO items_fts (rowid, text, search_words) VALUES (?, ?, ?)", [item_id, post.text, new]
            )
            self._db.execute(
                "INSERT INTO decisions (item_id, status, moderator, reason, decided_at) "
                "SELECT item_id, 'escalated', 'doctor@1', 'its words were damaged here', "
                "strftime('%Y-%m-%dT%H:%M:%S+00:00') FROM item_status WHERE item_id = ? AND status = 'approved'",
                [item_id],
            )

    def rejects(self) -> Iterator[Rejected]:
        """Records that could not be read and whose payloads are kept, oldest first."""
        payloads = self._contacts.db
        last = 0
        while rows := self._db.execute(
            "SELECT id, origin, position, sha256 FROM rejects WHERE id > ? ORDER BY id LIMIT ?", [last, _BATCH]
        ).fetchall():
            last = rows[-1][0]
            for reject_id, origin, position, digest in rows:
                row = payloads.execute("SELECT payload FROM reject_payloads WHERE sha256 = ?", [digest]).fetchone()
                if row is not None:
                    yield Rejected(
                        reject_id=reject_id, origin=origin, position=position, sha256=digest, payload=bytes(row[0])
                    )

    def is_stored(self, source: str, source_id: str) -> bool:
        """Whether a statement is there."""
        row = self._db.execute("SELECT 1 FROM items WHERE source = ? AND source_id = ?", [source, source_id]).fetchone()
        return row is not None

    def drop_reject(self, reject: Rejected) -> None:
        """Takes a record off the list of what could not be read, once it is stored."""
        with translated(self._path), immediate(self._db):
            self._db.execute("DELETE FROM rejects WHERE id = ?", [reject.reject_id])
        still = self._db.execute("SELECT 1 FROM rejects WHERE sha256 = ? LIMIT 1", [reject.sha256]).fetchone()
        if still is None:
            with translated(self._path), immediate(self._contacts.db):
                self._contacts.db.execute("DELETE FROM reject_payloads WHERE sha256 = ?", [reject.sha256])


def _payloads(store: Store, item_id: int) -> tuple[bytes, ...]:
    """None where they are damaged, which `damaged_captures` tells."""
    try:
        return tuple(raw for _, raw in store.items.captures(item_id) if raw)
    except StoreError:
        return ()
