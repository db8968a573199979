"""Packs with the digest and number that belong to them, their bundles, and a forger who computes all digests anew."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from advocacy_monitor.exporters.bundle import BundleExporter
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.pack_digest import pack_digest

READABLE = ("html", "xlsx", "csv", "json")


def sealed(pack: EvidencePack) -> EvidencePack:
    """The pack as compile_pack leaves it: digest of its content, number of month and digest."""
    digest = pack_digest(pack)
    return replace(pack, digest=digest, number=f"{pack.as_of:%Y%m}-{digest[:8]}")


def bundle(pack: EvidencePack, path: Path, *formats: str) -> Path:
    """The bundle of a pack with a few formats."""
    BundleExporter(formats=formats or READABLE).export(pack, path)
    return path


def contents(path: Path) -> dict[str, bytes]:
    """The files of a bundle by their names without the folder that they all lie in."""
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes], path: Path, *, base: str = "pack/") -> Path:
    """A ZIP of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(base + name, data)
    path.write_bytes(made.getvalue())
    return path


def unpacked(files: Mapping[str, bytes], folder: Path) -> Path:
    """The same as a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def forged(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with every digest of bag and crate computed anew, so that they fit what was changed."""
    made = dict(files)
    crate = json.loads(made["data/ro-crate-metadata.json"])
    for entity in crate["@graph"]:
        if entity["@type"] == "File" and (data := made.get(f"data/{entity['@id']}")) is not None:
            entity |= {"sha256": _sha256(data), "contentSize": str(len(data))}
    made["data/ro-crate-metadata.json"] = json.dumps(crate, sort_keys=True).encode()
    payload = {name: data for name, data in made.items() if name.startswith("data/")}
    oxum = f"{sum(map(len, payload.values()))}.{len(payload)}"
    info = made["bag-info.txt"].decode().splitlines()
    lines = (f"Payload-Oxum: {oxum}" if line.startswith("Payload-Oxum") else line for line in info)
    made["bag-info.txt"] = "".join(f"{line}\n" for line in lines).encode()
    made["manifest-sha256.txt"] = _listed(payload)
    tags = {name: data for name, data in made.items() if "/" not in name and name != "tagmanifest-sha256.txt"}
    made["tagmanifest-sha256.txt"] = _listed(tags)
    return made


def _listed(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{_sha256(files[name])}  {name}\n" for name in sorted(files)).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
