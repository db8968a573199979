"""Takes a backup apart into a folder, and looks whether everything in it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.backups import folders, sealing
from advocacy_monitor.backups.manifest import Backup, Manifest, Part
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.store.copying import examine


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The plain files of a backup, in a folder of the caller's. What was not in it is None."""

    database: Path
    contacts: Path | None
    accounts: Path | None
    journal: Path | None


def open_into(loaded: Loaded, backup: Backup, folder: Path, *, identity: Path | None) -> Opened:
    """Unpacks and checks a backup. Raises StoreError for what is damaged, ConfigError for a missing key."""
    manifest = whole(backup)
    names = {
        "database": loaded.database.name,
        "contacts": loaded.contacts.name,
        "accounts": loaded.accounts.name,
        "journal": f"{loaded.database.stem}.erasures",
    }
    found = {}
    for part in manifest.parts:
        if part.of in names:
            plain = folder / names[part.of]
            sealing.unseal(backup.path / part.name, plain, part, encrypted=manifest.encrypted, identity=identity)
            if part.rows:
                check(plain, part, backup)
            found[part.of] = plain
    if "database" not in found:
        raise StoreError(f"{backup.path}: holds no database")
    return Opened(
        database=found["database"],
        contacts=found.get("contacts"),
        accounts=found.get("accounts"),
        journal=found.get("journal"),
    )


def check(plain: Path, part: Part, backup: Backup) -> None:
    """Reads a database from its first page to its last and counts its rows. Raises StoreError."""
    found = examine(plain)
    if found.problems:
        raise StoreError(f"{backup.path}: {part.name} is damaged: {'; '.join(found.problems[:3])}")
    if found.rows != part.rows:
        table = next(name for name in {**part.rows, **found.rows} if part.rows.get(name) != found.rows.get(name))
        raise StoreError(
            f"{backup.path}: {part.name} has {found.rows.get(table, 0):,} rows in {table} and should have "
            f"{part.rows.get(table, 0):,}"
        )


def whole(backup: Backup) -> Manifest:
    """The manifest of a backup whose files are all there. Raises StoreError."""
    if backup.manifest is None or (not backup.ok and backup.why):
        raise StoreError(f"{backup.path}: cannot be used: {backup.why}")
    return backup.manifest


@contextmanager
def _unpacking(loaded: Loaded, manifest: Manifest) -> Iterator[Path]:
    """Where a backup is unpacked to be looked at: what is encrypted never on the disk of the backups."""
    place = loaded.backups if manifest.encrypted == "none" else loaded.database.parent
    needed, free = sum(part.plain_bytes + part.bytes for part in manifest.parts), shutil.disk_usage(place).free
    if free < needed:
        raise StoreError(f"{place}: {free // 2**20:,} MB are free, and to unpack it takes {needed // 2**20:,} MB")
    with folders.plainly(place) if manifest.encrypted != "none" else folders.staged(place) as staging:
        yield staging


def problems(loaded: Loaded, backup: Backup, *, identity: Path | None = None) -> Iterator[str]:
    """What is wrong with a backup, read in full. Of an encrypted one without its key the digests are compared."""
    try:
        manifest = whole(backup)
        if manifest.encrypted != "none" and identity is None:
            for part in manifest.parts:
                if sealing.digest(backup.path / part.name) != (part.bytes, part.sha256):
                    yield f"{part.name} does not hold what its manifest says; it is damaged"
            return
        with folders.held(loaded.backups, campaign=loaded.database.parent), _unpacking(loaded, manifest) as staging:
            open_into(loaded, backup, staging, identity=identity)
    except (AdvocacyMonitorError, OSError) as error:
        yield str(error)
