"""Asking people for permission to quote their posts (R3): each step is a row, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Use
from advocacy_monitor.store.connection import immediate, translated
from advocacy_monitor.store.contacts import Contacts


class PermissionState(StrEnum):
    """How far a request has come."""

    FOUND = "found"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionStep:
    """One step: who noted it when, with which proof. `scope` are the uses that were asked for or granted."""

    item_id: int
    state: PermissionState
    scope: tuple[Use, ...] = ()
    proof: str = ""
    who: str
    noted_at: datetime


class Permissions:
    """Writes and reads the steps. A one-time code is stored as a keyed hash only."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._contacts = contacts
        self._clock = clock

    def add(
        self,
        item_id: int,
        state: PermissionState,
        *,
        who: str,
        scope: Sequence[Use] = (),
        proof: str = "",
        code: str | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Notes a step. A grant is the whole scope from now on and lets the post be counted; a refusal takes quotes
        back, a withdrawal everything. `check` raises when the step is not allowed; nobody can note one in between.

        Raises StoreError when the store is open for reading only.
        """
        if self._contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        now = self._clock().isoformat()
        hashed = self._contacts.code_hash(code) if code else None
        with translated(self._path), immediate(self._db):
            check()
            self._db.execute(
                "INSERT INTO permissions (item_id, state, scope, proof, code_hash, who, noted_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [item_id, state, msgspec.json.encode([*scope]).decode(), proof, hashed, who, now],
            )
            self._db.conn.executemany(
                "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (?, ?, ?, ?, ?)",
                [(item_id, use, granted, proof, now) for use, granted in self._consents(item_id, state, scope)],
            )

    def _consents(self, item_id: int, state: PermissionState, scope: Sequence[Use]) -> list[tuple[Use, int]]:
        if state in (PermissionState.FOUND, PermissionState.ASKED):
            return []
        rows = self._db.execute("SELECT use FROM item_consents WHERE item_id = ? AND granted = 1", [item_id]).fetchall()
        given = {Use(row[0]) for row in rows}
        if state is PermissionState.GRANTED:
            granted = {Use.ANALYSE, *scope}
            return [(use, int(use in granted)) for use in Use if use in granted or use in given - {Use.CONTACT}]
        # Who is asked for a quote and says no has not said that the post may no longer be counted; who withdraws has.
        kept = {Use.ANALYSE} if state is PermissionState.REFUSED else set()
        return [(use, 0) for use in Use if use in given - kept]

    def steps(self, item_id: int) -> list[PermissionStep]:
        """All steps of one item, oldest first."""
        return self._read("WHERE item_id = ? ORDER BY id", [item_id])

    def newest(self, *, state: PermissionState | None = None) -> list[PermissionStep]:
        """Where each request stands, newest first."""
        newest = "WHERE id IN (SELECT max(id) FROM permissions GROUP BY item_id)"
        if state is None:
            return self._read(f"{newest} ORDER BY id DESC", [])
        return self._read(f"{newest} AND state = ? ORDER BY id DESC", [state])

    def item_of(self, code: str) -> int | None:
        """The item that a one-time code was made for, or None when there is no such code."""
        if self._contacts is None:
            return None
        row = self._db.execute(
            "SELECT item_id FROM permissions WHERE code_hash = ? ORDER BY id DESC LIMIT 1",
            [self._contacts.code_hash(code)],
        ).fetchone()
        return None if row is None else int(row[0])

    def _read(self, where: str, parameters: Sequence[object]) -> list[PermissionStep]:
        rows = self._db.execute(
            f"SELECT item_id, state, scope, proof, who, noted_at FROM permissions {where}",  # noqa: S608
            list(parameters),
        ).fetchall()
        return [
            PermissionStep(
                item_id=row[0],
                state=PermissionState(row[1]),
                scope=tuple(Use(use) for use in msgspec.json.decode(row[2])),
                proof=row[3],
                who=row[4],
                noted_at=datetime.fromisoformat(row[5]),
            )
            for row in rows
        ]
