"""Which statements may be read in public, and what is told of each.

Of what packs count, only what its author agreed to have quoted, in its redacted words. A place or a month is named
only where enough published statements share it, so that nobody is found by where and when (R9). Platforms that ask
for a post's author and address wherever it is shown, and limit how many of its posts one file may hold (X does both),
are left out of the file: it holds neither handles nor addresses, and anybody may copy it. Their posts are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np

from advocacy_monitor.candidates import Candidate, chosen_candidates, held, quotes_allowed
from advocacy_monitor.ledger import HELD, QUOTABLE, Ledger, Names, Parted, Positions
from advocacy_monitor.left_out import Looked, why_not
from advocacy_monitor.models import Count, Use
from advocacy_monitor.redact import plain_name
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS

NOT_QUOTED = {
    "no_consent": "without consent to be quoted",
    "held": "waiting for a person to read them",
    "platform": "on platforms whose rules forbid handing them on in a file",
}
"""Why a statement that is counted is not published: the reasons as they are tried, in words for staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStatement:
    """One row of the public file. `month` is '2026-10'; places and month are None where too few share them."""

    number: int
    text: str
    language: str
    month: str | None
    area: str | None
    library: str | None
    attribution: str | None
    coded_by_person: bool
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The areas, libraries and months that may be named beside a statement."""

    areas: frozenset[str]
    libraries: frozenset[str]
    months: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The published statements' positions in the ledger, what may be named, and how many others are not published."""

    positions: Positions
    shown: Shown
    not_quoted: dict[str, int]


def may_be_handed_on(source: str) -> bool:
    """Whether a platform's rules let its posts stand in a file that anybody may copy, without name and link."""
    terms = TERMS.get(source)
    return terms is None or terms.export_a_day is None


def choose(
    ledger: Ledger, made: Parted, *, areas: Iterable[Count], libraries: Iterable[Count], smallest: int
) -> Chosen:
    """The published ones among the counted. `areas` and `libraries` are the breakdowns that stand beside them."""
    counted = made.counted
    consented = counted[ledger.has(counted, QUOTABLE)]
    read = consented[~ledger.has(consented, HELD)]
    closed = ledger.sources.within(name for name in ledger.sources.names if not may_be_handed_on(name or ""))
    positions = read[~np.isin(ledger.sources.column[read], closed)]
    return Chosen(
        positions=positions,
        shown=Shown(
            areas=_named(ledger, ledger.areas, positions, areas, smallest),
            libraries=_named(ledger, ledger.libraries, positions, libraries, smallest),
            months=frozenset(m for m, part in ledger.months(positions).items() if len(part) >= smallest),
        ),
        not_quoted={
            "no_consent": len(counted) - len(consented),
            "held": len(consented) - len(read),
            "platform": len(read) - len(positions),
        },
    )


def _named(
    ledger: Ledger, names: Names, positions: Positions, counted: Iterable[Count], smallest: int
) -> frozenset[str]:
    """The names that enough published statements share and that stand alone in the breakdown.

    What the breakdown hides among others could else be worked out from the statements.
    """
    alone = {count.label for count in counted}
    parts = ledger.by_name(names, positions)
    return frozenset(name for name, part in parts.items() if name and name in alone and len(part) >= smallest)


def statements(store: Store, item_ids: Sequence[int], shown: Shown, *, batch: int = 500) -> Iterator[PublicStatement]:
    """The statements of these items as they are now, in the order of the ids; nothing is checked here."""
    for start in range(0, len(item_ids), batch):
        for found in chosen_candidates(store, item_ids[start : start + batch]):
            yield statement(found, shown)


def statement(found: Candidate, shown: Shown) -> PublicStatement:
    """An item as the public may see it."""
    month = f"{found.item.created_at.astimezone(UTC):%Y-%m}"
    return PublicStatement(
        number=found.item.id,
        text=found.text,
        language=found.language,
        month=month if month in shown.months else None,
        area=found.area if found.area in shown.areas else None,
        library=found.library if found.library in shown.libraries else None,
        attribution=_name(found),
        coded_by_person=found.coded_themes is not None,
        themes=tuple(sorted(found.themes)),
    )


def _name(found: Candidate) -> str | None:
    """The author's name, with consent to be named; a handle is no name."""
    item = found.item
    name = plain_name(item.author_name) if Use.QUOTE_NAMED in found.uses else None
    handle = (item.author_handle or "").lstrip("@").casefold()
    return None if name is None or name.casefold() in (handle, handle.partition("@")[0]) else name


def still_public(
    store: Store, rows: Sequence[PublicStatement], shown: Shown, unchecked: frozenset[int], looked: Looked
) -> frozenset[int]:
    """The numbers of those rows that the database would publish now, word for word as they are."""
    now = {found.item.id: found for found in chosen_candidates(store, [row.number for row in rows])}
    return frozenset(
        row.number
        for row in rows
        if (found := now.get(row.number)) is not None
        and why_not(found, unchecked, looked) is None
        and why_not_public(found) is None
        and statement(found, shown) == row
    )


def why_not_public(found: Candidate) -> str | None:
    """The first reason of NOT_QUOTED that applies to a statement that is counted, or None."""
    if not quotes_allowed(found.uses):
        return "no_consent"
    if held(found):
        return "held"
    return None if may_be_handed_on(found.item.source) else "platform"
