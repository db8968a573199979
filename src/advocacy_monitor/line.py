"""The whole line over a checked configuration: what the command line, the daemon and the demo have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from advocacy_monitor import plugins
from advocacy_monitor.beside import Beside, helpers, may_help, together
from advocacy_monitor.collect import Outcome, collect, few_collections, file_digest, preview
from advocacy_monitor.config import Loaded, enricher_settings
from advocacy_monitor.enrich import Enrichment, enrich
from advocacy_monitor.errors import ConfigError, ExportError, FatalSourceError, SourceError
from advocacy_monitor.hosting import basis, estimate, hosted, open_store
from advocacy_monitor.left_out import CHECKED_BY
from advocacy_monitor.models import Query, Tally, Use
from advocacy_monitor.protocols import Enricher, Source
from advocacy_monitor.store import Store
from advocacy_monitor.summary.refresh import refresh
from advocacy_monitor.terminal import progress as bar


def collect_one(
    store: Store,
    loaded: Loaded,
    name: str,
    *,
    stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], object] | None = None,
    progress: Callable[[Tally], None] | None = None,
    confirmed: bool = False,
) -> Outcome:
    """Runs one collector; a wrong setting or a missing secret is an outcome like any other failure.

    `sleep` is how a source that must wait is to do so. A run that would read or cost more than its source's settings
    allow without asking fails and says so, unless it is `confirmed`.
    """
    try:
        notes: list[str] = []
        source = hosted(store, loaded, name, sleep=sleep, notes=notes)
        if not confirmed and (found := estimate(store, source, name)):
            raise FatalSourceError(
                f"would read about {found.words}; confirm it with `advocacy-monitor collect {name} --yes`"
            )
    except (ConfigError, SourceError) as error:
        run_id = store.runs.start(name, "collect")
        store.runs.finish(run_id, "failed", str(error))
        return Outcome(name=name, run_id=run_id, status="failed", tally=Tally(), message=str(error))
    return collect(store, name, source, basis=basis(loaded), stop=stop, progress=progress, notes=notes)


def _file_source(path: Path, settings: Mapping[str, Any]) -> Source:
    where = f"import {path.name}"
    return cast(Source, plugins.build(plugins.SOURCES, "file", {"path": path, **settings}, where=where))


def import_file(
    store: Store,
    loaded: Loaded,
    path: Path,
    settings: Mapping[str, Any],
    *,
    progress: Callable[[Tally], None] | None = None,
) -> Outcome:
    """Imports one file as a run of its own, named after the file."""
    source = _file_source(path, settings)
    digest = file_digest(path) if path.is_file() else None
    name = f"import:{path.name}"
    return collect(store, name, source, kind="import", basis=basis(loaded), sha256=digest, progress=progress)


def import_paths(
    loaded: Loaded,
    paths: Sequence[Path],
    settings: Mapping[str, Any],
    *,
    dry_run: bool = False,
    consents: Sequence[str] = (),
    proof: str = "",
    quiet: bool = False,
) -> list[Outcome]:
    """Imports files one after the other; one that cannot be read does not stop the next.

    `consents` are uses that everybody in these files agreed to, with the proof of it; they are noted for what this
    import stored.
    """
    for path in paths:
        _refuse_written_answers(path, settings, consents)
    if dry_run:
        return [_noted(preview(f"import:{path.name}", _file_source(path, settings)), path, settings) for path in paths]
    outcomes = []
    with open_store(loaded) as store, few_collections():
        for path in paths:
            with bar(path.name, quiet=quiet) as seen:
                outcome = import_file(store, loaded, path, settings, progress=seen)
            outcomes.append(_noted(outcome, path, settings))
            if outcome.status == "done":
                _grant(store, _file_source(path, settings), consents, proof)
    return outcomes


def _refuse_written_answers(path: Path, settings: Mapping[str, Any], consents: Sequence[str]) -> None:
    """Refuses to grant for everybody what the file asked each person about. Raises ConfigError."""
    describe = getattr(_file_source(path, settings), "describe", None)
    columns: Mapping[str, Any] = {}
    if consents and describe is not None:
        try:
            columns = describe().columns
        except SourceError:
            return  # the import itself will say what is wrong with the file
    for use in consents:
        if f"consents.{use}" in columns:
            raise ConfigError(
                f"{path}: asked each person about {use!r} (column {columns[f'consents.{use}'][0]!r}); "
                f"--consent {use} would overrule their answers"
            )


def _grant(store: Store, source: Source, consents: Sequence[str], proof: str) -> None:
    """Notes a consent for every item of a file for which nothing is noted yet, also when they were there before."""
    if not consents:
        return
    for page in source.pages(None):
        keys = [(item.source, item.source_id) for item in page.items]
        for use in consents:
            store.assertions.consent(store.items.without_consent(keys, Use(use)), Use(use), granted=True, proof=proof)


def _noted(outcome: Outcome, path: Path, settings: Mapping[str, Any]) -> Outcome:
    """An import's outcome with what the reader understood of the file: encoding, columns, consents found or missing."""
    describe = getattr(_file_source(path, settings), "describe", None)
    if outcome.status == "failed" or describe is None:
        return outcome
    try:
        return replace(outcome, notes=tuple(describe().notes))
    except SourceError as error:  # the file changed after it was read
        return replace(outcome, notes=(str(error),))


def check_query(loaded: Loaded, query: Query) -> None:
    """Refuses a theme that the codebook does not have, and dates the wrong way round. Raises ConfigError."""
    known = list(theme_titles(loaded))
    for theme in query.themes:
        if theme not in known:
            raise ConfigError(
                f"--theme {theme}: is not in the codebook{plugins.nearest(theme, known)}; there are: {', '.join(known)}"
            )
    if query.since and query.until and query.since > query.until:
        raise ConfigError(f"--since {query.since} is later than --until {query.until}")


def build_enricher(loaded: Loaded, name: str) -> Enricher:
    """An enricher with its settings and the campaign's. Raises ConfigError."""
    if name not in loaded.config.enrichers:
        names = list(loaded.config.enrichers)
        raise ConfigError(
            f"{loaded.path}: no enricher is called {name!r}{plugins.nearest(name, names)}; "
            f"there are: {', '.join(names)}"
        )
    settings = enricher_settings(loaded, name, plugins.load(plugins.ENRICHERS, name))
    return cast(Enricher, plugins.build(plugins.ENRICHERS, name, settings, where=f"enrichers.{name}"))


def enrich_all(
    store: Store,
    loaded: Loaded,
    names: Sequence[str] = (),
    *,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[str, int], None] | None = None,
) -> list[Enrichment]:
    """Runs the enrichers in the order of the configuration, or the named ones.

    A slow one with much to do is begun beside the others, in a process of its own, as soon as what it reads is there.
    Afterwards the summary for the desk is brought up to date.
    """
    made: list[Enrichment] = []
    enrichers = {name: build_enricher(loaded, name) for name in names or loaded.config.enrichers}
    with helpers() as start:
        beside: dict[str, Beside] = {}
        for name, enricher in enrichers.items():
            if not beside:
                beside = {slow: start(loaded, slow) for slow in _slow(store, loaded, enrichers, made)[:1]}
            helped = beside[name].result(stop) if name in beside else None
            report = _named(progress, name) if progress else None
            made.append(together(enrich(store, name, enricher, stop=stop, progress=report), helped))
            if stop():
                break
    while not stop() and refresh(store, loaded, most=_SUMMED_UP_AT_ONCE):
        pass
    return made


_SUMMED_UP_AT_ONCE = 5000


def _slow(store: Store, loaded: Loaded, enrichers: Mapping[str, Enricher], made: Sequence[Enrichment]) -> list[str]:
    """The slow enrichers that have much to do, whose turn is not next, and for which all that they read is there."""
    done = {enrichment.name for enrichment in made}
    next_one = next(name for name in enrichers if name not in done)
    found = []
    for name, enricher in enrichers.items():
        reads = getattr(enricher, "slow_after", None)
        if reads is not None and name not in done | {next_one} and done >= set(reads) & set(enrichers):
            by, seen, _ = store.assertions.seen(name)
            waiting = store.items.last_id() - (seen if by == f"{name}@{enricher.version}" else 0)
            if may_help(loaded, waiting):
                found.append(name)
    return found


def _named(progress: Callable[[str, int], None], name: str) -> Callable[[int], None]:
    return lambda count: progress(name, count)


def theme_titles(loaded: Loaded) -> dict[str, str]:
    """The themes' names in the pack's language, from the campaign's codebook."""
    from advocacy_monitor.codebook import load_codebook

    codebook = load_codebook(codebook_name(loaded))
    language = loaded.config.campaign.pack_language
    return {theme.code: theme.title.get(language) or theme.title["en"] for theme in codebook.themes}


def codebook_name(loaded: Loaded) -> str:
    """The shipped codebook's name, or the path of the campaign's own."""
    given = loaded.config.campaign.codebook
    return str(loaded.folder / given) if given.endswith((".yaml", ".yml")) else given


def check_versions(loaded: Loaded) -> dict[str, str]:
    """The `name@version` of the checks that a pack waits for. Raises ExportError when the configuration lacks one."""
    for name in CHECKED_BY:
        if name not in loaded.config.enrichers:
            raise ExportError(f"{loaded.path}: `enrichers` has no {name!r}; no pack leaves without that check")
    return {name: f"{name}@{build_enricher(loaded, name).version}" for name in CHECKED_BY}
