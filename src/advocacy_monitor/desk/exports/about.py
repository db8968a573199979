"""What a download says of itself: whose it is, with which filters it was made, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from advocacy_monitor.desk.context import Desk
from advocacy_monitor.desk.exports.rows import COLUMNS, meanings
from advocacy_monitor.desk.exports.view import View, reason
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.translate import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The lines about a download, as pairs of heading and text, and the same for programs."""

    lines: tuple[tuple[str, str], ...]
    document: Mapping[str, Any]
    columns: Mapping[str, str]


def about(desk: Desk, filters: Filters, shown: View, t: Texts) -> About:
    """Describes a download of what these filters show."""
    campaign, moment = desk.loaded.config.campaign, desk.clock().astimezone(UTC)
    left_out = [(name, reason(name, t), number) for name, number in shown.left_out or ()]
    notes = tuple(_notes(shown, t))
    asked_for = [f"{key}: {value}" for key, value in filters.pairs()]
    lines = (
        (t.text("Campaign"), campaign.name),
        (t.text("Collected by"), campaign.sponsor),
        (t.text("Made at (UTC)"), moment.strftime("%Y-%m-%d %H:%M")),
        *(((t.text("Sample data"), t.text("Every statement here was invented.")),) if campaign.sample_data else ()),
        (t.text("Filters"), "; ".join(asked_for) or t.text("none")),
        *((t.text("Note"), note) for note in notes),
        (t.text("Left out"), t.number(sum(number for _, _, number in left_out)) if shown.left_out is not None else "–"),
        *((f"– {words}", t.number(number)) for _, words, number in left_out),
    )
    document = {
        "campaign": campaign.name,
        "sponsor": campaign.sponsor,
        "made_at": moment.isoformat(),
        "sample_data": campaign.sample_data,
        "for_sharing": shown.shared_only,
        "filters": [list(pair) for pair in filters.pairs()],
        "notes": list(notes),
        "found": len(shown.ids),
        "left_out": None
        if shown.left_out is None
        else [{"reason": name, "label": words, "number": number} for name, words, number in left_out],
        "columns": {name: meanings(t)[name] for name in COLUMNS},
    }
    return About(
        lines=tuple((storable(head), storable(text)) for head, text in lines),
        document=document,
        columns=meanings(t),
    )


def _notes(shown: View, t: Texts) -> list[str]:
    notes = [
        t.text("Only approved statements that may be quoted. Personal data is blacked out; authors are not named.")
        if shown.shared_only
        else t.text(
            "For staff only: this file also holds statements that were not approved or may not be quoted. "
            "The columns status and may_be_quoted say which."
        ),
        t.text("Posts are listed as they were last seen; a pack looks them up again at their platform."),
    ]
    if shown.left_out is None:
        notes.append(t.text("Where words are searched for, nobody is told how many others hold them."))
        notes.append(t.text("A search passes over statements in which something is blacked out."))
    if shown.capped:
        notes.append(t.text("The words stand in very many statements: only the newest matches are here."))
    return notes
