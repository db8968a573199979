"""The form's writer: groups, errors that are told to everybody whom they concern, nothing that is confirmed falsely."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.models import Contact, Kept, Received, Use
from advocacy_monitor.store import LegalBasis, Store
from advocacy_monitor.store.submissions import Submissions
from advocacy_monitor.web import writer as module
from advocacy_monitor.web.writer import Writer
from tests.web.answers import opener, received, texts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "form.db"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    made = Writer(opener(path))
    yield made
    made.close()


def test_what_is_confirmed_is_there_before_the_writer_is_closed(writer: Writer, path: Path) -> None:
    kept = writer.send(received("a", "Warm in winter."))
    assert kept.is_new
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT id, text FROM items").fetchall() == [(kept.item_id, "Warm in winter.")]


def test_every_group_waits_for_the_disk(writer: Writer) -> None:
    """With `synchronous = NORMAL` a power cut takes what was confirmed; `kill -9` cannot show that."""
    statements: list[str] = []
    writer.send(received("first"))
    writer.do(lambda store: store._db.conn.set_trace_callback(statements.append))
    writer.send(received("a", consents=frozenset(Use), contact=Contact(name="A", email="a@example.org")))
    begun = statements.index("BEGIN IMMEDIATE")
    assert "COMMIT" in statements[begun:]
    assert [each for each in statements[:begun] if "synchronous" in each][-1] == "PRAGMA synchronous = FULL"
    assert not [each for each in statements[begun:] if "synchronous" in each]


def test_the_same_sending_counts_once(writer: Writer, path: Path) -> None:
    first = writer.send(received("a", "Warm."))
    again = writer.send(received("a", "Warm."))
    assert (again.item_id, again.is_new) == (first.item_id, False)
    writer.close()
    assert texts(path) == ["Warm."]


def test_the_same_sending_twice_in_one_group_counts_once(path: Path) -> None:
    writer = Writer(opener(path))
    go = threading.Event()
    with ThreadPoolExecutor(6) as people:
        people.submit(writer.do, lambda _: go.wait(10))
        sent = [people.submit(writer.send, received("a", "Warm.", code="ABCD-EFGH-JKMN")) for _ in range(5)]
        while len(writer._queue) < 5:
            pass
        go.set()
        assert len({future.result(10).item_id for future in sent}) == 1
    writer.close()
    assert texts(path) == ["Warm."]


def test_many_at_once_are_written_in_groups_and_each_gets_its_own(
    writer: Writer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real = Submissions.add

    def noted(self: Submissions, group: Sequence[Received], **given: Any) -> list[Kept]:
        sizes.append(len(group))
        return real(self, group, **given)

    monkeypatch.setattr(Submissions, "add", noted)
    begun, go = threading.Event(), threading.Event()

    def held_up(_: Store) -> None:
        begun.set()
        assert go.wait(10)

    with ThreadPoolExecutor(41) as people:
        blocked = people.submit(writer.do, held_up)
        assert begun.wait(10)
        sent = {n: people.submit(writer.send, received(f"a{n}", f"Answer {n}")) for n in range(40)}
        while len(writer._queue) < 40:
            pass
        go.set()
        kept = {n: future.result(10).item_id for n, future in sent.items()}
        blocked.result(10)
    assert sizes == [40]
    writer.close()
    with Store.open(path) as store:
        assert {n: store.items.get([item_id])[0].text for n, item_id in kept.items()} == {
            n: f"Answer {n}" for n in range(40)
        }


def test_a_group_has_an_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(opener(path), most=3)
    go = threading.Event()
    sizes: list[int] = []
    real = Submissions.add

    def noted(self: Submissions, group: Sequence[Received], **given: Any) -> list[Kept]:
        sizes.append(len(group))
        return real(self, group, **given)

    monkeypatch.setattr(Submissions, "add", noted)
    with ThreadPoolExecutor(9) as people:
        people.submit(writer.do, lambda _: go.wait(10))
        sent = [people.submit(writer.send, received(f"a{n}")) for n in range(8)]
        while len(writer._queue) < 8:
            pass
        go.set()
        assert all(future.result(10).is_new for future in sent)
    writer.close()
    assert sizes == [3, 3, 2]


def test_another_program_holds_the_database(writer: Writer, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writer.send(received("first", "First."))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with caplog.at_level(logging.WARNING), pytest.raises(StoreError, match="locked"):
            writer.send(received("second", "Second, which nobody may read in a log."))
        with pytest.raises(StoreError, match="locked"):
            writer.send(received("second"))
        other.execute("ROLLBACK")
    assert writer.send(received("second", "Second.")).is_new
    writer.close()
    assert texts(path) == ["First.", "Second."]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]  # once, not for each person
    assert "nobody may read" not in caplog.text


def test_who_is_kept_waiting_too_long_is_told_and_may_send_again(writer: Writer, path: Path) -> None:
    go, begun = threading.Event(), threading.Event()

    def slow(_: Store) -> bool:
        begun.set()
        return go.wait(10)

    with ThreadPoolExecutor(1) as other:
        held_up = other.submit(writer.do, slow)
        assert begun.wait(10)
        with pytest.raises(StoreError, match=r"within 0\.1 seconds"):
            writer.send(received("a", "Warm."), timeout=0.1)
        go.set()
        assert held_up.result(10)
    writer.do(lambda store: store.now())
    assert writer.send(received("b", "Quiet.")).is_new
    writer.close()
    assert texts(path) == ["Quiet."]  # what was not begun when its sender was told so is not stored behind their back


def test_one_answer_that_cannot_be_stored_does_not_take_others_with_it(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = Writer(opener(path))
    go = threading.Event()
    with ThreadPoolExecutor(5) as people:
        people.submit(writer.do, lambda _: go.wait(10))
        taken = people.submit(writer.send, received("a", code="ABCD-EFGH-JKMN"))
        good = [people.submit(writer.send, received(f"good {n}", f"Good {n}")) for n in range(2)]
        same = people.submit(writer.send, received("b", "Whose words are private.", code="ABCD-EFGH-JKMN"))
        while len(writer._queue) < 4:
            pass
        go.set()
        assert all(future.result(10).is_new for future in good)
        outcomes = [future.exception(10) for future in (taken, same)]
    assert sorted(type(error).__name__ for error in outcomes) == ["NoneType", "StoreError"]
    writer.close()
    assert len(texts(path)) == 3
    assert "private" not in caplog.text


def test_an_error_of_the_program_is_no_confirmation_and_tells_no_words(
    writer: Writer, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Submissions, group: Sequence[Received], *, basis: LegalBasis | None) -> list[Kept]:
        raise ValueError(group[0].submission.text)

    with monkeypatch.context() as patched:
        patched.setattr(Submissions, "add", broken)
        with pytest.raises(StoreError) as caught:
            writer.send(received("a", "Words that are private."))
    assert "private" not in f"{caught.value}{caught.value.__cause__}{caplog.text}"
    assert "ValueError" in caplog.text
    assert writer.send(received("a", "Words that are private.")).is_new


def test_the_queue_has_an_end(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    go, begun = threading.Event(), threading.Event()

    def slow(_: Store) -> bool:
        begun.set()
        return go.wait(10)

    with ThreadPoolExecutor(4) as people:
        people.submit(writer.do, slow)
        assert begun.wait(10)
        sent = [people.submit(writer.send, received(f"a{n}")) for n in range(2)]
        while len(writer._queue) < 2:
            pass
        with pytest.raises(StoreError, match="too many answers"):
            writer.send(received("one too many"))
        waiting = people.submit(writer.do, lambda store: store.now())
        while writer._waiting < 2:
            pass
        with pytest.raises(StoreError, match="too many people"):
            writer.do(lambda store: store.now())
        go.set()
        assert all(future.result(10) for future in (*sent, waiting))


def test_a_restored_backup_gets_what_is_confirmed(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        store.submissions.add([received("old", "Before the backup.")])
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(backup)) as copy:
        db.backup(copy)
    writer = Writer(opener(path))
    writer.send(received("lost", "After the backup."))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.move(backup, path)
    assert writer.send(received("new", "After it was restored.")).is_new
    writer.close()
    assert texts(path) == ["Before the backup.", "After it was restored."]


def test_a_file_that_is_replaced_during_a_write_is_written_again(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(path).close()
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(backup)) as copy:
        db.backup(copy)
    real = Submissions.add

    def replaced(self: Submissions, group: Sequence[Received], **given: Any) -> list[Kept]:
        kept = real(self, group, **given)
        if backup.exists():
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            shutil.move(backup, path)
        return kept

    monkeypatch.setattr(Submissions, "add", replaced)
    writer = Writer(opener(path))
    assert writer.send(received("a", "In the middle of it.")).is_new
    writer.close()
    assert texts(path) == ["In the middle of it."]


def test_other_writes_return_and_raise_what_they_do(writer: Writer) -> None:
    kept = writer.send(
        received("a", consents=frozenset({Use.ANALYSE, Use.CONTACT}), contact=Contact(email="a@example.org"))
    )
    assert writer.do(lambda store: store.submissions.held(kept.item_id)).email == "a@example.org"
    writer.do(lambda store: store.submissions.withdraw(kept.item_id))
    with pytest.raises(ModerationError):
        writer.do(lambda store: store.submissions.held(kept.item_id))


def test_works_own_timeout_is_not_taken_for_ours(writer: Writer) -> None:
    def late(_: Store) -> None:
        raise TimeoutError("a mail server")

    with pytest.raises(TimeoutError, match="a mail server"):
        writer.do(late)


def test_a_closed_writer_says_so(path: Path) -> None:
    writer = Writer(opener(path))
    assert writer.send(received("a")).is_new
    writer.close()
    writer.close()
    with pytest.raises(StoreError, match="being stopped"):
        writer.send(received("b"))
    with Store.open(path) as store:
        assert [run.status for run in store.runs.recent()] == ["done"]
