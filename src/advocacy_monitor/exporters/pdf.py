"""The evidence brief as a PDF: one or two A4 pages for a decision maker's office, tagged and fit for an archive.

Typst sets it from `templates/brief.typ`, as PDF/UA-1 and PDF/A-3a at once, with the manifest attached.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.brief import brief
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.exporters.typeset import Attachment, typeset
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

TEMPLATE = "brief.typ"


class PdfExporter(Plugin):
    """Writes the brief. The same pack gives the same bytes: its only clock is the pack's `as_of`."""

    suffix: ClassVar[str] = ".pdf"

    quotes: int = Field(default=5, ge=3, le=5, description="The most quotes to print, as far as page one has room")

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the brief to `path`. Raises ExportError, and then leaves no file behind."""
        view = brief(pack, quotes=self.quotes)
        document = typeset(TEMPLATE, view, as_of=pack.as_of, path=path, attachments=(attached_manifest(pack),))
        with whole_file(path) as handle:
            handle.write(document)


def attached_manifest(pack: EvidencePack) -> Attachment:
    """The pack's manifest, to travel inside a PDF."""
    return Attachment(
        name="manifest.json",
        data=manifest(pack).decode("utf-8"),
        media_type="application/json",
        description="Every quote of this pack with its digests, in a form that programs read",
        relationship="data",
    )
