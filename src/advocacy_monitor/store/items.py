"""Reading items, their status, consents, annotations and captures; nothing here writes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
import zstandard
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Annotation, Relation, Span, Status, StoredItem, Use

_COLUMNS = (
    "id, kind, source, source_id, text, created_at, collected_at, url, language, hashtags, author_handle, "
    "author_name, person_key, relation, related_id, media_alt, answers, library, area, area_method, postcode, "
    "legal_basis, place, age_band"
)
_STATUSES = {str(status): status for status in Status}
_USES = {str(use): use for use in Use}
_strings = msgspec.json.Decoder(tuple[str, ...]).decode
_mapping = msgspec.json.Decoder(dict[str, str]).decode
_spans = msgspec.json.Decoder(list[tuple[int, int]]).decode


def item_from_row(row: Sequence[Any]) -> StoredItem:
    """Makes a StoredItem of a row of the columns that this module selects."""
    return StoredItem(
        id=row[0],
        kind=row[1],
        source=row[2],
        source_id=row[3],
        text=row[4],
        created_at=datetime.fromisoformat(row[5]),
        collected_at=datetime.fromisoformat(row[6]),
        url=row[7],
        language=row[8],
        hashtags=() if row[9] == "[]" else _strings(row[9]),
        author_handle=row[10],
        author_name=row[11],
        person_key=row[12],
        relation=Relation(row[13]) if row[13] else None,
        related_id=row[14],
        media_alt=() if row[15] == "[]" else _strings(row[15]),
        answers={} if row[16] == "{}" else _mapping(row[16]),
        library=row[17],
        area=row[18],
        area_method=row[19],
        postcode=row[20],
        legal_basis=row[21],
        place=row[22],
        age_band=row[23],
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def among(first_id: int, last_id: int, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """A condition on `item_id` with its values: these ids, or a range of them where none are given."""
    if ids:  # as single values: through json_each, SQLite would read the whole of the view item_consents
        return f"item_id IN ({_marks(len(ids))})", list(ids)
    return "item_id BETWEEN ? AND ?", [first_id, last_id]


class Items:
    """What enrichers, moderators and packs read."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._segment = lru_cache(maxsize=4)(self._read_segment)

    def count(self) -> int:
        """How many items are stored."""
        return int(self._db.execute("SELECT count(*) FROM items").fetchone()[0])

    def last_id(self) -> int:
        """The highest id, 0 when there are none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM items").fetchone()[0])

    def after(self, item_id: int, limit: int, *, up_to: int | None = None) -> list[StoredItem]:
        """The next `limit` items with ids above `item_id`, in the order of their ids."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM items WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",  # noqa: S608
            [item_id, 2**62 if up_to is None else up_to, limit],
        ).fetchall()
        return [item_from_row(row) for row in rows]

    def without_consent(self, keys: Sequence[tuple[str, str]], use: Use) -> list[int]:
        """Ids of the items with these (source, source id) for which nothing is noted about a use, yes or no."""
        rows = self._db.execute(
            "SELECT items.id FROM json_each(?) AS wanted CROSS JOIN items "
            "ON items.source = wanted.value ->> 0 AND items.source_id = wanted.value ->> 1 "
            "WHERE NOT EXISTS (SELECT 1 FROM consents WHERE consents.item_id = items.id AND consents.use = ?) "
            "ORDER BY items.id",
            [msgspec.json.encode(keys).decode(), use],
        ).fetchall()
        return [row[0] for row in rows]

    def each(self, *, before_id: int | None = None, batch: int = 2000) -> Iterator[list[StoredItem]]:
        """All items in batches, in the order of their ids, in little memory."""
        last = 0
        up_to = None if before_id is None else before_id - 1
        while items := self.after(last, batch, up_to=up_to):
            yield items
            last = items[-1].id

    def get(self, item_ids: Sequence[int]) -> list[StoredItem]:
        """Items by id, in the order of the ids; unknown ids are left out."""
        found: dict[int, StoredItem] = {}
        for start in range(0, len(item_ids), 500):
            part = item_ids[start : start + 500]
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM items WHERE id IN ({_marks(len(part))})",  # noqa: S608
                list(part),
            ).fetchall()
            found.update((row[0], item_from_row(row)) for row in rows)
        return [found[item_id] for item_id in item_ids if item_id in found]

    def annotations(
        self, first_id: int, last_id: int, *, labels: Sequence[str] = (), ids: Sequence[int] = ()
    ) -> dict[int, list[Annotation]]:
        """The current annotations (newest version of each enricher, and people's) of a range of ids, or of `ids`."""
        # +label: by the index on items. By the one on labels, each batch would read all items' annotations.
        wanted = f"AND +label IN ({_marks(len(labels))}) " if labels else ""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(
            'SELECT item_id, label, value, "by", score, spans FROM current_annotations '  # noqa: S608
            f"WHERE {where} {wanted}ORDER BY item_id, id",
            [*values, *labels],
        ).fetchall()
        found: dict[int, list[Annotation]] = {}
        for item_id, label, value, by, score, spans in rows:
            found.setdefault(item_id, []).append(
                Annotation(
                    item_id=item_id,
                    label=label,
                    value=value,
                    by=by,
                    score=score,
                    spans=() if spans == "[]" else tuple(Span(*pair) for pair in _spans(spans)),
                )
            )
        return found

    def statuses(self, first_id: int, last_id: int, *, ids: Sequence[int] = ()) -> dict[int, Status]:
        """Where each item of a range of ids stands; an item without a decision is pending."""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(f"SELECT item_id, status FROM item_status WHERE {where}", values).fetchall()  # noqa: S608
        return {item_id: _STATUSES[status] for item_id, status in rows}

    def approvals(self, first_id: int, last_id: int, *, ids: Sequence[int] = ()) -> dict[int, tuple[str, datetime]]:
        """Why, in the moderator's words, and when each approved item of a range of ids was approved."""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(
            f"SELECT item_id, reason, decided_at FROM decisions AS newest WHERE {where} AND status = 'approved' "  # noqa: S608
            "AND id = (SELECT max(id) FROM decisions WHERE decisions.item_id = newest.item_id)",
            values,
        ).fetchall()
        return {row[0]: (row[1], datetime.fromisoformat(row[2])) for row in rows}

    def held_since(self, first_id: int, last_id: int, *, ids: Sequence[int] = ()) -> dict[int, datetime]:
        """When the newest reason to hold an item for a person was found: a protected matter, or an edit."""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(
            f"SELECT item_id, made_at FROM current_annotations WHERE {where} AND +label IN ('risk', 'edited')",  # noqa: S608
            values,
        ).fetchall()
        found: dict[int, datetime] = {}
        for item_id, made_at in rows:
            moment = datetime.fromisoformat(made_at)
            found[item_id] = max(moment, found.get(item_id, moment))
        return found

    def uses(self, first_id: int, last_id: int, *, ids: Sequence[int] = ()) -> dict[int, frozenset[Use]]:
        """What was consented to, for each item of a range of ids."""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(
            f"SELECT item_id, use FROM item_consents WHERE granted = 1 AND {where}",  # noqa: S608
            values,
        ).fetchall()
        found: dict[int, set[Use]] = {}
        for item_id, use in rows:
            found.setdefault(item_id, set()).add(_USES[use])
        return {item_id: frozenset(uses) for item_id, uses in found.items()}

    def places(self, first_id: int, last_id: int, *, ids: Sequence[int] = ()) -> dict[int, int]:
        """In how many places each item of a range of ids was seen, where its source says places."""
        where, values = among(first_id, last_id, ids)
        rows = self._db.execute(
            f"SELECT item_id, count(*) FROM appearances WHERE {where} GROUP BY item_id",  # noqa: S608
            values,
        ).fetchall()
        return {row[0]: row[1] for row in rows}

    def versions(self, item_id: int) -> list[str]:
        """What an item was changed to at its source, oldest first; its own text is the first version."""
        rows = self._db.execute("SELECT text FROM versions WHERE item_id = ? ORDER BY id", [item_id]).fetchall()
        return [row[0] for row in rows]

    def captures(self, item_id: int) -> list[tuple[str, bytes]]:
        """The payloads of an item as received, oldest first, each with its SHA-256. Raises StoreError.

        A removed item has none.
        """
        rows = self._db.execute(
            "SELECT segment_id, start, length, sha256 FROM captures WHERE item_id = ? AND sha256 <> '' ORDER BY id",
            [item_id],
        ).fetchall()
        found = []
        for segment_id, start, length, digest in rows:
            payload = self._segment(segment_id)[start : start + length]
            if hashlib.sha256(payload).hexdigest() != digest:
                self._segment.cache_clear()
                if self._was_removed(item_id, segment_id, start):
                    continue  # by another program, between reading the row and the segment
                raise StoreError(f"item {item_id}: its capture does not have the digest that was stored with it")
            found.append((digest, payload))
        return found

    def _was_removed(self, item_id: int, segment_id: int, start: int) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM captures WHERE item_id = ? AND segment_id = ? AND start = ? AND sha256 = ''",
            [item_id, segment_id, start],
        ).fetchone()
        return row is not None

    def capture_digests(self, item_ids: Sequence[int]) -> dict[int, str]:
        """The SHA-256 of the first payload of each item, by item id."""
        found: dict[int, str] = {}
        for start in range(0, len(item_ids), 500):
            part = item_ids[start : start + 500]
            rows = self._db.execute(
                "SELECT item_id, sha256, min(id) FROM captures "  # noqa: S608
                f"WHERE item_id IN ({_marks(len(part))}) GROUP BY item_id",
                list(part),
            ).fetchall()
            found.update((row[0], row[1]) for row in rows)
        return found

    def _read_segment(self, segment_id: int) -> bytes:
        row = self._db.execute("SELECT payload FROM segments WHERE id = ?", [segment_id]).fetchone()
        return zstandard.ZstdDecompressor().decompress(row[0], max_output_size=2**31)
