"""A pack's digest, and a pack read back from its JSON file, so that anybody can compute the digest anew.

The digest is SHA-256 over the pack as JSON in UTF-8: number and digest empty, keys sorted, no blanks between, times in
UTC. Python's own json module writes the same bytes: `json.dumps(pack, sort_keys=True, separators=(",", ":"),
ensure_ascii=False)`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import EvidencePack

SCHEMA_VERSIONS = (1,)
"""The versions of the JSON file that can be read back."""

LARGEST_JSON = 256 * 2**20
"""Bytes of the largest JSON file that is read."""


def pack_digest(pack: EvidencePack) -> str:
    """The SHA-256 of everything that a pack holds beside its own number and digest, in hexadecimal."""
    utc = replace(pack, as_of=pack.as_of.astimezone(UTC))
    return document_digest(msgspec.to_builtins(utc, order="sorted", enc_hook=_plain))


def document_digest(pack: Mapping[str, Any]) -> str:
    """The same of a pack as its JSON file has it; that also fits files to which later versions added fields."""
    bare = {**pack, "number": "", "digest": ""}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_pack(path: Path) -> EvidencePack:
    """The pack of a `.json` file, of a bundle or of an unpacked bundle. Raises ExportError, naming file and cause."""
    from advocacy_monitor.pack_files import open_files, pack_document

    with open_files(path) as files:
        name = pack_document(files)
        return parse_pack(files.read(name, most=LARGEST_JSON), name=path.name)


def parse_pack(data: bytes, *, name: str) -> EvidencePack:
    """The pack that a JSON document holds. Raises ExportError when it holds none, or anything that a pack has not."""
    if data.startswith(b"%PDF-"):
        raise ExportError(
            f"{name}: is a PDF, which cannot be checked alone: ask the publisher for the pack's bundle (ZIP)"
        )
    try:
        document = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ExportError(f"{name}: is not readable as JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("pack"), dict):
        raise ExportError(f"{name}: holds no evidence pack; a file of `pack --format json` has one under 'pack'")
    version = document.get("schema_version")
    if type(version) is not int or version not in SCHEMA_VERSIONS:  # True and 1.0 are equal to 1
        raise ExportError(
            f"{name}: schema_version is {version!r}, and this program reads {', '.join(map(str, SCHEMA_VERSIONS))}"
        )
    try:
        pack = msgspec.convert(document["pack"], EvidencePack)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise ExportError(f"{name}: what stands under 'pack' is no evidence pack: {error}") from error
    if pack.as_of.utcoffset() != timedelta(0):
        raise ExportError(f"{name}: as_of must be a time in UTC: {pack.as_of.isoformat()}")
    if document.get("sample_data") is not pack.sample:
        raise ExportError(f"{name}: sample_data is not what the pack itself says")
    try:
        _nothing_more(document, pack, name)
    except RecursionError as error:
        raise ExportError(f"{name}: lists lie in lists too deep to be read") from error
    return pack


def _nothing_more(document: Mapping[str, Any], pack: EvidencePack, name: str) -> None:
    """What the program would not read back must not stand in the file: the digest does not cover it."""
    again = msgspec.to_builtins(replace(pack, as_of=pack.as_of.astimezone(UTC)), enc_hook=_plain)
    where = _first_difference(document["pack"], again, "pack")
    extra = sorted(set(document) - {"schema_version", "sample_data", "pack"})
    if extra or where:
        raise ExportError(f"{name}: {where or extra[0]} is nothing that a pack of this version holds")


def _first_difference(given: object, read: object, where: str) -> str:
    """Where two documents differ first, or ''. A key that an older version did not write yet is no difference."""
    if isinstance(given, dict) and isinstance(read, Mapping):
        strange = sorted(set(given) - set(read))
        if strange:
            return f"{where}.{strange[0]}"
        return next(filter(None, (_first_difference(given[key], read[key], f"{where}.{key}") for key in given)), "")
    if isinstance(given, list) and isinstance(read, (list, tuple)):
        if len(given) != len(read):
            return where
        pairs = enumerate(zip(given, read, strict=True))
        return next(filter(None, (_first_difference(one, other, f"{where}[{n}]") for n, (one, other) in pairs)), "")
    return "" if given == read else where


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two values under one key may be shown as the one and checked as the other."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    """A number such as 1e999 is infinite, which JSON cannot write back."""
    value = float(text)
    if not math.isfinite(value):
        _no_number(text)
    return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a pack cannot hold a {type(value).__name__}")
