"""How collecting, checking and exporting stand, for the desk's pages about the campaign as a whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from advocacy_monitor.store import Store

MATTERS = ("statement", "unclear")
"""What the relevance of an item may be without setting it apart as something else (R19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one enricher is: its current version, the last item that it saw, and what it could not read."""

    enricher: str
    by: str
    last_item_id: int
    updated_at: str
    set_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """Posts of one source: how many, how many nobody asked about yet, and since when the longest waits."""

    source: str
    posts: int
    never: int
    oldest: str | None


class Overview:
    """Reads sums over the whole campaign."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @classmethod
    def of(cls, store: Store) -> Overview:
        """The same over a store that is open."""
        return cls(store._db)

    def off_topic(self) -> list[int]:
        """Ids of items that are something else than what a person says about a library; a person's word goes first."""
        rows = self._db.execute(
            "SELECT item_id, value, \"by\" LIKE 'person:%' AS said FROM current_annotations "
            "WHERE label = 'relevance' ORDER BY said, id"
        )
        newest = {row[0]: row[1] for row in rows}
        return sorted(item_id for item_id, value in newest.items() if value not in MATTERS)

    def in_packs(self) -> list[int]:
        """Ids of items that a pack has quoted, lowest first."""
        rows = self._db.execute("SELECT DISTINCT item_id FROM pack_exhibits ORDER BY item_id").fetchall()
        return [row[0] for row in rows]

    def enrichers(self) -> list[Progress]:
        """How far each enricher is, by its name."""
        rows = self._db.execute(
            'SELECT enricher, "by", last_item_id, updated_at, '
            '(SELECT count(*) FROM set_aside WHERE set_aside."by" = enrichments."by") '
            "FROM enrichments WHERE is_current = 1 ORDER BY enricher"
        ).fetchall()
        return [
            Progress(enricher=row[0], by=row[1], last_item_id=row[2], updated_at=row[3], set_aside=row[4])
            for row in rows
        ]

    def last_good(self) -> dict[str, str]:
        """By the name of a collector when a run of it last ended well."""
        rows = self._db.execute(
            "SELECT name, max(finished_at) FROM runs WHERE kind = 'collect' AND status = 'done' GROUP BY name"
        ).fetchall()
        return {row[0]: row[1] for row in rows}

    def unverified(self, sources: Sequence[str]) -> list[Unverified]:
        """Posts of these sources that stand in counts, by when their platform was last asked."""
        rows = self._db.execute(
            "SELECT source, count(*), sum(verified_at IS NULL), min(coalesce(verified_at, collected_at)) "
            "FROM items LEFT JOIN verifications ON verifications.item_id = items.id "
            "WHERE kind = 'post' AND source IN (SELECT value FROM json_each(?)) "
            "AND coalesce(standing, 'stands') NOT IN ('gone', 'protected', 'withheld') GROUP BY source ORDER BY source",
            [json.dumps(list(sources))],
        ).fetchall()
        return [Unverified(source=row[0], posts=row[1], never=row[2], oldest=row[3]) for row in rows]
