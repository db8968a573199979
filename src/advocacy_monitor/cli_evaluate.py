"""The verb `evaluate`: how good the coding of themes is, measured against people's codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from advocacy_monitor.codebook import Codebook
    from advocacy_monitor.config import Loaded

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Example: advocacy-monitor evaluate --html report.html")
@click.argument("file", required=False, type=_FILE)
@click.option("--codebook", "name", help="A codebook's name or file.  [default: the campaign's]")
@click.option("--stage", type=click.Choice(["lexicon", "hybrid"]), help="[default: what the campaign codes with]")
@click.option("--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A model's folder.")
@click.option("--against", type=_FILE, help="An earlier report (JSON).  [default: the newest of another version]")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page to read.")
@click.option("--texts", is_flag=True, help="Show the words of the statements that are most wrong.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def evaluate(
    ctx: click.Context,
    /,
    file: Path | None,
    name: str | None,
    stage: str | None,
    model: Path | None,
    against: Path | None,
    html: Path | None,
    texts: bool,
    seed: int,
    as_json: bool,
) -> None:
    """How good the coding of themes is, against the codes of people: precision, recall, F1, with ranges.

    Measures on FILE (JSONL: text, language, themes; if wanted answer and id), or without FILE on what people coded
    in this campaign. The report is kept in the campaign's folder, and packs cite it.
    """
    from advocacy_monitor.evaluation.as_html import write_page
    from advocacy_monitor.evaluation.as_text import as_text
    from advocacy_monitor.evaluation.campaign import cases_of, measure
    from advocacy_monitor.evaluation.kept import keep
    from advocacy_monitor.evaluation.report import to_json
    from advocacy_monitor.store import now
    from advocacy_monitor.terminal import say, warn

    loaded = _campaign(ctx, needed=file is None)
    codebook = _codebook(loaded, name)
    stage, model = _stage(loaded, codebook, stage, model)
    report = measure(
        codebook,
        cases_of(codebook, file=file, database=loaded.database if loaded else None),
        stage=stage,
        model=model,
        against=against,
        folder=loaded.folder if loaded else None,
        texts=texts,
        seed=seed,
    )
    kept_in = keep(loaded.folder, report, now=now()) if loaded else None
    if html is not None:
        write_page(report, html)
    if as_json:
        sys.stdout.write(to_json(report))
    else:
        say(as_text(report))
        say("")
    for written in filter(None, (kept_in, html)):
        (warn if as_json else say)(f"wrote {written}")


def _campaign(ctx: click.Context, *, needed: bool) -> Loaded | None:
    """The campaign's configuration; None where a file is measured outside of any campaign."""
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path) if needed or path.exists() else None


def _codebook(loaded: Loaded | None, name: str | None) -> Codebook:
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.line import codebook_name

    return load_codebook(name or (codebook_name(loaded) if loaded else "library"))


def _stage(loaded: Loaded | None, codebook: Codebook, stage: str | None, model: Path | None) -> tuple[str, Path | None]:
    """What to measure: what was asked for, else what the campaign codes with, else the lexicon."""
    from advocacy_monitor.classifier.opening import usable_model
    from advocacy_monitor.enrichers.themes import ThemesEnricher
    from advocacy_monitor.line import build_enricher

    if model is not None:  # whoever names a model wants it measured, not the lexicon in its place
        stage = stage or "hybrid"
    if loaded is None or "themes" not in loaded.config.enrichers:
        return stage or "lexicon", model
    enricher = build_enricher(loaded, "themes")
    if isinstance(enricher, ThemesEnricher):
        model = model or enricher.model
        stage = stage or enricher.stage
    return stage or ("hybrid" if usable_model(codebook, model) else "lexicon"), model
