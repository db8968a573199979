"""The method box on coding: which versions coded, who checked, how good it is known to be (R10, R12, R13)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from advocacy_monitor.models import Measured, Quality
from advocacy_monitor.translate import Texts, texts

_THEMES = re.compile(r"themes@(?P<codebook>.+?)-(?P<version>\d+)\.(?P<digest>[0-9a-f]{8})\+(?P<classifier>.+)")
_RELIABLE, _TENTATIVE = 0.80, 0.667
"""What a value of alpha allows: Krippendorff 2019, Content Analysis, chapter 12."""
_FEWEST_CODED_TWICE = 20
_FEWEST_MEASURED = 30
"""Below so many statements a figure is no verdict (R9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingFacts:
    """Who and what coded.

    `by` are the enrichers as name@version; `quality` is None where nobody measured the coding that is counted here.
    `alpha` is Krippendorff's over the whole answers of the `coded_twice` statements, None where it is not defined.
    """

    by: Sequence[str]
    coded_by_person: int
    quality: Quality | None = None
    coded_twice: int = 0
    coded_twice_at_random: bool = False
    alpha: float | None = None
    alpha_range: tuple[float, float] | None = None


def who_coded(facts: CodingFacts, *, statements: int, language: str) -> str:
    """Software with its versions, and people; in a language of packs, else in English."""
    t = texts(language)
    machine = t.text(
        "Themes are suggestions of software ({by}).", by=", ".join(_named(by, t) for by in facts.by) or "–"
    )
    person = t.text(
        "A person has coded {coded} of the {statements} statements; there, the person's coding is counted.",
        coded=t.number(facts.coded_by_person),
        statements=t.number(statements),
    )
    return f"{machine} {person}"


def how_well(facts: CodingFacts, *, language: str) -> str:
    """How good the software's coding was found to be, and how far people agree; or that nobody knows."""
    t = texts(language)
    return f"{_quality(facts.quality, t)} {_agreement(facts, t)}"


def _named(by: str, t: Texts) -> str:
    """The themes enricher by codebook and classifier, every other one as it is written."""
    found = _THEMES.fullmatch(by)
    if not found:
        return by
    return t.text("codebook {codebook} version {version} ({digest}), coded with {classifier}", **found.groupdict())


def _quality(quality: Quality | None, t: Texts) -> str:
    if quality is None:
        return t.text("How good the software's coding is has not yet been measured on this campaign's statements.")
    said = [_measured_on(quality, t)]
    if quality.statements < _FEWEST_MEASURED:
        said.append(t.text("So few statements do not tell how good the coding is."))
    if not quality.at_random:
        said.append(t.text("Not being drawn at random, they may be easier or harder than the others."))
    return " ".join(said)


def _measured_on(quality: Quality, t: Texts) -> str:
    """The means with their ranges, and what they are means of."""
    both = sum(None not in pair for pair in quality.themes.values())
    precision = _measured(quality.precision, t)
    if 0 < both < quality.mean_of:  # a theme that the software never gave has no precision, so the mean is of fewer
        precision = t.counted(
            "{precision} ({n} theme that the software gave as well)",
            "{precision} ({n} themes that the software gave as well)",
            both,
            precision=precision,
        )
    values = {"statements": t.number(quality.statements), "digest": quality.digest[:8], "precision": precision}
    values["recall"] = _measured(quality.recall, t)
    if quality.at_random:
        return t.counted(
            "On {statements} of this campaign's statements that people coded and that were drawn at random, the mean "
            "precision of {n} theme is {precision} and the mean recall {recall}; the ranges hold 95% of repeated draws "
            "(report {digest}).",
            "On {statements} of this campaign's statements that people coded and that were drawn at random, the mean "
            "precision of {n} themes is {precision} and the mean recall {recall}; the ranges hold 95% of repeated "
            "draws (report {digest}).",
            quality.mean_of,
            **values,
        )
    return t.counted(
        "On {statements} of this campaign's statements that people coded and that were not drawn at random, the mean "
        "precision of {n} theme is {precision} and the mean recall {recall}; the ranges hold 95% of repeated draws "
        "(report {digest}).",
        "On {statements} of this campaign's statements that people coded and that were not drawn at random, the mean "
        "precision of {n} themes is {precision} and the mean recall {recall}; the ranges hold 95% of repeated draws "
        "(report {digest}).",
        quality.mean_of,
        **values,
    )


def _agreement(facts: CodingFacts, t: Texts) -> str:
    """How far people who coded the same statements agree."""
    if not facts.coded_twice:
        return t.text("Statements were not double-coded, so no agreement between coders can be given.")
    if facts.alpha is None:
        return t.counted(
            "{n} statement was coded by two or more people, too alike to compute an agreement.",
            "{n} statements were coded by two or more people, too alike to compute an agreement.",
            facts.coded_twice,
        )
    alpha = {"alpha": _number(facts.alpha, facts.alpha_range, t), "word": _reliable(facts, t)}
    if facts.coded_twice_at_random:
        return t.counted(
            "{n} statement that was drawn at random was coded by two or more people, each blind to the other: "
            "Krippendorff's alpha is {alpha} ({word}).",
            "{n} statements that were drawn at random were coded by two or more people, each blind to the other: "
            "Krippendorff's alpha is {alpha} ({word}).",
            facts.coded_twice,
            **alpha,
        )
    return t.counted(
        "{n} statement that was not drawn at random was coded by two or more people, each blind to the other: "
        "Krippendorff's alpha is {alpha} ({word}).",
        "{n} statements that were not drawn at random were coded by two or more people, each blind to the other: "
        "Krippendorff's alpha is {alpha} ({word}).",
        facts.coded_twice,
        **alpha,
    )


def _reliable(facts: CodingFacts, t: Texts) -> str:
    """What may be concluded from an alpha on so many statements."""
    alpha = facts.alpha or 0.0
    if facts.coded_twice < _FEWEST_CODED_TWICE:
        return t.text("too few statements to say how reliable that is")
    if alpha >= _RELIABLE:
        return t.text("reliable")
    return t.text("for tentative conclusions") if alpha >= _TENTATIVE else t.text("not reliable")


def _measured(measured: Measured | None, t: Texts) -> str:
    return t.text("not known") if measured is None else _number(measured.value, measured.range, t)


def _number(value: float, around: tuple[float, float] | None, t: Texts) -> str:
    """'0.86 (0.78–0.92)', with the decimal sign of the language."""
    shown = t.ratio(value)
    return f"{shown} ({t.ratio(around[0])}–{t.ratio(around[1])})" if around else shown
