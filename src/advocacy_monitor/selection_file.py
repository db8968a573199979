"""The selection file: quotes as the software proposes them, written for a person to change (R15).

`selection_read` reads it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from advocacy_monitor.models import Exhibit, Query
from advocacy_monitor.selection import ANNEX, MAIN, NO
from advocacy_monitor.selection_read import read_selection
from advocacy_monitor.selection_yaml import quoted, scalar, sequence

__all__ = ["propose", "read_selection"]

_HEADER = f"""\
# The quotes of a pack, in the order in which the software proposes them.
#
# Change what you like:
#   - Write your name after chosen_by. Without it no pack is made: the pack's log keeps who chose its quotes.
#   - Move an entry up or down: the first ones are printed first.
#   - use: {MAIN}    may stand on a page
#     use: {ANNEX}   stands in the annex only
#     use: {NO}      is left out of this pack
#   - To print less of a quote, copy the words that stay into printed, with […] wherever words are left out:
#         printed: |-
#           The reading room is warm. […] I come every day.
#     Ask yourself whether it still says what the person meant. No software can tell.
#
# The words after quote are as the person said them, and cannot be edited. What is not in this file stands in the annex.
# Critical statements belong to the evidence: a pack with none is easy to doubt.
#
# Then make the pack:  advocacy-monitor pack --selection THIS-FILE ...
"""


def propose(
    exhibits: Sequence[Exhibit],
    used: Mapping[int, int],
    *,
    query: Query,
    sent: Mapping[int, int] | None = None,
    richness: Mapping[int, int] | None = None,
    chosen_by: str = "",
    no: Collection[int] = (),
) -> str:
    """A selection file of a pack's exhibits, in their order.

    `used` are the packs in which each statement may have been printed before, by item; `sent` the deliveries of
    these; `richness` how much story a statement carries (0 to 3). `chosen_by` is who chose already, with `no` for the
    items that are left out; what is shortened stands in the exhibits.
    """
    hint = "" if chosen_by else "  # your name"
    lines = [f"title: {quoted(query.title)}", f"chosen_by: {quoted(chosen_by)}{hint}", "query:", *_query(query)]
    lines.append("quotes:")
    for number, exhibit in enumerate(exhibits, start=1):
        times = (used.get(exhibit.item_id, 0), (sent or {}).get(exhibit.item_id, 0))
        lines += ["", *_entry(number, exhibit, times, (richness or {}).get(exhibit.item_id), exhibit.item_id in no)]
    if not exhibits:
        lines[-1] = "quotes: []"
    return _HEADER + "\n" + "\n".join(lines) + "\n"


def _query(query: Query) -> Iterator[str]:
    for name in ("themes", "areas", "languages", "sources", "libraries"):
        yield f"  {name}: {sequence(getattr(query, name))}"
    for name, day in (("since", query.since), ("until", query.until)):
        yield f"  {name}: {day.isoformat() if isinstance(day, date) else 'null'}"
    yield f"  recipient: {quoted(query.recipient) if query.recipient is not None else 'null'}"


def _entry(
    number: int, exhibit: Exhibit, times: tuple[int, int], richness: int | None, left_out: bool
) -> Iterator[str]:
    used, sent = times
    yield f"  # {number}{': critical' if exhibit.critical else ''}"
    yield f"  - item: {exhibit.item_id}"
    yield f"    use: {NO if left_out else MAIN if exhibit.chosen else ANNEX}"
    yield f"    quote: {scalar(exhibit.text, indent=4)}"
    yield f"    printed: {scalar(exhibit.quoted, indent=4)}"
    yield f"    language: {quoted(exhibit.language)}"
    yield f"    place: {quoted(', '.join(filter(None, (exhibit.library, exhibit.area))))}"
    yield f"    day: {exhibit.said_on.isoformat()}"
    yield f"    source: {quoted(exhibit.source)}"
    yield f"    themes: {sequence(exhibit.themes)}"
    if exhibit.translations:
        yield f"    translations: {sequence([each.language for each in exhibit.translations])}"
    if richness is not None:
        yield f"    richness: {richness}  # of 3: how much story it tells"
    if exhibit.critical:
        yield "    critical: true"
    yield f"    used: {used}{_already('used', used)}"
    yield f"    sent: {sent}{_already('sent', sent)}"
    yield f"    text_sha256: {exhibit.text_sha256}"


def _already(verb: str, times: int) -> str:
    return f"  # {verb} {'once' if times == 1 else f'{times} times'} already" if times else ""
