"""`browse`: the desk on a port, with Datasette over the campaign's database behind it."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils import tilde_encode
from datasette.version import __version__
from markupsafe import Markup

from advocacy_monitor import yaml_depth
from advocacy_monitor.config import Loaded
from advocacy_monitor.desk import plugin
from advocacy_monitor.desk.context import BASE, Desk
from advocacy_monitor.desk.gate import CLOSED_TABLES
from advocacy_monitor.desk.opening import keep_up, open_desk
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.staff.roles import RIGHTS, Right
from advocacy_monitor.terminal import say

SETTINGS: Mapping[str, Any] = {
    "allow_download": False,
    "cache_size_kb": 65536,
    "default_cache_ttl": 0,
    "default_page_size": 50,
    "facet_time_limit_ms": 1000,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 5000,
    "suggest_facets": False,
    "truncate_cells_html": 600,
}
"""Facet suggestions alone took two seconds a page on 200,000 rows; answers are never kept by a browser."""

_DATABASE_IN_FILES = "advocacy"
_READING = "&".join(
    f"_col={name}" for name in ("text", "created_at", "source", "kind", "language", "library", "area", "url")
)


def _read(name: str) -> dict[str, Any]:
    text = (resources.files("advocacy_monitor.desk") / "dashboards" / name).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml_depth.read(text, origin=name)
    return content


def _front_page(loaded: Loaded, database: str, queries: Mapping[str, Any]) -> str:
    """What Datasette's pages are for, and the way back to the desk."""
    campaign = loaded.config.campaign
    base = f"/{tilde_encode(database)}"
    sample = Markup("<p><strong>Sample data:</strong> every statement here was invented.</p>")
    links = Markup("").join(
        Markup('<li><a href="{}/{}">{}</a></li>').format(base, name, query["title"]) for name, query in queries.items()
    )
    return str(
        Markup(
            '{}<p><a href="/-/desk/">Back to the desk</a></p>'
            "<p>What people say about their libraries, collected by {} for the campaign “{}”, as tables to look "
            "things up in. These pages only read: statements are judged and exported at the desk.</p>"
            '<p><a href="{}/items?{}">All statements, with search</a></p>'
            "<h2>Questions</h2><ul>{}</ul>"
        ).format(sample if campaign.sample_data else "", campaign.sponsor, campaign.name, base, _READING, links)
    )


def describe(loaded: Loaded) -> dict[str, Any]:
    """What Datasette is told: titles, descriptions, facets, questions, and who may see what.

    The gate has refused everybody else before; this is the second lock.
    """
    name = loaded.database.stem
    campaign = loaded.config.campaign
    marked = not campaign.sample_data or "sample data" in campaign.name.lower()
    title = campaign.name if marked else f"{campaign.name} (sample data)"
    about = _read("datasette.yaml")["databases"][_DATABASE_IN_FILES]
    about["queries"] = _read("queries.yaml") | _own_queries(loaded.folder / "dashboards" / "queries.yaml")
    about["title"] = title
    about["description_html"] = _front_page(loaded, name, about["queries"])
    about["allow"] = {"role": _who_may(Right.TABLES)}
    about["allow_sql"] = {"role": _who_may(Right.SQL)}
    for table in CLOSED_TABLES:
        about["tables"].setdefault(table, {})["allow"] = {"role": _who_may(Right.SQL)}
    return {"title": title, "allow": {"role": _who_may(Right.TABLES)}, "databases": {name: about}}


def _own_queries(path: Path) -> dict[str, Any]:
    """The questions that an association added, or put in the place of ours. Raises ConfigError."""
    if not path.is_file():
        return {}
    try:
        found = yaml_depth.read(path.read_text(encoding="utf-8"), origin=str(path)) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as YAML: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: expected questions by name, found {type(found).__name__}")
    for name, query in found.items():
        if not isinstance(query, dict) or not all(isinstance(query.get(key), str) for key in ("title", "sql")):
            raise ConfigError(f"{path}: {name}: a question needs a title and an sql, both as text")
    return found


def _who_may(right: Right) -> list[str]:
    return [str(role) for role, rights in RIGHTS.items() if right in rights]


def build(loaded: Loaded, opened: Desk | None = None) -> Datasette:
    """A Datasette that knows the campaign's database and nothing else, behind a desk. Raises StoreError, ConfigError.

    Datasette 0.65 takes everything as metadata; 1.0 takes questions and settings of tables as configuration.
    """
    opened = opened or open_desk(loaded)
    if not pm.is_registered(plugin):
        pm.register(plugin, "advocacy_monitor")
    about = describe(loaded)
    also = {} if __version__.startswith("0.") else {"config": about}
    made = Datasette([str(loaded.database)], metadata=about, settings=dict(SETTINGS), **also)
    plugin.DESKS[made] = opened
    return made


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name may lead anywhere


def _listen(host: str, port: int, *, is_alone: bool) -> socket.socket:
    """A socket; port 0 is any free one. Raises ConfigError."""
    host = "127.0.0.1" if host == "localhost" else host
    if is_alone and not _is_local(host):
        raise ConfigError(
            f"--host {host}: the desk would be open to the network without HTTPS; give `desk.address` in config.yaml, "
            "the https address of a web server in front of it, or use 127.0.0.1 and an SSH tunnel"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(f"--port {port}: cannot listen on {host}: {why}; try --port 0") from error


def serve(loaded: Loaded, *, host: str, port: int, name: str) -> None:
    """Runs the desk until it is interrupted; the link that it prints lets `name` in, once.

    Raises ConfigError, StoreError.
    """
    import uvicorn

    address = loaded.config.desk.address
    with _listen(host, port, is_alone=address is None) as listening:
        opened = open_desk(loaded)
        app = build(loaded, opened).app()
        end = keep_up(opened)
        shown = f"[{host}]" if ":" in host else host
        base = str(address).rstrip("/") if address else f"http://{shown}:{listening.getsockname()[1]}"
        say(f"The desk is open at {base}/ (Ctrl+C closes it)")
        key = opened.accounts.make_entry_key(name)
        say(f"Log in as {name}, once and within ten minutes: {base}{BASE}/enter?key={key}")
        sys.stdout.flush()
        # What staff search for is in the addresses: it must not end up in a log.
        settings = uvicorn.Config(app, log_level="warning", access_log=False, proxy_headers=address is not None)
        try:
            uvicorn.Server(settings).run(sockets=[listening])
        finally:
            end()
