"""Posts of X that were edited: each edit is a post with an id of its own, and all of them are one statement.

The id of the first version is the statement's (`source_id`, see `x_payload`), the link leads to the version that was
read. X gives the
newest version unless an older one is asked for by its id (https://docs.x.com/x-api/fundamentals/edit-posts).
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from advocacy_monitor.models import Post, Standing, Verdict
from advocacy_monitor.sources.x_ids import is_id
from advocacy_monitor.sources.x_shapes import SOURCE

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Withheld(Struct, gc=False):
    """Where X shows a post to nobody."""

    country_codes: list[str] | None = None
    copyright: bool | None = None


class Versions(Struct, gc=False):
    """A post's versions, and where it is withheld."""

    id: str | None = None
    edit_history_tweet_ids: list[str] | None = None
    edit_history_post_ids: list[str] | None = None
    withheld: Withheld | None = None

    @property
    def ids(self) -> list[str]:
        """The ids of all versions that were known to X then, oldest first."""
        history = self.edit_history_tweet_ids or self.edit_history_post_ids or []
        return sorted({post_id for post_id in (*history, self.id or "") if is_id(post_id)}, key=int)


class _Envelope(Versions, gc=False):
    data: Versions | None = None


_decode = msgspec.json.Decoder(_Envelope).decode
_NOTHING = Versions()


def versions(raw: bytes) -> Versions:
    """The versions that a payload names; none when it does not say."""
    try:
        found = _decode(raw)
    except _UNREADABLE:
        return _NOTHING
    return found.data or found


def withheld(post: Post) -> Verdict | None:
    """That X withholds a post somewhere, or None. It is then kept out of packs, wherever they go to."""
    if b'"withheld"' not in post.raw:
        return None
    found = versions(post.raw).withheld
    if found is None:
        return None
    return Verdict(source=SOURCE, source_id=post.source_id, standing=Standing.WITHHELD, detail=where(found))


def where(found: Withheld) -> str:
    """Where a post is withheld, in words."""
    codes = [code for code in found.country_codes or () if code.isalpha() and len(code) == 2]
    places = "everywhere" if "XX" in codes else "in " + ", ".join(codes) if codes else "somewhere"
    return f"X withholds it {places}" + (" for copyright" if found.copyright else "")
