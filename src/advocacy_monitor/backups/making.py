"""Makes a backup: copies, reads them again, compresses, encrypts, reads that again, and only then gives it its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from advocacy_monitor import __version__
from advocacy_monitor.backups import folders, sealing
from advocacy_monitor.backups.keeping import prune
from advocacy_monitor.backups.manifest import FORMAT, MANIFEST, Backup, Kind, Manifest, Part, encoded, listed, read
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import StoreError
from advocacy_monitor.store import Store
from advocacy_monitor.store.connection import refuse_half_restored
from advocacy_monitor.store.copying import copy_database, examine
from advocacy_monitor.store.journal import Journal

_SPARE = 64 << 20
_PACKED = 2
"""A database is expected to be no larger than its half when it is packed."""


def make(loaded: Loaded, *, clock: Callable[[], datetime], reason: str = "") -> Backup:
    """Makes a backup in the campaign's folder for them, then removes those that are kept no longer.

    The database is copied before the contacts file: a statement without its contact details would be a loss, contact
    details without a statement are none. `reason` stands in the manifest, such as 'before an upgrade'. Raises
    StoreError, also when the database is damaged or the disk too full; older backups then stay as they are.
    """
    if not loaded.database.exists():
        raise StoreError(f"{loaded.database}: there is no database yet, so there is nothing to back up")
    refuse_half_restored(loaded.database)
    with folders.held(loaded.backups, campaign=loaded.database.parent):
        _check_room(loaded)
        made_at = clock().astimezone(UTC)
        try:
            with folders.staged(loaded.backups) as staging, _for_copies(loaded, staging) as copies:
                manifest = _made(loaded, staging, copies, made_at, reason)
                folders.write(staging / MANIFEST, encoded(manifest))
                path = _free_name(loaded.backups, made_at)
                folders.put(staging, path)
        except OSError as error:
            raise StoreError(
                f"{loaded.backups}: the backup could not be written: {error.strerror or error}; "
                "older ones are as they were"
            ) from error
        prune(listed(loaded), loaded.config.backups, just_made=path)
    return read(path)


@contextmanager
def _for_copies(loaded: Loaded, staging: Path) -> Iterator[Path]:
    """Where plain copies lie for a while: what is to be encrypted never on the disk of the backups."""
    if loaded.config.backups.encrypt == "none":
        yield staging
        return
    with folders.plainly(loaded.database.parent) as copies:
        yield copies


def _made(loaded: Loaded, staging: Path, copies: Path, made_at: datetime, reason: str) -> Manifest:
    given = loaded.config.backups
    parts = tuple(_sealed(loaded, copy, staging, of, rows, steps) for copy, of, rows, steps in _copies(loaded, copies))
    return Manifest(
        format=FORMAT,
        made_at=made_at,
        made_by=f"advocacy-monitor {__version__}",
        encrypted=given.encrypt,
        parts=parts,
        verified_at=made_at,
        head=_head(loaded.database),
        reason=reason,
    )


_Copy = tuple[Path, Kind, dict[str, int], tuple[str, ...]]


def _copies(loaded: Loaded, staging: Path) -> Iterator[_Copy]:
    """Plain copies one by one, each gone before the next is made."""
    databases: dict[Kind, Path] = {
        "database": loaded.database,
        "contacts": loaded.contacts,
        "accounts": loaded.accounts,
    }
    for of, source in databases.items():
        if source.exists():
            copy = staging / source.name
            rows = copy_database(source, copy)
            found = examine(copy)
            if found.problems or found.rows != rows:
                why = "; ".join(found.problems[:3]) or "the copy has other numbers of rows"
                raise StoreError(
                    f"{source}: is damaged: {why}; there is no new backup of it, older ones stay. "
                    "`advocacy-monitor doctor` says more, `advocacy-monitor restore` puts a backup in its place"
                )
            yield copy, of, rows, found.steps
    files: dict[Kind, Path] = {"journal": Journal.beside(loaded.database).path, "configuration": loaded.path}
    for of, path in files.items():
        if path.exists():
            copy = staging / path.name
            folders.write(copy, path.read_bytes())
            yield copy, of, {}, ()


def _sealed(loaded: Loaded, copy: Path, staging: Path, of: Kind, rows: dict[str, int], steps: tuple[str, ...]) -> Part:
    """Packs one copy and reads it again; the copy is removed."""
    given = loaded.config.backups
    plain_bytes, plain_sha256 = sealing.digest(copy)
    sealed = sealing.seal(copy, staging, encrypt=given.encrypt, recipients=given.recipients)
    copy.unlink()
    size, found = sealing.digest(sealed)
    part = Part(
        name=sealed.name,
        of=of,
        bytes=size,
        sha256=found,
        plain_bytes=plain_bytes,
        plain_sha256=plain_sha256,
        rows=rows,
        steps=steps,
    )
    if given.encrypt == "none":
        again = staging / f"{copy.name}.again"
        sealing.unseal(sealed, again, part, encrypted="none", identity=None)
        again.unlink()
    return part


def _head(database: Path) -> tuple[int, str] | None:
    """The head of the audit log, which nobody who alters the database later can alter here."""
    try:
        with Store.open_read_only(database) as store:
            return store.audit.head()
    except StoreError:  # of an older schema, before an upgrade
        return None


def _check_room(loaded: Loaded) -> None:
    largest = max(path.stat().st_size for path in (loaded.database, loaded.contacts) if path.exists())
    total = sum(path.stat().st_size for path in (loaded.database, loaded.contacts, loaded.accounts) if path.exists())
    needed = 2 * largest + total // _PACKED + _SPARE  # the copy, and what is read of it again
    encrypts = loaded.config.backups.encrypt != "none"
    for place in (loaded.backups, loaded.database.parent) if encrypts else (loaded.backups,):
        _check_free(place, needed)


def _check_free(place: Path, needed: int) -> None:
    free = shutil.disk_usage(place).free
    if free < needed:
        raise StoreError(
            f"{place}: {free // 2**20:,} MB are free and a backup needs some {needed // 2**20:,} MB; free "
            "some space, keep fewer backups, or set backups.folder to another disk. Older backups are as they were"
        )


def _free_name(folder: Path, made_at: datetime) -> Path:
    name = made_at.strftime("%Y-%m-%dT%H%M%SZ")
    found, number = folder / name, 2
    while found.exists():
        found, number = folder / f"{name}-{number}", number + 1
    return found
