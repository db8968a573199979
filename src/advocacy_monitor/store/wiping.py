"""Takes a person's words out of the database and leaves a tombstone: item, search index and captures.

What remains is the row with its dates, library, area and themes, which name nobody, and a keyed hash.
"""

from __future__ import annotations

import zstandard
from sqlite_utils import Database

PREFIX = "removed:"
"""What the source id of a removed item begins with; the keyed hash follows."""


def wipe(db: Database, item_id: int, *, hashed: str, reason: str, stamp: str) -> int:
    """Removes text, author, answers, search words and payloads of one item; inside a write transaction.

    `hashed` is the tombstone's keyed hash. Returns 1, or 0 when it was removed before.
    """
    if db.execute("SELECT 1 FROM tombstones WHERE hash = ?", [hashed]).fetchone():
        return 0
    db.execute("PRAGMA secure_delete = ON")
    text, words = db.execute("SELECT text, search_words FROM items WHERE id = ?", [item_id]).fetchone()
    db.execute(
        "INSERT INTO items_fts (items_fts, rowid, text, search_words) VALUES ('delete', ?, ?, ?)",
        [item_id, text, words],
    )
    db.execute(
        "UPDATE items SET source_id = ?, text = '', url = NULL, hashtags = '[]', author_handle = NULL, "
        "author_name = NULL, person_key = NULL, related_id = NULL, media_alt = '[]', counts = '{}', answers = '{}', "
        "place = NULL, postcode = NULL, search_words = '' WHERE id = ?",
        [f"{PREFIX}{hashed}", item_id],
    )
    db.execute("INSERT INTO items_fts (rowid, text, search_words) VALUES (?, '', '')", [item_id])
    _wipe_captures(db, item_id)
    # Spans point into a text that is gone, and a value may repeat words of it.
    db.execute("DELETE FROM annotations WHERE item_id = ? AND label IN ('personal_data', 'edited')", [item_id])
    db.execute("DELETE FROM versions WHERE item_id = ?", [item_id])
    db.execute("UPDATE annotations SET spans = '[]' WHERE item_id = ?", [item_id])
    db.execute(
        "INSERT INTO tombstones (hash, item_id, reason, made_at) VALUES (?, ?, ?, ?)", [hashed, item_id, reason, stamp]
    )
    return 1


def _wipe_captures(db: Database, item_id: int) -> None:
    """Overwrites the item's run of bytes in each segment that holds one; the others' stay where they are."""
    rows = db.execute("SELECT id, segment_id, start, length FROM captures WHERE item_id = ?", [item_id]).fetchall()
    for capture_id, segment_id, start, length in rows:
        sealed = db.execute("SELECT payload FROM segments WHERE id = ?", [segment_id]).fetchone()[0]
        payload = bytearray(zstandard.ZstdDecompressor().decompress(sealed, max_output_size=2**31))
        payload[start : start + length] = bytes(length)
        db.execute(
            "UPDATE segments SET payload = ? WHERE id = ?",
            [zstandard.ZstdCompressor(level=1).compress(bytes(payload)), segment_id],
        )
        db.execute("UPDATE captures SET sha256 = '', content_sha256 = '' WHERE id = ?", [capture_id])
