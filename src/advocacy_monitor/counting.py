"""What is counted, and why the rest is not: every found item is either a statement or left out for one reason.

One voice may be seen in several places: on two servers, copied to another network, reposted. It is one statement with
several appearances, by one person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from advocacy_monitor.candidates import Candidate, candidates, gone, is_verified, matches
from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import Query, Status, Use
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS

CHECKED_BY = ("personal_data", "duplicates")
"""Enrichers that must have seen every item before anything leaves: a quote could leak, a copy could be counted."""

LEFT_OUT = (
    *("repost", "gone", "unchecked", "rejected", "escalated", "pending", "edited", "no_consent", "no_words"),
    *("unverified", "copy"),
)
"""Why an item is not counted, in the order in which the reasons are tried."""

LABELS = {
    "en": {
        "repost": "Reposts of somebody else's words",
        "gone": "No longer shown at the source",
        "unchecked": "Could not be checked by the software",
        "rejected": "Rejected by a moderator",
        "escalated": "Held for a further look",
        "pending": "Not yet looked at",
        "edited": "Changed at the source since it was stored",
        "no_consent": "No consent to be counted",
        "no_words": "Answers without own words",
        "unverified": "Could not be looked up again at the source",
        "copy": "Copies of a statement that is counted",
    },
    "de": {
        "repost": "Weiterverbreitete fremde Worte",
        "gone": "An der Quelle nicht mehr zu sehen",
        "unchecked": "Von der Software nicht prüfbar",
        "rejected": "Abgelehnt",
        "escalated": "Zur weiteren Prüfung zurückgestellt",
        "pending": "Noch nicht angesehen",
        "edited": "Seit der Speicherung an der Quelle geändert",
        "no_consent": "Keine Einwilligung zum Zählen",
        "no_words": "Antworten ohne eigene Worte",
        "unverified": "An der Quelle nicht erneut nachsehbar",
        "copy": "Kopien einer gezählten Aussage",
    },
}


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


@dataclass(slots=True)
class Sorted:
    """What was found, parted: the statements that are counted, and why the others are not.

    `appearances` are places by the id of a cluster's first item.
    """

    counted: list[Candidate]
    left_out: Counter[str]
    appearances: Counter[int]
    found: int = 0
    copies: list[Candidate] = field(default_factory=list)
    roots: dict[int, int] = field(default_factory=dict)

    def places(self, statement: Candidate) -> int:
        """In how many places a counted statement was seen."""
        return self.appearances[self.roots[statement.item.id]]


def sort_out(store: Store, query: Query, versions: Mapping[str, str], looked: Looked) -> Sorted:
    """Parts what was found into statements, copies and the rest."""
    unchecked = require_checks(store, versions)
    made = Sorted([], Counter(), Counter())
    roots: set[int] = set()
    first_of: dict[int, int] = {}
    for found in candidates(store):
        # What is a copy of a copy is a copy of the first: that happens when the first one's words were removed.
        root = first_of.get(found.root, found.root)
        if root != found.item.id:
            first_of[found.item.id] = root
        if not matches(found, query):
            continue
        made.found += 1
        why = why_not(found, unchecked, looked)
        if why is None or (why == "repost" and not gone(found) and found.status is not Status.REJECTED):
            made.appearances[root] += found.places
        if why is None and root in roots:
            why = "copy"
            made.copies.append(found)
        if why is None:
            roots.add(root)
            made.roots[found.item.id] = root
            made.counted.append(found)
        else:
            made.left_out[why] += 1
    return made


def stale(store: Store, query: Query, *, now: datetime) -> list[int]:
    """The ids of the posts that a pack of this query would count if their platform had been asked lately (R5).

    Copies belong to them: when the first of a cluster is gone, the next one stands for it.
    """
    sources = [name for name, terms in TERMS.items() if terms.recheck_hours]
    least = min(terms.recheck_hours or 0 for terms in TERMS.values())
    if not store.verifications.any_stale(sources, before=now - timedelta(hours=least)):
        return []
    made = sort_out(store, query, {}, Looked(at=now, unverified_too=True))
    return [found.item.id for found in (*made.counted, *made.copies) if not is_verified(found, now)]


def people(statements: Sequence[Candidate]) -> int:
    """How many people are known to have made the statements."""
    return len({c.item.person_key for c in statements if c.item.person_key})


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """One row of a count: the same statements as statements, as places in which they were seen, as people.

    Authors who are not known are no people: `unknown` says how many statements are theirs.
    """

    label: str
    statements: int
    appearances: int
    people: int
    unknown: int


CUTS: Mapping[str, Callable[[Candidate], Sequence[str]]] = {
    "all": lambda found: ("all",),
    "theme": lambda found: sorted(found.themes) or ("none",),
    "source": lambda found: (found.item.source,),
    "area": lambda found: (found.area or "unknown",),
    "library": lambda found: (found.library or "unknown",),
    "language": lambda found: (found.language,),
    "month": lambda found: (f"{found.item.created_at.astimezone(UTC):%Y-%m}",),
}
"""By what statements are counted. A statement with two themes stands in both rows."""


def voices(
    store: Store, query: Query, cut: str, *, versions: Mapping[str, str], looked: Looked
) -> tuple[list[Voices], Sorted]:
    """Counts what a pack of the query would count, by one of CUTS, largest first; and what was left out.

    Raises ExportError as a pack does when items were not checked yet.
    """
    with store.snapshot():
        made = sort_out(store, query, versions, looked)
    rows: dict[str, list[Candidate]] = {}
    for found in made.counted:
        for label in CUTS[cut](found):
            rows.setdefault(label, []).append(found)
    counted = [
        Voices(
            label=label,
            statements=len(found),
            appearances=sum(made.places(c) for c in found),
            people=people(found),
            unknown=sum(c.item.person_key is None for c in found),
        )
        for label, found in rows.items()
    ]
    return sorted(counted, key=lambda row: (-row.statements, row.label)), made
