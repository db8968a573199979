"""The journal of erasures is on the disk before anything is removed, and takes out of a restored database what is in it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Contact, Item, Page, Reject, Relation, Standing, Verdict
from advocacy_monitor.store import Store
from advocacy_monitor.store.journal import Entry, Journal, of_tombstones, reapply
from advocacy_monitor.store.submissions import WITHDRAWN
from tests.conftest import Clock, make_post, make_submission
from tests.web import holders

_CONTACT = Contact(name="Ida Quobbel", email="ida@example.org")


def entry(hashed: str = "00", kind: str = "item") -> Entry:
    return Entry(at="2026-11-01T12:00:00+00:00", kind=kind, hash=hashed, key="aa", reason="erased on request")  # type: ignore[arg-type]  # a word that is none is tried


def stored(store: Store, *items: Item, rejects: tuple[Reject, ...] = ()) -> list[int]:
    first = store.items.last_id() + 1
    store.add_page(store.runs.start("t", kind="import"), Page(items=items, rejects=rejects), collector="t")
    return list(range(first, store.items.last_id() + 1))


def _copied(store: Store, folder: Path) -> Path:
    """The database and its contacts file as a backup has them."""
    folder.mkdir()
    for name in ("advocacy.db", "advocacy.contacts.db"):
        with sqlite3.connect(store.path.with_name(name)) as source, sqlite3.connect(folder / name) as target:
            source.backup(target)
        source.close()
        target.close()
    return folder / "advocacy.db"


def test_what_is_added_is_read_again_in_its_order(tmp_path: Path) -> None:
    journal = Journal.beside(tmp_path / "library.db")
    assert journal.path == tmp_path / "library.erasures"
    assert journal.read() == ()
    journal.add([])
    assert not journal.path.exists()
    journal.add([entry("00"), entry("01")])
    journal.add([entry("02", "person")])
    assert [(each.kind, each.hash) for each in journal.read()] == [("item", "00"), ("item", "01"), ("person", "02")]
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.add_missing([entry("01"), entry("03"), entry("03")]) == 1
    assert [each.hash for each in journal.read()] == ["00", "01", "02", "03"]


@pytest.mark.parametrize("torn", [b"{", b'{"at": "2026', b"\xff\xfe", b'{"at": 1}'])
def test_a_torn_line_is_told_and_costs_no_other(tmp_path: Path, torn: bytes, caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal.beside(tmp_path / "library.db")
    journal.add([entry("00")])
    with journal.path.open("ab") as file:
        file.write(torn)
    journal.add([entry("01")])
    assert [each.hash for each in journal.read()] == ["00", "01"]
    assert "line 2: is torn" in caplog.text


def test_an_erasure_is_noted_without_anything_of_the_person(store: Store) -> None:
    post = make_post("Quobbel said so.", author_id="7", author_handle="quobbel_reads", source_id="1790000000001")
    repost = make_post("Quobbel said so.", relation=Relation.REPOST, related_id=post.source_id)
    one, _ = stored(store, post, repost)
    store.erasures.erase_items([one], reason="erased on request", people=["aabb"])
    entries = store.erasures.journal.read()
    assert [(each.kind, each.reason) for each in entries] == [
        *[("item", "erased on request")] * 2,
        ("person", "erased on request"),
    ]
    content = store.erasures.journal.path.read_text()
    for word in ("Quobbel", "quobbel", "1790000000001", '"x"'):
        assert word not in content
    assert {each.hash for each in of_tombstones(store)} == {each.hash for each in entries}
    assert {each.key for each in of_tombstones(store)} == {each.key for each in entries}
    assert json.loads(content.splitlines()[0])["at"] == entries[0].at


def test_nothing_is_removed_when_the_journal_cannot_be_written(store: Store) -> None:
    (one,) = stored(store, make_post("Stays."))
    store.erasures.journal.path.mkdir()
    with pytest.raises(StoreError, match="journal of erasures cannot be written"):
        store.erasures.erase_items([one], reason="erased on request")
    assert store.items.get([one])[0].text == "Stays."


def test_an_answer_keeps_its_contact_details_when_the_journal_cannot_be_written(store: Store) -> None:
    item = holders.stored(store)
    store.erasures.journal.path.mkdir()
    with pytest.raises(StoreError, match="nothing was removed"):
        store.submissions.withdraw(item)
    assert store.erasures.addresses([item]) == ["wilhelmina@example.org"]
    assert store.submissions.of_code(holders.CODE) == item


def test_what_was_noted_and_not_removed_is_removed_when_it_is_reapplied(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the power failed between the line and the removal: the line is on the disk, the words are as well."""
    (one,) = stored(store, make_post("Still here."))
    real = Journal.add

    def then_dies(self: Journal, entries: Iterable[Entry]) -> None:
        real(self, entries)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "add", then_dies)
        with pytest.raises(KeyboardInterrupt):
            store.erasures.erase_items([one], reason="erased on request")
    assert store.items.get([one])[0].text == "Still here."
    assert reapply(store, store.erasures.journal.read()).items == 1
    assert store.items.get([one])[0].text == ""


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal.beside(tmp_path / "library.db")
    journal.add([entry("00")])
    before = journal.path.read_bytes()
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 20:
            return real(descriptor, data[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError, match="No space left"):
        journal.add([entry("01")])
    assert journal.path.read_bytes() == before


def test_everything_that_removes_words_is_noted(store: Store, clock: Clock) -> None:
    gone = make_post("Deleted at its platform.")
    answer = make_submission("Withdrawn.")
    _, two = stored(store, gone, answer)
    for _ in range(2):
        store.verifications.apply([Verdict(source="x", source_id=gone.source_id, standing=Standing.GONE)])
        clock.now = clock.now.replace(hour=clock.now.hour + 2)
    assert [each.reason for each in store.erasures.journal.read()] == ["gone at the source"]
    store.submissions.withdraw(two)
    assert [each.reason for each in store.erasures.journal.read()] == ["gone at the source", WITHDRAWN]


def test_a_restored_backup_loses_what_was_erased_since(store: Store, tmp_path: Path, clock: Clock) -> None:
    mine = make_submission("Zyxwvut.", contact=_CONTACT)
    theirs = make_post("Said by Quobbel.", author_id="7", author_handle="quobbel_reads")
    later = make_post("By the same person, not seen before.", author_id="7")
    reject = Reject(position="3", reason="no date", payload=b'{"user": "quobbel_reads"}')
    one, two, other = stored(store, mine, theirs, make_post("Somebody else."), rejects=(reject,))
    backup = _copied(store, tmp_path / "backup")
    person = store.items.get([two])[0].person_key
    assert person is not None
    digests = store.people.rejects_naming(["quobbel_reads"])
    store.erasures.erase_items([one, two], reason="erased on request", people=[person], rejects=digests)
    entries = store.erasures.journal.read()
    with Store.open(backup, clock=clock) as restored:
        stored(restored, later)
        done = reapply(restored, entries)
        assert (done.items, done.contacts, done.people, done.foreign) == (3, 1, 1, 0)
        assert [each.text for each in restored.items.get([one, two, other])] == ["", "", "Somebody else."]
        assert restored.erasures.vacuum() is None
        again = reapply(restored, entries)
        assert not again.any
        assert stored(restored, mine, theirs, later, rejects=(reject,)) == []
        assert restored.check() == []
    for file in backup.parent.iterdir():
        content = file.read_bytes()
        for word in (b"Zyxwvut", b"Quobbel", b"quobbel", b"ida@example.org"):
            assert word not in content, (file.name, word)


def test_what_the_restored_database_never_had_does_not_come_with_the_next_collection(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    backup = _copied(store, tmp_path / "backup")
    post = make_post("Collected after the backup, and erased.")
    (one,) = stored(store, post)
    store.erasures.erase_items([one], reason="erased on request")
    with Store.open(backup, clock=clock) as restored:
        assert not reapply(restored, store.erasures.journal.read()).any
        assert stored(restored, post) == []
        assert {each.hash for each in of_tombstones(restored)} == {each.hash for each in of_tombstones(store)}


def test_entries_of_another_contacts_file_are_counted_and_do_nothing(store: Store) -> None:
    (one,) = stored(store, make_post("Stays."))
    source, source_id = store.people.keys([one])[0]
    ours = Entry(at="2026-11-01", kind="item", hash="ff", key="bb", reason="r")
    assert (source, reapply(store, [ours]).foreign) == ("x", 1)
    assert store.items.get([one])[0].text == "Stays."
    assert stored(store, make_post("New.", source_id=f"{source_id}-2")) != []


def test_the_copy_is_whole(store: Store, tmp_path: Path) -> None:
    """The journal is no part of the database: who copies the folder copies it too."""
    (one,) = stored(store, make_post("Gone."))
    store.erasures.erase_items([one], reason="erased on request")
    shutil.copytree(tmp_path, tmp_path.with_name(f"{tmp_path.name}-copy"))
    copied = Journal.beside(tmp_path.with_name(f"{tmp_path.name}-copy") / "advocacy.db")
    assert copied.read() == store.erasures.journal.read()
