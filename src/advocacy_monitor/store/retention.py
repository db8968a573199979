"""Finds what is older than it may be kept, and removes it as an erasure does; which days those are, `rights` says.

The removal itself is that of `Erasures`: the same wipe, the same tombstones, the same line in the journal. It goes in
small steps, so that a collector or a person at the form never waits for long, and ends cleanly when it is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import zstandard
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.burials import bury_rejects
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import PAPER, Contacts
from advocacy_monitor.store.erasures import Erasures

REASON = "retention"
"""What the tombstones say. Nobody has to be told of such a removal: no person asked for it."""
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The moments before which things are too old.

    `kinds` are by kind of statement ('post', 'submission'), `sources` by source and go before those; both look at when
    a statement was collected. `unverified` are by source, for posts that were neither collected nor seen to stand
    since. `unread` is for records that could not be read, `contacts` for contact details and scans without a statement.
    Posts whose author was `asked` for permission since that moment wait for the answer.
    """

    kinds: Mapping[str, datetime]
    sources: Mapping[str, datetime]
    unverified: Mapping[str, datetime]
    unread: datetime
    contacts: datetime
    asked: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Statements that are too old, by one rule: 'age' or 'not looked up'. `oldest_at` is when the first came."""

    rule: str
    kind: str
    source: str
    item_ids: tuple[int, ...]
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TooOld:
    """Everything that is too old. `held` are posts that wait for their authors' answer, and stay so long."""

    statements: tuple[Due, ...]
    held: tuple[int, ...]
    rejects: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]

    @property
    def item_ids(self) -> list[int]:
        """All statements, oldest id first."""
        return sorted({item_id for each in self.statements for item_id in each.item_ids})

    @property
    def any(self) -> bool:
        """Whether there is anything."""
        return bool(self.statements or self.rejects or self.contacts)


class Retention:
    """Reads and removes; both need the contacts file and raise StoreError where it is not open."""

    def __init__(
        self,
        db: Database,
        path: Path,
        contacts: Contacts | None,
        erasures: Erasures,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._path = path
        self._maybe_contacts = contacts
        self._erasures = erasures
        self._clock = clock

    @property
    def _contacts(self) -> Contacts:
        if self._maybe_contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_contacts

    def too_old(self, limits: Limits) -> TooOld:
        """What is too old, in one pass over the statements. Raises StoreError."""
        with translated(self._path):
            statements, held = self._statements(limits)
            rejects = self._db.execute(
                "SELECT DISTINCT sha256 FROM rejects WHERE sha256 <> '' AND rejected_at < ?",
                [limits.unread.isoformat()],
            ).fetchall()
        return TooOld(
            statements=statements,
            held=held,
            rejects=tuple(row[0] for row in rejects),
            contacts=tuple(self._loose(limits.contacts)),
        )

    def counts(self, limits: Limits) -> dict[tuple[str, str, str], int]:
        """How many statements are too old, by rule, kind and source; needs no contacts file."""
        with translated(self._path):
            return {(each.rule, each.kind, each.source): len(each.item_ids) for each in self._statements(limits)[0]}

    def _statements(self, limits: Limits) -> tuple[tuple[Due, ...], tuple[int, ...]]:
        asked, held = self._asked(limits.asked), []
        found: dict[tuple[str, str, str], list[int]] = {}
        oldest: dict[tuple[str, str, str], str] = {}
        for item_id, kind, source, collected_at, seen_at in self._rows(limits):
            if seen_at < _stamp(limits.unverified.get(source)) and kind == "post":
                key = ("not looked up", kind, source)
            elif collected_at < _stamp(limits.sources.get(source) or limits.kinds.get(kind)):
                if item_id in asked:
                    held.append(item_id)
                    continue
                key = ("age", kind, source)
            else:
                continue
            found.setdefault(key, []).append(item_id)
            oldest[key] = min(oldest.get(key, collected_at), collected_at)
        statements = tuple(
            Due(rule=rule, kind=kind, source=source, item_ids=tuple(ids), oldest_at=_moment(oldest[rule, kind, source]))
            for (rule, kind, source), ids in sorted(found.items())
        )
        return statements, tuple(held)

    def _rows(self, limits: Limits) -> Iterator[tuple[int, str, str, str, str]]:
        """Id, kind, source, when it was collected and last seen to stand, of what may be too old; in SQL, because of a
        million statements nearly all are young."""
        by_source, sources = _by_source(limits.sources)
        kinds = [value for kind, moment in limits.kinds.items() for value in (kind, moment.isoformat())]
        by_kind = f"CASE kind {'WHEN ? THEN ? ' * len(limits.kinds)}ELSE '' END"
        unverified, unseen = _by_source(limits.unverified)
        seen_at = "coalesce((SELECT verified_at FROM verifications WHERE item_id = items.id), collected_at)"
        yield from self._db.execute(
            f"SELECT id, kind, source, collected_at, {seen_at} FROM items "  # noqa: S608  # no input
            f"WHERE (collected_at < coalesce({by_source}, {by_kind}) OR (kind = 'post' "
            f"AND collected_at < {unverified} AND {seen_at} < {unverified})) "
            "AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.item_id = items.id) ORDER BY id",
            [*sources, *kinds, *unseen, *unseen],
        )

    def _asked(self, since: datetime) -> set[int]:
        """Posts whose authors were asked for permission lately and have not answered."""
        rows = self._db.execute(
            "SELECT item_id FROM permissions WHERE id IN (SELECT max(id) FROM permissions GROUP BY item_id) "
            "AND state = 'asked' AND noted_at >= ?",
            [since.isoformat()],
        ).fetchall()
        return {row[0] for row in rows}

    def _loose(self, before: datetime) -> Iterator[tuple[str, str]]:
        """Contact details, scans and what was read on flyers, that are too old and belong to no statement."""
        contacts = self._contacts
        with translated(self._path):
            rows = contacts.db.execute(
                "SELECT source, source_id FROM contacts WHERE received_at < ?1 UNION SELECT ?2, batch_id || '-' || "
                "flyer FROM scans GROUP BY batch_id, flyer HAVING max(added_at) < ?1",
                [before.isoformat(), PAPER],
            ).fetchall()
            read = self._db.execute(
                "SELECT DISTINCT ?2, batch_id || '-' || flyer FROM transcriptions WHERE entered_at < ?1 "
                "AND item_id IS NULL AND answers <> '{}'",
                [before.isoformat(), PAPER],
            ).fetchall()
            for source, source_id in sorted({*rows, *read}):
                there = self._db.execute(
                    "SELECT 1 FROM items WHERE source = ?1 AND (source_id = ?2 OR (source_id > ?2 || '~' "
                    "AND source_id < ?2 || '~:')) LIMIT 1",
                    [source, source_id],
                ).fetchone()
                if there is None:
                    yield source, source_id

    def total(self) -> int:
        """How many statements there are whose words were not removed."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM items) - (SELECT count(DISTINCT item_id) FROM tombstones)"
        ).fetchone()
        return int(row[0])

    def packs_quoting(self, item_ids: Sequence[int]) -> list[str]:
        """The numbers of the packs that quote any of these."""
        rows = self._db.execute(
            "SELECT DISTINCT pack_number FROM pack_exhibits WHERE item_id IN (SELECT value FROM json_each(?)) "
            "ORDER BY pack_number",
            [msgspec.json.encode(list(item_ids)).decode()],
        ).fetchall()
        return [row[0] for row in rows]

    def remove(self, found: TooOld, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Removes it, in small steps. Returns how many statements went, reposts of them included. Raises StoreError."""
        removed, item_ids = 0, found.item_ids
        for at in range(0, len(item_ids), _BATCH):
            if stop():
                return removed
            some = item_ids[at : at + _BATCH]
            self._empty_captures(some)
            removed += self._erasures.erase_items(some, reason=REASON).items
        if not stop():
            self._remove_rejects(found.rejects)
            self._erasures.erase_contacts(found.contacts, (), reason=REASON)
            self._empty_flyers([source_id for source, source_id in found.contacts if source == PAPER])
        return removed

    def _empty_flyers(self, flyers: Sequence[str]) -> None:
        """What was read on flyers that are no statements."""
        if flyers:
            with translated(self._path), immediate(self._db):
                self._db.execute(
                    "UPDATE transcriptions SET answers = '{}' WHERE item_id IS NULL "
                    "AND batch_id || '-' || flyer IN (SELECT value FROM json_each(?))",
                    [msgspec.json.encode(list(flyers)).decode()],
                )

    def _remove_rejects(self, digests: Sequence[str]) -> None:
        if not digests:
            return
        contacts, stamp = self._contacts, self._clock().isoformat()
        contacts.remove_rejects(digests)
        with translated(self._path), immediate(self._db):
            buried = bury_rejects(self._db, digests, contacts.tombstone, REASON, stamp)
            self._erasures.note_buried(buried, REASON, stamp)

    def _empty_captures(self, item_ids: Sequence[int]) -> None:
        """Overwrites the payloads of many items at once: each segment is unfolded once, however many lie in it.

        Should the program die after it, the words are still there, and go the next time.
        """
        with translated(self._path), immediate(self._db):
            rows = self._db.execute(
                "SELECT segment_id, json_group_array(json_array(start, length)), json_group_array(id) FROM captures "
                "WHERE item_id IN (SELECT value FROM json_each(?)) AND sha256 <> '' GROUP BY segment_id",
                [msgspec.json.encode(list(item_ids)).decode()],
            ).fetchall()
            for segment_id, runs, capture_ids in rows:
                (sealed,) = self._db.execute("SELECT payload FROM segments WHERE id = ?", [segment_id]).fetchone()
                payload = bytearray(zstandard.ZstdDecompressor().decompress(sealed, max_output_size=2**31))
                for start, length in msgspec.json.decode(runs, type=list[tuple[int, int]]):
                    payload[start : start + length] = bytes(length)
                folded = zstandard.ZstdCompressor(level=1).compress(bytes(payload))
                self._db.execute("UPDATE segments SET payload = ? WHERE id = ?", [folded, segment_id])
                self._db.execute(
                    "UPDATE captures SET sha256 = '' WHERE id IN (SELECT value FROM json_each(?))", [capture_ids]
                )


def _by_source(moments: Mapping[str, datetime]) -> tuple[str, list[str]]:
    """The moment of an item's source as an expression of SQL, NULL where it has none, and the values in it."""
    values = [value for source, moment in moments.items() for value in (source, moment.isoformat())]
    return (f"CASE source {'WHEN ? THEN ? ' * len(moments)}END" if moments else "NULL"), values


def _stamp(moment: datetime | None) -> str:
    """As it stands in the database; '' is before everything."""
    return moment.isoformat() if moment else ""


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
