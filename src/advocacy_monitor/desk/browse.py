"""`browse`: Datasette over the campaign's database, read-only, on this machine only, with labels and questions."""

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

from advocacy_monitor import desk
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store import Store
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
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def _front_page(loaded: Loaded, database: str, queries: Mapping[str, Any]) -> str:
    """What this is, whether it is sample data, and the way in."""
    campaign = loaded.config.campaign
    base = f"/{tilde_encode(database)}"
    sample = Markup("<p><strong>Sample data:</strong> every statement here was invented.</p>")
    links = Markup("").join(
        Markup('<li><a href="{}/{}">{}</a></li>').format(base, name, query["title"]) for name, query in queries.items()
    )
    return str(
        Markup(
            "{}<p>What people say about their libraries, collected by {} for the campaign “{}”. "
            "This desk only reads: statements are judged with <code>advocacy-monitor moderate</code> and leave in "
            "<code>advocacy-monitor pack</code>.</p>"
            '<p><a href="{}/items?{}">All statements, with search</a> · '
            '<a href="{}/statements?status=pending">What waits for moderation</a></p>'
            "<h2>Questions</h2><ul>{}</ul>"
        ).format(sample if campaign.sample_data else "", campaign.sponsor, campaign.name, base, _READING, base, links)
    )


def describe(loaded: Loaded) -> dict[str, Any]:
    """What Datasette is told: titles, descriptions, facets, questions, under the name of the campaign's database."""
    name = loaded.database.stem
    campaign = loaded.config.campaign
    marked = not campaign.sample_data or "sample data" in campaign.name.lower()
    title = campaign.name if marked else f"{campaign.name} (sample data)"
    about = _read("datasette.yaml")["databases"][_DATABASE_IN_FILES]
    about["queries"] = _read("queries.yaml")
    about["title"] = title
    return {
        "title": title,
        "description_html": _front_page(loaded, name, about["queries"]),
        "databases": {name: about},
        "plugins": {desk.PLUGIN: {"database": name, "sample": campaign.sample_data}},
    }


def _check_database(path: Path) -> None:
    """Refuses a database that is missing, damaged or newer, and a path that would be read as something else."""
    if any(sign in str(path) for sign in "?#%"):
        raise ConfigError(f"{path}: a path with ?, # or % cannot be browsed; move the campaign to another folder")
    Store.open_read_only(path).close()


def build(loaded: Loaded) -> Datasette:
    """A Datasette that knows the campaign's database and nothing else. Raises StoreError, ConfigError.

    Datasette 0.65 takes everything as metadata; 1.0 takes questions and settings of tables as configuration.
    """
    _check_database(loaded.database)
    if not pm.is_registered(desk):
        pm.register(desk, "advocacy_monitor")
    about = describe(loaded)
    also = {} if __version__.startswith("0.") else {"config": about}
    static = str(resources.files("advocacy_monitor.desk") / "static")
    return Datasette(
        [str(loaded.database)], metadata=about, settings=dict(SETTINGS), static_mounts=[(desk.STATIC, static)], **also
    )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name may lead anywhere


def _listen(host: str, port: int) -> socket.socket:
    """A socket on this machine; port 0 is any free one. Raises ConfigError."""
    host = "127.0.0.1" if host == "localhost" else host
    if not _is_local(host):
        raise ConfigError(
            f"--host {host}: the desk has no log-in yet, so everybody who can reach it can read everything; "
            "use 127.0.0.1, and an SSH tunnel to look from another computer"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(f"--port {port}: cannot listen on {host}: {why}; try --port 0") from error


def serve(loaded: Loaded, *, host: str, port: int) -> None:
    """Runs the desk until it is interrupted. Raises ConfigError, StoreError."""
    import uvicorn

    with _listen(host, port) as listening:
        app = build(loaded).app()
        shown = f"[{host}]" if ":" in host else host
        say(f"The desk is open at http://{shown}:{listening.getsockname()[1]}/ (read-only; Ctrl+C closes it)")
        sys.stdout.flush()
        # What staff search for is in the addresses: it must not end up in a log.
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
