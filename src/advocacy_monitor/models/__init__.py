"""What passes from stage to stage: frozen records without input or output.

The words are those of docs/explanation/words.md. Times are aware and in UTC. Items are msgspec structs, which are made
ten times faster than frozen dataclasses: an archive of a million posts makes a million of them.
"""

from __future__ import annotations

from advocacy_monitor.models.collecting import Cursor, Estimate, Known, Page, Reject, Standing, Tally, Usage, Verdict
from advocacy_monitor.models.items import (
    Annotation,
    Contact,
    Decision,
    Item,
    Post,
    Relation,
    Span,
    Status,
    StoredItem,
    Submission,
    Use,
)
from advocacy_monitor.models.packs import Count, EvidencePack, Exhibit, Measured, Quality, Query, ThemeCount

__all__ = [
    "Annotation",
    "Contact",
    "Count",
    "Cursor",
    "Decision",
    "Estimate",
    "EvidencePack",
    "Exhibit",
    "Item",
    "Known",
    "Measured",
    "Page",
    "Post",
    "Quality",
    "Query",
    "Reject",
    "Relation",
    "Span",
    "Standing",
    "Status",
    "StoredItem",
    "Submission",
    "Tally",
    "ThemeCount",
    "Usage",
    "Use",
    "Verdict",
]
