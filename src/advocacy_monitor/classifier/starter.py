"""Makes the small model that ships for a codebook: `make starter-model`.

It learns from invented coded statements, from vectors alone, so that it stays well below 300 KB. The editors of the
lexicon have read most of them, and its hits look better there than they are: so what a hit says is given, and
thresholds, switching and all figures rest on statements that they have not read. A campaign that has coded its own
statements trains its own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from advocacy_monitor.classifier.build import build
from advocacy_monitor.classifier.card import card_files, ranged
from advocacy_monitor.classifier.encoder import Encoder, UniversalSentenceEncoder
from advocacy_monitor.classifier.gold import read_gold
from advocacy_monitor.classifier.model import make_current, save
from advocacy_monitor.classifier.training import Settings, Trained, train
from advocacy_monitor.codebook import Codebook, load_codebook
from advocacy_monitor.errors import AdvocacyMonitorError

STRENGTH = 1.0
HIT_SAYS = 2.0
"""How much one hit of the lexicon raises a margin: likely seven times (e to the power of 2).

Both were the best of a small grid (1 to 3; 2 to 3.2) on the statements kept apart, over which the gain differed by .01.
"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = Path(__file__).parent / "starter_models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What was made: figures, the folder (None when nothing was written) and its size in bytes."""

    trained: Trained
    path: Path | None
    size: int


def make_starter(
    apart: tuple[Path, ...],
    lessons: tuple[Path, ...],
    codebook: Codebook,
    encoder: Encoder,
    *,
    seed: int,
    out: Path | None,
) -> Starter:
    """A starter model from coded statements; written to `out`/<codebook name> unless `out` is None.

    It is measured on the statements kept `apart`, which teach as well, but never where they are measured.
    """
    gold, more = ([coded for path in files for coded in read_gold(path, codebook)] for files in (apart, lessons))
    settings = Settings(seed=seed, ngrams=False, strength=STRENGTH, hit_says=HIT_SAYS)
    trained = train(gold, codebook, encoder, settings, lessons_only=more)
    if out is None:
        return Starter(trained=trained, path=None, size=0)
    model, folder = build(trained, with_tested=False), out / codebook.name
    path = save(model, folder, cards=card_files(trained, invented=True))
    make_current(folder, model.version)
    return Starter(trained=trained, path=path, size=sum(file.stat().st_size for file in path.iterdir()))


@click.command()
@click.argument("apart", nargs=-1, required=True, type=_FILE)
@click.option("--lessons", multiple=True, type=_FILE, help="Statements that teach and measure nothing.")
@click.option("--codebook", "name", default="library", show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=20201113, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, show_default="the package")
@click.option("--dry-run", is_flag=True, help="Measure and write nothing.")
def main(apart: tuple[Path, ...], lessons: tuple[Path, ...], name: str, seed: int, out: Path, dry_run: bool) -> None:
    """Train the model that ships for a codebook, from JSONL files of invented coded statements."""
    try:
        codebook, encoder = load_codebook(name), UniversalSentenceEncoder()
        made = make_starter(apart, lessons, codebook, encoder, seed=seed, out=None if dry_run else out)
    except AdvocacyMonitorError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    trained = made.trained
    for theme in trained.themes:
        by = "hybrid" if theme.switched else f"lexicon ({theme.why_not})"
        click.echo(f"{theme.code:<26}{theme.positives:>5}  {ranged(theme.lexicon):<20}{ranged(theme.hybrid):<20}{by}")
    for each in trained.languages:
        by = "hybrid" if each.switched else "lexicon"
        click.echo(f"{each.language:<26}{each.statements:>5}  {ranged(each.lexicon):<20}{ranged(each.chosen):<20}{by}")
    click.echo(
        f"lexicon {ranged(trained.lexicon.macro)}, hybrid {ranged(trained.hybrid.macro)}, chosen "
        f"{ranged(trained.chosen.macro)}, gain {ranged(trained.gain)}; {trained.statements} statements"
    )
    if made.path is not None:
        click.echo(f"{made.path}: {made.size:,} bytes")


if __name__ == "__main__":
    main()
