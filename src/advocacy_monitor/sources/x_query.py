"""From a campaign's hashtags and phrases to a query of X's search, checked before anything is asked or paid for.

The operators: https://docs.x.com/x-api/posts/search/integrate/operators. A query that is wrong is refused by X only
when a collector runs, at night; so what can be known is told at the start.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

RECENT_LIMIT = 512
ARCHIVE_LIMIT = 1024
_QUOTED = re.compile(r'"[^"]*"')
_OR = re.compile(r"(?:^|[\s)])OR(?:$|[\s(])")
_LONGEST_NAME = 80


def phrase(given: str) -> str:
    """A phrase on one line. Raises ValueError when it is empty or holds what would end the quotes around it."""
    said = " ".join(unicodedata.normalize("NFC", given).split())
    if not said:
        raise ValueError("a phrase is empty")
    if '"' in said or "\\" in said:
        raise ValueError(f"the phrase {given!r} must not hold quotes or backslashes: they are put around it")
    return said


def condition(given: str) -> str:
    """A person's own query on one line. Raises ValueError when quotes or parentheses do not come in pairs."""
    query = " ".join(given.split())
    if query.count('"') % 2:
        raise ValueError("a quotation mark is missing")
    depth = 0
    for mark in re.findall(r"[()]", _QUOTED.sub("", query)):
        depth += 1 if mark == "(" else -1
        if depth < 0:
            break
    if depth:
        raise ValueError("its parentheses do not come in pairs")
    return query


def build(hashtags: Sequence[str], phrases: Sequence[str], own: str, *, limit: int) -> str:
    """`(#a OR #b OR "a phrase") own`: any of the hashtags and phrases, and the person's own condition.

    Raises ValueError when there is nothing to search for or it is longer than X takes (`limit`, in characters).
    """
    wanted = [*(f"#{tag}" for tag in hashtags), *(f'"{said}"' for said in phrases)]
    any_of = wanted[0] if len(wanted) == 1 else f"({' OR '.join(wanted)})" if wanted else ""
    if any_of and _OR.search(_QUOTED.sub("", own)):
        own = f"({own})"  # because X reads `a OR b c` as `a OR (b c)`
    query = " ".join(part for part in (any_of, own) if part)
    if not query:
        raise ValueError("there is nothing to search for: name hashtags, phrases or a query")
    if len(query) > limit:
        raise ValueError(
            f"hashtags, phrases and query make a search of {len(query)} characters, and X takes {limit}"
            + ("" if limit == ARCHIVE_LIMIT else f" ({ARCHIVE_LIMIT} with archive: true)")
            + "; spread them over several collectors"
        )
    return query


def name(query: str) -> str:
    """A query as a name in cursors and messages: itself, or its beginning and a digest where it is long."""
    if len(query) <= _LONGEST_NAME:
        return query
    return f"{query[:_LONGEST_NAME]}… {sha256(query.encode()).hexdigest()[:8]}"
