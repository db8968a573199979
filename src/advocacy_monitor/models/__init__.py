"""What passes from stage to stage: frozen records without input or output.

The words are those of docs/explanation/words.md. Times are aware and in UTC. Items are msgspec structs, which are made
ten times faster than frozen dataclasses: an archive of a million posts makes a million of them.
"""

from __future__ import annotations

from advocacy_monitor.models.asking import Form, Held, Kept, OptIn, Received
from advocacy_monitor.models.brand import Brand, Logo
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
from advocacy_monitor.models.packs import (
    Choice,
    Count,
    EvidencePack,
    Exhibit,
    Goal,
    Measured,
    Quality,
    Query,
    QuestionCount,
    ThemeCount,
    Translation,
    Widening,
)
from advocacy_monitor.models.recipients import Delivery, FollowUp, Recipient

__all__ = [
    "Annotation",
    "Brand",
    "Choice",
    "Contact",
    "Count",
    "Cursor",
    "Decision",
    "Delivery",
    "Estimate",
    "EvidencePack",
    "Exhibit",
    "FollowUp",
    "Form",
    "Goal",
    "Held",
    "Item",
    "Kept",
    "Known",
    "Logo",
    "Measured",
    "OptIn",
    "Page",
    "Post",
    "Quality",
    "Query",
    "QuestionCount",
    "Received",
    "Recipient",
    "Reject",
    "Relation",
    "Span",
    "Standing",
    "Status",
    "StoredItem",
    "Submission",
    "Tally",
    "ThemeCount",
    "Translation",
    "Usage",
    "Use",
    "Verdict",
    "Widening",
]
