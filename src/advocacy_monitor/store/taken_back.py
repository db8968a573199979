"""What people took back without being erased: a tick, a name, mail, a permission. A restored backup must not undo it.

It is read from the database that a restore is about to replace, and done again in the one that replaces it. Where the
old one cannot be read any more, nobody knows of it: the journal of erasures tells of erasures only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.connection import immediate, translated

if TYPE_CHECKING:
    from advocacy_monitor.store import Store

_PROOF = "taken back after the backup that was restored"
_Key = tuple[str, str]
_NEWEST = "(SELECT max(id) FROM consents GROUP BY item_id, use)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TakenBack:
    """By source and source id: uses that are not consented to, which contact details are there (name, address,
    telephone number), answers, permissions that were refused or withdrawn; and keyed hashes of who wants no mail."""

    fingerprint: str
    consents: tuple[tuple[str, str, str], ...]
    details: dict[_Key, tuple[bool, bool, bool]]
    answers: frozenset[_Key]
    permissions: tuple[tuple[str, str, str, str, str], ...]
    unsubscribed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How much was taken back again."""

    consents: int = 0
    details: int = 0
    permissions: int = 0
    unsubscribed: int = 0

    @property
    def count(self) -> int:
        """All of it."""
        return self.consents + self.details + self.permissions + self.unsubscribed


def taken_back(store: Store) -> TakenBack:
    """What a database knows to have been taken back. Raises StoreError."""
    contacts = store._contacts
    if contacts is None:
        raise StoreError(f"{store.path}: is open for reading only")
    with translated(store.path):
        consents = store._db.execute(
            "SELECT items.source, items.source_id, use FROM consents JOIN items ON items.id = item_id "  # noqa: S608
            f"WHERE consents.id IN {_NEWEST} AND granted = 0"
        ).fetchall()
        answers = store._db.execute("SELECT source, source_id FROM items WHERE kind = 'submission'").fetchall()
        permissions = store._db.execute(
            "SELECT items.source, items.source_id, state, who, noted_at FROM permissions "
            "JOIN items ON items.id = item_id WHERE state IN ('refused', 'withdrawn') ORDER BY permissions.id"
        ).fetchall()
        details = contacts.db.execute(
            "SELECT source, source_id, name IS NOT NULL, email IS NOT NULL, phone IS NOT NULL FROM contacts"
        ).fetchall()
        unsubscribed = contacts.db.execute("SELECT hash, made_at FROM unsubscribed").fetchall()
    return TakenBack(
        fingerprint=contacts.fingerprint,
        consents=tuple((row[0], row[1], row[2]) for row in consents),
        details={(row[0], row[1]): (bool(row[2]), bool(row[3]), bool(row[4])) for row in details},
        answers=frozenset((row[0], row[1]) for row in answers),
        permissions=tuple((row[0], row[1], row[2], row[3], row[4]) for row in permissions),
        unsubscribed=tuple((row[0], row[1]) for row in unsubscribed),
    )


def take_back_again(store: Store, known: TakenBack) -> Again:
    """Takes the same back in a database that does not know of it. Raises StoreError."""
    contacts, stamp = store._contacts, store.now().isoformat()
    if contacts is None:
        raise StoreError(f"{store.path}: is open for reading only")
    details = _fewer_details(store, known)
    unsubscribed = 0
    if contacts.fingerprint == known.fingerprint:  # hashes of another key say nothing here
        with translated(store.path), immediate(contacts.db):
            for row in known.unsubscribed:
                unsubscribed += contacts.db.execute(
                    "INSERT OR IGNORE INTO unsubscribed (hash, made_at) VALUES (?, ?)", row
                ).rowcount
    consents = permissions = 0
    with translated(store.path), immediate(store._db):
        for source, source_id, use in known.consents:
            consents += store._db.execute(
                "INSERT INTO consents (item_id, use, granted, proof, recorded_at) SELECT items.id, ?3, 0, ?4, ?5 "
                "FROM items JOIN item_consents ON item_consents.item_id = items.id AND item_consents.use = ?3 "
                "WHERE source = ?1 AND source_id = ?2 AND granted = 1",
                [source, source_id, use, _PROOF, stamp],
            ).rowcount
        for source, source_id, state, who, noted_at in known.permissions:
            permissions += store._db.execute(
                "INSERT INTO permissions (item_id, state, proof, who, noted_at) SELECT id, ?3, ?4, ?5, ?6 FROM items "
                "WHERE source = ?1 AND source_id = ?2 AND NOT EXISTS (SELECT 1 FROM permissions AS known "
                "WHERE known.item_id = items.id AND known.state = ?3 AND known.noted_at = ?6)",
                [source, source_id, state, _PROOF, who, noted_at],
            ).rowcount
    return Again(consents=consents, details=details, permissions=permissions, unsubscribed=unsubscribed)


def _fewer_details(store: Store, known: TakenBack) -> int:
    """Takes out names, addresses and numbers that are no longer there beside an answer that is."""
    contacts, removed = store._contacts, 0
    assert contacts is not None
    with translated(store.path):
        rows = contacts.db.execute(
            "SELECT source, source_id, name IS NOT NULL, email IS NOT NULL, phone IS NOT NULL FROM contacts"
        ).fetchall()
        with immediate(contacts.db):
            for source, source_id, *there in rows:
                key = (source, source_id)
                if key not in known.answers:
                    continue
                still = known.details.get(key, (False, False, False))
                gone = [
                    column
                    for column, has, had in zip(("name", "email", "phone"), still, there, strict=True)
                    if had and not has
                ]
                if gone:
                    removed += len(gone)
                    emptied = ", ".join(f"{column} = NULL" for column in gone)
                    contacts.db.execute(
                        f"UPDATE contacts SET {emptied} WHERE source = ? AND source_id = ?",  # noqa: S608  # ours
                        key,
                    )
    return removed
