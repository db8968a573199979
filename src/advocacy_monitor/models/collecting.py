"""What passes between a source and the store: pages, what they used up, and how posts stand at their platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from advocacy_monitor.models.items import Item

Cursor: TypeAlias = Mapping[str, Any]
"""Where a collector left off, as JSON. Only the source that wrote it reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A record that could not be read: where it stood, why, and the record itself."""

    position: str
    reason: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a request used up: posts of a paid plan, money, units of a quota, hashtags of a weekly limit.

    `source` is the plugin's name, because a limit is an account's and not a collector's; `unit` such as 'posts',
    'usd' or 'units'.
    """

    source: str
    unit: str
    amount: float


class Standing(StrEnum):
    """How a post stands at its platform (R5)."""

    STANDS = "stands"
    EDITED = "edited"
    GONE = "gone"
    PROTECTED = "protected"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a platform answered about one post. EDITED goes with the new version among the page's items.

    UNKNOWN means that it could not be asked, and `detail` says why; the answer before that stays in force. With
    `account` it is about all posts whose ids begin with `source_id`: those of an account that was closed.
    """

    source: str
    source_id: str
    standing: Standing
    detail: str = ""
    account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stored post, as a platform is asked about it: `raw` is its newest payload, `seen_on` the places it was seen."""

    item_id: int
    source: str
    source_id: str
    url: str | None
    text: str
    raw: bytes
    seen_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run is likely to read and cost, before it begins. `usd` is None where nothing is charged.

    `usage` is what it cost to find that out.
    """

    posts: int
    usd: float | None
    words: str
    usage: tuple[Usage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a source hands over at once; stored in one transaction together with its checkpoint.

    `checkpoint` is None when the walk cannot promise yet that nothing below is missing. `verdicts` are for posts that
    are stored already; one about an unknown post changes nothing.
    """

    items: tuple[Item, ...] = ()
    rejects: tuple[Reject, ...] = ()
    checkpoint: Cursor | None = None
    usage: tuple[Usage, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a run did: `read == stored + already + rejected`, always.

    `changed` of the `already` ones say something else than what is stored: their new words were captured as well.
    """

    read: int = 0
    stored: int = 0
    already: int = 0
    rejected: int = 0
    changed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            read=self.read + other.read,
            stored=self.stored + other.stored,
            already=self.already + other.already,
            rejected=self.rejected + other.rejected,
            changed=self.changed + other.changed,
        )
