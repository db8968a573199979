"""The RO-Crate metadata of a bundle: what each file is, who made it, with what, and under which licence.

RO-Crate 1.2, https://w3id.org/ro/crate/1.2, as JSON-LD. No texts of statements and no names of people stand in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote

from advocacy_monitor import __version__
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.exporters.page_text import safe_link
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.translate import Texts, texts

PROFILE = "https://w3id.org/ro/crate/1.2"

_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OTHER_TYPE = "application/octet-stream"

_STANDARDS = {
    "pdfa-1": ("https://www.iso.org/standard/38920.html", "PDF/A-1 (ISO 19005-1)"),
    "pdfa-2": ("https://www.iso.org/standard/50655.html", "PDF/A-2 (ISO 19005-2)"),
    "pdfa-3": ("https://www.iso.org/standard/57229.html", "PDF/A-3 (ISO 19005-3)"),
    "pdfua-1": ("https://www.iso.org/standard/64599.html", "PDF/UA-1 (ISO 14289-1)"),
}
_SOFTWARE = "#advocacy-monitor"
_ACTION = "#compiled"


def crate(pack: EvidencePack, payload: Mapping[str, bytes]) -> bytes:
    """The metadata file, in UTF-8, for a payload by its names in the crate."""
    t = texts(pack.language)
    files = [_file(name, payload[name], pack) for name in sorted(payload)]
    used = {standard["@id"] for each in files for standard in each.get("conformsTo", ())}
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": PROFILE},
        },
        _root(pack, files, t),
        *files,
        _sponsor(pack),
        _licence(pack, t),
        *_action(pack, files),
        *({"@id": at, "@type": "CreativeWork", "name": name} for at, name in _STANDARDS.values() if at in used),
    ]
    document = {"@context": [f"{PROFILE}/context", {"sha256": "http://schema.org/sha256"}], "@graph": graph}
    text = json.dumps(_storable(document), ensure_ascii=False, sort_keys=True, indent=2)
    return f"{text}\n".encode()


def _root(pack: EvidencePack, files: list[dict[str, Any]], t: Texts) -> dict[str, Any]:
    words = wording(pack.language)
    described = [t.text("An evidence pack: statements of people about their libraries, counted and quoted.")]
    described += [words.sample_banner] if pack.sample else []
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": pack.title,
        "description": " ".join(described),
        "identifier": pack.number,
        "inLanguage": pack.language,
        "datePublished": f"{pack.as_of.astimezone(UTC):%Y-%m-%d}",
        "temporalCoverage": "/".join(day.isoformat() for day in pack.period) if pack.period else "..",
        "author": {"@id": "#sponsor"},
        "publisher": {"@id": "#sponsor"},
        "license": {"@id": _licence(pack, t)["@id"]},
        "hasPart": [{"@id": each["@id"]} for each in files],
        "mentions": {"@id": _ACTION},
    }


def _file(name: str, data: bytes, pack: EvidencePack) -> dict[str, Any]:
    ending = "." + name.rpartition(".")[2].lower()
    entity: dict[str, Any] = {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        "encodingFormat": _TYPES.get(ending, _OTHER_TYPE),
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
        "inLanguage": pack.language,
    }
    if ending == ".pdf" and (standards := _declared(data)):
        entity["conformsTo"] = [{"@id": _STANDARDS[each][0]} for each in standards]
    return entity


def _declared(pdf: bytes) -> list[str]:
    """The standards that a PDF says of itself that it keeps, from its metadata, which those want uncompressed."""
    part = re.compile(rb"<(pdfaid|pdfuaid):part>\s*(\d)\s*</|\b(pdfaid|pdfuaid):part=[\"'](\d)")
    names = {"pdfaid": "pdfa", "pdfuaid": "pdfua"}
    found = {f"{names[(m[1] or m[3]).decode()]}-{(m[2] or m[4]).decode()}" for m in part.finditer(pdf)}
    return sorted(found & set(_STANDARDS))


def _sponsor(pack: EvidencePack) -> dict[str, Any]:
    entity = {"@id": "#sponsor", "@type": "Organization", "name": pack.brand.name or pack.sponsor}
    if website := safe_link(pack.brand.website):
        entity["url"] = website
    return entity


def _licence(pack: EvidencePack, t: Texts) -> dict[str, Any]:
    licence = pack.brand.licence
    name = licence or t.text("No licence was given: ask the publisher before you use it in another work.")
    return {"@id": safe_link(licence) or "#licence", "@type": "CreativeWork", "name": name}


def _action(pack: EvidencePack, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How the files came about: the program, its enrichers and the codebook, each with its version."""
    rest = [(name, version) for name, version in pack.made_with if name != "advocacy-monitor"]
    tools = [
        {"@id": f"#made-with-{place}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
        for place, (name, version) in enumerate(rest, start=1)
    ]
    program = {
        "@id": _SOFTWARE,
        "@type": "SoftwareApplication",
        "name": "advocacy-monitor",
        "version": __version__,
        "softwareVersion": __version__,
    }
    action = {
        "@id": _ACTION,
        "@type": "CreateAction",
        "name": f"advocacy-monitor pack {pack.number}",
        "endTime": pack.as_of.astimezone(UTC).isoformat(),
        "agent": {"@id": "#sponsor"},
        "instrument": [{"@id": each["@id"]} for each in (program, *tools)],
        "result": [{"@id": each["@id"]} for each in files],
    }
    return [action, program, *tools]


def _storable(value: Any) -> Any:
    """The same with texts that UTF-8 and every reader can hold."""
    if isinstance(value, dict):
        return {key: _storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return storable(value) if isinstance(value, str) else value
