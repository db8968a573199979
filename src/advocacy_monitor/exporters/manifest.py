"""The manifest of a pack: its figures, versions and the digest of every quote, without a text or a name in it.

It is attached to the PDFs and lies in the bundle, so that whoever holds one file can check it against another.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date
from typing import Any

import msgspec

from advocacy_monitor.exporters.annex import as_dict
from advocacy_monitor.models import EvidencePack, Exhibit

SCHEMA_VERSION = 1
"""Goes up when a field changes its name or meaning; a new field alone does not change it."""


def manifest(pack: EvidencePack) -> bytes:
    """The manifest as JSON in UTF-8, keys sorted: the same bytes for the same pack."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "number": pack.number,
        "digest": pack.digest,
        "title": pack.title,
        "language": pack.language,
        "campaign": pack.campaign,
        "sponsor": pack.sponsor,
        "sample_data": pack.sample,
        "as_of": pack.as_of.astimezone(UTC).isoformat(),
        "period": [day.isoformat() for day in pack.period] if pack.period else None,
        "query": msgspec.to_builtins(pack.query, order="sorted", enc_hook=as_dict),
        "counts": _counts(pack),
        "made_with": [{"name": name, "version": version} for name, version in pack.made_with],
        "codebook": pack.codebook,
        "exhibits": [_exhibit(each) for each in sorted(pack.exhibits, key=lambda each: each.number)],
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    # A lone surrogate, which UTF-8 cannot hold, becomes the escape \udXXX: that is JSON as well.
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _counts(pack: EvidencePack) -> dict[str, Any]:
    return {
        "found": pack.found,
        "left_out": [{"reason": each.label, "value": each.value} for each in pack.left_out],
        "statements": pack.statements,
        "people": pack.people,
        "authors_unknown": pack.authors_unknown,
        "appearances": pack.appearances,
    }


def _exhibit(exhibit: Exhibit) -> dict[str, Any]:
    return {
        "number": exhibit.number,
        "statement": exhibit.item_id,
        "text_sha256": exhibit.text_sha256,
        "printed_sha256": hashlib.sha256(exhibit.printed.encode("utf-8", "surrogatepass")).hexdigest(),
        "language": exhibit.language,
        "said_on": exhibit.said_on.isoformat(),
        "collected_on": exhibit.collected_on.isoformat(),
        "verified_on": _day(exhibit.verified_on),
        "source": exhibit.source,
        "url": exhibit.url,
        "capture_sha256": exhibit.capture_sha256,
        "consents": [use.value for use in exhibit.consents],
        "legal_basis": exhibit.legal_basis,
        "chosen": exhibit.chosen,
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
