"""Quotes in other languages, as people of the association wrote them; the newest of each language counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.store.connection import immediate, translated

_AT_ONCE = 500
_NEWEST = """
SELECT item_id, language, text, of_sha256, translator, made_at FROM translations
WHERE id IN (SELECT max(id) FROM translations WHERE item_id IN ({}) GROUP BY item_id, language)
ORDER BY item_id, language
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTranslation:
    """A translation as it was written: `of_sha256` is the digest of the redacted words that it is of.

    An empty `text` says that the translation before it was taken back.
    """

    item_id: int
    language: str
    text: str
    of_sha256: str
    translator: str
    made_at: datetime


class Translations:
    """Writes and reads translations. None is edited: a better one is written after it."""

    def __init__(self, db: Database, path: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._path = path
        self._clock = clock

    def add(self, item_id: int, language: str, text: str, of_sha256: str, translator: str) -> WrittenTranslation:
        """Notes a translation, which counts from now on in place of earlier ones into the same language.

        Raises ModerationError when the item was removed meanwhile: its words would come back with this.
        """
        made_at = self._clock()
        with translated(self._path), immediate(self._db):
            if self._db.execute("SELECT 1 FROM tombstones WHERE item_id = ?", [item_id]).fetchone():
                raise ModerationError(f"item {item_id}: was removed, so nothing was noted")
            self._db.execute(
                "INSERT INTO translations (item_id, language, text, of_sha256, translator, made_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [item_id, language, text, of_sha256, translator, made_at.isoformat()],
            )
        return WrittenTranslation(
            item_id=item_id,
            language=language,
            text=text,
            of_sha256=of_sha256,
            translator=translator,
            made_at=made_at,
        )

    def of(self, item_ids: Sequence[int]) -> dict[int, list[WrittenTranslation]]:
        """The newest translation into each language, in the order of the languages; items without one are absent."""
        found: dict[int, list[WrittenTranslation]] = {}
        wanted = sorted(set(item_ids))
        with translated(self._path):
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                rows = self._db.execute(_NEWEST.format(", ".join("?" * len(part))), part).fetchall()
                for item_id, language, text, of_sha256, translator, made_at in rows:
                    found.setdefault(item_id, []).append(
                        WrittenTranslation(
                            item_id=item_id,
                            language=language,
                            text=text,
                            of_sha256=of_sha256,
                            translator=translator,
                            made_at=datetime.fromisoformat(made_at),
                        )
                    )
        return found
