"""The statements of one page of the queue, with all that a moderator needs to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from advocacy_monitor.candidates import Candidate, chosen_candidates, held
from advocacy_monitor.desk.claims import Claim
from advocacy_monitor.desk.context import Asked
from advocacy_monitor.desk.pages.statement_marks import Mark, Run, merged, runs
from advocacy_monitor.enrichers.risk_notes import note_for
from advocacy_monitor.models import Status, Use
from advocacy_monitor.moderate import TRANSITIONS
from advocacy_monitor.store.wiping import PREFIX
from advocacy_monitor.translate import Texts

_LONGEST = 3000
_COLOURS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One statement. `seen` is its newest decision, 0 where there is none; `decided_by` who made it.

    `notes` say what staff do about each of its risks.
    """

    id: int
    runs: Sequence[Run]
    is_cut: bool
    language: str
    status: Status
    said_at: datetime
    source: str
    library: str | None
    area: str | None
    themes: Sequence[str]
    consent: str
    risks: Sequence[str]
    notes: Sequence[tuple[str, str]]
    personal: Sequence[str]
    is_edited: bool
    is_held: bool
    is_repost: bool
    copy_of: int | None
    seen: int
    decided_by: str
    claim: Claim | None
    possible: Sequence[Status]


def rows_of(asked: Asked, item_ids: Sequence[int], claims: Mapping[int, Claim]) -> Iterator[Row]:
    """The rows of these statements, in their order; those that are gone by now are absent."""
    store = asked.desk.reader()
    with store.snapshot():
        found = chosen_candidates(store, item_ids)
        newest = store.assertions.newest_decisions(item_ids)
    titles = {theme.code: _title(theme.title, asked.t.code, theme.code) for theme in asked.desk.codebook.themes}
    for each in found:
        if not each.item.source_id.startswith(PREFIX):
            decision = newest.get(each.item.id)
            seen, by = (decision[0], decision[1].moderator) if decision else (0, "")
            yield _row(each, titles, asked.t, seen=seen, decided_by=by, claim=claims.get(each.item.id))


def _title(titles: Mapping[str, str], language: str, code: str) -> str:
    return titles.get(language) or titles.get("en") or code


def _row(
    found: Candidate, titles: Mapping[str, str], t: Texts, *, seen: int, decided_by: str, claim: Claim | None
) -> Row:
    item = found.item
    order = (Status.APPROVED, Status.REJECTED, Status.ESCALATED, Status.PENDING)
    return Row(
        id=item.id,
        runs=runs(item.text[:_LONGEST], list(_marks(found, titles, t))),
        is_cut=len(item.text) > _LONGEST,
        language=found.language,
        status=found.status,
        said_at=item.created_at,
        source=item.source,
        library=found.library,
        area=found.area,
        themes=sorted(found.themes),
        consent=_consent(found),
        risks=found.risks,
        notes=[(risk, note) for risk in found.risks if (note := note_for(risk, t.code))],
        personal=sorted({kind for kind, _ in found.personal}),
        is_edited=found.edited,
        is_held=held(found),
        is_repost=found.repost,
        copy_of=found.root if found.root != item.id else None,
        seen=seen,
        decided_by=decided_by,
        claim=claim,
        possible=[status for status in order if status in TRANSITIONS[found.status]],
    )


def _marks(found: Candidate, titles: Mapping[str, str], t: Texts) -> Iterator[Mark]:
    with_spans = [fact for fact in found.suggested if fact.spans]
    for number, fact in enumerate(with_spans, start=1):
        title = titles.get(fact.value, fact.value)
        yield Mark(f"theme{number}", str(number), f"theme c{number % _COLOURS}", title, fact.spans, True)
    if found.personal:
        spans = tuple(span for _, span in found.personal)
        if merged(spans, len(found.item.text)):
            yield Mark("personal", "P", "personal", t.text("Personal data, taken out of every quote"), spans, True)


def _consent(found: Candidate) -> str:
    if found.uses & {Use.QUOTE_NAMED, Use.QUOTE_UNNAMED}:
        return "send" if Use.SEND_TO_REPRESENTATIVE in found.uses else "quote"
    return "count" if Use.ANALYSE in found.uses else "none"
