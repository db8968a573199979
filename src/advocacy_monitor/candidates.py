"""What decides about an item's way into a pack: its status, consents, annotations and place, read together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from advocacy_monitor.models import Annotation, Query, Relation, Span, Standing, Status, StoredItem, Use
from advocacy_monitor.redact import FOUND, KEPT, personal_data, plain_name, redact
from advocacy_monitor.store import Store, Verification
from advocacy_monitor.terms import recheck_hours

_LABELS = (
    *(
        "language",
        "library",
        "area",
        "area_method",
        "coded",
        "theme",
        "relevance",
        "richness",
        "duplicate_of",
        "repost",
    ),
    *(FOUND, KEPT, "risk", "edited", "stance"),
)
"""The annotations that decide here; there are others, which only staff read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What people coded an item as: `answer` is 'themes', 'none' (of these) or 'too_short' (to say).

    Too short to say is no denial of a theme: such items stand apart where the software is measured or trained.
    """

    answer: str
    themes: frozenset[str]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An item with everything that decides what a pack may do with it.

    `coded_themes` and `coded_answer` are those of `gold`, None where no person coded the item. `suggested` are the
    machine's themes with their scores and evidence; `relevance` is None where nobody said what the item is;
    `richness` is how much story it carries (0 to 3). `stances` are what a person, else the software, says the author
    does (thanks, praise, complaint ...); `complaint_by_person` whether a person's last word on that was complaint.
    """

    item: StoredItem
    status: Status
    cleared: bool
    uses: frozenset[Use]
    language: str
    library: str | None
    area: str | None
    area_method: str | None
    machine_themes: frozenset[str]
    coded_themes: frozenset[str] | None
    root: int
    repost: bool
    personal: tuple[tuple[str, Span], ...]
    risks: tuple[str, ...]
    edited: bool
    verification: Verification | None = None
    places: int = 1
    coded_answer: str | None = None
    relevance: str | None = None
    richness: int = 0
    suggested: tuple[Annotation, ...] = ()
    stances: frozenset[str] = frozenset()
    complaint_by_person: bool = False

    @property
    def text(self) -> str:
        """The words as they may leave: verbatim, with marks in place of personal data (R6, R7)."""
        return redact(self.item.text, self.personal, language=self.language).strip()

    @property
    def themes(self) -> frozenset[str]:
        """What a person coded, else what the software suggests (R12)."""
        return self.machine_themes if self.coded_themes is None else self.coded_themes


def _value(found: Sequence[Annotation]) -> str | None:
    """A person's word goes before the software's; among equals the newest counts. `found` are of one label."""
    if not found:
        return None
    people = [fact for fact in found if fact.by.startswith("person:")]
    return (people or found)[-1].value


def _number(value: str | None) -> int:
    return int(value) if value is not None and value.isascii() and value.isdigit() else 0


def gold(facts: Sequence[Annotation]) -> Gold | None:
    """What people coded an item as: the newest `coded` counts, with the `theme`s of the same person after it.

    `facts` are the item's annotations in the order in which they were stored. None where no person coded it.
    """
    coded = [place for place, fact in enumerate(facts) if fact.label == "coded" and fact.by.startswith("person:")]
    if not coded:
        return None
    newest = facts[coded[-1]]
    themes = {fact.value for fact in facts[coded[-1] :] if fact.label == "theme" and fact.by == newest.by}
    if newest.value in ("none", "too_short"):
        return Gold(answer=newest.value, themes=frozenset(), by=newest.by)
    return Gold(answer="themes" if themes else "none", themes=frozenset(themes), by=newest.by)


def _candidate(
    item: StoredItem,
    status: Status,
    approval: tuple[str, datetime] | None,
    held_since: datetime | None,
    uses: frozenset[Use],
    facts: Sequence[Annotation],
    verification: Verification | None,
    places: int,
) -> Candidate:
    reason, decided_at = approval or ("", None)
    of: dict[str, list[Annotation]] = {}
    for fact in facts:
        of.setdefault(fact.label, []).append(fact)
    none: list[Annotation] = []
    root, area = _value(of.get("duplicate_of", none)), _value(of.get("area", none))
    coded = gold(facts) if "coded" in of else None
    suggested = tuple(fact for fact in of.get("theme", none) if not fact.by.startswith("person:"))
    stances = of.get("stance", none)
    return Candidate(
        item=item,
        status=status,
        cleared=bool(reason.strip()) and decided_at is not None and (held_since is None or decided_at > held_since),
        uses=uses,
        language=_value(of.get("language", none)) or (item.language or "und").split("-")[0].lower(),
        library=_place_name(_value(of.get("library", none))) or _place_name(item.library),
        area=_place_name(area) or _place_name(item.area),
        area_method=_value(of.get("area_method", none)) if area else item.area_method,
        machine_themes=frozenset(fact.value for fact in suggested),
        coded_themes=coded.themes if coded else None,
        coded_answer=coded.answer if coded else None,
        relevance=_value(of.get("relevance", none)),
        richness=_number(_value(of.get("richness", none))),
        suggested=suggested,
        root=int(root) if root and root.isdigit() else item.id,
        repost=item.relation is Relation.REPOST or "repost" in of,
        personal=personal_data(facts) if FOUND in of else (),
        risks=tuple(sorted({f.value for f in of.get("risk", none)})),
        edited="edited" in of or _stands_edited(verification),
        verification=verification,
        places=places,
        stances=_stances(stances),
        complaint_by_person=[fact.value for fact in stances if fact.by.startswith("person:")][-1:] == ["complaint"],
    )


_place_name = lru_cache(maxsize=4096)(plain_name)
"""Thousands of statements name the same library."""


def _stances(found: Sequence[Annotation]) -> frozenset[str]:
    people = [fact for fact in found if fact.by.startswith("person:")]
    return frozenset(fact.value for fact in people or found)


def candidates(store: Store) -> Iterator[Candidate]:
    """Every stored item with what is known about it, in the order of their ids, in little memory."""
    for batch in store.items.each(batch=1000):
        yield from _known(store, batch)


def candidate(store: Store, item_id: int) -> Candidate | None:
    """One item with what is known about it now, or None when it is gone."""
    return next(iter(chosen_candidates(store, [item_id])), None)


def chosen_candidates(store: Store, item_ids: Sequence[int]) -> list[Candidate]:
    """These items with what is known about them now, in the order of the ids; those that are gone are absent."""
    found: list[Candidate] = []
    for start in range(0, len(item_ids), 500):
        part = item_ids[start : start + 500]
        found += _known(store, store.items.get(part), ids=part)
    return found


def _known(store: Store, batch: Sequence[StoredItem], *, ids: Sequence[int] = ()) -> Iterator[Candidate]:
    """The candidates of a batch: all items between its first and last id, or those of `ids`."""
    if batch:
        first, last = batch[0].id, batch[-1].id
        statuses = store.items.statuses(first, last, ids=ids)
        approvals = store.items.approvals(first, last, ids=ids)
        held_since = store.items.held_since(first, last, ids=ids)
        uses = store.items.uses(first, last, ids=ids)
        facts = store.items.annotations(first, last, labels=_LABELS, ids=ids)
        verifications = store.verifications.of(first, last, ids=ids)
        places = store.items.places(first, last, ids=ids)
        for item in batch:
            yield _candidate(
                item,
                statuses[item.id],
                approvals.get(item.id),
                held_since.get(item.id),
                uses.get(item.id, frozenset()),
                facts.get(item.id, []),
                verifications.get(item.id),
                places.get(item.id, 1),
            )


def matches(candidate: Candidate, query: Query) -> bool:
    """Whether an item is what a query is about."""
    said = candidate.item.created_at.astimezone(UTC).date()
    return (
        (not query.themes or bool(candidate.themes & set(query.themes)))
        and (not query.areas or candidate.area in query.areas)
        and (not query.languages or candidate.language in query.languages)
        and (not query.sources or candidate.item.source in query.sources)
        and (not query.libraries or candidate.library in query.libraries)
        and (query.since is None or said >= query.since)
        and (query.until is None or said <= query.until)
    )


def held(candidate: Candidate) -> bool:
    """Whether a statement that may be counted still waits for a person before it is quoted (R7).

    A reason clears it only if it was given after the newest finding: what came later nobody has read. A post that says
    something else at its platform now is never quoted in its old words (R6), whatever the reason.
    """
    if _stands_edited(candidate.verification):
        return True
    return bool(candidate.risks or candidate.edited) and not candidate.cleared


def _stands_edited(verification: Verification | None) -> bool:
    return verification is not None and verification.standing is Standing.EDITED


def gone(candidate: Candidate) -> bool:
    """Whether the platform no longer shows the post to everybody: deleted, protected, withheld or removed here."""
    standing = candidate.verification.standing if candidate.verification else None
    return standing in (Standing.GONE, Standing.PROTECTED, Standing.WITHHELD)


def is_verified(candidate: Candidate, now: datetime) -> bool:
    """Whether the last look at a post is young enough for its platform's rules; True where none is needed (R5)."""
    hours = recheck_hours(candidate.item.source) if candidate.item.kind == "post" else None
    if hours is None:
        return True
    seen = candidate.verification.verified_at if candidate.verification else None
    return seen is not None and now - seen <= timedelta(hours=hours)


def may_quote(candidate: Candidate, query: Query) -> bool:
    """Whether consent covers quoting in this pack (R2); a pack for a named recipient needs consent to be sent."""
    return quotes_allowed(candidate.uses) and (query.recipient is None or Use.SEND_TO_REPRESENTATIVE in candidate.uses)


def quotes_allowed(uses: frozenset[Use]) -> bool:
    """Whether these consents cover being quoted, by name or without."""
    return bool(uses & {Use.QUOTE_NAMED, Use.QUOTE_UNNAMED})
