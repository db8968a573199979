"""The SQL of the later steps of the schema; schema.py says in which order. A released step is never edited."""

from __future__ import annotations

LEARNING_TABLES = """
CREATE TABLE vectors (
    item_id INTEGER NOT NULL REFERENCES items (id),
    encoder TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (item_id, encoder)
) STRICT;
CREATE TABLE coding_rounds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    codebook TEXT NOT NULL,
    codebook_version INTEGER NOT NULL,
    codebook_digest TEXT NOT NULL,
    seed INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    closed_at TEXT,
    closed_by TEXT
) STRICT;
CREATE TABLE coding_samples (
    round_id INTEGER NOT NULL REFERENCES coding_rounds (id),
    item_id INTEGER NOT NULL REFERENCES items (id),
    position INTEGER NOT NULL,
    drawn TEXT NOT NULL CHECK (drawn IN ('random', 'uncertain')),
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (round_id, item_id)
) STRICT;
CREATE INDEX coding_samples_item ON coding_samples (item_id);
CREATE TABLE codings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    round_id INTEGER NOT NULL REFERENCES coding_rounds (id),
    item_id INTEGER NOT NULL REFERENCES items (id),
    coder TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('themes', 'none', 'too_short')),
    themes TEXT NOT NULL DEFAULT '[]',
    note TEXT NOT NULL DEFAULT '',
    is_final INTEGER NOT NULL DEFAULT 0 CHECK (is_final IN (0, 1)),
    coded_at TEXT NOT NULL
) STRICT;
CREATE INDEX codings_round ON codings (round_id, item_id, coder, id);
CREATE INDEX codings_item ON codings (item_id);
"""

PACK_TABLES = """
CREATE TABLE translations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES items (id),
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    of_sha256 TEXT NOT NULL,
    translator TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX translations_item ON translations (item_id, language, id);
CREATE TABLE pack_choices (
    pack_number TEXT NOT NULL REFERENCES packs (number),
    item_id INTEGER NOT NULL REFERENCES items (id),
    place TEXT NOT NULL CHECK (place IN ('main', 'annex', 'no')),
    chosen_by TEXT NOT NULL,
    PRIMARY KEY (pack_number, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pack_choices_item ON pack_choices (item_id);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pack_number TEXT NOT NULL REFERENCES packs (number),
    recipient TEXT NOT NULL,
    sent_on TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    how TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    noted_at TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_pack ON deliveries (pack_number);
CREATE TABLE follow_ups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    due_on TEXT,
    note TEXT NOT NULL,
    who TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    done_at TEXT
) STRICT;
CREATE INDEX follow_ups_delivery ON follow_ups (delivery_id);
"""
