"""What leaves the store: queries, redacted exhibits, honest counts, and the pack that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from advocacy_monitor.models.items import Use


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
    `text_sha256` is the digest of `text` in UTF-8. `area_method` says how the area was found (R1). `verified_on` is
    when the post was last seen to stand at its platform (R5), None for what stands nowhere else and for what nobody
    asked about.
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
    verified_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """How many statements, by how many people, carry a theme, and how good the coding is known to be.

    `statements` is None where the cell is smaller than the campaign's smallest cell (R9). `precision` and
    `recall`, each with the range that holds it in 95 % of draws, come from `checked` statements of this campaign that
    people coded (R12). They are None while nothing was measured, or where too few of those statements carry the theme
    to say. `at_random` says whether the checked statements were drawn at random.
    """

    code: str
    title: str
    statements: int | None
    people: int | None
    confirmed: int
    precision: float | None = None
    recall: float | None = None
    checked: int = 0
    precision_range: tuple[float, float] | None = None
    recall_range: tuple[float, float] | None = None
    at_random: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A share with the range that holds it in 95 % of draws, and how many statements it is a share of."""

    value: float
    range: tuple[float, float] | None
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good the coding of themes is on this campaign's statements, as an evaluation found it.

    `coder` is the `themes@version` that was measured; `statements` how many people had coded, `at_random` whether those
    were drawn at random. `precision` and `recall` are means over `mean_of` themes; `themes` holds both of each theme.
    `digest` is that of the report.
    """

    coder: str
    statements: int
    at_random: bool
    mean_of: int
    precision: Measured | None
    recall: Measured | None
    themes: Mapping[str, tuple[Measured | None, Measured | None]]
    digest: str
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number with the words for what it counts; `value` is None below the smallest cell."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePack:
    """Everything an exporter may know: redacted exhibits, honest counts and the method. No contact, no raw payload.

    `found == statements + sum(left_out)`; `left_out` names each reason once, in the order in which the reasons are
    tried. `appearances` are the places in which the statements were seen: themselves, their copies and reposts.
    `unverified` of the statements are posts that their platform could not be asked about (R5).

    `method` is the method box (R10) as pairs of heading and text, in `language` of the pack. `as_of` is the
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
    appearances: int
    people: int
    authors_unknown: int
    unverified: int
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
