"""The full report as a PDF: what the brief says, with every theme, every number's base and every quote's source.

Typst sets it from `templates/report.typ`, as PDF/UA-1 and PDF/A-3a at once, with the manifest attached.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.exporters.report import report
from advocacy_monitor.exporters.typeset import Attachment, typeset
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

TEMPLATE = "report.typ"


class ReportExporter(Plugin):
    """Writes the report. The same pack gives the same bytes: its only clock is the pack's `as_of`."""

    suffix: ClassVar[str] = "-report.pdf"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the report to `path`. Raises ExportError, and then leaves no file behind."""
        attached = Attachment(
            name="manifest.json",
            data=manifest(pack).decode("utf-8"),
            media_type="application/json",
            description="Every quote of this pack with its digests, in a form that programs read",
            relationship="data",
        )
        document = typeset(TEMPLATE, report(pack), as_of=pack.as_of, path=path, attachments=(attached,))
        with whole_file(path) as handle:
            handle.write(document)
