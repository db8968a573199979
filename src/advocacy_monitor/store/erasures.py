"""What is stored of one person, and its removal on request (R4).

The words, the author and the contact details go; tombstones keep them from coming back with the next import. Who a
person is, the database knows by a key made of the platform's account, the e-mail address or the telephone number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Status, Use
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.wiping import wipe

_ERASED_BY = "erase@1"
"""Who decides that an erased statement is rejected. The log of the desk says who erased it."""
_AMONG = "IN (SELECT value FROM json_each(?))"
_THERE = "NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.item_id = items.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was removed: statements, reposts of them among these, and entries with contact details."""

    items: int
    contacts: int


class Erasures:
    """Finds and removes what is stored of a person."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._contacts = contacts
        self._clock = clock

    def of_same_person(self, item_id: int) -> list[int]:
        """The item and all others by the same person; empty when there is no such item, or when it was removed.

        Known is a person by the key, which goes with the account, whatever it is called. What came without a key, as
        from an old archive, is known by the name of the account at its platform; where two accounts had that name one
        after the other, what has a key is nobody's but its own.
        """
        rows = self._db.execute(
            "SELECT person_key, source, author_handle FROM items WHERE id = ?", [item_id]
        ).fetchall()
        key, source, handle = rows[0] if rows else (None, "", None)
        found = {item_id}
        if key is None and handle:
            keys = self._keys_called(source, handle)
            key = keys[0] if len(keys) == 1 else None
            found |= self._keyless(source, handle)
        if key is not None:
            rows = self._db.execute(
                "SELECT id, source, author_handle FROM items WHERE person_key = ?", [key]
            ).fetchall()
            found |= {row[0] for row in rows}
            for named in {(row[1], row[2].lower()) for row in rows if row[2]}:
                found |= self._keyless(*named)
        there = self._there(sorted(found))
        return there if item_id in there else []

    def _keyless(self, source: str, handle: str) -> set[int]:
        """Items without a key, of accounts of this name."""
        rows = self._db.execute(
            "SELECT id FROM items WHERE person_key IS NULL AND author_handle IS NOT NULL "
            "AND lower(author_handle) = lower(?) AND source = ?",
            [handle, source],
        ).fetchall()
        return {row[0] for row in rows}

    def _keys_called(self, source: str, handle: str) -> list[str]:
        rows = self._db.execute(
            "SELECT DISTINCT person_key FROM items WHERE person_key IS NOT NULL AND source = ? "
            "AND lower(author_handle) = lower(?)",
            [source, handle],
        ).fetchall()
        return [row[0] for row in rows]

    def reposts(self, item_ids: Sequence[int]) -> list[int]:
        """Reposts of these items, reposts of those among them: they say the same words and are removed as well."""
        found: list[int] = []
        known, last = set(item_ids), list(item_ids)
        while last:
            rows = self._db.execute(
                "SELECT items.id FROM items JOIN items AS said ON items.source = said.source "  # noqa: S608
                f"AND items.related_id = said.source_id WHERE said.id {_AMONG} AND items.relation = 'repost' "
                "ORDER BY items.id",
                [_encoded(last)],
            ).fetchall()
            last = [row[0] for row in rows if row[0] not in known]
            known.update(last)
            found += last
        return sorted(self._there(found))

    def copies(self, item_ids: Sequence[int]) -> list[int]:
        """Other items with the same words, as the software found them, whoever said them."""
        rows = self._db.execute(
            f"SELECT value FROM current_annotations WHERE label = 'duplicate_of' AND item_id {_AMONG}",  # noqa: S608
            [_encoded(item_ids)],
        ).fetchall()
        roots = sorted({*(row[0] for row in rows), *map(str, item_ids)})
        rows = self._db.execute(
            f"SELECT item_id FROM current_annotations WHERE label = 'duplicate_of' AND value {_AMONG}",  # noqa: S608
            [msgspec.json.encode(roots).decode()],
        ).fetchall()
        alike = {*(row[0] for row in rows), *(int(root) for root in roots if root.isdigit())}
        return self._there(sorted(alike.difference(item_ids)))

    def _there(self, item_ids: Sequence[int]) -> list[int]:
        """Those that are stored and were not removed."""
        rows = self._db.execute(
            f"SELECT id FROM items WHERE id {_AMONG} AND {_THERE} ORDER BY id",  # noqa: S608
            [_encoded(item_ids)],
        ).fetchall()
        return [row[0] for row in rows]

    def erase_items(self, item_ids: Sequence[int], *, reason: str) -> Removed:
        """Removes items with their reposts, contact details and consents; they count as rejected from now on.

        `reason` stands in the tombstones: a word, and nobody's. Contact details, which lie in a file of their own, go
        first: should the program die in between, the items are still there to be erased again.
        Raises StoreError when the store is open for reading only.
        """
        if self._contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        wanted = sorted({*self._there(item_ids), *self.reposts(item_ids)})
        keys = self._keys(wanted)
        contacts = self._contacts.remove(keys)
        stamp = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            removed = 0
            for item_id in wanted:
                removed += wipe(self._db, item_id, hashed=self._contacts.tombstone, reason=reason, stamp=stamp)
                self.settle(item_id, reason=reason, stamp=stamp)
        return Removed(items=removed, contacts=contacts)

    def _keys(self, item_ids: Sequence[int]) -> list[tuple[str, str]]:
        rows = self._db.execute(
            f"SELECT source, source_id FROM items WHERE id {_AMONG}",  # noqa: S608
            [_encoded(item_ids)],
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def settle(self, item_id: int, *, reason: str, stamp: str) -> None:
        """Nothing may be done with it any more, and nobody has to look at it; inside a write transaction."""
        self._db.conn.executemany(
            "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (?, ?, 0, ?, ?)",
            [(item_id, use, reason, stamp) for use in Use],
        )
        self._db.execute(
            "INSERT INTO decisions (item_id, status, moderator, reason, decided_at) "
            "SELECT item_id, ?2, ?3, ?4, ?5 FROM item_status WHERE item_id = ?1 AND status <> ?2",
            [item_id, Status.REJECTED, _ERASED_BY, reason, stamp],
        )


def _encoded(item_ids: Sequence[int]) -> str:
    return msgspec.json.encode(list(item_ids)).decode()
