"""Staff's choice of quotes: what a selection says, and a pack's exhibits changed by it (R15).

A choice changes the order of the quotes, where they stand and how much of them is printed. It never changes a word,
and it lifts nothing: what may not be quoted when the pack is made stops the pack, by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import Choice, Exhibit, Query
from advocacy_monitor.shortening import shortened

MAIN, ANNEX, NO = USES = ("main", "annex", "no")
"""Where a quote goes: may stand on a page, in the annex only, or nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One statement of a selection: `use` is main, annex or no; `printed` the shortened words, or '' for all.

    `text_sha256` is the digest of the words as they were when they were chosen. `line` is where it stands in its file.
    """

    item: int
    use: str
    text_sha256: str
    printed: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The quotes of one pack as a person chose them, in that order. `origin` is what messages call it."""

    title: str
    query: Query
    chosen_by: str
    quotes: tuple[Chosen, ...]
    origin: str = "selection"


def apply(
    selection: Selection, exhibits: Sequence[Exhibit], *, why: Callable[[int], str]
) -> tuple[tuple[Exhibit, ...], Choice]:
    """The exhibits as they were chosen, numbered anew, and the choice in numbers.

    What is for the main part comes first, then the annex, each in the order of the selection; then what the selection
    does not name, for the annex. `why` says what happened to a statement that is not among the exhibits.
    Raises ExportError that names each statement that may no longer be quoted, says something else now, or is
    shortened to what it does not say.
    """
    by_item = {each.item_id: each for each in exhibits}
    if problems := list(_problems(selection, by_item, why)):
        raise ExportError("\n".join(f"{selection.origin}: {problem}" for problem in problems))
    named = {each.item: each for each in selection.quotes}
    main = [_chosen(by_item[each.item], each) for each in selection.quotes if each.use == MAIN]
    annex = [_chosen(by_item[each.item], each) for each in selection.quotes if each.use == ANNEX]
    rest = [replace(each, chosen=False) for each in exhibits if each.item_id not in named]
    ordered = tuple(replace(each, number=n) for n, each in enumerate([*main, *annex, *rest], start=1))
    left_out = sum(each.use == NO for each in selection.quotes)
    return ordered, Choice(
        quotable=len(exhibits), proposed=len(rest), picked=len(main), kept_back=len(annex), left_out=left_out
    )


def _chosen(exhibit: Exhibit, chosen: Chosen) -> Exhibit:
    quoted = shortened(chosen.printed, exhibit.text) if chosen.printed else ""
    return replace(exhibit, chosen=chosen.use == MAIN, quoted="" if quoted == exhibit.text else quoted)


def _problems(selection: Selection, by_item: dict[int, Exhibit], why: Callable[[int], str]) -> Iterator[str]:
    for chosen in selection.quotes:
        if chosen.use == NO:
            continue
        where = f"line {chosen.line}, item {chosen.item}" if chosen.line else f"item {chosen.item}"
        exhibit = by_item.get(chosen.item)
        if exhibit is None:
            reason = re.sub(rf"^item {chosen.item}: ", "", why(chosen.item))
            yield f"{where}: was chosen and may not be quoted: {reason}; set it to `use: no`"
        elif exhibit.text_sha256 != chosen.text_sha256:
            yield f"{where}: its words, or what is blacked out of them, changed since it was chosen; propose anew"
        elif chosen.printed and (reason := _why_not_shortened(chosen.printed, exhibit.text)):
            yield f"{where}, printed: {reason}"


def _why_not_shortened(printed: str, text: str) -> str:
    try:
        shortened(printed, text)
    except ExportError as error:
        return str(error)
    return ""
