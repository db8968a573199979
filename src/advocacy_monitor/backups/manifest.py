"""What a backup says about itself: manifest.json in its folder. Status, health and alerts read nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import Literal

import msgspec

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import StoreError

MANIFEST = "manifest.json"
FORMAT = 1
Encryption = Literal["none", "age", "gpg"]
Kind = Literal["database", "contacts", "accounts", "journal", "configuration"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `of` is what it is a copy of, `bytes` and `sha256` are of the file as it lies there.

    `plain_bytes` and `plain_sha256` are of what was copied; `rows` by table, `steps` of its schema, for databases.
    """

    name: str
    of: Kind
    bytes: int
    sha256: str
    plain_bytes: int
    plain_sha256: str
    rows: dict[str, int] = {}
    steps: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One backup. `applied` is the digest of the journal of erasures that was last applied to it."""

    format: int
    made_at: datetime
    made_by: str
    encrypted: Encryption
    parts: tuple[Part, ...]
    verified_at: datetime | None
    head: tuple[int, str] | None = None
    applied: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup as its manifest tells it. `rows` are statements; `why` says what is wrong when it is not `ok`.

    `ok` is that its files are there in their sizes, and that it could be read when it was made; whether it still can,
    `verify` finds out.
    """

    path: Path
    made_at: datetime
    rows: int
    bytes: int
    encrypted: Encryption
    verified_at: datetime | None
    ok: bool
    why: str
    manifest: Manifest | None

    @property
    def name(self) -> str:
        """The folder's name, which is the time."""
        return self.path.name


def listed(loaded: Loaded) -> list[Backup]:
    """Every backup in the campaign's folder for them, oldest first; one that cannot be read says why.

    Raises StoreError where the folder itself cannot be read.
    """
    folder = loaded.backups
    try:
        inside = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"{folder}: the folder of the backups cannot be read ({error.strerror})") from error
    found = [read(each) for each in inside if each.name[0] != "." and is_backup(each)]
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name))


def is_backup(folder: Path) -> bool:
    """Whether a folder has a manifest; also where nobody may look: then it is a backup that cannot be read."""
    try:
        (folder / MANIFEST).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read(path: Path) -> Backup:
    """One backup, whatever state it is in."""
    try:
        manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return _unknown(path, f"its manifest cannot be read: {why}")
    if manifest.format != FORMAT:
        return _unknown(path, f"it is of the format {manifest.format}, which this version does not know")
    why = _missing(path, manifest) or ("" if manifest.verified_at else "it was never read again")
    rows = next((part.rows.get("items", 0) for part in manifest.parts if part.of == "database"), 0)
    return Backup(
        path=path,
        made_at=manifest.made_at,
        rows=rows,
        bytes=sum(part.bytes for part in manifest.parts),
        encrypted=manifest.encrypted,
        verified_at=manifest.verified_at,
        ok=not why,
        why=why,
        manifest=manifest,
    )


def _unknown(path: Path, why: str) -> Backup:
    try:
        made_at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError:  # it is just being removed
        made_at = datetime.fromtimestamp(0).astimezone()
    return Backup(
        path=path,
        made_at=made_at,
        rows=0,
        bytes=0,
        encrypted="none",
        verified_at=None,
        ok=False,
        why=why,
        manifest=None,
    )


def _missing(path: Path, manifest: Manifest) -> str:
    for part in manifest.parts:
        if "/" in part.name or part.name.startswith("."):
            return f"its manifest names a file outside of it: {part.name!r}"
        try:
            known = (path / part.name).stat()
        except FileNotFoundError:
            return f"{part.name} is missing"
        except OSError as error:
            return f"{part.name} cannot be read: {error.strerror}"
        if not S_ISREG(known.st_mode):
            return f"{part.name} is no file"
        if (size := known.st_size) != part.bytes:
            return f"{part.name} has {size:,} bytes and should have {part.bytes:,}"
    return ""


def encoded(manifest: Manifest) -> bytes:
    """The manifest as the file holds it, for people to read as well."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
