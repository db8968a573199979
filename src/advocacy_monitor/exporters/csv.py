"""The data annex as CSV: one row for each exhibit, a clean table without comment lines.

UTF-8 with a byte order mark, which Excel needs to read it as UTF-8; commas; lines end in CR LF (RFC 4180). Cells that
a spreadsheet would run as a formula are neutralised: the JSON file holds every text untouched.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import ClassVar

from advocacy_monitor.exporters.annex import quotes_table
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.cells import neutralised
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin


class CsvExporter(Plugin):
    """Writes the exhibits as a table."""

    suffix: ClassVar[str] = ".csv"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the table to `path`. Raises ExportError, and then leaves no file behind."""
        table = quotes_table(pack, wording(pack.language))
        with whole_file(path) as handle:
            text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(table.columns)
            for row in table.rows:
                writer.writerow([neutralised(cell) if isinstance(cell, str) else cell for cell in row])
            text.detach()  # writes out what is left and leaves closing the file to its owner
