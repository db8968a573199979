"""Who chose which quote for which pack (R15): main page, annex, or not at all; and how often a statement was used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.store.connection import immediate, translated

PLACES = ("main", "annex", "no")
"""Where a chosen statement stands in a pack: may be picked for a page, in the annex only, or left out."""

_AT_ONCE = 500
_USES = """
SELECT packs.number, packs.title, packs.made_at, coalesce(place, 'main'), coalesce(chosen_by, 'software'),
       coalesce(recipient, '')
FROM (SELECT pack_number, item_id FROM pack_choices WHERE item_id = :item
      UNION SELECT pack_number, item_id FROM pack_exhibits WHERE item_id = :item) AS held
JOIN packs ON packs.number = held.pack_number
LEFT JOIN pack_choices ON pack_choices.pack_number = held.pack_number AND pack_choices.item_id = held.item_id
ORDER BY packs.made_at, packs.number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseInPack:
    """Where one statement stands in one pack; `chosen_by` is a person's name or 'software', `recipient` may be ''."""

    pack_number: str
    title: str
    made_at: datetime
    place: str
    chosen_by: str
    recipient: str


class Choices:
    """Notes the choice of quotes with each pack. What was noted once stays: a pack's number comes from its content."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path

    def add(self, pack_number: str, choices: Mapping[int, tuple[str, str]]) -> None:
        """Notes `(place, chosen_by)` of each item of a pack. Items that the database does not have are passed over."""
        rows = [(pack_number, place, by.strip(), item_id) for item_id, (place, by) in sorted(choices.items())]
        with translated(self._path), immediate(self._db):
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO pack_choices (pack_number, place, chosen_by, item_id) "
                "SELECT ?, ?, ?, id FROM items WHERE id = ?",
                rows,
            )

    def of_pack(self, pack_number: str) -> dict[int, tuple[str, str]]:
        """`(place, chosen_by)` by item of one pack, in the order of the items."""
        with translated(self._path):
            rows = self._db.execute(
                "SELECT item_id, place, chosen_by FROM pack_choices WHERE pack_number = ? ORDER BY item_id",
                [pack_number],
            ).fetchall()
        return {item_id: (place, by) for item_id, place, by in rows}

    def of_item(self, item_id: int) -> list[UseInPack]:
        """Every pack for which a statement was chosen or left out, oldest first.

        Packs that were made before choices were noted count as the software's choice for the main part.
        """
        with translated(self._path):
            rows = self._db.execute(_USES, {"item": item_id}).fetchall()
        return [
            UseInPack(
                pack_number=row[0],
                title=row[1],
                made_at=datetime.fromisoformat(row[2]),
                place=row[3],
                chosen_by=row[4],
                recipient=row[5],
            )
            for row in rows
        ]

    def times_used(self, item_ids: Sequence[int]) -> dict[int, int]:
        """In how many packs each statement stands where it may be picked for a page; 0 for those in none."""
        return self._counted(
            item_ids,
            "SELECT exhibits.item_id, count(*) FROM pack_exhibits AS exhibits LEFT JOIN pack_choices AS choices "
            "ON choices.pack_number = exhibits.pack_number AND choices.item_id = exhibits.item_id "
            "WHERE exhibits.item_id IN ({}) AND coalesce(choices.place, 'main') = 'main' GROUP BY exhibits.item_id",
        )

    def times_sent(self, item_ids: Sequence[int]) -> dict[int, int]:
        """How many deliveries were packs in which a statement may be picked for a page; 0 for those in none."""
        return self._counted(
            item_ids,
            "SELECT exhibits.item_id, count(*) FROM pack_exhibits AS exhibits "
            "JOIN deliveries ON deliveries.pack_number = exhibits.pack_number LEFT JOIN pack_choices AS choices "
            "ON choices.pack_number = exhibits.pack_number AND choices.item_id = exhibits.item_id "
            "WHERE exhibits.item_id IN ({}) AND coalesce(choices.place, 'main') = 'main' GROUP BY exhibits.item_id",
        )

    def _counted(self, item_ids: Sequence[int], query: str) -> dict[int, int]:
        found = dict.fromkeys(item_ids, 0)
        with translated(self._path):
            for part in _parts(list(found)):
                found.update(self._db.execute(query.format(", ".join("?" * len(part))), part).fetchall())
        return found


def _parts(item_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(item_ids), _AT_ONCE):
        yield item_ids[start : start + _AT_ONCE]
