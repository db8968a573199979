"""A campaign folder with statements, contact details, an account and a first backup to be made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Contact, Page, Submission
from tests.conftest import make_post

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
CONFIG = """campaign:
  name: Missed My Library
  sponsor: Library Association
  contact: office@example.org
"""


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def campaign(tmp_path: Path) -> Callable[..., Loaded]:
    """Writes config.yaml with more sections and reads it."""

    def made(more: str = "") -> Loaded:
        path = tmp_path / "campaign" / "config.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(CONFIG + more, encoding="utf-8")
        return load_config(path)

    return made


@pytest.fixture
def loaded(campaign: Callable[..., Loaded], time: Time) -> Loaded:
    made = campaign()
    add(made, time, *range(5))
    return made


def add(loaded: Loaded, time: Time, *numbers: int) -> None:
    """Stores a post and an answer with contact details for each number."""
    with open_store(loaded, clock=time) as store:
        run_id = store.runs.start("test", "import")
        items = [
            *(make_post(source_id=f"post-{number}", text=f"Post number {number} on my library") for number in numbers),
            *(
                Submission(
                    source="survey",
                    source_id=f"answer-{number}",
                    text=f"Answer number {number} about story time",
                    created_at=time(),
                    contact=Contact(name=f"Person {number}", email=f"person{number}@example.org"),
                    raw=b"{}",
                )
                for number in numbers
            ),
        ]
        store.add_page(run_id, Page(items=tuple(items)), collector="import:test")
        store.runs.finish(run_id, "done")
