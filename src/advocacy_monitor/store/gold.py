"""Reading what people coded, and who asserted what about one item and when; nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor.models import Annotation, Span

_spans = msgspec.json.Decoder(list[tuple[int, int]]).decode
_codes = msgspec.json.Decoder(tuple[str, ...]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanCode:
    """The newest codes of a person for an item.

    `answer` is 'themes', 'none' or 'too_short'. `drawn` is 'random' when the item was in the random slice of a closed
    coding round, 'uncertain' when it was only picked for one, None when it was in none. A round that is still open
    does not count: which of its statements somebody codes first is no chance.
    """

    item_id: int
    coder: str
    answer: str
    themes: tuple[str, ...]
    drawn: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """An annotation with the time at which it was made, and whether it still counts."""

    annotation: Annotation
    made_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCode:
    """What somebody answered about an item in a coding round. While the round is open, answers are nobody's to see.

    Of an open round `answer`, `themes` and `note` are therefore empty.
    """

    round: str
    closed_at: datetime | None
    coder: str
    answer: str
    themes: tuple[str, ...]
    note: str
    is_final: bool
    coded_at: datetime


class Gold:
    """People's codes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def codes(self) -> list[HumanCode]:
        """The codes that count, in the order of the items; none for items whose words were removed."""
        rows = self._db.execute(
            'SELECT coded.item_id, coded."by", coded.value, '
            "(SELECT json_group_array(DISTINCT theme.value) FROM annotations AS theme "
            'WHERE theme.item_id = coded.item_id AND theme.label = \'theme\' AND theme."by" = coded."by" '
            "AND theme.id > coded.id), "
            "(SELECT min(drawn) FROM coding_samples JOIN coding_rounds ON coding_rounds.id = round_id "
            "WHERE coding_samples.item_id = coded.item_id AND closed_at IS NOT NULL) "
            "FROM annotations AS coded WHERE coded.id IN (SELECT max(id) FROM annotations "
            "WHERE label = 'coded' AND \"by\" >= 'person:' AND \"by\" < 'person;' GROUP BY item_id) "
            "AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.item_id = coded.item_id) "
            "ORDER BY coded.item_id"
        ).fetchall()
        return [
            HumanCode(item_id=row[0], coder=row[1], answer=row[2], themes=tuple(sorted(_codes(row[3]))), drawn=row[4])
            for row in rows
        ]

    def drawn_at_random(self) -> int:
        """How many items were drawn at random for closed coding rounds, whether or not somebody coded them."""
        row = self._db.execute(
            "SELECT count(DISTINCT item_id) FROM coding_samples WHERE drawn = 'random' "
            "AND round_id IN (SELECT id FROM coding_rounds WHERE closed_at IS NOT NULL) "
            "AND item_id NOT IN (SELECT item_id FROM tombstones)"
        ).fetchone()
        return int(row[0])

    def asserted(self, item_id: int) -> list[Asserted]:
        """Everything that was ever asserted about an item, oldest first."""
        rows = self._db.execute(
            'SELECT label, value, "by", score, spans, made_at, '
            '"by" NOT IN (SELECT "by" FROM enrichments WHERE is_current = 0) '
            "FROM annotations WHERE item_id = ? ORDER BY id",
            [item_id],
        ).fetchall()
        return [
            Asserted(
                annotation=_annotation(item_id, row), made_at=datetime.fromisoformat(row[5]), is_current=bool(row[6])
            )
            for row in rows
        ]

    def round_codes(self, item_id: int) -> list[RoundCode]:
        """Who coded an item in which round, oldest first; what was coded only for rounds that were closed."""
        rows = self._db.execute(
            "SELECT coding_rounds.name, closed_at, coder, answer, themes, note, is_final, coded_at FROM codings "
            "JOIN coding_rounds ON coding_rounds.id = round_id WHERE item_id = ? ORDER BY codings.id",
            [item_id],
        ).fetchall()
        return [
            RoundCode(
                round=row[0],
                closed_at=datetime.fromisoformat(row[1]) if row[1] else None,
                coder=row[2],
                answer=row[3] if row[1] else "",
                themes=_codes(row[4]) if row[1] else (),
                note=row[5] if row[1] else "",
                is_final=bool(row[6]),
                coded_at=datetime.fromisoformat(row[7]),
            )
            for row in rows
        ]


def _annotation(item_id: int, row: Sequence[Any]) -> Annotation:
    label, value, by, score, spans = row[:5]
    return Annotation(
        item_id=item_id,
        label=label,
        value=value,
        by=by,
        score=score,
        spans=() if spans == "[]" else tuple(Span(*pair) for pair in _spans(spans)),
    )
