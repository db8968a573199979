"""What was said, by whom, and what was asserted and decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec


class Use(StrEnum):
    """What somebody may have consented to. Each use is asked for on its own (R2)."""

    ANALYSE = "analyse"
    QUOTE_UNNAMED = "quote_unnamed"
    QUOTE_NAMED = "quote_named"
    SEND_TO_REPRESENTATIVE = "send_to_representative"
    CONTACT = "contact"


class Status(StrEnum):
    """Where an item stands in moderation."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    ESCALATED = "escalated"


class Relation(StrEnum):
    """How a post relates to another one."""

    REPLY = "reply"
    QUOTE = "quote"
    REPOST = "repost"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing one person said, as collected. `(source, source_id)` is its natural key.

    `raw` is the payload as received, as bytes: it is hashed and kept, so nothing is lost when it is mapped.
    `language` is what the source said (BCP 47), not what an enricher found. `seen_on` is where this copy stood, where
    the same item can stand in several places (a server of Mastodon): each place is an appearance of one statement.
    """

    source: str
    source_id: str
    text: str
    created_at: datetime
    raw: bytes
    url: str | None = None
    hashtags: tuple[str, ...] = ()
    language: str | None = None
    seen_on: str | None = None


class Post(Item, frozen=True, kw_only=True):
    """A public post. `related_id` is the source id of the post that it replies to, quotes or repeats.

    `library` and `area` are known where a post stands on the page of one library; `place` is what the author gave.
    """

    author_id: str | None = None
    author_handle: str | None = None
    author_name: str | None = None
    relation: Relation | None = None
    related_id: str | None = None
    media_alt: tuple[str, ...] = ()
    counts: Mapping[str, int] = msgspec.field(default_factory=dict)
    place: str | None = None
    library: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a person. It goes to the contacts file and nowhere else: never print or log it."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    other: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Contact(...)"


class Submission(Item, frozen=True, kw_only=True):
    """An answer to a form, a survey or a flyer.

    `answers` are all questions and answers that are not contact details; `consents` the uses that were ticked.
    """

    answers: Mapping[str, str] = msgspec.field(default_factory=dict)
    consents: frozenset[Use] = frozenset()
    library: str | None = None
    area: str | None = None
    postcode: str | None = None
    age_band: str | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item as enrichers, moderators and packs read it. It carries no contact detail and no raw payload.

    `kind` is 'post' or 'submission'; `person_key` a keyed hash that is the same for the same author of a source
    or the same e-mail address, or None when the author is unknown.
    """

    id: int
    kind: str
    source: str
    source_id: str
    text: str
    created_at: datetime
    collected_at: datetime
    url: str | None = None
    language: str | None = None
    hashtags: tuple[str, ...] = ()
    author_handle: str | None = None
    author_name: str | None = None
    person_key: str | None = None
    relation: Relation | None = None
    related_id: str | None = None
    media_alt: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    library: str | None = None
    area: str | None = None
    area_method: str | None = None
    postcode: str | None = None
    legal_basis: str = ""
    place: str | None = None
    age_band: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A run of an item's text: `text[start:end]`, in Unicode code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One asserted fact about one item, with the evidence for it.

    `by` says who: `themes@1` for an enricher and its version, `person:Name` for a coder. `label` is the kind of
    fact ('language', 'theme', ...), `value` the fact, `score` how sure (0 to 1) or None.
    """

    item_id: int
    label: str
    value: str
    by: str
    score: float | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a moderator decided about an item, and why."""

    item_id: int
    status: Status
    moderator: str
    reason: str
    decided_at: datetime
