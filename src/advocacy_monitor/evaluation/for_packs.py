"""What a pack says about the quality of its coding (R12): the newest report on the campaign's own statements."""

from __future__ import annotations

from pathlib import Path

from advocacy_monitor.evaluation.kept import kept
from advocacy_monitor.evaluation.report import ALL, RANDOM, Figure
from advocacy_monitor.models import Measured, Quality


def quality_of(campaign: Path, coder: str) -> Quality | None:
    """How good a coding (`themes@version`) is on this campaign's statements; None where that was not measured.

    Figures of another version, or of other people's statements, say nothing about it and are not taken.
    """
    fitting = [
        each
        for each in kept(campaign)
        if f"themes@{each.report.coder}" == coder and each.report.sample.kind == "campaign"
    ]
    if not fitting:
        return None
    newest = fitting[-1]
    report = newest.report
    block = report.slices[report.best_slice].languages[ALL]
    return Quality(
        coder=coder,
        statements=block.statements,
        at_random=report.best_slice == RANDOM,
        mean_of=block.macro.themes,
        precision=_measured(block.macro.precision, block.statements),
        recall=_measured(block.macro.recall, block.statements),
        themes={
            code: (_measured(each.precision, each.found), _measured(each.recall, each.support))
            for code, each in block.themes.items()
        },
        digest=report.digest,
        measured_at=newest.measured_at,
    )


def _measured(figure: Figure, base: int) -> Measured | None:
    return None if figure.value is None else Measured(value=figure.value, range=figure.interval, base=base)
