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
from typing import Any, cast
from urllib.parse import urlsplit

from advocacy_monitor import plugins
from advocacy_monitor.backups.restoring import BEFORE_RESTORE
from advocacy_monitor.config import Config, Loaded, alert_webhook, mail_password
from advocacy_monitor.errors import ConfigError, StoreError
from advocacy_monitor.hosting import build_source, form_languages, questionnaire
from advocacy_monitor.line import build_enricher, theme_titles
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS

_LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `remedy` says what to do when it is not `ok`, or better changed (`warns`)."""

    ok: bool
    what: str
    found: str
    remedy: str = ""
    warns: bool = False


def config_schema() -> str:
    """The JSON Schema of config.yaml, for editors."""
    return json.dumps(Config.model_json_schema(), indent=2, ensure_ascii=False, sort_keys=True)


def _collectors(loaded: Loaded, *, offline: bool) -> Iterator[Finding]:
    for name, collector in loaded.config.collectors.items():
        what = f"collector {name}"
        try:
            source = cast(Plugin, build_source(loaded, name))
        except ConfigError as error:
            yield Finding(ok=False, what=what, found=str(error), remedy="correct config.yaml or set the secret")
            continue
        yield Finding(ok=True, what=what, found=f"{collector.source}, hours {collector.hours}")
        if not offline:
            for host, port in dict.fromkeys(_servers(source)):
                yield _reach(what, host, port)


def _servers(source: Plugin) -> Iterator[tuple[str, int]]:
    """Host and port of every server that a source's settings name; what else stands in an address is nobody's."""
    for name in type(source).model_fields:
        value = getattr(source, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, str) and each.startswith(("https://", "http://", "wss://", "ws://")):
                parts = urlsplit(each)
                yield parts.hostname or "", parts.port or (80 if parts.scheme in ("http", "ws") else 443)
    host, port = getattr(source, "host", None), getattr(source, "port", None)
    if isinstance(host, str) and isinstance(port, int):
        yield host, port


def _reach(what: str, host: str, port: int) -> Finding:
    what = f"{what}: {host}:{port}"
    try:
        socket.create_connection((host, port), timeout=5).close()
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


def _terms(loaded: Loaded) -> Iterator[Finding]:
    """Where the campaign's settings go beyond what the platforms' rules bear."""
    config = loaded.config
    for source in sorted({collector.source for collector in config.collectors.values()} & TERMS.keys()):
        terms, found = TERMS[source], []
        if terms.recheck_hours and (
            not config.verification.hours or config.verification.every_hours > terms.recheck_hours
        ):
            found.append(
                f"posts are looked up again too seldom: at least every {terms.recheck_hours} hours is asked for"
            )
        days = config.retention.unverified_days.get(source)
        if terms.unverified_days and (days is None or days > terms.unverified_days):
            found.append(
                f"retention.unverified_days.{source} is {days or 'not set'}; {terms.unverified_days} is the most"
            )
        if terms.export_a_day and config.thresholds.quotes > terms.export_a_day:
            found.append(
                f"thresholds.quotes is {config.thresholds.quotes}; {terms.export_a_day} posts a day is the most"
            )
        for each in found:
            remedy = "see docs/reference/platform-terms.md"
            yield Finding(ok=True, warns=True, what=f"rules of {terms.name}", found=each, remedy=remedy)


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


def _secret_files(settings: Any) -> Iterator[str]:
    """The files that `{file: PATH}` in config.yaml names, wherever a secret may stand."""
    if isinstance(settings, Mapping):
        if set(settings) == {"file"} and isinstance(settings["file"], str):
            yield settings["file"]
        else:
            for each in settings.values():
                yield from _secret_files(each)
    elif isinstance(settings, (list, tuple)):
        for each in settings:
            yield from _secret_files(each)


def _open_to_all(loaded: Loaded) -> Iterator[Finding]:
    """Secrets and statements that every user of this computer can read, such as files of earlier versions.

    That a secret is there is looked at where it is needed.
    """
    secrets = dict.fromkeys([*_secret_files(loaded.config.model_dump()), "secrets.env"])
    for what, path in [("secret", loaded.folder / name) for name in secrets] + [("database", loaded.database)]:
        if path.is_file() and (mode := stat.S_IMODE(path.stat().st_mode)) & stat.S_IROTH:
            found = f"{path.name} can be read by every user of this computer (mode {mode:04o})"
            yield Finding(ok=True, warns=True, what=what, found=found, remedy=f"chmod 600 {path}")


def _put_aside(loaded: Loaded) -> Iterator[Finding]:
    """What restores put aside: nobody erases in it, and no backup, status or retention knows it."""
    found = sorted(loaded.database.parent.glob(f"{loaded.database.stem}{BEFORE_RESTORE}*"))
    if found:
        names = ", ".join(path.name for path in found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        yield Finding(
            ok=True,
            warns=True,
            what="put aside",
            found=f"{names}: from before a restore, and may hold what people had erased",
            remedy="look whether you need anything of it, then delete it",
        )


def _contacts(path: Path) -> Iterator[Finding]:
    if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        found = f"{path.name} can be read by others (mode {mode:04o})"
        yield Finding(ok=False, what="contacts", found=found, remedy=f"chmod 600 {path}")
    else:
        yield Finding(ok=True, what="contacts", found="private" if path.exists() else "not there yet")


def _form(loaded: Loaded) -> Iterator[Finding]:
    """The form and the mail: whether what they need can be read."""
    try:
        asked, languages = questionnaire(loaded), form_languages(loaded)
        found = f"{asked.name} {asked.version}, {len(asked.questions)} questions in {', '.join(languages)}"
        yield Finding(ok=True, what="questionnaire", found=found)
    except ConfigError as error:
        yield Finding(ok=False, what="questionnaire", found=str(error), remedy="correct form.questionnaire")
    if loaded.config.form.port is not None and loaded.config.form.address is None:
        yield Finding(
            ok=True,
            warns=True,
            what="form",
            found="has no public address, so that QR codes and mails cannot lead to it",
            remedy="set form.address in config.yaml",
        )
    if loaded.config.mail is not None:
        try:
            mail_password(loaded)
            yield Finding(ok=True, what="mail", found=f"by {loaded.config.mail.host}:{loaded.config.mail.port}")
        except ConfigError as error:
            yield Finding(ok=False, what="mail", found=str(error), remedy="set the password")


def _alerts(loaded: Loaded) -> Iterator[Finding]:
    """Whether anybody would hear that something fails."""
    given = loaded.config.alerts
    try:
        hook = alert_webhook(loaded)
    except ConfigError as error:
        yield Finding(ok=False, what="alerts", found=str(error), remedy="set the secret")
        return
    if given.to and loaded.config.mail is None:
        found = "alerts.to names people, and there is no `mail` section to write to them with"
        yield Finding(ok=False, what="alerts", found=found, remedy="add `mail`; see docs/how-to/mail.md")
    elif not given.to and hook is None:
        found = "nobody is told when something fails"
        remedy = "set alerts.to or alerts.webhook; see docs/how-to/monitor.md"
        yield Finding(ok=True, warns=True, what="alerts", found=found, remedy=remedy)
    else:
        roads = [f"{len(given.to)} by mail"] * bool(given.to) + ["a webhook"] * (hook is not None)
        yield Finding(ok=True, what="alerts", found=" and ".join(roads))


def _desk(loaded: Loaded) -> Iterator[Finding]:
    """The one file that only the desk reads: nobody would miss it before somebody opens the map."""
    path = loaded.config.desk.map
    if path is not None:
        is_there = (loaded.folder / path).is_file()
        found = f"{path}" if is_there else f"desk.map: there is no file {path}"
        yield Finding(
            ok=is_there, what="map", found=found, remedy="" if is_there else "correct desk.map in config.yaml"
        )


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
        *_terms(loaded),
        *_database(loaded),
        *_contacts(loaded.contacts),
        *_open_to_all(loaded),
        *_put_aside(loaded),
        *_form(loaded),
        *_alerts(loaded),
        *_desk(loaded),
        _disk(loaded.folder),
    ]
