"""Payloads as files that somebody downloaded, read by the importer of a data set."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from advocacy_monitor.recipients_import import Imported, import_recipients

ON = date(2026, 11, 22)


def imported(tmp_path: Path, kind: str, *contents: Any, language: str | None = None) -> Imported:
    """What is read from files with these contents; texts as they are, everything else as JSON."""
    paths = []
    for number, content in enumerate(contents):
        path = tmp_path / f"file-{number}.{'csv' if kind == 'aph' else 'json'}"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        paths.append(path)
    return import_recipients(paths, kind, on=ON, language=language)
