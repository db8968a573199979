"""Flyers that people filled in by hand: batches of them, what was read from each by whom, and how well it was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.models import Form
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.scans import Scans
from advocacy_monitor.withdrawal import plain

FIRST, SECOND, SETTLED = "first", "second", "settled"
LARGEST = 999_999
"""The highest number of a flyer in a batch."""
_BATCH = (
    "SELECT paper_batches.id, paper_batches.name, library, language, questionnaire_id, received_on, seed, made_by, "
    "made_at, entered_by, entered_at, closed_by, closed_at, questionnaires.name, version, digest, content "
    "FROM paper_batches JOIN questionnaires ON questionnaires.id = questionnaire_id "
)
_ENTRY = (
    "SELECT batch_id, flyer, entry, sending, answers, left_out, item_id, transcriber, entered_at, version, is_stored "
    "FROM transcriptions "
)


class FlyerTakenError(ModerationError):
    """Somebody else has entered a flyer under this number meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Flyers of one library in one language, printed with one version of the questionnaire.

    It is open until somebody says that all are entered, then checked, then closed.
    """

    id: int
    name: str
    library: str | None
    language: str
    form: Form
    received_on: date
    seed: int
    made_by: str
    made_at: datetime
    entered_by: str | None
    entered_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one person read on one flyer. `fields` are its answers by field, {} when they were removed.

    `entry` is 'first', 'second' (blind) or 'settled'; `left_out` says why nothing of the flyer may be kept.
    """

    batch_id: int
    flyer: int
    entry: str
    sending: str
    fields: Mapping[str, str]
    transcriber: str
    left_out: str | None = None
    item_id: int | None = None
    entered_at: datetime | None = None
    version: int = 1
    is_stored: bool = False

    def __repr__(self) -> str:
        return f"Entry(batch_id={self.batch_id}, flyer={self.flyer}, entry={self.entry!r}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A flyer that chance chose to be read twice. `fields` is how many were compared, None before that."""

    flyer: int
    fields: int | None
    settled_by: str | None
    differences: Mapping[str, str]
    """Which reading was right, by field: 'first', 'second' or 'neither'."""


class Paper:
    """Reads and writes them; scans and contact details of entries need the contacts file."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock
        self._contacts = contacts
        self._scans = Scans(contacts._db, contacts._path, clock) if contacts else None

    @property
    def scans(self) -> Scans:
        """Pictures and contact details. Raises StoreError where the store is open for reading only."""
        if self._scans is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._scans

    # Batches

    def open_batch(
        self, name: str, *, library: str | None, language: str, form_id: int, received_on: date, seed: int, by: str
    ) -> Batch:
        """Begins a batch. `form_id` is what `submissions.keep_form` gave. Raises ModerationError for a name in use."""
        with translated(self._path), immediate(self._db):
            if self._db.execute("SELECT 1 FROM paper_batches WHERE name = ?", [name]).fetchone():
                raise ModerationError(f"there is a batch {name!r} already; choose another name")
            row = self._db.execute(
                "INSERT INTO paper_batches (name, library, language, questionnaire_id, received_on, seed, made_by, "
                "made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [name, library, language, form_id, received_on.isoformat(), seed, by, self._clock().isoformat()],
            ).fetchone()
        batch = self.batch(int(row[0]))
        assert batch is not None
        return batch

    def batches(self) -> list[Batch]:
        """Every batch, the newest first."""
        return [_batch(row) for row in self._db.execute(f"{_BATCH} ORDER BY paper_batches.id DESC").fetchall()]

    def batch(self, batch_id: int) -> Batch | None:
        """One batch."""
        row = self._db.execute(f"{_BATCH} WHERE paper_batches.id = ?", [batch_id]).fetchone()
        return None if row is None else _batch(row)

    # Entries

    def entries(self, batch_id: int, entry: str | None = None) -> list[Entry]:
        """What was entered of a batch, or the first, second or settled entries of it, in the order of the flyers."""
        rows = self._db.execute(
            f"{_ENTRY} WHERE batch_id = ?1 AND (?2 IS NULL OR entry = ?2) ORDER BY flyer, id", [batch_id, entry]
        ).fetchall()
        return [_entry(row) for row in rows]

    def entry(self, batch_id: int, flyer: int, entry: str) -> Entry | None:
        """One reading of one flyer."""
        row = self._db.execute(
            f"{_ENTRY} WHERE batch_id = ? AND flyer = ? AND entry = ?", [batch_id, flyer, entry]
        ).fetchone()
        return None if row is None else _entry(row)

    def sent(self, sending: str) -> Entry | None:
        """The entry that came with this sending of the page."""
        row = self._db.execute(f"{_ENTRY} WHERE sending = ?", [sending]).fetchone()
        return None if row is None else _entry(row)

    def next_flyer(self, batch_id: int) -> int:
        """The number behind the highest one that was entered."""
        row = self._db.execute("SELECT max(flyer) FROM transcriptions WHERE batch_id = ?", [batch_id]).fetchone()
        return int(row[0] or 0) + 1

    def add(self, entry: Entry) -> None:
        """Notes what was read. Raises FlyerTakenError, ModerationError when the batch takes no such entry any more."""
        with translated(self._path), immediate(self._db):
            self._check_open(entry)
            if self.entry(entry.batch_id, entry.flyer, entry.entry):
                raise FlyerTakenError(f"flyer {entry.flyer} of this batch was entered already")
            self._db.execute(
                "INSERT INTO transcriptions (batch_id, flyer, entry, sending, answers, left_out, transcriber, "
                "entered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(entry.batch_id, entry.flyer, entry.entry, entry.sending, _json(entry.fields), entry.left_out),
                    *(entry.transcriber, self._clock().isoformat()),
                ],
            )

    def rewrite(self, entry: Entry) -> None:
        """Puts another reading in the place of an entry; `stored` says when the answer is that of this reading."""
        with translated(self._path), immediate(self._db):
            self._check_open(entry)
            self._db.execute(
                "UPDATE transcriptions SET answers = ?, left_out = ?, item_id = ?, version = ?, is_stored = 0 "
                "WHERE sending = ?",
                [_json(entry.fields), entry.left_out, entry.item_id, entry.version, entry.sending],
            )

    def stored(self, entry: Entry, item_id: int, *, is_gone: bool = False) -> None:
        """Notes the item that holds what was read; `is_gone`: its author took it back, and nothing is kept here."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE transcriptions SET item_id = ?1, is_stored = 1, answers = iif(?2, '{}', answers) "
                "WHERE sending = ?3",
                [item_id, is_gone, entry.sending],
            )

    def release_code(self, code: str, item_id: int) -> None:
        """Takes a code from an answer that it was bound to by mistake; it may be bound to another one then."""
        assert self._contacts is not None
        hashed = self._contacts.code_hash(f"withdrawal {plain(code) or code}")
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE withdrawal_codes SET item_id = NULL WHERE hash = ? AND item_id = ?", [hashed, item_id]
            )

    def unstored(self, batch_id: int) -> list[Entry]:
        """Entries that hold for a flyer and are not stored as its answer: the program died between the two writes."""
        return [
            each
            for each in self.entries(batch_id)
            if each.entry != SECOND and not each.is_stored and not each.left_out and each.fields
        ]

    def _check_open(self, entry: Entry) -> None:
        batch = self.batch(entry.batch_id)
        if batch is None or batch.closed_at is not None:
            raise ModerationError("this batch is closed")
        if (entry.entry == FIRST) != (batch.entered_at is None):
            raise ModerationError("all flyers of this batch were said to be entered; go on with the second reading")

    # Checks

    def finish(self, batch_id: int, flyers: Iterable[int], *, by: str) -> None:
        """Notes that all flyers are entered, and those that are to be read once more. Raises ModerationError."""
        with translated(self._path), immediate(self._db):
            done = self._db.execute(
                "UPDATE paper_batches SET entered_by = ?, entered_at = ? WHERE id = ? AND entered_at IS NULL",
                [by, self._clock().isoformat(), batch_id],
            )
            if not done.rowcount:
                raise ModerationError("all flyers of this batch were said to be entered before")
            self._db.conn.executemany(
                "INSERT INTO paper_checks (batch_id, flyer) VALUES (?, ?)", [(batch_id, each) for each in flyers]
            )

    def go_on(self, batch_id: int) -> None:
        """Takes flyers again, as long as none was read a second time. Raises ModerationError."""
        with translated(self._path), immediate(self._db):
            if self.entries(batch_id, SECOND):
                raise ModerationError("the second reading of this batch has begun; open another batch for more flyers")
            self._db.execute("DELETE FROM paper_checks WHERE batch_id = ?", [batch_id])
            self._db.execute(
                "UPDATE paper_batches SET entered_by = NULL, entered_at = NULL WHERE id = ? AND closed_at IS NULL",
                [batch_id],
            )

    def checks(self, batch_id: int) -> list[Check]:
        """The flyers of a batch that are to be read twice."""
        found: dict[int, dict[str, str]] = {}
        for row in self._db.execute(
            "SELECT flyer, field, right_entry FROM paper_differences WHERE batch_id = ?", [batch_id]
        ).fetchall():
            found.setdefault(row[0], {})[row[1]] = row[2]
        rows = self._db.execute(
            "SELECT flyer, fields, settled_by FROM paper_checks WHERE batch_id = ? ORDER BY flyer", [batch_id]
        ).fetchall()
        return [
            Check(flyer=row[0], fields=row[1], settled_by=row[2], differences=found.get(row[0], {})) for row in rows
        ]

    def settle(self, batch_id: int, flyer: int, *, fields: int, right: Mapping[str, str], by: str) -> None:
        """Notes how many fields were compared, and which reading was right where two differed."""
        with translated(self._path), immediate(self._db):
            done = self._db.execute(
                "UPDATE paper_checks SET fields = ?, settled_by = ?, settled_at = ? "
                "WHERE batch_id = ? AND flyer = ? AND settled_at IS NULL",
                [fields, by, self._clock().isoformat(), batch_id, flyer],
            )
            if not done.rowcount:
                raise ModerationError(f"flyer {flyer} was settled before")
            self._db.conn.executemany(
                "INSERT INTO paper_differences (batch_id, flyer, field, right_entry) VALUES (?, ?, ?, ?)",
                [(batch_id, flyer, field, entry) for field, entry in right.items()],
            )

    def drop_check(self, batch_id: int, flyer: int) -> None:
        """Takes a flyer out of the second reading: its author took it back or changed it."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "DELETE FROM paper_checks WHERE batch_id = ? AND flyer = ? AND settled_at IS NULL", [batch_id, flyer]
            )

    def close(self, batch_id: int, *, by: str) -> None:
        """Ends a batch: what was read stands in the items from now on, and goes from here. Raises ModerationError."""
        with translated(self._path), immediate(self._db):
            done = self._db.execute(
                "UPDATE paper_batches SET closed_by = ?, closed_at = ? "
                "WHERE id = ? AND entered_at IS NOT NULL AND closed_at IS NULL",
                [by, self._clock().isoformat(), batch_id],
            )
            if not done.rowcount:
                raise ModerationError("this batch cannot be closed: it is closed already, or not all is entered")
            self._db.execute("UPDATE transcriptions SET answers = '{}' WHERE batch_id = ?", [batch_id])
        self.scans.forget_batch(batch_id)


def _json(fields: Mapping[str, str]) -> str:
    return msgspec.json.encode(fields, order="sorted").decode()


def _batch(row: Sequence[Any]) -> Batch:
    return Batch(
        id=row[0],
        name=row[1],
        library=row[2],
        language=row[3],
        form=Form(name=row[13], version=row[14], digest=row[15], content=row[16]),
        received_on=date.fromisoformat(row[5]),
        seed=row[6],
        made_by=row[7],
        made_at=datetime.fromisoformat(row[8]),
        entered_by=row[9],
        entered_at=datetime.fromisoformat(row[10]) if row[10] else None,
        closed_by=row[11],
        closed_at=datetime.fromisoformat(row[12]) if row[12] else None,
    )


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(
        batch_id=row[0],
        flyer=row[1],
        entry=row[2],
        sending=row[3],
        fields=msgspec.json.decode(row[4], type=dict[str, str]),
        left_out=row[5],
        item_id=row[6],
        transcriber=row[7],
        entered_at=datetime.fromisoformat(row[8]),
        version=row[9],
        is_stored=bool(row[10]),
    )
