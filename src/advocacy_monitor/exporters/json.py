"""The whole pack as JSON, for programs and for whoever wants to check: every text exactly as the pack holds it.

Keys are sorted, dates are ISO 8601, counts that are hidden stay null. Nothing is neutralised for spreadsheets.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import ClassVar

import msgspec

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.annex import as_dict
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

SCHEMA_VERSION = 1
"""Goes up when a field changes its name or meaning; a new field alone does not change it."""


class JsonExporter(Plugin):
    """Writes everything that a pack holds."""

    suffix: ClassVar[str] = ".json"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the pack to `path`. Raises ExportError, and then leaves no file behind."""
        document = {
            "schema_version": SCHEMA_VERSION,
            "sample_data": pack.sample,
            "pack": replace(pack, as_of=pack.as_of.astimezone(UTC)),
        }
        try:
            plain = msgspec.to_builtins(document, order="sorted", enc_hook=as_dict)
            text = json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
        except (NotImplementedError, TypeError, ValueError) as error:
            raise ExportError(f"{path} was not written: {error}") from error
        with whole_file(path) as handle:
            # A lone surrogate, which UTF-8 cannot hold, becomes the escape \udXXX: that is JSON as well.
            handle.write(f"{text}\n".encode("utf-8", "backslashreplace"))
