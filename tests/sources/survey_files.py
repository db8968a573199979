"""Reading a survey in one line, for the tests of surveys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advocacy_monitor.models import Reject, Submission
from advocacy_monitor.sources.file import FileSource

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def read(path: Path, **given: Any) -> tuple[list[Submission], list[Reject]]:
    """The submissions and the rejects of a file."""
    pages = list(FileSource(path=path, **given).with_clock(lambda: NOW).pages(None))
    items = [item for page in pages for item in page.items]
    assert all(isinstance(item, Submission) for item in items)
    return [item for item in items if isinstance(item, Submission)], [one for page in pages for one in page.rejects]


def table(tmp_path: Path, text: str, name: str = "answers.csv") -> Path:
    """A file with a table."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path
