"""From a name in config.yaml to an object, through entry points.

Built-in plugins take the same road as a stranger's. A class is imported only when its name is asked for, so that a
missing extra (say Mastodon.py) is one clear message for the collector that needs it and no trouble for the others.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

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
    return dict(_installed(group, tuple(sys.path)))


@lru_cache(maxsize=64)
def _installed(group: str, path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """Finding them reads a file of every installed package, some hundred; none is installed into a running program."""
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
    for problem in error.errors(include_url=False, include_context=False):
        path = ".".join((where, *map(str, problem["loc"])))
        keys = _keys_at(plugin, problem["loc"])
        if problem["type"] == "extra_forbidden":
            yield f"{path}: unknown key{nearest(str(problem['loc'][-1]), keys)}; allowed: {', '.join(keys)}"
        elif problem["type"] == "missing":
            yield f"{path}: is missing"
        else:
            given = problem["input"]
            shown = f", found {given!r}" if isinstance(given, (str, int, float, bool)) else ""
            yield f"{path}: {in_words(problem['msg'])}{_meant(plugin, problem)}{shown}"


def in_words(message: str) -> str:
    """A message of pydantic for people who write YAML, which knows lists and no tuples."""
    plain = message.removeprefix("Value error, ").replace("Tuple should", "List should")
    return plain.replace("a valid tuple", "a list, such as [one, two]")


def _keys_at(plugin: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that are allowed where a path ends: those of the plugin, or of a part of a list in its settings."""
    model = plugin
    for part in path[:-1]:
        field = model.model_fields.get(str(part))
        parts = get_args(field.annotation) if field else ()
        model = next((each for each in parts if isinstance(each, type) and issubclass(each, BaseModel)), model)
    return list(model.model_fields)


def _meant(plugin: type[BaseModel], problem: Any) -> str:
    """What a setting is, where pydantic can only name the pattern that it must fit."""
    field = plugin.model_fields.get(str(problem["loc"][0])) if problem["loc"] else None
    return f" ({field.description})" if problem["type"] == "string_pattern_mismatch" and field else ""


@contextmanager
def boundary(name: str, as_error: type[AdvocacyMonitorError]) -> Iterator[None]:
    """Turns whatever a plugin raises by mistake into one of our errors, so that the other plugins go on.

    Nowhere else around plugins is any exception caught: a stranger's may raise anything.
    """
    try:
        yield
    except AdvocacyMonitorError:
        raise
    except MemoryError:
        raise as_error(f"{name}: there is not enough memory for what it read at once") from None
    except Exception as error:
        raise as_error(f"{name}: unexpected {type(error).__name__}: {error}") from error
