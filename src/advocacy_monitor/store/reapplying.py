"""Removes again, from a database that was restored, what a journal says was removed; and takes bytes out of files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Status
from advocacy_monitor.store.burials import bury, bury_rejects, keep_out, reject_hash
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import PAPER, Contacts
from advocacy_monitor.store.journal import Entry, Reapplied, entries_of
from advocacy_monitor.store.versions import REPLACING, next_version
from advocacy_monitor.store.wiping import PREFIX, Gone, Hashing, wipe

_BATCH = 5000
_MOST_VERSIONS = 1000
AGAIN = "erased again"
"""The reason for records that could not be read, which a journal names."""


class Settling(Protocol):
    """Takes back every consent to an item; `Erasures.settle`."""

    def __call__(self, item_id: int, *, reason: str, stamp: str) -> None: ...


def known_entries(db: Database, *, key: str) -> tuple[Entry, ...]:
    """The removals that a database itself knows of, oldest first; `key` is its contacts file's fingerprint."""
    rows = db.execute(
        "SELECT made_at, 'item', hash, reason FROM tombstones UNION ALL "
        "SELECT noted_at, 'item', hash, reason FROM buried UNION ALL "
        "SELECT erased_at, 'person', person_key, '' FROM erased_people ORDER BY 1"
    ).fetchall()
    return tuple(Entry(at=row[0], kind=row[1], hash=row[2], key=key, reason=row[3]) for row in rows)


def reapply_to(
    db: Database,
    path: Path,
    contacts: Contacts,
    entries: Sequence[Entry],
    *,
    settle: Settling,
    clock: Callable[[], datetime],
) -> Reapplied:
    """As `journal.reapply` says. Contact details go first, as in an erasure."""
    ours = sorted((each for each in entries if each.key == contacts.fingerprint), key=lambda each: each.at)
    items = {each.hash: each for each in ours if each.kind == "item"}  # the newest of each hash
    people = {each.hash: each for each in ours if each.kind == "person"}
    hashed, stamp = contacts.tombstone, clock().isoformat()
    still = _still_there(db, contacts, items, people)
    only_corrected = {
        item_id: each
        for item_id, each in still.items()
        if each[2].reason in REPLACING and not _goes_on(db, hashed, items, each[0], each[1])
    }
    still = {item_id: each for item_id, each in still.items() if item_id not in only_corrected}
    taken = {mark for mark, each in items.items() if each.reason not in REPLACING}
    flyers = [key for key in contacts.entries() if hashed(*key) in taken]
    rejects = [digest for digest, _ in contacts.rejects() if reject_hash(digest, hashed) in items]
    removed = contacts.remove([*flyers, *((row[0], row[1]) for row in still.values())])
    removed += contacts.remove_addresses(lambda address, noted_at: _is_older(items, contacts, address, noted_at))
    gone: list[Gone] = []
    with translated(path), immediate(db):
        for item_id, (_, _, entry) in still.items():
            gone += wipe(db, item_id, hashed=hashed, reason=entry.reason, stamp=stamp)
            settle(item_id, reason=entry.reason, stamp=stamp)
        _look_again(db, only_corrected, stamp)
        _empty_flyers(db, flyers)
        bury_rejects(db, rejects, hashed, AGAIN, stamp)
        kept_out = keep_out(db, people, stamp)
        stay = {hashed(each[0], each[1]) for each in only_corrected.values()}
        _bury_unknown(db, (each for each in items.values() if each.hash not in stay))
    contacts.remove_rejects(rejects)
    return Reapplied(
        items=len(gone),
        contacts=removed,
        people=len(kept_out),
        foreign=len(entries) - len(ours),
        kept=len(only_corrected),
        done=entries_of([each for each in gone if each.hash not in items], key=contacts.fingerprint),
    )


def _goes_on(db: Database, hashed: Hashing, items: Mapping[str, Entry], source: str, source_id: str) -> bool:
    """Whether a newer version of an answer is here, or was taken back."""
    for _ in range(_MOST_VERSIONS):
        source_id = next_version(source_id)
        mark = hashed(source, source_id)
        known = items.get(mark)
        if known is not None and known.reason not in REPLACING:
            return True
        here = (
            "SELECT 1 FROM items WHERE source = ? AND source_id = ? UNION ALL SELECT 1 FROM tombstones WHERE hash = ?"
        )
        if db.execute(here, [source, source_id, mark]).fetchone() is not None:
            return True
        if known is None:
            return False
    return False


def _look_again(db: Database, item_ids: Iterable[int], stamp: str) -> None:
    """Answers whose newer words are not here are quoted by nobody before somebody has looked; in a transaction."""
    why = "was corrected later; its newer words are not here"
    db.conn.executemany(
        "INSERT INTO decisions (item_id, status, moderator, reason, decided_at) SELECT item_id, ?2, ?3, ?4, ?5 "
        "FROM item_status WHERE item_id = ?1 AND status NOT IN (?2, ?6)",
        [(each, Status.ESCALATED, "restore@1", why, stamp, Status.REJECTED) for each in item_ids],
    )


def _bury_unknown(db: Database, entries: Iterable[Entry]) -> None:
    """What this database never had, or not as an item, is not to come with the next collection."""
    have = {row[0] for row in db.execute("SELECT hash FROM tombstones").fetchall()}
    for each in entries:
        if each.hash not in have:
            bury(db, [each.hash], each.reason, each.at)


def _still_there(
    db: Database, contacts: Contacts, items: Mapping[str, Entry], people: Mapping[str, Entry]
) -> dict[int, tuple[str, str, Entry]]:
    """Items that the entries are about, by their ids: source, source id, the entry. It reads every item's key."""
    found: dict[int, tuple[str, str, Entry]] = {}
    last, beyond = 0, f"{PREFIX}\U0010ffff"
    while rows := db.execute(
        "SELECT id, source, source_id, person_key, iif(person_key IS NULL, author_handle, NULL), kind FROM items "
        "WHERE id > ? AND NOT (source_id >= ? AND source_id < ?) ORDER BY id LIMIT ?",
        [last, PREFIX, beyond, _BATCH],
    ).fetchall():
        for item_id, source, source_id, person, handle, kind in rows:
            entry = items.get(contacts.tombstone(source, source_id))
            if entry is None and people and kind == "post":
                person = contacts.account_key(source, handle) if handle else person
                entry = people.get(person or "")
            if entry is not None:
                found[item_id] = (source, source_id, entry)
        last = rows[-1][0]
    return found


def _is_older(items: Mapping[str, Entry], contacts: Contacts, address: str, noted_at: str) -> bool:
    """Whether mails to an address were removed after this one was noted: a newer answer brings a newer one."""
    entry = items.get(contacts.address_hash(address))
    return entry is not None and noted_at <= entry.at


def _empty_flyers(db: Database, keys: Iterable[tuple[str, str]]) -> None:
    """What was read on flyers that are no item yet; inside a write transaction."""
    for source, source_id in keys:
        batch, _, flyer = source_id.partition("~")[0].partition("-")
        if source == PAPER and batch.isdigit() and flyer.isdigit():
            db.execute(
                "UPDATE transcriptions SET answers = '{}' WHERE batch_id = ? AND flyer = ?", [int(batch), int(flyer)]
            )


def vacuum(db: Database, contacts: Database, path: Path) -> str | None:
    """Makes the files anew and empties their logs. Returns why that could not be done, or None.

    Deleting leaves bytes behind: in the search index until its parts are merged, in the gaps of pages, and in the log.
    """
    try:
        with translated(path), immediate(db):
            db.execute("INSERT INTO items_fts (items_fts) VALUES ('optimize')")
        busy = 0
        for each in (db, contacts):
            each.execute("VACUUM")
            busy += each.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except (StoreError, sqlite3.OperationalError) as error:
        return f"{path.name} could not be made anew: {error}"
    why = "is still being read by another program; `doctor --repair`, or `run` in the night, does it again"
    return f"{path.name}-wal {why}" if busy else None
