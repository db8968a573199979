"""The tables of the summary: a row of small integers for each item, and the list of what has to be summed up again.

What is written here is made from the other tables and can be made again; `advocacy_monitor.summary` says how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.store.connection import immediate, translated

_BATCH = 50_000
REMOVED = -1
"""What stands as `why` of an item that is no longer there."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One item in numbers; names are those of `summary_names`, 0 is none. In the order of the table's columns.

    `said` is in seconds of Unix time, `person` 63 bits of the person's key, `raw_root` the item of which it is a copy
    or itself, `why` 0 for what may be counted, else its place in LEFT_OUT from 1, `doubt` in thousandths.
    """

    item_id: int
    seq: int
    said: int
    person: int | None
    raw_root: int
    why: int
    status: int
    source: int
    language: int
    area: int
    library: int
    themes: int
    consents: int
    risks: int
    answers: int
    places: int
    flags: int
    doubt: int


@dataclass(frozen=True, slots=True)
class SummaryState:
    """How far the summary is: items up to `seen`; those above `redo` once more, where it is not None."""

    seen: int
    seq: int
    redo: int | None
    made_for: str


_COLUMNS = ", ".join(SummaryRow.__slots__)
_VALUES = attrgetter(*SummaryRow.__slots__)


class Summary:
    """Reading and writing the summary's tables."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction in which items are read and summed up: what changes later is noted as changed."""
        with translated(self._path), immediate(self._db, durable=False):
            yield

    def state(self) -> SummaryState:
        """How far it is."""
        with translated(self._path):
            row = self._db.execute("SELECT seen, seq, redo, made_for FROM summary_state").fetchone()
        return SummaryState(*row)

    def move(self, *, seen: int, seq: int, redo: int | None) -> None:
        """Notes how far it is; inside `writing`."""
        self._db.execute("UPDATE summary_state SET seen = ?, seq = ?, redo = ?", [seen, seq, redo])

    def begin_anew(self, made_for: str) -> None:
        """Has everything summed up again, for another way of doing so; what is there stays until then."""
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE summary_state SET redo = iif(seen = 0, NULL, 0), made_for = ? WHERE made_for <> ?",
                [made_for] * 2,
            )

    def changed(self, limit: int) -> list[int]:
        """Items that changed since they were summed up, lowest ids first."""
        rows = self._db.execute("SELECT item_id FROM summary_changes ORDER BY item_id LIMIT ?", [limit]).fetchall()
        return [row[0] for row in rows]

    def waiting(self) -> int:
        """How many items have changed, or are new, and are not summed up yet."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM summary_changes) + (SELECT count(*) FROM items WHERE id > seen) "
            "+ CASE WHEN redo IS NULL THEN 0 ELSE (SELECT count(*) FROM items WHERE id > redo AND id <= seen) END "
            "FROM summary_state"
        ).fetchone()
        return int(row[0])

    def settled(self, item_ids: Iterable[int]) -> None:
        """Takes items off the list of what changed; inside `writing`."""
        self._db.conn.executemany("DELETE FROM summary_changes WHERE item_id = ?", [(each,) for each in item_ids])

    def ids_after(self, item_id: int, limit: int, *, up_to: int | None = None) -> list[int]:
        """The next ids of items."""
        rows = self._db.execute(
            "SELECT id FROM items WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            [item_id, 2**62 if up_to is None else up_to, limit],
        ).fetchall()
        return [row[0] for row in rows]

    def put(self, rows: Sequence[SummaryRow]) -> None:
        """Writes rows in the place of what stood there; inside `writing`."""
        marks = ", ".join("?" * len(SummaryRow.__slots__))
        self._db.conn.executemany(
            f"INSERT OR REPLACE INTO summary_items ({_COLUMNS}) VALUES ({marks})",  # noqa: S608
            [_VALUES(row) for row in rows],
        )

    def remove(self, item_ids: Iterable[int], *, seq: int) -> None:
        """Marks rows whose items are gone, so that readers learn of it; inside `writing`."""
        self._db.conn.executemany(
            "UPDATE summary_items SET why = ?, seq = ?, person = NULL WHERE item_id = ?",
            [(REMOVED, seq, each) for each in item_ids],
        )

    def names(self, *, after: int = 0) -> list[tuple[int, str, str]]:
        """The names with a number above one: number, kind, name."""
        rows = self._db.execute("SELECT id, kind, name FROM summary_names WHERE id > ? ORDER BY id", [after]).fetchall()
        return [(row[0], row[1], row[2]) for row in rows]

    def name(self, kind: str, name: str) -> int:
        """The number of a name, which is given where there is none yet; inside `writing`."""
        self._db.execute("INSERT OR IGNORE INTO summary_names (kind, name) VALUES (?, ?)", [kind, name])
        row = self._db.execute("SELECT id FROM summary_names WHERE kind = ? AND name = ?", [kind, name]).fetchone()
        return int(row[0])

    def each(self, read: Callable[[list[tuple[int, ...]]], None], *, after: int | None = None) -> None:
        """Hands rows over in batches, as tuples of SummaryRow: all by item id, or those changed after a step.

        Who is not known is -1.
        """
        where, values = ("ORDER BY item_id", []) if after is None else ("WHERE seq > ? ORDER BY seq", [after])
        columns = _COLUMNS.replace("person", "coalesce(person, -1)")
        cursor = self._db.conn.execute(f"SELECT {columns} FROM summary_items {where}", values)  # noqa: S608
        while rows := cursor.fetchmany(_BATCH):
            read(rows)

    def search(self, expression: str, *, most: int) -> list[int]:
        """Ids of items whose text matches an expression of FTS5, those stored last first, at most so many."""
        rows = self._db.execute(
            "SELECT rowid FROM items_fts WHERE items_fts MATCH ? ORDER BY rowid DESC LIMIT ?", [expression, most]
        ).fetchall()
        return [row[0] for row in rows]
