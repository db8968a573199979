"""The only package that speaks SQL: one main database, one contacts file beside it.

`Store.open` gives a writer, `Store.open_read_only` a reader. A store belongs to the thread that opened it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor import schema
from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Annotation, Cursor, Page, StoredItem, Tally
from advocacy_monitor.store.actions import Actions
from advocacy_monitor.store.annotations import Assertions
from advocacy_monitor.store.audit import Audit
from advocacy_monitor.store.choices import Choices
from advocacy_monitor.store.coding import Rounds
from advocacy_monitor.store.connection import immediate, open_database, open_read_only, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.deliveries import Deliveries
from advocacy_monitor.store.erasures import Erasures
from advocacy_monitor.store.gold import Gold
from advocacy_monitor.store.held import HeldOn
from advocacy_monitor.store.items import Items
from advocacy_monitor.store.mails import Mails
from advocacy_monitor.store.packs import Packs
from advocacy_monitor.store.pages import LegalBasis, PageWriter, move_cursor, storable
from advocacy_monitor.store.paper import Paper
from advocacy_monitor.store.people import People
from advocacy_monitor.store.permissions import Permissions
from advocacy_monitor.store.retention import Retention
from advocacy_monitor.store.runs import Run, Runs
from advocacy_monitor.store.stories import Stories
from advocacy_monitor.store.submissions import Submissions
from advocacy_monitor.store.summary import Summary
from advocacy_monitor.store.translations import Translations
from advocacy_monitor.store.usage import Spending
from advocacy_monitor.store.vectors import Vectors
from advocacy_monitor.store.verifications import Verification, Verifications

__all__ = ["LegalBasis", "Run", "Store", "Verification", "now"]


def now() -> datetime:
    """The time, aware and in UTC: the clock that the program passes to everything that needs one."""
    return datetime.now(UTC)


class Store:
    """The campaign's memory."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._contacts = contacts
        self._clock = clock
        self._writer = PageWriter(db, contacts) if contacts else None
        self.path = path
        self.items = Items(db)
        self.gold = Gold(db)
        self.stories = Stories(db)
        self.runs = Runs(db, path, clock)
        self.assertions = Assertions(db, path, clock)
        self.packs = Packs(db, path, clock)
        self.verifications = Verifications(db, path, self.items, contacts, clock)
        self.permissions = Permissions(db, path, contacts, clock)
        self.people = People(db, path, contacts)
        self.held = HeldOn(db, path, contacts)
        self.erasures = Erasures(db, path, contacts, clock)
        self.retention = Retention(db, path, contacts, self.erasures, clock)
        self.submissions = Submissions(
            db, path, contacts, self._writer, runs=self.runs, packs=self.packs, erasures=self.erasures, clock=clock
        )
        self.mails = Mails(db, path, contacts, clock)
        self.paper = Paper(db, path, contacts, clock)
        self.spending = Spending(db, path, clock)
        self.vectors = Vectors(db, path, writable=contacts is not None)
        self.rounds = Rounds(db, path, clock)
        self.deliveries = Deliveries(db, path, clock)
        self.choices = Choices(db, path)
        self.translations = Translations(db, path, clock)
        self.actions = Actions(db, path, clock)
        self.audit = Audit(db, path, contacts, clock)
        self.summary = Summary(db, path)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        contacts_path: Path | None = None,
        clock: Callable[[], datetime] = now,
        busy_seconds: float = 30.0,
        before_upgrade: Callable[[], object] | None = None,
    ) -> Store:
        """Opens a campaign's database, or makes it. `contacts_path` is beside it when not given.

        `busy_seconds` is how long a write waits for another program's. `before_upgrade` is called once, before the
        schema of files that are there is changed. Raises StoreError.
        """
        contacts_path = contacts_path or path.with_name(f"{path.stem}.contacts.db")
        if contacts_path.resolve() == path.resolve():
            raise StoreError(f"{path}: contact details need a file of their own")
        before = None if before_upgrade is None else lru_cache(maxsize=1)(before_upgrade)
        db = open_database(path, schema.main, busy_seconds=busy_seconds, before_upgrade=before)
        try:
            contacts = Contacts(contacts_path, before_upgrade=before)
        except BaseException:
            db.close()
            raise
        return cls(db, path, contacts, clock)

    @classmethod
    def open_read_only(cls, path: Path, *, clock: Callable[[], datetime] = now) -> Store:
        """Opens an existing database without writing and without the contacts file. Raises StoreError."""
        return cls(open_read_only(path, schema.main), path, None, clock)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError):
            with translated(self.path):
                raise error

    def close(self) -> None:
        """Closes both files."""
        try:
            self.submissions.close()
        finally:
            self._close()

    def _close(self) -> None:
        self.runs.close()
        if self._writer:
            self._writer.close()
        self._db.close()
        if self._contacts:
            self._contacts.close()

    def add_page(
        self,
        run_id: int,
        page: Page,
        *,
        collector: str,
        expected: Cursor | None = None,
        basis: LegalBasis | None = None,
    ) -> Tally:
        """Stores a page: captures, items, rejects, consents, search index, cursor and counts, in one transaction.

        `expected` is the checkpoint that this run believes to be stored. Raises StoreError, also when another run
        has moved the cursor; then nothing of the page is stored.
        """
        if self._writer is None or self._contacts is None:
            raise StoreError(f"{self.path}: is open for reading only")
        try:
            return self._add_page(run_id, page, collector, expected, basis or LegalBasis())
        except (UnicodeEncodeError, AttributeError, TypeError):  # rare, so it is looked for only when it happened
            return self._add_page(run_id, storable(page), collector, expected, basis or LegalBasis())

    def _add_page(self, run_id: int, page: Page, collector: str, expected: Cursor | None, basis: LegalBasis) -> Tally:
        assert self._writer is not None
        assert self._contacts is not None
        moment = self._clock()
        # Contact details first: if the program dies in between, the page comes again and finds them there.
        rejects = self._writer.unburied_rejects(page.rejects) if page.rejects else ()
        answers = self._writer.unburied(page.items)
        self._contacts.add(answers, rejects, now=moment)
        with translated(self.path), immediate(self._db, durable=False):
            tally = self._writer.add(run_id, page, now=moment, basis=basis, origin=collector)
            if page.checkpoint is not None:
                move_cursor(
                    self._db,
                    collector,
                    expected=expected,
                    checkpoint=page.checkpoint,
                    run_id=run_id,
                    now=moment,
                )
            if page.verdicts:
                self.verifications.note(page.verdicts, now=moment)
            self.runs.count(run_id, tally)
        if answers:  # whose author was erased meanwhile, in another program
            self._contacts.remove(self._writer.buried(answers))
        return tally

    def now(self) -> datetime:
        """The time by the store's clock."""
        return self._clock()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads the database as it is at this moment, whatever other programs write in the meantime."""
        with translated(self.path):
            self._db.conn.execute("BEGIN")
            try:
                yield
            finally:
                self._db.conn.execute("ROLLBACK")

    def cursor(self, collector: str) -> Cursor | None:
        """Where a collector left off, or None before its first checkpoint."""
        row = self._db.execute("SELECT checkpoint FROM cursors WHERE collector = ?", [collector]).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=dict[str, Any])

    def reader(self) -> StoreReader:
        """What an enricher may read."""
        return StoreReader(self.items, self.vectors)

    def search(self, words: str, *, limit: int = 20) -> list[int]:
        """Ids of the newest items that hold all the words, in any spelling of umlauts."""
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
        if not quoted:
            return []
        rows = self._db.execute(
            "SELECT rowid FROM items_fts WHERE items_fts MATCH ? ORDER BY rowid DESC LIMIT ?", [quoted, limit]
        ).fetchall()
        return [row[0] for row in rows]

    def check(self) -> list[str]:
        """What is wrong with the database, in words; empty when all is well."""
        with translated(self.path):
            found = [row[0] for row in self._db.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
            broken = self._db.execute("PRAGMA foreign_key_check").fetchall()
        return found + [f"table {row[0]}, row {row[1]}: points to a missing row of {row[2]}" for row in broken]

    def counts(self) -> dict[str, int]:
        """How many rows the main tables hold."""
        tables = ("items", "captures", "rejects", "annotations", "decisions", "packs")
        return {name: int(self._db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in tables}  # noqa: S608

    def status_counts(self) -> dict[str, int]:
        """How many items stand where in moderation."""
        rows = self._db.execute(
            "SELECT status, count(*) FROM item_status WHERE item_id NOT IN (SELECT item_id FROM tombstones) "
            "GROUP BY status ORDER BY status"
        ).fetchall()
        return {row[0]: row[1] for row in rows}

    def recent_rejects(self, limit: int = 20) -> list[tuple[str, str, str]]:
        """Origin, position and reason of the newest records that could not be read."""
        rows = self._db.execute(
            "SELECT origin, position, reason FROM rejects ORDER BY id DESC LIMIT ?", [limit]
        ).fetchall()
        return [(row[0], row[1], row[2]) for row in rows]


class StoreReader:
    """The Reader that enrichers are given."""

    def __init__(self, items: Items, vectors: Vectors) -> None:
        self._items = items
        self._vectors = vectors

    def items(self, *, before_id: int) -> Iterator[StoredItem]:
        """Every stored item with an id below `before_id`, oldest first."""
        for batch in self._items.each(before_id=before_id):
            yield from batch

    def annotations(self, item_ids: Sequence[int], label: str) -> dict[int, list[Annotation]]:
        """The current annotations of one label, by item id."""
        if not item_ids:
            return {}
        wanted = set(item_ids)
        found = self._items.annotations(min(wanted), max(wanted), labels=[label])
        return {item_id: annotations for item_id, annotations in found.items() if item_id in wanted}

    def vectors(self, item_ids: Sequence[int], encoder: str) -> dict[int, bytes]:
        """The kept vectors of an encoder, by item id."""
        return self._vectors.get(item_ids, encoder)

    def keep_vectors(self, encoder: str, vectors: Mapping[int, bytes]) -> None:
        """Keeps new vectors for the next time, where this store may be written to."""
        self._vectors.keep(encoder, vectors)
