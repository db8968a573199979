"""The audit log: written by itself, chained, and whoever takes a row out, alters one or cuts off the end is found out."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Page, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from advocacy_monitor.store.audit_heads import Head, Heads, standing
from tests.conftest import Clock, make_post


@pytest.fixture
def done(store: Store) -> Store:
    """A campaign in which eight things were done, and six of them are sealed."""
    posts = tuple(make_post() for _ in range(4))
    store.add_page(store.runs.start("x", "collect"), Page(items=posts), collector="x")
    decide(store, [1, 2, 3], Status.APPROVED, moderator="Ada", reason="not in the log", clock=store.now)
    store.actions.add("Kim", "redact", item_ids=[1, 2, 3], detail="nor this")
    assert store.audit.seal() == 6
    decide(store, [4], Status.REJECTED, moderator="Kim", reason="not a person", clock=store.now)
    store.actions.add("Ada", "staff.add")
    return store


def tampered(store: Store, *statements: str) -> list[str]:
    """What `verify` finds after somebody wrote to the file who knows its tables, and not the key."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'audit%' AND type = 'trigger'")
        kept = triggers.fetchall()
        for name, _ in kept:
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        for _, sql in kept:
            db.execute(sql)
    return store.audit.verify()


def test_what_was_done_is_there_and_whole(done: Store) -> None:
    assert done.audit.verify() == []
    assert done.audit.unsealed() == 2
    assert (done.audit.seal(), done.audit.seal(), done.audit.verify()) == (2, 0, [])
    newest = done.audit.rows()
    assert [(each.id, each.actor, each.action, each.item_id) for each in newest[:3]] == [
        *((8, "Ada", "staff.add", None), (7, "Kim", "decide: rejected", 4), (6, "Kim", "redact", 3)),
    ]
    assert all(each.is_sealed for each in newest)
    assert "not in the log" not in str(newest)


def test_looking_for_what_was_done(done: Store) -> None:
    rows = done.audit.rows
    assert {each.actor for each in rows(actor="Kim")} == {"Kim"}
    assert [each.id for each in rows(item_id=2)] == [5, 2]
    assert [each.id for each in rows(action="decide")] == [7, 3, 2, 1]
    assert [each.id for each in rows(limit=2, before=8)] == [7, 6]
    assert [each.id for each in rows(since=rows(1)[0].noted_at)] == [8]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM audit WHERE id = 3", ["row 3 is missing"]),
        ("DELETE FROM audit WHERE id < 3", ["rows 1 to 2 are missing"]),
        ("DELETE FROM audit WHERE id > 6", ["rows 7 to 8 are missing at the end"]),
        ("UPDATE audit SET actor = 'Kim' WHERE id = 2", ["row 2, of"]),
        ("UPDATE audit SET item_id = NULL WHERE id = 5", ["row 5, of"]),
        ("UPDATE audit SET noted_at = '2020-01-01T00:00:00+00:00' WHERE id = 1", ["row 1, of"]),
        ("UPDATE audit SET hash = 'ab' WHERE id = 6", ["row 6, of", "row 6 is not the one that was sealed on"]),
        ("UPDATE audit SET hash = NULL WHERE id = 4", ["row 5 is sealed, and a row before it is not"]),
        ("UPDATE audit SET id = 100 WHERE id = 8", ["rows 8 to 99 are missing"]),
    ],
)
def test_who_alters_it_is_found_out(done: Store, statement: str, told: list[str]) -> None:
    found = tampered(done, statement)
    for words in told:
        assert any(each.startswith(words) for each in found), found
    assert len(found) <= len(told) + 2


def test_an_end_that_was_cut_off_cleanly_is_found_by_the_head_beside_the_database(done: Store) -> None:
    found = tampered(done, "DELETE FROM audit WHERE id > 4", "UPDATE sqlite_sequence SET seq = 4 WHERE name = 'audit'")
    assert found == ["rows 5 to 6 are missing at the end"]


def test_a_log_without_its_guards_is_found_out(done: Store) -> None:
    with closing(sqlite3.connect(done.path)) as db:
        db.execute("DROP TRIGGER audit_stays")
        db.execute("DROP TRIGGER audit_decisions")
        db.execute("CREATE TRIGGER audit_decisions AFTER INSERT ON decisions BEGIN SELECT 1; END")
    assert sorted(each.split(",")[0] + each[-12:] for each in done.audit.verify()) == [
        "the trigger audit_decisions was altered",
        "the trigger audit_stays, is missing",
    ]


def test_nobody_alters_it_by_mistake(done: Store) -> None:
    with closing(sqlite3.connect(done.path)) as db:
        for statement in ("DELETE FROM audit", "UPDATE audit SET actor = ''", "UPDATE audit SET hash = 'ab'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


def test_a_restore_is_told_and_is_no_alarm(done: Store, tmp_path: Path, clock: Clock) -> None:
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(backup)) as copy, closing(sqlite3.connect(done.path)) as db:
        db.backup(copy)
    done.audit.seal()
    done.close()
    for end in ("-wal", "-shm"):
        done.path.with_name(done.path.name + end).unlink(missing_ok=True)
    done.path.write_bytes(backup.read_bytes())
    with Store.open(done.path, clock=clock) as restored:
        assert [each[:27] for each in restored.audit.verify()] == ["row 8 is not the one that w"]
        row, mark = restored.audit.head() or (0, "")
        Heads.beside(done.path).add(Head(at=clock().isoformat(), id=row, hash=mark, restored=True))
        assert restored.audit.verify() == []
        restored.audit.seal()
        restored.actions.add("Ada", "restore")
        assert (restored.audit.seal(), restored.audit.verify()) == (1, [])


def test_the_file_with_the_heads(done: Store) -> None:
    path = done.path.with_name("advocacy.audit")
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b'{"at":"2026')
    assert done.audit.verify() == []
    done.audit.seal()
    assert [each.id for each in Heads(path).read()] == [0, 6, 8]
    path.unlink()
    assert [each[:25] for each in done.audit.verify()] == ["advocacy.audit is missing"]


def test_a_head_that_was_not_noted_before_a_power_cut_is_noted_the_next_time(done: Store) -> None:
    path = done.path.with_name("advocacy.audit")
    before = path.read_bytes()
    done.audit.seal()
    path.write_bytes(before)
    assert (done.audit.seal(), done.audit.verify()) == (0, [])
    assert [each.id for each in Heads(path).read()] == [0, 6, 8]


def test_it_is_whole_at_every_moment_while_others_write_and_seal(store: Store) -> None:
    def write(actor: str) -> None:
        with Store.open(store.path) as own:
            for _ in range(12):
                own.actions.add(actor, "select", item_ids=range(15))
                own.audit.seal()

    writers = [threading.Thread(target=write, args=(actor,)) for actor in ("Ada", "Kim")]
    for each in writers:
        each.start()
    found = []
    while any(each.is_alive() for each in writers):
        found += store.audit.verify()
    assert (found, store.audit.verify(), store.audit.unsealed(), store.audit.rows(1)[0].id) == ([], [], 0, 360)


def test_a_long_log_is_sealed_in_steps(store: Store) -> None:
    store.actions.add("Ada", "select", item_ids=range(1, 5202))
    assert (store.audit.seal(), store.audit.verify()) == (5201, [])


def test_without_the_contacts_file_there_is_no_key(done: Store) -> None:
    with Store.open_read_only(done.path) as reader:
        assert len(reader.audit.rows()) == 8
        for wants in (reader.audit.seal, reader.audit.verify):
            with pytest.raises(StoreError, match="open for reading only"):
                wants()


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans())))
def test_no_head_stands_that_a_restore_left_behind(given_heads: list[tuple[int, bool]]) -> None:
    heads = [Head(at=str(n), id=row, hash=str(n), restored=back) for n, (row, back) in enumerate(given_heads)]
    found = standing(heads)
    last = max((n for n, (_, back) in enumerate(given_heads) if back), default=0)
    assert all(int(each.at) >= last and each.id == row for row, each in found.items())
    if heads and heads[-1].id:
        assert found[heads[-1].id] == heads[-1]


def test_what_failed_leaves_no_gap(done: Store) -> None:
    """Numbers are given out again when a statement or a transaction is taken back."""
    with closing(sqlite3.connect(done.path, isolation_level=None)) as db:
        insert = "INSERT INTO decisions (item_id, status, moderator, decided_at) "
        stamp = "'2026-11-01T12:00:00+00:00'"
        db.execute("BEGIN")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(f"{insert} SELECT id, iif(id = 3, 'nonsense', 'pending'), 'Kim', {stamp} FROM items")
        db.execute(f"{insert} VALUES (2, 'pending', 'Kim', {stamp})")
        db.execute("COMMIT")
        db.execute("BEGIN")
        db.execute(f"{insert} VALUES (2, 'pending', 'Kim', {stamp})")
        db.execute("ROLLBACK")
    assert (done.audit.seal(), done.audit.verify(), done.audit.rows(1)[0].id) == (3, [], 9)
