"""A statement as a row of a download. No author, no handle, no address of a post, no key of a person.

Every row is read again when it is written: what was rejected or withdrawn a second ago is not in a file for sharing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import TypeAlias

from advocacy_monitor.candidates import Candidate, chosen_candidates
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.exhibits import why_not_quoted
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.left_out import Looked, why_not
from advocacy_monitor.models import Use
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


def may_share(found: Candidate) -> bool:
    """Whether a statement may stand in a file that is shared, as of now."""
    return why_not_quoted(found, named=False, sent=False) is None and _counts(found) and bool(found.text)


def _counts(found: Candidate) -> bool:
    return Use.ANALYSE in found.uses and not found.repost


def batches(desk: Desk, ids: Sequence[int], *, shared_only: bool, t: Texts) -> Iterator[list[tuple[Cell, ...]]]:
    """The rows of these items in their order, some hundred at a time: memory does not grow with their number.

    Each batch may be taken by another thread. What is gone, or may not be shared any more, is passed over.
    """
    titles = {theme.code: theme.title.get(t.code) or theme.title["en"] for theme in desk.codebook.themes}
    looked = Looked(at=desk.clock(), unverified_too=True)
    sample = "yes" if desk.loaded.config.campaign.sample_data else "no"
    for start in range(0, len(ids), _BATCH):
        part = list(ids[start : start + _BATCH])
        store = desk.reader()
        with store.snapshot():
            known = {each.item.id: each for each in chosen_candidates(store, part)}
        found = (known[item_id] for item_id in part if item_id in known)
        yield [_row(each, titles, looked, sample) for each in found if not shared_only or may_share(each)]


def _row(found: Candidate, titles: Mapping[str, str], looked: Looked, sample: str) -> tuple[Cell, ...]:
    item, themes = found.item, sorted(found.themes)
    quotable = why_not_quoted(found, named=False, sent=False) is None
    by = "person" if found.coded_themes is not None else "software" if themes else ""
    cells: tuple[Cell, ...] = (
        *(item.id, found.text, found.language),
        *(item.created_at.astimezone(UTC).date().isoformat(), item.collected_at.astimezone(UTC).date().isoformat()),
        *(item.source, found.library, found.area, found.area_method),
        *("; ".join(themes), "; ".join(titles.get(theme, theme) for theme in themes), by),
        *(str(found.status), "yes" if quotable else "no"),
        "yes" if quotable and Use.SEND_TO_REPRESENTATIVE in found.uses else "no",
        "; ".join(sorted(str(use) for use in found.uses)),
        *(item.legal_basis, why_not(found, frozenset(), looked) or "", found.places, sample),
    )
    return tuple(storable(cell) if isinstance(cell, str) else cell for cell in cells)
