"""What is told about the agreement of coders: plain values with their number of statements and their intervals.

Every figure describes blind codings only, never the answers that were agreed on afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

RELIABLE = 0.80
TENTATIVE = 0.667
FEWEST_POSITIVES = 5
"""Below so many statements to which anybody gave a theme, nothing is said about how reliable it is."""


FEWEST_UNITS = 20
"""Below so many statements drawing them anew says nothing: most draws hold the same few, and lean to one side."""


class Verdict(StrEnum):
    """What a value of alpha allows (Krippendorff 2019, Content Analysis, chapter 12)."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    NOT_RELIABLE = "not reliable: merge or redefine"
    TOO_FEW = "too few statements to say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value and 95 % of the values when statements are drawn again with replacement.

    `value` is None where the measure is not defined: nobody, or everybody, gave the theme. `interval` is None where
    it is not defined in more than one of twenty draws, and under FEWEST_UNITS statements.
    """

    value: float | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeAgreement:
    """How far coders agree on one code; `none` and `too_short` are codes as well.

    `units` are the statements that two or more coded; `given` those to which anybody gave the code; `positives` to
    how many each coder gave it; `differing` those on which the coders differ. `kappa` and `ac1` are means over the
    pairs of coders, weighted by the statements that both coded.
    """

    theme: str
    units: int
    given: int
    differing: int
    positives: Mapping[str, int]
    alpha: Figure
    kappa: Figure
    ac1: Figure
    agreed: Figure

    @property
    def verdict(self) -> Verdict:
        """The word for the value of alpha."""
        if self.given < FEWEST_POSITIVES or self.alpha.value is None:
            return Verdict.TOO_FEW
        return verdict(self.alpha.value)


def verdict(alpha: float) -> Verdict:
    """The word for a value of alpha."""
    if alpha >= RELIABLE:
        return Verdict.RELIABLE
    return Verdict.TENTATIVE if alpha >= TENTATIVE else Verdict.NOT_RELIABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceAgreement:
    """The figures over one set of statements.

    `sets` is alpha over whole answers (sets of themes) with the MASI distance (Passonneau 2006), `identical` the
    share of pairs of answers that are the same. The `mean_` figures are means over the themes where they are
    defined. `themes` stand in the order of the codebook; `answers` are the rows for `none` and `too_short`.
    """

    units: int
    sets: Figure
    identical: Figure
    mean_alpha: Figure
    mean_kappa: Figure
    mean_ac1: Figure
    mean_agreed: Figure
    themes: tuple[ThemeAgreement, ...]
    answers: tuple[ThemeAgreement, ...]

    @property
    def verdict(self) -> Verdict:
        """The word for alpha over whole answers."""
        if self.sets.value is None or self.units < FEWEST_UNITS:
            return Verdict.TOO_FEW
        return verdict(self.sets.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confused:
    """How often one coder gave `theme` and another gave `other` in its place."""

    theme: str
    other: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussed:
    """A statement on which coders differ: `distance` is the mean MASI distance of their answers (0 to 1)."""

    round: str
    item_id: int
    position: int
    distance: float
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """Which round the figures are from, and by which codebook it was coded."""

    name: str
    codebook: str
    codebook_version: int
    codebook_digest: str
    made_at: datetime
    closed_at: datetime | None
    statements: int
    coded: int
    coded_twice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """Agreement over one or more rounds.

    `random` holds the figures over statements drawn by chance, which alone describe the whole collection; None when
    no statement drawn by chance was coded twice. `everything` adds the statements drawn because the software was
    unsure, which are harder. `draws` is how often statements were drawn anew for the intervals.
    """

    rounds: tuple[RoundFacts, ...]
    coders: tuple[str, ...]
    random: SliceAgreement | None
    everything: SliceAgreement
    confused: tuple[Confused, ...]
    discussed: tuple[Discussed, ...]
    draws: int
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> SliceAgreement:
        """The figures to quote: those of the statements drawn by chance where there are any."""
        return self.random or self.everything

    @property
    def unreliable(self) -> tuple[str, ...]:
        """The themes that should be merged or redefined before they are charted.

        Where too few statements drawn by chance have a theme, all statements decide about it.
        """
        by_chance = {theme.theme: theme.verdict for theme in self.random.themes} if self.random else {}
        words = {theme.theme: theme.verdict for theme in self.everything.themes}
        words |= {theme: word for theme, word in by_chance.items() if word is not Verdict.TOO_FEW}
        return tuple(theme for theme, word in words.items() if word is Verdict.NOT_RELIABLE)


def as_values(report: AgreementReport) -> dict[str, Any]:
    """The report as plain values for JSON, with the verdicts as words."""
    made = asdict(report)
    for name in ("random", "everything"):
        part = getattr(report, name)
        if part is not None:
            made[name]["verdict"] = part.verdict
            for kind in ("themes", "answers"):
                for values, theme in zip(made[name][kind], getattr(part, kind), strict=True):
                    values["verdict"] = theme.verdict
    made["unreliable"] = list(report.unreliable)
    return made
