"""Takes what was erased out of the backups that are kept, so that a person is not taken out of half the files."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from advocacy_monitor.backups import folders, sealing
from advocacy_monitor.backups.manifest import MANIFEST, Backup, Part, encoded, listed
from advocacy_monitor.backups.opening import Opened, open_into, whole
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.store import Store
from advocacy_monitor.store.copying import examine, is_alone
from advocacy_monitor.store.journal import Entry, Journal, Reapplied, reapply

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """Backups that were written anew, and those that could not be opened: encrypted, or damaged. The erasures are
    applied to these when one of them is restored. `damaged` are those of them that are not encrypted."""

    changed: tuple[Path, ...]
    unreadable: tuple[Path, ...]
    damaged: tuple[Path, ...] = ()


def reapply_in_backups(loaded: Loaded, entries: Sequence[Entry]) -> Rewritten:
    """Removes from every backup that can be opened what a journal says was erased; its bytes are gone afterwards.

    A backup to which the same journal was applied before is not opened. Raises StoreError when the folder cannot be
    written; one backup that cannot be read stops no other.
    """
    changed, unreadable, damaged = [], [], []
    if not loaded.backups.is_dir():
        return Rewritten(changed=(), unreadable=())
    applied = _digest(entries)
    with folders.held(loaded.backups, campaign=loaded.database.parent):
        for backup in listed(loaded):
            if backup.manifest is not None and backup.manifest.applied == applied:
                continue
            if backup.encrypted != "none":
                unreadable.append(backup.path)
                continue
            try:
                if _rewritten(loaded, backup, entries, applied):
                    changed.append(backup.path)
            except (AdvocacyMonitorError, OSError) as error:
                _log.warning("%s: could not be opened to take out what was erased: %s", backup.path, error)
                unreadable.append(backup.path)
                damaged.append(backup.path)
    return Rewritten(changed=tuple(changed), unreadable=tuple(unreadable), damaged=tuple(damaged))


def _digest(entries: Sequence[Entry]) -> str:
    hashes = sorted({f"{entry.kind} {entry.hash}" for entry in entries})
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _rewritten(loaded: Loaded, backup: Backup, entries: Sequence[Entry], applied: str) -> bool:
    """Whether anything was still in it."""
    manifest = whole(backup)
    with folders.staged(loaded.backups) as staging:
        opened = open_into(loaded, backup, staging, identity=None)
        erased = _erased(opened, staging / loaded.contacts.name, entries)
        parts = manifest.parts
        if erased.any:
            _with_journal(opened, staging / f"{loaded.database.stem}.erasures", (*entries, *erased.done))
            parts = tuple(_packed(loaded, part, staging) for part in manifest.parts)
        else:
            for part in manifest.parts:
                (staging / part.name).hardlink_to(backup.path / part.name)
        for path in staging.iterdir():
            if path.name not in {part.name for part in parts}:
                path.unlink()
        new = msgspec.structs.replace(manifest, parts=_with_old(parts, backup, staging), applied=applied)
        folders.write(staging / MANIFEST, encoded(new))
        folders.put(staging, backup.path)
    return erased.any


def _erased(opened: Opened, contacts: Path, entries: Sequence[Entry]) -> Reapplied:
    with Store.open(opened.database, contacts_path=opened.contacts or contacts) as store:
        erased = reapply(store, entries)
        if entries and erased.foreign == len(entries):
            raise StoreError("it belongs to another contacts file than the journal of erasures")
        if erased.any and (why_not := store.erasures.vacuum()):
            raise StoreError(why_not)
    for path in (opened.database, opened.contacts):
        if path is not None:
            is_alone(path)
    return erased


def _with_journal(opened: Opened, path: Path, entries: Sequence[Entry]) -> None:
    """The journal in the backup knows it as well, where there is one."""
    if opened.journal is not None:
        Journal(path).add_missing(entries)


def _packed(loaded: Loaded, part: Part, staging: Path) -> Part:
    """A plain file of the staging folder, packed again."""
    plain = staging / part.name.removesuffix(".zst")
    names = {
        "database": loaded.database.name,
        "contacts": loaded.contacts.name,
        "accounts": loaded.accounts.name,
        "journal": f"{loaded.database.stem}.erasures",
    }
    if part.of not in names:
        return part
    (staging / names[part.of]).rename(plain)
    found = examine(plain) if part.rows else None
    if found is not None and found.problems:
        raise StoreError(f"{part.name}: {'; '.join(found.problems[:3])}")
    plain_bytes, plain_sha256 = sealing.digest(plain)
    sealed = sealing.seal(plain, staging, encrypt="none", recipients=())
    plain.unlink()
    size, sha256 = sealing.digest(sealed)
    return msgspec.structs.replace(
        part,
        bytes=size,
        sha256=sha256,
        plain_bytes=plain_bytes,
        plain_sha256=plain_sha256,
        rows=found.rows if found else {},
        steps=found.steps if found else (),
    )


def _with_old(parts: Sequence[Part], backup: Backup, staging: Path) -> tuple[Part, ...]:
    """Parts that were not unpacked, such as the configuration, are taken over as they are."""
    for part in parts:
        if not (staging / part.name).exists():
            (staging / part.name).hardlink_to(backup.path / part.name)
    return tuple(parts)
