"""What a platform's replay must offer so that its source is tried for nothing (`test_every_source.py`).

A module `platform_NAME.py` for each source NAME has a context manager `running() -> Iterator[Platform]`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, cast

from advocacy_monitor.protocols import Source
from tests.sources.replay import ReplayServer


class Platform(Protocol):
    """A running stand-in for a platform, and the source that asks it."""

    server: ReplayServer | None
    """The HTTP server, or None where the platform is not asked over HTTP: then HTTP's faults are not tried."""

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> Source:
        """A source with the settings to read all of it, whose host never really sleeps."""
        ...

    def arrive(self, count: int) -> None:
        """So many new posts, newer than all before."""
        ...

    def spoil(self) -> None:
        """One new record arrives that cannot be read: a reject, and no reason to stop."""
        ...

    def expected(self) -> set[str]:
        """The source ids of all posts that arrived and can be read."""
        ...


def names() -> list[str]:
    """The sources that have a replay."""
    return sorted(path.stem.removeprefix("platform_") for path in Path(__file__).parent.glob("platform_*.py"))


def running(name: str) -> AbstractContextManager[Platform]:
    """A source's platform, started."""
    module = importlib.import_module(f"tests.sources.platform_{name}")
    return cast("Callable[[], AbstractContextManager[Platform]]", module.running)()
