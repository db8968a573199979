"""`train`: learns to code themes from what people coded, and says theme by theme whether that is better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from advocacy_monitor.training_job import Training


@click.command(epilog="Example: advocacy-monitor train --dry-run")
@click.option("--codebook", "name", help="A shipped codebook or a YAML file.  [default: the campaign's]")
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Coded statements beside those of the database: JSONL with text, language and themes.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="[default: training.seed in config.yaml]")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: the campaign's folder models]")
@click.option("--dry-run", is_flag=True, help="Measure and write nothing.")
@click.option("--replace", is_flag=True, help="Use the new model even where it is not better than the one in use.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def train(
    ctx: click.Context,
    name: str | None,
    files: tuple[Path, ...],
    seed: int | None,
    out: Path | None,
    dry_run: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Learn to code themes from what people coded, where that is better than the lexicon.

    With --from and --out no campaign is needed.
    """
    from advocacy_monitor.terminal import json_line

    path: Path = ctx.find_root().obj
    made = _train(path, name, files, seed=seed, out=out, dry_run=dry_run, replace=replace)
    if as_json:
        json_line(_values(made))
    else:
        _show(made)


def _train(
    path: Path,
    name: str | None,
    files: tuple[Path, ...],
    *,
    seed: int | None,
    out: Path | None,
    dry_run: bool,
    replace: bool,
) -> Training:
    from advocacy_monitor.classifier.training import Settings
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.line import codebook_name
    from advocacy_monitor.training_job import Wish, models_folder, settings_of, train_campaign, train_files

    if files and out is not None and not path.exists():
        settings = Settings() if seed is None else Settings(seed=seed)
        wish = Wish(files=files, folder=out, settings=settings, dry_run=dry_run, replace=replace)
        return train_files(wish, codebook=load_codebook(name or "library"))
    loaded = load_config(path)
    if name is not None and out is None and load_codebook(name).digest != load_codebook(codebook_name(loaded)).digest:
        raise click.UsageError(
            f"--codebook {name} is not the campaign's codebook: its model would not fit; say with --out where it goes"
        )
    folder, settings = out or models_folder(loaded), settings_of(loaded, seed=seed)
    wish = Wish(files=files, folder=folder, settings=settings, dry_run=dry_run, replace=replace)
    with open_store(loaded) as store:
        return train_campaign(store, loaded, wish, codebook=load_codebook(name or codebook_name(loaded)))


def _values(made: Training) -> dict[str, Any]:
    from advocacy_monitor.classifier.card import card

    gain = made.gain
    return {
        "model": made.version,
        "path": None if made.path is None else str(made.path),
        "in_use": made.in_use,
        "message": made.message,
        "gain_over_current": None if gain is None else {"value": gain.value, "interval": [gain.low, gain.high]},
        "card": card(made.trained),
    }


def _show(made: Training) -> None:
    from advocacy_monitor.classifier.card import ranged
    from advocacy_monitor.terminal import plain, say

    trained = made.trained
    width = max(len("language"), *(len(theme.code) for theme in trained.themes)) + 1
    say(f"{'theme':<{width}}{'coded':>6}  {'lexicon F1':<19}{'hybrid F1':<19}coded by")
    for theme in trained.themes:
        by = "hybrid" if theme.switched else f"lexicon: {theme.why_not}"
        say(f"{theme.code:<{width}}{theme.positives:>6}  {ranged(theme.lexicon):<19}{ranged(theme.hybrid):<19}{by}")
    say()
    say(f"{'language':<{width}}{'coded':>6}  {'lexicon':<19}{'with the hybrid':<19}coded by")
    for each in trained.languages:
        by, name = "hybrid" if each.switched else "lexicon", plain(each.language, width=width - 1)
        say(f"{name:<{width}}{each.statements:>6}  {ranged(each.lexicon):<19}{ranged(each.chosen):<19}{by}")
    say()
    say(f"{trained.statements} coded statements; each was kept apart from what it is measured with.")
    say(f"Mean F1 of the themes: lexicon {ranged(trained.lexicon.macro)}, with the hybrid where it is better")
    say(f"{ranged(trained.chosen.macro)}: a gain of {ranged(trained.gain)}.")
    say("[a, b]: 95 % of 1,000 draws of as many statements, with replacement.")
    if made.gain is not None:
        say(f"Against the model in use, on the same statements: {ranged(made.gain)}.")
    say(made.message)
    if made.path is not None:
        say(f"Its card: {made.path / 'card.md'}")
