"""What every test may use: a fresh store, items made in one line; the network is refused."""

from __future__ import annotations

import gc
import itertools
import json
import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from advocacy_monitor.models import Post, Standing, Submission, Use, Verdict
from advocacy_monitor.store import Store

# A slow machine is no failure: nothing here is timed (see benchmarks/). The gate tries the same examples each time, so
# that a change is judged by what it changed; everybody else tries new ones.
settings.register_profile("unhurried", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=50)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))

_LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}


_NOT_TO_BE_HAD = (
    *("the recordings", "the shared development set"),
    *("no small file system can be made here", "no memory can be limited here", "no program can be traced here"),
    *("this computer is run by systemd", "only root can give files to somebody"),
)
"""Data that nobody may redistribute, and what a container may not do: told, and no failure."""


def pytest_collection_finish() -> None:
    """Ten thousand tests and what they import live to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """With ADVOCACY_MONITOR_TEST_ALL=1 a skip is a failure: then the machine should have everything."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {count}: {reason}")
    refused = [reason for reason in reasons if not reason.startswith(_NOT_TO_BE_HAD)]
    if refused and os.environ.get("ADVOCACY_MONITOR_TEST_ALL") == "1":
        terminalreporter.write_line("ADVOCACY_MONITOR_TEST_ALL=1: these skips are failures", red=True)
        session = terminalreporter._session
        assert session is not None
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class NetworkRefused(AssertionError):
    """A test reached for a host beyond this machine."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOCAL:
            raise NetworkRefused(f"a test may not reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


class Clock:
    """A clock that a test moves; each look takes a second, so that no two moments are the same."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path / "advocacy.db", clock=clock) as opened:
        yield opened


_numbers = itertools.count(1)


def make_post(text: str = "I love my library.", **given: Any) -> Post:
    """A post with sensible values for what a test does not care about."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "source": "x",
        "source_id": str(number),
        "text": text,
        "created_at": datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=number % 10000),
        "author_id": f"author-{number}",
        "author_handle": f"reader{number % 10000}",  # five digits are taken for a telephone number
    }
    values.update(given)
    values.setdefault("raw", json.dumps({"id": values["source_id"], "text": values["text"]}).encode())
    return Post(**values)


def make_submission(text: str = "I missed the storytime.", **given: Any) -> Submission:
    """An answer to a form, with consent to be counted and quoted unless the test says otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "source": "survey:test",
        "source_id": str(number),
        "text": text,
        "created_at": datetime(2026, 10, 2, tzinfo=UTC) + timedelta(minutes=number % 10000),
        "consents": frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED}),
        "library": "Lindenrode",
        "area": "Weststadt",
    }
    values.update(given)
    values.setdefault("raw", json.dumps({"id": values["source_id"], "text": values["text"]}).encode())
    return Submission(**values)


def looked_up(store: Store, standing: Standing = Standing.STANDS) -> None:
    """Every post was asked about at its platform, and stands (or does not)."""
    posts = [item for batch in store.items.each() for item in batch if item.kind == "post"]
    store.verifications.apply([Verdict(source=p.source, source_id=p.source_id, standing=standing) for p in posts])


@pytest.fixture
def recordings() -> Callable[[str], Path]:
    """The folder of a source's recordings, or a skip that says why."""

    def folder(name: str) -> Path:
        path = Path(__file__).parents[2] / "shared" / "recordings" / name
        if not path.is_dir():
            pytest.skip(f"the recordings of {name} are not on this machine")
        return path

    return folder
