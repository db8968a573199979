"""Why an item is not counted: one reason for each, the first that applies; so the numbers always add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from advocacy_monitor.candidates import Candidate, gone, is_verified
from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import Status, Use
from advocacy_monitor.store import Store
from advocacy_monitor.translate import Texts

CHECKED_BY = ("personal_data", "duplicates")
"""Enrichers that must have seen every item before anything leaves: a quote could leak, a copy could be counted."""

LEFT_OUT = (
    *("repost", "gone", "unchecked", "rejected", "escalated", "pending", "edited", "no_consent", "no_words"),
    *("unverified", "copy"),
)
"""Why an item is not counted, in the order in which the reasons are tried."""


def label(why: str, t: Texts) -> str:
    """A reason in words, in the language of a pack."""
    labels = {
        "repost": t.text("Reposts of somebody else's words"),
        "gone": t.text("No longer shown at the source"),
        "unchecked": t.text("Could not be checked by the software"),
        "rejected": t.text("Rejected by a moderator"),
        "escalated": t.text("Held for a further look"),
        "pending": t.text("Not yet looked at"),
        "edited": t.text("Changed at the source since it was stored"),
        "no_consent": t.text("No consent to be counted"),
        "no_words": t.text("Answers without own words"),
        "unverified": t.text("Could not be looked up again at the source"),
        "copy": t.text("Copies of a statement that is counted"),
    }
    return labels[why]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """From when on a look at a post's platform counts, and whether posts without one may stand in the pack (R5).

    `at` is the time of the export. `unverified_too` is the advocate's decision, and the pack says so.
    """

    at: datetime
    unverified_too: bool = False


def why_not(candidate: Candidate, unchecked: frozenset[int], looked: Looked) -> str | None:
    """The first reason to leave an item out, but for copies, which depend on the others."""
    if candidate.repost:
        return "repost"
    if gone(candidate):
        return "gone"
    if candidate.item.id in unchecked:
        return "unchecked"
    if candidate.status is not Status.APPROVED:
        return str(candidate.status)
    if candidate.edited and not candidate.cleared:
        return "edited"
    if Use.ANALYSE not in candidate.uses:
        return "no_consent"
    if not candidate.item.text.strip():
        return "no_words"
    if not (looked.unverified_too or is_verified(candidate, looked.at)):
        return "unverified"
    return None


def require_checks(store: Store, versions: Mapping[str, str]) -> frozenset[int]:
    """The items that a check could not read.

    Raises ExportError when a check, in the version that the configuration asks for, has not seen every item yet.
    """
    last = store.items.last_id()
    unread: set[int] = set()
    for name in CHECKED_BY:
        by, seen, failed = store.assertions.seen(name)
        if last and name in versions and by != versions[name]:
            raise ExportError(
                f"the check {name!r} last ran as {by or 'nothing'}, and now is {versions[name]}; "
                "run `advocacy-monitor enrich` first (no pack leaves without that check)"
            )
        if seen < last:
            raise ExportError(
                f"{last - seen} items have not been checked by {name!r} yet; "
                f"run `advocacy-monitor enrich` first (no pack leaves without that check)"
            )
        unread |= failed
    return frozenset(unread)
