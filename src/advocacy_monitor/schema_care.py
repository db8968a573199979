"""The SQL of what keeps the campaign accountable: who did what, who is not to be collected again, what was told."""

from __future__ import annotations

from collections.abc import Iterator

CARE_TABLES = """
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    noted_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    item_id INTEGER,
    subject TEXT NOT NULL DEFAULT '',
    hash TEXT
) STRICT;
CREATE INDEX audit_unsealed ON audit (id) WHERE hash IS NULL;
CREATE INDEX audit_item ON audit (item_id) WHERE item_id IS NOT NULL;
CREATE TABLE erased_people (
    person_key TEXT PRIMARY KEY,
    erased_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE buried (
    hash TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    noted_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE alerts (
    subject TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT,
    mailed_at TEXT,
    posted_at TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE inspections (
    what TEXT PRIMARY KEY,
    made_at TEXT NOT NULL,
    found TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_NOTED = """
CREATE TRIGGER audit_{table} AFTER INSERT ON {table}
    BEGIN INSERT INTO audit (noted_at, actor, action, item_id, subject)
        VALUES (NEW.{at}, {actor}, {action}, {item_id}, {subject}); END
"""
_WHO = (
    # table, time, actor, action, item, subject: never a column that holds words of a person or about one
    ("actions", "done_at", "NEW.actor", "NEW.action", "NEW.item_id", "''"),
    ("decisions", "decided_at", "NEW.moderator", "'decide: ' || NEW.status", "NEW.item_id", "''"),
    ("permissions", "noted_at", "NEW.who", "'permission: ' || NEW.state", "NEW.item_id", "''"),
    ("packs", "made_at", "''", "'pack'", "NULL", "NEW.number"),
    ("deliveries", "noted_at", "NEW.sent_by", "'delivery'", "NULL", "NEW.pack_number"),
    ("tombstones", "made_at", "''", "'remove: ' || NEW.reason", "NEW.item_id", "''"),
)
_APPEND_ONLY = (
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_is_sealed BEFORE UPDATE ON audit "
    "WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL OR OLD.id <> NEW.id OR OLD.noted_at <> NEW.noted_at "
    "OR OLD.actor <> NEW.actor OR OLD.action <> NEW.action OR OLD.item_id IS NOT NEW.item_id "
    "OR OLD.subject <> NEW.subject BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)


def care_triggers() -> Iterator[str]:
    """What notes by itself who did what, whichever program wrote it; sealing the rows is `store.audit`'s."""
    for table, at, actor, action, item_id, subject in _WHO:
        yield _NOTED.format(table=table, at=at, actor=actor, action=action, item_id=item_id, subject=subject)
    yield from _APPEND_ONLY
