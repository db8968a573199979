"""The tables, as sqlite-utils migrations. Append only: a released step is never edited, a change is a new step.

Two files. The main database is what staff browse. The contacts database (mode 0600) holds contact details, records
that could not be read (they may hold contact details) and the key for hashing authors; nothing but `store` opens it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from advocacy_monitor.schema_care import CARE_TABLES, care_triggers
from advocacy_monitor.schema_form import FORM_TABLES
from advocacy_monitor.schema_later import DESK_TABLES, LEARNING_TABLES, PACK_TABLES, desk_triggers
from advocacy_monitor.schema_mail import MAIL_TABLES
from advocacy_monitor.schema_paper import PAPER_CONTACT_TABLES, PAPER_TABLES

main = Migrations("advocacy_monitor")
contacts = Migrations("advocacy_monitor_contacts")

_TABLES = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('collect', 'import', 'enrich')),
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    already INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    sha256 TEXT,
    process INTEGER,
    CHECK (read = stored + already + rejected)
) STRICT;
CREATE INDEX runs_name ON runs (name, id);
CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'submission')),
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TEXT NOT NULL,
    collected_at TEXT NOT NULL,
    url TEXT,
    language TEXT,
    hashtags TEXT NOT NULL DEFAULT '[]',
    author_handle TEXT,
    author_name TEXT,
    person_key TEXT,
    relation TEXT CHECK (relation IN ('reply', 'quote', 'repost')),
    related_id TEXT,
    media_alt TEXT NOT NULL DEFAULT '[]',
    counts TEXT NOT NULL DEFAULT '{}',
    answers TEXT NOT NULL DEFAULT '{}',
    place TEXT,
    library TEXT,
    area TEXT,
    area_method TEXT,
    postcode TEXT,
    age_band TEXT,
    legal_basis TEXT NOT NULL,
    search_words TEXT NOT NULL DEFAULT '',
    run_id INTEGER NOT NULL REFERENCES runs (id),
    UNIQUE (source, source_id)
) STRICT;
CREATE INDEX items_created_at ON items (created_at);
CREATE INDEX items_area ON items (area, created_at) WHERE area IS NOT NULL;
CREATE INDEX items_library ON items (library, created_at) WHERE library IS NOT NULL;
CREATE INDEX items_person_key ON items (person_key) WHERE person_key IS NOT NULL;
CREATE VIRTUAL TABLE items_fts USING fts5 (
    text, search_words, content="items", content_rowid="id", columnsize=0,
    tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    received_at TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES items (id),
    segment_id INTEGER NOT NULL REFERENCES segments (id),
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    content_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX captures_item ON captures (item_id);
CREATE TABLE rejects (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    origin TEXT NOT NULL,
    position TEXT NOT NULL,
    reason TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    length INTEGER NOT NULL,
    rejected_at TEXT NOT NULL,
    UNIQUE (origin, position, sha256)
) STRICT;
CREATE TABLE cursors (
    collector TEXT PRIMARY KEY,
    checkpoint TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE enrichments (
    "by" TEXT PRIMARY KEY,
    enricher TEXT NOT NULL,
    last_item_id INTEGER NOT NULL DEFAULT 0,
    is_current INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)),
    updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE set_aside (
    "by" TEXT NOT NULL REFERENCES enrichments ("by"),
    item_id INTEGER NOT NULL REFERENCES items (id),
    reason TEXT NOT NULL,
    PRIMARY KEY ("by", item_id)
) STRICT;
CREATE TABLE annotations (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES items (id),
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    score REAL,
    spans TEXT NOT NULL DEFAULT '[]',
    "by" TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX annotations_item ON annotations (item_id, label);
CREATE INDEX annotations_value ON annotations (label, value, item_id);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES items (id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'escalated')),
    moderator TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    decided_at TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_item ON decisions (item_id, id);
CREATE TABLE consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES items (id),
    use TEXT NOT NULL CHECK (
        use IN ('analyse', 'quote_unnamed', 'quote_named', 'send_to_representative', 'contact')
    ),
    granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
    proof TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX consents_item ON consents (item_id, use, id);
CREATE TABLE packs (
    number TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    recipient TEXT,
    query TEXT NOT NULL,
    found INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    people INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE TABLE pack_exhibits (
    pack_number TEXT NOT NULL REFERENCES packs (number),
    number INTEGER NOT NULL,
    item_id INTEGER NOT NULL REFERENCES items (id),
    text_sha256 TEXT NOT NULL,
    PRIMARY KEY (pack_number, number)
) STRICT;
CREATE INDEX pack_exhibits_item ON pack_exhibits (item_id);
CREATE VIEW item_status AS
    SELECT items.id AS item_id, coalesce(
        (SELECT status FROM decisions WHERE decisions.item_id = items.id ORDER BY decisions.id DESC LIMIT 1),
        'pending'
    ) AS status FROM items;
CREATE VIEW item_consents AS
    SELECT item_id, use, granted, proof, recorded_at FROM consents AS newest
    WHERE id = (
        SELECT max(id) FROM consents WHERE consents.item_id = newest.item_id AND consents.use = newest.use
    )
    UNION ALL
    SELECT id, 'analyse', 1, 'public post: analyse only', collected_at FROM items
    WHERE kind = 'post'
        AND NOT EXISTS (SELECT 1 FROM consents WHERE consents.item_id = items.id AND consents.use = 'analyse');
CREATE VIEW current_annotations AS
    SELECT annotations.* FROM annotations
    WHERE "by" NOT IN (SELECT "by" FROM enrichments WHERE is_current = 0);
"""

_CONTACT_TABLES = """
CREATE TABLE contacts (
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    name TEXT,
    email TEXT,
    phone TEXT,
    other TEXT NOT NULL DEFAULT '{}',
    received_at TEXT NOT NULL,
    PRIMARY KEY (source, source_id)
) STRICT;
CREATE TABLE reject_payloads (
    sha256 TEXT PRIMARY KEY,
    payload BLOB NOT NULL,
    received_at TEXT NOT NULL
) STRICT;
CREATE TABLE keys (
    purpose TEXT PRIMARY KEY,
    key BLOB NOT NULL
) STRICT;
"""


_MORE_TABLES = """
CREATE TABLE runs_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (
        kind IN ('collect', 'import', 'enrich', 'verify', 'train', 'digest', 'backup', 'retention', 'erase')
    ),
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    already INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    sha256 TEXT,
    process INTEGER,
    CHECK (read = stored + already + rejected)
) STRICT;
INSERT INTO runs_new SELECT * FROM runs;
DELETE FROM sqlite_sequence WHERE name = 'runs_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'runs_new', seq FROM sqlite_sequence WHERE name = 'runs';
DROP TABLE runs;
ALTER TABLE runs_new RENAME TO runs;
CREATE INDEX runs_name ON runs (name, id);
CREATE TABLE usage (
    source TEXT NOT NULL,
    collector TEXT NOT NULL,
    day TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount REAL NOT NULL,
    PRIMARY KEY (source, unit, day, collector)
) STRICT, WITHOUT ROWID;
CREATE TABLE appearances (
    item_id INTEGER NOT NULL REFERENCES items (id),
    seen_on TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    PRIMARY KEY (item_id, seen_on)
) STRICT, WITHOUT ROWID;
CREATE TABLE verifications (
    item_id INTEGER PRIMARY KEY REFERENCES items (id),
    standing TEXT NOT NULL CHECK (standing IN ('stands', 'edited', 'gone', 'protected', 'withheld', 'unknown')),
    asked_at TEXT NOT NULL,
    verified_at TEXT,
    changed_at TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    by_account INTEGER NOT NULL DEFAULT 0 CHECK (by_account IN (0, 1))
) STRICT;
CREATE INDEX verifications_verified_at ON verifications (verified_at);
CREATE TABLE tombstones (
    hash TEXT PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES items (id),
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL,
    settled_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_item ON tombstones (item_id);
CREATE INDEX items_related ON items (related_id) WHERE related_id IS NOT NULL;
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES items (id),
    content_sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    noted_at TEXT NOT NULL
) STRICT;
CREATE INDEX versions_item ON versions (item_id);
CREATE TABLE permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES items (id),
    state TEXT NOT NULL CHECK (state IN ('found', 'asked', 'granted', 'refused', 'withdrawn')),
    scope TEXT NOT NULL DEFAULT '[]',
    proof TEXT NOT NULL DEFAULT '',
    code_hash TEXT,
    who TEXT NOT NULL,
    noted_at TEXT NOT NULL
) STRICT;
CREATE INDEX permissions_item ON permissions (item_id, id);
CREATE INDEX permissions_code ON permissions (code_hash) WHERE code_hash IS NOT NULL;
"""


def _run(db: Database, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


@main()
def m001_first_tables(db: Database) -> None:
    """Version 0.1.0."""
    _run(db, _TABLES)


@main()
def m002_verification(db: Database) -> None:
    """Version 0.2.0. `runs` is made anew for more kinds, as SQLite's ALTER TABLE page says; foreign keys are off.

    The older way of renaming does not mind views that somebody made over the table.
    """
    db.execute("PRAGMA legacy_alter_table = ON")
    try:
        _run(db, _MORE_TABLES)
    finally:
        db.execute("PRAGMA legacy_alter_table = OFF")


@main()
def m003_learning(db: Database) -> None:
    """Version 0.3.0: vectors of the sentence encoder, rounds of coding by hand."""
    _run(db, LEARNING_TABLES)


@main()
def m004_packs(db: Database) -> None:
    """Version 0.4.0: translations of quotes, who chose them, what was handed to whom and what came of it."""
    _run(db, PACK_TABLES)


@main()
def m005_desk(db: Database) -> None:
    """Version 0.5.0: what staff did, and the summary that the desk's pages read."""
    _run(db, DESK_TABLES)
    for trigger in desk_triggers():
        db.execute(trigger)


@main()
def m006_form(db: Database) -> None:
    """Version 0.6.0: versions of the questionnaire, what belongs to an answer, codes to withdraw it by."""
    _run(db, FORM_TABLES)


@main()
def m007_paper(db: Database) -> None:
    """Version 0.6.0: batches of flyers and what was transcribed from them."""
    _run(db, PAPER_TABLES)


@main()
def m008_care(db: Database) -> None:
    """Version 0.7.0: who did what, chained; people who are not to be collected again; alerts that were told."""
    _run(db, CARE_TABLES)
    for trigger in care_triggers():
        db.execute(trigger)


@contacts()
def c001_first_tables(db: Database) -> None:
    """Version 0.1.0."""
    _run(db, _CONTACT_TABLES)


@contacts()
def c002_mail(db: Database) -> None:
    """Version 0.6.0: addresses to be confirmed, mails that wait, who wants none."""
    _run(db, MAIL_TABLES)


@contacts()
def c003_paper(db: Database) -> None:
    """Version 0.6.0: scans of flyers, and the contact details on them."""
    _run(db, PAPER_CONTACT_TABLES)
