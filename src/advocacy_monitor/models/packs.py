"""What leaves the store: queries, redacted exhibits, honest counts, and the pack that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from advocacy_monitor.models.brand import Brand
from advocacy_monitor.models.items import Use
from advocacy_monitor.models.recipients import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which statements a pack is about. None and () mean no limit. Dates are inclusive and in UTC.

    What has no limit is not written into a pack: a field that came later changes no older number.
    """

    title: str
    themes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    recipient: str | None = None
    sources: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A quote in another language, as somebody of the association wrote it: it is marked as that, and no quote."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A numbered, approved, consented and redacted statement: the only form in which a quote leaves the store.

    `text` is verbatim but for marked `[…]` omissions and `[… removed]` redactions. `attribution` is a name only
    where being quoted by name was consented to, or None. `capture_sha256` is the digest of the payload as
    received, or '' where something was redacted, because it would let anybody try what that was until it fits;
    `text_sha256` is the digest of `text` in UTF-8. `area_method` says how the area was found (R1). `verified_on` is
    when the post was last seen to stand at its platform (R5), None for what stands nowhere else and for what nobody
    asked about.

    `quoted` are the words to print where staff shortened the text: exact runs of `text` with marked omissions, or ''
    for the whole. `chosen` says whether the statement may be picked for a page; the others stand in annex and index
    only. `critical` says that a person marked it as a complaint. `translations` are in the order of
    their languages. `item_id` is the statement's own number, the same in every pack of the campaign.
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
    quoted: str = ""
    chosen: bool = True
    critical: bool = False
    translations: tuple[Translation, ...] = ()

    @property
    def printed(self) -> str:
        """The words that stand on a page: verbatim, as staff shortened them or whole."""
        return self.quoted or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A target of the Sustainable Development Goals, such as '4.4', that a theme relates to, and on what ground."""

    target: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """How many statements, by how many people, carry a theme, and how good the coding is known to be.

    `statements` is None where the cell is smaller than the campaign's smallest cell (R9); `confirmed`, which is how
    many of them a person coded, is 0 there. `precision` and
    `recall`, each with the range that holds it in 95 % of draws, come from `checked` statements of this campaign that
    people coded (R12). They are None while nothing was measured, or where too few of those statements carry the theme
    to say. `at_random` says whether the checked statements were drawn at random. `definition` is the codebook's own
    (in English), `goals` the targets that the theme relates to (R18).
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
    definition: str = ""
    goals: tuple[Goal, ...] = ()


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
    """A number with the words for what it counts; `value` is None where it is not shown (R9)."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCount:
    """How people answered a question with a list of answers, counted over the statements of a pack (R9).

    `question` is its wording in the pack's language, as it was asked; `form` names the questionnaire with its versions,
    '' for a survey of another service. `answered` are the statements of those who answered it: the base of everything.
    `most` is how many answers one could choose, None where nobody knows. Options too rare to be shown alone share a
    row where their number could be worked out; otherwise they stand there without one. Where nearly all would have to
    be hidden there are none.
    """

    name: str
    question: str
    form: str
    answered: int
    most: int | None
    options: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """From the area that was asked for to one with enough statements to speak of (R16).

    `steps` are the areas that had too few, with their statements (None below the smallest cell), in order, the one
    asked for first; `area` is the one that the pack is about, '' for all of them; `least` would have been enough.
    """

    steps: tuple[Count, ...]
    area: str
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who chose the quotes (R15): of the `quotable` statements, `proposed` come in the software's own order; staff
    `picked` some, `kept_back` some for the annex and `left_out` some. Who they were stands in the campaign's own log.
    """

    quotable: int
    proposed: int
    picked: int = 0
    kept_back: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePack:
    """Everything an exporter may know: redacted exhibits, honest counts and the method. No contact, no raw payload.

    `found == statements + sum(left_out)`; `left_out` names each reason once, in the order in which the reasons are
    tried. `appearances` are the places in which the statements were seen: themselves, their copies and reposts.
    `unverified` of the statements are posts that their platform could not be asked about (R5).

    `method` is the method box (R10) as pairs of heading and text, in `language` of the pack. `as_of` is the
    time of the newest fact used, so that the same query over the same data gives the same bytes. `smallest_base` is
    the least number of statements for which percentages may be shown.

    `channels` are all channels, also those that share a row of `sources`. `critical` of the statements hold a
    complaint, as a person said; None below the smallest cell. `addressee` is the recipient in parts, where one is
    known; `questions` the wording of what was asked; `codebook` its name, version and digest. `made_with` are the
    program, enrichers and codebook with their versions, as pairs of name and version. `answers` are the closed
    questions that enough people answered.
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
    libraries: tuple[Count, ...] = ()
    channels: int = 0
    critical: int | None = 0
    brand: Brand = field(default_factory=Brand)
    addressee: Recipient | None = None
    widening: Widening | None = None
    choice: Choice = Choice(quotable=0, proposed=0)
    questions: tuple[str, ...] = ()
    codebook: str = ""
    made_with: tuple[tuple[str, str], ...] = ()
    answers: tuple[QuestionCount, ...] = ()

    @property
    def channel_count(self) -> int:
        """How many channels there are: in `sources`, those with few statements share a row."""
        return self.channels or len(self.sources)
