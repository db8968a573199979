"""One evaluation from start to end: code the statements, compare with people's codes, put the report together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluation.calibration import calibrate
from advocacy_monitor.evaluation.cases import Cases, Statement
from advocacy_monitor.evaluation.coders import Coder, Probabilities
from advocacy_monitor.evaluation.differences import confusions, misses
from advocacy_monitor.evaluation.measures import DRAWS, Codes, Matrix, gain, measure
from advocacy_monitor.evaluation.report import (
    ALL,
    FORMAT,
    RANDOM,
    Block,
    Calibration,
    Figure,
    Other,
    Report,
    Sample,
    Slice,
)
from advocacy_monitor.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class _Coded:
    """The statements that can be measured on, in their order, with what was found in each."""

    statements: tuple[Statement, ...]
    languages: tuple[str | None, ...]
    codes: Codes
    found: tuple[frozenset[str], ...]
    baseline: Codes
    probabilities: Probabilities | None


def evaluate(
    codebook: Codebook,
    cases: Cases,
    coder: Coder,
    *,
    stage: str,
    baseline: Coder,
    previous: Report | None = None,
    texts: bool = False,
    seed: int = 1,
) -> Report:
    """Measures a coder, and beside it the baseline, on the same statements.

    Raises ConfigError when there is nothing to measure on.
    """
    lexicon = Lexicon(codebook)
    short = [each for each in cases.statements if each.too_short]
    kept = tuple(each for each in cases.statements if not each.too_short)
    if not kept:
        raise ConfigError(f"{cases.name}: people found every statement too short to say; nothing is left to measure on")
    apart = coder.kept_apart(kept)
    coded = _code(codebook, kept, coder, baseline, lexicon)
    short_coded = {each.id for each, codes in zip(short, coder.code(short), strict=True) if codes}
    slices, others = {}, {}
    for name, belongs in _choices(cases).items():
        rows = [row for row, each in enumerate(coded.statements) if belongs(each)]
        if not rows:
            continue
        left = [each.id for each in short if belongs(each)]
        slices[name] = Slice(
            statements=len(rows),
            left_too_short=len(left),
            too_short_coded=sum(each in short_coded for each in left),
            out_of_fold=sum(apart[row] for row in rows),
            unread=sum(coded.languages[row] is None for row in rows),
            drawn=cases.random_drawn if name == RANDOM else None,
            languages=_blocks(codebook, coded, rows, seed=seed),
        )
        others[name] = _beside(codebook, coded, rows, baseline.version, seed=seed)
    best = RANDOM if RANDOM in slices else ALL
    return Report(
        format=FORMAT,
        coder=coder.version,
        stage=stage,
        codebook=codebook.name,
        codebook_version=codebook.version,
        codebook_digest=codebook.digest,
        sample=_sample(cases),
        slices=slices,
        baseline=others,
        previous=_before(previous) if previous else {},
        calibration=_calibration(codebook, coded, _choices(cases)[best], best),
        confusions=confusions(coded.statements, coded.found),
        misses=misses(coded.statements, coded.found, texts=texts),
        seed=seed,
        draws=DRAWS,
    )


def _choices(cases: Cases) -> dict[str, Callable[[Statement], bool]]:
    """The slices: of a campaign the random one first, and always all."""
    everything: dict[str, Callable[[Statement], bool]] = {ALL: lambda each: True}
    if cases.kind == "file":
        return everything
    return {RANDOM: lambda each: each.drawn == "random"} | everything


def _code(codebook: Codebook, kept: tuple[Statement, ...], coder: Coder, baseline: Coder, lexicon: Lexicon) -> _Coded:
    found = tuple(frozenset(codes) & set(codebook.codes) for codes in coder.code(kept))
    said = _matrix(codebook, [each.themes for each in kept])
    return _Coded(
        kept,
        tuple(lexicon.language_of(each.text, each.language) for each in kept),
        Codes(said, _matrix(codebook, found)),
        found,
        Codes(said, _matrix(codebook, [frozenset(codes) for codes in baseline.code(kept)])),
        coder.probabilities(kept),
    )


def _matrix(codebook: Codebook, themes: Sequence[frozenset[str]]) -> Matrix:
    """One row a statement, one column a theme, 1 where it was coded."""
    rows = [[code in given for code in codebook.codes] for given in themes]
    return np.array(rows, dtype=np.float64).reshape(-1, len(codebook.codes))


def _blocks(codebook: Codebook, coded: _Coded, rows: Sequence[int], *, seed: int) -> Mapping[str, Block]:
    """The figures over all languages, and of each language of the codebook that occurs."""
    groups = {ALL: list(rows)}
    for language in codebook.languages:
        if found := [row for row in rows if coded.languages[row] == language]:
            groups[language] = found
    return {name: measure(coded.codes.rows(which), codebook.codes, seed=seed) for name, which in groups.items()}


def _beside(codebook: Codebook, coded: _Coded, rows: Sequence[int], version: str, *, seed: int) -> Other:
    """The baseline on the same statements and the same draws."""
    other = measure(coded.baseline.rows(rows), codebook.codes, seed=seed)
    higher = gain(coded.codes.rows(rows), coded.baseline.rows(rows), seed=seed)
    return _other(version, other, higher=higher)


def _other(version: str, block: Block, *, higher: Figure | None = None) -> Other:
    return Other(
        coder=version,
        statements=block.statements,
        themes={code: agreement.f1.value for code, agreement in block.themes.items()},
        macro_f1=block.macro.f1,
        micro_f1=block.micro.f1,
        samples_f1=block.samples_f1,
        gain=higher,
    )


def _before(previous: Report) -> dict[str, Other]:
    """An earlier report's figures by slice."""
    return {name: _other(previous.coder, part.languages[ALL]) for name, part in previous.slices.items()}


def _calibration(
    codebook: Codebook, coded: _Coded, belongs: Callable[[Statement], bool], name: str
) -> Calibration | None:
    if coded.probabilities is None:
        return None
    rows = [row for row, each in enumerate(coded.statements) if belongs(each)]
    return calibrate(coded.probabilities[rows], coded.codes.said[rows], codebook.codes, slice_name=name)


def _sample(cases: Cases) -> Sample:
    return Sample(
        kind=cases.kind,
        name=cases.name,
        digest=cases.digest,
        coders=len({each.coder for each in cases.statements if each.coder}),
        unknown_codes=cases.unknown_codes,
    )
