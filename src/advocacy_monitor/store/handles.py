"""Names of accounts as they are compared: with or without '@', in any case, however their letters are composed."""

from __future__ import annotations

import unicodedata

from sqlite_utils import Database


def folded(handle: str) -> str:
    """What two spellings of one account have in common."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", handle).strip().lstrip("@").casefold())


def spellings(db: Database, source: str, handle: str) -> list[str]:
    """How an account is spelled in what is stored of a source. SQLite knows capitals of ASCII only."""
    wanted = folded(handle)
    rows = db.execute(
        "SELECT DISTINCT author_handle FROM items WHERE author_handle IS NOT NULL AND source = ?1 "
        "AND (lower(author_handle) IN (?2, '@' || ?2) OR author_handle GLOB '*[^ -~]*')",
        [source, wanted],
    ).fetchall()
    return [row[0] for row in rows if folded(row[0]) == wanted]
