"""What a kill, a broken disk, a second program or a clock that is set back must not do to backups."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest

from advocacy_monitor import backups
from advocacy_monitor.backups import restoring, sealing
from advocacy_monitor.backups.opening import problems
from advocacy_monitor.config import Loaded
from advocacy_monitor.doctor import examine
from advocacy_monitor.errors import StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.store import Store
from tests.backups.conftest import Time, add
from tests.backups.test_upgrade import campaign_of

Campaign = Callable[..., Loaded]


def test_the_backup_before_an_upgrade_is_there_after_the_night(campaign: Campaign, time: Time) -> None:
    loaded = campaign()
    campaign_of(loaded, 4)
    open_store(loaded, clock=time).close()
    time.pass_(hours=1)
    backups.make(loaded, clock=time)
    assert [each.manifest.reason for each in backups.listed(loaded) if each.manifest] == ["before an upgrade", ""]
    for _ in range(12):
        time.pass_(days=1)
        backups.make(loaded, clock=time)
    upgraded = [each for each in backups.listed(loaded) if each.manifest and each.manifest.reason]
    assert upgraded == []  # it holds people's words, and goes with the others


def test_a_clock_that_is_set_back_costs_no_backup(campaign: Campaign, time: Time) -> None:
    loaded = campaign("backups:\n  days: 1\n  weeks: 0\n  months: 0\n")
    add(loaded, time, 1)
    time.pass_(days=1)
    backups.make(loaded, clock=time)
    time.pass_(days=-1)
    made = backups.make(loaded, clock=time)
    assert made.ok
    assert made.path.exists()


def test_a_backup_is_verified_while_another_is_to_be_made(
    loaded: Loaded, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backups.make(loaded, clock=time)
    unseal, beside = sealing.unseal, threading.Thread(target=lambda: backups.make(loaded, clock=time))

    def slow(*given: Any, **named: Any) -> None:
        if beside.ident is None:
            beside.start()
            beside.join(0.2)
        unseal(*given, **named)

    monkeypatch.setattr(sealing, "unseal", slow)
    assert list(problems(loaded, made)) == []
    beside.join()
    assert all(each.ok for each in backups.listed(loaded))


def test_a_backup_before_a_repair_does_not_replace_that_of_the_night(loaded: Loaded, time: Time) -> None:
    """It may hold the very damage that is repaired."""
    night = backups.make(loaded, clock=time)
    time.pass_(hours=6)
    before = backups.make(loaded, clock=time, reason="before a repair")
    assert [each.path for each in backups.listed(loaded)] == [night.path, before.path]
    time.pass_(hours=1)
    usual = backups.make(loaded, clock=time)
    assert [each.path for each in backups.listed(loaded)] == [before.path, usual.path]


@pytest.mark.parametrize("then", ["restore", "doctor"])
def test_the_plain_files_of_a_killed_restore_go(loaded: Loaded, time: Time, then: str) -> None:
    made = backups.make(loaded, clock=time)
    child = os.fork()
    if not child:
        restoring._erased_again = lambda *given: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        try:
            backups.restore(loaded, made, clock=time)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert _hidden(loaded.folder)
    if then == "restore":
        backups.restore(loaded, made, clock=time)
    else:
        examine(loaded, repair=True)
    assert not _hidden(loaded.folder)


def test_a_restore_that_breaks_off_between_two_files_says_so(
    loaded: Loaded, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backups.make(loaded, clock=time)
    time.pass_(hours=1)
    add(loaded, time, 9)
    given, seen = restoring._as_before, []

    def fail(new: Path, place: Path) -> None:
        seen.append(place)
        if len(seen) == 2:
            raise OSError(5, "Input/output error")
        given(new, place)

    monkeypatch.setattr(restoring, "_as_before", fail)
    with pytest.raises(StoreError, match=r"only a part of the files was restored.*before-restore") as told:
        backups.restore(loaded, made, clock=time)
    assert "nothing was restored" not in str(told.value)
    monkeypatch.undo()
    assert backups.restore(loaded, made, clock=time).statements == 10


@pytest.mark.parametrize("stays", [True, False])
def test_what_is_stored_while_a_backup_is_unpacked_is_not_put_aside(
    loaded: Loaded, time: Time, monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    """`collect` or the form confirms what it stores; a restore must not swap the file away beneath it."""
    made = backups.make(loaded, clock=time)
    erased_again, opened = restoring._erased_again, []

    def meanwhile(*given: Any) -> Any:
        opened.append(open_store(loaded, clock=time))
        if not stays:
            opened.pop().close()
            add(loaded, time, 9)
        return erased_again(*given)

    monkeypatch.setattr(restoring, "_erased_again", meanwhile)
    with pytest.raises(StoreError, match="another program"):
        backups.restore(loaded, made, clock=time)
    for store in opened:
        store.close()
    with open_store(loaded, clock=time) as store:
        assert store.items.count() == (10 if stays else 12)
    monkeypatch.undo()
    assert backups.restore(loaded, made, clock=time).statements == 10


def test_what_a_killed_restore_left_is_not_used(loaded: Loaded, time: Time) -> None:
    """The contacts file holds the keys to what is in the database: they are of one backup, or of no use."""
    made = backups.make(loaded, clock=time)
    time.pass_(hours=1)
    add(loaded, time, 9)
    child = os.fork()
    if not child:
        given, seen = restoring._as_before, []

        def kill(new: Path, place: Path) -> None:
            seen.append(place)
            if len(seen) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            given(new, place)

        restoring._as_before = kill
        try:
            backups.restore(loaded, made, clock=time)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    with pytest.raises(StoreError, match="restore was cut off"):
        open_store(loaded, clock=time)
    with pytest.raises(StoreError, match="restore was cut off"):
        Store.open_read_only(loaded.database)
    with pytest.raises(StoreError, match="restore was cut off"):
        backups.make(loaded, clock=time)
    assert backups.restore(loaded, made, clock=time).statements == 10
    open_store(loaded, clock=time).close()
    assert not _hidden(loaded.folder)


def test_nothing_plain_is_ever_on_the_disk_of_encrypted_backups(
    campaign: Campaign, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pyrage.x25519.Identity.generate().to_public()
    loaded = campaign(f"backups:\n  folder: elsewhere\n  encrypt: age\n  recipients: [{key}]\n")
    add(loaded, time, 1)
    seen: list[str] = []
    real = pyrage.encrypt_file

    def spied(packed: str, sealed: str, keys: list[object]) -> None:
        seen.extend(path.name for path in loaded.backups.rglob("*") if path.is_file())
        assert Path(packed).parent.parent == loaded.folder
        real(packed, sealed, keys)

    monkeypatch.setattr(pyrage, "encrypt_file", spied)
    backups.make(loaded, clock=time)
    assert {name.rsplit(".", 1)[-1] for name in seen} <= {"age", "lock"}
    assert not _hidden(loaded.folder)


def _hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith((".restoring-", ".copying-"))]


def test_a_backup_that_cannot_be_read_stops_nothing(loaded: Loaded, time: Time) -> None:
    good = backups.make(loaded, clock=time)
    closed = loaded.backups / "closed"
    closed.mkdir()
    (closed / "manifest.json").symlink_to("manifest.json")  # nobody can read it, not even who may read everything
    time.pass_(days=1)
    newer = backups.make(loaded, clock=time)
    found = {each.path: each for each in backups.listed(loaded)}
    assert set(found) == {good.path, newer.path, closed}
    assert (found[closed].ok, found[closed].why) == (
        False,
        "its manifest cannot be read: Too many levels of symbolic links",
    )


def test_a_part_that_cannot_be_looked_at_is_told(loaded: Loaded, time: Time) -> None:
    made = backups.make(loaded, clock=time)
    part = made.path / "contacts.db.zst"
    part.unlink()
    part.symlink_to(part.name)
    assert backups.listed(loaded)[0].why == "contacts.db.zst cannot be read: Too many levels of symbolic links"
    part.unlink()
    part.mkdir()
    assert backups.listed(loaded)[0].why == "contacts.db.zst is no file"


def test_a_folder_that_cannot_be_read_is_an_error_in_words(loaded: Loaded, time: Time) -> None:
    loaded.backups.write_text("no folder")
    with pytest.raises(StoreError, match=r"backups: the folder of the backups cannot be read \(Not a directory\)"):
        backups.listed(loaded)
    with pytest.raises(StoreError, match="backups: cannot be written, so there can be no backup"):
        backups.make(loaded, clock=time)


def test_what_cannot_be_removed_is_told_and_stops_nothing(
    loaded: Loaded, time: Time, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backups.make(loaded, clock=time)
    (loaded.backups / ".making-0123").symlink_to(tmp_path, target_is_directory=True)
    time.pass_(days=1)
    assert backups.make(loaded, clock=time).ok
    assert ".making-0123: cannot be removed" in caplog.text
    assert tmp_path.is_dir()


def test_what_is_encrypted_is_looked_at_without_a_plain_copy_beside_it(
    campaign: Campaign, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = pyrage.x25519.Identity.generate()
    loaded = campaign(f"backups:\n  encrypt: age\n  recipients: [{secret.to_public()}]\n")
    add(loaded, time, 0)
    made = backups.make(loaded, clock=time)
    key = tmp_path / "key.txt"
    key.write_text(f"{secret}\n", encoding="utf-8")
    places: list[Path] = []
    unpack = sealing.unseal

    def watched(sealed: Path, plain: Path, *given: Any, **named: Any) -> None:
        places.append(plain)
        unpack(sealed, plain, *given, **named)

    monkeypatch.setattr(sealing, "unseal", watched)
    assert list(problems(loaded, made, identity=key)) == []
    assert places
    assert all(loaded.backups not in plain.parents and not plain.exists() for plain in places)


def test_a_restore_that_is_killed_at_its_very_end_is_no_alarm(
    loaded: Loaded, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backups.make(loaded, clock=time)
    with open_store(loaded, clock=time) as store:
        store.actions.add("Ada", "select", item_ids=[1, 2, 3])
        store.audit.seal()
    with monkeypatch.context() as patched:

        def killed(*given: Any, **named: Any) -> None:
            raise KeyboardInterrupt

        patched.setattr(restoring, "_exchange", then(restoring._exchange, killed))
        with pytest.raises(KeyboardInterrupt):
            backups.restore(loaded, made, clock=time)
    with open_store(loaded, clock=time) as store:
        assert store.audit.verify() == []


def then(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    """Calls both, one after the other."""

    def both(*given: Any, **named: Any) -> Any:
        first(*given, **named)
        return second()

    return both
