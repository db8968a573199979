"""Backups are whole or not there at all, are kept as long as the campaign wants, and come back as they were."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
import zstandard

from advocacy_monitor import backups
from advocacy_monitor.backups import manifest as manifests
from advocacy_monitor.backups.keeping import kept
from advocacy_monitor.backups.opening import problems
from advocacy_monitor.backups.rewriting import reapply_in_backups
from advocacy_monitor.config import Loaded
from advocacy_monitor.config_parts import Backups
from advocacy_monitor.errors import ConfigError, StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.store.journal import Entry, Journal
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.supervision.lock import only_one
from tests.backups.conftest import Time, add

Campaign = Callable[..., Loaded]


def everything(loaded: Loaded) -> dict[str, list[object]]:
    """Every row of every table of both databases."""
    found: dict[str, list[object]] = {}
    for path in (loaded.database, loaded.contacts):
        with sqlite3.connect(path) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
            for name in names:
                found[f"{path.name} {name}"] = db.execute(f'SELECT * FROM "{name}"').fetchall()
        db.close()
    return found


def test_a_backup_is_made_while_somebody_writes_and_says_what_it_holds(loaded: Loaded, time: Time) -> None:
    with open_store(loaded, clock=time) as store:
        run_id = store.runs.start("open", "collect")
        made = backups.make(loaded, clock=time)
        store.runs.finish(run_id, "done")
    assert made.ok
    assert (made.rows, made.made_at, made.verified_at, made.encrypted) == (10, time(), time(), "none")
    assert sorted(path.name for path in made.path.iterdir()) == [
        "advocacy.db.zst",
        "config.yaml.zst",
        "contacts.db.zst",
        "manifest.json",
    ]
    assert made.path.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.path.iterdir())
    assert list(problems(loaded, made)) == []
    assert [each.path for each in backups.listed(loaded)] == [made.path]
    assert [path for path in loaded.backups.iterdir() if path.name.startswith(".making")] == []


def test_what_comes_back_is_what_was_there(loaded: Loaded, time: Time) -> None:
    before = everything(loaded)
    made = backups.make(loaded, clock=time)
    time.pass_(hours=1)
    add(loaded, time, 5, 6)
    done = backups.restore(loaded, made, clock=time)
    assert done.statements == 10
    assert not done.erased_again.any
    after = everything(loaded)
    written = {"advocacy.db actions", "advocacy.db audit", "advocacy.db sqlite_sequence", "contacts.db keys"}
    assert {name for name in before if before[name] != after[name]} <= written
    assert done.aside is not None
    with Store.open(done.aside / "advocacy.db", contacts_path=done.aside / "contacts.db") as store:
        assert store.items.count() == 14


def test_who_was_erased_since_does_not_come_back(loaded: Loaded, time: Time) -> None:
    made = backups.make(loaded, clock=time)
    with open_store(loaded, clock=time) as store:
        store.erasures.erase_items([1, 6], reason="erased on request")
    loaded.database.unlink()  # the disk died; the journal lies on another, or was saved
    loaded.contacts.unlink()
    done = backups.restore(loaded, made, clock=time)
    assert (done.erased_again.items, done.erased_again.contacts) == (2, 1)
    with open_store(loaded, clock=time) as store:
        assert [item.text for item in store.items.get([1, 6])] == ["", ""]
    for path in (loaded.database, loaded.contacts):
        content = path.read_bytes()
        assert b"Post number 0" not in content
        assert b"person0@example.org" not in content


def test_an_entry_of_a_lost_contacts_file_keeps_nobody_from_restoring(loaded: Loaded, time: Time) -> None:
    made = backups.make(loaded, clock=time)
    with open_store(loaded, clock=time) as store:
        store.erasures.erase_items([1], reason="erased on request")
    stranger = Entry(at="2026-01-01", kind="item", hash="ab" * 16, key="of another file", reason="erased on request")
    Journal.beside(loaded.database).add([stranger])
    done = backups.restore(loaded, made, clock=time)
    assert (done.erased_again.items, done.erased_again.foreign) == (1, 1)
    done_again = reapply_in_backups(loaded, Journal.beside(loaded.database).read())
    assert (done_again.changed, done_again.unreadable) == ((made.path,), ())


def test_what_people_took_back_since_stays_taken_back(loaded: Loaded, time: Time) -> None:
    person, address = "survey", "person0@example.org"
    with open_store(loaded, clock=time) as store:
        (item,) = (each for batch in store.items.each() for each in batch if each.source_id == "answer-0")
        (post,) = (each for batch in store.items.each() for each in batch if each.source_id == "post-1")
        store.submissions.set_consents(item.id, list(Use), proof="ticked in the test")
        store.permissions.add(post.id, PermissionState.GRANTED, who="Kim", proof="by mail", scope=())
    made = backups.make(loaded, clock=time)
    time.pass_(hours=1)
    with open_store(loaded, clock=time) as store:
        assert store._contacts is not None
        store.submissions.set_consents(item.id, [Use.ANALYSE], proof="My statement")
        token = store.mails.stop_token(address)
        store._contacts.db.execute("INSERT INTO unsubscribed (hash, made_at) VALUES (?, '2026-11-02')", [token])
        store.permissions.add(post.id, PermissionState.WITHDRAWN, who="Kim", proof="by mail", scope=())
        granted = store.submissions._consents(item.id)
        assert granted == {Use.ANALYSE}
    done = backups.restore(loaded, made, clock=time)
    assert done.taken_back is not None
    assert done.taken_back.count >= 4
    with open_store(loaded, clock=time) as store:
        assert store.submissions._consents(item.id) == granted
        assert store._contacts is not None
        contact = store._contacts.of(person, "answer-0")
        assert contact is None or (contact.name, contact.email) == (None, None)
        assert store.mails.is_unsubscribed(address)
        assert [step.state for step in store.permissions.steps(post.id)][-1] is PermissionState.WITHDRAWN
        other = store._contacts.of(person, "answer-1")
        assert other is not None
        assert other.name == "Person 1"


def test_what_was_erased_goes_out_of_the_backups_too(loaded: Loaded, time: Time, tmp_path: Path) -> None:
    made = backups.make(loaded, clock=time)
    with open_store(loaded, clock=time) as store:
        store.erasures.erase_items([1, 6], reason="erased on request")
    entries = Journal.beside(loaded.database).read()
    done = reapply_in_backups(loaded, entries)
    assert (done.changed, done.unreadable) == ((made.path,), ())
    (again,) = backups.listed(loaded)
    assert again.ok
    assert again.made_at == made.made_at
    assert list(problems(loaded, again)) == []
    for name in ("advocacy.db", "contacts.db"):
        _unpacked(again.path / f"{name}.zst", tmp_path / name)
        content = (tmp_path / name).read_bytes()
        assert b"Post number 0" not in content
        assert b"person0@example.org" not in content
        assert (b"Post number 3" in content) is (name == "advocacy.db")
    assert reapply_in_backups(loaded, entries).changed == ()
    assert sorted(path.name for path in loaded.backups.iterdir()) == [".lock", again.path.name]


def _unpacked(packed: Path, plain: Path) -> None:
    with packed.open("rb") as source, plain.open("wb") as target:
        zstandard.ZstdDecompressor().copy_stream(source, target)


@pytest.mark.parametrize("part", ["advocacy.db.zst", "contacts.db.zst", "manifest.json"])
@pytest.mark.parametrize("damage", ["bit", "cut", "gone"])
def test_a_damaged_backup_is_told_and_never_restored(loaded: Loaded, time: Time, part: str, damage: str) -> None:
    made = backups.make(loaded, clock=time)
    file = made.path / part
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x40
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content if damage == "bit" else content[:-7])
    found = backups.listed(loaded)
    if part == "manifest.json" and damage == "gone":
        assert found == []
        return
    before = everything(loaded)
    assert part == "manifest.json" or list(problems(loaded, found[0]))
    if list(problems(loaded, found[0])):
        with pytest.raises(StoreError):
            backups.restore(loaded, found[0], clock=time)
    assert everything(loaded) == before
    assert [path.name for path in loaded.folder.iterdir() if "restor" in path.name] == []


def test_a_damaged_database_makes_no_backup_and_costs_none(loaded: Loaded, time: Time) -> None:
    good = backups.make(loaded, clock=time)
    content = bytearray(loaded.database.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    loaded.database.write_bytes(content)
    time.pass_(days=30)
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        backups.make(loaded, clock=time)
    assert [each.path for each in backups.listed(loaded)] == [good.path]
    assert backups.restore(loaded, good, clock=time).statements == 10


def test_age_and_its_key(campaign: Campaign, time: Time, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    loaded = campaign(f"backups:\n  encrypt: age\n  recipients: [{identity.to_public()}]\n")
    add(loaded, time, 1)
    made = backups.make(loaded, clock=time)
    assert made.ok
    assert {path.suffix for path in made.path.iterdir()} == {".age", ".json"}
    assert not any(b"Post number" in path.read_bytes() for path in made.path.iterdir())
    assert list(problems(loaded, made)) == []
    with pytest.raises(ConfigError, match="--identity"):
        backups.restore(loaded, made, clock=time)
    wrong, right = tmp_path / "wrong.txt", tmp_path / "right.txt"
    wrong.write_text(str(pyrage.x25519.Identity.generate()), encoding="utf-8")
    right.write_text(f"# created: today\n{identity}\n", encoding="utf-8")
    with pytest.raises(StoreError, match="this key"):
        backups.restore(loaded, made, clock=time, identity=wrong)
    assert backups.restore(loaded, made, clock=time, identity=right).statements == 2
    with open_store(loaded, clock=time) as store:
        store.erasures.erase_items([1], reason="erased on request")
    done = reapply_in_backups(loaded, Journal.beside(loaded.database).read())
    assert (done.changed, done.unreadable) == ((), (made.path,))


@pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")
def test_gpg(campaign: Campaign, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("/tmp") / f"gpg-{tmp_path.parent.name}-{tmp_path.name}"[:60]  # gpg's sockets need a short path
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    try:
        subprocess.run(
            [
                "gpg",
                "--batch",
                "--quiet",
                "--passphrase",
                "",
                "--quick-gen-key",
                "backup@example.org",
                "future-default",
            ],
            check=True,
            capture_output=True,
        )
        loaded = campaign("backups:\n  encrypt: gpg\n  recipients: [backup@example.org]\n")
        add(loaded, time, 1)
        made = backups.make(loaded, clock=time)
        assert {path.suffix for path in made.path.iterdir()} == {".gpg", ".json"}
        assert backups.restore(loaded, made, clock=time).statements == 2
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
        shutil.rmtree(home)


def test_keys_that_are_none_are_refused(campaign: Campaign, time: Time) -> None:
    loaded = campaign("backups:\n  encrypt: age\n  recipients: [age1nonsense]\n")
    add(loaded, time, 1)
    with pytest.raises(ConfigError, match=r"backups\.recipients\.0"):
        backups.make(loaded, clock=time)
    with pytest.raises(ConfigError, match="go together"):
        campaign("backups:\n  encrypt: age\n")


def test_nobody_restores_while_somebody_works(loaded: Loaded, time: Time) -> None:
    made = backups.make(loaded, clock=time)
    with only_one(loaded.database), pytest.raises(StoreError, match="another program works on it"):
        backups.restore(loaded, made, clock=time)
    with open_store(loaded, clock=time), pytest.raises(StoreError, match="has it open"):
        backups.restore(loaded, made, clock=time)
    assert backups.restore(loaded, made, clock=time).statements == 10


def test_a_full_disk_costs_no_older_backup(loaded: Loaded, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backups.make(loaded, clock=time)
    usage = shutil.disk_usage(loaded.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    with pytest.raises(StoreError, match="MB are free"):
        backups.make(loaded, clock=time)
    assert [each.path for each in backups.listed(loaded)] == [made.path]


def test_what_a_crash_left_is_cleared_away(loaded: Loaded, time: Time) -> None:
    made = backups.make(loaded, clock=time)
    made.path.rename(made.path.with_name(f".old-{made.name}~abcd"))  # between two renames
    (loaded.backups / ".making-1234").mkdir()
    (loaded.backups / ".making-1234" / "advocacy.db").write_bytes(b"half")
    assert backups.listed(loaded) == []
    time.pass_(hours=1)
    newer = backups.make(loaded, clock=time)
    assert sorted(path.name for path in loaded.backups.iterdir()) == [".lock", newer.name]
    assert newer.name > made.name  # of the same day the newest is kept


def test_rotation_keeps_days_then_weeks_then_months(campaign: Campaign) -> None:
    first = datetime(2026, 1, 1, 2, tzinfo=UTC)
    found = [_made_at(first + timedelta(days=number)) for number in range(200)]
    stay = {each.made_at.date().isoformat() for each in kept(found, Backups(days=7, weeks=4, months=3))}
    assert stay == {
        *("2026-07-13", "2026-07-14", "2026-07-15", "2026-07-16", "2026-07-17", "2026-07-18", "2026-07-19"),
        *("2026-06-28", "2026-07-05", "2026-07-12"),
        *("2026-05-31", "2026-06-30"),
    }
    broken = [_made_at(first + timedelta(days=number), ok=number == 3) for number in range(10)]
    assert [each.made_at for each in kept(broken, Backups())] == [first + timedelta(days=3)]


def _made_at(moment: datetime, *, ok: bool = True) -> manifests.Backup:
    return manifests.Backup(
        path=Path(moment.isoformat()),
        made_at=moment,
        rows=1,
        bytes=1,
        encrypted="none",
        verified_at=moment,
        ok=ok,
        why="",
        manifest=None,
    )
