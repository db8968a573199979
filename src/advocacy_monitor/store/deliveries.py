"""The log of what was handed to whom: which pack, when, by whom, how, and what is still to be done about it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Delivery, FollowUp
from advocacy_monitor.store.connection import immediate, translated

WAYS = ("mail", "post", "in person", "other")
"""How a pack reaches somebody."""

_DELIVERY = "SELECT id, pack_number, recipient, sent_on, sent_by, how, note, noted_at FROM deliveries"
_FOLLOW_UP = "SELECT id, delivery_id, due_on, note, who, noted_at, done_at FROM follow_ups"
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A follow-up that is not done, with the delivery that it follows; `is_overdue` on the day that was asked about."""

    follow_up: FollowUp
    delivery: Delivery
    is_overdue: bool


class Deliveries:
    """Remembers who got which pack, and what came of it. Nothing is removed; a follow-up can be marked as done."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def add(
        self, *, pack_number: str, recipient: str, sent_on: date, sent_by: str, how: str, note: str = ""
    ) -> Delivery:
        """Notes that somebody handed a pack to a recipient, by their key.

        Raises ConfigError for an unknown pack (it names near ones), a way that is none, an empty name, a day to come.
        """
        moment = self._clock()
        texts = {"recipient": recipient.strip(), "sent_by": sent_by.strip(), "how": how.strip()}
        _check(texts, sent_on, moment)
        with translated(self._path), immediate(self._db):
            self._check_number(pack_number)
            row = self._db.execute(
                "INSERT INTO deliveries (pack_number, recipient, sent_on, sent_by, how, note, noted_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [
                    *(pack_number, texts["recipient"], sent_on.isoformat(), texts["sent_by"], texts["how"]),
                    *(note.strip(), moment.isoformat()),
                ],
            ).fetchone()
        return self.get(row[0])

    def _check_number(self, number: str) -> None:
        known = [row[0] for row in self._db.execute("SELECT number FROM packs ORDER BY made_at DESC").fetchall()]
        if number in known:
            return
        near = difflib.get_close_matches(number, known, n=_SHOWN, cutoff=0.5)
        shown = ", ".join(near or known[:_SHOWN])
        kind = "near ones are" if near else "the newest are"
        raise ConfigError(
            f"no pack has the number {number!r}; " + (f"{kind}: {shown}" if shown else "no pack was made yet")
        )

    def get(self, delivery_id: int) -> Delivery:
        """One delivery. Raises ConfigError when there is none of that id."""
        found = self._deliveries("WHERE id = ?", [delivery_id])
        if not found:
            raise ConfigError(f"there is no delivery {delivery_id}; `advocacy-monitor pack log` lists them")
        return found[0]

    def all(self) -> list[Delivery]:
        """Every delivery, the newest day first."""
        return self._deliveries("ORDER BY sent_on DESC, id DESC", [])

    def of_pack(self, number: str) -> list[Delivery]:
        """Who got a pack."""
        return self._deliveries("WHERE pack_number = ? ORDER BY sent_on DESC, id DESC", [number])

    def of_recipient(self, key: str) -> list[Delivery]:
        """What a recipient got."""
        return self._deliveries("WHERE recipient = ? ORDER BY sent_on DESC, id DESC", [key])

    def packs_holding_item(self, item_id: int) -> list[Delivery]:
        """Who got a pack that holds an item: whom to tell when it may not be used any more (R4)."""
        return self._deliveries(
            "WHERE pack_number IN (SELECT pack_number FROM pack_exhibits WHERE item_id = ?) "
            "ORDER BY sent_on DESC, id DESC",
            [item_id],
        )

    def items_of(self, number: str) -> list[int]:
        """The items that a pack quotes, in its order."""
        with translated(self._path):
            rows = self._db.execute(
                "SELECT item_id FROM pack_exhibits WHERE pack_number = ? ORDER BY number", [number]
            ).fetchall()
        return [row[0] for row in rows]

    def add_follow_up(self, delivery_id: int, *, note: str, who: str, due_on: date | None = None) -> FollowUp:
        """Notes what is to be done, or what came, after a delivery. Raises ConfigError."""
        if not note.strip() or not who.strip():
            raise ConfigError("a follow-up needs a note and the name of who notes it")
        self.get(delivery_id)
        with translated(self._path), immediate(self._db):
            row = self._db.execute(
                "INSERT INTO follow_ups (delivery_id, due_on, note, who, noted_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
                [delivery_id, due_on and due_on.isoformat(), note.strip(), who.strip(), self._clock().isoformat()],
            ).fetchone()
        return self._follow_ups("WHERE id = ?", [row[0]])[0]

    def done(self, follow_up_id: int) -> FollowUp:
        """Notes that a follow-up is done. Raises ConfigError when there is none, or it was done before."""
        found = self._follow_ups("WHERE id = ?", [follow_up_id])
        if not found:
            raise ConfigError(f"there is no follow-up {follow_up_id}; `advocacy-monitor pack follow-ups` lists them")
        if found[0].done_at is not None:
            raise ConfigError(f"follow-up {follow_up_id} was done on {found[0].done_at:%Y-%m-%d} already")
        with translated(self._path), immediate(self._db):
            self._db.execute(
                "UPDATE follow_ups SET done_at = ? WHERE id = ? AND done_at IS NULL",
                [self._clock().isoformat(), follow_up_id],
            )
        return self._follow_ups("WHERE id = ?", [follow_up_id])[0]

    def follow_ups(self, delivery_id: int) -> list[FollowUp]:
        """Everything that was noted after a delivery, in that order."""
        return self._follow_ups("WHERE delivery_id = ? ORDER BY id", [delivery_id])

    def waiting(self, on: date) -> list[Waiting]:
        """What is not done yet: overdue on that day first, then by the day it is due, then what has no day."""
        return [
            Waiting(
                follow_up=each,
                delivery=self.get(each.delivery_id),
                is_overdue=each.due_on is not None and each.due_on < on,
            )
            for each in self._follow_ups("WHERE done_at IS NULL ORDER BY due_on IS NULL, due_on, id", [])
        ]

    def _deliveries(self, rest: str, values: Sequence[Any]) -> list[Delivery]:
        with translated(self._path):
            rows = self._db.execute(f"{_DELIVERY} {rest}", values).fetchall()
        return [
            Delivery(
                id=row[0],
                pack_number=row[1],
                recipient=row[2],
                sent_on=date.fromisoformat(row[3]),
                sent_by=row[4],
                how=row[5],
                note=row[6],
                noted_at=datetime.fromisoformat(row[7]),
            )
            for row in rows
        ]

    def _follow_ups(self, rest: str, values: Sequence[Any]) -> list[FollowUp]:
        with translated(self._path):
            rows = self._db.execute(f"{_FOLLOW_UP} {rest}", values).fetchall()
        return [
            FollowUp(
                id=row[0],
                delivery_id=row[1],
                due_on=date.fromisoformat(row[2]) if row[2] else None,
                note=row[3],
                who=row[4],
                noted_at=datetime.fromisoformat(row[5]),
                done_at=datetime.fromisoformat(row[6]) if row[6] else None,
            )
            for row in rows
        ]


def _check(texts: dict[str, str], sent_on: date, moment: datetime) -> None:
    empty = [name for name, text in texts.items() if not text]
    if empty:
        raise ConfigError(f"a delivery needs a recipient, a name and a way; empty: {', '.join(empty)}")
    if texts["how"] not in WAYS:
        raise ConfigError(f"how it was sent: found {texts['how']!r}, allowed are {', '.join(WAYS)}")
    if sent_on > moment.date() + timedelta(days=1):  # east of here the next day may have begun
        raise ConfigError(f"the day {sent_on:%Y-%m-%d} is still to come; note a delivery when it was made")
