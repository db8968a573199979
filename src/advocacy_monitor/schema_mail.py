"""The SQL of the tables for mail. All of them lie in the contacts file: they hold addresses."""

from __future__ import annotations

MAIL_TABLES = """
CREATE TABLE opt_ins (
    token_hash TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    wants_contact INTEGER NOT NULL CHECK (wants_contact IN (0, 1)),
    asked_at TEXT NOT NULL,
    mailed_at TEXT,
    confirmed_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX opt_ins_source ON opt_ins (source, source_id);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    headers TEXT NOT NULL DEFAULT '{}',
    source TEXT,
    source_id TEXT,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    made_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT,
    doubts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_source ON outbox (source, source_id) WHERE source IS NOT NULL;
CREATE TABLE asked (
    hash TEXT PRIMARY KEY,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE unsubscribed (
    hash TEXT PRIMARY KEY,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE thanked (
    hash TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (hash, text_digest)
) STRICT, WITHOUT ROWID;
"""
