"""The desk's own pages: a module for each part, with the list of its addresses at its end."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from advocacy_monitor.desk.context import Page

MODULES = (
    *("login", "accounts", "log", "home", "queue", "statement", "coding", "transcribe", "dashboards", "maps", "health"),
    *("view_export", "packs", "choose"),
)
"""In the order in which their addresses are tried."""


def all_pages() -> Iterator[Page]:
    """Every page of the desk."""
    for name in MODULES:
        yield from import_module(f"{__name__}.{name}").PAGES
