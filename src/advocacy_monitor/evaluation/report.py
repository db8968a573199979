"""The shapes of an evaluation: what was measured, on which statements, with which versions, and how sure that is.

A report is plain data. Its JSON has the same keys and, for the same statements and versions, the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from advocacy_monitor.errors import ConfigError

FORMAT = 1
ALL = "all"
"""The name under which the figures over all languages, or over all statements, stand."""
RANDOM = "random"
LEAST_RANDOM = 20
"""Statements drawn at random from which on their figures go before those of all that people coded."""
"""The name of the slice that was drawn at random: the only one whose figures hold for what was not coded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured share and the range that holds it in 95 % of draws; both None where it is not defined."""

    value: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts of statements coded by both, by the machine alone, by people alone, and what follows from them.

    Precision is both / found, recall both / support, F1 their harmonic mean; each None where its base is empty.
    """

    both: int
    machine_only: int
    person_only: int
    precision: Figure
    recall: Figure
    f1: Figure

    @property
    def support(self) -> int:
        """How many statements people gave the code."""
        return self.both + self.person_only

    @property
    def found(self) -> int:
        """How many statements the machine gave the code."""
        return self.both + self.machine_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Means over the `themes` codes that people gave at least once; one that was never found has no precision."""

    themes: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The figures of one language, or of all.

    `samples_f1` is the mean over statements of the F1 of their sets of codes; two empty sets count 1. `none` treats
    "none of these themes" as a code of its own; it is in no mean.
    """

    statements: int
    themes: Mapping[str, Agreement]
    none: Agreement
    micro: Agreement
    macro: Means
    samples_f1: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One way to choose among the coded statements: `random`, or `all`.

    `left_too_short` were left out because people found them too short to say; the machine gave `too_short_coded` of
    them a theme all the same. `out_of_fold` taught the classifier and are measured as they were coded by the part of it
    that had not seen them. `unread` are in a language without indicators and count as coded with no theme. `drawn` is
    how many were drawn to be coded, where that is known.
    """

    statements: int
    left_too_short: int
    too_short_coded: int
    out_of_fold: int
    unread: int
    drawn: int | None
    languages: Mapping[str, Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The pairs of statement and theme whose probability lay from `low` up to `high`: what was promised, what held."""

    low: float
    high: float
    pairs: int
    promised: float
    held: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Whether a probability of 0.8 is right in 8 of 10 cases: expected calibration error, Brier score, their table.

    The pairs are of the statements that did not teach the classifier and the themes that it codes. `of_all` says
    whether it gave a probability for each of those themes, or only for those that it assigned.
    """

    slice: str
    of_all: bool
    pairs: int
    ece: float
    brier: float
    bins: Sequence[Bin]
    themes: Mapping[str, tuple[int, float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """On how many statements people said `person` and the machine `machine` instead; '' is no other theme."""

    person: str
    machine: str
    statements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A statement on which machine and people differ in many codes. `text` is None unless texts were asked for."""

    id: str
    language: str
    lacking: Sequence[str]
    extra: Sequence[str]
    agreed: Sequence[str]
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another coding beside this one. `gain` is how much higher this one's macro-F1 is, on the same draws.

    `gain` is None where the other was measured on other statements: then the two cannot be compared one to one.
    """

    coder: str
    statements: int
    themes: Mapping[str, float | None]
    macro_f1: Figure
    micro_f1: Figure
    samples_f1: Figure
    gain: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The statements: `kind` is 'campaign' or 'file'. The digest changes with every text, code and draw of them."""

    kind: str
    name: str
    digest: str
    coders: int
    unknown_codes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one evaluation found. `coder` is what stands behind `themes@` in the annotations."""

    format: int
    coder: str
    stage: str
    codebook: str
    codebook_version: int
    codebook_digest: str
    sample: Sample
    slices: Mapping[str, Slice]
    baseline: Mapping[str, Other]
    previous: Mapping[str, Other]
    calibration: Calibration | None
    confusions: Sequence[Confusion]
    misses: Sequence[Miss]
    seed: int
    draws: int

    @property
    def best_slice(self) -> str:
        """The slice whose figures may be told to others: the random one once it is large enough to say anything."""
        drawn = self.slices.get(RANDOM)
        return RANDOM if drawn is not None and drawn.statements >= LEAST_RANDOM else ALL

    @property
    def digest(self) -> str:
        """SHA-256 of the report without any text, as hexadecimal digits."""
        return hashlib.sha256(to_json(without_texts(self)).encode()).hexdigest()


def without_texts(report: Report) -> Report:
    """The same report with no statement's words in it."""
    return replace(report, misses=tuple(replace(miss, text=None) for miss in report.misses))


def to_json(report: Report) -> str:
    """The report as JSON, its keys in order."""
    return msgspec.json.format(msgspec.json.encode(report, order="sorted"), indent=2).decode() + "\n"


def from_json(content: bytes, *, origin: str) -> Report:
    """A report from its JSON. Raises ConfigError that names `origin`."""
    try:
        made = msgspec.json.decode(content, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{origin}: is not a report of `advocacy-monitor evaluate`: {error}") from error
    if made.format != FORMAT:
        raise ConfigError(f"{origin}: is a report of format {made.format}; this version reads format {FORMAT}")
    if ALL not in made.slices or any(ALL not in part.languages for part in made.slices.values()):
        raise ConfigError(f"{origin}: lacks the figures over all statements or over all languages")
    return made
