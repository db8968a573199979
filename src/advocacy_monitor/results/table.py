"""A library's answers by postcode as CSV: one row for each postcode, a clean table that spreadsheets open as it is.

UTF-8 with a byte order mark, without which Excel takes it for another encoding; commas; lines end in CR LF (RFC 4180).
Cells that a spreadsheet would run as a formula are neutralised. What is not shown says so, because an empty cell would
be taken for none.
"""

from __future__ import annotations

import csv
import io

from advocacy_monitor.exporters.cells import neutralised
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.results.postcodes import Table
from advocacy_monitor.translate import Texts


def as_csv(table: Table, t: Texts, *, sample: bool) -> bytes:
    """The table as the bytes of a file; sample data is marked in a column of its own."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    mark = [wording(t.code).sample_title] if sample else []
    writer.writerow([neutralised(each) for each in (*table.columns, *mark)])
    hidden = t.text("not shown")
    for label, values in table.rows:
        cells = [hidden if each is None else each for each in values]
        writer.writerow([neutralised(label), *cells, *mark])
    return text.getvalue().encode("utf-8-sig", "replace")
