"""A statement as a row of a download. No author, no handle, no address of a post, no key of a person.

Every row is read again when it is written: what was rejected or withdrawn a second ago is not in a file for sharing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from advocacy_monitor.candidates import Candidate, chosen_candidates
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.exhibits import why_not_quoted
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.left_out import CHECKED_BY, Looked, why_not
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.translate import Texts

Cell: TypeAlias = str | int | None

COLUMNS = (
    *("item_id", "text", "language", "said_on", "collected_on", "source", "library", "area", "area_method"),
    *("themes", "theme_titles", "themes_by", "status", "may_be_quoted", "may_be_sent", "consents", "legal_basis"),
    *("not_counted_because", "appearances", "sample_data"),
)
"""The columns, the same in every format, so that a script can rely on them."""

_BATCH = 500


def meanings(t: Texts) -> dict[str, str]:
    """What each column holds."""
    return {
        "item_id": t.text("The statement's own number"),
        "text": t.text("The words, with marks in place of personal data"),
        "language": t.text("Language of the words (ISO 639)"),
        "said_on": t.text("Day on which it was said (UTC)"),
        "collected_on": t.text("Day on which it was collected (UTC)"),
        "source": t.text("Where it was said"),
        "library": t.text("Which library is meant"),
        "area": t.text("Area"),
        "area_method": t.text("How the area was found"),
        "themes": t.text("Codes of its themes"),
        "theme_titles": t.text("Names of its themes"),
        "themes_by": t.text("Who gave it its themes: a person or the software"),
        "status": t.text("What moderators decided"),
        "may_be_quoted": t.text("Whether it may be quoted now: yes or no"),
        "may_be_sent": t.text("Whether it may also be sent to a representative: yes or no"),
        "consents": t.text("What its author consents to"),
        "legal_basis": t.text("On what legal basis it is kept"),
        "not_counted_because": t.text("Why a pack does not count it; empty where it does"),
        "appearances": t.text("In how many places it was seen"),
        "sample_data": t.text("Whether it was invented to show the software: yes or no"),
    }


@dataclass(frozen=True, slots=True)
class Sharing:
    """What may be shared as of one moment: read it anew for each batch of statements."""

    looked: Looked
    above: int
    failed: frozenset[int]

    @classmethod
    def of(cls, store: Store, at: datetime) -> Sharing:
        """What the checks that packs wait for have seen by now."""
        seen = [store.assertions.seen(name) for name in CHECKED_BY]
        failed = frozenset[int]().union(*(failed for _, _, failed in seen))
        return cls(Looked(at=at, unverified_too=True), min(last for _, last, _ in seen), failed)

    def why_not(self, found: Candidate) -> str | None:
        """Why a pack would not count a statement, whether its post was looked up or not; None where it would."""
        unchecked = found.item.id > self.above or found.item.id in self.failed
        return why_not(found, frozenset({found.item.id}) if unchecked else frozenset(), self.looked)

    def allows(self, found: Candidate) -> bool:
        """Whether a statement may stand on a page or in a file that is shared."""
        return self.why_not(found) is None and _quotable(found) and bool(found.text)


def _quotable(found: Candidate) -> bool:
    return why_not_quoted(found, named=False, sent=False) is None


def batches(desk: Desk, ids: Sequence[int], *, shared_only: bool, t: Texts) -> Iterator[list[tuple[Cell, ...]]]:
    """The rows of these items in their order, some hundred at a time: memory does not grow with their number.

    Each batch may be taken by another thread. What is gone, or may not be shared any more, is passed over.
    """
    titles = {theme.code: theme.title.get(t.code) or theme.title["en"] for theme in desk.codebook.themes}
    sample = "yes" if desk.loaded.config.campaign.sample_data else "no"
    for start in range(0, len(ids), _BATCH):
        part = list(ids[start : start + _BATCH])
        store = desk.reader()
        with store.snapshot():
            known = {each.item.id: each for each in chosen_candidates(store, part)}
            sharing = Sharing.of(store, desk.clock())
        found = (known[item_id] for item_id in part if item_id in known)
        yield [_row(each, titles, sharing, sample) for each in found if not shared_only or sharing.allows(each)]


def _row(found: Candidate, titles: Mapping[str, str], sharing: Sharing, sample: str) -> tuple[Cell, ...]:
    item, themes = found.item, sorted(found.themes)
    quotable = _quotable(found)
    by = "person" if found.coded_themes is not None else "software" if themes else ""
    cells: tuple[Cell, ...] = (
        *(item.id, found.text, found.language),
        *(item.created_at.astimezone(UTC).date().isoformat(), item.collected_at.astimezone(UTC).date().isoformat()),
        *(item.source, found.library, found.area, found.area_method),
        *("; ".join(themes), "; ".join(titles.get(theme, theme) for theme in themes), by),
        *(str(found.status), "yes" if quotable else "no"),
        "yes" if quotable and Use.SEND_TO_REPRESENTATIVE in found.uses else "no",
        "; ".join(sorted(str(use) for use in found.uses)),
        *(item.legal_basis, sharing.why_not(found) or "", found.places, sample),
    )
    return tuple(storable(cell) if isinstance(cell, str) else cell for cell in cells)
