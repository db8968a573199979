"""What others write is on the desk within seconds, and an error in between ends that for no longer than it lasts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datasette", reason="needs the extra `browse`")

from advocacy_monitor.config import Loaded
from advocacy_monitor.desk import opening
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.errors import StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Page
from advocacy_monitor.summary.refresh import refresh
from tests.conftest import make_post
from tests.desk.statements import campaign

MARK = "zqx said something"


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    made = campaign(tmp_path)
    open_store(made).close()
    return made


@pytest.fixture
def desk(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(opening, "_EVERY_SECONDS", 0.05)
    yield opening.open_desk(loaded)


def _add(loaded: Loaded, text: str) -> None:
    with open_store(loaded) as store:
        store.add_page(store.runs.start("x", "import"), Page(items=(make_post(text),)), collector="x")


def _holds(desk: Desk, count: int) -> bool:
    return len(desk.columns) == count


def _until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not found():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_what_is_collected_comes_to_the_desk_by_itself(desk: Desk, loaded: Loaded) -> None:
    end = opening.keep_up(desk)
    try:
        for count in (1, 2):
            _add(loaded, f"My library number {count}")
            _until(partial(_holds, desk, count))
    finally:
        end()
    _add(loaded, "Nobody follows any more")
    time.sleep(0.2)
    assert len(desk.columns) == 2


@pytest.mark.parametrize("error", [StoreError("advocacy.db: database is locked"), ValueError(MARK), KeyError(MARK)])
def test_an_error_ends_it_for_no_longer_than_it_lasts(
    desk: Desk, loaded: Loaded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    failures = [error] * 3

    def sometimes(*given: Any, **named: Any) -> int:
        if failures:
            raise failures.pop()
        return refresh(*given, **named)

    monkeypatch.setattr(opening, "refresh", sometimes)
    _add(loaded, "My library")
    caplog.set_level(logging.ERROR)
    end = opening.keep_up(desk)
    try:
        _until(partial(_holds, desk, 1))
    finally:
        end()
    assert len(caplog.records) == 1  # once for a trouble, not each second
    said = caplog.text
    assert "the overview is not up to date" in said and MARK not in said
    assert ("database is locked" if isinstance(error, StoreError) else type(error).__name__) in said
