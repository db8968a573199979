"""An evaluation from the command line: which statements, which coding, what to compare with, where the report goes."""

from __future__ import annotations

from pathlib import Path

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.evaluation.cases import Cases, read_campaign, read_file
from advocacy_monitor.evaluation.coders import naive_coder, open_coder
from advocacy_monitor.evaluation.evaluate import evaluate
from advocacy_monitor.evaluation.kept import before, read
from advocacy_monitor.evaluation.report import Report
from advocacy_monitor.store import Store


def cases_of(codebook: Codebook, *, file: Path | None, database: Path | None) -> Cases:
    """The statements of a file, else those of the campaign's database. Raises ConfigError, StoreError."""
    if file is not None:
        return read_file(file, codebook)
    assert database is not None
    with Store.open_read_only(database) as store:
        return read_campaign(store, codebook)


def measure(
    codebook: Codebook,
    cases: Cases,
    *,
    stage: str,
    model: Path | None,
    against: Path | None,
    folder: Path | None,
    texts: bool = False,
    seed: int = 1,
) -> Report:
    """Measures, beside a baseline and the previous version: `against`, else the newest in the campaign's `folder`.

    The baseline of a trained classifier is the lexicon, that of the lexicon the words of the themes' titles.
    Raises ConfigError.
    """
    coder = open_coder(codebook, stage=stage, model=model)
    baseline = naive_coder(codebook) if stage == "lexicon" else open_coder(codebook, stage="lexicon", model=None)
    earlier = read(against) if against else before(folder, cases, coder.version) if folder else None
    return evaluate(
        codebook,
        cases,
        coder,
        stage=stage,
        baseline=baseline,
        previous=earlier.report if earlier else None,
        texts=texts,
        seed=seed,
    )
