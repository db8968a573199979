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
from advocacy_monitor.store.burials import bury, bury_rejects, keep_out, reject_hash
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.handles import spellings
from advocacy_monitor.store.journal import Entry, Journal, Reapplied, entries_of
from advocacy_monitor.store.reapplying import known_entries, reapply_to, vacuum
from advocacy_monitor.store.versions import REPLACING, versions
from advocacy_monitor.store.wiping import Gone, wipe

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
        self.journal = Journal.beside(path)

    @property
    def _writable(self) -> Contacts:
        if self._contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._contacts

    def of_same_person(self, item_id: int) -> list[int]:
        """The item and all others by the same person; empty when there is no such item, or when it was removed.

        Known is a person by the key, which goes with the account, whatever it is called. What came without a key, as
        from an old archive, is known by the name of the account at its platform; where two accounts had that name one
        after the other, what has a key is nobody's but its own, and what has none is nobody's.
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
            for named in {(row[1], row[2]) for row in rows if row[2]}:
                if self._keys_called(*named) == [key]:  # another account of that name may have said it as well
                    found |= self._keyless(*named)
        there = self._there(sorted(found))
        return there if item_id in there else []

    def of_keys(self, keys: Sequence[str]) -> list[int]:
        """What is stored of people by their keys."""
        rows = self._db.execute(
            f"SELECT id FROM items WHERE person_key {_AMONG} ORDER BY id",  # noqa: S608
            [msgspec.json.encode(list(keys)).decode()],
        ).fetchall()
        return self._there([row[0] for row in rows])

    def perhaps_theirs(self, item_ids: Sequence[int]) -> list[int]:
        """Items without a key, of accounts of the same name as these items', where several people had that name."""
        rows = self._db.execute(
            f"SELECT DISTINCT source, author_handle FROM items WHERE id {_AMONG} AND author_handle IS NOT NULL",  # noqa: S608
            [_encoded(item_ids)],
        ).fetchall()
        named = [(row[0], row[1]) for row in rows if len(self._keys_called(row[0], row[1])) > 1]
        return self._there(sorted({each for name in named for each in self._keyless(*name)}.difference(item_ids)))

    def _keyless(self, source: str, handle: str) -> set[int]:
        """Items without a key, of accounts of this name."""
        rows = self._db.execute(
            "SELECT id FROM items WHERE person_key IS NULL AND source = ? "  # noqa: S608
            f"AND author_handle {_AMONG}",
            [source, msgspec.json.encode(spellings(self._db, source, handle)).decode()],
        ).fetchall()
        return {row[0] for row in rows}

    def _keys_called(self, source: str, handle: str) -> list[str]:
        rows = self._db.execute(
            "SELECT DISTINCT person_key FROM items WHERE person_key IS NOT NULL AND source = ? "  # noqa: S608
            f"AND author_handle {_AMONG}",
            [source, msgspec.json.encode(spellings(self._db, source, handle)).decode()],
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

    def erase_items(
        self, item_ids: Sequence[int], *, reason: str, people: Sequence[str] = (), rejects: Sequence[str] = ()
    ) -> Removed:
        """Removes items with their reposts, contact details and consents; they count as rejected from now on.

        `reason` stands in the tombstones: a word, and nobody's. `people` are keys of persons of whom no post is to be
        stored again, `rejects` the digests of records that could not be read and are theirs. Contact details, which
        lie in a file of their own, go first: should the program die in between, the items are still there to be
        erased again. The payloads in that file go last: only by them the notes about them are found. Raises StoreError
        when the store is open for reading only.
        """
        contacts = self._writable
        wanted = sorted({*self._there(item_ids), *self.reposts(item_ids)})
        self.journal.check()
        removed = contacts.remove(self._keys(wanted))
        stamp = self._clock().isoformat()
        gone: list[Gone] = []
        with translated(self._path), immediate(self._db):
            for item_id in wanted:
                gone += wipe(self._db, item_id, hashed=contacts.tombstone, reason=reason, stamp=stamp)
                self.settle(item_id, reason=reason, stamp=stamp)
            kept_out = keep_out(self._db, people, stamp)
            buried = bury_rejects(self._db, rejects, contacts.tombstone, reason, stamp)
            self.note(gone, people=kept_out, buried=buried, reason=reason, stamp=stamp)
        contacts.remove_rejects(rejects)
        return Removed(items=len(gone), contacts=removed)

    def addresses(self, item_ids: Sequence[int], *, email: str | None = None) -> list[str]:
        """The e-mail addresses that came with items, and one that a person named."""
        found = self._writable.details(self._keys(item_ids))
        return list(dict.fromkeys(each.strip() for each in (email, *(one.email for one in found)) if each))

    def erase_contacts(self, keys: Sequence[tuple[str, str]], addresses: Sequence[str], *, reason: str) -> int:
        """Removes contact details that belong to no statement, and mails to addresses, whatever they are about.

        That they are to go is noted first: should the program die in between, they are still there to be found again.
        Returns how many there were. Raises StoreError when the store is open for reading only.
        """
        contacts = self._writable
        theirs = {contacts.address_hash(address) for address in addresses}
        stamp = self._clock().isoformat()
        hashes = [*(contacts.tombstone(*key) for key in keys), *sorted(theirs)]
        if hashes:
            with translated(self._path), immediate(self._db):
                self.note_buried(bury(self._db, hashes, reason, stamp), reason, stamp)
        removed = contacts.remove(keys)
        contacts.remove_addresses(lambda address, _: contacts.address_hash(address) in theirs)
        return removed

    def note(
        self,
        gone: Sequence[Gone],
        *,
        people: Sequence[str] = (),
        buried: Sequence[str] = (),
        reason: str = "",
        stamp: str = "",
    ) -> None:
        """Notes in the journal what a write transaction removes, before it ends; all at once. `buried` are hashes of
        what was no item. Raises StoreError."""
        key = self._writable.fingerprint
        kept_out = (Entry(at=stamp, kind="person", hash=each, key=key, reason=reason) for each in people)
        others = (Entry(at=stamp, kind="item", hash=each, key=key, reason=reason) for each in buried)
        self.journal.add((*entries_of(gone, key=key), *kept_out, *others))

    def note_buried(self, hashes: Sequence[str], reason: str, stamp: str) -> None:
        """Notes hashes of what was no item in the journal; inside a write transaction."""
        self.note((), buried=hashes, reason=reason, stamp=stamp)

    def quoted_of(self, item_ids: Sequence[int] | None = None) -> dict[str, tuple[int, ...]]:
        """The numbers of the quotes that were removed, by pack; of these items, or of all that a person took back."""
        rows = self._db.execute(
            "SELECT pack_number, number FROM pack_exhibits WHERE item_id IN (SELECT item_id FROM tombstones "
            "WHERE ?1 IS NOT NULL OR (reason NOT LIKE '% at the source' AND reason <> 'retention')) "
            "AND (?1 IS NULL OR item_id IN (SELECT value FROM json_each(?1))) ORDER BY 1, 2",
            [None if item_ids is None else _encoded(item_ids)],
        ).fetchall()
        found: dict[str, tuple[int, ...]] = {}
        for pack, number in rows:
            found[pack] = (*found.get(pack, ()), number)
        return found

    def journaled(self) -> tuple[Entry, ...]:
        """What the database itself knows to have been removed, as entries of a journal, oldest first."""
        return known_entries(self._db, key=self._writable.fingerprint)

    def reapply(self, entries: Sequence[Entry]) -> Reapplied:
        """Removes what of a journal this database still holds. Raises StoreError."""
        return reapply_to(self._db, self._path, self._writable, entries, settle=self.settle, clock=self._clock)

    def finish(self) -> Reapplied:
        """Ends erasures that the end of the program cut off, as a journal beside the database knows them.

        That is what the journal names and the database does not know to be gone, and payloads that the database knows
        to be gone and the contacts file does not. Without any it costs next to nothing. Raises StoreError.
        """
        contacts = self._writable
        known = {(each.kind, each.hash) for each in self.journaled()}
        cut_off = [
            each
            for each in self.journal.read()
            if each.key == contacts.fingerprint
            and (each.kind, each.hash) not in known
            and each.reason not in REPLACING  # it was not replaced after all, so it still stands
        ]
        done = self.reapply(cut_off) if cut_off else Reapplied(items=0, contacts=0, people=0)
        self.journal.add_missing(done.done)
        buried = {digest for kind, digest in known if kind == "item"}
        contacts.remove_rejects(
            [each for each, _ in contacts.rejects() if reject_hash(each, contacts.tombstone) in buried]
        )
        return done

    def is_vacuum_due(self) -> bool:
        """Whether anything was removed since a run of the kind 'erase' was over, which ends with `vacuum`."""
        row = self._db.execute(
            "SELECT max(coalesce((SELECT max(made_at) FROM tombstones), ''), "
            "coalesce((SELECT max(noted_at) FROM buried), '')) > "
            "coalesce((SELECT max(finished_at) FROM runs WHERE kind = 'erase' AND status = 'done'), '')"
        ).fetchone()
        return bool(row[0])

    def vacuum(self) -> str | None:
        """Makes both files anew without what was removed from them; takes a minute for a million statements.

        Returns why it could not be done, or None. Afterwards no byte of what was removed is in the files or their logs.
        """
        return vacuum(self._db, self._writable.db, self._path)

    def _keys(self, item_ids: Sequence[int]) -> list[tuple[str, str]]:
        """Source and source id of items, and of the versions of answers before them."""
        rows = self._db.execute(
            f"SELECT source, source_id, kind FROM items WHERE id {_AMONG}",  # noqa: S608
            [_encoded(item_ids)],
        ).fetchall()
        return [
            (source, each)
            for source, source_id, kind in rows
            for each in (versions(source_id) if kind == "submission" and "~" in source_id else [source_id])
        ]

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
