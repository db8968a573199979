"""Do coders agree? Reads the blind codings of rounds and measures; nobody's answer is better than another's here.

A theme is one decision a statement: given or not. A coder who finds a text too short to say decides about no theme, so
that the statement is left out of the themes' figures for this coder. Whether coders agree on that is a row of its own,
and it counts in full in the figures over whole answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from advocacy_monitor.coding import measures
from advocacy_monitor.coding.measures import Floats, Sets
from advocacy_monitor.coding.report import (
    FEWEST_UNITS,
    AgreementReport,
    Confused,
    Discussed,
    Figure,
    RoundFacts,
    SliceAgreement,
    ThemeAgreement,
)
from advocacy_monitor.coding.rounds import open_for
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round

DRAWS = 1_000
ANSWERS = ("none", "too_short")
_MOST_UNDEFINED = 0.05
"""An interval from fewer draws than these would leave out the very draws that hold a rare theme seldom."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement of a round with what each coder answered, as a set of codes that is never empty."""

    round: str
    drawn: Drawn
    answers: dict[str, frozenset[str]]


def answer_set(coding: Coding) -> frozenset[str]:
    """An answer as a set: its themes, or `none`, or `too_short`; the distance of two empty sets is not defined."""
    return frozenset(coding.themes) or frozenset({coding.answer if coding.answer == "too_short" else "none"})


def agreement_of(
    store: Store,
    *,
    rounds: Sequence[str] | None = None,
    themes: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = 1,
) -> AgreementReport | None:
    """How far the coders of these rounds agree, of all rounds by default; None when nothing was coded twice.

    `themes` are the codes to tell of, in this order; those that occur only in the codings follow. The report is the
    same for the same codings and seed.
    """
    chosen = [each for each in store.rounds.all() if rounds is None or each.name in rounds]
    coded = {each.name: _units(store, each) for each in chosen}
    units = [unit for each in coded.values() for unit in each if len(unit.answers) > 1]
    if not units:
        return None
    used = set[str]().union(*(answer for unit in units for answer in unit.answers.values())) - set(ANSWERS)
    codes = (*themes, *sorted(used - set(themes)))
    by_chance = [unit for unit in units if unit.drawn.drawn == "random"]
    everything = _slice(units, codes, draws, seed)
    return AgreementReport(
        rounds=tuple(_facts(each, coded[each.name]) for each in chosen if coded[each.name]),
        coders=_coders(units),
        random=_random(by_chance, everything, codes, draws, seed),
        everything=everything,
        confused=_confused(units),
        discussed=_discussed(units),
        draws=draws,
        seed=seed,
        notes=_notes(chosen, units, by_chance),
    )


def blinded(store: Store, report: AgreementReport) -> AgreementReport:
    """The report without the single answers of open rounds in which a coder has statements left.

    Whoever sees them codes the rest, or codes anew, knowing what the others say.
    """
    waiting = [
        each.name
        for each in store.rounds.all()
        if not each.closed_at and any(open_for(store, each, coder) for coder in _started(store, each))
    ]
    kept = tuple(each for each in report.discussed if each.round not in waiting)
    if len(kept) == len(report.discussed):
        return report
    note = (
        f"Not everybody who codes in {', '.join(waiting)} is done: on which of its statements the coders differ is not "
        "told before, so that all stay blind."
    )
    return replace(report, discussed=kept, notes=(*report.notes, note))


def _started(store: Store, round_: Round) -> set[str]:
    return {each.coder for each in store.rounds.codings(round_.id) if not each.is_final}


def _units(store: Store, round_: Round) -> list[Unit]:
    answers: dict[int, dict[str, frozenset[str]]] = {}
    for coding in store.rounds.codings(round_.id):
        if not coding.is_final:
            answers.setdefault(coding.item_id, {})[coding.coder] = answer_set(coding)
    return [Unit(round_.name, drawn, answers.get(drawn.item_id, {})) for drawn in store.rounds.drawn(round_.id)]


def _facts(round_: Round, units: Sequence[Unit]) -> RoundFacts:
    return RoundFacts(
        name=round_.name,
        codebook=round_.codebook,
        codebook_version=round_.codebook_version,
        codebook_digest=round_.codebook_digest,
        made_at=round_.made_at,
        closed_at=round_.closed_at,
        statements=len(units),
        coded=sum(bool(unit.answers) for unit in units),
        coded_twice=sum(len(unit.answers) > 1 for unit in units),
    )


def _coders(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(sorted({coder for unit in units for coder in unit.answers}))


def _notes(rounds: Sequence[Round], units: Sequence[Unit], by_chance: Sequence[Unit]) -> tuple[str, ...]:
    notes = []
    used = {unit.round for unit in units}
    if len({each.codebook_digest for each in rounds if each.name in used}) > 1:
        notes.append("The rounds were coded by different versions of the codebook; a changed theme is not one theme.")
    if not by_chance:
        notes.append("No statement drawn by chance was coded twice: these figures describe the drawn statements only.")
    return tuple(notes)


def _random(
    by_chance: Sequence[Unit], everything: SliceAgreement, codes: Sequence[str], draws: int, seed: int
) -> SliceAgreement | None:
    if len(by_chance) == everything.units:
        return everything
    return _slice(by_chance, codes, draws, seed) if by_chance else None


def _votes(units: Sequence[Unit], coders: Sequence[str], codes: Sequence[str]) -> tuple[Floats, Floats]:
    """Coders x statements x codes for the themes, and for the two answers that are none."""
    themes = np.full((len(coders), len(units), len(codes)), np.nan)
    answers = np.full((len(coders), len(units), len(ANSWERS)), np.nan)
    for (row, coder), (column, unit) in product(enumerate(coders), enumerate(units)):
        given = unit.answers.get(coder)
        if given is not None:
            answers[row, column] = [float(code in given) for code in ANSWERS]
            if "too_short" not in given:
                themes[row, column] = [float(code in given) for code in codes]
    return themes, answers


def _slice(units: Sequence[Unit], codes: Sequence[str], draws: int, seed: int) -> SliceAgreement:
    coders = _coders(units)
    times = draws if len(units) >= FEWEST_UNITS else 0
    drawn = measures.draw(len(units), times=times, seed=seed)
    sets = Sets([[unit.answers.get(coder) for unit in units] for coder in coders])
    once = np.ones((1, len(units)))
    theme_votes, answer_votes = _votes(units, coders, codes)
    themes, means = _rows(theme_votes, coders, codes, drawn)
    answers, _ = _rows(answer_votes, coders, ANSWERS, drawn)
    return SliceAgreement(
        units=len(units),
        sets=_figure(sets.alpha(), sets.alpha_of_draws(drawn)),
        identical=_figure(sets.identical(once)[0], sets.identical(drawn)),
        mean_alpha=means[0],
        mean_kappa=means[1],
        mean_ac1=means[2],
        mean_agreed=means[3],
        themes=themes,
        answers=answers,
    )


def _rows(
    votes: Floats, coders: Sequence[str], codes: Sequence[str], drawn: Floats
) -> tuple[tuple[ThemeAgreement, ...], list[Figure]]:
    """A row for each code, and the means of alpha, kappa, AC1 and percent agreement over the codes."""
    once = np.ones((1, votes.shape[1]))
    values = [measures.alpha(votes), *(m(votes, once)[0] for m in (measures.kappa, measures.ac1, measures.agreed))]
    all_draws = [
        measures.alpha_of_draws(votes, drawn),
        *(m(votes, drawn) for m in (measures.kappa, measures.ac1, measures.agreed)),
    ]
    pairable = (~np.isnan(votes)).sum(axis=0) > 1
    votes = np.where(pairable, votes, np.nan)
    given = np.nansum(votes, axis=0)
    lacking = np.sum(votes == 0, axis=0)
    rows = []
    for place, code in enumerate(codes):
        figures = [_figure(value[place], many[:, place]) for value, many in zip(values, all_draws, strict=True)]
        rows.append(
            ThemeAgreement(
                theme=code,
                units=int(pairable[:, place].sum()),
                given=int((given[:, place] > 0).sum()),
                differing=int(((given[:, place] > 0) & (lacking[:, place] > 0)).sum()),
                positives={coder: int(np.nansum(votes[row, :, place])) for row, coder in enumerate(coders)},
                alpha=figures[0],
                kappa=figures[1],
                ac1=figures[2],
                agreed=figures[3],
            )
        )
    return tuple(rows), [_figure(_mean(v[None])[0], _mean(many)) for v, many in zip(values, all_draws, strict=True)]


def _mean(values: Floats) -> Floats:
    """The mean of each row over what is defined in it."""
    known = ~np.isnan(values)
    total, count = np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1)
    made: Floats = np.full(len(values), np.nan)
    np.divide(total, count, out=made, where=count > 0)
    return made


def _figure(value: float, draws: Floats) -> Figure:
    """A value with the percentile interval of its draws (Efron 1979)."""
    if np.isnan(value):
        return Figure(value=None)
    known = draws[~np.isnan(draws)]
    if len(draws) < 2 or len(known) < (1 - _MOST_UNDEFINED) * len(draws):
        return Figure(value=float(value))
    low, high = np.percentile(known, (2.5, 97.5))
    return Figure(value=float(value), interval=(float(low), float(high)))


def _confused(units: Iterable[Unit]) -> tuple[Confused, ...]:
    """What stands where the other coder has something else; `other` is empty where nothing stands in its place."""
    counts: Counter[tuple[str, str]] = Counter()
    for unit in units:
        for one, other in combinations(unit.answers.values(), 2):
            mine, theirs = one - other, other - one
            if mine and theirs:
                counts.update((min(pair), max(pair)) for pair in product(mine, theirs))
            else:
                counts.update((code, "") for code in mine | theirs)
    made = (Confused(theme=theme, other=other, count=count) for (theme, other), count in counts.items())
    return tuple(sorted(made, key=lambda each: (-each.count, each.theme, each.other)))


def _discussed(units: Iterable[Unit]) -> tuple[Discussed, ...]:
    """Statements on which coders differ, those with the most disagreement first."""
    made = []
    for unit in units:
        pairs = list(combinations(unit.answers.values(), 2))
        distance = sum(measures.masi(one, other) for one, other in pairs) / len(pairs)
        if distance:
            answers = {coder: tuple(sorted(answer)) for coder, answer in sorted(unit.answers.items())}
            made.append(
                Discussed(
                    round=unit.round,
                    item_id=unit.drawn.item_id,
                    position=unit.drawn.position,
                    distance=distance,
                    answers=answers,
                )
            )
    return tuple(sorted(made, key=lambda each: (-each.distance, each.round, each.position)))
