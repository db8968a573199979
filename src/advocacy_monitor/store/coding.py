"""Rounds of coding by hand: what was drawn, who answered what, and the codes that count in the end.

Codings are append-only: the newest of a coder counts. A round that was closed takes no more of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation
from advocacy_monitor.store.connection import immediate, translated

_ROUND = "id, name, codebook, codebook_version, codebook_digest, seed, made_by, made_at, closed_at, closed_by"
_codes = msgspec.json.Decoder(tuple[str, ...]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A sample of statements to be coded by one version of a codebook."""

    id: int
    name: str
    codebook: str
    codebook_version: int
    codebook_digest: str
    seed: int
    made_by: str
    made_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A statement of a round. `drawn` is 'random' or 'uncertain', `reason` says it in words; `position` is from 1."""

    item_id: int
    position: int
    drawn: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What one coder answered to one statement; `is_final` marks an answer that was settled on after a disagreement.

    `answer` is 'themes', 'none' or 'too_short'; `themes` are codes of the codebook.
    """

    item_id: int
    coder: str
    answer: str
    themes: tuple[str, ...] = ()
    note: str = ""
    is_final: bool = False


def _round(row: Sequence[Any]) -> Round:
    return Round(
        id=row[0],
        name=row[1],
        codebook=row[2],
        codebook_version=row[3],
        codebook_digest=row[4],
        seed=row[5],
        made_by=row[6],
        made_at=datetime.fromisoformat(row[7]),
        closed_at=datetime.fromisoformat(row[8]) if row[8] else None,
        closed_by=row[9],
    )


class Rounds:
    """Reading and writing of rounds."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def all(self) -> list[Round]:
        """Every round, oldest first."""
        return [_round(row) for row in self._db.execute(f"SELECT {_ROUND} FROM coding_rounds ORDER BY id").fetchall()]  # noqa: S608

    def make(
        self,
        name: str,
        drawn: Iterable[Drawn],
        *,
        codebook: tuple[str, int, str],
        seed: int,
        made_by: str,
    ) -> Round:
        """Stores a round with its statements. `codebook` is its name, version and digest. Raises ModerationError."""
        with translated(self._path), immediate(self._db):
            if self._db.execute("SELECT 1 FROM coding_rounds WHERE name = ?", [name]).fetchone():
                raise ModerationError(f"there is a round {name!r} already; choose another name")
            row = self._db.execute(
                "INSERT INTO coding_rounds (name, codebook, codebook_version, codebook_digest, seed, made_by, made_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [name, *codebook, seed, made_by, self._clock().isoformat()],
            ).fetchone()
            self._db.conn.executemany(
                "INSERT INTO coding_samples (round_id, item_id, position, drawn, reason) VALUES (?, ?, ?, ?, ?)",
                [(row[0], each.item_id, each.position, each.drawn, each.reason) for each in drawn],
            )
        return self.all()[-1]

    def drawn(self, round_id: int) -> list[Drawn]:
        """The statements of a round in the order in which they are coded."""
        rows = self._db.execute(
            "SELECT item_id, position, drawn, reason FROM coding_samples WHERE round_id = ? ORDER BY position",
            [round_id],
        ).fetchall()
        return [Drawn(item_id=row[0], position=row[1], drawn=row[2], reason=row[3]) for row in rows]

    def drawn_before(self, *, by_chance: bool = False) -> frozenset[int]:
        """The ids of all statements that were ever in a round, or of those that chance took."""
        rows = self._db.execute(
            "SELECT DISTINCT item_id FROM coding_samples WHERE drawn = 'random' OR NOT ?", [by_chance]
        ).fetchall()
        return frozenset(row[0] for row in rows)

    def removed(self, round_id: int) -> frozenset[int]:
        """The ids of statements of a round whose words were removed since it was drawn."""
        rows = self._db.execute(
            "SELECT item_id FROM coding_samples WHERE round_id = ? AND item_id IN (SELECT item_id FROM tombstones)",
            [round_id],
        ).fetchall()
        return frozenset(row[0] for row in rows)

    def codings(self, round_id: int) -> list[Coding]:
        """The newest answer of every coder to every statement of a round, and the newest final ones, oldest first."""
        rows = self._db.execute(
            "SELECT item_id, coder, answer, themes, note, is_final FROM codings AS newest WHERE round_id = ? AND id = "
            "(SELECT max(id) FROM codings WHERE codings.round_id = newest.round_id "
            "AND codings.item_id = newest.item_id AND codings.is_final = newest.is_final "
            "AND (newest.is_final = 1 OR codings.coder = newest.coder)) ORDER BY id",
            [round_id],
        ).fetchall()
        return [
            Coding(
                item_id=row[0],
                coder=row[1],
                answer=row[2],
                themes=_codes(row[3]),
                note=row[4],
                is_final=bool(row[5]),
            )
            for row in rows
        ]

    def coders(self) -> list[str]:
        """The names of everybody who ever coded, in the order of their first answers."""
        rows = self._db.execute("SELECT coder FROM codings GROUP BY coder ORDER BY min(id)").fetchall()
        return [row[0] for row in rows]

    def add(self, round_id: int, codings: Iterable[Coding], *, check: Callable[[], None] = lambda: None) -> int:
        """Stores answers, all or none. Returns how many.

        `check` raises when one is not allowed; nothing can change in between. Notes on statements whose words were
        removed are not kept: they may repeat them. Raises ModerationError for a closed round or a foreign statement.
        """
        given = list(codings)
        with translated(self._path), immediate(self._db):
            self._refuse_closed(round_id)
            check()
            known = {each.item_id for each in self.drawn(round_id)}
            if foreign := [each.item_id for each in given if each.item_id not in known]:
                raise ModerationError(f"item {foreign[0]}: is not in this round")
            removed, now = self.removed(round_id), self._clock().isoformat()
            self._db.conn.executemany(
                "INSERT INTO codings (round_id, item_id, coder, answer, themes, note, is_final, coded_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        *(round_id, each.item_id, each.coder, each.answer, msgspec.json.encode(each.themes).decode()),
                        *("" if each.item_id in removed else each.note, int(each.is_final), now),
                    )
                    for each in given
                ],
            )
        return len(given)

    def close(self, round_id: int, decide: Callable[[], Sequence[Annotation]], *, by: str) -> int:
        """Closes a round and stores the codes that count, in one transaction. Returns how many annotations.

        `decide` makes them from what is stored, and raises when the round cannot be closed; nothing can be coded in
        between. The order of the annotations is kept. Raises ModerationError when the round is closed.
        """
        with translated(self._path), immediate(self._db):
            self._refuse_closed(round_id)
            annotations = decide()
            now = self._clock().isoformat()
            self._db.conn.executemany(
                'INSERT INTO annotations (item_id, label, value, "by", made_at) VALUES (?, ?, ?, ?, ?)',
                [(each.item_id, each.label, each.value, each.by, now) for each in annotations],
            )
            self._db.execute("UPDATE coding_rounds SET closed_at = ?, closed_by = ? WHERE id = ?", [now, by, round_id])
        return len(annotations)

    def _refuse_closed(self, round_id: int) -> None:
        name, closed_at = self._db.execute(
            "SELECT name, closed_at FROM coding_rounds WHERE id = ?", [round_id]
        ).fetchone()
        if closed_at:
            raise ModerationError(
                f"the round {name!r} was closed on {closed_at[:10]}; what was coded in it stays as it is"
            )
