"""The log of packs: what was exported, for whom, when, and which items it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.store.connection import immediate, translated

_NOTED = """
SELECT number, title, coalesce(recipient, ''), made_at, found, statements, people, digest, query,
       (SELECT count(*) FROM pack_exhibits WHERE pack_number = packs.number)
FROM packs
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A pack that was made before; `quotes` are the digests of its quotes by item."""

    number: str
    made_at: datetime
    found: int
    statements: int
    people: int
    quotes: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedPack:
    """A pack as the log has it; `query` is what it was asked for, `quotes` how many statements it quotes."""

    number: str
    title: str
    recipient: str
    made_at: datetime
    found: int
    statements: int
    people: int
    digest: str
    query: Mapping[str, Any]
    quotes: int


class Packs:
    """Remembers every pack, so that a withdrawal can name the packs that were issued."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def add(self, pack: EvidencePack) -> None:
        """Notes a pack; the same pack (same number, which comes from its digest) is noted once.

        Raises ExportError when another pack has the number: a withdrawal would not find this one.
        """
        with translated(self._path), immediate(self._db):
            noted = self._db.execute("SELECT digest FROM packs WHERE number = ?", [pack.number]).fetchone()
            if noted and noted[0] != pack.digest:
                raise ExportError(
                    f"another pack has the number {pack.number} already; change the title by a letter and make it anew"
                )
            added = self._db.execute(
                "INSERT OR IGNORE INTO packs (number, digest, title, recipient, query, found, statements, people, "
                "as_of, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(pack.number, pack.digest, pack.title, pack.recipient),
                    msgspec.json.encode(pack.query, order="sorted").decode(),
                    *(
                        pack.found,
                        pack.statements,
                        pack.people,
                        pack.as_of.isoformat(),
                        self._clock().isoformat(),
                    ),
                ],
            ).rowcount
            if added:
                self._db.conn.executemany(
                    "INSERT INTO pack_exhibits (pack_number, number, item_id, text_sha256) VALUES (?, ?, ?, ?)",
                    [(pack.number, e.number, e.item_id, e.text_sha256) for e in pack.exhibits],
                )
                self._db.execute(  # what was removed since the pack was compiled
                    "UPDATE pack_exhibits SET text_sha256 = '' "
                    "WHERE pack_number = ? AND item_id IN (SELECT item_id FROM tombstones)",
                    [pack.number],
                )

    def newest(self, limit: int, *, skip: int = 0) -> list[NotedPack]:
        """The packs that were made, the newest first."""
        return self._noted("ORDER BY made_at DESC, number LIMIT ? OFFSET ?", [limit, skip])

    def get(self, number: str) -> NotedPack | None:
        """One pack, or None when none has the number."""
        return next(iter(self._noted("WHERE packs.number = ?", [number])), None)

    def count(self) -> int:
        """How many packs were made."""
        return int(self._db.execute("SELECT count(*) FROM packs").fetchone()[0])

    def _noted(self, rest: str, values: list[Any]) -> list[NotedPack]:
        rows = self._db.execute(f"{_NOTED} {rest}", values).fetchall()
        return [
            NotedPack(
                number=row[0],
                title=row[1],
                recipient=row[2],
                made_at=datetime.fromisoformat(row[3]),
                found=row[4],
                statements=row[5],
                people=row[6],
                digest=row[7],
                query=msgspec.json.decode(row[8]),
                quotes=row[9],
            )
            for row in rows
        ]

    def holding(self, item_id: int) -> list[str]:
        """The numbers of the packs that quote an item."""
        rows = self._db.execute(
            "SELECT pack_number FROM pack_exhibits WHERE item_id = ? ORDER BY pack_number", [item_id]
        ).fetchall()
        return [row[0] for row in rows]

    def before(self, pack: EvidencePack) -> Earlier | None:
        """The newest other pack that was made of the same query, or None when this is the first (R21)."""
        row = self._db.execute(
            "SELECT number, made_at, found, statements, people FROM packs WHERE query = ? AND number <> ? "
            "ORDER BY made_at DESC, number LIMIT 1",
            [msgspec.json.encode(pack.query, order="sorted").decode(), pack.number],
        ).fetchone()
        if row is None:
            return None
        quoted = self._db.execute(
            "SELECT item_id, text_sha256 FROM pack_exhibits WHERE pack_number = ?", [row[0]]
        ).fetchall()
        return Earlier(
            number=row[0],
            made_at=datetime.fromisoformat(row[1]),
            found=row[2],
            statements=row[3],
            people=row[4],
            quotes=dict(quoted),
        )

    def newest_fact_at(self) -> datetime | None:
        """The time of the newest fact a pack may rest on: an item, annotation, decision, consent, translation."""
        row = self._db.execute(
            "SELECT max(at) FROM (SELECT max(collected_at) AS at FROM items "
            "UNION ALL SELECT max(made_at) FROM annotations "
            "UNION ALL SELECT max(decided_at) FROM decisions UNION ALL SELECT max(recorded_at) FROM consents "
            "UNION ALL SELECT max(made_at) FROM translations)"
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def failed_runs(self) -> list[tuple[str, int]]:
        """Collectors that failed and how often; imports of files as '' (R10). No messages: they may name anything."""
        rows = self._db.execute(
            "SELECT CASE kind WHEN 'import' THEN '' ELSE name END AS shown, count(*) FROM runs "
            "WHERE status IN ('failed', 'interrupted') AND kind IN ('collect', 'import') "
            "GROUP BY shown ORDER BY shown"
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def runs_with(self, words: str) -> list[tuple[str, int]]:
        """Collectors with runs whose message holds these words, and how many (R10)."""
        rows = self._db.execute(
            "SELECT name, count(*) FROM runs WHERE kind = 'collect' AND instr(message, ?) > 0 "
            "GROUP BY name ORDER BY name",
            [words],
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def reject_counts(self) -> list[tuple[str, int]]:
        """How many records of each origin could not be read (R10)."""
        rows = self._db.execute("SELECT origin, count(*) FROM rejects GROUP BY origin ORDER BY origin").fetchall()
        return [(row[0], row[1]) for row in rows]

    def enricher_versions(self) -> list[str]:
        """Which enrichers, in which version, made the current annotations."""
        rows = self._db.execute('SELECT "by" FROM enrichments WHERE is_current = 1 ORDER BY "by"').fetchall()
        return [row[0] for row in rows]
