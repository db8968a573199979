"""Versions: the ids of an answer and of its corrections ('a', 'a~2', 'a~3'), and the questionnaires that were used."""

from __future__ import annotations

from sqlite_utils import Database

from advocacy_monitor.models import Form

CORRECTED = "corrected by its author"
REREAD = "read again from the paper"
REPLACING = frozenset({CORRECTED, REREAD})
"""Why an answer's words go when newer ones are stored in the same transaction: nobody took them back."""


def next_version(source_id: str) -> str:
    """The id of the version after this one."""
    base, _, number = source_id.partition("~")
    return f"{base}~{int(number or 1) + 1}"


def versions(source_id: str) -> list[str]:
    """The ids of all versions up to this one."""
    base, _, number = source_id.partition("~")
    return [base, *(f"{base}~{each}" for each in range(2, int(number or 1) + 1))]


def keep_form(db: Database, form: Form, stamp: str) -> int:
    """Keeps a version of a questionnaire, inside a write transaction. Returns its id."""
    db.execute(
        "INSERT OR IGNORE INTO questionnaires (name, version, digest, content, first_used_at) VALUES (?, ?, ?, ?, ?)",
        [form.name, form.version, form.digest, form.content, stamp],
    )
    return int(db.execute("SELECT id FROM questionnaires WHERE digest = ?", [form.digest]).fetchone()[0])
