"""The doctor finds what does not fit, mends what can be made anew, and says what cannot."""

from __future__ import annotations

import json
import sqlite3

import msgspec
import pytest

from advocacy_monitor import backups
from advocacy_monitor.config import Loaded
from advocacy_monitor.doctor import examine
from advocacy_monitor.errors import StoreError
from advocacy_monitor.health import Finding
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Page, Reject
from advocacy_monitor.sources.reddit_thing import to_post
from advocacy_monitor.store.journal import Journal
from advocacy_monitor.supervision.lock import only_one
from tests.backups.conftest import Time

COMMENT = {
    "kind": "t1",
    "data": {
        "id": "abc1",
        "name": "t1_abc1",
        "body": "My library lent me a laptop",
        "author": "reader",
        "created_utc": 1_790_000_000.0,
        "subreddit": "Libraries",
        "permalink": "/r/Libraries/comments/xyz/_/abc1/",
        "link_id": "t3_xyz",
        "parent_id": "t3_xyz",
    },
}
RAW = json.dumps(COMMENT).encode()


def told(loaded: Loaded, *, repair: bool = False) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(loaded, repair=repair)}


def wrong(loaded: Loaded) -> set[str]:
    return {finding.what for finding in examine(loaded, repair=False) if not finding.ok}


def test_all_is_well_with_a_campaign_that_nothing_happened_to(loaded: Loaded, time: Time) -> None:
    backups.make(loaded, clock=time)
    assert wrong(loaded) == set()
    assert set(told(loaded)) == {
        *("advocacy.db", "contacts.db", "search", "payloads", "words of posts", "rejects", "runs", "erasures"),
        *("audit log", "backups"),
    }


def test_the_search_is_made_anew(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        store._db.execute(
            "INSERT INTO items_fts (items_fts, rowid, text, search_words) SELECT 'delete', id, text, search_words "
            "FROM items WHERE id = 1"
        )
        assert store.search("Post number 0") == []
    assert wrong(loaded) == {"search"}
    assert told(loaded, repair=True)["search"].found == "was made anew"
    assert wrong(loaded) == set()
    with open_store(loaded) as store:
        assert store.search("Post number 0") == [1]


def test_an_index_that_misses_a_row_is_made_anew(loaded: Loaded) -> None:
    with sqlite3.connect(loaded.database) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, '(created_at)', '(collected_at)') WHERE name = ?",
            ["items_created_at"],
        )
    db.close()
    assert wrong(loaded) >= {"advocacy.db"}
    assert told(loaded)["advocacy.db"].remedy.startswith("`advocacy-monitor doctor --repair`")
    told(loaded, repair=True)
    assert "advocacy.db" not in wrong(loaded)


def test_damaged_pages_are_a_case_for_a_backup(loaded: Loaded, time: Time) -> None:
    backups.make(loaded, clock=time)
    content = bytearray(loaded.database.read_bytes())
    content[5 * 4096 : 6 * 4096] = b"\xff" * 4096
    loaded.database.write_bytes(content)
    found = told(loaded, repair=True)
    assert not found["advocacy.db"].ok
    assert "restore --latest" in found["advocacy.db"].remedy
    assert found["backups"].ok
    assert "search" not in found  # nothing is read from it, and nothing written to it
    assert loaded.database.read_bytes() == bytes(content)


def _with_comment(loaded: Loaded) -> int:
    with open_store(loaded) as store:
        run_id = store.runs.start("reddit", "collect")
        post = msgspec.structs.replace(to_post(RAW), raw=RAW)
        store.add_page(run_id, Page(items=(post,)), collector="reddit")
        store.runs.finish(run_id, "done")
        (item_id,) = store.search("laptop")
    return item_id


def test_damaged_words_come_back_from_the_payload_and_are_looked_at_again(loaded: Loaded) -> None:
    item_id = _with_comment(loaded)
    with open_store(loaded) as store:
        store._db.execute(
            "INSERT INTO decisions (item_id, status, moderator, decided_at) VALUES (?, 'approved', 'eva', '2026')",
            [item_id],
        )
        store._db.execute("UPDATE items SET text = 'garbled' WHERE id = ?", [item_id])
        store._db.execute("INSERT INTO items_fts (items_fts) VALUES ('rebuild')")
    assert wrong(loaded) == {"words of posts"}
    told(loaded, repair=True)
    assert wrong(loaded) == set()
    with open_store(loaded) as store:
        assert store.items.get([item_id])[0].text == "My library lent me a laptop"
        assert store.search("laptop") == [item_id]
        assert store.search("garbled") == []
        assert store.status_counts()["escalated"] == 1


def test_a_payload_that_is_not_what_was_received_is_told(loaded: Loaded) -> None:
    _with_comment(loaded)
    with open_store(loaded) as store:
        store._db.execute("UPDATE captures SET sha256 = 'ab' WHERE item_id = 1")
    found = told(loaded, repair=True)["payloads"]
    assert not found.ok
    assert "cannot be repaired" in found.remedy


def test_records_that_can_be_read_now_are_stored_and_counted_once(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        run_id = store.runs.start("reddit", "collect")
        rejects = (
            Reject(position="1", reason="unknown field", payload=RAW),
            Reject(position="2", reason="no", payload=b"{"),
        )
        store.add_page(run_id, Page(items=(), rejects=rejects), collector="reddit")
        store.runs.finish(run_id, "done")
    assert wrong(loaded) == {"rejects"}
    assert told(loaded, repair=True)["rejects"].found == "1 stored now"
    assert wrong(loaded) == set()
    with open_store(loaded) as store:
        assert len(store.search("laptop")) == 1
        assert [reason for _, _, reason in store.recent_rejects()] == ["no"]
    assert told(loaded, repair=True)["rejects"].found == "none of them can be read now"


def test_what_was_erased_and_put_back_by_hand_goes_again(loaded: Loaded, time: Time) -> None:
    content, contacts = loaded.database.read_bytes(), loaded.contacts.read_bytes()
    with open_store(loaded, clock=time) as store:
        store.erasures.erase_items([1, 6], reason="erased on request")
    loaded.database.write_bytes(content)
    loaded.contacts.write_bytes(contacts)
    assert wrong(loaded) == {"erasures"}
    assert "2 statements, 1 contact details" in told(loaded, repair=True)["erasures"].found
    assert wrong(loaded) == set()
    assert b"Post number 0" not in loaded.database.read_bytes()
    assert len(Journal.beside(loaded.database).read()) == 2


def test_nothing_is_repaired_under_the_hands_of_the_daemon(loaded: Loaded) -> None:
    with only_one(loaded.database):
        assert examine(loaded, repair=False)
        with pytest.raises(StoreError, match="works on it already: `advocacy-monitor run`"):
            examine(loaded, repair=True)


def test_the_summary_is_made_anew(loaded: Loaded) -> None:
    from advocacy_monitor.summary.refresh import refresh

    with open_store(loaded) as store:
        refresh(store, loaded)
        before = store._db.execute("SELECT * FROM summary_items ORDER BY item_id").fetchall()
        store._db.execute("UPDATE summary_items SET status = 99")
    told(loaded, repair=True)
    with open_store(loaded) as store:
        refresh(store, loaded)
        after = store._db.execute("SELECT * FROM summary_items ORDER BY item_id").fetchall()
    assert len(before) == len(after) == 10
    assert all(row[6] != 99 for row in after)


def test_without_a_database_there_is_nothing_to_look_at(loaded: Loaded) -> None:
    loaded.database.unlink()
    with pytest.raises(StoreError, match="no database yet"):
        examine(loaded, repair=False)
