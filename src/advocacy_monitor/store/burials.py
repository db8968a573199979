"""What may not come back: items that were removed, what others repeat of them, and posts of people who were erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from advocacy_monitor.models import Item, Post, Reject, Relation
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.wiping import Hashing

Key = tuple[str, str]
"""Source and source id of an item."""
_REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Buried:
    """Keys of a page's items: `out` are not stored at all, `around` are, without the payload that repeats others."""

    out: frozenset[Key] = frozenset()
    around: frozenset[Key] = frozenset()


_NOBODY = Buried()


class Burials:
    """Knows of incoming items whether they were removed before."""

    def __init__(self, db: Database, contacts: Contacts) -> None:
        self._db = db
        self._contacts = contacts

    def among(self, items: Sequence[Item], known: Mapping[Key, object]) -> Buried:
        """What of these must not come back; `known` are stored, and are looked at only for what they repeat."""
        row = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM tombstones) OR EXISTS (SELECT 1 FROM buried), "
            "EXISTS (SELECT 1 FROM erased_people)"
        ).fetchone()
        if not any(row):
            return _NOBODY
        found = self._removed(items, known) if row[0] else _NOBODY
        if row[1]:
            new = [each for each in items if _key(each) not in known]
            found = Buried(found.out | self._kept_out(new), found.around)
        return found

    def _removed(self, items: Sequence[Item], known: Mapping[Key, object]) -> Buried:
        hashed = self._contacts.tombstone
        own = {hashed(*key): key for key in {_key(item) for item in items} - known.keys()}
        repeats: dict[str, list[Post]] = {}
        for item in items:
            if isinstance(item, Post) and item.related_id:
                repeats.setdefault(hashed(item.source, item.related_id), []).append(item)
        gone = self._gone([*own, *repeats])
        others = [post for each in gone for post in repeats.get(each, ())]
        reposts = {_key(post) for post in others if post.relation == Relation.REPOST and _key(post) not in known}
        return Buried(
            frozenset(own[each] for each in gone if each in own) | reposts,
            frozenset(_key(post) for post in others) - reposts,
        )

    def _gone(self, hashes: Sequence[str]) -> set[str]:
        rows = self._db.execute(
            "SELECT hash FROM tombstones WHERE hash IN (SELECT value FROM json_each(?1)) "
            "UNION ALL SELECT hash FROM buried WHERE hash IN (SELECT value FROM json_each(?1))",
            [msgspec.json.encode(list(hashes)).decode()],
        ).fetchall()
        return {row[0] for row in rows}

    def _kept_out(self, items: Sequence[Item]) -> frozenset[Key]:
        """Posts of people who were erased. An answer of theirs is welcome: they gave it knowing that."""
        keys: dict[str, list[Key]] = {}
        for item in items:
            if not isinstance(item, Post):
                continue
            person = self._contacts.person_key(item)
            if person is None and item.author_handle:
                person = self._contacts.account_key(item.source, item.author_handle)
            if person is not None:
                keys.setdefault(person, []).append(_key(item))
        rows = self._db.execute(
            "SELECT person_key FROM erased_people WHERE person_key IN (SELECT value FROM json_each(?))",
            [msgspec.json.encode(list(keys)).decode()],
        ).fetchall()
        return frozenset(key for row in rows for key in keys[row[0]])

    def rejects(self, rejects: Sequence[Reject], digests: Sequence[str]) -> list[Reject]:
        """The records that could not be read without those that were removed before."""
        hashes = {reject_hash(digest, self._contacts.tombstone): digest for digest in digests}
        gone = {hashes[each] for each in self._gone(list(hashes))} if hashes else set()
        return [each for each, digest in zip(rejects, digests, strict=True) if digest not in gone]


def _key(item: Item) -> Key:
    return item.source, item.source_id


def reject_hash(digest: str, hashed: Hashing) -> str:
    """The keyed hash of a record that could not be read, by the digest of its payload."""
    return hashed(_REJECT, digest)


def keep_out(db: Database, people: Iterable[str], stamp: str) -> list[str]:
    """Notes people of whom no post is to be stored again; inside a write transaction. Returns those that are new."""
    insert = "INSERT OR IGNORE INTO erased_people (person_key, erased_at) VALUES (?, ?)"
    return [each for each in dict.fromkeys(people) if db.execute(insert, [each, stamp]).rowcount]


def bury(db: Database, hashes: Iterable[str], reason: str, stamp: str) -> list[str]:
    """Notes hashes of what is no item here and must not come; inside a write transaction. Returns them, each once.

    One that was noted before is noted with the newer time.
    """
    insert = (
        "INSERT INTO buried (hash, reason, noted_at) VALUES (?, ?, ?) "
        "ON CONFLICT (hash) DO UPDATE SET noted_at = max(noted_at, excluded.noted_at)"
    )
    wanted = list(dict.fromkeys(hashes))
    db.conn.executemany(insert, [(each, reason, stamp) for each in wanted])
    return wanted


def bury_rejects(db: Database, digests: Sequence[str], hashed: Hashing, reason: str, stamp: str) -> list[str]:
    """Empties the notes about records that could not be read, and keeps these from coming back; as `bury` does.

    The count of what was rejected stays. By a digest, anybody could try what a payload was.
    """
    db.conn.executemany(
        "UPDATE rejects SET position = 'removed:' || id, reason = 'removed', sha256 = '', length = 0 WHERE sha256 = ?",
        [(each,) for each in digests],
    )
    return bury(db, (reject_hash(each, hashed) for each in digests), reason, stamp)
