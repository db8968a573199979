"""From a name in config.yaml to an object, through entry points.

Built-in plugins take the same road as a stranger's. A class is imported only when its name is asked for, so that a
missing extra (say Mastodon.py) is one clear message for the collector that needs it and no trouble for the others.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import ValidationError

from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError
from advocacy_monitor.protocols import Plugin

SOURCES = "advocacy_monitor.sources"
ENRICHERS = "advocacy_monitor.enrichers"
EXPORTERS = "advocacy_monitor.exporters"

_EXTRAS = {
    "atproto": "bluesky",
    "atproto_client": "bluesky",
    "atproto_core": "bluesky",
    "atproto_server": "bluesky",
    "datasette": "browse",
    "feedparser": "feed",
    "imap_tools": "mailbox",
    "mastodon": "mastodon",
    "praw": "reddit",
    "prawcore": "reddit",
    "starlette": "webhook",
    "tweepy": "x",
    "uvicorn": "browse",
    "websockets": "bluesky",
}
_SHARED = {"httpx", "requests"}
"""Packages that several extras bring: the plugin's own name is the extra's."""


def installed(group: str) -> dict[str, EntryPoint]:
    """The plugins of a group by name, in the order of their names."""
    return {point.name: point for point in sorted(entry_points(group=group), key=lambda point: point.name)}


def nearest(name: str, names: list[str]) -> str:
    """' (did you mean x?)' when a known name is near, else ''."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def load(group: str, name: str) -> type[Plugin]:
    """The class of a plugin. Raises ConfigError when it is unknown or needs a package that is not installed."""
    found = installed(group)
    kind = group.rsplit(".", 1)[1].removesuffix("s")
    if name not in found:
        raise ConfigError(f"no {kind} is called {name!r}{nearest(name, list(found))}; there are: {', '.join(found)}")
    try:
        plugin = found[name].load()
    except ImportError as error:
        package = (error.name or "").split(".")[0]
        extra = name if package in _SHARED else _EXTRAS.get(package)
        remedy = f'; install it with: pip install "advocacy-monitor[{extra}]"' if extra else ""
        raise ConfigError(f"{kind} {name} cannot be loaded: {error}{remedy}") from error
    if not (isinstance(plugin, type) and issubclass(plugin, Plugin)):
        raise ConfigError(f"{kind} {name}: {found[name].value} is not a Plugin class")
    return plugin


def build(group: str, name: str, settings: Mapping[str, Any], *, where: str) -> Plugin:
    """A plugin with its settings. Raises ConfigError naming `where`, key, what was found and what is allowed."""
    plugin = load(group, name)
    try:
        return plugin.model_validate(dict(settings))
    except ValidationError as error:
        raise ConfigError("\n".join(problems(error, where=where, plugin=plugin))) from error


def problems(error: ValidationError, *, where: str, plugin: type[Plugin]) -> Iterator[str]:
    """One line for each mistake in the settings of a plugin; never the value of a secret."""
    keys = list(plugin.model_fields)
    for problem in error.errors(include_url=False, include_context=False):
        path = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            yield f"{where}.{path}: unknown key{nearest(path, keys)}; allowed: {', '.join(keys)}"
        elif problem["type"] == "missing":
            yield f"{where}.{path}: is missing"
        else:
            given = problem["input"]
            shown = f", found {given!r}" if isinstance(given, (str, int, float, bool)) else ""
            yield f"{where}.{path}: {problem['msg'].removeprefix('Value error, ')}{shown}"


@contextmanager
def boundary(name: str, as_error: type[AdvocacyMonitorError]) -> Iterator[None]:
    """Turns whatever a plugin raises by mistake into one of our errors, so that the other plugins go on.

    This is the one place where any exception is caught: a stranger's plugin may raise anything.
    """
    try:
        yield
    except AdvocacyMonitorError:
        raise
    except Exception as error:
        raise as_error(f"{name}: unexpected {type(error).__name__}: {error}") from error
