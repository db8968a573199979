"""The SQL of the tables for flyers filled in by hand. Scans and contact details lie in the contacts file."""

from __future__ import annotations

PAPER_TABLES = """
CREATE TABLE paper_batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    library TEXT,
    language TEXT NOT NULL,
    questionnaire_id INTEGER NOT NULL REFERENCES questionnaires (id),
    received_on TEXT NOT NULL,
    seed INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    entered_by TEXT,
    entered_at TEXT,
    closed_by TEXT,
    closed_at TEXT
) STRICT;
CREATE TABLE transcriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id INTEGER NOT NULL REFERENCES paper_batches (id),
    flyer INTEGER NOT NULL,
    entry TEXT NOT NULL CHECK (entry IN ('first', 'second', 'settled')),
    sending TEXT NOT NULL UNIQUE,
    answers TEXT NOT NULL,
    left_out TEXT CHECK (left_out IN ('no_consent', 'no_parent', 'blank')),
    item_id INTEGER REFERENCES items (id),
    version INTEGER NOT NULL DEFAULT 1,
    is_stored INTEGER NOT NULL DEFAULT 0 CHECK (is_stored IN (0, 1)),
    transcriber TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    UNIQUE (batch_id, flyer, entry)
) STRICT;
CREATE INDEX transcriptions_item ON transcriptions (item_id) WHERE item_id IS NOT NULL;
CREATE TABLE paper_checks (
    batch_id INTEGER NOT NULL REFERENCES paper_batches (id),
    flyer INTEGER NOT NULL,
    fields INTEGER,
    settled_by TEXT,
    settled_at TEXT,
    PRIMARY KEY (batch_id, flyer)
) STRICT, WITHOUT ROWID;
CREATE TABLE paper_differences (
    batch_id INTEGER NOT NULL REFERENCES paper_batches (id),
    flyer INTEGER NOT NULL,
    field TEXT NOT NULL,
    right_entry TEXT NOT NULL CHECK (right_entry IN ('first', 'second', 'neither')),
    PRIMARY KEY (batch_id, flyer, field)
) STRICT, WITHOUT ROWID;
"""

PAPER_CONTACT_TABLES = """
CREATE TABLE paper_contacts (
    sending TEXT PRIMARY KEY,
    batch_id INTEGER NOT NULL,
    flyer INTEGER NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    code TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_contacts_flyer ON paper_contacts (batch_id, flyer);
CREATE TABLE scans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id INTEGER NOT NULL,
    flyer INTEGER NOT NULL,
    media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'application/pdf')),
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL,
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    UNIQUE (batch_id, flyer, sha256)
) STRICT;
"""
