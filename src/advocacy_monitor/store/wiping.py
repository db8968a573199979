"""Takes a person's words out of the database and leaves a tombstone.

What remains is the row with its dates, library, area and themes, the course of decisions and consents without their
words, and a keyed hash. Reposts of it say the same words and go with it. The payload of a post that quotes or answers
it may hold it as well, so those payloads go too; what their own authors said stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import zstandard
from sqlite_utils import Database

PREFIX = "removed:"
"""What the source id of a removed item begins with; the keyed hash follows."""
_KEPT = "('language', 'library', 'area', 'area_method', 'duplicate_of', 'repost', 'theme', 'coded', 'sentiment')"
"""Annotations whose values are codes and names of places. All others go: a value may repeat words."""

Hashing = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """One item that was removed: its tombstone's hash and reason, and when, as ISO 8601."""

    item_id: int
    hash: str
    reason: str
    at: str


def wipe(db: Database, item_id: int, *, hashed: Hashing, reason: str, stamp: str) -> list[Gone]:
    """Removes one item's words and author, and its reposts; inside a write transaction.

    `hashed` makes the keyed hash of source and source id. Returns what was removed, [] when it was before: before the
    transaction ends, the caller has to note it in the journal of erasures.
    """
    removed: list[Gone] = []
    waiting = [item_id]
    while waiting:  # reposts of reposts may be a long chain
        each = waiting.pop()
        source, source_id = db.execute("SELECT source, source_id FROM items WHERE id = ?", [each]).fetchone()
        if source_id.startswith(PREFIX):
            continue
        gone = Gone(item_id=each, hash=hashed(source, source_id), reason=reason, at=stamp)
        _wipe_item(db, each, tombstone=gone.hash, reason=reason, stamp=stamp)
        removed.append(gone)
        related = db.execute(
            "SELECT id, relation FROM items WHERE source = ? AND related_id = ? ORDER BY id DESC", [source, source_id]
        ).fetchall()
        for other_id, relation in related:
            if relation == "repost":
                waiting.append(other_id)
            else:
                _wipe_captures(db, other_id)
                db.execute("UPDATE items SET related_id = NULL WHERE id = ?", [other_id])
    return removed


def _wipe_item(db: Database, item_id: int, *, tombstone: str, reason: str, stamp: str) -> None:
    text, words = db.execute("SELECT text, search_words FROM items WHERE id = ?", [item_id]).fetchone()
    db.execute(
        "INSERT INTO items_fts (items_fts, rowid, text, search_words) VALUES ('delete', ?, ?, ?)",
        [item_id, text, words],
    )
    db.execute(
        "UPDATE items SET source_id = ?, text = '', url = NULL, hashtags = '[]', author_handle = NULL, "
        "author_name = NULL, person_key = NULL, related_id = NULL, media_alt = '[]', counts = '{}', answers = '{}', "
        "place = NULL, postcode = NULL, search_words = '' WHERE id = ?",
        [f"{PREFIX}{tombstone}", item_id],
    )
    db.execute("INSERT INTO items_fts (rowid, text, search_words) VALUES (?, '', '')", [item_id])
    _wipe_captures(db, item_id)
    _wipe_places(db, item_id)
    for statement in (
        f"DELETE FROM annotations WHERE item_id = ? AND label NOT IN {_KEPT}",  # noqa: S608  # no input
        "UPDATE annotations SET spans = '[]' WHERE item_id = ?",
        "UPDATE captures SET content_sha256 = '' WHERE item_id = ?",
        "DELETE FROM versions WHERE item_id = ?",
        "DELETE FROM vectors WHERE item_id = ?",
        "DELETE FROM translations WHERE item_id = ?",
        # Which packs quote it stays known; by the digest of the words, anybody could try what they were.
        "UPDATE pack_exhibits SET text_sha256 = '' WHERE item_id = ?",
        "UPDATE codings SET note = '' WHERE item_id = ?",
        "DELETE FROM appearances WHERE item_id = ?",
        "UPDATE decisions SET reason = '' WHERE item_id = ?",
        "UPDATE consents SET proof = '' WHERE item_id = ?",
        "UPDATE permissions SET proof = '', code_hash = NULL WHERE item_id = ?",
        "UPDATE verifications SET detail = '' WHERE item_id = ?",
        "UPDATE set_aside SET reason = '' WHERE item_id = ?",
        "UPDATE actions SET detail = '' WHERE item_id = ?",
        "DELETE FROM withdrawal_codes WHERE item_id = ?",
        "UPDATE summary_items SET person = NULL WHERE item_id = ?",
        "UPDATE transcriptions SET answers = '{}' WHERE (batch_id, flyer) IN "
        "(SELECT batch_id, flyer FROM transcriptions WHERE item_id = ?)",
    ):
        db.execute(statement, [item_id])
    db.execute(
        "INSERT INTO tombstones (hash, item_id, reason, made_at) VALUES (?, ?, ?, ?)",
        [tombstone, item_id, reason, stamp],
    )


def _wipe_places(db: Database, item_id: int) -> None:
    """Library and area of an answer that nobody else named: where they are typed, anything may stand there."""
    for column in ("library", "area"):
        row = db.execute(
            f"SELECT {column} FROM items WHERE id = ?1 AND kind = 'submission' AND NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM items AS others WHERE others.{column} = items.{column} AND others.id <> ?1)",
            [item_id],
        ).fetchone()
        if row and row[0] is not None:
            db.execute(f"UPDATE items SET {column} = NULL WHERE id = ?", [item_id])  # noqa: S608
            db.execute("UPDATE summary_names SET name = 'removed:' || id WHERE kind = ? AND name = ?", [column, row[0]])


def sweep(db: Database, item_ids: Sequence[int]) -> None:
    """Removes what an enricher that was at work meanwhile said of removed items; inside its transaction."""
    if not item_ids or not db.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone():
        return
    among = "item_id BETWEEN ? AND ? AND item_id IN (SELECT item_id FROM tombstones)"
    bounds = [min(item_ids), max(item_ids)]
    db.execute(f"DELETE FROM annotations WHERE {among} AND label NOT IN {_KEPT}", bounds)  # noqa: S608  # no input
    db.execute(f"UPDATE annotations SET spans = '[]' WHERE {among} AND spans <> '[]'", bounds)  # noqa: S608
    db.execute(f"DELETE FROM vectors WHERE {among}", bounds)  # noqa: S608


def _wipe_captures(db: Database, item_id: int) -> None:
    """Overwrites the item's run of bytes in each segment that holds one; the others' stay where they are."""
    rows = db.execute(
        "SELECT id, segment_id, start, length FROM captures WHERE item_id = ? AND sha256 <> ''", [item_id]
    ).fetchall()
    for capture_id, segment_id, start, length in rows:
        sealed = db.execute("SELECT payload FROM segments WHERE id = ?", [segment_id]).fetchone()[0]
        payload = bytearray(zstandard.ZstdDecompressor().decompress(sealed, max_output_size=2**31))
        payload[start : start + length] = bytes(length)
        db.execute(
            "UPDATE segments SET payload = ? WHERE id = ?",
            [zstandard.ZstdCompressor(level=1).compress(bytes(payload)), segment_id],
        )
        # The digest of the words stays: it tells a later look whether this post's own words changed.
        db.execute("UPDATE captures SET sha256 = '' WHERE id = ?", [capture_id])
