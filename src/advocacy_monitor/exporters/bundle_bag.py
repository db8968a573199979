"""The tag files of a BagIt bag (RFC 8493, version 1.0): what makes a folder of files one that can be checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC

from advocacy_monitor import __version__
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.models import EvidencePack

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "manifest-sha256.txt"
TAGS = "tagmanifest-sha256.txt"


def bagged(pack: EvidencePack, payload: Mapping[str, bytes], *, readme: bytes) -> dict[str, bytes]:
    """All files of the bag by their names: the payload in `data/`, and the tag files around it."""
    files = {f"data/{name}": data for name, data in payload.items()}
    tags = {
        "README.md": readme,
        "bag-info.txt": _information(pack, payload),
        "bagit.txt": BAGIT,
        PAYLOAD: _digests(files),
    }
    return {**files, **tags, TAGS: _digests(tags)}


def bag_path(name: str) -> str:
    """A file's name as a BagIt manifest writes it, with what would break the line as percent codes."""
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _digests(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {bag_path(name)}\n" for name in sorted(files))
    return "".join(lines).encode()


def _information(pack: EvidencePack, payload: Mapping[str, bytes]) -> bytes:
    values = {
        "Source-Organization": pack.brand.name or pack.sponsor,
        "Contact-Name": pack.brand.contact or pack.contact,
        "External-Identifier": pack.number,
        "External-Description": pack.title,
        "Bagging-Date": f"{pack.as_of.astimezone(UTC):%Y-%m-%d}",
        "Payload-Oxum": f"{sum(map(len, payload.values()))}.{len(payload)}",
        "Bag-Software-Agent": f"advocacy-monitor {__version__}",
        "Pack-Digest-SHA256": pack.digest,
        "Sample-Data": "yes" if pack.sample else "no",
    }
    return "".join(f"{label}: {_line(value)}\n" for label, value in values.items() if _line(value)).encode()


def _line(value: str) -> str:
    """A value on one line, without characters that steer a reader or a terminal."""
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", " ", storable(value)).split())
