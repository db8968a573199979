"""Reads YAML with the parser in C, and refuses what is nested too deeply before a tree is made of it: thousands of
levels end a program in C."""

from __future__ import annotations

from typing import Any

import yaml

from advocacy_monitor.errors import ConfigError

DEEPEST = 50
"""Far deeper than anything that a person writes."""


FAST: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Some twenty times as fast as the one in Python, and makes plain values only, as that does."""


def read(text: str, *, origin: str) -> Any:
    """Plain values. Raises ConfigError as `check_depth` does, and yaml.YAMLError or ValueError for what is no YAML."""
    check_depth(text, origin=origin, loader=FAST)
    loader = FAST(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def check_depth(text: str, *, origin: str, loader: type) -> None:
    """Raises ConfigError naming `origin` and the line. What is no YAML at all raises yaml.YAMLError."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ConfigError(f"{origin}, line {line}: more than {DEEPEST} lists or keys within one another")
