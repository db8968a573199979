"""Answers that people gave us, on the form or on paper: kept for certain, shown to their authors, taken back.

What is confirmed to a person is on the disk: every write here is durable. A corrected answer is a new item; the words
of the old one are wiped, and its code, contact details and place in line go with the new one, so that nothing that was
said of the old words (themes, spans, decisions) is taken for the new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as with_
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.models import Contact, Form, Held, Kept, Page, Received, Submission, Use
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.erasures import Erasures, Removed
from advocacy_monitor.store.packs import Packs
from advocacy_monitor.store.pages import LegalBasis, PageWriter
from advocacy_monitor.store.runs import Runs
from advocacy_monitor.store.versions import CORRECTED, keep_form, next_version
from advocacy_monitor.store.wiping import wipe
from advocacy_monitor.withdrawal import plain

WITHDRAWN = "withdrawn by its author"
FLAGGED_BY = "form@1"
_MOST_VERSIONS = 1000


class Submissions:
    """Writes and reads answers; open for writing it needs the contacts file."""

    def __init__(
        self,
        db: Database,
        path: Path,
        contacts: Contacts | None,
        writer: PageWriter | None,
        *,
        runs: Runs,
        packs: Packs,
        erasures: Erasures,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._path = path
        self._maybe_contacts = contacts
        self._maybe_writer = writer
        self._runs = runs
        self._packs = packs
        self._erasures = erasures
        self._clock = clock
        self._run_ids: dict[str, int] = {}

    @property
    def _contacts(self) -> Contacts:
        if self._maybe_contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_contacts

    @property
    def _writer(self) -> PageWriter:
        if self._maybe_writer is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_writer

    def close(self) -> None:
        """Ends the runs that were begun for what came in; where that cannot be written, the next start does it."""
        while self._run_ids:
            _, run_id = self._run_ids.popitem()
            with suppress(StoreError):
                self._runs.finish(run_id, "done")

    def key(self, purpose: str) -> bytes:
        """A random key for one purpose, which lies in the contacts file."""
        return self._contacts.key(purpose)

    # What comes in

    def add(self, group: Sequence[Received], *, basis: LegalBasis | None = None) -> list[Kept]:
        """Stores answers in one transaction that survives a power cut. Returns what became of each, in their order.

        An answer that is there already changes nothing; the same sending with other content corrects the first.
        Raises StoreError; then none of the group is stored.
        """
        fresh: dict[tuple[str, str], Received] = {}
        for each in group:
            if self._current(*_key(each)) is None:
                fresh.setdefault(_key(each), each)
        kept = self._store(list(fresh.values()), basis=basis) if fresh else []
        known = dict(zip(fresh, kept, strict=True))
        return [
            known[_key(each)] if fresh.get(_key(each)) is each else self._again(each, basis=basis) for each in group
        ]

    def _again(self, received: Received, *, basis: LegalBasis | None) -> Kept:
        """The same sending once more: nothing, or a correction; what was withdrawn stays so."""
        item_id = self._current(*_key(received))
        assert item_id is not None
        if self._is_gone(item_id):
            return Kept(item_id=item_id, is_new=False, was_withdrawn=True)
        if self._content(item_id) == sha256(received.submission.raw).hexdigest():
            return Kept(item_id=item_id, is_new=False)
        new_id = self.replace(item_id, received, reason=CORRECTED, basis=basis)
        return Kept(item_id=new_id, is_new=False)

    def replace(self, item_id: int, received: Received, *, reason: str, basis: LegalBasis | None = None) -> int:
        """Puts a corrected version in the place of an answer, whose words go. Returns the new item's id.

        Contact details of the old one go with it unless the new one brings its own, its legal basis unless another is
        given. Raises ModerationError when the old one is not there, StoreError.
        """
        source, old_id = self._identity(item_id)
        basis = basis or LegalBasis(submissions=self._basis_of(item_id))
        submission = received.submission
        contact = submission.contact or self._contacts.of(source, old_id)
        submission = msgspec.structs.replace(submission, source=source, source_id=next_version(old_id), contact=contact)
        (kept,) = self._store([with_(received, submission=submission)], basis=basis, instead=item_id, reason=reason)
        self._contacts.move(source, old_id, submission.source_id)
        self._contacts.keep_only(source, old_id, name=False, address=False)
        return kept.item_id

    def _basis_of(self, item_id: int) -> str:
        return str(self._db.execute("SELECT legal_basis FROM items WHERE id = ?", [item_id]).fetchone()[0])

    def _store(
        self,
        group: Sequence[Received],
        *,
        basis: LegalBasis | None,
        instead: int | None = None,
        reason: str = "",
    ) -> list[Kept]:
        now = self._clock()
        group = [each.permitted() for each in group]
        # Contact details first: if the program dies in between, nobody was told that the answer is stored.
        self._contacts.add([each.submission for each in group], (), now=now)
        self._contacts.ask_to_confirm(
            ((*_key(each), each.opt_in) for each in group if each.opt_in is not None), now=now
        )
        try:
            return self._in_one(group, now, basis or LegalBasis(), instead, reason)
        except StoreError:
            # Nobody is told that it is stored, and nobody has a code to take the contact details back.
            for each in group:
                with suppress(StoreError):
                    self._contacts.keep_only(*_key(each), name=False, address=False)
            raise

    def _in_one(
        self, group: Sequence[Received], now: datetime, basis: LegalBasis, instead: int | None, reason: str
    ) -> list[Kept]:
        channels = {each.channel: self._run(each.channel) for each in group}
        with translated(self._path), immediate(self._db):
            for channel, run_id in channels.items():
                self._insert([each for each in group if each.channel == channel], run_id, now, basis)
            kept = [self._completed(each, now, instead, reason) for each in group]
            if instead is not None:
                stamp = now.isoformat()
                gone = wipe(self._db, instead, hashed=self._contacts.tombstone, reason=reason, stamp=stamp)
                self._erasures.settle(instead, reason=reason, stamp=stamp)
                self._erasures.note(gone)
        return kept

    def _insert(self, group: Sequence[Received], run_id: int, now: datetime, basis: LegalBasis) -> None:
        """The items with their captures and consents; each consent's proof names the wording that was ticked."""
        by_origin: dict[str, list[Submission]] = {}
        for each in group:
            origin = f"{each.channel} ({each.form.name} {each.form.version}, {each.language})"
            by_origin.setdefault(origin, []).append(each.submission)
        for origin, submissions in by_origin.items():
            page = Page(items=tuple(submissions), checkpoint=None)
            self._runs.count(run_id, self._writer.add(run_id, page, now=now, basis=basis, origin=origin))

    def _completed(self, received: Received, now: datetime, replaces: int | None, reason: str) -> Kept:
        """What belongs to one answer, beside the item; inside the transaction."""
        item_id = self._id_of(*_key(received))
        if item_id is None:
            raise StoreError(f"{self._path.name}: an answer was not stored; it may have been removed before")
        if replaces is not None:
            self._move(replaces, item_id, reason)
        stamp = now.isoformat()
        self._db.execute(
            "INSERT INTO submissions (item_id, questionnaire_id, language, replaces) VALUES (?, ?, ?, ?)",
            [item_id, keep_form(self._db, received.form, stamp), received.language, replaces],
        )
        if received.code is not None:
            self._bind(received.code, item_id, stamp)
        self._db.conn.executemany(
            "INSERT INTO annotations (item_id, label, value, \"by\", made_at) VALUES (?, 'risk', ?, ?, ?)",
            [(item_id, flag, FLAGGED_BY, stamp) for flag in received.flags],
        )
        return Kept(item_id=item_id, is_new=True)

    def _move(self, old_id: int, new_id: int, reason: str) -> None:
        """What stays with the answer when its words change; what was read on paper goes when its author corrects it."""
        self._db.execute("UPDATE withdrawal_codes SET item_id = ? WHERE item_id = ?", [new_id, old_id])
        read = "answers = '{}', " if reason == CORRECTED else ""
        self._db.execute(f"UPDATE transcriptions SET {read}item_id = ? WHERE item_id = ?", [new_id, old_id])  # noqa: S608

    def _run(self, channel: str) -> int:
        if channel not in self._run_ids:
            self._run_ids[channel] = self._runs.resume(channel, "collect") or self._runs.start(channel, "collect")
        return self._run_ids[channel]

    # Which item it is

    def _id_of(self, source: str, source_id: str) -> int | None:
        row = self._db.execute(
            "SELECT id FROM items WHERE source = ? AND source_id = ?", [source, source_id]
        ).fetchone()
        return None if row is None else int(row[0])

    def _current(self, source: str, source_id: str) -> int | None:
        """The newest version of an answer, whether its words are still there or not; None for one never seen."""
        item_id = self._id_of(source, source_id)
        if item_id is None:
            row = self._db.execute(
                "SELECT item_id FROM tombstones WHERE hash = ?", [self._contacts.tombstone(source, source_id)]
            ).fetchone()
            item_id = None if row is None else int(row[0])
        for _ in range(_MOST_VERSIONS):
            row = self._db.execute("SELECT item_id FROM submissions WHERE replaces = ?", [item_id]).fetchone()
            if row is None:
                break
            item_id = int(row[0])
        return item_id

    def _is_gone(self, item_id: int) -> bool:
        found = self._db.execute("SELECT 1 FROM tombstones WHERE item_id = ?", [item_id]).fetchone()
        return found is not None

    def _content(self, item_id: int) -> str:
        row = self._db.execute(
            "SELECT content_sha256 FROM captures WHERE item_id = ? ORDER BY id DESC LIMIT 1", [item_id]
        ).fetchone()
        return str(row[0]) if row else ""

    def _identity(self, item_id: int) -> tuple[str, str]:
        row = self._db.execute("SELECT source, source_id FROM items WHERE id = ?", [item_id]).fetchone()
        if row is None or self._is_gone(item_id):
            raise ModerationError(f"item {item_id}: there is no such item, or its words were removed before")
        return str(row[0]), str(row[1])

    # Codes

    def reserve(self, codes: Sequence[str]) -> None:
        """Keeps codes that are printed on paper before anybody has written on it."""
        stamp = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO withdrawal_codes (hash, item_id, made_at) VALUES (?, NULL, ?)",
                [(self._hash(code), stamp) for code in codes],
            )

    def is_reserved(self, code: str) -> bool:
        """Whether a code was printed and belongs to no answer yet."""
        row = self._db.execute(
            "SELECT 1 FROM withdrawal_codes WHERE hash = ? AND item_id IS NULL", [self._hash(code)]
        ).fetchone()
        return row is not None

    def add_code(self, code: str, item_id: int) -> None:
        """Gives an answer one more code. Raises StoreError when the code belongs to another one."""
        with translated(self._path), immediate(self._db):
            self._bind(code, item_id, self._clock().isoformat())

    def of_code(self, code: str) -> int | None:
        """The item that a code belongs to; None for a code that there is not, or of an answer that was withdrawn."""
        if plain(code) is None:
            return None
        row = self._db.execute("SELECT item_id FROM withdrawal_codes WHERE hash = ?", [self._hash(code)]).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def _bind(self, code: str, item_id: int, stamp: str) -> None:
        self._db.execute(
            "INSERT INTO withdrawal_codes (hash, item_id, made_at) VALUES (?1, ?2, ?3) ON CONFLICT (hash) "
            "DO UPDATE SET item_id = ?2 WHERE item_id IS NULL OR item_id = ?2",
            [self._hash(code), item_id, stamp],
        )
        row = self._db.execute("SELECT item_id FROM withdrawal_codes WHERE hash = ?", [self._hash(code)]).fetchone()
        if row[0] != item_id:
            raise StoreError(f"{self._path.name}: this withdrawal code belongs to another answer")

    def _hash(self, code: str) -> str:
        return self._contacts.code_hash(f"withdrawal {plain(code) or code}")

    # What an author sees and changes

    def held(self, item_id: int) -> Held:
        """Everything that is held of an answer, for whoever has its code. Raises ModerationError when it is gone."""
        source, source_id = self._identity(item_id)
        row = self._db.execute(
            "SELECT text, answers, library, postcode, age_band, created_at, submissions.language, name, version, "
            "digest, content FROM items JOIN submissions ON item_id = items.id "
            "JOIN questionnaires ON questionnaires.id = questionnaire_id WHERE items.id = ?",
            [item_id],
        ).fetchone()
        if row is None:
            raise ModerationError(f"item {item_id}: did not come by the form")
        contact = self._contacts.of(source, source_id) or Contact()
        return Held(
            item_id=item_id,
            text=row[0],
            answers=msgspec.json.decode(row[1], type=dict[str, str]),
            consents=self._consents(item_id),
            language=row[6],
            form=Form(name=row[7], version=row[8], digest=row[9], content=row[10]),
            created_at=datetime.fromisoformat(row[5]),
            source=source,
            source_id=source_id,
            library=row[2],
            postcode=row[3],
            age_band=row[4],
            name=contact.name,
            email=contact.email,
            email_confirmed=self._contacts.is_confirmed(source, source_id),
            packs=tuple(
                sorted({number for each in self._all_versions(item_id) for number in self._packs.holding(each)})
            ),
        )

    def _all_versions(self, item_id: int) -> list[int]:
        """The item and the earlier versions of the answer, whose words are gone but may be printed in packs."""
        found = [item_id]
        while row := self._db.execute(
            "SELECT replaces FROM submissions WHERE item_id = ? AND replaces IS NOT NULL", [found[-1]]
        ).fetchone():
            found.append(int(row[0]))
        return found

    def _consents(self, item_id: int) -> frozenset[Use]:
        rows = self._db.execute("SELECT use FROM item_consents WHERE item_id = ? AND granted = 1", [item_id]).fetchall()
        return frozenset(Use(row[0]) for row in rows)

    def set_consents(self, item_id: int, granted: Iterable[Use], *, proof: str) -> None:
        """Notes what an author allows from now on; contact details that nothing allows any more go.

        Raises ModerationError when the answer is gone, StoreError.
        """
        source, source_id = self._identity(item_id)
        wanted, had = frozenset(granted), self._consents(item_id)
        named, reachable = Use.QUOTE_NAMED in wanted, Use.CONTACT in wanted
        contact = self._contacts.of(source, source_id) or Contact()
        # These first: should the program die in between, too little is kept and not too much.
        self._contacts.keep_only(source, source_id, name=named, address=reachable)
        stamp = self._clock().isoformat()
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (?, ?, ?, ?, ?)",
                [(item_id, use, int(use in wanted), proof, stamp) for use in Use if use in wanted ^ had],
            )
            self._db.execute(
                "UPDATE items SET author_name = ? WHERE id = ?", [contact.name if named else None, item_id]
            )

    def withdraw(self, item_id: int) -> Removed:
        """Takes one answer out, and nothing else of its author (R4). Raises ModerationError when it is gone."""
        self._identity(item_id)
        return self._erasures.erase_items([item_id], reason=WITHDRAWN)

    # Questionnaires

    def keep_form(self, form: Form) -> int:
        """Keeps a version of a questionnaire. Returns its id."""
        with translated(self._path), immediate(self._db):
            return keep_form(self._db, form, self._clock().isoformat())

    def form_of(self, item_id: int) -> Form | None:
        """The version of the questionnaire that an item answers; None for what did not come by the form."""
        row = self._db.execute(
            "SELECT name, version, digest, content FROM submissions JOIN questionnaires ON id = questionnaire_id "
            "WHERE item_id = ?",
            [item_id],
        ).fetchone()
        return None if row is None else Form(name=row[0], version=row[1], digest=row[2], content=row[3])

    def forms(self) -> Mapping[int, Form]:
        """All versions that were ever used, by their ids, oldest first."""
        rows = self._db.execute("SELECT id, name, version, digest, content FROM questionnaires ORDER BY id").fetchall()
        return {row[0]: Form(name=row[1], version=row[2], digest=row[3], content=row[4]) for row in rows}


def _key(received: Received) -> tuple[str, str]:
    return received.submission.source, received.submission.source_id
