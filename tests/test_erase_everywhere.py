"""After an erasure no eight letters in a row of what a person said or is called stand in any file of the campaign."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from advocacy_monitor import backups
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.rights.subjects import Subject, find
from advocacy_monitor.store.people import Identity
from advocacy_monitor.taking_out import TakenOut, show, take_out
from tests.conftest import Clock, make_post
from tests.planted import Campaign, Planted, campaign, fragments, stored


@pytest.fixture
def planted(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Campaign]:
    monkeypatch.setenv("ADVOCACY_MONITOR_BUSY_SECONDS", "0.1")
    made = campaign(tmp_path, clock)
    yield made
    made.store.close()


def taken_out(planted: Campaign, subject: Subject) -> TakenOut:
    shown = show(planted.store, planted.loaded, subject)
    count = len(shown.erasure.items)
    return take_out(planted.store, planted.loaded, shown, confirmed=count, by="Ada", remove_files=True)


def test_nothing_is_left_in_any_file(planted: Campaign) -> None:
    store, folder = planted.store, planted.loaded.folder
    everything = set(planted.planted.words)
    assert everything == _places(folder, planted) | {"token (first answer)", "token (corrected answer)"}
    by_account = taken_out(planted, find(store, author=f"x:{planted.handle}"))
    assert {row.actor for row in store.audit.rows(action="erase")} == {"Ada"}
    assert by_account.problems == ()
    assert set(by_account.erased.items) == {planted.post, planted.repost}
    by_address = taken_out(planted, find(store, email=planted.email.upper()))
    assert by_address.problems == ()
    assert set(by_address.erased.items) == {planted.answer, planted.flyer}
    assert fragments(folder, planted.planted) == set()
    assert [each.text for each in store.items.get([planted.quote])] == ["Quite so."]
    assert all(each.text for each in store.items.get(planted.others))
    assert store.check() == []
    store.close()
    assert fragments(folder, planted.planted) == set()
    assert _terms(planted.loaded.database) & set(planted.planted.words.values()) == set()


def test_nothing_is_left_in_backups_and_a_restored_one_has_none_of_it(planted: Campaign, clock: Clock) -> None:
    store, loaded = planted.store, planted.loaded
    made = backups.make(loaded, clock=clock)
    assert "edit" in _places(made.path, planted)
    for subject in (find(store, author=f"x:{planted.handle}"), find(store, email=planted.email)):
        done = taken_out(planted, subject)
        assert (done.backups, done.unread_backups, done.problems) == (1, (), ())
    assert fragments(loaded.folder, planted.planted) == set()
    (left,) = backups.listed(loaded)
    assert (left.ok, left.rows) == (True, made.rows)


def test_nothing_is_left_of_a_backup_that_was_kept_elsewhere_when_it_is_restored(
    planted: Campaign, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store, loaded = planted.store, planted.loaded
    kept = tmp_path_factory.mktemp("elsewhere") / "backup"
    made = backups.make(loaded, clock=clock)
    shutil.copytree(made.path, kept)
    for subject in (find(store, author=f"x:{planted.handle}"), find(store, email=planted.email)):
        taken_out(planted, subject)
    store.close()
    done = backups.restore(loaded, replace(made, path=kept), clock=clock)
    assert done.erased_again.items == 4
    assert fragments(loaded.folder, planted.planted) == set()
    with open_store(loaded, clock=clock) as restored:
        assert restored.check() == []
        assert all(each.text for each in restored.items.get(planted.others))


def test_backups_that_cannot_be_opened_here_are_named(planted: Campaign, clock: Clock) -> None:
    pyrage = pytest.importorskip("pyrage", reason="the extra `backup` is not installed")
    key = str(pyrage.x25519.Identity.generate().to_public())
    text = planted.loaded.path.read_text().replace("{days: 2}", f"{{days: 2, encrypt: age, recipients: [{key}]}}")
    planted.loaded.path.write_text(text)
    sealed = replace(planted, loaded=load_config(planted.loaded.path))
    made = backups.make(sealed.loaded, clock=clock)
    done = taken_out(sealed, find(planted.store, item=planted.post))
    assert (done.backups, done.unread_backups, done.problems) == (0, (str(made.path),), ())
    assert fragments(made.path, planted.planted) == set()


def test_while_another_program_reads_it_is_said_and_done_again(planted: Campaign) -> None:
    with sqlite3.connect(planted.loaded.database) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM items").fetchone()
        done = taken_out(planted, find(planted.store, item=planted.post))
        assert len(done.problems) == 1
        assert "is still being read by another program" in done.problems[0]
        assert planted.store.erasures.is_vacuum_due()
    reading.close()
    assert planted.store.erasures.vacuum() is None
    run = planted.store.runs.start("clean backups", kind="erase")
    planted.store.runs.finish(run, "done")
    assert not planted.store.erasures.is_vacuum_due()
    assert fragments(planted.loaded.folder, _of_post(planted)) == set()


def test_what_comes_in_while_it_is_erased_is_told(planted: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at what there is and the removal a collector may store a page."""
    store = planted.store
    looked = store.people.rejects_of

    def meanwhile(identity: Identity) -> list[str]:
        found = looked(identity)
        stored(store, make_post("And one more.", source="x", author_handle=planted.handle, author_id="7"))
        return found

    shown = show(store, planted.loaded, find(store, author=f"x:{planted.handle}"))
    monkeypatch.setattr(store.people, "rejects_of", meanwhile)
    done = take_out(store, planted.loaded, shown, confirmed=2, by="Ada")
    assert [each.partition(":")[0] for each in done.problems] == ["came in meanwhile, by the same person"]


def _of_post(planted: Campaign) -> Planted:
    """The words of the post alone: the answers of the same campaign are another person's for the program."""
    made = Planted()
    made.words = {place: word for place, word in planted.planted.words.items() if place in ("text", "edit", "handle")}
    return made


def _places(folder: Path, planted: Campaign) -> set[str]:
    """The places whose words stand in some file."""
    return {place for _, place in fragments(folder, planted.planted)}


def _terms(database: Path) -> set[str]:
    """Every word of the search index, which shortens in its pages what begins as the word before does."""
    with sqlite3.connect(database) as db:
        db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, items_fts, row)")
        found = {row[0] for row in db.execute("SELECT term FROM terms")}
        db.execute("INSERT INTO items_fts (items_fts) VALUES ('integrity-check')")
    db.close()
    return found
