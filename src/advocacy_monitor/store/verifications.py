"""How posts stand at their platforms, and the removal of what a platform no longer shows (R5).

A verdict never deletes by itself: one false answer of a platform must not cost a statement. What is not there is at
once kept out of every pack; once a second look, `WIPE_AFTER` later, says the same, its words and its author are removed
from the item, the search index and the captures. A tombstone remains: the row with its themes and dates, and a keyed
hash that keeps the same post from being stored again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.models import Known, Standing, Verdict
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.items import Items, among
from advocacy_monitor.store.journal import Journal, entries_of
from advocacy_monitor.store.wiping import Gone, wipe

WIPE_AFTER = timedelta(hours=1)
REMOVED = (Standing.GONE, Standing.PROTECTED)
"""What a platform's rules want removed here as well; withheld posts are kept out of packs and stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The newest answer about one item. `verified_at` is None while its platform never answered."""

    item_id: int
    standing: Standing
    asked_at: datetime
    verified_at: datetime | None
    detail: str


class Verifications:
    """Writes and reads verdicts."""

    def __init__(
        self, db: Database, path: Path, items: Items, contacts: Contacts | None, clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._path = path
        self._items = items
        self._contacts = contacts
        self._clock = clock

    def note(self, verdicts: Iterable[Verdict], *, now: datetime) -> int:
        """Stores verdicts about items that are stored; inside a write transaction. Returns how many were wiped."""
        stamp = now.isoformat()
        gone: list[Gone] = []
        for verdict in verdicts:
            for item_id in self._ids(verdict):
                before = self._get(item_id)
                self._upsert(item_id, verdict, before, stamp)
                if verdict.standing in REMOVED and self._is_due(item_id, now):
                    gone += self._wipe(item_id, verdict, stamp)
        if gone and self._contacts is not None:
            Journal.beside(self._path).add(entries_of(gone, key=self._contacts.fingerprint))
        return len(gone)

    def _ids(self, verdict: Verdict) -> list[int]:
        """The posts that a verdict is about: one, or all of an account."""
        if verdict.account:
            rows = self._db.execute(
                "SELECT id FROM items WHERE kind = 'post' AND source = ?1 AND source_id >= ?2 AND source_id < ?3 "
                "AND substr(source_id, 1, length(?2)) = ?2",
                [verdict.source, verdict.source_id, f"{verdict.source_id}\U0010ffff"],
            ).fetchall()
            return self._concerned([row[0] for row in rows], verdict)
        rows = self._db.execute(
            "SELECT id FROM items WHERE kind = 'post' AND source = ? AND source_id = ?",
            [verdict.source, verdict.source_id],
        ).fetchall()
        return [row[0] for row in rows]

    def _concerned(self, item_ids: list[int], verdict: Verdict) -> list[int]:
        """What is known of one post by itself outweighs what is said of its account.

        An account that is back brings back only what was away with it; one that goes hides no deletion.
        """
        rows = self._db.execute(
            "SELECT item_id, by_account, standing FROM verifications WHERE item_id IN (SELECT value FROM json_each(?))",
            [msgspec.json.encode(item_ids).decode()],
        ).fetchall()
        away = {row[0] for row in rows if row[1]}
        removed = {row[0] for row in rows if not row[1] and row[2] in REMOVED}
        if verdict.standing is Standing.STANDS:
            return [item_id for item_id in item_ids if item_id in away]
        return [item_id for item_id in item_ids if item_id not in removed]

    def _get(self, item_id: int) -> Standing | None:
        row = self._db.execute("SELECT standing FROM verifications WHERE item_id = ?", [item_id]).fetchone()
        return None if row is None else Standing(row[0])

    def _upsert(self, item_id: int, verdict: Verdict, before: Standing | None, stamp: str) -> None:
        if verdict.standing is Standing.UNKNOWN and before is not None:
            self._db.execute(
                "UPDATE verifications SET asked_at = ?, detail = ? WHERE item_id = ?", [stamp, verdict.detail, item_id]
            )
            return
        verified_at = None if verdict.standing is Standing.UNKNOWN else stamp
        self._db.execute(
            "INSERT INTO verifications (item_id, standing, asked_at, verified_at, changed_at, detail, by_account) "
            "VALUES (?1, ?2, ?3, ?4, ?3, ?5, ?8) ON CONFLICT (item_id) DO UPDATE SET asked_at = ?3, verified_at = ?4, "
            "changed_at = CASE WHEN standing = ?2 OR (standing IN (?6, ?7) AND ?2 IN (?6, ?7)) THEN changed_at "
            "ELSE ?3 END, standing = ?2, detail = ?5, by_account = ?8",
            [item_id, verdict.standing, stamp, verified_at, verdict.detail, *REMOVED, int(verdict.account)],
        )
        if verdict.standing is Standing.EDITED and before is not Standing.EDITED:
            self._look_again(item_id, stamp)

    def _look_again(self, item_id: int, stamp: str) -> None:
        """An approved post that says something else now goes back to a moderator, with or without its new words."""
        self._db.execute("UPDATE items SET place = NULL WHERE id = ?", [item_id])  # it may be what was taken back
        self._db.execute(
            "INSERT INTO decisions (item_id, status, moderator, reason, decided_at) "
            "SELECT item_id, 'escalated', 'verify@1', 'changed at the source', ?2 FROM item_status "
            "WHERE item_id = ?1 AND status = 'approved'",
            [item_id, stamp],
        )

    def _is_due(self, item_id: int, now: datetime) -> bool:
        """Whether the same was said before, long enough ago. GONE and PROTECTED may follow each other."""
        row = self._db.execute("SELECT changed_at FROM verifications WHERE item_id = ?", [item_id]).fetchone()
        return row is not None and now - datetime.fromisoformat(row[0]) >= WIPE_AFTER

    def _wipe(self, item_id: int, verdict: Verdict, stamp: str) -> list[Gone]:
        assert self._contacts is not None
        reason = f"{verdict.standing} at the source"
        return wipe(self._db, item_id, hashed=self._contacts.tombstone, reason=reason, stamp=stamp)

    def of(self, first_id: int, last_id: int, *, ids: Sequence[int] = ()) -> dict[int, Verification]:
        """The newest answers about a range of ids, or about `ids`; items that nobody asked about are absent."""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(
            f"SELECT item_id, standing, asked_at, verified_at, detail FROM verifications WHERE {where}",  # noqa: S608
            values,
        ).fetchall()
        return {
            row[0]: Verification(
                item_id=row[0],
                standing=Standing(row[1]),
                asked_at=datetime.fromisoformat(row[2]),
                verified_at=datetime.fromisoformat(row[3]) if row[3] else None,
                detail=row[4],
            )
            for row in rows
        }

    def due(self, source: str, *, before: datetime, limit: int, above: int = 0) -> list[Known]:
        """Posts of a source that no answer since `before` is about, in the order of their ids; no tombstones.

        What was gone an hour ago is due as well: the second look removes its words.
        """
        again = max(before, self._clock() - WIPE_AFTER)
        rows = self._db.execute(
            "SELECT items.id FROM items LEFT JOIN verifications ON item_id = items.id "
            "WHERE kind = 'post' AND +source = ?1 AND items.id > ?2 AND (verified_at IS NULL OR verified_at < ?3 "
            "OR (standing IN (?5, ?6) AND verified_at <= ?4)) "
            "AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.item_id = items.id) "
            "ORDER BY items.id LIMIT ?7",  # +source: in the order of the ids, each batch goes on where the last ended
            [source, above, before.isoformat(), again.isoformat(), *REMOVED, limit],
        ).fetchall()
        return self.known([row[0] for row in rows])

    def known(self, item_ids: Sequence[int]) -> list[Known]:
        """Posts as their platform is asked about them."""
        found = []
        for item in self._items.get(item_ids):
            captures = self._items.captures(item.id)
            seen = self._db.execute(
                "SELECT seen_on FROM appearances WHERE item_id = ? ORDER BY first_seen_at", [item.id]
            ).fetchall()
            found.append(
                Known(
                    item_id=item.id,
                    source=item.source,
                    source_id=item.source_id,
                    url=item.url,
                    text=item.text,
                    raw=captures[-1][1] if captures else b"",
                    seen_on=tuple(row[0] for row in seen),
                )
            )
        return found

    def sources(self) -> list[str]:
        """The sources of the posts that are stored."""
        rows = self._db.execute("SELECT DISTINCT source FROM items WHERE kind = 'post' ORDER BY source").fetchall()
        return [row[0] for row in rows]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many posts of each source stand how; 'not asked' where nobody asked."""
        rows = self._db.execute(
            "SELECT source, coalesce(standing, 'not asked'), count(*) FROM items "
            "LEFT JOIN verifications ON item_id = items.id WHERE kind = 'post' GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        found: dict[str, dict[str, int]] = {}
        for source, standing, count in rows:
            found.setdefault(source, {})[standing] = count
        return found

    def apply(self, verdicts: Sequence[Verdict]) -> int:
        """Stores verdicts that came outside of a run, such as a compliance file. Returns how many were wiped."""
        with translated(self._path), immediate(self._db):
            return self.note(verdicts, now=self._clock())

    def settle(self) -> None:
        """Clears what removing words leaves in the search index and in the log file, once for all since the last time.

        While another program reads, the log cannot be emptied; the next time does it.
        """
        with translated(self._path):
            if not self._db.execute("SELECT 1 FROM tombstones WHERE settled_at IS NULL LIMIT 1").fetchone():
                return
            with immediate(self._db):
                self._db.execute("INSERT INTO items_fts (items_fts) VALUES ('optimize')")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                now = self._clock().isoformat()
                with immediate(self._db):
                    self._db.execute("UPDATE tombstones SET settled_at = ? WHERE settled_at IS NULL", [now])

    def any_stale(self, sources: Sequence[str], *, before: datetime) -> bool:
        """Whether an approved post of these sources was not looked up since a moment. It may say yes too often."""
        row = self._db.execute(
            "SELECT 1 FROM decisions JOIN items ON items.id = decisions.item_id "
            "LEFT JOIN verifications ON verifications.item_id = items.id "
            "WHERE decisions.status = 'approved' AND kind = 'post' AND source IN (SELECT value FROM json_each(?)) "
            "AND (verified_at IS NULL OR verified_at < ?) LIMIT 1",
            [msgspec.json.encode(list(sources)).decode(), before.isoformat()],
        ).fetchone()
        return row is not None
