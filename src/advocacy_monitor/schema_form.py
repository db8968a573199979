"""The SQL of the form's tables: versions of the questionnaire, what belongs to an answer, codes to withdraw it by."""

from __future__ import annotations

FORM_TABLES = """
CREATE TABLE questionnaires (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    first_used_at TEXT NOT NULL
) STRICT;
CREATE TABLE submissions (
    item_id INTEGER PRIMARY KEY REFERENCES items (id),
    questionnaire_id INTEGER NOT NULL REFERENCES questionnaires (id),
    language TEXT NOT NULL,
    replaces INTEGER REFERENCES items (id)
) STRICT;
CREATE INDEX submissions_replaces ON submissions (replaces) WHERE replaces IS NOT NULL;
CREATE TABLE withdrawal_codes (
    hash TEXT PRIMARY KEY,
    item_id INTEGER REFERENCES items (id),
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawal_codes_item ON withdrawal_codes (item_id) WHERE item_id IS NOT NULL;
"""
