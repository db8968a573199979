"""From the filters of a page to the query of a pack: what a pack can be about, and what it cannot, and why.

A pack counts everything that its query finds and says how many of that it left out and why. So nothing that picks
statements by what moderators decided, or by words that suit, can stand in a query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from advocacy_monitor.areas import Areas, folded
from advocacy_monitor.config import Loaded
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.left_out import LEFT_OUT
from advocacy_monitor.models import Query, Recipient
from advocacy_monitor.recipients import read_recipients
from advocacy_monitor.summary.filters import NONE, Filters
from advocacy_monitor.summary.table import Ints
from advocacy_monitor.terms import recheck_hours
from advocacy_monitor.translate import Texts

CARRIED = ("themes", "areas", "languages", "sources", "libraries")
_MOST_ASKED = 20_000
"""So many posts are asked about one by one before a page says how many have to be looked up."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What of some filters a pack can be about, and what not, each with why."""

    filters: Filters
    dropped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a pack would count now: `to_look_up` posts have to be asked about first; `at_most` where that is a guess."""

    found: int
    statements: int
    people: int
    authors_unknown: int
    appearances: int
    left_out: Mapping[str, int]
    to_look_up: int
    at_most: bool
    quotable: int


def carried(filters: Filters, t: Texts) -> Carried:
    """Parts the filters of a page into what a pack can be about and what it cannot."""
    kept: dict[str, tuple[str, ...]] = {
        name: tuple(value for value in getattr(filters, name) if value != NONE) for name in CARRIED
    }
    dropped = []
    if filters.words:
        why = t.text(
            "A pack counts everything that its query finds. Words that were searched for would pick what suits; use "
            "themes instead."
        )
        dropped.append((filters.words, why))
    if filters.statuses:
        why = t.text("A pack counts what was approved, and tells how many others it left out and why.")
        dropped.append((", ".join(filters.statuses), why))
    if filters.consents or filters.risks:
        why = t.text("A pack looks at each consent and each risk itself, and tells how many it left out.")
        dropped.append((", ".join((*filters.consents, *filters.risks)), why))
    if any(NONE in getattr(filters, name) for name in CARRIED):
        why = t.text("A pack can be about themes, places, languages and sources, and not about what has none of them.")
        dropped.append((t.text("not known"), why))
    asked = Filters(since=filters.since, until=filters.until).but(**kept)
    return Carried(filters=asked, dropped=tuple(dropped))


def query_of(filters: Filters, *, title: str) -> Query:
    """The query of a pack about what `carried` left of some filters."""
    return Query(
        title=title,
        themes=filters.themes,
        areas=filters.areas,
        languages=filters.languages,
        sources=filters.sources,
        libraries=filters.libraries,
        since=filters.since,
        until=filters.until,
    )


def filters_of(query: Query) -> Filters:
    """The filters under which a page shows what a query finds."""
    kept = {name: tuple(getattr(query, name)) for name in CARRIED}
    return Filters(since=query.since, until=query.until).but(**kept)


def recipients_of(loaded: Loaded) -> Sequence[Recipient]:
    """The campaign's decision makers; none where it has no file of them. Raises ConfigError for mistakes in it."""
    path = loaded.folder / loaded.config.campaign.recipients
    return read_recipients(path) if path.is_file() else ()


def about_their_area(desk: Desk, filters: Filters, recipient: Recipient | None) -> Filters:
    """The filters, about the recipient's area and what lies in it where no area was chosen: as packing does it."""
    if recipient is None or not recipient.area or filters.areas:
        return filters
    campaign = desk.loaded.config.campaign
    known = Areas.read(desk.loaded.folder / campaign.areas) if campaign.areas else None
    names = {folded(name) for name in (known.within(recipient.area) if known else {recipient.area})}
    spelled = tuple(sorted(name for name, _ in desk.columns.choices("area") if folded(name) in names))
    return replace(filters, areas=spelled or (recipient.area,))


def preview(desk: Desk, filters: Filters, *, sent: bool = False) -> Preview:
    """What a pack about this would count now, as `advocacy-monitor count` does.

    `sent` is for a pack with a recipient: quotes then need the consent to be sent as well.
    """
    columns = desk.columns
    with columns.still():
        found = columns.positions(filters)
        counted = columns.counted(found)
        quotable = columns.positions(filters.but(consents=("send",)) if sent else filters, shared_only=True)
        left_out = columns.left_out(found)
        known = Preview(
            found=len(found),
            statements=len(counted),
            people=columns.people(counted),
            authors_unknown=columns.unknown(counted),
            appearances=columns.appearances(found),
            left_out={name: left_out[name] for name in LEFT_OUT if name in left_out},
            to_look_up=0,
            at_most=False,
            quotable=len(columns.counted(quotable)),
        )
        posts = _posts(desk, found)
    number = sum(len(ids) for ids in posts.values())
    if number > _MOST_ASKED:
        return replace(known, to_look_up=number, at_most=True)
    return replace(known, to_look_up=sum(_stale(desk, ids, hours) for hours, ids in posts.items()))


def _posts(desk: Desk, found: Ints) -> dict[int, list[int]]:
    """The posts among these items that would count, by the hours after which their platform is asked again."""
    columns, posts = desk.columns, dict[int, list[int]]()
    open_ones = columns.tally(found, "why").get(None, found[:0])
    for source, part in columns.tally(open_ones, "source").items():
        if hours := recheck_hours(source or ""):
            posts.setdefault(hours, []).extend(columns.ids(part))
    return posts


def _stale(desk: Desk, ids: Sequence[int], hours: int) -> int:
    """How many of these posts were not looked up within so many hours."""
    store, number = desk.reader(), 0
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        seen = store.verifications.of(min(part), max(part), ids=part)
        for item_id in part:
            at = seen[item_id].verified_at if item_id in seen else None
            number += at is None or (desk.clock() - at).total_seconds() > hours * 3600
    return number
