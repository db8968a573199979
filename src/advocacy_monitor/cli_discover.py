"""The verb `discover`: what people say that the codebook has no word for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from advocacy_monitor.discovery import Candidate, Discovery

_TEXT_WIDTH = 100
_MOST_REFUSED = 10


@click.command(epilog="Example: advocacy-monitor discover --yaml proposed.yaml")
@click.option("--clusters", type=click.IntRange(2, 70), help="How many to look for.  [default: one for ten statements]")
@click.option("--least", type=click.IntRange(2), default=5, show_default=True, help="The fewest statements of a theme.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True)
@click.option(
    "--yaml", "output", type=click.Path(dir_okay=False, path_type=Path), help="Write the proposals as a codebook."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each cluster, totals last.")
@click.pass_context
def discover(
    ctx: click.Context, clusters: int | None, least: int, seed: int, output: Path | None, as_json: bool
) -> None:
    """Propose themes for statements that no theme covers: clusters, their words, their most central statements.

    A proposal is for a person to name and define. What is too small, too much like a theme or the same statements as
    another is refused, with the reason.
    """
    from advocacy_monitor.classifier.encoder import UniversalSentenceEncoder
    from advocacy_monitor.codebook import is_path, load_codebook
    from advocacy_monitor.config import load_config
    from advocacy_monitor.discovery import Gates, as_codebook
    from advocacy_monitor.discovery import discover as find
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.line import codebook_name
    from advocacy_monitor.uncovered import stored_statements, stored_vectors

    loaded = load_config(ctx.find_root().obj)
    if output is not None and output.exists():
        raise ConfigError(f"{output} exists; name another file")
    codebook = load_codebook(codebook_name(loaded))
    with open_store(loaded) as store:
        statements = stored_statements(store, loaded.config.campaign.languages)
        vectors = stored_vectors(store, UniversalSentenceEncoder(), statements)
    found = find(statements, vectors, themes=codebook.codes, gates=Gates(least=least), clusters=clusters, seed=seed)
    texts = {each.number: each.text for each in statements}
    if output is not None and found.proposed:
        base = codebook_name(loaded)
        base = str(Path(base).resolve()) if is_path(base) else base  # the new file may lie in another folder
        written = as_codebook(found, texts, base=base, name=f"{codebook.name}-proposed")
        try:
            output.write_text(written, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{output}: cannot be written: {error.strerror or error}") from error
    _show(found, texts, as_json=as_json, output=output)


def _show(found: Discovery, texts: Mapping[int, str], *, as_json: bool, output: Path | None) -> None:
    from advocacy_monitor.terminal import json_line, plain, say

    if as_json:
        for candidate in (*found.proposed, *found.refused):
            json_line(_as_json(candidate))
        json_line({"statements": found.statements, "uncovered": found.uncovered, "proposed": len(found.proposed)})
        return
    for number, candidate in enumerate(found.proposed, start=1):
        words = "; ".join(f"{language}: {', '.join(words)}" for language, words in candidate.words.items())
        near = f", nearest theme {candidate.nearest[0]} ({candidate.nearest[1]:.2f})" if candidate.nearest[0] else ""
        say(f"{number}. {candidate.size} statements{near}: {plain(words)}")
        for item_id in candidate.examples:
            say(f"     {item_id:>6}  {plain(texts[item_id], width=_TEXT_WIDTH)}")
    say(
        f"{found.uncovered} of {found.statements} statements have no theme; "
        f"{len(found.proposed)} candidate themes, {len(found.refused)} clusters refused"
    )
    for candidate in found.refused[:_MOST_REFUSED]:
        words = ", ".join(word for of_language in candidate.words.values() for word in of_language)
        say(f"  refused ({candidate.refused}): {plain(words, width=60)}")
    if output is not None and not found.proposed:
        say(f"{output} was not written: there is nothing to propose")
    elif output is not None:
        say(f"Wrote {output}: name and define the themes, then: advocacy-monitor codebook check {output}")


def _as_json(candidate: Candidate) -> dict[str, object]:
    return {
        "size": candidate.size,
        "share": round(candidate.share, 4),
        "tightness": round(candidate.tightness, 4),
        "words": {language: list(words) for language, words in candidate.words.items()},
        "examples": list(candidate.examples),
        "members": list(candidate.members),
        "nearest": {"theme": candidate.nearest[0], "cosine": round(candidate.nearest[1], 4)},
        "overlap": {"theme": candidate.overlap[0], "jaccard": round(candidate.overlap[1], 4)},
        "refused": candidate.refused,
    }
