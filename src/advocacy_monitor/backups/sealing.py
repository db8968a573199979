"""Compresses and encrypts the files of a backup, and opens them again. Everything is read and written in pieces."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import zstandard

from advocacy_monitor.backups.manifest import Encryption, Part
from advocacy_monitor.errors import ConfigError, StoreError

_PIECE = 1 << 20
_LEVEL = 6
_GPG_SECONDS = 3600


def digest(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file that is no database in use."""
    size, found = 0, hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            found.update(piece)
    return size, found.hexdigest()


def seal(plain: Path, folder: Path, *, encrypt: Encryption, recipients: Sequence[str]) -> Path:
    """Writes `plain` into `folder`, compressed and encrypted, and syncs it. Raises StoreError and ConfigError."""
    packed = (folder if encrypt == "none" else plain.parent) / f"{plain.name}.zst"
    with plain.open("rb") as source, _new(packed) as target:
        zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).copy_stream(source, target)
        target.flush()
        os.fsync(target.fileno())
    if encrypt == "none":
        return packed
    sealed = folder / f"{packed.name}.{encrypt}"
    (_age if encrypt == "age" else _gpg)(packed, sealed, recipients)
    packed.unlink()
    _sync(sealed)
    return sealed


def unseal(sealed: Path, plain: Path, part: Part, *, encrypted: Encryption, identity: Path | None) -> None:
    """Writes what a part was made of to `plain`, and compares it with the manifest. Raises StoreError, ConfigError.

    Never more than the manifest says is unpacked: a small file may unpack to all of the disk.
    """
    packed, temporary = sealed, plain.with_name(f"{plain.name}.packed")
    try:
        if encrypted != "none":
            _opened(sealed, temporary, encrypted, identity)
            packed = temporary
        _unpack(packed, plain, part)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(plain)
    if digest(plain) != (part.plain_bytes, part.plain_sha256):
        raise StoreError(f"{sealed}: does not hold what its manifest says; it is damaged")


def _unpack(packed: Path, plain: Path, part: Part) -> None:
    left = part.plain_bytes
    with packed.open("rb") as source, _new(plain) as target:
        for piece in _pieces(packed, source):
            left -= len(piece)
            if left < 0:
                raise StoreError(f"{packed}: holds more than its manifest says; it is damaged")
            target.write(piece)


def _pieces(packed: Path, source: BinaryIO) -> Iterator[bytes]:
    try:
        yield from zstandard.ZstdDecompressor().read_to_iter(source, write_size=_PIECE)
    except zstandard.ZstdError as error:
        raise StoreError(f"{packed}: cannot be unpacked: {error}; it is damaged") from error


def _age(packed: Path, sealed: Path, recipients: Sequence[str]) -> None:
    try:
        import pyrage
    except ImportError as error:
        raise ConfigError('backups.encrypt: age needs more: pip install "advocacy-monitor[backup]"') from error
    keys = []
    for number, given in enumerate(recipients):
        kind = pyrage.ssh if given.startswith("ssh-") else pyrage.x25519
        try:
            keys.append(kind.Recipient.from_str(given))
        except pyrage.RecipientError as error:
            raise ConfigError(f"backups.recipients.{number}: is no public key of age (age1…): {error}") from error
    pyrage.encrypt_file(str(packed), str(sealed), keys)
    sealed.chmod(0o600)


def _gpg(packed: Path, sealed: Path, recipients: Sequence[str]) -> None:
    named = [word for each in recipients for word in ("--recipient", each)]
    _run_gpg("--trust-model", "always", *named, "--output", str(sealed), "--encrypt", str(packed))
    sealed.chmod(0o600)


def _opened(sealed: Path, target: Path, encrypted: Encryption, identity: Path | None) -> None:
    """Decrypts with the identity file of age, or with the keys that gpg has."""
    if encrypted == "gpg":
        _run_gpg("--output", str(target), "--decrypt", str(sealed))
        return
    if identity is None:
        raise ConfigError(f"{sealed}: is encrypted; name the file with the secret key by --identity")
    try:
        import pyrage
    except ImportError as error:
        raise ConfigError('age needs more: pip install "advocacy-monitor[backup]"') from error
    try:
        lines = [line.strip() for line in identity.read_text(encoding="utf-8").splitlines()]
        if any(line.startswith("-----BEGIN") for line in lines):
            keys = [pyrage.ssh.Identity.from_buffer(identity.read_bytes())]
        else:
            keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise ConfigError(f"{identity}: cannot be read as a key of age") from error
    if not keys:
        raise ConfigError(f"{identity}: holds no line AGE-SECRET-KEY-…")
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        pyrage.decrypt_file(str(sealed), str(target), keys)
    except pyrage.DecryptError as error:
        raise StoreError(f"{sealed}: cannot be opened with this key, or it is damaged") from error


def _run_gpg(*words: str) -> None:
    program = shutil.which("gpg")
    if program is None:
        raise ConfigError("backups.encrypt: gpg is not installed on this machine")
    done = subprocess.run(  # noqa: S603  # our own words, and paths as arguments of their own
        [program, "--batch", "--yes", "--quiet", *words], capture_output=True, timeout=_GPG_SECONDS, check=False
    )
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StoreError(f"gpg: {told[-1] if told else f'ended with {done.returncode}'}")


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb")


def _sync(path: Path) -> None:
    """On the disk before anything says so."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
