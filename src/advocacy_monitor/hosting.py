"""Collectors over a checked configuration: the store, a source with its settings, and what the program offers it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import cast

from advocacy_monitor import plugins
from advocacy_monitor.collect import MISSED
from advocacy_monitor.config import Loaded, source_settings
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError, FatalSourceError, StoreError
from advocacy_monitor.models import Estimate
from advocacy_monitor.protocols import Estimating, Host, Hosted, Source
from advocacy_monitor.questionnaire import Questionnaire, load_questionnaire
from advocacy_monitor.sources.outgoing import allow_private
from advocacy_monitor.store import LegalBasis, Store, now


def open_store(loaded: Loaded, *, clock: Callable[[], datetime] = now) -> Store:
    """The campaign's store, made at first use. ADVOCACY_MONITOR_BUSY_SECONDS is how long to wait for a lock."""
    try:
        busy = float(os.environ.get("ADVOCACY_MONITOR_BUSY_SECONDS", "30"))
    except ValueError as error:
        raise ConfigError("ADVOCACY_MONITOR_BUSY_SECONDS: must be a number of seconds") from error
    return Store.open(
        loaded.database,
        contacts_path=loaded.contacts,
        clock=clock,
        busy_seconds=busy,
        before_upgrade=lambda: _save(loaded, clock),
    )


def _save(loaded: Loaded, clock: Callable[[], datetime]) -> None:
    """A backup before an upgrade; without one there is no upgrade."""
    from advocacy_monitor import backups

    try:
        backups.make(loaded, clock=clock, reason="before an upgrade")
    except AdvocacyMonitorError as error:
        raise StoreError(
            f"{loaded.database.name} has to be brought up to date, and no backup could be made before: {error}; "
            "nothing was changed"
        ) from error


def basis(loaded: Loaded) -> LegalBasis:
    """The legal bases that the campaign states."""
    given = loaded.config.campaign.legal_basis
    return LegalBasis(posts=given.posts, submissions=given.submissions, mails=given.mails)


def questionnaire(loaded: Loaded) -> Questionnaire:
    """What the campaign's form and flyers ask. Raises ConfigError."""
    name = loaded.config.form.questionnaire
    return load_questionnaire(loaded.folder / name if name.endswith((".yaml", ".yml")) else name)


def form_languages(loaded: Loaded) -> tuple[str, ...]:
    """The languages in which the form is offered: the campaign's choice among those of the questionnaire.

    Raises ConfigError when the questionnaire lacks one of them.
    """
    asked = questionnaire(loaded)
    wanted = loaded.config.form.languages or asked.languages
    if missing := [code for code in wanted if code not in asked.languages]:
        raise ConfigError(
            f"{loaded.path}: form.languages: the questionnaire {asked.name} has no complete wording in {missing[0]!r}; "
            f"it has: {', '.join(asked.languages)}"
        )
    return wanted


def build_source(loaded: Loaded, name: str) -> Source:
    """A collector's source with its settings. Raises ConfigError."""
    collectors = loaded.config.collectors
    if name not in collectors:
        raise ConfigError(
            f"{loaded.path}: no collector is called {name!r}{plugins.nearest(name, list(collectors))}; "
            f"there are: {', '.join(collectors) or 'none'}"
        )
    kind = collectors[name].source
    allow_private(loaded.config.network.private_hosts)
    settings = source_settings(loaded, name, plugins.load(plugins.SOURCES, kind))
    return cast(Source, plugins.build(plugins.SOURCES, kind, settings, where=f"collectors.{name}.settings"))


def hosted(
    store: Store,
    loaded: Loaded,
    name: str,
    *,
    sleep: Callable[[float], object] | None = None,
    notes: list[str] | None = None,
    run: str | None = None,
) -> Source:
    """A collector's source with what this program offers it: clock, waiting, a line in `status`, what was spent.

    `notes` is added to while the source runs; `run` is what its run is called, if not as the collector. Raises
    ConfigError.
    """
    noted = [] if notes is None else notes
    source = build_source(loaded, name)
    if not isinstance(source, Hosted):
        return source
    kind = loaded.config.collectors[name].source
    host = Host(
        clock=store.now,
        sleep=sleep or time.sleep,
        say=lambda words: store.runs.say_of(run or name, words),
        note=noted.append,
        missed=lambda words: noted.append(f"{MISSED}{words}"),
        spent=store.spending.of(kind),
    )
    return cast(Source, source.hosted_by(host))


def estimate_of(store: Store, loaded: Loaded, name: str) -> Estimate | None:
    """What a run of a collector would read and cost, where that is worth asking a person about. Raises SourceError."""
    return estimate(store, hosted(store, loaded, name), name)


def estimate(store: Store, source: Source, name: str) -> Estimate | None:
    """The same of a source that is built; what it cost to find out is noted."""
    if not isinstance(source, Estimating):
        return None
    with plugins.boundary(name, FatalSourceError):
        found = source.estimate(store.cursor(name))
    if found is not None and found.usage:
        store.spending.add(name, found.usage)
    return found
