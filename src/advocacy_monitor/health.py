"""`check`: configuration, credentials, database, disk and reachability, each finding with a remedy."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from advocacy_monitor import plugins
from advocacy_monitor.config import Config, Loaded
from advocacy_monitor.errors import ConfigError, StoreError
from advocacy_monitor.line import build_enricher, build_source, theme_titles
from advocacy_monitor.store import Store

_LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `remedy` says what to do when it is not `ok`."""

    ok: bool
    what: str
    found: str
    remedy: str = ""


def config_schema() -> str:
    """The JSON Schema of config.yaml, for editors."""
    return json.dumps(Config.model_json_schema(), indent=2, ensure_ascii=False, sort_keys=True)


def _collectors(loaded: Loaded, *, offline: bool) -> Iterator[Finding]:
    for name, collector in loaded.config.collectors.items():
        what = f"collector {name}"
        try:
            source: Any = build_source(loaded, name)
        except ConfigError as error:
            yield Finding(ok=False, what=what, found=str(error), remedy="correct config.yaml or set the secret")
            continue
        yield Finding(ok=True, what=what, found=f"{collector.source}, hours {collector.hours}")
        if not offline:
            for url in getattr(source, "instances", ()):
                yield _reach(f"{what}: {url}", str(url))


def _reach(what: str, url: str) -> Finding:
    parts = urlsplit(url)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=5).close()
    except OSError as error:
        remedy = "check the address, the network and the firewall; other collectors are not affected"
        return Finding(ok=False, what=what, found=f"cannot be reached: {error}", remedy=remedy)
    return Finding(ok=True, what=what, found="answers")


def _enrichers(loaded: Loaded) -> Iterator[Finding]:
    for name in loaded.config.enrichers:
        try:
            enricher = build_enricher(loaded, name)
            yield Finding(ok=True, what=f"enricher {name}", found=f"version {enricher.version}")
        except ConfigError as error:
            yield Finding(ok=False, what=f"enricher {name}", found=str(error), remedy="correct config.yaml")
    try:
        yield Finding(ok=True, what="codebook", found=f"{len(theme_titles(loaded))} themes")
    except ConfigError as error:
        yield Finding(ok=False, what="codebook", found=str(error), remedy="correct `codebook:` or the file")


def _database(loaded: Loaded) -> Iterator[Finding]:
    if not loaded.database.exists():
        yield Finding(ok=True, what="database", found="not there yet; the first collect or import makes it")
        return
    try:
        with Store.open_read_only(loaded.database) as store:
            wrong = store.check()
            found = f"{store.items.count():,} items"
    except StoreError as error:
        yield Finding(ok=False, what="database", found=str(error), remedy="see the message; nothing was changed")
        return
    remedy = "stop the daemon, keep a copy, restore a backup"
    yield Finding(ok=not wrong, what="database", found="; ".join(wrong) or found, remedy=remedy if wrong else "")


def _contacts(path: Path) -> Iterator[Finding]:
    if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        found = f"{path.name} can be read by others (mode {mode:04o})"
        yield Finding(ok=False, what="contacts", found=found, remedy=f"chmod 600 {path}")
    else:
        yield Finding(ok=True, what="contacts", found="private" if path.exists() else "not there yet")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    found = f"{free // 2**20:,} MB free" + ("" if writable else ", but the folder is not writable")
    remedy = "" if free >= _LEAST_FREE and writable else "free some space or use another folder"
    return Finding(ok=free >= _LEAST_FREE and writable, what="disk", found=found, remedy=remedy)


def _exporters() -> Iterator[Finding]:
    for group in (plugins.SOURCES, plugins.EXPORTERS):
        names: Mapping[str, Any] = plugins.installed(group)
        yield Finding(ok=bool(names), what=group.rsplit(".", 1)[1], found=", ".join(names) or "none installed")


def examine(loaded: Loaded, *, offline: bool) -> list[Finding]:
    """Looks at everything that a campaign needs. Secrets are looked up and never shown."""
    return [
        Finding(ok=True, what="configuration", found=f"{loaded.path} is in order"),
        *_exporters(),
        *_collectors(loaded, offline=offline),
        *_enrichers(loaded),
        *_database(loaded),
        *_contacts(loaded.contacts),
        _disk(loaded.folder),
    ]
