"""The method box on coding: which versions coded, who checked, how good it is known to be (R10, R12, R13)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advocacy_monitor.models import Measured, Quality

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


_EN: Mapping[str, str] = {
    "machine": "Themes are suggestions of software ({by}).",
    "themes": "codebook {codebook} version {version} ({digest}), coded with {classifier}",
    "person": "A person has coded {coded} of the {statements} statements; there, the person's coding is counted.",
    "unmeasured": "How good the software's coding is has not yet been measured on this campaign's statements.",
    "measured": "On {n} of this campaign's statements that people coded and that were {drawn}, the mean precision of "
    "{themes} themes is {precision} and the mean recall {recall}; the ranges hold 95% of repeated draws "
    "(report {digest}).",
    "some_precision": "{precision} ({themes} themes that the software gave as well)",
    "few_measured": "So few statements do not tell how good the coding is.",
    "picked_note": "Not being drawn at random, they may be easier or harder than the others.",
    "random": "drawn at random",
    "picked": "not drawn at random",
    "once": "Statements were not double-coded, so no agreement between coders can be given.",
    "twice": "{n} statements that were {drawn} were coded by two or more people, each blind to the other: "
    "Krippendorff's alpha is {alpha} ({word}).",
    "undefined": "{n} statements were coded by two or more people, too alike to compute an agreement.",
    "reliable": "reliable",
    "tentative": "for tentative conclusions",
    "unreliable": "not reliable",
    "few": "too few statements to say how reliable that is",
    "unknown": "not known",
}
_DE: Mapping[str, str] = {
    "machine": "Themen sind Vorschläge einer Software ({by}).",
    "themes": "Codebuch {codebook}, Version {version} ({digest}), zugeordnet mit {classifier}",
    "person": "{coded} der {statements} Aussagen hat ein Mensch zugeordnet; dort gilt dessen Zuordnung.",
    "unmeasured": "Wie gut die Software zuordnet, wurde an Aussagen dieser Kampagne noch nicht gemessen.",
    "measured": "An {n} Aussagen dieser Kampagne, die Menschen zugeordnet haben und die {drawn} wurden, beträgt die "
    "mittlere Genauigkeit von {themes} Themen {precision} und die mittlere Trefferquote {recall}; die Spannen umfassen "
    "95 % wiederholter Ziehungen (Bericht {digest}).",
    "some_precision": "{precision} ({themes} Themen, die auch die Software vergab)",
    "few_measured": "So wenige Aussagen sagen nicht, wie gut die Zuordnung ist.",
    "picked_note": "Weil sie nicht zufällig gezogen wurden, können sie leichter oder schwerer sein als die anderen.",
    "random": "zufällig gezogen",
    "picked": "nicht zufällig gezogen",
    "once": "Es wurde nicht doppelt zugeordnet, daher gibt es keine Angabe zur Übereinstimmung.",
    "twice": "{n} Aussagen, die {drawn} wurden, haben zwei oder mehr Menschen zugeordnet, ohne voneinander zu "
    "wissen: Krippendorffs Alpha beträgt {alpha} ({word}).",
    "undefined": "{n} Aussagen haben zwei oder mehr Menschen zugeordnet, zu einheitlich für ein Maß.",
    "reliable": "verlässlich",
    "tentative": "nur für vorläufige Schlüsse",
    "unreliable": "nicht verlässlich",
    "few": "zu wenige Aussagen, um zu sagen, wie verlässlich das ist",
    "unknown": "nicht bekannt",
}


def who_coded(facts: CodingFacts, *, statements: int, language: str) -> str:
    """Software with its versions, and people. Other languages than 'de' get English."""
    words = _DE if language == "de" else _EN
    by = ", ".join(_named(each, words) for each in facts.by) or "–"
    person = words["person"].format(coded=facts.coded_by_person, statements=statements)
    return f"{words['machine'].format(by=by)} {person}"


def how_well(facts: CodingFacts, *, language: str) -> str:
    """How good the software's coding was found to be, and how far people agree; or that nobody knows."""
    words = _DE if language == "de" else _EN
    return f"{_quality(facts.quality, words, language)} {_agreement(facts, words, language)}"


def _named(by: str, words: Mapping[str, str]) -> str:
    """The themes enricher by codebook and classifier, every other one as it is written."""
    found = _THEMES.fullmatch(by)
    return words["themes"].format(**found.groupdict()) if found else by


def _quality(quality: Quality | None, words: Mapping[str, str], language: str) -> str:
    if quality is None:
        return words["unmeasured"]
    both = sum(None not in pair for pair in quality.themes.values())
    precision = _measured(quality.precision, words, language)
    if 0 < both < quality.mean_of:  # a theme that the software never gave has no precision, so the mean is of fewer
        precision = words["some_precision"].format(precision=precision, themes=both)
    said = words["measured"].format(
        n=quality.statements,
        drawn=words["random" if quality.at_random else "picked"],
        themes=quality.mean_of,
        precision=precision,
        recall=_measured(quality.recall, words, language),
        digest=quality.digest[:8],
    )
    if quality.statements < _FEWEST_MEASURED:
        said = f"{said} {words['few_measured']}"
    return said if quality.at_random else f"{said} {words['picked_note']}"


def _agreement(facts: CodingFacts, words: Mapping[str, str], language: str) -> str:
    if not facts.coded_twice:
        return words["once"]
    if facts.alpha is None:
        return words["undefined"].format(n=facts.coded_twice)
    alpha = facts.alpha
    word = "reliable" if alpha >= _RELIABLE else "tentative" if alpha >= _TENTATIVE else "unreliable"
    word = word if facts.coded_twice >= _FEWEST_CODED_TWICE else "few"
    return words["twice"].format(
        n=facts.coded_twice,
        drawn=words["random" if facts.coded_twice_at_random else "picked"],
        alpha=_number(alpha, facts.alpha_range, language),
        word=words[word],
    )


def _measured(measured: Measured | None, words: Mapping[str, str], language: str) -> str:
    return words["unknown"] if measured is None else _number(measured.value, measured.range, language)


def _number(value: float, around: tuple[float, float] | None, language: str) -> str:
    """'0.86 (0.78–0.92)', with the decimal sign of the language."""
    shown = f"{value:.2f}" + (f" ({around[0]:.2f}–{around[1]:.2f})" if around else "")
    return shown.replace(".", ",") if language == "de" else shown
