"""The SQL of the later steps of the schema; schema.py says in which order. A released step is never edited."""

from __future__ import annotations

from collections.abc import Iterator

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

DESK_TABLES = """
CREATE TABLE actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    done_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    item_id INTEGER,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX actions_item ON actions (item_id) WHERE item_id IS NOT NULL;
CREATE TABLE summary_names (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;
CREATE TABLE summary_items (
    item_id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    said INTEGER NOT NULL,
    person INTEGER,
    raw_root INTEGER NOT NULL,
    why INTEGER NOT NULL,
    status INTEGER NOT NULL,
    source INTEGER NOT NULL,
    language INTEGER NOT NULL,
    area INTEGER NOT NULL,
    library INTEGER NOT NULL,
    themes INTEGER NOT NULL,
    consents INTEGER NOT NULL,
    risks INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    places INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    doubt INTEGER NOT NULL
) STRICT;
CREATE INDEX summary_items_seq ON summary_items (seq);
CREATE TABLE summary_changes (
    item_id INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE summary_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seen INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    redo INTEGER,
    made_for TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO summary_state (id, seen, seq) VALUES (1, 0, 0);
CREATE INDEX decisions_moderator ON decisions (moderator, id);
CREATE INDEX items_keyless ON items (lower(author_handle)) WHERE person_key IS NULL AND author_handle IS NOT NULL;
"""

# Not INSERT OR IGNORE: in a trigger the policy of the outer statement goes before that, and an upsert's is to fail.
_CHANGED_ITEMS = """
CREATE TRIGGER summary_{table}_{event} AFTER {event} ON {table}
    WHEN {row}.{column} <= (SELECT seen FROM summary_state)
    BEGIN INSERT INTO summary_changes VALUES ({row}.{column}) ON CONFLICT DO NOTHING; END
"""

_ENRICHERS_WENT_ON = """
CREATE TRIGGER summary_enrichments_went_on AFTER UPDATE OF last_item_id ON enrichments
    WHEN OLD.last_item_id < (SELECT seen FROM summary_state) AND NEW.last_item_id > OLD.last_item_id
    BEGIN
        INSERT INTO summary_changes SELECT id FROM items
            WHERE id > OLD.last_item_id AND id <= min(NEW.last_item_id, (SELECT seen FROM summary_state))
            ON CONFLICT DO NOTHING;
    END
"""

_ENRICHERS_CHANGED = """
CREATE TRIGGER summary_enrichments_{name} AFTER {event} ON enrichments
    {when}
    BEGIN UPDATE summary_state SET redo = 0 WHERE seen > 0; END
"""


def desk_triggers() -> Iterator[str]:
    """What notes which items have to be summed up again; a new version of an enricher concerns all of them."""
    for table in ("items", "annotations", "decisions", "consents", "verifications", "set_aside", "appearances"):
        column = "id" if table == "items" else "item_id"
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            if (table, event) != ("items", "INSERT"):
                yield _CHANGED_ITEMS.format(table=table, event=event, row=row, column=column)
    yield _ENRICHERS_WENT_ON
    yield _ENRICHERS_CHANGED.format(name="new", event="INSERT", when="")
    yield _ENRICHERS_CHANGED.format(
        name="changed", event="UPDATE OF is_current", when="WHEN OLD.is_current <> NEW.is_current"
    )
    yield _ENRICHERS_CHANGED.format(name="gone", event="DELETE", when="")
