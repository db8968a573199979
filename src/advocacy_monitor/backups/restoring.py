"""Puts a backup in the place of the campaign's files, and removes from it again what was erased since it was made."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from advocacy_monitor.backups import folders
from advocacy_monitor.backups.manifest import Backup
from advocacy_monitor.backups.opening import Opened, open_into
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.store import Store
from advocacy_monitor.store.audit_heads import Head, Heads
from advocacy_monitor.store.connection import half_restored
from advocacy_monitor.store.copying import is_alone
from advocacy_monitor.store.journal import Entry, Journal, Reapplied, of_tombstones, reapply
from advocacy_monitor.store.owning import like
from advocacy_monitor.store.taken_back import Again, TakenBack, take_back_again, taken_back
from advocacy_monitor.supervision.lock import only_one

_log = logging.getLogger(__name__)
_STAGING = ".restoring-"
BEFORE_RESTORE = ".before-restore-"
"""What the folders with the files from before a restore are called, after the database and before the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done. `aside` is the folder with the files that were in the place before, None where there were none.

    `erased_again` is what the journal of erasures removed from the backup; `statements` are there now. `taken_back` is
    what people took back since, such as a consent; None where the files from before could not be read.
    """

    backup: Backup
    aside: Path | None
    erased_again: Reapplied
    statements: int
    taken_back: Again | None = None


def restore(loaded: Loaded, backup: Backup, *, clock: Callable[[], datetime], identity: Path | None = None) -> Restored:
    """Restores database, contacts file and accounts as one. Nothing is changed before the backup was read in full.

    The files that are there now are kept in a folder beside. What was erased since the backup was made, as the journal
    beside the database, the one in the backup and the database itself know, is removed before anybody can see it.
    Raises StoreError, also while another program has the database open, and ConfigError for a missing key.
    """
    with only_one(loaded.database, command="advocacy-monitor restore", clock=clock):
        _nobody_else(loaded)
        try:
            clear_leftovers(loaded)
            with folders.staged(loaded.database.parent, prefix=_STAGING) as staging:
                opened = open_into(loaded, backup, staging, identity=identity)
                earlier, refusals = _known(loaded, clock)
                entries = (*earlier, *(Journal(opened.journal).read() if opened.journal else ()))
                before = _seen(loaded)
                erased, statements, head, back = _erased_again(loaded, opened, staging, entries, refusals, clock)
                _nobody_since(loaded, before)
                Journal.beside(loaded.database).add_missing((*entries, *erased.done))
                aside = _exchange(loaded, opened, head, clock)
        except OSError as error:
            raise StoreError(f"{loaded.database.parent}: {error.strerror or error}; nothing was restored") from error
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock) as store:
        store.actions.add("restore", "restore", detail=backup.name)
    return Restored(backup=backup, aside=aside, erased_again=erased, statements=statements, taken_back=back)


def clear_leftovers(loaded: Loaded) -> None:
    """Removes the plain files of a restore that was killed; for who holds the campaign's lock."""
    folders.clear(loaded.database.parent, _STAGING)


def _nobody_else(loaded: Loaded) -> None:
    for path in (loaded.database, loaded.contacts, loaded.accounts):
        if not is_alone(path):
            raise StoreError(f"{path}: another program has it open, such as `browse` or `serve`; end it first")


def _seen(loaded: Loaded) -> list[tuple[int, int]]:
    """What changes when somebody writes to the campaign's databases."""
    paths = [path for each in (loaded.database, loaded.contacts) for path in (each, each.with_name(f"{each.name}-wal"))]
    known = [path.stat() for path in paths if path.exists()]
    return [(each.st_mtime_ns, each.st_size) for each in known]


def _nobody_since(loaded: Loaded, before: list[tuple[int, int]]) -> None:
    """A large backup takes minutes to unpack: what another program has stored meanwhile would be put aside unseen."""
    if _seen(loaded) != before:
        raise StoreError(
            f"{loaded.database}: another program wrote to it while the backup was unpacked; nothing was restored. "
            "End `run`, `serve`, `browse` and what is started by hand, then restore again"
        )
    _nobody_else(loaded)


def _known(loaded: Loaded, clock: Callable[[], datetime]) -> tuple[tuple[Entry, ...], TakenBack | None]:
    """What was erased and what was taken back, as far as is known here; the database may be too damaged to tell."""
    found = Journal.beside(loaded.database).read()
    if not loaded.database.exists() or not loaded.contacts.exists():
        return found, None
    try:
        with Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock) as store:
            return (*found, *of_tombstones(store)), taken_back(store)
    except AdvocacyMonitorError as error:
        _log.warning("what the damaged database knew of erasures cannot be read (%s); the journal is used", error)
        return found, None


def _erased_again(
    loaded: Loaded,
    opened: Opened,
    staging: Path,
    entries: tuple[Entry, ...],
    refusals: TakenBack | None,
    clock: Callable[[], datetime],
) -> tuple[Reapplied, int, tuple[int, str], Again | None]:
    """Removes what was erased from the plain copy, and brings its tables up to date on the way. Also returns how many
    statements it has, and the last sealed row of its audit log, and what was taken back again."""
    contacts = opened.contacts or staging / loaded.contacts.name
    with Store.open(opened.database, contacts_path=contacts, clock=clock) as store:
        erased = reapply(store, entries)
        if entries and erased.foreign == len(entries):
            raise StoreError(
                f"{loaded.database.stem}.erasures: {erased.foreign} erasures were noted with the key of another "
                "contacts file than the backup's, so it cannot be said what they are about; nothing was restored"
            )
        if erased.any and (why_not := store.erasures.vacuum()):
            raise StoreError(f"{why_not}; nothing was restored")
        back = None if refusals is None else take_back_again(store, refusals)
        statements, head = store.items.count(), store.audit.head() or (0, "")
    for path in (opened.database, contacts):
        is_alone(path)  # writes the log back: one file is moved
    return erased, statements, head, back


def _exchange(loaded: Loaded, opened: Opened, head: tuple[int, str], clock: Callable[[], datetime]) -> Path | None:
    """Keeps the old files under a second name, then lets the new ones take their places one by one.

    Whoever opens the database in between, after a power cut say, is told that its files do not belong together.
    """
    pairs = [
        (loaded.database, opened.database),
        (loaded.contacts, opened.contacts),
        (loaded.accounts, opened.accounts),
    ]
    aside = _aside(loaded, [place for place, new in pairs if new is not None], clock)
    half = half_restored(loaded.database)
    try:
        half.touch(mode=0o600)
        folders.sync_folder(half.parent)
        for place, new in pairs:
            if new is not None:
                _replace(place, new)
        # That it was restored is noted before anybody can open it: the audit log ends where the backup's did.
        Heads.beside(loaded.database).add(Head(at=clock().isoformat(), id=head[0], hash=head[1], restored=True))
        half.unlink()
        folders.sync_folder(half.parent)
    except OSError as error:
        raise StoreError(
            f"{loaded.database.parent}: {error.strerror or error}; only a part of the files was restored. "
            f"Those from before are in {aside}; restore again"
        ) from error
    return aside


def _replace(place: Path, new: Path) -> None:
    for log in ("-wal", "-shm"):  # of the old file; SQLite would take it for the new one's
        place.with_name(f"{place.name}{log}").unlink(missing_ok=True)
    _as_before(new, place)
    new.replace(place)
    folders.sync_folder(place.parent)


def _as_before(new: Path, place: Path) -> None:
    """Who restores may be root, and who runs the daemon is somebody else."""
    there = place if place.exists() else place.parent
    if place.exists():
        new.chmod(place.stat().st_mode & 0o777)
    with contextlib.suppress(PermissionError):
        os.chown(new, there.stat().st_uid, there.stat().st_gid)


def _aside(loaded: Loaded, places: list[Path], clock: Callable[[], datetime]) -> Path | None:
    stamp = clock().astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    there = [
        file
        for place in places
        for file in (place, *(place.with_name(f"{place.name}{log}") for log in ("-wal", "-shm")))
        if file.exists()
    ]
    if not there:
        return None
    folder, number = loaded.database.with_name(f"{loaded.database.stem}{BEFORE_RESTORE}{stamp}"), 2
    while folder.exists():
        folder, number = (
            loaded.database.with_name(f"{loaded.database.stem}{BEFORE_RESTORE}{stamp}-{number}"),
            number + 1,
        )
    folder.mkdir(mode=0o700)
    like(folder.parent, folder)
    for file in there:
        os.link(file, folder / file.name)
    folders.sync_folder(folder)
    return folder
