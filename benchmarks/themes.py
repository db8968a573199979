"""How well themes are coded: lexicon, hybrid, TF-IDF with logistic regression and TextBlob, side by side.

On the development set, on invented statements, and on three public sets (see theme_sets.py) where they are there.
Each way is taught by 8, 32 and 128 labels a theme (and as many statements without any; a theme that has fewer gives
all it has; mean of two samples) and tested on statements that nobody learned from: the set's own test, else 40 % of
it. n are the statements tested, themes those that have a positive there, brackets 95 % bootstrap intervals over
these statements. TextBlob takes seconds for every theme: it has one sample, no more than 300 statements a theme to
learn from and 150 to test; its ratio is to the baseline on these same 150.

Run: python benchmarks/themes.py [--statements FILE ...] [--data FOLDER] [--quick]. The last lines are
`ratio NAME VALUE`: macro-F1 over that of TF-IDF with logistic regression on as many labels (the lexicon, which needs
none: over that on 32), and `NAME_to_lexicon`: that of the hybrid over the lexicon's.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from advocacy_monitor.classifier.calibration import Flags
from advocacy_monitor.classifier.encoder import Encoder, UniversalSentenceEncoder
from advocacy_monitor.classifier.gold import Coded
from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError
from benchmarks import theme_learners as learners
from benchmarks.kept_vectors import KeptVectors
from benchmarks.theme_figures import macro_f1, score
from benchmarks.theme_sets import GET, Missing, Trial, library, public

DEVELOPMENT = Path(__file__).parents[2] / "shared" / "testimonials" / "dev.jsonl"
DATA = "ADVOCACY_MONITOR_BENCH_DATA"
LABELS = (8, 32, 128)
BASELINE = "tfidf_lr"
LEXICON_BESIDE = 32
SEEDS = (1, 2)
MOST_FOR_TEXTBLOB = 300
MOST_TO_TEST_TEXTBLOB = 150
MOST_WHEN_QUICK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a way of coding said of the test's `rows`, once for each sample. `labels` is 0 where nothing is learned."""

    way: str
    labels: int
    taught: float
    said: Sequence[Flags]
    rows: Sequence[int]


def outcomes(trial: Trial, encoder: Encoder, labels: Sequence[int], seeds: Sequence[int]) -> Iterator[Outcome]:
    """Every way of coding, on one set."""
    rows = range(len(trial.test))

    def outcome(way: str, count: int, taught: Sequence[Sequence[Coded]], said: Sequence[Flags]) -> Outcome:
        mean = sum(map(len, taught)) / max(len(taught), 1)
        return Outcome(way=way, labels=count, taught=mean, said=said, rows=rows)

    yield outcome("lexicon", 0, [], [learners.by_lexicon(trial.codebook, trial.test)])
    if trial.name.startswith("dev_"):
        try:
            yield outcome("shipped", 0, [], [learners.by_shipped_model(trial.codebook, encoder, trial.test)])
        except ConfigError as error:
            print(f"  shipped   {str(error).split(';')[0]}")
    before: list[list[Coded]] = []
    for count in _counts(trial, labels):
        taught = [learners.sampled(trial.pool, trial.codebook, count, seed) for seed in seeds]
        if taught == before:
            print(f"  {count} labels: no more statements than before")
            continue
        before = taught
        both = list(zip(taught, seeds, strict=True))
        try:
            hybrid = [
                learners.by_hybrid(trial.codebook, encoder, part, trial.test, labels=count, seed=seed)
                for part, seed in both
            ]
        except ConfigError as error:
            print(f"  {count} labels: {str(error)[:100]}")
            continue
        tfidf = [learners.by_tfidf(trial.codebook, part, trial.test, seed=seed) for part, seed in both]
        yield outcome(BASELINE, count, taught, tfidf)
        yield outcome("hybrid", count, taught, [everywhere for everywhere, _ in hybrid])
        if used := [each for _, each in hybrid if each is not None]:
            yield outcome("in_use", count, taught, used)
        yield _textblob(trial, count, taught[0])


def _counts(trial: Trial, labels: Sequence[int]) -> Sequence[int]:
    """How many labels a theme are tried: all numbers, or the one of them that is nearest to the trial's own."""
    if not trial.pool:
        return ()
    return labels if trial.labels is None else [min(labels, key=lambda count: abs(count - (trial.labels or 0)))]


def _textblob(trial: Trial, count: int, taught: Sequence[Coded]) -> Outcome:
    """The first sample alone, on a part of the test."""
    seed, most = SEEDS[0], min(MOST_TO_TEST_TEXTBLOB, len(trial.test))
    rows = sorted(random.Random(seed).sample(range(len(trial.test)), most))
    test = [trial.test[row] for row in rows]
    said = learners.by_textblob(trial.codebook, taught, test, most=MOST_FOR_TEXTBLOB, seed=seed)
    return Outcome(way="textblob", labels=count, taught=len(taught), said=[said], rows=rows)


def line(trial: Trial, found: Outcome) -> str:
    """One way's figures."""
    test = [trial.test[row] for row in found.rows]
    figures = score(learners.truth_of(test, trial.codebook), found.said, [each.group for each in test])
    learned = f"{found.labels:>4} a theme ({found.taught:>5.0f})" if found.labels else f"{'none':>4}{'':16}"
    return (
        f"  {found.way:9} labels {learned}  macro {figures.macro}  micro {figures.micro}  "
        f"n {figures.n}, {figures.themes} themes"
    )


def ratios(trial: Trial, found: Sequence[Outcome]) -> Iterator[tuple[str, float]]:
    """Each way's macro-F1 over the baseline's on as many labels, on the same statements and samples."""
    truth = learners.truth_of(trial.test, trial.codebook)
    baseline = {each.labels: each for each in found if each.way == BASELINE}
    lexicon = macro_f1(truth, found[0].said)
    for each in found:
        beside = baseline.get(each.labels or LEXICON_BESIDE)
        name = f"{trial.name}_{each.way}" + (f"_{each.labels}" if each.labels else "")
        if each.way != BASELINE and beside is not None:
            rows = list(each.rows)
            other = [said[rows] for said in beside.said[: len(each.said)]] if each.labels else beside.said
            if (value := macro_f1(truth[rows], other)) > 0:
                yield name, macro_f1(truth[rows], each.said) / value
        if each.way in ("hybrid", "in_use") and lexicon > 0:
            yield f"{name}_to_lexicon", macro_f1(truth, each.said) / lexicon


def compare(
    trials: Sequence[Trial | Missing], encoder: Encoder, *, labels: Sequence[int], seeds: Sequence[int]
) -> list[tuple[str, float]]:
    """Prints the figures of every set as they come; the ratios of all of them."""
    made: list[tuple[str, float]] = []
    for trial in trials:
        if isinstance(trial, Missing):
            print(f"{trial.name}: not here; to get it: {trial.how}")
            continue
        began, found = time.perf_counter(), list[Outcome]()
        note = f" ({trial.note})" if trial.note else ""
        print(f"{trial.name}{note}: {len(trial.pool):,} to learn from, {len(trial.test):,} to test", flush=True)
        for each in outcomes(trial, encoder, labels, seeds):
            found.append(each)
            print(line(trial, each), flush=True)
        made += ratios(trial, found)
        print(f"  {time.perf_counter() - began:.0f} s", flush=True)
    return made


def _options(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=Path, nargs="*", default=[], help="JSONL files of coded statements")
    parser.add_argument("--development", type=Path, default=DEVELOPMENT, help="JSONL file of the development set")
    parser.add_argument("--codebook", default="library", help="the codebook of both (default library)")
    parser.add_argument(
        "--data", type=Path, default=os.environ.get(DATA), help=f"folder of the public sets (or {DATA})"
    )
    parser.add_argument("--sets", nargs="*", choices=["library", *GET], default=["library", *GET])
    parser.add_argument("--labels", type=int, nargs="*", default=None, help=f"labels a theme (default {LABELS})")
    parser.add_argument("--quick", action="store_true", help="one sample, 8 and 32 labels, parts of the large sets")
    kept = Path(tempfile.gettempdir()) / "advocacy-monitor-bench" / "vectors.npz"
    parser.add_argument("--vectors", type=Path, default=kept, help="where vectors are kept between runs")
    return parser.parse_args(given)


def _trials(chosen: argparse.Namespace) -> list[Trial | Missing]:
    made: list[Trial | Missing] = []
    if "library" in chosen.sets:
        made = library(load_codebook(chosen.codebook), chosen.statements, chosen.development)
    most = MOST_WHEN_QUICK if chosen.quick else None
    return [*made, *(public(name, chosen.data, most=most) for name in GET if name in chosen.sets)]


def main(given: Sequence[str] | None = None, *, encoder: Callable[[], Encoder] = UniversalSentenceEncoder) -> None:
    """Prints a table for each set, then the ratios."""
    chosen = _options(given)
    labels = chosen.labels or (LABELS[:2] if chosen.quick else LABELS)
    vectors = KeptVectors(encoder(), chosen.vectors)
    try:
        made = compare(_trials(chosen), vectors, labels=labels, seeds=SEEDS[:1] if chosen.quick else SEEDS)
    except AdvocacyMonitorError as error:
        raise SystemExit(str(error)) from error
    finally:
        vectors.keep()
    print(f"{vectors.encoded:,} texts encoded, the others were kept from before")
    for name, value in made:
        print(f"ratio {name} {value:.2f}")


if __name__ == "__main__":
    main()
