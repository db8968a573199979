"""What passes from stage to stage: frozen records without input or output.

The words are those of docs/explanation/words.md. Times are aware and in UTC. Items are msgspec structs, which are made
ten times faster than frozen dataclasses: an archive of a million posts makes a million of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

Cursor: TypeAlias = Mapping[str, Any]
"""Where a collector left off, as JSON. Only the source that wrote it reads it."""


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
    `language` is what the source said (BCP 47), not what an enricher found.
    """

    source: str
    source_id: str
    text: str
    created_at: datetime
    raw: bytes
    url: str | None = None
    hashtags: tuple[str, ...] = ()
    language: str | None = None


class Post(Item, frozen=True, kw_only=True):
    """A public post. `related_id` is the source id of the post that it replies to, quotes or repeats."""

    author_id: str | None = None
    author_handle: str | None = None
    author_name: str | None = None
    relation: Relation | None = None
    related_id: str | None = None
    media_alt: tuple[str, ...] = ()
    counts: Mapping[str, int] = msgspec.field(default_factory=dict)
    place: str | None = None


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
class Reject:
    """A record that could not be read: where it stood, why, and the record itself."""

    position: str
    reason: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a source hands over at once; stored in one transaction together with its checkpoint.

    `checkpoint` is None when the walk cannot promise yet that nothing below is missing.
    """

    items: tuple[Item, ...]
    rejects: tuple[Reject, ...] = ()
    checkpoint: Cursor | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which statements a pack is about. None and () mean no limit. Dates are inclusive and in UTC."""

    title: str
    themes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    recipient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A numbered, approved, consented and redacted statement: the only form in which a quote leaves the store.

    `text` is verbatim but for marked `[…]` omissions and `[… removed]` redactions. `attribution` is a name only
    where being quoted by name was consented to, or None. `capture_sha256` is the digest of the payload as
    received, or '' where something was redacted, because it would let anybody try what that was until it fits;
    `text_sha256` is the digest of `text` in UTF-8. `area_method` says how the area was found (R1).
    """

    number: int
    item_id: int
    text: str
    language: str
    said_on: date
    collected_on: date
    source: str
    url: str | None
    attribution: str | None
    library: str | None
    area: str | None
    area_method: str | None
    themes: tuple[str, ...]
    consents: tuple[Use, ...]
    legal_basis: str
    capture_sha256: str
    text_sha256: str
    appearances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """How many statements, by how many people, carry a theme, and how good the coding is known to be.

    `statements` is None where the cell is smaller than the campaign's smallest cell (R9). `precision` and
    `recall` come from `checked` statements that a person coded, and are None while there are none (R12).
    """

    code: str
    title: str
    statements: int | None
    people: int | None
    confirmed: int
    precision: float | None = None
    recall: float | None = None
    checked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number with the words for what it counts; `value` is None below the smallest cell."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePack:
    """Everything an exporter may know: redacted exhibits, honest counts and the method. No contact, no raw payload.

    `found == statements + sum(left_out)`; `left_out` names each reason once, in the order in which the reasons are
    tried. `method` is the method box (R10) as pairs of heading and text, in `language` of the pack. `as_of` is the
    time of the newest fact used, so that the same query over the same data gives the same bytes. `smallest_base` is
    the least number of statements for which percentages may be shown.
    """

    number: str
    digest: str
    title: str
    language: str
    campaign: str
    sponsor: str
    contact: str
    ask: str | None
    recipient: str | None
    sample: bool
    as_of: datetime
    period: tuple[date, date] | None
    query: Mapping[str, Any]
    found: int
    statements: int
    people: int
    authors_unknown: int
    left_out: tuple[Count, ...]
    sources: tuple[Count, ...]
    languages: tuple[Count, ...]
    areas: tuple[Count, ...]
    months: tuple[Count, ...]
    themes: tuple[ThemeCount, ...]
    exhibits: tuple[Exhibit, ...]
    method: tuple[tuple[str, str], ...]
    smallest_base: int
    smallest_cell: int
