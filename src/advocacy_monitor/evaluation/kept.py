"""Reports in the campaign's folder, so that the next one can be compared and a pack can cite the one that holds for it.

A file is named after the coding that was measured and the report's digest. No statement's words are ever in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluation.report import Report, from_json, to_json, without_texts

if TYPE_CHECKING:
    from advocacy_monitor.evaluation.cases import Cases

FOLDER = "evaluations"
_TIME = "measured_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A report with the file that it lies in and the time at which it was made."""

    report: Report
    path: Path
    measured_at: datetime


def keep(campaign: Path, report: Report, *, now: datetime) -> Path:
    """Writes a report into the campaign's folder, unless the same one lies there. Raises ConfigError."""
    version = re.sub(r"[^A-Za-z0-9.+_-]", "-", report.coder)[:120]
    path = campaign / FOLDER / f"{version}-{report.digest[:12]}.json"
    if path.exists():
        return path
    content = {_TIME: now.isoformat(), **json.loads(to_json(without_texts(report)))}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error
    return path


def kept(campaign: Path) -> list[Kept]:
    """The reports of a campaign's folder, oldest first. What is no report of this version is passed over."""
    return sorted(_readable(campaign / FOLDER), key=lambda each: (each.measured_at, each.path.name))


def _readable(folder: Path) -> Iterator[Kept]:
    for path in sorted(folder.glob("*.json")):
        try:
            yield read(path)
        except ConfigError:
            continue  # of another version of this program, or not ours


def read(path: Path) -> Kept:
    """One report, kept here or printed with --json. Raises ConfigError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    report = from_json(content, origin=str(path))
    try:
        moment = datetime.fromisoformat(json.loads(content).get(_TIME, "1970-01-01T00:00:00+00:00"))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{path}: {_TIME} is not a time") from error
    if moment.tzinfo is None:
        raise ConfigError(f"{path}: {_TIME} lacks its offset from UTC")
    return Kept(report=report, path=path, measured_at=moment)


def before(campaign: Path, cases: Cases, coder: str) -> Kept | None:
    """The newest report of another version on the same kind of statements: the previous version, if there is one."""
    fitting = [
        each
        for each in kept(campaign)
        if each.report.coder != coder
        and each.report.sample.kind == cases.kind
        and (cases.kind == "campaign" or each.report.sample.name == cases.name)
    ]
    return fitting[-1] if fitting else None
