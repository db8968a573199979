"""Lets one slow enricher work in a process of its own while the others go on in this one.

The sentence encoder takes as long as all other enrichers together, and Python runs one thing at a time in a process.
The helper is nothing but `advocacy-monitor enrich NAME`: each enricher keeps how far it has come, so whatever becomes
of the helper, the same enricher is run here afterwards and does what is left.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from advocacy_monitor.enrich import Enrichment
from advocacy_monitor.errors import ConfigError

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded

LEAST_ITEMS = 2_000
"""Below this a second start of the program costs more than it saves."""

_POLL_SECONDS = 0.1
_END_SECONDS = 10.0


class Beside:
    """A helper that runs one enricher."""

    def __init__(self, loaded: Loaded, name: str) -> None:
        command = [sys.executable, "-m", "advocacy_monitor", "-c", str(loaded.path), "enrich", name, "--json"]
        self.name = name
        self._process = subprocess.Popen(  # noqa: S603  # our own program, with a name out of the configuration
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def result(self, stop: Callable[[], bool]) -> Enrichment | None:
        """What it did, once it has ended; None where it failed or was stopped."""
        while self._process.poll() is None:
            if stop():
                self.end()
                return None
            time.sleep(_POLL_SECONDS)
        said = self._process.stdout.read() if self._process.stdout else b""
        try:
            values: dict[str, Any] = msgspec.json.decode(said.splitlines()[-1], type=dict[str, Any])
            return Enrichment(**{key: values[key] for key in ("name", "by", "items", "annotations", "set_aside")})
        except (msgspec.DecodeError, IndexError, KeyError, TypeError):
            return None

    def end(self) -> None:
        """Ends it, if it has not ended by itself. What it was doing is not lost: that is done again."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@contextmanager
def helpers() -> Iterator[Callable[[Loaded, str], Beside]]:
    """Starts helpers, and ends those that are still at work when this process goes on to something else."""
    started: list[Beside] = []

    def start(loaded: Loaded, name: str) -> Beside:
        started.append(Beside(loaded, name))
        return started[-1]

    try:
        yield start
    finally:
        for helper in started:
            helper.end()


def may_help(loaded: Loaded, waiting: int) -> bool:
    """Whether a helper is worth its start, and would read the same settings as this process."""
    from advocacy_monitor.config import load_config

    if waiting < LEAST_ITEMS or (os.cpu_count() or 1) < 2:
        return False
    try:
        return load_config(loaded.path) == loaded
    except ConfigError:
        return False


def together(one: Enrichment, other: Enrichment | None) -> Enrichment:
    """What an enricher did here and in a helper; the message is what is still wrong."""
    if other is None or other.by != one.by:
        return one
    return Enrichment(
        name=one.name,
        by=one.by,
        items=one.items + other.items - other.set_aside,
        annotations=one.annotations + other.annotations,
        set_aside=one.set_aside,
        message=one.message,
    )
